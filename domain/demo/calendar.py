"""The days of the history, and how busy each is: weekdays, seasons, the clock of the hospital's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]

HISTORY_DAYS = 730
"""Two years, ending yesterday."""

AHEAD_DAYS = 7
"""The schedule reaches this many days beyond the history: today and the six days after."""

ELECTIVE_WEEK = (1.25, 1.32, 1.3, 1.22, 1.05, 0.14, 0.08)
STEADY_WEEK = (1.06, 1.02, 1.0, 1.0, 1.02, 0.96, 0.94)
OFFICE_WEEK = (1.4, 1.35, 1.3, 1.3, 1.1, 0.0, 0.0)


class Week(IntEnum):
    STEADY = 0  # open day and night
    ELECTIVE = 1  # full Monday to Friday, emergencies at the weekend
    OFFICE = 2  # closed at the weekend


class Season(IntEnum):
    NONE = 0
    WINTER = 1  # respiratory
    SUMMER = 2  # trauma and orthopaedics


@dataclass(frozen=True, slots=True)
class Calendar:
    """Day 0 is the first of the history; day ``days`` is today."""

    start: date
    days: int
    today: date
    midnights: Ints
    """Microseconds since 1970-01-01 UTC at which each local day begins, today and the days ahead included."""
    busyness: Floats
    """Shape (weeks, seasons, days + AHEAD_DAYS), mean 1 over a year."""

    def day(self, number: int) -> date:
        return self.start + timedelta(days=number)


def calendar(today: date, *, zone: str, days: int = HISTORY_DAYS) -> Calendar:
    start = today - timedelta(days=days)
    every = [start + timedelta(days=n) for n in range(days + AHEAD_DAYS)]
    local = ZoneInfo(zone)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    midnights = np.array(
        [(datetime.combine(d, time(), local) - epoch) // timedelta(microseconds=1) for d in every],
        dtype=np.int64,
    )
    weekdays = np.array([d.weekday() for d in every])
    year = np.array([d.timetuple().tm_yday for d in every]) * (2 * np.pi / 365.25)
    winter = np.cos(year - 0.35)  # highest about 20 January
    summer = np.cos(year - 3.45)  # highest about 20 July
    weeks = [np.array(week)[weekdays] for week in (STEADY_WEEK, ELECTIVE_WEEK, OFFICE_WEEK)]
    seasons = [1 + 0.04 * winter, 1 + 0.5 * winter, 1 + 0.35 * summer]
    growth = 1 + 0.03 * np.arange(len(every)) / 365
    return Calendar(
        start, days, today, midnights, np.array([[w * s * growth for s in seasons] for w in weeks])
    )
