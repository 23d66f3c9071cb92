"""Word lists of the supply room, and where their phrases occur in a message.

The lists are written by hand from general knowledge of hospital supply (nlu/lexicon/*.txt, one phrase a line, `#` for
remarks); they are hints for the tagger, never a verdict: "case" is a unit in one message and a surgical case in the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "lexicon"
KINDS = ("group", "item", "number", "place", "place_head", "size", "supplier", "time", "unit")
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


class Lexicon:
    """All word lists, ready to be looked up by phrase."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._kinds: dict[str, frozenset[str]] = {}
        for kind in KINDS:
            lines = (line.strip() for line in (folder / f"{kind}.txt").read_text("utf-8").splitlines())
            phrases = {_key(line.split()) for line in lines if line and not line.startswith("#")}
            self._kinds[kind] = frozenset(phrases)

    def marks(self, words: Sequence[str]) -> list[set[str]]:
        """For each word the marks ``B-kind`` or ``I-kind`` of the longest listed phrases that cover it."""
        marks: list[set[str]] = [set() for _ in words]
        for kind, phrases in self._kinds.items():
            start = 0
            while start < len(words):
                size = next(
                    (n for n in range(min(LONGEST, len(words) - start), 0, -1) if _key(words[start : start + n]) in phrases),
                    0,
                )
                for index in range(start, start + size):
                    marks[index].add(f"{'B' if index == start else 'I'}-{kind}")
                start += max(size, 1)
        return marks


def _key(words: Sequence[str]) -> str:
    return " ".join(singular(word) for word in words)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lists of this checkout, read once a process."""
    return Lexicon()
