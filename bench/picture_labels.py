"""Labels of medical packages with one barcode each, drawn flat: what bench.pictures photographs."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from domain.udi.check_digits import gs1_check_digit, hibc_check_character
from domain.udi.symbol import Symbology

type Gray = NDArray[np.uint8]

_F: Final = zxingcpp.BarcodeFormat
_CAPITALS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_DIGITS: Final = "0123456789"
_PRODUCTS: Final = (
    "Foley catheter 16 Fr",
    "Suture 3-0 PDS II",
    "Gauze sponge 4x4",
    "Trocar 12 mm",
    "IV set 15 drop",
    "Chest tube 28 Fr",
)


@dataclass(frozen=True, slots=True)
class Label:
    """A flat label. ``module`` is pixels of its narrowest bar or cell; ``symbology`` and ``text`` are what it truly says."""

    kind: str
    symbology: Symbology
    text: str
    pixels: Gray
    module: float
    matrix: bool


def _some(rng: random.Random, letters: str, least: int, most: int) -> str:
    return "".join(rng.choice(letters) for _ in range(rng.randint(least, most)))


def _gtin14(rng: random.Random) -> str:
    body = rng.choice("01") + "9506000" + _some(rng, _DIGITS, 5, 5)
    return body + gs1_check_digit(body)


def _checked(body: str) -> str:
    return body + gs1_check_digit(body)


def _elements(rng: random.Random) -> tuple[str, str]:
    """As written to the symbol, and as read from it."""
    gtin, lot = _gtin14(rng), _some(rng, _CAPITALS + _DIGITS, 4, 9)
    day = f"{rng.randint(27, 33)}{rng.randint(1, 12):02d}{rng.choice(('00', '15', '28'))}"
    if rng.random() < 0.5:
        return f"(01){gtin}(17){day}(10){lot}", f"01{gtin}17{day}10{lot}"
    serial = _some(rng, _DIGITS, 4, 8)
    return f"(01){gtin}(17){day}(10){lot}(21){serial}", f"01{gtin}17{day}10{lot}\x1d21{serial}"


def _code39(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return _some(rng, _CAPITALS + _DIGITS + "-", 6, 11)
    data = (
        "+" + rng.choice(_CAPITALS) + _some(rng, _DIGITS, 3, 3) + _some(rng, _DIGITS + _CAPITALS, 4, 8) + "1"
    )
    return data + hibc_check_character(data)


def _upce(rng: random.Random) -> tuple[str, str]:
    maker, product = _some(rng, _DIGITS, 2, 2), _some(rng, _DIGITS, 3, 3)
    last = rng.choice("012")
    wide = _checked(f"0{maker}{last}0000{product}")
    printed = "0" + maker + product + last + wide[-1]
    return printed, printed


type _Payload = tuple[Symbology, zxingcpp.BarcodeFormat, str, str, bool]
"""Symbology, format, as written to the symbol, as read from it, GS1."""

type _Make = Callable[[random.Random], _Payload]


def _kinds() -> dict[str, _Make]:

    def plain(
        symbology: Symbology, form: zxingcpp.BarcodeFormat, make: Callable[[random.Random], str]
    ) -> _Make:
        def made(rng: random.Random) -> _Payload:
            text = make(rng)
            return symbology, form, text, text, False

        return made

    def gs1(
        symbology: Symbology, form: zxingcpp.BarcodeFormat, make: Callable[[random.Random], tuple[str, str]]
    ) -> _Make:
        def made(rng: random.Random) -> _Payload:
            written, read = make(rng)
            return symbology, form, written, read, True

        return made

    def databar(rng: random.Random) -> _Payload:
        gtin = _gtin14(rng)
        return Symbology.DATABAR, _F.DataBarOmni, gtin[:13], "01" + gtin, False

    def upce(rng: random.Random) -> _Payload:
        printed, read = _upce(rng)
        return Symbology.UPC_E, _F.UPCE, printed, read, False

    def short(rng: random.Random) -> tuple[str, str]:
        gtin, lot = _gtin14(rng), _some(rng, _CAPITALS + _DIGITS, 3, 6)
        return f"(01){gtin}(10){lot}", f"01{gtin}10{lot}"

    return {
        "Code 128": plain(
            Symbology.CODE_128, _F.Code128, lambda r: _some(r, _CAPITALS + _DIGITS + "-", 6, 14)
        ),
        "GS1-128": gs1(Symbology.CODE_128, _F.Code128, _elements),
        "Code 39": plain(Symbology.CODE_39, _F.Code39, _code39),
        "EAN-13": plain(
            Symbology.EAN_13, _F.EAN13, lambda r: _checked(r.choice("34567") + _some(r, _DIGITS, 11, 11))
        ),
        "EAN-8": plain(Symbology.EAN_8, _F.EAN8, lambda r: _checked(_some(r, _DIGITS, 7, 7))),
        "UPC-A": plain(
            Symbology.UPC_A, _F.UPCA, lambda r: _checked(r.choice("03678") + _some(r, _DIGITS, 10, 10))
        ),
        "UPC-E": upce,
        "ITF-14": plain(Symbology.ITF, _F.ITF14, _gtin14),
        "DataBar": databar,
        "DataBar Expanded": gs1(Symbology.DATABAR_EXPANDED, _F.DataBarExp, short),
        "QR": plain(
            Symbology.QR,
            _F.QRCode,
            lambda r: f"https://id.gs1.org/01/{_gtin14(r)}/10/{_some(r, _CAPITALS + _DIGITS, 4, 8)}",
        ),
        "GS1 Data Matrix": gs1(Symbology.DATA_MATRIX, _F.DataMatrix, _elements),
        "Data Matrix": plain(
            Symbology.DATA_MATRIX, _F.DataMatrix, lambda r: _some(r, _CAPITALS + _DIGITS, 8, 24)
        ),
    }


KINDS: Final = _kinds()


def label(kind: str, rng: random.Random) -> Label:
    """One label with its symbol, a human-readable line, a product's name and small print around it."""
    symbology, form, written, read, gs1 = KINDS[kind](rng)
    code = zxingcpp.create_barcode(written, form, gs1=True) if gs1 else zxingcpp.create_barcode(written, form)
    cells = np.asarray(code.to_image(scale=1, add_quiet_zones=True))
    matrix = symbology in (Symbology.DATA_MATRIX, Symbology.QR)
    if matrix:
        symbol = cv2.resize(
            np.pad(cells, 2, constant_values=255), None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST
        )
        module = 8
    else:
        module = 6
        tall = max(cells.shape[0], 26) if symbology is not Symbology.DATABAR_EXPANDED else 34
        if symbology not in (Symbology.DATABAR, Symbology.DATABAR_EXPANDED):
            row = cells[cells.shape[0] // 2][None, :]
            cells = np.repeat(row, min(tall, max(20, row.shape[1] // 3)), axis=0)
        symbol = cv2.resize(cells, None, fx=module, fy=module, interpolation=cv2.INTER_NEAREST)
        symbol = np.pad(symbol, ((0, 0), (24, 24)), constant_values=255)
    return Label(
        kind, symbology, read, _around(symbol.astype(np.uint8), written, matrix, rng), module, matrix
    )


def _around(symbol: NDArray[np.uint8], written: str, matrix: bool, rng: random.Random) -> Gray:
    high, wide = symbol.shape
    name, ref = rng.choice(_PRODUCTS), f"REF {rng.randint(10, 99)}-{rng.randint(1000, 9999)}"

    def words(text: str, x: int, y: int, room: int) -> None:
        size = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 2)[0][0]
        cv2.putText(
            paper, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, min(2.2, room / max(size, 1)), 25, 2, cv2.LINE_AA
        )

    if matrix:
        paper = np.full((int(high * 1.5), wide * 3), 250, np.uint8)
        top = high // 4
        paper[top : top + high, 30 : 30 + wide] = symbol
        for number, line in enumerate(
            [*written.replace("(", "\n(").split("\n")[-4:], name, ref, "STERILE EO"]
        ):
            words(line, wide + 60, 60 + number * high // 5, int(wide * 1.6))
        return paper
    paper = np.full((high + 260, wide + 90), 250, np.uint8)
    paper[120 : 120 + high, 45 : 45 + wide] = symbol
    words(f"{name}  {ref}", 60, 80, wide - 60)
    words(written, 70, high + 165, int(wide * 0.8))
    words("STERILE EO  Single use only", 70, high + 235, int(wide * 0.5))
    return paper
