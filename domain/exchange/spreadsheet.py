"""Tables as files for spreadsheets: CSV, and Excel with typed numbers and a sheet that says what was asked."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from domain.model.sheet import Cell, Format, Sheet

_RUN = ("=", "+", "-", "@", "\t", "\r", "\n")
_NARROWEST, _WIDEST = 9, 60
_MADE = datetime(2000, 1, 1, tzinfo=UTC)
"""Files say nothing of when they were made, so that equal tables are equal files."""

_HEAD = PatternFill("solid", fgColor="E8EDF2")


def written(sheet: Sheet, kind: str) -> bytes:
    """The table as "xlsx", else as CSV."""
    return as_excel(sheet) if kind == "xlsx" else as_csv(sheet)


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a mark, as spreadsheets read it; a text that would run as a formula is disarmed. Numbers are plain."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_disarmed(column.title) for column in sheet.columns])
    for row in (*sheet.rows, *((sheet.total,) if sheet.total else ())):
        writer.writerow([_plain(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def as_excel(sheet: Sheet) -> bytes:
    """A workbook: the table with a frozen, filtered header and fitting widths, then what it is about."""
    book = Workbook()
    book.properties.created = book.properties.modified = _MADE.replace(tzinfo=None)
    book.properties.creator = "Parley"
    table = book.active
    assert isinstance(table, Worksheet)  # noqa: S101 - a new workbook has one sheet
    table.title = _tab(sheet.title)
    _fill(table, sheet)
    if sheet.about:
        told = book.create_sheet("About")
        for name, value in sheet.about:
            told.append([_text(name), _text(value)])
        for row in told.iter_rows():
            row[0].font = Font(bold=True)
            row[1].alignment = Alignment(wrap_text=True, vertical="top")
            for cell in row:
                cell.data_type = "s"
        told.column_dimensions["A"].width, told.column_dimensions["B"].width = 22, 90
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(table: Worksheet, sheet: Sheet) -> None:
    table.append([_text(column.title) for column in sheet.columns])
    for row in sheet.rows:
        table.append([_typed(cell) for cell in row])
    last = len(sheet.rows) + 1
    if sheet.total:
        table.append([_typed(cell) for cell in sheet.total])
    for number, column in enumerate(sheet.columns, start=1):
        letter = get_column_letter(number)
        head = table.cell(1, number)
        head.font, head.fill = Font(bold=True), _HEAD
        head.alignment = Alignment(
            horizontal="left" if column.format is Format.TEXT else "right", wrap_text=True
        )
        shown = _shown_as(column.format, sheet.currency)
        longest = len(column.title)
        for index, cells in enumerate(table.iter_rows(min_row=2, min_col=number, max_col=number), start=2):
            cell = cells[0]
            if isinstance(cell.value, str):
                cell.data_type = "s"  # never a formula, whatever it begins with
            elif cell.value is not None:
                cell.number_format = shown
            if sheet.total and index > last:
                cell.font = Font(bold=True)
            longest = max(longest, _length(cell.value, column.format))
        table.column_dimensions[letter].width = min(max(longest + 2, _NARROWEST), _WIDEST)
    table.freeze_panes = "B2"
    table.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{last}"


def _shown_as(format: Format, currency: str) -> str:
    match format:
        case Format.MONEY:
            sign = {"USD": '"$"', "EUR": '"€"', "GBP": '"£"'}.get(currency, f'"{currency} "')
            return f"{sign}#,##0.00;[Red]-{sign}#,##0.00"
        case Format.SHARE:
            return "0.0%"
        case Format.COUNT:
            return "#,##0;[Red]-#,##0"
        case Format.DAY:
            return "yyyy-mm-dd"
        case Format.TEXT:
            return "General"


def _typed(cell: Cell) -> str | int | float | Decimal | date | None:
    return _text(cell) if isinstance(cell, str) else cell


def _length(value: object, format: Format) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, int | float | Decimal):
        return len(f"{value:,.2f}") + 2 if format is Format.MONEY else len(f"{value:,.0f}") + 1
    return 10


def _text(text: str) -> str:
    """Without the control characters that a workbook refuses."""
    return "".join(char for char in text if char >= " " or char in "\n\t")


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _disarmed(cell)
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    return str(round(cell, 4) if isinstance(cell, float) else cell)


def _disarmed(text: str) -> str:
    return f"'{text}" if text.startswith(_RUN) else text


def _tab(title: str) -> str:
    """A sheet's name: 31 characters, none of those that Excel refuses."""
    return "".join("-" if char in r"[]:*?/\\" else char for char in title).strip("' ")[:31] or "Table"
