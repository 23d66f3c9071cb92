"""From the digest of slow stock to the card of a transfer or of a lower par."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.dialogue.acting.sketch import Sketch, SketchLine, Spotted, Verb
from domain.errors import Invalid, Stale
from domain.model.alert import Alert, AlertKind
from domain.model.ids import ItemId, PlaceId
from domain.model.person import Person
from domain.ports import UnitOfWork

REASON = "slow stock: use of half a year needs less"


@dataclass(frozen=True, slots=True)
class SlowProposer:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.SLOW

    def sketch(self, alert: Alert, *, choice: str, person: Person, today: date, uow: UnitOfWork) -> Sketch:
        """A transfer of what is still there ("move:12:5"), or the levels brought down to a par ("par:4").

        Raises Stale where nothing is left there or the par is that low already, Invalid for another choice.
        """
        facts = alert.finding.facts
        item, place = facts.get("item"), facts.get("place")
        verb, _, rest = choice.partition(":")
        if not (isinstance(item, int) and isinstance(place, int)):
            raise Stale("This alert is from an older Parley; the next digest has a fresh one.")
        if verb == "par" and rest.isdigit():
            return _lowered(ItemId(item), PlaceId(place), int(rest), uow=uow)
        to, _, amount = rest.partition(":")
        if verb != "move" or not to.isdigit() or not amount.isdigit():
            raise Invalid("I can not read this button any more; the next digest has a fresh one.")
        there = uow.stock.of_items([ItemId(item)], places=[PlaceId(place)])
        left = sum(line.available(today) for line in there)
        if left < 1:
            raise Stale("Nothing of it is left there to move: it was used or moved since.")
        return Sketch(
            verb=Verb.TRANSFER,
            lines=(SketchLine(items=(item,), figure=str(min(left, int(amount)))),),
            here=Spotted(ids=(place,)),
            there=Spotted(ids=(int(to),)),
        )


def _lowered(item_id: ItemId, place_id: PlaceId, par: int, *, uow: UnitOfWork) -> Sketch:
    """Minimum and reorder point stay below the new par, the maximum keeps its distance."""
    found = uow.pars.of(items=[item_id], places=[place_id])
    if not found or found[0].par <= par:
        raise Stale("The par is that low already, or there is none any more.")
    now = found[0]
    reorder = min(now.reorder_point, max(0, par - 1))
    levels = {
        "minimum": min(now.minimum, reorder),
        "reorder-point": reorder,
        "par": par,
        "maximum": par + (now.maximum - now.par),
    }
    return Sketch(
        verb=Verb.SET_PAR,
        lines=(
            SketchLine(items=(item_id,), levels=tuple((name, str(value)) for name, value in levels.items())),
        ),
        here=Spotted(ids=(place_id,)),
        reason=REASON,
    )
