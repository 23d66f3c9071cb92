"""A movement as a row and back, and the SQL that writes it; the one place that knows the columns' order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from operator import itemgetter
from uuid import UUID

from sqlalchemy import Row

from domain.errors import InvalidMovement, UnknownLot
from domain.model.ids import NO_CHARGE, NO_LOT, OURS, MovementId
from domain.model.movement import Movement, MovementKind, Source, StockStatus
from domain.ports import MovementRow
from domain.store import tables
from domain.store.effects import BalanceKey, UseKey
from domain.store.types import microseconds, ten_thousandths

COLUMNS = tuple(column.name for column in tables.movement.columns)

_LISTED = ", ".join(f'"{name}"' for name in COLUMNS)

SQLITE_INSERT = (
    f"INSERT INTO movement ({_LISTED}) VALUES ({', '.join('?' * len(COLUMNS))}) ON CONFLICT DO NOTHING"  # noqa: S608
)
SQLITE_PLAIN_INSERT = SQLITE_INSERT.removesuffix(" ON CONFLICT DO NOTHING")

type RowKey = tuple[int, str]
"""Facility and idempotency key: what makes two movements the same."""

FACILITY_AND_KEY: Callable[[MovementRow], RowKey] = itemgetter(1, 2)


def to_plain(movement: Movement) -> MovementRow:
    """The row as a plain one, which is how SQLite stores it. Raises Invalid for money finer than a ten-thousandth."""
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


def refused_balance(keys: Collection[BalanceKey]) -> UnknownLot:
    """For balances of which the database did not write each one."""
    lots = sorted({key[3] for key in keys} - {NO_LOT})
    owners = sorted({key[4] for key in keys} - {OURS})
    return UnknownLot(
        "A movement names a lot that is none of its item, or an owner that is no supplier; "
        f"lots {lots}, owners {owners}."
    )


def refused_use(keys: Collection[UseKey]) -> InvalidMovement:
    targets = sorted({key[5] for key in keys} - {NO_CHARGE})
    return InvalidMovement(f"A movement is charged to a target that does not exist; one of {targets}.")
