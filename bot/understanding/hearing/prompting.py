"""What an engine is told beforehand: the names it would not think of, and how figures are written here.

An engine keeps the last 223 tokens of it, so the names are chosen: those of the thread first, then those that the room uses most.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.understanding.hearing.terms import everyday_words
from domain.model.ids import ItemId
from domain.model.item import Item
from domain.model.place import Place, PlaceKind

NAMES: Final = 30
PLACES: Final = 10
_EXAMPLES: Final = (
    "Where are the 7.5 gloves? Used 2 16 Fr Foleys in the ICU. What's below par in the OR? "
    "Move 3 boxes of 4-0 Vicryl, lot 8J2210."
)
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z-]{3,}")
_UNITS: Final = frozenset({PlaceKind.UNIT})


def prompt_of(names: Sequence[str], places: Sequence[str]) -> str:
    """One line of names, then examples, which an engine heeds most since they stand last."""
    told = ", ".join(dict.fromkeys((*names[:NAMES], *places[:PLACES])))
    return f"{told}. {_EXAMPLES}" if told else _EXAMPLES


def names_of(items: Iterable[Item], *, weights: Mapping[ItemId, int]) -> list[str]:
    """The hard words of the catalogue, those of the weightiest items first. ``weights`` says how often an item is met; 1 where it
    says nothing."""
    counted: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for item in items:
        said = {word.casefold() for text in (item.family, *item.synonyms) for word in _WORD.findall(text)}
        for word in _WORD.findall(f"{item.brand} {item.family}"):
            low = word.casefold()
            if low in said and word[0].isupper() and low not in everyday_words():
                spelled.setdefault(low, word)
                counted[low] += weights.get(item.id, 1)
    return [spelled[low] for low, _ in counted.most_common()]


def places_of(places: Iterable[Place]) -> list[str]:
    """Units, each by the shortest name that people use."""
    return [
        min((place.name, *(a for a in place.aliases if a.isupper() and "." not in a)), key=len)
        for place in places
        if place.kind in _UNITS
    ]
