"""Composition holds for lines that nobody thought of, and for labels that make no sense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.amounts import Amount, PackUnit
from bot.understanding.composing import compose
from bot.understanding.meaning import ENTITIES, INTENTS, Meaning, Span
from bot.understanding.values import code_value, size_of, thing_of

TODAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Said:
    """A line as it goes in: what composition has to bring back."""

    thing: str
    quantity: int
    size: str
    unit: PackUnit | None
    lot: str


_THINGS = (
    "silk",
    "vicryl",
    "foley",
    "gown",
    "n95",
    "chest tube",
    "dermabond",
    "saline flush",
    "ioban",
    "major pack",
    "et tube",
)
_SIZES = ("", "2-0", "16 fr", "7.5", "4x4", "18 ga", "10 mL", "XL", "3.5 x 22 mm")
_LINES = st.builds(
    Said,
    thing=st.sampled_from(_THINGS),
    quantity=st.integers(0, 2_000),
    size=st.sampled_from(_SIZES),
    unit=st.sampled_from([None, PackUnit.BOX, PackUnit.CASE, PackUnit.BOTTLE]),
    lot=st.sampled_from(["", "AB441", "2209-AX", "L-77"]),
)
_LISTS = st.lists(_LINES, min_size=1, max_size=8, unique_by=lambda line: line.thing)


class _Message:
    """A message written piece by piece, each piece labelled."""

    def __init__(self) -> None:
        self.text = "used "
        self.spans: list[Span] = []

    def say(self, words: str, *, entity: str = "") -> None:
        if entity:
            self.spans.append(Span(entity, words, len(self.text), len(self.text) + len(words)))
        self.text += words

    def line(self, said: Said, *, amount_first: bool) -> None:
        if amount_first:
            self._amount(said)
            self.say(" ")
        if said.size and amount_first:
            self.say(said.size, entity="size")
            self.say(" ")
        self.say(said.thing, entity="item")
        if said.size and not amount_first:
            self.say(" ")
            self.say(said.size, entity="size")
        if not amount_first:
            self.say(" x ")
            self._amount(said)
        if said.lot:
            self.say(" lot ")
            self.say(said.lot, entity="lot")

    def _amount(self, said: Said) -> None:
        self.say(str(said.quantity), entity="quantity")
        if said.unit is not None:
            self.say(" ")
            self.say(said.unit.value, entity="unit")


@given(lines=_LISTS, amount_first=st.booleans(), comma=st.sampled_from([", ", "; ", "\n", " and ", " + "]))
def test_lines_come_back_as_they_went_in(lines: list[Said], amount_first: bool, comma: str) -> None:
    message = _Message()
    for index, said in enumerate(lines):
        if index:
            message.say(comma)
        message.line(said, amount_first=amount_first)
    composition = compose(Meaning(message.text, "consume", 1.0, tuple(message.spans)), today=TODAY)
    assert [line.item for line in composition.lines] == [thing_of(said.thing) for said in lines]
    for line, said in zip(composition.lines, lines, strict=True):
        assert line.amounts == (Amount(Fraction(said.quantity), said.unit),)
        assert line.sizes == ((size_of(said.size),) if said.size else ())
        assert line.lots == ((code_value(said.lot),) if said.lot else ())
    assert composition.sure


_WORDS = st.sampled_from(
    ["2", "half", "a", "boxes", "dozen", "silk", "2-0", "and", ",", "not", "to", "from", "each", "the rest", "x", "ICU", "exp", "03/27",
     "lot", "A1", "through", "min", "of", "-", "1/0", "•", "🙂", "é", "\n", "no", "make that", "9" * 40, "mrn 1234567"]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=80), st.lists(_WORDS, max_size=24).map(" ".join))


@given(data=st.data(), text=_TEXTS, intent=st.sampled_from(sorted(INTENTS)))
def test_labels_without_sense_never_raise(data: st.DataObject, text: str, intent: str) -> None:
    spans = data.draw(
        st.lists(
            st.builds(
                lambda entity, start, length, role: Span(
                    entity, text[start : start + length], start, start + length, role
                ),
                entity=st.sampled_from(sorted(ENTITIES)),
                start=st.integers(0, len(text) + 3),
                length=st.integers(0, 20),
                role=st.sampled_from(["", "source", "destination", "sideways"]),
            ),
            max_size=14,
        )
    )
    composition = compose(Meaning(text, intent, 0.5, tuple(spans)), today=TODAY)
    assert composition.intent == intent
    for line in composition.lines:
        assert 0 <= line.start <= line.end <= len(text)
