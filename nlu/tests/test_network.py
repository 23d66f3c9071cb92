"""The network as published, written as a graph and read back: what goes in and what comes out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from components.encoder import sentence_encoder
from components.graph import graph_bytes
from components.marks import WordMarks
from components.network import Network
from components.pieces import HEADS, MAX_PIECES, WIDTH, pieces_of, published_layers

TAGS = ("O", "B-item", "I-item")
INTENTS = ("find_item", "greet")


@pytest.fixture(scope="module")
def network() -> Network:
    """The published layers under heads of chance."""
    chance = np.random.RandomState(0)
    marks = WordMarks.fit([["gloves", "16fr", "?"]] * 5)
    heads = {
        "hidden_w": chance.randn(WIDTH + 3 * marks.width, 8) / 20,
        "hidden_b": np.zeros(8),
        "tags_w": chance.randn(8, len(TAGS)),
        "tags_b": np.zeros(len(TAGS)),
        "intents_w": np.concatenate([np.eye(WIDTH, 1), -np.eye(WIDTH, 1)], axis=1),
        "intents_b": np.zeros(len(INTENTS)),
        "between": chance.randn(len(TAGS), len(TAGS)),
        "first": np.zeros(len(TAGS)),
        "last": np.zeros(len(TAGS)),
    }
    return Network(INTENTS, TAGS, marks, heads, graph_bytes(published_layers()))


def test_the_graph_computes_what_the_published_network_computes(network: Network) -> None:
    words = ["where", "are", "the", "sterile", "gloves"]
    session = onnxruntime.InferenceSession(network.graph, providers=["CPUExecutionProvider"])
    assert [node.shape for node in session.get_inputs()] == [["pieces", WIDTH]]
    vectors = network.sentence_vector(words)
    published = sentence_encoder().encode([" ".join(words)])[0]
    assert vectors @ published / np.linalg.norm(vectors) == pytest.approx(1, abs=0.01)


def test_a_reading_has_probabilities_of_intents_and_of_tags_of_each_word(network: Network) -> None:
    reading = network.read(["any", "16fr", "foley", "?"])
    assert reading.intents.shape == (len(INTENTS),)
    assert reading.tags.shape == (4, len(TAGS))
    assert reading.intents.sum() == pytest.approx(1)
    np.testing.assert_allclose(reading.tags.sum(axis=1), 1)


def test_words_beyond_the_reach_of_the_network_are_read_too(network: Network) -> None:
    words = ["gloves"] * (MAX_PIECES * 3)
    assert network.read(words).tags.shape == (len(words), len(TAGS))


def test_each_piece_knows_its_word() -> None:
    pieces = pieces_of(["any", "16fr", "yankauers"])
    assert pieces.words[0] == pieces.words[-1] == -1
    assert sorted({*pieces.words.tolist()}) == [-1, 0, 1, 2]
    assert len(pieces.ids) == len(pieces.words)
    assert WIDTH % HEADS == 0


def test_a_stored_network_answers_as_before(network: Network, tmp_path: Path) -> None:
    network.save(tmp_path)
    again = Network.load(tmp_path)
    words = ["send", "2", "foleys"]
    np.testing.assert_array_equal(again.read(words).tags, network.read(words).tags)
    np.testing.assert_array_equal(again.read(words).intents, network.read(words).intents)


def test_marks_tell_outlines_capitals_and_word_lists() -> None:
    marks = WordMarks.fit([["OR", "16fr"]] * 5)
    upper, lower, unknown = (marks.of([word])[0] for word in ("OR", "or", "A-1-b"))
    assert upper.shape == (marks.width,)
    assert (upper != lower).any()
    assert (unknown != lower).any()
    assert set(np.unique(marks.of(["gloves"]))) <= {0.0, 1.0, np.float32(6 / 12)}
