"""D3: a purchase order as CSV, one file an order, as spreadsheets and suppliers' portals read it."""

from __future__ import annotations

import csv
import io

from domain.usecases.purchase.seeing import OrderSheet

HEADER = (
    "order", "supplier", "ordered_on", "line", "order_number", "item_number", "description", "packs", "pack_unit", "units_a_pack",
    "unit", "price", "amount", "currency", "deliver_to", "needed_by", "approved_by",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def order_csv(sheet: OrderSheet) -> bytes:
    """UTF-8 with a mark; money with two decimals at least; what a spreadsheet would run as a formula is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for line in sheet.lines:
        row = (
            sheet.number,
            sheet.supplier,
            sheet.ordered_on.isoformat(),
            line.line,
            line.order_number,
            line.item_number,
            line.description,
            line.packs,
            line.pack_unit,
            line.pack_size,
            line.base_unit,
            f"{line.price:.4f}".removesuffix("00"),
            f"{line.amount:.2f}",
            sheet.currency,
            line.deliver_to,
            "" if line.needed_by is None else line.needed_by.isoformat(),
            sheet.approved_by,
        )
        writer.writerow([disarmed(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def disarmed(cell: str | int) -> str | int:
    """
    >>> disarmed("=HYPERLINK(A1)"), disarmed("7.5 glove"), disarmed(-3)
    ("'=HYPERLINK(A1)", '7.5 glove', -3)
    """
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA):
        return f"'{cell}"
    return cell
