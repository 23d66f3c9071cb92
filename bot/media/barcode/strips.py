"""Stripes cut out in full resolution and turned upright; their bars straightened and put together into profiles."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.media.barcode.regions import Region
from bot.media.barcode.sighting import Quad
from bot.media.pictures import Gray

type Profile = NDArray[np.float32]
"""Brightness across the bars, (samples,)."""

_BANDS: Final = 16
_FEWEST_EDGES: Final = 11
"""A UPC-E has 34, of which strong blur leaves a third."""

_LONGEST: Final = 2600
_TALLEST: Final = 420


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """An upright cutting. ``back`` is the 2 x 3 matrix from its pixels to the picture's."""

    pixels: Gray
    back: NDArray[np.float64]

    def to_picture(self, quad: Quad) -> Quad:
        return np.asarray(quad @ self.back[:, :2].T + self.back[:, 2], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Bars:
    """``alike``: how much of what changes along a strip is the same in all its rows, near 1 for bars, below a half for print, 0 where
    there are fewer ``edges`` than the shortest code has.
    """

    alike: float
    edges: int


def cut(
    pixels: Gray, region: Region, *, scale: float = 1.0, longer: float = 1.25, taller: float = 1.0
) -> Strip:
    """The region with room at its ends for quiet zones and what the search missed."""
    margin = 24.0
    wide = min(_LONGEST, max(24, round((region.length * longer + 2 * margin) * scale)))
    scale = min(scale, wide / (region.length * longer + 2 * margin))
    # What is higher than the tallest cutting is cut from its middle.
    high = min(_TALLEST, max(12, round(region.height * taller * scale)))
    along = np.array([np.cos(region.angle), np.sin(region.angle)]) / scale
    down = np.array([-along[1], along[0]])
    start = np.array(region.centre) - along * (wide - 1) / 2 - down * (high - 1) / 2
    back = np.column_stack([along, down, start])
    cutting = cv2.warpAffine(
        pixels,
        back,
        (wide, high),
        flags=(cv2.INTER_CUBIC if scale >= 0.8 else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return Strip(cutting.astype(np.uint8), back)


def bands(strip: Strip) -> NDArray[np.float32]:
    """The strip as up to 16 bands, each the mean of its rows: (bands, samples)."""
    high = strip.pixels.shape[0]
    count = max(1, min(_BANDS, high // 3))
    edges = np.linspace(0, high, count + 1).round().astype(int)
    rows = strip.pixels.astype(np.float32)
    return np.stack([rows[a:b].mean(axis=0) for a, b in pairwise(edges)])


def straightened(lines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bands moved and stretched until their bars stand above each other: undoes what is left of tilt, perspective and bend.

    Each band is compared with the mean of those already laid, from the middle outwards, by shift and stretch.
    """
    count, samples = lines.shape
    if count < 2:
        return lines
    flat = _flattened(lines)
    middle = count // 2
    laid: dict[int, tuple[float, float]] = {middle: (0.0, 0.0)}
    out = lines.copy()
    place = np.arange(samples, dtype=np.float32)
    unit = (place / (samples - 1)) - 0.5
    for way in (1, -1):
        model = flat[middle].copy()
        last, step = (0.0, 0.0), (0.0, 0.0)
        number = middle + way
        while 0 <= number < count:
            guess = (last[0] + step[0], last[1] + step[1])
            best = _laid_on(model, flat[number], guess, place, unit)
            step = (0.6 * (best[0] - last[0]) + 0.4 * step[0], 0.6 * (best[1] - last[1]) + 0.4 * step[1])
            last = best
            laid[number] = best
            where = place + best[0] + best[1] * unit
            moved = np.interp(where, place, flat[number]).astype(np.float32)
            out[number] = np.interp(where, place, lines[number])
            model = 0.6 * model + 0.4 * moved
            number += way
    return out


def _flattened(lines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without slow changes of light, so that correlation sees bars."""
    samples = lines.shape[1]
    wide = max(9, samples // 12) | 1
    slow = cv2.blur(lines, (wide, 1), borderType=cv2.BORDER_REPLICATE)
    fast = cv2.GaussianBlur(lines - slow, (0, 0), 1.0, sigmaY=0.01)
    return np.asarray(fast, dtype=np.float32)


def _laid_on(
    model: Profile, line: Profile, guess: tuple[float, float], place: Profile, unit: Profile
) -> tuple[float, float]:
    """Shift and stretch in samples that lay ``line`` best on ``model``, near the guess."""
    best, score = guess, -np.inf
    centre = guess
    for reach, pieces in ((3.0, 7), (0.8, 5)):
        found = centre
        for shift in np.linspace(-reach, reach, pieces):
            for stretch in np.linspace(-reach, reach, pieces):
                try_ = (centre[0] + float(shift), centre[1] + float(stretch))
                moved = np.interp(place + try_[0] + try_[1] * unit, place, line)
                value = float(moved @ model) / (float(np.linalg.norm(moved)) + 1e-6)
                if value > score:
                    score, found = value, try_
        centre = best = found
    return best


def profiles(strip: Strip) -> list[tuple[str, Profile]]:
    """The strip's bars as profiles of several sets of rows: what two of them say alike is said twice.

    Bands that do not look like the others (print, glare, the next thing on the table) are left out.
    """
    lines = straightened(bands(strip))
    flat = _flattened(lines)
    sizes = np.linalg.norm(flat, axis=1) + 1e-6
    model = flat[len(flat) // 4 : max(len(flat) // 4 + 1, len(flat) - len(flat) // 4)].mean(axis=0)
    alike = flat @ model / (sizes * (float(np.linalg.norm(model)) + 1e-6))
    lines = lines[alike >= 0.75 * float(alike.max())]
    count = len(lines)
    sets = [("all", lines)]
    if count >= 4:
        sets += [("upper", lines[: count // 2]), ("lower", lines[count // 2 :])]
    elif count > 1:
        sets += [("upper", lines[:1]), ("lower", lines[-1:])]
    return [(name, np.asarray(chosen.mean(axis=0), dtype=np.float32)) for name, chosen in sets]


def barred(strip: Strip) -> Bars:
    """How much the strip looks like bars."""
    lines = _flattened(straightened(bands(strip)))
    line = lines.mean(axis=0)
    clear = np.sign(line[np.abs(line) > 0.35 * float(line.std())])
    edges = int((np.diff(clear) != 0).sum())
    alike = float((line**2).mean()) / (float((lines**2).mean()) + 1e-6)
    return Bars(alike=alike if edges >= _FEWEST_EDGES else 0.0, edges=edges)


def levelled(profile: Profile, *, reach: int) -> Profile:
    """Between 0 and 1 by its own neighbourhood of ``reach`` samples: undoes shade and gloss."""
    line = profile.reshape(1, -1)
    wide = np.ones((1, max(3, reach) | 1), np.uint8)
    low = cv2.blur(cv2.erode(line, wide), (wide.shape[1], 1), borderType=cv2.BORDER_REPLICATE)
    high = cv2.blur(cv2.dilate(line, wide), (wide.shape[1], 1), borderType=cv2.BORDER_REPLICATE)
    span = np.maximum(high - low, 0.25 * float(np.max(high - low)) + 1e-3)
    return np.asarray(np.clip((line - low) / span, -0.2, 1.2)[0], dtype=np.float32)


def drawn(profile: Profile, *, stretch: int, rows: int = 20) -> Gray:
    """A profile as a small picture for a decoder: ``stretch`` times as wide, white at both ends."""
    wide = cv2.resize(profile.reshape(1, -1), None, fx=stretch, fy=1, interpolation=cv2.INTER_CUBIC)
    line = np.clip(np.pad(wide[0], 12 * stretch, constant_values=1.0) * 255, 0, 255).astype(np.uint8)
    return np.repeat(line[None, :], rows, axis=0)
