"""A8: the levels of an item at a place, with who changed them and why."""

from __future__ import annotations

from decimal import Decimal

from domain.errors import Invalid
from domain.model.par import Par
from domain.model.permission import Deed
from domain.model.receipt import Receipt, TrailEntry, TrailKind
from domain.usecases.act.desk import Desk, Prepared
from domain.usecases.act.obstacles import at
from domain.usecases.act.permissions import permitted
from domain.usecases.act.plans import Obstacle, Plan, PlannedLine, Problem, Weight
from domain.usecases.act.quantities import MOST, named
from domain.usecases.act.requests import SetPar
from domain.usecases.ask.shelves import item_ref

LEVELS = ("minimum", "reorder_point", "par", "maximum")
"""In the order in which they rise."""


def prepare_set_par(action: SetPar, *, desk: Desk) -> Prepared:
    """The line's ``quantity`` is the new par and ``expected`` the old one, None where there was none.

    Raises Invalid where no level is said, or where those that are said contradict each other; UnknownItem, UnknownPlace.
    """
    item = desk.items([action.item_id])[action.item_id]
    old = _old(action, desk=desk)
    new = levels_after(action, old=old)
    problems: list[Problem] = []
    if old == new:
        problems.append(
            Problem(Obstacle.ALREADY_DONE, Weight.BLOCKS, f"The levels of {named(item)} at {at(desk.ref(action.place_id))} "
                    "are these already.")
        )  # fmt: skip
    elif old is not None:
        problems += _moved_along(action, old=old, new=new)
    line = PlannedLine(
        item_ref(item),
        new.par,
        Decimal(new.par),
        item.base_unit,
        (),
        expected=None if old is None else old.par,
    )
    plan = Plan(
        request=action,
        lines=(line,),
        problems=tuple(problems),
        destination=desk.ref(action.place_id),
        currency=desk.currency(action.place_id),
    )
    return Prepared(permitted(plan, Deed.SET_PAR, place_id=action.place_id, desk=desk))


def keep_par(action: SetPar, prepared: Prepared, *, receipt: Receipt, desk: Desk) -> Par:
    """Writes the levels, and to the trail what they were, what they are, who changed them and why; for ``post``, in its unit."""
    old = _old(action, desk=desk)
    new = levels_after(action, old=old)
    desk.uow.pars.put(new)
    line = prepared.plan.lines[0]
    before = "none" if old is None else said(old)
    why = f" Reason: {action.reason.strip()}." if action.reason.strip() else ""
    desk.uow.trail.add(
        TrailEntry(
            facility_id=receipt.facility_id,
            at=receipt.posted_at,
            person_id=desk.actor.id,
            kind=TrailKind.CHANGED,
            deed="set-par",
            detail=f"{line.item.name} ({line.item.number}) at {desk.ref(action.place_id).path}: {before} -> {said(new)}.{why}",
            draft_id=receipt.draft_id,
            receipt_id=receipt.id,
        )
    )
    return new


def levels_after(action: SetPar, *, old: Par | None) -> Par:
    """The levels that were said, and the others moved only as far as they must to stay in order. Without old levels the others
    follow from what was said: no minimum, reorder at half of par, no more than par.

    Raises Invalid for no level, for one below zero or above a million, and for levels said in an order that does not rise.
    """
    given = {name: value for name in LEVELS if (value := getattr(action, name)) is not None}
    if not given:
        raise Invalid("Say a level: minimum, reorder point, par or maximum.")
    for name, value in given.items():
        if not 0 <= value <= MOST:
            raise Invalid(f"A {name.replace('_', ' ')} is between 0 and {MOST:,}, not {value:,}.")
    rising = [given[name] for name in LEVELS if name in given]
    if rising != sorted(rising):
        told = ", ".join(f"{name.replace('_', ' ')} {given[name]:,}" for name in LEVELS if name in given)
        raise Invalid(f"Levels rise from minimum over reorder point and par to maximum, not {told}.")
    if old is None:
        par = given.get(
            "par", given.get("maximum", given.get("reorder_point", 0) * 2 or given.get("minimum", 0) * 2)
        )
        old = Par(action.item_id, action.place_id, 0, par // 2, par, par)
    levels = {name: given.get(name, getattr(old, name)) for name in LEVELS}
    for index, name in enumerate(LEVELS):
        if name not in given:
            # Between the nearest levels that were said: never past them, and else where it was.
            floor = max((given[below] for below in LEVELS[:index] if below in given), default=0)
            ceiling = min(
                (given[above] for above in LEVELS[index + 1 :] if above in given), default=levels[name]
            )
            levels[name] = max(floor, min(levels[name], max(floor, ceiling)))
    return Par(action.item_id, action.place_id, **levels)


def said(par: Par) -> str:
    """ "min 4, reorder at 6, par 10, max 12"."""
    return f"min {par.minimum:,}, reorder at {par.reorder_point:,}, par {par.par:,}, max {par.maximum:,}"


def _old(action: SetPar, *, desk: Desk) -> Par | None:
    found = desk.uow.pars.of(places=[action.place_id], items=[action.item_id])
    return next((par for par in found if par.place_id == action.place_id), None)


def _moved_along(action: SetPar, *, old: Par, new: Par) -> list[Problem]:
    """What was not said and moves all the same is told."""
    moved = [
        f"{name.replace('_', ' ')} {getattr(old, name):,} to {getattr(new, name):,}"
        for name in LEVELS
        if getattr(action, name) is None and getattr(old, name) != getattr(new, name)
    ]
    if not moved:
        return []
    return [Problem(Obstacle.UNUSUAL, Weight.WARNS, f"To stay in order, this moves too: {', '.join(moved)}.")]
