"""From the pull list to a card of waste, or of a count that finds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.dialogue.acting.sketch import MOST_LINES, Sketch, SketchLine, Spotted, Verb
from bot.dialogue.alerting.lots import lying
from domain.errors import Invalid, Stale
from domain.model.alert import Alert, AlertKind
from domain.model.ids import PlaceId
from domain.model.movement import StockStatus
from domain.model.person import Person
from domain.ports import UnitOfWork
from domain.usecases.act.requests import WasteReason
from domain.usecases.alert.watch_expired import LONG_AGO


@dataclass(frozen=True, slots=True)
class ExpiredProposer:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.EXPIRED

    def sketch(self, alert: Alert, *, choice: str, person: Person, today: date, uow: UnitOfWork) -> Sketch:
        """Waste of all that lies there ("waste"), a count of none ("gone"), or waste of all that lapsed in a unit ("all:12").

        Raises Stale where nothing of it is there any more, Invalid for another choice.
        """
        verb, _, unit = choice.partition(":")
        if verb == "all" and unit.isdigit():
            return _all_of(PlaceId(int(unit)), today=today, uow=uow)
        if choice not in ("waste", "gone"):
            raise Invalid("I can not read this button any more; the next digest has a fresh one.")
        here = lying(alert.finding.facts, uow=uow)
        left = sum(max(0, line.on_hand) for line in here.lines)
        if left < 1:
            raise Stale(f"Nothing of lot {here.number} lies there any more: somebody took it off.")
        waste = choice == "waste"
        return Sketch(
            verb=Verb.WASTE if waste else Verb.COUNT,
            lines=(
                SketchLine(items=(here.item_id,), figure=str(left) if waste else "0", lots=(here.lot_id,)),
            ),
            here=Spotted(ids=(here.place_id,)),
            reason=WasteReason.EXPIRED.value if waste else "",
        )


def _all_of(unit: PlaceId, *, today: date, uow: UnitOfWork) -> Sketch:
    inside = uow.places.tree().subtree(unit)
    lines = uow.stock.expiring(start=LONG_AGO, end=today - timedelta(days=1), places=inside)
    sums: dict[tuple[int, int, int], int] = {}
    for line in lines:
        if line.status is not StockStatus.IN_TRANSIT:
            key = (line.item_id, line.lot_id, line.place_id)
            sums[key] = sums.get(key, 0) + line.on_hand
    if not sums:
        raise Stale("Nothing past its date lies there any more: somebody took it off.")
    return Sketch(
        verb=Verb.WASTE,
        lines=tuple(
            SketchLine(items=(item,), figure=str(quantity), lots=(lot,), place=place)
            for (item, lot, place), quantity in list(sums.items())[:MOST_LINES]
        ),
        here=Spotted(ids=(unit,)),
        reason=WasteReason.EXPIRED.value,
    )
