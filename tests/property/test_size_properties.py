"""Sizes: what was written canonically is read back, and nothing that is typed makes the reader fail."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.model.size import AGES, LETTERS, Measure, Size, SizeMatch, Unit, parse_sizes
from domain.model.wording import number_of, singular, worded

figures = st.one_of(
    st.integers(min_value=1, max_value=9999).map(Decimal),
    st.decimals(
        min_value=Decimal("0.01"), max_value=Decimal("999"), places=2, allow_nan=False, allow_infinity=False
    ),
)
chained_units = st.sampled_from(
    [
        Unit.FRENCH,
        Unit.GAUGE,
        Unit.MILLIMETRE,
        Unit.CENTIMETRE,
        Unit.INCH,
        Unit.FOOT,
        Unit.YARD,
        Unit.MILLILITRE,
    ]
)
lone_units = st.sampled_from(
    [
        unit
        for unit in Unit
        if unit not in (Unit.NONE, Unit.SUTURE, Unit.LETTER, Unit.AGE, Unit.PERCENT, Unit.GRAM)
    ]
)
single = st.one_of(
    st.builds(Measure, figures),
    st.builds(Measure, figures, lone_units),
    st.builds(Measure, figures, st.just(Unit.GRAM)),
    st.builds(Measure, figures, st.just(Unit.PERCENT)),
    st.builds(Measure, st.integers(2, 12).map(Decimal), st.just(Unit.SUTURE)),
    st.builds(Measure, st.integers(0, len(LETTERS) - 1).map(Decimal), st.just(Unit.LETTER)),
    st.builds(Measure, st.integers(0, len(AGES) - 1).map(Decimal), st.just(Unit.AGE)),
).map(lambda measure: Size((measure,)))
chains = st.one_of(
    st.lists(st.builds(Measure, figures), min_size=2, max_size=3),
    st.lists(st.builds(Measure, figures, chained_units), min_size=2, max_size=3),
).map(lambda measures: Size(tuple(measures)))
sizes = st.one_of(single, chains)
scraps = st.sampled_from(
    ["7", "1/2", "½", " ", "x", "by", "-0", "oh", "point", "fr", '"', "mm", "#", ".", "/", "0", "i", "c", "u", "and",
     "a", "half", "twenty", "hundred", "XL", "g", "%", ",", "&", "'s", "🙂", "\n"]
)  # fmt: skip
typed = st.one_of(
    st.text(max_size=60),
    st.lists(scraps, max_size=14).map(" ".join),
    st.lists(scraps, max_size=14).map("".join),
)


@given(sizes)
def test_the_canonical_text_of_a_size_reads_as_that_size(size: Size) -> None:
    assert parse_sizes(size.text) == (size,)


@given(sizes)
def test_a_size_matches_itself_fully(size: Size) -> None:
    assert size.matches(size) is SizeMatch.FULL


@given(sizes, sizes)
def test_matching_is_symmetric(one: Size, other: Size) -> None:
    assert one.matches(other) is other.matches(one)


@given(typed)
def test_any_text_is_read_and_every_span_lies_inside_it(text: str) -> None:
    for size in parse_sizes(text):
        assert 0 <= size.start < size.end <= len(text)
        assert size.measures
    for token in worded(text).tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert token.text


@given(typed)
def test_any_text_is_a_quantity_or_none(text: str) -> None:
    number = number_of(text)
    assert number is None or number.is_finite()


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=20))
def test_singular_is_settled_after_the_plural_ending_is_gone(word: str) -> None:
    assert word.startswith(singular(word)[:-1])


@given(st.integers(min_value=0, max_value=999))
def test_a_number_said_in_words_is_the_number(number: int) -> None:
    units = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]  # fmt: skip
    tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

    def said(value: int) -> str:
        if value < 20:
            return units[value]
        if value < 100:
            return tens[value // 10] + (f" {units[value % 10]}" if value % 10 else "")
        return f"{units[value // 100]} hundred" + (f" and {said(value % 100)}" if value % 100 else "")

    assert number_of(said(number)) == number
