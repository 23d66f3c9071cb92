"""A small hospital whose actions are real, behind real Bolt: only the language model is replaced, by labels in the sentences."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bench.composition import labelled
from bot.dialogue.acting.acts import Acts
from bot.dialogue.turn import Heard, Turn
from bot.listeners import PostOffice, open_app, open_post_office
from bot.outbox import slack_client
from bot.understanding.meaning import Meaning
from bot.views import notices
from bot.views.rendered import Notice
from bot.workspace import LocalWorkspace
from bot.workspace.config import ChannelSpec, Person, WorkspaceConfig
from bot.workspace.state import Message
from domain.ports import ThreadState
from tests.scenario.conftest import nothing_known
from tests.unit.acting.house import CENTRAL, CENTRAL_A, PEOPLE, House

WARD, STORE = "C0WARD0001", "C0STORE001"


@dataclass
class Labelled:
    """A dialogue for which every message is an action; ``meanings`` are the labels and the intent of what is said."""

    acts: Acts
    meanings: dict[str, tuple[str, str]] = field(default_factory=dict)

    def teach(self, marked: str, intent: str) -> str:
        """The plain words of a labelled sentence, understood from now on."""
        plain = labelled(marked, intent=intent).text
        self.meanings[plain] = (marked, intent)
        return plain

    async def hear(self, heard: Heard) -> Turn:
        marked, intent = self.meanings.get(heard.text, ("", ""))
        meaning = labelled(marked, intent=intent) if marked else Meaning(heard.text, "out_of_scope", 0.4)
        act = await self.acts.hear(heard, meaning)
        state = ThreadState(heard.channel, heard.thread, heard.person.id, "{}", datetime.now(UTC))
        rendered = act.rendered if act is not None else notices.notice(Notice("That is no action."))
        return Turn(rendered, state=state, act=act)

    async def choose(self, chosen: object) -> Turn:
        raise AssertionError("no question is asked here")


@dataclass
class Day:
    """People at work in the local workspace."""

    workspace: LocalWorkspace
    house: House
    talk: Labelled
    office: PostOffice

    async def say(
        self, marked: str, intent: str = "consume", *, user: str = "U1", channel: str = WARD, thread: str = ""
    ) -> Message:
        """Says it to Parley, in a thread where one is named; the next answer there."""
        plain = self.talk.teach(marked, intent)
        before = len(self.answers(channel, thread)) if thread else 0
        ts = await self.workspace.say(
            user, channel, plain if thread else f"@Parley {plain}", thread_ts=thread or None
        )
        return await self.workspace.wait_for(
            lambda: self.answers(channel, thread or ts)[before], timeout=20.0
        )

    def answers(self, channel: str, thread: str) -> list[Message]:
        return self.workspace.replies(channel, thread_ts=thread)

    async def press(
        self, message: Message, press: str, *, user: str = "U1", label: str = "", value: str | None = None
    ) -> None:
        """Presses the button, or chooses in the list, of this press."""
        for block in message.blocks:
            for element in (*block.get("elements", ()), block.get("accessory")):
                if _is(element, press, label):
                    await self.workspace.click(
                        user,
                        action_id=element["action_id"],
                        channel=message.channel,
                        ts=message.ts,
                        block_id=block["block_id"],
                        value=value,
                    )
                    return
        raise AssertionError(f"no {press} {label!r} below {message.text!r}")

    async def settled(self) -> None:
        """Until nothing is left to work on or to send."""
        while True:
            with self.house.store.transactions.reading() as uow:
                waiting = uow.outbox.waiting()
            if not waiting.get("waiting") and not self.office.inbox.busy:
                return
            await asyncio.sleep(0.02)

    async def becomes(self, message: Message, words: str) -> Message:
        """Waits until the message says this."""
        await self.workspace.wait_for(lambda: words in message.text, timeout=20.0)
        return message


def _is(element: Any, press: str, label: str) -> bool:
    if not isinstance(element, dict) or not str(element.get("action_id", "")).startswith(
        f"parley.act.{press}:"
    ):
        return False
    return label in element.get("text", {}).get("text", "")


@asynccontextmanager
async def open_day(house: House) -> AsyncIterator[Day]:
    """The hospital of ``house`` with its people in Slack: a ward's channel and the store's."""
    people = tuple(Person(str(p.slack_user_id), p.name, title=p.title) for p in PEOPLE)
    everybody = tuple(p.id for p in people)
    config = WorkspaceConfig(
        people=people,
        channels=(
            ChannelSpec(WARD, "icu", members=everybody),
            ChannelSpec(STORE, "central", members=everybody),
        ),
        share_delay=0.0,
        retry_delays=(0.0, 0.1),
        trigger_seconds=30.0,
    )
    house.channels.named = {CENTRAL: STORE, CENTRAL_A: STORE}
    async with LocalWorkspace(config) as workspace, aiohttp.ClientSession() as session:
        client = slack_client(token=workspace.bot_token, base_url=workspace.api_url, session=session)
        acts = house.made()
        talk = Labelled(acts)
        office = open_post_office(
            talk=talk,
            glance=nothing_known,
            transactions=house.store.transactions,
            vault=house.vault,
            clock=house.clock,
            client=client,
            poll=0.2,
            warm=False,
            acting=acts,
        )
        app = open_app(client, office.deps)
        await office.start()
        handler = AsyncSocketModeHandler(app, workspace.app_token, ping_interval=2)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
        await workspace.wait_online()
        try:
            yield Day(workspace, house, talk, office)
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
            await office.stop()
