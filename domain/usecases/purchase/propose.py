"""J2: one proposal a supplier, kept up to date while nobody has decided on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.model.ids import FacilityId, ItemId, PlaceId, SupplierId
from domain.model.purchase import (
    Declined,
    OrderLine,
    OrderState,
    Origin,
    PurchaseOrder,
    PurchaseOrderId,
)
from domain.ports import UnitOfWork
from domain.usecases.purchase.needs import Need, needs, packing_of, proposals

MOST_LINES = 45
"""Lines of one proposal; what is less urgent is proposed once these are decided on."""
SETTLED = "Nothing of it is low any more."


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a run came to. ``new`` were not there before, ``changed`` were and say something else now, ``ended`` are needed no more;
    ``same`` stand as they are."""

    new: tuple[PurchaseOrder, ...] = ()
    changed: tuple[PurchaseOrder, ...] = ()
    ended: tuple[PurchaseOrder, ...] = ()
    same: tuple[PurchaseOrder, ...] = ()

    @property
    def open(self) -> tuple[PurchaseOrder, ...]:
        return (*self.new, *self.changed, *self.same)


def propose(facility_id: FacilityId, *, now: datetime, today: date, uow: UnitOfWork) -> Proposed:
    """Draft orders for all that is low, less what somebody declined. ``today`` is the facility's calendar day of ``now``. Commits.

    A proposal that is open is brought up to date in place: a line that is still needed keeps its number of packs unless more are
    needed now, what is low now is added, what is low no more goes. So a second run adds nothing.
    """
    uow.orders.alone(facility_id)
    open_ = {order.supplier_id: order for order in proposals(facility_id, uow=uow)}
    declined = {(one.item_id, one.place_id): one for one in uow.orders.declined(facility_id, today=today)}
    wanted: defaultdict[SupplierId, list[Need]] = defaultdict(list)
    ids = [order.id for order in open_.values()]
    for need in needs(facility_id, today=today, uow=uow, besides=ids):
        if not _quiet(need, declined, today=today):
            wanted[need.offer.supplier_id].append(need)
    moved = _in_other_proposals(open_)
    new, changed, ended, same = [], [], [], []
    for supplier_id, asked in wanted.items():
        mine = [
            need for need in asked if moved.get((need.item.id, need.par.place_id), supplier_id) == supplier_id
        ]
        before = open_.get(supplier_id)
        if before is None and mine:
            new.append(uow.orders.add(_drafted(facility_id, supplier_id, mine[:MOST_LINES], now=now)))
    for supplier_id, before in open_.items():
        lines = _refreshed(before, wanted, supplier_id, moved)
        if lines == before.lines:
            same.append(before)
            continue
        state, reason = (before.state, before.reason) if lines else (OrderState.CANCELLED, SETTLED)
        after = replace(
            before,
            state=state,
            reason=reason,
            lines=lines or before.lines,
            changed_at=now,
            version=before.version + 1,
        )
        if not uow.orders.change(after):
            continue  # decided on a moment ago: its card says so, and is not drawn as a proposal again
        if after.state is OrderState.CANCELLED:
            ended.append(after)
        elif _told(after) == _told(before):
            same.append(after)  # the figures behind it moved a little: no reason to say it again
        else:
            changed.append(after)
    uow.commit()
    return Proposed(tuple(new), tuple(changed), tuple(ended), tuple(same))


def line_of(need: Need, number: int) -> OrderLine:
    """The line that orders what is needed."""
    offer = need.offer
    packing = packing_of(need.item, offer)
    return OrderLine(
        number=number,
        item_id=need.item.id,
        place_id=need.par.place_id,
        order_number=offer.order_number,
        pack_unit=offer.pack_unit,
        pack_size=packing.size,
        packs=need.quantity.packs,
        price=offer.price,
        lead_days=offer.lead_days,
        minimum_packs=packing.minimum,
        why=need.why,
    )


def _drafted(
    facility_id: FacilityId, supplier_id: SupplierId, asked: Collection[Need], *, now: datetime
) -> PurchaseOrder:
    return PurchaseOrder(
        id=PurchaseOrderId(0),
        facility_id=facility_id,
        supplier_id=supplier_id,
        state=OrderState.DRAFT,
        origin=Origin.PROPOSAL,
        lines=tuple(line_of(need, number) for number, need in enumerate(asked, start=1)),
        made_at=now,
        changed_at=now,
    )


def _quiet(need: Need, declined: Mapping[tuple[ItemId, PlaceId], Declined], *, today: date) -> bool:
    said = declined.get((need.item.id, need.par.place_id))
    return said is not None and said.holds(today=today, available=need.why.available)


def _in_other_proposals(
    open_: Mapping[SupplierId, PurchaseOrder],
) -> dict[tuple[ItemId, PlaceId], SupplierId]:
    """Whose proposal a line stands in: somebody may have chosen another supplier than the usual one."""
    return {
        (line.item_id, line.place_id): supplier_id
        for supplier_id, order in open_.items()
        for line in order.lines
    }


def _refreshed(
    before: PurchaseOrder,
    wanted: Mapping[SupplierId, Collection[Need]],
    supplier_id: SupplierId,
    moved: Mapping[tuple[ItemId, PlaceId], SupplierId],
) -> tuple[OrderLine, ...]:
    every = {(need.item.id, need.par.place_id): need for asked in wanted.values() for need in asked}
    lines: list[OrderLine] = []
    for line in before.lines:
        need = every.get((line.item_id, line.place_id))
        if need is None:
            continue
        if need.offer.supplier_id == supplier_id:
            fresh = line_of(need, line.number)
            lines.append(replace(fresh, packs=max(fresh.packs, line.packs)))
        else:
            lines.append(replace(line, why=need.why))
    known = {(line.item_id, line.place_id) for line in before.lines}
    number = max((line.number for line in before.lines), default=0)
    for need in wanted.get(supplier_id, ()):
        key = (need.item.id, need.par.place_id)
        if key in known or moved.get(key, supplier_id) != supplier_id or len(lines) >= MOST_LINES:
            continue
        number += 1
        lines.append(line_of(need, number))
    return tuple(lines)


def _told(order: PurchaseOrder) -> list[tuple[int, int, int, str]]:
    return [(line.item_id, line.place_id, line.packs, str(line.price)) for line in order.lines]
