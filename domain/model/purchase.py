"""Purchase orders: what is bought from a supplier, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from domain.errors import Invalid
from domain.model.ids import FacilityId, ItemId, PersonId, PlaceId, SupplierId
from domain.model.receipt import DraftId, ReceiptId

PurchaseOrderId = NewType("PurchaseOrderId", int)


class OrderState(StrEnum):
    """draft (proposed, or waiting for somebody who may approve) -> approved -> sent -> part received -> received; or cancelled."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"
    PART_RECEIVED = "part received"
    RECEIVED = "received"
    CANCELLED = "cancelled"


NEXT: Mapping[OrderState, tuple[OrderState, ...]] = {
    OrderState.DRAFT: (OrderState.APPROVED, OrderState.CANCELLED),
    OrderState.APPROVED: (
        OrderState.SENT, OrderState.PART_RECEIVED, OrderState.RECEIVED, OrderState.CANCELLED,
    ),
    OrderState.SENT: (OrderState.PART_RECEIVED, OrderState.RECEIVED, OrderState.CANCELLED),
    OrderState.PART_RECEIVED: (OrderState.SENT, OrderState.RECEIVED, OrderState.CANCELLED),
    OrderState.RECEIVED: (OrderState.PART_RECEIVED, OrderState.SENT),
    OrderState.CANCELLED: (),
}  # fmt: skip
"""Backwards only by the undo of a receipt. Goods may come before anybody said that the order was sent."""

PLACED = (OrderState.APPROVED, OrderState.SENT, OrderState.PART_RECEIVED)
"""What will come: approved, and not all of it received."""
UNSETTLED = (OrderState.DRAFT, *PLACED)


class Origin(StrEnum):
    """Who thought of it: the reorder job, or a person."""

    PROPOSAL = "proposal"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Why:
    """The figures a line was proposed on, base units: what may be taken, what lies there in all, what is on order and in transit
    besides, and what requisitions ask for; the levels; use a day; calendar days until a delivery, and over how many
    deliveries that was learned (0: as the supplier promises)."""

    available: int
    on_hand: int
    on_order: int
    in_transit: int
    asked_for: int
    reorder_point: int
    par: int
    maximum: int
    daily_use: float
    lead_days: int
    learned_from: int = 0

    @property
    def days_left(self) -> float | None:
        """Until what may be taken is gone; None without use."""
        return self.available / self.daily_use if self.daily_use > 0 else None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """``packs`` of ``pack_size`` base units each, at ``price`` a pack; ``received`` in base units. It is put away at ``place_id``.

    ``why`` is None on what a person asked for. ``promised_on`` is counted from the day it was approved, and again when it is sent.
    """

    number: int
    item_id: ItemId
    place_id: PlaceId
    order_number: str
    pack_unit: str
    pack_size: int
    packs: int
    price: Decimal
    lead_days: int
    minimum_packs: int = 1
    received: int = 0
    promised_on: date | None = None
    why: Why | None = None

    def __post_init__(self) -> None:
        if self.packs < 1 or self.pack_size < 1 or self.received < 0:
            raise Invalid("An order's line is for one pack or more, and what came of it is zero or more.")
        if not self.price.is_finite() or self.price < 0:
            raise Invalid("A price is zero or more.")

    @property
    def ordered(self) -> int:
        """In base units."""
        return self.packs * self.pack_size

    @property
    def left(self) -> int:
        """Base units that are still to come; 0 where more came than was ordered."""
        return max(0, self.ordered - self.received)

    @property
    def cost(self) -> Decimal:
        return self.price * self.packs


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """``id`` is counted per facility. ``version`` grows with every change, as a draft's does.

    ``asked_by`` None: the reorder job proposed it. ``channel``, ``message`` are its card, "" until that was sent; ``thread`` is where
    a person asked for it.
    """

    id: PurchaseOrderId
    facility_id: FacilityId
    supplier_id: SupplierId
    state: OrderState
    origin: Origin
    lines: tuple[OrderLine, ...]
    made_at: datetime
    changed_at: datetime
    draft_id: DraftId | None = None
    asked_by: PersonId | None = None
    approved_by: PersonId | None = None
    approved_at: datetime | None = None
    sent_by: PersonId | None = None
    sent_at: datetime | None = None
    reason: str = ""
    channel: str = ""
    thread: str = ""
    message: str = ""
    version: int = 1

    @property
    def number(self) -> str:
        """What people read and type: "PO-10482"."""
        return f"PO-{self.id}"

    @property
    def cost(self) -> Decimal:
        return sum((line.cost for line in self.lines), Decimal(0))

    def line(self, number: int) -> OrderLine:
        """Raises Invalid for a line that is not in it."""
        for line in self.lines:
            if line.number == number:
                return line
        raise Invalid(f"{self.number} has no line {number}.")

    def with_received(self, received: Mapping[int, int]) -> PurchaseOrder:
        """``received`` base units more by line number (fewer below zero), with the state that follows from it."""
        lines = tuple(
            replace(line, received=max(0, line.received + received.get(line.number, 0)))
            for line in self.lines
        )
        if all(line.left == 0 for line in lines):
            state = OrderState.RECEIVED
        elif any(line.received for line in lines):
            state = OrderState.PART_RECEIVED
        else:
            state = OrderState.SENT if self.sent_at is not None else OrderState.APPROVED
        return replace(self, lines=lines, state=state)


@dataclass(frozen=True, slots=True)
class OrderReceipt:
    """So much of a line came on ``day`` (base units), by the receipt ``receipt_id`` where there is one."""

    order_id: PurchaseOrderId
    line: int
    receipt_id: ReceiptId | None
    quantity: int
    day: date


@dataclass(frozen=True, slots=True)
class Declined:
    """A line that somebody did not want: not proposed again through ``until``, unless ``available`` has sunk by half since."""

    facility_id: FacilityId
    item_id: ItemId
    place_id: PlaceId
    until: date
    available: int
    reason: str
    person_id: PersonId
    at: datetime

    def holds(self, *, today: date, available: int) -> bool:
        """Is it still to be kept quiet? Nothing left, or half of what there was, is worse than what was declined."""
        return today <= self.until and available > 0 and available * 2 > self.available


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a line came: the day its order was sent, the day it was promised, the day of its last receipt."""

    supplier_id: SupplierId
    item_id: ItemId
    sent_on: date
    promised_on: date | None
    came_on: date

    @property
    def days(self) -> int:
        return max(0, (self.came_on - self.sent_on).days)
