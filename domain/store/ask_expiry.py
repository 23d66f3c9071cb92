"""What lapses and what has lapsed, with what it cost and what of it will be used in time, summed in the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import Connection, Text
from sqlalchemy.engine import Row
from sqlalchemy.sql.selectable import TextualSelect

from domain.model.ids import ItemId, LotId, PlaceId, SupplierId
from domain.model.window import DateWindow
from domain.ports import LapsingRow, LapsingSums, Scope
from domain.store.ask_statements import WHOLE, bounds, rated, scope_sql, statement
from domain.store.types import Day, Money

# The latest receipt that was not undone, wherever it came in: a lot keeps its cost when it is sent to another facility.
_UNIT_COST = """
    (SELECT m.unit_cost
     FROM facility f CROSS JOIN movement m
     WHERE m.facility_id = f.id AND m.lot_id = {lot} AND m.lot_id > 0 AND m.kind = 'receive' AND m.reverses IS NULL
       AND NOT EXISTS (SELECT 1 FROM movement undone WHERE undone.facility_id = m.facility_id AND undone.reverses = m.id)
     ORDER BY m.occurred_at DESC, m.id DESC
     LIMIT 1)"""

# Read from the index of what lies on shelves alone; its condition stands here word for word.
_ON_SHELF = """
    FROM {places} CROSS JOIN stock s
    WHERE {inside} AND s.facility_id = p.facility_id AND s.place_id = p.id
      AND (s.on_hand <> 0 OR s.reserved <> 0)
      AND {days} AND s.status <> 'in-transit' AND s.on_hand > 0 {items}"""

_SHELF = """
    SELECT s.facility_id, s.item_id, s.place_id, s.lot_id, s.owner_id, s.expires_on,
           CAST(sum(s.on_hand) AS BIGINT) AS quantity,
           CAST(sum(CASE WHEN s.status = 'available' THEN 0 ELSE s.on_hand END) AS BIGINT) AS held {on_shelf}
    GROUP BY s.facility_id, s.item_id, s.place_id, s.lot_id, s.owner_id, s.expires_on"""

# Of a lot of which some is held and some is not, only the row of the first status is counted: it is one line.
_COUNTED = """
SELECT s.expires_on,
       CAST(sum(CASE WHEN s.status = 'available' THEN 1
                     WHEN EXISTS (SELECT 1 FROM stock o
                                  WHERE o.facility_id = s.facility_id AND o.item_id = s.item_id AND o.place_id = s.place_id
                                    AND o.lot_id = s.lot_id AND o.owner_id = s.owner_id AND o.status < s.status
                                    AND o.status <> 'in-transit' AND o.on_hand > 0) THEN 0
                     ELSE 1 END) AS BIGINT) AS lots,
       CAST(sum(s.on_hand) AS BIGINT) AS quantity {on_shelf}
GROUP BY s.expires_on
ORDER BY s.expires_on
"""

# domain.planning.expiry_risk in windows: U(i) = S(i) + min(0, min over j <= i of (D(j) - S(j))), and S(i) - S(i-1) is what is
# usable of the lot itself: nothing of what is held or past its date, which takes no demand from the others either.
_LAPSING = """
WITH shelf AS MATERIALIZED ({shelf}),
demand AS MATERIALIZED (
    SELECT shelf.*, CASE WHEN expires_on < :today THEN 0 ELSE quantity - held END AS usable,
           (SELECT CAST(coalesce(sum(u.quantity), 0) AS BIGINT)
            FROM daily_usage u
            WHERE u.facility_id = shelf.facility_id AND u.item_id = shelf.item_id AND u.place_id = shelf.place_id
              AND u.day BETWEEN :rate_start AND :rate_end AND u.kind = 'consume') AS used
    FROM shelf),
supply AS (
    SELECT demand.*,
           CAST(sum(usable) OVER (PARTITION BY facility_id, item_id, place_id
                                  ORDER BY expires_on, lot_id, owner_id) AS BIGINT) AS stood,
           CASE WHEN used > 0 AND expires_on > :today THEN used * {days_left} / :rate_days ELSE 0 END AS needed
    FROM demand),
short AS (
    SELECT supply.*, min(needed - stood) OVER fefo AS gap,
           min(needed - stood) OVER (fefo ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS gap_before
    FROM supply
    WINDOW fefo AS (PARTITION BY facility_id, item_id, place_id ORDER BY expires_on, lot_id, owner_id)),
outlook AS (
    SELECT short.*, usable + (CASE WHEN gap < 0 THEN gap ELSE 0 END)
                           - (CASE WHEN gap_before < 0 THEN gap_before ELSE 0 END) AS will_use
    FROM short),
costed AS MATERIALIZED (
    SELECT outlook.*, coalesce({unit_cost}, 0) AS unit_cost
    FROM outlook WHERE expires_on >= :start),
priced AS MATERIALIZED (
    SELECT costed.*, CASE WHEN owner_id = 0 THEN unit_cost * quantity ELSE 0 END AS value FROM costed),
sums AS (
    SELECT count(*) AS lots, sum(value) AS all_value,
           sum(CASE WHEN owner_id = 0 THEN unit_cost * (quantity - will_use) ELSE 0 END) AS all_lapsing
    FROM priced),
listed AS (SELECT * FROM priced ORDER BY expires_on, value DESC, item_id, place_id, lot_id, owner_id LIMIT :limit)
SELECT listed.item_id, listed.place_id, listed.lot_id, listed.owner_id, lot.number, lot.serial, listed.expires_on,
       listed.quantity, listed.held, listed.unit_cost, listed.used, listed.will_use,
       sums.lots, sums.all_value, sums.all_lapsing
FROM listed CROSS JOIN sums CROSS JOIN lot
WHERE lot.id = listed.lot_id
ORDER BY listed.expires_on, listed.value DESC, listed.item_id, listed.place_id, listed.lot_id, listed.owner_id
"""

_LAPSED = """
WITH shelf AS MATERIALIZED ({shelf})
SELECT count(*) AS lots, CAST(coalesce(sum(quantity), 0) AS BIGINT) AS quantity,
       coalesce(sum(CASE WHEN owner_id = 0 THEN coalesce({unit_cost}, 0) * quantity ELSE 0 END), 0) AS value
FROM shelf
"""


def _on_shelf(days: str, *, roots: bool, items: bool) -> str:
    return _ON_SHELF.format(
        **scope_sql(roots=roots), days=days, items="AND s.item_id IN :items" if items else ""
    )


@lru_cache
def _counted(*, roots: bool, items: bool) -> TextualSelect:
    shelf = _on_shelf("s.expires_on BETWEEN :start AND :end", roots=roots, items=items)
    sql = _COUNTED.format(on_shelf=shelf)
    return statement(sql, {"expires_on": Day(), "lots": WHOLE, "quantity": WHOLE})


@lru_cache
def _lapsing(dialect: str, *, roots: bool, items: bool) -> TextualSelect:
    days_left = (
        "CAST(julianday(expires_on) - julianday(:today) AS INTEGER)"
        if dialect == "sqlite"
        else "(expires_on - :today)"
    )
    sql = _LAPSING.format(
        shelf=_SHELF.format(
            on_shelf=_on_shelf("s.expires_on BETWEEN :first AND :end", roots=roots, items=items)
        ),
        days_left=days_left,
        unit_cost=_UNIT_COST.format(lot="outlook.lot_id"),
    )
    return statement(
        sql,
        {
            "number": Text(),
            "serial": Text(),
            "expires_on": Day(),
            "unit_cost": Money(),
            "lots": WHOLE,
            "all_value": Money(),
            "all_lapsing": Money(),
        },
    )


@lru_cache
def _lapsed(*, roots: bool, items: bool) -> TextualSelect:
    shelf = _SHELF.format(on_shelf=_on_shelf("s.expires_on <= :end", roots=roots, items=items))
    sql = _LAPSED.format(shelf=shelf, unit_cost=_UNIT_COST.format(lot="shelf.lot_id"))
    return statement(sql, {"lots": WHOLE, "quantity": WHOLE, "value": Money()})


@dataclass(frozen=True, slots=True)
class _Days:
    """Lots and base units whose last day is in a window, and the day up to which they are valued."""

    lots: int
    quantity: int
    until: date


def _count(
    connection: Connection,
    scope: Scope,
    *,
    start: date,
    end: date,
    items: Collection[ItemId],
    valued: int,
) -> _Days:
    asked = _counted(roots=bool(scope.roots), items=bool(items))
    days = connection.execute(asked, {**bounds(scope, items=items), "start": start, "end": end}).all()
    lots, until = 0, end
    for day in days:
        if lots < valued:
            until = day.expires_on
        lots += day.lots
    return _Days(lots, sum(day.quantity for day in days), until)


def lapsing(
    connection: Connection,
    scope: Scope,
    *,
    today: date,
    end: date,
    start: date,
    rate: DateWindow,
    items: Collection[ItemId],
    limit: int,
    valued: int,
) -> tuple[list[LapsingRow], LapsingSums]:
    """All is counted; costs and use are looked up for the days that lapse first, until ``valued`` lots are reached."""
    days = _count(connection, scope, start=start, end=end, items=items, valued=valued)
    if not days.lots:
        return [], LapsingSums(0, 0, Decimal(0), Decimal(0))
    asked = _lapsing(connection.dialect.name, roots=bool(scope.roots), items=bool(items))
    window = {"today": today, "start": start, "first": min(start, today), "end": days.until}
    given = {**bounds(scope, items=items), **rated(rate), **window, "limit": limit, "rate_days": rate.days}
    rows = connection.execute(asked, given).all()
    first = rows[0]
    sums = LapsingSums(days.lots, days.quantity, first.all_value, first.all_lapsing, first.lots)
    return [_lapsing_row(row) for row in rows], sums


def lapsed(
    connection: Connection, scope: Scope, *, today: date, items: Collection[ItemId], valued: int
) -> LapsingSums:
    yesterday = today - timedelta(days=1)
    days = _count(connection, scope, start=date.min, end=yesterday, items=items, valued=valued)
    asked = _lapsed(roots=bool(scope.roots), items=bool(items))
    row = connection.execute(asked, {**bounds(scope, items=items), "end": days.until}).one()
    return LapsingSums(days.lots, days.quantity, row.value, row.value, row.lots)


def _lapsing_row(row: Row[tuple[object, ...]]) -> LapsingRow:
    return LapsingRow(
        item_id=ItemId(row.item_id),
        place_id=PlaceId(row.place_id),
        lot_id=LotId(row.lot_id),
        owner_id=SupplierId(row.owner_id),
        lot_number=row.number,
        serial=row.serial,
        expires_on=row.expires_on,
        quantity=row.quantity,
        held=row.held,
        unit_cost=row.unit_cost,
        used=row.used,
        will_use=row.will_use,
    )
