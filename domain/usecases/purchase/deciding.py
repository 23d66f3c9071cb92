"""What becomes of an order: approved (changed first, perhaps), declined, sent, cancelled. Each once, whoever clicks how often.

Every step locks the order and commits. A step that was taken already gives the order as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.errors import Invalid, NotPermitted, Obstructed, Stale
from domain.model.ids import ItemId, SupplierId
from domain.model.item import Item, Offer
from domain.model.money import money
from domain.model.permission import Deed
from domain.model.person import Person
from domain.model.purchase import (
    NEXT,
    PLACED,
    Declined,
    OrderLine,
    OrderState,
    Origin,
    PurchaseOrder,
    PurchaseOrderId,
)
from domain.model.receipt import TrailEntry, TrailKind
from domain.ports import UnitOfWork
from domain.usecases.act.permissions import permit
from domain.usecases.act.plans import Obstacle, Problem
from domain.usecases.act.steps import require
from domain.usecases.act.trailing import sentence
from domain.usecases.purchase.needs import packing_of, proposals

QUIET_DAYS = 14
"""So long what was declined is not proposed again, unless what is there sinks by half."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who decides, when. ``today`` is the facility's calendar day of ``now``."""

    actor: Person
    now: datetime
    today: date


class Fate(StrEnum):
    """What is to become of a proposed line."""

    ORDER = "order"
    LATER = "later"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class LineChoice:
    """``packs`` of the line's own supplier, or of ``supplier_id`` where that is another one who sells the item."""

    number: int
    fate: Fate = Fate.ORDER
    packs: int | None = None
    supplier_id: SupplierId | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """``order`` as it is afterwards. ``done``: by this very step, not before it. ``others`` are orders that came of it: to other
    suppliers, and what was left for later. ``waits`` says why it is not approved though it was asked to be, and for whom it waits."""

    order: PurchaseOrder
    done: bool
    others: tuple[PurchaseOrder, ...] = field(default=())
    waits: Problem | None = None


def approve(
    order_id: PurchaseOrderId,
    *,
    hand: Hand,
    uow: UnitOfWork,
    version: int | None = None,
    choices: Sequence[LineChoice] | None = None,
    reason: str = "",
) -> Decided:
    """The order is placed: all of it, or as ``choices`` say of each line (a line that they do not name is ordered as it stands).

    What is left for later stays a proposal under a number of its own; what another supplier is to send is an order to that one,
    approved by the same click. Above the actor's limit the changes are kept and it waits for somebody who may.

    Raises UnknownRecord; Stale where it is not what was shown (``version``); NotPermitted for who may approve nothing; Obstructed
    where it was cancelled; Invalid for choices that leave nothing to order.
    """
    order = uow.orders.get(hand.actor.facility_id, order_id, lock=True)
    if order.state is not OrderState.DRAFT:
        if order.state is OrderState.CANCELLED:
            raise Obstructed(f"{order.number} is cancelled; nothing was ordered.")
        return Decided(order, done=False)
    if version is not None and version != order.version:
        raise Stale(f"{order.number} had changed before you clicked; here it is now.")
    drafts, later, dropped = _parted(order, choices, hand=hand, uow=uow)
    if not drafts:
        raise Invalid("Nothing is left to order; decline it instead.")
    worth = sum((one.cost for one in drafts), Decimal(0))
    problem = permit(
        Deed.APPROVE_ORDER, actor=hand.actor, place_id=order.lines[0].place_id, worth=worth, uow=uow
    )
    if problem is not None and problem.obstacle is not Obstacle.OVER_LIMIT:
        _note(TrailKind.REFUSED, "order-approve", f"{order.number}: {problem.sentence}", hand=hand, uow=uow)
        uow.commit()
        raise NotPermitted(sentence(problem))
    for line in dropped if order.origin is Origin.PROPOSAL else ():
        _decline_line(line, reason or "not wanted", hand=hand, uow=uow)
    state = OrderState.DRAFT if problem is not None else OrderState.APPROVED
    main, *rest = [_placed(one, state, hand=hand, uow=uow) for one in drafts]
    if main == replace(order, changed_at=hand.now):
        main = order  # nothing was chosen and nothing is approved: the card of who may approve it stays good
    else:
        main = _written(replace(main, version=order.version + 1), before=order, uow=uow)
    others = [uow.orders.add(one) for one in rest]
    if later:
        left = replace(_anew(order), lines=_renumbered(later), draft_id=None, changed_at=hand.now)
        others.append(_joined(left, hand=hand, uow=uow))
    if problem is None:
        for one in (main, *others[: len(rest)]):
            _note(TrailKind.CHANGED, "order-approve", _told(one, "approved", uow=uow), hand=hand, uow=uow)
    else:
        detail = f"{order.number}: {problem.sentence}"
        _note(TrailKind.REFUSED, "order-approve", detail, hand=hand, uow=uow)
    uow.commit()
    return Decided(main, done=problem is None, others=tuple(others), waits=problem)


def decline(
    order_id: PurchaseOrderId,
    *,
    reason: str,
    hand: Hand,
    uow: UnitOfWork,
    version: int | None = None,
    days: int = QUIET_DAYS,
) -> Decided:
    """Nothing of it is ordered, and its lines are not proposed again for ``days`` unless what is there sinks by half.

    Raises UnknownRecord, NotPermitted, Stale, Obstructed for what is placed already, Invalid without a reason.
    """
    order = uow.orders.get(hand.actor.facility_id, order_id, lock=True)
    if order.state is OrderState.CANCELLED:
        return Decided(order, done=False)
    if order.state is not OrderState.DRAFT:
        raise Obstructed(f"{order.number} is {order.state}; cancel it instead.")
    if version is not None and version != order.version:
        raise Stale(f"{order.number} had changed before you clicked; here it is now.")
    if not reason.strip():
        raise Invalid("Say in a few words why it is not wanted.")
    if order.asked_by != hand.actor.id:
        _require_some(order, doing="order-decline", hand=hand, uow=uow)
    for line in order.lines if order.origin is Origin.PROPOSAL else ():
        _decline_line(line, reason.strip(), hand=hand, uow=uow, days=days)
    after = _ended(order, reason.strip(), hand=hand)
    _written(after, before=order, uow=uow)
    _note(
        TrailKind.CHANGED,
        "order-decline",
        _told(after, f"declined: {reason.strip()}", uow=uow),
        hand=hand,
        uow=uow,
    )
    uow.commit()
    return Decided(after, done=True)


def mark_sent(order_id: PurchaseOrderId, *, hand: Hand, uow: UnitOfWork) -> Decided:
    """The supplier has it: promised days count from today. Raises UnknownRecord, NotPermitted, Obstructed."""
    order = uow.orders.get(hand.actor.facility_id, order_id, lock=True)
    if order.sent_at is not None and order.state is not OrderState.CANCELLED:
        return Decided(order, done=False)
    if order.state not in PLACED:
        raise Obstructed(f"{order.number} is {order.state}; only an approved order is sent.")
    _require_some(order, doing="order-send", hand=hand, uow=uow)
    state = OrderState.SENT if order.state is OrderState.APPROVED else order.state
    after = replace(
        order,
        state=state,
        sent_by=hand.actor.id,
        sent_at=hand.now,
        lines=_promised(order.lines, hand=hand),
        changed_at=hand.now,
        version=order.version + 1,
    )
    _written(after, before=order, uow=uow)
    _note(TrailKind.CHANGED, "order-send", _told(after, "sent", uow=uow), hand=hand, uow=uow)
    uow.commit()
    return Decided(after, done=True)


def cancel_order(order_id: PurchaseOrderId, *, reason: str, hand: Hand, uow: UnitOfWork) -> Decided:
    """What has not come will not. A draft by who asked for it or may approve; later by who might have approved its value.

    Raises UnknownRecord, NotPermitted, Obstructed where all of it came.
    """
    order = uow.orders.get(hand.actor.facility_id, order_id, lock=True)
    if order.state is OrderState.CANCELLED:
        return Decided(order, done=False)
    if OrderState.CANCELLED not in NEXT[order.state]:
        raise Obstructed(
            f"{order.number} is {order.state}; there is nothing left to cancel. Send it back instead."
        )
    own_draft = order.state is OrderState.DRAFT and order.asked_by == hand.actor.id
    if not own_draft:
        worth = Decimal(0) if order.state is OrderState.DRAFT else order.cost
        require(
            Deed.APPROVE_ORDER,
            doing="order-cancel",
            actor=hand.actor,
            place_id=order.lines[0].place_id,
            now=hand.now,
            uow=uow,
            worth=worth,
        )
    after = _ended(order, reason.strip(), hand=hand)
    _written(after, before=order, uow=uow)
    why = f": {reason.strip()}" if reason.strip() else ""
    _note(TrailKind.CHANGED, "order-cancel", _told(after, f"cancelled{why}", uow=uow), hand=hand, uow=uow)
    uow.commit()
    return Decided(after, done=True)


def approved_now(order: PurchaseOrder, *, hand: Hand) -> PurchaseOrder:
    """A draft as it is once ``hand`` has approved it; whether they may is asked before."""
    return replace(
        order,
        state=OrderState.APPROVED,
        approved_by=hand.actor.id,
        approved_at=hand.now,
        changed_at=hand.now,
        lines=_promised(order.lines, hand=hand),
    )


# ------------------------------------------------------------------------------------------------- parting


def _parted(
    order: PurchaseOrder, choices: Sequence[LineChoice] | None, *, hand: Hand, uow: UnitOfWork
) -> tuple[list[PurchaseOrder], list[OrderLine], list[OrderLine]]:
    """The orders that the choices make (the supplier's own first, with its number), what is left for later, what is declined."""
    if choices is None:
        return [order], [], []
    chosen = {choice.number: choice for choice in choices}
    for number in chosen:
        order.line(number)
    items = uow.catalogue.many({line.item_id for line in order.lines})
    by_supplier: defaultdict[SupplierId, list[OrderLine]] = defaultdict(list)
    later: list[OrderLine] = []
    dropped: list[OrderLine] = []
    for line in order.lines:
        choice = chosen.get(line.number, LineChoice(line.number))
        if choice.fate is Fate.LATER:
            later.append(line)
        elif choice.fate is Fate.DECLINE:
            dropped.append(line)
        else:
            supplier_id, made = _as_chosen(line, choice, order=order, items=items)
            by_supplier[supplier_id].append(made)
    own = by_supplier.pop(order.supplier_id, [])
    drafts: list[PurchaseOrder] = []
    if own:
        drafts.append(replace(order, lines=tuple(own)))
    for supplier_id, lines in by_supplier.items():
        base = order if not drafts else _anew(order)
        drafts.append(replace(base, supplier_id=supplier_id, lines=_renumbered(lines)))
    return drafts, later, dropped


def _anew(order: PurchaseOrder) -> PurchaseOrder:
    """What comes of the same proposal besides: it gets a number and a card of its own."""
    return replace(order, id=PurchaseOrderId(0), version=1, message="", channel="")


def _as_chosen(
    line: OrderLine, choice: LineChoice, *, order: PurchaseOrder, items: Mapping[ItemId, Item]
) -> tuple[SupplierId, OrderLine]:
    supplier_id = choice.supplier_id or order.supplier_id
    if supplier_id != order.supplier_id:
        line = line_from(line, _offer(items[line.item_id], supplier_id), item=items[line.item_id])
    if choice.packs is not None:
        if choice.packs < line.minimum_packs:
            name = items[line.item_id].name
            raise Invalid(
                f"Of {name}, {line.minimum_packs} {line.pack_unit} is the supplier's smallest order."
            )
        line = replace(line, packs=choice.packs)
    return supplier_id, line


def line_from(line: OrderLine, offer: Offer, *, item: Item) -> OrderLine:
    """The same need, met by another offer: as many base units, in that supplier's packs."""
    packing = packing_of(item, offer)
    packs = max(packing.minimum, -(-line.ordered // packing.size))
    return replace(
        line,
        order_number=offer.order_number,
        pack_unit=offer.pack_unit,
        pack_size=packing.size,
        packs=packs,
        price=offer.price,
        lead_days=offer.lead_days,
        minimum_packs=packing.minimum,
    )


def _offer(item: Item, supplier_id: SupplierId) -> Offer:
    for offer in item.offers:
        if offer.supplier_id == supplier_id:
            return offer
    raise Invalid(f"{item.name} is not sold by that supplier.")


def _joined(left: PurchaseOrder, *, hand: Hand, uow: UnitOfWork) -> PurchaseOrder:
    """What is left for later is a proposal of its own, or part of the one that is open."""
    if left.origin is not Origin.PROPOSAL:
        return uow.orders.add(left)
    for other in proposals(left.facility_id, uow=uow):
        if other.supplier_id == left.supplier_id:
            after = replace(
                other,
                lines=_renumbered([*other.lines, *left.lines]),
                changed_at=hand.now,
                version=other.version + 1,
            )
            return _written(after, before=other, uow=uow)
    return uow.orders.add(left)


def _renumbered(lines: Collection[OrderLine]) -> tuple[OrderLine, ...]:
    return tuple(replace(line, number=number) for number, line in enumerate(lines, start=1))


# ------------------------------------------------------------------------------------------------ small things


def _placed(order: PurchaseOrder, state: OrderState, *, hand: Hand, uow: UnitOfWork) -> PurchaseOrder:
    if state is OrderState.APPROVED:
        return approved_now(order, hand=hand)
    return replace(order, changed_at=hand.now)


def _promised(lines: Collection[OrderLine], *, hand: Hand) -> tuple[OrderLine, ...]:
    return tuple(replace(line, promised_on=hand.today + timedelta(days=line.lead_days)) for line in lines)


def _ended(order: PurchaseOrder, reason: str, *, hand: Hand) -> PurchaseOrder:
    return replace(
        order, state=OrderState.CANCELLED, reason=reason[:200], changed_at=hand.now, version=order.version + 1
    )


def _written(order: PurchaseOrder, *, before: PurchaseOrder, uow: UnitOfWork) -> PurchaseOrder:
    if not uow.orders.change(order):
        raise Stale(f"{before.number} was changed by somebody else just now; look at it again.")
    return order


def _require_some(order: PurchaseOrder, *, doing: str, hand: Hand, uow: UnitOfWork) -> None:
    """Who may approve orders at all, whatever this one is worth."""
    require(
        Deed.APPROVE_ORDER,
        doing=doing,
        actor=hand.actor,
        place_id=order.lines[0].place_id,
        now=hand.now,
        uow=uow,
    )


def _decline_line(
    line: OrderLine, reason: str, *, hand: Hand, uow: UnitOfWork, days: int = QUIET_DAYS
) -> None:
    if line.why is None:
        return
    uow.orders.decline(
        Declined(
            hand.actor.facility_id,
            line.item_id,
            line.place_id,
            hand.today + timedelta(days=days),
            line.why.available,
            reason[:200],
            hand.actor.id,
            hand.now,
        )
    )


def _told(order: PurchaseOrder, what: str, *, uow: UnitOfWork) -> str:
    noun = "line" if len(order.lines) == 1 else "lines"
    worth = money(order.cost, uow.places.facility(order.facility_id).currency)
    return f"{order.number}, {len(order.lines)} {noun}, {worth}: {what}."


def _note(kind: TrailKind, deed: str, detail: str, *, hand: Hand, uow: UnitOfWork) -> None:
    uow.trail.add(TrailEntry(hand.actor.facility_id, hand.now, hand.actor.id, kind, deed, detail))


def hand_of(actor: Person, *, now: datetime, uow: UnitOfWork) -> Hand:
    zone = ZoneInfo(uow.places.facility(actor.facility_id).timezone)
    return Hand(actor, now, now.astimezone(zone).date())
