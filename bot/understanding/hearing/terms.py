"""The words that a supply room may be heard to say: its catalogue's and its places', by spelling and by sound."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import jellyfish
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from domain.model.item import Item
from domain.model.place import PlaceTree

_WORDS: Final = re.compile(r"[a-z]+(?:'[a-z]+)?")
_EVERYDAY: Final = Path(__file__).with_name("everyday_words.txt")
_UNITS: Final = frozenset(
    """
    french fr gauge ga inch inches millimeter millimetre mm centimeter cm milliliter millilitre ml cc liter litre size
    box boxes pack packs case cases each bag bags bottle bottles roll rolls pair pairs vial vials tube tubes tray trays set sets
    carton cartons monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december doctor dr please parley o
    """.split()  # noqa: SIM905 - a list of words is read as words
)
_LONGEST: Final = 3
"""Words of a term: longer names are said in parts."""
_CANDIDATES: Final = 40
_MUTE_R: Final = re.compile(r"(?<=[aeiou])r(?=[^aeiouyr]|$)")
_SOUND, _SPELLING, _OTHER_START = 0.55, 0.45, 0.08
# Sounds that an engine takes for each other count as one: b p f v, d t th, g k q, s z sh j.
_ALIKE: Final = str.maketrans("BFVD0GQXJZ", "PPPTTKKSSS")


@cache
def everyday_words() -> frozenset[str]:
    """Words that messages to Parley are made of around things and places: never taken for a misheard thing."""
    return frozenset(_EVERYDAY.read_text().split()) | _UNITS


@lru_cache(maxsize=50_000)
def sound_of(words: str) -> str:
    """How it sounds, roughly: Metaphone with what sounds alike made one, words run together.

    An R before a consonant or at the end is left out: half of the English-speaking world does not say it.
    """
    said = _MUTE_R.sub("", words.casefold().replace(" ", ""))
    return jellyfish.metaphone(said).replace(" ", "").translate(_ALIKE)


@dataclass(frozen=True, slots=True)
class Likeness:
    """A term and how near it is to what was heard, 0 to 1."""

    term: str
    nearness: float


class Terms:
    """Read-only, so shared between threads. ``phrases`` are names as they are written; ``suture_words`` words that are sold in 4-0;
    ``names`` those of makers and people: nobody misheard them, and what is misheard is none of them.
    """

    def __init__(
        self, phrases: Iterable[str], *, suture_words: Iterable[str] = (), names: Iterable[str] = ()
    ) -> None:
        words: set[str] = set()
        terms: set[str] = set()
        for phrase in phrases:
            spelled = _WORDS.findall(phrase.casefold())
            words.update(spelled)
            for length in range(1, _LONGEST + 1):
                terms.update(
                    " ".join(spelled[at : at + length])
                    for at in range(len(spelled) - length + 1)
                    if _sayable(spelled[at : at + length])
                )
        self._words = frozenset(words)
        self._names = frozenset(word for name in names for word in _WORDS.findall(name.casefold()))
        self._terms = sorted(terms)
        self._sounds = [sound_of(term) for term in self._terms]
        self._known_terms = frozenset(terms)
        self.suture_words = frozenset(suture_words)

    def __len__(self) -> int:
        return len(self._terms)

    def knows(self, word: str) -> bool:
        """Is it a word of the house or of everyday requests? Figures, and what has digits in it, always are."""
        low = word.casefold().strip("'")
        if not low.isalpha():
            return any(character.isdigit() for character in low)
        if low in self._words or low in self._names or low in everyday_words() or len(low) == 1:
            return True
        stems = [low[: -len(end)] for end in ("s", "es") if low.endswith(end)]
        return (
            any(stem in self._words or stem in everyday_words() for stem in stems) or f"{low}s" in self._words
        )

    def is_of_the_house(self, word: str) -> bool:
        """A word of the catalogue or of places that everyday requests have not."""
        low = word.casefold()
        return any(w in self._words and w not in everyday_words() for w in (low, low.removesuffix("s")))

    def is_term(self, words: str) -> bool:
        low = words.casefold()
        return low in self._known_terms or low.removesuffix("s") in self._known_terms

    def nearest(self, heard: str) -> Likeness:
        """The term that ``heard`` comes nearest to, in the number (one or many) that was heard."""
        best = Likeness("", 0.0)
        found = process.extract(
            sound_of(heard), self._sounds, scorer=Levenshtein.normalized_similarity, limit=_CANDIDATES, score_cutoff=0.5
        )  # fmt: skip
        for _, _, index in found:
            term = self._terms[index]
            best_term, nearness = term, alike(heard, term)
            for end in ("s", "es"):
                if heard.endswith(end) and not term.endswith("s"):
                    one = alike(heard.removesuffix(end), term) - 0.01
                    if one > nearness:
                        best_term, nearness = f"{term}{end}", one
            if nearness > best.nearness:
                best = Likeness(best_term, nearness)
        return best


def alike(heard: str, term: str) -> float:
    """0 to 1: how likely the one was said where the other was heard."""
    first, second = sound_of(heard), sound_of(term)
    if not first or not second:
        return 0.0
    sound = Levenshtein.normalized_similarity(first, second)
    spelling = Levenshtein.normalized_similarity(heard.replace(" ", ""), term.replace(" ", ""))
    return _SOUND * sound + _SPELLING * spelling - (_OTHER_START if first[0] != second[0] else 0.0)


def terms_of(items: Iterable[Item], places: PlaceTree, *, people: Iterable[str] = ()) -> Terms:
    """Every family, brand and synonym, every place's name. Makers and ``people`` are known by name only."""
    phrases: set[str] = set()
    sutures: set[str] = set()
    known = set(people)
    for item in items:
        known.add(item.manufacturer)
        names = (item.family, item.brand, *item.synonyms)
        phrases.update(names)
        if re.fullmatch(r"\d{1,2}-0", item.size):
            sutures.update(
                word for name in names for word in _WORDS.findall(name.casefold()) if len(word) > 3
            )
    for place in places:
        phrases.add(place.name)
        phrases.update(place.aliases)
    return Terms(phrases, suture_words=sutures - everyday_words(), names=known)


def _sayable(words: list[str]) -> bool:
    """A single short or everyday word is no term, nor is what begins with a little word or has a letter alone in it."""
    if min(map(len, words)) < 2:
        return False
    if len(words) == 1:
        return len(words[0]) >= 4 and words[0] not in everyday_words()
    return len(words[0]) >= 4 or words[0] not in everyday_words()
