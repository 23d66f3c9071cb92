"""The period that a window is compared with, as a person would: a month with the month before, not with thirty days."""

from __future__ import annotations

from datetime import date, timedelta

from domain.model.window import DateWindow

_YEAR_FROM = 92
"""A year to date of more days is compared with the same days of last year."""


def compared(window: DateWindow) -> DateWindow:
    """The period before ``window``, labelled as it reads behind "than in".

    Whole months: as many months before. A month, quarter or year so far: the same days of the one before. Else as many days.
    """
    start, last = window.start, window.end
    after = last + timedelta(days=1)
    if start.day != 1:
        return _days(window)
    months = (last.year - start.year) * 12 + last.month - start.month + 1
    if after.day == 1:
        before = _moved(start, months=-months)
        return DateWindow(before, start - timedelta(days=1), _named(before, months=months))
    if start.month == 1 and window.days > _YEAR_FROM:
        return DateWindow(_moved(start, months=-12), _moved(last, months=-12), "the same days of last year")
    if months == 1:
        before = _moved(start, months=-1)
        end = min(_moved(last, months=-1), start - timedelta(days=1))
        return DateWindow(before, end, f"the same days of {before:%B}")
    if start.month % 3 == 1 and months <= 3:
        before = _moved(start, months=-3)
        return DateWindow(before, _moved(last, months=-3), "the same days of the quarter before")
    return _days(window)


def week_before(day: date) -> DateWindow:
    """The last whole week, Monday to Sunday, that ended before ``day``."""
    monday = day - timedelta(days=day.weekday() + 7)
    return DateWindow(monday, monday + timedelta(days=6), "last week")


def month_before(day: date) -> DateWindow:
    """The calendar month before the one of ``day``."""
    last = day.replace(day=1) - timedelta(days=1)
    return DateWindow(last.replace(day=1), last, f"in {last:%B}")


def _days(window: DateWindow) -> DateWindow:
    before = window.before()
    if window.days == 7 and window.start.weekday() == 0:
        return DateWindow(before.start, before.end, "the week before")
    return DateWindow(
        before.start, before.end, f"the {window.days} days before" if window.days > 1 else "the day before"
    )


def _named(start: date, *, months: int) -> str:
    if months == 1:
        return f"{start:%B}"
    if months == 12:
        return "the year before"
    return "the quarter before" if months == 3 else f"the {months} months before"


def _moved(day: date, *, months: int) -> date:
    """The same day of another month; its last day where it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    first = date(count // 12, count % 12 + 1, 1)
    length = ((first + timedelta(days=31)).replace(day=1) - first).days
    return first.replace(day=min(day.day, length))
