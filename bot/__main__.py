"""The command line: ``parley --help``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot.cli import scan

if __name__ == "__main__" and sys.argv[1:2] == ["scan"]:
    # Pictures need neither the store nor the language: alone, they are read in a third of the time.
    scan.alone(sys.argv[2:])

from bot.cli import ask, audit, care, jobs, nlu, recalls

app = typer.Typer(
    name="parley",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals may hold what a person typed
    help="The assistant of a hospital's supply rooms.",
)


@app.command()
def demo(
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the page is; 0 takes any free port.")
    ] = 8737,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make the demo hospital anew.")] = False,
) -> None:
    """A demo hospital in the browser: local workspace, bot and language service, all on this machine."""
    # Here and not above, as below: what Slack needs takes longer to load than a question to answer.
    from bot.cli import run

    run.demo(port=port, fresh=fresh)


@app.command()
def serve() -> None:
    """Run the bot against the Slack workspace that the settings name."""
    from bot.cli import run

    run.serve()


app.command("ask")(ask.ask)
app.command("parse")(ask.parse)
app.command("shell")(ask.shell)
app.command("scan")(scan.scan)
app.command("doctor")(care.doctor)
app.command("demo-data")(care.demo_data)
app.command("audit")(audit.audit)
app.command("permissions")(audit.permissions)
app.add_typer(audit.people, name="people")
app.add_typer(audit.vault, name="vault")
app.add_typer(care.ledger, name="ledger")
app.add_typer(care.db, name="db")
app.add_typer(nlu.nlu, name="nlu")
app.add_typer(recalls.recalls, name="recalls")
app.add_typer(jobs.jobs, name="jobs")

if __name__ == "__main__":
    app(prog_name="parley")
