"""Sheets of labels as they are sold: where each label lies on the page, in millimetres."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain.errors import InvalidSetting

INCH: Final = 25.4


@dataclass(frozen=True, slots=True)
class Sheet:
    """``left`` and ``top`` are the first label's corner; ``across`` and ``down`` the way to the next. ``dots`` per inch are the printer's:
    every module is a whole number of them wide, so that no bar is rounded.
    """

    name: str
    title: str
    page: tuple[float, float]
    size: tuple[float, float]
    columns: int = 1
    rows: int = 1
    left: float = 0.0
    top: float = 0.0
    across: float = 0.0
    down: float = 0.0
    dots: int = 600
    round: float = 0.0

    @property
    def count(self) -> int:
        return self.columns * self.rows

    def spots(self) -> Iterator[tuple[float, float]]:
        """Top left corners, row by row."""
        for row in range(self.rows):
            for column in range(self.columns):
                yield self.left + column * self.across, self.top + row * self.down


_LETTER: Final = (8.5 * INCH, 11 * INCH)
_A4: Final = (210.0, 297.0)


def _thermal(name: str, width: float, height: float) -> Sheet:
    size = (width * INCH, height * INCH)
    title = f"a roll of {width:g} x {height:g} inch labels, 203 dots per inch"
    return Sheet(name, title, page=size, size=size, dots=203)


SHEETS: Final = {
    sheet.name: sheet
    for sheet in (
        Sheet(
            "avery-5160", "30 a letter sheet, 2 5/8 x 1 inch", _LETTER, (2.625 * INCH, INCH), 3, 10,
            0.1875 * INCH, 0.5 * INCH, 2.75 * INCH, INCH, round=2.0,
        ),
        Sheet(
            "avery-5161", "20 a letter sheet, 4 x 1 inch", _LETTER, (4 * INCH, INCH), 2, 10,
            0.15625 * INCH, 0.5 * INCH, 4.1875 * INCH, INCH, round=2.0,
        ),
        Sheet(
            "avery-5163", "10 a letter sheet, 4 x 2 inches", _LETTER, (4 * INCH, 2 * INCH), 2, 5,
            0.15625 * INCH, 0.5 * INCH, 4.1875 * INCH, 2 * INCH, round=2.0,
        ),
        Sheet(
            "avery-l7160", "21 an A4 sheet, 63.5 x 38.1 mm", _A4, (63.5, 38.1), 3, 7,
            7.25, 15.15, 66.0, 38.1, round=2.0,
        ),
        Sheet(
            "avery-l7163", "14 an A4 sheet, 99.1 x 38.1 mm", _A4, (99.1, 38.1), 2, 7,
            4.65, 15.15, 101.6, 38.1, round=2.0,
        ),
        _thermal("thermal-2x1", 2, 1),
        _thermal("thermal-3x1", 3, 1),
        _thermal("thermal-4x2", 4, 2),
    )
}  # fmt: skip


def sheet_named(name: str) -> Sheet:
    """Raises InvalidSetting naming the sheets there are."""
    sheet = SHEETS.get(name.strip().lower())
    if sheet is None:
        raise InvalidSetting(f"There is no label sheet {name}; Parley knows {', '.join(SHEETS)}.")
    return sheet
