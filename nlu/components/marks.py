"""What the network is told of each word beside its pieces: word lists, outline, capitals, digits.

Word pieces are lower case and cut numbers apart; that "OR" was written in capitals, or that "16fr" is one word of digits and
letters, is lost on the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components.features import shape
from components.lexicon import MARKS, lexicon

_SHAPES = 40
_FEWEST = 5
_FLAGS = 8


@dataclass(frozen=True)
class WordMarks:
    """The outlines that are known, the most frequent first; any other is one more."""

    shapes: tuple[str, ...]

    @classmethod
    def fit(cls, messages: Sequence[Sequence[str]]) -> WordMarks:
        """Learn the usual outlines of words."""
        counted = Counter(shape(word) for words in messages for word in words)
        return cls(tuple(outline for outline, number in counted.most_common(_SHAPES) if number >= _FEWEST))

    @property
    def width(self) -> int:
        """Columns of what `of` gives."""
        return len(MARKS) + len(self.shapes) + 1 + _FLAGS

    def of(self, words: Sequence[str]) -> np.ndarray:
        """One row a word, shape (words, width), values from 0 to 1."""
        rows = np.zeros((len(words), self.width), dtype=np.float32)
        found = lexicon().marks(words)
        spoken = all(word.islower() or not word[0].isalnum() for word in words)
        outlines = {outline: index for index, outline in enumerate(self.shapes)}
        flags = len(MARKS) + len(self.shapes) + 1
        for row, word, marks in zip(rows, words, found):
            for mark in marks:
                row[MARKS[mark]] = 1
            row[len(MARKS) + outlines.get(shape(word), len(self.shapes))] = 1
            row[flags:] = (
                word[0].isupper(),
                word.isupper() and len(word) > 1,
                any(character.isdigit() for character in word),
                word.isdigit(),
                min(len(word), 12) / 12,
                not marks,
                spoken,
                not word[0].isalnum(),
            )
        return rows
