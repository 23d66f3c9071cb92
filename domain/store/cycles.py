"""Cycle counts: what may be counted, and what was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Integer, func, literal_column, select, text

from domain.model.hold import CheckState
from domain.model.ids import NO_LOT, FacilityId, ItemId, PersonId, PlaceId
from domain.model.item import AbcClass
from domain.model.movement import MovementKind, StockStatus
from domain.model.receipt import ReceiptId
from domain.ports.cycles import CountDone, Doubtful, ItemClass
from domain.store import tables
from domain.store.database import Database


class SqlCycleCounts:
    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, facility_id: FacilityId, rows: Sequence[CountDone]) -> None:
        if not rows:
            return
        self._db.connection.execute(
            self._db.insert(tables.count_done).on_conflict_do_nothing(
                index_elements=["facility_id", "receipt_facility_id", "receipt_id", "item_id", "place_id"]
            ),
            [
                {
                    "facility_id": facility_id,
                    "receipt_facility_id": row.receipt_facility_id,
                    "receipt_id": row.receipt_id,
                    "item_id": row.item_id,
                    "place_id": row.place_id,
                    "day": row.day,
                    "person_id": row.person_id,
                    "expected": row.expected,
                    "found": row.found,
                    "blind": row.blind,
                }
                for row in rows
            ],
        )

    def differences(
        self, facility_id: FacilityId, *, before: date | None = None
    ) -> dict[tuple[ItemId, PlaceId], date]:
        movement, undoing = tables.movement, tables.movement.alias("undoing")
        place = func.coalesce(movement.c.from_place_id, movement.c.to_place_id)
        undone = select(literal_column("1", Integer)).where(
            undoing.c.facility_id == movement.c.facility_id, undoing.c.reverses == movement.c.id
        )
        where = [
            movement.c.facility_id == facility_id,
            # As the index that holds them has it.
            literal_column("(movement.kind = 'count' AND movement.reverses IS NULL)", Boolean),
            ~undone.exists(),
        ]
        if before is not None:
            where.append(movement.c.day < before)
        last = func.max(movement.c.day, type_=movement.c.day.type)
        rows = self._db.connection.execute(
            select(movement.c.item_id, place, last).where(*where).group_by(movement.c.item_id, place)
        )
        return {(ItemId(item_id), PlaceId(place_id)): day for item_id, place_id, day in rows}

    def done(self, facility_id: FacilityId, *, before: date | None = None) -> list[CountDone]:
        table, undo = tables.count_done, tables.receipt
        undone = select(literal_column("1", Integer)).where(
            undo.c.facility_id == table.c.receipt_facility_id, undo.c.undoes == table.c.receipt_id
        )
        statement = select(table).where(table.c.facility_id == facility_id, ~undone.exists())
        if before is not None:
            statement = statement.where(table.c.day < before)
        last: dict[tuple[int, int], CountDone] = {}
        for row in self._db.connection.execute(statement.order_by(table.c.day, table.c.receipt_id)):
            last[row.item_id, row.place_id] = CountDone(
                receipt_facility_id=FacilityId(row.receipt_facility_id),
                receipt_id=ReceiptId(row.receipt_id),
                item_id=ItemId(row.item_id),
                place_id=PlaceId(row.place_id),
                day=row.day,
                person_id=PersonId(row.person_id),
                expected=row.expected,
                found=row.found,
                blind=row.blind,
            )
        return list(last.values())

    def classes(
        self, facility_id: FacilityId, item_ids: Collection[ItemId], *, start: date, end: date
    ) -> dict[ItemId, ItemClass]:
        if not item_ids:
            return {}
        item, usage = tables.item, tables.daily_usage
        spent = dict(
            self._db.connection.execute(
                select(usage.c.item_id, func.sum(usage.c.cost, type_=usage.c.cost.type))
                .where(
                    usage.c.facility_id == facility_id,
                    usage.c.day >= start,
                    usage.c.day <= end,
                    usage.c.kind == MovementKind.CONSUME.value,
                )
                .group_by(usage.c.item_id)
            )
            .tuples()
            .all()
        )
        rows = self._db.connection.execute(
            select(item.c.id, item.c.abc).where(self._db.among(item.c.id, item_ids), item.c.active)
        )
        return {
            ItemId(item_id): ItemClass(AbcClass(abc), float(spent.get(item_id, 0))) for item_id, abc in rows
        }

    def doubtful(self, facility_id: FacilityId) -> list[Doubtful]:
        stock = tables.stock
        below = self._db.connection.execute(
            select(stock.c.item_id, stock.c.place_id, func.sum(stock.c.on_hand))
            .where(
                stock.c.facility_id == facility_id,
                text("(stock.on_hand <> 0 OR stock.reserved <> 0)"),
                stock.c.on_hand < 0,
                stock.c.status == StockStatus.AVAILABLE.value,
            )
            .group_by(stock.c.item_id, stock.c.place_id)
        )
        found = [
            Doubtful(ItemId(item_id), PlaceId(place_id), int(quantity))
            for item_id, place_id, quantity in below
        ]
        return found + self._not_found(facility_id)

    def _not_found(self, facility_id: FacilityId) -> list[Doubtful]:
        """What holds' checklists say is not where the books have it."""
        hold, check, lots, lot = tables.hold, tables.hold_check, tables.hold_lot, tables.lot
        facility = tables.facility
        zone = ZoneInfo(
            self._db.connection.execute(
                select(facility.c.timezone).where(facility.c.id == facility_id)
            ).scalar_one()
        )
        states = [CheckState.NOT_FOUND.value, CheckState.USED.value]
        answered = select(check.c.hold_id, check.c.place_id, check.c.answered_at).where(
            check.c.facility_id == facility_id, check.c.state.in_(states)
        )
        found = []
        for row in self._db.connection.execute(answered).all():
            items = set(
                self._db.connection.scalars(
                    select(lot.c.item_id)
                    .join_from(lots, lot, lot.c.id == lots.c.lot_id)
                    .where(
                        lots.c.facility_id == facility_id,
                        lots.c.hold_id == row.hold_id,
                        lots.c.lot_id > NO_LOT,
                    )
                )
            )
            whole = self._db.connection.scalar(
                select(hold.c.item_id).where(hold.c.facility_id == facility_id, hold.c.id == row.hold_id)
            )
            if whole is not None:
                items.add(whole)
            since = None if row.answered_at is None else row.answered_at.astimezone(zone).date()
            found += [Doubtful(ItemId(item), PlaceId(row.place_id), 0, since) for item in sorted(items)]
        return found
