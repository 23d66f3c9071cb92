"""A table of facts that may become a file: what its columns hold, and what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

type Cell = str | int | float | Decimal | date | None


class Format(StrEnum):
    """How a column's numbers are shown. TEXT is left as it is; SHARE holds 0..1."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    format: Format = Format.TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of facts. ``about`` are pairs of what is told of it (what was asked, by whom, when); ``total`` is a last row or nothing."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: tuple[tuple[str, str], ...] = ()
    currency: str = "USD"
    total: tuple[Cell, ...] = ()
