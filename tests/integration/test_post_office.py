"""Inbox, outbox, threads and job runs: stored once, claimed by one, in order, given back by a lease that ran out."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from domain.model.ids import FacilityId
from domain.ports import InboxRow, OutboxRow, ThreadState
from domain.store import Store
from tests.small_hospital import NOW

LEASE = NOW + timedelta(minutes=1)
LATER = NOW + timedelta(minutes=2)


def told(event_id: str, *, at: datetime = NOW) -> InboxRow:
    return InboxRow(event_id, "message", b"sealed", at)


def owed(
    key: str, *, channel: str = "C1", not_before: datetime | None = None, blob: bytes = b""
) -> OutboxRow:
    return OutboxRow(key, channel, "chat.postMessage", "{}", NOW, blob=blob, not_before=not_before)


def receive(store: Store, *rows: InboxRow) -> list[bool]:
    with store.transactions.begin() as unit:
        stored = [unit.inbox.receive(row) for row in rows]
        unit.commit()
    return stored


def owe(store: Store, *rows: OutboxRow) -> list[bool]:
    with store.transactions.begin() as unit:
        stored = [unit.outbox.put(row) for row in rows]
        unit.commit()
    return stored


def claim_inbox(store: Store, *, worker: str = "a", now: datetime = NOW, limit: int = 10) -> list[str]:
    with store.transactions.begin() as unit:
        rows = unit.inbox.claim(worker=worker, now=now, lease_until=now + timedelta(minutes=1), limit=limit)
        unit.commit()
    return [row.event_id for row in rows]


def claim_outbox(store: Store, *, worker: str = "a", now: datetime = NOW, limit: int = 50) -> list[str]:
    with store.transactions.begin() as unit:
        rows = unit.outbox.claim(worker=worker, now=now, lease_until=now + timedelta(minutes=1), limit=limit)
        unit.commit()
    return [row.key for row in rows]


def test_an_event_told_twice_is_stored_once(store: Store) -> None:
    assert receive(store, told("E1"), told("E1"), told("E2")) == [True, False, True]
    assert receive(store, told("E1")) == [False]


def test_events_are_claimed_oldest_first_and_by_one_worker_until_the_lease_runs_out(store: Store) -> None:
    receive(store, told("E2", at=NOW), told("E1", at=NOW - timedelta(seconds=5)), told("E3"))
    assert claim_inbox(store, limit=2) == ["E1", "E2"]
    assert claim_inbox(store, worker="b") == ["E3"]
    assert claim_inbox(store, worker="b") == []
    with store.transactions.begin() as unit:
        unit.inbox.done("E1", now=NOW)
        (again,) = [
            row
            for row in unit.inbox.claim(worker="b", now=LATER, lease_until=LATER + timedelta(minutes=1))
            if row.event_id == "E2"
        ]
        assert again.attempts == 2
        assert again.payload == b"sealed"


def test_one_event_is_claimed_by_name_by_one_worker(store: Store) -> None:
    receive(store, told("E1"))
    with store.transactions.begin() as unit:
        assert unit.inbox.claim_one("E1", worker="a", now=NOW, lease_until=LEASE) is not None
        unit.commit()
    with store.transactions.begin() as unit:
        assert unit.inbox.claim_one("E1", worker="b", now=NOW, lease_until=LEASE) is None
        assert unit.inbox.claim_one("E404", worker="b", now=NOW, lease_until=LEASE) is None


def test_a_failed_event_comes_again_when_due_and_is_set_aside_without_a_time(store: Store) -> None:
    receive(store, told("E1"), told("E2"))
    claim_inbox(store)
    with store.transactions.begin() as unit:
        unit.inbox.failed("E1", now=NOW, support_code="K7", retry_at=LATER)
        unit.inbox.failed("E2", now=NOW, support_code="K8", retry_at=None)
        unit.commit()
    assert claim_inbox(store, now=NOW + timedelta(seconds=30)) == []
    assert claim_inbox(store, now=LATER) == ["E1"]


def test_a_finished_event_keeps_its_name_against_repeats_and_loses_its_words(store: Store) -> None:
    receive(store, told("E1"))
    claim_inbox(store)
    with store.transactions.begin() as unit:
        unit.inbox.done("E1", now=NOW)
        unit.commit()
    assert receive(store, told("E1")) == [False]
    with store.begin() as unit:
        assert bytes(unit.connection.exec_driver_sql("SELECT payload FROM inbox").scalar_one()) == b""
        assert unit.inbox.forget_before(NOW) == 0
        assert unit.inbox.forget_before(LATER) == 1


def test_a_reply_is_stored_once(store: Store) -> None:
    assert owe(store, owed("k1"), owed("k1")) == [True, False]


def test_of_one_channel_only_the_next_is_taken_and_channels_do_not_wait_for_each_other(store: Store) -> None:
    owe(store, owed("a1"), owed("a2"), owed("b1", channel="C2"), owed("a3"))
    assert claim_outbox(store) == ["a1", "b1"]
    assert claim_outbox(store, worker="b") == []
    with store.transactions.begin() as unit:
        unit.outbox.sent("a1", now=NOW, ts="1.1")
        unit.commit()
    assert claim_outbox(store, worker="b") == ["a2"]


def test_what_must_wait_holds_up_its_channel_and_what_is_given_up_does_not(store: Store) -> None:
    owe(store, owed("a1"), owed("a2"))
    claim_outbox(store)
    with store.transactions.begin() as unit:
        unit.outbox.failed("a1", now=NOW, error="ratelimited", retry_at=LATER)
        unit.commit()
    assert claim_outbox(store, now=NOW + timedelta(seconds=10)) == []
    assert claim_outbox(store, now=LATER) == ["a1"]
    with store.transactions.begin() as unit:
        unit.outbox.failed("a1", now=NOW, error="channel_not_found", retry_at=None)
        unit.commit()
    assert claim_outbox(store, now=LATER) == ["a2"]
    with store.transactions.reading() as unit:
        assert unit.outbox.waiting() == {"waiting": 1, "sent": 0, "given-up": 1}


def test_a_reply_whose_sender_died_is_taken_by_another_when_the_lease_ran_out(store: Store) -> None:
    owe(store, owed("a1", blob=b"png"))
    assert claim_outbox(store) == ["a1"]
    with store.transactions.begin() as unit:
        (row,) = unit.outbox.claim(worker="b", now=LATER, lease_until=LATER + timedelta(minutes=1))
    assert (row.key, row.blob, row.attempts) == ("a1", b"png", 2)


def test_two_workers_at_once_never_take_the_same_row(store: Store) -> None:
    owe(store, *(owed(f"k{number}", channel=f"C{number}") for number in range(40)))
    receive(store, *(told(f"E{number}") for number in range(40)))
    taken: list[str] = []
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def work(worker: str) -> None:
        try:
            start.wait()
            while found := claim_outbox(store, worker=worker, limit=3) + claim_inbox(
                store, worker=worker, limit=3
            ):
                taken.extend(found)
        except BaseException as error:  # noqa: BLE001 - a thread's failure must fail the test
            failures.append(error)

    workers = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    # A worker may find nothing while another holds the rest, but nothing is taken twice and what is left is free.
    taken += claim_outbox(store) + claim_inbox(store, limit=100)
    assert sorted(taken) == sorted([f"k{n}" for n in range(40)] + [f"E{n}" for n in range(40)])


def test_a_thread_is_remembered_changed_and_forgotten(store: Store) -> None:
    with store.transactions.begin() as unit:
        assert unit.threads.get("C1", "1") is None
        unit.threads.put(ThreadState("C1", "1", None, "{}", NOW))
        changed = ThreadState("C1", "1", None, '{"about": "gloves"}', LATER)
        unit.threads.put(changed)
        assert unit.threads.get("C1", "1") == changed
        assert unit.threads.forget_before(LATER) == 0
        assert unit.threads.forget_before(LATER + timedelta(seconds=1)) == 1


def test_a_run_of_a_job_is_claimed_once_and_taken_over_when_its_worker_died(store: Store) -> None:
    at = FacilityId(0)
    lease, later = NOW + timedelta(minutes=5), NOW + timedelta(minutes=6)
    with store.transactions.begin() as unit:
        unit.job_runs.know("tidy", at, now=NOW - timedelta(days=1))
        mine = unit.job_runs.claim("tidy", at, scheduled_for=NOW, worker="a", now=NOW, lease_until=lease)
        unit.commit()
    assert mine is not None
    with store.transactions.begin() as unit:
        assert (
            unit.job_runs.claim("tidy", at, scheduled_for=NOW, worker="b", now=NOW, lease_until=lease) is None
        )
        taken = unit.job_runs.claim(
            "tidy", at, scheduled_for=NOW, worker="b", now=later, lease_until=later + timedelta(minutes=5)
        )
        assert taken is not None
        assert not unit.job_runs.finish(mine, now=later, outcome="done"), "another has taken it over"
        assert unit.job_runs.fail(taken, now=later, failure="StoreUnavailable", retry_at=None)
        unit.commit()
    with store.transactions.reading() as unit:
        (failed,) = unit.job_runs.history(failed=True)
        assert failed.failure == "StoreUnavailable"
