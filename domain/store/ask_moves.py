"""How much and how unevenly items were used at each place, and sent on from it to others: what moves are worked out from."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import Connection
from sqlalchemy.sql.selectable import TextualSelect

from domain.model.ids import FacilityId, ItemId, PlaceId
from domain.model.window import DateWindow
from domain.ports.questions import UseSpread
from domain.store.ask_statements import WHOLE, statement

# SQLite would rather read all items of the days from their index than the days of some items: "+" forbids it.
_USED = """
SELECT item_id, place_id, CAST(sum(quantity) AS BIGINT) AS quantity, CAST(sum(quantity * quantity) AS BIGINT) AS squares,
       CAST(count(*) AS BIGINT) AS days
FROM (SELECT u.item_id, u.place_id, u.day, CAST(sum(u.quantity) AS BIGINT) AS quantity
      FROM daily_usage u
      WHERE u.facility_id = :facility AND u.item_id IN :items AND {day} BETWEEN :start AND :end AND u.kind = 'consume'
      GROUP BY u.item_id, u.place_id, u.day
      HAVING sum(u.quantity) > 0) daily
GROUP BY item_id, place_id
ORDER BY item_id, place_id
"""

# By lot, because that is what movements are found by; what is kept without lots never lapses, and is not asked for here.
_SENT = """
SELECT item_id, place_id, CAST(sum(quantity) AS BIGINT) AS quantity, CAST(sum(quantity * quantity) AS BIGINT) AS squares,
       CAST(count(*) AS BIGINT) AS days
FROM (SELECT m.item_id, m.from_place_id AS place_id, m.day, CAST(sum(m.quantity) AS BIGINT) AS quantity
      FROM lot l CROSS JOIN movement m
      WHERE l.item_id IN :items AND m.facility_id = :facility AND m.lot_id = l.id AND m.lot_id > 0
        AND {occurred} AND m.day BETWEEN :start AND :end
        AND m.kind = 'transfer' AND m.reverses IS NULL AND m.from_place_id <> m.to_place_id
      GROUP BY m.item_id, m.from_place_id, m.day) daily
GROUP BY item_id, place_id
ORDER BY item_id, place_id
"""

_COLUMNS = {"quantity": WHOLE, "squares": WHOLE, "days": WHOLE}


@lru_cache
def _used(dialect: str) -> TextualSelect:
    return statement(_USED.format(day="+u.day" if dialect == "sqlite" else "u.day"), _COLUMNS)


@lru_cache
def _sent(dialect: str) -> TextualSelect:
    # The index goes on with the moment: a day earlier in every zone of the world is early enough.
    occurred = (
        "m.occurred_at >= (julianday(:start) - 2440588.5) * 86400000000"
        if dialect == "sqlite"
        else "m.occurred_at >= CAST(:start AS timestamp) - interval '1 day'"
    )
    return statement(_SENT.format(occurred=occurred), _COLUMNS)


def use_spread(
    connection: Connection, facility_id: FacilityId, *, items: Collection[ItemId], window: DateWindow
) -> list[UseSpread]:
    return _spread(connection, _used(connection.dialect.name), facility_id, items=items, window=window)


def sent_on(
    connection: Connection, facility_id: FacilityId, *, items: Collection[ItemId], window: DateWindow
) -> list[UseSpread]:
    return _spread(connection, _sent(connection.dialect.name), facility_id, items=items, window=window)


def _spread(
    connection: Connection,
    asked: TextualSelect,
    facility_id: FacilityId,
    *,
    items: Collection[ItemId],
    window: DateWindow,
) -> list[UseSpread]:
    if not items:
        return []
    given = {"facility": facility_id, "items": list(items), "start": window.start, "end": window.end}
    return [
        UseSpread(ItemId(row.item_id), PlaceId(row.place_id), row.quantity, row.squares, row.days)
        for row in connection.execute(asked, given)
    ]
