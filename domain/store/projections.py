"""Balances and daily sums, brought up to date inside the movement's own transaction by atomic upserts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from domain.errors import InvalidMovement, UnknownLot
from domain.model.ids import NO_CHARGE, NO_LOT, OURS
from domain.model.movement import Movement, stock_effects, usage_effects
from domain.store.database import Database, Refusal
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


type _Balance = tuple[int, int, int, int, int, str]
type _Use = tuple[int, int, date | str, int, str, int]


class Projections:
    def __init__(self, database: Database) -> None:
        self._db = database

    def apply(self, movements: Sequence[Movement]) -> None:
        """Adds the effects of movements that were just written. Refuses what names an item, lot, supplier, place or charge
        target that does not exist."""
        facility_of, postgres = self._db.facility_of, self._db.is_postgres
        # Summed by the rows' own keys: plain tuples hash several times faster than the model's.
        stock: dict[_Balance, list[int]] = {}
        usage: dict[_Use, list[int]] = {}
        for movement in movements:
            for effect in stock_effects(movement):
                at = effect.key
                place_id = at.place_id
                balance = (
                    facility_of(place_id),
                    at.item_id,
                    place_id,
                    at.lot_id,
                    at.owner_id,
                    at.status._value_,
                )
                sums = stock.get(balance)
                if sums is None:
                    stock[balance] = [effect.on_hand, effect.reserved]
                else:
                    sums[0] += effect.on_hand
                    sums[1] += effect.reserved
            for use in usage_effects(movement):
                on = use.key
                place_id = on.place_id
                day = on.day if postgres else on.day.isoformat()
                used = (facility_of(place_id), on.item_id, day, place_id, on.kind._value_, on.charge_id)
                cost = ten_thousandths(use.cost)
                sums = usage.get(used)
                if sums is None:
                    usage[used] = [use.quantity, cost]
                else:
                    sums[0] += use.quantity
                    sums[1] += cost
        try:
            self._write_stock([(*balance, *sums) for balance, sums in stock.items()])
            if usage:
                self._write_usage([(*used, *sums) for used, sums in usage.items()])
        except Refusal as refusal:
            raise InvalidMovement(
                f"A movement names an item or place that does not exist: {refusal.constraint}."
            ) from refusal

    def _write_stock(self, values: list[tuple[Any, ...]]) -> None:
        values.sort(key=itemgetter(1, 2, 3, 4, 5))
        if self._write(_POSTGRES_STOCK, _SQLITE_STOCK, values) != len(values):
            lots = sorted({row[3] for row in values} - {NO_LOT})
            owners = sorted({row[4] for row in values} - {OURS})
            raise UnknownLot(
                "A movement names a lot that is none of its item, or an owner that is no supplier; "
                f"lots {lots}, owners {owners}."
            )

    def _write_usage(self, values: list[tuple[Any, ...]]) -> None:
        values.sort(key=itemgetter(1, 3, 2, 4, 5))
        if self._db.is_postgres:
            values = [(*row[:-1], from_ten_thousandths(row[-1])) for row in values]
        if self._write(_POSTGRES_USAGE, _SQLITE_USAGE, values) != len(values):
            targets = sorted({row[5] for row in values} - {NO_CHARGE})
            raise InvalidMovement(f"A movement is charged to a target that does not exist; one of {targets}.")

    def _write(self, postgres: str, sqlite: str, values: list[tuple[Any, ...]]) -> int:
        if self._db.is_postgres:
            arrays = tuple(list(column) for column in zip(*values, strict=True))
            return self._db.run(postgres, [arrays]).rowcount
        return self._db.run(sqlite, values).rowcount
