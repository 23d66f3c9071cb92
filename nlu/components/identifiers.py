"""Numbers of lots, serials, orders, patients and cases in the many forms that hospitals and makers give them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

# 0 a digit, A a capital, a a small letter; everything else stands for itself.
_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "lot": (
        "A0000", "00000", "0000000", "AA0000", "A00-000", "000-A", "0000A", "LOT-0000", "A0A0A0", "AAAA0000", "0A00000",
        "AA-00000", "00A000", "a0000", "000000", "L00000", "A00-0000-000", "AB0000", "0000-00", "A000", "AA00",
    ),
    "serial": (
        "AA-00000", "00000000", "SN-0000", "A0000000", "AAA-00000", "0000-A", "00-0000", "AAA0000", "000000", "SN00000",
        "A-000", "AA00-000", "0000-00-A", "aa-0000", "AAAA-0000", "A00A00",
    ),
    "order": (
        "PO-00000", "0000000", "PO00000", "4500000000", "REQ-0000", "00-0000", "00000", "PO-0000-00", "R-00000", "REQ0000",
        "P0000", "po-00000", "0000", "SO-00000", "RQ-0000", "000-000", "B-0000", "00-000",
    ),
    "patient": (
        "000000", "0000000", "E-00000", "V-0000", "00-00-00", "MRN-000000", "000-000", "A000000", "0000", "E0000000",
        "00000000", "A-0000", "H000000", "000-00-00",
    ),
    "case": (
        "C-000", "00-0000", "C-0000", "S00-00000", "000000", "OR0-000", "C0000", "0000-0", "SC-00000", "00-00000", "AA-000",
        "0000", "C-00-000", "SP-000", "2026-0000", "c-0000",
    ),
}  # fmt: skip
_DIGIT_WORDS = ("oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DIGITS = "0123456789"
_CAPITALS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def made(entity: str, chance: np.random.RandomState) -> str:
    """A new number for a lot, serial, order, patient or case."""
    patterns = _PATTERNS[entity]
    pattern = patterns[chance.randint(len(patterns))]
    prefix = re.match(r"(?:LOT|SN|PO|po|REQ|MRN|C|c|S|R|P|SO|RQ|E|V|L|B|H|OR|SC|SP)(?=[-0])", pattern)
    kept = prefix.end() if prefix else 0
    return pattern[:kept] + "".join(_random_like(character, chance, pattern=True) for character in pattern[kept:])


def remade(text: str, chance: np.random.RandomState) -> str:
    """Another number of the same form; letters before the first digit stay three times in four."""
    if not any(character.isdigit() for character in text):
        words = [_DIGIT_WORDS[chance.randint(10)] if word in _DIGIT_WORDS else word for word in text.split(" ")]
        return " ".join(words)
    first = next(index for index, character in enumerate(text) if character.isdigit())
    kept = first if chance.rand() < 0.75 else 0
    return text[:kept] + "".join(_random_like(character, chance, pattern=False) for character in text[kept:])


def _random_like(character: str, chance: np.random.RandomState, *, pattern: bool) -> str:
    if character.isdigit() and (not pattern or character == "0"):
        return _DIGITS[chance.randint(10)]
    if character.isupper() and (not pattern or character == "A"):
        return _CAPITALS[chance.randint(len(_CAPITALS))]
    if character.islower() and (not pattern or character == "a"):
        return _CAPITALS[chance.randint(len(_CAPITALS))].lower()
    return character
