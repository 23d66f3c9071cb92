"""How fast something is used, and how long what is there will last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from domain.errors import Invalid
from domain.model.window import DateWindow

RATE_DAYS = 56
"""Days a rate of use looks back over: eight whole weeks, so that every weekday counts equally often."""


@dataclass(frozen=True, slots=True)
class UseRate:
    """``used`` base units over ``days`` days on which they could have been used.

    Kept as two whole numbers, so that what is expected by a day is exact wherever it is worked out. ``used`` is net of
    returns and may be below zero in a short window; such a rate expects nothing.
    Raises Invalid for less than one day.

    A worked example: 84 used in 56 days is 1.5 a day; of that, 15 are expected in 10 days and 16 in 11 (16.5, whole units only).
    """

    used: int
    days: int = RATE_DAYS

    def __post_init__(self) -> None:
        if self.days < 1:
            raise Invalid(f"A rate of use is over one day or more, not {self.days}.")

    @property
    def daily(self) -> float:
        """Base units a day, zero or more."""
        return max(0, self.used) / self.days

    def expected(self, days: int) -> int:
        """Whole base units expected to be used in the next ``days`` days, rounded down: nobody uses half a catheter."""
        return max(0, self.used) * max(0, days) // self.days


def rate_window(today: date, *, days: int = RATE_DAYS) -> DateWindow:
    """The whole days a rate is measured over: the ``days`` before ``today``. Today itself is not over and would pull it down."""
    if days < 1:
        raise Invalid(f"A rate of use is over one day or more, not {days}.")
    return DateWindow(today - timedelta(days=days), today - timedelta(days=1), f"the last {days} days")


def daily_use(used: int, *, days: int = RATE_DAYS, days_out: int = 0) -> UseRate:
    """The rate of ``used`` base units over a window of ``days``, less the ``days_out`` on which there was nothing to use.

    A shelf that stood empty says nothing about demand, so its days are left out. Callers that do not know them pass none,
    and the rate is then too low by that share. With no day left the rate is that of the whole window.
    Raises Invalid where ``days_out`` is below zero or above ``days``.

    A worked example: 40 used in 56 days of which 16 were without stock is 1.0 a day, not 0.71.
    """
    if not 0 <= days_out <= days:
        raise Invalid(f"Days without stock are 0 to {days} of {days}, not {days_out}.")
    return UseRate(used, days - days_out if days_out < days else days)


def days_of_supply(available: int, *, rate: UseRate) -> float | None:
    """Days until ``available`` base units are gone at this rate; None where nothing is used. Nothing available is 0 days."""
    if rate.used <= 0:
        return None
    return max(0, available) * rate.days / rate.used
