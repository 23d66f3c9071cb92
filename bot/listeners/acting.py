"""Buttons and forms of actions. A press is stored before it is acknowledged; a form is opened at once, for Slack's permission to
open one lasts three seconds; what a form brings back is looked through, stored sealed, and worked on from there.
"""

from __future__ import annotations

import asyncio
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

from bot.dialogue.acting.turns import Form, Press
from bot.letters import Letter
from bot.listeners.deeds import Deeds
from bot.listeners.deps import Deps
from bot.listeners.keeping import keep
from bot.support import PASSING, support_code, where
from bot.views import limits
from bot.views.acting.forms import message
from bot.views.acting.parts import ACT_ACTION, ACT_FORM
from bot.views.rendered import Json
from domain.errors import SupplyRoomError

log = structlog.get_logger(__name__)

DOUBLE_CLICK_SECONDS: Final = 5
AT_ONCE_SECONDS: Final = 1.0
"""A form that is ready within this is opened as it is; else one that says it is being made, for the permission does not last."""
FORM_SECONDS: Final = 15.0
CHECK_SECONDS: Final = 2.0
"""Slack waits three seconds for what is wrong with a form; what takes longer is said in the thread."""
OPENING: Final = frozenset({Press.EDIT, Press.OVERRIDE})
READYING: Final = "One moment: the form is being made ready."
LAPSED: Final = (
    "Slack allows three seconds to open a form, and this took longer. Please press the button again."
)
AWAY: Final = "I can't reach a part that I need just now. Please press the button again in a moment."

type Body = Mapping[str, Any]  # Slack's own JSON, read here and nowhere further in


def register(app: AsyncApp, deps: Deps) -> None:
    """Nothing where nothing can be done: the catch-all acknowledges the buttons of another time."""
    deeds = deps.deeds
    if deeds is None:
        return

    async def pressed(body: Body, action: Body, ack: AsyncAck, client: AsyncWebClient) -> None:
        letter = press_letter(body, action)
        if letter is None or not opens_form(letter):
            if letter is not None:
                await keep(letter, deps)
            await ack()
            return
        await ack()
        said = await open_form(letter, str(body.get("trigger_id") or ""), deeds, client)
        if said:
            await keep(aside(letter, said), deps)

    async def given(body: Body, view: Body, ack: AsyncAck) -> None:
        letter = form_letter(body, view)
        if letter is None:
            await ack()
            return
        refused = await looked_through(letter, view, deeds)
        if refused is None:
            await keep(letter, deps)
            await ack()
        else:
            await ack(**refused)

    app.action(re.compile(rf"^{re.escape(ACT_ACTION)}\.[a-z]+:\d+$"))(pressed)
    app.view(ACT_FORM)(given)


# ---------------------------------------------------------------------------------------------- presses


def press_letter(body: Body, action: Body) -> Letter | None:
    """The letter of a press; of kind "stale" where its value says nothing to us. None where nobody pressed it."""
    user = _text(body.get("user"), "id")
    if not user:
        return None
    container = body.get("container")
    channel = _text(container, "channel_id") or _text(body.get("channel"), "id")
    ts = _text(container, "message_ts")
    thread = _text(container, "thread_ts") or _text(body.get("message"), "thread_ts")
    direct = channel.startswith("D") or not channel
    reply_thread = thread if direct else thread or ts
    ephemeral = isinstance(container, dict) and container.get("is_ephemeral") is True
    payload: dict[str, Json] = {
        "user": user,
        "channel": channel,
        "ts": ts,
        "thread": reply_thread,
        "talk": f"command:{user}" if ephemeral and not thread else reply_thread,
        "lane": f"{channel or user}:{reply_thread}",
        "private": direct or ephemeral,
        "ephemeral": ephemeral,
        "url": str(body.get("response_url") or ""),
    }
    press = str(action.get("action_id") or "").removeprefix(f"{ACT_ACTION}.").partition(":")[0]
    read = _read(action)
    kind = "press"
    if read is None or press not in set(Press):
        kind = "stale"
        read = ("", 0, "")
    payload |= {"press": press, "subject": read[0], "version": read[1], "choice": read[2]}
    said = json.dumps([press, *read], separators=(",", ":"))
    mark = hashlib.sha256(said.encode()).hexdigest()[:16]
    place = f"{channel}:{ts}" if channel else f"view:{_text(container, 'view_id')}"
    moment = _moment(str(action.get("action_ts") or ""))
    return Letter(f"press:{place}:{user}:{mark}:{moment}", kind, payload)


def opens_form(letter: Letter) -> bool:
    """Does this press open a modal? EDIT and OVERRIDE do, and a step that is called "edit", or "edit:" and which form."""
    if letter.kind != "press":
        return False
    press = Press(letter.text("press"))
    return press in OPENING or (press is Press.STEP and letter.text("choice").partition(":")[0] == "edit")


def aside(letter: Letter, text: str) -> Letter:
    """A letter that is answered by this sentence, to whoever pressed."""
    return Letter(f"{letter.event_id}:aside", "aside", {**letter.payload, "said": text})


def _read(action: Body) -> tuple[str, int, str] | None:
    """Subject, version and choice of a button's value, or of a list's block_id and option; None for anything else."""
    option = action.get("selected_option")
    if isinstance(option, dict):
        subject, _, rest = str(action.get("block_id") or "").partition("|")
        version, _, _ = rest.partition("|")
        if not subject or not version.isdecimal():
            return None
        return subject, int(version), _text(option, "value")
    value = action.get("value")
    if not isinstance(value, str) or len(value) > limits.BUTTON_VALUE:
        return None
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict):
        return None
    whose, shown, choice = read.get("s"), read.get("v"), read.get("c", "")
    if not isinstance(whose, str) or not whose or not isinstance(choice, str):
        return None
    if not isinstance(shown, int) or isinstance(shown, bool):
        return None
    return whose, shown, choice


def _moment(action_ts: str) -> str:
    """What is pressed twice in haste is done once; a press that comes to nothing may be made again."""
    try:
        return str(int(float(action_ts)) // DOUBLE_CLICK_SECONDS)
    except (ValueError, OverflowError):
        return action_ts


# ---------------------------------------------------------------------------------------------- opening a form


async def open_form(letter: Letter, trigger: str, deeds: Deeds, client: AsyncWebClient) -> str:
    """Opens the form that was asked for; gives what is to be said where it did not open, else ""."""
    making = asyncio.create_task(_made(letter, deeds))
    done, _ = await asyncio.wait({making}, timeout=AT_ONCE_SECONDS)
    if done:
        form = making.result()
        if isinstance(form, str):
            return form
        return "" if await _opened(client, trigger, _view(form, letter)) else LAPSED
    view_id = await _opened(client, trigger, message(READYING))
    if not view_id:
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)
        return LAPSED
    form = await making
    view = message(form) if isinstance(form, str) else _view(form, letter)
    try:
        await client.views_update(view_id=view_id, view=dict(view))
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.info("the form was closed before it was ready", error=type(error).__name__)
    return ""


async def _made(letter: Letter, deeds: Deeds) -> Form | str:
    """The form, or the sentence that says why there is none."""
    try:
        async with asyncio.timeout(FORM_SECONDS):
            return await deeds.form(letter)
    except (*PASSING, TimeoutError):
        return AWAY
    except SupplyRoomError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - the door for faults of ours
        code = support_code()
        log.error("no form", support_code=code, error=type(error).__name__, where=where(error))
        return f"Something went wrong on my side, and nothing was changed. Support code {code}."


async def _opened(client: AsyncWebClient, trigger: str, view: Mapping[str, Json]) -> str:
    """The id of the view that stands before the person now; "" where Slack did not open it."""
    try:
        answer = await client.views_open(trigger_id=trigger, view=dict(view))
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.info("slack opened no form", error=type(error).__name__)
        return ""
    return _text(answer.get("view"), "id") or "opened"


def _view(form: Form, letter: Letter) -> Mapping[str, Json]:
    """The form with what it must bring back: whose it is, and where its card stands."""
    known: dict[str, Json] = {
        "f": form.name,
        "s": letter.text("subject"),
        "v": letter.number("version"),
        "c": letter.text("channel"),
        "m": letter.text("ts"),
        "t": letter.text("thread"),
        "k": letter.text("talk"),
        "u": letter.text("url"),
        "p": letter.flag("private"),
        "e": letter.flag("ephemeral"),
    }
    metadata = json.dumps(known, separators=(",", ":"))
    return {**form.view, "callback_id": ACT_FORM, "private_metadata": metadata}


# ---------------------------------------------------------------------------------------------- what a form brings back


def form_letter(body: Body, view: Body) -> Letter | None:
    """The letter of a sent form; None where it is none of ours. Its values are sealed where they are stored."""
    user = _text(body.get("user"), "id")
    try:
        known = json.loads(str(view.get("private_metadata") or ""))
    except (ValueError, RecursionError):
        return None
    if not user or not isinstance(known, dict) or not _text(known, "s"):
        return None
    version = known.get("v")
    channel, thread = _text(known, "c"), _text(known, "t")
    payload: dict[str, Json] = {
        "user": user,
        "channel": channel,
        "ts": _text(known, "m"),
        "thread": thread,
        "talk": _text(known, "k"),
        "lane": f"{channel or user}:{thread}",
        "url": _text(known, "u"),
        "private": known.get("p") is True,
        "ephemeral": known.get("e") is True,
        "form": _text(known, "f"),
        "subject": _text(known, "s"),
        "version": version if isinstance(version, int) else 0,
        "values": dict(form_values(view)),
    }
    return Letter(f"formed:{view.get('id')}:{user}", "formed", payload)


def form_values(view: Body) -> dict[str, str]:
    """What was entered, by block id: text, a date as YYYY-MM-DD, an option's value, several of them with commas between."""
    state = view.get("state")
    blocks = state.get("values") if isinstance(state, dict) else None
    found: dict[str, str] = {}
    for block_id, held in blocks.items() if isinstance(blocks, dict) else ():
        for one in held.values() if isinstance(held, dict) else ():
            found[str(block_id)] = _entered(one) if isinstance(one, dict) else ""
    return found


def _entered(held: Mapping[str, Any]) -> str:
    option, options = held.get("selected_option"), held.get("selected_options")
    if isinstance(option, dict):
        return _text(option, "value")
    if isinstance(options, list):
        return ",".join(_text(each, "value") for each in options)
    return next((str(held[name]) for name in ("value", "selected_date") if held.get(name)), "").strip()


async def looked_through(letter: Letter, view: Body, deeds: Deeds) -> dict[str, Any] | None:
    """The acknowledgement that keeps the form open with what is wrong; None where it may be worked on.

    Where it can not be looked through in time it is taken in: the answer in the thread says then what is wrong.
    """
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            errors = await deeds.check(letter)
    except (*PASSING, TimeoutError):
        return None
    except SupplyRoomError as error:
        return {"response_action": "update", "view": dict(message(str(error)))}
    except Exception as error:  # noqa: BLE001 - the door for faults of ours; working on it tells the person
        log.error("a form could not be looked through", error=type(error).__name__, where=where(error))
        return None
    if not errors:
        return None
    return {"response_action": "errors", "errors": _placed(errors, view)}


def _placed(errors: Mapping[str, str], view: Body) -> dict[str, str]:
    """Each error at an input that is there: Slack shows none of them where one names a block that is not."""
    blocks = view.get("blocks")
    inputs = [
        str(block.get("block_id"))
        for block in (blocks if isinstance(blocks, list) else [])
        if isinstance(block, dict) and block.get("type") == "input"
    ]
    placed: dict[str, str] = {}
    for name, sentence in errors.items():
        at = name if name in inputs or not inputs else inputs[0]
        placed[at] = f"{placed[at]} {sentence}" if at in placed else sentence
    return placed


def _text(value: object, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
