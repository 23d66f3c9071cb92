"""The audit trail says who was shown on whom a lot was used, once an answer, and never on whom."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from bot.dialogue.converse import Dialogue
from bot.dialogue.memory import recalled
from bot.dialogue.tokens import encode
from bot.dialogue.turn import Chosen, Heard, Turn
from bot.understanding.meaning import Meaning
from domain.errors import StoreUnavailable
from domain.model.person import Person
from domain.model.receipt import TrailEntry, TrailKind
from domain.ports import UnitOfWork
from domain.store import Store
from domain.store.search.items import ItemIndex
from domain.store.search.places import PlaceIndex
from tests.integration.ask_ward import ANA, TECHNICIAN, Ward
from tests.small_hospital import FOLEY_EARLY, ITEMS, NORTH, NOW, NURSE, ON_CASE


class Stopped:
    def now(self) -> datetime:
        return NOW


class Unasked:
    """A lot's number that stands alone needs no language service."""

    async def parse(self, text: str) -> Meaning:
        raise AssertionError(text)


@pytest.fixture
def ward(store: Store) -> Ward:
    made = Ward(store)
    made.put(10, lot=FOLEY_EARLY)
    return made


def dialogue(ward: Ward) -> Dialogue:
    with ward.store.transactions.reading() as uow:
        places = PlaceIndex(uow.places.tree())
    return Dialogue(
        language=Unasked(),
        transactions=ward.store.transactions,
        items=ItemIndex(ITEMS),
        places=places,
        clock=Stopped(),
    )


def say(ward: Ward, text: str, *, who: Person = ANA) -> Turn:
    return asyncio.run(dialogue(ward).hear(Heard(text, who, "D1", "1700.1", "Ev1", private=True)))


def trail(ward: Ward) -> list[TrailEntry]:
    with ward.store.transactions.reading() as uow:
        return uow.trail.read(NORTH, kinds=[TrailKind.READ_PATIENTS])


def test_who_is_shown_patients_is_written_down_once_an_answer(ward: Ward) -> None:
    ward.use(2, lot=FOLEY_EARLY, charge=ON_CASE)
    ward.use(1, lot=FOLEY_EARLY, charge=ON_CASE)
    assert "4821" in repr(say(ward, "8J-2210").answer)
    (entry,) = trail(ward)
    assert (entry.person_id, entry.deed, entry.at) == (NURSE, "trace-lot", NOW)
    # Both uses, and what the ward put right after each on the same case.
    assert entry.detail == "On whom 8J-2210 was used: 4 movements."
    assert "4821" not in repr(entry)


def test_another_page_or_a_button_is_another_answer(ward: Ward) -> None:
    ward.use(2, lot=FOLEY_EARLY, charge=ON_CASE)
    state = say(ward, "8J-2210").state
    memory = recalled(state, now=NOW)
    assert memory is not None
    chosen = Chosen(encode(memory.subject.draft), 0, ANA, "D1", "1700.1", "Ev2")
    asyncio.run(dialogue(ward).choose(chosen))
    assert len(trail(ward)) == 2


def test_nothing_is_written_where_nobody_is_named_or_the_reader_may_not_see_it(ward: Ward) -> None:
    say(ward, "8J-2210")
    ward.use(2, lot=FOLEY_EARLY, charge=ON_CASE)
    assert "4821" not in repr(say(ward, "8J-2210", who=TECHNICIAN).answer)
    assert trail(ward) == []


def test_what_can_not_be_written_down_is_not_shown(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    ward.use(2, lot=FOLEY_EARLY, charge=ON_CASE)
    asked = dialogue(ward)

    def away() -> UnitOfWork:
        raise StoreUnavailable("away")

    monkeypatch.setattr(asked._transactions, "begin", away)
    with pytest.raises(StoreUnavailable):
        asyncio.run(asked.hear(Heard("8J-2210", ANA, "D1", "1700.1", "Ev1", private=True)))
