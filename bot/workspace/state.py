"""What the local workspace remembers, in memory: people, conversations, messages, files, views."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.workspace.errors import NoSuchThingError, WaitedTooLongError

# JSON as Slack puts it on the wire: free in form by nature, checked where it is used.
type Json = dict[str, Any]

TEAM_ID = "T0PARLEY01"
APP_ID = "A0PARLEY01"
BOT_ID = "B0PARLEY01"
BOT_USER_ID = "U0PARLEY01"


@dataclass(slots=True)
class User:
    """Somebody with an account, the bot included."""

    id: str
    name: str
    title: str
    email: str
    tz: str
    is_bot: bool = False


@dataclass(slots=True)
class Channel:
    """A channel, or the direct messages of one person with the bot (``is_im``)."""

    id: str
    name: str
    purpose: str
    members: list[str]
    is_im: bool = False
    is_private: bool = False
    created: int = field(default_factory=lambda: int(time.time()))

    @property
    def kind(self) -> str:
        """Slack's ``channel_type``."""
        return "im" if self.is_im else "group" if self.is_private else "channel"

    @property
    def person(self) -> str:
        """Whose direct messages these are."""
        return next(member for member in self.members if member != BOT_USER_ID)


@dataclass(slots=True)
class Message:
    """One message. ``files`` are file ids; ``reactions`` maps an emoji name to who reacted."""

    ts: str
    channel: str
    user: str
    text: str
    thread_ts: str | None = None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    subtype: str | None = None
    client_msg_id: str | None = None
    edited_ts: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    metadata: Json | None = None
    streaming: str | None = None
    ephemeral_to: str | None = None
    broadcast: bool = False

    @property
    def from_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.user == BOT_USER_ID


@dataclass(slots=True)
class StoredFile:
    """An uploaded file. ``data`` is None between the request for an address and the upload itself."""

    id: str
    name: str
    title: str
    mimetype: str
    user: str
    size: int
    data: bytes | None
    created: int
    subtype: str | None = None
    transcript: str | None = None
    duration_ms: int | None = None
    alt_txt: str | None = None
    shares: list[tuple[str, str, str | None]] = field(default_factory=list)


@dataclass(slots=True)
class View:
    """A modal or a home tab of one person. ``body`` is what the bot sent, block ids filled in."""

    id: str
    user: str
    body: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    channel: str | None = None

    @property
    def blocks(self) -> list[Json]:
        """The blocks of the view."""
        blocks: list[Json] = self.body["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        """What the bot calls this view."""
        return str(self.body.get("callback_id") or "")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API by the bot, with the answer it got."""

    method: str
    arguments: Json
    status: int
    answer: Json


@dataclass(frozen=True, slots=True)
class Change:
    """Something that pages must be told. ``audience`` None is everybody."""

    kind: str
    body: Json
    audience: frozenset[str] | None = None


class State:
    """Everything the workspace remembers, and who must be told when it changes."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, list[Message]] = {}
        self.ephemerals: list[Message] = []
        self.files: dict[str, StoredFile] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, View] = {}
        self.prompts: dict[str, Json] = {}
        self.statuses: dict[tuple[str, str], str] = {}
        self.titles: dict[tuple[str, str], str] = {}
        self.usergroups: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.calls: list[Call] = []
        self.listeners: set[Callable[[Change], None]] = set()
        # By time and by thread, so that a long conversation costs no more per message than a short one.
        self._by_ts: dict[tuple[str, str], Message] = {}
        self._replies: dict[tuple[str, str], list[Message]] = {}
        self._waiting: set[asyncio.Event] = set()
        self._last_ts = 0.0
        self._numbers = itertools.count(1)

    def next_ts(self) -> str:
        """A timestamp that no other message has, later than all before."""
        self._last_ts = max(time.time(), self._last_ts + 1e-5)
        return f"{self._last_ts:.6f}"

    def next_id(self, prefix: str) -> str:
        """An identifier in Slack's manner, such as ``F0000001AB``."""
        return f"{prefix}{next(self._numbers):06X}{secrets.token_hex(2).upper()}"

    def tell(self, kind: str, body: Json | None = None, *, audience: frozenset[str] | None = None) -> None:
        """Tell pages and waiters that something changed."""
        change = Change(kind=kind, body=body or {}, audience=audience)
        for listener in tuple(self.listeners):
            listener(change)
        for event in self._waiting:
            event.set()

    async def wait_for[T](self, predicate: Callable[[], T], *, limit: float) -> T:
        """The first truthy value of ``predicate``, looked at again after every change.

        A LookupError inside the predicate means "not yet". Raises WaitedTooLongError after ``limit`` seconds.
        """
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(limit):
                while True:
                    event.clear()
                    try:
                        if value := predicate():
                            return value
                    except (LookupError, StopIteration):
                        pass  # not there yet: wait for the next change
                    await event.wait()
        except TimeoutError:
            raise WaitedTooLongError(f"not so after {limit} s: {predicate}") from None
        finally:
            self._waiting.discard(event)

    def user(self, user_id: str) -> User:
        """The user, or NoSuchThingError."""
        try:
            return self.users[user_id]
        except KeyError:
            raise NoSuchThingError(f"no user {user_id}") from None

    def channel(self, ref: str) -> Channel:
        """A channel by id, by name with or without ``#``; a person's id means their direct messages."""
        if ref in self.channels:
            return self.channels[ref]
        name = ref.removeprefix("#")
        for channel in self.channels.values():
            if (channel.is_im and ref in channel.members and ref != BOT_USER_ID) or (
                not channel.is_im and channel.name == name
            ):
                return channel
        raise NoSuchThingError(f"no channel {ref}")

    def add_message(self, message: Message) -> None:
        """Keep a new message; an ephemeral one beside the conversation."""
        if message.ephemeral_to:
            self.ephemerals.append(message)
        else:
            self.messages.setdefault(message.channel, []).append(message)
            if message.thread_ts and message.thread_ts != message.ts:
                self._replies.setdefault((message.channel, message.thread_ts), []).append(message)
        self._by_ts[message.channel, message.ts] = message

    def remove_message(self, message: Message) -> None:
        """Forget a message."""
        if message.ephemeral_to:
            self.ephemerals.remove(message)
        else:
            self.messages[message.channel].remove(message)
            if message.thread_ts and message.thread_ts != message.ts:
                self._replies[message.channel, message.thread_ts].remove(message)
        del self._by_ts[message.channel, message.ts]

    def message(self, channel_id: str, ts: str) -> Message:
        """The message of that time in that channel, ephemeral ones included."""
        try:
            return self._by_ts[channel_id, ts]
        except KeyError:
            raise NoSuchThingError(f"no message {ts} in {channel_id}") from None

    def replies(self, channel_id: str, thread_ts: str) -> list[Message]:
        """The replies of a thread, oldest first."""
        return self._replies.get((channel_id, thread_ts), [])

    def thread(self, channel_id: str, thread_ts: str) -> list[Message]:
        """The root and the replies of a thread, oldest first; the root may have been deleted."""
        root = self._by_ts.get((channel_id, thread_ts))
        return ([root] if root is not None and not root.ephemeral_to else []) + self.replies(
            channel_id, thread_ts
        )

    def stack(self, user_id: str) -> list[View]:
        """The modals open before a person, the topmost last."""
        return [self.views[view_id] for view_id in self.stacks.get(user_id, [])]

    def audience(self, channel_id: str) -> frozenset[str]:
        """Who may see a conversation."""
        return frozenset(self.channels[channel_id].members)

    def channels_of(self, user_id: str) -> Iterator[Channel]:
        """The conversations a person is in."""
        return (channel for channel in self.channels.values() if user_id in channel.members)
