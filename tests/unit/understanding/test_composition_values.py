"""Amounts, units, sizes, codes, places and times, each from its own words."""

from __future__ import annotations

from datetime import date, time
from fractions import Fraction

import pytest

from bot.understanding.amounts import Amount, AmountKind, PackUnit, amount_of, figure_of, unit_of
from bot.understanding.values import (
    Grouping,
    code_value,
    company_of,
    grouping_of,
    patient_of,
    person_of,
    size_of,
    spot_of,
    thing_of,
)
from bot.understanding.whens import Every, when_of, whole_window
from bot.understanding.windows import Looking

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", "2"), ("x2", "2"), ("x 2", "2"), ("qty 6", "6"), ("1,240", "1240"), ("twenty two", "22"), ("twenty-two", "22"),
        ("two hundred", "200"), ("one hundred twenty", "120"), ("half", "1/2"), ("1/3", "1/3"), ("a third", "1/3"),
        ("two thirds", "2/3"), ("three quarters", "3/4"), ("2 1/2", "5/2"), ("2½", "5/2"), ("one and a half", "3/2"), ("0.5", "1/2"),
        ("half a dozen", "6"), ("two dozen", "24"), ("a dozen", "12"), ("a couple", "2"), ("zero", "0"), ("0", "0"), ("six", "6"),
        ("5 more", "5"),
    ],
)  # fmt: skip
def test_a_figure_is_exact(text: str, number: str) -> None:
    assert figure_of(text) == Fraction(number)


@pytest.mark.parametrize("text", ["", "of", "x", "-3", "1/0", "umpteen", "box", "all", "2-3", "9" * 90])
def test_what_is_no_figure_is_none(text: str) -> None:
    assert amount_of(text) is None or figure_of(text) is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2-3", Amount(Fraction(2), kind=AmountKind.RANGE, high=Fraction(3))),
        ("two or three", Amount(Fraction(2), kind=AmountKind.RANGE, high=Fraction(3))),
        ("between 2 and 4", Amount(Fraction(2), kind=AmountKind.RANGE, high=Fraction(4))),
        ("six to eight", Amount(Fraction(6), kind=AmountKind.RANGE, high=Fraction(8))),
        ("about ten", Amount(Fraction(10), about=True)),
        ("10 or so", Amount(Fraction(10), about=True)),
        ("all", Amount(None, kind=AmountKind.ALL)),
        ("all 12", Amount(Fraction(12))),
        ("the rest", Amount(None, kind=AmountKind.REST)),
        ("the last one", Amount(Fraction(1), kind=AmountKind.LAST)),
        ("last two", Amount(Fraction(2), kind=AmountKind.LAST)),
        ("a few", Amount(None, kind=AmountKind.VAGUE)),
    ],
)
def test_other_ways_of_saying_how_much_are_kept_apart(text: str, amount: Amount) -> None:
    assert amount_of(text) == amount


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("boxes", PackUnit.BOX), ("bxs", PackUnit.BOX), ("BX", PackUnit.BOX), ("cs", PackUnit.CASE), ("eaches", PackUnit.EACH),
        ("ea", PackUnit.EACH), ("inner pack", PackUnit.INNER_PACK), ("pr", PackUnit.PAIR), ("Vials", PackUnit.VIAL),
        ("pcs", PackUnit.EACH), ("pkgs", PackUnit.PACK), ("units", PackUnit.EACH), ("bottles of", PackUnit.BOTTLE),
    ],
)  # fmt: skip
def test_units_have_one_form(text: str, unit: PackUnit) -> None:
    assert unit_of(text) is unit


def test_a_unit_that_nobody_packs_in_is_none() -> None:
    assert unit_of("crates") is None


@pytest.mark.parametrize(
    ("spoken", "typed"),
    [
        ("three oh", "3-0"), ("two oh", "2-0"), ("sixteen french", "16 Fr"), ("seven and a half", "7 1/2"), ("six point five", "6.5"),
        ("point oh three five", "0.035"), ("four by four", "4x4"), ("three five by fourteen", "3.5 x 14"), ("three five", "3.5"),
        ("twenty two gauge", "22ga"), ("five millimeter", "5 mm"), ("size ten", "#10"), ("medium", "M"), ("ten cc", "10 mL"),
        ("four hole", "4-hole"), ("half by three", "1/2 x 3"),
    ],
)  # fmt: skip
def test_a_size_is_the_same_said_or_written(spoken: str, typed: str) -> None:
    assert size_of(spoken) == size_of(typed)


def test_a_size_in_words_of_its_own_holds_no_figure() -> None:
    assert size_of("6-hole").sizes == ()
    assert size_of("left").normal == "left"
    assert size_of("3:1").sizes == ()


@pytest.mark.parametrize(
    ("spoken", "typed"),
    [
        ("c nine nine one", "C-991"), ("a b four four one", "AB441"), ("two two b four one", "22B41"), ("o m eleven", "OM-11"),
        ("two four dash one one eight seven", "24-1187"), ("five five oh one", "5501"), ("lot q q one", "QQ1"),
    ],
)  # fmt: skip
def test_a_code_is_the_same_spelled_or_written(spoken: str, typed: str) -> None:
    assert code_value(spoken) == code_value(typed)


def test_a_code_is_looked_up_in_every_spelling() -> None:
    assert code_value("c nine nine one", prefix="C").candidates == ("C991", "C-991", "991")
    assert code_value("4417", prefix="C").candidates == ("4417", "C-4417", "C4417")


@pytest.mark.parametrize(
    ("spoken", "typed"),
    [
        ("o r three", "OR 3"), ("i c u", "ICU"), ("pack you", "PACU"), ("p a c u", "PACU"), ("e d", "ED"), ("i see you two", "ICU 2"),
        ("l and d", "L&D"), ("labor and delivery", "L&D"), ("four west", "4 West"), ("three w", "3W"), ("bin a four", "bin A4"),
        ("see arm", "C arm"), ("pre op", "pre-op"),
    ],
)  # fmt: skip
def test_a_place_is_the_same_said_or_written(spoken: str, typed: str) -> None:
    assert spot_of(spoken) == spot_of(typed)


def test_people_companies_and_things_compare_by_their_names() -> None:
    assert person_of("doctor patel") == person_of("Dr. Patel")
    assert company_of("b d") == company_of("BD")
    assert company_of("Smith & Nephew") == company_of("smith and nephew")
    assert thing_of("n ninety fives") == thing_of("N95s")
    assert patient_of("e two oh nine three one") == patient_of("E-20931")
    assert (grouping_of("vendors"), grouping_of("per quarter"), grouping_of("moon")) == (
        Grouping.SUPPLIER,
        Grouping.QUARTER,
        None,
    )


@pytest.mark.parametrize(
    ("text", "looking", "first", "last"),
    [
        ("q3", Looking.BACK, "2026-07-01", "2026-09-30"),
        ("fy25", Looking.BACK, "2025-01-01", "2025-12-31"),
        ("q2 fy25", Looking.BACK, "2025-04-01", "2025-06-30"),
        ("past 90 days", Looking.BACK, "2026-08-25", "2026-11-22"),
        ("last nite", Looking.BACK, "2026-11-21", "2026-11-21"),
        ("this yr", Looking.BACK, "2026-01-01", "2026-11-22"),
        ("week 32", Looking.BACK, "2026-08-03", "2026-08-09"),
        ("week 2", Looking.AHEAD, "2027-01-11", "2027-01-17"),
        ("jan-jun", Looking.BACK, "2026-01-01", "2026-06-30"),
        ("11/1-11/15", Looking.BACK, "2026-11-01", "2026-11-15"),
        ("since labor day", Looking.BACK, "2026-09-07", "2026-11-22"),
        ("before the fiscal year ends", Looking.AHEAD, "2026-11-22", "2026-12-30"),
        ("next friday", Looking.AHEAD, "2026-11-27", "2026-11-27"),
        ("last tuesday", Looking.BACK, "2026-11-17", "2026-11-17"),
        ("between thanksgiving and new year", Looking.AHEAD, "2026-11-26", "2027-01-01"),
    ],
)
def test_windows_of_every_form_are_days(text: str, looking: Looking, first: str, last: str) -> None:
    when = when_of(text, today=TODAY, looking=looking)
    assert (str(when.first), str(when.last)) == (first, last)
    assert not when.rough


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("every friday", Every("week", 4)), ("each morning", Every("day", part="morning")), ("every shift", Every("shift")),
        ("weekly", Every("week")), ("weekends", Every("weekend")), ("every monday morning", Every("week", 0, "morning")),
    ],
)  # fmt: skip
def test_recurrences_are_typed(text: str, every: Every) -> None:
    when = when_of(text, today=TODAY, looking=Looking.AHEAD)
    assert when.every == every
    assert when.window is None


@pytest.mark.parametrize(
    ("text", "day", "hour"),
    [
        ("by 7am", TODAY, time(7)), ("by seven am", TODAY, time(7)), ("before noon", TODAY, time(12)), ("by 0300", TODAY, time(3)),
        ("1 pm", TODAY, time(13)), ("since seven this morning", TODAY, time(7)), ("tuesday 3pm", date(2026, 11, 24), time(15)),
        ("noon tomorrow", date(2026, 11, 23), time(12)),
    ],
)  # fmt: skip
def test_hours_are_typed(text: str, day: date, hour: time) -> None:
    when = when_of(text, today=TODAY, looking=Looking.AHEAD)
    assert (when.last, when.hour) == (day, hour)


@pytest.mark.parametrize(
    ("text", "last", "rough"),
    [
        ("03/27", "2027-03-31", False),
        ("11/25", "2025-11-30", True),  # over for a year, or in three days
        ("2028-01", "2028-01-31", False),
        ("11/30/26", "2026-11-30", False),
        ("12/31", "2031-12-31", True),
        ("june 2027", "2027-06-30", False),
    ],
)
def test_an_expiry_date_is_read_as_labels_print_it(text: str, last: str, rough: bool) -> None:
    when = when_of(text, today=TODAY, looking=Looking.AHEAD, expiry=True)
    assert (str(when.last), when.rough) == (last, rough)


@pytest.mark.parametrize(
    "text", ["since go-live", "until hell freezes", "", "-", "99/99", "week 99", "25:99"]
)
def test_words_that_name_no_time_are_not_read(text: str) -> None:
    assert not when_of(text, today=TODAY, looking=Looking.AHEAD).known


def test_a_window_takes_the_word_before_it_that_its_label_left_outside() -> None:
    text = "used since august in ED"
    assert whole_window(text, start=11, end=17) == "since august"
