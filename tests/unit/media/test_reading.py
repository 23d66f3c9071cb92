"""From a file to symbols: normal forms, places, several a picture, and the stages that hard pictures need."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from bot.media.reading import read_picture
from domain.udi.symbol import Symbology
from tests.unit.media.drawing import FORMATS, code, file, on_table, turned

PATIENT = 120.0
"""Seconds: what is read must not hang on how busy the machine is."""


@pytest.mark.parametrize(
    ("form", "written", "gs1", "symbology", "text", "identifier"),
    [
        ("Code128", "(01)09506000134352(10)AB12(21)S9", True, "CODE_128", "010950600013435210AB12\x1d21S9", "]C1"),
        ("Code128", "HELLO-123", False, "CODE_128", "HELLO-123", "]C0"),
        ("Code39", "+A123BJC5D6E71G", False, "CODE_39", "+A123BJC5D6E71G", "]A1"),
        ("EAN13", "6291041500213", False, "EAN_13", "6291041500213", "]E0"),
        ("UPCA", "012345678905", False, "UPC_A", "012345678905", "]E0"),
        ("UPCE", "01234565", False, "UPC_E", "01234565", "]E0"),
        ("EAN8", "96385074", False, "EAN_8", "96385074", "]E4"),
        ("ITF", "09506000134352", False, "ITF", "09506000134352", "]I1"),
        ("DataBarOmni", "0950600013435", False, "DATABAR", "0109506000134352", "]e0"),
        ("DataBarExp", "(01)09506000134352(10)AB", True, "DATABAR_EXPANDED", "010950600013435210AB", "]e0"),
        ("DataMatrix", "(01)09506000134352(10)AB12(21)S9", True, "DATA_MATRIX", "010950600013435210AB12\x1d21S9", "]d2"),
        ("QRCode", "https://id.gs1.org/01/09506000134352", False, "QR", "https://id.gs1.org/01/09506000134352", "]Q1"),
    ],
)  # fmt: skip
def test_every_symbology_is_read_in_its_normal_form(
    form: str, written: str, gs1: bool, symbology: str, text: str, identifier: str
) -> None:
    picture = read_picture(file(on_table(code(written, getattr(FORMATS, form), gs1=gs1))), budget=PATIENT)
    (symbol,) = picture.symbols
    assert (symbol.symbology, symbol.text) == (Symbology[symbology], text)
    assert symbol.identifier == identifier
    assert symbol.raw == text.encode()
    assert picture.problems == ()


def test_corners_begin_at_the_symbols_own_top_left_and_go_clockwise() -> None:
    pixels = on_table(code("(01)09506000134352", FORMATS.DataMatrix, gs1=True))
    upright = read_picture(file(pixels)).symbols[0].corners
    (x0, y0), (x1, y1), (x2, y2), _ = upright
    assert x0 < x1
    assert abs(y0 - y1) <= 2
    assert y2 > y1
    assert abs(x2 - x1) <= 2
    upside_down = read_picture(file(np.ascontiguousarray(pixels[::-1, ::-1]))).symbols[0].corners
    assert upside_down[0][0] > upside_down[1][0]


@pytest.mark.parametrize("degrees", [17, 45, 101, 163])
def test_a_long_code_is_read_at_any_tilt_where_no_straight_line_crosses_it(degrees: float) -> None:
    text = "(01)09506000134352(17)290228(10)AB12"
    picture = read_picture(
        file(turned(code(text, FORMATS.Code128, gs1=True, scale=3, high=110), degrees)), budget=PATIENT
    )
    assert [symbol.text for symbol in picture.symbols] == ["01095060001343521729022810AB12"]
    low = np.array(picture.symbols[0].corners).min(axis=0)
    high = np.array(picture.symbols[0].corners).max(axis=0)
    assert all(low > 0)
    assert all(high < picture.width)


def test_codes_of_several_kinds_are_all_read_each_once() -> None:
    table = on_table(
        code("6291041500213", FORMATS.EAN13),
        code("LOT-4711", FORMATS.Code128),
        code("(01)09506000134352", FORMATS.DataMatrix, gs1=True),
        size=(1000, 900),
    )
    picture = read_picture(file(table), budget=PATIENT)
    assert sorted(symbol.text for symbol in picture.symbols) == [
        "0109506000134352",
        "6291041500213",
        "LOT-4711",
    ]


def test_two_boxes_with_the_same_code_are_two_symbols() -> None:
    one = code("6291041500213", FORMATS.EAN13)
    picture = read_picture(file(on_table(one, one)), budget=PATIENT)
    assert [symbol.text for symbol in picture.symbols] == ["6291041500213"] * 2
    assert picture.symbols[0].corners != picture.symbols[1].corners


def test_a_blurred_ean_that_neither_decoder_reads_is_read() -> None:
    pixels = on_table(code("6291041500213", FORMATS.EAN13, scale=4, high=120))
    radius = 6
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disc = (np.hypot(x, y) <= radius).astype(np.float32)
    blurred = np.asarray(cv2.filter2D(pixels, -1, disc / disc.sum()), np.uint8)
    picture = read_picture(file(blurred), budget=PATIENT)
    assert [symbol.text for symbol in picture.symbols] == ["6291041500213"]
    assert picture.stage == "fitted"


def test_light_on_dark_is_read() -> None:
    picture = read_picture(file(255 - on_table(code("(01)09506000134352", FORMATS.DataMatrix, gs1=True))))
    assert [symbol.text for symbol in picture.symbols] == ["0109506000134352"]


def test_a_dark_picture_is_read() -> None:
    dark = (on_table(code("LOT-4711-22", FORMATS.Code128)) // 9).astype(np.uint8)
    noise = np.random.default_rng(1).normal(0, 3, dark.shape)
    picture = read_picture(file(np.clip(dark + noise, 0, 255).astype(np.uint8)), budget=PATIENT)
    assert [symbol.text for symbol in picture.symbols] == ["LOT-4711-22"]


def test_a_picture_without_a_code_says_how_to_take_a_better_one() -> None:
    picture = read_picture(file(np.full((300, 400), 20, np.uint8)), budget=PATIENT)
    assert picture.symbols == ()
    assert picture.problems[0] == "No code was seen in the picture."
    assert "too dark" in picture.problems[1]


def test_a_code_that_can_not_be_read_is_told_with_the_reason() -> None:
    bars = np.repeat((np.random.default_rng(2).random(90) > 0.5).astype(np.uint8) * 215 + 20, 5)
    table = np.full((400, 700), 235, np.uint8)
    table[120:280, 120 : 120 + len(bars)] = bars
    blurred = np.asarray(cv2.GaussianBlur(table, (0, 0), 6), np.uint8)
    picture = read_picture(file(blurred), budget=PATIENT)
    assert picture.symbols == ()
    assert picture.problems[0] == "A code was seen but could not be read."
    assert len(picture.problems) >= 2


def test_bars_that_can_not_be_read_are_told_beside_a_code_that_was_read() -> None:
    bars = np.repeat((np.random.default_rng(2).random(90) > 0.5).astype(np.uint8) * 215 + 20, 5)
    table = on_table(code("LOT-4711", FORMATS.Code128))
    table[500:640, 100:700] = 235
    table[520:620, 180 : 180 + len(bars)] = bars
    picture = read_picture(file(table), budget=PATIENT)
    assert [symbol.text for symbol in picture.symbols] == ["LOT-4711"]
    assert picture.problems[0] == "Another code was seen but could not be read."


def test_a_few_stripes_beside_a_code_that_was_read_are_not_taken_for_another_code() -> None:
    table = on_table(code("LOT-4711", FORMATS.Code128))
    table[500:640, 100:400] = 235
    for left in range(180, 300, 20):
        table[520:620, left : left + 10] = 20
    picture = read_picture(file(table), budget=PATIENT)
    assert [symbol.text for symbol in picture.symbols] == ["LOT-4711"]
    assert picture.problems == ()


@pytest.mark.parametrize("side", [1, 3, 10])
def test_tiny_pictures_are_no_trouble(side: int) -> None:
    assert read_picture(file(np.full((side, side), 90, np.uint8))).symbols == ()
