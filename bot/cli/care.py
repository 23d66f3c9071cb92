"""``parley doctor``, ``parley ledger check``, ``parley db upgrade`` and ``parley demo-data``: the operator's commands."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.bootstrap.house import open_house
from bot.cli.common import as_json as as_plain_json
from bot.cli.common import read_settings, said_plainly, tell
from domain.errors import SupplyRoomError
from domain.store import current, head, upgrade
from domain.usecases.admin.check_ledger import Difference, check_ledger

ledger = typer.Typer(no_args_is_help=True, help="The append-only record of every movement.")
db = typer.Typer(no_args_is_help=True, help="The database.")

MOST_SHOWN = 50
"""Differences printed; their number is always told."""


def doctor(*, as_json: Annotated[bool, typer.Option("--json", help="Findings as JSON.")] = False) -> None:
    """Say what is wrong and how to mend it; exit code 1 when anything is."""
    # Here and not above: what looks at Slack takes longer to load than a question to answer.
    from bot.cli.diagnosis import Finding, examine

    try:
        settings = read_settings(quiet=True)
    except SupplyRoomError as error:
        findings = [Finding("settings", False, str(error), "Correct it in the environment or in .env.")]
    else:
        findings = [Finding("settings", True, "readable"), *examine(settings)]
    if as_json:
        print(as_plain_json(findings, indent=2))
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.well else 'ILL '} {finding.what:18} {finding.seen}")
            if finding.mend:
                print(f"     {'':18} -> {finding.mend}")
    raise typer.Exit(0 if all(f.well for f in findings) else 1)


@ledger.command("check")
def check(*, as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False) -> None:
    """Prove that stock and usage equal the movements they come from; exit code 1 where they differ."""
    shown: list[Difference] = []

    def show(difference: Difference) -> None:
        if len(shown) < MOST_SHOWN:
            shown.append(difference)

    with said_plainly():
        house = open_house(read_settings(quiet=True))
        started = time.perf_counter()
        result = check_ledger(house.transactions, on_difference=show)
        seconds = time.perf_counter() - started
    if as_json:
        facts = {"sound": result.sound, "checked": result, "seconds": round(seconds, 3), "first": shown}
        print(as_plain_json(facts))
    else:
        for difference in shown:
            print(difference)
        verdict = "equal their movements" if result.sound else f"DIFFER in {result.differences:,} places"
        print(
            f"{result.movements:,} movements replayed in {seconds:.1f} s: {result.balances:,} balances, "
            f"{result.sums:,} sums of use, {result.spends:,} of spending and {result.pars:,} par levels {verdict}."
        )
    raise typer.Exit(0 if result.sound else 1)


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the schema of this version; safe to repeat."""
    with said_plainly():
        settings = read_settings(quiet=True)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        before = current(settings.database)
        upgrade(settings.database)
        tell(f"database at {head()}" + ("" if before == head() else f" (was {before or 'empty'})"))


def demo_data(
    *,
    scale: Annotated[
        float, typer.Option(min=0.01, max=84, help="1 is about 1,200 items; 84 about 100,000.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed and day give the same hospital.")] = 7,
    replace: Annotated[bool, typer.Option("--replace", help="Throw away what the database holds.")] = False,
) -> None:
    """Fill an empty database with a hospital whose history ends yesterday."""
    # Here and not above: only this command generates.
    from bot.bootstrap.demo import load_demo

    with said_plainly():
        settings = read_settings(quiet=True)
        started = time.perf_counter()
        shown = ""

        def progress(step: str, share: float) -> None:
            nonlocal shown
            line = f"  {step} {share:4.0%}"
            if line != shown:
                tell(line)
                shown = line

        counts = load_demo(
            settings, seed=seed, scale=scale, now=datetime.now(UTC), replace=replace, progress=progress
        )
        tell(f"{counts} in {time.perf_counter() - started:.1f} s")
