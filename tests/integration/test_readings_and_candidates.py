"""Readings and candidates on both databases: of two who choose one is first; what was exported is not given twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from domain.ports import Candidate, LabelledSpan, ReadingRow
from domain.store import Store

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
SPANS = (LabelledSpan("quantity", 5, 6), LabelledSpan("location", 15, 18, "source"))


def candidate(text: str, *, day: date) -> Candidate:
    return Candidate(text, SPANS, "consume", 0.625, "check_stock", "", "m1", day)


def test_a_reading_is_stored_once_and_comes_back_as_it_was(store: Store) -> None:
    row = ReadingRow("r1", b"sealed \x00 words", NOW)
    with store.transactions.begin() as uow:
        assert uow.readings.put(row)
        assert not uow.readings.put(ReadingRow("r1", b"other", NOW))
        uow.commit()
    with store.transactions.reading() as uow:
        assert uow.readings.get("r1") == row
        assert uow.readings.get("r2") is None


def test_of_many_who_settle_a_reading_exactly_one_is_first(store: Store) -> None:
    with store.transactions.begin() as uow:
        uow.readings.put(ReadingRow("r1", b"sealed", NOW))
        uow.commit()

    def settle(_number: int) -> bool:
        with store.transactions.begin() as uow:
            first = uow.readings.settle("r1", now=NOW)
            uow.commit()
            return first

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(settle, range(8))) == [False] * 7 + [True]
    assert not settle(9)


def test_what_is_not_there_can_not_be_settled(store: Store) -> None:
    with store.transactions.begin() as uow:
        assert not uow.readings.settle("gone", now=NOW)


def test_old_readings_are_forgotten(store: Store) -> None:
    with store.transactions.begin() as uow:
        uow.readings.put(ReadingRow("old", b"s", NOW - timedelta(days=3)))
        uow.readings.put(ReadingRow("new", b"s", NOW))
        assert uow.readings.forget_before(NOW - timedelta(days=2)) == 1
        assert uow.readings.get("new") is not None


def test_candidates_come_back_oldest_first_and_since_a_day(store: Store) -> None:
    first, second = (
        candidate("used 2 gloves ICU", day=date(2026, 11, 1)),
        candidate("", day=date(2026, 11, 9)),
    )
    with store.transactions.begin() as uow:
        uow.candidates.put(first)
        uow.candidates.put(second)
        uow.commit()
    with store.transactions.reading() as uow:
        assert [row.candidate for row in uow.candidates.since(None, exported=False)] == [first, second]
        assert [row.candidate for row in uow.candidates.since(date(2026, 11, 2), exported=False)] == [second]


def test_what_was_exported_is_given_again_only_when_asked_for(store: Store) -> None:
    with store.transactions.begin() as uow:
        for number in range(3):
            uow.candidates.put(candidate(f"text {number}", day=NOW.date()))
        ids = [row.id for row in uow.candidates.since(None, exported=False)]
        assert uow.candidates.mark_exported(ids[:2], day=NOW.date()) == 2
        assert uow.candidates.mark_exported(ids, day=NOW.date()) == 1
        uow.commit()
    with store.transactions.reading() as uow:
        assert uow.candidates.since(None, exported=False) == []
        again = uow.candidates.since(None, exported=True)
    assert [row.exported_on for row in again] == [NOW.date()] * 3


def test_candidates_are_forgotten_by_their_day(store: Store) -> None:
    with store.transactions.begin() as uow:
        uow.candidates.put(candidate("old", day=date(2026, 1, 1)))
        uow.candidates.put(candidate("new", day=date(2026, 11, 1)))
        assert uow.candidates.forget_before(date(2026, 11, 1)) == 1
        assert [row.candidate.text for row in uow.candidates.since(None, exported=True)] == ["new"]
