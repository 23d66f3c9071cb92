"""Presses and forms of actions as letters: what is read of Slack's payloads, what counts as the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.listeners.acting import aside, form_letter, form_values, opens_form, press_letter
from bot.views.acting.parts import press_value

SUBJECT = "0199c0de-0000-7000-8000-000000000001"


def body(**changes: Any) -> dict[str, Any]:
    return {
        "user": {"id": "U1"},
        "container": {"type": "message", "channel_id": "C1", "message_ts": "17.1", "thread_ts": "16.0"},
        "channel": {"id": "C1"},
        "response_url": "https://hooks.example/1",
        **changes,
    }


def action(press: str = "confirm", *, choice: str = "", at: str = "100.0", **changes: Any) -> dict[str, Any]:
    value = press_value(SUBJECT, 3, choice)
    return {
        "action_id": f"parley.act.{press}:2",
        "value": value,
        "action_ts": at,
        "type": "button",
        **changes,
    }


def test_a_press_is_read_with_its_subject_version_and_choice() -> None:
    letter = press_letter(body(), action("choose", choice="item:7"))
    assert letter is not None
    assert letter.kind == "press"
    assert [letter.text(name) for name in ("press", "subject", "choice", "channel", "ts", "talk")] == [
        "choose", SUBJECT, "item:7", "C1", "17.1", "16.0",
    ]  # fmt: skip
    assert (letter.number("version"), letter.flag("private"), letter.lane) == (3, False, "C1:16.0")


def test_two_clicks_in_haste_are_one_letter_and_a_later_one_another() -> None:
    first, second, later = (press_letter(body(), action(at=at)) for at in ("100.0", "103.9", "107.0"))
    assert first is not None
    assert second is not None
    assert later is not None
    assert first.event_id == second.event_id != later.event_id


@pytest.mark.parametrize(
    "other", [(body(user={"id": "U2"}), action()), (body(), action("cancel")), (body(), action(choice="x"))]
)
def test_another_person_button_or_choice_is_another_letter(
    other: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    first, second = press_letter(body(), action()), press_letter(*other)
    assert first is not None
    assert second is not None
    assert first.event_id != second.event_id


@pytest.mark.parametrize(
    "value",
    [None, "", "{", "[]", '{"s": ""}', '{"s": "x"}', '{"s": "x", "v": true}', '{"s": "x", "v": "1"}', "x" * 2001, "[" * 1999],
)  # fmt: skip
def test_a_value_that_says_nothing_to_us_is_stale(value: object) -> None:
    letter = press_letter(body(), action(value=value))
    assert letter is not None
    assert letter.kind == "stale"
    assert not opens_form(letter)


def test_a_press_that_nobody_knows_is_stale() -> None:
    letter = press_letter(body(), action("explode"))
    assert letter is not None
    assert letter.kind == "stale"


@pytest.mark.parametrize(
    ("block_id", "kind", "version"),
    [
        (f"{SUBJECT}|4|1", "press", 4),
        ("hold:3|0|1001", "press", 0),
        ("Xy7", "stale", 0),
        ("|1|1", "stale", 0),
    ],
)
def test_a_list_says_by_its_block_whose_it_is(block_id: str, kind: str, version: int) -> None:
    chosen = action("check", value=None, block_id=block_id, selected_option={"value": "7:pulled"})
    letter = press_letter(body(), chosen)
    assert letter is not None
    assert (letter.kind, letter.number("version")) == (kind, version)
    assert letter.text("choice") == ("7:pulled" if kind == "press" else "")


def test_what_the_person_alone_sees_is_private_and_talked_about_as_with_a_command() -> None:
    container = {"type": "message", "channel_id": "C1", "message_ts": "17.1", "is_ephemeral": True}
    letter = press_letter(body(container=container), action())
    assert letter is not None
    assert (letter.flag("private"), letter.flag("ephemeral"), letter.text("talk")) == (
        True,
        True,
        "command:U1",
    )


def test_in_direct_messages_the_reply_stands_where_the_card_does() -> None:
    container = {"type": "message", "channel_id": "D1", "message_ts": "17.1"}
    letter = press_letter(body(container=container), action())
    assert letter is not None
    assert (letter.text("thread"), letter.flag("private"), letter.flag("ephemeral")) == ("", True, False)


@pytest.mark.parametrize(
    ("press", "choice", "opens"),
    [("edit", "", True), ("override", "", True), ("step", "edit", True), ("step", "picked", False), ("confirm", "", False)],
)  # fmt: skip
def test_some_presses_open_a_form(press: str, choice: str, opens: bool) -> None:
    letter = press_letter(body(), action(press, choice=choice))
    assert letter is not None
    assert opens_form(letter) is opens


def test_what_is_said_of_a_press_has_a_letter_of_its_own() -> None:
    letter = press_letter(body(), action("edit"))
    assert letter is not None
    said = aside(letter, "Too late.")
    assert (said.kind, said.text("said"), said.text("url")) == (
        "aside",
        "Too late.",
        "https://hooks.example/1",
    )
    assert said.event_id != letter.event_id


def view(metadata: object, **values: Any) -> dict[str, Any]:
    return {"id": "V1", "private_metadata": json.dumps(metadata), "state": {"values": values}}


def test_a_sent_form_brings_its_values_and_where_its_card_is() -> None:
    known = {
        "f": "edit",
        "s": SUBJECT,
        "v": 2,
        "c": "C1",
        "m": "17.1",
        "t": "16.0",
        "k": "16.0",
        "u": "",
        "p": False,
    }
    letter = form_letter(
        {"user": {"id": "U1"}},
        view(known, quantity={"quantity": {"type": "plain_text_input", "value": " 3 "}}),
    )
    assert letter is not None
    assert (letter.event_id, letter.kind, letter.number("version")) == ("formed:V1:U1", "formed", 2)
    assert letter.payload["values"] == {"quantity": "3"}


@pytest.mark.parametrize("metadata", ["", [], {}, {"s": ""}, {"s": 7}])
def test_a_form_that_is_not_ours_is_no_letter(metadata: object) -> None:
    assert form_letter({"user": {"id": "U1"}}, view(metadata)) is None
    assert form_letter({}, view({"s": SUBJECT})) is None


def test_each_kind_of_control_gives_text() -> None:
    values = form_values(
        view(
            {},
            a={"a": {"type": "plain_text_input", "value": None}},
            b={"b": {"type": "static_select", "selected_option": {"value": "2"}}},
            c={"c": {"type": "static_select", "selected_option": None}},
            d={"d": {"type": "datepicker", "selected_date": "2027-02-03"}},
            e={"e": {"type": "checkboxes", "selected_options": [{"value": "x"}, {"value": "y"}]}},
        )
    )
    assert values == {"a": "", "b": "2", "c": "", "d": "2027-02-03", "e": "x,y"}
