"""Holds while they are open: what they reach, the places' answers, and the chase until every place has answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import Invalid, Obstructed
from domain.model.hold import CheckState, Hold, HoldId, PlaceCheck
from domain.model.ids import FacilityId, ItemId, LotId, PersonId, PlaceId
from domain.model.movement import HELD, StockStatus
from domain.model.permission import Deed
from domain.model.person import Person
from domain.model.receipt import TrailEntry, TrailKind
from domain.ports import UnitOfWork
from domain.usecases.act.steps import require
from domain.usecases.ask.answers import PlaceRef
from domain.usecases.ask.reach import reach

REMINDERS = (timedelta(hours=2), timedelta(hours=8), timedelta(hours=24))
"""After the hold was opened: a place that has not answered is asked again; from the second time on its managers are told too."""
EVERY_DAY = timedelta(hours=24)
ESCALATES = 2


def held_by(
    lot_ids: Collection[LotId], item_ids: Collection[ItemId], *, facility_id: FacilityId, uow: UnitOfWork
) -> list[Hold]:
    """The open holds of a facility over any of the lots or items: what arrives of them is held too (``status_under``)."""
    return uow.holds.over(facility_id, lot_ids=set(lot_ids), item_ids=set(item_ids))


def status_under(holds: Iterable[Hold], *, item_id: ItemId, lot_id: LotId) -> StockStatus:
    """As what stock of this lot is kept under these holds: recalled before quarantined before available."""
    over = [hold for hold in holds if hold.item_id == item_id or lot_id in hold.lot_ids]
    return status_for(recalled=any(hold.recalled for hold in over)) if over else StockStatus.AVAILABLE


def note_arrival(
    holds: Iterable[Hold],
    *,
    place_id: PlaceId,
    item_id: ItemId,
    lot_id: LotId,
    quantity: int,
    uow: UnitOfWork,
) -> None:
    """Puts a place on the checklist of the holds over what has just arrived there, or asks it anew. The caller commits."""
    for hold in holds:
        if hold.item_id == item_id or lot_id in hold.lot_ids:
            uow.holds.ask_again(hold.facility_id, hold.id, place_id, quantity=quantity)


@dataclass(frozen=True, slots=True)
class Answered:
    """``count_due``: the place does not hold what the books say it holds, so it should be counted."""

    hold: Hold
    check: PlaceCheck
    count_due: bool


def answer_check(
    hold_id: HoldId, place_id: PlaceId, *, state: CheckState, actor: Person, now: datetime, uow: UnitOfWork
) -> Answered:
    """A place's answer, once; the same answer again changes nothing. Commits.

    Raises UnknownRecord; Invalid for OPEN or a place that is not on the list; Obstructed where the place was answered otherwise
    or the hold is lifted; NotPermitted.
    """
    if state is CheckState.OPEN:
        raise Invalid("A place answers pulled, not found or used.")
    hold = uow.holds.get(actor.facility_id, hold_id)
    check = next((check for check in hold.checks if check.place_id == place_id), None)
    where = uow.places.tree().path(place_id)
    if check is None:
        raise Invalid(f"{where} is not on the list of {hold.number}.")
    require(Deed.QUARANTINE, doing="answer-check", actor=actor, place_id=place_id, now=now, uow=uow)
    if hold.lifted_at is not None:
        raise Obstructed(f"{hold.number} was lifted; nothing needs to be pulled any more.")
    mine = uow.holds.answer(hold.facility_id, hold.id, place_id, state=state, person_id=actor.id, now=now)
    if mine:
        uow.trail.add(
            TrailEntry(
                hold.facility_id, now, actor.id, TrailKind.CHANGED, "answer-check",
                f"{hold.number}, {where}: {state}.",
            )
        )  # fmt: skip
        uow.commit()
    hold = uow.holds.get(hold.facility_id, hold.id)
    check = next(check for check in hold.checks if check.place_id == place_id)
    if check.state is not state:
        raise Obstructed(f"{where} has answered already: {check.state}.")
    return Answered(hold, check, count_due=state in (CheckState.NOT_FOUND, CheckState.USED))


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One row of the list as it is shown."""

    place: PlaceRef
    quantity: int
    state: CheckState
    answered_by: str
    answered_at: datetime | None
    chased: int


@dataclass(frozen=True, slots=True)
class Progress:
    """``rows`` by unit, those that have not answered first; ``still_held`` base units are held now, wherever they lie."""

    hold: Hold
    rows: tuple[CheckRow, ...]
    answered: int
    still_held: int

    @property
    def share(self) -> float:
        """0..1; 1 where nobody need answer."""
        return self.answered / len(self.rows) if self.rows else 1.0


def progress(hold: Hold, *, reader: Person, uow: UnitOfWork) -> Progress:
    """How far the checklist has come."""
    where = reach((), asker=reader, uow=uow)
    people = uow.people.many([check.answered_by for check in hold.checks if check.answered_by is not None])

    def name(person_id: PersonId | None) -> str:
        return people[person_id].name if person_id is not None and person_id in people else ""

    rows = [
        CheckRow(
            where.ref(check.place_id),
            check.quantity,
            check.state,
            name(check.answered_by),
            check.answered_at,
            check.chased,
        )
        for check in hold.checks
    ]
    rows.sort(key=lambda row: (row.state is not CheckState.OPEN, row.place.unit, row.place.path))
    stock = uow.stock.of_lots(hold.lot_ids)
    if hold.item_id is not None:
        stock = uow.stock.of_items([hold.item_id])
    held = sum(
        line.on_hand
        for line in stock
        if line.status in HELD and where.tree.get(line.place_id).facility_id == hold.facility_id
    )
    return Progress(hold, tuple(rows), hold.answered, held)


@dataclass(frozen=True, slots=True)
class Chase:
    """``places`` of a hold are to be asked again, for the ``number``-th time since it was opened; ``escalated``: their managers are
    told too.
    """

    hold: Hold
    places: tuple[PlaceId, ...]
    escalated: tuple[PlaceId, ...]
    number: int


def unanswered(facility_id: FacilityId, *, now: datetime, uow: UnitOfWork) -> list[Chase]:
    """Whom to remind at ``now``: after two, eight and twenty-four hours, then every day until all have answered.

    What was missed while nobody looked is not made up for: of several reminders that are due the last alone is sent.
    """
    chases = []
    for hold in uow.holds.open(facility_id):
        number = due_by(now - hold.opened_at)
        due = [check for check in hold.checks if check.state is CheckState.OPEN and check.chased < number]
        if due:
            told = tuple(check.place_id for check in due if check.chased + 1 >= ESCALATES)
            chases.append(Chase(hold, tuple(check.place_id for check in due), told, number))
    return chases


def chased(chase: Chase, *, uow: UnitOfWork) -> bool:
    """Counts the reminders of ``chase`` as sent; in the unit of work that stores their posts. The caller commits.

    False where a place has answered, was reminded by another process or the hold was lifted since: then nothing is to be sent or
    committed.
    """
    if uow.holds.get(chase.hold.facility_id, chase.hold.id).lifted_at is not None:
        return False
    counted = uow.holds.chase(chase.hold.facility_id, chase.hold.id, chase.places, number=chase.number)
    return counted == len(chase.places)


def due_by(age: timedelta) -> int:
    """How many reminders a hold of this age has come to.

    >>> [due_by(timedelta(hours=hours)) for hours in (1, 2, 8, 24, 47, 48, 72)]
    [0, 1, 2, 3, 3, 4, 5]
    """
    if age < REMINDERS[-1]:
        return sum(age >= each for each in REMINDERS)
    return len(REMINDERS) + (age - REMINDERS[-1]) // EVERY_DAY


def status_for(*, recalled: bool) -> StockStatus:
    return StockStatus.RECALLED if recalled else StockStatus.QUARANTINED
