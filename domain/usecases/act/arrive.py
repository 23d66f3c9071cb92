"""A2's second half: what was sent has come, and lies on the shelf."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from domain.errors import Invalid
from domain.model.ids import PlaceId
from domain.model.item import Item
from domain.model.movement import Movement, MovementKind, StockKey, StockStatus
from domain.model.permission import Deed
from domain.model.receipt import Receipt
from domain.model.stock import StockLine
from domain.ports import UnitOfWork
from domain.usecases.act import obstacles
from domain.usecases.act.desk import Desk, Move, Prepared
from domain.usecases.act.permissions import permitted
from domain.usecases.act.picking import key_of
from domain.usecases.act.plans import Obstacle, Pick, Plan, PlannedLine, Problem, Weight
from domain.usecases.act.quantities import named
from domain.usecases.act.requests import Arrive
from domain.usecases.act.shelving import Holds
from domain.usecases.ask.shelves import item_ref


def arrival_key(sent: Movement) -> str:
    """What the keys of all arrivals of a sent movement begin with: how much of it has come is found by that."""
    return f"arrived:{sent.id}:"


def under_way(sent: Movement, *, uow: UnitOfWork) -> int:
    """How much of what ``sent`` sent has not come yet, base units."""
    assert sent.to_place_id is not None  # noqa: S101 - a transfer enters a place
    facility_id = uow.places.tree().get(sent.to_place_id).facility_id
    come = uow.ledger.standing(facility_id, arrival_key(sent))
    return sent.quantity - sum(movement.quantity for movement in come)


def prepare_arrive(action: Arrive, *, desk: Desk) -> Prepared:
    """All that is still under way, or what was ``found`` of it; the rest stays in transit, and is said.

    Raises UnknownRecord for the receipt, Invalid for a receipt that sent nothing or a movement that is none of its own.
    """
    receipt = desk.uow.receipts.get(action.facility_id or desk.actor.facility_id, action.receipt_id)
    sent = sent_by(receipt, uow=desk.uow)
    if not sent:
        raise Invalid(f"{receipt.number} sent nothing on its way; there is nothing to receive.")
    places = list(dict.fromkeys(_destination(movement) for movement in sent))
    items = desk.items(movement.item_id for movement in sent)
    lines = {key_of(line): line for line in desk.stock(list(items), places=places)}
    found = dict(action.found)
    strange = found.keys() - {movement.id for movement in sent}
    if strange or any(quantity < 0 for quantity in found.values()):
        raise Invalid(f"What was found must be of what {receipt.number} sent, zero or more of each.")
    holds = Holds(
        desk.tree.get(places[0]).facility_id, lots=[m.lot_id for m in sent], items=list(items), desk=desk
    )
    planned: list[PlannedLine] = []
    moves: list[Move] = []
    problems: list[Problem] = []
    left: defaultdict[StockKey, int] = defaultdict(int)
    for key, line in lines.items():
        left[key] = line.on_hand
    for movement in sent:
        key = _transit_key(movement)
        there = max(0, min(under_way(movement, uow=desk.uow), left[key]))
        came = found.get(movement.id, there)
        left[key] -= came
        if not came and not there:
            continue
        item, index = items[movement.item_id], len(planned)
        problem = _difference(item, came=came, there=there, index=index)
        if problem is not None:
            problems.append(problem)
        status = holds.status(movement.item_id, movement.lot_id)
        if status is not StockStatus.AVAILABLE:
            problems.append(obstacles.put_on_hold(item, status=status, index=index))
        planned.append(_line(item, movement, came, lines.get(key), desk=desk))
        if came:
            moves.append(_move(movement, came, status))
    if not planned or not moves:
        problems.insert(0, obstacles.not_done(f"Nothing of what {receipt.number} sent is still on its way."))
    plan = Plan(
        request=action,
        lines=tuple(planned),
        problems=tuple(problems),
        destination=desk.ref(places[0]),
        currency=desk.currency(places[0]),
    )
    return Prepared(
        permitted(plan, Deed.TRANSFER, place_id=places[0], desk=desk, worth=Decimal(0)), tuple(moves)
    )


def sent_by(receipt: Receipt, *, uow: UnitOfWork) -> Sequence[Movement]:
    """The receipt's movements into transit; none of a receipt that was undone."""
    if receipt.undone_by is not None:
        return ()
    found = uow.ledger.many(receipt.movement_ids)
    return [
        found[movement_id]
        for movement_id in receipt.movement_ids
        if found[movement_id].kind is MovementKind.TRANSFER
        and found[movement_id].to_status is StockStatus.IN_TRANSIT
    ]


def _destination(movement: Movement) -> PlaceId:
    assert movement.to_place_id is not None  # noqa: S101 - a transfer enters a place
    return movement.to_place_id


def _transit_key(movement: Movement) -> StockKey:
    return StockKey(
        movement.item_id,
        _destination(movement),
        movement.lot_id,
        movement.owner_id,
        StockStatus.IN_TRANSIT,
    )


def _difference(item: Item, *, came: int, there: int, index: int) -> Problem | None:
    if came > there:
        return Problem(
            Obstacle.DELIVERY,
            Weight.BLOCKS,
            f"{there:,} of {named(item)} are on their way, so {came:,} can not have come.",
            f"Receive {there:,}, then count the shelf.",
            line=index,
        )
    if came < there:
        return Problem(
            Obstacle.DELIVERY,
            Weight.WARNS,
            f"{there - came:,} of {named(item)} did not come; they stay in transit.",
            "Receive them when they come; what is lost is received, then wasted as lost.",
            line=index,
        )
    return None


def _line(item: Item, movement: Movement, came: int, lying: StockLine | None, *, desk: Desk) -> PlannedLine:
    place = desk.ref(_destination(movement))
    pick = Pick(
        place=place,
        lot_id=movement.lot_id,
        lot_number=lying.lot_number if lying is not None else "",
        serial=lying.serial if lying is not None else "",
        expires_on=lying.expires_on if lying is not None else None,
        owner_id=movement.owner_id,
        on_hand=lying.on_hand if lying is not None else 0,
        quantity=came,
        unit_cost=movement.unit_cost,
        status=StockStatus.IN_TRANSIT,
    )
    return PlannedLine(
        item=item_ref(item),
        quantity=came,
        entered=Decimal(came),
        entered_unit=item.base_unit,
        picks=(pick,) if came else (),
        puts=place,
    )


def _move(movement: Movement, came: int, status: StockStatus) -> Move:
    place_id = _destination(movement)
    return Move(
        kind=MovementKind.TRANSFER,
        item_id=movement.item_id,
        quantity=came,
        lot=movement.lot_id,
        from_place_id=place_id,
        to_place_id=place_id,
        from_status=StockStatus.IN_TRANSIT,
        to_status=status,
        owner_id=movement.owner_id,
        unit_cost=movement.unit_cost,
        reason="arrived",
        key=arrival_key(movement),
    )
