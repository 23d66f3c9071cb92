"""Where words begin and end: what the bot builds its values on."""

from __future__ import annotations

from itertools import pairwise

import pytest

from components.words import split_words

SPLITS = [
    ("any 7.5 gloves?", ["any", "7.5", "gloves", "?"]),
    ("have a 3-0 and a 4-0", ["have", "a", "3-0", "and", "a", "4-0"]),
    ("16fr foley, 18ga needle", ["16fr", "foley", ",", "18ga", "needle"]),
    ("4x4 gauze", ["4x4", "gauze"]),
    ("3.0x18 stent", ["3.0x18", "stent"]),
    (".035 wire", [".035", "wire"]),
    ("o r 3", ["o", "r", "3"]),
    ("case C-991.", ["case", "C-991", "."]),
    ("PO-77120, PO #4471", ["PO-77120", ",", "PO", "#", "4471"]),
    ("LOT-5502", ["LOT-5502"]),
    ("lot D22-0417-003", ["lot", "D22-0417-003"]),
    ("in ICU?", ["in", "ICU", "?"]),
    ("L&D", ["L&D"]),
    ("ED->ICU, ED/ICU", ["ED", "-", ">", "ICU", ",", "ED", "/", "ICU"]),
    ("½ box, 7½ gloves, 7 1/2", ["½", "box", ",", "7½", "gloves", ",", "7", "1/2"]),
    ("exp 12/31", ["exp", "12/31"]),
    ("by 7:30", ["by", "7:30"]),
    ("foley x2, x 2, 2x", ["foley", "x", "2", ",", "x", "2", ",", "2", "x"]),
    ("10boxes", ["10", "boxes"]),
    ("tomorrow's cases", ["tomorrow", "'s", "cases"]),
    ("Dr. O'Brien can't", ["Dr", ".", "O'Brien", "can't"]),
    ("thanks 🙏🏽", ["thanks", "🙏", "🏽"]),
    ("naïve café 手套", ["naïve", "café", "手套"]),
    ("<@U123> hi", ["<", "@", "U123", ">", "hi"]),
    ("", []),
    (" \n\t ", []),
]


@pytest.mark.parametrize(("text", "words"), SPLITS)
def test_a_text_is_split_where_people_would_split_it(text: str, words: list[str]) -> None:
    assert [word.text for word in split_words(text)] == words


@pytest.mark.parametrize("text", [text for text, _ in SPLITS] + ["  leading\u00a0and trailing  ", "a\u200bb _x_ --"])
def test_every_character_but_white_space_is_in_exactly_one_word(text: str) -> None:
    words = split_words(text)
    assert "".join(word.text for word in words) == "".join(text.split())
    assert all(text[word.start : word.end] == word.text for word in words)
    assert all(left.end <= right.start for left, right in pairwise(words))


def test_a_very_long_text_is_split_too() -> None:
    assert len(split_words("x1-" * 5000 + " end")) >= 2
