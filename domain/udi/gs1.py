"""GS1 element strings: ``01`` and fourteen digits, ``17`` and a date, ``10`` and a lot, with FNC1 where the length is open.

What biip's own parser lets pass is said here as a doubt: a separator that was forgotten, an element that is too long, one that
stands twice, a date in no calendar, a wrong check digit. Source: GS1 General Specifications, sections 3, 7.8 and 7.12.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.errors import InvalidIdentifier
from domain.udi.calendar_dates import day_of, full_year, yymmdd
from domain.udi.gs1_table import DATES, KEYS, TRADE_ITEM, Kind, kind_at, kind_of
from domain.udi.reading import Agency, Doubt, Udi
from domain.udi.swallowed import Element, readings
from domain.udi.symbol import FNC1

LONGEST = 7100
"""More characters than the largest symbol holds (a QR code of 7,089 digits)."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """An element as it stands: ``kind`` None is what no table names."""

    kind: Kind | None
    value: str
    closed: bool

    @property
    def element(self) -> Element:
        return (self.kind.ai if self.kind else "", self.value)


def parse_message(text: str, *, today: date, also: Iterable[Doubt] = ()) -> Udi:
    """What the element strings of one symbol say. ``also`` are doubts about the symbol itself.

    Raises InvalidIdentifier where no element of the standard stands at the beginning, and for characters no symbol of GS1 holds.
    """
    pieces = _cut(text)
    elements = [piece.element for piece in pieces]
    doubts = list(also)
    literal = read_elements(elements, today=today, also=doubts)
    others: list[Udi] = []
    for other in readings([(*piece.element, piece.closed) for piece in pieces], today=today):
        reading = read_elements(other, today=today, also=doubts)
        if Doubt.TWICE not in reading.doubts and reading not in others:
            others.append(reading)
    if not others:
        return literal
    said = dict.fromkeys((*literal.doubts, Doubt.UNTERMINATED))
    return replace(literal, doubts=tuple(said), alternatives=(*literal.alternatives, *others))


def looks_whole(text: str, *, today: date) -> bool:
    """Could a symbol that does not say it is GS1's hold this? Only where every element fits, and it begins with a key whose
    check digit is right or with a date and more behind it.
    """
    try:
        pieces = _cut(text)
    except InvalidIdentifier:
        return False
    if not all(p.kind and p.kind.allows(p.value) and p.kind.checks(p.value) for p in pieces):
        return False
    first = pieces[0].element[0]
    if first in DATES:
        return len(pieces) > 1 and yymmdd(pieces[0].value, today=today) is not None
    return first in {"00", *TRADE_ITEM} or (FNC1 in text.strip(FNC1) and len(pieces) > 1)


def _cut(text: str) -> list[_Piece]:
    """The elements one after the other; separators are welcome between any two of them (7.8.6)."""
    if len(text) > LONGEST:
        raise InvalidIdentifier(f"A code holds at most {LONGEST} characters, not {len(text)}.")
    if any(not (" " <= mark <= "~" or mark == FNC1) for mark in text):
        raise InvalidIdentifier("A GS1 code holds printable ASCII and its separator, nothing else.")
    pieces: list[_Piece] = []
    position, length = 0, len(text)
    while position < length:
        if text[position] == FNC1:
            position += 1
            continue
        end = text.find(FNC1, position)
        end = length if end < 0 else end
        kind = kind_at(text, position)
        if kind is None:
            pieces.append(_Piece(None, text[position:end], closed=True))
        else:
            start = position + len(kind.ai)
            end = min(end, start + kind.fixed) if kind.fixed else end
            pieces.append(_Piece(kind, text[start:end], closed=bool(kind.fixed) or end < length))
        position = end
    if not pieces or pieces[0].kind is None:
        raise InvalidIdentifier(
            "A GS1 code begins with an application identifier such as 01, 10 or 17; this one does not."
        )
    return pieces


def read_elements(elements: Sequence[Element], *, today: date, also: Iterable[Doubt] = ()) -> Udi:
    """The elements put into words. An element that contradicts one before it is another reading, and so said."""
    doubts: dict[Doubt, None] = dict.fromkeys(also)
    found: dict[str, str] = {}
    again: dict[str, str] = {}
    for ai, value in elements:
        kind = kind_of(ai) if ai else None
        if kind is None:
            doubts[Doubt.UNKNOWN_ELEMENT] = None
            continue
        _judge(kind, value, doubts)
        if ai in found and found[ai] != value:
            doubts[Doubt.TWICE] = None
            again.setdefault(ai, value)
        found.setdefault(ai, value)
    if not found:
        raise InvalidIdentifier("None of the elements is in GS1's table.")
    udi = _said(found, today=today, doubts=doubts)
    udi = replace(udi, elements=tuple(elements))
    if not again:
        return udi
    other = replace(_said({**found, **again}, today=today, doubts=dict(doubts)), elements=tuple(elements))
    return replace(udi, alternatives=(other,))


def _judge(kind: Kind, value: str, doubts: dict[Doubt, None]) -> None:
    if len(value) > kind.longest:
        doubts[Doubt.TOO_LONG] = None
    elif not kind.allows(value):
        doubts[Doubt.NOT_A_DATE if kind.ai in DATES or kind.ai == "7003" else Doubt.NOT_ALLOWED] = None
    if not kind.checks(value):
        doubts[Doubt.CHECK_DIGIT] = None


def _said(found: dict[str, str], *, today: date, doubts: dict[Doubt, None]) -> Udi:
    gtin = next((found[ai][:14] for ai in TRADE_ITEM if len(found.get(ai, "")) >= 14), "")
    if not gtin and not KEYS.intersection(found):
        doubts[Doubt.NO_DI] = None
    expiry = _date(found.get("17", ""), today=today, doubts=doubts)
    made = _date(found.get("11", ""), today=today, doubts=doubts)
    if "17" not in found and "7003" in found:
        expiry = _date_and_time(found["7003"], today=today, doubts=doubts)
    count = found.get("30") or found.get("37") or ""
    return Udi(
        Agency.GS1,
        di=gtin,
        gtin=gtin,
        lot=found.get("10", ""),
        serial=found.get("21", ""),
        expiry=expiry,
        made=made,
        quantity=int(count) if count.isascii() and count.isdigit() and len(count) <= 8 else None,
        sscc=found.get("00", ""),
        doubts=tuple(doubts),
    )


def _date(digits: str, *, today: date, doubts: dict[Doubt, None]) -> date | None:
    if not digits:
        return None
    found = yymmdd(digits, today=today)
    if found is None:
        doubts[Doubt.NOT_A_DATE] = None
    elif digits[4:] == "00":
        doubts[Doubt.DAY_UNKNOWN] = None
    return found


def _date_and_time(digits: str, *, today: date, doubts: dict[Doubt, None]) -> date | None:
    """AI 7003, YYMMDDHHMM: here a day of 00 is not allowed."""
    plain = len(digits) == 10 and digits.isascii() and digits.isdigit() and digits[4:6] != "00"
    year = full_year(int(digits[:2]), today=today) if plain else 0
    found = day_of(year, int(digits[2:4]), int(digits[4:6])) if plain else None
    if found is None:
        doubts[Doubt.NOT_A_DATE] = None
    return found
