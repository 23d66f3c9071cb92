"""HIBC labels: ``+`` and a product code, ``+$`` and its lot, both in one symbol or in two that a link character ties together.

Source: ANSI/HIBC 2.6. The check character may be a space, so nothing here is ever stripped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from domain.errors import InvalidIdentifier
from domain.udi.calendar_dates import day_of, day_of_year, full_year
from domain.udi.check_digits import hibc_check_character
from domain.udi.reading import Agency, Doubt, Udi

LONGEST: Final = 200
"""More characters than a primary, a secondary and every supplement have together."""

_PRIMARY: Final = re.compile(r"([A-Z][A-Z0-9]{3})([A-Z0-9]{1,18})([0-9])")
_FIELD: Final = re.compile(r"[0-9A-Z\-. $%+]*")
_DIGITS: Final = re.compile(r"[0-9]+")

_DATE_LENGTHS: Final = {"0": 4, "1": 4, "2": 6, "3": 6, "4": 8, "5": 5, "6": 7, "7": 0}
"""Digits of the date by its flag; with 0 and 1 the flag is the date's own first digit."""

_LONGEST_LOT: Final = 18


@dataclass(slots=True)
class _Found:
    """What is collected on the way through one symbol."""

    elements: list[tuple[str, str]] = field(default_factory=list)
    lot: str = ""
    serial: str = ""
    expiry: date | None = None
    made: date | None = None
    quantity: int | None = None
    doubts: dict[Doubt, None] = field(default_factory=dict)

    def doubt(self, doubt: Doubt) -> None:
        self.doubts[doubt] = None


def looks_like(text: str) -> bool:
    """Begins it as HIBC data does?"""
    return re.match(r"\+(?:[A-Z][A-Z0-9]{4}|\$|[0-9]{5})", text) is not None


def parse_hibc(text: str, *, today: date, also: Iterable[Doubt] = ()) -> Udi:
    """What a symbol's whole text says, ``+`` and check character included.

    A wrong check character is a doubt. Raises InvalidIdentifier for what has not the shape of HIBC data.

    >>> parse_hibc("+A123BJC5D6E71G", today=date(2026, 1, 1)).di
    '+A123BJC5D6E71'
    """
    if not text.startswith("+") or not 4 <= len(text) <= LONGEST:
        raise InvalidIdentifier("HIBC data begins with + and has a check character at its end.")
    found = _Found(doubts=dict.fromkeys(also))
    body, check = text[1:-1], text[-1]
    if hibc_check_character(text[:-1]) != check:
        found.doubt(Doubt.CHECK_DIGIT)
    if body[0] in "$0123456789":
        if len(body) < 3:
            raise InvalidIdentifier(
                "A secondary HIBC code holds a lot or a date before its link and check characters."
            )
        secondary, *supplements = body[:-1].split("/")
        _read_secondary(secondary, found=found, today=today)
        _read_supplements(supplements, found=found, today=today)
        found.doubt(Doubt.NO_DI)
        return _said(found, link=body[-1], check=check)
    primary, *parts = body.split("/")
    shape = _PRIMARY.fullmatch(primary)
    if shape is None:
        raise InvalidIdentifier(
            "A primary HIBC code is a labeller's four characters, up to 18 of the product and a digit for the pack."
        )
    found.elements += [("LIC", shape[1]), ("PCN", shape[2]), ("UoM", shape[3])]
    if (
        parts
        and (parts[0][:1] == "$" or re.match(r"[0-9]{5}", parts[0]))
        and not parts[0].startswith(("14D", "16D"))
    ):
        _read_secondary(parts.pop(0), found=found, today=today)
    _read_supplements(parts, found=found, today=today)
    return replace(_said(found, link="", check=check), di=f"+{primary}")


def _said(found: _Found, *, link: str, check: str) -> Udi:
    return Udi(
        Agency.HIBC,
        lot=found.lot,
        serial=found.serial,
        expiry=found.expiry,
        made=found.made,
        quantity=found.quantity,
        elements=tuple(found.elements),
        link=link,
        check=check,
        doubts=tuple(found.doubts),
    )


def _read_secondary(text: str, *, found: _Found, today: date) -> None:
    serial = text.startswith(("$$+", "$+"))
    if text.startswith("$$"):
        rest = _dated(text[3 if serial else 2 :], found=found, today=today)
    elif text.startswith("$"):
        rest = text[2 if serial else 1 :]
    else:  # the oldest form: a day of the year, then the lot
        found.elements.append(("expiry", text[:5]))
        found.expiry = _julian(text[:5], found=found, today=today)
        rest = text[5:]
    if not rest:
        return
    _check_field(rest, found=found)
    found.elements.append(("serial" if serial else "lot", rest))
    if serial:
        found.serial = rest
    else:
        found.lot = rest


def _dated(text: str, *, found: _Found, today: date) -> str:
    """Takes quantity and date off the front of a ``$$`` field; what is left is the lot or serial number."""
    if text[:1] in {"8", "9"}:
        length = 2 if text[0] == "8" else 5
        digits = text[1 : 1 + length]
        if len(digits) != length or not _DIGITS.fullmatch(digits):
            raise InvalidIdentifier(f"Behind {text[0]} in a $$ field stand {length} digits of a quantity.")
        found.quantity = int(digits)
        found.elements.append(("quantity", digits))
        text = text[1 + length :]
        if not text:
            return ""
    flag = text[:1]
    length = _DATE_LENGTHS.get(flag, -1)
    if length < 0:
        raise InvalidIdentifier(f"A $$ field has a date flag of 0 to 7, not {flag!r}.")
    start = 0 if flag in "01" else 1
    digits = text[start : start + length]
    if len(digits) != length or (digits and not _DIGITS.fullmatch(digits)):
        raise InvalidIdentifier(f"Date flag {flag} wants {length} digits, not {digits!r}.")
    if digits:
        found.elements.append(("expiry", digits))
        found.expiry = _date(flag, digits, found=found, today=today)
    return text[start + length :]


def _date(flag: str, digits: str, *, found: _Found, today: date) -> date | None:
    number = int
    if flag in "01":  # MMYY
        day = day_of(full_year(number(digits[2:]), today=today), number(digits[:2]), 0)
        if day is not None:
            found.doubt(Doubt.DAY_UNKNOWN)
    elif flag == "2":  # MMDDYY
        day = _whole(digits[4:6], digits[:2], digits[2:4], today=today)
    elif flag in "34":  # YYMMDD, with an hour for 4
        day = _whole(digits[:2], digits[2:4], digits[4:6], today=today)
    else:  # YYJJJ, with an hour for 6
        return _julian(digits[:5], found=found, today=today)
    if day is None or (flag == "4" and number(digits[6:]) > 23):
        found.doubt(Doubt.NOT_A_DATE)
    return day


def _whole(yy: str, month: str, day: str, *, today: date) -> date | None:
    return day_of(full_year(int(yy), today=today), int(month), int(day)) if day != "00" else None


def _julian(digits: str, *, found: _Found, today: date) -> date | None:
    day = None
    if len(digits) == 5 and _DIGITS.fullmatch(digits):
        day = day_of_year(full_year(int(digits[:2]), today=today), int(digits[2:]))
    if day is None:
        found.doubt(Doubt.NOT_A_DATE)
    return day


def _read_supplements(parts: Iterable[str], *, found: _Found, today: date) -> None:
    """``/S`` serial, ``/16D`` made, ``/14D`` expires, ``/Q`` quantity; others are kept and doubted."""
    for part in parts:
        if part.startswith(("16D", "14D")):
            name, digits = ("made" if part.startswith("16D") else "expiry"), part[3:]
            found.elements.append((name, digits))
            plain = len(digits) == 8 and _DIGITS.fullmatch(digits) and digits[6:] != "00"
            day = day_of(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if plain else None
            if day is None:
                found.doubt(Doubt.NOT_A_DATE)
            elif name == "made":
                found.made = day
            else:
                _take_expiry(day, found=found)
        elif part.startswith("S") and len(part) > 1:
            _check_field(part[1:], found=found)
            found.elements.append(("serial", part[1:]))
            if found.serial not in {"", part[1:]}:
                found.doubt(Doubt.TWICE)
            found.serial = found.serial or part[1:]
        elif part.startswith("Q") and _DIGITS.fullmatch(part[1:]) and len(part) <= 9:
            found.elements.append(("quantity", part[1:]))
            if found.quantity not in {None, int(part[1:])}:
                found.doubt(Doubt.TWICE)
            found.quantity = int(part[1:]) if found.quantity is None else found.quantity
        else:
            found.elements.append(("", part))
            found.doubt(Doubt.UNKNOWN_ELEMENT)


def _take_expiry(day: date, *, found: _Found) -> None:
    """A whole date says more than the month that stood before it; two different days contradict each other."""
    before = found.expiry
    if before is not None and before != day:
        if Doubt.DAY_UNKNOWN not in found.doubts or (before.year, before.month) != (day.year, day.month):
            found.doubt(Doubt.TWICE)
            return
        del found.doubts[Doubt.DAY_UNKNOWN]
    found.doubts.pop(Doubt.DAY_UNKNOWN, None)
    found.expiry = day


def _check_field(text: str, *, found: _Found) -> None:
    if len(text) > _LONGEST_LOT:
        found.doubt(Doubt.TOO_LONG)
    if not _FIELD.fullmatch(text):
        raise InvalidIdentifier("A lot or serial number in HIBC is of digits, capitals and -. $%+.")
