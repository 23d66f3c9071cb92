"""``parley ask``, ``parley parse`` and ``parley shell``: the same road as a Slack message, without Slack."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import date
from typing import Annotated

import typer

from bot.bootstrap.house import Conversation, House, open_conversation, open_house
from bot.bootstrap.language import open_language
from bot.cli.common import plain, read_settings, said_plainly, tell
from bot.cli.composed import composition_as_json
from bot.clock import SystemClock
from bot.dialogue.turn import Turn
from bot.settings import Settings
from bot.understanding.composing import compose
from bot.understanding.meaning import Meaning
from domain.errors import LanguageUnavailable

AT_ONCE = 4
"""Messages under way to the language service at a time: more only queue there."""

AsOption = Annotated[
    str,
    typer.Option("--as", help="Who asks: a name, an e-mail address or a Slack user id of the staff list."),
]
ThreadOption = Annotated[
    str, typer.Option("--thread", help="A thread's name: questions of one thread follow up on each other.")
]


def ask(
    text: Annotated[list[str], typer.Argument(help="The question, as one would write it in Slack.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of the reply.")] = False,
    who: AsOption = "",
    thread: ThreadOption = "",
) -> None:
    """Ask one question and print the reply."""
    with said_plainly():
        settings = read_settings(quiet=True)
        question = " ".join(text)

        async def once(conversation: Conversation) -> Turn:
            return await conversation.say(question, thread=thread or uuid.uuid4().hex)

        turn = asyncio.run(_converse(open_house(settings), who, once))
        print(json.dumps(turn_as_json(question, turn), ensure_ascii=False) if as_json else turn.rendered.text)


def turn_as_json(text: str, turn: Turn) -> dict[str, object]:
    """``{"text", "intent", "entities", "request", "answer", "reply"}``; request and answer are null for what is no question."""
    meaning = turn.meaning
    request = None
    if turn.request is not None:
        request = {"kind": type(turn.request).__name__, **_object(turn.request)}
        # Who asked is the caller's own choice, and no part of the question.
        request.pop("asker", None)
    answer = None
    if turn.answer is not None:
        answer = {"kind": type(turn.answer).__name__, **_object(turn.answer)}
    elif turn.options:
        answer = {"kind": "Choice", "options": [{"label": o.label, "detail": o.detail} for o in turn.options]}
    return {
        "text": text,
        "intent": meaning.intent if meaning else None,
        "confidence": meaning.confidence if meaning else None,
        "entities": entities_of(meaning) if meaning else [],
        "request": request,
        "answer": answer,
        "reply": turn.rendered.text,
    }


def _object(value: object) -> dict[str, object]:
    made = plain(value)
    assert isinstance(made, dict)  # noqa: S101 - a dataclass is always an object
    return dict(made)


def entities_of(meaning: Meaning) -> list[dict[str, object]]:
    found = []
    for span in meaning.spans:
        entity: dict[str, object] = {
            "entity": span.entity,
            "value": span.value,
            "start": span.start,
            "end": span.end,
        }
        if span.role:
            entity["role"] = span.role
        found.append(entity)
    return found


def parse(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Read one message a line from standard input and print what each means."""
    with said_plainly():
        settings = read_settings(quiet=True)
        asyncio.run(_parse_all(settings, as_json=as_json))


async def _parse_all(settings: Settings, *, as_json: bool) -> None:
    async with open_language(settings, progress=tell) as language:
        await language.ready()
        gate = asyncio.Semaphore(AT_ONCE)
        today = SystemClock().now().astimezone().date()

        async def one(text: str) -> Meaning:
            async with gate:
                return await language.parse(text)

        for batch in _batches(sys.stdin, 200):
            for text, meaning in zip(batch, await asyncio.gather(*(one(t) for t in batch)), strict=True):
                if as_json:
                    print(json.dumps(meaning_as_json(text, meaning, today=today), ensure_ascii=False))
                else:
                    labels = ", ".join(f"{s.entity}={s.value}" for s in meaning.spans)
                    print(f"{meaning.intent:18} {meaning.confidence:4.2f}  {text}  [{labels}]")
            sys.stdout.flush()


def meaning_as_json(text: str, meaning: Meaning, *, today: date) -> dict[str, object]:
    """``{"text", "intent", "confidence", "entities"}`` and the typed values of ``composition_as_json``."""
    return {
        "text": text,
        "intent": meaning.intent,
        "confidence": round(meaning.confidence, 4),
        "entities": entities_of(meaning),
        **composition_as_json(compose(meaning, today=today)),
    }


def _batches(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for line in lines:
        batch.append(line.rstrip("\r\n"))
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def shell(*, who: AsOption = "") -> None:
    """A conversation at the keyboard; an empty line ends the thread, Ctrl-D the conversation."""
    with said_plainly():
        settings = read_settings(quiet=True)

        async def talk(conversation: Conversation) -> None:
            tell(f"You are {conversation.person.name}, {conversation.person.title}. Ask away; Ctrl-D ends.")
            thread = uuid.uuid4().hex
            while True:
                try:
                    line = (await asyncio.to_thread(input, "you> ")).strip()
                except EOFError:
                    print()
                    return
                if not line:
                    thread = uuid.uuid4().hex
                    tell("(new thread)")
                    continue
                try:
                    turn = await conversation.say(line, thread=thread)
                except LanguageUnavailable as error:
                    tell(str(error))
                    continue
                print(turn.rendered.text + "\n")

        asyncio.run(_converse(open_house(settings), who, talk))


async def _converse[T](house: House, who: str, talk: Callable[[Conversation], Awaitable[T]]) -> T:
    async with open_language(house.settings, progress=tell) as language:
        await language.ready()
        return await talk(open_conversation(house, language, who=who, rankings=language))
