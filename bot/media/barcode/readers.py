"""The two decoders, in one language: both give Sightings in the coordinates of what they were shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import zxingcpp
from pyzbar import pyzbar
from pyzbar.wrapper import ZBarSymbol

from bot.media.barcode.sighting import Decoder, Quad, Sighting, shrunk_upc_a, without_leading_fnc1
from bot.media.pictures import Gray
from domain.udi.symbol import Symbology

_F: Final = zxingcpp.BarcodeFormat

# Code 39 Extended would turn HIBC's "+A" into "a": only the plain alphabet is asked for.
LINEAR: Final = (_F.Code128, _F.Code39Std, _F.Code93, _F.Codabar, _F.EANUPC, _F.ITF, _F.DataBar)
MATRIX: Final = (_F.DataMatrix, _F.QRCode, _F.Aztec, _F.PDF417)
EVERY: Final = LINEAR + MATRIX

_ZXING: Final = {
    int(_F.Code128): Symbology.CODE_128,
    int(_F.Code39): Symbology.CODE_39,
    int(_F.Code39Std): Symbology.CODE_39,
    int(_F.Code93): Symbology.CODE_93,
    int(_F.Codabar): Symbology.CODABAR,
    int(_F.EAN13): Symbology.EAN_13,
    int(_F.ISBN): Symbology.EAN_13,
    int(_F.EAN8): Symbology.EAN_8,
    int(_F.UPCA): Symbology.UPC_A,
    int(_F.UPCE): Symbology.UPC_E,
    int(_F.ITF): Symbology.ITF,
    int(_F.ITF14): Symbology.ITF,
    int(_F.DataBar): Symbology.DATABAR,
    int(_F.DataBarOmni): Symbology.DATABAR,
    int(_F.DataBarStk): Symbology.DATABAR,
    int(_F.DataBarStkOmni): Symbology.DATABAR,
    int(_F.DataBarLtd): Symbology.DATABAR_LIMITED,
    int(_F.DataBarExp): Symbology.DATABAR_EXPANDED,
    int(_F.DataBarExpStk): Symbology.DATABAR_EXPANDED,
    int(_F.QRCode): Symbology.QR,
    int(_F.QRCodeModel1): Symbology.QR,
    int(_F.QRCodeModel2): Symbology.QR,
    int(_F.MicroQRCode): Symbology.MICRO_QR,
    int(_F.DataMatrix): Symbology.DATA_MATRIX,
    int(_F.Aztec): Symbology.AZTEC,
    int(_F.AztecCode): Symbology.AZTEC,
    int(_F.PDF417): Symbology.PDF417,
    int(_F.CompactPDF417): Symbology.PDF417,
}

_ZBAR: Final = {
    "CODE128": Symbology.CODE_128,
    "CODE39": Symbology.CODE_39,
    "CODE93": Symbology.CODE_93,
    "EAN13": Symbology.EAN_13,
    "EAN8": Symbology.EAN_8,
    "UPCA": Symbology.UPC_A,
    "UPCE": Symbology.UPC_E,
    "I25": Symbology.ITF,
    "DATABAR": Symbology.DATABAR,
    "DATABAR_EXP": Symbology.DATABAR_EXPANDED,
    "QRCODE": Symbology.QR,
}
_ZBAR_ASKED: Final = tuple(ZBarSymbol[name] for name in _ZBAR)
_ZBAR_IDENTIFIER: Final = {
    Symbology.CODE_93: "]G0",
    Symbology.EAN_13: "]E0",
    Symbology.EAN_8: "]E4",
    Symbology.UPC_A: "]E0",
    Symbology.UPC_E: "]E0",
    Symbology.DATABAR: "]e0",
    Symbology.DATABAR_EXPANDED: "]e0",
}
"""Where the symbology leaves no choice. zbar does not tell GS1-128 from Code 128, nor GS1 QR from QR."""

_LEAST_SIDE: Final = 8


def zxing(
    pixels: Gray,
    *,
    formats: Iterable[zxingcpp.BarcodeFormat] = EVERY,
    turned: bool = True,
    shrunk: bool = True,
    inverted: bool = True,
    treatment: str = "",
    averaged: bool = False,
    glimpsed: list[Quad] | None = None,
) -> list[Sighting]:
    """Everything zxing-cpp reads in ``pixels``, in Parley's normal form.

    ``glimpsed`` takes the corners of codes that were found and not read.
    """
    if min(pixels.shape) < _LEAST_SIDE:
        return []
    found = []
    for code in zxingcpp.read_barcodes(
        np.ascontiguousarray(pixels),
        formats=zxingcpp.BarcodeFormats(list(formats)),
        try_rotate=turned,
        try_downscale=shrunk,
        try_invert=inverted,
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=glimpsed is not None,
    ):
        symbology = _ZXING.get(int(code.format))
        if symbology is None:
            continue
        if not code.valid:
            if glimpsed is not None:
                glimpsed.append(_corners(code.position))
            continue
        text, raw = without_leading_fnc1(str(code.text), bytes(code.bytes))
        if symbology in (Symbology.EAN_13, Symbology.UPC_A, Symbology.UPC_E):
            symbology, text = _retail(symbology, text)
            raw = text.encode()
        if text:
            found.append(
                Sighting(
                    symbology=symbology,
                    text=text,
                    raw=raw,
                    identifier=str(code.symbology_identifier),
                    quad=_corners(code.position),
                    decoder=Decoder.ZXING,
                    treatment=treatment,
                    averaged=averaged,
                )
            )
    return found


def _corners(position: zxingcpp.Position) -> Quad:
    points = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return np.array([(point.x, point.y) for point in points], dtype=np.float64)


def zbar(pixels: Gray, *, treatment: str = "", averaged: bool = False) -> list[Sighting]:
    """Everything zbar reads in ``pixels``, in Parley's normal form. It knows no Data Matrix."""
    if min(pixels.shape) < _LEAST_SIDE:
        return []
    found = []
    for code in pyzbar.decode(np.ascontiguousarray(pixels), symbols=_ZBAR_ASKED):
        symbology = _ZBAR.get(str(code.type))
        if symbology is None or len(code.polygon) == 0:
            continue
        raw = bytes(code.data)
        text, raw = without_leading_fnc1(raw.decode("utf-8", "replace"), raw)
        if symbology in (Symbology.EAN_13, Symbology.UPC_A):
            symbology, text = _retail(symbology, text)
            raw = text.encode()
        if text:
            found.append(
                Sighting(
                    symbology=symbology,
                    text=text,
                    raw=raw,
                    identifier=_ZBAR_IDENTIFIER.get(symbology, ""),
                    quad=_quad([(point.x, point.y) for point in code.polygon], str(code.orientation)),
                    decoder=Decoder.ZBAR,
                    treatment=treatment,
                    averaged=averaged,
                )
            )
    return found


def _retail(symbology: Symbology, digits: str) -> tuple[Symbology, str]:
    """A UPC-A and an EAN-13 that begins with 0 are the same bars: both are called UPC-A, with the 12 digits that are printed."""
    if symbology is Symbology.UPC_E:
        return symbology, digits if len(digits) == 8 else shrunk_upc_a(digits[-12:])
    if len(digits) == 13 and digits.startswith("0"):
        return Symbology.UPC_A, digits[1:]
    return symbology, digits


def _quad(points: list[tuple[int, int]], orientation: str) -> Quad:
    """The upright box around zbar's points, begun at the corner that is the symbol's own top left."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    box = [(min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys))]
    turn = {"UP": 0, "RIGHT": 1, "DOWN": 2, "LEFT": 3}.get(orientation, 0)
    return np.array(box[turn:] + box[:turn], dtype=np.float64)
