"""Scheduled work on both databases: each run once whatever processes there are, failures reported, old mail forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.errors import Invalid, StoreUnavailable, UnknownRecord
from domain.model.hold import HoldId
from domain.model.ids import PersonId
from domain.model.job import WHOLE_HOUSE, JobRun, JobSetting, RunState
from domain.model.receipt import DraftState
from domain.ports import Candidate, InboxRow, OutboxRow, ReadingRow, ThreadState, UnitOfWork
from domain.store import Store
from domain.usecases.act.requests import Consume, LiftHold, Quarantine
from jobs.housekeeping import Forgotten, tidy
from jobs.schedule import LEASE, MOST, RETRIES, CatchUp, Due, Job, Schedule, Unit
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


def ticking(ran: list[datetime]) -> Job:
    return Job("count", "20 3 * * *", lambda due: ran.append(due.moment))


DUE = datetime(2026, 11, 23, 8, 20, tzinfo=UTC)
"""Twenty past three in New York."""


def test_a_new_job_owes_nothing_of_before_and_runs_at_its_time(store: Store) -> None:
    ran: list[datetime] = []
    clock = Fixed(NOW)
    process = schedule(store, [ticking(ran)], worker="w", clock=clock)
    process.look()
    assert ran == []
    clock.moment = DUE + timedelta(seconds=20)
    process.look()
    process.look()
    assert ran == [DUE]


def test_two_processes_fire_one_run_once(store: Store) -> None:
    ran: list[datetime] = []
    clock = Fixed(NOW)
    processes = [schedule(store, [ticking(ran)], worker=f"w{n}", clock=clock) for n in range(4)]
    processes[0].look()
    clock.moment = DUE
    with ThreadPoolExecutor(4) as pool:
        done = [len(each.done) for each in pool.map(lambda process: process.look(), processes)]
    assert sorted(done) == [0, 0, 0, 1]
    assert ran == [DUE]


@pytest.mark.parametrize(
    ("rule", "days"), [(CatchUp.LATEST, [3]), (CatchUp.EVERY, [1, 2, 3]), (CatchUp.NONE, [])]
)
def test_what_was_missed_is_caught_up_by_the_rule(store: Store, rule: CatchUp, days: list[int]) -> None:
    ran: list[datetime] = []
    clock = Fixed(DUE)
    job = replace(ticking(ran), catch_up=rule, within=timedelta(days=10))
    schedule(store, [job], worker="before", clock=clock).look()
    ran.clear()
    clock.moment = DUE + timedelta(days=3, hours=2)
    schedule(store, [job], worker="after", clock=clock).look()
    assert ran == [DUE + timedelta(days=n) for n in days]


def test_a_run_whose_process_died_is_taken_by_another_when_its_lease_is_past(store: Store) -> None:
    ran: list[datetime] = []
    clock = Fixed(NOW)
    process = schedule(store, [ticking(ran)], worker="alive", clock=clock)
    process.look()
    clock.moment = DUE
    with store.transactions.begin() as uow:
        uow.job_runs.claim(
            "count", WHOLE_HOUSE, scheduled_for=DUE, worker="dead", now=DUE, lease_until=DUE + LEASE
        )
        uow.commit()
    process.look()
    assert ran == []
    clock.moment = DUE + LEASE
    process.look()
    assert ran == [DUE]
    (run,) = history(store)
    assert (run.state, run.worker, run.attempts) == (RunState.FINISHED, "alive", 2)


def test_what_a_slow_process_did_is_rolled_back_where_another_took_its_run(store: Store) -> None:
    clock = Fixed(NOW)

    def slow(due: Due) -> Unit:
        with store.transactions.begin() as uow:
            later = DUE + 2 * LEASE
            assert uow.job_runs.claim(
                "count", WHOLE_HOUSE, scheduled_for=due.moment, worker="quick", now=later, lease_until=later
            )
            uow.commit()
        return Unit(lambda uow: uow.outbox.put(OutboxRow("twice", "C1", "chat.postMessage", "{}", DUE)))

    process = schedule(store, [Job("count", "20 3 * * *", slow)], worker="slow", clock=clock)
    process.look()
    clock.moment = DUE
    assert process.look().done == []
    with store.transactions.reading() as uow:
        assert uow.outbox.waiting()["waiting"] == 0
    (run,) = history(store)
    assert (run.worker, run.state) == ("quick", RunState.RUNNING)


def test_a_run_and_what_it_writes_are_one_unit(store: Store) -> None:
    clock = Fixed(NOW)

    def half(uow: UnitOfWork) -> None:
        uow.outbox.put(OutboxRow("half", "C1", "chat.postMessage", "{}", DUE))
        raise StoreUnavailable("away")

    process = schedule(store, [Job("count", "20 3 * * *", lambda _: Unit(half))], worker="w", clock=clock)
    process.look()
    clock.moment = DUE
    process.look()
    with store.transactions.reading() as uow:
        assert uow.outbox.waiting()["waiting"] == 0


def test_a_job_that_fails_is_tried_again_and_given_up_after_the_last_try(store: Store) -> None:
    def fails(_due: Due) -> None:
        raise StoreUnavailable("away")

    ran: list[datetime] = []
    clock = Fixed(NOW)
    jobs = [Job("bad", "20 3 * * *", fails), replace(ticking(ran), id="good")]
    process = schedule(store, jobs, worker="w", clock=clock)
    process.look()
    clock.moment = DUE
    for pause in (*RETRIES, timedelta(hours=1)):
        process.look()
        clock.moment += pause
    process.look()
    assert ran == [DUE]
    run = next(each for each in history(store) if each.job == "bad")
    assert (run.state, run.attempts, run.failure, run.retry_at) == (
        RunState.FAILED, MOST, "StoreUnavailable", None,
    )  # fmt: skip
    with store.transactions.reading() as uow:
        names = [each.job for each in uow.job_runs.history(failed=True)]
    assert names == ["bad"]


def test_a_changed_time_is_heeded_at_the_next_look_and_owes_nothing_of_before(store: Store) -> None:
    ran: list[datetime] = []
    clock = Fixed(NOW)
    process = schedule(store, [ticking(ran)], worker="w", clock=clock)
    process.look()
    clock.moment = DUE - timedelta(hours=1)
    with store.transactions.begin() as uow:
        changed = JobSetting(WHOLE_HOUSE, "count", clock.moment, cron="0 2 * * *")
        uow.job_book.put_setting(changed)
        uow.commit()
    clock.moment = DUE
    process.look()
    assert ran == [], "two o'clock was over when it was set"
    clock.moment = DUE + timedelta(hours=23)
    process.look()
    assert ran == [datetime(2026, 11, 24, 7, 0, tzinfo=UTC)]
    with store.transactions.begin() as uow:
        uow.job_book.put_setting(replace(changed, enabled=False))
        uow.commit()
    clock.moment += timedelta(days=3)
    process.look()
    assert len(ran) == 1


def test_a_run_by_hand_does_what_a_run_of_that_day_would_and_claims_nothing(store: Store) -> None:
    ran: list[datetime] = []
    process = schedule(store, [ticking(ran)], worker="w", clock=Fixed(NOW))
    process.by_hand("count", WHOLE_HOUSE, moment=DUE)
    assert ran == [DUE]
    assert history(store) == []
    with pytest.raises(Invalid, match="no job called other"):
        process.by_hand("other", WHOLE_HOUSE, moment=DUE)


def history(store: Store) -> list[JobRun]:
    with store.transactions.reading() as uow:
        return uow.job_runs.history()


def test_old_runs_are_forgotten_but_the_newest_of_each_job(store: Store) -> None:
    ran: list[datetime] = []
    clock = Fixed(NOW)
    process = schedule(store, [ticking(ran)], worker="w", clock=clock)
    for day in range(4):
        clock.moment = DUE + timedelta(days=day)
        process.look()
    with store.transactions.begin() as uow:
        uow.job_runs.forget_before(DUE + timedelta(days=30))
        uow.commit()
    assert [run.scheduled_for for run in history(store)] == [DUE + timedelta(days=3)]


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
