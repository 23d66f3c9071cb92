"""What the audit trail keeps of actions: what was posted, undone, overridden and refused."""

from __future__ import annotations

from datetime import datetime

from domain.errors import AlreadyReversed, NotPermitted, Obstructed, Refused
from domain.model.person import Person
from domain.model.receipt import DraftId, Receipt, TrailEntry, TrailKind
from domain.ports import UnitOfWork
from domain.usecases.act.plans import Obstacle, Plan, Problem, Weight
from domain.usecases.act.requests import Action
from domain.usecases.ask.answers import SpendAnswer, TraceAnswer

_BARRED = (Obstacle.NOT_PERMITTED, Obstacle.OVER_LIMIT)


def verb(action: Action) -> str:
    """ "consume", "send-back": the action's name in receipts, drafts and the trail.

    >>> from domain.usecases.act.requests import Undo
    >>> verb(Undo(1))
    'undo'
    """
    name = type(action).__name__
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


def sentence(problem: Problem) -> str:
    return f"{problem.sentence} {problem.remedy}".strip()


def refusal(problem: Problem) -> Refused:
    """The error for a problem that stops an action."""
    if problem.obstacle in _BARRED:
        return NotPermitted(sentence(problem))
    if problem.obstacle is Obstacle.ALREADY_DONE:
        return AlreadyReversed(sentence(problem))
    return Obstructed(sentence(problem))


def note_refusal(
    plan: Plan, *, actor: Person, now: datetime, uow: UnitOfWork, draft_id: DraftId | None = None
) -> bool:
    """Writes down that ``plan`` was refused to ``actor`` when it was read back; for who shows a plan. Commits.

    Only what a role or a rule forbids is kept (NOT_PERMITTED, OVER_LIMIT, EXPIRED, HELD, NOT_OURS); False where there is nothing
    of the kind.
    """
    kept = (*_BARRED, Obstacle.EXPIRED, Obstacle.HELD, Obstacle.NOT_OURS)
    found = [each for each in plan.problems if each.obstacle in kept and each.weight is not Weight.WARNS]
    for problem in found:
        uow.trail.add(refused(plan.request, problem, actor=actor, now=now, draft_id=draft_id))
    uow.commit()
    return bool(found)


def refused(
    action: Action, problem: Problem, *, actor: Person, now: datetime, draft_id: DraftId | None
) -> TrailEntry:
    return TrailEntry(
        facility_id=actor.facility_id,
        at=now,
        person_id=actor.id,
        kind=TrailKind.REFUSED,
        deed=verb(action),
        detail=problem.sentence,
        draft_id=draft_id,
    )


def overridden(
    action: Action, problem: Problem, *, reason: str, actor: Person, receipt: Receipt
) -> TrailEntry:
    return TrailEntry(
        facility_id=receipt.facility_id,
        at=receipt.posted_at,
        person_id=actor.id,
        kind=TrailKind.OVERRIDDEN,
        deed=verb(action),
        detail=f"{problem.sentence} Reason: {reason}",
        draft_id=receipt.draft_id,
        receipt_id=receipt.id,
    )


def posted(action: Action, plan: Plan, *, receipt: Receipt) -> TrailEntry:
    undo = receipt.undoes is not None
    where = " to ".join(place.path for place in (plan.source, plan.destination) if place is not None)
    things = ", ".join(f"{line.quantity} x {line.item.name} ({line.item.number})" for line in plan.lines)
    detail = f"Undid R-{receipt.undoes}" if undo else f"{things} at {where}"
    return TrailEntry(
        facility_id=receipt.facility_id,
        at=receipt.posted_at,
        person_id=receipt.actor_id,
        kind=TrailKind.UNDONE if undo else TrailKind.POSTED,
        deed=verb(action),
        detail=f"{detail}.",
        draft_id=receipt.draft_id,
        receipt_id=receipt.id,
    )


def patients_read(answer: TraceAnswer, *, reader: Person, now: datetime) -> TrailEntry | None:
    """That ``reader`` was shown on whom lots were used; None where the answer names nobody. Says which lots, never on whom."""
    named = [traced.lot for traced in answer.lots if any(use.patient for use in traced.uses)]
    if not named:
        return None
    lots = ", ".join(dict.fromkeys(lot.number or lot.serial for lot in named))
    uses = sum(bool(use.patient) for traced in answer.lots for use in traced.uses)
    return TrailEntry(
        facility_id=reader.facility_id,
        at=now,
        person_id=reader.id,
        kind=TrailKind.READ_PATIENTS,
        deed="trace-lot",
        detail=f"On whom {lots} was used: {uses} {'movement' if uses == 1 else 'movements'}.",
    )


def patient_costs_read(answer: SpendAnswer, *, reader: Person, now: datetime) -> TrailEntry | None:
    """That ``reader`` was shown what the care of patients cost; None where the answer shows none. Says when and how many, never whose."""
    if not answer.patients:
        return None
    return TrailEntry(
        facility_id=reader.facility_id,
        at=now,
        person_id=reader.id,
        kind=TrailKind.READ_PATIENTS,
        deed="report-spend",
        detail=f"What {answer.patients} patients cost from {answer.window.start} to {answer.window.end}.",
    )
