"""What lies on shelves and hardly moves, with what it cost, summed in the database."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import Connection
from sqlalchemy.sql.selectable import TextualSelect

from domain.model.ids import ItemId, PlaceId
from domain.model.window import DateWindow
from domain.ports import Scope
from domain.ports.questions import IdleRow
from domain.store.ask_statements import WHOLE, Typed, bounds, scope_sql, statement
from domain.store.types import Day, Money

# A lot costs what its latest receipt cost that was not undone; of lots without one, and of what has none, ``costed`` leaves it open.
_IDLE = """
WITH shelf AS MATERIALIZED (
    SELECT s.facility_id, s.item_id, s.place_id, s.lot_id,
           CAST(sum(s.on_hand) AS BIGINT) AS quantity,
           CAST(sum(CASE WHEN s.owner_id = 0 THEN s.on_hand ELSE 0 END) AS BIGINT) AS ours
    FROM {places} CROSS JOIN stock s
    WHERE {inside} AND s.facility_id = p.facility_id AND s.place_id = p.id
      AND (s.on_hand <> 0 OR s.reserved <> 0)
      AND s.status = 'available' AND s.on_hand > 0 AND (s.expires_on IS NULL OR s.expires_on >= :today) {items}
    GROUP BY s.facility_id, s.item_id, s.place_id, s.lot_id),
priced AS MATERIALIZED (
    SELECT shelf.*,
           (SELECT m.unit_cost FROM movement m
            WHERE m.facility_id = shelf.facility_id AND m.lot_id = shelf.lot_id AND m.lot_id > 0
              AND m.kind = 'receive' AND m.reverses IS NULL
              AND NOT EXISTS (SELECT 1 FROM movement undone
                              WHERE undone.facility_id = m.facility_id AND undone.reverses = m.id)
            ORDER BY m.occurred_at DESC, m.id DESC LIMIT 1) AS unit_cost
    FROM shelf),
line AS MATERIALIZED (
    SELECT facility_id, item_id, place_id, CAST(sum(quantity) AS BIGINT) AS on_hand, CAST(sum(ours) AS BIGINT) AS ours,
           sum(ours * coalesce(unit_cost, 0)) AS value,
           CAST(sum(CASE WHEN unit_cost IS NULL THEN 0 ELSE ours END) AS BIGINT) AS costed
    FROM priced GROUP BY facility_id, item_id, place_id),
used AS MATERIALIZED (
    SELECT line.*,
           (SELECT CAST(coalesce(sum(u.quantity), 0) AS BIGINT) FROM daily_usage u
            WHERE u.facility_id = line.facility_id AND u.item_id = line.item_id AND u.place_id = line.place_id
              AND u.day BETWEEN :start AND :end AND u.kind = 'consume') AS used
    FROM line)
SELECT used.item_id, used.place_id, used.on_hand, used.ours, used.value, used.costed, used.used,
       (SELECT max(u.day) FROM daily_usage u
        WHERE u.facility_id = used.facility_id AND u.item_id = used.item_id AND u.place_id = used.place_id
          AND u.kind = 'consume' AND u.day <= :end) AS last_used
FROM used
WHERE used.used <= 0 OR used.on_hand * :days > used.used * :least OR :least = 0
ORDER BY used.item_id, used.place_id
"""


@lru_cache
def _asked(*, roots: bool, items: bool) -> TextualSelect:
    sql = _IDLE.format(**scope_sql(roots=roots), items="AND s.item_id IN :items" if items else "")
    columns: dict[str, Typed] = {
        "on_hand": WHOLE,
        "ours": WHOLE,
        "value": Money(),
        "costed": WHOLE,
        "used": WHOLE,
        "last_used": Day(),
    }
    return statement(sql, columns)


def idle(
    connection: Connection, scope: Scope, *, items: Collection[ItemId], window: DateWindow, least: int
) -> list[IdleRow]:
    given = {
        **bounds(scope, items=items),
        "today": window.end,
        "start": window.start,
        "end": window.end,
        "days": window.days,
        "least": least,
    }
    return [
        IdleRow(
            item_id=ItemId(row.item_id),
            place_id=PlaceId(row.place_id),
            on_hand=row.on_hand,
            ours=row.ours,
            value=row.value,
            costed=row.costed,
            used=row.used,
            last_used=row.last_used,
        )
        for row in connection.execute(_asked(roots=bool(scope.roots), items=bool(items)), given)
    ]
