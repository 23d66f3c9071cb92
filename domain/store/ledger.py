"""The append-only ledger: movements and their projections, written together.

The way of a batch: one INSERT that leaves out what is there already, then one upsert a projection with the effects of what was
truly new, summed by key and in the order of the keys, so that two writers wait for each other but never in a circle. Each database
has its own way of doing that in the fewest steps.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import case, func, select, text, tuple_

from domain.errors import AlreadyReversed, Conflict, InvalidMovement, UnknownMovement
from domain.model.ids import ChargeId, FacilityId, ItemId, LotId, MovementId, SupplierId
from domain.model.movement import Movement, MovementKind
from domain.ports import UsedLot
from domain.store import movements as rows
from domain.store import posting_postgres, posting_sqlite, tables
from domain.store.database import Database, chunked
from domain.store.movements import RowKey

_BATCH = 1_000


class SqlLedger:
    def __init__(self, database: Database) -> None:
        self._db = database
        self._write = (posting_postgres if database.is_postgres else posting_sqlite).write

    def post(self, movements: Sequence[Movement]) -> list[Movement]:
        self._check_facilities(movements)
        recorded: dict[RowKey, Movement] = {}
        for batch in chunked(movements, _BATCH):
            plain = [rows.to_plain(movement) for movement in batch]
            asked: dict[RowKey, Movement] = {}
            fresh = []
            for movement, row in zip(batch, plain, strict=True):
                key = (row[1], row[2])
                if key not in asked and key not in recorded:
                    asked[key] = movement
                    fresh.append(row)
            if fresh:
                new = self._write(self._db, fresh)
                recorded |= asked if new is None else self._recorded(asked, new)
        return [recorded[movement.facility_id, movement.key] for movement in movements]

    def _recorded(self, asked: dict[RowKey, Movement], new: set[RowKey]) -> dict[RowKey, Movement]:
        """What stands in the ledger for what was asked, of which ``new`` was written just now."""
        recorded = {key: asked[key] for key in new} | self._by_keys(asked.keys() - new)
        for key in asked.keys() - recorded.keys():
            self._explain(asked[key])
        return recorded

    def _check_facilities(self, movements: Sequence[Movement]) -> None:
        """Each movement belongs to the facility of the place it leaves, else of the one it enters. A reversal is turned around."""
        facility_of = self._db.facility_of
        for movement in movements:
            first, second = movement.from_place_id, movement.to_place_id
            if movement.reverses is not None:
                first, second = second, first
            place_id = second if first is None else first
            assert place_id is not None  # noqa: S101 - Movement has checked it
            facility_id = facility_of(place_id)
            if movement.facility_id != facility_id:
                raise InvalidMovement(
                    f"A movement belongs to the facility of its place: {facility_id}, not {movement.facility_id}."
                )

    def _by_keys(self, keys: Collection[RowKey]) -> dict[RowKey, Movement]:
        table = tables.movement
        found = self._db.connection.execute(
            select(table).where(tuple_(table.c.facility_id, table.c.key).in_(list(keys)))
        )
        return {(row.facility_id, row.key): rows.from_row(row) for row in found}

    def _explain(self, movement: Movement) -> None:
        """Why a movement was neither written nor there: it is a second reversal, or its id is another one's."""
        table = tables.movement
        if movement.reverses is not None:
            first = self._db.connection.execute(
                select(table).where(
                    table.c.facility_id == movement.facility_id, table.c.reverses == movement.reverses
                )
            ).one_or_none()
            if first is not None:
                raise AlreadyReversed(
                    f"This was undone already, on {first.recorded_at:%Y-%m-%d at %H:%M} UTC; an undo happens once."
                )
        raise Conflict(f"Another movement has the id {movement.id}; make a new one and repeat.")

    def get(self, movement_id: MovementId) -> Movement:
        table = tables.movement
        row = self._db.connection.execute(
            select(table).where(table.c.facility_id.in_(self._db.facility_ids()), table.c.id == movement_id)
        ).one_or_none()
        if row is None:
            raise UnknownMovement(f"The ledger holds no movement {movement_id}.")
        return rows.from_row(row)

    def many(self, movement_ids: Collection[MovementId]) -> dict[MovementId, Movement]:
        table = tables.movement
        found: dict[MovementId, Movement] = {}
        for part in chunked(movement_ids, _BATCH):
            rows_found = self._db.connection.execute(
                select(table).where(
                    table.c.facility_id.in_(self._db.facility_ids()), table.c.id.in_(list(part))
                )
            )
            found |= {MovementId(row.id): rows.from_row(row) for row in rows_found}
        return found

    def standing(self, facility_id: FacilityId, prefix: str) -> list[Movement]:
        table = tables.movement
        undone = table.alias("undone")
        found = self._db.connection.execute(
            select(table)
            .where(
                table.c.facility_id == facility_id,
                table.c.key >= prefix,
                table.c.key < prefix + "\U0010ffff",
                ~select(undone.c.id)
                .where(undone.c.facility_id == table.c.facility_id, undone.c.reverses == table.c.id)
                .exists(),
            )
            .order_by(table.c.key)
        )
        return [rows.from_row(row) for row in found]

    def used_on(
        self, facility_id: FacilityId, charges: Collection[ChargeId], *, item_id: ItemId, since: datetime
    ) -> list[UsedLot]:
        if not charges:
            return []
        table, stock = tables.movement, tables.stock
        # The item's lots are read from its balances, emptied ones too: movements are found by lot, not by item or target.
        lots = select(stock.c.lot_id).where(
            stock.c.facility_id == facility_id, stock.c.item_id == item_id, stock.c.lot_id > 0
        )
        used = func.sum(
            case(
                (
                    (table.c.kind == MovementKind.CONSUME.value) == table.c.reverses.is_(None),
                    table.c.quantity,
                ),
                else_=-table.c.quantity,
            )
        )
        parts = (table.c.charge_id, table.c.lot_id, table.c.owner_id, table.c.unit_cost)
        found = self._db.connection.execute(
            select(*parts, used)
            .where(
                table.c.facility_id == facility_id,
                table.c.lot_id.in_(lots),
                text("movement.lot_id > 0"),
                table.c.occurred_at >= since,
                table.c.item_id == item_id,
                self._db.among(table.c.charge_id, charges),
                table.c.kind.in_([MovementKind.CONSUME.value, MovementKind.RETURN.value]),
            )
            .group_by(*parts)
            .order_by(func.max(table.c.occurred_at).desc(), *parts)
        )
        return [
            UsedLot(ChargeId(charge), LotId(lot), SupplierId(owner), unit_cost, int(quantity))
            for charge, lot, owner, unit_cost, quantity in found
            if quantity > 0
        ]

    def by_key(self, key: str) -> Movement | None:
        table = tables.movement
        row = self._db.connection.execute(
            select(table)
            .where(table.c.facility_id.in_(self._db.facility_ids()), table.c.key == key)
            .order_by(table.c.recorded_at)
            .limit(1)
        ).one_or_none()
        return None if row is None else rows.from_row(row)

    def of_lots(self, lot_ids: Collection[LotId], *, limit: int = 500) -> list[Movement]:
        table = tables.movement
        found = self._db.connection.execute(
            select(table)
            .where(
                table.c.facility_id.in_(self._db.facility_ids()),
                # Written out, as they are few: SQLite then looks each one up, and does not walk all lots above 0.
                table.c.lot_id.in_(list(lot_ids)),
                text("lot_id > 0"),
            )
            .order_by(table.c.occurred_at.desc(), table.c.id.desc())
            .limit(limit)
        )
        return [rows.from_row(row) for row in found]
