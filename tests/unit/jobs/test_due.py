"""When jobs are due, by the clock on the facility's wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.errors import Invalid
from domain.model.ids import FacilityId
from domain.model.job import AlertRule, Holidays
from jobs.due import Timetable, moments, next_moment, parsed

NEW_YORK = ZoneInfo("America/New_York")


def local(cron: str, first: str, last: str, *, zone: ZoneInfo = NEW_YORK, **more: object) -> list[str]:
    """The moments between two days of the wall, as the wall shows them."""
    since = datetime.fromisoformat(first).replace(tzinfo=zone).astimezone(UTC)
    until = datetime.fromisoformat(last).replace(tzinfo=zone).astimezone(UTC)
    table = Timetable(cron, zone, **more)  # type: ignore[arg-type]
    return [f"{m.astimezone(zone):%m-%d %H:%M%z}" for m in moments(table, since=since, until=until)]


def test_a_daily_job_keeps_its_hour_when_the_clocks_change() -> None:
    assert local("30 6 * * *", "2026-03-07", "2026-03-09T12:00") == [
        "03-07 06:30-0500", "03-08 06:30-0400", "03-09 06:30-0400",
    ]  # fmt: skip


def test_an_hour_left_out_in_spring_runs_when_the_clock_has_jumped_over_it() -> None:
    assert local("30 2 * * *", "2026-03-07", "2026-03-10") == [
        "03-07 02:30-0500", "03-08 03:30-0400", "03-09 02:30-0400",
    ]  # fmt: skip


def test_an_hour_that_comes_twice_in_autumn_runs_once() -> None:
    assert local("30 1 * * *", "2026-10-31", "2026-11-03") == [
        "10-31 01:30-0400", "11-01 01:30-0400", "11-02 01:30-0500",
    ]  # fmt: skip


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-02", 24)])
def test_an_hourly_job_runs_every_hour_that_passes(day: str, hours: int) -> None:
    last = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    assert len(local("10 * * * *", day, last)) == hours


def test_every_five_minutes_goes_on_through_both_changes() -> None:
    assert len(local("*/5 * * * *", "2026-11-01", "2026-11-02")) == 25 * 12
    assert len(local("*/5 * * * *", "2026-03-08", "2026-03-09")) == 23 * 12


def test_the_last_day_of_the_month_is_the_last_whatever_its_number() -> None:
    assert local("0 9 last * *", "2028-01-15", "2028-04-01") == [
        "01-31 09:00-0500", "02-29 09:00-0500", "03-31 09:00-0400",
    ]  # fmt: skip


def test_a_thirty_first_is_left_out_where_a_month_has_none() -> None:
    assert local("0 9 31 * *", "2026-03-01", "2026-06-01") == ["03-31 09:00-0400", "05-31 09:00-0400"]


@pytest.mark.parametrize(
    ("number", "name"), [("1-5", "mon-fri"), ("0", "sun"), ("7", "sun"), ("1,3", "mon,wed")]
)
def test_weekdays_by_number_count_from_sunday_as_cron_does(number: str, name: str) -> None:
    span = ("2026-11-16", "2026-11-30")
    assert local(f"0 7 * * {number}", *span) == local(f"0 7 * * {name}", *span) != []


def test_weekdays_alone() -> None:
    assert local("0 7 * * mon-fri", "2026-11-20", "2026-11-24") == ["11-20 07:00-0500", "11-23 07:00-0500"]


THANKSGIVING = frozenset({date(2026, 11, 26), date(2026, 11, 27)})


def test_on_a_holiday_a_job_is_left_out_or_put_off_to_the_next_working_day() -> None:
    days = ("2026-11-25", "2026-12-01")
    every_day = "0 7 * * *"
    left_out = local(every_day, *days, holidays=Holidays.SKIP, free=THANKSGIVING)
    assert left_out == ["11-25 07:00-0500", "11-28 07:00-0500", "11-29 07:00-0500", "11-30 07:00-0500"]
    thursday = local("0 7 * * thu", *days, holidays=Holidays.NEXT, free=THANKSGIVING)
    assert thursday == ["11-30 07:00-0500"], "Friday is free too, and then comes the weekend"
    daily = local("0 7 * * mon-fri", *days, holidays=Holidays.NEXT, free=THANKSGIVING)
    assert daily == ["11-25 07:00-0500", "11-30 07:00-0500"], "what is put off to a day of its own runs once"


def test_a_half_hour_zone_has_its_own_morning() -> None:
    zone = ZoneInfo("Asia/Kolkata")
    assert local("15 6 * * *", "2026-11-22", "2026-11-23", zone=zone) == ["11-22 06:15+0530"]


def test_the_next_moment_is_found_months_ahead() -> None:
    table = Timetable("0 9 1 mar *", NEW_YORK)
    found = next_moment(table, after=datetime(2026, 11, 22, tzinfo=UTC))
    assert found == datetime(2027, 3, 1, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize("line", ["", "every day", "61 6 * * *", "0 6 * *", "0 6 * * 8"])
def test_a_line_that_can_not_be_read_is_refused_with_what_is_expected(line: str) -> None:
    with pytest.raises(Invalid, match="five fields"):
        parsed(line)


@pytest.mark.parametrize(
    ("at", "quiet"), [("19:59", False), ("20:00", True), ("03:00", True), ("05:59", True), ("06:00", False)]
)
def test_quiet_hours_go_over_midnight(at: str, quiet: bool) -> None:
    assert AlertRule(FacilityId(1)).is_quiet(time.fromisoformat(at)) is quiet


@pytest.mark.parametrize(
    ("weekdays", "days"),
    [
        ("sun-thu", "mon tue wed thu sun"),
        ("0-6", "mon tue wed thu fri sat sun"),
        ("5-7", "fri sat sun"),
        ("*/2", "tue thu sat sun"),
        ("1-5", "mon tue wed thu fri"),
        ("MON-FRI", "mon tue wed thu fri"),
    ],
)
def test_a_range_of_weekdays_may_begin_on_sunday(weekdays: str, days: str) -> None:
    table = Timetable(f"0 6 * * {weekdays}", ZoneInfo("America/Chicago"))
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    found = moments(table, since=monday, until=monday + timedelta(days=7))
    assert [f"{moment:%a}".lower() for moment in found] == days.split()
