"""Columns of movements as the ledger's rows, in order of time, with ids and keys that depend on nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import numpy as np

from domain.demo.calendar import Calendar, Ints
from domain.demo.catalogue import Catalogue
from domain.demo.columns import KINDS, REASONS, STATUSES, Columns, K
from domain.demo.plan import Plan
from domain.model.ids import ChargeId, FacilityId, ItemId, LotId, MovementId, PersonId, PlaceId, SupplierId
from domain.model.movement import Movement, MovementKind, Source, StockStatus
from domain.model.person import Person
from domain.ports import MovementRow

CHUNK: Final = 20_000
SOURCE: Final = "demo"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All movements of the history. Give it rows in ``order``; a movement's rank there makes its id and key."""

    columns: Columns
    order: Ints
    rank: Ints
    calendar: Calendar
    catalogue: Catalogue
    facility_of: Ints
    actors: tuple[Ints, ...]
    stockers: Ints

    def __len__(self) -> int:
        return len(self.order)

    def ids(self, rows: Ints) -> list[bytes]:
        """UUIDv7: the milliseconds, then the rank, so that ids rise strictly with time."""
        pair = np.empty((len(rows), 2), dtype=">u8")
        pair[:, 0] = ((self.columns.micros[rows] // 1000).astype(np.uint64) << np.uint64(16)) | np.uint64(
            0x7000
        )
        pair[:, 1] = np.uint64(1 << 63) | self.rank[rows].astype(np.uint64)
        whole = pair.tobytes()
        return [whole[n : n + 16] for n in range(0, len(whole), 16)]

    def rows(self) -> Iterator[MovementRow]:
        made = self.catalogue.products
        units = [product.line.base_unit for product in made]
        packs = [product.line.packs[min(1, len(product.line.packs) - 1)] for product in made]
        names = [pack.unit for pack in packs]
        sizes = np.array([pack.quantity for pack in packs])
        days = [self.calendar.day(n).isoformat() for n in range(self.calendar.days)]
        kinds, statuses = [str(kind) for kind in KINDS], [str(status) for status in STATUSES]
        received = K[MovementKind.RECEIVE]
        c = self.columns
        for start in range(0, len(self.order), CHUNK):
            rows = self.order[start : start + CHUNK]
            quantity, product = c.quantity[rows].astype(np.int64), c.product[rows]
            by_pack = (c.kind[rows] == received) & (quantity % sizes[product] == 0)
            entered = np.where(by_pack, quantity // sizes[product], quantity) * 10_000
            facility = self.facility_of[np.where(c.origin[rows] > 0, c.origin[rows], c.target[rows])]
            undoes = c.undoes[rows]
            undone: list[bytes | None] = [None] * len(rows)
            for at in np.flatnonzero(undoes >= 0).tolist():
                undone[at] = self.ids(undoes[at : at + 1].astype(np.int64))[0]
            yield from zip(
                self.ids(rows),
                facility.tolist(),
                [f"{SOURCE}:{n}" for n in range(start, start + len(rows))],
                [kinds[n] for n in c.kind[rows].tolist()],
                (product + 1).tolist(),
                quantity.tolist(),
                c.micros[rows].tolist(),
                (c.micros[rows] + c.delay[rows]).tolist(),
                [days[n] for n in c.day[rows].tolist()],
                self._actors(rows, start).tolist(),
                c.lot[rows].tolist(),
                [n or None for n in c.origin[rows].tolist()],
                [n or None for n in c.target[rows].tolist()],
                [statuses[n] for n in c.origin_status[rows].tolist()],
                [statuses[n] for n in c.target_status[rows].tolist()],
                c.owner[rows].tolist(),
                c.cost[rows].tolist(),
                entered.tolist(),
                [names[p] if packed else units[p] for p, packed in zip(product.tolist(), by_pack.tolist(), strict=True)],
                c.charge[rows].tolist(),
                [REASONS[n] for n in c.why[rows].tolist()],
                [SOURCE] * len(rows),
                [""] * len(rows),
                [""] * len(rows),
                undone,
                strict=True,
            )  # fmt: skip

    def _actors(self, rows: Ints, start: int) -> Ints:
        """Supply technicians move and put away; the people of the unit take, waste and count."""
        c = self.columns
        turn = np.arange(start, start + len(rows)) * 2_654_435_761 % 4_294_967_296 // 65_536
        kind, unit = c.kind[rows], c.unit[rows]
        moving = (
            (kind == K[MovementKind.TRANSFER])
            | (kind == K[MovementKind.RECEIVE])
            | (kind == K[MovementKind.STATUS])
        )
        actor = self.stockers[turn % len(self.stockers)]
        for number, people in enumerate(self.actors):
            mine = ~moving & (unit == number)
            actor = np.where(mine, people[turn % len(people)], actor)
        return actor

    def movements(self) -> Iterator[Movement]:
        """The same as whole values, for those who want the model's own checks."""
        return map(as_movement, self.rows())


def ledger(
    columns: Columns, *, calendar: Calendar, catalogue: Catalogue, plan: Plan, people: list[Person], units: list[PlaceId]
) -> Ledger:  # fmt: skip
    order = np.argsort(columns.micros, kind="stable").astype(np.int64)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    facility_of = np.zeros(len(plan.places) + 1, dtype=np.int64)
    for place in plan.places:
        facility_of[place.id] = place.facility_id
    # The unit's own people, save its manager and whoever runs the system.
    by_unit = tuple(
        np.array([p.id for p in people if p.home_place_id == unit and p.role not in ("manager", "admin")])
        for unit in units
    )
    return Ledger(columns, order, rank, calendar, catalogue, facility_of, by_unit, by_unit[-1])


def as_movement(row: MovementRow) -> Movement:
    (id_, facility, key, kind, item, quantity, occurred, recorded, day, actor, lot, origin, target, origin_status, target_status,
     owner, cost, entered, unit, charge, reason, channel, thread, event, undoes) = row  # fmt: skip
    return Movement(
        id=MovementId(UUID(bytes=id_)),
        facility_id=FacilityId(facility),
        key=key,
        kind=MovementKind(kind),
        item_id=ItemId(item),
        quantity=quantity,
        occurred_at=EPOCH + timedelta(microseconds=occurred),
        recorded_at=EPOCH + timedelta(microseconds=recorded),
        day=date.fromisoformat(day),
        actor_id=PersonId(actor),
        lot_id=LotId(lot),
        from_place_id=None if origin is None else PlaceId(origin),
        to_place_id=None if target is None else PlaceId(target),
        from_status=StockStatus(origin_status),
        to_status=StockStatus(target_status),
        owner_id=SupplierId(owner),
        unit_cost=Decimal(cost).scaleb(-4),
        entered_quantity=None if entered is None else Decimal(entered).scaleb(-4),
        entered_unit=unit,
        charge_id=ChargeId(charge),
        reason=reason,
        source=Source(channel, thread, event),
        reverses=None if undoes is None else MovementId(UUID(bytes=undoes)),
    )
