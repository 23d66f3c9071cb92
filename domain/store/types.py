"""Column types that mean the same on SQLite and PostgreSQL.

| type | PostgreSQL | SQLite |
|---|---|---|
| Money | numeric(18, 4) | integer, ten-thousandths: sums in SQL stay exact |
| Moment | timestamptz | integer, microseconds since 1970-01-01 UTC |
| Day | date | text, ISO 8601: sorts and compares as days do |
| UuidKey | uuid | blob of 16 bytes |
| Flag | boolean | integer 0 or 1 |
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, Double, Integer, LargeBinary, Numeric, Text, Uuid
from sqlalchemy import types as sa_types
from sqlalchemy.dialects.postgresql import TEXT, TIMESTAMP
from sqlalchemy.dialects.sqlite import REAL
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from domain.errors import Invalid

MONEY_PLACES = 4
MONEY_SCALE = 10**MONEY_PLACES
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Key = BigInteger().with_variant(Integer(), "sqlite")
"""A key given by the store: on SQLite it must be called INTEGER to be the rowid."""

PlainText = Text().with_variant(TEXT(collation="C"), "postgresql")
"""Codes and keys: compared byte by byte on both databases, whatever the language of the server."""

Real: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")


def ten_thousandths(amount: Decimal) -> int:
    """The amount as a whole number of ten-thousandths. Raises Invalid where it is finer than that.

    >>> ten_thousandths(Decimal("1.25"))
    12500
    """
    try:
        scaled = amount.scaleb(MONEY_PLACES)
        whole = int(scaled)
    except (InvalidOperation, OverflowError, ValueError):
        raise Invalid(f"An amount is a finite decimal, not {amount}.") from None
    if whole != scaled:
        raise Invalid(f"An amount has at most {MONEY_PLACES} decimals; {amount} has more. Round it before.")
    return whole


def from_ten_thousandths(whole: int) -> Decimal:
    """
    >>> from_ten_thousandths(12500)
    Decimal('1.2500')
    """
    return Decimal(whole).scaleb(-MONEY_PLACES)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC. Raises Invalid for a time without a zone."""
    try:
        return (moment - EPOCH) // _MICROSECOND
    except TypeError:
        raise Invalid(f"A time is stored with its zone; {moment.isoformat()} has none.") from None


def from_microseconds(count: int) -> datetime:
    return EPOCH + timedelta(microseconds=count)


class Money(TypeDecorator[Decimal]):
    """An exact amount with four decimals; finer amounts are refused, never rounded."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(Numeric(18, MONEY_PLACES))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | Decimal | None:
        if value is None:
            return None
        whole = ten_thousandths(value)
        return whole if dialect.name == "sqlite" else value

    def process_result_value(self, value: int | Decimal | None, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return from_ten_thousandths(int(value)) if dialect.name == "sqlite" else Decimal(value)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; a time without a zone is refused."""

    impl = sa_types.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(TIMESTAMP(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | datetime | None:
        if value is None:
            return None
        count = microseconds(value)
        return count if dialect.name == "sqlite" else value

    def process_result_value(self, value: int | datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return from_microseconds(value) if isinstance(value, int) else value.astimezone(UTC)


class Day(TypeDecorator[date]):
    """A calendar day of the facility; a datetime is refused, because its day depends on the zone."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | date | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            raise Invalid(f"A day is a date, not the time {value.isoformat()}.")
        return value.isoformat() if dialect.name == "sqlite" else value

    def process_result_value(self, value: str | date | None, dialect: Dialect) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value


class UuidKey(TypeDecorator[UUID]):
    """A UUID in 16 bytes."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(LargeBinary(16))
        return dialect.type_descriptor(Uuid(as_uuid=True))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> bytes | UUID | None:
        if value is None:
            return None
        return value.bytes if dialect.name == "sqlite" else value

    def process_result_value(self, value: bytes | UUID | None, dialect: Dialect) -> UUID | None:
        return UUID(bytes=value) if isinstance(value, bytes) else value


class Flag(TypeDecorator[bool]):
    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(Boolean())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | bool | None:
        if value is None:
            return None
        return int(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: int | bool | None, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)
