"""Which of the ways to hear a clip a person most likely meant, and its words set right by the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.understanding.hearing.identifiers import set_right
from bot.understanding.hearing.terms import Terms

_TOKENS: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d[\d.,/-]*|\S")
_MOST_WORDS: Final = 4
_NEAR: Final = 0.74
_NEAR_SHORT: Final = 0.80
_SHORT: Final = 5
_NEAR_KNOWN: Final = 0.86
"""For stretches of known words alone, one of them the house's own: "bare hugger" is a Bair Hugger."""
_LITTLE: Final = 3
"""So short a known word is no misheard name: "with a" is no "with ear"."""
_NEAR_EDGE: Final = 0.93
_PARTICLES: Final = frozenset(
    """
    a an and are as at be by for from i in into is it my no of off on or our out so that the to up was we with you
    """.split()  # noqa: SIM905 - a list of words is read as words
)
"""Hardly ever the beginning or the end of a misheard name: so near such a stretch has to be."""
_UNKNOWN: Final = 0.24
"""What a word that nobody here uses costs, in the engine's own score. Chosen on clips of other sentences than the benchmark's."""
_TERM: Final = 0.04
_BELIEVED: Final = -0.75


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of what was heard and the term that stands for it now."""

    heard: str
    term: str


@dataclass(frozen=True, slots=True)
class Understood:
    """``text`` is what is taken for said; ``heard`` the engine's words before the changes. ``sure`` is False where it is to be shown
    with doubt: hardly believed by the engine, or words left that nobody here uses."""

    text: str
    heard: str
    changes: tuple[Change, ...] = ()
    sure: bool = True


def understood(
    windows: Sequence[Sequence[tuple[str, float]]], *, terms: Terms, learnt: Mapping[str, str] = {}
) -> Understood:
    """Of each stretch the best of its hypotheses (text, mean log chance); "" where there are none. ``learnt`` are names that people
    set right before, by what was heard in their stead."""
    chosen = [_best(window, terms) for window in windows if window]
    heard = " ".join(text for text, _ in chosen)
    text, remembered = recalled(heard, learnt=learnt, terms=terms)
    text, changes = corrected(text, terms=terms)
    changes = (*remembered, *changes)
    text = set_right(text, terms=terms)
    sure = bool(chosen) and min(score for _, score in chosen) > _BELIEVED
    strange = sum(not terms.knows(word) for word in _words(text))
    return Understood(text, heard, changes, sure and strange <= max(1, len(_words(text)) // 4))


def _best(window: Sequence[tuple[str, float]], terms: Terms) -> tuple[str, float]:
    return max(window, key=lambda each: (each[1] + _fit(each[0], terms), -len(each[0])))


def _fit(text: str, terms: Terms) -> float:
    words = _words(text)
    unknown = sum(not terms.knows(word) for word in words)
    known = sum(
        terms.is_term(" ".join(words[at : at + length]))
        for length in (2, 3)
        for at in range(len(words) - length + 1)
    )
    return min(known, 3) * _TERM - unknown * _UNKNOWN


def _words(text: str) -> list[str]:
    return [token.casefold() for token in _TOKENS.findall(text) if token[0].isalpha()]


def recalled(text: str, *, learnt: Mapping[str, str], terms: Terms) -> tuple[str, tuple[Change, ...]]:
    """Stretches that somebody set right before stand as they were set right, the longest first."""
    changes: list[Change] = []
    for heard in sorted(learnt, key=len, reverse=True):
        if terms.is_term(heard):
            continue
        pattern = re.compile(rf"(?<![\w'-]){re.escape(heard)}(?![\w'-])", re.IGNORECASE)
        text, count = pattern.subn(learnt[heard], text)
        if count:
            changes.append(Change(heard, learnt[heard]))
    return text, tuple(changes)


@dataclass(frozen=True, slots=True)
class _Found:
    value: float
    start: int
    length: int
    term: str


def corrected(text: str, *, terms: Terms) -> tuple[str, tuple[Change, ...]]:
    """Stretches with a word that nobody here uses become the term they sound like; what sounds like none stays."""
    found_at = list(_TOKENS.finditer(text))
    tokens = [match[0] for match in found_at]
    low = [token.casefold() for token in tokens]
    strange = [token.isalpha() and not _initials(token) and not terms.knows(token) for token in tokens]
    taken: list[_Found] = []
    used: set[int] = set()
    for found in sorted(_candidates(low, strange, terms), key=lambda f: (-f.value, f.start, f.length)):
        covered = set(range(found.start, found.start + found.length))
        if not used & covered:
            used |= covered
            taken.append(found)
    made, after = "", 0
    changes: list[Change] = []
    for found in sorted(taken, key=lambda f: f.start):
        # What stands around stays as it was written: codes and hyphens too.
        first, last = found_at[found.start], found_at[found.start + found.length - 1]
        changes.append(Change(" ".join(tokens[found.start : found.start + found.length]), found.term))
        made += text[after : first.start()] + found.term
        after = last.end()
    return made + text[after:], tuple(changes)


def _initials(token: str) -> bool:
    """ "PICU" was said letter by letter, or as a name of its own: it is no misheard word."""
    return len(token) > 1 and token.isupper()


def _candidates(low: Sequence[str], strange: Sequence[bool], terms: Terms) -> list[_Found]:
    found = []
    for start in range(len(low)):
        for length in range(1, _MOST_WORDS + 1):
            words = low[start : start + length]
            if len(words) < length or not words[-1].replace("'", "").isalpha():
                break
            odd = sum(strange[start : start + length])
            if not odd and (
                length == 1 or terms.is_term(" ".join(words)) or not any(map(terms.is_of_the_house, words))
            ):
                continue
            near = terms.nearest(" ".join(words))
            kept = set(near.term.split())
            needed = _NEAR_SHORT if length == 1 and len(words[0]) <= _SHORT else _NEAR
            if not odd:
                needed = _NEAR_KNOWN
                if len(near.term.split()) != length or near.term.rstrip("s") == " ".join(words).rstrip("s"):
                    continue
                if any(len(word) <= _LITTLE for word in set(words) - kept):
                    continue
            if length > 1 and {words[0], words[-1]} & _PARTICLES - kept:
                needed = _NEAR_EDGE
            if near.nearness < needed:
                continue
            # A longer stretch explains more strange words; an everyday word that the term has not is lost for it.
            lost = sum(
                not s and w not in kept for w, s in zip(words, strange[start : start + length], strict=True)
            )
            company = sum(
                not s and w in kept for w, s in zip(words, strange[start : start + length], strict=True)
            )
            found.append(
                _Found(near.nearness + 0.03 * odd + 0.06 * company - 0.06 * lost, start, length, near.term)
            )
    return found
