"""The command line: ``parley --help``."""

from __future__ import annotations

import typer

from bot.cli import ask, care, run

app = typer.Typer(
    name="parley",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals may hold what a person typed
    help="The assistant of a hospital's supply rooms.",
)
app.command("demo")(run.demo)
app.command("serve")(run.serve)
app.command("ask")(ask.ask)
app.command("parse")(ask.parse)
app.command("shell")(ask.shell)
app.command("doctor")(care.doctor)
app.command("demo-data")(care.demo_data)
app.add_typer(care.ledger, name="ledger")
app.add_typer(care.db, name="db")

if __name__ == "__main__":
    app(prog_name="parley")
