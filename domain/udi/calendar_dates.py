"""Dates as labels write them: two-digit years, days that are missing, days of the year.

Each function gives the date, or None for digits that are in no calendar: a label may carry them, and its other elements are still
worth reading. Sources: GS1 General Specifications 7.12 (century), ANSI/HIBC 2.6 table 2, ISBT 128 ST-001 (century digit).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def full_year(yy: int, *, today: date) -> int:
    """The year a two-digit one means: 51 or more ahead is the last century, 50 or more behind the next (GS1).

    >>> full_year(76, today=date(2026, 1, 1)), full_year(77, today=date(2026, 1, 1))
    (2076, 1977)
    """
    century, now = divmod(today.year, 100)
    ahead = yy - now
    if ahead >= 51:
        return (century - 1) * 100 + yy
    if ahead <= -50:
        return (century + 1) * 100 + yy
    return century * 100 + yy


def day_of(year: int, month: int, day: int) -> date | None:
    """The date; day 0 is the last of its month."""
    if not 1 <= month <= 12 or not 1 <= year <= 9999:
        return None
    last = monthrange(year, month)[1]
    if not 0 <= day <= last:
        return None
    return date(year, month, day or last)


def yymmdd(digits: str, *, today: date) -> date | None:
    """Six digits of a GS1 element; ``00`` as the day is the last of the month."""
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    return day_of(full_year(int(digits[:2]), today=today), int(digits[2:4]), int(digits[4:]))


def day_of_year(year: int, day: int) -> date | None:
    """Day 1 is the first of January."""
    if not 1 <= year <= 9999 or not 1 <= day <= 366:
        return None
    found = date(year, 1, 1) + timedelta(days=day - 1)
    return found if found.year == year else None
