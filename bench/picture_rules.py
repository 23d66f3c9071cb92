"""What the rules of trust do with the first readings: zxing-cpp and zbar on whole frames of old phones, then the second look.

Right readings that are turned away here have the later stages to be confirmed by; wrong ones that are told here stay told.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import Final

from bench.picture_phones import FRAMES, WITHOUT_CODE, phone_scene
from bot.media.barcode.cascade import Search, agreement
from bot.media.barcode.readers import zbar, zxing
from bot.media.barcode.trust import AS_IT_IS, placed, well_formed
from bot.media.pictures import open_picture

_KINDS: Final = (
    "EAN-13",
    "EAN-13",
    "UPC-A",
    "UPC-A",
    "UPC-E",
    "UPC-E",
    "EAN-8",
    "Code 128",
    "Code 39",
    "ITF-14",
    "DataBar",
)
_WITH: Final = tuple(one for one in FRAMES if one not in ("easy", *WITHOUT_CODE))


def rules_report(count: int, *, first: int) -> None:
    """Prints readings of ``count`` pictures by whether they are true, well formed and believed.

    Before that, each one that is true and was not told, or false and was.
    """
    sums: Counter[str] = Counter()
    for number in range(first, first + count):
        rng = random.Random(number)
        condition = rng.choice(_WITH if rng.random() < 0.85 else WITHOUT_CODE)
        made = phone_scene(rng.choice(_KINDS), condition, seed=number)
        pixels = open_picture(made.data)
        state = Search(pixels, time.perf_counter() + 60)
        state.take(zxing(pixels, treatment=AS_IT_IS))
        state.take(zbar(pixels, treatment="zbar whole"))
        for _ in agreement(state):
            pass
        told = {one.key for one in state.found}
        for place in placed(state.sightings):
            true = place.text in {text for _, text in made.truth}
            key = (place.symbology, place.text)
            what = f"{'true' if true else 'false'}, {'told' if key in told else 'not told'}"
            sums[what if well_formed(place) else f"{what} (not well formed)"] += 1
            if true != (key in told):
                print(
                    what, condition, number, place.symbology, place.text, "by", place.decoders, place.opinions
                )
    print(f"{count} pictures:", "; ".join(f"{what} {number}" for what, number in sums.most_common()))
