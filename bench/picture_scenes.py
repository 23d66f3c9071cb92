"""Photographs made from flat labels: on a table among other things, turned, warped, blurred, dark, packed. All by seed."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

from bench.picture_labels import KINDS, Gray, Label, label
from domain.udi.symbol import Symbology

type _Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture is taken. Pairs are ranges. ``module`` and blurs are for linear codes, in pixels and in modules; matrix codes
    get twice the module and two thirds of the blur, since their cells are read in both directions.
    """

    size: tuple[int, int] = (1280, 960)
    module: tuple[float, float] = (2.2, 3.6)
    angle: float = 6.0
    warp: float = 0.0
    defocus: tuple[float, float] = (0.0, 0.0)
    motion: tuple[float, float] = (0.0, 0.0)
    noise: float = 3.0
    gain: float = 1.0
    shade: float = 0.0
    glare: bool = False
    contrast: float = 0.75
    curve: float = 0.0
    labels: int = 1
    form: str = "JPEG"
    quality: int = 88


CONDITIONS: Final = {
    "clean": Look(),
    "rotated": Look(angle=180),
    "perspective": Look(angle=180, warp=0.16),
    "defocus": Look(angle=20, defocus=(0.9, 1.5)),
    "motion": Look(angle=20, motion=(1.5, 3.0)),
    "dark, noisy": Look(angle=20, gain=0.13, noise=5),
    "glare": Look(angle=20, shade=0.9, glare=True),
    "low contrast": Look(angle=20, contrast=0.13),
    "JPEG 30": Look(angle=20, quality=30, noise=5),
    "small in 12 MP": Look(size=(4000, 3000), angle=180, module=(1.7, 2.4)),
    "curved": Look(angle=25, curve=1.0),
    "several": Look(size=(2000, 1500), angle=180, labels=3),
    "HEIC": Look(size=(2000, 1500), angle=20, form="HEIF", quality=50),
    "hard mix": Look(
        angle=180,
        warp=0.12,
        defocus=(0.5, 1.0),
        motion=(0.5, 1.5),
        noise=7,
        gain=0.5,
        shade=0.5,
        contrast=0.5,
        quality=40,
    ),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture file and what is truly in it."""

    data: bytes
    truth: tuple[tuple[Symbology, str], ...]


def scene(kind: str, condition: str, *, seed: int) -> Scene:
    """A picture of a label of ``kind`` (and, for several, of two other kinds). The same seed gives the same picture."""
    rng = random.Random(f"{kind} {condition} {seed}")
    noise = np.random.default_rng(rng.randrange(1 << 30))
    look = CONDITIONS[condition]
    kinds = [kind, *rng.sample([other for other in KINDS if other != kind], look.labels - 1)]
    labels = [label(one, rng) for one in kinds]
    wide, high = look.size
    field = _table(wide, high, rng, noise)
    rooms = _rooms(look, rng)
    module = 0.0
    middle = (wide / 2, high / 2)
    for one, room in zip(labels, rooms, strict=True):
        field, module, middle = _laid(field, one, room, look, rng)
    field = _lit(field, look, module, middle, rng)
    matrix = 0.66 if labels[0].matrix else 1.0
    if look.defocus[1]:
        field = _defocused(field, rng.uniform(*look.defocus) * module * matrix)
    if look.motion[1]:
        field = _moved(field, rng.uniform(*look.motion) * module * matrix, rng.uniform(0, np.pi))
    field = field * look.gain + noise.normal(0, look.noise, field.shape).astype(np.float32)
    pixels = np.clip(field, 0, 255).astype(np.uint8)
    return Scene(_packed(pixels, look), tuple((one.symbology, one.text) for one in labels))


def _packed(pixels: Gray, look: Look) -> bytes:
    out = io.BytesIO()
    if look.form == "HEIF":
        pillow_heif.from_pillow(Image.fromarray(pixels).convert("RGB")).save(out, quality=look.quality)
    else:
        Image.fromarray(pixels).convert("RGB").save(out, "JPEG", quality=look.quality)
    return out.getvalue()


def _rooms(look: Look, rng: random.Random) -> list[tuple[float, float, float, float]]:
    """Where each label may lie: x, y, width, height."""
    wide, high = look.size
    if look.labels == 1:
        return [(0, 0, wide, high)]
    cells = [(wide / 2 * x, high / 2 * y, wide / 2, high / 2) for x in (0, 1) for y in (0, 1)]
    return rng.sample(cells, look.labels)


def _table(wide: int, high: int, rng: random.Random, noise: np.random.Generator) -> _Field:
    coarse = noise.integers(60, 200, (6, 8)).astype(np.uint8)
    table = cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_CUBIC)
    grain = noise.integers(0, 30, (high // 8, wide // 8)).astype(np.uint8)
    table = cv2.add(table, cv2.resize(grain, (wide, high)))
    for _ in range(rng.randint(5, 10)):
        x, y = rng.randint(0, wide), rng.randint(0, high)
        a, b = rng.randint(wide // 30, wide // 4), rng.randint(high // 30, high // 4)
        cv2.rectangle(table, (x, y), (x + a, y + b), rng.randint(30, 230), -1)
        for line in range(rng.randint(0, 5)):
            words = "".join(rng.choice("ABCDEFGHKLMNRSTUVWXYZ0123456789 ") for _ in range(14))
            spot = (x + 5, y + int((line + 1) * high / 40))
            cv2.putText(
                table, words, spot, cv2.FONT_HERSHEY_SIMPLEX, high / 1200, rng.randint(0, 90), 2, cv2.LINE_AA
            )
    return table.astype(np.float32)


def _laid(
    field: _Field, one: Label, room: tuple[float, float, float, float], look: Look, rng: random.Random
) -> tuple[_Field, float, tuple[float, float]]:
    """The label in its room; with it the pixels of a module as they came out, and where its middle is."""
    flat = _bent(one, look, rng) if look.curve else one
    high, wide = flat.pixels.shape
    module = rng.uniform(*look.module) * (2.0 if one.matrix else 1.0)
    scale = module / flat.module
    angle = np.radians(rng.uniform(-look.angle, look.angle))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    half = np.array([wide, high]) * scale / 2
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    if look.warp:
        least = min(half) * 2
        corners = corners + np.array(
            [[rng.uniform(-look.warp, look.warp) * least for _ in (0, 1)] for _ in range(4)]
        )
    corners = corners @ turn.T
    spread = np.ptp(corners, axis=0)
    fit = min(1.0, 0.95 * room[2] / spread[0], 0.95 * room[3] / spread[1])
    corners, spread, scale = corners * fit, spread * fit, scale * fit
    low = corners.min(axis=0)
    corners = (
        corners
        - low
        + (
            room[0] + rng.uniform(0, room[2] - spread[0]),
            room[1] + rng.uniform(0, room[3] - spread[1]),
        )
    )
    source = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    paper = flat.pixels if scale > 0.6 else cv2.GaussianBlur(flat.pixels, (0, 0), 0.42 / scale)
    size = (field.shape[1], field.shape[0])
    laid = cv2.warpPerspective(paper, matrix, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full_like(paper, 255), matrix, size, flags=cv2.INTER_LINEAR)
    share = mask.astype(np.float32) / 255
    centre = corners.mean(axis=0)
    out = field * (1 - share) + laid.astype(np.float32) * share
    return out.astype(np.float32), flat.module * scale, (float(centre[0]), float(centre[1]))


def _bent(one: Label, look: Look, rng: random.Random) -> Label:
    """Round a bottle, seen from the front: the label's ends turn away, across the bars or along them."""
    high, wide = one.pixels.shape
    reach = np.radians(rng.uniform(25, 50) * look.curve)
    along = rng.random() < 0.5
    length = wide if along else high
    radius = length / 2 / reach
    seen = int(2 * radius * np.sin(reach))
    places = radius * np.arcsin(np.clip((np.arange(seen) - seen / 2) / radius, -1, 1)) + length / 2
    if along:
        x, y = np.meshgrid(places, np.arange(high))
    else:
        x, y = np.meshgrid(np.arange(wide), places)
    bent = cv2.remap(one.pixels, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    return replace(one, pixels=bent.astype(np.uint8))


def _lit(field: _Field, look: Look, module: float, middle: tuple[float, float], rng: random.Random) -> _Field:
    lit = field * look.contrast + (20 if look.contrast > 0.3 else 110)
    high, wide = field.shape
    if look.shade or look.glare:
        y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
        way = rng.uniform(0, 2 * np.pi)
        lit = lit * (1 + look.shade * 1.4 * (np.cos(way) * (x / wide - 0.5) + np.sin(way) * (y / high - 0.5)))
        if look.glare:
            spread = max(8.0, module * rng.uniform(6, 12))
            sx = middle[0] + rng.uniform(-30, 30) * module
            sy = middle[1] + rng.uniform(-12, 12) * module
            lit = lit + 230 * np.exp(-((x - sx) ** 2 + (y - sy) ** 2) / (2 * spread**2))
    return lit.astype(np.float32)


def _defocused(field: _Field, radius: float) -> _Field:
    """A lens out of focus spreads each point over a disc."""
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return cv2.filter2D(field, -1, disc / disc.sum()).astype(np.float32)


def _moved(field: _Field, length: float, way: float) -> _Field:
    """A hand that moved draws each point into a line."""
    reach = int(np.ceil(length / 2)) + 1
    line = np.zeros((2 * reach + 1, 2 * reach + 1))
    for step in np.linspace(-length / 2, length / 2, 61):
        x, y = reach + step * np.cos(way), reach + step * np.sin(way)
        left, top = int(x), int(y)
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            line[min(top + dy, 2 * reach), min(left + dx, 2 * reach)] += (1 - abs(x - left - dx)) * (
                1 - abs(y - top - dy)
            )
    return cv2.filter2D(field, -1, line / line.sum()).astype(np.float32)
