"""From "Move 12 to OR 3" to the card of the transfer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.dialogue.acting.sketch import Sketch, SketchLine, Spotted, Verb
from bot.dialogue.alerting.lots import lying
from domain.errors import Invalid, Stale
from domain.model.alert import Alert, AlertKind
from domain.model.ids import PlaceId
from domain.model.person import Person
from domain.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class ExpiringProposer:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.EXPIRING

    def sketch(self, alert: Alert, *, choice: str, person: Person, today: date, uow: UnitOfWork) -> Sketch:
        """The transfer of what is still there, at most what was proposed. Raises Stale where nothing of the lot is, Invalid for
        another choice."""
        verb, _, rest = choice.partition(":")
        place, _, amount = rest.partition(":")
        if verb != "move" or not place.isdigit() or not amount.isdigit():
            raise Invalid("I can not read this button any more; the next digest has a fresh one.")
        facts = alert.finding.facts
        here = lying(facts, uow=uow)
        left = sum(line.available(today) for line in here.lines)
        if left < 1:
            raise Stale(f"Nothing of lot {here.number} is left there to move: it was used or moved since.")
        uow.places.tree().get(PlaceId(int(place)))
        return Sketch(
            verb=Verb.TRANSFER,
            lines=(
                SketchLine(items=(here.item_id,), figure=str(min(left, int(amount))), lots=(here.lot_id,)),
            ),
            here=Spotted(ids=(here.place_id,)),
            there=Spotted(ids=(int(place),)),
        )
