"""What is low, and how fast it is used, read in the database from the levels that pars keep."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import lru_cache

from sqlalchemy import Connection
from sqlalchemy.engine import Row
from sqlalchemy.sql.selectable import TextualSelect

from domain.model.ids import ItemId, PlaceId
from domain.model.par import Par
from domain.model.window import DateWindow
from domain.ports import LowRow, LowRows, Scope
from domain.store.ask_statements import WHOLE, bounds, rated, scope_sql, statement

# Out of stock comes first, so where that fills the list the rates of the others are not looked up.
# par.on_hand is kept whatever expires, so what lies past its date is taken off here; it is little, and found by its date. A par
# above the places asked about is met by their stock too, and left out at the end.
_LOW = """
WITH level AS (
    SELECT par.facility_id, par.place_id, par.item_id, par.minimum, par.reorder_point, par.par, par.maximum, par.in_transit,
           par.on_hand, 0 AS past
    FROM {places} CROSS JOIN par
    WHERE {inside} AND par.facility_id = p.facility_id AND par.place_id = p.id
      AND par.on_hand <= par.reorder_point {par_items}
    UNION ALL
    SELECT par.facility_id, par.place_id, par.item_id, par.minimum, par.reorder_point, par.par, par.maximum, par.in_transit,
           par.on_hand, s.on_hand - s.reserved
    FROM {places} CROSS JOIN stock s CROSS JOIN place_ancestor a CROSS JOIN par
    WHERE {inside} AND s.facility_id = p.facility_id AND s.place_id = p.id AND s.expires_on < :today
      AND (s.on_hand <> 0 OR s.reserved <> 0)
      AND s.status = 'available' AND s.on_hand > s.reserved {stock_items}
      AND a.place_id = s.place_id
      AND par.facility_id = s.facility_id AND par.place_id = a.ancestor_id AND par.item_id = s.item_id),
low AS MATERIALIZED (
    SELECT facility_id, place_id, item_id, minimum, reorder_point, par, maximum, in_transit,
           CAST(on_hand - sum(past) AS BIGINT) AS available
    FROM level
    GROUP BY facility_id, place_id, item_id, minimum, reorder_point, par, maximum, in_transit, on_hand
    HAVING on_hand - sum(past) <= reorder_point
       AND place_id IN (SELECT p.id FROM {places} WHERE {inside})),
counted AS (
    SELECT count(*) AS lines, CAST(coalesce(sum(CASE WHEN available <= 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS empty FROM low),
chosen AS MATERIALIZED (
    SELECT low.*, counted.lines, counted.empty FROM counted CROSS JOIN low WHERE available <= 0 OR counted.empty < :limit),
rated AS MATERIALIZED (
    SELECT chosen.*,
           (SELECT CASE item.criticality WHEN 'life-saving' THEN 0 WHEN 'essential' THEN 1 ELSE 2 END
            FROM item WHERE item.id = chosen.item_id) AS urgency,
           (SELECT CAST(coalesce(sum(u.quantity), 0) AS BIGINT)
            FROM place_ancestor a CROSS JOIN daily_usage u
            WHERE a.ancestor_id = chosen.place_id
              AND u.facility_id = chosen.facility_id AND u.item_id = chosen.item_id AND u.place_id = a.place_id
              AND u.day BETWEEN :rate_start AND :rate_end AND u.kind = 'consume') AS used
    FROM chosen)
SELECT place_id, item_id, minimum, reorder_point, par, maximum, in_transit, available, used, lines, empty
FROM rated
ORDER BY CASE WHEN available <= 0 THEN 0 ELSE 1 END,
         CASE WHEN available <= 0 THEN urgency END,
         CASE WHEN available <= 0 THEN -used END,
         CASE WHEN used > 0 THEN 0 ELSE 1 END,
         CASE WHEN used > 0 THEN CAST(available AS {real}) / used END,
         urgency, item_id, place_id
LIMIT :limit
"""


@lru_cache
def _low(dialect: str, *, roots: bool, items: bool) -> TextualSelect:
    sql = _LOW.format(
        **scope_sql(roots=roots),
        stock_items="AND s.item_id IN :items" if items else "",
        par_items="AND par.item_id IN :items" if items else "",
        real="REAL" if dialect == "sqlite" else "DOUBLE PRECISION",
    )
    return statement(sql, {"lines": WHOLE})


def low(
    connection: Connection,
    scope: Scope,
    *,
    today: date,
    rate: DateWindow,
    items: Collection[ItemId],
    limit: int,
) -> LowRows:
    asked = _low(connection.dialect.name, roots=bool(scope.roots), items=bool(items))
    given = {**bounds(scope, items=items), **rated(rate), "today": today, "limit": limit}
    rows = connection.execute(asked, given).all()
    if not rows:
        return LowRows((), 0, 0)
    return LowRows(tuple(_low_row(row) for row in rows), rows[0].lines, rows[0].empty)


def _low_row(row: Row[tuple[object, ...]]) -> LowRow:
    return LowRow(
        par=Par(
            ItemId(row.item_id),
            PlaceId(row.place_id),
            row.minimum,
            row.reorder_point,
            row.par,
            row.maximum,
        ),
        available=row.available,
        in_transit=row.in_transit,
        used=row.used,
    )
