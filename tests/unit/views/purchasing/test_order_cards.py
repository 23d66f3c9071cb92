"""The cards of orders stay within Slack's limits whatever they hold; their file runs no formula."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.dialogue.purchasing.forms import LINES, choices_of, lines_form, wrong
from bot.views import limits
from bot.views.acting import forms as modals
from bot.views.purchasing.order import OrderCard, order_card, order_file
from domain.errors import Invalid
from domain.exchange.order_csv import HEADER, order_csv
from domain.model.ids import FacilityId, ItemId, PersonId, PlaceId, SupplierId
from domain.model.item import Offer
from domain.model.purchase import (
    OrderLine,
    OrderState,
    Origin,
    PurchaseOrder,
    PurchaseOrderId,
    Why,
)
from domain.usecases.ask.answers import ItemRef, PlaceRef
from domain.usecases.purchase.deciding import Fate
from domain.usecases.purchase.propose import MOST_LINES
from domain.usecases.purchase.seeing import LineView, OrderView, sheet

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)
PLACE = PlaceRef(PlaceId(1), "Bin 1", "Central Supply › Bin 1", "Central Supply", "Alder")
WHY = Why(3, 5, 10, 0, 2, 20, 60, 80, 0.4, 4, 12)


def seen(count: int = 3, *, state: OrderState = OrderState.DRAFT, name: str = "Chest tube") -> OrderView:
    lines = tuple(
        OrderLine(n, ItemId(n), PlaceId(1), f"M-{n}", "box", 10, 2, Decimal("81.90"), 4, why=WHY)
        for n in range(1, count + 1)
    )
    order = PurchaseOrder(
        PurchaseOrderId(10482), FacilityId(1), SupplierId(1), state, Origin.PROPOSAL, lines, NOW, NOW,
        approved_by=PersonId(1) if state is not OrderState.DRAFT else None,
    )  # fmt: skip
    other = Offer(SupplierId(2), "Owens & Minor", "OW-1", "case", Decimal(99), 6)
    views = tuple(
        LineView(
            line,
            ItemRef(line.item_id, str(line.number), f"{name} {line.number}", "24 Fr", "each"),
            PLACE,
            (other,),
        )
        for line in lines
    )
    return OrderView(order, "Medline", "Alder", "USD", views, approved_by="Dana Kowalski")


def test_a_proposal_says_why_each_line_is_ordered() -> None:
    text = order_card(OrderCard(seen(1), TODAY)).text
    assert "2 boxes of 10, $163.80" in text
    assert "3 to take of par 60, reorder at 20 (5 on hand)" in text
    assert "lasts about 8 days · usually comes in 4 days · 10 on order · 2 asked for by units" in text


@pytest.mark.parametrize("state", list(OrderState))
def test_the_longest_order_with_the_longest_names_fits_into_one_message(state: OrderState) -> None:
    shown = order_card(
        OrderCard(seen(MOST_LINES, state=state, name="W" * 300), TODAY, ("Note. " * 200,), "Waits. " * 100)
    )
    assert not limits.problems(shown.blocks, text=shown.text)


def test_its_form_holds_every_line_and_fits_into_one_modal() -> None:
    order = seen(MOST_LINES)
    view = modals.form(lines_form(order))
    assert not limits.view_problems({**view, "callback_id": "x"})
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    assert sum(isinstance(block, dict) and block.get("type") == "input" for block in blocks) == 2 * MOST_LINES


def test_what_is_wrong_with_a_form_stands_at_its_field() -> None:
    order = replace(
        seen(2).order, lines=tuple(replace(line, minimum_packs=2) for line in seen(2).order.lines)
    )
    assert set(wrong(LINES, {"packs:1": "1", "packs:2": "two"}, order=order)) == {"packs:1", "packs:2"}
    assert set(wrong(LINES, {"fate:1": "later", "fate:2": "decline"}, order=order)) == {"fate:1"}
    with pytest.raises(Invalid):
        choices_of({"packs:1": "0"}, order=order)


def test_another_suppliers_packs_are_taken_as_said_only_where_they_were_changed() -> None:
    order = seen(2).order
    kept, changed = choices_of(
        {"fate:1": "order:2", "packs:1": "2", "fate:2": "order:2", "packs:2": "5"}, order=order
    )
    assert (kept.fate, kept.supplier_id, kept.packs) == (Fate.ORDER, 2, None)
    assert changed.packs == 5


def test_the_file_has_a_row_a_line_and_runs_no_formula() -> None:
    order = seen(2, state=OrderState.APPROVED, name='=HYPERLINK("http://x")')
    data = order_csv(sheet(order, today=TODAY))
    assert data.startswith(b"\xef\xbb\xbf")
    header, first, _ = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert tuple(header) == HEADER
    row = dict(zip(header, first, strict=True))
    assert row["description"].startswith("'=HYPERLINK")
    assert (row["order"], row["packs"], row["price"], row["amount"]) == ("PO-10482", "2", "81.90", "163.80")
    assert order_file(order, data).attachments[0].filename == "PO-10482.csv"
