"""A movement as a row and back, and the SQL that writes it; the one place that knows the columns' order."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Row

from domain.model.ids import MovementId
from domain.model.movement import Movement, MovementKind, Source, StockStatus
from domain.ports import MovementRow
from domain.store import tables
from domain.store.types import microseconds, ten_thousandths

COLUMNS = tuple(column.name for column in tables.movement.columns)

_PG_TYPES = {
    "id": "uuid",
    "occurred_at": "timestamptz",
    "recorded_at": "timestamptz",
    "day": "date",
    "unit_cost": "numeric",
    "entered_quantity": "numeric",
    "reverses": "uuid",
    **dict.fromkeys(
        (
            *("key", "kind", "from_status", "to_status", "entered_unit", "reason"),
            *("source_channel", "source_thread", "source_event"),
        ),
        "text",
    ),
}

_LISTED = ", ".join(f'"{name}"' for name in COLUMNS)

SQLITE_INSERT = (
    f"INSERT INTO movement ({_LISTED}) VALUES ({', '.join('?' * len(COLUMNS))}) ON CONFLICT DO NOTHING"  # noqa: S608
)
SQLITE_PLAIN_INSERT = SQLITE_INSERT.removesuffix(" ON CONFLICT DO NOTHING")

POSTGRES_INSERT_ONE = (
    f"INSERT INTO movement ({_LISTED}) VALUES ({', '.join(['%s'] * len(COLUMNS))}) "  # noqa: S608
    "ON CONFLICT DO NOTHING RETURNING facility_id, key"
)
_ARRAYS = ", ".join(f"%s::{_PG_TYPES.get(name, 'bigint')}[]" for name in COLUMNS)
POSTGRES_INSERT_MANY = (
    f"INSERT INTO movement ({_LISTED}) SELECT * FROM unnest({_ARRAYS}) "  # noqa: S608
    "ON CONFLICT DO NOTHING RETURNING facility_id, key"
)


def to_plain(movement: Movement) -> MovementRow:
    """The row as SQLite stores it. Raises Invalid for money finer than a ten-thousandth."""
    source, entered, reverses = movement.source, movement.entered_quantity, movement.reverses
    return (
        movement.id.bytes,
        movement.facility_id,
        movement.key,
        movement.kind._value_,
        movement.item_id,
        movement.quantity,
        microseconds(movement.occurred_at),
        microseconds(movement.recorded_at),
        movement.day.isoformat(),
        movement.actor_id,
        movement.lot_id,
        movement.from_place_id,
        movement.to_place_id,
        movement.from_status._value_,
        movement.to_status._value_,
        movement.owner_id,
        ten_thousandths(movement.unit_cost),
        None if entered is None else ten_thousandths(entered),
        movement.entered_unit,
        movement.charge_id,
        movement.reason,
        source.channel,
        source.thread,
        source.event,
        None if reverses is None else reverses.bytes,
    )


def to_postgres(movement: Movement) -> tuple[object, ...]:
    """The row as psycopg takes it. Raises Invalid for money finer than a ten-thousandth: PostgreSQL would round it."""
    ten_thousandths(movement.unit_cost)
    if movement.entered_quantity is not None:
        ten_thousandths(movement.entered_quantity)
    source = movement.source
    return (
        movement.id,
        movement.facility_id,
        movement.key,
        movement.kind._value_,
        movement.item_id,
        movement.quantity,
        movement.occurred_at,
        movement.recorded_at,
        movement.day,
        movement.actor_id,
        movement.lot_id,
        movement.from_place_id,
        movement.to_place_id,
        movement.from_status._value_,
        movement.to_status._value_,
        movement.owner_id,
        movement.unit_cost,
        movement.entered_quantity,
        movement.entered_unit,
        movement.charge_id,
        movement.reason,
        source.channel,
        source.thread,
        source.event,
        movement.reverses,
    )


def from_row(row: Row[tuple[object, ...]]) -> Movement:
    """A row read through the table's own types."""
    identity: UUID = row.id
    return Movement(
        id=MovementId(identity),
        facility_id=row.facility_id,
        key=row.key,
        kind=MovementKind(row.kind),
        item_id=row.item_id,
        quantity=row.quantity,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        day=row.day,
        actor_id=row.actor_id,
        lot_id=row.lot_id,
        from_place_id=row.from_place_id,
        to_place_id=row.to_place_id,
        from_status=StockStatus(row.from_status),
        to_status=StockStatus(row.to_status),
        owner_id=row.owner_id,
        unit_cost=row.unit_cost,
        entered_quantity=row.entered_quantity,
        entered_unit=row.entered_unit,
        charge_id=row.charge_id,
        reason=row.reason,
        source=Source(channel=row.source_channel, thread=row.source_thread, event=row.source_event),
        reverses=None if row.reverses is None else MovementId(row.reverses),
    )
