"""Scheduled work on both databases: each run once whatever processes there are, failures reported, old mail forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.errors import StoreUnavailable, UnknownRecord
from domain.model.hold import HoldId
from domain.model.ids import PersonId
from domain.model.receipt import DraftState
from domain.ports import Candidate, InboxRow, OutboxRow, ReadingRow, ThreadState
from domain.store import Store
from domain.usecases.act.requests import Consume, LiftHold, Quarantine
from jobs.housekeeping import Forgotten, tidy
from jobs.schedule import Job, Schedule
from tests.integration.act.ward import CASE, PHARM, stocked, wanted
from tests.small_hospital import FOLEY, FOLEY_LATE, ICU, NORTH

NOW = datetime(2026, 11, 22, 3, 20, 31, tzinfo=UTC)


class Fixed:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def schedule(store: Store, jobs: list[Job], *, worker: str, clock: Fixed) -> Schedule:
    return Schedule(
        jobs, transactions=store.transactions, clock=clock, zone=ZoneInfo("America/New_York"), worker=worker
    )


def test_two_processes_fire_one_run_once(store: Store) -> None:
    ran: list[datetime] = []
    jobs = [Job("count", "20 3 * * *", ran.append)]
    processes = [schedule(store, jobs, worker=f"w{n}", clock=Fixed(NOW)) for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda process: process.fire("count"), processes))
    assert sorted(done) == [False, False, False, True]
    assert ran == [NOW.replace(second=0)]


def test_the_next_scheduled_moment_is_another_run(store: Store) -> None:
    ran: list[datetime] = []
    clock = Fixed(NOW)
    process = schedule(store, [Job("count", "20 3 * * *", ran.append)], worker="w", clock=clock)
    assert process.fire("count")
    clock.moment += timedelta(days=1)
    assert process.fire("count")
    assert len(ran) == 2


def test_a_job_that_fails_is_finished_as_failed_and_stops_nothing(store: Store) -> None:
    def fails(_due: datetime) -> None:
        raise StoreUnavailable("away")

    ran: list[datetime] = []
    jobs = [Job("bad", "20 3 * * *", fails), Job("good", "20 3 * * *", ran.append)]
    process = schedule(store, jobs, worker="w", clock=Fixed(NOW))
    assert not process.fire("bad")
    assert process.fire("good")
    assert len(ran) == 1


def test_housekeeping_forgets_what_is_done_and_keeps_what_is_not(store: Store) -> None:
    old = NOW - timedelta(days=30)
    lease = NOW + timedelta(minutes=1)
    with store.transactions.begin() as uow:
        uow.threads.put(ThreadState("C1", "1.0", PersonId(1), "{}", old))
        uow.threads.put(ThreadState("C1", "2.0", PersonId(1), "{}", NOW))
        for key in ("answered", "unanswered"):
            uow.inbox.receive(InboxRow(key, "message", b"sealed", old))
            uow.outbox.put(OutboxRow(key, key, "chat.postMessage", "{}", old))
        uow.commit()
    with store.transactions.begin() as uow:
        assert uow.inbox.claim_one("answered", worker="w", now=old, lease_until=lease)
        uow.inbox.done("answered", now=old)
        claimed = uow.outbox.claim(worker="w", now=old, lease_until=lease, limit=1)
        uow.outbox.sent(claimed[0].key, now=old, ts="1.1")
        uow.commit()
    forgotten = tidy(
        transactions=store.transactions, now=NOW, keep_threads=timedelta(days=2), keep_mail=timedelta(days=14)
    )
    assert forgotten == Forgotten(threads=1, inbox=1, outbox=1)
    with store.transactions.reading() as uow:
        assert uow.threads.get("C1", "2.0") is not None
        assert uow.outbox.waiting()["waiting"] == 1


def test_housekeeping_forgets_old_readings_and_candidates_by_their_own_terms(store: Store) -> None:
    with store.transactions.begin() as uow:
        for age in (1, 3):
            uow.readings.put(ReadingRow(f"r{age}", b"sealed", NOW - timedelta(days=age)))
        for age in (10, 40):
            day = (NOW - timedelta(days=age)).date()
            uow.candidates.put(Candidate("", (), "consume", 0.5, "waste", "", "", day))
        uow.commit()
    forgotten = tidy(
        transactions=store.transactions,
        now=NOW,
        keep_threads=timedelta(days=2),
        keep_mail=timedelta(days=14),
        keep_candidates=timedelta(days=30),
    )
    assert forgotten == Forgotten(threads=0, inbox=0, outbox=0, readings=1, candidates=1)


def test_housekeeping_forgets_finished_cards_and_keeps_open_ones_and_those_of_open_holds(
    store: Store,
) -> None:
    ward = stocked(store.transactions)
    now = ward.now
    ward.now = now - timedelta(days=3)
    used = ward.do(Consume((wanted(FOLEY, 1),), ICU, CASE))
    held = ward.do(Quarantine("cracked packaging", lots=(FOLEY_LATE,)))
    left_open = ward.draft(Consume((wanted(FOLEY, 2),), ICU, CASE))
    ward.now = now
    fresh = ward.do(Consume((wanted(FOLEY, 1),), ICU, CASE))

    def tidied(*, at: datetime) -> Forgotten:
        keep = timedelta(days=2)
        return tidy(transactions=store.transactions, now=at, keep_threads=keep, keep_mail=timedelta(days=14))

    assert tidied(at=now).drafts == 1
    with store.transactions.reading() as uow:
        assert uow.receipts.get(NORTH, used.id).movement_ids == used.movement_ids
        assert uow.drafts.get(held.draft_id).state is DraftState.POSTED
        assert uow.drafts.get(fresh.draft_id).state is DraftState.POSTED
        assert uow.drafts.get(left_open).state is DraftState.OPEN
        with pytest.raises(UnknownRecord):
            uow.drafts.get(used.draft_id)
    ward.do(LiftHold(HoldId(1), "tested well"), who=PHARM)
    assert tidied(at=now).drafts == 1
    with store.transactions.reading() as uow, pytest.raises(UnknownRecord):
        uow.drafts.get(held.draft_id)
