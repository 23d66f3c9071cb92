"""Counts of words and characters as weighted vectors (tf-idf), in a form that is stored without code and quick for one text.

scikit-learn's vectorisers give the same numbers; for a single message they take ten times as long, and storing them means
pickling. Weight of a term: (1 + ln tf) x (1 + ln((1 + n) / (1 + df))), each family of terms scaled to unit length.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

_WORDS = re.compile(r"\w+|[^\s\w]")
WORD_LENGTHS = (1, 2, 3)
CHARACTER_LENGTHS = (2, 3, 4, 5)


def word_terms(text: str) -> Iterator[str]:
    """One to three neighbouring words or signs."""
    words = _WORDS.findall(text)
    for length in WORD_LENGTHS:
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def character_terms(text: str) -> Iterator[str]:
    """Two to five neighbouring characters inside a word with a space at each of its ends."""
    for word in text.split():
        padded = f" {word} "
        for length in CHARACTER_LENGTHS:
            for start in range(max(len(padded) - length + 1, 1)):
                yield padded[start : start + length]
            if len(padded) <= length:
                # A short word is counted whole, once.
                break


_FAMILIES = (("w", word_terms, 1), ("c", character_terms, 2))
"""Mark of the family, its terms, and in how many texts a term must occur to be kept."""


@dataclass(frozen=True)
class TermWeights:
    """The terms that are known, ``names[i]`` marked by family, and the rarity of each, ``rarity[i]``."""

    names: tuple[str, ...]
    rarity: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {name: index for index, name in enumerate(self.names)})

    @classmethod
    def fit(cls, texts: Sequence[str]) -> TermWeights:
        """Learn terms and their rarity from the texts."""
        names: list[str] = []
        counts: list[int] = []
        for mark, terms, fewest in _FAMILIES:
            found: Counter[str] = Counter()
            for text in texts:
                found.update(set(terms(text)))
            kept = sorted(term for term, number in found.items() if number >= fewest)
            names += [mark + term for term in kept]
            counts += [found[term] for term in kept]
        rarity = 1 + np.log((1 + len(texts)) / (1 + np.array(counts, dtype=np.float64)))
        return cls(tuple(names), rarity.astype(np.float32))

    def weigh(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Indices of the known terms in the text and their weights."""
        indices: list[np.ndarray] = []
        weights: list[np.ndarray] = []
        known: dict[str, int] = self._index  # type: ignore[attr-defined]
        for mark, terms, _ in _FAMILIES:
            counts = Counter(known[mark + term] for term in terms(text) if mark + term in known)
            columns = np.fromiter(counts.keys(), dtype=np.int32, count=len(counts))
            values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.rarity[columns]
            indices.append(columns)
            weights.append(values / max(float(np.linalg.norm(values)), 1e-9))
        return np.concatenate(indices), np.concatenate(weights).astype(np.float32)

    def matrix(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """All texts at once, shape (texts, terms), for training."""
        rows = [self.weigh(text) for text in texts]
        starts = np.concatenate([[0], np.cumsum([len(columns) for columns, _ in rows])])
        return sparse.csr_matrix(
            (np.concatenate([values for _, values in rows]), np.concatenate([columns for columns, _ in rows]), starts),
            shape=(len(texts), len(self.names)),
            dtype=np.float32,
        )
