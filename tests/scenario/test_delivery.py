"""What goes wrong between Slack, the store and us: nothing is lost and nothing is said twice."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography.fernet import Fernet

from bot.listeners import open_app
from bot.outbox import opened
from bot.vault import FernetVault
from bot.views.rendered import Attachment, Rendered
from bot.workspace.demo import NURSE
from domain.errors import LanguageUnavailable
from domain.ports import InboxRow
from domain.store import Store
from tests.scenario.conftest import CHANNEL, KEY, World, running


def said(world: World, channel: str) -> list[str]:
    return [m.text for m in world.workspace.messages(channel) if m.from_bot]


async def test_an_event_delivered_twice_is_answered_once(world: World) -> None:
    world.workspace.faults.duplicate_events(times=2)
    ts = await world.workspace.say(NURSE.id, CHANNEL, "@Parley where are 7.5 gloves?")
    await world.answers(CHANNEL, thread=ts)
    await world.settled()
    assert len(world.workspace.replies(CHANNEL, thread_ts=ts)) == 1


async def test_a_lost_acknowledgement_brings_the_event_again_but_not_the_answer(world: World) -> None:
    world.workspace.courier.config = replace(world.workspace.courier.config, ack_timeout=0.3)
    world.workspace.faults.lose_acks()
    channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
    await world.answers(channel)
    await world.settled()
    assert len([d for d in world.workspace.courier.deliveries if d.attempt]) == 1
    assert len(said(world, channel)) == 1


async def test_slack_asking_for_patience_is_obeyed_and_the_answer_comes_once(world: World) -> None:
    world.workspace.faults.rate_limit("chat.postMessage", retry_after=1, times=2)
    channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
    await world.answers(channel)
    await world.settled()
    assert len(said(world, channel)) == 1
    assert len(world.workspace.called("chat.postMessage")) == 3
    # A 429 says for certain that nothing was posted: nothing needs to be looked for.
    assert world.workspace.called("conversations.history") == []


async def test_a_failing_slack_is_tried_again(world: World) -> None:
    world.workspace.faults.http_error("chat.postMessage", status=503)
    world.workspace.faults.api_error("chat.postMessage", error="internal_error")
    channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
    await world.answers(channel)
    await world.settled()
    assert len(said(world, channel)) == 1


async def test_a_post_whose_answer_was_lost_is_found_and_not_posted_again(world: World) -> None:
    world.workspace.faults.lose_answer("chat.postMessage")
    ts = await world.workspace.say(NURSE.id, CHANNEL, "@Parley where are 7.5 gloves?")
    await world.answers(CHANNEL, thread=ts)
    await world.settled()
    assert len(world.workspace.replies(CHANNEL, thread_ts=ts)) == 1
    assert len(world.workspace.called("chat.postMessage")) == 1
    assert len(world.workspace.called("conversations.replies")) == 1


async def test_a_file_whose_answer_was_lost_is_found_and_not_shared_again(world: World) -> None:
    world.talk.rendered = lambda _text: Rendered(
        "plot", (), (Attachment("usage.png", "Use", b"png", "Bars."),)
    )
    world.workspace.faults.lose_answer("files.completeUploadExternal")
    channel, _ = await world.workspace.dm(NURSE.id, "usage")
    await world.answers(channel, count=2)
    await world.settled()
    assert len(world.workspace.called("files.completeUploadExternal")) == 1
    (shared,) = [m for m in world.workspace.messages(channel) if m.files and m.from_bot]
    assert world.workspace.file(shared.files[0]) == b"png"


async def test_blocks_that_slack_refuses_are_said_as_text(world: World) -> None:
    world.workspace.faults.api_error("chat.postMessage", error="invalid_blocks")
    world.talk.rendered = lambda _text: Rendered(
        "All of it", ({"type": "section", "text": {"type": "mrkdwn", "text": "All of it"}},)
    )
    channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
    (answer,) = await world.answers(channel)
    assert answer.text == "All of it"
    assert answer.blocks == []


async def test_a_refusal_for_good_is_kept_for_the_operator_and_holds_nothing_up(world: World) -> None:
    world.workspace.faults.api_error("chat.postMessage", error="is_archived")
    channel, _ = await world.workspace.dm(NURSE.id, "one")
    await world.settled()
    await world.workspace.dm(NURSE.id, "two")
    await world.answers(channel)
    await world.settled()
    assert said(world, channel) == ["You asked: two"]
    with world.store.transactions.reading() as uow:
        assert uow.outbox.waiting()["given-up"] == 1


async def test_what_was_stored_but_not_worked_on_is_answered_by_the_next_process(store: Store) -> None:
    async with running(store, start=False) as world:

        async def crash() -> None:
            raise asyncio.CancelledError

        world.talk.gate = crash  # the process dies while it thinks
        channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
        world.talk.gate = None
        world.clock.advance(timedelta(minutes=3))  # the dead process's lease lapses
        other = world.new_office()
        await other.start()
        try:
            await world.answers(channel)
        finally:
            await other.stop()
        assert said(world, channel) == ["You asked: where are 7.5 gloves?"]
    store.close()


async def test_what_was_finished_but_not_sent_is_sent_by_the_next_process(store: Store) -> None:
    async with running(store, start=False) as world:
        # Without ``start`` the outbox stores and sends nothing, as if the process had died between the two.
        channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
        await _until_stored(world)
        assert said(world, channel) == []
        first, second = world.new_office(), world.new_office()
        await first.start()
        await second.start()
        try:
            await world.answers(channel)
            await world.settled()
        finally:
            await first.stop()
            await second.stop()
        assert said(world, channel) == ["You asked: where are 7.5 gloves?"]
    store.close()


async def test_what_was_sent_by_a_process_that_died_at_once_is_not_sent_again(store: Store) -> None:
    async with running(store, start=False) as world:
        channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
        await _until_stored(world)
        with world.store.transactions.begin() as uow:
            now = world.clock.now()
            (row,) = uow.outbox.claim(worker="dead", now=now, lease_until=now + timedelta(seconds=60))
            uow.commit()
        assert await world.office.outbox.send_now(
            opened(row, FernetVault(KEY))
        )  # posted; then the process is gone
        world.clock.advance(timedelta(minutes=3))
        other = world.new_office()
        await other.start()
        try:
            await world.settled()
        finally:
            await other.stop()
        assert said(world, channel) == ["You asked: where are 7.5 gloves?"]
    store.close()


async def test_signed_http_requests_are_answered_like_socket_mode(world: World) -> None:
    app = open_app(world.client(), world.office.deps, signing_secret=world.workspace.signing_secret)
    runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        world.workspace.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        world.workspace.faults.duplicate_events()
        ts = await world.workspace.say(NURSE.id, CHANNEL, "@Parley where are 7.5 gloves?")
        await world.answers(CHANNEL, thread=ts)
        await world.workspace.slash(NURSE.id, CHANNEL, "/parley", "and foleys")
        (told,) = await world.workspace.wait_for(lambda: world.workspace.ephemerals(NURSE.id))
        await world.settled()
    finally:
        await runner.cleanup()
    assert len(world.workspace.replies(CHANNEL, thread_ts=ts)) == 1
    assert told.text == "You asked: and foleys"


async def test_an_unavailable_part_is_waited_for(world: World) -> None:
    world.talk.fails = [LanguageUnavailable("down"), LanguageUnavailable("down")]
    channel, _ = await world.workspace.dm(NURSE.id, "where are 7.5 gloves?")
    await world.answers(channel)
    await world.settled()
    assert said(world, channel) == ["You asked: where are 7.5 gloves?"]


async def test_a_fault_of_ours_gives_a_code_and_never_the_words_that_caused_it(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    world.talk.fails = [RuntimeError("MRN 12345678 in the message")]
    channel, _ = await world.workspace.dm(NURSE.id, "who got MRN 12345678")
    (answer,) = await world.answers(channel)
    assert "Something went wrong on my side" in answer.text
    code = answer.text.rsplit("Support code ", 1)[1].rstrip(".")
    logged = capsys.readouterr().out + capsys.readouterr().err + caplog.text
    assert len(code) == 6
    assert code in logged
    assert "12345678" not in logged


async def test_a_locked_database_is_said_and_the_question_answered_once_it_is_free(
    world: World, tmp_path: Path
) -> None:
    with _locked(tmp_path / "parley.db"):
        channel = world.workspace.direct_messages(NURSE.id)
        await world.workspace.dm(NURSE.id, "where are 7.5 gloves?", wait=False)
        (trouble,) = await world.answers(channel)
        assert "I can't reach a part that I need just now" in trouble.text
        assert "Support code" in trouble.text
    await world.answers(channel, count=2)
    await world.settled()
    assert said(world, channel)[1:] == ["You asked: where are 7.5 gloves?"]


async def test_a_letter_sealed_with_another_key_is_set_aside_and_the_others_are_answered(
    store: Store,
) -> None:
    async with running(store, start=False) as world:
        now = world.clock.now()
        other = FernetVault(Fernet.generate_key().decode())
        with store.transactions.begin() as uow:
            uow.inbox.receive(InboxRow("msg:old", "message", other.seal("{}"), now - timedelta(hours=1)))
            uow.inbox.receive(InboxRow("msg:new", "message", _letter(world), now - timedelta(minutes=59)))
            uow.commit()
        await world.office.start()
        await world.answers(world.workspace.direct_messages(NURSE.id))
        with store.transactions.begin() as uow:
            late = world.clock.now() + timedelta(hours=9)
            assert uow.inbox.claim_one("msg:old", worker="w", now=late, lease_until=late) is None
    store.close()


def _letter(world: World) -> bytes:
    channel = world.workspace.direct_messages(NURSE.id)
    payload = {"user": NURSE.id, "channel": channel, "text": "where?", "private": True, "lane": channel}
    return FernetVault(KEY).seal(json.dumps(payload))


async def test_what_people_type_is_sealed_in_the_store_and_erased_when_answered(world: World) -> None:
    opened = asyncio.Event()
    world.talk.gate = opened.wait  # type: ignore[assignment]
    channel, _ = await world.workspace.dm(NURSE.id, "who got MRN 12345678")
    path = world.store.url_safe.removeprefix("sqlite+pysqlite:///")
    with sqlite3.connect(path) as database:
        ((payload,),) = database.execute("SELECT payload FROM inbox").fetchall()
    database.close()
    assert payload
    assert b"12345678" not in payload
    opened.set()
    await world.answers(channel)
    await world.settled()
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT payload FROM inbox").fetchall() == [(b"",)]
    database.close()


async def _until_stored(world: World) -> None:
    while True:
        with world.store.transactions.reading() as uow:
            if uow.outbox.waiting()["waiting"]:
                return
        await asyncio.sleep(0.02)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Somebody else writes and does not finish."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        database.rollback()
        database.close()
