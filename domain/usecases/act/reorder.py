"""A7: an order to a supplier that somebody asks for: what would be bought from whom, for how much, and what is coming already."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from domain.errors import Invalid, UnknownSupplier
from domain.model.ids import ItemId, PlaceId, SupplierId
from domain.model.item import Item, Offer
from domain.model.money import money
from domain.model.par import Par
from domain.model.permission import Deed
from domain.model.purchase import (
    OrderLine,
    OrderState,
    Origin,
    PurchaseOrder,
    PurchaseOrderId,
    Why,
)
from domain.model.receipt import Receipt
from domain.planning.reorder import Levels, OrderQuantity, order_quantity, packs_of
from domain.usecases.act.desk import Desk, Prepared
from domain.usecases.act.permissions import permit, permitted
from domain.usecases.act.plans import Obstacle, Plan, PlannedLine, Problem, Weight
from domain.usecases.act.quantities import base_units, named
from domain.usecases.act.requests import Reorder, Wanted
from domain.usecases.ask.shelves import item_ref
from domain.usecases.purchase.deciding import Hand, approved_now
from domain.usecases.purchase.needs import Standing, packing_of, standings


@dataclass(frozen=True, slots=True)
class _Line:
    """A line worked out. ``place_id`` is where it is put away."""

    item: Item
    offer: Offer
    quantity: OrderQuantity
    place_id: PlaceId
    why: Why

    @property
    def size(self) -> int:
        return self.item.pack(self.offer.pack_unit).quantity

    @property
    def worth(self) -> Decimal:
        return self.offer.price * self.quantity.packs


def prepare_reorder(action: Reorder, *, desk: Desk) -> Prepared:
    """Whole packs of the supplier's, its smallest order at least; what is coming already, and what is not low, is said.

    A line without a quantity is brought up to par. Raises Invalid for no lines, or an item that nobody (or not that supplier) sells;
    InvalidQuantity, UnknownItem, UnknownSupplier.
    """
    lines = _worked_out(action, desk=desk)
    planned: list[PlannedLine] = []
    problems: list[Problem] = []
    for index, (wanted, line) in enumerate(zip(action.lines, lines, strict=True)):
        planned.append(
            PlannedLine(
                item_ref(line.item),
                line.quantity.packs * line.size,
                Decimal(line.quantity.packs),
                line.offer.pack_unit,
                (),
                worth=line.worth,
                said=_said(line, desk=desk),
            )
        )
        problems += _remarks(wanted, line, index=index)
    place_id = lines[0].place_id
    worth = sum((line.worth for line in lines), Decimal(0))
    limit = permit(Deed.APPROVE_ORDER, actor=desk.actor, place_id=place_id, worth=worth, uow=desk.uow)
    if limit is not None:
        who = limit.remedy.removeprefix("Ask ").rstrip(".") or "somebody else"
        problems.append(Problem(Obstacle.OVER_LIMIT, Weight.WARNS, f"It waits for the approval of {who}."))
    plan = Plan(
        request=action,
        lines=tuple(planned),
        problems=tuple(problems),
        destination=desk.ref(desk.tree.unit_of(place_id).id),
        currency=desk.currency(place_id),
    )
    return Prepared(permitted(plan, Deed.ORDER, place_id=place_id, desk=desk, worth=Decimal(0)))


def keep_reorder(action: Reorder, prepared: Prepared, *, receipt: Receipt, desk: Desk) -> list[PurchaseOrder]:
    """An order to each supplier: approved where the actor may approve what all of it is worth, else a draft that waits for somebody who
    may. For ``post``, in its unit of work."""
    assert desk.now is not None  # noqa: S101 - posting knows when
    lines = _worked_out(action, desk=desk)
    worth = sum((line.worth for line in lines), Decimal(0))
    barred = permit(
        Deed.APPROVE_ORDER, actor=desk.actor, place_id=lines[0].place_id, worth=worth, uow=desk.uow
    )
    by_supplier: defaultdict[SupplierId, list[_Line]] = defaultdict(list)
    for line in lines:
        by_supplier[line.offer.supplier_id].append(line)
    made = []
    for supplier_id, mine in by_supplier.items():
        order = PurchaseOrder(
            id=PurchaseOrderId(0),
            facility_id=receipt.facility_id,
            supplier_id=supplier_id,
            state=OrderState.DRAFT,
            origin=Origin.PERSON,
            lines=tuple(_ordered(line, number) for number, line in enumerate(mine, start=1)),
            made_at=receipt.posted_at,
            changed_at=receipt.posted_at,
            draft_id=receipt.draft_id,
            asked_by=desk.actor.id,
            thread=receipt.thread,
        )
        if barred is None:
            order = approved_now(order, hand=Hand(desk.actor, desk.now, desk.today))
        made.append(desk.uow.orders.add(order))
    return made


def _worked_out(action: Reorder, *, desk: Desk) -> list[_Line]:
    if not action.lines:
        raise Invalid("An order is for one thing at least.")
    items = desk.items(line.item_id for line in action.lines)
    facility_id = desk.actor.facility_id
    found: defaultdict[ItemId, list[Standing]] = defaultdict(list)
    for one in standings(list(items.values()), facility_id=facility_id, today=desk.today, uow=desk.uow):
        found[one.item.id].append(one)
    return [
        _line(wanted, items[wanted.item_id], found[wanted.item_id], action=action, desk=desk)
        for wanted in action.lines
    ]


def _line(wanted: Wanted, item: Item, known: list[Standing], *, action: Reorder, desk: Desk) -> _Line:
    offer = _offer(item, action.supplier_id, desk=desk)
    packing = packing_of(item, offer)
    standing = _standing(item, known, place_id=wanted.place_id or action.place_id, desk=desk)
    if wanted.quantity is None:
        levels = Levels(standing.par.reorder_point, standing.par.par, standing.par.maximum)
        quantity = order_quantity(standing.position, levels=levels, packing=packing)
        if quantity is None:  # not low: what the par still lacks, a pack at least
            quantity = packs_of(standing.par.par - standing.position, packing=packing)
    else:
        units = base_units(item, quantity=wanted.quantity, unit=wanted.unit)
        quantity = packs_of(units, packing=packing)
    return _Line(item, offer, quantity, standing.par.place_id, standing.why)


def _offer(item: Item, supplier_id: SupplierId | None, *, desk: Desk) -> Offer:
    if supplier_id is None:
        if item.best_offer is None:
            raise Invalid(f"Nobody sells {named(item)}: the catalogue has no supplier for it.")
        return item.best_offer
    for offer in item.offers:
        if offer.supplier_id == supplier_id:
            return offer
    try:
        name = desk.uow.catalogue.supplier(supplier_id).name
    except UnknownSupplier:
        name = "that supplier"
    others = " or ".join(offer.supplier_name for offer in item.offers[:3])
    raise Invalid(f"{named(item)} is not sold by {name}{f', but by {others}' if others else ''}.")


def _standing(item: Item, known: list[Standing], *, place_id: PlaceId | None, desk: Desk) -> Standing:
    """Where it is bought for: the place that was named or one around or inside it, else the one that keeps the most of it; what has no
    par anywhere goes to the asker's own place."""
    tree = desk.tree
    if place_id is not None:
        for one in known:
            if tree.within(one.par.place_id, outer=place_id) or tree.within(place_id, outer=one.par.place_id):
                return one
    if known:
        return known[0]
    home = place_id or desk.actor.home_place_id or desk.uow.places.facility(desk.actor.facility_id).place_id
    lead = item.best_offer.lead_days if item.best_offer is not None else 0
    return Standing(item, Par(item.id, home, 0, 0, 0, 0), Why(0, 0, 0, 0, 0, 0, 0, 0, 0.0, lead))


def _ordered(line: _Line, number: int) -> OrderLine:
    return OrderLine(
        number=number,
        item_id=line.item.id,
        place_id=line.place_id,
        order_number=line.offer.order_number,
        pack_unit=line.offer.pack_unit,
        pack_size=line.size,
        packs=line.quantity.packs,
        price=line.offer.price,
        lead_days=line.offer.lead_days,
        minimum_packs=line.offer.minimum_packs,
        why=line.why if line.why.par else None,
    )


def _said(line: _Line, *, desk: Desk) -> tuple[str, ...]:
    """From whom, at what price, until when: what is bought, and so part of what is read back."""
    due = desk.today + timedelta(days=line.offer.lead_days)
    price = f"{money(line.offer.price, desk.currency(line.place_id))} a {line.offer.pack_unit}"
    return (f"From {line.offer.supplier_name}, {price}, promised by {due:%a} {due.day} {due:%b}.",)


def _remarks(wanted: Wanted, line: _Line, *, index: int) -> list[Problem]:
    item, why, base = line.item, line.why, line.item.base_unit
    found: list[str] = []
    bought = line.quantity.packs * line.size
    if wanted.quantity is not None:
        asked = base_units(item, quantity=wanted.quantity, unit=wanted.unit)
        if asked != bought:
            least = " and at least " + str(line.offer.minimum_packs) if line.quantity.forced else ""
            found.append(
                f"{line.offer.supplier_name} sells it by the {line.offer.pack_unit} of {line.size:,}{least}: "
                f"{bought:,} {base} instead of {asked:,}."
            )
    coming = why.on_order + why.in_transit
    if coming:
        found.append(f"{coming:,} {base} of {named(item)} are on order or on the way already.")
    if why.par:
        position = why.available + coming - why.asked_for
        if position > why.reorder_point:
            found.append(
                f"{named(item)} is not low: {why.available:,} to take, reorder point {why.reorder_point:,}."
            )
        if position + bought > why.maximum + line.size:
            found.append(
                f"With it, {position + bought:,} {base} will be there; the place holds {why.maximum:,}."
            )
    return [Problem(Obstacle.UNUSUAL, Weight.WARNS, sentence, line=index) for sentence in found]
