"""Figures and codes as they are spoken, written as they are meant: "4.0 Monocryl" is 4-0, "lot 8 J 22 10" is one number."""

from __future__ import annotations

import re
from typing import Final

from bot.understanding.hearing.terms import Terms

_CUES: Final = r"lot|serial|sn|case|order|mrn|encounter|number|po|requisition|receipt|hold"
_PIECE: Final = r"(?:[A-Za-z]\b|[A-Za-z]{0,3}-?\d[\dA-Za-z-]*)"
_CODE: Final = re.compile(
    rf"\b(?P<cue>{_CUES})(?P<of>s?(?: number| no\.?| is)?) (?P<pieces>{_PIECE}(?:(?:[ ,]+|-){_PIECE})+)(?=$|[\s.,;?!])",
    re.IGNORECASE,
)
_THOUSANDS: Final = re.compile(r"\b\d*[A-Za-z]+\d+,\d{3}\b")
"""A letter before it makes it a code, which has no thousands."""
_SUTURE: Final = re.compile(r"\b(\d{1,2})(?:[.,]0|[ -]?[oO0]|-0)\b")
_MERGED: Final = re.compile(r"\b([1-9])(\d{2})[- ]?(French|Fr|gauge|ga)\b", re.IGNORECASE)
_FRENCH: Final = range(3, 45)
_GAUGE: Final = range(14, 31)
_NEARBY: Final = 4
_GOING_ON: Final = frozenset(
    [
        "and",
        "are",
        "been",
        "for",
        "from",
        "has",
        "have",
        "into",
        "please",
        "that",
        "the",
        "was",
        "were",
        "which",
        "with",
    ]
)
"""What may follow a number and makes no quantity of its last figures."""


def set_right(text: str, *, terms: Terms) -> str:
    text = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), text)
    text = _CODE.sub(_code, text)
    text = _MERGED.sub(_parted, text)
    return _sutures(text, terms)


def _code(match: re.Match[str]) -> str:
    """Pieces are joined up to one that begins a quantity: a figure before a word."""
    pieces = re.split(r"[ ,]+", match["pieces"])
    rest = match.string[match.end() :]
    kept: list[str] = []
    after = re.match(r" ([A-Za-z]{3,})", rest)
    if pieces[-1].isdigit() and after is not None and after[1].casefold() not in _GOING_ON:
        kept = [pieces.pop()]
    code = "".join(pieces)
    if not any(character.isdigit() for character in code) or len(code) < 3:
        return match[0]
    return f"{match['cue']}{match['of']} {' '.join((code, *kept))}"


def _parted(match: re.Match[str]) -> str:
    """ "216 French" is no size: two of 16 French."""
    size = int(match[2])
    sizes = _FRENCH if match[3][0] in "fF" else _GAUGE
    if int(match[1] + match[2]) not in sizes and size in sizes:
        return f"{match[1]} {match[2]} {match[3]}"
    return match[0]


def _sutures(text: str, terms: Terms) -> str:
    """ "3.0", "3 O" and "3-O" beside the name of a suture are its size 3-0; elsewhere they stay: a stent may be 3.0 mm."""
    words = text.casefold()

    def one(match: re.Match[str]) -> str:
        before = re.findall(r"[a-z]+", words[: match.start()])[-_NEARBY:]
        after = re.findall(r"[a-z]+", words[match.end() :])[:_NEARBY]
        near = {w.removesuffix("s") for w in (*before, *after)} | set(before) | set(after)
        return f"{match[1]}-0" if near & terms.suture_words else match[0]

    return _SUTURE.sub(one, text)
