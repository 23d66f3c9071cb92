"""The figures, on answers whose figures are plain to see."""

from __future__ import annotations

import json

import pytest

from commands.scores import Answer, Cost, calibration_error, figures, report_of, spoken
from components.reading import Understood
from components.spans import Example, Span

ICU = Span(5, 8, "location", "source")


def answer(meant: str, said: str, confidence: float, meant_spans: tuple = (), said_spans: tuple = ()) -> Answer:
    return Answer(Example("from ICU", meant, meant_spans), Understood(((said, confidence),), said_spans), 0.002)


ANSWERS = [
    answer("transfer", "transfer", 0.9, (ICU,), (ICU,)),
    answer("transfer", "transfer", 0.9, (ICU,), (Span(5, 8, "location"),)),
    answer("find_item", "consume", 0.9),
    answer("out_of_scope", "out_of_scope", 0.6),
    answer("out_of_scope", "waste", 0.5, (), (Span(0, 4, "item"),)),
]


def test_figures_count_what_they_say() -> None:
    got = figures(ANSWERS)
    assert got["messages"] == 5
    assert got["intent"] == pytest.approx(3 / 5)
    assert got["intent_in_scope"] == pytest.approx(2 / 3)
    assert got["whole"] == pytest.approx(3 / 5)
    assert got["whole_with_roles"] == pytest.approx(2 / 5)
    assert got["entity_f1"] == pytest.approx(2 * 2 / (2 * 2 + 1))
    assert got["entity_f1_with_roles"] == pytest.approx(2 * 1 / (2 * 1 + 2 + 1))
    assert got["out_of_scope_recall"] == pytest.approx(1 / 2)
    assert got["out_of_scope_precision"] == 1
    assert got["false_actions"] == pytest.approx(2 / 5)
    assert got["false_actions_sure"] == pytest.approx(1 / 5)
    assert got["p50_ms"] == pytest.approx(2)


def test_calibration_error_is_the_mean_distance_from_what_came_true() -> None:
    # Three answers at 0.9 of which two are right, one right at 0.6, one wrong at 0.5.
    expected = (3 * abs(0.9 - 2 / 3) + abs(0.6 - 1) + abs(0.5 - 0)) / 5
    assert calibration_error(ANSWERS) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "looks_spoken"),
    [("any four by fours in the o r", True), ("Any gloves", False), ("any 4x4", False), ("any gloves?", False), ("hi", False)],
)
def test_spoken_text_has_no_capitals_digits_or_signs(text: str, looks_spoken: bool) -> None:
    assert spoken(text) is looks_spoken


def test_a_report_counts_the_same_answers_by_slice_intent_entity_and_confidence() -> None:
    cost = Cost(load_seconds=5, memory_mb=300, model_mb=30, p50_ms=2, p95_ms=2, train_seconds={})
    report = json.loads(json.dumps(report_of(ANSWERS, model="abc", cost=cost).as_json()))
    assert report["slices"]["all"] == figures(ANSWERS)
    assert report["slices"]["short"]["messages"] + report["slices"]["long"]["messages"] == len(ANSWERS)
    assert report["confusion"]["out_of_scope"] == {"out_of_scope": 1, "waste": 1}
    assert report["intents"]["consume"] == {"meant": 0, "understood": 1, "precision": 0, "recall": 0, "f1": 0}
    assert report["intents"]["transfer"]["f1"] == 1
    assert report["entities"]["item"]["understood"] == 1
    assert [b["messages"] for b in report["calibration"]] == [0, 0, 0, 0, 0, 1, 1, 0, 0, 3]
    assert report["calibration"][9]["confidence"] == pytest.approx(0.9)
    assert report["calibration"][9]["right"] == pytest.approx(2 / 3)
    assert report["calibration"][0]["right"] is None
    assert [m["understood"] for m in report["mistakes"]] == ["consume", "waste"]
