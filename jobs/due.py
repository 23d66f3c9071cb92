"""When a job is due: the moments of its timetable in a stretch of time, in the facility's own hours.

A cron line is read by the clock on the wall. An hour that is left out in spring runs when the clock has jumped over it; one that
comes twice in autumn runs at its first coming. Lines that run every hour or oftener go by time itself, so that none of their
runs is left out or doubled.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from domain.errors import Invalid
from domain.model.job import Holidays

_FARTHEST = timedelta(days=15)
"""How far a holiday may push a run: longer than any row of days off."""
_MINUTE = timedelta(minutes=1)
_SATURDAY = 5
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


class CatchUp(StrEnum):
    """What becomes of runs that were missed."""

    LATEST = "latest"  # of several the last one alone
    EVERY = "every"
    NONE = "none"  # what is more than ten minutes late is left out


LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Timetable:
    """``not_before``: when somebody changed it; nothing before that is owed. ``free`` are the facility's holidays."""

    cron: str
    zone: ZoneInfo
    catch_up: CatchUp = CatchUp.LATEST
    within: timedelta = timedelta(hours=24)
    holidays: Holidays = Holidays.RUN
    free: Collection[object] = frozenset()
    not_before: datetime | None = None


def due_moments(timetable: Timetable, *, since: datetime, until: datetime) -> list[datetime]:
    """The moments after ``since`` and up to ``until`` that are to be run now, in UTC, oldest first."""
    begin = max(since, until - timetable.within)
    if timetable.not_before is not None:
        begin = max(begin, timetable.not_before)
    if timetable.catch_up is CatchUp.NONE:
        begin = max(begin, until - LATE)
    found = list(moments(timetable, since=begin, until=until))
    return found[-1:] if timetable.catch_up is CatchUp.LATEST else found


def moments(timetable: Timetable, *, since: datetime, until: datetime) -> Iterator[datetime]:
    """Every moment after ``since`` and up to ``until``, holidays heeded, in UTC, oldest first.

    Raises Invalid for a cron line that can not be read.
    """
    if timetable.holidays is not Holidays.NEXT or not timetable.free:
        for moment in _plain(timetable, since=since, until=until):
            if timetable.holidays is Holidays.RUN or _day(moment, timetable.zone) not in timetable.free:
                yield moment
        return
    pushed = {
        _pushed(moment, timetable) for moment in _plain(timetable, since=since - _FARTHEST, until=until)
    }
    yield from (moment for moment in sorted(pushed) if since < moment <= until)


def next_moment(timetable: Timetable, *, after: datetime) -> datetime | None:
    """When it runs next; None within a year."""
    for days in (2, 40, 370):
        found = next(moments(timetable, since=after, until=after + timedelta(days=days)), None)
        if found is not None:
            return found
    return None


def _named(weekdays: str) -> str:
    """Weekdays by name, ranges day by day: cron's week begins on Sunday (0 and 7), APScheduler's on Monday, where "sun-thu" ends before it
    begins."""
    named = re.sub(r"(?<![/\d])\d+(?!\d)", lambda found: _DAYS[int(found.group())], weekdays.lower())
    named = re.sub(
        r"\b([a-z]{3})-([a-z]{3})\b(?!/)", lambda found: ",".join(_between(found[1], found[2])), named
    )
    return ",".join(_DAYS[:7][:: int(named[2:])]) if re.fullmatch(r"\*/[1-7]", named) else named


def _between(first: str, last: str) -> list[str]:
    """Both included, over the end of the week where need be. Raises ValueError for what is no weekday."""
    begin = _DAYS.index(first)
    return [_DAYS[(begin + n) % 7] for n in range((_DAYS.index(last) - begin) % 7 + 1)]


@lru_cache(maxsize=256)
def parsed(cron: str) -> CronTrigger:
    """The line, read. Raises Invalid, saying what is expected."""
    try:
        *fields, weekdays = cron.split()
        return CronTrigger.from_crontab(" ".join((*fields, _named(weekdays))), timezone=UTC)
    except (ValueError, TypeError, IndexError) as error:
        raise Invalid(
            f"“{cron}” is no time to run at: five fields are expected (minute, hour, day, month, weekday), "
            f"such as “30 6 * * mon-fri” ({str(error)[:120]})."
        ) from None


def _plain(timetable: Timetable, *, since: datetime, until: datetime) -> Iterator[datetime]:
    trigger = parsed(timetable.cron)
    if timetable.cron.split()[1].startswith("*"):
        yield from _fired(trigger, since.astimezone(UTC), until.astimezone(UTC))
        return
    zone = timetable.zone
    # The clock on the wall, read as if it were UTC, from an hour before to an hour after: the jumps of the zone lie between.
    wall = since.astimezone(zone).replace(tzinfo=UTC) - timedelta(hours=3)
    last = until.astimezone(zone).replace(tzinfo=UTC) + timedelta(hours=3)
    for shown in _fired(trigger, wall, last):
        moment = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if since < moment <= until:
            yield moment


def _fired(trigger: CronTrigger, since: datetime, until: datetime) -> Iterator[datetime]:
    """After ``since`` and up to ``until``, at full minutes."""
    at = since.replace(second=0, microsecond=0) + _MINUTE
    while True:
        moment = trigger.get_next_fire_time(None, at)
        if moment is None or moment > until:
            return
        yield moment
        at = moment + _MINUTE


def _pushed(moment: datetime, timetable: Timetable) -> datetime:
    shown = moment.astimezone(timetable.zone)
    day = shown.date()
    if day not in timetable.free:
        return moment
    while day in timetable.free or day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, shown.time(), tzinfo=timetable.zone).astimezone(UTC)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
