"""A little hospital to say things about; and strategies for names that nobody should have given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from bot.views.rendered import Rendered
from domain.model.ids import ItemId, LotId, PlaceId, SupplierId
from domain.model.item import (
    Identifier,
    IdentifierKind,
    Item,
    Latex,
    Offer,
    Pack,
)
from domain.model.window import DateWindow
from domain.usecases.ask.answers import (
    ExpiringAnswer,
    ExpiringLot,
    Haven,
    ItemCard,
    ItemRef,
    ItemStock,
    LotRef,
    LotTrace,
    LotUse,
    LowLine,
    PlaceRef,
    Spot,
    UsageAnswer,
    UsagePoint,
    UsageRow,
)
from domain.usecases.ask.requests import UsageGroup

TODAY = date(2026, 11, 22)
GLOVE = ItemRef(ItemId(1), "10231", "Biogel surgical glove", "7.5", "pair")
FOLEY = ItemRef(ItemId(2), "20114", "Foley catheter, silicone", "16 Fr", "each")
SHELF = PlaceRef(PlaceId(1), "Shelf B2", "OR Core › Cabinet 2 › Shelf B2", "OR", "Saint Brigid")
ICU = PlaceRef(PlaceId(2), "ICU", "ICU", "ICU", "Saint Brigid")
LOT = LotRef(LotId(1), "7K1120", "", date(2027, 2, 3), 30)
NOVEMBER = DateWindow(date(2026, 11, 1), date(2026, 11, 30), "this month")


def place(number: int) -> PlaceRef:
    return PlaceRef(PlaceId(number), f"Shelf {number}", f"ICU › Room › Shelf {number}", "ICU", "Saint Brigid")


def spot(where: PlaceRef = SHELF, **changes: Any) -> Spot:
    values: dict[str, Any] = {
        "place": where, "on_hand": 34, "available": 34, "first_lot": LOT, "metres": 60.0, **changes,
    }  # fmt: skip
    return Spot(**values)


def stock(**changes: Any) -> ItemStock:
    values: dict[str, Any] = {
        "item": FOLEY, "on_hand": 40, "reserved": 0, "held": 0, "expired": 0, "in_transit": 0, "available": 40,
        "par": 60, "reorder_point": 20, "daily_use": 2.8, "rate_days": 56, "days_of_supply": 14.3,
        "spots": (spot(ICU, on_hand=40, available=40),), "elsewhere": (), **changes,
    }  # fmt: skip
    return ItemStock(**values)


def expiring_lot(**changes: Any) -> ExpiringLot:
    values: dict[str, Any] = {
        "item": GLOVE, "lot": LOT, "place": SHELF, "quantity": 12, "expires_on": date(2026, 11, 27), "days_left": 5,
        "value": Decimal("42.50"), "daily_use": 0.6, "will_use": 3, "will_lapse": 9, "value_lapsing": Decimal("30.00"),
        "havens": (Haven(place(3), 0.6, 8),), **changes,
    }  # fmt: skip
    return ExpiringLot(**values)


def expiring_answer(count: int = 1, **changes: Any) -> ExpiringAnswer:
    lots = tuple(expiring_lot() for _ in range(count))
    values: dict[str, Any] = {
        "asked": (ICU,), "window": NOVEMBER, "currency": "USD", "lots": lots, "total_lots": count,
        "total_quantity": 12 * count, "total_value": Decimal("1234.5"), "total_value_lapsing": Decimal(600),
        "already_expired_lots": 0, "already_expired_value": Decimal(0), **changes,
    }  # fmt: skip
    return ExpiringAnswer(**values)


def low_line(**changes: Any) -> LowLine:
    values: dict[str, Any] = {
        "item": GLOVE, "place": place(1), "available": 3, "in_transit": 0, "minimum": 2, "reorder_point": 5, "par": 10,
        "bring": 7, "daily_use": 1.0, "days_left": 3.0, **changes,
    }  # fmt: skip
    return LowLine(**values)


def item(**changes: Any) -> Item:
    values: dict[str, Any] = {
        "id": ItemId(1), "number": "10231", "name": "Biogel surgical glove", "family": "Biogel", "size": "7.5",
        "category": "Gloves", "brand": "Biogel", "manufacturer": "Mölnlycke", "base_unit": "pair",
        "packs": (Pack("box", 50), Pack("case", 200)),
        "identifiers": (Identifier(IdentifierKind.GTIN, "00812345678906", "box"),),
        "offers": (Offer(SupplierId(1), "Medline", "MDL-75", "box", Decimal("61.25"), 4, preferred=True),),
        "latex": Latex.FREE, **changes,
    }  # fmt: skip
    return Item(**values)


def card(**changes: Any) -> ItemCard:
    values: dict[str, Any] = {
        "item": item(), "sizes": (), "substitutes": (), "on_hand": 120, "owned": 120, "consigned": 0, "consignors": (),
        **changes,
    }  # fmt: skip
    return ItemCard(**values)


def lot_use(**changes: Any) -> LotUse:
    values: dict[str, Any] = {
        "on": date(2026, 11, 20), "kind": "consume", "quantity": 2, "place": place(1), "actor": "Maya Okafor",
        "case_number": "C-991", "provider": "Dr. Amari", "procedure": "Appendectomy", "patient": "", **changes,
    }  # fmt: skip
    return LotUse(**values)


def lot_trace(**changes: Any) -> LotTrace:
    values: dict[str, Any] = {
        "item": GLOVE, "lot": LOT, "supplier": "Medline", "status": "available", "holdings": (spot(), spot(place(2))),
        "uses": (lot_use(),), "used": 86, "received": 154, **changes,
    }  # fmt: skip
    return LotTrace(**values)


def usage_answer(**changes: Any) -> UsageAnswer:
    series = tuple(UsagePoint(date(2026, 8, 3 + 7 * week), 20 + week) for week in range(4))
    values: dict[str, Any] = {
        "asked": (ICU,), "items": (FOLEY,), "window": DateWindow(date(2026, 8, 1), date(2026, 11, 22), "since august"),
        "total": 312, "wasted": 0, "per_day": 2.74, "previous": 278, "change": 0.122, "bucket": "week", "series": series,
        "group_by": UsageGroup.NONE, "rows": (), **changes,
    }  # fmt: skip
    return UsageAnswer(**values)


def usage_rows(count: int) -> tuple[UsageRow, ...]:
    return tuple(UsageRow(f"Unit {n}", 100 - n, 0.1) for n in range(count))


def shown(rendered: Rendered) -> str:
    """Everything that the blocks show, in one string."""
    return " ".join(_texts([dict(block) for block in rendered.blocks]))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return []


def buttons(rendered: Rendered) -> list[tuple[str, str]]:
    """Labels and values of all buttons."""
    elements = [
        element
        for block in rendered.blocks
        for element in (*_as_list(block.get("elements")), block.get("accessory"))
        if isinstance(element, dict) and element.get("type") == "button"
    ]
    return [(element["text"]["text"], element.get("value", "")) for element in elements]


def marked_up(value: Any) -> list[str]:
    """Every text that Slack reads as markup; plain_text and table cells are shown as they are."""
    if isinstance(value, Mapping):
        own = [str(value["text"])] if value.get("type") == "mrkdwn" else []
        return own + [text for each in value.values() for text in marked_up(each)]
    if isinstance(value, list | tuple):
        return [text for each in value for text in marked_up(each)]
    return []


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


NASTY = (
    "<!channel>", "<@U123>", "<https://evil.example|click>", "*bold*", "_it_", "~no~", "`code`", "a&b<c>d", "\u202eabc", "💉" * 40,
    "x" * 5000, "&amp;" * 900, "*" * 800, "line\nbreak\ttab", "=cmd|' /C calc'!A0", "\x00\x1b[31m", "   ",
)  # fmt: skip
names = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=120), st.lists(st.sampled_from(NASTY), max_size=4).map(" ".join)
)
"""Names as data may bring them: markup, mentions, formulas, emoji, control characters, endless ones."""
