"""What a thread is about, and messages that lean on it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.dialogue.turn import Turn
from domain.model.ids import ItemId
from domain.usecases.ask.requests import BelowPar, CheckExpiry, CheckStock, FindItem, ReportUsage
from tests.unit.dialogue.ward import ED, FOLEY_16, ICU, NURSE, PACU, TEGADERM, TODAY, Talk

BIOGEL_75, BIOGEL_8 = ItemId(103), ItemId(104)


async def begun(*, thread: str = "1700.1", channel: str = "C1") -> Talk:
    """A thread about 7.5 gloves."""
    talk = Talk()
    talk.labels.know("where are 7.5 gloves?", "find_item", "size=7.5", "item=gloves")
    await talk.say("where are 7.5 gloves?", thread=thread, channel=channel)
    return talk


async def test_another_place_keeps_the_question_and_the_things() -> None:
    talk = await begun()
    turn = await talk.say(talk.labels.know("and in ED?", "check_stock", "location=ED", confidence=0.3))
    assert isinstance(turn.request, FindItem)
    assert turn.request.places == (ED,)
    assert set(turn.request.items) == {ItemId(103), ItemId(203)}


async def test_a_brand_picks_among_what_was_shown() -> None:
    talk = await begun()
    turn = await talk.say(
        talk.labels.know("the biogel ones", "find_item", "item=biogel ones", confidence=0.4)
    )
    assert isinstance(turn.request, FindItem)
    assert turn.request.items == (BIOGEL_75,)


async def test_another_size_keeps_the_thing() -> None:
    talk = await begun()
    turn = await talk.say(talk.labels.know("what about 8?", "find_item", "quantity=8", confidence=0.4))
    assert isinstance(turn.request, FindItem)
    assert set(turn.request.items) == {BIOGEL_8, ItemId(204)}


async def test_another_question_keeps_the_things_and_the_place() -> None:
    talk = await begun()
    await talk.say(talk.labels.know("and in ED?", "find_item", "location=ED"))
    turn = await talk.say(talk.labels.know("how many?", "check_stock"))
    assert isinstance(turn.request, CheckStock)
    assert turn.request.places == (ED,)
    turn = await talk.say(talk.labels.know("and expiring?", "check_expiry"))
    assert isinstance(turn.request, CheckExpiry)
    assert turn.request.places == (ED,)
    assert set(turn.request.items) == {ItemId(103), ItemId(203)}


async def test_a_pronoun_stands_for_the_thing_of_the_thread() -> None:
    talk = Talk()
    await talk.say(talk.labels.know("where is the tegaderm", "find_item", "item=tegaderm"))
    turn = await talk.say(
        talk.labels.know("how much of it do we have in PACU", "check_stock", "location=PACU")
    )
    assert turn.request == CheckStock(NURSE, TODAY, (TEGADERM,), (PACU,))


async def test_there_is_the_place_of_the_thread() -> None:
    talk = Talk()
    await talk.say(talk.labels.know("what's low in PACU", "below_par", "location=PACU"))
    turn = await talk.say(talk.labels.know("and what expires there?", "check_expiry", "location=there"))
    assert isinstance(turn.request, CheckExpiry)
    assert turn.request.places == (PACU,)


async def test_another_thing_keeps_the_question_and_the_place() -> None:
    talk = Talk()
    text = talk.labels.know("any tegaderm in ICU", "check_stock", "item=tegaderm", "location=ICU")
    await talk.say(text)
    turn = await talk.say(
        talk.labels.know("what about 16 fr foleys?", "find_item", "size=16 fr", "item=foleys")
    )
    assert turn.request == CheckStock(NURSE, TODAY, (FOLEY_16,), (ICU,))


async def test_another_window_keeps_the_rest() -> None:
    talk = Talk()
    text = talk.labels.know(
        "how many chest tubes did ED use since august", "usage_history", "item=chest tubes", "location=ED", "window=since august"
    )  # fmt: skip
    await talk.say(text)
    turn = await talk.say(talk.labels.know("and last month?", "usage_history", "window=last month"))
    assert isinstance(turn.request, ReportUsage)
    assert (turn.request.window.start, turn.request.window.end) == (date(2026, 10, 1), date(2026, 10, 31))
    assert turn.request.places == (ED,)
    assert len(turn.request.items) == 3


async def test_a_whole_new_question_starts_afresh() -> None:
    talk = Talk()
    text = talk.labels.know("any tegaderm in ICU", "check_stock", "item=tegaderm", "location=ICU")
    await talk.say(text)
    turn = await talk.say(
        talk.labels.know("where are the 16 fr foleys", "find_item", "size=16 fr", "item=foleys")
    )
    assert turn.request == FindItem(NURSE, TODAY, (FOLEY_16,), ())
    turn = await talk.say(talk.labels.know("what's low in PACU", "below_par", "location=PACU"))
    assert turn.request == BelowPar(NURSE, TODAY, (PACU,), ())


async def which_foley() -> tuple[Talk, Turn]:
    talk = Talk()
    turn = await talk.say(talk.labels.know("any 13 fr foleys", "check_stock", "size=13 fr", "item=foleys"))
    assert [option.label for option in turn.options] == ["12 Fr", "14 Fr", "16 Fr", "18 Fr", "All 4"]
    return talk, turn


@pytest.mark.parametrize(
    "answer", ["16", "16 fr", "sixteen french", "3", "the third one", "the 16 fr one please"]
)
async def test_a_question_is_finished_by_an_options_words_or_number(answer: str) -> None:
    talk, _ = await which_foley()
    asked = list(talk.labels.asked)
    turn = await talk.say(answer)
    assert turn.request == CheckStock(NURSE, TODAY, (FOLEY_16,), ())
    assert talk.labels.asked == asked  # no language model is needed for that


async def test_all_of_them_finishes_a_question_too() -> None:
    talk, _ = await which_foley()
    turn = await talk.say("all of them")
    assert isinstance(turn.request, CheckStock)
    assert len(turn.request.items) == 4


async def test_yes_to_several_options_asks_which() -> None:
    talk, asked = await which_foley()
    turn = await talk.say("yes")
    assert turn.request is None
    assert turn.options == asked.options


async def test_no_and_never_mind_close_a_question_without_an_answer() -> None:
    talk, _ = await which_foley()
    turn = await talk.say("no")
    assert turn.request is None
    turn = await talk.say("never mind")
    assert turn.request is None
    turn = await talk.say(talk.labels.know("16", "find_item", "size=16", confidence=0.2))
    assert turn.request is None


async def test_yes_without_a_question_says_so() -> None:
    turn = await Talk().say("yes")
    assert "no open question" in turn.rendered.text


async def test_threads_know_nothing_of_each_other() -> None:
    talk = await begun(thread="1")
    turn = await talk.say(talk.labels.know("and in ED?", "find_item", "location=ED"), thread="2")
    assert turn.request is None


@pytest.mark.parametrize(
    ("thread", "after", "known"),
    [
        ("1", timedelta(hours=23), True),
        ("1", timedelta(hours=25), False),
        ("", timedelta(minutes=29), True),
        ("", timedelta(minutes=31), False),
    ],
)
async def test_a_thread_is_remembered_for_a_day_and_a_direct_message_for_half_an_hour(
    thread: str, after: timedelta, known: bool
) -> None:
    talk = await begun(thread=thread)
    talk.clock.moment += after
    turn = await talk.say(talk.labels.know("and in ED?", "find_item", "location=ED"), thread=thread)
    assert (turn.request is not None) is known


async def test_a_state_of_another_version_is_no_memory() -> None:
    talk = await begun()
    for key, state in talk.ward.threads_held.items():
        talk.ward.threads_held[key] = type(state)(
            state.channel, state.thread, state.person_id, '{"v":9,"question":"?"}', state.updated_at
        )
    turn = await talk.say(talk.labels.know("and in ED?", "find_item", "location=ED"))
    assert turn.request is None


async def test_a_button_is_asked_anew_by_whom_presses_it_and_pages_keep_their_token() -> None:
    talk, asked = await which_foley()
    turn = await talk.press(asked.options[-1].token, page=2)
    assert isinstance(turn.request, CheckStock)
    assert "page 2" in turn.rendered.text
    turn = await talk.say(talk.labels.know("and in ED?", "find_item", "location=ED"))
    assert isinstance(turn.request, CheckStock)
    assert turn.request.places == (ED,)


async def test_a_button_that_can_not_be_read_is_a_sentence() -> None:
    turn = await Talk().press('{"v":1,"q":"find","i":["x"]}')
    assert turn.request is None
    assert "can not read this button" in turn.rendered.text
