"""The linear view, trained on a corner of the data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from commands.data import read_labelled
from commands.paths import DATA
from components.cascade import Cascade
from components.intents import IntentModel
from components.spans import Example, SpanModel
from components.words import split_words

CORNER = ("find_item", "transfer", "greet", "out_of_scope")


@pytest.fixture(scope="module")
def corner() -> list[Example]:
    examples = [message.example for message in read_labelled(DATA)]
    return [example for intent in CORNER for example in [e for e in examples if e.intent == intent][:40]]


@pytest.fixture(scope="module")
def cascade(corner: list[Example]) -> Cascade:
    return Cascade.train(corner)


def test_both_steps_give_probabilities(cascade: Cascade) -> None:
    text = "move 2 boxes of gloves from ICU to ED"
    words = split_words(text)
    confidences = cascade.confidences(words)
    assert sorted(cascade.intents.labels) == sorted(CORNER)
    assert cascade.intents.labels[int(confidences.argmax())] == "transfer"
    assert confidences.sum() == pytest.approx(1, abs=1e-5)
    tags = cascade.tag_probabilities(words, "transfer")
    assert tags.shape == (len(words), len(cascade.final.tags))
    np.testing.assert_allclose(tags.sum(axis=1), 1, atol=1e-6)
    assert cascade.final.tags[int(tags[-1].argmax())] == "B-location#destination"


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
        words = split_words(text)
        np.testing.assert_array_equal(stored.confidences(words), cascade.confidences(words))
        np.testing.assert_array_equal(stored.tag_probabilities(words, "greet"), cascade.tag_probabilities(words, "greet"))
