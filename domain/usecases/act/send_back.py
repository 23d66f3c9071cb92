"""A10: from us to the supplier."""

from __future__ import annotations

from domain.model.ids import OURS
from domain.model.movement import MovementKind
from domain.model.permission import Deed
from domain.usecases.act import obstacles
from domain.usecases.act.desk import Desk, Prepared
from domain.usecases.act.permissions import permitted
from domain.usecases.act.picking import Choice
from domain.usecases.act.plans import Obstacle, Plan, Problem, Weight
from domain.usecases.act.requests import SendBack
from domain.usecases.act.taking import Rules, take


def prepare_send_back(action: SendBack, *, desk: Desk) -> Prepared:
    """What goes back must be there; expired and held lots may go, a consignor's to the consignor only.

    Raises UnknownSupplier.
    """
    supplier = desk.uow.catalogue.supplier(action.supplier_id)
    takings = take(
        action.lines, place_id=action.place_id, rules=Rules(choice=Choice.ANY, guarded=False), desk=desk
    )
    problems = takings.problems
    for index, line in enumerate(takings.lines):
        for one in {one.line.lot_id: one for one in line.taken}.values():
            if one.line.owner_id not in (OURS, action.supplier_id):
                owner = desk.uow.catalogue.supplier(one.line.owner_id).name
                problems.append(obstacles.consigned(one.line, owner=owner, index=index, weight=Weight.BLOCKS))
    if not action.reason.strip():
        problems.append(
            Problem(Obstacle.NEEDS_REASON, Weight.MISSING, f"Why does it go back to {supplier.name}?")
        )
    plan = Plan(
        request=action,
        lines=takings.planned(desk=desk),
        problems=tuple(problems),
        source=desk.ref(action.place_id),
        currency=desk.currency(action.place_id),
    )
    words = [
        f"to {supplier.name}",
        action.reason.strip(),
        f"reference {action.reference}" if action.reference else "",
    ]
    moves = takings.moves(MovementKind.SEND_BACK, reason="; ".join(word for word in words if word))
    return Prepared(permitted(plan, Deed.SEND_BACK, place_id=action.place_id, desk=desk), moves)
