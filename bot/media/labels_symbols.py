"""The bars and squares of a printed code, as a grid of modules: what is drawn is what the standard's own writer made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from domain.errors import InvalidIdentifier, Refused
from domain.udi import isbt128

AI_OWN: Final = "99"
"""GS1's identifier for what a company tells itself: in GS1-128 the hospital's own text stands behind it."""


class Code(StrEnum):
    """The symbologies that labels are printed in."""

    DATA_MATRIX = "data-matrix"
    QR = "qr"
    GS1_128 = "gs1-128"


_FORMATS: Final = {
    Code.DATA_MATRIX: zxingcpp.BarcodeFormat.DataMatrix,
    Code.QR: zxingcpp.BarcodeFormat.QRCode,
    Code.GS1_128: zxingcpp.BarcodeFormat.Code128,
}

QUIET: Final = {Code.DATA_MATRIX: 2, Code.QR: 4, Code.GS1_128: 10}
"""White modules around each, at least."""


@dataclass(frozen=True, slots=True)
class Modules:
    """``dark`` is (rows, columns), True where it is printed; a linear code has one row. ``printed`` is what stands below it."""

    dark: NDArray[np.bool_]
    quiet: int
    printed: str

    @property
    def linear(self) -> bool:
        return len(self.dark) == 1


def code_named(name: str) -> Code:
    """Raises Refused for ISBT 128, which needs a licence to print; InvalidIdentifier for any other name."""
    plain = name.strip().lower().replace("_", "-").replace(" ", "-")
    if plain.startswith("isbt"):
        raise Refused(
            "Parley reads ISBT 128 and never prints it: making such labels needs a licence of ICCBBA. Choose data-matrix, qr or gs1-128."
        )
    try:
        return Code(plain)
    except ValueError:
        known = ", ".join(code.value for code in Code)
        raise InvalidIdentifier(f"Labels are printed as {known}, not as {name}.") from None


def modules(text: str, *, code: Code, gs1: bool) -> Modules:
    """The grid of one code. ``text`` has its application identifiers in brackets where ``gs1``.

    Raises Refused for ISBT 128 data, InvalidIdentifier where the symbology can not hold the text.
    """
    if not gs1 and text[:1] in "=&" and isbt128.looks_like(text):
        code_named("isbt-128")
    printed = text
    if code is Code.GS1_128 and not gs1:
        text, gs1 = f"({AI_OWN}){text}", True
    options = {"gs1": True} if gs1 else {}
    if code is Code.DATA_MATRIX:
        options["force_square"] = True
    if code is Code.QR:
        options["ec_level"] = "M"  # type: ignore[assignment]
    try:
        made = zxingcpp.create_barcode(text, _FORMATS[code], **options)
        image = np.asarray(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False))
    except (ValueError, RuntimeError) as error:
        raise InvalidIdentifier(f"{printed} can not be printed as {code.value}: {error}") from None
    dark = image < 128
    return Modules(dark[:1] if code is Code.GS1_128 else dark, QUIET[code], printed)
