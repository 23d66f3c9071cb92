"""Lot and serial numbers in the shapes makers print; each unique, so that one number means one lot."""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.demo.catalogue import Catalogue
from domain.demo.chance import pick
from domain.model.ids import LotId

PRIME: Final = 9_999_991
"""Multiplying modulo a prime scatters consecutive lots over all numbers and never meets the same twice."""

MONTHS: Final = "ABCDEFGHJKLM"


class LotNumbers:
    def __init__(self, catalogue: Catalogue, *, recalled: tuple[LotId, str]) -> None:
        self._makers = [product.manufacturer for product in catalogue.products]
        self._recalled = recalled
        self._shapes: dict[str, int] = {}

    def of(self, lot: int, product: int, made: date, *, serial: bool) -> tuple[str, str]:
        """(lot number, serial number) of the lot with this id; the serial is empty for what is kept by lot."""
        if lot == self._recalled[0]:
            return self._recalled[1], ""
        scattered = lot * 7_919_337 % PRIME
        maker = self._makers[product]
        shape = self._shapes.setdefault(maker, pick("lot", maker, below=4))
        year = made.year % 100
        letter = MONTHS[made.month - 1]
        if serial:
            return f"{year}{letter}{lot // 5 % 1000:03d}", f"{maker[:2].upper()}{scattered:07d}"
        if shape == 0:
            return f"{scattered:07d}", ""
        if shape == 1:
            return f"{year}{letter}{scattered:07d}", ""
        if shape == 2:
            return f"{maker[0].upper()}{scattered:07d}", ""
        return f"{year}{made.month:02d}-{scattered:07d}", ""
