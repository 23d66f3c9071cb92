"""Windows of ``asked.tsv`` as days: "month", "week-1", "today..today+14", "08-01..today", "90d", "2m", "past", "fri"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

type Days = tuple[date, date]

_PERIOD = re.compile(r"(day|week|month|quarter|year)([+-]\d+)?")
_BACK = re.compile(r"(\d+)([dm])")
_NOTE = re.compile(r"past|fri|\d+[dm]|(?:week|month|quarter|year)(?:[+-]\d+)?|\S+\.\.\S+")


def window(notes: Sequence[str], *, row: str, today: date) -> Days | None:
    """The days that a question is about; None where it names none. Windows of Q3 look ahead, those of Q6 back."""
    note = next((n for n in notes if _NOTE.fullmatch(n)), "")
    if not note or note == "past":
        return None
    if note == "fri":
        day = today + timedelta(days=(4 - today.weekday()) % 7)
        return day, day
    back = _BACK.fullmatch(note)
    if back:
        count = int(back[1])
        if back[2] == "d":
            return today - timedelta(days=count - 1), today
        return _months(today, -count), today
    period = _PERIOD.fullmatch(note)
    if period:
        return _period(period[1], int(period[2] or 0), today=today)
    first, last = note.split("..")
    ahead = row == "Q3"
    return _day(first, today=today, ahead=ahead), _day(last, today=today, ahead=ahead)


def _day(text: str, *, today: date, ahead: bool) -> date:
    if text == "today":
        return today
    if text.startswith("today"):
        return today + timedelta(days=int(text.removeprefix("today")))
    if text == "3m":
        return _months(today, 3)
    month, day = (int(part) for part in text.split("-"))
    made = date(today.year, month, day)
    if ahead and made < today:
        return date(today.year + 1, month, day)
    if not ahead and made > today:
        return date(today.year - 1, month, day)
    return made


def _months(day: date, count: int) -> date:
    whole = day.year * 12 + day.month - 1 + count
    year, month = divmod(whole, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _period(kind: str, offset: int, *, today: date) -> Days:
    if kind == "week":
        start = today - timedelta(days=today.weekday()) + timedelta(weeks=offset)
        return start, start + timedelta(days=6)
    size = {"month": 1, "quarter": 3, "year": 12}[kind]
    first = date(today.year, (today.month - 1) // size * size + 1, 1)
    start = _months(first, offset * size)
    return start, _months(start, size) - timedelta(days=1)
