"""A1: used, and charged."""

from __future__ import annotations

from domain.model.movement import MovementKind
from domain.model.permission import Deed
from domain.usecases.act import obstacles
from domain.usecases.act.costing import charged_to, target_ref
from domain.usecases.act.desk import Desk, Prepared
from domain.usecases.act.permissions import permitted
from domain.usecases.act.plans import Plan
from domain.usecases.act.requests import Consume
from domain.usecases.act.taking import Rules, take

RULES = Rules(beyond=True)


def prepare_consume(action: Consume, *, desk: Desk) -> Prepared:
    """What was used is recorded even where the books hold less: it goes below zero, and a count is asked for."""
    takings = take(action.lines, place_id=action.place_id, rules=RULES, desk=desk)
    problems = takings.problems
    target = charged_to(action.target, place_id=action.place_id, tree=desk.tree)
    if target is None:
        problems.append(obstacles.no_target())
    elif target.case_id is None and target.encounter_id is None:
        problems.extend(
            obstacles.patient_item(line.item, index=index)
            for index, line in enumerate(takings.lines)
            if line.item.chargeable
        )
    lines = takings.planned(desk=desk)
    plan = Plan(
        request=action,
        lines=lines,
        problems=tuple(problems),
        source=desk.ref(action.place_id),
        target=target_ref(target, reader=desk.actor, uow=desk.uow) if target is not None else None,
        currency=desk.currency(action.place_id),
    )
    moves = takings.moves(MovementKind.CONSUME, charge=target)
    return Prepared(permitted(plan, Deed.CONSUME, place_id=action.place_id, desk=desk), moves)
