"""What is missing or in doubt in a sketch, in the order in which people think: the thing, how much, where, for whom, why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from bot.dialogue.acting.finding import Scene, area_of, areas_with, levels_of
from bot.dialogue.acting.sketch import Sketch, Verb
from domain.model.ids import PlaceId
from domain.usecases.act.plans import Obstacle, Plan, Weight
from domain.usecases.act.requests import Receive


class Slot(StrEnum):
    ITEM = "item"
    LOT = "lot"
    UNIT = "unit"
    QUANTITY = "quantity"
    LEVEL = "level"
    HERE = "here"
    THERE = "there"
    SPLIT = "split"
    NUMBER = "number"
    SERIAL = "serial"
    EXPIRY = "expiry"
    TARGET = "target"
    REASON = "reason"
    SUPPLIER = "supplier"
    ORDER = "order"
    RECEIPT = "receipt"
    HOLD = "hold"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Gap:
    """One piece that is open; ``line`` where it is of a line. ``sentence`` is what the plan says of it."""

    slot: Slot
    line: int | None = None
    sentence: str = ""


_HERE_NEEDED = frozenset(
    {
        Verb.CONSUME,
        Verb.TRANSFER,
        Verb.RECEIVE,
        Verb.WASTE,
        Verb.COUNT,
        Verb.SET_PAR,
        Verb.RETURN,
        Verb.SEND_BACK,
    }
)
_TAKEN = frozenset({Verb.CONSUME, Verb.TRANSFER, Verb.WASTE, Verb.SEND_BACK})
_THERE_NEEDED = frozenset({Verb.TRANSFER, Verb.REQUISITION})
_LINES_NEEDED = frozenset(Verb) - {Verb.UNDO, Verb.ARRIVE, Verb.LIFT, Verb.SUBSCRIBE}
_UNCOUNTED = frozenset({Verb.QUARANTINE, Verb.SET_PAR, Verb.SUBSCRIBE})
_COUNTED_BY_PAR = frozenset({Verb.REORDER})
_FIGURES_ONLY = frozenset({Verb.RECEIVE, Verb.COUNT, Verb.REQUISITION, Verb.REORDER})


def gaps_of(sketch: Sketch, *, scene: Scene) -> tuple[Gap, ...]:
    """Everything that keeps ``sketch`` from being a request, in the order of asking."""
    found: list[Gap] = []
    verb = sketch.verb
    if verb in _LINES_NEEDED and not sketch.lines:
        found.append(Gap(Slot.ITEM, 0))
    for index, line in enumerate(sketch.lines):
        if line.item_id is None:
            found.append(Gap(Slot.ITEM, index))
        if line.unknown or (line.lot_choices and not line.lots):
            found.append(Gap(Slot.LOT, index))
    for index, line in enumerate(sketch.lines):
        if verb in _UNCOUNTED:
            continue
        item = None if line.item_id is None else scene.uow.catalogue.get(line.item_id)
        if item is not None and line.unit and line.unit not in levels_of(item):
            found.append(Gap(Slot.UNIT, index))
        if (
            (not line.counted and (verb not in _COUNTED_BY_PAR or bool(line.figures)))
            or ((line.everything or line.share) and verb in _FIGURES_ONLY)
            or (line.share and item is not None and shared(sketch, index, scene=scene).denominator != 1)
        ):
            found.append(Gap(Slot.QUANTITY, index))
    if verb is Verb.SET_PAR:
        found += [Gap(Slot.LEVEL, index) for index, line in enumerate(sketch.lines) if not line.levels]
    if (
        verb in _HERE_NEEDED
        and sketch.here.place_id is None
        and any(line.place is None for line in sketch.lines)
    ) or (verb in _TAKEN and sketch.here.assumed and nothing_here(sketch, scene=scene)):
        found.append(Gap(Slot.HERE))
    if verb is Verb.QUARANTINE and sketch.here.ids and sketch.here.place_id is None:
        found.append(Gap(Slot.HERE))
    if verb in _THERE_NEEDED and sketch.there.place_id is None:
        found.append(Gap(Slot.SPLIT if sketch.split else Slot.THERE))
    if sketch.target_open:
        found.append(Gap(Slot.TARGET))
    if verb in (Verb.WASTE, Verb.QUARANTINE, Verb.SEND_BACK, Verb.LIFT) and not sketch.reason:
        found.append(Gap(Slot.REASON))
    if verb is Verb.SEND_BACK and sketch.supplier is None:
        found.append(Gap(Slot.SUPPLIER))
    if verb is Verb.RECEIVE and sketch.orders and not sketch.order:
        found.append(Gap(Slot.ORDER))
    if verb in (Verb.UNDO, Verb.ARRIVE) and sketch.receipt is None:
        found.append(Gap(Slot.RECEIPT))
    if verb is Verb.LIFT and sketch.hold is None:
        found.append(Gap(Slot.HOLD))
    if verb is Verb.SUBSCRIBE and sketch.alert is None:
        found.append(Gap(Slot.TOPIC))
    return tuple(found)


def nothing_here(sketch: Sketch, *, scene: Scene) -> bool:
    """Is the place only assumed and holds none of what is taken from it, while others do?"""
    items = [line.item_id for line in sketch.lines if line.item_id is not None and line.place is None]
    if not items or sketch.here.place_id is None or len(items) < len(sketch.lines):
        return False
    home = area_of(sketch.here.place_id, scene=scene)
    areas = areas_with(items, scene=scene)
    return bool(areas) and home not in areas


_OF_PLAN: dict[Obstacle, Slot] = {
    Obstacle.NEEDS_LOT: Slot.NUMBER,
    Obstacle.NEEDS_SERIAL: Slot.SERIAL,
    Obstacle.NEEDS_EXPIRY: Slot.EXPIRY,
    Obstacle.NEEDS_TARGET: Slot.TARGET,
    Obstacle.NEEDS_REASON: Slot.REASON,
}


def gaps_in(plan: Plan) -> tuple[Gap, ...]:
    """What the plan says is missing."""
    receiving = isinstance(plan.request, Receive)
    return tuple(
        Gap(
            Slot.LOT
            if problem.obstacle is Obstacle.NEEDS_LOT and not receiving
            else _OF_PLAN[problem.obstacle],
            problem.line,
            f"{problem.sentence} {problem.remedy}".strip(),
        )
        for problem in plan.problems
        if problem.weight is Weight.MISSING and problem.obstacle in _OF_PLAN
    )


def shared(sketch: Sketch, index: int, *, scene: Scene) -> Fraction:
    """A line's share of what may be taken at its place, in base units."""
    line = sketch.lines[index]
    place_id = PlaceId(line.place) if line.place is not None else sketch.here.place_id
    if line.item_id is None or place_id is None or not line.share:
        return Fraction(0)
    inside = scene.uow.places.tree().subtree(place_id)
    there = sum(one.available(scene.today) for one in scene.uow.stock.of_items([line.item_id], places=inside))
    return Fraction(line.share) * there
