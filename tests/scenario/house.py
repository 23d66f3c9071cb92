"""The whole house as production runs it: ``serve_slack`` over a loaded demo hospital, the local workspace, a language service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from bot import keeper
from bot.bootstrap.demo import load_demo
from bot.bootstrap.house import House, open_house
from bot.bootstrap.slack import serve_slack
from bot.settings import Settings
from bot.workspace import LocalWorkspace, MessageShortcut, WorkspaceConfig
from bot.workspace.config import ChannelSpec, Person
from bot.workspace.state import Message
from tests.scenario.conftest import KEY

NURSE, TECHNICIAN, MANAGER = "U0MAYA", "U0LUIS", "U0PRIYA"
CHANNELS = tuple(f"C0SUPPLY{n:02}" for n in range(16))
"""Questions go round: Slack takes one message a second in a channel."""
PATIENCE = 30.0
"""Seconds for one answer: a busy machine is slow, a broken house is for ever."""

# What the trained model says of these sentences.
SENTENCES: dict[str, tuple[str, dict[str, str]]] = {
    "where are 7.5 gloves?": ("find_item", {"size": "7.5", "item": "gloves"}),
    "do we have any 16 fr foleys in ICU": (
        "check_stock",
        {"size": "16 fr", "item": "foleys", "location": "ICU"},
    ),
    "do we have foleys in PACU": ("check_stock", {"item": "foleys", "location": "PACU"}),
    "what expires in the next 60 days in cath lab": (
        "check_expiry",
        {"window": "next 60 days", "location": "cath lab"},
    ),
    "is the tegaderm latex free, how many in a box": ("item_info", {"item": "tegaderm", "unit": "box"}),
    "how many chest tubes did ED use since august": (
        "usage_history",
        {"item": "chest tubes", "location": "ED", "window": "since august"},
    ),
    "what's low in PACU": ("below_par", {"location": "PACU"}),
    "and in ED?": ("below_par", {"location": "ED"}),
    "hello": ("greet", {}),
    "what's the weather tomorrow": ("out_of_scope", {"window": "tomorrow"}),
}


@dataclass
class ScriptedService:
    """Speaks Rasa's protocol. ``mood`` is "well", "down" (HTTP 500), "slow" (no answer) or "garbage"."""

    mood: str = "well"
    url: str = ""
    asked: list[str] = field(default_factory=list)
    _gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def parse(self, request: web.Request) -> web.StreamResponse:
        text = (await request.json())["text"]
        self.asked.append(text)
        if self.mood == "down":
            return web.Response(status=500)
        if self.mood == "garbage":
            return web.Response(text="<html>not json</html>")
        if self.mood == "slow":
            await self._gone.wait()
        intent, found = SENTENCES.get(text, ("out_of_scope", {}))
        if text.startswith("where is lot "):
            intent, found = "trace_lot", {"lot": text.removeprefix("where is lot ").split(",")[0]}
        entities = [
            {
                "entity": e,
                "value": v,
                "start": text.index(v),
                "end": text.index(v) + len(v),
                "confidence_entity": 0.99,
            }
            for e, v in found.items()
        ]
        sure = 0.99 if text in SENTENCES or found else 0.95
        return web.json_response(
            {"text": text, "intent": {"name": intent, "confidence": sure}, "entities": entities}
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[ScriptedService]:
        app = web.Application()
        app.router.add_post("/model/parse", self.parse)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            self._gone.set()
            await runner.cleanup()


@dataclass
class Running:
    """A house that is open. ``service`` is None where the true model answers."""

    workspace: LocalWorkspace
    house: House
    service: ScriptedService | None
    database: str
    channels: Iterator[str] = field(default_factory=lambda: cycle(CHANNELS))

    async def ask(self, text: str, *, user: str = NURSE) -> Message:
        """Asks in a channel, in a thread of its own; the answer."""
        channel = next(self.channels)
        ts = await self.workspace.say(user, channel, f"@Parley {text}")
        return await self.reply(channel, ts)

    async def reply(self, channel: str, ts: str, *, number: int = 0) -> Message:
        """The bot's message of this number in a thread of the channel."""
        return await self.workspace.wait_for(
            lambda: self.workspace.replies(channel, thread_ts=ts)[number], timeout=PATIENCE
        )

    async def go_on(self, answer: Message, text: str, *, user: str = NURSE) -> Message:
        """Says something more in the thread of an answer, without naming Parley; the next answer."""
        assert answer.thread_ts is not None
        before = len(self.workspace.replies(answer.channel, thread_ts=answer.thread_ts))
        await self.workspace.say(user, answer.channel, text, thread_ts=answer.thread_ts)
        return await self.reply(answer.channel, answer.thread_ts, number=before)

    async def ask_alone(self, text: str, *, user: str = NURSE) -> Message:
        """Asks in the person's direct messages; the answer."""
        channel = self.workspace.direct_messages(user)
        before = len(self.said(channel))
        await self.workspace.dm(user, text, wait=False)
        return await self.workspace.wait_for(lambda: self.said(channel)[before], timeout=PATIENCE)

    def said(self, channel: str) -> list[Message]:
        return [m for m in self.workspace.messages(channel) if m.from_bot]


def load(url: str, folder: Path) -> None:
    """The demo hospital in an empty database: a tenth of its patients, all of its shelves."""
    settings = Settings(data_dir=folder, database_url=url, vault_key=SecretStr(KEY))
    load_demo(
        settings, seed=7, scale=0.1, now=datetime.now(UTC), replace=False, progress=lambda _step, _share: None
    )


@asynccontextmanager
async def opened(url: str, folder: Path, *, model: bool, channels: str = "") -> AsyncIterator[Running]:
    """The house with a scripted language service, or with the trained one. ``channels`` are those of places."""
    service = ScriptedService()
    people = (
        Person(NURSE, "Maya Chen"),
        Person(TECHNICIAN, "Luis Ortega"),
        Person(MANAGER, "Priya Raman"),
        Person("U0STRANGER", "Nobody Known"),
    )
    config = WorkspaceConfig(
        people=people,
        channels=tuple(ChannelSpec(c, c.lower(), members=tuple(p.id for p in people)) for c in CHANNELS),
        share_delay=0.0,
        ack_timeout=3.0,
        retry_delays=(0.0, 0.2, 0.5),
        message_shortcuts=(MessageShortcut("ask_parley", "Ask Parley about this"),),
    )
    async with service.running(), LocalWorkspace(config) as workspace:
        settings = Settings(
            data_dir=folder,
            database_url=url,
            vault_key=SecretStr(KEY),
            channels=channels,
            slack_api_url=workspace.api_url,
            slack_bot_token=SecretStr(workspace.bot_token),
            slack_app_token=SecretStr(workspace.app_token),
            nlu_url="" if model else service.url,
            nlu_timeout=20.0 if model else 0.5,
        )
        if model:
            await asyncio.to_thread(keeper.ensure, folder, idle_minutes=10, progress=lambda _line: None)
        house = await asyncio.to_thread(open_house, settings)
        stop = asyncio.Event()
        serving = asyncio.create_task(serve_slack(house, until=_told(stop)))
        try:
            online = asyncio.create_task(workspace.wait_online(timeout=120))
            await asyncio.wait({serving, online}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                online.cancel()
                await serving  # raises why it did not come up
            await online
            yield Running(workspace, house, None if model else service, url)
        finally:
            stop.set()
            await serving
            house.close()
            if model:
                keeper.stop(folder)


async def _told(stop: asyncio.Event) -> None:
    await stop.wait()
