"""One transaction with all its repositories, and the store that opens them."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from domain import ports
from domain.errors import StoreUnavailable
from domain.store.acting import SqlDrafts, SqlReceipts, SqlSubscriptions, SqlTrail
from domain.store.alerting import SqlAlerts
from domain.store.ask_queries import SqlQuestions
from domain.store.audit import SqlAudit
from domain.store.catalogue import SqlCatalogue
from domain.store.charging import SqlCharging
from domain.store.conversation import SqlInbox, SqlOutbox, SqlThreads
from domain.store.cycles import SqlCycleCounts
from domain.store.database import Database, Memory
from domain.store.engine import make_engine, parse_url
from domain.store.hospital import SqlCharges, SqlPeople, SqlPlaces
from domain.store.job_book import SqlJobBook, SqlJobRuns
from domain.store.ledger import SqlLedger
from domain.store.loading import SqlLoading
from domain.store.lots import SqlLots
from domain.store.migrate import require_head
from domain.store.ordering import SqlPurchaseOrders
from domain.store.pars import SqlPars
from domain.store.readings import SqlCandidates, SqlReadings
from domain.store.recalling import SqlRecalls
from domain.store.requisitions import SqlHolds, SqlRequisitions
from domain.store.scanning import SqlEnrolments
from domain.store.sealed import SqlSealedRows
from domain.store.spending import SqlSpending
from domain.store.stock import SqlStock, SqlUsage
from domain.store.vocabulary import SqlReadAloud, SqlVocabulary


class SqlUnitOfWork:
    """Enter it once. What was not committed is rolled back at the end."""

    catalogue: ports.Catalogue
    places: ports.Places
    people: ports.People
    charges: ports.Charges
    lots: ports.Lots
    ledger: ports.Ledger
    stock: ports.Stock
    usage: ports.Usage
    pars: ports.Pars
    questions: ports.Questions
    loading: ports.Loading
    audit: ports.LedgerAudit
    threads: ports.Threads
    inbox: ports.Inbox
    outbox: ports.Outbox
    readings: ports.Readings
    candidates: ports.Candidates
    job_runs: ports.JobRuns
    drafts: ports.Drafts
    receipts: ports.Receipts
    requisitions: ports.Requisitions
    holds: ports.Holds
    subscriptions: ports.Subscriptions
    trail: ports.Trail
    charging: ports.Charging
    sealed: ports.SealedRows
    vocabulary: ports.Vocabulary
    read_aloud: ports.ReadAloud
    alerts: ports.Alerts
    job_book: ports.JobBook
    orders: ports.PurchaseOrders
    enrolments: ports.Enrolments
    recalls: ports.Recalls
    cycle_counts: ports.CycleCounts
    spending: ports.Spending

    def __init__(self, engine: Engine, memory: Memory) -> None:
        self._engine = engine
        self._memory = memory
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        try:
            self._connection = self._engine.connect()
        except PoolTimeoutError as error:
            raise StoreUnavailable("All connections to the database are busy. Try again.") from error
        self._db = database = Database(self._connection, self._memory)
        self.catalogue = SqlCatalogue(database)
        self.places = SqlPlaces(database)
        self.people = SqlPeople(database)
        self.charges = SqlCharges(database)
        self.lots = SqlLots(database)
        self.ledger = SqlLedger(database)
        self.stock = SqlStock(database)
        self.usage = SqlUsage(database)
        self.pars = SqlPars(database)
        self.questions = SqlQuestions(database.connection)
        self.loading = SqlLoading(database)
        self.audit = SqlAudit(database)
        self.threads = SqlThreads(database)
        self.inbox = SqlInbox(database)
        self.outbox = SqlOutbox(database)
        self.readings = SqlReadings(database)
        self.candidates = SqlCandidates(database)
        self.job_runs = SqlJobRuns(database)
        self.drafts = SqlDrafts(database)
        self.receipts = SqlReceipts(database)
        self.requisitions = SqlRequisitions(database)
        self.holds = SqlHolds(database)
        self.subscriptions = SqlSubscriptions(database)
        self.trail = SqlTrail(database)
        self.charging = SqlCharging(database)
        self.sealed = SqlSealedRows(database)
        self.vocabulary = SqlVocabulary(database)
        self.read_aloud = SqlReadAloud(database)
        self.alerts = SqlAlerts(database)
        self.job_book = SqlJobBook(database)
        self.orders = SqlPurchaseOrders(database)
        self.enrolments = SqlEnrolments(database)
        self.recalls = SqlRecalls(database)
        self.cycle_counts = SqlCycleCounts(database)
        self.spending = SqlSpending(database)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()  # which rolls back
            self._connection = None

    def commit(self) -> None:
        self._entered()
        self._db.commit()

    @property
    def connection(self) -> Connection:
        """For what stands in ``domain.store`` itself: search, checks."""
        return self._entered()

    def _entered(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("A unit of work is entered before it is used.")
        return self._connection


class Store:
    """An open database. ``transactions`` opens units of work; one store serves all threads of a process."""

    def __init__(self, url: str) -> None:
        self._url = parse_url(url)
        self._memory = Memory()
        self._engine = make_engine(self._url)
        self._reading_engine = make_engine(self._url, reading=True)
        self._checked = False
        self._lock = threading.Lock()

    @property
    def transactions(self) -> ports.Transactions:
        return self

    @property
    def url_safe(self) -> str:
        """The database's URL with its password masked: fit for logs."""
        return self._url.render_as_string(hide_password=True)

    def begin(self) -> SqlUnitOfWork:
        self._check_once()
        return SqlUnitOfWork(self._engine, self._memory)

    def reading(self) -> SqlUnitOfWork:
        self._check_once()
        return SqlUnitOfWork(self._reading_engine, self._memory)

    def check(self) -> None:
        """Raises StoreUnavailable, with what to do, where the database does not answer or has other tables than needed."""
        with self._reading_engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            require_head(connection)
        self._checked = True

    def close(self) -> None:
        self._engine.dispose()
        self._reading_engine.dispose()

    def _check_once(self) -> None:
        if not self._checked:
            with self._lock:
                if not self._checked:
                    self.check()


def open_store(url: str) -> Store:
    """Opens the database named by the setting. It is reached at the first use; ``check`` says early what is wrong.

    Raises InvalidSetting for a URL that names no SQLite file and no PostgreSQL database.
    """
    return Store(url)
