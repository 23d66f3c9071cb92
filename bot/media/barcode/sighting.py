"""What one decoder said once about one place of a picture; many of these make one symbol, or none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.udi.symbol import FNC1, Symbol, Symbology

type Quad = NDArray[np.float64]
"""Four corners, (4, 2) as x, y, clockwise from the symbol's own top left."""


class Decoder(StrEnum):
    """Who read it: two that agree are worth more than one twice."""

    ZXING = "zxing-cpp"
    ZBAR = "zbar"
    FITTED = "fitted"  # Parley's own fit of a whole symbol to a profile


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One reading. ``treatment`` names what was done to the pixels; readings of one treatment by one decoder are no second opinion.

    ``averaged`` where lines across the bars were put together before reading, which can invent digits.
    """

    symbology: Symbology
    text: str
    raw: bytes
    identifier: str
    quad: Quad
    decoder: Decoder
    treatment: str = ""
    averaged: bool = False

    @property
    def key(self) -> tuple[Symbology, str]:
        return self.symbology, self.text

    def moved(self, quad: Quad, *, treatment: str, averaged: bool) -> Sighting:
        return replace(self, quad=quad, treatment=treatment, averaged=averaged)


RETAIL: Final = frozenset({Symbology.EAN_13, Symbology.EAN_8, Symbology.UPC_A, Symbology.UPC_E})
DATABAR: Final = frozenset({Symbology.DATABAR, Symbology.DATABAR_LIMITED, Symbology.DATABAR_EXPANDED})
MATRIX: Final = frozenset(
    {Symbology.QR, Symbology.MICRO_QR, Symbology.DATA_MATRIX, Symbology.AZTEC, Symbology.PDF417}
)


def symbol_of(sighting: Sighting) -> Symbol:
    """As the rest of Parley sees it, corners rounded to whole pixels."""
    return Symbol(
        symbology=sighting.symbology,
        text=sighting.text,
        raw=sighting.raw,
        identifier=sighting.identifier,
        corners=tuple((round(float(x)), round(float(y))) for x, y in sighting.quad),
    )


def without_leading_fnc1(text: str, raw: bytes) -> tuple[str, bytes]:
    """Some readers hand over the FNC1 that says GS1; the identifier says it already."""
    return text.lstrip(FNC1), raw.lstrip(FNC1.encode())


def shrunk_upc_a(digits: str) -> str:
    """The 8 printed digits of the UPC-E that stands for these 12; "" where no UPC-E does (GS1 General Specifications, 5.2.2.4.2).

    >>> shrunk_upc_a("012345000065")
    '01234565'
    """
    if len(digits) != 12 or digits[0] not in "01":
        return ""
    system, maker, product, check = digits[0], digits[1:6], digits[6:11], digits[11]
    if maker[2] in "012" and maker[3:] == "00" and product[:2] == "00":
        body = maker[:2] + product[2:] + maker[2]
    elif maker[3:] == "00" and product[:3] == "000":
        body = maker[:3] + product[3:] + "3"
    elif maker[4] == "0" and product[:4] == "0000":
        body = maker[:4] + product[4] + "4"
    elif product[:4] == "0000" and product[4] in "56789":
        body = maker + product[4]
    else:
        return ""
    return system + body + check
