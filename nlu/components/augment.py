"""Variants of a labelled message that people could have written too: made by rule while training, never stored.

Each epoch sees another variant of most messages, so that what is learnt hangs neither on a product's name nor on a
capital, a comma or a slip of the keyboard (Wei and Zou 2019, "EDA"; Dai and Adel 2020, "An Analysis of Simple Data
Augmentation for Named Entity Recognition": mention replacement). A message keeps its intent and its labels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from components.identifiers import made, remade
from components.lexicon import listed
from components.spans import Example, Span
from components.spoken import as_spoken

IDENTIFIERS = ("lot", "serial", "order", "patient", "case")
_NEIGHBOURS = {
    "a": "qsz", "b": "vgn", "c": "xvd", "d": "sfec", "e": "wrd", "f": "dgrv", "g": "fhtb", "h": "gjyn", "i": "uok",
    "j": "hkum", "k": "jlio", "l": "kop", "m": "nj", "n": "bmh", "o": "ipl", "p": "ol", "q": "wa", "r": "etf", "s": "adwx",
    "t": "ryg", "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh", "z": "xa",
}  # fmt: skip
_OPENINGS = (
    "hi, ", "hey ", "hey parley, ", "ok so ", "ok ", "um ", "quick one: ", "please ", "pls ", "sorry, ", "good morning, ",
    "hi there - ", "also ", "so ", "quick question, ", "@parley ", "yo ", "hello, ", "can you help, ", "another one: ",
)  # fmt: skip
_CLOSINGS = (
    " please",
    " pls",
    " thanks",
    " thx",
    " ty",
    ", thank you",
    " asap",
    " now",
    " stat",
    " when you can",
    " today pls",
    " :)",
)
_TALK = frozenset({"greet", "thanks", "affirm", "deny", "cancel", "help", "undo", "out_of_scope"})


@dataclass(frozen=True)
class Shares:
    """How often each change is made to a message (probability), and to a span of a message whose spans are changed."""

    swap: float = 0.5
    swap_span: float = 0.6
    spoken: float = 0.08
    lower: float = 0.15
    upper: float = 0.03
    unsigned: float = 0.15
    slips: float = 0.12
    frame: float = 0.08


USUAL = Shares()


@dataclass(frozen=True)
class _Part:
    text: str
    entity: str | None = None
    role: str | None = None


class Augmenter:
    """Makes variants; what spans may be swapped for comes from the examples' own spans and from the word lists."""

    def __init__(self, examples: Sequence[Example], shares: Shares = USUAL) -> None:
        self._shares = shares
        self._pools = _pools(examples)

    def __call__(self, example: Example, chance: np.random.RandomState) -> Example:
        """One variant of the example; the example itself if chance wants it so."""
        parts = _parts(example)
        shares = self._shares
        style = is_spoken(example.text)
        if parts and chance.rand() < shares.swap:
            parts = [self._swapped(part, style, chance) if part.entity else part for part in parts]
        if chance.rand() < shares.frame and example.intent not in _TALK:
            parts = _framed(parts, style, chance)
        if not style:
            if chance.rand() < shares.spoken:
                return _said(parts, example.intent, chance)
            if chance.rand() < shares.unsigned:
                parts = [p if p.entity else _Part(re.sub(r"[?!.,;:'’](?!\w)", "", p.text)) for p in parts]
            casing = chance.rand()
            if casing < shares.lower:
                parts = [_Part(p.text.lower(), p.entity, p.role) for p in parts]
            elif casing < shares.lower + shares.upper:
                parts = [_Part(p.text.upper(), p.entity, p.role) for p in parts]
            if chance.rand() < shares.slips:
                parts = _slipped(parts, chance)
        return _joined(parts, example.intent)

    def _swapped(self, part: _Part, style: bool, chance: np.random.RandomState) -> _Part:
        if chance.rand() > self._shares.swap_span or part.entity is None:
            return part
        text = part.text
        if part.entity in IDENTIFIERS:
            # Half keep their own pattern, half get one of another hospital.
            text = remade(text, chance) if style or chance.rand() < 0.5 else made(part.entity, chance)
        else:
            pool = self._pools.get((part.entity, style)) or self._pools.get((part.entity, not style)) or (text,)
            text = pool[chance.randint(len(pool))]
            if (
                text[:1].islower() != part.text[:1].islower()
                and text[:1].isalpha()
                and not text.isupper()
                and chance.rand() < 0.7
            ):
                text = text.lower() if part.text[:1].islower() else text[:1].upper() + text[1:]
        return _Part(text, part.entity, part.role)


def is_spoken(text: str) -> bool:
    """Whether a text looks like a speech recogniser's: lower case, no digits, no signs."""
    return all(character.islower() or character in " '" for character in text)


def _pools(examples: Sequence[Example]) -> Mapping[tuple[str, bool], tuple[str, ...]]:
    """What a span may be swapped for, by entity and by whether the message is spoken."""
    found: dict[tuple[str, bool], set[str]] = {}
    for example in examples:
        style = is_spoken(example.text)
        for span in example.spans:
            found.setdefault((span.entity, style), set()).add(example.text[span.start : span.end])
    for entity, kind in (
        ("item", "item"),
        ("item", "product"),
        ("supplier", "supplier"),
        ("location", "place"),
        ("provider", "surname"),
    ):
        for phrase in listed(kind):
            if entity == "provider":
                found.setdefault((entity, False), set()).update(
                    (f"Dr. {phrase.title()}", f"dr {phrase}", f"Dr {phrase.title()}")
                )
                found.setdefault((entity, True), set()).update((f"doctor {phrase}", f"dr {phrase}"))
            else:
                for style in (False, True):
                    if not style or is_spoken(phrase):
                        found.setdefault((entity, style), set()).add(phrase)
    return {key: tuple(sorted(values)) for key, values in found.items()}


def _parts(example: Example) -> list[_Part]:
    """The text cut at the ends of its spans."""
    parts: list[_Part] = []
    reached = 0
    for span in sorted(example.spans):
        if span.start > reached:
            parts.append(_Part(example.text[reached : span.start]))
        parts.append(_Part(example.text[span.start : span.end], span.entity, span.role))
        reached = span.end
    if reached < len(example.text):
        parts.append(_Part(example.text[reached:]))
    return parts


def _joined(parts: Sequence[_Part], intent: str) -> Example:
    text = ""
    spans: list[Span] = []
    for part in parts:
        piece = part.text
        if text[-1:].isalpha() and piece[:1].isalpha():
            # "x2" has become "x" and "two".
            text += " "
        if part.entity and piece.strip():
            spans.append(Span(len(text), len(text) + len(piece), part.entity, part.role))
        text += piece
    return Example(text, intent, tuple(spans))


def _said(parts: Sequence[_Part], intent: str, chance: np.random.RandomState) -> Example:
    """As a speech recogniser would have written it; no label keeps a space at its ends."""
    said: list[_Part] = []
    for part in parts:
        text = as_spoken(part.text, part.entity, chance)
        said.append(_Part(text.strip() if part.entity else text, part.entity, part.role))
    if said and not said[0].entity:
        said[0] = _Part(said[0].text.lstrip())
    if said and not said[-1].entity:
        said[-1] = _Part(said[-1].text.rstrip())
    return _joined(said, intent)


def _framed(parts: list[_Part], style: bool, chance: np.random.RandomState) -> list[_Part]:
    if chance.rand() < 0.5:
        opening = _OPENINGS[chance.randint(len(_OPENINGS))]
        return [_Part(re.sub(r"[^a-z ]", "", opening) if style else opening), *parts]
    closing = _CLOSINGS[chance.randint(len(_CLOSINGS))]
    return [*parts, _Part(re.sub(r"[^a-z ]", "", closing) if style else closing)]


def _slipped(parts: Sequence[_Part], chance: np.random.RandomState) -> list[_Part]:
    """One or two slips of the keyboard, in words of four letters and more."""
    words = [
        (index, match)
        for index, part in enumerate(parts)
        if part.entity not in IDENTIFIERS
        for match in re.finditer(r"[A-Za-z]{4,}", part.text)
    ]
    changed = list(parts)
    chosen = {words[chance.randint(len(words))] for _ in range(1 + int(chance.rand() < 0.3))} if words else set()
    # From the end, so that places found before stay right.
    for index, match in sorted(chosen, key=lambda pair: (-pair[0], -pair[1].start())):
        part = changed[index]
        changed[index] = _Part(
            part.text[: match.start()] + _slip(match.group(), chance) + part.text[match.end() :], part.entity, part.role
        )
    return changed


def _slip(word: str, chance: np.random.RandomState) -> str:
    place = int(chance.randint(1, len(word) - 1))
    slips: tuple[Callable[[], str], ...] = (
        lambda: word[:place] + word[place + 1 :],
        lambda: word[:place] + word[place] + word[place:],
        lambda: word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        lambda: word[:place] + _neighbour(word[place], chance) + word[place + 1 :],
    )
    return slips[chance.randint(len(slips))]()


def _neighbour(letter: str, chance: np.random.RandomState) -> str:
    near = _NEIGHBOURS.get(letter.lower(), letter)
    return near[chance.randint(len(near))]
