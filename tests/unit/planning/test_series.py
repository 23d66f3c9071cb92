from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.window import DateWindow
from domain.planning.series import Bucket, bucket_for, bucketed, change


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(1, "day"), (35, "day"), (36, "week"), (182, "week"), (183, "month"), (730, "month")],
)
def test_longer_windows_get_coarser_buckets(days: int, bucket: str) -> None:
    start = date(2025, 1, 1)
    assert bucket_for(DateWindow(start, start + timedelta(days=days - 1))) == bucket


def test_days_without_use_are_there_as_zero() -> None:
    window = DateWindow(date(2026, 2, 27), date(2026, 3, 2))
    used = {date(2026, 2, 27): 3, date(2026, 3, 2): 4, date(2026, 3, 3): 100}
    assert bucketed(used, window=window, bucket=Bucket.DAY) == (
        (date(2026, 2, 27), 3),
        (date(2026, 2, 28), 0),
        (date(2026, 3, 1), 0),
        (date(2026, 3, 2), 4),
    )


def test_weeks_begin_on_monday_and_the_first_one_with_the_window() -> None:
    window = DateWindow(date(2026, 3, 4), date(2026, 3, 17))  # a Wednesday to a Tuesday
    used = {date(2026, 3, 4): 1, date(2026, 3, 8): 2, date(2026, 3, 9): 4, date(2026, 3, 17): 8}
    assert bucketed(used, window=window, bucket=Bucket.WEEK) == (
        (date(2026, 3, 4), 3),
        (date(2026, 3, 9), 4),
        (date(2026, 3, 16), 8),
    )


def test_months_follow_the_calendar_over_the_turn_of_the_year() -> None:
    window = DateWindow(date(2025, 11, 20), date(2026, 2, 1))
    used = {date(2025, 11, 30): 1, date(2025, 12, 1): 2, date(2026, 2, 1): 5}
    assert bucketed(used, window=window, bucket=Bucket.MONTH) == (
        (date(2025, 11, 20), 1),
        (date(2025, 12, 1), 2),
        (date(2026, 1, 1), 0),
        (date(2026, 2, 1), 5),
    )


def test_the_change_is_relative_to_the_period_before() -> None:
    assert change(15, previous=10) == 0.5
    assert change(5, previous=10) == -0.5
    assert change(5, previous=0) is None


@given(
    start=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    days=st.integers(1, 800),
    bucket=st.sampled_from(Bucket),
    used=st.dictionaries(st.integers(0, 799), st.integers(-5, 50), max_size=40),
)
def test_the_buckets_cover_the_window_once_and_sum_to_the_total(
    start: date, days: int, bucket: Bucket, used: dict[int, int]
) -> None:
    window = DateWindow(start, start + timedelta(days=days - 1))
    by_day = {start + timedelta(days=offset): quantity for offset, quantity in used.items()}
    series = bucketed(by_day, window=window, bucket=bucket)
    starts = [first for first, _ in series]
    assert starts[0] == window.start
    assert starts == sorted(set(starts))
    assert all(first in window for first in starts)
    assert sum(quantity for _, quantity in series) == sum(
        quantity for day, quantity in by_day.items() if day in window
    )
