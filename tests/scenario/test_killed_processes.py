"""Two bot processes over one PostgreSQL, killed at random moments while Slack misbehaves: each question is answered once.

``PARLEY_KILLED_QUESTIONS`` asks more of them, for a long run by hand; ``PARLEY_KILLED_SEED`` chooses other moments.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot.workspace import LocalWorkspace
from bot.workspace.config import Person, WorkspaceConfig
from domain.model.ids import PersonId
from domain.store import open_store
from tests.postgres import Server
from tests.scenario.conftest import MAYA, furnish

QUESTIONS = int(os.environ.get("PARLEY_KILLED_QUESTIONS", "200"))
SEED = int(os.environ.get("PARLEY_KILLED_SEED", "7"))
ROOT = Path(__file__).resolve().parents[2]
STAFF = tuple(Person(id=f"U0STAFF{n:03}", name=f"Nurse {n}") for n in range(max(40, QUESTIONS // 5)))
PLANTED = "4711"
"""The beginning of every patient's number in the questions."""

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120 + QUESTIONS // 2)]


@pytest.fixture
def database(postgres_server: Server, postgres_template: str) -> Iterator[str]:
    url = postgres_server.create(template=postgres_template)
    store = open_store(url)
    furnish(store, [replace(MAYA, id=PersonId(n), slack_user_id=p.id) for n, p in enumerate(STAFF, start=1)])
    store.close()
    yield url
    postgres_server.drop(url)


class Pair:
    """Two processes, each started anew when it is killed."""

    def __init__(self, workspace: LocalWorkspace, database: str, log: Path) -> None:
        self._environment = {
            **os.environ,
            "PARLEY_TEST_DATABASE": database,
            "PARLEY_TEST_SLACK": workspace.api_url,
            "PARLEY_TEST_BOT_TOKEN": workspace.bot_token,
            "PARLEY_TEST_APP_TOKEN": workspace.app_token,
        }
        self._log = log
        self._running: list[asyncio.subprocess.Process] = []
        self.killed = 0

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._running.append(
                await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "tests.scenario.one_process",
                    cwd=ROOT,
                    env=self._environment,
                    stdout=log,
                    stderr=log,
                )
            )

    async def kill(self, chance: random.Random) -> None:
        process = self._running.pop(chance.randrange(len(self._running)))
        process.kill()
        await process.wait()
        self.killed += 1
        await self.start()

    async def stop(self) -> None:
        for process in self._running:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@contextlib.asynccontextmanager
async def pair(workspace: LocalWorkspace, database: str, log: Path) -> AsyncIterator[Pair]:
    running = Pair(workspace, database, log)
    try:
        await running.start()
        await running.start()
        yield running
    finally:
        await running.stop()


async def test_every_question_is_answered_exactly_once_whatever_is_killed(
    database: str, tmp_path: Path
) -> None:
    config = WorkspaceConfig(
        people=STAFF, ack_timeout=1.0, retry_delays=(0.0, 0.5, 1.0, 2.0, 4.0, 8.0), share_delay=0.0
    )
    log = tmp_path / "bots.log"
    async with LocalWorkspace(config) as workspace, pair(workspace, database, log) as bots:
        await workspace.wait_for(lambda: len(workspace.courier.connections) == 2, timeout=60)
        asking = asyncio.create_task(_ask(workspace, random.Random(SEED)))
        await _kill_while(asking, bots, workspace, random.Random(SEED + 1))
        asked = await asking
        await workspace.wait_for(lambda: len(_answers(workspace)) >= len(asked), timeout=60 + QUESTIONS / 4)
        await _nothing_left(database)
        said = _answers(workspace)
    assert bots.killed >= 5
    assert Counter(said) == Counter({(channel, number): 1 for number, channel in asked.items()})
    _no_trace_of_patients(workspace, database, log)


async def _ask(workspace: LocalWorkspace, chance: random.Random) -> dict[int, str]:
    """Everybody asks something now and then; what the channel of each question was."""
    asked: dict[int, str] = {}
    for number in range(QUESTIONS):
        person = STAFF[number % len(STAFF)].id
        asked[number] = workspace.direct_messages(person)
        await workspace.dm(person, f"question {number} for MRN {PLANTED}{number:04}", wait=False)
        await asyncio.sleep(chance.uniform(0.0, 0.08))
    return asked


async def _kill_while(
    asking: asyncio.Task[dict[int, str]], bots: Pair, workspace: LocalWorkspace, chance: random.Random
) -> None:
    """Kills one or the other, and lets Slack lose, refuse and repeat, until everything has been asked."""
    faults = workspace.faults
    while not asking.done() or bots.killed < 5:
        await asyncio.sleep(chance.uniform(0.2, 1.6))
        match chance.randrange(6):
            case 0:
                faults.lose_answer("chat.postMessage", times=3)
            case 1:
                faults.rate_limit("chat.postMessage", retry_after=1, times=3)
            case 2:
                faults.http_error("chat.postMessage", times=3)
            case 3:
                faults.lose_acks(times=3)
            case 4:
                faults.duplicate_events(times=3)
            case _:
                await faults.refresh()
        await bots.kill(chance)
    faults.clear()


def _answers(workspace: LocalWorkspace) -> list[tuple[str, int]]:
    found = []
    for person in STAFF:
        channel = workspace.direct_messages(person.id)
        found += [
            (channel, int(number))
            for m in workspace.messages(channel)
            if m.from_bot
            for number in re.findall(r"^Answer (\d+)\.$", m.text)
        ]
    return found


async def _nothing_left(database: str) -> None:
    """Until both queues are empty: only then could something be said twice no more."""
    waiting = (
        "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting') + "
        "(SELECT count(*) FROM outbox WHERE state = 'waiting')"
    )
    with _connected(database) as connection:
        while True:
            row = connection.execute(waiting.encode()).fetchone()
            if row is not None and row[0] == 0:
                return
            await asyncio.sleep(0.1)


def _no_trace_of_patients(workspace: LocalWorkspace, database: str, log: Path) -> None:
    """Not in a log, not in a column, not in what was sent to Slack."""
    assert PLANTED + "0" not in log.read_text()
    assert not [call for call in workspace.calls if f"MRN {PLANTED}" in str(call.arguments)]
    with _connected(database) as connection:
        tables = connection.execute(b"SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            rows = connection.execute(f'SELECT t::text FROM "{table}" t'.encode()).fetchall()
            assert not [row for row in rows if f"MRN {PLANTED}" in str(row)], table


def _connected(database: str) -> psycopg.Connection[tuple[int | str, ...]]:
    url = make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True)
