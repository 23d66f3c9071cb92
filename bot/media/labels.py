"""Labels as a PDF: codes as sharp rectangles, names that fit, nothing outside the cut lines.

Square codes stand at the left with the words beside them; a linear code lies under its words.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.fonts import TTFFont

from bot.media.labels_sheets import INCH, Sheet
from bot.media.labels_symbols import Code, Modules, modules
from domain.errors import Refused
from domain.usecases.labels.choose import Label

POINT: Final = INCH / 72
_INK: Final = (17, 24, 28)
_SOFT: Final = (88, 98, 105)

_KEPT: Final = "\u00a0"

_SMALLEST: Final = 4.2
"""Points. What would be smaller is cut with an ellipsis: nobody reads it at a shelf."""

_LEAST_SQUARE: Final = 0.30
"""Millimetres a module of a square code has at least: less is not read from a phone at arm's length."""
_LEAST_BAR: Final = 0.19
_MOST_SQUARE: Final = 1.5
_MOST_BAR: Final = 0.5

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells at length which tables it leaves out


@dataclass(frozen=True, slots=True)
class _Box:
    """Millimetres of the page."""

    x: float
    y: float
    width: float
    height: float


def labels_pdf(
    labels: Sequence[Label], *, sheet: Sheet, code: Code, skip: int = 0, outlines: bool = False
) -> bytes:
    """The file. ``skip`` labels of the first page are used already; ``outlines`` draws the cut lines, to try on plain paper.

    Raises Refused for a code that does not fit on the label at a size that can be read, and for ISBT 128.
    """
    pdf = FPDF(unit="mm", format=sheet.page)
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.set_title("Labels")
    pdf.set_creator("Parley")
    for style, path in _fonts():
        pdf.add_font("Label", style=style, fname=path)
    try:
        _draw_all(pdf, labels, sheet=sheet, code=code, skip=skip, outlines=outlines)
        return bytes(pdf.output())
    finally:
        for font in pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()


def _draw_all(
    pdf: FPDF, labels: Sequence[Label], *, sheet: Sheet, code: Code, skip: int, outlines: bool
) -> None:
    spots = list(sheet.spots())
    for at, label in enumerate(labels, start=skip % sheet.count):
        if at % sheet.count == 0 or pdf.page == 0:
            pdf.add_page()
        x, y = spots[at % sheet.count]
        box = _Box(x, y, *sheet.size)
        if outlines:
            pdf.set_draw_color(190)
            pdf.set_line_width(0.1)
            pdf.rect(
                box.x, box.y, box.width, box.height, round_corners=sheet.round > 0, corner_radius=sheet.round
            )
        _draw(pdf, label, box, code=code, dots=sheet.dots)


@lru_cache(maxsize=1)
def _fonts() -> tuple[tuple[str, str], ...]:
    """DejaVu Sans, which has the letters and signs of every item's name, and comes with the plots' library."""
    spec = find_spec("matplotlib")
    places = spec.submodule_search_locations if spec is not None else None
    if not places:
        raise Refused("The fonts of the labels are not installed.")
    folder = Path(next(iter(places))) / "mpl-data" / "fonts" / "ttf"
    return ("", str(folder / "DejaVuSans.ttf")), ("B", str(folder / "DejaVuSans-Bold.ttf"))


def _draw(pdf: FPDF, label: Label, box: _Box, *, code: Code, dots: int) -> None:
    pad = 2.0 if box.height < 30 else 3.0
    inner = _Box(box.x + pad, box.y + pad, box.width - 2 * pad, box.height - 2 * pad)
    grid = modules(label.code, code=code, gs1=label.gs1)
    if grid.linear:
        _under_words(pdf, label, inner, grid, dots=dots)
    else:
        _beside_words(pdf, label, inner, grid, dots=dots)


def _beside_words(pdf: FPDF, label: Label, box: _Box, grid: Modules, *, dots: int) -> None:
    rows = grid.dark.shape[0]
    room = min(box.height, 0.44 * box.width)
    module = _module(room / rows, least=_LEAST_SQUARE, most=_MOST_SQUARE, dots=dots, label=label)
    side = module * rows
    _modules(pdf, grid, box.x, box.y + (box.height - side) / 2, module, module, dots=dots)
    gap = max(grid.quiet * module, 1.6)
    _words(pdf, label, _Box(box.x + side + gap, box.y, box.width - side - gap, box.height), grid.printed)


def _under_words(pdf: FPDF, label: Label, box: _Box, grid: Modules, *, dots: int) -> None:
    columns = grid.dark.shape[1]
    module = _module(
        (box.width + 2.4) / (columns + 2 * grid.quiet),
        least=_LEAST_BAR,
        most=_MOST_BAR,
        dots=dots,
        label=label,
    )
    tall = max(7.0, min(0.42 * box.height, 16.0))
    below = 2.4
    top = box.y + box.height - tall - below
    left = box.x + max(0.0, (box.width - module * columns) / 2)
    _modules(pdf, grid, left, top, module, tall, dots=dots)
    pdf.set_text_color(*_INK)
    size = _fit(pdf, grid.printed, style="", width=box.width, largest=6.5)
    _line(pdf, grid.printed, box.x, top + tall + 0.5, box.width, size=size, style="", align="C")
    _words(pdf, label, _Box(box.x, box.y, box.width, top - box.y - 1.0), "")


def _module(room: float, *, least: float, most: float, dots: int, label: Label) -> float:
    """The widest module that fits, a whole number of the printer's dots. Raises Refused where that is too small to be read."""
    dot = INCH / dots
    width = int(min(room, most) / dot + 1e-6) * dot
    if width < least:
        raise Refused(
            f"The code of {label.title} does not fit on this label at a size that can be read. Choose a larger one or data-matrix."
        )
    return width


def _modules(pdf: FPDF, grid: Modules, x: float, y: float, width: float, height: float, *, dots: int) -> None:
    """Runs of dark modules as one rectangle each: no hairlines between neighbours. The first begins on a dot of the printer's."""
    dot = INCH / dots
    x, y = round(x / dot) * dot, round(y / dot) * dot
    pdf.set_fill_color(0)
    for row, line in enumerate(grid.dark.tolist()):
        start = -1
        for column, dark in enumerate([*line, False]):
            if dark and start < 0:
                start = column
            elif not dark and start >= 0:
                pdf.rect(x + start * width, y + row * height, (column - start) * width, height, style="F")
                start = -1


def _words(pdf: FPDF, label: Label, box: _Box, printed: str) -> None:
    """Path small above, name large, facts below it, the code's own text at the foot."""
    scale = max(0.8, min(1.7, box.height / 21.4, box.width / 26))
    small, fact = 5.4 * scale, 6.4 * scale
    foot = small * POINT * 1.2 if printed else 0.0
    y = box.y
    if label.over:
        pdf.set_text_color(*_SOFT)
        for line in _path_lines(pdf, label.over, width=box.width, size=small):
            y = _line(pdf, line, box.x, y, box.width, size=small, style="")
        y += 0.35
    facts = [one for one in label.facts if one]
    room = box.y + box.height - foot - y
    most = max(0, int((room - 7.5 * POINT * 1.25) / (fact * POINT * 1.25)))
    facts = _gathered(pdf, facts, width=box.width, size=fact)[:most]
    for_name = room - len(facts) * fact * POINT * 1.25
    lines, size = _name_lines(
        pdf, label.title, width=box.width, height=for_name, largest=(15.0 if facts else 21.0) * scale
    )
    pdf.set_text_color(*_INK)
    for line in lines:
        y = _line(pdf, line, box.x, y, box.width, size=size, style="B", leading=1.12)
    y += 0.3
    for one in facts:
        y = _line(
            pdf,
            one,
            box.x,
            y,
            box.width,
            size=_fit(pdf, one, style="", width=box.width, largest=fact),
            style="",
        )
    if printed:
        pdf.set_text_color(*_SOFT)
        size = _fit(pdf, printed, style="", width=box.width, largest=small)
        _line(pdf, printed, box.x, box.y + box.height - size * POINT * 1.15, box.width, size=size, style="")


def _gathered(pdf: FPDF, facts: Sequence[str], *, width: float, size: float) -> list[str]:
    """Facts that fit on one line together stand on one."""
    lines: list[str] = []
    for one in facts:
        if lines and _width(pdf, f"{lines[-1]} · {one}", style="", size=size) <= width:
            lines[-1] = f"{lines[-1]} · {one}"
        else:
            lines.append(one)
    return lines


def _path_lines(pdf: FPDF, path: str, *, width: float, size: float) -> list[str]:
    """On two lines where one is too short; beyond that the outer places are left out, the inner ones are what one looks for."""
    parts = path.split(" › ")
    for first in range(len(parts)):
        shown = " › ".join(
            part.replace(" ", _KEPT) for part in parts[first:]
        )  # "Cabinet 2" stays on one line
        lines = _wrapped(pdf, shown, style="", size=size, width=width)
        if len(lines) <= 2 and all(_width(pdf, line, style="", size=size) <= width for line in lines):
            return lines
    return [_cut(pdf, parts[-1], style="", size=size, width=width)]


def _name_lines(
    pdf: FPDF, text: str, *, width: float, height: float, largest: float
) -> tuple[list[str], float]:
    """The largest size at which the name fits, over as many lines as the height has; cut where even the smallest is too large."""
    size = largest
    while size > _SMALLEST + 0.8:
        lines = _wrapped(pdf, text, style="B", size=size, width=width)
        fits = all(_width(pdf, line, style="B", size=size) <= width for line in lines)
        if fits and len(lines) * size * POINT * 1.12 <= height and len(lines) <= 4:
            return lines, size
        size -= 0.4
    lines = _wrapped(pdf, text, style="B", size=size, width=width)
    most = max(1, int(height / (size * POINT * 1.12)))
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{' '.join(lines[most - 1 :])}"]
    return [_cut(pdf, line, style="B", size=size, width=width) for line in lines], size


def _wrapped(pdf: FPDF, text: str, *, style: str, size: float, width: float) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        if lines and _width(pdf, f"{lines[-1]} {word}", style=style, size=size) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines or [""]


def _fit(pdf: FPDF, text: str, *, style: str, width: float, largest: float) -> float:
    wide = _width(pdf, text, style=style, size=largest)
    return largest if wide <= width else max(_SMALLEST, 0.99 * largest * width / wide)


def _cut(pdf: FPDF, text: str, *, style: str, size: float, width: float) -> str:
    """The text, shortened with an ellipsis to the width."""
    if _width(pdf, text, style=style, size=size) <= width:
        return text
    while text and _width(pdf, f"{text}…", style=style, size=size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _width(pdf: FPDF, text: str, *, style: str, size: float) -> float:
    """Millimetres. Letters are set one behind the other without kerning, so each is measured once."""
    return size * sum(_advance(pdf, mark, style) for mark in text)


_ADVANCES: Final[dict[tuple[str, str], float]] = {}
"""Millimetres of a character in one point, by itself and its style."""


def _advance(pdf: FPDF, mark: str, style: str) -> float:
    known = _ADVANCES.get((mark, style))
    if known is None:
        pdf.set_font("Label", style=style, size=100)
        known = _ADVANCES[mark, style] = float(pdf.get_string_width(mark)) / 100
    return known


def _line(
    pdf: FPDF,
    text: str,
    x: float,
    y: float,
    width: float,
    *,
    size: float,
    style: str,
    align: str = "L",
    leading: float = 1.25,
) -> float:
    """Draws one line with its top at y; gives the top of the next."""
    shown = _cut(pdf, text, style=style, size=size, width=width)
    wide = _width(pdf, shown, style=style, size=size)
    pdf.set_font("Label", style=style, size=size)
    left = x + (width - wide) / 2 if align == "C" else x
    pdf.text(left, y + size * POINT * 0.86, shown)
    return y + size * POINT * leading
