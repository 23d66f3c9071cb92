"""From a file's bytes to the symbols in the picture."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.media.barcode.cascade import search
from bot.media.barcode.quality import advice
from bot.media.barcode.sighting import symbol_of
from bot.media.pictures import open_picture
from domain.udi.symbol import Symbol

BUDGET = 8.0
"""Seconds a hard picture may take; an easy one takes tens of milliseconds."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What was read. ``stage`` is the last stage that was needed; ``problems`` are sentences for whoever took the picture."""

    symbols: tuple[Symbol, ...]
    width: int
    height: int
    ms: float
    stage: str
    problems: tuple[str, ...]


def read_picture(data: bytes, *, budget: float = BUDGET) -> Picture:
    """Reads in this process. ``budget`` is seconds of wall clock, kept within one step of a stage. Raises InvalidPicture."""
    begun = time.perf_counter()
    pixels = open_picture(data)
    state = search(pixels, budget=budget)
    height, width = pixels.shape
    return Picture(
        symbols=tuple(symbol_of(one) for one in state.found),
        width=width,
        height=height,
        ms=1000 * (time.perf_counter() - begun),
        stage=state.stage,
        problems=advice(state.pixels, state.unread, found=len(state.found), late=state.late),
    )
