"""Tagger and classifier together, trained on a corner of the data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from commands.data import read_labelled
from commands.paths import DATA
from components.cascade import Cascade
from components.intents import IntentModel
from components.spans import Example, SpanModel

CORNER = ("find_item", "transfer", "greet", "out_of_scope")


@pytest.fixture(scope="module")
def corner() -> list[Example]:
    examples = [message.example for message in read_labelled(DATA)]
    return [example for intent in CORNER for example in [e for e in examples if e.intent == intent][:40]]


@pytest.fixture(scope="module")
def cascade(corner: list[Example]) -> Cascade:
    return Cascade.train(corner)


def test_what_was_learnt_is_understood(cascade: Cascade) -> None:
    text = "  move 2 boxes of gloves from ICU to ED"
    understood = cascade.understand(text)
    assert understood.ranking[0][0] == "transfer"
    assert {(span.entity, text[span.start : span.end], span.role) for span in understood.spans} >= {
        ("quantity", "2", None),
        ("location", "ICU", "source"),
        ("location", "ED", "destination"),
    }


def test_confidences_are_probabilities_in_falling_order(cascade: Cascade) -> None:
    ranking = cascade.understand("where are the foleys").ranking
    confidences = [confidence for _, confidence in ranking]
    assert sorted(name for name, _ in ranking) == sorted(CORNER)
    assert sum(confidences) == pytest.approx(1, abs=1e-5)
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize("text", ["", "   \n"])
def test_a_text_without_words_is_out_of_scope(cascade: Cascade, text: str) -> None:
    understood = cascade.understand(text)
    assert understood.ranking == (("out_of_scope", 1.0),)
    assert understood.spans == ()


@pytest.mark.parametrize("text", ["🙂🙂", "手套在哪里", "x" * 10_000, "gloves " * 1_500, "/transfer{}", "\x00?"])
def test_strange_texts_are_answered(cascade: Cascade, text: str) -> None:
    understood = cascade.understand(text)
    assert understood.ranking
    assert all(0 <= span.start < span.end <= len(text) for span in understood.spans)


def test_training_twice_gives_the_same_model(corner: list[Example], cascade: Cascade) -> None:
    again = Cascade.train(corner)
    assert again.final.weights == cascade.final.weights
    np.testing.assert_array_equal(again.intents.term_weights, cascade.intents.term_weights)


def test_a_stored_model_answers_as_before(cascade: Cascade, tmp_path: Path) -> None:
    cascade.intents.save(tmp_path / "intents.npz")
    stored = Cascade(
        draft=SpanModel(cascade.draft.weights),
        intents=IntentModel.load(tmp_path / "intents.npz"),
        final=SpanModel(cascade.final.weights),
    )
    for text in ("where are 7.5 gloves?", "hello", "what's the weather"):
        assert stored.understand(text) == cascade.understand(text)
