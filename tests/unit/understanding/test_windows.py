"""Date windows as people say them, on Sunday 22 November 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.windows import Looking, window_in, window_of

TODAY = date(2026, 11, 22)


def span(text: str, looking: Looking, *, today: date = TODAY) -> tuple[str, str] | None:
    window = window_of(text, today=today, looking=looking)
    return None if window is None else (window.start.isoformat(), window.end.isoformat())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", ("2026-11-22", "2026-11-22")),
        ("tomorrow", ("2026-11-23", "2026-11-23")),
        ("tmrw", ("2026-11-23", "2026-11-23")),
        ("this month", ("2026-11-22", "2026-11-30")),
        ("next month", ("2026-12-01", "2026-12-31")),
        ("next week", ("2026-11-23", "2026-11-29")),
        ("this quarter", ("2026-11-22", "2026-12-31")),
        ("next quarter", ("2027-01-01", "2027-03-31")),
        ("this year", ("2026-11-22", "2026-12-31")),
        ("next two weeks", ("2026-11-22", "2026-12-06")),
        ("in the next couple of weeks", ("2026-11-22", "2026-12-06")),
        ("next fortnight", ("2026-11-22", "2026-12-06")),
        ("in 30 days", ("2026-11-22", "2026-12-22")),
        ("within 60 days", ("2026-11-22", "2027-01-21")),
        ("NEXT NINETY DAYS", ("2026-11-22", "2027-02-20")),
        ("90 days", ("2026-11-22", "2027-02-20")),
        ("next 48 hours", ("2026-11-22", "2026-11-24")),
        ("by friday", ("2026-11-22", "2026-11-27")),
        ("friday", ("2026-11-27", "2026-11-27")),
        ("sunday", ("2026-11-22", "2026-11-22")),
        ("next friday", ("2026-11-27", "2026-11-27")),
        ("this weekend", ("2026-11-22", "2026-11-22")),
        ("until the 15th", ("2026-11-22", "2026-12-15")),
        ("by the fifteenth", ("2026-11-22", "2026-12-15")),
        ("before christmas", ("2026-11-22", "2026-12-24")),
        ("before thanksgiving", ("2026-11-22", "2026-11-25")),
        ("before the holiday", ("2026-11-22", "2026-11-25")),
        ("by year end", ("2026-11-22", "2026-12-31")),
        ("by end of quarter", ("2026-11-22", "2026-12-31")),
        ("before month end", ("2026-11-22", "2026-11-29")),
        ("october", ("2027-10-01", "2027-10-31")),
        ("november", ("2026-11-22", "2026-11-30")),
        ("in january", ("2027-01-01", "2027-01-31")),
        ("q1", ("2027-01-01", "2027-03-31")),
        ("q3 2026", ("2026-07-01", "2026-09-30")),
        ("between march and may", ("2027-03-01", "2027-05-31")),
        ("2026-11-30", ("2026-11-30", "2026-11-30")),
        ("11/30", ("2026-11-30", "2026-11-30")),
        ("11/30/26", ("2026-11-30", "2026-11-30")),
        ("2026-12", ("2026-12-01", "2026-12-31")),
        ("12/2026", ("2026-12-01", "2026-12-31")),
        ("4/32", ("2032-04-01", "2032-04-30")),
        ("december 3rd", ("2026-12-03", "2026-12-03")),
        ("3 december", ("2026-12-03", "2026-12-03")),
        ("soon", ("2026-11-22", "2026-12-22")),
        ("december 20 to january 2", ("2026-12-20", "2027-01-02")),
        ("yesterday", ("2026-11-21", "2026-11-21")),
        ("2027", ("2027-01-01", "2027-12-31")),
    ],
)
def test_a_question_about_expiry_looks_ahead(text: str, expected: tuple[str, str]) -> None:
    assert span(text, Looking.AHEAD) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", ("2026-11-22", "2026-11-22")),
        ("yesterday", ("2026-11-21", "2026-11-21")),
        ("last night", ("2026-11-21", "2026-11-21")),
        ("last week", ("2026-11-09", "2026-11-15")),
        ("last month", ("2026-10-01", "2026-10-31")),
        ("last quarter", ("2026-07-01", "2026-09-30")),
        ("last year", ("2025-01-01", "2025-12-31")),
        ("this month", ("2026-11-01", "2026-11-22")),
        ("this week", ("2026-11-16", "2026-11-22")),
        ("past month", ("2026-10-23", "2026-11-22")),
        ("past week", ("2026-11-16", "2026-11-22")),
        ("last 90 days", ("2026-08-25", "2026-11-22")),
        ("in the last thirty days", ("2026-10-24", "2026-11-22")),
        ("last one hundred eighty days", ("2026-05-27", "2026-11-22")),
        ("past six months", ("2026-05-23", "2026-11-22")),
        ("the last fortnight", ("2026-11-09", "2026-11-22")),
        ("last couple months", ("2026-09-23", "2026-11-22")),
        ("since august", ("2026-08-01", "2026-11-22")),
        ("since december", ("2025-12-01", "2026-11-22")),
        ("since June 3", ("2026-06-03", "2026-11-22")),
        ("since june third", ("2026-06-03", "2026-11-22")),
        ("since monday", ("2026-11-16", "2026-11-22")),
        ("since last summer", ("2026-06-01", "2026-11-22")),
        ("since labor day", ("2026-09-07", "2026-11-22")),
        ("since 2023", ("2023-01-01", "2026-11-22")),
        ("friday", ("2026-11-20", "2026-11-20")),
        ("last tuesday", ("2026-11-17", "2026-11-17")),
        ("last weekend", ("2026-11-14", "2026-11-15")),
        ("q3", ("2026-07-01", "2026-09-30")),
        ("first quarter", ("2026-01-01", "2026-03-31")),
        ("fy25", ("2025-01-01", "2025-12-31")),
        ("october", ("2026-10-01", "2026-10-31")),
        ("december", ("2025-12-01", "2025-12-31")),
        ("october 2024", ("2024-10-01", "2024-10-31")),
        ("between march and may", ("2026-03-01", "2026-05-31")),
        ("from 3/1 to 3/15", ("2026-03-01", "2026-03-15")),
        ("11/1-11/15", ("2026-11-01", "2026-11-15")),
        ("Jan–Sep", ("2026-01-01", "2026-09-30")),
        ("Oct to Feb", ("2025-10-01", "2026-02-28")),
        ("june 3 to 15", ("2026-06-03", "2026-06-15")),
        ("march through may 2025", ("2025-03-01", "2025-05-31")),
        ("ytd", ("2026-01-01", "2026-11-22")),
        ("so far this year", ("2026-01-01", "2026-11-22")),
        ("mtd", ("2026-11-01", "2026-11-22")),
        ("year to date", ("2026-01-01", "2026-11-22")),
        ("lately", ("2026-10-24", "2026-11-22")),
        ("2 weeks ago", ("2026-11-08", "2026-11-22")),
    ],
)
def test_a_question_about_use_looks_back(text: str, expected: tuple[str, str]) -> None:
    assert span(text, Looking.BACK) == expected


@pytest.mark.parametrize(
    "text",
    ["", "every friday", "each month", "weekly", "by 7am", "3am", "since the shortage", "before night shift", "31/31",
     "february 30th 2026", "icu", "2x14", "the", "between midnight and 7", "9999999999 days ago and more"],
)  # fmt: skip
def test_what_recurs_or_names_no_days_is_no_window(text: str) -> None:
    assert span(text, Looking.AHEAD) is None
    assert span(text, Looking.BACK) is None


def test_the_label_is_what_was_said() -> None:
    window = window_of("  next   Two weeks ", today=TODAY, looking=Looking.AHEAD)
    assert window is not None
    assert window.label == "next Two weeks"


def test_the_last_day_of_february_is_a_month_from_the_end_of_january() -> None:
    assert span("past month", Looking.BACK, today=date(2027, 3, 31)) == ("2027-03-01", "2027-03-31")
    assert span("a month", Looking.AHEAD, today=date(2027, 1, 31)) == ("2027-01-31", "2027-02-28")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("what expires next week in ICU", "next week"),
        ("anything lapsing in the next 30 days on 5 north?", "in the next 30 days"),
        ("what in cath lab goes out of date by friday", "by friday"),
        ("how many did ED use since august", "since august"),
        ("used between june and august please", "between june and august"),
        ("use of foleys in october", "in october"),
    ],
)
def test_a_window_is_found_inside_a_sentence(text: str, label: str) -> None:
    window = window_in(text, today=TODAY, looking=Looking.BACK)
    assert window is not None
    assert window.label == label


@pytest.mark.parametrize(
    "text",
    [
        "gauze 4 by 3/4 in ED",
        "catheters from 12 to 16 french",
        "this one",
        "where are the 7.5 gloves",
        "in ICU",
    ],
)
def test_sizes_and_places_are_no_windows(text: str) -> None:
    assert window_in(text, today=TODAY, looking=Looking.AHEAD) is None


_DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2150, 12, 31))
_SAID = (
    "last next this past in within since until by before between and to from the of today friday month week quarter year "
    "days two 30 90 march may october 15th 11/30 2/29 29 february fy24 q3 q1 ytd christmas weekend end couple few a half "
    "2026 2028 - , fortnight ago every summer winter labor day tomorrow seventy five hundred"
)
_WORDS = st.sampled_from(_SAID.split())


@given(st.lists(_WORDS, max_size=7), _DAYS, st.sampled_from(Looking))
def test_any_words_give_a_window_in_order_or_none(words: list[str], today: date, looking: Looking) -> None:
    text = " ".join(words)
    for window in (
        window_of(text, today=today, looking=looking),
        window_in(text, today=today, looking=looking),
    ):
        if window is not None:
            assert window.start <= window.end


@given(st.text(max_size=80), _DAYS, st.sampled_from(Looking))
def test_any_text_at_all_is_survived(text: str, today: date, looking: Looking) -> None:
    window_of(text, today=today, looking=looking)
    window_in(text, today=today, looking=looking)


@given(st.integers(min_value=1, max_value=2000), _DAYS)
def test_the_last_so_many_days_are_exactly_so_many_and_end_today(count: int, today: date) -> None:
    window = window_of(f"last {count} days", today=today, looking=Looking.BACK)
    assert window is not None
    assert (window.end, window.days) == (today, count)


@given(st.integers(min_value=1, max_value=2000), _DAYS)
def test_within_so_many_days_reaches_the_last_of_them(count: int, today: date) -> None:
    window = window_of(f"within {count} days", today=today, looking=Looking.AHEAD)
    assert window is not None
    assert (window.start, window.end) == (today, today + timedelta(days=count))


@given(_DAYS, st.sampled_from(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]))
def test_a_weekday_is_within_a_week_on_the_side_that_is_looked_to(today: date, weekday: str) -> None:
    ahead = window_of(weekday, today=today, looking=Looking.AHEAD)
    back = window_of(weekday, today=today, looking=Looking.BACK)
    assert ahead is not None
    assert back is not None
    assert 0 <= (ahead.start - today).days < 7
    assert 0 <= (today - back.start).days < 7
