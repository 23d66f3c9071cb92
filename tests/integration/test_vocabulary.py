"""What people set right of what was heard, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.understanding.hearing.choosing import understood
from bot.understanding.hearing.learning import lessons
from bot.understanding.hearing.terms import Terms
from domain.ports import Misheard
from domain.store import Store

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TERMS = Terms(("Floseal hemostatic matrix", "bougie", "chest tubes"))


def test_what_was_set_right_most_often_comes_first(store: Store) -> None:
    with store.transactions.begin() as uow:
        for meant in ("floseal", "bougie", "floseal"):
            uow.vocabulary.learn("flow shell", meant, now=NOW)
        uow.commit()
    with store.transactions.reading() as uow:
        assert uow.vocabulary.all() == [
            Misheard("flow shell", "floseal", 2),
            Misheard("flow shell", "bougie", 1),
        ]


def test_only_names_that_sound_so_are_learnt() -> None:
    assert lessons("where is the flow shell", "where is the floseal", terms=TERMS) == (
        ("flow shell", "floseal"),
    )
    assert lessons("used 2 for MRN 4482913", "used 3 for MRN 4482914", terms=TERMS) == ()
    assert lessons("give it to maria", "give it to jonathan", terms=TERMS) == ()
    assert lessons("where is the pen", "where is the bougie", terms=TERMS) == ()


def test_what_was_learnt_is_heard_so_from_then_on() -> None:
    learnt = {"flow shell": "floseal"}
    assert understood([[("Where is the flow shell?", -0.2)]], terms=TERMS, learnt=learnt).text == (
        "Where is the floseal?"
    )


def test_a_word_of_the_house_is_never_taken_for_another() -> None:
    learnt = {"chest tubes": "floseal"}
    assert understood([[("Where are the chest tubes?", -0.2)]], terms=TERMS, learnt=learnt).text == (
        "Where are the chest tubes?"
    )
