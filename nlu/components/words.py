"""Where words begin and end in what supply-room people write.

Rasa's whitespace tokeniser throws punctuation away before it looks at the word, splits "7.5" in some neighbourhoods and
cannot say where "ICU?" ends. Entities must come back as exact substrings with offsets, so the split is our own: every
character that is not white space belongs to exactly one word, and no word contains white space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PATTERN = re.compile(
    r"""
      (?P<times>(?<!\w)[xX×](?=\d+(?!\w)))            # "x2": the sign and the number are two words
    | (?P<tight>(?<![\w.])\d+(?=(?:[xX×]|bx|boxes|box|cs|cases|case|ea|pk|packs|pack|bags|bag|vials|vial|pcs|rolls)(?!\w)))
    | \#(?=\w)                                         # "#16", "PO#4471"
    | \.\d+(?:[xX×/-]\d*\.?\d+)*[^\W_]*                # ".035"
    | \d+(?:[.,:/×-]\d+)*[^\W_]*(?:(?<=[^\W_])-[^\W_]+)*(?:\.\d+[^\W_]*)*   # 7.5, 3-0, 16fr, 4x4, 12/31, 7:30, 2x1.5
    | [^\W_]+(?:'[^\W_]+(?<!'s)(?<!'S))?(?:[-.&+][^\W_]+)*                  # words, L&D, PO-77120, o'brien, k-wire
    | '[sS](?!\w)                                      # tomorrow's
    | \S
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Word:
    """One word of a text: ``text[start:end] == self.text``."""

    text: str
    start: int
    end: int


def split_words(text: str) -> list[Word]:
    """Split a text into words, left to right, without gaps other than white space.

    >>> [word.text for word in split_words("any 7.5 gloves in ICU? need #16fr x2, o r 3")]
    ['any', '7.5', 'gloves', 'in', 'ICU', '?', 'need', '#', '16fr', 'x', '2', ',', 'o', 'r', '3']
    """
    return [Word(match.group(), match.start(), match.end()) for match in _PATTERN.finditer(text)]
