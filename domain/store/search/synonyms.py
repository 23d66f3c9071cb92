"""Names of the same thing (synonyms.tsv): a phrase in a question finds items that hold any phrase of its line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from domain.model.wording import worded
from domain.store.search.terms import words_of_token

LONGEST_PHRASE = 5


@dataclass(frozen=True, slots=True)
class Mention:
    """The words[start:stop] of a question name the concepts."""

    start: int
    stop: int
    concepts: tuple[int, ...]


def _words(phrase: str) -> tuple[str, ...]:
    return tuple(
        word for token in worded(phrase).tokens for word in words_of_token(token.text) or [token.text]
    )


class Synonyms:
    """Concepts are numbered by line. Phrases compare by their words, the order ignored.

    ``words`` are all words of the table, so that a misspelt synonym is corrected too.
    """

    def __init__(self, lines: Iterable[Sequence[str]]) -> None:
        self._of_phrase: dict[frozenset[str], list[int]] = {}
        self._by_first: dict[str, list[tuple[frozenset[str], int]]] = {}
        self.count = 0
        for concept, phrases in enumerate(lines):
            self.count = concept + 1
            for phrase in phrases:
                words = frozenset(_words(phrase))
                if words:
                    self._of_phrase.setdefault(words, []).append(concept)
        self.words: frozenset[str] = frozenset(word for phrase in self._of_phrase for word in phrase)
        commonness: dict[str, int] = {}
        for words in self._of_phrase:
            for word in words:
                commonness[word] = commonness.get(word, 0) + 1
        for words, concepts in self._of_phrase.items():
            rarest = min(words, key=lambda word: (commonness[word], word))
            for concept in concepts:
                self._by_first.setdefault(rarest, []).append((words, concept))

    def held_by(self, words: Collection[str]) -> dict[int, float]:
        """The concepts that an item with these words is an instance of, with the share of trust, 0..1.

        A phrase of one word counts less, the more other words the item has: an IV pole is not an IV.
        """
        there = frozenset(words)
        held: dict[int, float] = {}
        for word in there:
            for phrase, concept in self._by_first.get(word, ()):
                if phrase <= there:
                    trust = 1.0 if len(phrase) > 1 or len(there) <= 2 else 0.75
                    held[concept] = max(held.get(concept, 0.0), trust)
        return held

    def named(self, phrase: Collection[str]) -> tuple[int, ...]:
        """The concepts whose line has exactly this phrase."""
        return tuple(self._of_phrase.get(frozenset(phrase), ()))

    def mentioned_in(self, words: Sequence[str]) -> list[Mention]:
        """Every phrase that stands in the question, the longer first."""
        found: list[Mention] = []
        for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                piece = frozenset(words[start : start + length])
                concepts = self._of_phrase.get(piece) if len(piece) == length else None
                if concepts:
                    found.append(Mention(start, start + length, tuple(concepts)))
        return found


@lru_cache(maxsize=1)
def hospital_synonyms() -> Synonyms:
    """The reviewed table that ships with the index."""
    text = (Path(__file__).parent / "synonyms.tsv").read_text(encoding="utf-8")
    return Synonyms(
        [phrase.strip() for phrase in line.split("|")]
        for line in text.splitlines()
        if line.strip() and not line.startswith("#")
    )
