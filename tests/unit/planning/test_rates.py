from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.planning.rates import UseRate, daily_use, days_of_supply, rate_window

TODAY = date(2026, 3, 10)


def test_a_rate_looks_back_over_whole_days_and_leaves_today_out() -> None:
    window = rate_window(TODAY, days=7)
    assert (window.start, window.end, window.days) == (date(2026, 3, 3), date(2026, 3, 9), 7)


def test_the_usual_rate_sees_every_weekday_eight_times() -> None:
    window = rate_window(TODAY)
    assert window.days == 56
    assert window.end == date(2026, 3, 9)


def test_eighty_four_in_fifty_six_days_is_one_and_a_half_a_day() -> None:
    rate = daily_use(84)
    assert rate.daily == 1.5
    assert rate.expected(10) == 15
    assert rate.expected(11) == 16


def test_days_without_stock_say_nothing_about_demand() -> None:
    assert daily_use(40, days=56, days_out=16).daily == 1.0
    assert daily_use(40, days=56).daily == pytest.approx(40 / 56)


def test_a_shelf_that_was_always_empty_keeps_the_whole_window() -> None:
    assert daily_use(0, days=56, days_out=56) == UseRate(0, 56)


@pytest.mark.parametrize("days_out", [-1, 57])
def test_more_days_without_stock_than_days_are_refused(days_out: int) -> None:
    with pytest.raises(Invalid, match="0 to 56"):
        daily_use(1, days=56, days_out=days_out)


def test_a_rate_over_no_days_is_refused() -> None:
    with pytest.raises(Invalid):
        UseRate(1, 0)
    with pytest.raises(Invalid):
        rate_window(TODAY, days=0)


def test_more_returned_than_used_is_no_demand() -> None:
    rate = UseRate(-5, 56)
    assert rate.daily == 0.0
    assert rate.expected(100) == 0
    assert days_of_supply(10, rate=rate) is None


def test_twelve_at_three_in_two_days_last_eight_days() -> None:
    assert days_of_supply(12, rate=UseRate(3, 2)) == 8.0


def test_nothing_available_is_no_days_of_supply() -> None:
    assert days_of_supply(0, rate=UseRate(3, 2)) == 0.0


def test_stock_that_nobody_uses_has_no_days_of_supply() -> None:
    assert days_of_supply(12, rate=UseRate(0, 56)) is None


@given(used=st.integers(-100, 10_000), days=st.integers(1, 400), ahead=st.integers(-10, 1000))
def test_what_is_expected_is_the_rate_rounded_down(used: int, days: int, ahead: int) -> None:
    rate = UseRate(used, days)
    expected = rate.expected(ahead)
    assert expected * days <= max(0, used) * max(0, ahead) < (expected + 1) * days


@given(available=st.integers(0, 10_000), used=st.integers(1, 10_000), days=st.integers(1, 400))
def test_in_its_days_of_supply_the_stock_is_used_up(available: int, used: int, days: int) -> None:
    rate = UseRate(used, days)
    supply = days_of_supply(available, rate=rate)
    assert supply is not None
    assert supply * rate.daily == pytest.approx(available)
