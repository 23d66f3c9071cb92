"""How long actions take: ``python -m bench.acting [--database sqlite|postgres] [--scale 1.0] [--times 200] [--seed 1]``.

A demo hospital is made in a new database, then each verb is read back and posted as the dialogue does it: the plan in a reading
unit, the draft stored, the posting in a writing unit with its commit. Items and places are drawn from what lies on the shelves. Without
language, search and rendering. PostgreSQL is started with its safety on (fsync). What is refused is not timed, and counted.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bot.vault import FernetVault, new_key
from domain.demo import ZONE, hospital
from domain.errors import SupplyRoomError
from domain.model.ids import PlaceId
from domain.model.item import Tracking
from domain.model.movement import Source
from domain.model.person import Person, Role
from domain.model.receipt import ActionDraft, DraftId, DraftState, Receipt
from domain.model.stock import StockLine
from domain.store import Store, open_store, upgrade
from domain.usecases.act.plan import plan
from domain.usecases.act.post import post
from domain.usecases.act.requests import (
    Action,
    Arrival,
    Arrive,
    Consume,
    Count,
    Found,
    Receive,
    Return,
    Transfer,
    Undo,
    Wanted,
    Waste,
    WasteReason,
)
from domain.usecases.act.trailing import verb
from domain.usecases.admin.check_ledger import check_ledger
from domain.usecases.admin.load_hospital import load_hospital
from tests import postgres

WARM_UP = 5


@dataclass
class Times:
    plan: list[float] = field(default_factory=list)
    post: list[float] = field(default_factory=list)
    refused: int = 0


@dataclass
class House:
    store: Store
    actor: Person
    today: date
    now: datetime
    shelves: list[StockLine]
    units: list[PlaceId]
    chance: random.Random

    def act(self, action: Action, times: Times | None) -> Receipt | None:
        """Reads it back and posts it; None where it is refused."""
        begun = time.perf_counter()
        with self.store.reading() as uow:
            shown = plan(action, actor=self.actor, today=self.today, uow=uow)
        planned = time.perf_counter()
        if not shown.postable:
            if times is not None:
                times.refused += 1
            return None
        draft = ActionDraft(
            DraftId(uuid.uuid4()), self.actor.facility_id, self.actor.id, "C1", "1.1", verb(action), "{}",
            DraftState.OPEN, 1, self.now, self.now + timedelta(minutes=30),
        )  # fmt: skip
        with self.store.begin() as uow:
            uow.drafts.add(draft)
            uow.commit()
        clicked = time.perf_counter()
        with self.store.begin() as uow:
            receipt = post(
                action, draft_id=draft.id, shown=shown.fingerprint, actor=self.actor, now=self.now,
                today=self.today, source=Source("C1", "1.1", "Ev1"), uow=uow,
            )  # fmt: skip
        if times is not None:
            times.plan.append((planned - begun) * 1000)
            times.post.append((time.perf_counter() - clicked) * 1000)
        return receipt

    def line(self) -> StockLine:
        return self.chance.choice(self.shelves)

    def unit_of(self, line: StockLine) -> PlaceId:
        with self.store.reading() as uow:
            return uow.places.tree().unit_of(line.place_id).id


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of a new, empty database with all tables."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
            yield f"sqlite:///{folder}/parley.db"
        return
    with postgres.server(fast=False) as server:
        url = server.create()
        yield url
        server.drop(url)


@contextmanager
def house(url: str, *, scale: float, seed: int) -> Iterator[House]:
    upgrade(url)
    store = open_store(url)
    try:
        now = datetime.now(UTC)
        today = now.astimezone(ZoneInfo(ZONE)).date()
        made = hospital(seed=7, today=today, scale=scale, now=now, vault=FernetVault(new_key()))
        loaded = load_hospital(made, transactions=store.transactions, progress=lambda *_: None)
        print(f"{store.url_safe.split('://')[0]}: {loaded}", file=sys.stderr)
        with store.reading() as uow:
            people = uow.people.all()
            actor = next(person for person in people if person.role is Role.MANAGER)
            tree = uow.places.tree()
            last = uow.connection.execute(text("SELECT max(id) FROM item")).scalar_one()
            chance = random.Random(seed)
            lines = uow.stock.of_items(chance.sample(range(1, last + 1), min(last, 400)))  # type: ignore[arg-type]
        shelves = [
            line
            for line in lines
            if line.available(today) >= 8 and tree.get(line.place_id).facility_id == actor.facility_id
        ]
        units = [key for key, place in tree.units.items() if place.facility_id == actor.facility_id]
        yield House(store, actor, today, now, shelves, units, chance)
    finally:
        store.close()


def measure(house: House, *, times: int) -> dict[str, Times]:
    one, eight = Decimal(1), Decimal(8)
    found: dict[str, Times] = {}

    def run(name: str, action: Callable[[], Action | None]) -> None:
        timed = found.setdefault(name, Times())
        for number in range(WARM_UP + times):
            made = action()
            if made is not None:
                house.act(made, timed if number >= WARM_UP else None)

    def lines(count: int) -> tuple[tuple[Wanted, ...], PlaceId]:
        first = house.line()
        unit = house.unit_of(first)
        near = [line for line in house.shelves if house.unit_of(line) == unit] if count > 1 else []
        chosen = [first, *house.chance.sample(near, min(count - 1, len(near)))]
        return tuple(Wanted(line.item_id, one) for line in chosen), unit

    def consume(count: int) -> Action:
        wanted, unit = lines(count)
        return Consume(wanted, unit)

    def transfer() -> Action:
        line = house.line()
        return Transfer((Wanted(line.item_id, one),), line.place_id, house.chance.choice(house.units))

    def after(action: Callable[[], Action], then: Callable[[Receipt, Action], Action]) -> Action | None:
        first = action()
        receipt = house.act(first, None)
        return None if receipt is None else then(receipt, first)

    def receive() -> Action | None:
        line = house.line()
        with house.store.reading() as uow:
            item = uow.catalogue.get(line.item_id)
        if item.tracking is Tracking.SERIAL:
            return None
        number = line.lot_number or "BENCH"
        lapses = house.today + timedelta(days=400)
        return Receive((Arrival(item.id, eight, "", number, (), line.expires_on or lapses),), line.place_id)

    def count() -> Action:
        line = house.line()
        return Count((Found(line.item_id, eight),), line.place_id)

    def waste() -> Action:
        line = house.line()
        return Waste((Wanted(line.item_id, one),), line.place_id, WasteReason.DROPPED)

    def give_back(_: Receipt, first: Action) -> Action:
        assert isinstance(first, Consume)  # noqa: S101 - it was made so
        return Return(first.lines, first.place_id)

    run("consume, one line", lambda: consume(1))
    run("consume, five lines", lambda: consume(5))
    run("transfer", transfer)
    run("arrive", lambda: after(transfer, lambda receipt, _: Arrive(receipt.id)))
    run("receive", receive)
    run("count", count)
    run("waste", waste)
    run("return", lambda: after(lambda: consume(1), give_back))
    run("undo", lambda: after(lambda: consume(1), lambda receipt, _: Undo(receipt.id)))
    return found


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def report(found: dict[str, Times]) -> None:
    print(
        f"| {'action':<20} | {'n':>4} | {'refused':>7} | plan p50 |     p95 | post p50 |     p95 | both p50 |     p95 |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, times in found.items():
        if not times.plan:
            print(f"| {name:<20} |    0 | {times.refused:>7} |")
            continue
        both = [one + other for one, other in zip(times.plan, times.post, strict=True)]
        cells = [
            f"{quantile(values, share):8.1f}"
            for values in (times.plan, times.post, both)
            for share in (0.5, 0.95)
        ]
        print(f"| {name:<20} | {len(both):>4} | {times.refused:>7} | {' | '.join(cells)} |")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is about 1,200 items")
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for kind in given.database or ("sqlite", "postgres"):
        with database(kind) as url, house(url, scale=given.scale, seed=given.seed) as made:
            try:
                found = measure(made, times=given.times)
            except SupplyRoomError as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
                return 1
            print(f"\n{kind}: {', '.join(str(part) for part in (given.scale, given.times))}")
            report(found)
            checked = check_ledger(made.store.transactions)
            print(f"ledger: {checked.movements:,} movements, {checked.differences} differences")
    return 0


if __name__ == "__main__":
    sys.exit(main())
