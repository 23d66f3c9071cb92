"""Variants of messages keep their labels, and say what people could have said."""

from __future__ import annotations

import numpy as np
import pytest

from commands.data import read_example, read_labelled
from commands.paths import DATA
from components.augment import Augmenter, Shares, is_spoken
from components.identifiers import made, remade
from components.spans import Example
from components.spoken import as_spoken
from components.words import split_words

NEVER = Shares(swap=0, spoken=0, lower=0, upper=0, unsigned=0, slips=0, frame=0)
LINE = 'move [2](quantity) [4x4](size) [gauze](item) from [OR 3]{"entity":"location","role":"source"}, lot [A77-20](lot)!'
EXAMPLE: Example = read_example(LINE, "transfer")[0]


def values(example: Example) -> list[tuple[str, str, str | None]]:
    return [(example.text[span.start : span.end], span.entity, span.role) for span in example.spans]


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return [message.example for message in read_labelled(DATA)][::3]


def test_variants_are_labelled_at_whole_words_with_the_same_entities(examples: list[Example]) -> None:
    augment = Augmenter(examples)
    chance = np.random.RandomState(5)
    for example in examples:
        variant = augment(example, chance)
        words = split_words(variant.text)
        starts, ends = {word.start for word in words}, {word.end for word in words}
        assert variant.intent == example.intent
        assert [(span.entity, span.role) for span in variant.spans] == [(span.entity, span.role) for span in example.spans]
        assert all(span.start in starts and span.end in ends for span in variant.spans), variant.text


def test_the_same_chance_makes_the_same_variants(examples: list[Example]) -> None:
    def variants() -> list[Example]:
        augment, chance = Augmenter(examples), np.random.RandomState(5)
        return [augment(example, chance) for example in examples[:50]]

    assert variants() == variants()


def test_nothing_changes_where_no_change_is_wanted() -> None:
    assert Augmenter([EXAMPLE], NEVER)(EXAMPLE, np.random.RandomState(1)) == EXAMPLE


def test_a_swapped_place_keeps_its_direction_and_a_lot_its_form() -> None:
    shares = Shares(swap=1, swap_span=1, spoken=0, lower=0, upper=0, unsigned=0, slips=0, frame=0)
    variant = Augmenter([EXAMPLE], shares)(EXAMPLE, np.random.RandomState(3))
    assert variant != EXAMPLE
    assert [(entity, role) for _, entity, role in values(variant)] == [(entity, role) for _, entity, role in values(EXAMPLE)]


def test_a_spoken_variant_looks_as_a_recogniser_writes() -> None:
    shares = Shares(swap=0, spoken=1, lower=0, upper=0, unsigned=0, slips=0, frame=0)
    variant = Augmenter([EXAMPLE], shares)(EXAMPLE, np.random.RandomState(3))
    assert is_spoken(variant.text)
    assert ("two", "quantity", None) in values(variant)
    assert ("four by four", "size", None) in values(variant)


@pytest.mark.parametrize(
    ("text", "entity", "said"),
    [
        ("12", None, "twelve"),
        ("3-0", "size", "three oh"),
        ("16fr", "size", "sixteen french"),
        ("Where is it?", None, "where is it "),
        (", ", None, " "),
        ("K4471", "lot", "k four four seven one"),
        ("", None, ""),
    ],
)
def test_typed_parts_are_said(text: str, entity: str | None, said: str) -> None:
    assert as_spoken(text, entity, _FixedChance(0.5)) == said


class _FixedChance(np.random.RandomState):
    """A chance that always draws the same share."""

    def __new__(cls, share: float) -> _FixedChance:
        return super().__new__(cls)

    def __init__(self, share: float) -> None:
        super().__init__(0)
        self._share = share

    def rand(self, *_: int) -> float:  # type: ignore[override]
        return self._share


@pytest.mark.parametrize("entity", ["lot", "serial", "order", "patient", "case"])
def test_new_numbers_are_one_word_with_a_digit(entity: str) -> None:
    chance = np.random.RandomState(0)
    for _ in range(100):
        number = made(entity, chance)
        assert [word.text for word in split_words(number)] == [number]
        assert any(character.isdigit() for character in number)


def test_a_number_of_the_same_form_keeps_its_signs_and_length() -> None:
    chance = np.random.RandomState(0)
    for text in ("PO-77120", "K22-901", "four four one"):
        other = remade(text, chance)
        assert len(other.split()) == len(text.split())
        if "-" in text:
            assert other.index("-") == text.index("-")
            assert len(other) == len(text)
