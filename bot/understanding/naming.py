"""Short names that tell things apart: what a button says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.model.item import Item
from domain.model.wording import normalise, singular

LABEL = 75
"""Slack's limit for the text of a button."""

_TOKEN = re.compile(r"\S+")


def full_name(item: Item) -> str:
    """Name and size, the size once."""
    if not item.size or normalise(item.size) in normalise(item.name):
        return item.name
    return f"{item.name} {item.size}"


def telling_names(items: Sequence[Item]) -> list[str]:
    """Names without the words that all share; sizes alone where nothing else differs. Unique, at most LABEL characters."""
    if len(items) == 1:
        return [cut(full_name(items[0]))]
    if len({item.family for item in items}) == 1 and all(item.size for item in items):
        sizes = [item.size for item in items]
        if len(set(sizes)) == len(sizes):
            return [cut(size) for size in sizes]
    return unlike([full_name(item) for item in items], numbers=[item.number for item in items])


def unlike(names: Sequence[str], *, numbers: Sequence[str] = ()) -> list[str]:
    """``names`` without their common words; where two would still be alike, whole, with their ``numbers``."""
    words = [[_key(word) for word in _TOKEN.findall(name)] for name in names]
    common = set(words[0]).intersection(*words[1:]) if len(words) > 1 else set()
    short = [
        " ".join(word for word in _TOKEN.findall(name) if _key(word) not in common).strip(" ,;-") or name
        for name in names
    ]
    if len({label.casefold() for label in short}) < len(short):
        short = [f"{name} ({number})" for name, number in zip(names, numbers or names, strict=True)]
    return [cut(label) for label in short]


def cut(label: str, *, limit: int = LABEL) -> str:
    """``label`` on one line; too long, it loses its end and says so."""
    label = " ".join(label.split())
    return label if len(label) <= limit else label[: limit - 1].rstrip() + "…"


def shared_words(text: str, *, items: Sequence[Item]) -> str:
    """Those words of ``text`` that the catalogue uses for ``items``: safe to remember, unlike what people type."""
    known: set[str] = set()
    for item in items:
        for phrase in (item.name, item.family, item.brand, item.category, *item.synonyms):
            known.update(singular(word) for word in normalise(phrase).split())
    words = [word for word in normalise(text).split() if singular(word) in known]
    return " ".join(words)[:60]


def _key(word: str) -> str:
    return word.casefold().strip(",.;:()")
