"""J2, the sum of it: what is at or below its reorder point when all that is coming is counted, and what to order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from domain.model.ids import FacilityId, ItemId, PlaceId, SupplierId
from domain.model.item import Item, Offer
from domain.model.movement import StockStatus
from domain.model.par import Par
from domain.model.purchase import PLACED, Delivered, OrderState, Origin, PurchaseOrder, PurchaseOrderId, Why
from domain.model.requisition import RequisitionState
from domain.model.stock import StockLine
from domain.planning.rates import RATE_DAYS, rate_window
from domain.planning.reorder import (
    LeadTime,
    Levels,
    OrderQuantity,
    Packing,
    lead_time,
    order_quantity,
)
from domain.ports import UnitOfWork
from domain.usecases.purchase.buying import buying_pars

LEARNED_DAYS = 365
"""So far back deliveries tell how long a supplier takes."""
MOST_OPEN = 2_000


@dataclass(frozen=True, slots=True)
class Need:
    """An item to be bought for a place: how much of which offer, and the figures it follows from."""

    item: Item
    par: Par
    offer: Offer
    quantity: OrderQuantity
    why: Why


@dataclass(frozen=True, slots=True)
class Standing:
    """An item at a place that buys it, whether it is low or not. ``position`` is what lies there and is coming, less what is asked for."""

    item: Item
    par: Par
    why: Why

    @property
    def position(self) -> int:
        why = self.why
        return why.available + why.in_transit + why.on_order - why.asked_for


class LeadTimes:
    """What deliveries so far say of suppliers: of the item itself where there were enough, else of all that they sent."""

    def __init__(self, delivered: Iterable[Delivered]) -> None:
        self._of_item: defaultdict[tuple[SupplierId, ItemId], list[int]] = defaultdict(list)
        self._of_supplier: defaultdict[SupplierId, list[int]] = defaultdict(list)
        for one in delivered:
            self._of_item[one.supplier_id, one.item_id].append(one.days)
            self._of_supplier[one.supplier_id].append(one.days)

    @classmethod
    def of(
        cls, facility_id: FacilityId, *, suppliers: Collection[SupplierId], today: date, uow: UnitOfWork
    ) -> LeadTimes:
        since = today - timedelta(days=LEARNED_DAYS)
        return cls(uow.orders.delivered(facility_id, suppliers=suppliers, since=since))

    def of_offer(self, item_id: ItemId, supplier_id: SupplierId, *, promised: int) -> LeadTime:
        own = lead_time(self._of_item.get((supplier_id, item_id), ()), promised=promised)
        return own if own.deliveries else lead_time(self._of_supplier.get(supplier_id, ()), promised=promised)


def needs(
    facility_id: FacilityId,
    *,
    today: date,
    uow: UnitOfWork,
    besides: Collection[PurchaseOrderId] = (),
) -> list[Need]:
    """Everything to be ordered today, by supplier, then by what runs out first. What nobody sells, or a consignor owns, is left out.

    ``besides`` are orders that do not count as coming: the proposals that are worked out anew. Reads only.
    """
    low = {line.par.item_id for line in uow.pars.low(today=today)} | set(_asked(facility_id, uow=uow))
    items = {
        item.id: item
        for item in uow.catalogue.many(low).values()
        if item.active and not item.consigned and item.best_offer is not None
    }
    found: list[Need] = []
    for standing in standings(
        list(items.values()), facility_id=facility_id, today=today, uow=uow, besides=besides
    ):
        offer = standing.item.best_offer
        assert offer is not None  # noqa: S101 - others were left out above
        levels = Levels(standing.par.reorder_point, standing.par.par, standing.par.maximum)
        quantity = order_quantity(standing.position, levels=levels, packing=packing_of(standing.item, offer))
        if quantity is not None:
            found.append(Need(standing.item, standing.par, offer, quantity, standing.why))
    return sorted(found, key=_urgency)


def packing_of(item: Item, offer: Offer) -> Packing:
    return Packing(item.pack(offer.pack_unit).quantity, offer.minimum_packs)


def _urgency(need: Need) -> tuple[str, float, ItemId, PlaceId]:
    left = need.why.days_left
    return (need.offer.supplier_name, 1e9 if left is None else left, need.item.id, need.par.place_id)


def standings(
    items: Collection[Item],
    *,
    facility_id: FacilityId,
    today: date,
    uow: UnitOfWork,
    besides: Collection[PurchaseOrderId] = (),
) -> list[Standing]:
    """How the items stand at each place that buys them. The rate of use is of all that the place supplies: the whole house where it
    alone buys, else its own; over the last 56 whole days, net of returns."""
    by_id = {item.id: item for item in items}
    pars = buying_pars(list(by_id), facility_id=facility_id, uow=uow)
    if not pars:
        return []
    tree = uow.places.tree()
    stock: defaultdict[ItemId, list[StockLine]] = defaultdict(list)
    for line in uow.stock.of_items(list(pars)):
        stock[line.item_id].append(line)
    window = rate_window(today)
    used: defaultdict[ItemId, dict[PlaceId, int]] = defaultdict(dict)
    for (item_id, place_id), quantity in uow.usage.totals(
        list(pars), start=window.start, end=window.end
    ).items():
        used[item_id][place_id] = quantity
    coming = _on_order(facility_id, list(pars), besides=frozenset(besides), uow=uow)
    asked = _asked(facility_id, uow=uow)
    leads = LeadTimes.of(
        facility_id,
        suppliers={offer.supplier_id for item in by_id.values() for offer in item.offers},
        today=today,
        uow=uow,
    )
    found = []
    for item_id, places in pars.items():
        item, offer = by_id[item_id], by_id[item_id].best_offer
        for par in places:
            inside = tree.subtree(par.place_id)
            here = [line for line in stock[item_id] if line.place_id in inside]
            shelf = [line for line in here if line.status is not StockStatus.IN_TRANSIT]
            uses = used[item_id]
            use = sum(q for place, q in uses.items() if len(places) == 1 or place in inside)
            lead = LeadTime(0, 0)
            if offer is not None:
                lead = leads.of_offer(item_id, offer.supplier_id, promised=offer.lead_days)
            why = Why(
                available=sum(line.available(today) for line in shelf),
                on_hand=sum(line.on_hand for line in shelf),
                on_order=coming.get((item_id, par.place_id), 0),
                in_transit=sum(line.on_hand for line in here if line.status is StockStatus.IN_TRANSIT),
                asked_for=sum(
                    q for store, q in asked.get(item_id, ()) if tree.within(par.place_id, outer=store)
                ),
                reorder_point=par.reorder_point,
                par=par.par,
                maximum=par.maximum,
                daily_use=round(max(0, use) / RATE_DAYS, 3),
                lead_days=lead.usual,
                learned_from=lead.deliveries,
            )
            found.append(Standing(item, par, why))
    return found


def _on_order(
    facility_id: FacilityId,
    items: Collection[ItemId],
    *,
    besides: frozenset[PurchaseOrderId],
    uow: UnitOfWork,
) -> Mapping[tuple[ItemId, PlaceId], int]:
    """Base units still to come, by item and place: of what is placed, and of what waits for approval."""
    found: defaultdict[tuple[ItemId, PlaceId], int] = defaultdict(int)
    for order in open_orders(facility_id, items=items, uow=uow, drafts=True):
        if order.id in besides:
            continue
        for line in order.lines:
            found[line.item_id, line.place_id] += line.left
    return found


def open_orders(
    facility_id: FacilityId, *, uow: UnitOfWork, items: Collection[ItemId] | None = None, drafts: bool = False
) -> list[PurchaseOrder]:
    """What will come; with ``drafts`` also what waits for somebody's approval."""
    states = (OrderState.DRAFT, *PLACED) if drafts else PLACED
    return uow.orders.listed(facility_id, states=states, items=items, limit=MOST_OPEN)


def proposals(facility_id: FacilityId, *, uow: UnitOfWork) -> list[PurchaseOrder]:
    """What the reorder job proposed and nobody has decided on."""
    drafts = uow.orders.listed(facility_id, states=(OrderState.DRAFT,), limit=MOST_OPEN)
    return [order for order in drafts if order.origin is Origin.PROPOSAL]


def _asked(facility_id: FacilityId, *, uow: UnitOfWork) -> dict[ItemId, list[tuple[PlaceId, int]]]:
    """What requisitions ask of which store and nobody has picked."""
    found: defaultdict[ItemId, list[tuple[PlaceId, int]]] = defaultdict(list)
    open_ = uow.requisitions.listed(facility_id, states=(RequisitionState.ASKED,), limit=MOST_OPEN)
    for requisition in open_:
        for line in requisition.lines:
            if line.asked > line.picked:
                found[line.item_id].append((requisition.from_place_id, line.asked - line.picked))
    return found
