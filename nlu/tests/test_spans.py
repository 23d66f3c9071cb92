"""Labels to tags and back."""

from __future__ import annotations

from commands.data import read_example
from components.spans import Span, spans_of, tags_of
from components.words import split_words

LINE = 'move [2](quantity) [4x4](size) [gauze pads](item) from [o r 3]{"entity":"location","role":"source"} pls'


def test_spans_survive_the_way_through_tags() -> None:
    example, fault = read_example(LINE, "transfer")
    assert fault is None
    tags = tags_of(example.words, example.spans, roles=True)
    assert tuple(spans_of(example.words, tags)) == example.spans


def test_a_place_keeps_its_direction_only_if_asked() -> None:
    example, _ = read_example(LINE, "transfer")
    with_roles = tags_of(example.words, example.spans, roles=True)
    without = tags_of(example.words, example.spans, roles=False)
    assert "B-location#source" in with_roles
    assert "B-location" in without
    assert not any("#" in tag for tag in without)


def test_two_neighbouring_spans_of_one_kind_stay_two() -> None:
    words = split_words("gloves gowns")
    assert spans_of(words, ["B-item", "B-item"]) == [Span(0, 6, "item"), Span(7, 12, "item")]


def test_a_tag_that_continues_another_label_begins_a_span() -> None:
    words = split_words("7.5 gloves")
    assert spans_of(words, ["B-size", "I-item"]) == [Span(0, 3, "size"), Span(4, 10, "item")]
