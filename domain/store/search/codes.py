"""Exact look-up of what is printed as a number: catalogue, order and item numbers, GTIN, HIBC."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.model.item import IdentifierKind, Item

_PLAIN = re.compile(r"[^0-9A-Z]+")
WIDTH = 26


@dataclass(frozen=True, slots=True)
class CodeHit:
    """``position`` is the item's place in the index; ``pack_unit`` the pack level that the code is printed on, or empty."""

    position: int
    pack_unit: str


def plain_code(text: str) -> str:
    """Only letters and digits, upper case: what is left when dashes, dots and blanks are ignored."""
    return _PLAIN.sub("", text.upper())


def valid_gtin(digits: str) -> bool:
    """GTIN-8, -12, -13 or -14 with the right check digit (GS1 General Specifications, section 7.9)."""
    if len(digits) not in (8, 12, 13, 14) or not digits.isdigit():
        return False
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits[:-1])))
    return (10 - total % 10) % 10 == int(digits[-1])


class CodeTable:
    """Sorted fixed-width codes: 30 bytes an identifier, exact and prefix look-up by bisection."""

    def __init__(self, rows: Iterable[tuple[str, int, str]]) -> None:
        """``rows``: code as printed, position of the item, pack level or empty."""
        units: dict[str, int] = {"": 0}
        codes: list[bytes] = []
        positions: list[int] = []
        levels: list[int] = []
        for code, position, unit in rows:
            plain = plain_code(code)
            if 2 < len(plain) <= WIDTH:
                codes.append(plain.encode("ascii"))
                positions.append(position)
                levels.append(units.setdefault(unit, len(units)))
        keys = np.array(codes, dtype=f"S{WIDTH}")
        order = np.argsort(keys, kind="stable")
        self._keys: NDArray[np.bytes_] = keys[order]
        self._positions = np.array(positions, dtype=np.int32)[order]
        self._levels = np.array(levels, dtype=np.int16)[order]
        self._units = tuple(units)

    @staticmethod
    def rows_of(item: Item, position: int) -> Iterable[tuple[str, int, str]]:
        """Every number printed on or used for the item."""
        yield item.number, position, ""
        for identifier in item.identifiers:
            unit = identifier.pack_unit
            if identifier.kind in (
                IdentifierKind.CATALOGUE,
                IdentifierKind.SUPPLIER,
                IdentifierKind.INTERNAL,
            ):
                unit = "" if unit == item.base_unit else unit
            yield identifier.value, position, unit
        for offer in item.offers:
            if offer.order_number:
                yield offer.order_number, position, ""

    def exact(self, text: str) -> list[CodeHit]:
        """Items whose number is this; GTINs of any length, HIBC with or without its check character."""
        plain = plain_code(text)
        found = self._range(plain)
        if not found and plain.isdigit() and valid_gtin(plain):
            found = self._range(plain.zfill(14))
        if not found and text.lstrip().startswith(("+", "*+")) and len(plain) > 4:
            found = self._range(plain[:-1])
            if not found and not text.rstrip("*")[-1].isalnum():
                found = self._range(plain)
        if not found and len(plain) in (16, 18) and plain.startswith("01"):
            found = self._range(plain[2:16])
        return found

    def beginning(self, text: str, *, limit: int = 5) -> list[CodeHit]:
        """Items whose number begins so, for "did you mean"; nothing for less than four characters."""
        plain = plain_code(text)
        if len(plain) < 4 or len(plain) > WIDTH:
            return []
        start = int(np.searchsorted(self._keys, np.array(plain.encode(), dtype=f"S{WIDTH}")))
        found: list[CodeHit] = []
        while start < len(self._keys) and len(found) < limit and self._keys[start].startswith(plain.encode()):
            found.append(self._hit(start))
            start += 1
        return found

    def _range(self, plain: str) -> list[CodeHit]:
        if not 2 < len(plain) <= WIDTH:
            return []
        key = np.array(plain.encode("ascii"), dtype=f"S{WIDTH}")
        start = int(np.searchsorted(self._keys, key, side="left"))
        stop = int(np.searchsorted(self._keys, key, side="right"))
        hits: dict[int, CodeHit] = {}
        for index in range(start, stop):
            hit = self._hit(index)
            if hit.position not in hits or hit.pack_unit:
                hits[hit.position] = hit
        return list(hits.values())

    def _hit(self, index: int) -> CodeHit:
        return CodeHit(int(self._positions[index]), self._units[int(self._levels[index])])
