"""The words an index knows, and which of them a misspelt, cut or misheard word may stand for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from domain.store.search.terms import sound_of

LIKENESSES = 8
PREFIXES = 40
COMPOUND_WEIGHT = 0.95


@dataclass(frozen=True, slots=True)
class Likeness:
    """A known word and how much it counts, 0..1, as a reading of the asked one."""

    word_id: int
    weight: float


class Vocabulary:
    """Words with ids 0..n-1, in the order given. Read-only, so shared between threads."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words: tuple[str, ...] = tuple(words)
        self.ids: dict[str, int] = {word: index for index, word in enumerate(self.words)}
        self._sorted = sorted((word, index) for index, word in enumerate(self.words) if word.isalpha())
        self._tails = sorted((word[::-1], index) for word, index in self._sorted)
        self._heads = [word for word, _ in self._sorted]
        spelled = [
            (word, index) for index, word in enumerate(self.words) if len(word) >= 3 and word[0] != "§"
        ]
        self._by_length: dict[int, tuple[list[str], list[int]]] = {}
        for word, index in spelled:
            bucket = self._by_length.setdefault(len(word), ([], []))
            bucket[0].append(word)
            bucket[1].append(index)
        self._sounds: dict[str, list[int]] = {}
        for word, index in spelled:
            sound = sound_of(word)
            if len(sound) >= 2:
                self._sounds.setdefault(sound, []).append(index)
        self._sound_keys = list(self._sounds)

    def __len__(self) -> int:
        return len(self.words)

    def prefixed(self, start: str) -> list[Likeness]:
        """Words that begin with ``start`` ("cath" -> catheter), the shorter the likelier; none for less than 3 letters."""
        if len(start) < 3 or not start.isalpha():
            return []
        found: list[Likeness] = []
        position = bisect_left(self._heads, start)
        while position < len(self._heads) and self._heads[position].startswith(start):
            word, index = self._sorted[position]
            if word != start:
                found.append(Likeness(index, min(0.88, 0.6 + 0.3 * len(start) / len(word))))
            position += 1
            if len(found) >= PREFIXES:
                break
        return found

    def ending(self, tail: str) -> list[Likeness]:
        """Compounds that end with ``tail`` ("glove" -> underglove); none for less than 5 letters."""
        if len(tail) < 5 or not tail.isalpha():
            return []
        found: list[Likeness] = []
        reverse = tail[::-1]
        position = bisect_left(self._tails, (reverse, -1))
        while position < len(self._tails) and self._tails[position][0].startswith(reverse):
            word, index = self._tails[position]
            if word != reverse:
                found.append(Likeness(index, COMPOUND_WEIGHT))
            position += 1
            if len(found) >= PREFIXES:
                break
        return found

    def similar(self, word: str) -> list[Likeness]:
        """Known words within a few slips of ``word`` (insert, drop, change, swap) or that sound the same, best first."""
        if len(word) < 4 or word.isdigit():
            return []
        cutoff = 0.74 if len(word) < 6 else 0.7
        slips = 1 if len(word) <= 5 else 2 if len(word) <= 8 else 3
        weights: dict[int, float] = {}
        digits = [c for c in word if c.isdigit()]
        for length in range(len(word) - slips, len(word) + slips + 1):
            bucket = self._by_length.get(length)
            if bucket is None:
                continue
            for match, likeness, position in process.extract(
                word, bucket[0], scorer=OSA.normalized_similarity, score_cutoff=cutoff, limit=LIKENESSES
            ):
                if digits != [c for c in match if c.isdigit()]:
                    continue  # a number is never a slip
                weight = 0.45 + 0.5 * (likeness - 0.5) / 0.5
                if match[0] != word[0]:
                    weight -= 0.12
                weights[bucket[1][position]] = weight
        sound = sound_of(word)
        if len(sound) >= 2:
            for index in self._sounds.get(sound, ()):
                near = OSA.normalized_similarity(word, self.words[index])
                if near >= 0.5:
                    weights[index] = max(weights.get(index, 0.0), 0.55 + 0.35 * near)
            if len(sound) >= 5:
                for key, likeness, _ in process.extract(
                    sound, self._sound_keys, scorer=OSA.normalized_similarity, score_cutoff=0.8, limit=4
                ):
                    for index in self._sounds[key]:
                        near = OSA.normalized_similarity(word, self.words[index])
                        if near >= 0.55:
                            weight = 0.3 + 0.3 * likeness + 0.2 * near
                            weights[index] = max(weights.get(index, 0.0), weight)
        found = sorted((Likeness(i, w) for i, w in weights.items()), key=lambda like: -like.weight)
        if found:
            found = [like for like in found if like.weight >= found[0].weight - 0.15]
        return found[:LIKENESSES]
