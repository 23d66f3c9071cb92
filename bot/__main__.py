"""The command line: ``parley --help``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import scan

if __name__ == "__main__" and sys.argv[1:2] == ["scan"]:
    # Pictures need neither the store nor the language: alone, they are read in a third of the time.
    scan.alone(sys.argv[2:])

from bot.cli import ask, audit, care, jobs, labels, nlu, recalls

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


@app.command()
def speak(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="m4a, mp4, webm, ogg, mp3, flac or wav.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file.")] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="The engine alone: the catalogue neither prompts nor corrects.")
    ] = False,
) -> None:
    """Print what is said in sound files, and what is understood of it."""
    # The engine takes seconds to load.
    from bot.cli import speak as speaking

    speaking.speak(paths, as_json=as_json, plain=plain)


app.command("scan")(scan.scan)
app.command("labels")(labels.labels)
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
