"""A separator that was forgotten: ``10AB1221S9`` is lot AB1221S9, or lot AB12 and serial S9. Both readings are made, none is chosen.

An element of open length may have swallowed what stands behind it only if its tail reads to the very end as elements that belong on
a label and are not already there. Tails that are facts by themselves (a date in the years a product lives, a GTIN with its check
digit) count always; tails that are any text (a lot, a serial) count only where no FNC1 closes an element, since a printer that writes
separators writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from domain.udi.calendar_dates import yymmdd
from domain.udi.gs1_table import DATES, Kind, kind_at, kind_of

type Element = tuple[str, str]

MOST = 8
"""Readings worth showing; more than these no person compares."""

_LOOKED_AT = 64

_OPEN = frozenset({"10", "21", "30", "240", "241", "250"})
"""Elements of open length that stand on device labels beside a lot or a serial number."""

_LONGEST = 100
"""A longer value is no label's with a separator left out, and has too many readings to look at."""

_YEARS_BACK, _YEARS_AHEAD = 12, 15
"""How far from today the dates on a stocked product are."""


def readings(elements: Sequence[tuple[str, str, bool]], *, today: date) -> list[list[Element]]:
    """The other readings of a message cut at its separators: (AI, value, closed by a separator or by its fixed length)."""
    found: list[list[Element]] = []
    plain = [(ai, value) for ai, value, _ in elements]
    present = frozenset(ai for ai, _ in plain)
    separated = any(
        closed and (kind := kind_of(ai)) is not None and not kind.fixed for ai, _, closed in elements
    )
    for at, (ai, value, closed) in enumerate(elements):
        kind = kind_of(ai) if ai else None
        if kind is None or kind.fixed or len(value) > _LONGEST:
            continue
        for split in _splits(kind, value, present=present, sure=closed or separated, today=today):
            found.append([*plain[:at], *split, *plain[at + 1 :]])
            if len(found) == _LOOKED_AT:
                return _likeliest(found)
    return _likeliest(found)


def _likeliest(found: list[list[Element]]) -> list[list[Element]]:
    """Those with the most dates and product numbers first, and of them those that leave lots and serials their usual length."""

    def unlikely(elements: list[Element]) -> tuple[int, int, int]:
        kinds = [(kind_of(ai), value) for ai, value in elements]
        facts = sum(1 for kind, _ in kinds if kind is not None and kind.fixed)
        stubs = sum(
            1
            for kind, value in kinds
            if kind is not None and not kind.fixed and kind.ai != "30" and len(value) < 4
        )
        return -facts, stubs, len(elements)

    return sorted(found, key=unlikely)[:MOST]


def _splits(
    kind: Kind, value: str, *, present: frozenset[str], sure: bool, today: date
) -> Iterator[list[Element]]:
    """The value as its own head and elements behind it."""
    over = len(value) > kind.longest
    for cut in range(1, min(len(value) - 2, kind.longest + 1)):
        head = value[:cut]
        if not kind.allows(head):
            continue
        for tail, plain_text in _tails(value[cut:], present=present, any_kind=over, today=today):
            if plain_text and not over and (sure or cut < 2):
                continue
            yield [(kind.ai, head), *tail]


def _tails(
    text: str, *, present: frozenset[str], any_kind: bool, today: date
) -> Iterator[tuple[list[Element], bool]]:
    """Every way the whole text reads as elements, and whether they are any text at all (no date, no GTIN in front)."""
    kind = kind_at(text)
    if kind is None or kind.ai in present:
        return
    body = text[len(kind.ai) :]
    now = present | {kind.ai}
    if kind.fixed:
        value, rest = body[: kind.fixed], body[kind.fixed :]
        if not _fact(kind, value, today=today):
            return
        if not rest:
            yield [(kind.ai, value)], False
        for more, _ in _tails(rest, present=now, any_kind=any_kind, today=today) if rest else ():
            yield [(kind.ai, value), *more], False
        return
    if kind.ai not in _OPEN and not any_kind:
        return
    if _likely(kind, body):
        yield [(kind.ai, body)], True
    for cut in range(1, len(body) - 2):
        if _likely(kind, body[:cut]):
            for more, plain_text in _tails(body[cut:], present=now, any_kind=any_kind, today=today):
                if not plain_text or cut >= 2:
                    yield [(kind.ai, body[:cut]), *more], True


def _fact(kind: Kind, value: str, *, today: date) -> bool:
    """A value that chance would hardly make."""
    if len(value) != kind.fixed or not kind.allows(value):
        return False
    if kind.ai in DATES:
        day = yymmdd(value, today=today)
        if day is None or (kind.ai in {"12", "13", "15", "16"} and value[4:] == "00"):
            return False
        latest = today.year + 1 if kind.ai in {"11", "13"} else today.year + _YEARS_AHEAD
        return today.year - _YEARS_BACK <= day.year <= latest
    return kind.ai in {"00", "01", "02"} and kind.checks(value)


def _likely(kind: Kind, value: str) -> bool:
    if kind.ai == "30":
        return 1 <= len(value) <= 4 and value.isdigit() and value[0] != "0"
    return len(value) >= 2 and kind.allows(value)
