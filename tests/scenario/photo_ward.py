"""A small hospital whose people post photographs: real Bolt, real decoders, a real store; only the language model is replaced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bench.composition import labelled
from bot.dialogue.acting.acts import Acts
from bot.dialogue.converse import Dialogue
from bot.dialogue.photo.sighted import Room, SightedActing, SightedDialogue
from bot.listeners import PostOffice, open_app, open_post_office
from bot.listeners.aloud import Speaking
from bot.listeners.clips import Clips, Hearing
from bot.listeners.photos import Reader
from bot.outbox import slack_client
from bot.understanding.meaning import Meaning
from bot.workspace import LocalWorkspace
from bot.workspace.config import ChannelSpec, Person, WorkspaceConfig
from bot.workspace.errors import WaitedTooLongError
from bot.workspace.state import Message
from domain.store.search.refreshing import SearchCatalogue, SearchPlaces
from tests.scenario.conftest import nothing_known
from tests.unit.acting.house import CENTRAL, CENTRAL_A, PEOPLE, House

WARD, STORE = "C0WARD0001", "C0STORE001"


@dataclass
class Labels:
    """A language service that knows the sentences it was taught, and of all others nothing."""

    meanings: dict[str, Meaning] = field(default_factory=dict)

    def teach(self, marked: str, intent: str) -> str:
        meaning = labelled(marked, intent=intent)
        self.meanings[meaning.text] = meaning
        return meaning.text

    async def parse(self, text: str) -> Meaning:
        return self.meanings.get(text, Meaning(text, "out_of_scope", 0.2))


@dataclass
class Ward:
    """People with phones in the local workspace."""

    workspace: LocalWorkspace
    house: House
    language: Labels
    office: PostOffice

    def direct(self, user: str = "U1") -> str:
        return self.workspace.direct_messages(user)

    async def post(
        self,
        data: bytes,
        text: str = "",
        *,
        user: str = "U1",
        channel: str = "",
        thread: str = "",
        name: str = "IMG_0412.png",
        mimetype: str | None = None,
        subtype: str | None = None,
        transcript: str | None = None,
    ) -> Message:
        """Posts a photograph or a clip; the next answer there. In the person's direct messages where no channel is named."""
        where = channel or self.direct(user)
        before = len(self.answers(where, thread))
        _, ts = await self.workspace.share_file(
            user,
            where,
            name=name,
            data=data,
            text=text,
            thread_ts=thread or None,
            mimetype=mimetype,
            subtype=subtype,
            transcript=transcript,
            wait=False,
        )
        in_thread = thread or (ts if channel else "")
        begun = before if thread or not channel else 0
        return await self.workspace.wait_for(lambda: self.answers(where, in_thread)[begun], timeout=30.0)

    async def say(self, text: str, *, user: str = "U1", channel: str = "", thread: str = "") -> Message:
        where = channel or self.direct(user)
        before = len(self.answers(where, thread))
        await self.workspace.say(user, where, text, thread_ts=thread or None, wait=False)
        return await self.workspace.wait_for(lambda: self.answers(where, thread)[before], timeout=30.0)

    def answers(self, channel: str, thread: str) -> list[Message]:
        if thread:
            return self.workspace.replies(channel, thread_ts=thread)
        return [m for m in self.workspace.messages(channel) if m.from_bot]

    def direct_answers(self, user: str) -> list[Message]:
        return self.answers(self.direct(user), "")

    async def press(self, message: Message, label: str, *, user: str = "U1") -> None:
        """Presses the button, or chooses the option, that is called so."""
        for block in message.blocks:
            for element in (*block.get("elements", ()), block.get("accessory")):
                if isinstance(element, dict) and _label(element).startswith(label):
                    await self.workspace.click(
                        user,
                        action_id=element["action_id"],
                        channel=message.channel,
                        ts=message.ts,
                        block_id=block["block_id"],
                    )
                    return
        raise AssertionError(f"no button {label!r} below {message.text!r}")

    async def becomes(self, message: Message, words: str) -> Message:
        """Waits until the message says this."""
        try:
            await self.workspace.wait_for(lambda: words in message.text, timeout=30.0)
        except WaitedTooLongError:
            raise AssertionError(f"{words!r} is not in {message.text!r}") from None
        return message

    async def settled(self) -> None:
        while True:
            with self.house.store.transactions.reading() as uow:
                waiting = uow.outbox.waiting()
            if not waiting.get("waiting") and not self.office.inbox.busy:
                return
            await asyncio.sleep(0.02)

    def buttons(self, message: Message) -> list[str]:
        elements = [element for block in message.blocks for element in block.get("elements", ())]
        return [_label(each) for each in elements if isinstance(each, dict) and _label(each)]


def _label(element: dict[str, Any]) -> str:
    text = element.get("text")
    return str(text.get("text")) if element.get("type") == "button" and isinstance(text, dict) else ""


def open_sight(house: House, language: Labels) -> tuple[SightedDialogue, SightedActing]:
    """The dialogue over a search that learns: what is taught is found."""
    transactions = house.store.transactions
    items, places = SearchCatalogue(transactions), SearchPlaces(transactions)
    acts = Acts(
        transactions=transactions,
        items=items,
        places=places,
        vault=house.vault,
        clock=house.clock,
        views=house.views,
        channels=house.channels,
    )
    dialogue = Dialogue(
        language=language,
        transactions=transactions,
        items=items,
        places=places,
        clock=house.clock,
        acting=acts,
    )
    room = Room(
        transactions=transactions,
        items=items,
        places=places,
        vault=house.vault,
        clock=house.clock,
        views=house.views,
        channels=house.channels,
    )
    sight = SightedDialogue(dialogue, language, room)
    return sight, SightedActing(acts, sight)


@asynccontextmanager
async def open_ward(
    house: House,
    reader: Reader,
    *,
    hearing: Hearing | None = None,
    voice: Speaking | None = None,
    **config: Any,
) -> AsyncIterator[Ward]:
    people = tuple(Person(str(p.slack_user_id), p.name, title=p.title) for p in PEOPLE)
    everybody = tuple(p.id for p in people)
    settings = WorkspaceConfig(
        people=people,
        channels=(
            ChannelSpec(WARD, "icu", members=everybody),
            ChannelSpec(STORE, "central", members=everybody),
        ),
        share_delay=0.0,
        retry_delays=(0.0, 0.1),
        trigger_seconds=30.0,
        **config,
    )
    house.channels.named = {CENTRAL: STORE, CENTRAL_A: STORE}
    async with LocalWorkspace(settings) as workspace, aiohttp.ClientSession() as session:
        client = slack_client(token=workspace.bot_token, base_url=workspace.api_url, session=session)
        language = Labels()
        sight, acting = open_sight(house, language)
        office = open_post_office(
            talk=sight,
            glance=nothing_known,
            transactions=house.store.transactions,
            vault=house.vault,
            clock=house.clock,
            client=client,
            poll=0.2,
            warm=False,
            acting=acting,
            sight=sight,
            reader=reader,
            clips=Clips(hearing, client),
            voice=voice,
            places=SearchPlaces(house.store.transactions),
        )
        app = open_app(client, office.deps)
        await office.start()
        handler = AsyncSocketModeHandler(app, workspace.app_token, ping_interval=2)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
        await workspace.wait_online()
        try:
            yield Ward(workspace, house, language, office)
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
            await office.stop()
