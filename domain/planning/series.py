"""A quantity over time: its buckets for a plot, and its change against the period before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from domain.model.window import DateWindow

LONGEST_BY_DAY = 35
LONGEST_BY_WEEK = 26 * 7


class Bucket(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def bucket_for(window: DateWindow) -> Bucket:
    """By day up to 35 days, by week up to 26 weeks, else by month: never more points than a plot can carry."""
    if window.days <= LONGEST_BY_DAY:
        return Bucket.DAY
    return Bucket.WEEK if window.days <= LONGEST_BY_WEEK else Bucket.MONTH


def bucket_start(day: date, *, bucket: Bucket) -> date:
    """The first day of the bucket the day falls in: itself, its Monday, or the first of its month."""
    if bucket is Bucket.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if bucket is Bucket.MONTH else day


def next_bucket(start: date, *, bucket: Bucket) -> date:
    """The first day of the bucket after the one that begins on ``start``."""
    if bucket is Bucket.MONTH:
        return (start.replace(day=1) + timedelta(days=31)).replace(day=1)
    return start + timedelta(days=7 if bucket is Bucket.WEEK else 1)


def bucketed(
    quantities: Mapping[date, int], *, window: DateWindow, bucket: Bucket
) -> tuple[tuple[date, int], ...]:
    """(first day, sum) of every bucket of the window in order, empty ones as 0; days outside of the window are not counted.

    Weeks begin on Monday. The first bucket begins with the window, so that no bucket names a day that was not asked about.
    """
    sums: dict[date, int] = {}
    start = bucket_start(window.start, bucket=bucket)
    while start <= window.end:
        sums[start] = 0
        start = next_bucket(start, bucket=bucket)
    for day, quantity in quantities.items():
        if day in window:
            sums[bucket_start(day, bucket=bucket)] += quantity
    return tuple((max(start, window.start), quantity) for start, quantity in sums.items())


def change(total: int, *, previous: int) -> float | None:
    """(total - previous) / previous; None where there was nothing before to compare with."""
    return (total - previous) / previous if previous > 0 else None
