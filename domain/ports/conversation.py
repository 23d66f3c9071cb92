"""Threads, what Slack told us, what we tell it, and the claims of scheduled jobs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from domain.model.ids import (
    PersonId,
)


@dataclass(frozen=True, slots=True)
class ThreadState:
    """What a thread is about. ``state`` is JSON made by ``bot.dialogue``; it holds no patient identifier."""

    channel: str
    thread: str
    person_id: PersonId | None
    state: str
    updated_at: datetime


class Threads(Protocol):
    def get(self, channel: str, thread: str) -> ThreadState | None: ...

    def put(self, state: ThreadState) -> None: ...

    def forget_before(self, moment: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One thing Slack told us. ``payload`` is sealed: it may hold what a person typed. ``attempts`` counts claims."""

    event_id: str
    kind: str
    payload: bytes
    received_at: datetime
    attempts: int = 0


class Inbox(Protocol):
    def receive(self, row: InboxRow) -> bool:
        """Stores it before the acknowledgement; False where this event_id is there already."""
        ...

    def claim(self, *, worker: str, now: datetime, lease_until: datetime, limit: int = 10) -> list[InboxRow]:
        """Takes rows nobody works on (or whose lease ran out), oldest first; two workers never get the same row."""
        ...

    def claim_one(
        self, event_id: str, *, worker: str, now: datetime, lease_until: datetime
    ) -> InboxRow | None:
        """Takes exactly this row, if nobody works on it."""
        ...

    def done(self, event_id: str, *, now: datetime) -> None:
        """Finished: the payload is erased, the event_id stays against repeats."""
        ...

    def failed(self, event_id: str, *, now: datetime, support_code: str, retry_at: datetime | None) -> None:
        """Not finished; without ``retry_at`` it is set aside for the operator."""
        ...

    def forget_before(self, moment: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One call of Slack's Web API to be made. ``key`` is unique: the same reply is stored once.

    ``method`` is e.g. "chat.postMessage"; ``body`` its JSON arguments; ``channel`` orders and paces the sending.
    ``blob`` is a file's bytes for uploads.
    """

    key: str
    channel: str
    method: str
    body: str
    created_at: datetime
    blob: bytes = b""
    attempts: int = 0
    not_before: datetime | None = None


class Outbox(Protocol):
    def put(self, row: OutboxRow) -> bool:
        """Stores it in this unit of work; False where the key is there already."""
        ...

    def claim(self, *, worker: str, now: datetime, lease_until: datetime, limit: int = 50) -> list[OutboxRow]:
        """Takes what is due, oldest first, never two processes the same row, and of one channel only what is next in order."""
        ...

    def sent(self, key: str, *, now: datetime, ts: str) -> None: ...

    def failed(self, key: str, *, now: datetime, error: str, retry_at: datetime | None) -> None:
        """``retry_at`` None gives up: the row stays for the operator."""
        ...

    def waiting(self) -> Mapping[str, int]:
        """Rows by state, for doctor and metrics."""
        ...

    def forget_before(self, moment: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """What one message was understood as, for the buttons below its reply. ``sealed`` holds what a person typed."""

    id: str
    sealed: bytes
    made_at: datetime
    settled_at: datetime | None = None


class Readings(Protocol):
    def put(self, row: ReadingRow) -> bool:
        """False where this id is there already: the same message, worked on twice."""
        ...

    def get(self, id: str) -> ReadingRow | None: ...

    def settle(self, id: str, *, now: datetime) -> bool:
        """Somebody chose. False where it was settled before, or is not there: of two clicks one gets True."""
        ...

    def forget_before(self, moment: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class LabelledSpan:
    """A labelled piece of a text: characters ``start`` to ``end``; ``role`` is "source" or "destination" on a location."""

    entity: str
    start: int
    end: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message that was misunderstood, and what its author chose instead: a person labels it before anything learns from it.

    ``text`` and ``note`` hold no patient, case, provider or long number, only the names of the labels in their stead; they are
    empty where that was not certain. Nobody who wrote it, nowhere, no time of day: ``day`` is all.
    """

    text: str
    spans: tuple[LabelledSpan, ...]
    understood: str
    confidence: float
    chosen: str
    note: str
    model: str
    day: date


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A stored candidate; ``exported_on`` None while nobody took it for labelling."""

    id: int
    candidate: Candidate
    exported_on: date | None


class Candidates(Protocol):
    def put(self, candidate: Candidate) -> None: ...

    def since(self, day: date | None, *, exported: bool) -> list[CandidateRow]:
        """Those of ``day`` and later (None: all), oldest first; with the exported ones too where asked."""
        ...

    def mark_exported(self, ids: Collection[int], *, day: date) -> int:
        """How many were not marked before."""
        ...

    def forget_before(self, day: date) -> int: ...


class JobRuns(Protocol):
    """One row a run of a scheduled job: the row is the claim, so that a run happens once whatever processes there are."""

    def claim(self, job: str, *, scheduled_for: datetime, worker: str, now: datetime) -> bool:
        """False where this run is claimed already."""
        ...

    def finish(self, job: str, *, scheduled_for: datetime, now: datetime, failure: str) -> None:
        """``failure`` is the error's name, empty when it went well."""
        ...


class SealedKind(StrEnum):
    """What else is sealed than encounters: it lives for minutes to weeks."""

    INBOX = "inbox"
    OUTBOX = "outbox"
    ATTACHMENT = "attachment"
    READING = "reading"


class SealedRows(Protocol):
    def reseal(
        self,
        kind: SealedKind,
        seal: Callable[[bytes], bytes | None],
        *,
        after: str | int | None = None,
        limit: int = 200,
    ) -> str | int | None:
        """Replaces what is sealed in the next ``limit`` rows by what ``seal`` makes of it (None leaves it); gives the last row's
        key, None when there are no more. What was finished or replaced meanwhile stays as it is."""
        ...
