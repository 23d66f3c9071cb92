"""``parley scan FILE...``: what the codes in pictures say. Needs no database, no settings, no language service.

Nothing of the store or of Slack is loaded here, so that the first picture is read within a second of the start.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from domain.udi.reading import LabelRead, PictureRead, Udi
    from domain.udi.symbol import Symbol

type Value = str | int | float | bool | Sequence[Value] | Mapping[str, Value] | None

BUDGET = 8.0
"""Seconds for one picture, unless the command says otherwise."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """One file. ``ms`` is wall time from opening it; ``codes`` are empty where it could not be read, and ``problems`` say why."""

    path: str
    ms: float
    codes: tuple[Symbol, ...]
    read: PictureRead
    problems: tuple[str, ...]


def scan(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Pictures: JPEG, PNG, WebP or HEIC.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file and line.")] = False,
    budget: Annotated[
        float, typer.Option(min=0.1, max=600.0, help="Seconds that one picture may take.")
    ] = BUDGET,
) -> None:
    """Read the barcodes in pictures and say which products, lots and places they are."""
    today = date.today()  # noqa: DTZ011 - at a keyboard the machine's own day is meant
    for path in files:
        one = scan_file(path, budget=budget, today=today)
        print(json.dumps(as_plain(one), ensure_ascii=False) if as_json else summary(one), flush=True)


def alone(arguments: list[str]) -> None:
    """The command by itself, for a start that loads nothing else."""
    command = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
    command.command()(scan)
    command(args=arguments, prog_name="parley scan")


def scan_file(path: str, *, budget: float, today: date) -> Scanned:
    """One picture. Never raises: a file that is missing, broken or no picture is told of in ``problems``."""
    from bot.media.reading import read_picture
    from domain.errors import SupplyRoomError
    from domain.udi.merge import read_symbols
    from domain.udi.reading import PictureRead

    begun = time.perf_counter()
    codes: tuple[Symbol, ...] = ()
    read, problems = PictureRead(), []
    try:
        picture = read_picture(Path(path).read_bytes(), budget=budget)
        codes, read = picture.symbols, read_symbols(picture.symbols, today=today)
        problems += [*picture.problems, *read.problems]
        if not codes and not problems:
            problems.append(
                "No code was found in this picture. Hold the label flat, fill the picture with it, and avoid glare."
            )
    except SupplyRoomError as error:
        problems.append(str(error))
    except (OSError, ValueError) as error:
        problems.append(f"The file can not be opened: {getattr(error, 'strerror', None) or error}.")
    except Exception as error:  # noqa: BLE001 - one picture must not cost the others theirs
        problems.append(f"The picture could not be read: {type(error).__name__}.")
    return Scanned(path, 1000 * (time.perf_counter() - begun), codes, read, tuple(problems))


def as_plain(one: Scanned) -> Mapping[str, Value]:
    """``{"path", "ms", "codes", "udis", "places", "problems"}`` in JSON's own types."""
    return {
        "path": one.path,
        "ms": round(one.ms, 1),
        "codes": [
            {
                "symbology": code.symbology.value,
                "text": code.text,
                "raw_hex": code.raw.hex(),
                "identifier": code.identifier,
                "corners": [list(corner) for corner in code.corners],
            }
            for code in one.codes
        ],
        "udis": [_label(label) for label in one.read.labels],
        "places": [{"facility": p.facility_id, "place": p.place_id} for p in one.read.places],
        "problems": list(one.problems),
    }


def _label(label: LabelRead) -> Mapping[str, Value]:
    return {**_udi(label.udi), "symbols": list(label.symbols), "copies": label.copies}


def _udi(udi: Udi) -> Mapping[str, Value]:
    return {
        "agency": udi.agency.value,
        "di": udi.di,
        "gtin": udi.gtin,
        "lot": udi.lot,
        "serial": udi.serial,
        "expiry": udi.expiry.isoformat() if udi.expiry else None,
        "made": udi.made.isoformat() if udi.made else None,
        "quantity": udi.quantity,
        "sscc": udi.sscc,
        "elements": [list(element) for element in udi.elements],
        "doubts": [doubt.name.lower() for doubt in udi.doubts],
        "alternatives": [_udi(other) for other in udi.alternatives],
    }


def summary(one: Scanned) -> str:
    """For a person at a terminal."""
    lines = [f"{one.path}  ({one.ms:.0f} ms)"]
    for label in one.read.labels:
        times = f"{label.copies} x " if label.copies > 1 else ""
        lines.append(f"  {times}{in_words(label.udi)}")
        lines += [f"      ! {doubt.value}" for doubt in label.udi.doubts]
        lines += [f"      or {in_words(other)}" for other in label.udi.alternatives]
    lines += [f"  Place {p.place_id} of facility {p.facility_id}" for p in one.read.places]
    told = {at for label in one.read.labels for at in label.symbols}
    lines += [
        f"  {code.symbology.value}: {code.text!r}"
        for at, code in enumerate(one.codes)
        if at not in told and not code.text.startswith("PLY-P-")
    ]
    lines += [f"  {problem}" for problem in one.problems]
    return "\n".join(lines)


def in_words(udi: Udi) -> str:
    """ "GS1 00614141999996, lot AB12, expires 2028-12-31"."""
    name = udi.agency.value or "code"
    parts = [f"{name} {udi.di}" if udi.di else f"{name} without a product"]
    parts += [
        f"{word} {value}"
        for word, value in (("lot", udi.lot), ("serial", udi.serial), ("SSCC", udi.sscc))
        if value
    ]
    parts += [f"{word} {day}" for word, day in (("expires", udi.expiry), ("made", udi.made)) if day]
    parts += [f"quantity {udi.quantity}"] if udi.quantity is not None else []
    return ", ".join(parts)


if __name__ == "__main__":
    alone(sys.argv[1:])
