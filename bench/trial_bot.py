"""The bot process of ``bench.trials``: what production runs, but for the language, and but for dying when it is told to.

Nothing in production knows of it: the store's own classes and the Slack client are wrapped here, and at the point that the board
names the process kills itself as ``kill -9`` does, with no goodbye to anybody.
"""

from __future__ import annotations

import asyncio
import functools
import multiprocessing
import os
import re
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Protocol

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bench.composition import labelled
from bot import logs
from bot.dialogue.acting.acts import Acts
from bot.dialogue.converse import Dialogue
from bot.listeners import open_app, open_post_office
from bot.outbox import slack_client
from bot.understanding.meaning import Meaning
from bot.vault import FernetVault
from bot.views.acting.blocks import BlockViews
from bot.views.home import Glance
from domain.model.ids import PlaceId
from domain.model.person import Person
from domain.model.place import PlaceTree
from domain.store import open_store
from domain.store.acting import SqlDrafts, SqlReceipts, SqlTrail
from domain.store.conversation import SqlInbox, SqlOutbox
from domain.store.search.items import ItemIndex
from domain.store.search.places import PlaceIndex
from domain.store.unit_of_work import SqlUnitOfWork
from tests.unit.acting.house import CENTRAL, CENTRAL_A, ITEMS, KEY, PLACES

STORE = "C0STORE001"
"""Where the store's people are told of requisitions and holds."""


class Point(IntEnum):
    """Where a process dies. The number is written on the board."""

    NOWHERE = 0
    UNSTORED = 1  # what was said or pressed has come, and is not stored
    STORED = 2
    BEFORE_DRAFT = 3
    AFTER_DRAFT = 4
    POSTING_MOVED = 5
    POSTING_NUMBERED = 6
    POSTING_TRAILED = 7
    POSTING_COMMIT = 8
    COMMITTED = 9
    REPLY_STORED = 10
    SENT = 11  # Slack has it, and it is not marked


@dataclass(frozen=True, slots=True)
class Spec:
    """What a process is told."""

    database: str
    api_url: str
    bot_token: str
    app_token: str
    log: Path


class Shared[T](Protocol):
    """A number in memory that several processes see."""

    value: T


@dataclass(frozen=True, slots=True)
class Board:
    """Shared by all processes: where the next one that comes by dies, and how many seconds their clocks are ahead.

    Without locks: a process that dies would hold one for ever.
    """

    point: Shared[int]
    ahead: Shared[float]


@dataclass(frozen=True, slots=True)
class BoardClock:
    board: Board

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.board.ahead.value)


# ---------------------------------------------------------------------------------------------- language

_FROM = '[central]{"entity":"location","role":"source"}'
_TO = '[PACU]{"entity":"location","role":"destination"}'
SENTENCES: Mapping[str, tuple[str, str]] = {
    "consume": ("used [§](quantity) [16 fr](size) [foleys](item) for [C-991](case)", "consume"),
    "transfer": (f"move [§](quantity) [leg bags](item) from {_FROM} to {_TO}", "transfer"),
    "receive": (
        "got [§](quantity) [chest tubes](item), lot [CT99](lot), expires [06/2048](window)",
        "receive",
    ),
    "waste": ("dropped [§](quantity) [silk](item) in [ICU](location)", "waste"),
    "count": ("count [ICU](location) [gauze](item) [§](quantity)", "count"),
    "return": ("returned [§](quantity) [16 fr](size) [foleys](item) from [C-991](case)", "transfer"),
    "requisition": ("send us [§](quantity) [leg bags](item)", "requisition"),
    "quarantine": ("pull lot [§](lot), recalled", "quarantine"),
    "undo": ("undo that", "undo"),
}
"""What is said of each kind, labelled; § is the figure, or the lot."""


def plain(kind: str, figure: str) -> str:
    """What a person types."""
    marked, intent = SENTENCES[kind]
    return labelled(marked.replace("§", figure), intent=intent).text


class Language:
    """Labels the sentences of the trials, surely; anything else is out of scope."""

    def __init__(self) -> None:
        self._known = [
            (
                re.compile(re.escape(labelled(marked, intent=intent).text).replace("§", r"(\S+)")),
                marked,
                intent,
            )
            for marked, intent in SENTENCES.values()
        ]

    async def parse(self, text: str) -> Meaning:
        for pattern, marked, intent in self._known:
            found = pattern.fullmatch(text)
            if found is not None:
                figure = found.group(1) if "§" in marked else ""
                return labelled(marked.replace("§", figure), intent=intent)
        return Meaning(text, "out_of_scope", 0.9)


class Channels:
    """Central supply has one."""

    def of(self, place_id: PlaceId) -> str:
        return STORE if place_id in (CENTRAL, CENTRAL_A) else ""


# ---------------------------------------------------------------------------------------------- dying


def _nothing() -> None:
    """What is wrapped about, where there is nothing to do."""


class Deaths:
    """Wraps what leads past each point. ``_notes`` is what the unit of work of this thread has written so far."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._notes = threading.local()

    def at(self, point: Point) -> None:
        """Dies here, where that is what the board says."""
        if self._board.point.value == point:
            self._board.point.value = Point.NOWHERE
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(self) -> None:
        """From now on the process is mortal."""
        unit = SqlUnitOfWork
        self._wrap(SqlInbox, "receive", after=lambda: self._note("letter"))
        self._wrap(
            SqlDrafts, "add", before=lambda: self.at(Point.BEFORE_DRAFT), after=lambda: self._note("draft")
        )
        self._wrap(SqlReceipts, "add", before=lambda: self.at(Point.POSTING_MOVED), after=self._numbered)
        self._wrap(SqlTrail, "add", after=self._trailed)
        self._wrap(SqlOutbox, "put", after=lambda: self._note("reply"))
        self._wrap(unit, "commit", before=self._committing, after=self._committed)
        self._wrap(unit, "__exit__", after=lambda: self._written().clear())

    def mortal(self, client: AsyncWebClient) -> None:
        """Dies when Slack has taken a card or a receipt, before anything of that is written down."""
        call = client.api_call

        @functools.wraps(call)
        async def wrapped(api_method: str, **more: object) -> AsyncSlackResponse:
            answer = await call(api_method, **more)  # type: ignore[arg-type]  # handed on as it came
            if api_method in ("chat.postMessage", "chat.update"):
                self.at(Point.SENT)
            return answer

        client.api_call = wrapped  # type: ignore[method-assign]

    @staticmethod
    def _wrap(
        owner: type, name: str, *, before: Callable[[], None] = _nothing, after: Callable[[], None] = _nothing
    ) -> None:
        call = getattr(owner, name)

        @functools.wraps(call)
        def wrapped(*given: object, **named: object) -> object:
            before()
            done = call(*given, **named)
            after()
            return done

        setattr(owner, name, wrapped)

    def _written(self) -> set[str]:
        held: set[str] | None = getattr(self._notes, "held", None)
        if held is None:
            held = self._notes.held = set()
        return held

    def _note(self, what: str) -> None:
        self._written().add(what)

    def _numbered(self) -> None:
        self._note("receipt")
        self.at(Point.POSTING_NUMBERED)

    def _trailed(self) -> None:
        if "receipt" in self._written():
            self.at(Point.POSTING_TRAILED)

    def _committing(self) -> None:
        written = self._written()
        for what, point in (("letter", Point.UNSTORED), ("receipt", Point.POSTING_COMMIT)):
            if what in written:
                self.at(point)

    def _committed(self) -> None:
        written = set(self._written())
        self._written().clear()
        for what, point in (
            ("letter", Point.STORED),
            ("draft", Point.AFTER_DRAFT),
            ("receipt", Point.COMMITTED),
            ("reply", Point.REPLY_STORED),
        ):
            if what in written:
                self.at(point)


# ---------------------------------------------------------------------------------------------- the process


async def _nothing_known(person: Person, today: date) -> Glance:
    return Glance(name=person.name, unit="")


def run(spec: Spec, board: Board) -> None:
    """The process: until it is killed, or whoever started it is gone."""
    with spec.log.open("ab") as log:
        os.dup2(log.fileno(), 2)
    logs.configure(level="INFO", json_lines=True)
    asyncio.run(_serve(spec, board))


async def _serve(spec: Spec, board: Board) -> None:
    deaths = Deaths(board)
    deaths.arm()
    store, vault, clock = open_store(spec.database), FernetVault(KEY), BoardClock(board)
    items, places = ItemIndex(ITEMS), PlaceIndex(PlaceTree(PLACES))
    acts = Acts(
        transactions=store.transactions, items=items, places=places, vault=vault, clock=clock, views=BlockViews(),
        channels=Channels(),
    )  # fmt: skip
    dialogue = Dialogue(
        language=Language(), transactions=store.transactions, items=items, places=places, clock=clock, acting=acts
    )  # fmt: skip
    async with aiohttp.ClientSession() as session:
        client = slack_client(token=spec.bot_token, base_url=spec.api_url, session=session)
        deaths.mortal(client)
        office = open_post_office(
            talk=dialogue,
            glance=_nothing_known,
            transactions=store.transactions,
            vault=vault,
            clock=clock,
            client=client,
            poll=0.1,
            warm=False,
            acting=acts,
        )
        app = open_app(client, office.deps)
        await office.start()
        handler = AsyncSocketModeHandler(app, spec.app_token, ping_interval=2)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
        await _orphaned()


async def _orphaned() -> None:
    """Until the process that started this one is gone."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 - this is started by another one
    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(parent.sentinel, gone.set)
    await gone.wait()
