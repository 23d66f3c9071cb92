"""Names of places as comparable terms: what kind, and which one of its kind. "O R three" and "Operating Room 3": or#3."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from domain.model.wording import singular, worded

_SKIPPED = frozenset(
    {
        "the", "an", "in", "at", "on", "of", "our", "my", "your", "to", "from", "into", "this", "that", "for",
        "near", "by", "inside", "its", "is", "are", "please",
    }
)  # fmt: skip
_ORDINALS = {
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7",
    "eighth": "8", "ninth": "9", "tenth": "10", "eleventh": "11", "twelfth": "12",
    "1st": "1", "2nd": "2", "3rd": "3", "4th": "4", "5th": "5", "6th": "6", "7th": "7", "8th": "8", "9th": "9",
}  # fmt: skip
_COMPASS = {"w": "west", "e": "east", "n": "north", "s": "south"}
COMPASS = frozenset(_COMPASS.values())
_WARDS = COMPASS | {"floor"}
CONTAINERS = frozenset(
    {
        "shelf",
        "bin",
        "cabinet",
        "cart",
        "rack",
        "drawer",
        "bay",
        "dock",
        "aisle",
        "fridge",
        "freezer",
        "supply-room",
        "store",
    }
)
"""What is told apart by number or letter alone."""
_MIXED = re.compile(r"([a-z]{2,})(\d{1,4}[a-z]?)")
_WARD = re.compile(r"(\d{1,2})([wens])")
_DASHED = re.compile(r"(\d{1,4})-([a-z])")
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
            table.setdefault(tuple(place_words(name)), key)
    return table


def place_words(text: str) -> list[str]:
    """The words of a place's name: singular, ordinals as figures, "4W" as "4 west", "OR5" as "or 5", "02-E" as "2e"."""
    words: list[str] = []
    for token in worded(text[:200]).tokens:
        dashed = _DASHED.fullmatch(token.text)
        pieces = [dashed[1] + dashed[2]] if dashed else re.split(r"[^a-z0-9&]+", token.text)
        for word in pieces:
            held = bool(words) and words[-1] in CONTAINERS
            if not word or word in _SKIPPED or (word == "a" and not held):
                continue
            ward, mixed = _WARD.fullmatch(word), _MIXED.fullmatch(word)
            if ward and not held and not dashed:
                words.extend((ward[1], _COMPASS[ward[2]]))
            elif mixed:
                words.extend((mixed[1], _bare(mixed[2])))
            else:
                words.append(_bare(_ORDINALS.get(word, singular(word))))
    return words


def _bare(word: str) -> str:
    """Without leading zeros: bin 02 is bin 2."""
    return (word.lstrip("0") or "0") if word[:1] == "0" else word


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


def known_words() -> frozenset[str]:
    """Every word of the table of place names."""
    return frozenset(word for phrase in _phrases() for word in phrase)


def terms_of_words(words: list[str]) -> tuple[str, ...]:
    """ "or 3 cabinet b2" -> ("or#3", "cabinet#b2"), "4 west" -> ("west#4",), "supply closet" -> ("supply-room",)."""
    words = _keyed(words)
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


def place_terms(text: str) -> tuple[str, ...]:
    """The terms of a name or question: "O R three" and "Operating Room 3" both give ("or#3",)."""
    return terms_of_words(place_words(text))
