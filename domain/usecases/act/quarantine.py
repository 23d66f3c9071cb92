"""A9: stock is put on hold wherever it lies, at once; and the end of a hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from domain.errors import AlreadyReversed, Invalid
from domain.model.hold import Hold, HoldId, PlaceCheck
from domain.model.ids import ItemId, LotId, PlaceId
from domain.model.item import Item
from domain.model.movement import HELD, MovementKind, StockStatus
from domain.model.permission import Deed
from domain.model.receipt import Receipt
from domain.model.stock import StockLine
from domain.usecases.act.costing import UnitCosts
from domain.usecases.act.desk import Desk, Move, Prepared
from domain.usecases.act.holds import held_by, status_for, status_under
from domain.usecases.act.permissions import permitted
from domain.usecases.act.picking import key_of
from domain.usecases.act.plans import Obstacle, Pick, Plan, PlannedLine, Problem, Weight
from domain.usecases.act.requests import LiftHold, Quarantine
from domain.usecases.ask.shelves import item_ref


def prepare_quarantine(action: Quarantine, *, desk: Desk) -> Prepared:
    """Everything of the lots, or of the item, that lies on a shelf of the facility is held; what is under way is held on arrival.

    Raises Invalid where neither or both of lots and item are named; UnknownLot, UnknownItem, UnknownPlace.
    """
    if bool(action.lots) == (action.item_id is not None):
        raise Invalid("Say what is held: lots (or serial numbers), or all of one item.")
    status = status_for(recalled=action.recalled)
    found = _stock(action.lots, action.item_id, desk=desk)
    inside = _inside(action.places, desk=desk)
    here = [line for line in found if line.place_id in inside]
    rising = [line for line in here if _is_raised(line, status)]
    items = _items(action.lots, action.item_id, desk=desk)
    problems: list[Problem] = []
    if not action.reason.strip():
        problems.append(
            Problem(Obstacle.NEEDS_REASON, Weight.MISSING, "Why is it held? Say it in a few words.")
        )
    under_way = sum(line.on_hand for line in here if line.status is StockStatus.IN_TRANSIT)
    if under_way:
        problems.append(
            Problem(
                Obstacle.NOT_HERE,
                Weight.WARNS,
                f"{under_way:,} are under way; they are held when they arrive.",
            )
        )
    covering = [hold for hold in held_by(action.lots, _whole(action), facility_id=desk.actor.facility_id, uow=desk.uow)
                if _covers(hold, action)]  # fmt: skip
    if not rising and covering:
        number = covering[0].number
        problems.append(Problem(Obstacle.ALREADY_DONE, Weight.BLOCKS, f"It is on hold already ({number})."))
    elif not rising:
        problems.append(
            Problem(
                Obstacle.NOT_HERE, Weight.WARNS, "None of it lies on a shelf now; what arrives will be held."
            )
        )
    return _prepared(
        action, rising, to=status, items=items, problems=problems, deed=Deed.QUARANTINE, desk=desk
    )


def keep_hold(action: Quarantine, prepared: Prepared, *, receipt: Receipt, desk: Desk) -> Hold:
    """Opens the hold with one row of the checklist for each shelf that holds some of it; for ``post``, in its unit of work."""
    inside = _inside(action.places, desk=desk)
    there: dict[PlaceId, int] = {}
    for line in _stock(action.lots, action.item_id, desk=desk):
        if line.place_id in inside and line.on_hand > 0 and line.status is not StockStatus.IN_TRANSIT:
            there[line.place_id] = there.get(line.place_id, 0) + line.on_hand
    return desk.uow.holds.add(
        Hold(
            id=HoldId(0),
            facility_id=receipt.facility_id,
            draft_id=receipt.draft_id,
            reason=action.reason.strip(),
            recalled=action.recalled,
            opened_by=desk.actor.id,
            opened_at=receipt.posted_at,
            lot_ids=tuple(dict.fromkeys(action.lots)),
            item_id=action.item_id,
            checks=tuple(PlaceCheck(place_id, quantity) for place_id, quantity in sorted(there.items())),
        )
    )


def prepare_lift(action: LiftHold, *, desk: Desk) -> Prepared:
    """What the hold blocked is available again, but for what another open hold is over: that stays held as that one says.

    Raises UnknownRecord.
    """
    hold = desk.uow.holds.get(desk.actor.facility_id, action.hold_id)
    problems: list[Problem] = []
    if hold.lifted_at is not None:
        problems.append(Problem(Obstacle.ALREADY_DONE, Weight.BLOCKS, f"{hold.number} was lifted already."))
    if not action.reason.strip():
        problems.append(
            Problem(Obstacle.NEEDS_REASON, Weight.MISSING, "Why may it be used again? Say it in a few words.")
        )
    waiting = len(hold.checks) - hold.answered
    if waiting:
        problems.append(
            Problem(
                Obstacle.UNUSUAL,
                Weight.WARNS,
                f"{waiting} of {len(hold.checks)} places have not answered yet.",
            )
        )
    stock = _stock(hold.lot_ids, hold.item_id, desk=desk)
    others = [
        other
        for other in held_by(
            [line.lot_id for line in stock],
            [line.item_id for line in stock],
            facility_id=hold.facility_id,
            uow=desk.uow,
        )
        if other.id != hold.id
    ]
    items = _items(hold.lot_ids, hold.item_id, desk=desk)
    freed = [
        (line, status_under(others, item_id=line.item_id, lot_id=line.lot_id))
        for line in stock
        if line.on_hand > 0 and line.status in HELD
    ]
    changing = [(line, to) for line, to in freed if to is not line.status]
    if len(changing) < len(freed):
        problems.append(
            Problem(Obstacle.HELD, Weight.WARNS, "Some of it stays held: another hold is over it too.")
        )
    return _prepared(
        action, [line for line, _ in changing], to=[to for _, to in changing], items=items, problems=problems,
        deed=Deed.LIFT_HOLD, desk=desk,
    )  # fmt: skip


def keep_lift(action: LiftHold, prepared: Prepared, *, receipt: Receipt, desk: Desk) -> Hold:
    """Closes the hold; for ``post``, in its unit of work. Raises AlreadyReversed where somebody lifted it first."""
    uow, facility_id = desk.uow, desk.actor.facility_id
    if not uow.holds.lift(facility_id, action.hold_id, person_id=desk.actor.id, now=receipt.posted_at):
        raise AlreadyReversed(f"H-{action.hold_id} was lifted already.")
    return uow.holds.get(facility_id, action.hold_id)


def _is_raised(line: StockLine, status: StockStatus) -> bool:
    """Is it on a shelf and less than ``status`` as yet? A recall goes over a quarantine, not the other way."""
    if line.on_hand <= 0:
        return False
    if line.status is StockStatus.AVAILABLE:
        return True
    return line.status is StockStatus.QUARANTINED and status is StockStatus.RECALLED


def _whole(action: Quarantine) -> tuple[ItemId, ...]:
    return () if action.item_id is None else (action.item_id,)


def _covers(hold: Hold, action: Quarantine) -> bool:
    """Does an open hold say all that this one would?"""
    what = (action.item_id is not None and hold.item_id == action.item_id) or (
        bool(action.lots) and set(action.lots) <= set(hold.lot_ids)
    )
    return what and (hold.recalled or not action.recalled)


def _inside(places: Sequence[PlaceId], *, desk: Desk) -> frozenset[PlaceId]:
    """All places of the actor's facility, or those named with all inside them."""
    tree = desk.tree
    root = desk.uow.places.facility(desk.actor.facility_id).place_id
    return frozenset[PlaceId]().union(*(tree.subtree(place_id) for place_id in places or (root,)))


def _stock(lots: Collection[LotId], item_id: ItemId | None, *, desk: Desk) -> list[StockLine]:
    """Balances of the lots, or of the item, in the actor's facility; held until the end where the desk is locking."""
    root = desk.uow.places.facility(desk.actor.facility_id).place_id
    items = [item_id] if item_id is not None else [desk.uow.lots.get(lot_id).item_id for lot_id in lots]
    wanted = list(dict.fromkeys(items))
    lines = desk.stock(wanted, places=[root])
    if desk.locking:
        desk.uow.holds.fence(wanted, alone=True)
        lines = desk.stock(wanted, places=[root])  # with what arrived until then
    # In one order always: what is read back and what is posted are compared.
    return sorted((line for line in lines if item_id is not None or line.lot_id in lots), key=key_of)


def _items(lots: Collection[LotId], item_id: ItemId | None, *, desk: Desk) -> dict[ItemId, Item]:
    wanted = [item_id] if item_id is not None else [desk.uow.lots.get(lot_id).item_id for lot_id in lots]
    return desk.items(wanted)


def _prepared(
    action: Quarantine | LiftHold,
    lines: Sequence[StockLine],
    *,
    to: StockStatus | Sequence[StockStatus],
    items: dict[ItemId, Item],
    problems: Sequence[Problem],
    deed: Deed,
    desk: Desk,
) -> Prepared:
    costs = UnitCosts(items, [line.lot_id for line in lines], uow=desk.uow)
    after = [to] * len(lines) if isinstance(to, StockStatus) else list(to)
    planned = []
    for item in items.values():
        picks = tuple(
            Pick(
                place=desk.ref(line.place_id),
                lot_id=line.lot_id,
                lot_number=line.lot_number,
                serial=line.serial,
                expires_on=line.expires_on,
                owner_id=line.owner_id,
                on_hand=line.on_hand,
                quantity=line.on_hand,
                unit_cost=costs.of(line.item_id, line.lot_id),
                status=line.status,
            )
            for line in lines
            if line.item_id == item.id
        )
        quantity = sum(pick.quantity for pick in picks)
        lots = [desk.uow.lots.get(lot_id) for lot_id in action.lots] if isinstance(action, Quarantine) else []
        numbers = tuple(lot.number or lot.serial for lot in lots if lot.item_id == item.id)
        planned.append(
            PlannedLine(item_ref(item), quantity, Decimal(quantity), item.base_unit, picks, named=numbers)
        )
    moves = tuple(
        Move(
            kind=MovementKind.STATUS,
            item_id=line.item_id,
            quantity=line.on_hand,
            lot=line.lot_id,
            from_place_id=line.place_id,
            to_place_id=line.place_id,
            from_status=line.status,
            to_status=status,
            owner_id=line.owner_id,
            unit_cost=costs.of(line.item_id, line.lot_id),
            reason=action.reason.strip(),
        )
        for line, status in zip(lines, after, strict=True)
    )
    root = desk.uow.places.facility(desk.actor.facility_id).place_id
    plan = Plan(
        request=action,
        lines=tuple(planned),
        problems=tuple(problems),
        source=desk.ref(root),
        currency=desk.currency(root),
    )
    return Prepared(permitted(plan, deed, place_id=root, desk=desk), moves)
