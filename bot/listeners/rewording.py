"""The form in which the words of a clip are set right: opened at once, what comes back is stored and answered as if it had been typed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.letters import Letter
from bot.listeners.deps import Deps
from bot.listeners.keeping import keep
from bot.views.rendered import Json
from bot.views.speech import WORDS_ACTION, WORDS_FORM, WORDS_INPUT, metadata_of, words_form, words_in

log = structlog.get_logger(__name__)

type Body = Mapping[str, Any]  # Slack's own JSON, read here and nowhere further in

_KEPT: Final = ("channel", "ts", "thread")


def register(app: AsyncApp, deps: Deps) -> None:
    async def wanted(body: Body, ack: AsyncAck, client: AsyncWebClient) -> None:
        await ack()
        words = words_in(body.get("message"))
        trigger = body.get("trigger_id")
        if not words or not isinstance(trigger, str):
            return
        where = _where(body)
        try:
            view = words_form(words, metadata=metadata_of({**where, "heard": words}))
            await client.views_open(trigger_id=trigger, view=dict(view))
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("the form of a clip's words could not be opened", error=type(error).__name__)

    async def given(body: Body, view: Body, ack: AsyncAck) -> None:
        letter = reworded_letter(body, view)
        if letter is not None:
            await keep(letter, deps)
        await ack()

    app.action(re.compile(rf"^{re.escape(WORDS_ACTION)}(:\d+)?$"))(wanted)
    app.view(WORDS_FORM)(given)


def _where(body: Body) -> dict[str, Json]:
    """Where the clip is answered: in its thread."""
    container = body.get("container")
    channel = _text(container, "channel_id") or _text(body.get("channel"), "id")
    ts = _text(container, "message_ts")
    return {"channel": channel, "ts": ts, "thread": _text(body.get("message"), "thread_ts")}


def reworded_letter(body: Body, view: Body) -> Letter | None:
    """The letter of a sent form: the words are a message of whoever sent it. None where it says nothing to us."""
    user = _text(body.get("user"), "id")
    try:
        kept = json.loads(str(view.get("private_metadata") or ""))
    except ValueError:
        return None
    if not user or not isinstance(kept, dict):
        return None
    channel, ts, thread = (_text(kept, name) for name in _KEPT)
    text = _entered(view)
    if not channel or not text:
        return None
    private = channel.startswith("D")
    reply_thread = thread if private else thread or ts
    payload: dict[str, Json] = {
        "user": user,
        "channel": channel,
        "ts": ts,
        "thread": reply_thread,
        "talk": reply_thread,
        "lane": f"{channel}:{reply_thread}",
        "text": text,
        "heard": _text(kept, "heard"),
        "files": "",
        "private": private,
    }
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Letter(f"words:{channel}:{ts}:{user}:{mark}", "reworded", payload)


def _entered(view: Body) -> str:
    state = view.get("state")
    values = state.get("values") if isinstance(state, dict) else None
    block = values.get(WORDS_INPUT) if isinstance(values, dict) else None
    given = block.get(WORDS_INPUT) if isinstance(block, dict) else None
    return " ".join(_text(given, "value").split())


def _text(value: object, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
