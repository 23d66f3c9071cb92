"""One transaction, and where it comes from."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from domain.ports.acting import Charging, Drafts, Holds, Receipts, Requisitions, Subscriptions, Trail
from domain.ports.alerting import Alerts, JobBook
from domain.ports.bulk import LedgerAudit, Loading
from domain.ports.conversation import Candidates, Inbox, JobRuns, Outbox, Readings, SealedRows, Threads
from domain.ports.cycles import CycleCounts
from domain.ports.ordering import PurchaseOrders
from domain.ports.questions import Questions
from domain.ports.recalling import Recalls
from domain.ports.rows import Catalogue, Charges, Ledger, Lots, Pars, People, Places, Stock, Usage
from domain.ports.scanning import Enrolments
from domain.ports.spending import Spending
from domain.ports.vocabulary import ReadAloud, Vocabulary


class UnitOfWork(Protocol):
    """One transaction. Leaves nothing behind unless ``commit`` was called; only use cases and the bot's post office call it."""

    catalogue: Catalogue
    places: Places
    people: People
    charges: Charges
    lots: Lots
    ledger: Ledger
    stock: Stock
    usage: Usage
    pars: Pars
    questions: Questions
    loading: Loading
    audit: LedgerAudit
    threads: Threads
    inbox: Inbox
    outbox: Outbox
    readings: Readings
    candidates: Candidates
    job_runs: JobRuns
    drafts: Drafts
    receipts: Receipts
    requisitions: Requisitions
    holds: Holds
    subscriptions: Subscriptions
    trail: Trail
    charging: Charging
    sealed: SealedRows
    alerts: Alerts
    job_book: JobBook
    orders: PurchaseOrders
    enrolments: Enrolments
    recalls: Recalls
    cycle_counts: CycleCounts
    spending: Spending
    vocabulary: Vocabulary
    read_aloud: ReadAloud

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def commit(self) -> None: ...


class Transactions(Protocol):
    """Opens units of work. ``reading`` promises not to write: SQLite then takes no write lock."""

    def begin(self) -> UnitOfWork: ...

    def reading(self) -> UnitOfWork: ...
