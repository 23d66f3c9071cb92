"""Both views together, trained on a corner of the data."""

from __future__ import annotations

import pytest

from commands.data import read_labelled
from commands.paths import DATA
from components.finetune import Recipe, finetune
from components.spans import Example
from components.views import TwoViews

CORNER = ("find_item", "transfer", "greet", "out_of_scope")
QUICK = Recipe(epochs=5, batch=16)


@pytest.fixture(scope="module")
def corner() -> list[Example]:
    examples = [message.example for message in read_labelled(DATA)]
    return [example for intent in CORNER for example in [e for e in examples if e.intent == intent][:40]]


@pytest.fixture(scope="module")
def trained(corner: list[Example]) -> tuple[TwoViews, dict[str, float], list[str]]:
    said: list[str] = []
    views, seconds = TwoViews.train(corner, recipe=QUICK, say=said.append)
    return views, seconds, said


@pytest.fixture(scope="module")
def views(trained: tuple[TwoViews, dict[str, float], list[str]]) -> TwoViews:
    return trained[0]


def test_what_was_learnt_is_understood(views: TwoViews) -> None:
    text = "  move 2 boxes of gloves from ICU to ED"
    understood = views.understand(text)
    assert understood.ranking[0][0] == "transfer"
    assert {(span.entity, text[span.start : span.end], span.role) for span in understood.spans} >= {
        ("quantity", "2", None),
        ("location", "ICU", "source"),
        ("location", "ED", "destination"),
    }


def test_each_phase_of_training_is_told_with_its_seconds(trained: tuple[TwoViews, dict[str, float], list[str]]) -> None:
    _, seconds, said = trained
    assert len(said) == QUICK.epochs
    assert set(seconds) == {"network", "cascade, at the same time", "both views"}
    assert seconds["both views"] >= seconds["network"] > 0


def test_confidences_are_probabilities_in_falling_order(views: TwoViews) -> None:
    ranking = views.understand("where are the foleys").ranking
    confidences = [confidence for _, confidence in ranking]
    assert sorted(name for name, _ in ranking) == sorted(CORNER)
    assert sum(confidences) == pytest.approx(1, abs=1e-5)
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize("text", ["", "   \n"])
def test_a_text_without_words_is_out_of_scope(views: TwoViews, text: str) -> None:
    understood = views.understand(text)
    assert understood.ranking == (("out_of_scope", 1.0),)
    assert understood.spans == ()


@pytest.mark.parametrize("text", ["🙂🙂", "手套在哪里", "x" * 10_000, "gloves " * 1_500, "/transfer{}", "\x00?", "\u200b", "ﷺ"])
def test_strange_texts_are_answered(views: TwoViews, text: str) -> None:
    understood = views.understand(text)
    assert understood.ranking
    assert all(0 <= span.start < span.end <= len(text) for span in understood.spans)


def test_fine_tuning_twice_gives_the_same_network(corner: list[Example]) -> None:
    quick = Recipe(epochs=1, batch=16)
    first, again = (finetune(corner[::4], recipe=quick) for _ in range(2))
    assert first.graph == again.graph
    assert all((first.heads[name] == again.heads[name]).all() for name in first.heads)
