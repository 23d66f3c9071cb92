"""What the labelling export prints: the training data's own notation, and a clear word where there is nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.cli.nlu import in_training_notation, labelled, report, summary
from domain.ports import Candidate, CandidateRow, LabelledSpan

USED = Candidate(
    "used 2 flushes on PATIENT from ICU",
    (
        LabelledSpan("quantity", 5, 6),
        LabelledSpan("item", 7, 14),
        LabelledSpan("patient", 18, 25),
        LabelledSpan("location", 31, 34, "source"),
    ),
    "transfer", 0.55, "consume", "", "m7", date(2026, 11, 20),
)  # fmt: skip
DROPPED = replace(USED, text="", spans=(), chosen="find_item")


def rows(*candidates: Candidate) -> list[CandidateRow]:
    return [CandidateRow(number, candidate, None) for number, candidate in enumerate(candidates, start=1)]


def test_a_message_is_written_with_its_labels_as_the_training_data_are() -> None:
    assert labelled(USED) == (
        'used [2](quantity) [flushes](item) on [PATIENT](patient) from [ICU]{"entity":"location","role":"source"}'
    )


def test_the_export_groups_by_what_was_meant_and_says_what_was_understood() -> None:
    text = in_training_notation(rows(USED, replace(USED, chosen="waste", note="dropped it")))
    assert 'version: "3.1"' in text
    assert "  - intent: consume\n    examples: |\n      - used [2](quantity)" in text
    assert "  - intent: waste\n" in text
    assert "# 2026-11-20: was read as transfer (0.55, model m7)" in text
    assert "note: dropped it" in text


def test_what_has_no_text_is_counted_and_is_no_example() -> None:
    text = in_training_notation(rows(DROPPED))
    assert "nlu: []" in text
    assert "- intent" not in text
    assert "text dropped; was read as transfer, meant find_item" in text
    assert summary(rows(USED, DROPPED)).startswith("2 candidates to review; 1 without text")


def test_the_report_says_each_label_as_the_parser_does() -> None:
    made = report(rows(USED, DROPPED))
    assert (made["count"], made["without_text"]) == (2, 1)
    candidates = made["candidates"]
    assert isinstance(candidates, list)
    assert candidates[0]["intent"] == "consume"
    assert candidates[0]["entities"][-1] == {
        "entity": "location", "value": "ICU", "start": 31, "end": 34, "role": "source",
    }  # fmt: skip


def test_nothing_to_export_is_said_in_a_sentence() -> None:
    assert summary([]).startswith("No candidates")
    assert "nlu: []" in in_training_notation([])
