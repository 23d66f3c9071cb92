"""Q9: what is on order and asked for, when it was promised, when it will likely come, what is late."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from domain.errors import UnknownRecord
from domain.model.ids import ItemId, SupplierId
from domain.model.purchase import UNSETTLED, OrderState, Origin, PurchaseOrder
from domain.model.requisition import RequisitionOrder, RequisitionState
from domain.ports import UnitOfWork
from domain.usecases.ask.answers import AskedFor, FollowOrdersAnswer, ItemRef, OnOrder
from domain.usecases.ask.reach import Reach, reach
from domain.usecases.ask.requests import FollowOrders
from domain.usecases.ask.shelves import asked_items, item_ref
from domain.usecases.purchase.buying import store_units
from domain.usecases.purchase.receiving import order_named
from domain.usecases.purchase.seeing import OrderView, view

MOST_LINES = 200
MOST_ORDERS = 500
_OPEN = (RequisitionState.ASKED, RequisitionState.PICKED, RequisitionState.DELIVERED)


def follow_orders(request: FollowOrders, *, uow: UnitOfWork) -> FollowOrdersAnswer:
    """Open orders and requisitions, late ones first, then by the day they are promised; at most 200 lines, the counts are over all.

    An order by its ``number`` is told whatever its state. Where nothing at all is asked for, who does not work where deliveries come in
    is told of their own: what they asked for, and what their unit waits for; of all, where that is nothing. ``uow`` is only read.
    Raises UnknownItem, UnknownPlace; UnknownRecord for a number that is none of ours.
    """
    where = reach(request.places, asker=request.asker, uow=uow)
    items = [item.id for item in asked_items(request.items, uow=uow)] if request.items else None
    orders = _orders(request, items, uow=uow)
    seen = view(orders, reader=request.asker, today=request.today, uow=uow)
    lines = [line for one in seen for line in _on_order(one, request, items)]
    if request.places:
        lines = [line for line in lines if where.covers(line.place.id)]
    asked_for = [] if request.number or request.suppliers else _asked_for(request, items, where, uow=uow)
    own = False
    if _asks_all(request) and not _receives(request, uow=uow):
        mine = [line for line in lines if _is_mine(line, request, uow=uow)]
        theirs = [one for one in asked_for if one.mine]
        if mine or theirs:
            own, lines, asked_for = True, mine, theirs
    if request.late:
        lines = [line for line in lines if line.late or line.will_be_late]
        asked_for = []
    lines.sort(key=_soonest)
    return FollowOrdersAnswer(
        asked=where.asked_refs,
        items=tuple(item_ref(item) for item in asked_items(request.items, uow=uow)) if request.items else (),
        suppliers=tuple(uow.catalogue.supplier(one).name for one in request.suppliers),
        number=request.number,
        late_only=request.late,
        own=own,
        lines=tuple(lines[:MOST_LINES]),
        total=len(lines),
        late=sum(line.late for line in lines),
        asked_for=tuple(asked_for[:MOST_LINES]),
    )


def _orders(
    request: FollowOrders, items: Collection[ItemId] | None, *, uow: UnitOfWork
) -> list[PurchaseOrder]:
    facility_id = request.asker.facility_id
    if request.number:
        order = order_named(request.number, facility_id=facility_id, uow=uow)
        if order is None:
            raise UnknownRecord(f"There is no order {request.number}.")
        return [order]
    suppliers: Collection[SupplierId] | None = request.suppliers or None
    found = uow.orders.listed(
        facility_id, states=UNSETTLED, items=items, suppliers=suppliers, limit=MOST_ORDERS
    )
    # What the reorder job proposed is no order before somebody approved it.
    return [order for order in found if order.state is not OrderState.DRAFT or order.origin is Origin.PERSON]


def _on_order(seen: OrderView, request: FollowOrders, items: Collection[ItemId] | None) -> list[OnOrder]:
    order = seen.order
    return [
        OnOrder(
            number=order.number,
            supplier=seen.supplier,
            state=order.state.value,
            item=each.item,
            place=each.place,
            left=each.line.left,
            received=each.line.received,
            packs=each.line.packs,
            pack_unit=each.line.pack_unit,
            pack_size=each.line.pack_size,
            sent_on=None if order.sent_at is None else order.sent_at.date(),
            promised_on=each.line.promised_on,
            likely_on=each.likely_on,
            late=each.late,
            will_be_late=each.will_be_late,
            asked_by=seen.asked_by,
        )
        for each in seen.lines
        if (each.line.left or request.number) and (items is None or each.line.item_id in items)
    ]


def _asked_for(
    request: FollowOrders, items: Collection[ItemId] | None, where: Reach, *, uow: UnitOfWork
) -> list[AskedFor]:
    found = uow.requisitions.listed(request.asker.facility_id, states=_OPEN, items=items, limit=MOST_ORDERS)
    refs = {
        item.id: item_ref(item)
        for item in uow.catalogue.many({line.item_id for one in found for line in one.lines}).values()
    }
    tree = uow.places.tree()
    home = request.asker.home_place_id

    def mine(one: RequisitionOrder) -> bool:
        inside = home is not None and home in tree and tree.within(one.to_place_id, outer=home)
        return one.asker_id == request.asker.id or inside

    return [
        AskedFor(
            number=one.number,
            state=one.state.value,
            item=_ref(refs, line.item_id),
            quantity=line.picked or line.asked,
            source=where.ref(one.from_place_id),
            destination=where.ref(one.to_place_id),
            needed_by=one.needed_by,
            mine=mine(one),
        )
        for one in found
        if not request.places or where.covers(one.to_place_id) or where.covers(one.from_place_id)
        for line in one.lines
        if items is None or line.item_id in items
    ]


def _ref(refs: dict[ItemId, ItemRef], item_id: ItemId) -> ItemRef:
    return refs.get(item_id, ItemRef(item_id, "", f"item {item_id}", "", "each"))


def _asks_all(request: FollowOrders) -> bool:
    return not (request.items or request.places or request.suppliers or request.number or request.late)


def _receives(request: FollowOrders, *, uow: UnitOfWork) -> bool:
    """Does the asker work where deliveries come in?"""
    tree = uow.places.tree()
    home = request.asker.home_place_id
    return home is not None and home in tree and tree.unit_of(home).id in store_units(tree)


def _is_mine(line: OnOrder, request: FollowOrders, *, uow: UnitOfWork) -> bool:
    home = request.asker.home_place_id
    tree = uow.places.tree()
    inside = home is not None and home in tree and tree.within(line.place.id, outer=home)
    return inside or line.asked_by == request.asker.name


def _soonest(line: OnOrder) -> tuple[bool, date, str, ItemId]:
    return (not line.late, line.promised_on or date.max, line.number, line.item.id)
