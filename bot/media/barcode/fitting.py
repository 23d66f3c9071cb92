"""Reading bars that are blurred into one another: which symbol, seen through which blur, would look most like this profile?

Every module adds its own blurred mark to the profile, so the best symbol of a template is found exactly: the squared difference
falls apart into terms of single slots and of neighbours, and a shortest path through the slots' candidates minimises their sum.
What blur, where the symbol begins and where it ends are tried. A symbol is told only where it explains the profile nearly wholly,
where its check digits fit and where the next best symbol explains it clearly worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.media.barcode.alphabets import Bits, Template
from bot.media.barcode.strips import Profile
from domain.udi.symbol import Symbology

LEAST_EXPLAINED: Final = 0.93
LEAST_MARGIN: Final = 0.08
"""Right fits of made pictures explain 0.98 and more, wrong ones 0.7 and less; what lies between is not believed."""

_PER_MODULE: Final = 4
_MARGIN: Final = 3

type _Blur = tuple[str, float]
_INWARDS: Final = (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
"""Modules by which the ends may be too far out: blur and noise make bars seem to go on."""

_FEW: Final = (-0.5, 0.8, 2.1, 3.4)
"""The same for a quick look."""

_COARSE: Final[tuple[_Blur, ...]] = (("disc", 0.6), ("disc", 1.1), ("disc", 1.6))
_FINE: Final[tuple[_Blur, ...]] = (
    ("disc", 0.4), ("disc", 0.7), ("disc", 0.95), ("disc", 1.2), ("disc", 1.45), ("disc", 1.7), ("disc", 2.0),
    ("line", 0.7), ("line", 1.0), ("line", 1.3), ("line", 1.6),
)  # fmt: skip
"""Half widths in modules: of a disc out of focus, of a movement."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What a profile most likely says. ``explained`` is the share of the profile's variance, ``margin`` how much worse (as a share
    of what is left unexplained) the next best symbol with other characters would be. ``start`` and ``end`` are samples.
    """

    symbology: Symbology
    text: str
    identifier: str
    explained: float
    margin: float
    start: float
    end: float

    @property
    def believable(self) -> bool:
        return self.explained >= LEAST_EXPLAINED and self.margin >= LEAST_MARGIN


@dataclass(frozen=True, slots=True, eq=False)
class _Light:
    """The paper's brightness along the profile, and how much darker than the darkest that is seen a wide bar truly is."""

    paper: Profile
    contrast: float


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """Results for each hypothesis: chosen candidates, remaining squared difference, margins of the slots."""

    chosen: NDArray[np.intp]  # (hypotheses, slots)
    margins: NDArray[np.float32]  # (hypotheses, slots)


def fit(profile: Profile, template: Template, *, start: float, end: float) -> Fit | None:
    """The best symbol of ``template`` whose bars run from about ``start`` to ``end`` in samples; None where its own check fails.

    The ends may be off by a few modules. The profile is read as it runs; a turned symbol needs it reversed.
    """
    module = (end - start) / template.modules
    if module < 0.7:
        return None
    ends = np.array([(start + a * module, end - b * module) for a in _INWARDS for b in _INWARDS])
    best: tuple[float, NDArray[np.float64], _Blur, _Light] | None = None
    for light in (
        _lit(profile, module, reach=24, contrast=1.0),
        _lit(profile, module, reach=90, contrast=1.3),
    ):
        if best is not None and best[0] > 0.85:
            break  # the second is for blur that lets no bar be black and no gap white
        for blur in _COARSE:
            scores = _scores(profile, light, template, ends, blur)
            top = int(scores.argmax())
            if best is None or scores[top] > best[0]:
                best = (float(scores[top]), ends[top], blur, light)
    if best is None or best[0] < 0.55:
        return None
    return _refined(profile, best[3], template, best[1], best[2])


def _refined(
    profile: Profile, light: _Light, template: Template, pair: NDArray[np.float64], blur: _Blur
) -> Fit | None:
    module = float(pair[1] - pair[0]) / template.modules
    level = light
    score = -1.0
    large = max(slot.shape[0] for slot in template.slots) > 40
    grid = (-1.0, 0.0, 1.0) if large else (-1.0, -0.5, 0.0, 0.5, 1.0)
    for reach in (0.6, 0.3, 0.15):
        for one in sorted({*_FINE, blur}) if reach > 0.15 else ():
            value = float(_scores(profile, level, template, pair[None], one)[0])
            if value > score:
                score, blur = value, one
        moves = np.array([(a, b) for a in grid for b in grid]) * reach * module
        scores = _scores(profile, level, template, pair + moves, blur)
        top = int(scores.argmax())
        pair, score = (pair + moves)[top], float(scores[top])
        level, score = _relit(profile, level, template, pair, blur, score)
    lines = _resampled(profile, level, template, pair[None])
    path = _shortest(template, blur, lines)
    chosen = [int(value) for value in path.chosen[0]]
    symbology, text, identifier = template.meaning(chosen)
    if not text:
        return None
    rest = float(_rest(lines, _made(template, blur, path.chosen))[0])
    loose = np.sort(path.margins[0][np.isfinite(path.margins[0])])
    # Where there is a check digit another single one breaks it: two at least must change together.
    margin = float(loose[: 1 if template.symbology is Symbology.CODE_39 else 2].sum()) / (rest + 1e-6)
    return Fit(symbology, text, identifier, score, margin, float(pair[0]), float(pair[1]))


def _lit(profile: Profile, module: float, *, reach: int, contrast: float) -> _Light:
    """The brightest of ``reach`` modules around, smoothed, is taken for the paper."""
    wide = max(5, round(reach * module)) | 1
    top = cv2.dilate(profile.reshape(1, -1), np.ones((1, wide), np.uint8))
    smooth = cv2.blur(top, (wide, 1), borderType=cv2.BORDER_REPLICATE)[0]
    return _Light(np.asarray(smooth, dtype=np.float32), contrast)


def _resampled(
    profile: Profile, light: _Light, template: Template, ends: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Darkness (0 paper) at four samples a module, (hypotheses, samples)."""
    count = template.modules
    places = (np.arange((count + 2 * _MARGIN) * _PER_MODULE) + 0.5) / _PER_MODULE - _MARGIN
    where = ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * places[None, :] / count - 0.5
    line = np.arange(len(profile))
    bright = np.interp(where.ravel(), line, profile).reshape(where.shape)
    paper = np.interp(where.ravel(), line, light.paper).reshape(where.shape)
    dark = 1.0 - bright / np.maximum(paper, 1.0)
    deepest = light.contrast * np.percentile(dark, 97, axis=1, keepdims=True)
    return np.asarray(dark / np.maximum(deepest, 0.02), dtype=np.float32)


def _edge(x: NDArray[np.float64], blur: _Blur) -> NDArray[np.float64]:
    """A blurred edge from 0 to 1 at x modules from it."""
    kind, reach = blur
    u = np.clip(x / reach, -1, 1)
    if kind == "line":
        return np.asarray(0.5 + u / 2)
    return np.asarray(0.5 + (u * np.sqrt(1 - u * u) + np.arcsin(u)) / np.pi)


@lru_cache(maxsize=256)
def _marks(modules: int, blur: _Blur) -> NDArray[np.float32]:
    """What each module adds to the samples: (samples, modules)."""
    places = (np.arange((modules + 2 * _MARGIN) * _PER_MODULE) + 0.5) / _PER_MODULE - _MARGIN
    edges = _edge(places[:, None] - np.arange(modules + 1)[None, :], blur)
    return np.asarray(edges[:, :-1] - edges[:, 1:], dtype=np.float32)


@lru_cache(maxsize=64)
def _overlaps(blur: _Blur) -> NDArray[np.float32]:
    """How two modules' marks overlap by their distance, 0 to 16 modules."""
    marks = _marks(40, blur)
    return np.asarray([marks[:, 20] @ marks[:, 20 + far] for far in range(17)], dtype=np.float32)


@lru_cache(maxsize=1024)
def _lattice(rows: int, columns: int, away: int, blur: _Blur) -> NDArray[np.float32]:
    """Overlaps between ``rows`` modules and ``columns`` modules that begin ``away`` modules after them."""
    far = np.abs(np.arange(columns)[None, :] + away - np.arange(rows)[:, None])
    return np.asarray(_overlaps(blur)[np.minimum(far, 16)] * (far <= 16), dtype=np.float32)


_PAIRS: dict[tuple[int, int, _Blur], NDArray[np.float32]] = {}


def _pair(one: Bits, other: Bits, blur: _Blur) -> NDArray[np.float32]:
    """The term of two neighbouring slots, (candidates of one, candidates of the other)."""
    key = (id(one), id(other), blur)
    known = _PAIRS.get(key)
    if known is None:
        terms = 2 * one @ _lattice(one.shape[1], other.shape[1], one.shape[1], blur) @ other.T
        known = np.asarray(terms, dtype=np.float32)
        _PAIRS[key] = known
    return known


def _shortest(template: Template, blur: _Blur, lines: NDArray[np.float32]) -> _Path:
    """The best candidates of all slots together, for each hypothesis, and what it would cost to take others."""
    seen = lines @ _marks(template.modules, blur)  # (hypotheses, modules)
    unary: list[NDArray[np.float32]] = []
    at = 0
    for slot in template.slots:
        wide = slot.shape[1]
        own = ((slot @ _lattice(wide, wide, 0, blur)) * slot).sum(axis=1)
        unary.append(np.asarray(own[None, :] - 2 * seen[:, at : at + wide] @ slot.T, dtype=np.float32))
        at += wide
    forward: list[NDArray[np.float32]] = [unary[0]]
    origin: list[NDArray[np.intp]] = []
    for number in range(1, len(unary)):
        pair = _pair(template.slots[number - 1], template.slots[number], blur)
        ways = forward[-1][:, :, None] + pair[None]
        origin.append(ways.argmin(axis=1))
        forward.append(ways.min(axis=1) + unary[number])
    chosen: NDArray[np.intp] = np.empty((len(lines), len(unary)), np.intp)
    chosen[:, -1] = forward[-1].argmin(axis=1)
    for number in range(len(unary) - 1, 0, -1):
        chosen[:, number - 1] = np.take_along_axis(
            origin[number - 1], chosen[:, number : number + 1], axis=1
        )[:, 0]
    margins = np.full((len(lines), len(unary)), np.inf, np.float32)
    if len(lines) == 1:
        _margins(template, blur, unary, forward, margins)
    return _Path(chosen, margins)


def _margins(
    template: Template,
    blur: _Blur,
    unary: list[NDArray[np.float32]],
    forward: list[NDArray[np.float32]],
    margins: NDArray[np.float32],
) -> None:
    """For each slot, how much its second best candidate costs when all others may follow."""
    backward = np.zeros_like(unary[-1])
    for number in range(len(unary) - 1, -1, -1):
        if unary[number].shape[1] > 1:
            through = np.sort(forward[number] + backward, axis=1)
            margins[:, number] = through[:, 1] - through[:, 0]
        if number:
            pair = _pair(template.slots[number - 1], template.slots[number], blur)
            backward = ((unary[number] + backward)[:, None, :] + pair[None]).min(axis=2)


def _made(template: Template, blur: _Blur, chosen: NDArray[np.intp]) -> NDArray[np.float32]:
    """The profiles that the chosen symbols would give."""
    bits = np.concatenate([slot[chosen[:, number]] for number, slot in enumerate(template.slots)], axis=1)
    return np.asarray(bits @ _marks(template.modules, blur).T, dtype=np.float32)


def _rest(lines: NDArray[np.float32], made: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(((lines - made) ** 2).sum(axis=1), dtype=np.float64)


def _scores(
    profile: Profile, light: _Light, template: Template, ends: NDArray[np.float64], blur: _Blur
) -> NDArray[np.float64]:
    """The share of each hypothesis' variance that its best symbol explains."""
    lines = _resampled(profile, light, template, ends)
    made = _made(template, blur, _shortest(template, blur, lines).chosen)
    # Contrast is not known exactly: the best multiple of what was made counts.
    gain = (lines * made).sum(axis=1) / np.maximum((made * made).sum(axis=1), 1e-6)
    rest = ((lines - np.clip(gain, 0.7, 1.4)[:, None] * made) ** 2).sum(axis=1)
    whole = ((lines - lines.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return np.asarray(1 - rest / np.maximum(whole, 1e-6), dtype=np.float64)


def _relit(
    profile: Profile,
    light: _Light,
    template: Template,
    pair: NDArray[np.float64],
    blur: _Blur,
    score: float,
) -> tuple[_Light, float]:
    """The paper's brightness anew, as a parabola fitted beside the symbol just found; kept where it explains more."""
    lines = _resampled(profile, light, template, pair[None])
    made = _made(template, blur, _shortest(template, blur, lines).chosen)[0]
    count = template.modules
    places = (np.arange(len(made)) + 0.5) / _PER_MODULE - _MARGIN
    where = pair[0] + (pair[1] - pair[0]) * places / count - 0.5
    seen = np.interp(where, np.arange(len(profile)), profile)
    t = places / count - 0.5
    basis = np.column_stack([np.ones_like(t), t, t * t, -made, -made * t])
    found, *_ = np.linalg.lstsq(basis, seen, rcond=None)
    u = (np.arange(len(profile)) + 0.5 - pair[0]) / (pair[1] - pair[0]) - 0.5
    u = np.clip(u, -0.6, 0.6)
    paper = np.asarray(found[0] + found[1] * u + found[2] * u * u, dtype=np.float32)
    if float(paper.min()) <= 1.0 or float(found[3]) <= 1.0:
        return light, score
    # The darkest that is seen, beside the depth that the fit found: so strong is the contrast of a wide bar.
    deepest = float(np.percentile(1 - seen / np.interp(where, np.arange(len(profile)), paper), 97))
    contrast = float(np.clip(found[3] / found[0] / max(deepest, 0.02), 0.9, 2.0))
    level = _Light(paper, contrast)
    better = float(_scores(profile, level, template, pair[None], blur)[0])
    return (level, better) if better > score else (light, score)


def ends_of(profile: Profile, *, length: float, modules: int) -> tuple[float, float]:
    """Where the bars of a symbol of ``modules`` begin and end in a profile that has it, about ``length`` samples, in its middle.

    From a little inside the ends outwards to the first quiet stretch that is longer than any gap within such a symbol; strong blur
    makes the middle look quiet too.
    """
    change = np.abs(np.diff(profile, prepend=profile[:1])).astype(np.float32)
    reach = max(3, round(1.5 * length / modules)) | 1
    busy = cv2.blur(change.reshape(1, -1), (reach, 1))[0]
    count = len(profile)
    left, right = max(0, int((count - length) / 2)), min(count - 1, int((count + length) / 2))
    noise = float(np.percentile(busy, 8))
    live = busy > max(0.15 * float(np.median(busy[left : right + 1])), 2.0 * noise)
    quiet = max(4, round(4.0 * length / modules))

    def edge(begin: int, way: int) -> float:
        calm = 0
        last = place = begin
        while 0 <= place < count and calm < quiet:
            calm = 0 if live[place] else calm + 1
            last = last if calm else place
            place += way
        return float(last)

    inside = round(0.12 * (right - left))
    return edge(left + inside, -1) + reach / 2, edge(right - inside, 1) + 1 - reach / 2


def likely(profile: Profile, family: Sequence[Template], *, length: float, most: int = 2) -> list[Template]:
    """Of templates that differ in length alone, those that explain the profile best at a quick look, whichever way it runs."""
    ranked = []
    for line in (profile, np.ascontiguousarray(profile[::-1])):
        for template in family:
            if length / template.modules < 1.0:
                continue
            start, end = ends_of(line, length=length, modules=template.modules)
            module = (end - start) / template.modules
            ends = np.array([(start + a * module, end - b * module) for a in _FEW for b in _FEW])
            score = max(
                float(_scores(line, light, template, ends, ("disc", 1.1)).max())
                for light in (
                    _lit(line, module, reach=24, contrast=1.0),
                    _lit(line, module, reach=90, contrast=1.3),
                )
            )
            ranked.append((score, template))
    ranked.sort(key=lambda one: -one[0])
    return [template for score, template in ranked[:most] if score > 0.4]


def best_fit(profile: Profile, templates: Sequence[Template], *, length: float) -> Fit | None:
    """The best believable symbol of any of the templates, whichever way the profile runs; ``start`` > ``end`` where it is turned."""
    best: Fit | None = None
    count = len(profile)
    turned = np.ascontiguousarray(profile[::-1])
    for template in templates:
        first, last = ends_of(profile, length=length, modules=template.modules)
        if last - first < max(0.4 * length, template.modules):
            continue
        for line, start, end in ((profile, first, last), (turned, count - last, count - first)):
            found = fit(line, template, start=start, end=end)
            if (
                found is None
                or not found.believable
                or (best is not None and found.explained <= best.explained)
            ):
                continue
            flipped = line is turned
            best = replace(found, start=count - found.start, end=count - found.end) if flipped else found
    return best
