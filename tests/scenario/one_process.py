"""One bot process over a shared database, to be killed: ``python -m tests.scenario.one_process``.

Everything between Slack and the dialogue is what production runs; the dialogue says the question's number, after a while.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bot import logs
from bot.clock import SystemClock
from bot.dialogue.turn import Chosen, Heard, Turn
from bot.listeners import Leases, open_app, open_post_office
from bot.outbox import slack_client
from bot.vault import FernetVault
from bot.views import notices
from bot.views.rendered import Notice
from domain.ports import ThreadState
from domain.store import open_store
from tests.scenario.conftest import KEY, nothing_known

NUMBER = re.compile(r"question (\d+)")


class Counting:
    """Answers "question 17 for MRN 4711" with "Answer 17."."""

    async def hear(self, heard: Heard) -> Turn:
        await asyncio.sleep(random.uniform(0.0, 0.1))
        found = NUMBER.search(heard.text)
        rendered = notices.notice(Notice(f"Answer {found.group(1) if found else 'none'}."))
        state = ThreadState(heard.channel, heard.thread, heard.person.id, "{}", datetime.now(UTC))
        return Turn(rendered, state=state)

    async def choose(self, chosen: Chosen) -> Turn:
        raise AssertionError("nobody presses a button here")


async def main() -> None:
    logs.configure(level="INFO", json_lines=True)
    # A few of them: two test processes share a machine with the rest of the suite.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(12))
    store = open_store(os.environ["PARLEY_TEST_DATABASE"])
    async with aiohttp.ClientSession() as session:
        client = slack_client(
            token=os.environ["PARLEY_TEST_BOT_TOKEN"],
            base_url=os.environ["PARLEY_TEST_SLACK"],
            session=session,
        )
        office = open_post_office(
            talk=Counting(),
            glance=nothing_known,
            transactions=store.transactions,
            vault=FernetVault(KEY),
            clock=SystemClock(),
            client=client,
            poll=0.5,
            warm=False,
            leases=Leases(inbox=timedelta(seconds=4), outbox=timedelta(seconds=6)),
        )
        await office.start()
        app = open_app(client, office.deps)
        handler = AsyncSocketModeHandler(app, os.environ["PARLEY_TEST_APP_TOKEN"], ping_interval=2)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
