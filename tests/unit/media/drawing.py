"""Small pictures of codes for the tests of this folder."""

from __future__ import annotations

import io

import cv2
import numpy as np
import zxingcpp
from PIL import Image

from bot.media.pictures import Gray

FORMATS = zxingcpp.BarcodeFormat


def code(
    text: str, form: zxingcpp.BarcodeFormat, *, gs1: bool = False, scale: int = 4, high: int = 0
) -> Gray:
    """A code in black on white with its quiet zone; ``high`` is how high its bars are made, in pixels."""
    made = zxingcpp.create_barcode(text, form, gs1=True) if gs1 else zxingcpp.create_barcode(text, form)
    pixels = np.asarray(made.to_image(scale=scale, add_quiet_zones=True))
    if high:
        pixels = np.repeat(pixels[pixels.shape[0] // 2][None, :], high, axis=0)
    return np.pad(pixels, 40, constant_values=255).astype(np.uint8)


def on_table(*codes: Gray, size: tuple[int, int] = (900, 1400)) -> Gray:
    """Codes one below the other on a grey table; ``size`` is height, width."""
    table = np.full(size, 120, np.uint8)
    top = 20
    for one in codes:
        table[top : top + one.shape[0], 60 : 60 + one.shape[1]] = one
        top += one.shape[0] + 40
    return table


def turned(pixels: Gray, degrees: float) -> Gray:
    high, wide = pixels.shape
    side = int(np.hypot(high, wide)) + 2
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    matrix[:, 2] += (side / 2 - wide / 2, side / 2 - high / 2)
    return np.asarray(cv2.warpAffine(pixels, matrix, (side, side), borderValue=120), dtype=np.uint8)


def file(pixels: Gray, form: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, form, **options)
    return out.getvalue()
