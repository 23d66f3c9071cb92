"""Tables as files: what a spreadsheet program reads of them."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from domain.exchange.spreadsheet import as_csv, as_excel, written
from domain.model.sheet import Column, Format, Sheet

SHEET = Sheet(
    title="Spend by item: ICU/ED",
    columns=(
        Column("Item"),
        Column("Spend (USD)", Format.MONEY),
        Column("Share", Format.SHARE),
        Column("Quantity", Format.COUNT),
        Column("Day", Format.DAY),
    ),
    rows=(
        ("Foley catheter, 16 Fr", Decimal("1234.50"), 0.25, 12, date(2026, 11, 22)),
        ("=1+1", Decimal("-3.00"), 0.75, None, None),
    ),
    about=(("Period", "2026-11-01 to 2026-11-22"),),
    total=("Total", Decimal("1231.50"), None, 12, None),
)


def test_a_workbook_has_typed_figures_a_frozen_head_and_says_what_was_asked() -> None:
    book = load_workbook(io.BytesIO(as_excel(SHEET)))
    table, about = book["Spend by item- ICU-ED"], book["About"]
    assert [cell.value for cell in table[2]][:4] == ["Foley catheter, 16 Fr", 1234.5, 0.25, 12]
    assert table["B2"].number_format.startswith('"$"#,##0.00')
    assert (table["C2"].number_format, table["E2"].value.date()) == ("0.0%", date(2026, 11, 22))
    assert (table.freeze_panes, table.auto_filter.ref) == ("B2", "A1:E3")
    assert table["A4"].value == "Total"
    assert table["A4"].font.bold
    assert [cell.value for cell in about[1]] == ["Period", "2026-11-01 to 2026-11-22"]


def test_a_name_that_looks_like_a_formula_stays_a_name_in_both_kinds() -> None:
    cell = load_workbook(io.BytesIO(as_excel(SHEET))).worksheets[0]["A3"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert "'=1+1" in as_csv(SHEET).decode("utf-8-sig")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_of_a_csv_begins_as_a_formula(start: str) -> None:
    sheet = Sheet("t", (Column(f"{start}head"),), ((f"{start}cmd",),))
    rows = list(csv.reader(io.StringIO(as_csv(sheet).decode("utf-8-sig"), newline="")))
    assert rows == [[f"'{start}head"], [f"'{start}cmd"]]


def test_csv_keeps_figures_plain_and_an_empty_cell_empty() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(SHEET).decode("utf-8-sig"))))
    assert rows[1] == ["Foley catheter, 16 Fr", "1234.50", "0.25", "12", "2026-11-22"]
    assert rows[2][1:] == ["-3.00", "0.75", "", ""]
    assert rows[3][0] == "Total"


def test_control_characters_do_not_break_a_workbook() -> None:
    data = as_excel(Sheet("a" * 60, (Column("x"),), (("bad\x07name",),)))
    table = load_workbook(io.BytesIO(data)).worksheets[0]
    assert (table["A2"].value, len(table.title)) == ("badname", 31)


def test_the_kind_asked_for_is_the_kind_written() -> None:
    assert written(SHEET, "xlsx")[:2] == b"PK"
    assert written(SHEET, "csv") == as_csv(SHEET)
