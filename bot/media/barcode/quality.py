"""Why a picture was hard to read, measured, and how to take a better one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from bot.media.barcode.regions import Region
from bot.media.barcode.strips import cut
from bot.media.pictures import Gray

_DARK: Final = 55
"""Paper below this brightness was photographed in the dark."""

_BRIGHT: Final = 250
_FLAT: Final = 40
_SMALL: Final = 1.6
"""Pixels of the narrowest bar below which the camera did not see it."""


def advice(pixels: Gray, unread: Sequence[Region], *, found: int, late: bool) -> tuple[str, ...]:
    """Sentences for whoever took the picture; none where everything that looked like a code was read."""
    said = []
    if found and not unread:
        return ()
    if min(pixels.shape) < 24:
        return ("The picture is too small to hold a code: post the photograph itself, not its thumbnail.",)
    if unread:
        seen = "Another code" if found else "A code"
        said.append(f"{seen} was seen but could not be read.")
        said += _of_region(pixels, unread[0])
    elif not found:
        said.append("No code was seen in the picture.")
        said += _of_whole(pixels)
    if late:
        said.append(
            "Time ran out before everything was tried; a picture of the one label alone is read sooner."
        )
    return tuple(said)


def _of_whole(pixels: Gray) -> list[str]:
    if float(np.percentile(pixels[::4, ::4], 95)) < _DARK:
        return ["The picture is too dark: turn on a light or the flash."]
    if _sharpness(pixels) < 0.035:
        return ["The picture is blurred: hold the phone still and tap the label to focus."]
    return ["Hold the phone so that the label's bars or squares fill most of the picture."]


def _of_region(pixels: Gray, region: Region) -> list[str]:
    """The first reason that is measured where the code is."""
    strip = cut(pixels, region, longer=1.0).pixels
    paper, ink = (float(value) for value in np.percentile(strip, (95, 5)))
    if paper < _DARK:
        return ["The picture is too dark there: turn on a light or the flash."]
    if float((strip >= _BRIGHT).mean()) > 0.3 or _blot(strip) > 0.08:
        return ["Light is mirrored on the label: tilt it a little, away from the lamp or the flash."]
    if paper - ink < _FLAT:
        return ["The bars hardly stand out from the paper: more light, and no film or sleeve over the label."]
    width = narrowest(strip)
    if width < _SMALL or region.length < 90:
        return ["The code is too small in the picture: hold the phone nearer."]
    if _sharpness(strip) < 0.22:
        return ["The picture is blurred there: hold the phone still and tap the label to focus."]
    return ["Take it again straight from above, the whole code with some white around it."]


def _blot(strip: Gray) -> float:
    """The share of the strip that is white in one piece: wider than bars ever are."""
    white = (strip >= _BRIGHT).astype(np.uint8)
    side = max(3, strip.shape[1] // 12)
    core = cv2.erode(white, np.ones((max(3, strip.shape[0] // 4), side), np.uint8))
    return float(core.mean())


def _sharpness(pixels: Gray) -> float:
    """The steepest steps between neighbours, as a share of the whole range of brightness."""
    low, high = (float(value) for value in np.percentile(pixels[::2, ::2], (2, 98)))
    soft = cv2.GaussianBlur(pixels, (0, 0), 0.8).astype(np.float32)
    steps = np.abs(np.diff(soft, axis=1))
    return float(np.percentile(steps, 97)) / max(high - low, 8.0)


def narrowest(strip: Gray) -> float:
    """About how many pixels the narrow bars have: a low percentile of the runs between changes of brightness."""
    line = strip.astype(np.float32).mean(axis=0)
    level = cv2.blur(line.reshape(1, -1), (max(9, len(line) // 15) | 1, 1))[0]
    turns = np.flatnonzero(np.diff(line > level))
    runs = np.diff(turns)
    return float(np.percentile(runs, 15)) if len(runs) >= 8 else float(len(line))
