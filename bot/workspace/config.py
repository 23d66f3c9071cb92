"""What a local workspace is made of: people, channels, groups, commands and the rules of delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# What the bot asks for in manifest.json; a test takes some away to see what Slack then answers.
ALL_SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)

SUBSCRIBED_EVENTS = frozenset(
    {"app_home_opened", "app_mention", "file_shared", "message.channels", "message.groups", "message.im"}
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the hospital. ``id`` is a Slack user id (``U...``); ``title`` is shown beside the name."""

    id: str
    name: str
    title: str = ""
    email: str = ""
    tz: str = "America/New_York"


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A channel and who is in it. ``id`` is a Slack channel id (``C...``); ``name`` has no ``#``."""

    id: str
    name: str
    purpose: str = ""
    members: tuple[str, ...] = ()
    is_private: bool = False
    bot_is_member: bool = True


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command that people type in the message field, with its leading slash."""

    command: str
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True, slots=True)
class MessageShortcut:
    """An entry in the menu of a message."""

    callback_id: str
    label: str


@dataclass(frozen=True, slots=True)
class WorkspaceConfig:
    """All that a local workspace is told. Times are seconds.

    ``usergroups`` maps a handle (without ``@``) to the group's id and its members.
    ``request_url`` is where signed requests go when ``mode`` is ``"http"``.
    ``retry_delays`` is how long Slack waits before each new try of an event that was not acknowledged;
    ``hold_seconds`` how long it keeps an event while no bot is connected.
    """

    people: tuple[Person, ...] = ()
    channels: tuple[ChannelSpec, ...] = ()
    usergroups: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    host: str = "127.0.0.1"
    port: int = 0
    bot_name: str = "Parley"
    bot_description: str = "Assistant of the supply rooms"
    team_name: str = "Local workspace"
    team_domain: str = "local"
    title: str = "Local workspace"
    mode: Literal["socket", "http"] = "socket"
    request_url: str | None = None
    ack_timeout: float = 3.0
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    hold_seconds: float = 360.0
    trigger_seconds: float = 3.0
    share_delay: float = 0.1
    drain_seconds: float = 1.0
    scopes: frozenset[str] = ALL_SCOPES
    events: frozenset[str] = SUBSCRIBED_EVENTS
    slash_commands: tuple[SlashCommand, ...] = (
        SlashCommand(command="/parley", description="Ask about the supply room", usage_hint="[question]"),
    )
    message_shortcuts: tuple[MessageShortcut, ...] = ()
    global_shortcuts: tuple[MessageShortcut, ...] = ()
    """In the menu beside the message field: they stand for no message."""
