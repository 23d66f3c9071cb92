"""Cards whose half hour is over say so, whether or not anybody presses them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.dialogue.acting.drafting import LAPSED
from bot.listeners.posts import Address, posts
from bot.outbox import Outbox
from bot.support import where
from bot.views.acting.cards import closed
from bot.views.acting.shown import Closed
from domain.ports import Clock, OutboxRow, Transactions
from domain.usecases.act.drafts import expire

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 20.0
AT_ONCE: Final = 50


class Lapsing:
    """``start`` it once in a process; of several processes one closes each card.

    A card is closed first and told afterwards: a process that dies between leaves a card that says so when it is pressed.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        outbox: Outbox,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._transactions = transactions
        self._outbox = outbox
        self._clock = clock
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="lapsing")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def sweep(self) -> int:
        """Closes what has lapsed; how many cards that was. Raises what the store raises."""
        closed_now = await asyncio.to_thread(self._sweep)
        if closed_now:
            self._outbox.wake()
        return closed_now

    def _sweep(self) -> int:
        with self._transactions.reading() as uow:
            if not uow.drafts.lapsed(self._clock.now(), limit=1):
                return 0  # nearly always: no write lock is taken for nothing
        with self._transactions.begin() as uow:
            drafts = expire(now=self._clock.now(), uow=uow, limit=AT_ONCE)
        rows: list[OutboxRow] = []
        for draft in drafts:
            if not draft.message:
                continue  # seen by one alone, whom Slack gives no way to tell
            shown = closed(Closed(LAPSED, str(draft.id), draft.version, again=True))
            there = Address(draft.channel, update=draft.message)
            rows += posts(shown, there, key=f"lapsed:{draft.id}", clock=self._clock)
        if rows:
            with self._transactions.begin() as uow:
                for row in rows:
                    self._outbox.put(row, uow)
                uow.commit()
        return len(drafts)

    async def _run(self) -> None:
        while True:
            await self._sleep(EVERY_SECONDS)
            try:
                await self.sweep()
            except Exception as error:  # noqa: BLE001 - the loop outlives whatever the store does
                log.warning("lapsed cards can not be closed", error=type(error).__name__, where=where(error))
