"""Names of places as comparable terms: what kind, and which one of its kind. "O R three" and "Operating Room 3": or#3."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from domain.model.wording import singular, worded

_SKIPPED = frozenset(
    {
        "the", "a", "an", "in", "at", "on", "of", "our", "my", "your", "to", "from", "into", "this", "that", "for",
        "near", "by", "inside", "its", "is", "are", "please",
    }
)  # fmt: skip
_ORDINALS = {
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7",
    "eighth": "8", "ninth": "9", "tenth": "10", "eleventh": "11", "twelfth": "12",
    "1st": "1", "2nd": "2", "3rd": "3", "4th": "4", "5th": "5", "6th": "6", "7th": "7", "8th": "8", "9th": "9",
}  # fmt: skip
_COMPASS = {"w": "west", "e": "east", "n": "north", "s": "south"}
_WARDS = frozenset({"west", "east", "north", "south", "floor"})
_MIXED = re.compile(r"([a-z]{2,})(\d{1,4}[a-z]?)")
_WARD = re.compile(r"(\d{1,2})([wens])")
_DESIGNATOR = re.compile(r"\d{1,5}[a-z]?|[a-z]\d{0,4}")
LONGEST_PHRASE = 5


@lru_cache(maxsize=1)
def _phrases() -> dict[tuple[str, ...], str]:
    text = (Path(__file__).parent / "place_names.tsv").read_text(encoding="utf-8")
    table: dict[tuple[str, ...], str] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        names = [name.strip() for name in line.split("|")]
        key = names[0].replace(" ", "-")
        for name in names:
            table.setdefault(tuple(_words(name)), key)
    return table


def _words(text: str) -> list[str]:
    words: list[str] = []
    for token in worded(text).tokens:
        for word in re.split(r"[^a-z0-9&]+", token.text):
            if not word or word in _SKIPPED:
                continue
            ward = _WARD.fullmatch(word)
            mixed = _MIXED.fullmatch(word)
            if ward:
                words.extend((ward[1], _COMPASS[ward[2]]))
            elif mixed:
                words.extend((mixed[1], mixed[2]))
            else:
                words.append(_ORDINALS.get(word, singular(word)))
    return words


def _keyed(words: list[str]) -> list[str]:
    """Known phrases replaced by their key, the longest first."""
    table = _phrases()
    keyed: list[str] = []
    index = 0
    while index < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - index), 0, -1):
            key = table.get(tuple(words[index : index + length]))
            if key is not None:
                keyed.append(key)
                index += length
                break
        else:
            keyed.append(words[index])
            index += 1
    return keyed


def is_designator(word: str) -> bool:
    """3, B, B2, 12A: which one of several, not what."""
    return bool(_DESIGNATOR.fullmatch(word))


@lru_cache(maxsize=32_768)
def place_terms(text: str) -> tuple[str, ...]:
    """ "OR 3 cabinet B2" -> ("or#3", "cabinet#b2"), "4W" -> ("west#4",), "supply closet" -> ("supply-room",)."""
    words = _keyed(_words(text[:200]))
    terms: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        following = words[index + 1] if index + 1 < len(words) else ""
        if word.isdigit() and following in _WARDS:
            terms.append(f"{following}#{word}")
            index += 2
        elif not is_designator(word) and following and is_designator(following):
            after = words[index + 2] if index + 2 < len(words) else ""
            if following.isdigit() and after in _WARDS:
                terms.append(word)
                index += 1
            else:
                terms.append(f"{word}#{following}")
                index += 2
        else:
            terms.append(word)
            index += 1
    return tuple(terms)
