"""A made-up hospital and its movements, as plain as they may be: for measuring the store, not for looking at."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.model.charge import ChargeTarget, CostCentre
from domain.model.ids import (
    ChargeId,
    CostCentreId,
    FacilityId,
    ItemId,
    LotId,
    MovementId,
    PersonId,
    PlaceId,
    SupplierId,
)
from domain.model.item import Item, Supplier
from domain.model.lot import Lot
from domain.model.movement import Movement, MovementKind, Source
from domain.model.par import Par
from domain.model.person import Person, Role
from domain.model.place import Facility, Place, PlaceKind
from domain.ports import MovementRow, Transactions

UNITS = 14
SHELVES = 40
START = datetime(2024, 11, 22, tzinfo=UTC)
DAYS = 730
_ID_STEP = 1 << 64


def shelf(number: int) -> PlaceId:
    return PlaceId(1_000 + number)


def size_for(movements: int) -> int:
    """Items in a hospital with that many movements: a hundred movements an item in two years, 500 items at least."""
    return max(500, movements // 100)


def build(transactions: Transactions, *, items: int) -> None:
    """One facility, 14 units with 40 shelves each, three lots an item, pars at two shelves and their unit for each item."""
    facility = FacilityId(1)
    places = [Place(PlaceId(1), facility, None, PlaceKind.FACILITY, "Bench")]
    for unit in range(UNITS):
        places.append(Place(PlaceId(100 + unit), facility, PlaceId(1), PlaceKind.UNIT, f"Unit {unit}"))
        places.extend(
            Place(
                shelf(unit * SHELVES + number),
                facility,
                PlaceId(100 + unit),
                PlaceKind.SHELF,
                f"Shelf {number}",
            )
            for number in range(SHELVES)
        )
    rng = random.Random(7)
    with transactions.begin() as uow:
        loading = uow.loading
        loading.facilities([Facility(facility, PlaceId(1), "Bench", "UTC")], places)
        loading.suppliers([Supplier(SupplierId(1), "Supplier")])
        loading.cost_centres([CostCentre(CostCentreId(n), str(n), str(n), "line") for n in range(1, 31)])
        loading.charge_targets(
            [(ChargeId(n), ChargeTarget(cost_centre_id=CostCentreId(n))) for n in range(1, 31)]
        )
        loading.people([Person(PersonId(1), facility, "A", "Nurse", Role.CLINICIAN)])
        loading.items(
            Item(ItemId(n), f"{n:07}", f"Item {n}", f"Family {n // 5}", "", "Category", "", "", "each")
            for n in range(1, items + 1)
        )
        loading.lots(
            Lot(
                LotId(3 * n + k),
                ItemId(n),
                f"L{n:06}{k}",
                expires_on=date(2026, 10, 1) + timedelta(days=rng.randrange(900)),
            )
            for n in range(1, items + 1)
            for k in range(3)
        )
        loading.pars(
            Par(ItemId(n), place, 2, 10, 20, 40) for n in range(1, items + 1) for place in pars_of(n)
        )
        uow.commit()


def pars_of(item: int) -> list[PlaceId]:
    shelves = [item % (UNITS * SHELVES), (item * 37 + 11) % (UNITS * SHELVES)]
    found = {shelf(number) for number in shelves} | {PlaceId(100 + shelves[0] // SHELVES)}
    return sorted(found)


def plain_rows(count: int, *, items: int) -> Iterator[MovementRow]:
    """Movements spread evenly over two years: one receipt of 100 to nine uses, each at a shelf of its item."""
    rng = random.Random(11)
    start = int(START.timestamp()) * 1_000_000
    step = DAYS * 86_400_000_000 // max(1, count)
    days = [(START + timedelta(days=n)).date().isoformat() for n in range(DAYS + 1)]
    pars = {}
    costs = [rng.randrange(100, 500_000) for _ in range(1_000)]
    for n in range(count):
        moment = start + n * step
        item = rng.randrange(1, items + 1)
        if item not in pars:
            pars[item] = [place for place in pars_of(item) if place >= 1_000]
        place = pars[item][n % len(pars[item])]
        receipt = n % 10 == 0
        yield (
            ((moment // 1_000 << 80) | (7 << 76) | (2 << 62) | n).to_bytes(16),
            1,
            f"history:{n:09}",
            "receive" if receipt else "consume",
            item,
            100 if receipt else rng.randrange(1, 8),
            moment,
            moment,
            days[(moment - start) // 86_400_000_000],
            1,
            3 * item + rng.randrange(3),
            None if receipt else place,
            place if receipt else None,
            "available",
            "available",
            0,
            costs[item % 1_000],
            None,
            "",
            0 if receipt else 1 + n % 30,
            "",
            "",
            "",
            "",
            None,
        )


def movements(count: int, *, items: int, ids: Iterator[MovementId], seed: int) -> list[Movement]:
    """What a day brings: uses at the shelves of random items, said in Slack."""
    rng = random.Random(seed)
    now = START + timedelta(days=DAYS)
    found = []
    for n in range(count):
        item = rng.randrange(1, items + 1)
        places = [place for place in pars_of(item) if place >= 1_000]
        identity = next(ids)
        found.append(
            Movement(
                id=identity,
                facility_id=FacilityId(1),
                key=f"Ev{rng.getrandbits(50):013X}:{seed}:{n}",
                kind=MovementKind.CONSUME,
                item_id=ItemId(item),
                quantity=rng.randrange(1, 8),
                occurred_at=now,
                recorded_at=now,
                day=now.date(),
                actor_id=PersonId(1),
                lot_id=LotId(3 * item + rng.randrange(3)),
                from_place_id=rng.choice(places),
                unit_cost=Decimal(rng.randrange(100, 500_000)).scaleb(-4),
                charge_id=ChargeId(rng.randrange(1, 31)),
                source=Source("C0123456789", "1763812345.000100", "Ev0123456789"),
            )
        )
    return found
