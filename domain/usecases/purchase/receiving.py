"""A3 against an order: what was due, what came, and the order that follows from it, in the unit of work of the receipt itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from domain.errors import Conflict, UnknownRecord
from domain.model.ids import FacilityId, ItemId, SupplierId
from domain.model.item import Item
from domain.model.purchase import (
    PLACED,
    OrderLine,
    OrderReceipt,
    OrderState,
    PurchaseOrder,
    PurchaseOrderId,
)
from domain.model.receipt import Receipt, TrailEntry, TrailKind
from domain.ports import UnitOfWork
from domain.usecases.act.desk import Desk
from domain.usecases.act.plans import Obstacle, Problem, Weight
from domain.usecases.act.quantities import base_units, named
from domain.usecases.act.requests import Receive, Undo

_NUMBER = re.compile(r"^\s*(?:PO[-\s#]*)?(?P<n>\d{1,9})\s*$", re.IGNORECASE)
_TAKES = (*PLACED, OrderState.RECEIVED)
"""More may come of what has come whole; of what is cancelled or waits for approval nothing is booked."""


@dataclass(frozen=True, slots=True)
class Due:
    """What an order says of one line of a delivery: ``line`` None where the item is not on it. ``expected`` base units were due."""

    line: OrderLine | None
    expected: int | None = None

    @property
    def unit_cost(self) -> Decimal | None:
        """The order's price for one base unit, to the ten-thousandth."""
        if self.line is None:
            return None
        return (self.line.price / self.line.pack_size).quantize(Decimal("0.0001"))


@dataclass(frozen=True, slots=True)
class Against:
    """A delivery held against an order: ``due`` beside the delivery's lines. ``order`` None: none was named, or none of ours."""

    order: PurchaseOrder | None
    due: tuple[Due, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def supplier_id(self) -> SupplierId | None:
        return None if self.order is None else self.order.supplier_id


def order_named(
    number: str, *, facility_id: FacilityId, uow: UnitOfWork, lock: bool = False
) -> PurchaseOrder | None:
    """The order that ``number`` names ("PO-10482", "10482"); None for a number of somebody else's, which is kept as it was said."""
    found = _NUMBER.match(number)
    if found is None:
        return None
    try:
        return uow.orders.get(facility_id, PurchaseOrderId(int(found["n"])), lock=lock)
    except UnknownRecord:
        return None


def against(action: Receive, items: Sequence[Item], quantities: Sequence[int], *, desk: Desk) -> Against:
    """``items`` and ``quantities`` (base units) stand beside the delivery's lines. What was due of an item is counted once, however many
    lots it came in."""
    nothing = tuple(Due(None) for _ in items)
    facility_id = desk.tree.get(action.place_id).facility_id
    order = (
        order_named(action.order_number, facility_id=facility_id, uow=desk.uow)
        if action.order_number
        else None
    )
    if order is None:
        return Against(None, nothing)
    problems: list[Problem] = []
    if order.state not in _TAKES:
        what = "is not approved yet" if order.state is OrderState.DRAFT else "was cancelled"
        problems.append(
            Problem(
                Obstacle.DELIVERY,
                Weight.WARNS,
                f"{order.number} {what}; the delivery is booked, and the order stays as it is.",
            )
        )
        return Against(order, nothing, tuple(problems))
    lines = {item.id: line_for(order, item.id) for item in items}
    left = {item_id: line.left for item_id, line in lines.items() if line is not None}
    last = {item.id: index for index, item in enumerate(items)}
    due: list[Due] = []
    for index, (item, quantity) in enumerate(zip(items, quantities, strict=True)):
        line = lines[item.id]
        if line is None:
            due.append(Due(None))
            problems.append(
                Problem(
                    Obstacle.DELIVERY,
                    Weight.WARNS,
                    f"{named(item)} is not on {order.number}.",
                    "Send it back, if nobody ordered it.",
                    line=index,
                )
            )
            continue
        # Of several lots the last one is held against what is left of the order.
        expected = quantity if index != last[item.id] else left[item.id]
        left[item.id] -= quantity
        due.append(Due(line, max(0, expected)))
    return Against(order, tuple(due), tuple(problems))


def line_for(order: PurchaseOrder, item_id: ItemId) -> OrderLine | None:
    """The order's line of an item: the one with the most still to come."""
    mine = [line for line in order.lines if line.item_id == item_id]
    return max(mine, key=lambda line: (line.left, -line.number), default=None)


def keep_delivery(action: Receive, *, receipt: Receipt, desk: Desk) -> PurchaseOrder | None:
    """What came is counted on its order, which is received, or part received, by it; for ``post``, in its unit of work."""
    if not action.order_number:
        return None
    facility_id = desk.tree.get(action.place_id).facility_id
    order = order_named(action.order_number, facility_id=facility_id, uow=desk.uow, lock=True)
    if order is None or order.state not in _TAKES:
        return None
    items = desk.items(line.item_id for line in action.lines)
    came: defaultdict[int, int] = defaultdict(int)
    for arrival in action.lines:
        line = line_for(order, arrival.item_id)
        if line is not None:
            came[line.number] += base_units(
                items[arrival.item_id], quantity=arrival.quantity, unit=arrival.unit
            )
    if not came:
        return None
    desk.uow.orders.came(
        order.facility_id,
        [OrderReceipt(order.id, number, receipt.id, n, desk.today) for number, n in sorted(came.items())],
    )
    return _changed(order, dict(came), receipt=receipt, desk=desk)


def take_delivery_back(action: Undo, *, receipt: Receipt, desk: Desk) -> None:
    """An undone receipt brought nothing: its order waits for it again."""
    facility_id = action.facility_id or desk.actor.facility_id
    rows = desk.uow.orders.of_receipt(facility_id, action.receipt_id)
    by_order: defaultdict[PurchaseOrderId, dict[int, int]] = defaultdict(dict)
    for row in rows:
        by_order[row.order_id][row.line] = -row.quantity
    for order_id, came in by_order.items():
        order = desk.uow.orders.get(facility_id, order_id, lock=True)
        if order.state is OrderState.CANCELLED:
            after = replace(order.with_received(came), state=OrderState.CANCELLED)
            _written(order, after, desk=desk)
            continue
        _changed(order, came, receipt=receipt, desk=desk)
    if rows:
        desk.uow.orders.take_back(facility_id, action.receipt_id)


def _changed(order: PurchaseOrder, came: dict[int, int], *, receipt: Receipt, desk: Desk) -> PurchaseOrder:
    after = _written(order, order.with_received(came), desk=desk)
    what = "taken back by" if receipt.undoes is not None else "by"
    desk.uow.trail.add(
        TrailEntry(
            order.facility_id,
            receipt.posted_at,
            receipt.actor_id,
            TrailKind.CHANGED,
            "order-receive",
            f"{order.number}: {after.state}, {what} {receipt.number}.",
            receipt_id=receipt.id,
        )
    )
    return after


def _written(before: PurchaseOrder, after: PurchaseOrder, *, desk: Desk) -> PurchaseOrder:
    assert desk.now is not None  # noqa: S101 - posting knows when
    after = replace(after, changed_at=desk.now, version=before.version + 1)
    if not desk.uow.orders.change(after):
        raise Conflict(f"{before.number} was changed by somebody else just now; try again.")
    return after
