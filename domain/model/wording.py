"""What people write and say, brought to one form: spelled-out letters, number words, fractions, plurals, dashes.

``worded`` gives the normalised text and keeps the way back to the original, so that a size or a place found in
the normal form can be shown or cut out where it stood. Nothing here knows items, places or units.

>>> normalise("I C U, the FOUR OH vicryl's")
'icu the 4-0 vicryl'
>>> normalise("ETT seven and a half")
'ett 7.5'
>>> number_of("half a dozen")
Decimal('6')
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from domain.model.spoken_numbers import by_joined, numbers_joined
from domain.model.tokens import LONGEST_TEXT, Token, fraction_of, letters_joined, plain_figure, raw_tokens

__all__ = ["LONGEST_TEXT", "Token", "Wording", "normalise", "number_of", "singular", "worded"]


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in its normal form: ``text`` is the tokens joined by one blank, ``starts`` where each begins in it."""

    source: str
    text: str
    tokens: tuple[Token, ...]
    starts: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of ``source`` that ``text[start:end]`` was made of; whole words where a word was rewritten."""
        if not self.tokens:
            return 0, 0
        first = max(0, bisect_right(self.starts, start) - 1)
        last = max(first, bisect_right(self.starts, max(start, end - 1)) - 1)
        head, tail = self.tokens[first], self.tokens[last]
        begin, stop = head.start, tail.end
        if head.end - head.start == len(head.text):
            begin = head.start + min(start - self.starts[first], len(head.text))
        if tail.end - tail.start == len(tail.text):
            stop = tail.start + min(end - self.starts[last], len(tail.text))
        return begin, max(begin, stop)


@lru_cache(maxsize=4096)
def worded(text: str) -> Wording:
    """The normal form of ``text`` (its first 4,000 characters) with offsets back into it. Never raises."""
    raw = raw_tokens(text)
    if any(not token.text[0].isdigit() for token in raw) or len(raw) > 1:
        raw = by_joined(numbers_joined(letters_joined(raw)))
    starts: list[int] = []
    position = 0
    for token in raw:
        starts.append(position)
        position += len(token.text) + 1
    return Wording(text, " ".join(token.text for token in raw), tuple(raw), tuple(starts))


def normalise(text: str) -> str:
    """Lower case, number words as digits, spelled letters joined, punctuation gone: for comparing and matching."""
    return worded(text).text


# --------------------------------------------------------------------------------------------- plurals

_NO_PLURAL = frozenset(
    {
        "pds", "bis", "gas", "plus", "us", "bus", "pus", "iris", "lens", "this", "his", "was", "has", "is", "as", "its",
        "yes", "ns", "less", "bias", "atlas", "always", "perhaps", "does", "cvs", "ids", "gps", "sis", "las", "ous",
        "series", "status",
    }
)  # fmt: skip


def singular(word: str) -> str:
    """One of it: boxes -> box, batteries -> battery, PICCs -> picc. ``word`` is in lower case already."""
    if len(word) < 3 or word[-1] != "s" or word in _NO_PLURAL or not word[-2].isalpha():
        return word
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses", "zes")) and len(word) > 4:
        return word[:-2]
    return word[:-1]


# ------------------------------------------------------------------------------------------ quantities

_COUNTED = {
    "dozen": 12,
    "dozens": 12,
    "couple": 2,
    "gross": 144,
    "single": 1,
    "hundred": 100,
    "thousand": 1000,
}
_QUANTITY = re.compile(r"(?:x\s?)?(?P<sign>-?)(?P<number>\d+(?:\.\d+)?|\.\d+|\d{1,2}/\d{1,2})(?:\s?x)?")
_SIGNED = re.compile(r"^\s*[-−]\s*\d")


def number_of(text: str) -> Decimal | None:
    """The quantity that the whole text names: "22", "twenty two", "7½", "half a dozen", "x3"; None where it is no number.

    "half" is 0.5, "a dozen" 12, "a couple" 2; "all" and "a box" are no numbers; "-3" is minus three, for others to refuse.
    """
    words = worded(text).text.split()
    while words and words[0] in ("a", "an", "the", "of", "about", "exactly", "only", "just"):
        words.pop(0)
    scale = Decimal(1)
    counted = False
    while words and words[-1] in ("of", "a", "them"):
        words.pop()
    if words and words[-1] in _COUNTED:
        scale = Decimal(_COUNTED[words.pop()])
        counted = True
    while words and words[-1] in ("a", "an", "of"):
        words.pop()
    if not words:
        return scale if counted else None
    rest = " ".join(words).lstrip("#")
    found = _QUANTITY.fullmatch(rest)
    if found is None:
        return None
    number = found["number"]
    if "/" in number:
        if int(number.split("/")[1]) == 0:
            return None
        value = fraction_of(number).normalize()
    else:
        value = Decimal(number)
    if _SIGNED.match(text):
        value = -value
    result = value * scale
    return Decimal(plain_figure(result)) if scale != 1 or "." in str(result) else result
