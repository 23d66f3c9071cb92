"""What people write and say, in one form."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.model.wording import LONGEST_TEXT, normalise, number_of, singular, worded


@pytest.mark.parametrize(
    ("said", "normal"),
    [
        ("I C U", "icu"),
        ("i.c.u.", "icu"),
        ("o r three", "or 3"),
        ("e t tubes", "et tubes"),
        ("L and D", "l&d"),
        ("l & d", "l&d"),
        ("L&D", "l&d"),
        ("thirty six french", "36 french"),
        ("twenty-two", "22"),
        ("seven and a half", "7.5"),
        ("7 1/2", "7.5"),
        ("7½", "7.5"),
        ("four oh monocryl", "4-0 monocryl"),
        ("3 O silk", "3-0 silk"),
        ("point oh three five", "0.035"),
        ("two point five by eighteen", "2.5 x 18"),
        ("eight point oh", "8.0"),
        ("n ninety fives", "n95"),
        ("N95s", "n95"),
        ("d five w two fifty", "d5w 250"),
        ("j four seven two h", "j472h"),
        ("four oh nine dash two", "409-2"),
        ("eighteen sixty", "1860"),
        ("two hundred and five", "205"),
        ("four by fours", "4 x 4"),
        ("half inch", "1/2 inch"),
        ("pre-op", "pre op"),
        ("14-gauge", "14 gauge"),
        ("PO-77120", "po-77120"),
        ("coudé", "coude"),
        ("Kelly's", "kelly"),
        ("1,000 boxes", "1000 boxes"),
        ("5 mm × 20 cm", "5 mm x 20 cm"),
        ("i need a c arm drape", "i need a c arm drape"),
        ("a l m a", "a lma"),
        ("two sixteen french", "2 16 french"),
        ("", ""),
    ],
)
def test_the_normal_form(said: str, normal: str) -> None:
    assert normalise(said) == normal


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("22", "22"),
        ("twenty two", "22"),
        ("a dozen", "12"),
        ("half a dozen", "6"),
        ("two dozen", "24"),
        ("half", "0.5"),
        ("7½", "7.5"),
        ("x3", "3"),
        ("3x", "3"),
        ("zero", "0"),
        ("a couple", "2"),
        ("one hundred", "100"),
        ("a hundred", "100"),
        ("1,200", "1200"),
        ("0.5", "0.5"),
        ("-3", "-3"),
        ("exactly ten", "10"),
    ],
)
def test_a_quantity_is_read_from_figures_and_words(text: str, number: str) -> None:
    assert number_of(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "all", "a box", "some", "3-0", "OR 3", "1/0", "four oh", "ten boxes", "🙂"]
)
def test_what_names_no_quantity_is_none(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("boxes", "box"),
        ("batteries", "battery"),
        ("catheters", "catheter"),
        ("piccs", "picc"),
        ("ivs", "iv"),
        ("glass", "glass"),
        ("pds", "pds"),
        ("pelvis", "pelvis"),
        ("pouches", "pouch"),
        ("valves", "valve"),
        ("box", "box"),
    ],
)
def test_plurals_become_one_of_it(many: str, one: str) -> None:
    assert singular(many) == one


def test_tokens_point_into_the_text_as_it_was_written() -> None:
    text = "The I C U needs twenty two new ½-inch drains"
    wording = worded(text)
    assert [(token.text, text[token.start : token.end]) for token in wording.tokens] == [
        ("the", "The"),
        ("icu", "I C U"),
        ("needs", "needs"),
        ("22", "twenty two"),
        ("new", "new"),
        ("1/2", "½"),
        ("inch", "inch"),
        ("drains", "drains"),
    ]


def test_a_part_of_the_normal_text_leads_back_to_what_it_was_made_of() -> None:
    text = "o r three shelf b"
    wording = worded(text)
    start, end = wording.span(wording.text.index("or 3"), len("or 3"))
    assert text[start:end] == "o r three"


def test_a_pasted_page_is_read_to_its_limit_only() -> None:
    assert len(worded("word " * 10_000).text) <= LONGEST_TEXT


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE item; --", "<b>*x*</b>", "\x00\x1d", "ﬁ ㎜ ٣ ½½½", "-", "&", '"', "#", "...."]
)
def test_odd_text_is_read_without_an_error(text: str) -> None:
    wording = worded(text)
    assert all(0 <= token.start < token.end <= len(text) for token in wording.tokens)
