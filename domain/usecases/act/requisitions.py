"""A6, the rest of its life: picked, delivered, received or short, cancelled.

Every step locks the requisition, happens once whoever clicks how often, and commits. A step that was taken already gives the
requisition as it is; one that can not be taken any more is refused with what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from domain.errors import Invalid, Obstructed
from domain.model.ids import ItemId, LotId, PlaceId
from domain.model.movement import MovementKind, Source, StockStatus
from domain.model.permission import Deed
from domain.model.person import Person
from domain.model.receipt import TrailEntry, TrailKind
from domain.model.requisition import NEXT, RequisitionId, RequisitionLine, RequisitionOrder, RequisitionState
from domain.ports import UnitOfWork
from domain.usecases.act.desk import Desk, Move
from domain.usecases.act.holds import held_by, note_arrival, status_under
from domain.usecases.act.permissions import permit
from domain.usecases.act.plans import Weight
from domain.usecases.act.quantities import named
from domain.usecases.act.requests import Wanted
from domain.usecases.act.requisition import available_at
from domain.usecases.act.shelving import homes
from domain.usecases.act.steps import movements_of, require, written
from domain.usecases.act.taking import Rules, TakenLine, take
from domain.usecases.act.trailing import sentence

_AFTER: dict[RequisitionState, tuple[RequisitionState, ...]] = {
    RequisitionState.PICKED: (RequisitionState.DELIVERED, RequisitionState.RECEIVED),
    RequisitionState.DELIVERED: (RequisitionState.RECEIVED,),
}


@dataclass(frozen=True, slots=True)
class Picked:
    """``quantity`` base units of what line ``line`` asked for; of another item where ``item_id`` says so. 0 picks none of it.

    ``lots`` are those taken, in order; empty takes first expired first.
    """

    line: int
    quantity: int
    lots: tuple[LotId, ...] = ()
    item_id: ItemId | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """Who takes a step, when, from where. ``today`` is the facility's calendar day of ``now``."""

    actor: Person
    now: datetime
    today: date
    source: Source


def pick(
    requisition_id: RequisitionId, picked: Sequence[Picked] | None, *, hand: Hand, uow: UnitOfWork
) -> RequisitionOrder:
    """What was taken off the store's shelves is under way to the asker. None picks what there is of every line, up to what was asked.

    Raises UnknownRecord; NotPermitted; Obstructed where nothing was picked, where less lies there than was picked, where a lot may
    not be taken, or where it is cancelled or short; Invalid for a line that is not in it.
    """
    order = uow.requisitions.get(hand.actor.facility_id, requisition_id, lock=True)
    if order.state is RequisitionState.PICKED or order.state in _AFTER[RequisitionState.PICKED]:
        return order
    _may(Deed.FULFIL, order.from_place_id, doing="pick", order=order, hand=hand, uow=uow)
    _can(order, RequisitionState.PICKED)
    desk = Desk(actor=hand.actor, today=hand.today, uow=uow, now=hand.now, locking=True)
    wanted = _what_there_is(order, desk=desk) if picked is None else _checked(order, picked)
    if not wanted:
        raise Obstructed(f"Nothing was picked for {order.number}; say that it is short instead.")
    takings = take(
        [
            Wanted(one.item_id or _line(order, one.line).item_id, Decimal(one.quantity), lots=one.lots)
            for one in wanted
        ],
        place_id=order.from_place_id,
        rules=Rules(),
        desk=desk,
        besides=order.to_place_id,
    )
    for problem in takings.problems:
        if problem.weight is not Weight.WARNS:
            raise Obstructed(sentence(problem))
    moves = [
        Move(
            kind=MovementKind.TRANSFER,
            item_id=one.line.item_id,
            quantity=one.quantity,
            lot=one.line.lot_id,
            from_place_id=one.line.place_id,
            to_place_id=order.to_place_id,
            to_status=StockStatus.IN_TRANSIT,
            owner_id=one.line.owner_id,
            unit_cost=takings.unit_cost(one.line),
            reason=f"{order.number}, picked",
        )
        for line in takings.lines
        for one in line.taken
    ]
    _post(moves, order, "pick", hand=hand, uow=uow)
    return _changed(
        replace(order, state=RequisitionState.PICKED, picker_id=hand.actor.id, lines=_with_picked(order, wanted, takings.lines)),
        hand=hand,
        uow=uow,
    )  # fmt: skip


def deliver(requisition_id: RequisitionId, *, hand: Hand, uow: UnitOfWork) -> RequisitionOrder:
    """It was brought to the asker's door. Raises UnknownRecord, NotPermitted, Obstructed."""
    order = uow.requisitions.get(hand.actor.facility_id, requisition_id, lock=True)
    if order.state is RequisitionState.DELIVERED or order.state in _AFTER[RequisitionState.DELIVERED]:
        return order
    _may(Deed.FULFIL, order.from_place_id, doing="deliver", order=order, hand=hand, uow=uow)
    _can(order, RequisitionState.DELIVERED)
    return _changed(replace(order, state=RequisitionState.DELIVERED), hand=hand, uow=uow)


def receive_requisition(
    requisition_id: RequisitionId, received: Mapping[int, int] | None = None, *, hand: Hand, uow: UnitOfWork
) -> RequisitionOrder:
    """It has come: ``received`` base units by line number, of those that are not named all that was picked.

    What came lies on the asker's shelf (on hold, where a hold is over its lot); what did not is on the store's shelf again. All
    that was asked, or a substitute for it, makes it RECEIVED, less makes it SHORT. It may be received before anybody said that it
    was delivered.

    Raises UnknownRecord; NotPermitted; Invalid for more than was picked; Obstructed where nothing is under way.
    """
    return _settle(requisition_id, received, doing="receive", hand=hand, uow=uow)


def report_short(
    requisition_id: RequisitionId, received: Mapping[int, int] | None = None, *, hand: Hand, uow: UnitOfWork
) -> RequisitionOrder:
    """The rest will not come: said by the store, before or after picking, or by the asker. ``received`` by line number is what came
    all the same, none where not named; what was picked beyond it is on the store's shelf again.

    Raises UnknownRecord, NotPermitted, Invalid, Obstructed.
    """
    return _settle(requisition_id, received or {}, doing="short", hand=hand, uow=uow)


def cancel_requisition(requisition_id: RequisitionId, *, hand: Hand, uow: UnitOfWork) -> RequisitionOrder:
    """It is needed no more: by who asked, or by who picks, before it was picked. Raises UnknownRecord, NotPermitted, Obstructed."""
    order = uow.requisitions.get(hand.actor.facility_id, requisition_id, lock=True)
    if order.state is RequisitionState.CANCELLED:
        return order
    if order.asker_id != hand.actor.id:
        _may(Deed.FULFIL, order.from_place_id, doing="cancel", order=order, hand=hand, uow=uow)
    _can(order, RequisitionState.CANCELLED)
    return _changed(replace(order, state=RequisitionState.CANCELLED), hand=hand, uow=uow)


def _settle(
    requisition_id: RequisitionId,
    received: Mapping[int, int] | None,
    *,
    doing: str,
    hand: Hand,
    uow: UnitOfWork,
) -> RequisitionOrder:
    order = uow.requisitions.get(hand.actor.facility_id, requisition_id, lock=True)
    short = doing == "short"
    if order.state in (RequisitionState.RECEIVED, RequisitionState.SHORT):
        return order
    if not (
        short
        and permit(Deed.FULFIL, actor=hand.actor, place_id=order.from_place_id, worth=Decimal(0), uow=uow)
        is None
    ):
        _may(Deed.REQUISITION, order.to_place_id, doing=doing, order=order, hand=hand, uow=uow)
    if order.state is RequisitionState.CANCELLED or (not short and order.state is RequisitionState.ASKED):
        _can(order, RequisitionState.RECEIVED)
    came = _came(order, received, short=short)
    _post(_arrivals(order, came, hand=hand, uow=uow), order, "settle", hand=hand, uow=uow)
    lines = tuple(replace(line, received=came.get(line.number, 0)) for line in order.lines)
    state = RequisitionState.RECEIVED if _complete(lines) else RequisitionState.SHORT
    return _changed(replace(order, state=state, lines=lines), hand=hand, uow=uow)


def _arrivals(order: RequisitionOrder, came: Mapping[int, int], *, hand: Hand, uow: UnitOfWork) -> list[Move]:
    """What came goes to its shelf, the rest back to where it was picked; a hold reaches both, and asks their places."""
    posted = movements_of(_key(order, "pick"), uow=uow)
    left: dict[ItemId, int] = {}
    for line in order.lines:
        left[line.item_id] = left.get(line.item_id, 0) + came.get(line.number, 0)
    items = {movement.item_id for movement in posted}
    desk = Desk(actor=hand.actor, today=hand.today, uow=uow, now=hand.now, locking=True)
    there = desk.stock(list(items), places=[order.to_place_id]) if items else []
    shelves = homes(items, place_id=order.to_place_id, lines=there, desk=desk)
    uow.holds.fence(items, alone=False)
    holds = held_by({m.lot_id for m in posted}, items, facility_id=order.facility_id, uow=uow)
    moves: list[Move] = []
    for movement in posted:
        assert movement.from_place_id is not None  # noqa: S101 - it was picked from a shelf
        arrived = min(movement.quantity, left[movement.item_id])
        left[movement.item_id] -= arrived
        status = status_under(holds, item_id=movement.item_id, lot_id=movement.lot_id)
        for quantity, place_id, what in (
            (arrived, shelves[movement.item_id], "received"),
            (movement.quantity - arrived, movement.from_place_id, "short, back on the shelf"),
        ):
            if not quantity:
                continue
            move = Move(
                kind=MovementKind.TRANSFER,
                item_id=movement.item_id,
                quantity=quantity,
                lot=movement.lot_id,
                from_place_id=order.to_place_id,
                to_place_id=place_id,
                from_status=StockStatus.IN_TRANSIT,
                to_status=status,
                owner_id=movement.owner_id,
                unit_cost=movement.unit_cost,
                reason=f"{order.number}, {what}",
            )
            moves.append(move)
            if status is not StockStatus.AVAILABLE:
                note_arrival(
                    holds,
                    place_id=place_id,
                    item_id=move.item_id,
                    lot_id=movement.lot_id,
                    quantity=quantity,
                    uow=uow,
                )
    return moves


def _came(order: RequisitionOrder, received: Mapping[int, int] | None, *, short: bool) -> dict[int, int]:
    """Base units by line; of lines that are not named all that was picked, or none where it is short."""
    given = dict(received or {})
    for number, quantity in given.items():
        line = _line(order, number)
        if not 0 <= quantity <= line.picked:
            raise Invalid(f"Of line {number}, {line.picked:,} were sent; {quantity:,} can not have come.")
    return {line.number: given.get(line.number, 0 if short else line.picked) for line in order.lines}


def _complete(lines: Sequence[RequisitionLine]) -> bool:
    """Did all that was asked come, substitutes counted for what they stand in for?"""
    instead: dict[int, int] = {}
    for line in lines:
        if line.instead_of is not None:
            instead[line.instead_of] = instead.get(line.instead_of, 0) + line.received
    return all(
        line.received + instead.get(line.number, 0) >= line.asked for line in lines if line.instead_of is None
    )


def _what_there_is(order: RequisitionOrder, *, desk: Desk) -> list[Picked]:
    there = available_at(
        order.from_place_id,
        {line.item_id: line.asked for line in order.lines},
        besides=order.to_place_id,
        desk=desk,
    )
    found = []
    for line in order.lines:
        quantity = min(line.asked, there.get(line.item_id, 0))
        there[line.item_id] = there.get(line.item_id, 0) - quantity
        if quantity:
            found.append(Picked(line.number, quantity))
    return found


def _checked(order: RequisitionOrder, picked: Sequence[Picked]) -> list[Picked]:
    for one in picked:
        _line(order, one.line)
        if one.quantity < 0:
            raise Invalid(f"Of line {one.line}, {one.quantity:,} can not have been picked.")
    return [one for one in picked if one.quantity]


def _line(order: RequisitionOrder, number: int) -> RequisitionLine:
    for line in order.lines:
        if line.number == number:
            return line
    raise Invalid(f"{order.number} has no line {number}.")


def _with_picked(
    order: RequisitionOrder, picked: Sequence[Picked], taken: Sequence[TakenLine]
) -> tuple[RequisitionLine, ...]:
    """The lines with what was picked; a substitute is a line of its own behind them."""
    lines = {line.number: line for line in order.lines}
    for one, what in zip(picked, taken, strict=True):
        line = lines[one.line]
        if what.item.id == line.item_id:
            lines[one.line] = replace(line, picked=line.picked + one.quantity)
            continue
        number = max(lines) + 1
        entered = f"{one.quantity:,} {what.item.base_unit} {named(what.item)}"
        lines[number] = RequisitionLine(
            number, what.item.id, one.quantity, picked=one.quantity, entered=entered, instead_of=line.number
        )
    return tuple(lines.values())


def _can(order: RequisitionOrder, state: RequisitionState) -> None:
    if state not in NEXT[order.state] and not (
        state is RequisitionState.RECEIVED and order.state is RequisitionState.PICKED
    ):
        raise Obstructed(f"{order.number} is {order.state}; it can not be {state} now.")


def _may(
    deed: Deed, place_id: PlaceId, *, doing: str, order: RequisitionOrder, hand: Hand, uow: UnitOfWork
) -> None:
    require(deed, doing=f"requisition-{doing}", actor=hand.actor, place_id=place_id, now=hand.now, uow=uow)


def _key(order: RequisitionOrder, step: str) -> str:
    return f"requisition:{order.facility_id}:{order.id}:{step}"


def _post(moves: Sequence[Move], order: RequisitionOrder, step: str, *, hand: Hand, uow: UnitOfWork) -> None:
    written(
        moves,
        key=_key(order, step),
        actor=hand.actor,
        now=hand.now,
        today=hand.today,
        source=hand.source,
        uow=uow,
    )


def _changed(order: RequisitionOrder, *, hand: Hand, uow: UnitOfWork) -> RequisitionOrder:
    """Writes the step down and commits; the row is locked, so nobody was first."""
    changed = replace(order, version=order.version + 1, changed_at=hand.now)
    uow.requisitions.change(changed)
    uow.trail.add(
        TrailEntry(
            order.facility_id, hand.now, hand.actor.id, TrailKind.CHANGED, "requisition",
            f"{order.number}: {order.state}.",
        )
    )  # fmt: skip
    uow.commit()
    return changed
