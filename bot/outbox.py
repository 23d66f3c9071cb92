"""Every post leaves through here: stored first, paced by channel, tried again, sent once.

A row is written in the unit of work that made it (``uow.outbox.put``); ``Outbox.wake`` sends it at once, and a slow poll finds what
a dead process left behind. A message carries its row's key as metadata: when it is not known whether an earlier try arrived,
the conversation is searched for that key before anything is posted again.
What is said is sealed while it is stored: an answer in somebody's direct messages may name a patient.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery import CARD_OF, REPLY_EVENT, Delivered, Failed, Later, Outcome, Parcel, Sender
from bot.support import PASSING, support_code, where
from bot.views.rendered import Json
from domain.errors import SupplyRoomError
from domain.model.alert import DigestId
from domain.model.ids import FacilityId
from domain.model.purchase import PurchaseOrderId
from domain.model.receipt import DraftId
from domain.model.requisition import RequisitionId
from domain.ports import Clock, OutboxRow, Transactions, UnitOfWork, Vault

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(seconds=120)
"""Longer than the longest sending (pace, search, upload): a row is never sent by two processes at a time."""
FAULTS: Final = 3
"""Tries of a row that breaks our own code: then it is set aside, for the channel's later rows wait behind it."""
PATIENT: Final = ("digest:", "report:", "told:")
"""How the keys begin of what jobs post: it waits for Slack as long as it must, up to KEEP_FOR."""
KEEP_FOR: Final = timedelta(days=3)
GIVE_UP_AFTER: Final = 20
"""Tries of one row. With the pauses below that is about three hours: longer than Slack's usual incidents, shorter than a shift."""


def slack_client(*, token: str, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """The one client of a process. It never retries by itself: a lost answer must first be looked for, see ``Sender``."""
    return AsyncWebClient(token=token, base_url=base_url, session=session, retry_handlers=[], timeout=15)


def outbox_row(
    *, key: str, channel: str, method: str, body: Mapping[str, Json], clock: Clock, blob: bytes = b""
) -> OutboxRow:
    """A call of the Web API to be made once. A posted message gets its key as metadata."""
    arguments = dict(body)
    if method == "chat.postMessage":
        arguments["metadata"] = {"event_type": REPLY_EVENT, "event_payload": {"key": key}}
    return OutboxRow(
        key=key,
        channel=channel,
        method=method,
        body=json.dumps(arguments, ensure_ascii=False, separators=(",", ":")),
        created_at=clock.now(),
        blob=blob,
    )


def sealed(row: OutboxRow, vault: Vault) -> OutboxRow:
    """The row as it is stored."""
    blob = vault.seal(base64.b64encode(row.blob).decode()) if row.blob else b""
    return replace(row, body=vault.seal(row.body).decode(), blob=blob)


def opened(row: OutboxRow, vault: Vault) -> OutboxRow:
    """The row as it is sent. One that was stored unsealed is as it is. Raises InvalidSetting where another key sealed it."""
    if row.body.startswith("{"):
        return row
    blob = base64.b64decode(vault.open(row.blob)) if row.blob else b""
    return replace(row, body=vault.open(row.body.encode()), blob=blob)


def backoff(attempt: int) -> timedelta:
    """1 s, 2 s, 4 s … at most 15 minutes, after the try with this number (1 first)."""
    return timedelta(seconds=min(900.0, 2.0 ** (attempt - 1)))


@dataclass(slots=True)
class Bucket:
    """Slack's pace for one channel: a message a second, a short burst at once."""

    now: Callable[[], float]
    rate: float = 1.0
    burst: float = 4.0
    _tokens: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens = self.burst
        self._at = self.now()

    def take(self) -> float:
        """Takes one token and gives the seconds to wait before using it."""
        moment = self.now()
        self._tokens = min(self.burst, self._tokens + (moment - self._at) * self.rate)
        self._at = moment
        self._tokens -= 1
        return max(0.0, -self._tokens / self.rate)

    @property
    def full(self) -> bool:
        """Back at rest: it may be forgotten."""
        return self._tokens + (self.now() - self._at) * self.rate >= self.burst


def _sent(row: OutboxRow, uow: UnitOfWork, *, now: datetime, ts: str, channel: str = "") -> None:
    """The row is done; where it was a card, whatever it shows knows from now on which message that is."""
    uow.outbox.sent(row.key, now=now, ts=ts)
    subject = Parcel.of(row).text(CARD_OF)
    kind, _, rest = subject.partition(":")
    if kind == "digest":
        number, _, version = rest.partition(":")
        uow.alerts.posted(DigestId(int(number)), version=int(version), posted_in=channel, message=ts)
        return
    if not subject or not ts:
        return
    if kind == "requisition":
        facility, _, number = rest.partition(":")
        uow.requisitions.shown_as(FacilityId(int(facility)), RequisitionId(int(number)), ts)
    elif kind == "purchase":
        facility, _, number = rest.partition(":")
        uow.orders.shown_as(
            FacilityId(int(facility)),
            PurchaseOrderId(int(number)),
            channel=channel or row.channel,
            message=ts,
        )
    else:
        uow.drafts.shown_as(DraftId(uuid.UUID(subject)), ts)


def _keeps(row: OutboxRow, *, now: datetime) -> bool:
    """What tells of alerts waits for days: it is no answer that somebody stands waiting for, and it must not be lost."""
    return row.key.startswith(PATIENT) and now - row.created_at < KEEP_FOR


class Outbox:
    """Sends what is stored. ``start`` it once in a process; any number of processes share one database.

    ``sleep`` is the pause between tries and for pace; tests bring their own.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        vault: Vault,
        client: AsyncWebClient,
        clock: Clock,
        poll: float = 2.0,
        lease: timedelta = LEASE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._transactions = transactions
        self._vault = vault
        self._lease = lease
        self._sender = Sender(client)
        self._clock = clock
        self._poll = poll
        self._sleep = sleep
        self._worker = f"outbox-{uuid.uuid4()}"
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._held_back: set[str] = set()  # keys claimed here of which nothing was sent yet
        self._timers: set[asyncio.TimerHandle] = set()
        self._buckets: dict[str, Bucket] = {}
        self._refused: set[str] = set()  # keys that Slack certainly did not take at the last try
        self._closed: dict[
            str, float
        ] = {}  # method or method and channel -> loop time until which Slack said 429

    async def start(self) -> None:
        """Begins with what an earlier process left."""
        self._wanted.set()
        self._task = asyncio.create_task(self._run(), name="outbox")

    async def stop(self) -> None:
        """Lets what is being sent finish for a moment; the rest stays stored."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        if self._sending:
            _, late = await asyncio.wait(self._sending, timeout=5)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._give_back()

    async def _give_back(self) -> None:
        """What was claimed and certainly not sent is free for the next process at once."""
        now, keys = self._clock.now(), tuple(self._held_back)
        self._held_back.clear()

        def change(uow: UnitOfWork) -> None:
            for key in keys:
                uow.outbox.failed(key, now=now, error="", retry_at=now)

        if keys:
            with contextlib.suppress(*PASSING, TimeoutError):
                await asyncio.wait_for(self._write(change), 2.0)

    def put(self, row: OutboxRow, uow: UnitOfWork) -> bool:
        """Stores the row, sealed, in this unit of work; False where its key is there already. ``wake`` once it is committed."""
        return uow.outbox.put(sealed(row, self._vault))

    def wake(self) -> None:
        """There is something new: look at once."""
        self._wanted.set()

    async def send_now(self, row: OutboxRow) -> bool:
        """Sends past the store, once, for the one message that says the store is down. Did it arrive?"""
        outcome = await self._sender.send(Parcel.of(row), look_first=False)
        return isinstance(outcome, Delivered)

    # -------------------------------------------------------------------------------------- the loop

    async def _run(self) -> None:
        while True:
            self._wanted.clear()
            try:
                found = await self._claim()
            except Exception as error:  # noqa: BLE001 - the loop outlives whatever the store does
                log.warning("outbox can not read the store", error=type(error).__name__, where=where(error))
                await self._sleep(1.0)
                self._wanted.set()
                continue
            for row in found:
                self._held_back.add(row.key)
                task = asyncio.create_task(self._handle(row))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)
            self._forget_idle()
            try:
                async with asyncio.timeout(self._poll):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def _claim(self) -> list[OutboxRow]:
        now = self._clock.now()

        def work() -> list[OutboxRow]:
            with self._transactions.begin() as uow:
                rows = uow.outbox.claim(worker=self._worker, now=now, lease_until=now + self._lease, limit=50)
                if rows:
                    uow.commit()
                return rows

        return await asyncio.to_thread(work)

    async def _handle(self, stored: OutboxRow) -> None:
        """One row: paced, sent, written down. Whatever happens here, the row is either settled or claimed again later."""
        row = stored
        try:
            row = opened(stored, self._vault)
            await self._pace(row)
            self._held_back.discard(row.key)
            look_first = row.attempts > 1 and row.key not in self._refused
            outcome = await self._sender.send(Parcel.of(row), look_first=look_first)
            self._refused.discard(row.key)
            if isinstance(outcome, Later) and outcome.refused:
                self._refused.add(row.key)
            await self._settle(row, outcome)
        except PASSING as error:
            # Sent, perhaps, but not written down: the lease lapses and the next try looks before it posts.
            log.warning("outbox can not write to the store", key=row.key, reason=type(error).__name__)
        except asyncio.CancelledError:
            raise  # what was held back is given back by ``stop``
        except Exception as error:  # noqa: BLE001 - the last door of a background task
            await self._fault(row, error)
        else:
            self._held_back.discard(row.key)
        finally:
            self._wanted.set()

    async def _fault(self, row: OutboxRow, error: Exception) -> None:
        """A row that can not be opened or breaks our own code: tried a few times, then set aside."""
        self._held_back.discard(row.key)
        log.error(
            "outbox failed", key=row.key, method=row.method, error=type(error).__name__, where=where(error)
        )
        with contextlib.suppress(*PASSING):
            if row.attempts >= FAULTS or isinstance(error, SupplyRoomError):
                await self._give_up(row, f"our own fault: {type(error).__name__}")
            else:
                later = Later(type(error).__name__)
                await self._settle(row, later)

    async def _settle(self, row: OutboxRow, outcome: Outcome) -> None:
        now = self._clock.now()
        match outcome:
            case Delivered(ts=ts, channel=channel):
                await self._write(lambda uow: _sent(row, uow, now=now, ts=ts, channel=channel))
            case Later(error=error, seconds=seconds, limited=limited):
                if limited:
                    self._closed[self._gate(row)] = self._time() + seconds
                elif row.attempts >= GIVE_UP_AFTER and not _keeps(row, now=now):
                    await self._give_up(row, f"gave up after {row.attempts} tries: {error}")
                    return
                pause = timedelta(seconds=seconds) if limited else backoff(max(1, row.attempts))
                log.warning("slack did not take it yet", key=row.key, method=row.method, error=error)
                await self._write(
                    lambda uow: uow.outbox.failed(row.key, now=now, error=error, retry_at=now + pause)
                )
                self._wake_in(pause.total_seconds())
            case Failed(error=error):
                await self._give_up(row, error)

    async def _give_up(self, row: OutboxRow, error: str) -> None:
        now = self._clock.now()
        log.error(
            "not sent, set aside for the operator",
            key=row.key,
            method=row.method,
            error=error,
            support_code=support_code(),
        )
        await self._write(lambda uow: uow.outbox.failed(row.key, now=now, error=error, retry_at=None))

    async def _write(self, change: Callable[[UnitOfWork], None]) -> None:
        """In a unit of work of its own; a store that is busy is asked again a few times."""

        def work() -> None:
            with self._transactions.begin() as uow:
                change(uow)
                uow.commit()

        for pause in (0.05, 0.2, 1.0):
            try:
                await asyncio.to_thread(work)
            except PASSING:
                await self._sleep(pause)
            else:
                return
        await asyncio.to_thread(work)

    # -------------------------------------------------------------------------------------- pace

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    @staticmethod
    def _gate(row: OutboxRow) -> str:
        """What a 429 closes: a channel for messages, else the method in the whole workspace."""
        return f"{row.method} {row.channel}" if row.method == "chat.postMessage" else row.method

    async def _pace(self, row: OutboxRow) -> None:
        closed = self._closed.get(self._gate(row), 0.0) - self._time()
        if closed > 0:
            await self._sleep(min(closed, self._lease.total_seconds() / 2))
        if row.method in ("chat.postMessage", "chat.postEphemeral"):
            bucket = self._buckets.setdefault(row.channel, Bucket(self._time))
            if (pause := bucket.take()) > 0:
                await self._sleep(min(pause, self._lease.total_seconds() / 2))

    def _forget_idle(self) -> None:
        for channel in [name for name, bucket in self._buckets.items() if bucket.full]:
            del self._buckets[channel]
        moment = self._time()
        for gate in [name for name, until in self._closed.items() if until <= moment]:
            del self._closed[gate]

    def _wake_in(self, seconds: float) -> None:
        if seconds >= self._poll:
            return  # the poll is there first
        loop = asyncio.get_running_loop()

        def ring() -> None:
            self._timers.discard(timer)
            self._wanted.set()

        timer = loop.call_later(seconds + 0.01, ring)
        self._timers.add(timer)
