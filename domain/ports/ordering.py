"""Proposed and placed orders, and what suppliers promised."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Protocol

from domain.model.ids import FacilityId, ItemId, PlaceId, SupplierId
from domain.model.item import Supplier
from domain.model.purchase import (
    Declined,
    Delivered,
    OrderReceipt,
    OrderState,
    PurchaseOrder,
    PurchaseOrderId,
)
from domain.model.receipt import DraftId, ReceiptId


class PurchaseOrders(Protocol):
    """Proposed and placed orders, and what suppliers promised."""

    def add(self, order: PurchaseOrder) -> PurchaseOrder:
        """Stores it with the next number of its facility (its own id is ignored) and gives it back with it."""
        ...

    def get(self, facility_id: FacilityId, order_id: PurchaseOrderId, *, lock: bool = False) -> PurchaseOrder:
        """Raises UnknownRecord. ``lock`` holds the row until the unit of work ends."""
        ...

    def of_draft(self, draft_id: DraftId) -> list[PurchaseOrder]:
        """What a card asked for: an order for each supplier."""
        ...

    def change(self, order: PurchaseOrder) -> bool:
        """Writes it over the row of version - 1, lines too; False where somebody was first."""
        ...

    def shown_as(
        self, facility_id: FacilityId, order_id: PurchaseOrderId, *, channel: str, message: str
    ) -> None:
        """Keeps where its card stands; its version stays. ``change`` never takes it away again."""
        ...

    def listed(
        self,
        facility_id: FacilityId,
        *,
        states: Collection[OrderState],
        items: Collection[ItemId] | None = None,
        suppliers: Collection[SupplierId] | None = None,
        limit: int = 200,
    ) -> list[PurchaseOrder]:
        """Oldest first, whole; those that have a line of ``items``, from one of ``suppliers``."""
        ...

    def alone(self, facility_id: FacilityId) -> None:
        """Who proposes orders waits here for whoever else does, until the unit of work ends. In a writing unit only."""
        ...

    def came(self, facility_id: FacilityId, receipts: Sequence[OrderReceipt]) -> None:
        """What a receipt brought of orders."""
        ...

    def of_receipt(self, facility_id: FacilityId, receipt_id: ReceiptId) -> list[OrderReceipt]:
        """What stands of it: nothing once it was taken back."""
        ...

    def take_back(self, facility_id: FacilityId, receipt_id: ReceiptId) -> None:
        """The receipt was undone: it brought nothing."""
        ...

    def delivered(
        self, facility_id: FacilityId, *, suppliers: Collection[SupplierId], since: date
    ) -> list[Delivered]:
        """Lines that came whole since then, of orders that were sent."""
        ...

    def decline(self, declined: Declined) -> None:
        """Over what was declined of the item at the place before."""
        ...

    def declined(self, facility_id: FacilityId, *, today: date) -> list[Declined]:
        """Those that have not run out."""
        ...

    def bought_at(
        self, facility_id: FacilityId, items: Collection[ItemId]
    ) -> dict[ItemId, frozenset[PlaceId]]:
        """Places at which lots of the items were received from suppliers."""
        ...

    def suppliers(self) -> list[Supplier]:
        """All of them, by name: few enough to look through for what a person said."""
        ...

    def load(
        self, orders: Iterable[PurchaseOrder], receipts: Iterable[tuple[FacilityId, OrderReceipt]]
    ) -> int:
        """Bulk write of whole orders with the numbers they have, for demo data; how many. The count goes on behind them."""
        ...
