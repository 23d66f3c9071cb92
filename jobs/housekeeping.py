"""Every night: what is no longer needed is forgotten, what people typed first of all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.model.receipt import DraftState
from domain.ports import Transactions

KEEP_RECORD = timedelta(days=400)
"""A year and a month: what was told, and what ran."""
_FINISHED = tuple(state for state in DraftState if state is not DraftState.OPEN)


@dataclass(frozen=True, slots=True)
class Forgotten:
    threads: int
    inbox: int
    outbox: int
    readings: int = 0
    candidates: int = 0
    drafts: int = 0
    alerts: int = 0
    runs: int = 0
    scans: int = 0


def tidy(
    *,
    transactions: Transactions,
    now: datetime,
    keep_threads: timedelta,
    keep_mail: timedelta,
    keep_candidates: timedelta = timedelta(days=180),
    often: Collection[str] = (),
) -> Forgotten:
    """Deletes the state of quiet threads with what was read in them and the cards finished there, finished mail, and candidates
    nobody labelled for long. What a card posted stays: its receipt and movements are the record.

    Alerts that are gone and runs of jobs are kept for KEEP_RECORD; runs of jobs that run ``often`` and went well, for a day.
    Unfinished mail stays for the operator whatever its age. Candidates go by the day they are of, exported or not.
    """
    with transactions.begin() as uow:
        forgotten = Forgotten(
            threads=uow.threads.forget_before(now - keep_threads),
            inbox=uow.inbox.forget_before(now - keep_mail),
            outbox=uow.outbox.forget_before(now - keep_mail),
            readings=uow.readings.forget_before(now - keep_threads),
            candidates=uow.candidates.forget_before((now - keep_candidates).date()),
            alerts=uow.alerts.forget_before(now - KEEP_RECORD),
            runs=uow.job_runs.forget_before(now - KEEP_RECORD)
            + (uow.job_runs.forget_before(now - timedelta(days=1), jobs=often) if often else 0),
            drafts=uow.drafts.forget_before(now - keep_threads, states=_FINISHED),
            scans=uow.enrolments.forget_before(now - keep_threads),
        )
        uow.commit()
    return forgotten
