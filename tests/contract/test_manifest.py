"""The Slack app's manifest: Slack's own schema where it is at hand, and what no schema says: scopes fit what the code does."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from bot.listeners import commands, labels, shortcuts
from bot.listeners.answering import PROMPTS

ROOT = Path(__file__).resolve().parents[2]
MANIFEST: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text())

# What a listened-to event and a called method ask for: docs.slack.dev/reference.
EVENT_SCOPES = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}
METHOD_SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "views.open": None,
    "views.update": None,
    "views.publish": None,
    "conversations.history": "channels:history",
    "conversations.replies": "groups:history",
    "conversations.open": "im:write",
    "files.info": "files:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
}


def scopes() -> set[str]:
    return set(MANIFEST["oauth_config"]["scopes"]["bot"])


def test_every_event_has_its_scope() -> None:
    events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert set(events) == set(EVENT_SCOPES)
    assert {EVENT_SCOPES[event] for event in events} - {None} <= scopes()


def test_no_scope_is_asked_for_without_a_use() -> None:
    used = {*EVENT_SCOPES.values(), *METHOD_SCOPES.values(), "commands"} - {None}
    assert scopes() == used


def test_command_and_shortcut_are_those_that_the_listeners_know() -> None:
    features = MANIFEST["features"]
    assert [each["command"] for each in features["slash_commands"]] == [commands.COMMAND]
    assert [(each["type"], each["callback_id"]) for each in features["shortcuts"]] == [
        ("message", shortcuts.CALLBACK),
        ("global", labels.SHORTCUT),
    ]


def test_prompts_of_the_manifest_are_those_set_when_the_messages_are_opened() -> None:
    shown = [
        (each["title"], each["message"]) for each in MANIFEST["features"]["agent_view"]["suggested_prompts"]
    ]
    assert shown == list(PROMPTS)
    assert len(shown) <= 4


def test_texts_keep_within_slacks_limits() -> None:
    shown = MANIFEST["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    for command in MANIFEST["features"]["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2000
    for shortcut in MANIFEST["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
    assert len(MANIFEST["features"]["agent_view"]["agent_description"]) <= 300


def test_it_is_an_agent_in_socket_mode_without_the_legacy_assistant() -> None:
    assert "agent_view" in MANIFEST["features"]
    assert "assistant_view" not in MANIFEST["features"]
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True
    assert MANIFEST["settings"]["token_rotation_enabled"] is False
    assert MANIFEST["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_it_fits_the_published_schema() -> None:
    named = os.environ.get("PARLEY_SLACK_SCHEMA", "")
    if not named:
        pytest.skip(
            "PARLEY_SLACK_SCHEMA names no copy of github.com/slackapi/manifest-schema's manifest.schema.json"
        )
    path = Path(named)
    schema = json.loads(path.read_text())

    def beside(uri: str) -> Resource[Any]:
        """The schema of one version, where it lies beside; one that takes everything where it does not."""
        near = path.parent / uri.rsplit("/", 1)[-1]
        found = json.loads(near.read_text()) if near.exists() else {}
        return Resource.from_contents(found, default_specification=DRAFT7)

    registry: Registry[Any] = Registry(retrieve=beside)  # type: ignore[call-arg]
    jsonschema.Draft7Validator(schema, registry=registry).validate(MANIFEST)
