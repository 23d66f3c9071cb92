"""Reads of the projections: balances and sums of use."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, func, literal_column, or_, select, text, union

from domain.model.ids import ItemId, LotId, PlaceId
from domain.model.movement import MovementKind, StockStatus
from domain.model.stock import StockLine
from domain.ports import UsageSum
from domain.store import tables
from domain.store.database import Database
from domain.store.types import Day

_STATUS = {status.value: status for status in StockStatus}
_KIND = {kind.value: kind for kind in MovementKind}


class SqlStock:
    def __init__(self, database: Database) -> None:
        self._db = database

    def of_items(
        self, items: Collection[ItemId], *, places: Collection[PlaceId] | None = None
    ) -> list[StockLine]:
        if not items:
            return []
        stock = tables.stock
        where = [
            stock.c.facility_id.in_(self._db.facility_ids(places)),
            self._db.among(stock.c.item_id, items),
            _something(),
        ]
        if places is not None:
            where.append(self._db.among(stock.c.place_id, places))
        return self._lines(_lines_query().where(*where))

    def locked(self, items: Collection[ItemId], *, places: Collection[PlaceId]) -> list[StockLine]:
        stock = tables.stock
        # On SQLite a writing unit keeps the others out from its first statement on.
        if self._db.is_postgres:
            # In the order in which posting locks them, so that no two writers wait for each other in a circle.
            self._db.connection.execute(
                select(stock.c.item_id)
                .where(
                    stock.c.facility_id.in_(self._db.facility_ids(places)),
                    self._db.among(stock.c.item_id, items),
                    self._db.among(stock.c.place_id, places),
                )
                .order_by(stock.c.item_id, stock.c.place_id, stock.c.lot_id, stock.c.owner_id, stock.c.status)
                .with_for_update()
            )
        return self.of_items(items, places=places)

    def expiring(
        self,
        *,
        start: date,
        end: date,
        places: Collection[PlaceId] | None = None,
        items: Collection[ItemId] | None = None,
    ) -> list[StockLine]:
        stock = tables.stock
        where = [
            stock.c.facility_id.in_(self._db.facility_ids(places)),
            stock.c.expires_on.between(start, end),
            stock.c.on_hand > 0,
            _on_shelf(),
        ]
        if items is not None:
            where.append(self._db.among(stock.c.item_id, items))
        if places is not None:
            where.append(self._db.among(stock.c.place_id, places))
        elif items is None:
            # The index begins with the place: all places, one after the other, is still only what lapses.
            where.append(stock.c.place_id.in_(select(tables.place.c.id)))
        lines = self._lines(_lines_query().where(*where))
        lines.sort(key=lambda line: (line.expires_on or date.max, line.item_id, line.place_id, line.lot_id))
        return lines

    def of_lots(self, lot_ids: Collection[LotId]) -> list[StockLine]:
        if not lot_ids:
            return []
        stock = tables.stock
        # What was emptied is left out here: asked for in SQL, SQLite reads the index of all that was not.
        lines = self._lines(
            _lines_query().where(
                stock.c.facility_id.in_(self._db.facility_ids()),
                self._db.among(stock.c.lot_id, lot_ids),
                text("stock.lot_id > 0"),
            )
        )
        return [line for line in lines if line.on_hand or line.reserved]

    def kept_at(
        self, places: Collection[PlaceId], *, among: Collection[ItemId] | None = None
    ) -> frozenset[ItemId]:
        if not places or (among is not None and not among):
            return frozenset()
        stock, par = tables.stock, tables.par
        facilities = self._db.facility_ids(places)
        if among is not None:
            # By item: a unit keeps tens of thousands of things, a name fits a few hundred at most.
            lying = select(stock.c.item_id, stock.c.place_id).where(
                stock.c.facility_id.in_(facilities), self._db.among(stock.c.item_id, among), _on_shelf()
            )
            levels = select(par.c.item_id, par.c.place_id).where(
                par.c.facility_id.in_(facilities), self._db.among(par.c.item_id, among)
            )
            inside = frozenset(places)
            rows = self._db.connection.execute(union(lying, levels))
            return frozenset(ItemId(item) for item, place in rows if place in inside)
        held = select(stock.c.item_id).where(
            stock.c.facility_id.in_(facilities), self._db.among(stock.c.place_id, places), _on_shelf()
        )
        wanted = select(par.c.item_id).where(
            par.c.facility_id.in_(facilities), self._db.among(par.c.place_id, places)
        )
        return frozenset(ItemId(key) for key in self._db.connection.scalars(union(held, wanted)))

    def unit_costs(self, lot_ids: Collection[LotId]) -> dict[LotId, Decimal]:
        if not lot_ids:
            return {}
        movement = tables.movement
        undone = movement.alias("undone")
        rows = self._db.connection.execute(
            select(movement.c.lot_id, movement.c.unit_cost)
            .where(
                movement.c.facility_id.in_(self._db.facility_ids()),
                self._db.among(movement.c.lot_id, lot_ids),
                text("movement.lot_id > 0"),
                movement.c.kind == MovementKind.RECEIVE.value,
                movement.c.reverses.is_(None),
                ~select(undone.c.id)
                .where(undone.c.facility_id == movement.c.facility_id, undone.c.reverses == movement.c.id)
                .exists(),
            )
            .order_by(movement.c.occurred_at, movement.c.id)
        )
        return {LotId(lot_id): unit_cost for lot_id, unit_cost in rows}

    def _lines(self, statement: Select[Any]) -> list[StockLine]:
        return [
            StockLine(
                item_id=item_id,
                place_id=place_id,
                lot_id=lot_id,
                owner_id=owner_id,
                status=_STATUS[status],
                on_hand=on_hand,
                reserved=reserved,
                lot_number=number or "",
                serial=serial or "",
                expires_on=expires_on,
            )
            for (
                item_id,
                place_id,
                lot_id,
                owner_id,
                status,
                on_hand,
                reserved,
                number,
                serial,
                expires_on,
            ) in self._db.connection.execute(statement).tuples()
        ]


def _something() -> ColumnElement[bool]:
    return or_(tables.stock.c.on_hand != 0, tables.stock.c.reserved != 0)


def _on_shelf() -> ColumnElement[bool]:
    """As the index of what lies on shelves has it, word for word: a bound 0 would not be known to be its 0."""
    return literal_column("(stock.on_hand <> 0 OR stock.reserved <> 0)", Boolean)


def _lines_query() -> Select[Any]:
    stock, lot = tables.stock, tables.lot
    return select(
        stock.c.item_id,
        stock.c.place_id,
        stock.c.lot_id,
        stock.c.owner_id,
        stock.c.status,
        stock.c.on_hand,
        stock.c.reserved,
        lot.c.number,
        lot.c.serial,
        stock.c.expires_on,
    ).join_from(stock, lot, lot.c.id == stock.c.lot_id, isouter=True)


class SqlUsage:
    def __init__(self, database: Database) -> None:
        self._db = database

    def totals(
        self,
        items: Collection[ItemId],
        *,
        start: date,
        end: date,
        places: Collection[PlaceId] | None = None,
        kind: MovementKind = MovementKind.CONSUME,
    ) -> dict[tuple[ItemId, PlaceId], int]:
        if not items:
            return {}
        usage = tables.daily_usage
        rows = self._db.connection.execute(
            select(usage.c.item_id, usage.c.place_id, func.sum(usage.c.quantity))
            .where(*self._where(items, start=start, end=end, places=places), usage.c.kind == kind.value)
            .group_by(usage.c.item_id, usage.c.place_id)
        )
        return {(item_id, place_id): int(quantity) for item_id, place_id, quantity in rows if quantity}

    def rows(
        self, items: Collection[ItemId], *, start: date, end: date, places: Collection[PlaceId] | None = None
    ) -> list[UsageSum]:
        if not items:
            return []
        usage = tables.daily_usage
        found = self._db.connection.execute(
            select(
                usage.c.item_id,
                usage.c.place_id,
                usage.c.day,
                usage.c.charge_id,
                usage.c.kind,
                usage.c.quantity,
                usage.c.cost,
            )
            .where(*self._where(items, start=start, end=end, places=places))
            .order_by(usage.c.item_id, usage.c.day, usage.c.place_id, usage.c.kind, usage.c.charge_id)
        )
        return [
            UsageSum(
                item_id=item_id,
                place_id=place_id,
                day=day,
                charge_id=charge_id,
                kind=_KIND[kind],
                quantity=quantity,
                cost=cost,
            )
            for item_id, place_id, day, charge_id, kind, quantity, cost in found
        ]

    def _day(self) -> ColumnElement[date]:
        """SQLite would rather read all items of the days from their index than the days of some items: "+" forbids it."""
        return tables.daily_usage.c.day if self._db.is_postgres else literal_column("+daily_usage.day", Day())

    def _where(
        self, items: Collection[ItemId], *, start: date, end: date, places: Collection[PlaceId] | None
    ) -> list[ColumnElement[bool]]:
        usage = tables.daily_usage
        where = [
            usage.c.facility_id.in_(self._db.facility_ids(places)),
            self._db.among(usage.c.item_id, items),
            self._day().between(start, end),
        ]
        if places is not None:
            where.append(self._db.among(usage.c.place_id, places))
        return where
