"""A2: from place to place, at once inside a unit, else in transit until it is received."""

from __future__ import annotations

from domain.model.ids import PlaceId
from domain.model.movement import HELD, MovementKind, StockStatus
from domain.model.permission import Deed
from domain.usecases.act import obstacles
from domain.usecases.act.desk import Desk, Move, Prepared
from domain.usecases.act.permissions import permitted
from domain.usecases.act.plans import Plan
from domain.usecases.act.requests import Transfer
from domain.usecases.act.shelving import homes
from domain.usecases.act.taking import Rules, take

NEAR_METRES = 60.0
"""What is carried further is out of sight on its way: it is received at the other end."""


def walks_through_transit(one: PlaceId, other: PlaceId, *, desk: Desk) -> bool:
    """Between units, or further than NEAR_METRES."""
    tree = desk.tree
    return tree.unit_of(one).id != tree.unit_of(other).id or tree.distance(one, other) > NEAR_METRES


def prepare_transfer(action: Transfer, *, desk: Desk) -> Prepared:
    """What is moved must be there. Held stock, moved by an override, stays held and is never in transit."""
    source, destination = action.from_place_id, action.to_place_id
    inside = desk.tree.within(source, outer=destination)
    takings = take(
        action.lines,
        place_id=source,
        rules=Rules(),
        desk=desk,
        also=[destination],
        besides=None if inside else destination,
    )
    problems = takings.problems
    shelves = homes(
        {line.item.id for line in takings.lines}, place_id=destination, lines=takings.stock, desk=desk
    )
    there = [
        one.line for line in takings.lines for one in line.taken if one.line.place_id == shelves[line.item.id]
    ]
    if there or source == destination:
        place = obstacles.at(desk.ref(there[0].place_id if there else source))
        problems.insert(0, obstacles.not_done(f"It is at {place} already.", "Name another place."))
    transit = action.in_transit
    if transit is None:
        transit = walks_through_transit(source, destination, desk=desk)
    moves = []
    for line in takings.lines:
        for one in line.taken:
            status = one.line.status
            if one.line.place_id == shelves[line.item.id]:
                continue
            moves.append(
                Move(
                    kind=MovementKind.TRANSFER,
                    item_id=line.item.id,
                    quantity=one.quantity,
                    lot=one.line.lot_id,
                    from_place_id=one.line.place_id,
                    to_place_id=shelves[line.item.id],
                    from_status=status,
                    to_status=StockStatus.IN_TRANSIT if transit and status not in HELD else status,
                    owner_id=one.line.owner_id,
                    unit_cost=takings.unit_cost(one.line),
                    entered_quantity=line.entered()[0],
                    entered_unit=line.entered()[1],
                )
            )
    plan = Plan(
        request=action,
        lines=takings.planned(
            desk=desk, puts={index: shelves[line.item.id] for index, line in enumerate(takings.lines)}
        ),
        problems=tuple(problems),
        source=desk.ref(source),
        destination=desk.ref(destination),
        in_transit=transit,
        currency=desk.currency(source),
    )
    return Prepared(permitted(plan, Deed.TRANSFER, place_id=source, desk=desk), tuple(moves))
