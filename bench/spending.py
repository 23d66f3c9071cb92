"""What each spend report takes in a large demo hospital, from the question's typed request to its answer.

    python -m bench.spending [--scales 8,84] [--database sqlite|postgres|both] [--times 12] [--json]
    python -m bench.spending --database-url sqlite:///path/to/filled.db

Makes the demo hospital of each scale (84: 100,800 items and two years of ten million movements) in a database of its own, removes it
afterwards, and asks every report over a week, a month, a quarter, a year and two years, of the whole house and of two units. The use
case is measured in a unit of work of its own: sums, reasons, series and names; without language, drawing and Slack.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.ledger import fresh_database
from bot.vault import open_vault
from domain import store as stores
from domain.demo import ZONE, hospital
from domain.model.ids import PlaceId
from domain.model.person import Person, Role
from domain.model.place import PlaceKind
from domain.model.spending import SpendGroup
from domain.model.window import DateWindow
from domain.ports import Transactions
from domain.usecases.admin.load_hospital import load_hospital
from domain.usecases.ask.report_spend import report_spend
from domain.usecases.ask.requests import ReportSpend

SPLITS = (
    SpendGroup.DEPARTMENT, SpendGroup.LINE, SpendGroup.PROVIDER, SpendGroup.PROCEDURE, SpendGroup.PATIENT,
    SpendGroup.SUPPLIER, SpendGroup.ITEM,
)  # fmt: skip
UNITS = ("ICU", "OR Suite")


def windows(today: date) -> dict[str, DateWindow]:
    monday = today - timedelta(days=today.weekday() + 7)
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return {
        "week": DateWindow(monday, monday + timedelta(days=6)),
        "month": DateWindow(first, today.replace(day=1) - timedelta(days=1)),
        "quarter": DateWindow(today - timedelta(days=91), today),
        "year": DateWindow(today - timedelta(days=364), today),
        "two years": DateWindow(today - timedelta(days=729), today),
    }


@contextmanager
def filled(kind: str, scale: float, *, now: datetime) -> Iterator[str]:
    with fresh_database(kind) as url, tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        stores.upgrade(url)
        store = stores.open_store(url)
        made = hospital(
            seed=7,
            today=now.date(),
            scale=scale,
            now=now,
            vault=open_vault(key="", key_file=Path(folder) / "vault.key"),
        )
        load_hospital(made, transactions=store.transactions, progress=lambda part, share: None)
        store.close()
        yield url


def measure(
    transactions: Transactions, *, today: date, times: int, only: Collection[str] = ()
) -> list[dict[str, object]]:
    with transactions.reading() as uow:
        asker = next(person for person in uow.people.all() if person.role is Role.MANAGER)
        tree = uow.places.tree()
        units = tuple(place.id for place in tree if place.kind is PlaceKind.UNIT and place.name in UNITS)
    found: list[dict[str, object]] = []
    for name, window in windows(today).items():
        if only and name not in only:
            continue
        for split in SPLITS:
            for where, places in (("all", ()), ("+".join(UNITS), units)):
                found.append(
                    {"window": name, "by": split.value, "where": where}
                    | _timed(transactions, asker, today, window, split, places, times=times)
                )
    return found


def _timed(
    transactions: Transactions, asker: Person, today: date, window: DateWindow, split: SpendGroup,
    places: tuple[PlaceId, ...], *, times: int,
) -> dict[str, object]:  # fmt: skip
    walls, busy = [], []
    for turn in range(times + 1):
        start, cpu = time.perf_counter(), time.process_time()
        with transactions.reading() as uow:
            report_spend(ReportSpend(asker, today, window, split, places=places), uow=uow)
        if turn:  # the first one warms up
            walls.append(time.perf_counter() - start)
            busy.append(time.process_time() - cpu)
    walls.sort()
    return {
        "p50_ms": round(1000 * statistics.median(walls)),
        "p95_ms": round(1000 * walls[min(len(walls) - 1, int(0.95 * len(walls)))]),
        "cpu_ms": round(1000 * statistics.median(busy)),
    }


def run(url: str, *, label: str, today: date, times: int, as_json: bool, only: Collection[str]) -> None:
    store = stores.open_store(url)
    try:
        for row in measure(store.transactions, today=today, times=times, only=only):
            if as_json:
                sys.stdout.write(json.dumps({"database": label} | row) + "\n")
            else:
                sys.stdout.write(
                    f"{label:<22} {row['window']:<10} {row['by']:<11} {row['where']:<14}"
                    f" p50 {row['p50_ms']:>6} ms  p95 {row['p95_ms']:>6} ms  this process {row['cpu_ms']:>6} ms\n"
                )
            sys.stdout.flush()
    finally:
        store.close()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.spending", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument(
        "--scales", default="8", help="sizes of the demo hospital, 84 being ten million movements"
    )
    parser.add_argument("--database-url", default="", help="a filled database to ask instead")
    parser.add_argument("--times", type=int, default=12)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--windows", default="", help="some of week, month, quarter, year, two years")
    options = parser.parse_args(arguments)
    only = tuple(filter(None, options.windows.split(",")))
    now = datetime.now(ZoneInfo(ZONE))
    if options.database_url:
        run(
            options.database_url,
            label="given",
            today=now.date(),
            times=options.times,
            as_json=options.json,
            only=only,
        )
        return
    kinds = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    for kind in kinds:
        for scale in (float(part) for part in options.scales.split(",")):
            with filled(kind, scale, now=now) as url:
                run(
                    url,
                    label=f"{kind}, scale {scale:g}",
                    today=now.date(),
                    times=options.times,
                    as_json=options.json,
                    only=only,
                )


if __name__ == "__main__":
    main()
