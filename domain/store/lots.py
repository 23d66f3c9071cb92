"""Lots and serials, found by what is printed on the box or nearly so."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process
from sqlalchemy import Row, select, text, union_all

from domain.errors import UnknownLot
from domain.model.ids import LotId
from domain.model.lot import Lot
from domain.store import tables
from domain.store.database import Database

_IGNORED = re.compile(r"[\W_]+")
_CANDIDATES = 400
_NEAR = 70.0


def lookup_key(number: str) -> str:
    """A lot or serial number without case, blanks and dashes.

    >>> lookup_key("8j-2210 ")
    '8J2210'
    """
    return _IGNORED.sub("", number).upper()


def lot_row(lot: Lot) -> dict[str, object]:
    return {
        "item_id": lot.item_id,
        "number": lot.number,
        "serial": lot.serial,
        "expires_on": lot.expires_on,
        "made_on": lot.made_on,
        "supplier_id": lot.supplier_id,
        "number_key": lookup_key(lot.number),
        "serial_key": lookup_key(lot.serial),
    }


class SqlLots:
    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, lot_id: LotId) -> Lot:
        table = tables.lot
        row = self._db.connection.execute(select(table).where(table.c.id == lot_id)).one_or_none()
        if row is None:
            raise UnknownLot(f"There is no lot with the key {lot_id}.")
        return _lot(row)

    def add(self, lot: Lot) -> LotId:
        table = tables.lot
        wanted = select(table.c.id).where(
            table.c.item_id == lot.item_id, table.c.number == lot.number, table.c.serial == lot.serial
        )
        found = self._db.connection.scalar(wanted)
        if found is None:
            self._db.connection.execute(
                self._db.insert(table)
                .values(lot_row(lot))
                .on_conflict_do_nothing(index_elements=["item_id", "number", "serial"])
            )
            found = self._db.connection.execute(wanted).scalar_one()
        return LotId(found)

    def named(self, number: str) -> list[Lot]:
        table, key = tables.lot, lookup_key(number)
        if not key:
            return []
        # Two look-ups instead of one with "or", which PostgreSQL answers from a quarter of the table: one index is partial.
        either = union_all(
            select(table).where(table.c.number_key == key),
            select(table).where(table.c.serial_key == key, text("serial_key <> ''")),
        )
        found = {row.id: row for row in self._db.connection.execute(either)}
        return [_lot(found[lot_id]) for lot_id in sorted(found)]

    def similar(self, number: str, *, limit: int = 5) -> list[Lot]:
        """Candidates share the beginning with what was typed, the shorter the more of them; then the nearest by edits."""
        table, key = tables.lot, lookup_key(number)
        if not key:
            return []
        candidates: dict[int, Row[tuple[object, ...]]] = {}
        for length in range(max(1, len(key) - 1), 0, -1):
            start = key[:length]
            for column in (table.c.number_key, table.c.serial_key):
                wanted = select(table).where(column >= start, column < start + "\U0010ffff")
                if column is table.c.serial_key:
                    wanted = wanted.where(text("serial_key <> ''"))
                rows = self._db.connection.execute(wanted.order_by(column).limit(_CANDIDATES))
                candidates |= {row.id: row for row in rows}
            if len(candidates) >= _CANDIDATES or length <= len(key) - 4:
                break
        names = {row_id: row.serial_key or row.number_key for row_id, row in candidates.items()}
        best = process.extract(key, names, scorer=fuzz.ratio, limit=limit, score_cutoff=_NEAR)
        return [_lot(candidates[row_id]) for _, _, row_id in best]


def _lot(row: Row[tuple[object, ...]]) -> Lot:
    return Lot(
        id=row.id,
        item_id=row.item_id,
        number=row.number,
        serial=row.serial,
        expires_on=row.expires_on,
        made_on=row.made_on,
        supplier_id=row.supplier_id,
    )
