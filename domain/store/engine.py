"""Engines: one that writes, one that can not; and the translation of what drivers raise into our own errors."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from domain.errors import Conflict, InvalidSetting, StoreUnavailable, SupplyRoomError

BUSY_SECONDS = 10
"""How long SQLite waits for another writer before it says that the database is locked."""

PAGE_CACHE_KIB = 64 * 1024

MAPPED_BYTES = 2 * 1024**3
"""Of SQLite's file that is read where the system keeps it, instead of copied page by page: questions take half the time."""

CHECKPOINT_PAGES = 64 * 1024
"""SQLite's log grows to 256 MB before it is written back: a page that many movements change is then written once."""

READING = "parley_reading"
"""The execution option of connections that refuse to write."""

_MIGRATE = "The database's tables are not those this version expects. Run: parley db upgrade"


def parse_url(url: str) -> URL:
    """The database named by the one setting: ``sqlite:///path/to/file.db`` or ``postgresql://user@host/name``.

    Raises InvalidSetting for anything else. PostgreSQL is always spoken to through psycopg 3.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except ArgumentError:
        raise InvalidSetting(
            "The database setting is no URL; expected sqlite:///path/to/parley.db or postgresql://user@host/name."
        ) from None
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite+pysqlite")
    raise InvalidSetting(
        "The database setting names neither a SQLite file nor a PostgreSQL database; expected "
        f"sqlite:///path/to/parley.db or postgresql://user@host/name, not {parsed.render_as_string()}."
    )


def make_engine(url: URL, *, reading: bool = False) -> Engine:
    """An engine whose transactions are writing ones, or (``reading``) one whose connections refuse to write."""
    engine = _postgres(url, reading=reading) if is_postgres(url) else _sqlite(url, reading=reading)
    event.listen(engine, "handle_error", _translate)
    return engine


def is_postgres(url: URL) -> bool:
    return url.get_backend_name() == "postgresql"


def _sqlite(url: URL, *, reading: bool) -> Engine:
    assert url.database is not None  # noqa: S101 - parse_url has seen to it
    folder = Path(url.database).absolute().parent
    if not folder.is_dir():
        raise StoreUnavailable(f"The database's folder {folder} does not exist.")
    engine = create_engine(
        url, hide_parameters=True, pool_size=8, max_overflow=24, connect_args={"timeout": BUSY_SECONDS},
        execution_options={READING: reading},
    )  # fmt: skip

    def on_connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - the driver's own class
        # Transactions are begun by us, in the mode we choose: the driver would begin late and upgrade in the middle.
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "foreign_keys = ON",
            f"cache_size = -{PAGE_CACHE_KIB}",
            f"mmap_size = {MAPPED_BYTES}",
            f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
            "temp_store = FILE",
            f"query_only = {'ON' if reading else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    def on_begin(connection: Connection) -> None:
        # A writing unit takes the write lock at once: two that read first and write later would both fail.
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - the driver's own class
        if driver.in_transaction:
            return  # begun on the driver itself
        try:
            driver.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise translated_error(error) or StoreUnavailable("The database refused to work.") from error

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def _postgres(url: URL, *, reading: bool) -> Engine:
    # A reading unit sees one moment of the database however many queries it asks; a writing one locks rows in key order.
    # Compiling a question (jit) costs the server a second; answering it takes some ten milliseconds.
    options = (
        "-c timezone=UTC -c jit=off -c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read"
        if reading
        else "-c timezone=UTC -c jit=off -c lock_timeout=10s"
    )
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
        connect_args={"options": options, "connect_timeout": 10, "application_name": "parley"},
        execution_options={READING: reading},
    )


def _translate(context: ExceptionContext) -> SupplyRoomError | None:
    """Gives the driver's failure its name in our tree. Refused writes (constraints, triggers) stay as they are."""
    error = context.original_exception
    if context.is_pre_ping:
        return None  # the pool makes a new connection, and only that one's failure is one
    if isinstance(error, SupplyRoomError):  # a column type refused a value
        return type(error)(*error.args)
    return translated_error(error)


def translated_error(error: BaseException) -> SupplyRoomError | None:
    """Our error for what a driver raised; None where it is a refused row, which only the caller can explain."""
    if isinstance(error, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure):
        return Conflict(
            "Somebody else changed the same stock at the same moment. Nothing was written; try again."
        )
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return StoreUnavailable(_MIGRATE)
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return StoreUnavailable("The database is locked by another program for too long. Try again.")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreUnavailable(
            "The database server does not answer. Is it running, and is the database URL right?"
        )
    if isinstance(error, sqlite3.OperationalError):
        return StoreUnavailable(_sqlite_sentence(str(error)))
    if type(error) is sqlite3.DatabaseError:
        return StoreUnavailable("The database file is damaged or is no SQLite database.")
    return None


def _sqlite_sentence(message: str) -> str:
    if "locked" in message or "busy" in message:
        return "The database is locked by another program for too long. Try again."
    if message.startswith(("no such table", "no such column")) or "has no column" in message:
        return _MIGRATE
    if "full" in message:
        return "The disk of the database is full."
    if "readonly" in message:
        return "The database can not be written: its file or folder is read-only."
    if "unable to open" in message:
        return (
            "The database file can not be opened. Does its folder exist, and may this user read and write it?"
        )
    return f"The database refused to work: {message}."
