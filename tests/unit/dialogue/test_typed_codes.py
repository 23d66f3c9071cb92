"""Codes typed in a message, and what only looks like one."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue.photo.seen import typed_codes
from domain.errors import InvalidIdentifier

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "text",
    [
        "where is the foley (16) french?",
        "used foleys (16) for C-991",
        "gloves (75) pairs",
        "call (555) 1234567",
        "are there (20) foleys left",
        "foleys (10) and gloves (20)",
        "moved (12) to ED",
        "order PO (4500) now",
        "foley (10) 16 fr",
        "what is (01) ?",
        "used 3 (30)each of these",
    ],
)
def test_a_figure_in_brackets_is_no_code(text: str) -> None:
    assert typed_codes(text, today=TODAY) is None


@pytest.mark.parametrize(
    ("text", "lot"),
    [
        ("(10)8J2210", "8J2210"),
        ("used 1 of (17)270101(10)A12B", "A12B"),
        ("(17) 270101 (10) A12B", "A12B"),
        ("used 1 of (01) 00614141999996 (10) AB12", "AB12"),
    ],
)
def test_elements_in_brackets_are_a_code(text: str, lot: str) -> None:
    typed = typed_codes(text, today=TODAY)
    assert typed is not None
    assert [label.lot for label in typed.labels] == [lot]


def test_a_products_code_that_is_mistyped_is_said() -> None:
    with pytest.raises(InvalidIdentifier, match="check digit"):
        typed_codes("used 1 of (01)00614141999995", today=TODAY)
