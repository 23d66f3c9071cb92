"""Asking which of two readings was meant, and "Not what I meant", through Slack's protocol on both databases.

Only the language service is scripted; bolt, inbox, dialogue, store and outbox are what production runs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from sqlalchemy import MetaData

from bot.dialogue.converse import Dialogue
from bot.dialogue.deciding import Decisions
from bot.dialogue.record import Guide
from bot.dialogue.tokens import encode
from bot.listeners import PostOffice, open_app, open_post_office
from bot.listeners.glance import Glances
from bot.outbox import slack_client
from bot.understanding.confidence import Reading
from bot.understanding.meaning import Meaning, Span
from bot.vault import FernetVault
from bot.workspace import LocalWorkspace
from bot.workspace.config import ChannelSpec, Person, SlashCommand, WorkspaceConfig
from bot.workspace.state import Message
from domain.errors import LanguageUnavailable
from domain.ports import CandidateRow
from domain.store import Store, open_store
from domain.store.engine import make_engine, parse_url
from domain.store.search.refreshing import SearchCatalogue, SearchPlaces
from tests import small_hospital as north
from tests.databases import database_url, postgres_server, postgres_template, sqlite_template
from tests.scenario.conftest import KEY, Ticking

__all__ = ["database_url", "postgres_server", "postgres_template", "sqlite_template"]

NURSE, OTHER = "U1", "U2"
CHANNEL = "C0ICUSUPP1"
READ, ELSE, UNMEANT = "parley.read", "parley.else", "parley.unmeant"

# What the model says of a sentence: its readings, and its labels.
SENTENCES: dict[str, tuple[list[tuple[str, float]], dict[str, str]]] = {
    "any foleys": ([("find_item", 0.5), ("check_stock", 0.42), ("consume", 0.02)], {"item": "foleys"}),
    "any foleys left": ([("check_stock", 0.48), ("find_item", 0.45)], {"item": "foleys"}),
    "2 foleys used": ([("consume", 0.7), ("usage_history", 0.2)], {"quantity": "2", "item": "foleys"}),
    "where are the foleys?": (
        [("find_item", 0.95), ("check_stock", 0.03), ("item_info", 0.01)],
        {"item": "foleys"},
    ),
    "foleys for mrn 88120034": (
        [("find_item", 0.95), ("consume", 0.03), ("check_stock", 0.01)],
        {"item": "foleys", "patient": "88120034"},
    ),
    "foleys or so for mrn 88120034": ([("consume", 0.5), ("find_item", 0.4)], {"item": "foleys"}),
    "it was for mrn 88120034 of Okonkwo": ([("out_of_scope", 0.9)], {}),
    "just show me how many": ([("check_stock", 0.9)], {}),
    "tell me a story about stock": (
        [("out_of_scope", 0.9), ("below_par", 0.05), ("check_stock", 0.03)],
        {},
    ),
    "do we have any 16 fr foleys in ICU?": (
        [("check_stock", 0.95)],
        {"size": "16 fr", "item": "foleys", "location": "ICU"},
    ),
    "what's low in PACU?": ([("below_par", 0.95)], {}),
}


class Scripted:
    """The language service with its ranking."""

    down = False

    async def parse(self, text: str) -> Meaning:
        if self.down:
            raise LanguageUnavailable("The language service does not answer.")
        readings, entities = SENTENCES.get(text, ([("out_of_scope", 0.95)], {}))
        spans = [Span(e, v, text.index(v), text.index(v) + len(v)) for e, v in entities.items()]
        intent, confidence = readings[0]
        return Meaning(text, intent, confidence, tuple(sorted(spans, key=lambda s: s.start)))

    async def ranking(self, text: str) -> tuple[Reading, ...]:
        if self.down:
            raise LanguageUnavailable("The language service does not answer.")
        return tuple(Reading(*each) for each in SENTENCES.get(text, ([("out_of_scope", 0.95)], {}))[0])

    async def model(self) -> str:
        return "model-7"


class Process:
    """One bot process: an office and its connection to Slack."""

    def __init__(self, office: PostOffice, handler: AsyncSocketModeHandler) -> None:
        self.office = office
        self._handler = handler

    async def stop(self) -> None:
        await self._handler.close_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
        await self.office.stop()


class House:
    def __init__(self, workspace: LocalWorkspace, url: str, session: aiohttp.ClientSession) -> None:
        self.workspace = workspace
        self.url = url
        self.language = Scripted()
        self.clock = Ticking()
        self._session = session
        self.stores: list[Store] = []
        self.processes: list[Process] = []

    @property
    def store(self) -> Store:
        return self.stores[0]

    async def start(self) -> Process:
        store = open_store(self.url)
        self.stores.append(store)
        transactions = store.transactions
        items, places = SearchCatalogue(transactions), SearchPlaces(transactions)
        vault = FernetVault(KEY)
        guide = Guide(self.language, vault)
        client = slack_client(
            token=self.workspace.bot_token, base_url=self.workspace.api_url, session=self._session
        )
        dialogue = Dialogue(
            language=self.language, transactions=transactions, items=items, places=places, clock=self.clock,
            guide=guide,
        )  # fmt: skip
        decisions = Decisions(
            dialogue=dialogue, guide=guide, language=self.language, transactions=transactions, items=items,
            places=places, clock=self.clock,
        )  # fmt: skip
        office = open_post_office(
            talk=dialogue, corrections=decisions, glance=Glances(transactions, encode), transactions=transactions,
            vault=vault, clock=self.clock, client=client, poll=0.2, warm=False,
        )  # fmt: skip
        app = open_app(client, office.deps)
        await office.start()
        handler = AsyncSocketModeHandler(app, self.workspace.app_token, ping_interval=2)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
        await self.workspace.wait_online()
        process = Process(office, handler)
        self.processes.append(process)
        return process

    async def stop(self) -> None:
        for process in self.processes:
            await process.stop()
        for store in self.stores:
            store.close()

    async def settled(self) -> None:
        """Until nothing is left to work on or to send: only then can something be missing or too much."""
        while True:
            with self.store.transactions.reading() as uow:
                waiting = uow.outbox.waiting()
            if not waiting.get("waiting") and not any(p.office.inbox.busy for p in self.processes):
                return
            await asyncio.sleep(0.02)

    async def ask(self, text: str, *, thread: str | None = None, user: str = NURSE) -> tuple[str, Message]:
        """The thread and the bot's next message in it."""
        before = len(self.workspace.replies(CHANNEL, thread_ts=thread)) if thread else 0
        said = text if thread else f"@Parley {text}"
        ts = await self.workspace.say(user, CHANNEL, said, thread_ts=thread)
        root = thread or ts
        reply = await self.workspace.wait_for(
            lambda: self.workspace.replies(CHANNEL, thread_ts=root)[before], timeout=30
        )
        return root, reply

    async def reply(self, thread: str, number: int) -> Message:
        return await self.workspace.wait_for(
            lambda: self.workspace.replies(CHANNEL, thread_ts=thread)[number], timeout=30
        )

    async def press(self, message: Message, action: str, number: int = 0, *, user: str = NURSE) -> None:
        await self.workspace.click(
            user, action_id=f"{action}:{number}", channel=message.channel, ts=message.ts
        )

    async def told(self, number: int = 0, *, user: str = NURSE) -> Message:
        """What only this person sees."""
        return await self.workspace.wait_for(lambda: self.workspace.ephemerals(user)[number], timeout=30)

    def candidates(self) -> list[CandidateRow]:
        with self.store.transactions.reading() as uow:
            return uow.candidates.since(None, exported=True)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[House]:
    config = WorkspaceConfig(
        people=(Person(NURSE, "Ana Ruiz"), Person(OTHER, "Luis Ortega")),
        channels=(ChannelSpec(CHANNEL, "icu-supply", members=(NURSE, OTHER)),),
        slash_commands=(SlashCommand("/parley", "Ask", "where are 7.5 gloves?"),),
        share_delay=0.0,
        ack_timeout=15.0,
        retry_delays=(0.0,),
        trigger_seconds=30.0,
    )
    async with LocalWorkspace(config) as workspace, aiohttp.ClientSession() as session:
        house = House(workspace, url, session)
        try:
            await house.start()
            yield house
        finally:
            await house.stop()


@pytest.fixture
def hospital(database_url: str) -> str:
    store = open_store(database_url)
    north.fill(store.transactions)
    store.close()
    return database_url


def labels(message: Message) -> list[str]:
    return [
        element["text"]["text"]
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


ASKED = ["Show where foleys are", "Count how many foleys we have", "Something else"]


async def test_two_close_readings_are_asked_about_and_the_choice_answers_and_closes_the_card(
    hospital: str,
) -> None:
    async with opened(hospital) as house:
        thread, card = await house.ask("any foleys")
        assert labels(card) == ASKED
        assert "Which do you mean?" in card.text
        await house.press(card, READ, 1)
        answer = await house.reply(thread, 1)
        assert answer.text.startswith("Foley catheter, 16 Fr")
        await house.settled()
        closed = house.workspace.replies(CHANNEL, thread_ts=thread)[0]
        assert closed.text == "Chosen: Count how many foleys we have"
        assert labels(closed) == []
        assert house.candidates() == []


async def test_the_thread_remembers_which_was_meant(hospital: str) -> None:
    async with opened(hospital) as house:
        thread, card = await house.ask("any foleys")
        await house.press(card, READ, 1)
        first = await house.reply(thread, 1)
        _, again = await house.ask("any foleys", thread=thread)
        assert again.text == first.text
        _, similar = await house.ask("any foleys left", thread=thread)
        assert similar.text == first.text
        _, elsewhere = await house.ask("any foleys")
        assert labels(elsewhere) == ASKED


async def test_a_typed_answer_chooses_too(hospital: str) -> None:
    async with opened(hospital) as house:
        thread, card = await house.ask("any foleys")
        _, answer = await house.ask("the second", thread=thread)
        assert answer.text.startswith("Foley catheter, 16 Fr")
        await house.press(card, READ, 0)
        assert "answered already" in (await house.told()).text


async def test_another_process_answers_the_press(hospital: str) -> None:
    async with opened(hospital) as house:
        thread, card = await house.ask("any foleys")
        await house.processes.pop().stop()
        await house.start()
        await house.press(card, READ, 1)
        assert (await house.reply(thread, 1)).text.startswith("Foley catheter, 16 Fr")


async def test_however_often_and_wherever_it_is_pressed_one_press_is_answered(hospital: str) -> None:
    async with opened(hospital) as house:
        await house.start()
        thread, card = await house.ask("any foleys")
        presses = [house.press(card, READ, number) for number in (1, 1, 0, 1, 0)]
        await asyncio.gather(*presses)
        await house.reply(thread, 1)
        await house.settled()
        assert len(house.workspace.replies(CHANNEL, thread_ts=thread)) == 2


async def test_who_did_not_ask_does_not_choose_and_is_told_alone(hospital: str) -> None:
    async with opened(hospital) as house:
        thread, card = await house.ask("any foleys")
        for action, number in ((READ, 0), (ELSE, 2)):
            await house.press(card, action, number, user=OTHER)
        await house.settled()
        assert [m.text for m in house.workspace.ephemerals(OTHER)] == [
            "Ana Ruiz asked this, so Ana Ruiz chooses. Ask me yourself and I will answer you."
        ] * 2
        assert house.workspace.views(OTHER) == []
        assert labels(house.workspace.replies(CHANNEL, thread_ts=thread)[0]) == ASKED


async def test_buttons_of_a_conversation_that_has_ended_say_so(hospital: str) -> None:
    async with opened(hospital) as house:
        thread, card = await house.ask("any foleys")
        house.clock.advance(timedelta(hours=25))
        await house.press(card, READ, 0)
        await house.workspace.wait_for(
            lambda: "has ended" in house.workspace.replies(CHANNEL, thread_ts=thread)[0].text, timeout=30
        )
        assert labels(house.workspace.replies(CHANNEL, thread_ts=thread)[0]) == []


async def test_a_doubtful_action_is_asked_each_time_and_nothing_is_done(hospital: str) -> None:
    async with opened(hospital) as house:
        thread, card = await house.ask("2 foleys used")
        assert labels(card)[0] == "Record that 2 foleys were used"
        assert card.text.startswith("Before I do anything")
        await house.press(card, READ, 0)
        answer = await house.reply(thread, 1)
        assert "Nothing was changed" in answer.text
        for number in (2, 3):
            _, again = await house.ask("2 foleys used", thread=thread)
            assert labels(again)[0] == "Record that 2 foleys were used", number
        with house.store.transactions.reading() as uow:
            assert uow.stock.of_items([north.FOLEY]) == []


async def test_a_slash_command_is_asked_and_answered_in_one_place(hospital: str) -> None:
    async with opened(hospital) as house:
        await house.workspace.slash(NURSE, CHANNEL, "/parley", "any foleys")
        card = await house.told()
        assert labels(card) == ASKED
        await house.press(card, READ, 1)
        answer = await house.workspace.wait_for(
            lambda: next(m for m in house.workspace.ephemerals(NURSE) if "16 Fr" in m.text), timeout=30
        )
        await house.settled()
        assert answer.text.startswith("Chosen: Count how many foleys we have\nFoley catheter, 16 Fr")
        assert len(house.workspace.ephemerals(NURSE)) == 1


async def test_not_what_i_meant_offers_the_next_readings_and_keeps_the_choice_for_labelling(
    hospital: str,
) -> None:
    async with opened(hospital) as house:
        thread, answer = await house.ask("where are the foleys?")
        assert labels(answer)[-1] == "Not what I meant"
        await house.press(answer, UNMEANT, len(labels(answer)) - 1 if len(labels(answer)) == 1 else 0)
        card = await house.told()
        assert labels(card) == [
            "Count how many foleys we have",
            "Tell about foleys: packs, price, latex",
            "Suggest what to use instead of foleys",
            "Something else",
        ]
        await house.press(card, READ, 0)
        corrected = await house.reply(thread, 1)
        assert corrected.text.startswith("Foley catheter, 16 Fr")
        await house.settled()
        assert house.workspace.ephemerals(NURSE)[0].text == "Chosen: Count how many foleys we have"
        (row,) = house.candidates()
        kept = row.candidate
        assert (kept.text, kept.understood, kept.confidence, kept.chosen, kept.model) == (
            "where are the foleys?", "find_item", 0.95, "check_stock", "model-7",
        )  # fmt: skip
        assert [(s.entity, kept.text[s.start : s.end]) for s in kept.spans] == [("item", "foleys")]


async def test_something_else_opens_a_form_and_its_choice_is_answered_and_kept(hospital: str) -> None:
    async with opened(hospital) as house:
        thread, answer = await house.ask("where are the foleys?")
        await house.press(answer, UNMEANT)
        card = await house.told()
        await house.press(card, ELSE, 3)
        form = await house.workspace.wait_for(lambda: house.workspace.views(NURSE)[0], timeout=30)
        assert form.callback_id == "parley.meant"
        await house.workspace.submit_view(
            NURSE, values={"intent": "check_stock", "note": "just show me how many"}
        )
        assert (await house.reply(thread, 1)).text.startswith("Foley catheter, 16 Fr")
        await house.settled()
        (row,) = house.candidates()
        assert (row.candidate.chosen, row.candidate.note) == ("check_stock", "just show me how many")
        assert house.workspace.ephemerals(NURSE)[0].text == "Chosen: Count how many foleys we have"


async def test_the_form_of_an_open_question_closes_its_card(hospital: str) -> None:
    async with opened(hospital) as house:
        thread, card = await house.ask("any foleys")
        await house.press(card, ELSE, 2)
        await house.workspace.wait_for(lambda: house.workspace.views(NURSE)[0], timeout=30)
        await house.workspace.submit_view(NURSE, values={"intent": "out_of_scope"})
        await house.settled()
        assert house.workspace.replies(CHANNEL, thread_ts=thread)[0].text.startswith("Noted, thank you")
        assert [row.candidate.chosen for row in house.candidates()] == ["out_of_scope"]


async def test_a_patients_number_reaches_no_candidate_no_button_no_log_and_no_plain_column(
    hospital: str,
) -> None:
    with structlog.testing.capture_logs() as logs:
        async with opened(hospital) as house:
            ts = await house.workspace.say(NURSE, CHANNEL, "@Parley foleys for mrn 88120034")
            await house.press(await house.told(), UNMEANT)
            assert "patient's number" in (await house.told(1)).text
            await house.press(await house.told(2), ELSE, 3)
            await house.workspace.wait_for(lambda: house.workspace.views(NURSE)[0], timeout=30)
            await house.workspace.submit_view(
                NURSE, values={"intent": "check_stock", "note": "it was for mrn 88120034 of Okonkwo"}
            )
            assert (await house.reply(ts, 0)).text.startswith("Foley catheter")
            await house.workspace.say(NURSE, CHANNEL, "@Parley foleys or so for mrn 88120034")
            doubtful = await house.told(3)
            assert labels(doubtful)[-1] == "Something else"
            await house.press(doubtful, READ, 1)
            await house.settled()
            (row,) = house.candidates()
            calls = json.dumps([call.arguments for call in house.workspace.calls], default=str)
    assert row.candidate.text == "foleys for mrn PATIENT"
    assert row.candidate.note == ""
    assert "88120034" not in calls
    assert "Okonkwo" not in calls
    assert "88120034" not in str(logs)
    stored = everything_in(hospital)
    assert b"foleys for mrn PATIENT" in stored
    assert b"88120034" not in stored
    assert b"Okonkwo" not in stored


def everything_in(url: str) -> bytes:
    """All rows of all tables as they lie there."""
    engine = make_engine(parse_url(url), reading=True)
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        rows = [tuple(row) for table in found.sorted_tables for row in connection.execute(table.select())]
    engine.dispose()
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
    )


async def test_talk_has_no_way_back_and_what_is_beyond_parley_has_examples_that_work(hospital: str) -> None:
    async with opened(hospital) as house:
        _, hello = await house.ask("hello")
        assert labels(hello) == []
        thread, nothing = await house.ask("tell me a story about stock")
        offered = labels(nothing)
        assert len(offered) == 4
        assert offered[:2] == ["what's low in PACU?", "do we have any 16 fr foleys in ICU?"]
        assert offered[3] == "Not what I meant"
        assert "I know the supply rooms only" in nothing.text
        await house.press(nothing, "parley.say", 1)
        assert (await house.reply(thread, 1)).text.startswith("Foley catheter, 16 Fr")


async def test_without_the_language_service_what_was_meant_can_still_be_said(
    hospital: str,
) -> None:
    async with opened(hospital) as house:
        thread, answer = await house.ask("where are the foleys?")
        house.language.down = True
        await house.press(answer, UNMEANT)
        card = await house.told()
        assert labels(card)[0] == "Count how many foleys we have"
        await house.press(card, READ, 0)
        answer = await house.reply(thread, 1)
        assert answer.text.startswith("Foley catheter, 16 Fr")


@pytest.mark.parametrize(
    "token",
    [
        {"v": 1, "k": "zz"},
        {"v": 1, "k": "0" * 24, "x": "drop_all"},
        {"v": 1, "k": "0" * 24, "z": 1},
        "nothing",
    ],
)
async def test_a_button_that_was_tampered_with_is_refused_in_a_sentence(hospital: str, token: object) -> None:
    async with opened(hospital) as house:
        _, card = await house.ask("any foleys")
        block = next(b for b in card.blocks if b["type"] == "actions")
        block["elements"][0]["value"] = json.dumps({"r": json.dumps(token), "p": 0})
        await house.press(card, READ, 0)
        assert "please ask again" in (await house.told()).text.lower()
