"""Messages: mentions in channels, direct messages, what is said in threads where Parley already speaks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.letters import Letter
from bot.listeners.clips import clips_of
from bot.listeners.deps import Deps
from bot.listeners.hearing import mentioned, words
from bot.listeners.photos import pictures_of
from bot.views.rendered import Json

HEARD: Final = frozenset({None, "file_share", "thread_broadcast", "me_message"})
"""Subtypes that are somebody saying something; photographs and clips come as file_share."""

type Event = Mapping[str, Any]  # Slack's own JSON, read here and nowhere further in


def register(app: AsyncApp, deps: Deps) -> None:
    """Each message is stored before it is acknowledged: in the listener's middleware, for Bolt acknowledges before the listener."""

    async def store_first(
        body: Event, event: Event, context: AsyncBoltContext, next: Callable[[], Awaitable[None]]
    ) -> None:
        letter = message_letter(
            event, bot_user_id=context.bot_user_id or "", team_id=str(body.get("team_id") or "")
        )
        if letter is not None and await _meant_for_us(letter, deps):
            await deps.inbox.keep(letter)
        await next()

    async def stored() -> None:
        """Acknowledged by Bolt; the inbox has the rest."""

    app.event("app_mention", middleware=[store_first])(stored)
    app.event("message", middleware=[store_first])(stored)


async def _meant_for_us(letter: Letter, deps: Deps) -> bool:
    """What is said in a thread without naming Parley is kept only where Parley already speaks; else it is nobody's business."""
    if letter.flag("private") or letter.flag("mentioned"):
        return True
    return await deps.speaks_in(letter.text("channel"), letter.text("thread"))


def message_letter(event: Event, *, bot_user_id: str, team_id: str) -> Letter | None:
    """The letter of a message that may be meant for Parley; None for all others.

    A mention comes twice, as ``app_mention`` and as ``message``: both give the same ``event_id``, made of channel and ts, so
    that it is answered once.
    """
    user, channel, ts = event.get("user"), event.get("channel"), event.get("ts")
    if not (isinstance(user, str) and isinstance(channel, str) and isinstance(ts, str)):
        return None
    if event.get("bot_id") or user == bot_user_id or event.get("subtype") not in HEARD or event.get("hidden"):
        return None
    raw = str(event.get("text") or "")
    private = event.get("channel_type") == "im" or channel.startswith("D")
    named = mentioned(raw)
    is_mention = event.get("type") == "app_mention" or bot_user_id in named
    thread = event.get("thread_ts")
    thread = thread if isinstance(thread, str) else ""
    if not private and not is_mention and (not thread or named):
        # Said to everybody, or to somebody else by name.
        return None
    home_team = event.get("user_team") or event.get("source_team")
    reply_thread = thread if private else thread or ts
    payload: dict[str, Json] = {
        "user": user,
        "channel": channel,
        "ts": ts,
        "thread": reply_thread,
        "talk": reply_thread,
        "lane": f"{channel}:{reply_thread}",
        "text": words(raw, bot_user_id=bot_user_id),
        "files": _files(event),
        "pictures": pictures_of(event),
        "clips": clips_of(event),
        "private": private,
        "mentioned": is_mention,
        "foreign": bool(home_team and team_id and home_team != team_id),
    }
    return Letter(f"msg:{channel}:{ts}", "message", payload)


def _files(event: Event) -> str:
    """ "image", "audio" or "file" for what came with the message, "" for nothing."""
    files = [each for each in event.get("files") or [] if isinstance(each, dict)]
    if not files:
        return ""
    if pictures_of(event):
        return "image"
    return "audio" if clips_of(event) else "file"
