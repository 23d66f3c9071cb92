"""One barcode as a decoder read it: what it says, in which symbology, where in the picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FNC1 = "\x1d"
"""What separates GS1 elements inside a symbol's text."""


class Symbology(StrEnum):
    """The kinds of barcode that are read; the values are what ``parley scan`` prints."""

    CODE_128 = "Code128"
    CODE_39 = "Code39"
    CODE_93 = "Code93"
    CODABAR = "Codabar"
    EAN_13 = "EAN13"
    EAN_8 = "EAN8"
    UPC_A = "UPCA"
    UPC_E = "UPCE"
    ITF = "ITF"
    DATABAR = "DataBar"
    DATABAR_LIMITED = "DataBarLimited"
    DATABAR_EXPANDED = "DataBarExpanded"
    QR = "QRCode"
    MICRO_QR = "MicroQRCode"
    DATA_MATRIX = "DataMatrix"
    AZTEC = "Aztec"
    PDF417 = "PDF417"


@dataclass(frozen=True, slots=True)
class Symbol:
    """``text`` holds inner FNC1 as 0x1D and no leading one; ``raw`` are the bytes that the text was made from.

    ``identifier`` is the AIM symbology identifier ("]C1" GS1-128, "]C0" plain Code 128, "]d2" GS1 Data Matrix, "]E0" EAN/UPC);
    "" where the decoder does not tell. ``corners`` are x, y in pixels of the picture as it is looked at (EXIF applied), clockwise
    from the symbol's own top left; empty where it is not known. EAN, UPC: the digits as printed, check digit included; UPC-E as
    its 8 digits.
    """

    symbology: Symbology
    text: str
    raw: bytes = b""
    identifier: str = ""
    corners: tuple[tuple[int, int], ...] = ()
