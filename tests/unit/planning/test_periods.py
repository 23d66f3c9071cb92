"""Which period a window is compared with."""

from __future__ import annotations

from datetime import date

import pytest

from domain.model.window import DateWindow
from domain.planning.periods import compared, month_before, week_before

D = date


@pytest.mark.parametrize(
    ("window", "before", "label"),
    [
        ((D(2026, 10, 1), D(2026, 10, 31)), (D(2026, 9, 1), D(2026, 9, 30)), "September"),
        ((D(2026, 3, 1), D(2026, 3, 30)), (D(2026, 2, 1), D(2026, 2, 28)), "the same days of February"),
        ((D(2026, 11, 1), D(2026, 11, 21)), (D(2026, 10, 1), D(2026, 10, 21)), "the same days of October"),
        ((D(2026, 7, 1), D(2026, 9, 30)), (D(2026, 4, 1), D(2026, 6, 30)), "the quarter before"),
        ((D(2026, 10, 1), D(2026, 11, 22)), (D(2026, 7, 1), D(2026, 8, 22)), "the same days of the quarter before"),
        ((D(2026, 1, 1), D(2026, 11, 22)), (D(2025, 1, 1), D(2025, 11, 22)), "the same days of last year"),
        ((D(2025, 1, 1), D(2025, 12, 31)), (D(2024, 1, 1), D(2024, 12, 31)), "the year before"),
        ((D(2026, 11, 9), D(2026, 11, 15)), (D(2026, 11, 2), D(2026, 11, 8)), "the week before"),
        ((D(2026, 11, 5), D(2026, 11, 14)), (D(2026, 10, 26), D(2026, 11, 4)), "the 10 days before"),
    ],
)  # fmt: skip
def test_a_window_is_compared_with_what_a_person_would_compare_it_with(
    window: tuple[date, date], before: tuple[date, date], label: str
) -> None:
    found = compared(DateWindow(*window))
    assert ((found.start, found.end), found.label) == (before, label)


@pytest.mark.parametrize("day", [D(2026, 11, 23), D(2026, 11, 26), D(2026, 11, 29)])
def test_the_week_before_is_the_last_whole_one_whatever_day_it_is(day: date) -> None:
    found = week_before(day)
    assert (found.start, found.end) == (D(2026, 11, 16), D(2026, 11, 22))


def test_the_month_before_january_is_december() -> None:
    found = month_before(D(2026, 1, 1))
    assert (found.start, found.end) == (D(2025, 12, 1), D(2025, 12, 31))
