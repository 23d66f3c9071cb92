"""The whole way of a question: Slack's event, the true dialogue, use cases over a real store, the message that is seen.

Only the language service is scripted: it says what the trained model would say of these sentences.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bot.clock import SystemClock
from bot.dialogue.converse import Dialogue
from bot.dialogue.tokens import encode
from bot.listeners import open_app, open_post_office
from bot.listeners.glance import Glances
from bot.outbox import slack_client
from bot.understanding.meaning import Meaning, Span
from bot.vault import FernetVault
from bot.workspace import LocalWorkspace
from bot.workspace.config import ChannelSpec, Person, WorkspaceConfig
from bot.workspace.state import Message
from domain.errors import LanguageUnavailable
from domain.model.ids import LotId
from domain.model.item import Item
from domain.model.lot import Lot
from domain.model.par import Par
from domain.store import Store, open_store, upgrade
from domain.store.search.refreshing import SearchCatalogue, SearchPlaces
from tests import small_hospital as north
from tests.scenario.conftest import KEY

NURSE = "U1"
MANY = 13
SENTENCES = {
    "where are the foleys?": ("find_item", {"item": "foleys"}),
    "do we have any foleys in ICU": ("check_stock", {"item": "foleys", "location": "ICU"}),
    "and in ED?": ("check_stock", {"location": "ED"}),
    "what's low in ICU": ("below_par", {"location": "ICU"}),
    "what expires in the next 30 days in ICU": (
        "check_expiry",
        {"window": "next 30 days", "location": "ICU"},
    ),
}


class Scripted:
    down = False

    async def parse(self, text: str) -> Meaning:
        if self.down:
            raise LanguageUnavailable("The language service does not answer.")
        intent, entities = SENTENCES.get(text, ("out_of_scope", {}))
        spans = tuple(
            Span(entity, value, text.index(value), text.index(value) + len(value))
            for entity, value in entities.items()
        )
        return Meaning(text, intent, 0.95, spans)


class Ward:
    def __init__(self, workspace: LocalWorkspace, language: Scripted) -> None:
        self.workspace = workspace
        self.language = language
        self.channel = workspace.direct_messages(NURSE)

    def said(self) -> list[Message]:
        return [m for m in self.workspace.messages(self.channel) if m.from_bot and not m.files]

    async def ask(self, text: str) -> Message:
        before = len(self.said())
        await self.workspace.dm(NURSE, text)
        return await self.workspace.wait_for(lambda: self.said()[before], timeout=30)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The small hospital with two lots of foleys in the ICU, and many low lines there."""
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    upgrade(url)
    store = open_store(url)
    today = datetime.now(UTC).date()
    soon, later = today + timedelta(days=9), today + timedelta(days=300)
    north.fill(store.transactions)
    kinds = [_kind(number) for number in range(MANY)]
    with store.transactions.begin() as uow:
        uow.loading.items(kinds)
        uow.loading.lots(
            [
                Lot(LotId(101), north.FOLEY, "SOON-1", expires_on=soon),
                Lot(LotId(102), north.FOLEY, "LATER-1", expires_on=later),
            ]
        )
        uow.loading.pars([Par(kind.id, north.ICU_SHELF_A, 1, 5, 10, 20) for kind in kinds])
        uow.loading.finished()
        uow.commit()
    with store.transactions.begin() as uow:
        for lot, quantity in ((LotId(101), 4), (LotId(102), 30)):
            moved = north.receive(north.FOLEY, quantity, lot_id=lot)
            uow.ledger.post([replace(moved, to_place_id=north.ICU_SHELF_A, key=f"in-{lot}")])
        uow.commit()
    return store


def _kind(number: int) -> Item:
    base = north.ITEMS[1]
    name = f"Drain kit {chr(65 + number)}"
    return replace(
        base, id=type(base.id)(500 + number), number=f"5{number:03}", name=name, family=name, size="", packs=(),
        identifiers=(), offers=(), substitutes=(), synonyms=(),
    )  # fmt: skip


@asynccontextmanager
async def opened(store: Store) -> AsyncIterator[Ward]:
    config = WorkspaceConfig(
        people=(Person(NURSE, "Ana Ruiz"),),
        channels=(ChannelSpec("C0ICUSUPP1", "icu-supply", members=(NURSE,)),),
        share_delay=0.0,
        ack_timeout=15.0,
        retry_delays=(0.0,),
    )
    transactions = store.transactions
    async with LocalWorkspace(config) as workspace, aiohttp.ClientSession() as session:
        client = slack_client(token=workspace.bot_token, base_url=workspace.api_url, session=session)
        language = Scripted()
        talk = Dialogue(
            language=language,
            transactions=transactions,
            items=SearchCatalogue(transactions),
            places=SearchPlaces(transactions),
            clock=SystemClock(),
        )
        office = open_post_office(
            talk=talk,
            glance=Glances(transactions, encode),
            transactions=transactions,
            vault=FernetVault(KEY),
            clock=SystemClock(),
            client=client,
            poll=0.2,
            warm=False,
        )
        app = open_app(client, office.deps)
        await office.start()
        handler = AsyncSocketModeHandler(app, workspace.app_token, ping_interval=2)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
        await workspace.wait_online()
        try:
            yield Ward(workspace, language)
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
            await office.stop()
            store.close()


async def test_where_is_answered_with_shelf_quantity_and_the_lot_that_expires_first(store: Store) -> None:
    async with opened(store) as ward:
        answer = await ward.ask("where are the foleys?")
    assert answer.text.startswith(
        "Foley catheter, 16 Fr — ICU › Supply room › Shelf A, 34 each on hand; take lot SOON-1 first"
    )
    assert "*Foley catheter, 16 Fr* — ICU › Supply room › Shelf A" in str(answer.blocks)


async def test_a_follow_up_keeps_the_item_and_changes_the_place(store: Store) -> None:
    async with opened(store) as ward:
        first = await ward.ask("do we have any foleys in ICU")
        second = await ward.ask("and in ED?")
    assert "34 each to take in ICU" in first.text
    assert second.text.startswith("Foley catheter, 16 Fr — none in ED.")
    assert "Nearest elsewhere\nICU › Supply room › Shelf A" in second.text


async def test_a_follow_up_in_a_channels_thread_needs_no_mention(store: Store) -> None:
    async with opened(store) as ward:
        channel = "C0ICUSUPP1"
        ts = await ward.workspace.say(NURSE, channel, "@Parley do we have any foleys in ICU")
        await ward.workspace.wait_for(lambda: ward.workspace.replies(channel, thread_ts=ts)[0], timeout=30)
        await ward.workspace.say(NURSE, channel, "and in ED?", thread_ts=ts)
        second = await ward.workspace.wait_for(
            lambda: ward.workspace.replies(channel, thread_ts=ts)[1], timeout=30
        )
    assert second.text.startswith("Foley catheter, 16 Fr — none in ED.")


async def test_a_long_list_turns_its_pages_in_place_and_comes_as_a_file(store: Store) -> None:
    async with opened(store) as ward:
        first = await ward.ask("what's low in ICU")
        assert first.text.startswith(f"{MANY} lines are low in ICU, {MANY} of them out of stock ⚠.")
        assert "1–10 of 13 lines" in first.text
        shared = await ward.workspace.wait_for(
            lambda: [m for m in ward.workspace.messages(ward.channel) if m.from_bot and m.files]
        )
        assert b"Drain kit M" in ward.workspace.file(shared[0].files[0])
        await ward.workspace.click(NURSE, action_id="parley.page:0", channel=ward.channel, ts=first.ts)
        await ward.workspace.wait_for(lambda: "11–13 of 13 lines" in ward.said()[0].text)
        assert len(ward.said()) == 1


async def test_what_expires_soon_is_told_from_what_does_not(store: Store) -> None:
    async with opened(store) as ward:
        answer = await ward.ask("what expires in the next 30 days in ICU")
    assert answer.text.startswith("1 lot expires in ICU")
    assert "SOON-1" in answer.text
    assert "LATER-1" not in answer.text


async def test_the_home_tab_shows_what_is_low_and_expiring_and_its_button_answers(store: Store) -> None:
    async with opened(store) as ward:
        await ward.workspace.open_home(NURSE)
        view = await ward.workspace.wait_for(lambda: ward.workspace.home(NURSE), timeout=30)
        assert f"*{MANY} lines low*" in str(view.blocks)
        assert "*1 lot expires* in the next 30 days" in str(view.blocks)
        await ward.workspace.click(NURSE, action_id="parley.ask:0", view_id=view.id)
        answer = await ward.workspace.wait_for(lambda: ward.said()[0], timeout=30)
    assert answer.text.startswith(f"{MANY} lines are low in ICU")


async def test_a_silent_language_service_is_said_in_a_sentence(store: Store) -> None:
    async with opened(store) as ward:
        ward.language.down = True
        answer = await ward.ask("how are we doing on those long blue things")
    assert "language" in answer.text.lower() or "understand" in answer.text.lower()


@pytest.mark.parametrize(
    "text",
    ["🧤", "'; DROP TABLE item; --", "<!channel> &amp;", "x" * 10_000, "¿dónde están los guantes?", "..."],
)
async def test_whatever_is_typed_gets_one_sentence_and_breaks_nothing(store: Store, text: str) -> None:
    async with opened(store) as ward:
        answer = await ward.ask(text)
        again = await ward.ask("where are the foleys?")
    assert answer.text
    assert "Something went wrong" not in answer.text
    assert "<!" not in str(answer.blocks)
    assert again.text.startswith("Foley catheter, 16 Fr")
