"""Patients' numbers that are planted in everything people can type are found nowhere afterwards: no table, log, payload or address.

The bot is the one that production serves, over a small hospital on both databases; only the language service is scripted.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import MetaData, select, text

from bench.composition import labelled
from bench.trials import stocked
from bot import logs
from bot.bootstrap.house import House, open_house
from bot.bootstrap.slack import serve_slack
from bot.dialogue.converse import Dialogue
from bot.dialogue.turn import Heard, Turn
from bot.listeners.discretion import ADVICE
from bot.settings import Settings
from bot.understanding.meaning import Meaning
from bot.workspace import LocalWorkspace
from bot.workspace.config import ChannelSpec, MessageShortcut, Person, WorkspaceConfig
from bot.workspace.state import Message
from domain.store import open_store
from domain.store.engine import make_engine, parse_url
from tests.databases import database_url, postgres_server, postgres_template, sqlite_template
from tests.unit.acting.house import KEY, PEOPLE

__all__ = ["database_url", "postgres_server", "postgres_template", "sqlite_template"]

pytestmark = pytest.mark.timeout(240)

WARD = "C0WARD0001"
NURSE, MANAGER = "U1", "U3"
KNOWN, UNKNOWN = "4482913", "9377340"
"""A patient's number that the hospital knows ("E-4482913"), and one that it does not."""
SPOKEN = "four four eight two nine one three"
PLANTED = (KNOWN, UNKNOWN)
_FOUND = re.compile(
    "|".join([*(r"\W{0,2}".join(number) for number in PLANTED), SPOKEN.replace(" ", r"\W+")]), re.IGNORECASE
)
"""The numbers in whatever dress: bare, with their letter, with blanks or dashes between, in words."""
WAIT = 30.0


@dataclass
class Service:
    """Speaks Rasa's protocol; understands what it was taught, and keeps the lines that a log of requests would have."""

    known: dict[str, Meaning] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    garbage: bool = False
    url: str = ""

    def teach(self, marked: str, intent: str, *, sure: float = 0.97) -> str:
        """The plain words of a labelled sentence, understood from now on."""
        meaning = labelled(marked, intent=intent)
        self.known[meaning.text] = Meaning(meaning.text, intent, sure, meaning.spans)
        return meaning.text

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.raw_path} {dict(request.headers)}")
        if request.path == "/status":
            return web.json_response({"model_id": "model-1"})
        words = (await request.json())["text"]
        if self.garbage:
            return web.Response(text=f"<html>{words}</html>", status=500)
        meaning = self.known.get(words, Meaning(words, "out_of_scope", 0.6))
        others = [n for n in ("consume", "find_item", "usage_history") if n != meaning.intent]
        ranking = [{"name": meaning.intent, "confidence": meaning.confidence}]
        ranking += [{"name": name, "confidence": (1 - meaning.confidence) / 3} for name in others]
        entities = [
            {"entity": s.entity, "value": s.value, "start": s.start, "end": s.end, "role": s.role or None, "confidence_entity": 0.99}
            for s in meaning.spans
        ]  # fmt: skip
        return web.json_response(
            {"text": words, "intent": ranking[0], "intent_ranking": ranking, "entities": entities}
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Service]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()


@dataclass
class Raw(logging.Handler):
    """Every record as it was made, before the last door hides numbers in the finished line."""

    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.NOTSET)

    def emit(self, record: logging.LogRecord) -> None:
        trace = "" if record.exc_info is None else str(record.exc_info[1])
        self.seen.append(f"{record.name} {record.msg} {record.args} {trace}")

    def __hash__(self) -> int:
        return id(self)


@dataclass
class Written:
    """What the process logged: the lines, and the records they were made of."""

    lines: io.StringIO
    raw: Raw


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """Logs at their most talkative."""
    root, lines, raw = logging.getLogger(), io.StringIO(), Raw()
    before, level = list(root.handlers), root.level
    monkeypatch.setattr(sys, "stderr", lines)
    logs.configure(level="DEBUG", json_lines=True)
    root.addHandler(raw)
    yield Written(lines, raw)
    root.handlers[:] = before
    root.setLevel(level)


@dataclass
class Ward:
    """People who type what they should not."""

    workspace: LocalWorkspace
    service: Service
    house: House

    def said(self, channel: str) -> list[Message]:
        return [m for m in self.workspace.messages(channel) if m.from_bot]

    async def type_in_channel(self, marked: str, intent: str, *, thread: str | None = None) -> list[Message]:
        """Says it to Parley where all read; what only the writer was shown for it."""
        plain = self.service.teach(marked, intent)
        before, open_ = len(self.alone()), len(self.said(WARD))
        await self.workspace.say(NURSE, WARD, plain if thread else f"@Parley {plain}", thread_ts=thread)
        await self.until(lambda: any(m.text == ADVICE for m in self.alone()[before:]))
        await self.settled()
        assert len(self.said(WARD)) == open_, "nobody else sees an answer"
        return self.alone()[before:]

    async def type_alone(self, marked: str, intent: str, *, sure: float = 0.97) -> Message:
        """Writes to Parley directly; its answer."""
        plain = self.service.teach(marked, intent, sure=sure)
        channel = self.workspace.direct_messages(NURSE)
        before = len(self.said(channel))
        await self.workspace.dm(NURSE, plain, wait=False)
        await self.until(lambda: len(self.said(channel)) > before)
        await self.settled()
        return self.said(channel)[before]

    def alone(self) -> list[Message]:
        return self.workspace.ephemerals(NURSE)

    async def until(self, there: Callable[[], bool]) -> None:
        await self.workspace.wait_for(there, timeout=WAIT)

    async def settled(self) -> None:
        """Until nothing is left to work on or to send."""
        engine = make_engine(parse_url(self.house.settings.database), reading=True)
        waiting = text(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting')"
            " + (SELECT count(*) FROM outbox WHERE state = 'waiting')"
        )
        calm = 0
        while calm < 3:
            with engine.connect() as connection:
                calm = 0 if connection.execute(waiting).scalar_one() else calm + 1
            await asyncio.sleep(0.05)
        engine.dispose()

    async def press(self, message: Message, name: str) -> None:
        for block in message.blocks:
            for element in (*block.get("elements", ()), block.get("accessory") or {}):
                if str(element.get("action_id", "")).startswith(name):
                    await self.workspace.click(
                        NURSE, action_id=element["action_id"], block_id=block["block_id"], channel=message.channel,
                        ts=message.ts,
                    )  # fmt: skip
                    return
        raise AssertionError(f"no {name} below {message.text!r}")

    async def say_what_was_meant(self, note: str) -> None:
        """Where it is asked what was meant: the last of the choices, and a few words in the form that it opens."""
        channel = self.workspace.direct_messages(NURSE)
        asked = [
            m for m in (*self.said(channel)[-1:], *self.alone()[-1:]) if "parley.else" in json.dumps(m.blocks)
        ]
        await self.press(asked[-1], "parley.else")
        await self.until(lambda: bool(self.workspace.views(NURSE)))
        values: dict[str, str] = {}
        for block in self.workspace.views(NURSE)[-1].blocks:
            if block["type"] == "input":
                options = block["element"].get("options")
                values[str(block["block_id"])] = options[0]["value"] if options else note
        assert note in values.values()
        await self.workspace.submit_view(NURSE, values=values)
        await self.settled()

    async def form(self, values: dict[str, str]) -> None:
        """Fills the form that is open before the nurse; ``values`` by the beginning of the block's name."""
        await self.until(lambda: bool(self.workspace.views(NURSE)))
        await self.until(lambda: any(b["type"] == "input" for b in self.workspace.views(NURSE)[-1].blocks))
        blocks = [str(b["block_id"]) for b in self.workspace.views(NURSE)[-1].blocks if b["type"] == "input"]
        given = {next(b for b in blocks if b.startswith(name)): value for name, value in values.items()}
        await self.workspace.submit_view(NURSE, values=given)
        await self.settled()


@pytest.fixture
async def ward(database_url: str, tmp_path: Path, written: Written) -> AsyncIterator[Ward]:
    store = open_store(database_url)
    stocked(store, 1)
    store.close()
    people = tuple(Person(str(p.slack_user_id), p.name, title=p.title) for p in PEOPLE)
    config = WorkspaceConfig(
        people=people,
        channels=(ChannelSpec(WARD, "icu", members=tuple(p.id for p in people)),),
        share_delay=0.0,
        retry_delays=(0.0, 0.2),
        trigger_seconds=30.0,
        message_shortcuts=(MessageShortcut("ask_parley", "Ask Parley about this"),),
    )
    async with Service().running() as service, LocalWorkspace(config) as workspace:
        settings = Settings(
            data_dir=tmp_path,
            database_url=database_url,
            vault_key=SecretStr(KEY),
            slack_api_url=workspace.api_url,
            slack_bot_token=SecretStr(workspace.bot_token),
            slack_app_token=SecretStr(workspace.app_token),
            nlu_url=service.url,
            nlu_timeout=5.0,
        )
        house = await asyncio.to_thread(open_house, settings)
        stop = asyncio.Event()
        serving = asyncio.create_task(serve_slack(house, until=_told(stop)))
        await workspace.wait_online(timeout=60)
        try:
            yield Ward(workspace, service, house)
        finally:
            stop.set()
            await serving
            house.close()


async def _told(stop: asyncio.Event) -> None:
    await stop.wait()


def leaks(ward: Ward, written: Written) -> list[str]:
    """Where a planted number can be read, with what stands around it."""
    places = {
        "log": [written.lines.getvalue(), *written.raw.seen],
        "payload": [
            f"{call.method} {json.dumps(call.arguments, default=str)}" for call in ward.workspace.calls
        ],
        "shown": [m.text + json.dumps(m.blocks) for m in ward.workspace.state.ephemerals]
        + [m.text + json.dumps(m.blocks) for c in (WARD, *_direct(ward)) for m in ward.said(c)],
        "language": ward.service.requests,
        "tables": list(_cells(ward.house.settings.database)),
    }
    found = []
    for where, texts in places.items():
        for each in texts:
            found += [
                f"{where}: …{each[max(0, m.start() - 60) : m.end() + 20]}…" for m in _FOUND.finditer(each)
            ]
    return found


def _direct(ward: Ward) -> list[str]:
    return [ward.workspace.direct_messages(str(p.slack_user_id)) for p in PEOPLE]


def _cells(url: str) -> Iterator[str]:
    """Every row of every table as text, and of SQLite the files themselves: what was deleted is there still."""
    engine = make_engine(parse_url(url), reading=True)
    tables = MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        for table in tables.tables.values():
            for row in connection.execute(select(table)):
                cells = [v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in row]
                yield f"{table.name}: {' | '.join(cells)}"
    engine.dispose()
    if url.startswith("sqlite"):
        file = Path(str(parse_url(url).database))
        for each in (file, *file.parent.glob(f"{file.name}-wal")):
            yield f"{each.suffix}: {each.read_bytes().decode('latin-1')}"


async def test_what_is_looked_for_is_found_where_it_is(ward: Ward, written: Written) -> None:
    """The search itself: each dress of the numbers, in each place that is searched."""
    for dress in (KNOWN, f"e-{KNOWN}", "4482 913", "448-29-13", SPOKEN, SPOKEN.title()):
        assert _FOUND.search(f"for mrn {dress}, thanks"), dress
    assert leaks(ward, written) == []
    logging.getLogger("parley.test").warning("for %s", KNOWN)
    ward.service.requests.append(f"GET /model/parse?q={KNOWN}")
    with ward.house.transactions.begin() as uow:
        uow.connection.exec_driver_sql(f"UPDATE person SET title = 'nurse of {KNOWN}'")  # type: ignore[attr-defined]
        uow.commit()
    assert {leak.split(":")[0] for leak in leaks(ward, written)} == {"log", "language", "tables"}


async def test_a_number_typed_in_a_channel_is_worked_on_and_answered_to_its_writer_alone(
    ward: Ward, written: Written
) -> None:
    for dress in ("E-4482913", "e-4482913", "4482913", "E 4482913"):
        shown = await ward.type_in_channel(
            f"used [2](quantity) [silk](item) for patient [{dress}](patient)", "consume"
        )
        assert [m.text for m in shown[1:]] == [ADVICE]
        assert "Use 2 × Suture silk" in shown[0].text
    card = shown[0]
    await ward.press(card, "parley.act.confirm")
    await ward.until(lambda: card.text.startswith("✓ Used 2 ×"))
    await ward.settled()
    assert leaks(ward, written) == []


async def test_an_unknown_number_a_question_and_what_nobody_labelled_leave_no_trace(
    ward: Ward, written: Written
) -> None:
    for marked, intent in (
        (f"used [2](quantity) [silk](item) for mrn [{UNKNOWN}](patient)", "consume"),
        (f"used [2](quantity) [silk](item) for MRN {UNKNOWN[:3]} {UNKNOWN[3:]}", "consume"),
        (f"where are the [foleys](item) for mrn {KNOWN}?", "find_item"),
        (f"[foleys](item) used on patient {SPOKEN}", "usage_history"),
        (f"please call about MRN {KNOWN}, room 4", "out_of_scope"),
    ):
        shown = await ward.type_in_channel(marked, intent)
        assert shown[-1].text == ADVICE, marked
        assert len(shown) >= 2, marked
    assert leaks(ward, written) == []


async def test_direct_messages_corrections_and_undo_leave_no_trace(ward: Ward, written: Written) -> None:
    for dress in ("E-4482913", "e-4482913", "4482913"):
        card = await ward.type_alone(
            f"used [2](quantity) [silk](item) for patient [{dress}](patient)", "consume"
        )
        assert card.text.startswith("Use 2 × Suture silk"), card.text
    for words in (
        f"charge patient {KNOWN} instead",
        f"not that one, mrn {UNKNOWN}",
        f"make it 3 for MRN e-{KNOWN}",
        "lot GIANT instead",
        f"put it on {SPOKEN}",
        "yes",
        "undo that",
        "yes",
    ):
        await ward.type_alone(words, "out_of_scope", sure=0.5)
    assert leaks(ward, written) == []


async def test_forms_take_a_number_that_no_card_and_no_refusal_repeats(ward: Ward, written: Written) -> None:
    card = await ward.type_alone("used [2](quantity) [silk](item)", "consume")
    await ward.press(card, "parley.act.edit")
    await ward.form({"patient": UNKNOWN})
    await ward.until(lambda: f"patient …{UNKNOWN[-4:]}" in card.text)
    await ward.press(card, "parley.act.edit")
    await ward.form({"patient": f"e-{KNOWN}"})
    await ward.until(lambda: f"patient …{KNOWN[-4:]}" in card.text)
    for name, value in (("item", f"MRN {KNOWN}"), ("lot", KNOWN), ("provider", f"mrn {UNKNOWN}")):
        await ward.press(card, "parley.act.edit")
        await ward.form({name: value})
        if ward.workspace.views(NURSE):
            await ward.workspace.close_view(NURSE)
    await ward.press(card, "parley.act.edit")
    await ward.form({"item": "silk 2-0", "quantity": "2", "lot": "GIANT", "patient": f"E {KNOWN}"})
    await ward.press(card, "parley.act.confirm")
    await ward.until(lambda: card.text.startswith("✓ Used 2 ×"))
    await ward.settled()
    assert leaks(ward, written) == []


async def test_not_what_i_meant_a_broken_service_and_a_fault_of_ours_leave_no_trace(
    ward: Ward, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await ward.type_alone(f"where are the [foleys](item) for mrn {KNOWN}?", "find_item")
    await ward.press(answer, "parley.unmeant")
    await ward.settled()
    await ward.say_what_was_meant(f"it was for mrn {UNKNOWN}")

    async def broken(self: Dialogue, heard: Heard) -> Turn:
        raise RuntimeError(f"can not make sense of {heard.text}")

    with monkeypatch.context() as broke:
        broke.setattr(Dialogue, "hear", broken)
        told = await ward.type_alone(f"used 2 silk for mrn {KNOWN}", "consume")
        assert "Something went wrong" in told.text
    ward.service.garbage = True
    await ward.type_alone(f"used 3 silk for mrn {KNOWN}", "consume")
    await ward.workspace.slash(NURSE, WARD, "/parley", f"used 2 silk for mrn {UNKNOWN}")
    await ward.settled()
    assert leaks(ward, written) == []
