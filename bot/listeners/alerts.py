"""Buttons, menus and the form of digests: stored before they are acknowledged, worked on from there."""

from __future__ import annotations

import asyncio
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

from bot.dialogue.acting.turns import NOT_STAFF, ActTurn
from bot.dialogue.alerting.deeds import AlertDeeds, AlertForm, AlertPressed, AlertTurn
from bot.letters import Letter, Reply
from bot.listeners.deeds import Deeds
from bot.listeners.deps import Deps
from bot.listeners.keeping import keep
from bot.listeners.people import asker_of
from bot.outbox import Outbox
from bot.views.alerts.forms import BOTH_EMPTY, settle_form
from bot.views.alerts.frame import ALERT_ACTION, ALERT_FORM, AlertPress, Menu
from bot.views.rendered import Json, Rendered
from domain.errors import NotPermitted
from domain.model.alert import AlertId, DigestId
from domain.model.person import Person
from domain.ports import Clock, Transactions

log = structlog.get_logger(__name__)

DOUBLE_CLICK_SECONDS: Final = 3
KINDS: Final = frozenset({"alert", "alert-form"})

type Body = Mapping[str, Any]  # Slack's own JSON, read here and nowhere further in

_EMPTY: Final = Rendered("…")


def register(app: AsyncApp, deps: Deps) -> None:
    async def pressed(body: Body, action: Body, ack: AsyncAck, client: AsyncWebClient) -> None:
        letter = press_letter(body, action)
        if letter is None:
            await ack()
            return
        if letter.text("choice") == Menu.FORM.value and letter.kind == "alert":
            await ack()
            await _open(letter, str(body.get("trigger_id") or ""), client)
            return
        await keep(letter, deps)
        await ack()

    async def given(body: Body, view: Body, ack: AsyncAck) -> None:
        letter = form_letter(body, view)
        if letter is None:
            await ack()
        elif not letter.text("to") and not letter.text("reason"):
            await ack(response_action="errors", errors={"reason": BOTH_EMPTY})
        else:
            await keep(letter, deps)
            await ack()

    app.action(re.compile(rf"^{re.escape(ALERT_ACTION)}\.[a-z]+:\d+$"))(pressed)
    app.view(ALERT_FORM)(given)


async def _open(letter: Letter, trigger: str, client: AsyncWebClient) -> None:
    known = {
        "d": letter.number("digest"), "a": letter.number("alert"), "c": letter.text("channel"), "t": letter.text("ts"),
        "p": letter.flag("private"),
    }  # fmt: skip
    view = settle_form(metadata=json.dumps(known, separators=(",", ":")))
    try:
        await client.views_open(trigger_id=trigger, view=dict(view))
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.info("slack opened no form", error=type(error).__name__)


def press_letter(body: Body, action: Body) -> Letter | None:
    """The letter of a press; of kind "stale" where its value says nothing to us. None where nobody pressed it."""
    user = _text(body.get("user"), "id")
    container = body.get("container")
    channel = _text(container, "channel_id") or _text(body.get("channel"), "id")
    ts = _text(container, "message_ts")
    if not user or not channel:
        return None
    read = _value(action)
    press = str(action.get("action_id") or "").removeprefix(f"{ALERT_ACTION}.").partition(":")[0]
    payload: dict[str, Json] = {
        "user": user,
        "channel": channel,
        "ts": ts,
        "thread": ts,
        "talk": ts,
        "lane": f"{channel}:{ts}",
        "private": channel.startswith("D"),
        "url": str(body.get("response_url") or ""),
    }
    kind = "alert"
    if read is None or press not in set(AlertPress):
        kind, read = "stale", (0, 0, "")
    payload |= {"press": press, "digest": read[0], "alert": read[1], "choice": read[2]}
    moment = _moment(str(action.get("action_ts") or ""), press)
    mark = f"{press}:{read[0]}:{read[1]}:{read[2]}"
    return Letter(f"alert:{channel}:{ts}:{user}:{mark}:{moment}", kind, payload)


def form_letter(body: Body, view: Body) -> Letter | None:
    """The letter of a sent form; None where it is none of ours."""
    user = _text(body.get("user"), "id")
    try:
        known = json.loads(str(view.get("private_metadata") or ""))
        values = view["state"]["values"]
        to = str(values["to"]["to"].get("selected_user") or "")
        reason = str(values["reason"]["reason"].get("value") or "").strip()
        digest, alert = int(known["d"]), int(known["a"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    if not user:
        return None
    channel, thread = str(known.get("c") or ""), str(known.get("t") or "")
    payload: dict[str, Json] = {
        "user": user,
        "channel": channel,
        "ts": thread,
        "thread": thread,
        "talk": thread,
        "lane": f"{channel}:{thread}",
        "private": known.get("p") is True,
        "digest": digest,
        "alert": alert,
        "to": to,
        "reason": reason,
    }
    return Letter(f"alert-form:{view.get('id')}:{user}", "alert-form", payload)


class AlertDesk:
    """Between the letters and ``AlertDeeds``. It keeps nothing."""

    def __init__(
        self,
        *,
        alerts: AlertDeeds,
        deeds: Deeds,
        transactions: Transactions,
        clock: Clock,
        outbox: Outbox,
    ) -> None:
        self._alerts = alerts
        self._deeds = deeds
        self._transactions = transactions
        self._clock = clock
        self._outbox = outbox

    async def answer(self, letter: Letter) -> Reply:
        """Raises NotPermitted for who is not on the staff list; Unavailable where trying later helps."""
        asker = await asker_of(letter.text("user"), transactions=self._transactions, clock=self._clock)
        if asker.is_guest:
            raise NotPermitted(NOT_STAFF)
        turn = await asyncio.to_thread(self._turn, letter, asker.person)
        self._outbox.wake()
        if turn.act is not None:
            return Reply(posts=await self._deeds.posts(turn.act, letter))
        if turn.rendered is None and not turn.told:
            return Reply()
        if turn.rendered is None:
            told = ActTurn(_EMPTY, told=turn.told)
            return Reply(posts=(await self._deeds.posts(told, letter))[1:])
        return Reply(posts=await self._deeds.posts(ActTurn(turn.rendered, alone=turn.alone), letter))

    def _turn(self, letter: Letter, person: Person) -> AlertTurn:
        digest_id, alert_id = DigestId(letter.number("digest")), AlertId(letter.number("alert"))
        if letter.kind == "alert-form":
            return self._alerts.submit_now(
                AlertForm(
                    digest_id=digest_id,
                    alert_id=alert_id,
                    to=letter.text("to"),
                    reason=letter.text("reason"),
                    person=person,
                    event_id=letter.event_id,
                )
            )
        return self._alerts.press_now(
            AlertPressed(
                press=AlertPress(letter.text("press")),
                digest_id=digest_id,
                alert_id=alert_id,
                choice=letter.text("choice"),
                person=person,
                channel=letter.text("channel"),
                message=letter.text("ts"),
                private=letter.flag("private"),
                event_id=letter.event_id,
            )
        )


def _value(action: Body) -> tuple[int, int, str] | None:
    """Digest, alert and choice of a button's value or of a menu's option; None for anything else."""
    option = action.get("selected_option")
    value = option.get("value") if isinstance(option, dict) else action.get("value")
    try:
        read = json.loads(value) if isinstance(value, str) and len(value) <= 200 else None
        return (int(read["d"]), int(read["a"]), str(read["c"])) if isinstance(read, dict) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _moment(action_ts: str, press: str) -> str:
    """What is pressed twice in haste is done once; pages are turned however often."""
    if press == AlertPress.PAGE.value:
        return action_ts
    try:
        return str(int(float(action_ts)) // DOUBLE_CLICK_SECONDS)
    except (ValueError, OverflowError):
        return action_ts


def _text(value: object, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
