"""What was used, summed in the database: by day, place, charge target or item; and a lot's sums over its life."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import Connection
from sqlalchemy.engine import Row
from sqlalchemy.sql.selectable import TextualSelect

from domain.model.ids import ItemId, LotId
from domain.model.movement import MovementKind
from domain.model.window import DateWindow
from domain.ports import ItemUse, ItemUses, LotSums, Scope
from domain.store.ask_statements import WHOLE, bounds, scope_sql, statement
from domain.store.types import Day, Money

# Of some items, each place is looked up with its days; of all items, each day with its places.
_OF_ITEMS = "{places} CROSS JOIN daily_usage u"
_OF_DAYS = "daily_usage u"
_ITEMS_INSIDE = "{inside} AND u.facility_id = p.facility_id AND u.place_id = p.id AND u.item_id IN :items"
_ALL_INSIDE_ROOTS = """u.facility_id IN (SELECT p.facility_id FROM place p WHERE p.id IN :roots)
  AND u.place_id IN (SELECT a.place_id FROM place_ancestor a WHERE a.ancestor_id IN :roots)"""
_ALL_OF_FACILITY = "u.facility_id = :facility"

_USED = """
SELECT {key} CAST(coalesce(sum(u.quantity), 0) AS BIGINT) AS quantity
FROM {tables}
WHERE {inside} AND u.day BETWEEN :start AND :end AND u.kind = :kind
{group}
"""

_MOST_USED = """
WITH used AS (
    SELECT u.item_id, CAST(sum(u.quantity) AS BIGINT) AS quantity, sum(u.cost) AS cost
    FROM {tables}
    WHERE {inside} AND u.day BETWEEN :start AND :end AND u.kind = 'consume'
    GROUP BY u.item_id
    HAVING sum(u.quantity) <> 0)
SELECT item_id, quantity, cost, count(*) OVER () AS item_count
FROM used
ORDER BY quantity DESC, cost DESC, item_id
LIMIT :limit
"""

_OF_LOTS = """
SELECT m.lot_id, m.kind,
       CAST(sum(CASE WHEN m.reverses IS NULL THEN m.quantity ELSE -m.quantity END) AS BIGINT) AS quantity
FROM facility f CROSS JOIN movement m
WHERE m.facility_id = f.id AND m.lot_id IN :lots AND m.lot_id > 0 AND m.kind IN ('receive', 'consume', 'return')
GROUP BY m.lot_id, m.kind
"""


def _looked_up(*, roots: bool, items: bool) -> dict[str, str]:
    if items:
        where = scope_sql(roots=roots)
        return {"tables": _OF_ITEMS.format(**where), "inside": _ITEMS_INSIDE.format(**where)}
    return {"tables": _OF_DAYS, "inside": _ALL_INSIDE_ROOTS if roots else _ALL_OF_FACILITY}


@lru_cache
def _used(key: str, *, roots: bool, items: bool) -> TextualSelect:
    sql = _USED.format(
        key=f"u.{key} AS part," if key else "",
        group=f"GROUP BY u.{key}" if key else "",
        **_looked_up(roots=roots, items=items),
    )
    part = {"part": Day() if key == "day" else WHOLE} if key else {}
    return statement(sql, {**part, "quantity": WHOLE})


@lru_cache
def _most_used(*, roots: bool, items: bool) -> TextualSelect:
    sql = _MOST_USED.format(**_looked_up(roots=roots, items=items))
    return statement(sql, {"item_id": WHOLE, "quantity": WHOLE, "cost": Money(), "item_count": WHOLE})


@lru_cache
def _of_lots() -> TextualSelect:
    return statement(_OF_LOTS, {"lot_id": WHOLE})


def used(
    connection: Connection,
    scope: Scope,
    *,
    key: str,
    items: Collection[ItemId],
    window: DateWindow,
    kind: MovementKind = MovementKind.CONSUME,
) -> list[Row[tuple[object, ...]]]:
    """Rows of ``part`` (a value of the column ``key``) and ``quantity``; one row without a part where no key is given."""
    given = {"start": window.start, "end": window.end, "kind": kind.value}
    asked = _used(key, roots=bool(scope.roots), items=bool(items))
    return list(connection.execute(asked, {**bounds(scope, items=items), **given}))


def most_used(
    connection: Connection, scope: Scope, *, items: Collection[ItemId], window: DateWindow, limit: int
) -> ItemUses:
    asked = _most_used(roots=bool(scope.roots), items=bool(items))
    given = {**bounds(scope, items=items), "start": window.start, "end": window.end, "limit": limit}
    rows = connection.execute(asked, given).all()
    return ItemUses(
        tuple(ItemUse(ItemId(row.item_id), row.quantity, row.cost) for row in rows),
        rows[0].item_count if rows else 0,
    )


def of_lots(connection: Connection, lot_ids: Collection[LotId]) -> dict[LotId, LotSums]:
    moved: dict[LotId, dict[str, int]] = {lot_id: {} for lot_id in lot_ids}
    if moved:
        for row in connection.execute(_of_lots(), {"lots": list(moved)}):
            moved[LotId(row.lot_id)][row.kind] = row.quantity
    return {
        lot_id: LotSums(
            received=kinds.get(MovementKind.RECEIVE, 0),
            used=kinds.get(MovementKind.CONSUME, 0) - kinds.get(MovementKind.RETURN, 0),
        )
        for lot_id, kinds in moved.items()
    }
