"""GS1 Digital Link: a web address that carries element strings, ``https://id.gs1.org/01/09506000134352/10/ABC?17=271231``.

Any host, any path before the key, either case of scheme and host; identifiers in the path are keys and their qualifiers, all others stand
in the query. A product number may be short there. Source: GS1 Digital Link URI Syntax 1.4.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final
from urllib.parse import unquote, urlsplit

from domain.errors import InvalidIdentifier
from domain.udi.gs1 import read_elements
from domain.udi.gs1_table import kind_of
from domain.udi.reading import Udi
from domain.udi.swallowed import Element

LONGEST: Final = 2000

_QUALIFIERS: Final = {
    "01": ("22", "10", "21", "235"),
    "8006": ("22", "10", "21"),
    "00": (),
    "253": (),
    "255": (),
    "401": (),
    "402": (),
    "414": ("254", "7040"),
    "417": ("7040",),
    "8003": (),
    "8004": ("7040",),
    "8010": ("8011",),
    "8013": (),
    "8017": ("8019",),
    "8018": ("8019",),
}
"""Which identifiers may follow each key in the path."""

_OLD_WORDS: Final = {
    "gtin": "01",
    "itip": "8006",
    "sscc": "00",
    "gln": "414",
    "cpv": "22",
    "lot": "10",
    "ser": "21",
    "exp": "17",
}
"""The words that earlier versions allowed in place of the numbers."""

_BAD_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def looks_like(text: str) -> bool:
    """Is it a web address?"""
    return re.match(r"https?://", text, re.IGNORECASE) is not None


def parse_digital_link(text: str, *, today: date) -> Udi:
    """The elements of the address. Raises InvalidIdentifier for an address without a key, for a compressed one, and for broken encoding."""
    if not looks_like(text) or len(text) > LONGEST:
        raise InvalidIdentifier("A Digital Link begins with http:// or https://.")
    try:
        address = urlsplit(text)
    except ValueError:
        raise InvalidIdentifier("This web address can not be read.") from None
    segments = [segment for segment in address.path.split("/") if segment]
    if _BAD_PERCENT.search(address.path) or _BAD_PERCENT.search(address.query):
        raise InvalidIdentifier("This web address has a % without two hexadecimal digits behind it.")
    found = _path(segments)
    if not found:
        if (
            len(segments) == 1
            and (address.hostname or "").lower() == "id.gs1.org"
            and re.fullmatch(r"[\w-]{10,}", segments[0])
        ):
            raise InvalidIdentifier(
                "This is a compressed Digital Link, which Parley does not read; type what is printed beside it."
            )
        raise InvalidIdentifier("This code is a web address without a product number in it.")
    for part in re.split("[&;]", address.query):
        name, has_value, value = part.partition("=")
        ai = _OLD_WORDS.get(name, name)
        if has_value and kind_of(ai) is not None:
            found.append((ai, _value(ai, value)))
    return read_elements(found, today=today)


def _path(segments: list[str]) -> list[Element]:
    """Key and qualifiers from the right: whatever stands before the key belongs to the site."""
    for start in range(len(segments) - 2, -1, -1):
        key = _OLD_WORDS.get(segments[start], segments[start])
        allowed = _QUALIFIERS.get(key)
        if allowed is None or (len(segments) - start) % 2:
            continue
        found = [(key, _value(key, segments[start + 1]))]
        pairs = segments[start + 2 :]
        for at in range(0, len(pairs), 2):
            ai = _OLD_WORDS.get(pairs[at], pairs[at])
            if ai not in allowed:
                break
            found.append((ai, _value(ai, pairs[at + 1])))
        else:
            return found
    return []


def _value(ai: str, encoded: str) -> str:
    try:
        value = unquote(encoded, errors="strict")
    except UnicodeDecodeError:
        raise InvalidIdentifier("This web address holds bytes that are no text.") from None
    if any(not " " <= mark <= "~" for mark in value):
        raise InvalidIdentifier("A GS1 element is printable ASCII, in a web address too.")
    if ai == "01" and len(value) in {8, 12, 13} and value.isdigit():
        return value.zfill(14)
    return value
