"""Where a picture looks like a barcode: stripes that all run one way, or cells that change both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.media.barcode.sighting import Quad
from bot.media.pictures import Gray

type _Field = NDArray[np.float32]

_CELLS: Final = 320
"""Cells on the picture's longer side; a code is looked for among them, its bars are measured in full resolution."""

_COHERENT: Final = 0.45
_WAYS: Final = 12


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """An oblong that may hold a code. ``angle`` in radians is the way across its bars (x towards y); ``length`` is measured that
    way and ``height`` along the bars, both in pixels of the picture. ``strength`` ranks regions of one picture.
    """

    centre: tuple[float, float]
    angle: float
    length: float
    height: float
    strength: float

    @property
    def quad(self) -> Quad:
        """Its corners in the picture, clockwise."""
        along = np.array([np.cos(self.angle), np.sin(self.angle)])
        down = np.array([-along[1], along[0]])
        half = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=np.float64)
        sides = half[:, :1] * along * self.length / 2 + half[:, 1:] * down * self.height / 2
        return np.asarray(np.array(self.centre) + sides, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """Structure tensor of a picture, summed over cells of ``cell`` pixels."""

    energy: _Field
    lean: _Field  # difference of the eigenvalues: energy that runs one way
    angle: _Field  # across the stripes, radians
    cell: float


def texture(pixels: Gray) -> Texture:
    """Gradients in full resolution, since bars of two pixels vanish in a smaller picture; then summed over cells."""
    high, wide = pixels.shape
    cell = max(2.0, max(high, wide) / _CELLS)
    size = (max(1, round(wide / cell)), max(1, round(high / cell)))
    soft = cv2.GaussianBlur(pixels, (0, 0), 0.8)
    sums = [np.empty((size[1], size[0]), np.float32) for _ in range(3)]
    # In bands, so that a large picture's gradients never stand in memory at once.
    rows = max(1, min(size[1], int(2_000_000 / max(1.0, wide * cell))))
    for top in range(0, size[1], rows):
        bottom = min(size[1], top + rows)
        band = soft[
            round(top * high / size[1]) : max(round(bottom * high / size[1]), round(top * high / size[1]) + 2)
        ]
        gx = cv2.Sobel(band, cv2.CV_32F, 1, 0, ksize=3)
        gy = cv2.Sobel(band, cv2.CV_32F, 0, 1, ksize=3)
        part = (size[0], bottom - top)
        for total, product in zip(sums, (gx * gx, gy * gy, gx * gy), strict=True):
            total[top:bottom] = cv2.resize(product, part, interpolation=cv2.INTER_AREA)
    xx, yy, xy = (cv2.blur(total, (5, 5)) for total in sums)
    floor = float(np.percentile(np.minimum(xx, yy)[::2, ::2], 30))  # noise has gradients every way alike
    xx, yy = np.maximum(xx - floor, 0), np.maximum(yy - floor, 0)
    lean = np.sqrt((xx - yy) ** 2 + 4 * xy**2)
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    return Texture(
        energy=(xx + yy).astype(np.float32),
        lean=lean.astype(np.float32),
        angle=angle.astype(np.float32),
        cell=max(wide / size[0], high / size[1]),
    )


def stripes(seen: Texture, *, most: int = 8) -> list[Region]:
    """Regions of parallel stripes, strongest first."""
    coherent = seen.lean > _COHERENT * (seen.energy + 1)
    if not coherent.any():
        return []
    strong = float(np.percentile(seen.lean[coherent], 99.5))
    live = coherent & (seen.lean > 0.08 * strong)
    regions: list[Region] = []
    # A cell belongs to the two ways between which its angle lies.
    between = np.floor((seen.angle + np.pi / 2) * (_WAYS / np.pi)).astype(np.int8) % _WAYS
    between[~live] = -1
    for number in range(_WAYS):
        near = ((between == number) | (between == (number - 1) % _WAYS)).astype(np.uint8)
        mask = cv2.morphologyEx(near, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
        count, marked, stats, _ = cv2.connectedComponentsWithStats(mask)
        labels = np.asarray(marked, dtype=np.int32)
        for index in range(1, count):
            if stats[index][cv2.CC_STAT_AREA] >= 20 and max(stats[index][2:4]) >= 6:
                region = _region(seen, labels, index, stats[index])
                if region is not None:
                    regions.append(region)
    regions.sort(key=lambda one: -one.strength)
    kept: list[Region] = []
    for region in regions:
        if not any(_same(region, other) for other in kept):
            kept.append(region)
        if len(kept) == most:
            break
    return kept


def _region(seen: Texture, labels: NDArray[np.int32], index: int, box: NDArray[np.int32]) -> Region | None:
    left, top, wide, high = (int(box[k]) for k in range(4))
    part = np.s_[top : top + high, left : left + wide]
    held = labels[part] == index
    weight = np.where(held, seen.lean[part], 0).astype(np.float64)
    total = float(weight.sum())
    turn = 2 * seen.angle[part].astype(np.float64)
    angle = 0.5 * float(np.arctan2((weight * np.sin(turn)).sum(), (weight * np.cos(turn)).sum()))
    rows, columns = np.nonzero(held)
    x, y = columns + left + 0.5, rows + top + 0.5
    across = x * np.cos(angle) + y * np.sin(angle)
    along = -x * np.sin(angle) + y * np.cos(angle)
    a0, a1 = np.percentile(across, (1, 99))
    b0, b1 = np.percentile(along, (2, 98))
    length, height = float(a1 - a0 + 1), float(b1 - b0 + 1)
    fill = len(x) / max(1.0, length * height)
    if length < 5 or fill < 0.35 or length < 0.45 * height:
        return None
    a, b = (a0 + a1) / 2, (b0 + b1) / 2
    centre = (a * np.cos(angle) - b * np.sin(angle), a * np.sin(angle) + b * np.cos(angle))
    return Region(
        centre=(float(centre[0]) * seen.cell, float(centre[1]) * seen.cell),
        angle=angle,
        length=length * seen.cell,
        height=height * seen.cell,
        strength=total * min(1.0, fill),
    )


def _same(one: Region, other: Region) -> bool:
    """Is the centre of one inside the other? Neighbouring ways find the same stripes twice."""
    return _inside(one, other) and abs(np.angle(np.exp(2j * (one.angle - other.angle)))) < 0.9


def _inside(one: Region, other: Region) -> bool:
    off = np.array(one.centre) - np.array(other.centre)
    along = abs(off[0] * np.cos(other.angle) + off[1] * np.sin(other.angle))
    down = abs(-off[0] * np.sin(other.angle) + off[1] * np.cos(other.angle))
    return bool(along < 0.5 * other.length and down < 0.6 * other.height)


def mosaics(seen: Texture, *, most: int = 6) -> list[Region]:
    """Regions that change both ways, as matrix codes do (and print): densest and squarest first, upright boxes."""
    both = seen.energy - seen.lean  # twice the smaller eigenvalue
    alive = both[both > 0]
    if alive.size < 16:
        return []
    regions = []
    for share in (0.25, 0.5):
        dense = (both > share * float(np.percentile(alive, 99))).astype(np.uint8)
        mask = cv2.morphologyEx(dense, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
        for index in range(1, count):
            left, top, wide, high, area = (int(stats[index][k]) for k in range(5))
            if area < 9 or max(wide, high) > 3.5 * min(wide, high):
                continue
            part = np.s_[top : top + high, left : left + wide]
            held = labels[part] == index
            fill, square = area / (wide * high), min(wide, high) / max(wide, high)
            regions.append(
                Region(
                    centre=((left + wide / 2) * seen.cell, (top + high / 2) * seen.cell),
                    angle=0.0,
                    length=wide * seen.cell,
                    height=high * seen.cell,
                    strength=float(both[part][held].sum()) * fill * square**2,
                )
            )
    regions.sort(key=lambda one: -one.strength)
    kept: list[Region] = []
    for region in regions:
        if not any(_inside(region, other) and region.length > 0.6 * other.length for other in kept):
            kept.append(region)
        if len(kept) == most:
            break
    return kept
