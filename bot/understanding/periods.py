"""Days and stretches of days that people name: "friday", "march", "q3", "11/30", "christmas", "last week".

Each name gives its candidates in order of time (a weekday: one each week; a month: one each year); which of them is
meant depends on where the question looks, and is chosen in ``windows``.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

type Period = tuple[date, date]
"""First and last day, both included."""

WEEKDAYS = {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
}  # fmt: skip
MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if n}
MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if n} | {"sept": 9}
_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_YEARS_AROUND = range(-4, 5)
_SOONEST, _LATEST = date(1970, 1, 1), date(2199, 12, 31)

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"((?:19|20)\d\d|'\d\d)"


def month(year: int, number: int) -> Period:
    """The whole calendar month; ``number`` may run past 12 or below 1."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def months(year: int, number: int, *, count: int) -> Period:
    return month(year, number)[0], month(year, number + count - 1)[1]


def quarter(year: int, number: int) -> Period:
    return months(year, 3 * number - 2, count=3)


def week(day: date) -> Period:
    """Monday to Sunday around ``day``."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def add_months(day: date, count: int) -> date:
    """The same day of another month, or that month's last where it is shorter."""
    first, last = month(day.year, day.month + count)
    return min(first + timedelta(days=day.day - 1), last)


def candidates(text: str, *, today: date) -> list[Period]:
    """What ``text`` (lower case, blanks single, numbers as digits) can mean; empty where it names no days."""
    for pattern, build in _FORMS:
        match = pattern.fullmatch(text)
        if match:
            found = {
                period for period in build(match, today) if _SOONEST <= period[0] <= period[1] <= _LATEST
            }
            if found:
                return sorted(found)
    return []


def unit_around(unit: str, step: int, *, today: date) -> Period:
    """The calendar week, weekend, month, quarter or year ``step`` units from now."""
    match unit:
        case "week" | "wk":
            return week(today + timedelta(weeks=step))
        case "weekend":
            sunday = week(today + timedelta(weeks=step))[1]
            return sunday - timedelta(days=1), sunday
        case "month":
            return month(today.year, today.month + step)
        case "quarter" | "qtr":
            return quarter_at((today.month - 1) // 3 + 1 + step, year=today.year)
        case _:
            return date(today.year + step, 1, 1), date(today.year + step, 12, 31)


def quarter_at(number: int, *, year: int) -> Period:
    """Quarter ``number`` counted from the first of ``year``; it may run into other years."""
    return months(year, 3 * number - 2, count=3)


def _one(day: date) -> list[Period]:
    return [(day, day)]


def _dated(year: int, number: int, day: int) -> Iterable[Period]:
    try:
        found = date(year, number, day)
    except ValueError:
        return ()
    return ((found, found),)


def _yearly(build: Callable[[int], Iterable[Period]], today: date) -> list[Period]:
    return [period for step in _YEARS_AROUND for period in build(today.year + step)]


def _full_year(text: str) -> int:
    digits = text.lstrip("'")
    return int(digits) + 2000 if len(digits) == 2 else int(digits)


def _named_day(match: re.Match[str], today: date) -> Iterable[Period]:
    word = match[0]
    steps = {
        "yesterday": -1,
        "last night": -1,
        "overnight": -1,
        "tomorrow": 1,
        "tmrw": 1,
        "tmr": 1,
        "tomm": 1,
    }
    step = next((value for key, value in steps.items() if word.startswith(key)), 0)
    return _one(today + timedelta(days=step))


def _weekday(match: re.Match[str], today: date) -> Iterable[Period]:
    which, number = match[1] or "", WEEKDAYS[match[2]]
    this_week = week(today)[0] + timedelta(days=number)
    if which in ("last", "past", "previous"):
        back = (today.weekday() - number) % 7 or 7
        return _one(today - timedelta(days=back))
    if which == "next":
        return _one(this_week + timedelta(weeks=1))
    if which in ("coming", "upcoming", "this coming"):
        return _one(today + timedelta(days=(number - today.weekday()) % 7))
    return [p for step in range(-3, 4) for p in _one(this_week + timedelta(weeks=step))]


def _calendar_unit(match: re.Match[str], today: date) -> Iterable[Period]:
    step = {"this": 0, "current": 0, "the": 0, "this coming": 0, "next": 1, "coming": 1, "upcoming": 1}.get(
        match[1], -1
    )
    return [unit_around(match[2], step, today=today)]


def _weekend(_match: re.Match[str], today: date) -> Iterable[Period]:
    return [unit_around("weekend", step, today=today) for step in range(-2, 3)]


def _end_of(match: re.Match[str], today: date) -> Iterable[Period]:
    unit = (match.groupdict().get("unit") or "").strip()
    step = 1 if (match.groupdict().get("which") or "").strip() == "next" else 0
    if unit in MONTHS:
        return _yearly(lambda year: _one(month(year, MONTHS[unit])[1]), today)
    return _one(unit_around(unit, step, today=today)[1])


def _month(match: re.Match[str], today: date) -> Iterable[Period]:
    which, number, year = match[1], MONTHS[match[2]], match[3]
    if year:
        return [month(_full_year(year), number)]
    found = _yearly(lambda y: [month(y, number)], today)
    if which in ("last", "past"):
        return [max(p for p in found if p[1] < today)]
    if which == "next":
        return [min(p for p in found if p[0] > today)]
    return found


def _month_day(number: int, day: int, year: str | None, today: date) -> Iterable[Period]:
    if year:
        return _dated(_full_year(year), number, day)
    return _yearly(lambda y: _dated(y, number, day), today)


def _day_of_month(match: re.Match[str], today: date) -> Iterable[Period]:
    found: list[Period] = []
    for step in range(-12, 13):
        first = month(today.year, today.month + step)[0]
        found.extend(_dated(first.year, first.month, int(match[1])))
    return found


def _slashed(match: re.Match[str], today: date) -> Iterable[Period]:
    return _month_day(int(match[1]), int(match[2]), _short(match[3]), today)


def _short(year: str | None) -> str | None:
    return None if year is None else year if len(year) == 4 else f"'{year}"


def _month_of_year(match: re.Match[str], _today: date) -> Iterable[Period]:
    parts = match.groupdict()
    number = int(parts["m"])
    return [month(int(parts["y"]), number)] if 1 <= number <= 12 else []


def _slashed_month(match: re.Match[str], _today: date) -> Iterable[Period]:
    """4/32: no day of April, so a month of 2032, as labels print it."""
    number = int(match[1])
    return [month(2000 + int(match[2]), number)] if 1 <= number <= 12 else []


def _quarter(match: re.Match[str], today: date) -> Iterable[Period]:
    number = int(match[1]) if match[1] else _ORDINALS[match[2]]
    if match[3]:
        return [quarter(_full_year(match[3]), number)]
    return _yearly(lambda year: [quarter(year, number)], today)


def _season(match: re.Match[str], today: date) -> Iterable[Period]:
    start = _SEASONS[match[2]]
    found = _yearly(lambda year: [months(year, start, count=3)], today)
    if match[3]:
        return [months(_full_year(match[3]), start, count=3)]
    if match[1] in ("last", "past"):
        return [max(p for p in found if p[1] < today)]
    if match[1] == "next":
        return [min(p for p in found if p[0] > today)]
    return found


def _nth(year: int, number: int, weekday: int, count: int) -> date:
    """The ``count``-th ``weekday`` of a month; -1 is the last."""
    first, last = month(year, number)
    if count < 0:
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


_HOLIDAYS: dict[str, Callable[[int], date]] = {
    "new years eve": lambda y: date(y, 12, 31),
    "new years day": lambda y: date(y, 1, 1),
    "new years": lambda y: date(y, 1, 1),
    "new year": lambda y: date(y, 1, 1),
    "mlk day": lambda y: _nth(y, 1, 0, 3),
    "presidents day": lambda y: _nth(y, 2, 0, 3),
    "memorial day": lambda y: _nth(y, 5, 0, -1),
    "juneteenth": lambda y: date(y, 6, 19),
    "july 4th": lambda y: date(y, 7, 4),
    "fourth of july": lambda y: date(y, 7, 4),
    "independence day": lambda y: date(y, 7, 4),
    "labor day": lambda y: _nth(y, 9, 0, 1),
    "halloween": lambda y: date(y, 10, 31),
    "veterans day": lambda y: date(y, 11, 11),
    "thanksgiving": lambda y: _nth(y, 11, 3, 4),
    "christmas eve": lambda y: date(y, 12, 24),
    "christmas day": lambda y: date(y, 12, 25),
    "christmas": lambda y: date(y, 12, 25),
    "xmas": lambda y: date(y, 12, 25),
}
_GREAT_HOLIDAYS = ("new years day", "memorial day", "july 4th", "labor day", "thanksgiving", "christmas")


def _holiday(match: re.Match[str], today: date) -> Iterable[Period]:
    names = [match[1]] if match[1] in _HOLIDAYS else list(_GREAT_HOLIDAYS)
    return [p for name in names for p in _yearly(lambda y, name=name: _one(_HOLIDAYS[name](y)), today)]  # type: ignore[misc]


def _year(match: re.Match[str], _today: date) -> Iterable[Period]:
    year = int(match[1])
    return [(date(year, 1, 1), date(year, 12, 31))]


def _fiscal(match: re.Match[str], today: date) -> Iterable[Period]:
    """The fiscal year is taken as the calendar year until a hospital sets its own."""
    if match[2]:
        year = int(match[2]) + (2000 if len(match[2]) == 2 else 0)
    else:
        year = today.year + {"last": -1, "past": -1, "previous": -1, "next": 1}.get(match[1] or "", 0)
    return [(date(year, 1, 1), date(year, 12, 31))]


def _to_date(match: re.Match[str], today: date) -> Iterable[Period]:
    unit = {"y": "year", "m": "month", "q": "quarter", "w": "week"}[(match[1] or match[2] or match[3])[0]]
    return [(unit_around(unit, 0, today=today)[0], today)]


_UNIT = "week|wk|weekend|month|quarter|qtr|year"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Iterable[Period]]], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (
            r"(?:today|now|tonight|this (?:morning|afternoon|evening|am|pm|shift|night)|last night|overnight"
            r"|(?:yesterday|tomorrow|tmrw|tmr|tomm)(?: (?:morning|afternoon|evening|night|am|pm))?)s?",
            _named_day,
        ),
        (
            rf"(?:(this coming|this|next|last|past|previous|coming|upcoming|on) )?({'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})"
            r"(?: (?:morning|afternoon|evening|night))?",
            _weekday,
        ),
        (rf"(this coming|this|current|the|next|coming|upcoming|last|previous|prior) ({_UNIT})", _calendar_unit),
        (r"(?:the |over the )?weekend", _weekend),
        (rf"(?:the )?end of (?:the |this )?(?P<which>next )?(?P<unit>week|month|quarter|year|{_MONTH})", _end_of),
        (r"(?:the )?(?P<unit>week|month|quarter|year)[ -]?end", _end_of),
        (r"(?:the )?eo(?P<unit>m|q|y|w)", lambda m, t: _one(
            unit_around({"m": "month", "q": "quarter", "y": "year", "w": "week"}[m["unit"]], 0, today=t)[1])),
        (rf"(?:(this|last|past|next|early|late|mid) )?({_MONTH})(?:,? (?:of )?{_YEAR})?", _month),
        (rf"({_MONTH}) (?:the )?{_DAY}(?:,? {_YEAR})?",
         lambda m, t: _month_day(MONTHS[m[1]], int(m[2]), m[3], t)),
        (rf"(?:the )?{_DAY} (?:of )?({_MONTH})(?:,? {_YEAR})?",
         lambda m, t: _month_day(MONTHS[m[2]], int(m[1]), m[3], t)),
        (r"(?:the )?(\d{1,2})(?:st|nd|rd|th)(?: of (?:the|this) month)?", _day_of_month),
        (r"(\d{4})-(\d{1,2})-(\d{1,2})", lambda m, _t: _dated(int(m[1]), int(m[2]), int(m[3]))),
        (r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d\d))?", _slashed),
        (r"(\d{1,2})-(\d{1,2})-(\d{4}|\d\d)", _slashed),
        (r"(\d{1,2})/(\d\d)", _slashed_month),
        (r"(?P<y>(?:19|20)\d\d)[-/](?P<m>\d{1,2})", _month_of_year),
        (r"(?P<m>\d{1,2})/(?P<y>(?:19|20)\d\d)", _month_of_year),
        (rf"(?:the )?(?:q([1-4])|({'|'.join(_ORDINALS)}) quarter)(?: (?:of )?{_YEAR})?", _quarter),
        (rf"(?:(this|last|past|next) |the )?({'|'.join(_SEASONS)})(?: (?:of )?{_YEAR})?", _season),
        (rf"(?:this |the |next |last )?({'|'.join(_HOLIDAYS)}|holidays?)", _holiday),
        (r"(?:all of |in )?((?:19|20)\d\d)", _year),
        (r"(?:(this|last|past|previous|next|current) )?(?:fiscal year|fiscal|fy)(?: ?'?(\d{4}|\d\d))?", _fiscal),
        (r"([ymqw])td|(year|month|quarter|week)[ -]to[ -]date|(?:so far |sofar )(?:this )(year|month|quarter|week)", _to_date),
    )
)  # fmt: skip
