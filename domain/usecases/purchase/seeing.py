"""Orders as people see them: items, places and names beside the figures; and the sheet that a supplier is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from domain.model.ids import SupplierId
from domain.model.item import Offer
from domain.model.person import Person
from domain.model.purchase import OrderLine, OrderState, PurchaseOrder
from domain.planning.reorder import LeadTime
from domain.ports import UnitOfWork
from domain.usecases.ask.answers import ItemRef, PlaceRef
from domain.usecases.ask.reach import reach
from domain.usecases.ask.shelves import item_ref
from domain.usecases.purchase.needs import LeadTimes


@dataclass(frozen=True, slots=True)
class LineView:
    """``others`` are what other suppliers ask for the item. ``likely_on`` is when it will come as the supplier's deliveries go, None
    before it is sent and once it came; ``late``: past its promised day, ``will_be_late``: likely so."""

    line: OrderLine
    item: ItemRef
    place: PlaceRef
    others: tuple[Offer, ...] = ()
    likely_on: date | None = None
    late: bool = False
    will_be_late: bool = False


@dataclass(frozen=True, slots=True)
class OrderView:
    """``asked_by``, ``approved_by``, ``sent_by`` are names, "" where nobody did. ``due_on`` is the last promised day of what is left."""

    order: PurchaseOrder
    supplier: str
    facility: str
    currency: str
    lines: tuple[LineView, ...]
    asked_by: str = ""
    approved_by: str = ""
    sent_by: str = ""

    @property
    def due_on(self) -> date | None:
        days = [each.line.promised_on for each in self.lines if each.line.left and each.line.promised_on]
        return max(days, default=None)


def view(
    orders: Sequence[PurchaseOrder], *, reader: Person, today: date, uow: UnitOfWork
) -> tuple[OrderView, ...]:
    """The orders in their order. Likely days are of what is placed and sent: the usual time of the supplier, and never before today."""
    if not orders:
        return ()
    items = uow.catalogue.many({line.item_id for order in orders for line in order.lines})
    suppliers = {order.supplier_id for order in orders}
    facility = uow.places.facility(orders[0].facility_id)
    where = reach((), asker=reader, uow=uow)
    leads = LeadTimes.of(facility.id, suppliers=suppliers, today=today, uow=uow)
    names = uow.people.many(
        {
            one
            for order in orders
            for one in (order.asked_by, order.approved_by, order.sent_by)
            if one is not None
        }
    )

    def lined(order: PurchaseOrder, line: OrderLine) -> LineView:
        item = items[line.item_id]
        usual = leads.of_offer(line.item_id, order.supplier_id, promised=line.lead_days)
        likely = likely_day(order, line, usual=usual, today=today)
        late = bool(line.left and line.promised_on is not None and line.promised_on < today and _sent(order))
        return LineView(
            line,
            item_ref(item),
            where.ref(line.place_id),
            tuple(offer for offer in item.offers if offer.supplier_id != order.supplier_id),
            likely,
            late,
            not late and likely is not None and line.promised_on is not None and likely > line.promised_on,
        )

    def name(person_id: object) -> str:
        return next((p.name for key, p in names.items() if key == person_id), "")

    return tuple(
        OrderView(
            order,
            uow.catalogue.supplier(order.supplier_id).name,
            facility.name,
            facility.currency,
            tuple(lined(order, line) for line in order.lines),
            name(order.asked_by),
            name(order.approved_by),
            name(order.sent_by),
        )
        for order in orders
    )


def likely_day(order: PurchaseOrder, line: OrderLine, *, usual: LeadTime, today: date) -> date | None:
    """When half of such deliveries were there; once that day is past, the day by which nine of ten were. None when that is past too, for
    nobody knows then; and for what is not sent, or came."""
    if order.sent_at is None or not line.left or not _sent(order):
        return None
    sent_on = order.sent_at.date()
    for days in (usual.usual, usual.late):
        if sent_on + timedelta(days=days) >= today:
            return sent_on + timedelta(days=days)
    return None


def _sent(order: PurchaseOrder) -> bool:
    return order.sent_at is not None and order.state in (OrderState.SENT, OrderState.PART_RECEIVED)


# ------------------------------------------------------------------------------------------------- the sheet


@dataclass(frozen=True, slots=True)
class SheetLine:
    line: int
    order_number: str
    item_number: str
    description: str
    packs: int
    pack_unit: str
    pack_size: int
    base_unit: str
    price: Decimal
    amount: Decimal
    deliver_to: str
    needed_by: date | None


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """What a supplier is sent."""

    number: str
    supplier_id: SupplierId
    supplier: str
    facility: str
    ordered_on: date
    approved_by: str
    currency: str
    lines: tuple[SheetLine, ...]


def sheet(seen: OrderView, *, today: date) -> OrderSheet:
    """Of the whole order as it was approved."""
    order = seen.order
    return OrderSheet(
        number=order.number,
        supplier_id=order.supplier_id,
        supplier=seen.supplier,
        facility=seen.facility,
        ordered_on=today,
        approved_by=seen.approved_by,
        currency=seen.currency,
        lines=tuple(
            SheetLine(
                line=each.line.number,
                order_number=each.line.order_number,
                item_number=each.item.number,
                description=_described(each.item),
                packs=each.line.packs,
                pack_unit=each.line.pack_unit,
                pack_size=each.line.pack_size,
                base_unit=each.item.base_unit,
                price=each.line.price,
                amount=each.line.cost,
                deliver_to=each.place.unit,
                needed_by=each.line.promised_on,
            )
            for each in seen.lines
        ),
    )


def _described(item: ItemRef) -> str:
    return item.name if not item.size or item.size in item.name else f"{item.name}, {item.size}"
