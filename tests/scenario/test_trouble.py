"""Parts that fail one after the other: what a person hears, what an operator reads, what is kept."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.listeners import check_tokens
from bot.outbox import opened, sealed
from bot.vault import FernetVault
from bot.workspace.demo import NURSE
from domain.errors import Conflict, InvalidSetting, StoreUnavailable, Unavailable
from domain.ports import InboxRow, OutboxRow
from domain.store import Store
from tests.scenario.conftest import CHANNEL, KEY, Ticking, World, running


def said(world: World, channel: str) -> list[str]:
    return [m.text for m in world.workspace.messages(channel) if m.from_bot]


async def test_a_question_that_comes_while_slack_can_not_say_who_we_are_is_answered(store: Store) -> None:
    async with running(store) as world:
        world.workspace.courier.config = replace(world.workspace.courier.config, ack_timeout=0.5)
        world.workspace.faults.http_error("auth.test", times=2)
        channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
        await world.answers(channel)
        await world.settled()
        assert said(world, channel) == ["You asked: where are 7.5 gloves?"]
        assert [d.acknowledged for d in world.workspace.courier.deliveries][:3] == [False, False, True]
    store.close()


@pytest.mark.parametrize("word", ["invalid_auth", "account_inactive", "token_revoked"])
async def test_a_refused_token_is_named_to_the_operator(world: World, word: str) -> None:
    world.workspace.faults.api_error("auth.test", error=word)
    with pytest.raises(InvalidSetting, match=f"PARLEY_SLACK_BOT_TOKEN \\({word}\\)"):
        await check_tokens(world.client(), app_token=world.workspace.app_token)
    world.workspace.faults.api_error("apps.connections.open", error=word)
    with pytest.raises(InvalidSetting, match=f"PARLEY_SLACK_APP_TOKEN \\({word}\\)"):
        await check_tokens(world.client(), app_token=world.workspace.app_token)


async def test_a_slack_that_is_down_at_the_start_is_no_fault_of_a_token(world: World) -> None:
    world.workspace.faults.http_error("auth.test")
    world.workspace.faults.http_error("apps.connections.open")
    await check_tokens(world.client(), app_token=world.workspace.app_token)


async def test_somebody_else_being_first_is_tried_again_and_never_the_answer(world: World) -> None:
    world.talk.fails = [Conflict("Somebody else changed the same stock at the same moment.")]
    channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
    await world.answers(channel)
    await world.settled()
    assert said(world, channel) == ["You asked: where are 7.5 gloves?"]


async def test_what_is_owed_is_sealed_in_the_store_for_it_may_name_a_patient(world: World) -> None:
    world.workspace.faults.http_error("chat.postMessage", times=2)
    channel, _ = await world.workspace.dm(NURSE.id, "who got lot 8J2210, was it MRN 12345678")
    await world.answers(channel)
    await world.settled()
    assert "12345678" in said(world, channel)[0]
    path = world.store.url_safe.removeprefix("sqlite+pysqlite:///")
    with sqlite3.connect(path) as database:
        found = [row for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
                 for row in database.execute(f"SELECT * FROM {table}").fetchall()]  # fmt: skip
    database.close()
    assert found
    assert "12345678" not in str(found)


def test_a_sealed_row_is_opened_as_it_was_with_its_file() -> None:
    vault = FernetVault(KEY)
    row = OutboxRow("k", "C1", "chat.postMessage", '{"text":"MRN 1"}', Ticking().now(), blob=b"\x00png")
    kept = sealed(row, vault)
    assert "MRN" not in kept.body
    assert b"png" not in kept.blob
    assert opened(kept, vault) == row
    assert opened(row, vault) == row  # stored by an earlier version


async def test_a_row_that_can_not_be_opened_holds_up_nothing(world: World) -> None:
    channel = world.workspace.direct_messages(NURSE.id)
    other = FernetVault("9" * 43 + "=")
    with world.store.transactions.begin() as uow:
        uow.outbox.put(sealed(OutboxRow("old", channel, "chat.postMessage", "{}", world.clock.now()), other))
        uow.commit()
    await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
    await world.answers(channel)
    await world.settled()
    assert said(world, channel) == ["You asked: where are 7.5 gloves?"]
    with world.store.transactions.reading() as uow:
        assert uow.outbox.waiting()["given-up"] == 1


async def test_a_letter_that_every_process_died_of_is_set_aside_with_a_code(store: Store) -> None:
    async with running(store, start=False) as world:
        channel = world.workspace.direct_messages(NURSE.id)
        _left_behind(world, channel, attempts=8)
        await world.office.start()
        (told,) = await world.answers(channel)
        assert "Something went wrong on my side" in told.text
        assert "Support code" in told.text
        assert world.talk.heard == []
    store.close()


async def test_what_a_stopped_process_had_begun_is_taken_up_by_the_next_at_once(store: Store) -> None:
    async with running(store) as world:
        begun = asyncio.Event()

        async def never() -> None:
            begun.set()
            await asyncio.Event().wait()

        world.talk.gate = never
        channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
        await begun.wait()
        world.office.inbox.patience = 0.05
        await world.office.stop()
        world.talk.gate = None
        other = world.new_office()  # the same clock: no lease has lapsed
        await other.start()
        try:
            await world.answers(channel)
        finally:
            await other.stop()
        assert said(world, channel) == ["You asked: where are 7.5 gloves?"]
    store.close()


async def test_trouble_is_said_once_however_often_slack_sends_again(world: World) -> None:
    world.workspace.courier.config = replace(world.workspace.courier.config, ack_timeout=0.3)
    failing = _Failing(world)
    with failing:
        channel = world.workspace.direct_messages(NURSE.id)
        await world.workspace.dm(NURSE.id, "where are 7.5 gloves?", wait=False)
        await world.answers(channel)
        await world.workspace.wait_for(lambda: len(world.workspace.courier.deliveries) >= 4)
    await world.answers(channel, count=2)
    await world.settled()
    trouble, answer = said(world, channel)
    assert "I can't reach a part that I need just now" in trouble
    assert answer == "You asked: where are 7.5 gloves?"


class _Failing:
    """A store that is away."""

    def __init__(self, world: World) -> None:
        self._inbox = world.office.inbox
        self._real = world.office.inbox._transactions

    def begin(self) -> object:
        raise StoreUnavailable("The database server does not answer.")

    reading = begin

    def __enter__(self) -> None:
        self._inbox._transactions = self  # type: ignore[assignment]

    def __exit__(self, *_: object) -> None:
        self._inbox._transactions = self._real


async def test_an_answer_that_takes_long_shows_that_parley_is_looking(world: World) -> None:
    free = asyncio.Event()
    world.talk.gate = free.wait  # type: ignore[assignment]
    ts = await world.workspace.say(NURSE.id, CHANNEL, "@Parley where are 7.5 gloves?")
    status = await world.workspace.wait_for(lambda: world.workspace.state.statuses[world.general, ts])
    assert status == "is looking…"
    free.set()
    await world.answers(CHANNEL, thread=ts)
    assert world.workspace.state.statuses == {}


async def test_in_direct_messages_the_status_goes_with_the_answer(world: World) -> None:
    free = asyncio.Event()
    world.talk.gate = free.wait  # type: ignore[assignment]
    channel, ts = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
    await world.workspace.wait_for(lambda: world.workspace.state.statuses[channel, ts])
    free.set()
    await world.answers(channel)
    await world.settled()
    assert world.workspace.state.statuses == {}


async def test_a_quick_answer_shows_no_status(world: World) -> None:
    channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
    await world.answers(channel)
    assert world.workspace.called("assistant.threads.setStatus") == []


async def test_a_status_that_slack_refuses_costs_no_answer(world: World) -> None:
    world.workspace.faults.api_error("assistant.threads.setStatus", error="missing_scope", times=2)
    free = asyncio.Event()
    world.talk.gate = free.wait  # type: ignore[assignment]
    channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
    await world.workspace.wait_for(lambda: world.workspace.called("assistant.threads.setStatus"))
    free.set()
    await world.answers(channel)
    assert said(world, channel) == ["You asked: where are 7.5 gloves?"]


async def test_after_the_last_try_the_person_is_told_that_it_was_given_up(store: Store) -> None:
    async with running(store, start=False) as world:
        world.talk.fails = [Unavailable("down")] * 9
        channel = world.workspace.direct_messages(NURSE.id)
        _left_behind(world, channel, attempts=3)
        await world.office.start()
        (told,) = await world.answers(channel)
        await world.settled()
        assert "I could not answer: a part that I need has been down for too long" in told.text
        assert "Support code" in told.text
        assert len(said(world, channel)) == 1
    store.close()


def _left_behind(world: World, channel: str, *, attempts: int) -> None:
    """A letter that earlier processes claimed so often."""
    payload = {"user": NURSE.id, "channel": channel, "text": "boom", "private": True, "lane": channel}
    past = world.clock.now() - timedelta(hours=1)
    row = InboxRow("msg:x", "message", FernetVault(KEY).seal(json.dumps(payload)), past, attempts=attempts)
    with world.store.transactions.begin() as uow:
        uow.inbox.receive(row)
        uow.commit()


async def test_the_two_events_of_a_mention_are_stored_together_and_fail_together(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.workspace.courier.config = replace(world.workspace.courier.config, ack_timeout=0.3)
    with _Failing(world):
        ts = await world.workspace.say(NURSE.id, CHANNEL, "@Parley where are 7.5 gloves?", wait=False)
        await world.answers(CHANNEL, thread=ts)
        await world.workspace.wait_for(lambda: len(world.workspace.courier.deliveries) >= 8)
    await world.answers(CHANNEL, thread=ts, count=2)
    await world.settled()
    assert len(world.workspace.replies(CHANNEL, thread_ts=ts)) == 2
    assert "never retrieved" not in caplog.text
