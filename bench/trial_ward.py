"""People at work in the trials of ``bench.trials``: what they say and press, what goes wrong meanwhile, and what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from typing import Literal

from sqlalchemy import text

from bench.trial_bot import STORE, Board, Point, Spec, plain, run
from bot.inbox import TROUBLE
from bot.workspace import LocalWorkspace
from bot.workspace.errors import NotAcknowledgedError, WaitedTooLongError, WorkspaceError
from bot.workspace.state import Message
from domain.store import Store

KINDS = ("consume", "transfer", "receive", "waste", "count", "return", "requisition", "quarantine", "undo")
MIA = "U3"
"""The manager may do everything: hers is the second hand."""
MOVING = ("consume", "transfer", "receive", "waste", "return")
"""Of these a receipt's movements have as many pieces as were said."""
WHO = {"transfer": "U2", "receive": "U2", "quarantine": "U2"}
CHANNELS = tuple(f"C0WARD{n:04}" for n in range(48))
"""Trials go round: Slack takes one message a second in a channel."""
LAPSE = 130.0
"""Seconds that pass with every death, more than what is claimed stays claimed: production's leases, without the wait."""
PATIENCE = 30.0

type Phase = Literal["said", "confirmed"]
FAULTS: dict[str, tuple[tuple[Phase, Point], ...]] = {
    "event delivered 2-3 times": (),
    "confirmed 2-4 times at once": (),
    "killed before the draft": (("said", Point.UNSTORED), ("said", Point.STORED), ("said", Point.BEFORE_DRAFT)),
    "killed after the draft, before its card": (("said", Point.AFTER_DRAFT), ("said", Point.REPLY_STORED)),
    "killed around storing the confirmation": (("confirmed", Point.UNSTORED), ("confirmed", Point.STORED)),
    "killed in the middle of posting": (
        ("confirmed", Point.POSTING_MOVED), ("confirmed", Point.POSTING_NUMBERED), ("confirmed", Point.POSTING_TRAILED),
        ("confirmed", Point.POSTING_COMMIT),
    ),
    "killed after commit, before the reply row": (("confirmed", Point.COMMITTED),),
    "killed after the reply row, before it is sent": (("confirmed", Point.REPLY_STORED),),
    "killed after it was sent, before it is marked": (("said", Point.SENT), ("confirmed", Point.SENT)),
}  # fmt: skip
EVENTS, PRESSES = tuple(FAULTS)[:2]
BY_WORDS = 0.25
"""So many confirm by saying yes in the thread; the others press."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one. ``lost``, ``doubled`` and ``untold`` say what is wrong, "" for nothing; ``reached``: the process died there."""

    kind: str
    fault: str
    point: Point
    lost: str = ""
    doubled: str = ""
    untold: str = ""
    reached: bool = True


# ---------------------------------------------------------------------------------------------- the processes


class Pair:
    """Two processes, each started anew when it dies; with every death the clocks go forward."""

    def __init__(self, spec: Spec) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["bench.trial_bot"])
        # Never ahead of Slack's clock, which is this machine's: a message is looked for from the time of its row on.
        self.board = Board(self._context.Value("i", 0, lock=False), self._context.Value("d", 0.0, lock=False))
        self._spec = spec
        self._running: list[ForkServerProcess] = []
        self.deaths = 0
        self._stopping = False

    def start(self) -> None:
        process = self._context.Process(target=run, args=(self._spec, self.board), daemon=True)
        process.start()
        self._running.append(process)
        asyncio.get_running_loop().add_reader(process.sentinel, self._died, process)

    def _died(self, process: ForkServerProcess) -> None:
        asyncio.get_running_loop().remove_reader(process.sentinel)
        process.join()
        self._running.remove(process)
        if not self._stopping:
            self.deaths += 1
            self.board.ahead.value += LAPSE
            self.start()

    def stop(self) -> None:
        self._stopping = True
        for process in tuple(self._running):
            asyncio.get_running_loop().remove_reader(process.sentinel)
            process.kill()
            process.join()
        self._running.clear()


# ---------------------------------------------------------------------------------------------- one trial


@dataclass(frozen=True, slots=True)
class Case:
    """What is done in a trial, and where: ``before`` receipts and answers of the thread are not its own."""

    kind: str
    fault: str
    point: Point
    figure: str
    channel: str
    thread: str
    before: int
    by_words: bool

    def came_to(self, *, lost: str = "", doubled: str = "", untold: str = "", reached: bool = True) -> Trial:
        return Trial(self.kind, self.fault, self.point, lost, doubled, untold, reached)


@dataclass
class Row:
    """A receipt as the database has it."""

    number: str
    action: str
    parts: int
    movements: int
    pieces: int


class Bench:
    """People in the workspace, and the database that is looked at."""

    def __init__(self, workspace: LocalWorkspace, store: Store, pair: Pair, chance: random.Random) -> None:
        self.workspace, self.store, self.pair, self.chance = workspace, store, pair, chance
        self.lots = iter(range(1, 100_000))

    async def trial(self, number: int) -> Trial:
        chance, board, faults = self.chance, self.pair.board, self.workspace.faults
        kind, fault = chance.choice(KINDS), chance.choice(tuple(FAULTS))
        phase, point = chance.choice(FAULTS[fault] or (("said", Point.NOWHERE),))
        channel, user = CHANNELS[number % len(CHANNELS)], WHO.get(kind, "U1")
        figure = f"Q{next(self.lots):05}" if kind == "quarantine" else str(chance.randint(1, 9))
        if kind == "count":
            figure = str(chance.randint(100, 9_000))
        by_words = chance.random() < BY_WORDS
        thread, before = "", 0
        if kind in ("undo", "return"):
            thread = await self._say(user, channel, plain("consume", "9"))
            await self._press((await self._answers(channel, thread, 1))[0], user)
            await self._rest()
            before = 1
        if fault == EVENTS:
            faults.duplicate_events(times=chance.randint(1, 2))
            faults.lose_acks(times=chance.randint(0, 1))
        board.point.value = point if phase == "said" else Point.NOWHERE
        said = await self._say(user, channel, plain(kind, figure), thread=thread)
        thread = thread or said
        case = Case(kind, fault, point, figure, channel, thread, before, by_words)
        try:
            card = (await self._answers(channel, thread, before + 1))[before]
        except WaitedTooLongError:
            self._disarm()
            return case.came_to(lost="no card")
        await self._rest()
        reached = self._disarm() if phase == "said" else True
        if phase == "confirmed":
            board.point.value = point
        if fault == EVENTS:
            faults.duplicate_events(times=chance.randint(1, 2))
        await self._confirm(card, user, fault, by_words=by_words)
        await self._rest()
        for _ in range(3):
            # What a person does who sees the card still asking: the click came to nothing, or the shelf had changed.
            if self._button(card) is None:
                break
            await self._press(card, user)
            await self._rest()
        faults.clear()
        reached = reached and (self._disarm() or phase == "said")
        return self._judged(case, reached=reached)

    async def _confirm(self, card: Message, user: str, fault: str, *, by_words: bool) -> None:
        if fault == PRESSES:
            second = MIA if self.chance.random() < 0.6 else user
            hands = [user if n % 2 == 0 else second for n in range(self.chance.randint(2, 4))]
            words = [self._say(user, card.channel, "yes", thread=str(card.thread_ts))] if by_words else []
            await asyncio.gather(*words, *(self._press(card, hand) for hand in hands))
        elif by_words:
            ts = await self._say(user, card.channel, "yes", thread=str(card.thread_ts))
            await self._until_stored(f"msg:{card.channel}:{ts}")
        else:
            await self._press(card, user)

    def _disarm(self) -> bool:
        """Did the process die where it should?"""
        died = self.pair.board.point.value == Point.NOWHERE
        self.pair.board.point.value = Point.NOWHERE
        return died

    async def _say(self, user: str, channel: str, words: str, *, thread: str = "") -> str:
        return await self.workspace.say(
            user, channel, words if thread else f"@Parley {words}", thread_ts=thread or None, wait=False
        )

    def _said(self, channel: str, thread: str) -> list[Message]:
        """What the bot said there, but for that it has a message and answers later: of that nothing is asked here."""
        return [
            m for m in self.workspace.replies(channel, thread_ts=thread) if not m.text.startswith(TROUBLE)
        ]

    async def _answers(self, channel: str, thread: str, count: int) -> list[Message]:
        """What the bot said in the thread, once that is so much; time passes while nothing comes."""
        for left in (2, 1, 0):
            with contextlib.suppress(WaitedTooLongError):
                return await self.workspace.wait_for(
                    lambda: found if len(found := self._said(channel, thread)) >= count else [],
                    timeout=PATIENCE / 3,
                )
            if left:
                self.pair.board.ahead.value += LAPSE
        raise WaitedTooLongError("no card came")

    @staticmethod
    def _button(card: Message) -> tuple[str, str] | None:
        """Action and block of the card's Confirm, while it has one."""
        for block in card.blocks:
            for element in block.get("elements", ()):
                if str(element.get("action_id", "")).startswith("parley.act.confirm:"):
                    return element["action_id"], block["block_id"]
        return None

    async def _press(self, card: Message, user: str) -> None:
        """Presses Confirm; where Slack shows that nobody took it in, again, as people do."""
        for _ in range(3):
            button = self._button(card)
            if button is None:
                return
            try:
                await self.workspace.click(
                    user, action_id=button[0], block_id=button[1], channel=card.channel, ts=card.ts
                )
            except NotAcknowledgedError:
                continue
            except WorkspaceError:
                return  # the card changed under the hand
            else:
                return

    async def _rest(self) -> None:
        """Until nothing is left to do or to send."""
        until, nudge = time.monotonic() + PATIENCE, time.monotonic() + 4
        calm = 0
        while calm < 2:
            await asyncio.sleep(0.02)
            calm = calm + 1 if self._waiting() == 0 else 0
            now = time.monotonic()
            if now > until:
                return  # what is left shows in the verdict
            if now > nudge:
                self.pair.board.ahead.value += LAPSE
                nudge = now + 4

    async def _until_stored(self, event_id: str) -> None:
        """Before that nothing shows that there is anything to wait for."""
        for _ in range(1_500):
            if self._stored(event_id):
                return
            await asyncio.sleep(0.02)

    def _stored(self, event_id: str) -> bool:
        with self.store.reading() as uow:
            query = text("SELECT 1 FROM inbox WHERE event_id = :event_id")
            return uow.connection.execute(query, {"event_id": event_id}).first() is not None

    def _waiting(self) -> int:
        with self.store.reading() as uow:
            row = uow.connection.execute(
                text(
                    "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting')"
                    " + (SELECT count(*) FROM outbox WHERE state = 'waiting')"
                )
            ).scalar_one()
        return int(row)

    # ------------------------------------------------------------------------------------------ looking

    def _judged(self, case: Case, *, reached: bool) -> Trial:
        rows = self._receipts(case.channel, case.thread)[case.before :]
        said = self._said(case.channel, case.thread)[case.before :]
        if not rows:
            return case.came_to(lost=f"no receipt: {said[0].text[:120]!r}", reached=reached)
        row, doubled, untold, lost = rows[0], "", "", ""
        pieces = int(case.figure) if case.kind in MOVING else row.pieces
        if row.parts == 0 and case.kind in (*MOVING, "undo", "quarantine"):
            lost = f"{row.number} has no movements"
        if len(rows) > 1 or row.movements != row.parts or row.pieces != pieces:
            doubled = str(rows)
        shown = [message.text for message in said if _tells(message.text, case.kind, row.number)]
        if not shown:
            untold = f"{row.number} is not shown: {[m.text[:80] for m in said]}"
        # A receipt stands in place of its card, or below it where it was confirmed by words; a hold has its checklist.
        allowed = 1 + case.by_words + (case.kind == "quarantine")
        if len(said) > allowed or len(shown) > 1 + (case.by_words and case.fault == PRESSES):
            doubled += f" {len(said)} messages: {[m.text[:60] for m in said]}"
        if case.kind == "quarantine" and not any(
            "places answered" in m.text or "place answered" in m.text for m in said
        ):
            untold += f" no checklist: {[m.text[:60] for m in said]}"
        if (drafts := self._drafts(case.channel, case.thread) - case.before) != 1:
            doubled += f" {drafts} drafts"
        doubled += self._twice_at_store(case.kind, [m for m in said if "REQ-" in m.text])
        return case.came_to(lost=lost, doubled=doubled, untold=untold, reached=reached)

    def _twice_at_store(self, kind: str, said: Sequence[Message]) -> str:
        """The store's people are told once of each requisition."""
        if kind != "requisition" or not said:
            return ""
        number = next((word.strip("*.,:") for word in said[0].text.split() if word.startswith("REQ-")), "")
        told = [
            m
            for m in self.workspace.messages(STORE)
            if m.from_bot and number in m.text.replace(".", " ").split()
        ]
        return "" if len(told) == 1 else f" {number}: the store was told {len(told)} times"

    def _drafts(self, channel: str, thread: str) -> int:
        query = "SELECT count(*) FROM action_draft WHERE channel = :channel AND thread = :thread"
        with self.store.reading() as uow:
            found = uow.connection.execute(text(query), {"channel": channel, "thread": thread})
            return int(found.scalar_one())

    def _receipts(self, channel: str, thread: str) -> list[Row]:
        query = """
            SELECT r.id, r.action, r.draft_id,
              (SELECT count(*) FROM receipt_movement AS p
                WHERE p.facility_id = r.facility_id AND p.receipt_id = r.id) AS parts
            FROM receipt AS r WHERE r.channel = :channel AND r.thread = :thread ORDER BY r.id"""
        found = []
        with self.store.reading() as uow:
            for row in uow.connection.execute(text(query), {"channel": channel, "thread": thread}):
                draft = row.draft_id if isinstance(row.draft_id, uuid.UUID) else uuid.UUID(bytes=row.draft_id)
                made = uow.connection.execute(
                    text("SELECT count(*), coalesce(sum(quantity), 0) FROM movement WHERE key LIKE :key"),
                    {"key": f"%draft:{draft}:%"},
                ).one()
                found.append(Row(f"R-{row.id}", row.action, row.parts, int(made[0]), int(made[1])))
        return found


def _tells(words: str, kind: str, number: str) -> bool:
    if kind == "requisition":
        return "REQ-" in words and "Confirm" not in words
    return words.startswith("✓") and number in words.replace(".", " ").replace(",", " ").split()
