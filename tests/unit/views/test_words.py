"""Quantities, money and days as people read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.views import words
from bot.views.words import Bold
from domain.model.window import DateWindow

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("count", "unit", "said"),
    [
        (1, "box", "1 box"),
        (3, "box", "3 boxes"),
        (1, "each", "1 each"),
        (34, "each", "34 each"),
        (2, "pouch", "2 pouches"),
        (2, "assembly", "2 assemblies"),
        (2, "tray", "2 trays"),
        (12_345, "pair", "12,345 pairs"),
        (-2, "pair", "−2 pairs"),
        (5, "EA", "5 EA"),
        (0, "kit", "0 kits"),
    ],
)
def test_a_quantity_agrees_with_its_unit(count: int, unit: str, said: str) -> None:
    assert words.quantity(count, unit) == said


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("1234.5", "USD", "$1,234.50"),
        ("-12", "EUR", "−€12.00"),
        ("0.005", "USD", "$0.00"),
        ("1999.6", "JPY", "¥2,000"),
        ("40", "CHF", "CHF 40.00"),
    ],
)
def test_money_is_rounded_to_the_smallest_coin(amount: str, currency: str, said: str) -> None:
    assert words.money(Decimal(amount), currency) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 27), "Fri 27 Nov"),
        (date(2027, 2, 3), "Wed 3 Feb 2027"),
        (date(2025, 12, 31), "Wed 31 Dec 2025"),
    ],
)
def test_a_day_goes_with_its_year_only_where_it_is_another(day: date, said: str) -> None:
    assert words.day(day, today=TODAY) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [(22, "today"), (23, "tomorrow"), (21, "yesterday"), (30, "in 8 days"), (2, "20 days ago")],
)
def test_how_far_a_day_is(day: int, said: str) -> None:
    assert words.until(date(2026, 11, day), today=TODAY) == said


@pytest.mark.parametrize(
    ("per_day", "said"),
    [
        (12.4, "12 pairs a day"),
        (1.0, "1 pair a day"),
        (0.6, "4.2 pairs a week"),
        (0.05, "1.5 pairs a month"),
        (0.0001, "hardly any use"),
    ],
)
def test_a_rate_takes_the_unit_of_time_that_gives_at_least_one(per_day: float, said: str) -> None:
    assert words.rate(per_day, "pair") == said


@pytest.mark.parametrize(
    ("days", "said"),
    [(0.4, "less than a day"), (1.2, "about 1 day"), (12.6, "about 13 days"), (900, "over a year")],
)
def test_days_of_supply_are_not_more_exact_than_they_are(days: float, said: str) -> None:
    assert words.days_of(days) == said


def test_a_window_of_one_day_is_that_day() -> None:
    assert words.span(DateWindow(TODAY, TODAY), today=TODAY) == "Sun 22 Nov"


def test_a_phrase_is_marked_up_for_slack_and_bare_for_everybody_else() -> None:
    phrase = (Bold("Gauze 4*4 <sterile>"), " — 3 & more, *new*")
    assert words.mrkdwn(phrase) == "*Gauze 4*4 &lt;sterile&gt;* — 3 &amp; more, ∗new∗"
    assert words.plain(phrase) == "Gauze 4*4 <sterile> — 3 & more, *new*"
