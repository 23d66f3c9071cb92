"""Photographs of labels, as tests post them: real symbols on a white or coloured box, PNG or JPEG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import zxingcpp
from PIL import Image, ImageDraw

from domain.udi.check_digits import gs1_check_digit, hibc_check_character

Codes: Any = zxingcpp.BarcodeFormat


def gtin(body: str) -> str:
    """The 13 digits with their check digit.

    >>> gtin("0061414199999")
    '00614141999996'
    """
    return body + gs1_check_digit(body)


def hibc(data: str) -> str:
    """HIBC data with its check character."""
    return data + hibc_check_character(data)


def symbol(text: str, *, kind: Any = None, gs1: bool = True, scale: int = 5) -> Image.Image:
    """One symbol with its quiet zone; GS1 text in brackets."""
    made = zxingcpp.create_barcode(text, kind or Codes.DataMatrix, gs1=gs1)
    drawn = Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=scale)).convert("L")
    framed = Image.new("L", (drawn.width + 40, drawn.height + 40), 255)
    framed.paste(drawn, (20, 20))
    return framed


def matrix(text: str) -> Image.Image:
    """A GS1 Data Matrix."""
    return symbol(text, scale=6)


def plain(text: str) -> Image.Image:
    """Code 128 that says nothing of GS1."""
    return symbol(text, kind=Codes.Code128, gs1=False, scale=2)


def qr(text: str) -> Image.Image:
    return symbol(text, kind=Codes.QRCode, gs1=False, scale=6)


def photograph(*symbols: Image.Image, words: Sequence[str] = (), form: str = "PNG") -> bytes:
    """The symbols far apart, side by side, on grey cardboard with some print."""
    gap = 260
    width = sum(s.width for s in symbols) + gap * (len(symbols) + 1)
    height = max((s.height for s in symbols), default=200) + 2 * gap
    canvas = Image.new("L", (width, height), 200)
    drawing = ImageDraw.Draw(canvas)
    at = gap
    for each in symbols:
        canvas.paste(each, (at, gap))
        at += each.width + gap
    for number, line in enumerate(words):
        drawing.text((gap, 20 + 18 * number), line, fill=40)
    out = io.BytesIO()
    canvas.save(out, form)
    return out.getvalue()
