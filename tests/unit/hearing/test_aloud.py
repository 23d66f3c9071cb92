"""What is read aloud is short, has the fact first, and says codes one by one."""

from __future__ import annotations

import pytest

from bot.views.aloud import LONGEST, aloud, singly


def test_the_fact_comes_first_and_what_was_heard_is_not_repeated() -> None:
    text = "I heard: “where are the gloves?”.\n*Biogel 7.5*: 12 pair on OR Core › Shelf 3\nAlso in the ED.\nAs of Sunday."
    assert aloud(text) == "Biogel 7.5: 12 pair on OR Core, Shelf 3. Also in the ED."


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Use 2 × Foley catheter 16 Fr", "Use 2 of Foley catheter 16 French."),
        ("lot 8J2210", "lot 8 J 2 2 1 0."),
        ("for case C-1001", "for case C 1 0 0 1."),
        ("Vicryl 4-0", "Vicryl 4 oh."),
        ("30–90 days", "30 to 90 days."),
        (":warning: none left", "none left."),
        ("10 mL", "10 millilitres."),
        ("12 in stock", "12 in stock."),
    ],
)
def test_signs_and_codes_are_said_as_an_ear_follows_them(written: str, spoken: str) -> None:
    assert aloud(written) == spoken


def test_an_action_is_read_back_with_how_it_is_confirmed() -> None:
    text = "Use 2 × Foley catheter 16 Fr\nFrom ICU › Cart 2\nLot 8J2210\nFor case C-1001\nConfirm?"
    said = aloud(text, action=True)
    assert said.startswith(
        "Use 2 of Foley catheter 16 French. From ICU, Cart 2. Lot 8 J 2 2 1 0. For case C 1 0 0 1."
    )
    assert said.endswith("Say yes to confirm, or no.")


def test_a_question_below_the_fact_is_heard() -> None:
    assert aloud("Use 3 × tegaderm\nFrom ICU\nWhich tegaderm?\n1. small") == (
        "Use 3 of tegaderm. From ICU. Which tegaderm?"
    )


def test_a_long_answer_ends_with_a_sentence() -> None:
    said = aloud(
        "\n".join(f"Shelf {n} has some of what you asked for and a little more" for n in range(40)),
        action=False,
    )
    assert len(said) <= LONGEST + 1
    assert said.endswith(".")


def test_nothing_to_say_is_silence() -> None:
    assert aloud(":thumbsup:") == ""


def test_a_code_is_spelled() -> None:
    assert singly("PO-10482") == "P O 1 0 4 8 2"
