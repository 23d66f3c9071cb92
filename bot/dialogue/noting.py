"""What the audit trail keeps of answers: who was shown on whom something was used."""

from __future__ import annotations

from bot.dialogue.turn import Turn
from domain.ports import Clock, Transactions
from domain.usecases.act.trailing import patient_costs_read, patients_read
from domain.usecases.ask.answers import SpendAnswer, TraceAnswer


def note_read(turn: Turn | None, *, transactions: Transactions, clock: Clock) -> None:
    """Before ``turn`` is shown, in a unit of its own: what can not be kept is not shown. Once an answer, each page being one."""
    if turn is None or turn.request is None:
        return
    reader, now = turn.request.asker, clock.now()
    if isinstance(turn.answer, TraceAnswer):
        entry = patients_read(turn.answer, reader=reader, now=now)
    elif isinstance(turn.answer, SpendAnswer):
        entry = patient_costs_read(turn.answer, reader=reader, now=now)
    else:
        return
    if entry is None:
        return
    with transactions.begin() as uow:
        uow.trail.add(entry)
        uow.commit()
