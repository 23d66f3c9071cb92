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
    sizes = [item.size for item in items]
    lines = [line_name(item) for item in items]
    if len(set(lines)) == 1 and all(sizes) and len(set(sizes)) == len(sizes):
        return [cut(size) for size in sizes]
    names = unlike(lines)
    if len(set(sizes)) > 1:
        names = [f"{name}, {size}" if size else name for name, size in zip(names, sizes, strict=True)]
    if len({name.casefold() for name in names}) < len(names):
        names = [f"{full_name(item)} ({item.number})" for item in items]
    return [cut(name) for name in names]


def line_name(item: Item) -> str:
    """The product line's name, which says everything but the size."""
    return item.family or item.name


def unlike(names: Sequence[str]) -> list[str]:
    """``names`` without the words common to all, where what is left still reads as a name; equal names stay equal."""
    words = [[_key(word) for word in _TOKEN.findall(name)] for name in names]
    common = set(words[0]).intersection(*words[1:]) if len(set(names)) > 1 else set()
    return [cut(_without(name, common)) for name in names]


def _without(name: str, common: set[str]) -> str:
    left = [word for word in _TOKEN.findall(name) if _key(word) not in common]
    if not left or _key(left[-1]) in _NO_END or _key(left[0]) in _NO_END:
        return name
    return " ".join(left).strip(" ,;-")


_NO_END = frozenset({"with", "and", "of", "for", "in", "w/", "&", "x", "or", "without"})


def cut(label: str, *, limit: int = LABEL) -> str:
    """``label`` on one line; too long, it loses its end and says so."""
    label = " ".join(label.split())
    return label if len(label) <= limit else label[: limit - 1].rstrip() + "…"


def shared_words(text: str, *, items: Sequence[Item]) -> str:
    """Those words of ``text`` that the catalogue uses for ``items``: safe to remember, unlike what people type.

    Where it uses none ("ETT"), the words that the items' own names share ("endotracheal tube").
    """
    known: set[str] = set()
    for item in items:
        for phrase in (item.name, item.family, item.brand, item.category, *item.synonyms):
            known.update(singular(word) for word in normalise(phrase).split())
    words = [word for word in normalise(text).split() if singular(word) in known]
    if not words and items:
        lines = [normalise(line_name(item)).split() for item in items]
        words = [word for word in lines[0] if all(word in line for line in lines)]
    return " ".join(words)[:60]


def _key(word: str) -> str:
    return word.casefold().strip(",.;:()")
