"""The form behind "Something else": opened at once, for Slack's permission to open one lasts three seconds; what comes back is stored."""

from __future__ import annotations

import asyncio
import contextlib
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

from bot.dialogue.deciding import CHOICES
from bot.dialogue.tokens import Choice, decode_choice, encode_choice
from bot.letters import Letter
from bot.listeners.actions import action_letter
from bot.listeners.deps import Deps
from bot.listeners.keeping import keep
from bot.support import PASSING
from bot.views.asking import NOTE_LONGEST, form_metadata, meant_form
from bot.views.rendered import ELSE_ACTION, MEANT_FORM, Json
from domain.errors import Invalid, SupplyRoomError

log = structlog.get_logger(__name__)

OPEN_SECONDS: Final = 2.0

type Body = Mapping[str, Any]  # Slack's own JSON, read here and nowhere further in


def register(app: AsyncApp, deps: Deps) -> None:
    async def wanted(body: Body, action: Body, ack: AsyncAck, client: AsyncWebClient) -> None:
        letter = action_letter(body, action)
        if letter is not None and not await _opened(letter, body, deps, client):
            # Not theirs, over, or too slow: the card with the likely readings, or why there is none.
            await keep(letter, deps)
        await ack()

    async def given(body: Body, view: Body, ack: AsyncAck) -> None:
        letter = form_letter(body, view)
        if letter is not None:
            await keep(letter, deps)
        await ack()

    app.action(re.compile(rf"^{re.escape(ELSE_ACTION)}(:\d+)?$"))(wanted)
    app.view(MEANT_FORM)(given)


async def _opened(letter: Letter, body: Body, deps: Deps, client: AsyncWebClient) -> bool:
    """Does the form stand before the person now?"""
    trigger = body.get("trigger_id")
    if letter.kind != "else" or deps.may_choose is None or not isinstance(trigger, str):
        return False
    with contextlib.suppress(
        *PASSING, SupplyRoomError, TimeoutError, SlackClientError, aiohttp.ClientError, OSError
    ):
        async with asyncio.timeout(OPEN_SECONDS):
            if not await deps.may_choose(letter.text("user"), letter.text("token")):
                return False
            view = meant_form(CHOICES, metadata=_metadata(letter))
            await client.views_open(trigger_id=trigger, view=dict(view))
            return True
    log.info("the form could not be opened in time")
    return False


def _metadata(letter: Letter) -> str:
    return form_metadata(
        {
            "k": letter.text("token"),
            "c": letter.text("channel"),
            "t": letter.text("ts"),
            "u": letter.text("url"),
            "e": "1" if letter.flag("ephemeral") else "",
        }
    )


def form_letter(body: Body, view: Body) -> Letter | None:
    """The letter of a form that was sent; None where it is none of ours."""
    try:
        fields = json.loads(str(view.get("private_metadata") or ""))
        key = decode_choice(str(fields["k"])).reading_id
        values = view["state"]["values"]
        intent = values["intent"]["chosen"]["selected_option"]["value"]
        note = str(values["note"]["said"].get("value") or "")[:NOTE_LONGEST]
        token = encode_choice(Choice(key, str(intent), corrects=True))
        decode_choice(token)
        user = str(body["user"]["id"])
    except (KeyError, TypeError, ValueError, AttributeError, Invalid):
        return None
    channel = str(fields.get("c") or "")
    payload: dict[str, Json] = {
        "user": user,
        "channel": channel,
        "ts": str(fields.get("t") or ""),
        "thread": "",
        "lane": f"reading:{key}",
        "url": str(fields.get("u") or ""),
        "ephemeral": fields.get("e") == "1",
        "private": False,
        "token": token,
        "note": note,
    }
    return Letter(f"form:{view.get('id')}:{key}:{user}", "meant", payload)
