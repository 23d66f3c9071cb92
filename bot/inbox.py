"""What Slack tells us is stored before it is acknowledged, worked on from there, and finished in one unit of work with its reply.

A row is handed to its worker at once; a slow poll finds what a dead process left behind. Messages of one conversation are
answered in the order they came, different conversations side by side.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from bot.letters import Letter, Reply, Work
from bot.outbox import Outbox
from bot.support import PASSING, support_code, where
from bot.views.rendered import Json, Notice
from domain.errors import StoreUnavailable, SupplyRoomError, Unavailable
from domain.ports import Clock, InboxRow, Transactions, UnitOfWork, Vault

log = structlog.get_logger(__name__)

WORK_SECONDS: Final = 45.0
LEASE: Final = timedelta(seconds=60)
"""What a process that died leaves behind is taken up after this. Two that answer the same letter store the same reply once."""
AT_ONCE: Final = (0.2, 1.0, 3.0)
"""Pauses between tries while the conversation waits: what a locked database or a restart of the language service takes."""
PATIENCE_SECONDS: Final = 6.0
"""A store that is locked takes long to say so: after this the person is told instead of being left waiting."""
LATER: Final = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""Pauses between the claims after that; then the person is told that it was given up."""
MOST_CLAIMS: Final = 8
"""A letter claimed more often ends the process that works on it, again and again: it is set aside."""
KEEP_SECONDS: Final = 2.0
"""Slack waits three seconds for an acknowledgement."""
HOLD_TRIES: Final = 60
"""Tries to store a letter held in memory, up to 30 s apart: about a quarter of an hour."""

TROUBLE = (
    "I can't reach a part that I need just now. I have your message and will answer as soon as it is back; "
    "there is no need to send it again."
)
GIVEN_UP = "I could not answer: a part that I need has been down for too long. Please ask again later."
BROKEN = "Something went wrong on my side, and nothing was changed. Please tell whoever looks after Parley this code."


@dataclass(frozen=True, slots=True)
class _Place:
    """A letter in its lane: just being ``stored`` (was it new?), or ``claimed`` from what was left."""

    letter: Letter
    claimed: InboxRow | None = None
    stored: asyncio.Future[bool] | None = None


class Inbox:
    """Stores, works, finishes. ``start`` it once in a process; any number of processes share one database."""

    def __init__(
        self,
        *,
        transactions: Transactions,
        vault: Vault,
        clock: Clock,
        work: Work,
        outbox: Outbox,
        at_once: int = 16,
        poll: float = 5.0,
        lease: timedelta = LEASE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._transactions = transactions
        self._vault = vault
        self._clock = clock
        self._work = work
        self._outbox = outbox
        self._places = at_once
        self._slots = asyncio.Semaphore(at_once)
        self._poll = poll
        self._lease = lease
        self._sleep = sleep
        self._worker = f"inbox-{uuid.uuid4()}"
        self._lanes: dict[str, deque[_Place]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._keeping: dict[str, asyncio.Task[bool]] = {}
        self._held: set[str] = set()
        self._told: set[str] = set()  # letters whose sender knows of the trouble
        self._claimed: set[str] = set()
        self._poller: asyncio.Task[None] | None = None
        self.patience = 5.0
        """Seconds that ``stop`` leaves to what is being worked on."""

    async def start(self) -> None:
        """Begins with what an earlier process left unfinished."""
        self._poller = asyncio.create_task(self._watch(), name="inbox")

    async def stop(self) -> None:
        """Lets what is being worked on finish for a moment; the rest stays stored."""
        if self._poller is not None:
            self._poller.cancel()
            await asyncio.gather(self._poller, return_exceptions=True)
            self._poller = None
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self.patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._give_back()

    async def _give_back(self) -> None:
        """What was begun and not finished is free for the next process at once."""
        now, left = self._clock.now(), tuple(self._claimed)
        self._claimed.clear()

        def change(uow: UnitOfWork) -> None:
            for event_id in left:
                uow.inbox.failed(event_id, now=now, support_code="", retry_at=now)

        if left:
            with contextlib.suppress(*PASSING, TimeoutError):
                await asyncio.wait_for(self._write(change), 2.0)

    @property
    def busy(self) -> bool:
        """Is anything being worked on in this process?"""
        return bool(self._lanes or self._held)

    async def receive(self, event_id: str, kind: str, payload: Mapping[str, Json]) -> bool:
        """Stores it, sealed, and hands it over; False where it was received before. Acknowledge only after this.

        Raises StoreUnavailable when it could not be stored: then Slack must not get an acknowledgement, and sends again.
        """
        letter = Letter(event_id, kind, dict(payload))
        row = InboxRow(
            event_id=event_id,
            kind=kind,
            payload=self._vault.seal(json.dumps(letter.payload, separators=(",", ":"))),
            received_at=self._clock.now(),
        )

        def store() -> bool:
            with self._transactions.begin() as uow:
                new = uow.inbox.receive(row)
                uow.commit()
                return new

        # The place in its lane is taken before the store answers: what comes first is answered first.
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._hand_over(_Place(letter, stored=stored))
        new = False
        try:
            new = await asyncio.to_thread(store)
        finally:
            stored.set_result(new)
        return new

    async def keep(self, letter: Letter) -> bool:
        """``receive``, for as long as an acknowledgement may take; else the letter is held in memory and the person told, once.

        Raises StoreUnavailable then, for Slack to send an event again; whichever copy is stored first is answered.
        """
        if letter.event_id in self._held:
            raise StoreUnavailable("The message could not be stored yet; it is held in memory.")
        first = self._storing(letter)
        done, _ = await asyncio.wait({first}, timeout=KEEP_SECONDS)
        if done and first.exception() is None:
            return first.result()
        if done and not isinstance(first.exception(), PASSING):
            return first.result()  # raises what is no matter of waiting
        if letter.event_id not in self._held:
            self._held.add(letter.event_id)
            self._spawn(self._hold(letter, first))
        raise StoreUnavailable("The message could not be stored yet; it is held in memory.")

    def _storing(self, letter: Letter) -> asyncio.Task[bool]:
        """The storing of this letter that is under way, else a new one: a mention comes as two events at a time."""
        task = self._keeping.get(letter.event_id)
        if task is None:
            task = asyncio.create_task(self.receive(letter.event_id, letter.kind, letter.payload))
            self._keeping[letter.event_id] = task

            def over(done: asyncio.Task[bool]) -> None:
                self._keeping.pop(letter.event_id, None)
                if not done.cancelled():
                    done.exception()  # whoever waits is told; nobody need wait

            task.add_done_callback(over)
        return task

    async def _hold(self, letter: Letter, first: asyncio.Task[bool]) -> None:
        """Keeps trying to store what Slack may not send again; ``first`` is the try that is still under way, or failed."""
        try:
            await self._comfort(letter, TROUBLE, support_code(), stage="trouble")
            with contextlib.suppress(*PASSING):
                await first
                return
            for attempt in range(HOLD_TRIES):
                await self._sleep(min(30.0, 1.0 + attempt))
                with contextlib.suppress(*PASSING):
                    await self.receive(letter.event_id, letter.kind, letter.payload)
                    return
            code = support_code()
            log.error("lost: the store stayed away", kind=letter.kind, support_code=code)
            await self._comfort(letter, GIVEN_UP, code, stage="given-up")
        finally:
            self._held.discard(letter.event_id)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -------------------------------------------------------------------------------------- lanes

    def _hand_over(self, place: _Place) -> None:
        name = place.letter.lane
        lane = self._lanes.get(name)
        if lane is not None:
            lane.append(place)
            return
        self._lanes[name] = deque([place])
        self._spawn(self._drain(name))

    async def _drain(self, name: str) -> None:
        lane = self._lanes[name]
        try:
            while lane:
                place = lane[0]
                if place.stored is None or await place.stored:
                    await self._process_safely(place)
                lane.popleft()
        finally:
            self._lanes.pop(name, None)

    async def _process_safely(self, place: _Place) -> None:
        try:
            await self._process(place.letter, place.claimed)
        except PASSING as error:
            # The row stays, its lease lapses, the poll finds it again.
            log.warning(
                "inbox can not write to the store", kind=place.letter.kind, reason=type(error).__name__
            )
        except Exception as error:  # noqa: BLE001 - the last door of a background task
            # The row stays, its lease lapses, the poll finds it again.
            log.error("inbox failed", kind=place.letter.kind, error=type(error).__name__, where=where(error))

    async def _watch(self) -> None:
        while True:
            try:
                for row in await self._claim_left():
                    await self._take_up(row)
            except Exception as error:  # noqa: BLE001 - the loop outlives whatever the store does
                log.warning("inbox can not read the store", error=type(error).__name__, where=where(error))
            await self._sleep(self._poll)

    async def _claim_left(self) -> list[InboxRow]:
        free = self._places - len(self._lanes)
        if free <= 0:
            return []
        now = self._clock.now()

        def work() -> list[InboxRow]:
            with self._transactions.begin() as uow:
                rows = uow.inbox.claim(
                    worker=self._worker, now=now, lease_until=now + self._lease, limit=free
                )
                if rows:
                    uow.commit()
                return rows

        return await asyncio.to_thread(work)

    async def _take_up(self, row: InboxRow) -> None:
        """Hands over what was left; what can not be opened (another key sealed it) is set aside for the operator."""
        try:
            payload = json.loads(self._vault.open(row.payload))
        except (SupplyRoomError, ValueError) as error:
            code = support_code()
            log.error(
                "a letter can not be opened", kind=row.kind, support_code=code, error=type(error).__name__
            )
            now = self._clock.now()
            await self._write(
                lambda uow: uow.inbox.failed(row.event_id, now=now, support_code=code, retry_at=None)
            )
            return
        letter = Letter(row.event_id, row.kind, payload if isinstance(payload, dict) else {})
        self._hand_over(_Place(letter, claimed=row))

    async def _claim_one(self, event_id: str) -> InboxRow | None:
        now = self._clock.now()

        def work() -> InboxRow | None:
            with self._transactions.begin() as uow:
                row = uow.inbox.claim_one(
                    event_id, worker=self._worker, now=now, lease_until=now + self._lease
                )
                uow.commit()
                return row

        return await asyncio.to_thread(work)

    # -------------------------------------------------------------------------------------- one letter

    async def _process(self, letter: Letter, claimed: InboxRow | None) -> None:
        if claimed is None:
            try:
                claimed = await self._patiently(lambda: self._claim_one(letter.event_id))
            except PASSING:
                await self._comfort(letter, TROUBLE, support_code(), stage="trouble")
                return  # stored and unclaimed: the poll takes it when the store is back
        if claimed is None:
            return  # another process has it
        self._claimed.add(letter.event_id)
        try:
            await self._work_on(letter, claimed)
        except asyncio.CancelledError:
            raise  # ``stop`` gives it back
        except BaseException:
            self._claimed.discard(letter.event_id)
            raise
        self._claimed.discard(letter.event_id)
        self._told.discard(letter.event_id)

    async def _work_on(self, letter: Letter, claimed: InboxRow) -> None:
        try:
            if claimed.attempts > MOST_CLAIMS:
                raise RuntimeError("A letter that every process died of.")
            reply = await self._patiently(lambda: self._answer(letter))
            await self._patiently(lambda: self._finish(letter, reply))
        except PASSING as error:
            await self._postpone(letter, claimed, error)
        except SupplyRoomError as error:
            # A refusal or a name that does not exist: the sentence is the answer.
            said = self._said(letter, Notice(str(error)))
            await self._patiently(lambda: self._finish(letter, said))
        except Exception as error:  # noqa: BLE001 - the one door for faults of ours
            await self._break_off(letter, error)

    async def _answer(self, letter: Letter) -> Reply:
        async with self._slots:
            try:
                async with asyncio.timeout(WORK_SECONDS):
                    return await self._work.answer(letter)
            except TimeoutError:
                raise Unavailable(f"No answer within {WORK_SECONDS:.0f} seconds.") from None

    async def _patiently[T](self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Tries again after short pauses while a part is away, holding the lane and no slot; not for long in all."""
        began = asyncio.get_running_loop().time()
        for pause in AT_ONCE:
            try:
                return await attempt()
            except PASSING as error:
                if asyncio.get_running_loop().time() - began > PATIENCE_SECONDS:
                    raise
                log.info("trying again", reason=type(error).__name__)
                await self._sleep(pause)
        return await attempt()

    async def _finish(self, letter: Letter, reply: Reply) -> None:
        """The reply, the thread's state and the end of the letter: all or nothing."""

        def change(uow: UnitOfWork) -> None:
            now = self._clock.now()
            uow.inbox.done(letter.event_id, now=now)
            if reply.settles and not uow.readings.settle(reply.settles, now=now):
                return  # another press was first, perhaps in another process: that one is answered
            for post in reply.posts:
                self._outbox.put(post, uow)
            if reply.state is not None:
                uow.threads.put(reply.state)
            if reply.reading is not None:
                uow.readings.put(reply.reading)
            if reply.candidate is not None:
                uow.candidates.put(reply.candidate)

        await self._write(change)
        if reply.posts:
            self._outbox.wake()

    async def _write(self, change: Callable[[UnitOfWork], None]) -> None:
        def work() -> None:
            with self._transactions.begin() as uow:
                change(uow)
                uow.commit()

        await asyncio.to_thread(work)

    def _said(self, letter: Letter, notice: Notice) -> Reply:
        return Reply(posts=tuple(self._work.tell(letter, notice, key="said")))

    # -------------------------------------------------------------------------------------- trouble

    async def _postpone(self, letter: Letter, row: InboxRow, error: SupplyRoomError) -> None:
        """Tell the person once, try later; after the last claim say that it was given up."""
        code = support_code()
        last = row.attempts > len(LATER)
        log.error(
            "given up" if last else "postponed",
            kind=letter.kind,
            attempts=row.attempts,
            support_code=code,
            reason=type(error).__name__,
        )
        retry_at = None if last else self._clock.now() + LATER[max(0, row.attempts - 1)]
        stage = "given-up" if last else "trouble"
        notice = Notice(GIVEN_UP if last else TROUBLE, support_code=code)
        new = row.attempts <= 1 and letter.event_id not in self._told
        posts = self._work.tell(letter, notice, key=stage) if last or new else ()

        def change(uow: UnitOfWork) -> None:
            for post in posts:
                self._outbox.put(post, uow)
            uow.inbox.failed(letter.event_id, now=self._clock.now(), support_code=code, retry_at=retry_at)

        try:
            await self._write(change)
        except PASSING:
            if posts:
                await self._comfort(letter, notice.text, code, stage=stage)
        else:
            self._outbox.wake()

    async def _break_off(self, letter: Letter, error: Exception) -> None:
        """A fault of ours: the person gets a code, the operator the row and the trace."""
        code = support_code()
        # The trace names lines of code; the message of the exception might quote what a person typed, so it stays out.
        log.error(
            "answer failed",
            kind=letter.kind,
            support_code=code,
            error=type(error).__name__,
            where=where(error),
        )
        posts = self._work.tell(letter, Notice(BROKEN, support_code=code), key="broken")

        def change(uow: UnitOfWork) -> None:
            for post in posts:
                self._outbox.put(post, uow)
            uow.inbox.failed(letter.event_id, now=self._clock.now(), support_code=code, retry_at=None)

        try:
            await self._patiently(lambda: self._write(change))
        except PASSING:
            await self._comfort(letter, BROKEN, code, stage="broken")
        else:
            self._outbox.wake()

    async def _comfort(self, letter: Letter, text: str, code: str, *, stage: str) -> None:
        """Says it past the store, which is away; the letter itself is safe. Of trouble a person hears once."""
        if stage == "trouble":
            if letter.event_id in self._told:
                return
            self._told.add(letter.event_id)
        log.warning("telling the person past the store", kind=letter.kind, support_code=code)
        for post in self._work.tell(letter, Notice(text, support_code=code), key=f"{stage}-direct"):
            with contextlib.suppress(OSError):
                await self._outbox.send_now(post)
