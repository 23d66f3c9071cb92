"""The hospital's own labels: a place, an item by its number, or a bin, which is both.

``PLY-P-<facility>-<place>-<check>``, ``PLY-I-<item number>-<check>`` and ``PLY-B-<facility>-<place>-<item number>-<check>``: characters
that every symbology holds, and at their end twenty bits of a checksum over all before it, so that a foreign code that happens to begin
the same way is not taken for one (one in a million by chance). Letters outside printable ASCII are written as %XX of their UTF-8.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote
from zlib import crc32

from domain.errors import InvalidIdentifier
from domain.model.ids import FacilityId, PlaceId
from domain.udi.reading import PlaceCode

LONGEST_ITEM: Final = 60

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty-two that are not mistaken for one another when a person types them: no I, L, O, U."""

_PLACE: Final = re.compile(
    r"PLY-[PB]-(0|[1-9][0-9]{0,14})-(0|[1-9][0-9]{0,14})(?:-[!-~]{1,240})?-[0-9A-Z]{4}"
)
_ITEM: Final = re.compile(r"PLY-(?:I|B-[0-9]{1,15}-[0-9]{1,15})-([!-~]{1,240})-[0-9A-Z]{4}")
_SALT: Final = b"parley's own labels "


def place_text(code: PlaceCode) -> str:
    """What a place's label holds.

    >>> place_text(PlaceCode(FacilityId(1), PlaceId(532)))
    'PLY-P-1-532-3T6W'
    """
    return _checked(f"PLY-P-{code.facility_id:d}-{code.place_id:d}")


def item_text(number: str) -> str:
    """What an item's label holds where its maker's number is not printed. Raises InvalidIdentifier for an empty or over-long number."""
    return _checked(f"PLY-I-{_safe(number)}")


def bin_text(code: PlaceCode, number: str) -> str:
    """What a bin's label holds: its place and the item that is kept there. Raises as ``item_text``."""
    return _checked(f"PLY-B-{code.facility_id:d}-{code.place_id:d}-{_safe(number)}")


def _safe(number: str) -> str:
    if not number or number != number.strip() or len(number) > LONGEST_ITEM:
        raise InvalidIdentifier(
            f"An item number on a label has 1 to {LONGEST_ITEM} characters and no blanks around it."
        )
    try:
        safe = quote(number, safe="-._~/+:*")
    except UnicodeEncodeError:
        raise InvalidIdentifier("An item number on a label is text.") from None
    if len(safe) > 240:
        raise InvalidIdentifier("This item number is too long for a label.")
    return safe


def is_own(text: str) -> bool:
    """Does it begin as the hospital's own labels do? Its check is a question of its own."""
    return text.startswith(("PLY-P-", "PLY-I-", "PLY-B-"))


def names_place(text: str) -> bool:
    """Does it begin as a place's or a bin's label does?"""
    return text.startswith(("PLY-P-", "PLY-B-"))


def parse_place(text: str) -> PlaceCode:
    """The place of a place's or bin's label. Raises InvalidIdentifier for anything but their own text with its right check."""
    shape = _PLACE.fullmatch(text)
    if shape is None or (text[4] == "P") != (text.count("-") == 4) or _checked(text[:-5]) != text:
        raise InvalidIdentifier("This is not a place label of this hospital.")
    return PlaceCode(FacilityId(int(shape[1])), PlaceId(int(shape[2])))


def parse_item(text: str) -> str:
    """The item number of an item's or bin's label. Raises InvalidIdentifier for anything but their own text with its right check."""
    shape = _ITEM.fullmatch(text)
    if shape is None or _checked(text[:-5]) != text:
        raise InvalidIdentifier("This is not an item label of this hospital.")
    try:
        return unquote(shape[1], errors="strict")
    except UnicodeDecodeError:
        raise InvalidIdentifier("This is not an item label of this hospital.") from None


def _checked(text: str) -> str:
    value = crc32(_SALT + text.encode()) & 0xFFFFF
    return f"{text}-" + "".join(_LETTERS[(value >> shift) & 31] for shift in (15, 10, 5, 0))
