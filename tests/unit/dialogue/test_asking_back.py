"""When the dialogue asks which reading was meant, what it remembers of the choice, and what it never lets the thread decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.dialogue.memory import recalled
from bot.dialogue.record import Guide, opened
from bot.dialogue.turn import Heard, Turn
from bot.understanding.confidence import Reading
from bot.vault import FernetVault
from domain.errors import LanguageUnavailable
from domain.ports import ReadingRow
from domain.usecases.ask.requests import CheckStock, FindItem
from tests.scenario.conftest import KEY
from tests.unit.dialogue.ward import NURSE, TEGADERM, Talk

VAULT = FernetVault(KEY)


@dataclass
class Rankings:
    """Knows the other readings of a test's messages."""

    known: dict[str, tuple[Reading, ...]] = field(default_factory=dict)
    down: bool = False
    asked: list[str] = field(default_factory=list)

    async def ranking(self, text: str) -> tuple[Reading, ...]:
        self.asked.append(text)
        if self.down:
            raise LanguageUnavailable("The language service does not answer.")
        return self.known.get(text, ())

    async def model(self) -> str:
        return "m1"


class Readings:
    """The store's, in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[str, ReadingRow] = {}

    def get(self, key: str) -> ReadingRow | None:
        return self.rows.get(key)


class AskingTalk(Talk):
    """A talk whose dialogue has a guide; what a turn says to keep is kept."""

    def __init__(self) -> None:
        self.rankings = Rankings()
        self.readings = Readings()
        super().__init__(guide=Guide(self.rankings, VAULT))
        self.ward.readings = self.readings  # type: ignore[attr-defined]  # the ward has no store of its own
        self._messages = 0

    def may_mean(self, text: str, *readings: tuple[str, float], labels: tuple[str, ...] = ()) -> str:
        intent, confidence = readings[0]
        self.labels.know(text, intent, *labels, confidence=confidence)
        self.rankings.known[text] = tuple(Reading(*each) for each in readings)
        return text

    async def say(self, text: str, *, thread: str = "1700.1", channel: str = "C1") -> Turn:
        self._messages += 1
        turn = await self.dialogue.hear(Heard(text, self.person, channel, thread, f"Ev{self._messages}"))
        if turn.reading is not None:
            self.readings.rows[turn.reading.id] = turn.reading
        return self._kept(turn)


def close(talk: AskingTalk, text: str = "tegaderm around") -> str:
    return talk.may_mean(text, ("find_item", 0.5), ("check_stock", 0.4), labels=("item=tegaderm",))


async def test_two_close_readings_are_asked_about_and_nothing_is_answered_yet() -> None:
    talk = AskingTalk()
    turn = await talk.say(close(talk))
    assert turn.request is None
    assert [option.label for option in turn.options] == [
        "Show where tegaderm is",
        "Count how many tegaderm we have",
    ]


async def test_a_sure_message_is_not_looked_at_twice() -> None:
    talk = AskingTalk()
    turn = await talk.say(
        talk.may_mean("where is the tegaderm", ("find_item", 0.9), labels=("item=tegaderm",))
    )
    assert isinstance(turn.request, FindItem)
    assert talk.rankings.asked == []


async def test_where_the_other_readings_are_not_to_be_had_the_likeliest_question_is_answered() -> None:
    talk = AskingTalk()
    text = close(talk)
    talk.rankings.down = True
    assert isinstance((await talk.say(text)).request, FindItem)


async def test_where_the_other_readings_are_not_to_be_had_a_doubtful_action_is_asked_about_all_the_same() -> (
    None
):
    talk = AskingTalk()
    talk.rankings.down = True
    turn = await talk.say(talk.may_mean("tegaderm for bed 4", ("consume", 0.7), labels=("item=tegaderm",)))
    assert [option.label for option in turn.options] == [
        "Record that tegaderm was used", "Show where tegaderm is",
    ]  # fmt: skip


async def test_readings_that_lead_to_the_same_answer_are_not_asked_about() -> None:
    talk = AskingTalk()
    text = talk.may_mean(
        "lot 8J2210 please", ("find_item", 0.5), ("check_stock", 0.45), labels=("lot=8J2210",)
    )
    turn = await talk.say(text)
    assert turn.request is not None
    assert turn.options == ()


@pytest.mark.parametrize(
    ("said", "kind"), [("the second", CheckStock), ("1", FindItem), ("count them", CheckStock)]
)
async def test_a_typed_answer_chooses_and_is_remembered(said: str, kind: type) -> None:
    talk = AskingTalk()
    await talk.say(close(talk))
    talk.labels.know("count them", "check_stock", confidence=0.9)
    turn = await talk.say(said)
    assert isinstance(turn.request, FindItem | CheckStock)
    assert isinstance(turn.request, kind)
    assert turn.request.items == (TEGADERM,)
    again = await talk.say(close(talk))
    assert isinstance(again.request, kind)


async def test_another_thread_has_to_be_asked_again() -> None:
    talk = AskingTalk()
    await talk.say(close(talk))
    await talk.say("the second")
    assert (await talk.say(close(talk), thread="1800.1")).request is None


async def test_what_was_chosen_long_ago_is_forgotten_with_its_thread() -> None:
    talk = AskingTalk()
    await talk.say(close(talk))
    await talk.say("the second")
    talk.clock.moment += timedelta(hours=25)
    assert (await talk.say(close(talk))).request is None


async def test_a_doubtful_action_in_a_thread_is_asked_about_and_not_taken_for_a_follow_up() -> None:
    talk = AskingTalk()
    await talk.say(talk.labels.know("where is the tegaderm", "find_item", "item=tegaderm"))
    text = talk.may_mean("took two of those", ("consume", 0.6), ("find_item", 0.2))
    turn = await talk.say(text)
    assert turn.request is None
    assert len(turn.options) == 2
    # Said again in the same words it is as doubtful as before: words choose no action.
    again = await talk.say(text)
    assert again.request is None
    assert len(again.options) == 2


async def test_the_thread_keeps_nothing_that_was_typed_and_the_reading_is_sealed() -> None:
    talk = AskingTalk()
    text = talk.may_mean(
        "tegaderm for mrn 5512345 around", ("find_item", 0.5), ("check_stock", 0.4),
        labels=("item=tegaderm", "patient=5512345"),
    )  # fmt: skip
    turn = await talk.say(text)
    assert turn.reading is not None
    assert "5512345" not in talk.remembered()
    assert b"5512345" not in turn.reading.sealed
    assert all("5512345" not in option.token + option.label for option in turn.options)
    record = opened(turn.reading, vault=VAULT, now=talk.clock.now())
    assert record is not None
    assert record.text == text
    assert record.owned_by(NURSE.slack_user_id or "")


async def test_a_thread_state_of_an_older_parley_is_still_read() -> None:
    talk = AskingTalk()
    await talk.say(talk.labels.know("where is the tegaderm", "find_item", "item=tegaderm"))
    state = talk.ward.threads_held[("C1", "1700.1")]
    assert "preferred" not in state.state
    memory = recalled(state, now=talk.clock.now())
    assert memory is not None
    assert memory.preferred == ()


@pytest.mark.parametrize("text", ["hi", "thanks", "help"])
async def test_courtesies_leave_no_reading(text: str) -> None:
    assert (await AskingTalk().say(text)).reading is None


async def test_what_is_beyond_parley_gets_three_examples_nearest_to_what_was_written() -> None:
    talk = AskingTalk()
    talk.may_mean("sing about lots expiring", ("out_of_scope", 0.9), ("check_expiry", 0.05))
    turn = await talk.say("sing about lots expiring")
    assert turn.request is None
    assert "I know the supply rooms only" in turn.rendered.text
    assert turn.reading is not None


@pytest.mark.parametrize("labels", [("item=okonkwo",), (), ("item=tegaderm okonkwo",), ("location=okonkwo",)])
async def test_no_word_that_is_not_the_hospitals_own_gets_onto_a_button_or_into_the_thread(
    labels: tuple[str, ...],
) -> None:
    talk = AskingTalk()
    text = (
        "tegaderm okonkwo took it" if "item=tegaderm okonkwo" in labels else "took tegaderm for okonkwo now"
    )
    talk.may_mean(text, ("consume", 0.6), ("find_item", 0.2), labels=labels)
    turn = await talk.say(text)
    assert len(turn.options) == 2
    assert all("okonkwo" not in option.label + option.token for option in turn.options)
    assert "okonkwo" not in talk.remembered()


async def test_what_leans_on_the_threads_question_goes_on_with_it_where_an_action_is_hardly_likelier() -> (
    None
):
    talk = AskingTalk()
    await talk.say(talk.labels.know("where are the 7.5 gloves", "find_item", "size=7.5", "item=gloves"))
    text = talk.may_mean(
        "just the biogel ones", ("receive", 0.42), ("consume", 0.3), labels=("item=biogel ones",)
    )
    assert isinstance((await talk.say(text)).request, FindItem)


async def test_a_question_that_the_words_ask_is_answered_beside_a_possible_order() -> None:
    talk = AskingTalk()
    text = talk.may_mean(
        "any tegaderm on the cart", ("check_stock", 0.55), ("requisition", 0.3), labels=("item=tegaderm",)
    )
    assert isinstance((await talk.say(text)).request, CheckStock)


async def test_a_size_said_after_the_question_belongs_to_what_was_asked_about() -> None:
    talk = AskingTalk()
    await talk.say(
        talk.may_mean("tegaderm ed stuff", ("count", 0.5), ("check_stock", 0.3), labels=("item=tegaderm",))
    )
    turn = await talk.say(
        talk.may_mean("in PACU", ("count", 0.3), ("find_item", 0.2), labels=("location=PACU",))
    )
    assert turn.request is not None
    assert turn.request.items == (TEGADERM,)
