"""Actions through the whole dialogue over a real store: sure ones are carded, doubtful ones asked about, clicks post once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest

from bench.composition import labelled
from bot.dialogue.acting.turns import Press
from bot.dialogue.converse import Dialogue
from bot.dialogue.turn import Turn
from bot.understanding.meaning import Meaning
from domain.model.place import PlaceTree
from domain.store import Store
from domain.store.search.items import ItemIndex
from domain.store.search.places import PlaceIndex
from domain.usecases.admin.check_ledger import check_ledger
from tests.unit.acting.house import ANA, BEN, CENTRAL, FOLEY16, ICU, ITEMS, PLACES, TOM, House, lines_of

ONE = "used [2](quantity) [16 fr](size) [foleys](item)"


@dataclass
class Taught:
    """Understands what it was taught; anything else is out of scope."""

    meanings: dict[str, Meaning] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def parse(self, text: str) -> Meaning:
        self.asked.append(text)
        return self.meanings.get(text, Meaning(text, "out_of_scope", 0.9))


class Talk:
    """A thread spoken to through the dialogue."""

    def __init__(self, store: Store) -> None:
        self.house = House(store)
        self.language = Taught()
        self.dialogue = Dialogue(
            language=self.language,
            transactions=store.transactions,
            items=ItemIndex(ITEMS),
            places=PlaceIndex(PlaceTree(PLACES)),
            clock=self.house.clock,
            acting=self.house.acts,
        )

    def say(self, text: str, intent: str = "", *, sure: float = 0.97, event: str = "") -> Turn:
        meaning = labelled(text, intent=intent or "out_of_scope")
        if intent:
            self.language.meanings[meaning.text] = replace(meaning, confidence=sure)
        return asyncio.run(self.dialogue.hear(self.house.heard(meaning.text, event=event)))


@pytest.fixture
def talk(store: Store) -> Talk:
    return Talk(store)


def test_a_sure_action_is_read_back_and_posted_by_one_click(talk: Talk, store: Store) -> None:
    turn = talk.say(ONE, "consume")
    assert turn.act is not None
    assert turn.act.card_of == talk.house.card.subject
    assert lines_of(talk.house.card) == [("Foley catheter 16 Fr", 2)]
    assert talk.house.confirm().number == "R-1"
    assert talk.house.on_hand(FOLEY16, ICU) == 13
    assert check_ledger(store.transactions, on_difference=print).sound


def test_a_doubtful_action_is_never_carded(talk: Talk) -> None:
    turn = talk.say(ONE, "consume", sure=0.55)
    assert turn.act is None
    assert not talk.house.views.cards


def test_corrections_and_yes_are_read_before_anything_is_asked_of_the_language_service(talk: Talk) -> None:
    talk.say(ONE, "consume")
    asked = len(talk.language.asked)
    talk.say("make it 3")
    talk.say("not ICU, PACU")
    assert lines_of(talk.house.card) == [("Foley catheter 16 Fr", 3)]
    turn = talk.say("yes")
    assert turn.act is not None
    assert talk.house.views.receipts[-1].number == "R-1"
    assert len(talk.language.asked) == asked


def test_a_question_is_answered_beside_the_open_card(talk: Talk) -> None:
    talk.say(ONE, "consume")
    turn = talk.say("how many [foleys](item) are in [PACU](location)?", "check_stock")
    assert turn.act is None
    assert turn.answer is not None
    talk.say("yes")
    assert talk.house.views.receipts[-1].number == "R-1"


def test_a_second_action_in_the_thread_is_a_card_of_its_own(talk: Talk) -> None:
    talk.say(ONE, "consume")
    first = talk.house.card
    talk.say("used [3](quantity) [leg bags](item) in [ICU](location)", "consume")
    assert talk.house.card.subject != first.subject
    assert lines_of(talk.house.card) == [("Leg bag", 3)]
    assert talk.house.confirm(card=first).number == "R-1"
    assert talk.house.confirm(card=talk.house.card).number == "R-2"


def test_the_same_action_said_again_in_the_thread_is_no_correction(talk: Talk) -> None:
    talk.say(ONE, "consume")
    first = talk.house.card
    talk.say("used [3](quantity) [16 fr](size) [foleys](item)", "consume")
    assert talk.house.card.subject != first.subject
    assert talk.house.confirm(card=first).number == "R-1"


def test_a_message_that_is_worked_on_twice_makes_one_card(talk: Talk) -> None:
    talk.say(ONE, "consume", event="Ev7")
    talk.say(ONE, "consume", event="Ev7")
    assert len({card.subject for card in talk.house.views.cards}) == 1
    talk.say("make it 3", event="Ev8")
    talk.say("make it 3", event="Ev8")
    assert len({card.subject for card in talk.house.views.cards}) == 2
    assert lines_of(talk.house.card) == [("Foley catheter 16 Fr", 3)]


def test_a_yes_that_is_worked_on_twice_posts_once_and_says_so_twice(talk: Talk) -> None:
    talk.say(ONE, "consume")
    talk.say("yes", event="Ev9")
    talk.say("yes", event="Ev9")
    assert [receipt.number for receipt in talk.house.views.receipts] == ["R-1", "R-1"]
    assert talk.house.on_hand(FOLEY16, ICU) == 13


def test_many_clicks_of_many_people_at_once_post_once(talk: Talk, store: Store) -> None:
    talk.house.in_channel()
    talk.say(ONE, "consume")
    card = talk.house.card
    people = (ANA, BEN, TOM)

    def click(number: int) -> str:
        turn = talk.house.made().press_now(
            talk.house._pressed(Press.CONFIRM, "", card, "", people[number % 3], f"Ev-{number}", None, "1.1")
        )
        return turn.rendered.text

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(click, range(12)))
    assert all("R-1" in text for text in said), said
    assert talk.house.on_hand(FOLEY16, ICU) == 13
    assert check_ledger(store.transactions, on_difference=print).sound


def test_a_day_of_corrections_undo_and_requisition_leaves_a_sound_ledger(talk: Talk, store: Store) -> None:
    talk.say(ONE + " for [C-991](case)", "consume")
    talk.say("add 2 leg bags")
    talk.say("charge C-1002 instead")
    talk.say("go ahead")
    talk.say("undo that")
    talk.say("yes")
    assert talk.house.on_hand(FOLEY16, ICU) == 15
    talk.say("need [10](quantity) [chest tubes](item) from [central](location)", "requisition")
    talk.say("make it 4")
    talk.say("yes")
    order = talk.house.views.orders[-1]
    assert order.lines[0][1].asked == 4
    talk.house.channel, talk.house.person = "C-central", TOM
    for step in ("picked", "delivered"):
        talk.house.press(Press.STEP, step, subject=order.subject)
    talk.house.channel, talk.house.person = "D1", ANA
    talk.house.press(Press.STEP, "received", subject=order.subject)
    assert talk.house.on_hand(ITEMS[8].id, CENTRAL) == 32
    assert talk.house.on_hand(ITEMS[8].id, ICU) == 4
    assert check_ledger(store.transactions, on_difference=print).sound
