"""Buttons: the next page of a list, the choice that finishes a question, how a message was meant."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.dialogue.suggesting import example_of
from bot.letters import Letter
from bot.listeners.deps import Deps
from bot.listeners.keeping import keep
from bot.views.rendered import ASK_ACTION, PAGE_ACTION, READ_ACTION, SAY_ACTION, UNMEANT_ACTION, Json

DOUBLE_CLICK_SECONDS: Final = 5
PAGES: Final = 10_000
KINDS: Final = {
    PAGE_ACTION: "page",
    ASK_ACTION: "ask",
    READ_ACTION: "read",
    UNMEANT_ACTION: "unmeant",
    SAY_ACTION: "say",
}

type Body = Mapping[str, Any]  # Slack's own JSON, read here and nowhere further in


def register(app: AsyncApp, deps: Deps) -> None:
    async def pressed(body: Body, action: Body, ack: AsyncAck) -> None:
        letter = action_letter(body, action)
        if letter is not None:
            await keep(letter, deps)
        await ack()

    for prefix in KINDS:
        app.action(re.compile(rf"^{re.escape(prefix)}(:\d+)?$"))(pressed)


def action_letter(body: Body, action: Body) -> Letter | None:
    """The letter of a pressed button; of kind "stale" where its value says nothing to us. None where nobody pressed it."""
    user = _text(body.get("user"), "id")
    if not user:
        return None
    container = body.get("container")
    channel = _text(container, "channel_id") or _text(body.get("channel"), "id")
    ts = _text(container, "message_ts")
    thread = _text(container, "thread_ts") or _text(body.get("message"), "thread_ts")
    private = channel.startswith("D") or not channel
    reply_thread = thread if private else thread or ts
    action_id, at = str(action.get("action_id") or ""), str(action.get("action_ts") or "")
    asked = read_value(action.get("value"))
    kind = next((kind for prefix, kind in KINDS.items() if action_id.startswith(prefix)), "else")
    ephemeral = isinstance(container, dict) and container.get("is_ephemeral") is True
    payload: dict[str, Json] = {
        "user": user,
        "channel": channel,
        "ts": ts,
        "thread": reply_thread,
        "talk": f"command:{user}" if ephemeral and not thread else reply_thread,
        "lane": f"{channel or user}:{reply_thread}",
        "private": private or ephemeral,
        "ephemeral": ephemeral,
        "url": str(body.get("response_url") or ""),
    }
    if asked is None:
        kind = "stale"
    else:
        payload["token"], payload["page"] = asked
        if kind == "page":
            payload["reading"] = _way_back(body)
        if kind == "say":
            example = example_of(asked[0])
            payload["text"] = example or ""
            kind = "say" if example else "stale"
    value = hashlib.sha256(str(action.get("value") or "").encode()).hexdigest()[:16]
    where = f"{channel}:{ts}" if channel else f"view:{_text(container, 'view_id')}"
    return Letter(f"act:{where}:{user}:{value}:{_moment(at, kind)}", kind, payload)


def _way_back(body: Body) -> str:
    """The token of "Not what I meant" below the message that was pressed: the next page keeps it."""
    message = body.get("message")
    blocks = message.get("blocks") if isinstance(message, dict) else None
    for block in blocks if isinstance(blocks, list) else []:
        elements = block.get("elements") if isinstance(block, dict) else None
        for element in elements if isinstance(elements, list) else []:
            if isinstance(element, dict) and str(element.get("action_id", "")).startswith(UNMEANT_ACTION):
                found = read_value(element.get("value"))
                return found[0] if found else ""
    return ""


def read_value(value: object) -> tuple[str, int] | None:
    """Token and page of ``{"r": token, "p": page}``; None for anything else: an old button, or one that was tampered with."""
    if not isinstance(value, str) or len(value) > 2000:
        return None
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict):
        return None
    token, page = read.get("r"), read.get("p", 0)
    if not isinstance(token, str) or not token or not isinstance(page, int) or isinstance(page, bool):
        return None
    return (token, page) if 0 <= page <= PAGES else None


def _moment(action_ts: str, kind: str) -> str:
    """A page is shown in place, however often; a choice pressed twice in haste is answered once."""
    if kind == "page":
        return action_ts
    try:
        return str(int(float(action_ts)) // DOUBLE_CLICK_SECONDS)
    except (ValueError, OverflowError):
        return action_ts


def _text(value: object, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
