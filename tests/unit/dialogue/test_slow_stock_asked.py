"""What does not move: the window that is said, the usual one, and the button that gives the question again."""

from __future__ import annotations

from datetime import date, timedelta

from bot.dialogue.tokens import decode, encode
from bot.understanding.draft import draft_of, request_of
from domain.model.window import DateWindow
from domain.usecases.ask.requests import SlowStock
from tests.unit.dialogue.ward import ICU, NURSE, PACU, TODAY, Talk


async def test_what_has_not_moved_is_asked_since_the_day_that_is_said() -> None:
    talk = Talk()
    text = talk.labels.know("what hasn't moved since august", "slow_moving", "window=since august")
    turn = await talk.say(text)
    assert turn.request == SlowStock(NURSE, TODAY, DateWindow(date(2026, 8, 1), TODAY, "since august"))


async def test_slow_stock_without_a_time_is_of_ninety_days_where_one_asks() -> None:
    talk = Talk()
    turn = await talk.say(talk.labels.know("slow movers in PACU", "slow_moving", "location=PACU"))
    window = DateWindow(TODAY - timedelta(days=90), TODAY, "in the last 90 days")
    assert turn.request == SlowStock(NURSE, TODAY, window, (PACU,))


async def test_a_follow_up_asks_the_same_of_another_place() -> None:
    talk = Talk()
    await talk.say(
        talk.labels.know(
            "dead stock in PACU since august", "slow_moving", "location=PACU", "window=since august"
        )
    )
    turn = await talk.say(talk.labels.know("and in ICU?", "slow_moving", "location=ICU"))
    assert isinstance(turn.request, SlowStock)
    assert turn.request.places == (ICU,)
    assert turn.request.window.start == date(2026, 8, 1)


def test_its_button_gives_the_same_question_again() -> None:
    asked = SlowStock(NURSE, TODAY, DateWindow(date(2026, 6, 1), TODAY, "since june"), (ICU,))
    token = encode(asked)
    assert request_of(decode(token), asker=NURSE, today=TODAY) == asked
    assert decode(token) == draft_of(asked)
