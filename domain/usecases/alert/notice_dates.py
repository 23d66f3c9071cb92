"""Dates as notices write them, and the conditions made of them ("prior to March 31, 2027")."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NAMED = rf"(?:{_MONTHS})[a-z]*\.?"
DATE = (
    r"(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[-/]\d{1,2}[-/]\d{4}|\d{4}[-/](?:0?[1-9]|1[0-2])\b(?!\d)|(?:0?[1-9]|1[0-2])/\d{4}"
    rf"|\d{{1,2}}[-\s]?{_NAMED}[-\s,]*\d{{4}}|{_NAMED}\s+\d{{1,2}},?\s+\d{{4}}|{_NAMED}\s*,?\s*\d{{4}})"
)
"""As a pattern without groups, case aside: 2027-03-31, 03/31/2027, 31-Mar-2027, March 31, 2027, 2027-03, 03/2027, Mar 2027."""

_FOUND = re.compile(DATE, re.IGNORECASE)
_BEFORE = re.compile(r"prior\s+to|before|earlier\s+than", re.IGNORECASE)
_INCLUDED = re.compile(r"on\s+or\s+(?:before|prior)|through|thru|up\s+to|until|\bby\b", re.IGNORECASE)
_AFTER = re.compile(r"after|later\s+than|on\s+or\s+after|\bfrom\b", re.IGNORECASE)


def read_date(text: str) -> tuple[date, date] | None:
    """First and last day of what is written: one day, or a month; None for what is in no calendar. Month before day, as in the
    authority's country.

    >>> read_date("03/2027")
    (datetime.date(2027, 3, 1), datetime.date(2027, 3, 31))
    """
    named = re.search(_MONTHS, text, re.IGNORECASE)
    figures = [int(part) for part in re.findall(r"\d+", text)]
    try:
        if named:
            month = _MONTHS.split("|").index(named[0].lower()) + 1
            year = figures[-1]
            day = figures[0] if len(figures) == 2 else None
        elif len(figures) == 3:
            year, month, day = figures if figures[0] > 999 else (figures[2], figures[0], figures[1])
        else:
            year, month = figures if figures[0] > 999 else (figures[1], figures[0])
            day = None
        if day is not None:
            return date(year, month, day), date(year, month, day)
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    except (ValueError, IndexError):
        return None


def bounds_in(text: str) -> tuple[date | None, date | None]:
    """First and last day that a condition lets pass, None where it is open; (None, None) where it is no condition.

    >>> bounds_in("expiration dates prior to 2027-03-31")
    (None, datetime.date(2027, 3, 30))
    >>> bounds_in("manufactured between January 2026 and March 2026")
    (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
    """
    found = [(match, read_date(match[0])) for match in _FOUND.finditer(text)]
    dates = [(match, span) for match, span in found if span is not None]
    if not dates:
        return None, None
    first, span = dates[0]
    words = text[: first.start()]
    if len(dates) > 1:
        between = text[first.end() : dates[1][0].start()]
        if re.search(r"between|from", words, re.IGNORECASE) or re.search(
            r"through|thru|\bto\b|–|-", between, re.IGNORECASE
        ):
            return span[0], dates[1][1][1]
    if _INCLUDED.search(words):
        return None, span[1]
    if _BEFORE.search(words):
        return None, span[0] - timedelta(days=1)
    if re.search(r"on\s+or\s+after|from", words, re.IGNORECASE):
        return span[0], None
    if _AFTER.search(words):
        return span[1] + timedelta(days=1), None
    return None, None
