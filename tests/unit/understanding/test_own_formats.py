"""The hospital's own forms of patients' numbers, hidden wherever a message is read."""

from __future__ import annotations

from bot.dialogue.acting.filling import clean_reason
from bot.understanding.heard import discreet, marked
from bot.understanding.meaning import Meaning, Span
from domain.model.patient_text import Formats

OWN = Formats(("SB-######",))
TEXT = "used 2 foleys under SB-448213"
SAID = Meaning(
    TEXT,
    "consume",
    1.0,
    (Span("quantity", "2", 5, 6), Span("item", "foleys", 7, 13), Span("lot", "SB-448213", 20, 29)),
)


def test_a_number_of_an_own_form_is_a_patient_whatever_the_model_took_it_for() -> None:
    meaning = marked(SAID, formats=OWN)
    assert [(span.entity, span.value) for span in meaning.spans] == [
        ("quantity", "2"),
        ("item", "foleys"),
        ("patient", "SB-448213"),
    ]
    hidden, named = discreet(meaning)
    assert named
    assert "448213" not in repr(hidden)


def test_without_own_forms_nothing_changes() -> None:
    assert marked(SAID, formats=Formats()) is SAID


def test_marking_twice_is_marking_once() -> None:
    once = marked(SAID, formats=OWN)
    assert marked(once, formats=OWN) == once


def test_a_reason_keeps_no_number_of_an_own_form() -> None:
    said = "for XQ-4482 in bed 3"
    assert "4482" in clean_reason(said)
    assert "4482" not in clean_reason(said, formats=Formats(("XQ-####",)))
