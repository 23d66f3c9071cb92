"""Movements for PostgreSQL's COPY in its binary form: the fastest road in, and exact.

Format: PostgreSQL documentation, "COPY", section "Binary Format"; numeric as in its ``numeric_send``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from domain.ports import MovementRow

HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
TRAILER = struct.pack(">h", -1)

_POSTGRES_EPOCH = 946_684_800_000_000  # 2000-01-01 UTC, in microseconds since 1970
_POSTGRES_DAY = date(2000, 1, 1).toordinal()
_NULL = struct.pack(">i", -1)
_INT8 = struct.Struct(">iq")
_BUFFER = 1 << 18


def _int8(value: int) -> bytes:
    return _INT8.pack(8, value)


@lru_cache(maxsize=65_536)
def _key(value: int | None) -> bytes:
    return _NULL if value is None else _int8(value)


@lru_cache(maxsize=65_536)
def _text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack(">i", len(encoded)) + encoded


@lru_cache(maxsize=4_096)
def _day(value: str) -> bytes:
    return struct.pack(">ii", 4, date.fromisoformat(value).toordinal() - _POSTGRES_DAY)


@lru_cache(maxsize=65_536)
def numeric(ten_thousandths: int | None) -> bytes:
    """A numeric with four decimals, with its length before it.

    PostgreSQL's digits are of base 10,000, so ten-thousandths are exactly one digit after the point.
    """
    if ten_thousandths is None:
        return _NULL
    digits: list[int] = []
    rest = abs(ten_thousandths)
    while rest:
        rest, digit = divmod(rest, 10_000)
        digits.append(digit)
    digits.reverse()
    weight = len(digits) - 2
    while digits and digits[-1] == 0:
        digits.pop()
    sign = 0x4000 if ten_thousandths < 0 else 0
    body = struct.pack(f">hhHh{len(digits)}h", len(digits), weight if digits else 0, sign, 4, *digits)
    return struct.pack(">i", len(body)) + body


def encoded(rows: Iterable[MovementRow]) -> Iterator[tuple[bytes, int]]:
    """Pieces of about a quarter of a megabyte, each with the number of rows in it."""
    count = struct.pack(">h", 25)
    sixteen = struct.pack(">i", 16)
    buffer, in_buffer = bytearray(), 0
    for row in rows:
        (
            identity,
            facility_id,
            key,
            kind,
            item_id,
            quantity,
            occurred_at,
            recorded_at,
            day,
            actor_id,
            lot_id,
        ) = row[:11]
        key_text = key.encode()
        (from_place_id, to_place_id, from_status, to_status, owner_id, unit_cost, entered, unit) = row[11:19]
        (charge_id, reason, channel, thread, event, reverses) = row[19:]
        buffer += b"".join(
            (
                count,
                sixteen,
                identity,
                _key(facility_id),
                len(key_text).to_bytes(4),
                key_text,
                _text(kind),
                _key(item_id),
                _key(quantity),
                _INT8.pack(8, occurred_at - _POSTGRES_EPOCH),
                _INT8.pack(8, recorded_at - _POSTGRES_EPOCH),
                _day(day),
                _key(actor_id),
                _INT8.pack(8, lot_id),
                _key(from_place_id),
                _key(to_place_id),
                _text(from_status),
                _text(to_status),
                _key(owner_id),
                numeric(unit_cost),
                numeric(entered),
                _text(unit),
                _INT8.pack(8, charge_id),
                _text(reason),
                _text(channel),
                _text(thread),
                _text(event),
                _NULL if reverses is None else sixteen + reverses,
            )
        )
        in_buffer += 1
        if len(buffer) >= _BUFFER:
            yield bytes(buffer), in_buffer
            buffer, in_buffer = bytearray(), 0
    yield bytes(buffer), in_buffer
