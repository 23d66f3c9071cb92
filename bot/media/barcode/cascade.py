"""The stages, from the quick look to the patient one; each takes only what the earlier ones left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from bot.media.barcode import sharpen
from bot.media.barcode.alphabets import Template, families, retail_templates
from bot.media.barcode.cells import treated
from bot.media.barcode.fitting import best_fit, likely
from bot.media.barcode.readers import EVERY, LINEAR, MATRIX, zbar, zxing
from bot.media.barcode.regions import Region, mosaics, stripes, texture
from bot.media.barcode.sighting import MATRIX as MATRIX_KINDS
from bot.media.barcode.sighting import Decoder, Quad, Sighting
from bot.media.barcode.splitting import parted
from bot.media.barcode.strips import Bars, Profile, Strip, barred, cut, drawn, levelled, profiles
from bot.media.barcode.trust import AS_IT_IS, Place, accepted, overlap, placed, well_formed
from bot.media.pictures import Gray

WORK_PIXELS: Final = 16_000_000
"""Larger pictures are made smaller first: beyond this a phone's pixels hold no more detail."""

BARS: Final = 0.7
PERHAPS_BARS: Final = 0.5
"""How alike the rows of stripes are (strips.barred): codes of made pictures have 0.8 and more, print rarely."""

_SURE_EDGES: Final = 22
"""Print that looks like bars has up to 18 edges, a UPC-E 34. Beside a code that was read, fewer are not worth patience or words."""

_SHORTEST: Final = 56.0
"""Pixels across the bars below which no linear code can be read."""

_ENOUGH_SECONDS: Final = 2.5
"""What more may be spent on regions that look like a code where another code was read already."""


@dataclass(slots=True)
class Search:
    """What the stages found in one picture. ``stage`` is the last one that brought something, else the last that was tried."""

    pixels: Gray
    deadline: float
    sightings: list[Sighting] = field(default_factory=list)
    stage: str = "quick"
    late: bool = False
    unread: tuple[Region, ...] = ()
    found: list[Sighting] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return time.perf_counter() > self.deadline

    def take(self, sightings: list[Sighting]) -> None:
        self.sightings += sightings
        self.found = accepted(self.sightings)

    def covered(self, region: Region) -> bool:
        """Was a code read there already?"""
        return any(_covers(one.quad, region) for one in self.found)


def _covers(quad: Quad, region: Region) -> bool:
    low, high = quad.min(axis=0) - 6, quad.max(axis=0) + 6
    middle = np.array(region.centre)
    inside = bool(((middle >= low) & (middle <= high)).all())
    centre = quad.mean(axis=0)
    box = region.quad
    return inside or bool(
        cv2.pointPolygonTest(box.astype(np.float32), (float(centre[0]), float(centre[1])), False) >= 0
    )


def search(pixels: Gray, *, budget: float) -> Search:
    """Reads what is there in about ``budget`` seconds of wall clock, much less where the picture is easy."""
    begun = time.perf_counter()
    scale = min(1.0, (WORK_PIXELS / pixels.size) ** 0.5)
    if scale < 1:
        pixels = np.asarray(
            cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8
        )
    state = Search(pixels, begun + budget)
    state.take(zxing(pixels, inverted=False, treatment=AS_IT_IS))
    if not state.sightings:
        _look_for_light_on_dark(state)
    if min(pixels.shape) >= 24:
        _look_closer(state, begun, budget)
    state.found = accepted(state.sightings)
    if scale < 1:
        state.found = [
            one.moved(one.quad / scale, treatment=one.treatment, averaged=one.averaged) for one in state.found
        ]
    return state


def _look_for_light_on_dark(state: Search) -> None:
    """It is rare and costs a third more, so it is looked for where nothing is dark on light."""
    shown = _at_most(state.pixels, 4_000_000)
    scale = state.pixels.shape[1] / shown.shape[1]
    found = zxing(np.asarray(cv2.bitwise_not(shown), dtype=np.uint8), inverted=False)
    state.take([one.moved(one.quad * scale, treatment=AS_IT_IS, averaged=False) for one in found])


def _look_closer(state: Search, begun: float, budget: float) -> None:
    seen = texture(state.pixels)
    striped = stripes(seen)
    state.sightings = [part for one in state.sightings for part in parted(one, striped)]
    state.take([])
    if state.found:
        state.deadline = min(state.deadline, time.perf_counter() + min(_ENOUGH_SECONDS, budget))
    for _stage in _stages(state, _Stripes(state, striped), lambda: mosaics(seen)):
        if state.over:
            state.late = not state.found
            break
    state.unread = tuple(_Stripes(state, striped[:4]).sure())


@dataclass(slots=True)
class _Stripes:
    """The regions of stripes with how much each looks like bars, measured when it is asked and kept."""

    state: Search
    regions: list[Region]
    measured: dict[int, Bars] = field(default_factory=dict)

    def open(self, least: float, *, edges: int = 0) -> list[Region]:
        """Those that no code was read in, that are long enough and look like bars at least so much."""
        found = []
        for number, one in enumerate(self.regions):
            if one.length >= _SHORTEST and not self.state.covered(one):
                bars = self._measure(number)
                if bars.alike >= least and bars.edges >= edges:
                    found.append(one)
        return found

    def perhaps(self) -> list[Region]:
        """Those that are worth turning upright: all that may be bars, and beside a code that was read the likelier ones."""
        if not self.state.found:
            return self.open(PERHAPS_BARS)
        likely, long = self.open(BARS), self.open(PERHAPS_BARS, edges=_SURE_EDGES)
        return [one for one in self.regions if one in likely or one in long]

    def sure(self) -> list[Region]:
        """Those that are worth patience, and words."""
        return self.open(BARS, edges=_SURE_EDGES if self.state.found else 0)

    def _measure(self, number: int) -> Bars:
        if number not in self.measured:
            strip = cut(self.state.pixels, self.regions[number], longer=0.9, taller=0.8)
            self.measured[number] = barred(strip)
        return self.measured[number]


def _stages(state: Search, striped: _Stripes, mosaic: Callable[[], list[Region]]) -> Iterator[str]:
    """Runs one step at a time; the caller looks at the clock between them."""
    before = {one.key for one in state.found}

    def noted(stage: str) -> str:
        nonlocal before
        now = {one.key for one in state.found}
        if now - before or not now:
            state.stage = stage
        before = now
        return stage

    yield from (noted(stage) for stage in agreement(state))
    for region in striped.perhaps()[:6]:
        yield from (noted(stage) for stage in _upright(state, region))
    squares = [one for one in mosaic() if not state.covered(one)][: 3 if state.found else 6]
    for region in squares:
        yield from (noted(stage) for stage in _squared(state, region, patient=False))
    for region in striped.sure()[:3]:
        yield from (noted(stage) for stage in _profiled(state, region))
    if not state.found:
        shown = _at_most(state.pixels, 4_000_000)
        scale = state.pixels.shape[1] / shown.shape[1]
        found = zbar(shown, treatment="zbar whole")
        state.take([one.moved(one.quad * scale, treatment="zbar whole", averaged=False) for one in found])
        yield noted("whole")
    for region in squares if not state.found else []:
        yield from (noted(stage) for stage in _squared(state, region, patient=True))
        if state.found:
            break
    if not state.found:
        yield from (noted(stage) for stage in _whole(state))
    yield from (noted(stage) for stage in agreement(state, patient=True))


def agreement(state: Search, *, patient: bool = False) -> Iterator[str]:
    """Codes that need a second reading get one: the same place turned upright, larger, by both decoders; at last by a fit."""
    for place in placed(state.sightings):
        if place.symbology in MATRIX_KINDS or not well_formed(place) or _settled(state, place):
            continue
        quad = place.best.quad
        side, down = quad[1] - quad[0], quad[3] - quad[0]
        length, high = float(np.hypot(*side)), float(np.hypot(*down))
        region = Region(
            centre=(float(quad[:, 0].mean()), float(quad[:, 1].mean())),
            angle=float(np.arctan2(side[1], side[0])),
            length=max(length, 16.0),
            height=max(high, 0.2 * length, 12.0),
            strength=0.0,
        )
        for scale in (1.5, 1.0):
            _read_strip(state, cut(state.pixels, region, scale=scale, longer=1.3), f"again x{scale}")
            yield "agreement"
            if _settled(state, place):
                break
        if patient and not _settled(state, place):
            yield from _profiled(state, region)


def _settled(state: Search, place: Place) -> bool:
    return any(overlap(one.quad, place.best.quad) for one in state.found)


def _read_strip(
    state: Search, strip: Strip, name: str, *, pixels: Gray | None = None, averaged: bool = False
) -> None:
    shown = strip.pixels if pixels is None else pixels
    factor = strip.pixels.shape[1] / shown.shape[1]
    found = zxing(shown, formats=LINEAR, turned=False, shrunk=False, treatment=name, averaged=averaged)
    found += zbar(shown, treatment=name, averaged=averaged)
    state.take(
        [one.moved(strip.to_picture(one.quad * factor), treatment=name, averaged=averaged) for one in found]
    )


def _upright(state: Search, region: Region) -> Iterator[str]:
    """Turned upright in full resolution: most tilted codes need no more."""
    strip = cut(state.pixels, region)
    _read_strip(state, strip, "upright")
    yield "upright"
    if state.covered(region):
        return
    larger = cut(state.pixels, region, scale=2.0 if strip.pixels.shape[1] < 1300 else 1.3)
    _read_strip(state, larger, "upright x2", pixels=sharpen.stretched(larger.pixels))
    yield "upright"
    if not state.covered(region):
        calm = cv2.blur(larger.pixels, (1, 15))
        _read_strip(
            state,
            larger,
            "along the bars",
            pixels=sharpen.stretched(np.asarray(calm, np.uint8)),
            averaged=True,
        )
        yield "averaged"


def _profiled(state: Search, region: Region) -> Iterator[str]:
    """Bars straightened and put together, then unblurred by guess after guess."""
    strip = cut(state.pixels, region, taller=0.9)
    wide = strip.pixels.shape[1]
    stretch = 2 if wide > 900 else 3
    raw = profiles(strip)
    lines = [(name, levelled(profile, reach=max(24, wide // 9))) for name, profile in raw]
    for name, line in lines:
        _read_profile(state, strip, line, f"profile {name}", stretch)
        yield "profile"
    if state.covered(region):
        return
    for name, line in raw:
        _fit_profile(state, strip, line, f"fit {name}", region.length, retail_templates())
        yield "fitted"
    if state.covered(region):
        return
    for name, line in lines:
        for kernel, sharp in sharpen.unblurred(line):
            _read_profile(state, strip, sharp, f"profile {name} {kernel}", stretch)
            if state.covered(region):
                break
        yield "unblurred"
        if state.covered(region):
            return
    for family in families() if not state.found else ():
        chosen = likely(raw[0][1], family, length=region.length)
        yield "fitted"
        for name, line in raw if chosen else []:
            _fit_profile(state, strip, line, f"fit {name}", region.length, chosen)
            yield "fitted"
        if state.covered(region):
            return


def _read_profile(state: Search, strip: Strip, line: Profile, name: str, stretch: int) -> None:
    shown = drawn(line, stretch=stretch)
    high = strip.pixels.shape[0]
    found = zxing(shown, formats=LINEAR, turned=False, shrunk=False, inverted=False) + zbar(shown)
    taken = []
    for one in found:
        xs = one.quad[:, 0] / stretch - 12
        flipped = xs[0] > xs[1]
        ys = np.array([high, high, 0, 0] if flipped else [0, 0, high, high], dtype=np.float64)
        quad = strip.to_picture(np.column_stack([xs, ys]))
        taken.append(one.moved(quad, treatment=name, averaged=True))
    state.take(taken)


def _fit_profile(
    state: Search, strip: Strip, line: Profile, name: str, length: float, templates: Sequence[Template]
) -> None:
    best = best_fit(line, templates, length=length)
    if best is None:
        return
    high = strip.pixels.shape[0]
    xs = [best.start, best.end, best.end, best.start]
    ys = [0, 0, high, high] if best.start < best.end else [high, high, 0, 0]
    quad = strip.to_picture(np.array([xs, ys], dtype=np.float64).T)
    one = Sighting(
        symbology=best.symbology,
        text=best.text,
        raw=best.text.encode(),
        identifier=best.identifier,
        quad=quad,
        decoder=Decoder.FITTED,
        treatment=name,
        averaged=True,
    )
    state.take([one])


def _squared(state: Search, region: Region, *, patient: bool) -> Iterator[str]:
    """A region of cells in full resolution, larger where its cells are small, then unblurred."""
    strip = cut(state.pixels, region, longer=1.2, taller=1.2)
    side = max(strip.pixels.shape)
    grow = 1.0 if side > 500 else 2.0 if side > 220 else 3.0
    base = np.asarray(
        cv2.resize(strip.pixels, None, fx=grow, fy=grow, interpolation=cv2.INTER_CUBIC), np.uint8
    )
    base = sharpen.stretched(base)
    for name, shown in treated(base, patient=patient):
        glimpsed: list[Quad] = []
        found = zxing(shown, formats=MATRIX, treatment=name, glimpsed=glimpsed)
        state.take(
            [one.moved(strip.to_picture(one.quad / grow), treatment=name, averaged=False) for one in found]
        )
        yield "cells"
        if state.covered(region) or (state.found and not glimpsed):
            return  # beside a code that was read most of these are print


def _whole(state: Search) -> Iterator[str]:
    """Nothing was found by regions: the whole picture once more, otherwise."""
    work = _at_most(state.pixels, 4_000_000)
    factor = state.pixels.shape[1] / work.shape[1]

    def tried(name: str, shown: Gray) -> str:
        scale = factor * work.shape[1] / shown.shape[1]
        found = zxing(shown, formats=EVERY, treatment=name)
        state.take([one.moved(one.quad * scale, treatment=name, averaged=False) for one in found])
        return "whole"

    bright = sharpen.stretched(work)
    yield tried("whole, soft", np.asarray(cv2.GaussianBlur(bright, (0, 0), 1.2), np.uint8))
    yield tried("whole, contrast", sharpen.levelled_locally(bright))
    yield tried(
        "whole, half",
        np.asarray(cv2.resize(bright, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8),
    )
    yield tried("whole, crisp", sharpen.crisper(bright))
    if work.size < 2_500_000:
        yield tried(
            "whole, double",
            np.asarray(cv2.resize(bright, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8),
        )
    if state.pixels.size > work.size and not state.found:
        state.take(zbar(state.pixels, treatment="zbar whole, full size"))
        yield "whole"


def _at_most(pixels: Gray, count: int) -> Gray:
    scale = (count / pixels.size) ** 0.5
    if scale >= 1:
        return pixels
    return np.asarray(
        cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8
    )
