"""Facts of alerts, read back with their types: what is missing or of another type reads as nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from bot.views.naming import item_name, lot_name
from bot.views.words import clean
from domain.model.alert import Fact, Facts
from domain.model.ids import ItemId, LotId
from domain.usecases.ask.answers import ItemRef, LotRef


def text(facts: Facts, name: str) -> str:
    found = facts.get(name)
    return found if isinstance(found, str) else ""


def whole(facts: Facts, name: str) -> int:
    found = facts.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def ratio(facts: Facts, name: str) -> float:
    found = facts.get(name)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else 0.0


def amount(facts: Facts, name: str) -> Decimal:
    """Money: kept as text, or as a rounded number."""
    try:
        return Decimal(str(facts.get(name) or 0))
    except InvalidOperation:
        return Decimal(0)


def day_of(facts: Facts, name: str) -> date | None:
    try:
        return date.fromisoformat(text(facts, name))
    except ValueError:
        return None


def parts(facts: Facts, name: str) -> tuple[Mapping[str, Fact], ...]:
    found = facts.get(name)
    return tuple(one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def item_of(facts: Facts) -> ItemRef:
    return ItemRef(
        ItemId(whole(facts, "item")),
        text(facts, "number"),
        text(facts, "name"),
        text(facts, "size"),
        text(facts, "base_unit") or "each",
    )


def name_of(facts: Facts) -> str:
    return item_name(item_of(facts))


def lot_of(facts: Facts) -> str:
    """ "lot 7K1120"."""
    return lot_name(
        LotRef(
            LotId(whole(facts, "lot")),
            text(facts, "lot_number"),
            text(facts, "serial"),
            day_of(facts, "expires_on"),
            whole(facts, "quantity"),
        )
    )


def shelf_of(facts: Facts) -> str:
    """The way to a shelf from its unit, which the reader knows."""
    return clean(text(facts, "shelf") or text(facts, "path"))
