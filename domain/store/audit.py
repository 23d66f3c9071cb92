"""Everything the ledger check compares, streamed in the order of items; memory stays bounded by what one item moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from domain.model.ids import MovementId, PersonId
from domain.model.movement import Movement, MovementKind, StockKey, StockStatus, UsageKey
from domain.ports import ParLevel
from domain.store import tables
from domain.store.database import Database

_STREAMED: Mapping[str, object] = {"stream_results": True, "yield_per": 5_000}
_KIND = {kind.value: kind for kind in MovementKind}
_STATUS = {status.value: status for status in StockStatus}
_BLANK = datetime(1970, 1, 1, tzinfo=UTC)
_SOME_ID = MovementId(UUID(int=0))


class SqlAudit:
    def __init__(self, database: Database) -> None:
        self._db = database

    def movements(self) -> Iterator[Movement]:
        # Only these columns: the database sorts ten million rows, and sorts them the faster the narrower they are.
        m = tables.movement.c
        rows = self._db.connection.execute(
            select(
                m.item_id,
                m.facility_id,
                m.kind,
                m.quantity,
                m.day,
                m.lot_id,
                m.from_place_id,
                m.to_place_id,
                m.from_status,
                m.to_status,
                m.owner_id,
                m.unit_cost,
                m.charge_id,
                m.reverses.is_not(None),
            ).order_by(m.item_id),
            execution_options=_STREAMED,
        )
        for (
            item_id,
            facility_id,
            kind,
            quantity,
            day,
            lot_id,
            from_place_id,
            to_place_id,
            from_status,
            to_status,
            owner_id,
            unit_cost,
            charge_id,
            is_reversal,
        ) in rows.tuples():
            yield Movement(
                id=_SOME_ID,
                facility_id=facility_id,
                key="-",
                kind=_KIND[kind],
                item_id=item_id,
                quantity=quantity,
                occurred_at=_BLANK,
                recorded_at=_BLANK,
                day=day,
                actor_id=PersonId(0),
                lot_id=lot_id,
                from_place_id=from_place_id,
                to_place_id=to_place_id,
                from_status=_STATUS[from_status],
                to_status=_STATUS[to_status],
                owner_id=owner_id,
                unit_cost=unit_cost,
                charge_id=charge_id,
                reverses=_SOME_ID if is_reversal else None,
            )

    def balances(self) -> Iterator[tuple[StockKey, int, int]]:
        s = tables.stock.c
        for item_id, place_id, lot_id, owner_id, status, on_hand, reserved in self._db.connection.execute(
            select(s.item_id, s.place_id, s.lot_id, s.owner_id, s.status, s.on_hand, s.reserved).order_by(
                s.item_id
            ),
            execution_options=_STREAMED,
        ):
            yield StockKey(item_id, place_id, lot_id, owner_id, _STATUS[status]), on_hand, reserved

    def sums(self) -> Iterator[tuple[UsageKey, int, Decimal]]:
        u = tables.daily_usage.c
        for item_id, place_id, day, kind, charge_id, quantity, cost in self._db.connection.execute(
            select(u.item_id, u.place_id, u.day, u.kind, u.charge_id, u.quantity, u.cost).order_by(u.item_id),
            execution_options=_STREAMED,
        ):
            yield UsageKey(item_id, place_id, day, _KIND[kind], charge_id), quantity, cost

    def levels(self) -> Iterator[ParLevel]:
        p = tables.par.c
        for place_id, item_id, on_hand, in_transit in self._db.connection.execute(
            select(p.place_id, p.item_id, p.on_hand, p.in_transit).order_by(p.item_id),
            execution_options=_STREAMED,
        ):
            yield ParLevel(place_id, item_id, on_hand, in_transit)
