"""Word lists of the supply room, and where their phrases occur in a message.

The lists are written by hand from general knowledge of hospital supply (nlu/lexicon/*.txt, one phrase a line, `#` for
remarks); they are hints for the tagger, never a verdict: "case" is a unit in one message and a surgical case in the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "lexicon"
KINDS = ("group", "item", "number", "place", "place_head", "product", "size", "supplier", "surname", "time", "unit")
MARKS = {f"{begin}-{kind}": 2 * number + place for number, kind in enumerate(KINDS) for place, begin in enumerate("BI")}
"""Every mark that a word can have, and its number."""
LONGEST = 4
"""Longest phrase of the lists, in words."""


def singular(word: str) -> str:
    """The word without the plural ending that English puts on most nouns; lower case."""
    word = word.lower()
    if len(word) > 4 and word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def listed(kind: str, folder: Path = FOLDER) -> list[str]:
    """The phrases of one list as they are written in it."""
    lines = (line.strip() for line in (folder / f"{kind}.txt").read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


class Lexicon:
    """All word lists, ready to be looked up by phrase."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._kinds: dict[str, frozenset[tuple[str, ...]]] = {}
        for kind in KINDS:
            self._kinds[kind] = frozenset(tuple(map(singular, phrase.split())) for phrase in listed(kind, folder))
        # Few words of a message begin any phrase: the others are not looked up at all.
        self._firsts = {kind: frozenset(phrase[0] for phrase in phrases) for kind, phrases in self._kinds.items()}

    def marks(self, words: Sequence[str]) -> list[set[str]]:
        """For each word the marks ``B-kind`` or ``I-kind`` of the longest listed phrases that cover it."""
        marks: list[set[str]] = [set() for _ in words]
        stems = tuple(map(singular, words))
        for kind, phrases in self._kinds.items():
            firsts = self._firsts[kind]
            reached = 0
            for start, stem in enumerate(stems):
                if start < reached or stem not in firsts:
                    continue
                ends = range(min(start + LONGEST, len(stems)), start, -1)
                reached = next((end for end in ends if stems[start:end] in phrases), start)
                for index in range(start, reached):
                    marks[index].add(f"{'B' if index == start else 'I'}-{kind}")
        return marks


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lists of this checkout, read once a process."""
    return Lexicon()
