"""From a shelf to be counted to the card of its count: every line is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.dialogue.acting.sketch import Sketch, SketchLine, Spotted, Verb
from bot.views.alerts.count_due import BLIND, COUNT
from domain.errors import Invalid, Stale
from domain.model.alert import Alert, AlertKind
from domain.model.ids import ItemId
from domain.model.person import Person
from domain.planning.cycle_counts import A_VISIT
from domain.ports import UnitOfWork
from domain.usecases.alert.cycle_counts import asked_for, weeks_of


@dataclass(frozen=True, slots=True)
class CountDueProposer:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.COUNT_DUE

    def sketch(self, alert: Alert, *, choice: str, person: Person, today: date, uow: UnitOfWork) -> Sketch:
        """What is left to count of the shelf, without figures: they are asked, by form or one after the other. "blind" shows nothing of
        what the books say.

        Raises Stale where somebody counted it; Invalid for another choice.
        """
        if choice not in (COUNT, BLIND):
            raise Invalid("I can not read this button any more; the next digest has a fresh one.")
        items = _left(alert, today=today, uow=uow)
        if not items:
            raise Stale("It is counted already.")
        return Sketch(
            verb=Verb.COUNT,
            lines=tuple(SketchLine(items=(int(item_id),)) for item_id in items[:A_VISIT]),
            here=Spotted(ids=(int(alert.finding.place_id),)),
            blind=choice == BLIND,
        )


def _left(alert: Alert, *, today: date, uow: UnitOfWork) -> list[ItemId]:
    """The items of the alert that are not counted yet, in the order in which they are listed."""
    facts = alert.finding.facts
    listed = facts.get("lines")
    named: list[ItemId] = []
    for line in listed if isinstance(listed, list) else []:
        item = line.get("item") if isinstance(line, dict) else None
        if isinstance(item, int):
            named.append(ItemId(item))
    place = alert.finding.place_id
    if facts.get("asked"):
        there = {
            item_id
            for one in asked_for(alert.facility_id, today=today, uow=uow)
            if one.place_id == place
            for item_id, _ in one.lines
        }
        return [item_id for item_id in named if item_id in there]
    left = {
        line.item_id
        for week in weeks_of(alert.facility_id, today=today, uow=uow)
        for one in week.visits
        if one.visit.place_id == place
        for line in one.left
    }
    return [item_id for item_id in named if item_id in left]
