"""Somebody opens Parley: the home tab is made anew, the messages tab gets questions to begin with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.letters import Letter
from bot.listeners.deps import Deps
from bot.listeners.keeping import keep
from bot.views.rendered import Json

type Event = Mapping[str, Any]


def register(app: AsyncApp, deps: Deps) -> None:
    async def store_first(event: Event, next: Callable[[], Awaitable[None]]) -> None:
        letter = opened_letter(event)
        if letter is not None:
            # A home tab that could not be made is made at the next visit: not worth having Slack send it again.
            await keep(letter, deps)
        await next()

    async def stored() -> None:
        """Acknowledged by Bolt; the inbox has the rest."""

    app.event("app_home_opened", middleware=[store_first])(stored)


def opened_letter(event: Event) -> Letter | None:
    """The letter of an opened tab: of kind "home" or "prompts"."""
    user, channel = str(event.get("user") or ""), str(event.get("channel") or "")
    at = str(event.get("event_ts") or "")
    if not user or not at:
        return None
    kind = "home" if event.get("tab") == "home" else "prompts"
    if kind == "prompts" and not channel:
        return None
    payload: dict[str, Json] = {
        "user": user, "channel": channel, "thread": "", "talk": "", "lane": f"{kind}:{user}", "private": True,
    }  # fmt: skip
    return Letter(f"{kind}:{user}:{at}", kind, payload)
