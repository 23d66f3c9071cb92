"""The question which reading was meant, its finished form, the way back from an answer, the form: all fit for Slack."""

from __future__ import annotations

import json

import pytest

from bot.dialogue.deciding import CHOICES, MOST_WAYS, likely_instead
from bot.dialogue.deeds import offered
from bot.dialogue.table import TABLE
from bot.dialogue.tokens import Choice, InvalidToken, decode_choice, encode_choice
from bot.understanding.confidence import Reading
from bot.views import limits, notices
from bot.views.asking import Asking, asking, chosen, closed, form_metadata, meant_form, with_way_back
from bot.views.card import page_value
from bot.views.rendered import Notice, Option, Rendered

KEY = "0123456789abcdef01234567"
WAYS = (
    Option("Show where 7.5 gloves are", encode_choice(Choice(KEY, "find_item"))),
    Option("Count how many 7.5 gloves we have", encode_choice(Choice(KEY, "check_stock"))),
)


def buttons(rendered: Rendered) -> list[str]:
    found = []
    for block in rendered.blocks:
        elements = block.get("elements") if block["type"] == "actions" else None
        for element in elements if isinstance(elements, list) else []:
            assert isinstance(element, dict)
            text = element["text"]
            assert isinstance(text, dict)
            found.append(str(text["text"]))
    return found


def test_the_question_has_a_button_a_reading_and_the_quiet_one_last() -> None:
    shown = asking(Asking("Which do you mean?", WAYS, encode_choice(Choice(KEY))))
    assert buttons(shown) == [*(way.label for way in WAYS), "Something else"]
    assert limits.problems(shown.blocks, text=shown.text) == []
    assert "2. Count how many 7.5 gloves we have" in shown.text


@pytest.mark.parametrize("said", ["Show where <!channel> & <@U1> are", "x" * 500])
def test_whatever_words_come_in_the_cards_stay_fit_for_slack(said: str) -> None:
    for shown in (
        asking(Asking(said, (Option(said[:74], "t"),), "e", said)),
        chosen(said),
        closed(said),
    ):
        assert limits.problems(shown.blocks) == []
    assert buttons(chosen(said)) == []


def test_the_way_back_is_the_last_button_of_the_last_row_and_stands_there_once() -> None:
    listed = notices.notice(Notice("Nine lines.", tries=(Option("what's low in PACU?", "below_par"),)))
    once = with_way_back(listed, "t")
    assert buttons(once) == ["what's low in PACU?", "Not what I meant"]
    assert with_way_back(once, "t") == once
    assert once.text == listed.text
    plain = with_way_back(notices.notice(Notice("One.")), "t")
    assert buttons(plain) == ["Not what I meant"]
    assert limits.problems(plain.blocks, text=plain.text) == []


def test_a_message_without_room_or_without_blocks_is_left_alone() -> None:
    full = Rendered("x", tuple(notices.notice(Notice("line")).blocks * limits.BLOCKS["message"]))
    assert with_way_back(full, "t") == full
    assert with_way_back(Rendered("only text"), "t") == Rendered("only text")


def test_the_form_offers_everything_that_can_be_meant_and_fits_slack() -> None:
    form = meant_form(CHOICES, metadata=form_metadata({"k": "t", "u": "https://hooks.example/" + "x" * 500}))
    assert limits.view_problems(form) == []
    assert {intent for intent, _ in CHOICES} == {i for i in TABLE if offered(i)} | {"out_of_scope"}


@pytest.mark.parametrize("intent", sorted(TABLE))
def test_somebody_who_meant_another_thing_is_offered_three_others(intent: str) -> None:
    ways = likely_instead(intent, [Reading(intent, 0.99), Reading("greet", 0.01)])
    assert len(ways) == MOST_WAYS
    assert intent not in ways
    assert all(offered(way) for way in ways)


def test_what_the_model_held_possible_is_offered_before_what_people_mostly_mean() -> None:
    ranking = [Reading("find_item", 0.8), Reading("trace_lot", 0.1), Reading("undo", 0.001)]
    assert likely_instead("find_item", ranking) == ("trace_lot", "check_stock", "item_info")


@pytest.mark.parametrize("choice", [Choice(KEY), Choice(KEY, "consume"), Choice(KEY, "undo", corrects=True)])
def test_a_choice_comes_back_from_its_button_as_it_was(choice: Choice) -> None:
    token = encode_choice(choice)
    assert decode_choice(token) == choice
    assert len(page_value(token, 0)) < 150


@pytest.mark.parametrize(
    "token",
    ["", "{}", "[]", "x" * 5000, json.dumps({"v": 2, "k": KEY}), json.dumps({"v": 1, "k": KEY, "x": "drop"}),
     json.dumps({"v": 1, "k": KEY.upper()}), json.dumps({"v": 1, "k": KEY, "more": 1})],
)  # fmt: skip
def test_anything_else_is_no_choice(token: str) -> None:
    with pytest.raises(InvalidToken):
        decode_choice(token)
