"""Puts symbols of made-up scenes together: ``python -m bench.udi_merging``.

Packages lie about at any angle, each with its product number in one symbol and lot and expiry in another; some symbols were not read. Told
are the lots given to their product, to a wrong one (aim 0), and left alone.
"""

from __future__ import annotations

import random
import time
from datetime import date
from math import ceil, cos, radians, sin, sqrt

from bench.udi_fuzz import gtin
from domain.udi.merge import read_symbols
from domain.udi.symbol import Symbol, Symbology

TODAY = date(2026, 11, 22)
ROUNDS = 200


def outline(x: float, y: float, width: float, height: float, angle: float) -> tuple[tuple[int, int], ...]:
    """A rectangle around a point, turned; clockwise from its own top left."""
    across, down = cos(angle), sin(angle)
    half = (
        (-width / 2, -height / 2),
        (width / 2, -height / 2),
        (width / 2, height / 2),
        (-width / 2, height / 2),
    )
    return tuple((round(x + a * across - b * down), round(y + a * down + b * across)) for a, b in half)


def scene(packages: int, unread: float, chance: random.Random) -> tuple[list[Symbol], dict[str, str]]:
    """The symbols that were read, in any order, and which lot is of which product."""
    symbols: list[Symbol] = []
    of: dict[str, str] = {}
    columns = ceil(sqrt(packages))
    for number in range(packages):
        row, column = divmod(number, columns)
        x, y = column * 700 + chance.uniform(-60, 60), row * 450 + chance.uniform(-40, 40)
        angle, below = radians(chance.uniform(-180, 180)), chance.uniform(80, 110)
        product, lot = gtin(chance), f"L{number:03}{chance.randrange(100):02}"
        of[lot] = product
        if chance.random() >= unread:
            symbols.append(
                Symbol(Symbology.CODE_128, f"01{product}", b"", "]C1", outline(x, y, 280, 50, angle))
            )
        if chance.random() >= unread:
            there = outline(x - sin(angle) * below, y + cos(angle) * below, 220, 50, angle)
            symbols.append(Symbol(Symbology.CODE_128, f"1728123110{lot}", b"", "]C1", there))
    chance.shuffle(symbols)
    return symbols, of


def main() -> None:
    chance = random.Random(1)
    for packages, unread in ((2, 0.0), (5, 0.0), (5, 0.15), (9, 0.1)):
        right = wrong = alone = 0
        begun = time.thread_time()
        for _ in range(ROUNDS):
            symbols, of = scene(packages, unread, chance)
            for label in read_symbols(symbols, today=TODAY).labels:
                if label.udi.lot and label.udi.gtin:
                    right += of[label.udi.lot] == label.udi.gtin
                    wrong += of[label.udi.lot] != label.udi.gtin
                elif label.udi.lot:
                    alone += 1
        took = 1000 * (time.thread_time() - begun) / ROUNDS
        what = f"{packages} packages, {unread:.0%} of the symbols unread"
        print(f"{what}: {right} right, {wrong} wrong, {alone} left alone, {took:.1f} ms a scene")


if __name__ == "__main__":
    main()
