"""What alerts about lots say of them: names, places, amounts, as facts that need no store to be read."""

from __future__ import annotations

from datetime import date

from domain.model.alert import Fact
from domain.model.ids import LotId, PlaceId
from domain.model.item import Item
from domain.model.place import PlaceTree


def item_facts(item: Item) -> dict[str, Fact]:
    return {
        "item": int(item.id),
        "number": item.number,
        "name": item.name,
        "size": item.size,
        "base_unit": item.base_unit,
    }


def place_facts(place_id: PlaceId, *, tree: PlaceTree) -> dict[str, Fact]:
    """``path`` leads from the outermost unit down, ``shelf`` from the nearest; that is ``unit``, or the facility outside of any."""
    unit = tree.unit_of(place_id)
    return {
        "place": int(place_id),
        "path": tree.path(place_id),
        "shelf": tree.path(place_id, below=unit.id),
        "unit": unit.name,
        "unit_id": int(unit.id),
    }


def lot_facts(lot_id: LotId, *, number: str, serial: str, expires_on: date) -> dict[str, Fact]:
    return {
        "lot": int(lot_id),
        "lot_number": number,
        "serial": serial,
        "expires_on": expires_on.isoformat(),
    }


def subject(lot_id: LotId, place_id: PlaceId) -> str:
    return f"lot:{int(lot_id)}@place:{int(place_id)}"
