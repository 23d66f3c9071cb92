"""How long answers take on a loaded database: ``python -m bench.answers --database-url URL [--times 200] [--seed 1]``.

Each line is one kind of question over random items, units and lots; the time is that of the use case in a unit of work of
its own, as the bot asks it, without language, search and rendering. The first questions of a process fill its caches and
are not timed. The questions about a whole facility are fewer: they read more, and are asked less often.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from domain.model.ids import ItemId, PlaceId
from domain.model.person import Person
from domain.model.window import DateWindow
from domain.store import Store, open_store
from domain.usecases.ask.answers import AskAnswer
from domain.usecases.ask.below_par import below_par
from domain.usecases.ask.check_expiry import check_expiry
from domain.usecases.ask.check_stock import check_stock
from domain.usecases.ask.describe_item import describe_item
from domain.usecases.ask.find_item import find_item
from domain.usecases.ask.report_usage import report_usage
from domain.usecases.ask.requests import (
    BelowPar,
    CheckExpiry,
    CheckStock,
    DescribeItem,
    FindItem,
    ReportUsage,
    TraceLot,
    UsageGroup,
)
from domain.usecases.ask.trace_lot import trace_lot

WARM_UP = 5
FACILITY_SHARE = 10
"""One question about a whole facility for so many about a unit."""

_COUNTS = ("item", "lot", "stock", "par", "daily_usage", "movement")


@dataclass(frozen=True, slots=True)
class Hospital:
    """What random questions are made of."""

    asker: Person
    today: date
    units: tuple[PlaceId, ...]
    items: tuple[ItemId, ...]
    lots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    name: str
    milliseconds: tuple[float, ...]
    size: float  # of the answers, mean: spots, lots, lines

    def row(self) -> str:
        ordered = sorted(self.milliseconds)
        p50, p95 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        return f"| {self.name:<34} | {len(ordered):>5} | {p50:>8.1f} | {p95:>8.1f} | {ordered[-1]:>8.1f} | {self.size:>8.1f} |"


@contextmanager
def opened(url: str) -> Iterator[Store]:
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def sample(store: Store, *, chance: random.Random, count: int) -> Hospital:
    """Items and lots drawn from what is on the shelves, so that questions have answers. Raises SystemExit for an empty hospital."""
    with store.reading() as unit:
        people = [person for person in unit.people.all() if person.home_place_id is not None]
        tree = unit.places.tree()
        if not people or not tree.units:
            raise SystemExit("The database holds no hospital; make one with: parley demo-data")
        asker = people[0]
        zone = ZoneInfo(unit.places.facility(asker.facility_id).timezone)
        last = unit.connection.execute(text("SELECT max(id) FROM item")).scalar_one()
        kept: list[ItemId] = []
        while len(kept) < count:
            drawn = {ItemId(chance.randint(1, last)) for _ in range(count * 2)}
            lines = unit.stock.of_items(drawn)
            if not lines:
                raise SystemExit("The shelves are empty; load stock first.")
            kept += sorted({line.item_id for line in lines})
        numbers = sorted({line.lot_number or line.serial for line in lines} - {""})
    return Hospital(
        asker=asker,
        today=datetime.now(UTC).astimezone(zone).date(),
        units=tuple(key for key, place in tree.units.items() if place.facility_id == asker.facility_id),
        items=tuple(chance.sample(kept, count)),
        lots=tuple(numbers),
    )


def timed(store: Store, name: str, ask: Callable[[Store], AskAnswer], *, times: int) -> Timing:
    taken: list[float] = []
    sizes = 0
    for number in range(WARM_UP + times):
        begun = time.perf_counter()
        answer = ask(store)
        spent = (time.perf_counter() - begun) * 1000
        if number >= WARM_UP:
            taken.append(spent)
            sizes += size_of(answer)
    return Timing(name, tuple(taken), sizes / len(taken))


def size_of(answer: AskAnswer) -> int:
    """Lines of the answer as a person would count them."""
    for part in ("lines", "lots", "rows", "series"):
        found: Sequence[object] | None = getattr(answer, part, None)
        if found:
            return len(found)
    return sum(len(getattr(item, "spots", ())) for item in getattr(answer, "items", ()))


def questions(
    hospital: Hospital, *, chance: random.Random
) -> dict[str, tuple[Callable[[Store], AskAnswer], int]]:
    """Name of the question -> (ask it once, share of the times)."""
    asker, today = hospital.asker, hospital.today
    month = DateWindow(today, today + timedelta(days=29))
    quarter = DateWindow(today - timedelta(days=89), today)

    def unit() -> tuple[PlaceId, ...]:
        return (chance.choice(hospital.units),)

    def items(count: int = 1) -> tuple[ItemId, ...]:
        return tuple(chance.sample(hospital.items, count))

    def where(store: Store, places: tuple[PlaceId, ...], count: int = 1) -> AskAnswer:
        with store.reading() as uow:
            return find_item(FindItem(asker, today, items(count), places), uow=uow)

    def much(store: Store, places: tuple[PlaceId, ...]) -> AskAnswer:
        with store.reading() as uow:
            return check_stock(CheckStock(asker, today, items(), places), uow=uow)

    def lapses(store: Store, places: tuple[PlaceId, ...]) -> AskAnswer:
        with store.reading() as uow:
            return check_expiry(CheckExpiry(asker, today, month, places), uow=uow)

    def card(store: Store) -> AskAnswer:
        with store.reading() as uow:
            return describe_item(DescribeItem(asker, today, items()), uow=uow)

    def trace(store: Store) -> AskAnswer:
        with store.reading() as uow:
            return trace_lot(TraceLot(asker, today, chance.choice(hospital.lots)), uow=uow)

    def used(store: Store, places: tuple[PlaceId, ...]) -> AskAnswer:
        with store.reading() as uow:
            return report_usage(
                ReportUsage(asker, today, items(), quarter, places, UsageGroup.PROVIDER), uow=uow
            )

    def low(store: Store, places: tuple[PlaceId, ...]) -> AskAnswer:
        with store.reading() as uow:
            return below_par(BelowPar(asker, today, places), uow=uow)

    return {
        "Q1 where is it, in a unit": (lambda store: where(store, unit()), 1),
        "Q1 where is it, anywhere": (lambda store: where(store, ()), 1),
        "Q1 where are five items, in a unit": (
            lambda store: where(store, unit(), min(5, len(hospital.items))),
            1,
        ),
        "Q2 how much, in a unit": (lambda store: much(store, unit()), 1),
        "Q2 how much, anywhere": (lambda store: much(store, ()), 1),
        "Q3 what lapses in 30 days, in a unit": (lambda store: lapses(store, unit()), 1),
        "Q3 what lapses in 30 days, anywhere": (lambda store: lapses(store, ()), FACILITY_SHARE),
        "Q4 what is it": (card, 1),
        "Q5 where did a lot go": (trace, 1),
        "Q6 used in 90 days, in a unit": (lambda store: used(store, unit()), 1),
        "Q6 used in 90 days, anywhere": (lambda store: used(store, ()), 1),
        "Q8 what is low, in a unit": (lambda store: low(store, unit()), 1),
        "Q8 what is low, anywhere": (lambda store: low(store, ()), FACILITY_SHARE),
    }


def report(url: str, *, times: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    with opened(url) as store:
        hospital = sample(store, chance=chance, count=max(20, times // 2))
        with store.reading() as unit:
            counts = {
                name: unit.connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
                for name in _COUNTS
            }
        lines = [
            ", ".join(f"{count:,} {name}" for name, count in counts.items()),
            "",
            f"| {'question':<34} | times | p50 (ms) | p95 (ms) | max (ms) |    lines |",
            f"|{'-' * 36}|{'-' * 7}|{'-' * 10}|{'-' * 10}|{'-' * 10}|{'-' * 10}|",
        ]
        for name, (ask, share) in questions(hospital, chance=chance).items():
            lines.append(timed(store, name, ask, times=max(3, times // share)).row())
        return lines


def main() -> None:
    parser = argparse.ArgumentParser(description="Times answers on a loaded database.")
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.stdout.write("\n".join(report(given.database_url, times=given.times, seed=given.seed)) + "\n")


if __name__ == "__main__":
    main()
