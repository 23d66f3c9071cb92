"""The entry "Ask Parley about this" in the menu of a message: its text is the question, its thread gets the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot.letters import Letter
from bot.listeners.deps import Deps
from bot.listeners.hearing import words
from bot.listeners.keeping import keep
from bot.views.rendered import Json

CALLBACK: Final = "ask_parley"

type Body = Mapping[str, Any]


def register(app: AsyncApp, deps: Deps) -> None:
    async def chosen(body: Body, ack: AsyncAck, context: AsyncBoltContext) -> None:
        letter = shortcut_letter(body, bot_user_id=context.bot_user_id or "")
        if letter is not None:
            await keep(letter, deps)
        await ack()

    app.message_shortcut(CALLBACK)(chosen)


def shortcut_letter(body: Body, *, bot_user_id: str) -> Letter | None:
    """The letter of a used shortcut. ``url`` is kept for channels that Parley is not in: there the asker alone is answered."""
    user, channel, message = body.get("user"), body.get("channel"), body.get("message")
    if not (isinstance(user, dict) and isinstance(channel, dict) and isinstance(message, dict)):
        return None
    channel_id, ts = str(channel.get("id") or ""), str(message.get("ts") or "")
    user_id = str(user.get("id") or "")
    if not channel_id or not ts or not user_id:
        return None
    private = channel_id.startswith("D")
    thread = str(message.get("thread_ts") or "") or ts
    payload: dict[str, Json] = {
        "user": user_id,
        "channel": channel_id,
        "ts": ts,
        "thread": thread,
        "talk": thread,
        "lane": f"{channel_id}:{thread}",
        "text": words(str(message.get("text") or ""), bot_user_id=bot_user_id),
        "url": str(body.get("response_url") or ""),
        "private": private,
    }
    at = str(body.get("action_ts") or body.get("trigger_id") or "")
    return Letter(f"short:{channel_id}:{ts}:{user_id}:{at}", "shortcut", payload)
