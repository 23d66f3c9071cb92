"""Threads, what Slack told us, what we tell it, and the claims of scheduled jobs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from domain.model.ids import FacilityId, PersonId
from domain.model.job import JobRun


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

    def replace(self, row: OutboxRow) -> bool:
        """What waits under the row's key says this instead; False where nothing waits there. What is being sent just now may still
        be sent as it was."""
        ...

    def given_up(self, keys: Collection[str]) -> frozenset[str]:
        """Those of them that were set aside."""
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
    """One row a run of a scheduled job at a facility (or WHOLE_HOUSE): the row is the claim, so that a run happens once whatever
    processes there are."""

    def know(self, job: str, facility_id: FacilityId, *, now: datetime) -> None:
        """The job is there from now on: what was due before is not owed."""
        ...

    def claim(
        self,
        job: str,
        facility_id: FacilityId,
        *,
        scheduled_for: datetime,
        worker: str,
        now: datetime,
        lease_until: datetime,
    ) -> JobRun | None:
        """The run, as this worker's; None where another has it or it was done. Takes over what died or failed and is due again."""
        ...

    def extend(self, run: JobRun, *, lease_until: datetime) -> bool:
        """Still at work; False where another has taken it. So do the next two, which then change nothing."""
        ...

    def finish(self, run: JobRun, *, now: datetime, outcome: str) -> bool: ...

    def fail(self, run: JobRun, *, now: datetime, failure: str, retry_at: datetime | None) -> bool:
        """``failure`` is the error's name; without ``retry_at`` it is given up."""
        ...

    def latest(self) -> Mapping[tuple[str, FacilityId], datetime]:
        """The newest scheduled moment of each job and facility that is known."""
        ...

    def unfinished(self, *, now: datetime) -> list[JobRun]:
        """Those whose worker died, and failed ones that are due again."""
        ...

    def last_of_each(self) -> list[JobRun]: ...

    def history(self, *, jobs: Collection[str] = (), failed: bool = False, limit: int = 50) -> list[JobRun]:
        """Newest first."""
        ...

    def forget_before(self, moment: datetime, *, jobs: Collection[str] = ()) -> int:
        """Runs of these jobs that went well, or of any with all; never the newest of one."""
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
