"""The append-only ledger: movements and their projections, written together.

The way of a batch: one INSERT that leaves out what is there already, then one upsert a projection with the effects of what was
truly new, summed by key and in the order of the keys, so that two writers wait for each other but never in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select, text, tuple_

from domain.errors import AlreadyReversed, Conflict, InvalidMovement, UnknownMovement
from domain.model.ids import FacilityId, LotId, MovementId
from domain.model.movement import Movement
from domain.store import movements as rows
from domain.store import tables
from domain.store.database import Database, Refusal, chunked
from domain.store.projections import Projections

_BATCH = 1_000

type _Key = tuple[FacilityId, str]


class SqlLedger:
    def __init__(self, database: Database) -> None:
        self._db = database
        self._projections = Projections(database)

    def post(self, movements: Sequence[Movement]) -> list[Movement]:
        for movement in movements:
            self._check_facility(movement)
        recorded: dict[_Key, Movement] = {}
        for batch in chunked(movements, _BATCH):
            self._post_batch(batch, recorded)
        return [recorded[movement.facility_id, movement.key] for movement in movements]

    def _post_batch(self, batch: Sequence[Movement], recorded: dict[_Key, Movement]) -> None:
        asked: dict[_Key, Movement] = {}
        for movement in batch:
            key = (movement.facility_id, movement.key)
            if key not in recorded:
                asked.setdefault(key, movement)
        if not asked:
            return
        new = self._insert(list(asked.values()))
        recorded |= new
        missing = asked.keys() - new.keys()
        if missing:
            found = self._by_keys(missing)
            recorded |= found
            for key in asked.keys() - new.keys() - found.keys():
                self._explain(asked[key])
        if new:
            self._projections.apply([asked[key] for key in asked if key in new])

    def _check_facility(self, movement: Movement) -> None:
        place_id = movement.from_place_id if movement.reverses is None else movement.to_place_id
        if place_id is None:
            place_id = movement.to_place_id if movement.reverses is None else movement.from_place_id
        assert place_id is not None  # noqa: S101 - Movement has checked it
        facility_id = self._db.facility_of(place_id)
        if movement.facility_id != facility_id:
            raise InvalidMovement(
                f"A movement belongs to the facility of its place: {facility_id}, not {movement.facility_id}."
            )

    def _insert(self, batch: Sequence[Movement]) -> dict[_Key, Movement]:
        """Writes what is not there yet; gives what was written."""
        try:
            written = self._insert_postgres(batch) if self._db.is_postgres else self._insert_sqlite(batch)
        except Refusal as refusal:
            if refusal.is_foreign_key:
                raise UnknownMovement("The movement to be reversed is not in the ledger.") from refusal
            raise InvalidMovement(f"The ledger refused a movement: {refusal.constraint}.") from refusal
        return {
            (movement.facility_id, movement.key): movement
            for movement in batch
            if written is None or (movement.facility_id, movement.key) in written
        }

    def _insert_postgres(self, batch: Sequence[Movement]) -> set[_Key] | None:
        """The keys that were written; None where all were."""
        values = [rows.to_postgres(movement) for movement in batch]
        if len(values) == 1:
            cursor = self._db.run(rows.POSTGRES_INSERT_ONE, values)
        else:
            arrays = tuple(list(column) for column in zip(*values, strict=True))
            cursor = self._db.run(rows.POSTGRES_INSERT_MANY, [arrays])
        return None if cursor.rowcount == len(batch) else set(cursor.fetchall())

    def _insert_sqlite(self, batch: Sequence[Movement]) -> set[_Key] | None:
        """Likewise."""
        run = self._db.run
        values = [rows.to_plain(movement) for movement in batch]
        # The table only grows, so a new row's number is above all that were there; this unit holds the write lock.
        last = run("SELECT max(rowid) FROM movement", [()]).fetchall()[0][0] if len(values) > 1 else None
        count = run(rows.SQLITE_INSERT, values).rowcount
        if count == len(batch):
            return None
        if count == 0:
            return set()
        return set(run("SELECT facility_id, key FROM movement WHERE rowid > ?", [(last or 0,)]).fetchall())

    def _by_keys(self, keys: Collection[_Key]) -> dict[_Key, Movement]:
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
