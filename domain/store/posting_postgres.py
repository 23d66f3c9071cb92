"""How PostgreSQL takes movements: one statement, so one round trip, for the movements, balances, sums of use and pars of a batch.

The effects are worked out beforehand as if every movement were new, which nearly always holds; where it does not, the statement
writes the new movements and nothing else, and a second one brings their effects alone. Rows are locked in the order of their keys,
so that two writers wait for each other and never in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.errors import InvalidMovement, UnknownMovement
from domain.model.ids import PlaceId
from domain.ports import MovementRow
from domain.store.database import Database, Refusal
from domain.store.effects import BalanceKey, UseKey, add_up
from domain.store.movements import COLUMNS, FACILITY_AND_KEY, RowKey, refused_balance, refused_use

_AS_SENT = {
    "id": "uuid",
    "day": "date",
    "reverses": "uuid",
    **dict.fromkeys(
        (
            *("key", "kind", "from_status", "to_status", "entered_unit", "reason"),
            *("source_channel", "source_thread", "source_event"),
        ),
        "text",
    ),
}
_AS_STORED = {
    # Microseconds and ten-thousandths are sent as whole numbers: both are turned exactly.
    **dict.fromkeys(("occurred_at", "recorded_at"), "timestamptz 'epoch' + {} * interval '1 microsecond'"),
    **dict.fromkeys(("unit_cost", "entered_quantity"), "{} * 0.0001"),
}
_STOCK = "facility_id, item_id, place_id, lot_id, owner_id, status"
_STOCK_TYPES = (*["bigint"] * 5, "text", "bigint", "bigint")
_USE = "facility_id, item_id, day, place_id, kind, charge_id"
_USE_TYPES = ("bigint", "bigint", "date", "bigint", "text", "bigint", "bigint", "bigint", "bigint")
_SPEND = "facility_id, day, unit_id, kind, charge_id"
_MONTH = "facility_id, item_id, month, unit_id, kind, department_id"


def _sent(name: str) -> str:
    return _AS_SENT.get(name, "bigint")


_NEW = f"""new AS (
    INSERT INTO movement ({", ".join(COLUMNS)})
    SELECT {", ".join(_AS_STORED.get(name, "{}").format("n." + name) for name in COLUMNS)}
    FROM unnest({", ".join(f"%s::{_sent(name)}[]" for name in COLUMNS)}) AS n ({", ".join(COLUMNS)})
    ON CONFLICT DO NOTHING RETURNING facility_id, key
),"""  # noqa: S608 - constants only
_ALL_NEW = "(SELECT count(*) FROM new) = %s"

# A balance of a lot is written only where the lot is one of the item, and of a consignor only where there is such a supplier:
# the count of rows then tells that something did not exist, at no cost of its own. A balance below zero counts as none in a par:
# what is missing on one shelf does not empty the next.
_EFFECTS = f"""delta AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
        %s::bigint[], %s::bigint[]) AS n ({_STOCK}, on_hand, reserved)
),
balance AS (
    INSERT INTO stock ({_STOCK}, on_hand, reserved, expires_on)
    SELECT d.*, l.expires_on
    FROM delta d LEFT JOIN lot l ON l.id = d.lot_id AND l.item_id = d.item_id
    WHERE {{when}} AND (d.lot_id = 0 OR l.id IS NOT NULL)
    AND (d.owner_id = 0 OR EXISTS (SELECT 1 FROM supplier s WHERE s.id = d.owner_id))
    ORDER BY d.item_id, d.place_id, d.lot_id, d.owner_id, d.status
    ON CONFLICT ({_STOCK})
    DO UPDATE SET on_hand = stock.on_hand + excluded.on_hand, reserved = stock.reserved + excluded.reserved
    RETURNING {_STOCK}, on_hand, reserved
),
use AS MATERIALIZED (
    SELECT {_USE}, n.quantity, n.cost * 0.0001 AS cost, n.unit_id, c.cost_centre_id
    FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
        %s::bigint[]) AS n ({_USE}, quantity, cost, unit_id)
    LEFT JOIN charge_target c ON c.id = n.charge_id
    WHERE {{when}} AND (n.charge_id = 0 OR c.id IS NOT NULL)
),
used AS (
    INSERT INTO daily_usage ({_USE}, quantity, cost)
    SELECT {_USE}, quantity, cost FROM use n
    ORDER BY n.item_id, n.place_id, n.day, n.kind, n.charge_id
    ON CONFLICT ({_USE})
    DO UPDATE SET quantity = daily_usage.quantity + excluded.quantity, cost = daily_usage.cost + excluded.cost
    RETURNING 1
),
spent AS (
    INSERT INTO spend_by_target ({_SPEND}, quantity, cost)
    SELECT {_SPEND}, sum(n.quantity)::bigint, sum(n.cost) FROM use n
    GROUP BY {_SPEND} ORDER BY {_SPEND}
    ON CONFLICT ({_SPEND})
    DO UPDATE SET quantity = spend_by_target.quantity + excluded.quantity, cost = spend_by_target.cost + excluded.cost
),
month AS (
    INSERT INTO spend_by_item ({_MONTH}, quantity, cost)
    SELECT n.facility_id, n.item_id, date_trunc('month', n.day::timestamp)::date, n.unit_id, n.kind,
        coalesce(n.cost_centre_id, u.cost_centre_id, 0), sum(n.quantity)::bigint, sum(n.cost)
    FROM use n LEFT JOIN place u ON u.id = n.unit_id
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT ({_MONTH})
    DO UPDATE SET quantity = spend_by_item.quantity + excluded.quantity, cost = spend_by_item.cost + excluded.cost
),
change AS MATERIALIZED (
    SELECT c.facility_id, a.ancestor_id AS place_id, c.item_id,
        sum(c.on_hand)::bigint AS on_hand, sum(c.in_transit)::bigint AS in_transit
    FROM (
        SELECT b.facility_id, b.place_id, b.item_id,
            CASE WHEN b.status = 'available' THEN greatest(0, b.on_hand - b.reserved)
                - greatest(0, b.on_hand - b.reserved - d.on_hand + d.reserved) ELSE 0 END AS on_hand,
            CASE WHEN b.status = 'in-transit' THEN greatest(0, b.on_hand) - greatest(0, b.on_hand - d.on_hand)
                ELSE 0 END AS in_transit
        FROM balance b JOIN delta d USING ({_STOCK})
    ) c
    JOIN place_ancestor a ON a.place_id = c.place_id
    WHERE c.on_hand <> 0 OR c.in_transit <> 0
    GROUP BY c.facility_id, a.ancestor_id, c.item_id
),
locked AS MATERIALIZED (
    SELECT p.facility_id, p.place_id, p.item_id, c.on_hand, c.in_transit
    FROM par p JOIN change c USING (facility_id, place_id, item_id)
    ORDER BY p.facility_id, p.item_id, p.place_id FOR UPDATE OF p
),
level AS (
    UPDATE par p SET on_hand = p.on_hand + l.on_hand, in_transit = p.in_transit + l.in_transit
    FROM locked l
    WHERE p.facility_id = l.facility_id AND p.place_id = l.place_id AND p.item_id = l.item_id
)"""  # noqa: S608 - constants only
_POST = f"""WITH {_NEW} {_EFFECTS.format(when=_ALL_NEW)}
SELECT (SELECT count(*) FROM new), (SELECT count(*) FROM balance), (SELECT count(*) FROM used),
    CASE WHEN NOT {_ALL_NEW} THEN (SELECT array_agg(facility_id ORDER BY key, facility_id) FROM new) END,
    CASE WHEN NOT {_ALL_NEW} THEN (SELECT array_agg(key ORDER BY key, facility_id) FROM new) END"""  # noqa: S608
_POST_EFFECTS = f"""WITH {_EFFECTS.format(when="true")}
SELECT (SELECT count(*) FROM balance), (SELECT count(*) FROM used)"""  # noqa: S608


def write(database: Database, rows: Sequence[MovementRow]) -> set[RowKey] | None:
    """Writes what is not there yet, with its effects. Gives the keys of what was written; None where all was."""
    stock, usage = add_up(rows, facility_of=database.facility_of)
    asked = len(rows)
    movements = [
        _array(_sent(name), column) for name, column in zip(COLUMNS, zip(*rows, strict=True), strict=True)
    ]
    balances, sums = _arrays(stock, _STOCK_TYPES), _uses(usage, database)
    written, balanced, used, facilities, keys = _run(
        database, _POST, (*movements, *balances, asked, *sums, asked, asked, asked)
    )
    new: set[RowKey] | None = None
    if written != asked:
        new = set(zip(facilities or (), keys or (), strict=True))
        if not new:
            return new
        fresh = [row for row in rows if FACILITY_AND_KEY(row) in new]
        stock, usage = add_up(fresh, facility_of=database.facility_of)
        balanced, used = _run(
            database, _POST_EFFECTS, (*_arrays(stock, _STOCK_TYPES), *_uses(usage, database))
        )
    if balanced != len(stock):
        raise refused_balance(stock)
    if used != len(usage):
        raise refused_use(usage)
    return new


def _run(database: Database, statement: str, values: tuple[object, ...]) -> tuple[Any, ...]:
    try:
        return database.run(statement, [values]).fetchall()[0]
    except Refusal as refusal:
        if refusal.table != "movement":
            raise InvalidMovement(
                f"A movement names an item or place that does not exist: {refusal.constraint}."
            ) from refusal
        if refusal.is_foreign_key:
            raise UnknownMovement("The movement to be reversed is not in the ledger.") from refusal
        raise InvalidMovement(f"The ledger refused a movement: {refusal.constraint}.") from refusal


def _arrays(changes: Mapping[BalanceKey, tuple[int, int]], types: Sequence[str]) -> list[str]:
    return _columns(((*key, *change) for key, change in changes.items()), types)


def _uses(changes: Mapping[UseKey, tuple[int, int]], database: Database) -> list[str]:
    """The sums of use, each with the unit that its place belongs to."""
    unit_of = database.unit_of
    return _columns(
        ((*key, *change, unit_of(PlaceId(key[3]))) for key, change in changes.items()), _USE_TYPES
    )


def _columns(changed: Iterable[tuple[object, ...]], types: Sequence[str]) -> list[str]:
    rows = list(changed)
    if not rows:
        return ["{}"] * len(types)
    return [_array(kind, column) for kind, column in zip(types, zip(*rows, strict=True), strict=True)]


def _array(kind: str, column: Sequence[Any]) -> str:
    """The array as PostgreSQL reads it. The driver's own way takes each element by itself, and ten times as long."""
    if kind == "bigint":
        return f"{{{str(list(column))[1:-1].replace('None', 'NULL')}}}"
    if kind == "uuid":
        return f"{{{','.join(['NULL' if value is None else value.hex() for value in column])}}}"
    joined = '","'.join(column)
    if "\\" in joined or joined.count('"') != 2 * (len(column) - 1):
        joined = '","'.join([value.replace("\\", r"\\").replace('"', r"\"") for value in column])
    return f'{{"{joined}"}}'
