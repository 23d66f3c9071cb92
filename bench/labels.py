"""Prints labels and reads them back: ``python -m bench.labels --each 40``.

Every kind of label on every sheet and in every code that fits it, rendered as the printer would, then photographed: turned a little, softly
focused, unevenly lit, noisy, JPEG 60, at falling resolution. Told is the share whose place and item came back, and wrong ones.
"""

from __future__ import annotations

import argparse
import random
from datetime import date

from bot.media.labels import labels_pdf
from bot.media.labels_sheets import SHEETS
from bot.media.labels_symbols import Code
from bot.media.reading import read_picture
from domain.errors import Refused
from domain.model.ids import FacilityId, PlaceId
from domain.udi import own
from domain.udi.merge import read_symbols
from domain.udi.reading import PlaceCode
from domain.usecases.labels.choose import Label, LabelKind
from tests.rendering import pages, photographed

TODAY = date(2026, 11, 22)
NAME = "Surgical glove, sterile, powder-free, polyisoprene, 7.5"


def label(kind: LabelKind, chance: random.Random) -> tuple[Label, set[object]]:
    """A label and what it says."""
    code = PlaceCode(FacilityId(1), PlaceId(chance.randint(100, 9999)))
    number = str(chance.randint(100_000, 199_999))
    if kind is LabelKind.SHELF:
        return Label(kind, "Shelf B", "ICU › Supply room › Cabinet 2", (), own.place_text(code)), {code}
    if kind is LabelKind.BIN:
        facts = ("Par 12 · reorder at 4 each", f"No. {number}")
        return Label(
            kind, NAME, "ICU › Supply room › Cabinet 2 › Shelf B", facts, own.bin_text(code, number)
        ), {code, number}
    return Label(kind, NAME, "Gammex", (f"No. {number}",), own.item_text(number)), {number}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--each", type=int, default=10)
    given = options.parse_args()
    chance = random.Random(5)
    for sheet in (SHEETS["thermal-2x1"], SHEETS["thermal-3x1"], SHEETS["thermal-4x2"]):
        for code in Code:
            told = []
            for dots in (300, 200, 130):
                right = wrong = tried = 0
                for number in range(given.each):
                    one, said = label(list(LabelKind)[number % 3], chance)
                    try:
                        (page,) = pages(labels_pdf([one], sheet=sheet, code=code), dots=dots)
                    except Refused:
                        continue
                    read = read_symbols(
                        read_picture(photographed(page, seed=number), budget=8.0).symbols, today=TODAY
                    )
                    got: set[object] = {*read.places, *(found.udi.di for found in read.labels)}
                    tried += 1
                    right += got == said
                    wrong += bool(got - said)
                told.append(
                    f"{right}/{tried}" + (f" ({wrong} wrong)" if wrong else "")
                    if tried
                    else "too small to print"
                )
            print(
                f"{sheet.name:12} {code.value:12} at 300, 200, 130 dots an inch: {', '.join(told)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
