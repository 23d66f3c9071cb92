"""The bot process of ``bench.quarter``: the jobs and the outbox of production over the clock of the simulation, mortal.

Nothing in production knows of it. Slack's pace of a message a second in a channel is left out: a quarter would take hours.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from bench.trial_bot import Board, Deaths, _orphaned
from bot import logs, outbox
from bot.bootstrap.house import House
from bot.bootstrap.jobs import open_schedule
from bot.outbox import Outbox, slack_client
from bot.settings import Settings
from bot.vault import FernetVault
from domain.errors import SupplyRoomError
from domain.ports import Clock
from domain.store import Store, open_store
from domain.store.search.refreshing import SearchCatalogue, SearchPlaces

KEY = "mDmq8XzPZr3Hnq0dJ0a9kq4uX5Zt3b0m0o2yq6m1r1c="
EVERY_SECONDS = 0.02
"""How often a process asks whether another minute of the simulation has come; it looks at the table of jobs once in each."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a process is told."""

    database: str
    api_url: str
    bot_token: str
    channels: str
    folder: Path


@dataclass(frozen=True, slots=True)
class SimulatedClock:
    """This machine's clock, shifted: ``board.ahead`` is in seconds, below zero in the past."""

    board: Board

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.board.ahead.value)


def house_of(told: Told, store: Store, clock: Clock) -> House:
    settings = Settings(
        data_dir=told.folder,
        database_url=told.database,
        channels=told.channels,
        keep_mail_days=1000,  # the posts are counted in the end
        slack_api_url=told.api_url,
        slack_bot_token=SecretStr(told.bot_token),
    )
    transactions = store.transactions
    return House(
        settings=settings,
        transactions=transactions,
        items=SearchCatalogue(transactions),
        places=SearchPlaces(transactions),
        vault=FernetVault(KEY),
        clock=clock,
        close=store.close,
    )


def run(told: Told, board: Board) -> None:
    """The process: until it is killed, or whoever started it is gone."""
    with (told.folder / "bots.log").open("ab") as log:
        os.dup2(log.fileno(), 2)
    logs.configure(level="WARNING", json_lines=True)
    asyncio.run(_serve(told, board))


async def _serve(told: Told, board: Board) -> None:
    deaths = Deaths(board)
    deaths.arm()
    outbox.Bucket = functools.partial(outbox.Bucket, rate=10_000.0, burst=10_000.0)  # type: ignore[misc,assignment]
    store = open_store(told.database)
    house = house_of(told, store, SimulatedClock(board))
    async with aiohttp.ClientSession() as session:
        client = slack_client(token=told.bot_token, base_url=told.api_url, session=session)
        deaths.mortal(client)
        sending = Outbox(
            transactions=store.transactions, vault=house.vault, client=client, clock=house.clock, poll=0.05
        )
        loop = asyncio.get_running_loop()

        def woken() -> None:
            loop.call_soon_threadsafe(sending.wake)

        schedule = open_schedule(house, woken=woken)
        await sending.start()

        def work() -> None:
            looked = -1
            while True:
                minute = int(house.clock.now().timestamp()) // 60
                if minute == looked:
                    time.sleep(EVERY_SECONDS)
                    continue
                looked = minute
                with contextlib.suppress(SupplyRoomError):  # the store was busy: the next minute comes soon
                    schedule.look()

        loop.run_in_executor(None, work)
        await _orphaned()
        os._exit(0)  # the thread of the jobs would go on for ever
