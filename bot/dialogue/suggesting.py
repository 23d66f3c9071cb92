"""What to offer somebody whose message Parley did not understand: questions that work, nearest to what was written."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.table import TABLE, Kind
from bot.understanding.confidence import Reading
from bot.views.rendered import Option
from domain.model.wording import normalise, singular

MOST = 3
_SMALL_WORDS = """
a an the is are was were do does did we i you it of in on at for to and or what where how who when which have has any many much this
that there our my me us can could would please
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_WEIGHT_OF_A_WORD = 0.2


def examples_near(text: str, readings: Sequence[Reading], *, most: int = MOST) -> tuple[Option, ...]:
    """Example questions as options; the token is the intent whose example it is.

    Nearer is what the language model holds likelier, and what shares words with ``text``; else the table's order.
    """
    chances = {reading.intent: reading.confidence for reading in readings}
    said = _words(text)
    rows = [row for row in TABLE.values() if row.kind is Kind.QUESTION and row.examples]

    def nearness(place: int) -> tuple[float, int]:
        row = rows[place]
        shared = len(said & _words(row.examples[0]))
        return chances.get(row.intent, 0.0) + _WEIGHT_OF_A_WORD * shared, -place

    best = sorted(range(len(rows)), key=nearness, reverse=True)[:most]
    return tuple(Option(rows[place].examples[0], rows[place].intent) for place in best)


def example_of(intent: str) -> str | None:
    """The example question of an intent, None where there is none: a token that was tampered with."""
    row = TABLE.get(intent)
    return row.examples[0] if row is not None and row.examples else None


def _words(text: str) -> frozenset[str]:
    return frozenset(singular(word) for word in normalise(text).split() if word not in _SMALL)
