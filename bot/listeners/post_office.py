"""The workers behind the listeners, built once in a process and started together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot import inbox as inboxes
from bot import outbox as outboxes
from bot.dialogue.acting.turns import Acting
from bot.dialogue.alerting.deeds import AlertDeeds
from bot.inbox import Inbox
from bot.letters import Letter, Reply
from bot.listeners.alerts import KINDS as ALERT_KINDS
from bot.listeners.alerts import AlertDesk
from bot.listeners.aloud import Aloud, Speaking
from bot.listeners.answering import Desk
from bot.listeners.clips import Clips
from bot.listeners.deeds import Deeds
from bot.listeners.deps import AtAGlance, Corrections, Deps, Sight, Talk
from bot.listeners.labels import KIND as LABELS
from bot.listeners.labels import LabelDesk
from bot.listeners.lapsing import Lapsing
from bot.listeners.photos import Photos, Reader
from bot.listeners.settings import SettingsDesk
from bot.outbox import Outbox
from bot.views import plot
from domain.model.patient_text import PLAIN, Formats
from domain.ports import Clock, PlaceSearch, Transactions, Vault


@dataclass(frozen=True, slots=True)
class Leases:
    """How long what a process took and left unfinished stays its own."""

    inbox: timedelta
    outbox: timedelta


LEASES: Final = Leases(inboxes.LEASE, outboxes.LEASE)


@dataclass(slots=True)
class Warming:
    """Loads behind the listeners' back what the first plot needs, so that nobody waits for it."""

    wanted: bool
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self.wanted:
            self._task = asyncio.create_task(asyncio.to_thread(plot.warm))

    async def stop(self) -> None:
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class PostOffice:
    """``start`` after the listeners are registered and before the connection to Slack is opened; ``stop`` after it is closed."""

    inbox: Inbox
    outbox: Outbox
    deps: Deps

    warming: Warming
    lapsing: Lapsing | None = None
    """Where actions are confirmed on cards."""

    async def start(self) -> None:
        await self.outbox.start()
        await self.inbox.start()
        self.warming.start()
        if self.lapsing is not None:
            self.lapsing.start()

    async def stop(self) -> None:
        if self.lapsing is not None:
            await self.lapsing.stop()
        await self.inbox.stop()
        await self.outbox.stop()
        await self.warming.stop()


def open_post_office(
    *,
    talk: Talk,
    glance: AtAGlance,
    transactions: Transactions,
    vault: Vault,
    clock: Clock,
    client: AsyncWebClient,
    poll: float = 2.0,
    warm: bool = True,
    leases: Leases = LEASES,
    corrections: Corrections | None = None,
    acting: Acting | None = None,
    formats: Formats = PLAIN,
    sight: Sight | None = None,
    reader: Reader | None = None,
    clips: Clips | None = None,
    voice: Speaking | None = None,
    alerts: AlertDeeds | None = None,
    settings: SettingsDesk | None = None,
    places: PlaceSearch | None = None,
) -> PostOffice:
    """``client`` is ``slack_client``'s: it must not retry by itself. ``poll`` is in seconds; ``warm`` readies the plots.

    ``clips`` hear what is spoken, ``voice`` speaks to those who want it.

    ``formats`` are the hospital's own forms of patients' numbers. ``sight`` and ``reader`` together read photographs; who started
    the reader stops it. ``alerts`` are what buttons of digests come to, where actions are confirmed on cards. ``places`` finds the
    places that labels are printed for.
    """
    outbox = Outbox(
        transactions=transactions, vault=vault, client=client, clock=clock, poll=poll, lease=leases.outbox
    )
    deeds = None
    if acting is not None:
        deeds = Deeds(acting=acting, transactions=transactions, clock=clock, client=client)
    apart: dict[str, Callable[[Letter], Awaitable[Reply]]] = {}
    if places is not None:
        apart[LABELS] = LabelDesk(transactions=transactions, places=places, clock=clock).answer
    if alerts is not None and deeds is not None:
        digests = AlertDesk(alerts=alerts, deeds=deeds, transactions=transactions, clock=clock, outbox=outbox)
        apart |= dict.fromkeys(ALERT_KINDS, digests.answer)
    desk = Desk(
        talk=talk,
        glance=glance,
        transactions=transactions,
        clock=clock,
        client=client,
        corrections=corrections,
        deeds=deeds,
        formats=formats,
        sight=sight,
        photos=None if reader is None else Photos(reader, client),
        clips=clips,
        aloud=Aloud(voice, transactions=transactions, clock=clock),
        apart=apart,
    )
    inbox = Inbox(
        transactions=transactions, vault=vault, clock=clock, work=desk, outbox=outbox, poll=poll * 2,
        lease=leases.inbox,
    )  # fmt: skip

    async def speaks_in(channel: str, thread: str) -> bool:
        def read() -> bool:
            with transactions.reading() as uow:
                return uow.threads.get(channel, thread) is not None

        return await asyncio.to_thread(read)

    deps = Deps(
        inbox=inbox,
        speaks_in=speaks_in,
        may_choose=desk.may_choose if corrections is not None else None,
        deeds=deeds,
        settings=settings,
    )
    lapsing = None
    if acting is not None:
        lapsing = Lapsing(transactions=transactions, outbox=outbox, clock=clock)
    return PostOffice(inbox=inbox, outbox=outbox, deps=deps, warming=Warming(warm), lapsing=lapsing)
