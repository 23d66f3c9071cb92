"""Sizes as people write and say them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.model.size import Dimension, Measure, Size, SizeMatch, Unit, parse_sizes


def only(text: str) -> Size:
    sizes = parse_sizes(text)
    assert len(sizes) == 1, [size.text for size in sizes]
    return sizes[0]


@pytest.mark.parametrize(
    ("canonical", "writings"),
    [
        ("7.5", ["7.5", "7 1/2", "7½", "7-1/2", "seven and a half", "seven point five", "7.50", "size 7.5"]),
        (
            "16 Fr",
            ["16 fr", "16F", "16 French", "sixteen french", "Fr 16", "16Ch", "16-French", "16 fr.", "FR16"],
        ),
        ("18 ga", ["18ga", "18g", "18 gauge", "eighteen gauge", "18-gauge", "18G", "gauge 18"]),
        ("3-0", ["3-0", "3/0", "000", "three oh", "3 O", "three dash oh", "#3-0"]),
        ("11-0", ["11-0", "11/0", "eleven oh"]),
        ("1", ["#1", "1", "one"]),
        ("0", ["0", "zero", "1-0", "1/0"]),
        ("4 x 4", ["4x4", "4 x 4", "four by four", "4X4", "4 by 4", "4×4", "4x4s"]),
        ("4 in x 4 in", ['4"x4"', "4 in x 4 in", "4 x 4 in", "4x4 inch", "four by four inches"]),
        ("5 mm x 20 cm", ["5 mm x 20 cm", "5mmx20cm", "5 mm X 20cm", "5 millimeter by 20 centimeter"]),
        ("10 mL", ["10 mL", "10cc", "10 ml", "ten cc", "10 milliliters", "10mls"]),
        ("0.035", ["0.035", ".035", "point oh three five", "zero point oh three five"]),
        ("0.035 in", ['.035"', "0.035 in", "0.035 inch"]),
        ("0.5 in", ["1/2 inch", "half inch", '1/2"', "½ in", "one half inch"]),
        ("1.5 in", ["1 1/2 in", "1.5 inch", "1½ in", "one and a half inches"]),
        ("XL", ["XL", "extra large", "x-large", "X Large", "xl"]),
        ("2XL", ["2XL", "XXL", "xx-large", "2X"]),
        ("M", ["M", "medium", "med"]),
        ("pediatric", ["peds", "Pediatric", "paediatric", "child"]),
        ("neonatal", ["neonatal", "neonate", "newborn"]),
        ("3 x 18", ["3.0 x 18", "3x18", "three by eighteen", "three point oh by eighteen"]),
        ("18 ga x 1.16 in", ["18 ga x 1.16 in", "18g x 1.16in", "18 gauge by 1.16 inch"]),
        ("1 L", ["1L", "one liter", "1 litre"]),
        ("0.9%", ["0.9%", "point nine percent", "0.9 percent"]),
        ("2 gram", ["2 g", "2 grams", "2gm"]),
    ],
)
def test_every_notation_of_a_size_reads_as_the_same_value(canonical: str, writings: list[str]) -> None:
    assert [only(writing).text for writing in writings] == [canonical] * len(writings)


@pytest.mark.parametrize(
    "text",
    ["", "OR", "C-991", "408-119", "J472H", "3M", "DYNJ0191", "med surg", "small bowel", "large bore", "L&D", "x",
     "3-way stopcock", "1/0/0", "x x x", "2-pack"],
)  # fmt: skip
def test_what_only_looks_like_a_size_is_none(text: str) -> None:
    assert parse_sizes(text) == ()


def test_spans_point_into_the_text_as_it_was_written() -> None:
    text = "need sixteen french foleys with 10cc balloon, 7½ gloves"
    assert [(size.text, text[size.start : size.end]) for size in parse_sizes(text)] == [
        ("16 Fr", "sixteen french"),
        ("10 mL", "10cc"),
        ("7.5", "7½"),
    ]


def test_a_unit_at_the_end_of_a_chain_is_meant_for_all_of_it() -> None:
    assert only("10x15cm").measures == (
        Measure(Decimal(10), Unit.CENTIMETRE),
        Measure(Decimal(15), Unit.CENTIMETRE),
    )


def test_a_range_of_a_balloon_keeps_both_ends() -> None:
    assert only("12-15 mm").text == "12 mm x 15 mm"


@pytest.mark.parametrize(
    ("text", "unit"), [("16g", Unit.GAUGE), ("2 g", Unit.GRAM), ("500 g", Unit.GRAM), ("25g", Unit.GAUGE)]
)
def test_a_lone_g_is_a_gauge_only_in_the_range_of_needles(text: str, unit: Unit) -> None:
    assert only(text).measures[0].unit is unit


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ("7.5", "7 1/2", SizeMatch.FULL),
        ("7.5", "7.0", SizeMatch.NONE),
        ("7.5", "75", SizeMatch.NONE),
        ("5 mm x 20 cm", "0.5 cm x 200 mm", SizeMatch.FULL),
        ("10 mL", "0.01 L", SizeMatch.FULL),
        ("16", "16 Fr", SizeMatch.BARE),
        ("16 ga", "16 Fr", SizeMatch.NONE),
        ("4x4", "4 in x 4 in", SizeMatch.BARE),
        ("4x4", "4 cm x 4 cm", SizeMatch.BARE),
        ("3.0 x 18", "3 mm x 18 mm", SizeMatch.BARE),
        ("18 ga", "18 ga x 1.16 in", SizeMatch.PART),
        ("18", "18 ga x 1.16 in", SizeMatch.BARE),
        ("6 in x 4 in", "4 in x 6 in", SizeMatch.PART),
        ("3-0", "3-0", SizeMatch.FULL),
        ("3-0", "3", SizeMatch.BARE),
        ("3-0", "3 mm", SizeMatch.NONE),
        ("M", "L", SizeMatch.NONE),
        ("M", "4", SizeMatch.NONE),
        ("adult", "pediatric", SizeMatch.NONE),
    ],
)
def test_sizes_match_as_far_as_they_say_the_same(one: str, other: str, match: SizeMatch) -> None:
    assert only(one).matches(only(other)) is match
    assert only(other).matches(only(one)) is match


def test_families_sort_from_small_to_large_and_sutures_from_fine_to_coarse() -> None:
    written = ["2", "0", "3-0", "11-0", "1", "4-0"]
    assert sorted(written, key=lambda text: only(text).sort_key) == ["11-0", "4-0", "3-0", "0", "1", "2"]
    assert sorted(["XL", "S", "L", "M"], key=lambda text: only(text).sort_key) == ["S", "M", "L", "XL"]
    assert sorted(["1 in", "2 cm", "5 mm"], key=lambda text: only(text).sort_key) == ["5 mm", "2 cm", "1 in"]


def test_a_size_knows_what_it_measures() -> None:
    assert only("18 ga x 1 in").dimensions == {Dimension.GAUGE, Dimension.LENGTH}


def test_very_long_figures_are_no_sizes() -> None:
    assert parse_sizes("9" * 400) == ()
