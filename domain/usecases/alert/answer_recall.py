"""What a person says of a notice: that it is not ours, or that they have seen it; and on whom its lots were used."""

from __future__ import annotations

from datetime import date, datetime

from domain.errors import Invalid, NotPermitted
from domain.model.permission import Deed, Reach, allowance, who_may
from domain.model.person import Person
from domain.model.recall import AnswerKind, Notice, RecallAnswer
from domain.model.receipt import TrailEntry, TrailKind
from domain.ports import UnitOfWork
from domain.usecases.act.trailing import patients_read
from domain.usecases.alert.watch_recalls import concerned_here
from domain.usecases.ask.answers import TraceAnswer
from domain.usecases.ask.requests import TraceLot
from domain.usecases.ask.trace_lot import trace_lot

LONGEST_REASON = 200
MOST_TRACED = 10


def answer_recall(
    number: str, kind: AnswerKind, *, reason: str, actor: Person, now: datetime, uow: UnitOfWork
) -> Notice:
    """Keeps the answer for what the notice is matched to now, and writes it into the trail; more of ours in a later report is told
    again. The caller commits. Raises UnknownRecord; Invalid without a reason; NotPermitted.
    """
    if not reason.strip():
        raise Invalid("Say in a few words why it is not ours.")
    notice = uow.recalls.get(number)
    require_closing(actor)
    matches = uow.recalls.matches_of(notice.id)
    uow.recalls.answer(
        RecallAnswer(
            notice_id=notice.id,
            facility_id=actor.facility_id,
            kind=kind,
            reason=reason.strip()[:LONGEST_REASON],
            person_id=actor.id,
            at=now,
            lots=tuple((match.item_id, match.lot_id) for match in matches),
        )
    )
    uow.trail.add(
        TrailEntry(
            actor.facility_id, now, actor.id, TrailKind.CHANGED, "answer-recall",
            f"{notice.number}: {kind}. {reason.strip()[:LONGEST_REASON]}",
        )
    )  # fmt: skip
    return notice


def require_closing(actor: Person, *, wants: str = "say that a recall is not ours") -> None:
    """Raises NotPermitted for who may not close a recall. ``wants`` completes "may not"."""
    allowed = allowance(actor.role, Deed.LIFT_HOLD)
    if allowed is None or allowed.reach is Reach.OWN_PLACES:
        roles = ", ".join(role.value for role in who_may(Deed.LIFT_HOLD))
        raise NotPermitted(f"{actor.name} may not {wants}; it takes one of these: {roles}.")


def recall_traces(
    number: str, *, reader: Person, today: date, now: datetime, uow: UnitOfWork
) -> tuple[TraceAnswer, ...]:
    """Where the lots that the notice is matched to went, the most used first; at most ten. That patients were shown is noted in the
    trail; the caller commits. Raises UnknownRecord; NotPermitted for roles that may not read on whom a lot was used.
    """
    if not reader.sees_patients:
        raise NotPermitted(
            f"{reader.name} may not read on whom a lot was used; clinicians, pharmacists and managers may."
        )
    notice = uow.recalls.get(number)
    concerned = concerned_here(uow.recalls.matches_of(notice.id), facility_id=reader.facility_id, uow=uow)
    lots = sorted(
        (one for one in concerned if one.match.lot_id is not None and one.used.used > 0),
        key=lambda one: (one.match.strength.rank, -one.used.used),
    )
    answers = []
    for one in lots[:MOST_TRACED]:
        if one.match.lot_id is None:
            continue
        lot = uow.lots.get(one.match.lot_id)
        request = TraceLot(
            asker=reader, today=today, number=lot.serial or lot.number, items=(one.match.item_id,)
        )
        answer = trace_lot(request, uow=uow)
        entry = patients_read(answer, reader=reader, now=now)
        if entry is not None:
            uow.trail.add(entry)
        answers.append(answer)
    return tuple(answers)
