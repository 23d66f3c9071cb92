"""The lot on a shelf that an alert tells of, as it lies there now."""

from __future__ import annotations

from dataclasses import dataclass

from domain.errors import Stale
from domain.model.alert import Facts
from domain.model.ids import ItemId, LotId, PlaceId
from domain.model.movement import StockStatus
from domain.model.stock import StockLine
from domain.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Lying:
    """``lines`` are the lot's balances at the place, held ones too; what is under way is left out."""

    item_id: ItemId
    lot_id: LotId
    place_id: PlaceId
    number: str
    lines: tuple[StockLine, ...]


def lying(facts: Facts, *, uow: UnitOfWork) -> Lying:
    """Raises Stale where the alert names no lot and place, which no alert of today does."""
    item, lot, place = facts.get("item"), facts.get("lot"), facts.get("place")
    if not (isinstance(item, int) and isinstance(lot, int) and isinstance(place, int)):
        raise Stale("This alert is from an older Parley; the next digest has a fresh one.")
    found = tuple(
        line
        for line in uow.stock.of_lots([LotId(lot)])
        if line.place_id == place and line.status is not StockStatus.IN_TRANSIT
    )
    number = facts.get("lot_number") or facts.get("serial") or ""
    return Lying(ItemId(item), LotId(lot), PlaceId(place), str(number), found)
