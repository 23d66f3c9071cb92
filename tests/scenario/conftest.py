"""The bot's Slack side whole: real Bolt over Socket Mode, the local workspace, a real store; the dialogue is scripted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.dialogue.turn import Chosen, Heard, Turn
from bot.listeners import PostOffice, open_app, open_post_office
from bot.outbox import slack_client
from bot.vault import FernetVault
from bot.views import notices
from bot.views.home import Glance
from bot.views.rendered import Choice, Notice, Option, Rendered
from bot.workspace import LocalWorkspace
from bot.workspace.config import MessageShortcut
from bot.workspace.demo import NURSE, TECHNICIAN, demo_config
from bot.workspace.state import Message
from domain.model.ids import FacilityId, PersonId, PlaceId
from domain.model.person import Person, Role
from domain.model.place import Facility, Place, PlaceKind
from domain.ports import ThreadState
from domain.store import Store, open_store, upgrade
from tests.databases import postgres_server, postgres_template
from tests.scenario.acting_double import ActingTalk, ScriptedActing

__all__ = ["postgres_server", "postgres_template"]

KEY = "mDmq8XzPZr3Hnq0dJ0a9kq4uX5Zt3b0m0o2yq6m1r1c="
CHANNEL = "icu-supply"
MAYA = Person(
    id=PersonId(1), facility_id=FacilityId(1), name="Maya Okafor", title="Nurse", role=Role.CLINICIAN,
    home_place_id=PlaceId(2), slack_user_id=NURSE.id,
)  # fmt: skip


class Ticking:
    """A clock that never gives the same moment twice, so that what was stored later is later."""

    def __init__(self) -> None:
        self._passed = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._passed

    def advance(self, by: timedelta) -> None:
        self._passed += by


@dataclass
class ScriptedTalk:
    """Answers with the words it heard; ``fails`` raises its errors first, one a call. ``heard`` and ``chosen`` are what came."""

    heard: list[Heard] = field(default_factory=list)
    chosen: list[Chosen] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    rendered: Callable[[str], Rendered] | None = None
    gate: Callable[[], Awaitable[None]] | None = None
    remembers: bool = True

    async def hear(self, heard: Heard) -> Turn:
        self.heard.append(heard)
        return await self._turn(heard.text, heard.channel, heard.thread, heard.person)

    async def choose(self, chosen: Chosen) -> Turn:
        self.chosen.append(chosen)
        return await self._turn(
            f"{chosen.token} page {chosen.page}", chosen.channel, chosen.thread, chosen.person
        )

    async def _turn(self, text: str, channel: str, thread: str, person: Person) -> Turn:
        if self.gate is not None:
            await self.gate()
        if self.fails:
            raise self.fails.pop(0)
        rendered = self.rendered(text) if self.rendered else notices.notice(Notice(f"You asked: {text[:80]}"))
        state = ThreadState(channel, thread, person.id, "{}", datetime.now(UTC)) if self.remembers else None
        return Turn(rendered, state=state)


def which_gloves(_text: str) -> Rendered:
    return notices.choice(
        Choice("Which gloves?", (Option("Biogel 7.5", "tok-a"), Option("Gammex 7.5", "tok-b", "latex-free")))
    )


async def nothing_known(person: Person, today: date) -> Glance:
    return Glance(name=person.name, unit="ICU", contact="Ingrid Halvorsen", low_token="tok-low")


@dataclass
class World:
    workspace: LocalWorkspace
    store: Store
    talk: ScriptedTalk
    clock: Ticking
    office: PostOffice
    session: aiohttp.ClientSession
    acting: ScriptedActing | None = None
    """Set where every message is an action."""

    @property
    def general(self) -> str:
        return self.workspace.state.channel(CHANNEL).id

    async def answers(self, channel: str, *, count: int = 1, thread: str | None = None) -> list[Message]:
        """The bot's messages there, once there are ``count``."""

        def there() -> list[Message]:
            found = [m for m in self.workspace.messages(channel, thread_ts=thread) if m.from_bot]
            return found if len(found) >= count else []

        return await self.workspace.wait_for(there)

    async def settled(self) -> None:
        """Until nothing is left to work on or to send: only then can something be missing or too much."""
        while True:
            with self.store.transactions.reading() as uow:
                waiting = uow.outbox.waiting()
            if not waiting.get("waiting") and not self.office.inbox.busy:
                return
            await asyncio.sleep(0.02)

    def client(self) -> AsyncWebClient:
        return slack_client(
            token=self.workspace.bot_token, base_url=self.workspace.api_url, session=self.session
        )

    def new_office(self) -> PostOffice:
        """Another process over the same database."""
        return open_post_office(
            talk=self.talk if self.acting is None else ActingTalk(self.acting),
            glance=nothing_known,
            transactions=self.store.transactions,
            vault=FernetVault(KEY),
            clock=self.clock,
            client=self.client(),
            poll=0.2,
            warm=False,
            acting=self.acting,
        )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A hospital of one unit, a nurse and a technician."""
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    upgrade(url)
    store = open_store(url)
    furnish(store, [MAYA, replace(MAYA, id=PersonId(2), name="Luis", slack_user_id=TECHNICIAN.id)])
    return store


def furnish(store: Store, people: list[Person]) -> None:
    """One unit in one facility, and these people."""
    facility = Facility(
        id=FacilityId(1), place_id=PlaceId(1), name="Saint Brigid", timezone="America/New_York"
    )
    places = [
        Place(
            id=PlaceId(1),
            facility_id=FacilityId(1),
            parent_id=None,
            kind=PlaceKind.FACILITY,
            name="Saint Brigid",
        ),
        Place(
            id=PlaceId(2), facility_id=FacilityId(1), parent_id=PlaceId(1), kind=PlaceKind.UNIT, name="ICU"
        ),
    ]
    with store.transactions.begin() as uow:
        uow.loading.facilities([facility], places)
        uow.loading.people(people)
        uow.loading.finished()
        uow.commit()


@asynccontextmanager
async def running(
    store: Store, *, start: bool = True, acting: ScriptedActing | None = None
) -> AsyncIterator[World]:
    config = replace(
        demo_config(),
        retry_delays=(0.0, 0.05, 0.1),
        share_delay=0.0,
        drain_seconds=0.05,
        message_shortcuts=(MessageShortcut(callback_id="ask_parley", label="Ask Parley about this"),),
    )
    async with LocalWorkspace(config) as workspace, aiohttp.ClientSession() as session:
        world = World(workspace, store, ScriptedTalk(), Ticking(), None, session, acting)  # type: ignore[arg-type]
        world.office = world.new_office()
        app = open_app(world.client(), world.office.deps)
        if start:
            await world.office.start()
        handler = AsyncSocketModeHandler(app, workspace.app_token, ping_interval=2)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
        await workspace.wait_online()
        try:
            yield world
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
            await world.office.stop()


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    async with running(store) as found:
        yield found
    store.close()
