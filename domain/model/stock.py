"""Balances as questions see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.model.ids import ItemId, LotId, PlaceId, SupplierId
from domain.model.movement import StockStatus


@dataclass(frozen=True, slots=True)
class StockLine:
    """One balance: how much of an item, of one lot and owner, lies at one place in one state. Base units.

    ``on_hand`` below zero says that more was used than the books held: a count is due.
    """

    item_id: ItemId
    place_id: PlaceId
    lot_id: LotId
    owner_id: SupplierId
    status: StockStatus
    on_hand: int
    reserved: int
    lot_number: str = ""
    serial: str = ""
    expires_on: date | None = None

    def expired(self, today: date) -> bool:
        return self.expires_on is not None and self.expires_on < today

    def available(self, today: date) -> int:
        """What may be taken: on hand less reserved, nothing of what is expired, held back or under way."""
        if self.status is not StockStatus.AVAILABLE or self.expired(today):
            return 0
        return max(0, self.on_hand - self.reserved)
