"""A6 as both sides see it: what I asked for, what is to be picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.model.ids import ItemId, PlaceId
from domain.model.person import Person
from domain.model.requisition import RequisitionOrder, RequisitionState
from domain.ports import UnitOfWork
from domain.usecases.act.desk import Desk
from domain.usecases.act.requests import Wanted
from domain.usecases.act.requisition import available_at
from domain.usecases.act.taking import Rules, take
from domain.usecases.ask.answers import ItemRef, PlaceRef
from domain.usecases.ask.reach import reach
from domain.usecases.ask.shelves import item_ref

OPEN = (RequisitionState.ASKED, RequisitionState.PICKED, RequisitionState.DELIVERED)


@dataclass(frozen=True, slots=True)
class LineView:
    """``there`` is what the store could give of it now; ``shelf`` is where it is taken first. ``instead_of`` names the line that
    this one stands in for.
    """

    number: int
    item: ItemRef
    asked: int
    picked: int
    received: int
    entered: str
    there: int
    instead_of: int | None
    shelf: PlaceRef | None = None


@dataclass(frozen=True, slots=True)
class RequisitionView:
    """What both sides see."""

    order: RequisitionOrder
    source: PlaceRef
    destination: PlaceRef
    asker: str
    picker: str
    lines: tuple[LineView, ...]

    @property
    def open(self) -> bool:
        return self.order.state in OPEN


def view(order: RequisitionOrder, *, reader: Person, today: date, uow: UnitOfWork) -> RequisitionView:
    """The requisition as it is shown."""
    where = reach((), asker=reader, uow=uow)
    desk = Desk(actor=reader, today=today, uow=uow)
    items = desk.items(line.item_id for line in order.lines)
    there = available_at(order.from_place_id, dict.fromkeys(items, 1), besides=order.to_place_id, desk=desk)
    ids = [order.asker_id, *([order.picker_id] if order.picker_id is not None else [])]
    people = uow.people.many(ids)
    shelves = _shelves(order, there, desk=desk)
    return RequisitionView(
        order,
        where.ref(order.from_place_id),
        where.ref(order.to_place_id),
        people[order.asker_id].name if order.asker_id in people else "",
        people[order.picker_id].name if order.picker_id is not None and order.picker_id in people else "",
        tuple(
            LineView(
                line.number,
                item_ref(items[line.item_id]),
                line.asked,
                line.picked,
                line.received,
                line.entered,
                there.get(line.item_id, 0),
                line.instead_of,
                where.ref(shelves[line.number]) if line.number in shelves else None,
            )
            for line in order.lines
        ),
    )


def _shelves(order: RequisitionOrder, there: Mapping[ItemId, int], *, desk: Desk) -> dict[int, PlaceId]:
    """Where the store takes each line that is to be picked yet: the shelf of what expires first, by the line's number."""
    if order.state is not RequisitionState.ASKED:
        return {}
    wanted = [line for line in order.lines if min(line.asked, there.get(line.item_id, 0)) > 0]
    if not wanted:
        return {}
    takings = take(
        [Wanted(line.item_id, Decimal(min(line.asked, there[line.item_id]))) for line in wanted],
        place_id=order.from_place_id,
        rules=Rules(),
        desk=desk,
        besides=order.to_place_id,
    )
    return {
        line.number: taken.taken[0].line.place_id
        for line, taken in zip(wanted, takings.lines, strict=True)
        if taken.taken
    }


def walked(lines: Sequence[LineView], *, uow: UnitOfWork) -> list[LineView]:
    """The lines in the order in which one passes their shelves; those without one at the end."""
    tree = uow.places.tree()

    def way(line: LineView) -> tuple[bool, list[tuple[int, str, int]], int]:
        steps = [] if line.shelf is None else [tree.get(place_id) for place_id in tree.lineage(line.shelf.id)]
        return line.shelf is None, [(step.order, step.name, int(step.id)) for step in steps], line.number

    return sorted(lines, key=way)


def my_requisitions(person: Person, *, uow: UnitOfWork, all_states: bool = False) -> list[RequisitionOrder]:
    """What the person asked for, and what was asked for their unit; newest first."""
    tree = uow.places.tree()
    home = person.home_place_id
    inside = tree.subtree(home) if home is not None and home in tree else frozenset()
    states = tuple(RequisitionState) if all_states else OPEN
    found = uow.requisitions.listed(person.facility_id, states=states, limit=200)
    return [order for order in found if order.asker_id == person.id or order.to_place_id in inside]


def to_pick(person: Person, *, places: Sequence[PlaceId] = (), uow: UnitOfWork) -> list[RequisitionOrder]:
    """What stores are asked to pick, and what they picked and did not bring yet; oldest first. ``places`` are the stores (with all
    inside them), none of them means every store of the facility."""
    tree = uow.places.tree()
    inside = frozenset[PlaceId]().union(*(tree.subtree(place_id) for place_id in places))
    found = uow.requisitions.listed(
        person.facility_id, states=(RequisitionState.ASKED, RequisitionState.PICKED), limit=200
    )
    return [order for order in reversed(found) if not places or order.from_place_id in inside]
