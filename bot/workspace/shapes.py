"""How Slack writes things as JSON: users, channels, files, messages, views, events, interactions.

Every key here is one that Slack itself sends; tests/contract holds each shape against Slack's published samples.
Five shapes are easily got wrong:

- a ``file_share`` event names no team, no client_msg_id and no bot, and says ``upload`` and ``display_as_bot``;
- the message in the answer of ``chat.update`` has no ts, no edit mark and no app id: those stand beside it;
- ``view_submission`` has a trigger of its own but no ``response_urls`` unless a control asked for one;
- a slash command says ``is_enterprise_install`` as a boolean in Socket Mode and as the word ``false`` in a form;
- ``chat.stopStream`` answers with a message that carries its ``streaming_state`` and no bot profile.
"""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.workspace.config import WorkspaceConfig
from bot.workspace.state import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    TEAM_ID,
    Channel,
    Json,
    Message,
    State,
    StoredFile,
    User,
    View,
)

_PRETTY = {
    "jpg": "JPEG",
    "png": "PNG",
    "webp": "WebP",
    "heic": "HEIC",
    "pdf": "PDF",
    "csv": "CSV",
    "m4a": "MPEG 4 audio",
}


class Shapes:
    """Writes what is in the state as Slack would. ``base`` is the workspace's own address without a final slash."""

    def __init__(self, *, config: WorkspaceConfig, state: State) -> None:
        self._config = config
        self._state = state
        self.base = ""

    def user(self, user: User, *, with_email: bool) -> Json:
        """A user as in ``users.info``; the address only for those who hold ``users:read.email``."""
        now = datetime.now(UTC).astimezone(ZoneInfo(user.tz))
        offset = now.utcoffset()
        first, _, last = user.name.partition(" ")
        profile: Json = {
            "title": user.title,
            "phone": "",
            "real_name": user.name,
            "real_name_normalized": user.name,
            "display_name": user.name,
            "display_name_normalized": user.name,
            "status_text": "",
            "status_emoji": "",
            "first_name": first,
            "last_name": last,
            "team": TEAM_ID,
        }
        if user.is_bot:
            profile |= {"api_app_id": APP_ID, "bot_id": BOT_ID, "always_active": True}
        elif with_email and user.email:
            profile["email"] = user.email
        return {
            "id": user.id,
            "team_id": TEAM_ID,
            "name": user.name.lower().replace(" ", "."),
            "deleted": False,
            "real_name": user.name,
            "tz": user.tz,
            "tz_label": now.tzname() or user.tz,
            "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
            "profile": profile,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_bot": user.is_bot,
            "is_app_user": False,
            "updated": 0,
        }

    def channel(self, channel: Channel, *, counted: bool = False) -> Json:
        """A conversation as in ``conversations.info``; ``counted`` adds the number of members."""
        if channel.is_im:
            return {
                "id": channel.id,
                "created": channel.created,
                "is_archived": False,
                "is_im": True,
                "is_org_shared": False,
                "user": channel.person,
                "is_user_deleted": False,
                "priority": 0,
            }
        shape: Json = {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": not channel.is_private,
            "is_group": channel.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": channel.is_private,
            "is_archived": False,
            "is_general": channel.name == "general",
            "is_shared": False,
            "is_org_shared": False,
            "is_ext_shared": False,
            "is_pending_ext_shared": False,
            "is_member": BOT_USER_ID in channel.members,
            "created": channel.created,
            "creator": channel.members[0] if channel.members else BOT_USER_ID,
            "unlinked": 0,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
            "previous_names": [],
            "shared_team_ids": [TEAM_ID],
            "context_team_id": TEAM_ID,
            "updated": channel.created,
        }
        if counted:
            shape["num_members"] = len(channel.members)
        return shape

    def bot_profile(self) -> Json:
        """The bot as it stands beside its messages."""
        icon = f"{self.base}/page/mark.svg"
        return {
            "id": BOT_ID,
            "deleted": False,
            "name": self._config.bot_name,
            "updated": 0,
            "app_id": APP_ID,
            "icons": {"image_36": icon, "image_48": icon, "image_72": icon},
            "team_id": TEAM_ID,
        }

    def file(self, file: StoredFile) -> Json:
        """A file as in a message or in ``files.info``."""
        address = f"{self.base}/files-pri/{TEAM_ID}-{file.id}/{quote(file.name, safe='')}"
        kind = file.name.rsplit(".", 1)[-1].lower() if "." in file.name else "binary"
        shape: Json = {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title,
            "mimetype": file.mimetype,
            "filetype": kind,
            "pretty_type": _PRETTY.get(kind, kind.upper()),
            "user": file.user,
            "user_team": TEAM_ID,
            "editable": False,
            "size": file.size,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": False,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": address,
            "url_private_download": address,
            "permalink": f"{self.base}/files/{file.user}/{file.id}/{quote(file.name, safe='')}",
            "has_rich_preview": False,
            "file_access": "visible",
        }
        if file.alt_txt:
            shape["alt_txt"] = file.alt_txt
        if file.subtype == "slack_audio":
            shape |= {
                "subtype": "slack_audio",
                "media_display_type": "audio",
                "mode": "hosted",
                "mp4": address,
            }
            if file.duration_ms is not None:
                shape["duration_ms"] = file.duration_ms
            if file.transcript is None:
                shape["transcription"] = {"status": "none"}
            else:
                preview = {"content": file.transcript[:200], "has_more": len(file.transcript) > 200}
                shape["transcription"] = {"status": "complete", "locale": "en-US", "preview": preview}
                shape["vtt"] = f"{self.base}/files-pri/{TEAM_ID}-{file.id}/{file.id}.vtt"
        return shape

    def file_with_shares(self, file: StoredFile) -> Json:
        """A file with where it was shared, as ``files.info`` gives it."""
        shares: Json = {}
        places: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
        for channel_id, ts, thread_ts in file.shares:
            channel = self._state.channels[channel_id]
            one: Json = {
                "ts": ts,
                "channel_name": channel.name,
                "team_id": TEAM_ID,
                "share_user_id": file.user,
            }
            if thread_ts:
                one["thread_ts"] = thread_ts
            side = "private" if channel.is_im or channel.is_private else "public"
            shares.setdefault(side, {}).setdefault(channel_id, []).append(one)
            places[{"im": "ims", "group": "groups"}.get(channel.kind, "channels")].append(channel_id)
        return {**self.file(file), **places, "shares": shares}

    def message(self, message: Message) -> Json:
        """A message as it stands in ``conversations.history`` and in interactive payloads."""
        shape: Json = {
            "type": "message",
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "team": TEAM_ID,
        }
        if message.subtype:
            shape["subtype"] = message.subtype
        if message.client_msg_id:
            shape["client_msg_id"] = message.client_msg_id
        if message.from_bot:
            shape |= {"bot_id": BOT_ID, "app_id": APP_ID, "bot_profile": self.bot_profile()}
        for key, value in (("blocks", message.blocks), ("attachments", message.attachments)):
            if value:
                shape[key] = value
        if message.files:
            shape |= {"files": [self.file(self._state.files[f]) for f in message.files], "upload": False}
        if message.edited_ts:
            shape["edited"] = {"user": message.user, "ts": message.edited_ts}
        if message.metadata:
            shape["metadata"] = message.metadata
        if message.reactions:
            shape["reactions"] = [
                {"name": name, "count": len(users)} for name, users in message.reactions.items()
            ]
        return shape | self._threading(message)

    def _threading(self, message: Message) -> Json:
        if message.thread_ts:
            try:
                parent = self._state.message(message.channel, message.thread_ts).user
            except LookupError:
                return {"thread_ts": message.thread_ts}
            return {"thread_ts": message.thread_ts, "parent_user_id": parent}
        replies = self._state.replies(message.channel, message.ts)
        if not replies:
            return {}
        who = list(dict.fromkeys(m.user for m in replies))
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(who),
            "latest_reply": replies[-1].ts,
            "reply_users": who,
        }

    def message_event(self, message: Message, channel: Channel) -> Json:
        """The ``message`` event of a new message; a shared file has the shape of ``file_share``."""
        shape = self.message(message)
        for key in (
            "app_id",
            "metadata",
            "reactions",
            "reply_count",
            "reply_users_count",
            "latest_reply",
            "reply_users",
        ):
            shape.pop(key, None)
        if message.subtype == "file_share":
            # Slack's file_share names no team and no client_msg_id, and says how the file was shown.
            for key in ("team", "client_msg_id", "bot_id", "bot_profile"):
                shape.pop(key, None)
            shape["display_as_bot"] = False
        return shape | {"channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind}

    def mention_event(self, message: Message, channel: Channel) -> Json:
        """The ``app_mention`` event of the same message."""
        shape = self.message_event(message, channel)
        kept = ("client_msg_id", "user", "text", "blocks", "ts", "team", "thread_ts", "channel", "event_ts")
        return {"type": "app_mention"} | {key: shape[key] for key in kept if key in shape}

    def changed_message(self, message: Message) -> Json:
        """A message inside ``message_changed`` and ``message_deleted``."""
        shape = self.message(message)
        for key in ("app_id", "metadata", "reactions", "reply_users", "files"):
            shape.pop(key, None)
        return shape

    def updated_message(self, message: Message) -> Json:
        """The message in the answer of ``chat.update``: without time, edit mark and app id, as in Slack's samples."""
        shape = self.message(message)
        for key in ("ts", "edited", "app_id", "metadata", "parent_user_id", "reactions", "files", "upload"):
            shape.pop(key, None)
        return shape

    def streamed_message(self, message: Message) -> Json:
        """The message in the answer of ``chat.stopStream``."""
        shape: Json = {
            "type": "message",
            "user": message.user,
            "bot_id": BOT_ID,
            "text": message.text,
            "ts": message.ts,
            "streaming_state": message.streaming,
            **self._threading(message),
        }
        if message.blocks:
            shape["blocks"] = message.blocks
        return shape

    def view(self, view: View, *, values: Json | None = None) -> Json:
        """A view as in ``views.open`` answers and in interactions; ``values`` fills its state."""
        return {
            "id": view.id,
            "team_id": TEAM_ID,
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            **view.body,
            "state": {"values": values or {}},
            "hash": view.hash,
            "root_view_id": view.root_view_id,
            "previous_view_id": view.previous_view_id,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }

    def event(self, event: Json, *, event_id: str) -> Json:
        """The envelope of every event."""
        return {
            "token": "",
            "team_id": TEAM_ID,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM_ID,
                    "user_id": BOT_USER_ID,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{secrets.token_hex(8)}",
        }

    def interaction(self, kind: str, user: User, *, trigger_id: str | None = None) -> Json:
        """What every interactive payload begins with."""
        username = user.name.lower().replace(" ", ".")
        shape: Json = {
            "type": kind,
            "user": {"id": user.id, "username": username, "name": username, "team_id": TEAM_ID},
            "api_app_id": APP_ID,
            "token": "",
            "team": {"id": TEAM_ID, "domain": self._config.team_domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        if kind == "message_action":
            # Slack's shortcuts name the person and the app more briefly than other interactions.
            del shape["api_app_id"], shape["user"]["username"]
        return shape | ({"trigger_id": trigger_id} if trigger_id else {})
