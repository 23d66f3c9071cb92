"""Everything the ledger check compares, streamed in the order of items; memory stays bounded by what one item moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    Numeric,
    Select,
    Text,
    func,
    select,
    text,
    type_coerce,
)
from sqlalchemy import cast as sql_cast

from domain.ports import BalanceRow, MovedRow, ParLevel, SpendRow, UseRow
from domain.store import tables
from domain.store.database import Database
from domain.store.rebuild import SPEND_BY_TARGET, spend_by_item_sql
from domain.store.types import MONEY_SCALE

_STREAMED: Mapping[str, object] = {"stream_results": True, "yield_per": 5_000}


class SqlAudit:
    def __init__(self, database: Database) -> None:
        self._db = database

    def movements(self) -> Iterator[MovedRow]:
        # Only these columns: the database sorts ten million rows, and sorts them the faster the narrower they are.
        m = tables.movement.c
        return cast(
            "Iterator[MovedRow]",
            self._stream(
                select(
                    m.item_id,
                    m.kind,
                    m.quantity,
                    self._day(m.day),
                    m.lot_id,
                    m.from_place_id,
                    m.to_place_id,
                    m.from_status,
                    m.to_status,
                    m.owner_id,
                    self._money(m.unit_cost),
                    m.charge_id,
                    m.reverses.is_not(None),
                ).order_by(m.item_id)
            ),
        )

    def balances(self) -> Iterator[BalanceRow]:
        s = tables.stock.c
        return cast(
            "Iterator[BalanceRow]",
            self._stream(
                select(s.item_id, s.place_id, s.lot_id, s.owner_id, s.status, s.on_hand, s.reserved).order_by(
                    s.item_id
                )
            ),
        )

    def sums(self) -> Iterator[UseRow]:
        u = tables.daily_usage.c
        return cast(
            "Iterator[UseRow]",
            self._stream(
                select(
                    u.item_id,
                    u.place_id,
                    self._day(u.day),
                    u.kind,
                    u.charge_id,
                    u.quantity,
                    self._money(u.cost),
                ).order_by(u.item_id)
            ),
        )

    def levels(self) -> Iterator[ParLevel]:
        p = tables.par.c
        for place_id, item_id, on_hand, in_transit in self._stream(
            select(p.place_id, p.item_id, p.on_hand, p.in_transit).order_by(p.item_id)
        ):
            yield ParLevel(place_id, item_id, on_hand, in_transit)

    def spending(self) -> tuple[int, Iterator[SpendRow]]:
        connection = self._db.connection
        by_item = spend_by_item_sql(connection)
        count = sum(
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (tables.spend_by_target, tables.spend_by_item)
        )

        def differing() -> Iterator[SpendRow]:
            for table, expected in (
                (tables.spend_by_target, SPEND_BY_TARGET),
                (tables.spend_by_item, by_item),
            ):
                keys = [column.name for column in table.primary_key.columns]
                cost = f"CAST({{0}}.cost * {MONEY_SCALE} AS BIGINT)" if self._db.is_postgres else "{0}.cost"
                named = " || ' ' || ".join(f"CAST(coalesce(e.{key}, f.{key}) AS text)" for key in keys)
                found = connection.execute(
                    text(
                        f"SELECT {named}, coalesce(e.quantity, 0), coalesce({cost.format('e')}, 0),"  # noqa: S608
                        f" coalesce(f.quantity, 0), coalesce({cost.format('f')}, 0)"
                        f" FROM ({expected}) e FULL JOIN {table.name} f"
                        f" ON {' AND '.join(f'e.{key} = f.{key}' for key in keys)}"
                        " WHERE coalesce(e.quantity, 0) <> coalesce(f.quantity, 0)"
                        " OR coalesce(e.cost, 0) <> coalesce(f.cost, 0) ORDER BY 1"
                    )
                )
                for key, quantity, money, seen, seen_money in found:
                    yield table.name, key, quantity, money, seen, seen_money

        return count, differing()

    def _stream(self, statement: Select[Any]) -> Iterator[Any]:
        with self._db.connection.execute(statement, execution_options=_STREAMED) as result:
            for part in result.partitions():
                yield from part

    def _day(self, column: Column[Any]) -> ColumnElement[str]:
        return sql_cast(column, Text) if self._db.is_postgres else type_coerce(column, Text)

    def _money(self, column: Column[Any]) -> ColumnElement[int]:
        if self._db.is_postgres:
            return sql_cast(type_coerce(column, Numeric) * MONEY_SCALE, BigInteger)
        return type_coerce(column, Integer)
