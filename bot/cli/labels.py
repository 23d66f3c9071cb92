"""``parley labels``: shelf, bin and item labels as a PDF, with codes that Parley reads back from a photograph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap.house import open_house
from bot.cli.common import read_settings, said_plainly, tell
from domain.errors import Invalid, InvalidSetting
from domain.usecases.labels.choose import LabelKind, item_labels, items_numbered, labels_for
from domain.usecases.labels.where import place_named


def labels(
    *,
    places: Annotated[
        list[str] | None,
        typer.Option("--places", help="A place; everything inside it is meant. May be given several times."),
    ] = None,
    items: Annotated[
        list[str] | None,
        typer.Option("--items", help="An item's number, instead of places; several times too."),
    ] = None,
    format: Annotated[
        LabelKind, typer.Option("--format", help="What the labels are stuck on.")
    ] = LabelKind.SHELF,
    sheet: Annotated[
        str,
        typer.Option(
            "--sheet",
            help="avery-5160, avery-5161, avery-5163, avery-l7160, avery-l7163, thermal-2x1, -3x1 or -4x2.",
        ),
    ] = "avery-5160",
    code: Annotated[str, typer.Option("--code", help="data-matrix, qr or gs1-128.")] = "data-matrix",
    skip: Annotated[
        int, typer.Option("--skip", min=0, help="Labels of the first sheet that are used already.")
    ] = 0,
    outlines: Annotated[
        bool, typer.Option("--outlines", help="Draw the cut lines, to try on plain paper.")
    ] = False,
    output: Annotated[Path, typer.Option("-o", "--output", help="The PDF to write.")] = Path("labels.pdf"),
) -> None:
    """Print shelf, bin or item labels that Parley reads back from a photograph."""
    # Here and not above: what draws takes longer to load than a question to answer.
    from bot.media.labels import labels_pdf
    from bot.media.labels_sheets import sheet_named
    from bot.media.labels_symbols import code_named

    with said_plainly():
        wanted, on = code_named(code), sheet_named(sheet)
        if not places and not items:
            raise Invalid("Say which labels: --places ICU, or --items 100234.")
        house = open_house(read_settings(quiet=True))
        with house.transactions.reading() as uow:
            tree = uow.places.tree()
            found = [place_named(name, search=house.places, tree=tree) for name in places or ()]
            chosen = labels_for(format, found, uow=uow) if found else []
            chosen += item_labels(items_numbered(items, uow=uow)) if items else []
        pdf = labels_pdf(chosen, sheet=on, code=wanted, skip=skip, outlines=outlines)
        try:
            output.write_bytes(pdf)
        except OSError as error:
            raise InvalidSetting(f"{output} can not be written: {error.strerror}.") from None
        house.close()
    pages = -(-(len(chosen) + skip % on.count) // on.count)
    tell(
        f"{len(chosen)} {format.value} label{'s' * (len(chosen) != 1)} on {pages} page{'s' * (pages != 1)}: {output}"
    )
