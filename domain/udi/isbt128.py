"""ISBT 128: blood, cells and tissue. Data structures stand one behind the other, each of its own length, found by a table.

Nothing is ever split at ``=`` or ``&``: both may stand inside data. Source: ICCBBA ST-001, Standard Technical Specification. Parley
reads these codes and prints none, because printing them needs a licence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from domain.errors import InvalidIdentifier
from domain.udi.calendar_dates import day_of_year
from domain.udi.reading import Agency, Doubt, Udi

LONGEST: Final = 400

DONATION: Final = "DIN"
"""The name of the donation identification number, whose second character is data."""

LENGTHS: Final = {
    "=/": 16,  # device identifier: processor, facility-defined code, product description code
    "=,": 6,  # division, the serial number of a device
    "=<": 8,  # product code
    "=>": 6,  # expires, cyyjjj
    "&>": 10,  # expires, with hour and minute
    "=*": 6,  # collected
    "&*": 10,
    "=}": 6,  # made
    "&}": 10,
    "&,1": 18,  # lot of tissue
    "=%": 4,  # blood group
    "&(": 5,  # special testing
    "={": 18,  # antigens
    "=\\": 18,
    "&\\": 18,
    "&{": 18,
    "=[": 18,
    '="': 18,
    '&"': 18,
    "=)": 10,  # the container: maker and catalogue number
    "&)": 10,  # the container's lot
    "=-": 10,  # maker and catalogue number of what is no container
    "&-": 10,  # its lot
    "='": 11,  # a member of staff
    "=+": 5,  # what follows is compound: how many structures, and which
}
"""Characters of data behind each identifier. A donation number is the one whose second character is its own data."""

_OF_A_PATIENT: Final = ("=#", "&#")
"""Born on, patient number: never kept, whatever they hold."""

_DONATION: Final = re.compile(r"=[A-NP-Z1-9][A-Z0-9]{4}[0-9]{8}[A-Z0-9]{2}")
_DATA: Final = re.compile(r"[0-9A-Za-z]+")
_CENTURIES: Final = {"0": 2000, "1": 2100, "9": 1900}


@dataclass(slots=True)
class _Found:
    elements: list[tuple[str, str]] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    doubts: dict[Doubt, None] = field(default_factory=dict)


def looks_like(text: str) -> bool:
    """Begins it with a data structure of the table?"""
    return (
        text[:3] in LENGTHS
        or text[:2] in LENGTHS
        or _DONATION.match(text) is not None
        or text[:2] in _OF_A_PATIENT
    )


def parse_isbt(text: str) -> Udi:
    """What a symbol's data structures say. Raises InvalidIdentifier where the first is in no table or cut short.

    >>> parse_isbt("=>029365").expiry
    datetime.date(2029, 12, 31)
    """
    if len(text) > LONGEST or not looks_like(text):
        raise InvalidIdentifier(
            "An ISBT 128 code begins with one of the standard's data identifiers, such as =/ or =>."
        )
    found = _Found()
    position = 0
    while position < len(text):
        position = _take(text, position, found=found)
    values = found.values
    device = values.get("=/") or values.get("=<") or ""
    if not device:
        found.doubts[Doubt.NO_DI] = None
    return Udi(
        Agency.ISBT,
        di=device,
        lot=values.get("&,1", ""),
        serial=values.get("=,", ""),
        expiry=_date(values.get("=>") or values.get("&>") or "", found=found),
        made=_date(values.get("=}") or values.get("&}") or "", found=found),
        elements=tuple(found.elements),
        doubts=tuple(found.doubts),
    )


def _take(text: str, position: int, *, found: _Found) -> int:
    """Takes the structure that begins here; gives where the next one begins."""
    if text[position : position + 2] in _OF_A_PATIENT:
        found.elements.append((text[position : position + 2], ""))
        return len(text)
    if _DONATION.match(text, position):
        _keep(DONATION, text[position + 1 : position + 16], found=found)
        return position + 16
    name = text[position : position + 3]
    name = name if name in LENGTHS else name[:2]
    length = LENGTHS.get(name)
    if length is None:
        found.elements.append(("", text[position:]))
        found.doubts[Doubt.UNKNOWN_ELEMENT] = None
        return len(text)
    start = position + len(name)
    data = text[start : start + length]
    if len(data) != length or not _DATA.fullmatch(data):
        raise InvalidIdentifier(f"Behind {name} ISBT 128 has {length} letters and digits.")
    _keep(name, data, found=found)
    return start + length


def _keep(name: str, data: str, *, found: _Found) -> None:
    found.elements.append((name, data))
    if found.values.setdefault(name, data) != data:
        found.doubts[Doubt.TWICE] = None


def _date(data: str, *, found: _Found) -> date | None:
    """cyyjjj: the century's digit, the year's two, the day of the year; hours and minutes behind it are left out."""
    if not data:
        return None
    century = _CENTURIES.get(data[0])
    digits = data[1:6]
    day = None
    if century is not None and digits.isascii() and digits.isdigit():
        day = day_of_year(century + int(digits[:2]), int(digits[2:]))
    if day is None:
        found.doubts[Doubt.NOT_A_DATE] = None
    return day
