"""``/parley where are 7.5 gloves``: answered to the person alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.letters import Letter
from bot.listeners.deps import Deps
from bot.listeners.hearing import words
from bot.listeners.keeping import keep
from bot.listeners.settings import WORDS as SETTINGS_WORDS
from bot.views.rendered import Json

COMMAND: Final = "/parley"

type Body = Mapping[str, Any]


def register(app: AsyncApp, deps: Deps) -> None:
    async def typed(body: Body, ack: AsyncAck, client: AsyncWebClient) -> None:
        said = " ".join(str(body.get("text") or "").casefold().split())
        if deps.settings is not None and said in SETTINGS_WORDS:
            await ack()
            user, trigger = str(body.get("user_id") or ""), str(body.get("trigger_id") or "")
            await deps.settings.open(user, trigger, client)
            return
        letter = command_letter(body)
        if letter is not None:
            await keep(letter, deps)
        await ack()

    app.command(COMMAND)(typed)


def command_letter(body: Body) -> Letter | None:
    """The letter of a command; without words it asks for help. Commands of one person in one channel are one conversation."""
    user, channel, url = (str(body.get(name) or "") for name in ("user_id", "channel_id", "response_url"))
    trigger = str(body.get("trigger_id") or "")
    if not user or not url or not trigger:
        return None
    text = words(str(body.get("text") or ""), bot_user_id="") or "help"
    payload: dict[str, Json] = {
        "user": user,
        "channel": channel,
        "thread": "",
        "talk": f"command:{user}",
        "lane": f"{channel}:command:{user}",
        "text": text,
        "url": url,
        "private": True,
    }
    return Letter(f"cmd:{trigger}", "command", payload)
