"""A4: thrown away. Its cost is kept apart from use."""

from __future__ import annotations

from domain.model.movement import MovementKind
from domain.model.permission import Deed
from domain.usecases.act.costing import charged_to, target_ref
from domain.usecases.act.desk import Desk, Prepared
from domain.usecases.act.permissions import permitted
from domain.usecases.act.picking import Choice
from domain.usecases.act.plans import Plan
from domain.usecases.act.requests import Waste, WasteReason
from domain.usecases.act.taking import Rules, take


def prepare_waste(action: Waste, *, desk: Desk) -> Prepared:
    """What is wasted must be there. Expired and held lots need no override: throwing them away is what one does with them.

    Without a lot, what may still be used is taken first (somebody dropped what they had just fetched); as expired, only what is.
    """
    choice = Choice.LAPSED if action.reason is WasteReason.EXPIRED else Choice.ANY
    takings = take(
        action.lines, place_id=action.place_id, rules=Rules(choice=choice, guarded=False), desk=desk
    )
    target = charged_to(action.target, place_id=action.place_id, tree=desk.tree)
    plan = Plan(
        request=action,
        lines=takings.planned(desk=desk),
        problems=tuple(takings.problems),
        source=desk.ref(action.place_id),
        target=target_ref(target, reader=desk.actor, uow=desk.uow) if target is not None else None,
        currency=desk.currency(action.place_id),
    )
    moves = takings.moves(MovementKind.WASTE, charge=target, reason=action.reason.value)
    return Prepared(permitted(plan, Deed.WASTE, place_id=action.place_id, desk=desk), moves)
