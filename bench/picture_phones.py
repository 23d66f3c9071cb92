"""A second kind of made pictures, for rules that were tuned on the first: frames of old phones, and pictures in which no code can be read.

One code on a printed package: low resolution, a lens out of focus, sharpening halos and JPEG blocks, hard shadows, creased film, a
finger at the code's end, the shear of a rolling shutter. Beside them codes that are cut off, covered or blurred away, and text,
stripes, keys and shelves: whatever is read there is wrong unless it is what the code truly says. All by seed.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.picture_labels import Gray, label
from bench.picture_scenes import Scene
from domain.udi.symbol import Symbology

type _Field = NDArray[np.float32]
type _Truth = tuple[tuple[Symbology, str], ...]

_NOTHING: Final[_Truth] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """How it was taken. Pairs are ranges; ``module`` in pixels and ``blur`` (of a Gauss) in modules of a linear code."""

    size: tuple[int, int] = (640, 480)
    module: tuple[float, float] = (1.5, 2.4)
    blur: tuple[float, float] = (0.15, 0.4)
    angle: float = 7.0
    shear: float = 0.0
    halo: tuple[float, float] = (0.3, 0.8)
    noise: tuple[float, float] = (2.0, 6.0)
    quality: tuple[int, int] = (45, 80)
    shadow: bool = False
    film: bool = False
    finger: str = ""
    cut: bool = False


READABLE: Final = {
    "video frame": Frame(),
    "out of focus": Frame(module=(2.2, 3.6), blur=(0.5, 0.9), noise=(3, 8)),
    "halos and blocks": Frame(
        size=(1024, 768), module=(1.6, 2.6), halo=(1.5, 3.0), quality=(18, 35), angle=12
    ),
    "far": Frame(size=(1600, 1200), module=(1.3, 1.8), angle=10, noise=(2, 5)),
    "hard shadow": Frame(size=(1024, 768), module=(2.0, 3.0), shadow=True, angle=12),
    "creased film": Frame(size=(1024, 768), module=(2.0, 3.0), film=True, angle=12),
    "finger at its end": Frame(size=(1024, 768), module=(2.0, 3.0), finger="end", angle=12),
    "rolling shutter": Frame(size=(1280, 960), module=(1.8, 3.0), shear=0.25, angle=12),
    "easy": Frame(size=(1600, 1200), module=(2.5, 4.0), blur=(0.1, 0.2), halo=(0, 0.3), quality=(80, 92)),
}
UNREADABLE: Final = {
    "cut off": Frame(size=(1024, 768), module=(2.0, 3.2), cut=True, angle=12),
    "covered": Frame(size=(1024, 768), module=(2.0, 3.0), finger="middle", angle=12),
    "blurred away": Frame(module=(1.2, 2.4), blur=(1.3, 2.2), noise=(4, 9)),
    "text": Frame(size=(1280, 960)),
    "stripes": Frame(size=(1280, 960)),
    "keys": Frame(size=(1024, 768)),
    "shelves": Frame(size=(1600, 1200)),
}
FRAMES: Final = {**READABLE, **UNREADABLE}
_WORDS: Final = (
    "sterile",
    "Gauze",
    "not made with latex",
    "REF",
    "LOT",
    "exp",
    "10 x 10 cm",
    "for single use",
    "0482",
    "mL",
)


def phone_scene(kind: str, condition: str, *, seed: int) -> Scene:
    """A frame of a package with a code of ``kind``, or of something without one. The same seed gives the same picture."""
    rng = random.Random(f"phone {kind} {condition} {seed}")
    noise = np.random.default_rng(rng.randrange(1 << 30))
    frame = FRAMES[condition]
    without = _WITHOUT.get(condition)
    if without is not None:
        field, module, truth = without(frame, rng), 2.0, _NOTHING
    else:
        field, module, truth = _packaged(kind, frame, rng)
    sigma = rng.uniform(*frame.blur) * module
    field = cv2.GaussianBlur(field, (0, 0), max(0.3, sigma)).astype(np.float32)
    field = field * rng.uniform(0.45, 0.9) + rng.uniform(5, 40)
    if frame.shadow:
        field = _shadowed(field, rng)
    field += noise.normal(0, rng.uniform(*frame.noise), field.shape).astype(np.float32)
    strength = rng.uniform(*frame.halo)
    if strength > 0:
        soft = cv2.GaussianBlur(field, (0, 0), rng.uniform(1.0, 2.0))
        field = field + strength * (field - soft)
    out = io.BytesIO()
    pixels = np.clip(field, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).convert("RGB").save(out, "JPEG", quality=rng.randint(*frame.quality))
    return Scene(out.getvalue(), truth)


def _packaged(kind: str, frame: Frame, rng: random.Random) -> tuple[_Field, float, _Truth]:
    made = label(kind, rng)
    wide, high = frame.size
    field = _print(frame, rng)
    module = rng.uniform(*frame.module) * (1.7 if made.matrix else 1.0)
    scale = min(module / made.module, 0.92 * wide / made.pixels.shape[1], 0.85 * high / made.pixels.shape[0])
    module = scale * made.module
    paper = cv2.GaussianBlur(made.pixels, (0, 0), 0.45 / scale).astype(np.float32)
    if frame.film:
        paper = _creased(paper, rng)
    if frame.finger:
        paper = _touched(paper, frame.finger, made.module, rng)
    angle = np.radians(rng.uniform(-frame.angle, frame.angle) + rng.choice((0, 0, 0, 90, 180)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    slant = np.array([[1.0, rng.uniform(-frame.shear, frame.shear)], [0.0, 1.0]])
    way = slant @ turn * scale
    tall, broad = paper.shape
    spread = np.abs(way) @ np.array([broad, tall]) / 2
    fit = min(1.0, 0.49 * wide / spread[0], 0.49 * high / spread[1])
    way, spread, module = way * fit, spread * fit, module * fit
    room = np.maximum(np.array([wide, high]) / 2 - spread, 0)
    middle = np.array([wide / 2 + rng.uniform(-1, 1) * room[0], high / 2 + rng.uniform(-1, 1) * room[1]])
    if frame.cut:
        # Across the bars, so that between a sixth and a half of them is outside.
        along = way @ np.array([1.0, 0.0])
        axis = int(abs(along[1]) > abs(along[0]))
        off = rng.uniform(0.22, 0.5) * 2 * spread[axis]
        middle[axis] = rng.choice((spread[axis] - off, (wide, high)[axis] - spread[axis] + off))
    matrix = np.column_stack([way, middle - way @ np.array([broad, tall]) / 2])
    laid = cv2.warpAffine(paper, matrix, (wide, high), flags=cv2.INTER_AREA)
    mask = cv2.warpAffine(np.ones_like(paper), matrix, (wide, high), flags=cv2.INTER_LINEAR)
    return (field * (1 - mask) + laid * mask).astype(np.float32), module, ((made.symbology, made.text),)


def _print(frame: Frame, rng: random.Random) -> _Field:
    """The package's other face: patches of colour, a large name, some frames."""
    wide, high = frame.size
    field = np.full((high, wide), rng.randint(120, 240), np.uint8)
    for _ in range(rng.randint(2, 5)):
        points = np.array([(rng.randint(0, wide), rng.randint(0, high)) for _ in range(4)], np.int32)
        cv2.fillConvexPoly(field, cv2.convexHull(points), rng.randint(40, 250))
    for _ in range(rng.randint(2, 6)):
        place = (rng.randint(-20, wide // 2), rng.randint(20, high))
        size = rng.uniform(0.4, 2.5) * wide / 900
        word, face, tone = rng.choice(_WORDS), rng.choice((0, 2, 3)), rng.randint(0, 255)
        cv2.putText(field, word, place, face, size, tone, rng.randint(1, 4), cv2.LINE_AA)
    return field.astype(np.float32)


def _creased(paper: _Field, rng: random.Random) -> _Field:
    """Streaks of mirrored light, some across the bars and some along them."""
    high, wide = paper.shape
    for _ in range(rng.randint(2, 5)):
        streak = np.zeros((high, wide), np.float32)
        x, y = rng.randint(0, wide), rng.randint(0, high)
        way, reach = rng.uniform(0, np.pi), max(wide, high) * rng.uniform(0.1, 0.5)
        end = (int(x + reach * np.cos(way)), int(y + reach * np.sin(way)))
        cv2.line(streak, (x, y), end, rng.uniform(80, 260), rng.randint(8, 30))
        paper = paper + cv2.GaussianBlur(streak, (0, 0), rng.uniform(4, 14))
    return np.minimum(paper, 255.0).astype(np.float32)


def _touched(paper: _Field, where: str, module: float, rng: random.Random) -> _Field:
    """A finger over the quiet zone at one end up to the bars, or over a good part of the bars, from top to bottom."""
    high, wide = paper.shape
    out = paper.copy()
    tone = rng.uniform(90, 170)
    columns = np.flatnonzero(out[high // 2] < 128)
    first, last = (int(columns[0]), int(columns[-1])) if len(columns) else (0, wide)
    if where == "end":
        # Three modules of white are left, and the finger covers the lower part alone.
        edge = int(first - 3 * module)
        top = int(high * rng.uniform(0.3, 0.7))
        out[top:, : max(1, edge)] = tone
    else:
        begin = first + int((last - first) * rng.uniform(0.1, 0.6))
        out[:, begin : begin + int((last - first) * rng.uniform(0.12, 0.3))] = tone
    return np.asarray(cv2.GaussianBlur(out, (0, 0), 2.0), dtype=np.float32)


def _shadowed(field: _Field, rng: random.Random) -> _Field:
    high, wide = field.shape
    across, down = (-wide // 2, wide + wide // 2), (-high // 2, high + high // 2)
    points = np.array([(rng.randint(*across), rng.randint(*down)) for _ in range(3)], np.int32)
    dark = np.ones((high, wide), np.float32)
    cv2.fillConvexPoly(dark, points, rng.uniform(0.3, 0.6))
    return field * cv2.GaussianBlur(dark, (0, 0), rng.uniform(1, 6)).astype(np.float32)


def _text(frame: Frame, rng: random.Random) -> _Field:
    wide, high = frame.size
    field = np.full((high, wide), rng.randint(180, 250), np.uint8)
    size, thick = rng.uniform(0.35, 1.1), rng.choice((1, 1, 2))
    for y in range(20, high, int(34 * size) + 6):
        line = " ".join(rng.choice((*_WORDS, "|||", "lIl1I", str(rng.randrange(10**13)))) for _ in range(14))
        cv2.putText(field, line, (rng.randint(0, 30), y), rng.choice((0, 1, 2)), size, 20, thick, cv2.LINE_AA)
    return _tilted(field, rng)


def _stripes(frame: Frame, rng: random.Random) -> _Field:
    """Fences, blinds, ribs, knitwear: regular stripes and irregular ones, of some widths."""
    wide, high = frame.size
    field = np.full((high, wide), rng.randint(120, 230), np.uint8)
    for _ in range(rng.randint(1, 4)):
        x, y = rng.randint(0, wide // 2), rng.randint(0, high // 2)
        end, bottom = rng.randint(x + 80, wide), rng.randint(y + 60, high)
        step, even = rng.randint(2, 9), rng.random() < 0.5
        while x < end:
            bar = step if even else step * rng.randint(1, 4)
            cv2.rectangle(field, (x, y), (x + bar - 1, bottom), rng.randint(5, 60), -1)
            x += bar + (step if even else step * rng.randint(1, 4))
    return _tilted(field, rng)


def _keys(frame: Frame, rng: random.Random) -> _Field:
    wide, high = frame.size
    field = np.full((high, wide), 40, np.uint8)
    side = rng.randint(30, 70)
    for y in range(10, high - side, side + side // 6):
        for x in range(rng.randint(0, side), wide - side, side + side // 6):
            cv2.rectangle(field, (x, y), (x + side, y + side), rng.randint(60, 90), -1)
            cv2.putText(field, rng.choice("QWERTZUIOP1234567890"), (x + 6, y + side // 2), 0, side / 60, 230, 1, cv2.LINE_AA)  # fmt: skip
    return _tilted(field, rng)


def _shelves(frame: Frame, rng: random.Random) -> _Field:
    wide, high = frame.size
    field = np.full((high, wide), 90, np.uint8)
    for y in range(0, high, 200):
        x = 0
        while x < wide:
            spine = rng.randint(6, 60)
            cv2.rectangle(field, (x, y + rng.randint(5, 60)), (x + spine, y + 185), rng.randint(20, 250), -1)
            if spine > 25:
                cv2.putText(field, rng.choice(_WORDS)[:6], (x + 2, y + 120), 0, 0.4, rng.randint(0, 255), 1, cv2.LINE_AA)  # fmt: skip
            x += spine + rng.choice((0, 0, 1, 3))
        cv2.rectangle(field, (0, y + 186), (wide, y + 199), 200, -1)
    return _tilted(field, rng)


def _tilted(field: Gray, rng: random.Random) -> _Field:
    high, wide = field.shape
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), rng.uniform(-15, 15), rng.uniform(0.8, 1.3))
    turned = cv2.warpAffine(
        field, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return turned.astype(np.float32)


_WITHOUT: Final[dict[str, Callable[[Frame, random.Random], _Field]]] = {
    "text": _text,
    "stripes": _stripes,
    "keys": _keys,
    "shelves": _shelves,
}
WITHOUT_CODE: Final = tuple(_WITHOUT)
