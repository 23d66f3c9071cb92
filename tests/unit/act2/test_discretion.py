"""Advice for who typed a patient's number where others read; for nobody else."""

from __future__ import annotations

import pytest

from bot.letters import Letter
from bot.listeners.discretion import ADVICE, advice
from domain.model.patient_text import Formats, patient_numbers


def letter(text: str, *, channel: str = "C1", kind: str = "message") -> Letter:
    return Letter("msg:1", kind, {"text": text, "channel": channel})


def test_a_number_in_a_channel_or_group_gets_advice_that_does_not_repeat_it() -> None:
    for channel in ("C0SUPPLY01", "G012"):
        told = advice(letter("used 2 foleys for MRN 6120045", channel=channel))
        assert told is not None
        assert told.text == ADVICE
    assert "6120045" not in ADVICE
    assert patient_numbers(ADVICE) == ()


@pytest.mark.parametrize(
    ("text", "channel", "kind"),
    [
        ("used 2 foleys for MRN 6120045", "D1", "message"),
        ("used 2 foleys for MRN 6120045", "C1", "command"),
        ("used 2 foleys for C-991", "C1", "message"),
        ("", "C1", "message"),
        ("MRN 6120045", "C1", "home"),
    ],
)
def test_nobody_else_is_bothered(text: str, channel: str, kind: str) -> None:
    assert advice(letter(text, channel=channel, kind=kind)) is None


def test_the_hospitals_own_form_counts_too() -> None:
    assert advice(letter("two drains KX1234"), formats=Formats(("K@####",))) is not None
