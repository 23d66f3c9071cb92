"""``auth``, ``apps``, ``users``, ``usergroups``, ``conversations``, ``team`` and ``bots``: who and where."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence

from bot.workspace.calls import Arguments, Method
from bot.workspace.core import Core
from bot.workspace.delivery import CONNECTIONS_MAX
from bot.workspace.errors import NoSuchThingError, SlackRefusalError
from bot.workspace.state import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Channel, Json, Message, User


class DirectoryMethods:
    """The methods, over the shared core."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._state = core.state

    def table(self) -> dict[str, Method]:
        """Method names with their handlers and scopes."""
        return {
            "api.test": Method(lambda arguments: {}),
            "auth.test": Method(self.auth_test),
            "apps.connections.open": Method(self.open_connection),
            "bots.info": Method(self.bots_info, "users:read"),
            "team.info": Method(self.team_info, "team:read"),
            "users.info": Method(self.users_info, "users:read"),
            "users.list": Method(self.users_list, "users:read"),
            "users.lookupByEmail": Method(self.users_lookup_by_email, "users:read.email"),
            "users.conversations": Method(self.users_conversations, "channels:read"),
            "usergroups.list": Method(self.usergroups_list, "usergroups:read"),
            "usergroups.users.list": Method(self.usergroups_users_list, "usergroups:read"),
            "conversations.list": Method(self.conversations_list, "channels:read"),
            "conversations.info": Method(self.conversations_info, "channels:read"),
            "conversations.members": Method(self.conversations_members, "channels:read"),
            "conversations.open": Method(self.conversations_open, "im:write"),
            "conversations.join": Method(self.conversations_join, "channels:join"),
            "conversations.history": Method(self.conversations_history, "channels:history"),
            "conversations.replies": Method(self.conversations_replies, "channels:history"),
        }

    def auth_test(self, arguments: Arguments) -> Json:
        """Who the token belongs to."""
        return {
            "url": f"{self._core.shapes.base}/",
            "team": self._core.config.team_name,
            "user": self._core.config.bot_name.lower(),
            "team_id": TEAM_ID,
            "user_id": BOT_USER_ID,
            "bot_id": BOT_ID,
            "is_enterprise_install": False,
        }

    def open_connection(self, arguments: Arguments) -> Json:
        """An address for one Socket Mode connection, good once."""
        if len(self._core.courier.connections) >= CONNECTIONS_MAX:
            raise SlackRefusalError("too_many_websockets")
        ticket = secrets.token_urlsafe(16)
        self._core.courier.tickets.add(ticket)
        return {
            "url": f"{self._core.shapes.base.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={APP_ID}"
        }

    def bots_info(self, arguments: Arguments) -> Json:
        """The bot itself."""
        if arguments.text("bot") not in (None, BOT_ID):
            raise SlackRefusalError("bot_not_found")
        profile = self._core.shapes.bot_profile()
        profile.pop("team_id")
        return {"bot": {**profile, "user_id": BOT_USER_ID}}

    def team_info(self, arguments: Arguments) -> Json:
        """The workspace."""
        config = self._core.config
        return {
            "team": {
                "id": TEAM_ID,
                "name": config.team_name,
                "domain": config.team_domain,
                "email_domain": "",
                "url": f"{self._core.shapes.base}/",
            }
        }

    # Users

    def _user(self, user: User) -> Json:
        return self._core.shapes.user(user, with_email="users:read.email" in self._core.config.scopes)

    def users_info(self, arguments: Arguments) -> Json:
        """One user."""
        try:
            user = self._state.user(arguments.need("user"))
        except NoSuchThingError:
            raise SlackRefusalError("user_not_found") from None
        shape = self._user(user)
        if arguments.flag("include_locale"):
            shape["locale"] = "en-US"
        return {"user": shape}

    def users_list(self, arguments: Arguments) -> Json:
        """Every user."""
        users, cursor = self._page(list(self._state.users.values()), arguments, default=200)
        return {
            "members": [self._user(user) for user in users],
            "cache_ts": 0,
            "response_metadata": {"next_cursor": cursor},
        }

    def users_lookup_by_email(self, arguments: Arguments) -> Json:
        """The user with an address."""
        email = arguments.need("email").casefold()
        for user in self._state.users.values():
            if user.email and user.email.casefold() == email:
                return {"user": self._user(user)}
        raise SlackRefusalError("users_not_found")

    def users_conversations(self, arguments: Arguments) -> Json:
        """The conversations that the bot, or a person, is in."""
        user = arguments.text("user") or BOT_USER_ID
        if user not in self._state.users:
            raise SlackRefusalError("user_not_found")
        channels = [c for c in self._state.channels_of(user) if self._wanted(c, arguments)]
        some, cursor = self._page(channels, arguments, default=100)
        shapes = [self._core.shapes.channel(channel) for channel in some]
        for shape in shapes:
            for key in ("is_member", "updated") if shape["is_im"] is False else ():
                shape.pop(key, None)
        return {"channels": shapes, "response_metadata": {"next_cursor": cursor}}

    def usergroups_list(self, arguments: Arguments) -> Json:
        """Every user group."""
        groups = []
        for handle, (group_id, users) in self._state.usergroups.items():
            group: Json = {
                "id": group_id,
                "team_id": TEAM_ID,
                "is_usergroup": True,
                "is_subteam": True,
                "name": handle,
                "description": "",
                "handle": handle,
                "is_external": False,
                "date_create": 0,
                "date_update": 0,
                "date_delete": 0,
                "user_count": len(users),
                "channel_count": 0,
            }
            if arguments.flag("include_users"):
                group["users"] = list(users)
            groups.append(group)
        return {"usergroups": groups}

    def usergroups_users_list(self, arguments: Arguments) -> Json:
        """Who is in a group."""
        wanted = arguments.need("usergroup")
        for group_id, users in self._state.usergroups.values():
            if group_id == wanted:
                return {"users": list(users)}
        raise SlackRefusalError("no_such_subteam")

    # Conversations

    def _channel(self, arguments: Arguments, *, inside: bool = False) -> Channel:
        try:
            channel = self._state.channel(arguments.need("channel"))
        except NoSuchThingError:
            raise SlackRefusalError("channel_not_found") from None
        if BOT_USER_ID not in channel.members and (inside or channel.is_private):
            raise SlackRefusalError("channel_not_found" if channel.is_private else "not_in_channel")
        return channel

    @staticmethod
    def _wanted(channel: Channel, arguments: Arguments) -> bool:
        types = (arguments.text("types") or "public_channel").split(",")
        kind = "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"
        return kind in [each.strip() for each in types]

    def _page[T](self, rows: Sequence[T], arguments: Arguments, *, default: int) -> tuple[Sequence[T], str]:
        """A part of a long list and where the next one begins."""
        limit = arguments.number("limit", default) or default
        start = 0
        if cursor := arguments.text("cursor"):
            try:
                start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("offset:"))
            except (binascii.Error, ValueError):
                raise SlackRefusalError("invalid_cursor") from None
        end = start + limit
        more = base64.b64encode(f"offset:{end}".encode()).decode() if end < len(rows) else ""
        return rows[start:end], more

    def conversations_list(self, arguments: Arguments) -> Json:
        """Conversations of the wanted types that the bot may know of."""
        known = [
            channel
            for channel in self._state.channels.values()
            if self._wanted(channel, arguments) and (not channel.is_private or BOT_USER_ID in channel.members)
        ]
        some, cursor = self._page(known, arguments, default=100)
        return {
            "channels": [self._core.shapes.channel(channel, counted=True) for channel in some],
            "response_metadata": {"next_cursor": cursor},
        }

    def conversations_info(self, arguments: Arguments) -> Json:
        """One conversation."""
        channel = self._channel(arguments)
        counted = arguments.flag("include_num_members")
        return {"channel": self._core.shapes.channel(channel, counted=counted)}

    def conversations_members(self, arguments: Arguments) -> Json:
        """Who is in a conversation."""
        some, cursor = self._page(self._channel(arguments).members, arguments, default=100)
        return {"members": list(some), "response_metadata": {"next_cursor": cursor}}

    def conversations_open(self, arguments: Arguments) -> Json:
        """The direct messages with a person."""
        users = (arguments.text("users") or arguments.text("channel") or "").split(",")
        if len(users) != 1 or not users[0]:
            raise SlackRefusalError(
                "not_enough_users" if not users[0] else "method_not_supported_for_channel_type"
            )
        try:
            channel = self._state.channel(users[0])
        except NoSuchThingError:
            raise SlackRefusalError("user_not_found") from None
        if arguments.flag("return_im"):
            return {"no_op": True, "already_open": True, "channel": self._core.shapes.channel(channel)}
        return {"channel": {"id": channel.id}}

    def conversations_join(self, arguments: Arguments) -> Json:
        """Enter a public channel."""
        channel = self._channel(arguments)
        if channel.is_im or channel.is_private:
            raise SlackRefusalError("method_not_supported_for_channel_type")
        if BOT_USER_ID not in channel.members:
            channel.members.append(BOT_USER_ID)
            self._state.tell("channels")
        return {"channel": self._core.shapes.channel(channel)}

    def _between(self, messages: Sequence[Message], arguments: Arguments) -> list[Message]:
        try:
            oldest = float(arguments.text("oldest") or 0)
            latest = float(arguments.text("latest") or "inf")
        except ValueError:
            raise SlackRefusalError("invalid_ts_oldest") from None
        edge = arguments.flag("inclusive")
        return [
            m for m in messages if oldest < float(m.ts) < latest or (edge and float(m.ts) in (oldest, latest))
        ]

    def conversations_history(self, arguments: Arguments) -> Json:
        """Messages of a conversation, the newest first, replies left out."""
        channel = self._channel(arguments, inside=True)
        top = [
            m for m in self._state.messages.get(channel.id, []) if m.thread_ts in (None, m.ts) or m.broadcast
        ]
        some, cursor = self._page(self._between(top, arguments)[::-1], arguments, default=100)
        return self._messages(some, cursor)

    def conversations_replies(self, arguments: Arguments) -> Json:
        """A thread, its root first."""
        channel = self._channel(arguments, inside=True)
        thread = self._state.thread(channel.id, arguments.need("ts"))
        if not thread:
            raise SlackRefusalError("thread_not_found")
        some, cursor = self._page(self._between(thread, arguments), arguments, default=1000)
        return self._messages(some, cursor)

    def _messages(self, messages: Sequence[Message], cursor: str) -> Json:
        answer: Json = {
            "messages": [self._core.shapes.message(message) for message in messages],
            "has_more": bool(cursor),
        }
        if cursor:
            answer["response_metadata"] = {"next_cursor": cursor}
        return answer
