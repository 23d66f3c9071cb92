"""Balances and daily sums, brought up to date inside the movement's own transaction by atomic upserts."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import NoReturn

from sqlalchemy.exc import IntegrityError

from domain.errors import InvalidMovement, UnknownLot
from domain.model.ids import NO_CHARGE, NO_LOT
from domain.model.movement import Movement, StockKey, UsageKey, stock_effects, usage_effects
from domain.store.database import Database, constraint_of
from domain.store.types import from_ten_thousandths, ten_thousandths

_STOCK = "facility_id, item_id, place_id, lot_id, owner_id, status"
_STOCK_UPSERT = f"""ON CONFLICT ({_STOCK})
DO UPDATE SET on_hand = stock.on_hand + excluded.on_hand, reserved = stock.reserved + excluded.reserved"""
_USAGE = "facility_id, item_id, day, place_id, kind, charge_id"
_USAGE_UPSERT = f"""ON CONFLICT ({_USAGE})
DO UPDATE SET quantity = daily_usage.quantity + excluded.quantity, cost = daily_usage.cost + excluded.cost"""

# A balance of a lot is written only where the lot is one of the item, and of a consignor only where there is such a supplier:
# the count of rows then tells that something did not exist, at no cost of its own.
_SQLITE_STOCK = f"""INSERT INTO stock ({_STOCK}, on_hand, reserved, expires_on)
SELECT n.*, l.expires_on
FROM (SELECT ? AS facility_id, ? AS item_id, ? AS place_id, ? AS lot_id, ? AS owner_id, ? AS status, ? AS on_hand, ?) n
LEFT JOIN lot l ON l.id = n.lot_id AND l.item_id = n.item_id
WHERE (n.lot_id = 0 OR l.id IS NOT NULL)
AND (n.owner_id = 0 OR EXISTS (SELECT 1 FROM supplier s WHERE s.id = n.owner_id))
{_STOCK_UPSERT}"""  # noqa: S608 - constants only
_SQLITE_USAGE = f"""INSERT INTO daily_usage ({_USAGE}, quantity, cost)
SELECT n.* FROM (SELECT ?, ?, ?, ?, ?, ? AS charge_id, ?, ?) n
WHERE n.charge_id = 0 OR EXISTS (SELECT 1 FROM charge_target c WHERE c.id = n.charge_id)
{_USAGE_UPSERT}"""  # noqa: S608

_POSTGRES_STOCK = f"""INSERT INTO stock ({_STOCK}, on_hand, reserved, expires_on)
SELECT n.*, l.expires_on
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[])
AS n ({_STOCK}, on_hand, reserved)
LEFT JOIN lot l ON l.id = n.lot_id AND l.item_id = n.item_id
WHERE (n.lot_id = 0 OR l.id IS NOT NULL)
AND (n.owner_id = 0 OR EXISTS (SELECT 1 FROM supplier s WHERE s.id = n.owner_id))
ORDER BY n.item_id, n.place_id, n.lot_id, n.owner_id, n.status
{_STOCK_UPSERT}"""  # noqa: S608
_POSTGRES_USAGE = f"""INSERT INTO daily_usage ({_USAGE}, quantity, cost)
SELECT n.*
FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::numeric[])
AS n ({_USAGE}, quantity, cost)
WHERE n.charge_id = 0 OR EXISTS (SELECT 1 FROM charge_target c WHERE c.id = n.charge_id)
ORDER BY n.item_id, n.place_id, n.day, n.kind, n.charge_id
{_USAGE_UPSERT}"""  # noqa: S608


class Projections:
    def __init__(self, database: Database) -> None:
        self._db = database

    def apply(self, movements: Sequence[Movement]) -> None:
        """Adds the effects of movements that were just written. Refuses what names an item, lot, supplier, place or charge
        target that does not exist."""
        stock: dict[StockKey, list[int]] = {}
        usage: dict[UsageKey, list[int]] = {}
        for movement in movements:
            for effect in stock_effects(movement):
                sums = stock.setdefault(effect.key, [0, 0])
                sums[0] += effect.on_hand
                sums[1] += effect.reserved
            for use in usage_effects(movement):
                sums = usage.setdefault(use.key, [0, 0])
                sums[0] += use.quantity
                sums[1] += ten_thousandths(use.cost)
        try:
            self._write_stock(stock)
            if usage:
                self._write_usage(usage)
        except IntegrityError as error:
            raise InvalidMovement(
                f"A movement names an item or place that does not exist: {constraint_of(error)}."
            ) from error

    def _write_stock(self, sums: dict[StockKey, list[int]]) -> None:
        facility_of = self._db.facility_of
        values = [
            (
                facility_of(key.place_id),
                key.item_id,
                key.place_id,
                key.lot_id,
                key.owner_id,
                key.status.value,
                on_hand,
                reserved,
            )
            for key, (on_hand, reserved) in sums.items()
        ]
        values.sort(key=itemgetter(1, 2, 3, 4, 5))
        if self._execute(_POSTGRES_STOCK, _SQLITE_STOCK, values) != len(values):
            self._refuse_stock(list(sums))

    def _write_usage(self, sums: dict[UsageKey, list[int]]) -> None:
        facility_of, postgres = self._db.facility_of, self._db.is_postgres
        values = [
            (
                facility_of(key.place_id),
                key.item_id,
                key.day if postgres else key.day.isoformat(),
                key.place_id,
                key.kind.value,
                key.charge_id,
                quantity,
                from_ten_thousandths(cost) if postgres else cost,
            )
            for key, (quantity, cost) in sums.items()
        ]
        values.sort(key=itemgetter(1, 3, 2, 4, 5))
        if self._execute(_POSTGRES_USAGE, _SQLITE_USAGE, values) != len(values):
            named = sorted({key.charge_id for key in sums if key.charge_id != NO_CHARGE})
            raise InvalidMovement(f"A movement is charged to a target that does not exist; one of {named}.")

    def _execute(self, postgres: str, sqlite: str, values: Sequence[tuple[object, ...]]) -> int:
        connection = self._db.connection
        if self._db.is_postgres:
            arrays = tuple(list(column) for column in zip(*values, strict=True))
            return connection.exec_driver_sql(postgres, arrays).rowcount
        return connection.exec_driver_sql(sqlite, values).rowcount

    @staticmethod
    def _refuse_stock(keys: list[StockKey]) -> NoReturn:
        lots = sorted({key.lot_id for key in keys if key.lot_id != NO_LOT})
        owners = sorted({key.owner_id for key in keys if key.owner_id})
        raise UnknownLot(
            f"A movement names a lot that is none of its item, or an owner that is no supplier; lots {lots}, owners {owners}."
        )
