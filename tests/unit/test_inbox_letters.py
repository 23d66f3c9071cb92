"""What becomes of Slack's payloads: which are for Parley, what of them is kept, what is dropped."""

from __future__ import annotations

from typing import Any

import pytest

from bot.listeners.actions import action_letter, read_value
from bot.listeners.commands import command_letter
from bot.listeners.hearing import words
from bot.listeners.home import opened_letter
from bot.listeners.messages import message_letter
from bot.listeners.shortcuts import shortcut_letter

BOT = "U0PARLEY01"


def event(**changes: Any) -> dict[str, Any]:
    return {
        "type": "message", "user": "U1", "channel": "C1", "channel_type": "channel", "ts": "100.1", "text": "hello",
        **changes,
    }  # fmt: skip


def letter_of(**changes: Any) -> Any:
    return message_letter(event(**changes), bot_user_id=BOT, team_id="T1")


def test_both_events_of_a_mention_give_one_letter() -> None:
    text = f"<@{BOT}> where are gloves"
    mention, message = letter_of(type="app_mention", text=text), letter_of(text=text)
    assert mention.event_id == message.event_id == "msg:C1:100.1"
    assert mention.text("text") == "where are gloves"
    assert mention.text("thread") == "100.1"


def test_a_direct_message_opens_no_thread() -> None:
    letter = letter_of(channel="D1", channel_type="im")
    assert (letter.text("thread"), letter.text("talk"), letter.flag("private")) == ("", "", True)


@pytest.mark.parametrize(
    "changes",
    [
        {},  # said to everybody
        {"thread_ts": "99.0", "text": "<@U2> can you?"},  # said to somebody else
        {"bot_id": "B1", "channel_type": "im"},
        {"user": BOT, "channel_type": "im"},
        {"subtype": "message_changed", "channel_type": "im"},
        {"subtype": "message_deleted", "channel_type": "im"},
        {"subtype": "bot_message", "channel_type": "im"},
        {"subtype": "channel_join", "text": f"<@{BOT}> joined"},
        {"user": None, "channel_type": "im"},
        {"ts": 5, "channel_type": "im"},
    ],
)
def test_what_is_not_said_to_parley_is_no_letter(changes: dict[str, Any]) -> None:
    assert letter_of(**changes) is None


def test_a_follow_up_in_a_thread_is_a_letter_that_still_has_to_be_checked() -> None:
    letter = letter_of(thread_ts="99.0", text="and in ED?")
    assert not letter.flag("mentioned")
    assert (letter.text("thread"), letter.lane) == ("99.0", "C1:99.0")


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ({"mimetype": "image/heic"}, "image"),
        ({"mimetype": "audio/mp4"}, "audio"),
        ({"mimetype": "", "subtype": "slack_audio"}, "audio"),
        ({"mimetype": "video/webm", "subtype": "slack_audio"}, "audio"),
        ({"mimetype": "application/pdf"}, "file"),
    ],
)
def test_files_are_told_apart(file: dict[str, str], kind: str) -> None:
    assert letter_of(channel_type="im", subtype="file_share", files=[file]).text("files") == kind


def test_somebody_of_another_organisation_is_told_apart() -> None:
    assert letter_of(channel_type="im", user_team="T2").flag("foreign")
    assert not letter_of(channel_type="im", user_team="T1").flag("foreign")


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        (f"<@{BOT}> where &amp; how many &lt;16 fr&gt;", "where & how many <16 fr>"),
        ("<#C1|icu-supply> gloves", "#icu-supply gloves"),
        ("call <tel:5551234|555 1234> or <mailto:a@b.example|a@b.example>", "call 555 1234 or a@b.example"),
        ("<https://x.example|the list>", "the list"),
        ("<!here> gloves <@U2>", "gloves"),
        ("a < b > c", "a < b > c"),
    ],
)
def test_slacks_markup_is_read_as_its_author_saw_it(written: str, heard: str) -> None:
    assert words(written, bot_user_id=BOT) == heard


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ('{"r":"tok","p":2}', ("tok", 2)),
        ('{"r":"tok"}', ("tok", 0)),
        ('{"r":"","p":0}', None),
        ('{"r":"tok","p":10001}', None),
        ('{"r":["tok"]}', None),
        ("[" * 1900, None),
        ("x" * 3000, None),
        (None, None),
    ],
)
def test_a_buttons_value_is_read_or_refused(value: object, read: tuple[str, int] | None) -> None:
    assert read_value(value) == read


def pressed(action_id: str, at: str, **changes: Any) -> Any:
    body = {
        "user": {"id": "U1"}, "channel": {"id": "C1"}, "response_url": "http://x",
        "container": {"type": "message", "channel_id": "C1", "message_ts": "100.1", "thread_ts": "99.0"}, **changes,
    }  # fmt: skip
    return action_letter(body, {"action_id": action_id, "action_ts": at, "value": '{"r":"tok","p":0}'})


def test_a_choice_pressed_twice_in_haste_is_one_letter_and_a_page_is_two() -> None:
    assert pressed("parley.ask:0", "1000.1").event_id == pressed("parley.ask:0", "1001.9").event_id
    assert pressed("parley.ask:0", "1000.1").event_id != pressed("parley.ask:0", "1060.0").event_id
    assert pressed("parley.page:0", "1000.1").event_id != pressed("parley.page:0", "1000.9").event_id


def test_a_button_of_the_home_tab_has_no_channel_and_is_private() -> None:
    letter = pressed("parley.ask:0", "1000.1", channel=None, container={"type": "view", "view_id": "V1"})
    assert (letter.text("channel"), letter.flag("private")) == ("", True)


def test_payloads_without_what_is_needed_are_no_letters() -> None:
    assert command_letter({"user_id": "U1"}) is None
    assert shortcut_letter({"user": {"id": "U1"}}, bot_user_id=BOT) is None
    assert opened_letter({"user": "U1"}) is None
    assert action_letter({}, {}) is None
