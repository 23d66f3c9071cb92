"""An index follows the revision of the catalogue without making anyone wait for it."""

from __future__ import annotations

from threading import Event
from types import TracebackType
from typing import Self, cast

import pytest

from domain.errors import StoreUnavailable
from domain.ports import Transactions, UnitOfWork
from domain.store.search.refreshing import Refreshing


class _Revision:
    def __init__(self, store: _Store) -> None:
        self._store = store

    def revision(self) -> int:
        if self._store.down:
            raise StoreUnavailable("The database does not answer.")
        return self._store.revision


class _Work:
    def __init__(self, store: _Store) -> None:
        self.catalogue = _Revision(store)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class _Store:
    """Only what the index asks of a store: the revision."""

    def __init__(self) -> None:
        self.revision = 1
        self.down = False

    def reading(self) -> UnitOfWork:
        return cast(UnitOfWork, _Work(self))


def _transactions(store: _Store) -> Transactions:
    return cast(Transactions, store)


def test_the_index_is_built_at_the_first_question_and_kept() -> None:
    counter = iter(range(1, 9))
    held = Refreshing(_transactions(_Store()), lambda work: next(counter))
    assert [held.current(), held.current()] == [1, 1]
    assert next(counter) == 2


def test_a_grown_revision_is_built_behind_while_the_old_index_answers() -> None:
    store, may_finish, counter = _Store(), Event(), iter(range(1, 9))

    def build(work: UnitOfWork) -> int:
        number = next(counter)
        if number > 1:
            may_finish.wait(timeout=30)
        return number

    held = Refreshing(_transactions(store), build)
    assert held.current() == 1
    store.revision = 2
    assert [held.current(), held.current()] == [1, 1]
    may_finish.set()
    held.settled()
    assert held.current() == 2


def test_without_a_background_the_next_question_sees_the_new_index() -> None:
    store, counter = _Store(), iter(range(1, 9))
    held = Refreshing(_transactions(store), lambda work: next(counter), background=False)
    assert held.current() == 1
    store.revision = 2
    assert held.current() == 2


def test_a_store_that_is_down_leaves_the_index_at_hand() -> None:
    store = _Store()
    held = Refreshing(_transactions(store), lambda work: "index")
    assert held.current() == "index"
    store.down = True
    assert held.current() == "index"


def test_a_store_that_is_down_from_the_start_is_said() -> None:
    store = _Store()
    store.down = True
    with pytest.raises(StoreUnavailable):
        Refreshing(_transactions(store), lambda work: "index").current()


def test_a_failed_build_leaves_the_old_index_and_is_tried_again() -> None:
    store, outcomes = _Store(), iter([1, None, 3])

    def build(work: UnitOfWork) -> int:
        outcome = next(outcomes)
        if outcome is None:
            raise StoreUnavailable("The database went away.")
        return outcome

    held = Refreshing(_transactions(store), build)
    assert held.current() == 1
    store.revision = 2
    assert held.current() == 1  # fails behind
    held.settled()
    held.current()  # tries again
    held.settled()
    assert held.current() == 3
