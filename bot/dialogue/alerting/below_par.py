"""From what is low to the card of a requisition, one line of it or all of a unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.dialogue.acting.sketch import MOST_LINES, Sketch, SketchLine, Spotted, Verb
from bot.views.alerts.below_par import BRING, BRING_ALL
from domain.errors import Invalid, Stale
from domain.model.alert import Alert, AlertKind
from domain.model.ids import PlaceId
from domain.model.person import Person
from domain.model.place import PlaceKind, PlaceTree
from domain.ports import UnitOfWork
from domain.usecases.alert.low_lines import LowOne, low_lines


@dataclass(frozen=True, slots=True)
class BelowParProposer:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.BELOW_PAR

    def sketch(self, alert: Alert, *, choice: str, person: Person, today: date, uow: UnitOfWork) -> Sketch:
        """What is low now, not what was when the digest was posted: "bring" one line, "all:12" of a unit.

        Raises Stale where enough came meanwhile; Invalid for another choice.
        """
        tree = uow.places.tree()
        verb, _, unit = choice.partition(":")
        if verb == BRING_ALL and unit.isdigit():
            lines = [
                line
                for line in low_lines(alert.facility_id, today=today, uow=uow, unit=PlaceId(int(unit)))
                if line.sources
            ]
            if not lines:
                raise Stale("Nothing of it is low any more.")
            return _asked(lines[:MOST_LINES], to=PlaceId(int(unit)), tree=tree)
        if choice != BRING:
            raise Invalid("I can not read this button any more; the next digest has a fresh one.")
        place = alert.finding.place_id
        lines = [
            line
            for line in low_lines(alert.facility_id, today=today, uow=uow, unit=place)
            if line.par.place_id == place and int(line.item.id) == alert.finding.facts.get("item")
        ]
        if not lines:
            raise Stale("It is not low any more: enough came, or is on its way.")
        return _asked(lines, to=place, tree=tree)


def _asked(lines: list[LowOne], *, to: PlaceId, tree: PlaceTree) -> Sketch:
    """``to`` is asked for; the store is the room most of it lies in. An item that is low on several shelves is one line."""
    bring: dict[int, int] = {}
    rooms: dict[PlaceId, int] = {}
    for line in lines:
        bring[int(line.item.id)] = bring.get(int(line.item.id), 0) + line.bring
        for source in line.sources[:1]:
            room = _room(source.place_id, tree=tree)
            rooms[room] = rooms.get(room, 0) + 1
    store = max(rooms, key=lambda place: (rooms[place], -place), default=None)
    if store is not None and tree.get(store).facility_id != tree.get(to).facility_id:
        return _sent(lines, store=store, to=to, tree=tree)
    return Sketch(
        verb=Verb.REQUISITION,
        lines=tuple(SketchLine(items=(item,), figure=str(quantity)) for item, quantity in bring.items()),
        here=Spotted() if store is None else Spotted(ids=(int(store),)),
        there=Spotted(ids=(int(to),)),
    )


def _sent(lines: list[LowOne], *, store: PlaceId, to: PlaceId, tree: PlaceTree) -> Sketch:
    """From another facility: stock is sent, since a store there picks for its own house alone. No more than there is."""
    send: dict[int, int] = {}
    for line in lines:
        there = sum(one.quantity for one in line.sources if _room(one.place_id, tree=tree) == store)
        if there:
            item = int(line.item.id)
            send[item] = min(send.get(item, 0) + line.bring, there)
    return Sketch(
        verb=Verb.TRANSFER,
        lines=tuple(SketchLine(items=(item,), figure=str(quantity)) for item, quantity in send.items()),
        here=Spotted(ids=(int(store),)),
        there=Spotted(ids=(int(to),)),
    )


def _room(place_id: PlaceId, *, tree: PlaceTree) -> PlaceId:
    """The store room or sterile core that a shelf stands in, else its unit."""
    for key in reversed(tree.lineage(place_id)):
        if tree.get(key).kind in (PlaceKind.STOREROOM, PlaceKind.CORE):
            return key
    return tree.unit_of(place_id).id
