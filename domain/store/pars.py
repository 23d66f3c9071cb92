"""Pars, and which of them are low."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Boolean, ColumnElement, Row, delete, func, literal_column, select, text, update

from domain.model.ids import ItemId, PlaceId
from domain.model.movement import StockStatus
from domain.model.par import Par
from domain.ports import LowPar
from domain.store import tables
from domain.store.database import Database
from domain.store.rebuild import rebuild_level


class SqlPars:
    def __init__(self, database: Database) -> None:
        self._db = database

    def of(
        self, *, places: Collection[PlaceId] | None = None, items: Collection[ItemId] | None = None
    ) -> list[Par]:
        par = tables.par
        rows = self._db.connection.execute(
            select(par)
            .where(*self._where(places=places, items=items))
            .order_by(par.c.facility_id, par.c.place_id, par.c.item_id)
        )
        return [_par(row) for row in rows]

    def put(self, par: Par) -> None:
        table = tables.par
        key = {
            "facility_id": self._db.facility_of(par.place_id),
            "place_id": par.place_id,
            "item_id": par.item_id,
        }
        levels = {
            "minimum": par.minimum,
            "reorder_point": par.reorder_point,
            "par": par.par,
            "maximum": par.maximum,
        }
        where = [table.c[name] == value for name, value in key.items()]
        changed = self._db.connection.execute(update(table).where(*where).values(levels)).rowcount
        if not changed:
            self._db.connection.execute(table.insert().values(**key, **levels))
            rebuild_level(self._db.connection, **key)

    def remove(self, item_id: ItemId, place_id: PlaceId) -> bool:
        table = tables.par
        return (
            self._db.connection.execute(
                delete(table).where(
                    table.c.facility_id == self._db.facility_of(place_id),
                    table.c.place_id == place_id,
                    table.c.item_id == item_id,
                )
            ).rowcount
            == 1
        )

    def low(
        self,
        *,
        today: date,
        places: Collection[PlaceId] | None = None,
        items: Collection[ItemId] | None = None,
    ) -> list[LowPar]:
        """``par.on_hand`` counts expired stock too, which depends on the day asked: it is taken off here, from the few
        balances that lapsed. So a par is low by the index, or it is one of those that hold something expired."""
        expired = self._expired(today=today, places=places, items=items)
        par, where = tables.par, self._where(places=places, items=items)
        rows = list(
            self._db.connection.execute(select(par).where(*where, text("par.on_hand <= par.reorder_point")))
        )
        seen = {(row.place_id, row.item_id) for row in rows}
        suspects = expired.keys() - seen
        if suspects:
            facilities = par.c.facility_id.in_(self._db.facility_ids(places))
            rows += [
                row
                for row in self._db.connection.execute(
                    select(par).where(
                        facilities,
                        self._db.among(par.c.place_id, {place_id for place_id, _ in suspects}),
                        self._db.among(par.c.item_id, {item_id for _, item_id in suspects}),
                        par.c.on_hand > par.c.reorder_point,
                    )
                )
                if (row.place_id, row.item_id) in suspects
            ]
        low = [
            LowPar(
                par=_par(row),
                available=row.on_hand - expired.get((row.place_id, row.item_id), 0),
                in_transit=row.in_transit,
            )
            for row in rows
        ]
        return sorted(
            (line for line in low if line.available <= line.par.reorder_point),
            key=lambda line: (line.par.place_id, line.par.item_id),
        )

    def _expired(
        self, *, today: date, places: Collection[PlaceId] | None, items: Collection[ItemId] | None
    ) -> dict[tuple[PlaceId, ItemId], int]:
        """Base units that are expired but otherwise available, by the par's place (the balance's own and all above) and item."""
        stock, above = tables.stock, tables.place_ancestor
        inside = select(above.c.place_id)
        where: list[ColumnElement[bool]] = [
            stock.c.facility_id.in_(self._db.facility_ids(places)),
            stock.c.expires_on < today,
            stock.c.status == StockStatus.AVAILABLE.value,
            stock.c.on_hand > stock.c.reserved,
            # The condition of the index that finds them.
            literal_column("(stock.on_hand <> 0 OR stock.reserved <> 0)", Boolean),
        ]
        if items is not None:
            where.append(self._db.among(stock.c.item_id, items))
        if places is not None:
            chosen = self._db.among(above.c.ancestor_id, places)
            where += [chosen, stock.c.place_id.in_(inside.where(chosen))]
        elif items is None:
            where.append(stock.c.place_id.in_(select(tables.place.c.id)))
        rows = self._db.connection.execute(
            select(above.c.ancestor_id, stock.c.item_id, func.sum(stock.c.on_hand - stock.c.reserved))
            .join_from(stock, above, above.c.place_id == stock.c.place_id)
            .where(*where)
            .group_by(above.c.ancestor_id, stock.c.item_id)
        )
        return {(place_id, item_id): int(quantity) for place_id, item_id, quantity in rows}

    def _where(
        self, *, places: Collection[PlaceId] | None, items: Collection[ItemId] | None
    ) -> list[ColumnElement[bool]]:
        par = tables.par
        where: list[ColumnElement[bool]] = [par.c.facility_id.in_(self._db.facility_ids(places))]
        if places is not None:
            where.append(self._db.among(par.c.place_id, places))
        if items is not None:
            where.append(self._db.among(par.c.item_id, items))
        return where


def _par(row: Row[tuple[object, ...]]) -> Par:
    return Par(
        item_id=row.item_id,
        place_id=row.place_id,
        minimum=row.minimum,
        reorder_point=row.reorder_point,
        par=row.par,
        maximum=row.maximum,
    )
