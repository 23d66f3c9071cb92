"""A typed answer picks a button only where it says nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.dialogue.picking import picked


@dataclass(frozen=True, slots=True)
class Button:
    label: str


PERIODS = [Button("Last week"), Button("Last month"), Button("This quarter"), Button("Next 10 of 50")]
SIZES = [Button("16 Fr silicone"), Button("18 Fr silicone"), Button("18 Fr latex")]


@pytest.mark.parametrize(
    "text",
    [
        "waste by department this quarter",
        "what expires this quarter",
        "top 50 items in ICU",
        "top items by cost",
    ],
)
def test_a_question_of_its_own_presses_no_button_that_shares_a_period_or_figure(text: str) -> None:
    assert picked(text, options=PERIODS) is None


@pytest.mark.parametrize(
    ("text", "label"),
    [("this quarter", "This quarter"), ("the quarter please", "This quarter"), ("last month", "Last month")],
)
def test_a_period_alone_is_the_button(text: str, label: str) -> None:
    assert picked(text, options=PERIODS) == Button(label)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("16 french", "16 Fr silicone"),
        ("the 18 fr latex one", "18 Fr latex"),
        ("16 fr silicone", "16 Fr silicone"),
    ],
)
def test_a_size_is_picked_however_it_is_written(text: str, label: str) -> None:
    assert picked(text, options=SIZES) == Button(label)


@pytest.mark.parametrize(
    ("text", "label"),
    [("the second one", "18 Fr silicone"), ("3", "18 Fr latex"), ("top one", "16 Fr silicone")],
)
def test_a_place_in_the_row_is_picked(text: str, label: str) -> None:
    assert picked(text, options=SIZES) == Button(label)
