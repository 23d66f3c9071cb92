"""What the repositories of one unit of work share: its connection, its dialect, and what the process remembers."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol, cast

import psycopg
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError

from domain.errors import Conflict
from domain.model.ids import FacilityId, ItemId, PlaceId
from domain.model.item import Item
from domain.model.place import Facility, Place, PlaceKind, PlaceTree
from domain.store import tables
from domain.store.engine import READING, translated_error

CATALOGUE = "catalogue"
REMEMBERED_ITEMS = 4_000


@dataclass
class Memory:
    """What a process remembers of the catalogue, valid for one revision. Shared by all its threads."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    places_revision: int = -1
    tree: PlaceTree = field(default_factory=lambda: PlaceTree(()))
    facilities: dict[FacilityId, Facility] = field(default_factory=dict)
    facility_of: dict[PlaceId, FacilityId] = field(default_factory=dict)
    unit_of: dict[PlaceId, PlaceId] = field(default_factory=dict)
    items_revision: int = -1
    items: dict[ItemId, Item] = field(default_factory=dict)


class Cursor(Protocol):
    """What both drivers' cursors share, as far as it is used."""

    @property
    def rowcount(self) -> int: ...

    def execute(self, statement: str, values: Sequence[object], /) -> object: ...

    def executemany(self, statement: str, values: Sequence[Sequence[object]], /) -> object: ...

    def fetchall(self) -> list[tuple[Any, ...]]: ...


class Refusal(Exception):  # noqa: N818 - it never leaves the store
    """A constraint refused a row; ``constraint`` is its name or kind, without any value; ``table`` as PostgreSQL tells it."""

    def __init__(self, error: sqlite3.IntegrityError | psycopg.IntegrityError) -> None:
        self.constraint = constraint_of(error)
        self.is_foreign_key = "foreign key" in str(error).lower()
        self.table = error.diag.table_name if isinstance(error, psycopg.Error) else None
        super().__init__(self.constraint)


class Database:
    """One connection in one transaction; begun by the first statement."""

    def __init__(self, connection: Connection, memory: Memory) -> None:
        self.connection = connection
        self.memory = memory
        self.is_postgres = connection.dialect.name == "postgresql"
        self.is_reading = bool(connection.get_execution_options().get(READING))
        self._driver: DBAPIConnection | None = None
        self._revision: int | None = None
        self._changed_catalogue = False
        self._own_places: tuple[PlaceTree, dict[FacilityId, Facility]] | None = None

    # ------------------------------------------------------------------------------------------ statements

    def among(self, column: Column[int] | ColumnElement[int], values: Collection[int]) -> ColumnElement[bool]:
        """``column`` is one of ``values``: one parameter however many they are, so that the statement stays the same."""
        if self.is_postgres:
            array = bindparam(None, list(values), type_=postgresql.ARRAY(BigInteger))
            return column == any_(array)
        listed = func.json_each(json.dumps(list(values))).table_valued("value")
        return column.in_(select(listed.c.value))

    def run(self, statement: str, values: Sequence[tuple[object, ...]]) -> Cursor:
        """Runs a statement on the driver itself, once for each of ``values``: the ledger's road, where SQLAlchemy's own work
        would take longer than the database's. Raises Refusal for a row that a constraint refuses, else as any statement.

        On PostgreSQL the statement takes all values at once, as arrays, and is run once.
        """
        try:
            driver = self._begun()
            cursor = cast("Cursor", driver.cursor())
            if self.is_postgres or len(values) == 1:
                cursor.execute(statement, values[0])
            else:
                cursor.executemany(statement, values)
        except (sqlite3.Error, psycopg.Error) as error:
            if isinstance(error, sqlite3.IntegrityError | psycopg.IntegrityError):
                raise Refusal(error) from None
            translated = translated_error(error)
            if translated is None:
                raise
            raise translated from error
        return cursor

    def _begun(self) -> DBAPIConnection:
        """The driver's connection in a transaction, which psycopg begins by itself. SQLAlchemy needs not know of it."""
        driver = self._driver
        if driver is None:
            driver = cast("DBAPIConnection", self.connection.connection.driver_connection)
            self._driver = driver
        if isinstance(driver, sqlite3.Connection) and not driver.in_transaction:
            driver.execute("BEGIN IMMEDIATE")
        return driver

    def commit(self) -> None:
        try:
            if self.connection.in_transaction():
                self.connection.commit()
            elif self._driver is not None:
                self._driver.commit()
        except (sqlite3.Error, psycopg.Error) as error:
            raise translated_error(error) or error from error
        self._changed_catalogue, self._revision, self._own_places = False, None, None

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An INSERT that knows ON CONFLICT."""
        return postgresql.insert(table) if self.is_postgres else sqlite.insert(table)

    def insert_many(self, table: Table, rows: Iterable[dict[str, object]], *, chunk: int = 5_000) -> int:
        """Plain INSERTs in chunks; gives the number of rows. Raises Conflict where the database refuses one."""
        statement, count = table.insert(), 0
        for part in chunked(rows, chunk):
            try:
                self.connection.execute(statement, part)
            except IntegrityError as error:
                raise refused(table, error) from error
            count += len(part)
        return count

    # ------------------------------------------------------------------------------------------ catalogue

    def revision(self) -> int:
        """The catalogue's revision as this transaction sees it."""
        if self._revision is None:
            found = self.connection.execute(_REVISION).scalar()
            self._revision = 0 if found is None else int(found)
        return self._revision

    def catalogue_changed(self) -> None:
        """Raises the revision: every process that remembers items or places reads them anew."""
        self._own_places = None
        if self._changed_catalogue:
            return
        table = tables.revision
        statement = self.insert(table).values(name=CATALOGUE, value=1)
        self.connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_={"value": table.c.value + 1})
        )
        self._changed_catalogue, self._revision = True, None

    @property
    def may_remember(self) -> bool:
        """False in a unit that changed the catalogue: what it sees may yet be rolled back."""
        return not self._changed_catalogue

    # ------------------------------------------------------------------------------------------ places

    def places(self) -> tuple[PlaceTree, dict[FacilityId, Facility]]:
        memory = self.memory
        if not self.may_remember:
            if self._own_places is None:
                self._own_places = self._read_places()
            return self._own_places
        revision = self.revision()
        with memory.lock:
            if memory.places_revision != revision:
                memory.tree, memory.facilities = self._read_places()
                memory.facility_of = {place.id: place.facility_id for place in memory.tree}
                memory.unit_of = {place.id: memory.tree.unit_of(place.id).id for place in memory.tree}
                memory.places_revision = revision
            return memory.tree, memory.facilities

    def facility_ids(self, places: Collection[PlaceId] | None = None) -> list[FacilityId]:
        """The facilities of the places (unknown ones are left out), or all: keys of operational tables begin with them."""
        tree, facilities = self.places()
        if places is None:
            return sorted(facilities)
        return sorted({tree.get(place_id).facility_id for place_id in places if place_id in tree})

    def facility_of(self, place_id: PlaceId) -> FacilityId:
        """Raises UnknownPlace. A place never moves to another facility, so what is remembered holds at any revision."""
        facility_id = self.memory.facility_of.get(place_id)
        if facility_id is None:
            tree, _ = self.places()
            facility_id = tree.get(place_id).facility_id
        return facility_id

    def unit_of(self, place_id: PlaceId) -> PlaceId:
        """As ``PlaceTree.unit_of``. Raises UnknownPlace. Whoever moves a place to another unit rebuilds what is summed by unit."""
        unit_id = self.memory.unit_of.get(place_id)
        if unit_id is None:
            tree, _ = self.places()
            unit_id = tree.unit_of(place_id).id
        return unit_id

    def _read_places(self) -> tuple[PlaceTree, dict[FacilityId, Facility]]:
        aliases: dict[int, list[str]] = {}
        alias = tables.place_alias
        for place_id, text in self.connection.execute(
            select(alias.c.place_id, alias.c.alias).order_by(alias.c.place_id, alias.c.rank)
        ):
            aliases.setdefault(place_id, []).append(text)
        tree = PlaceTree(
            Place(
                id=row.id,
                facility_id=row.facility_id,
                parent_id=row.parent_id,
                kind=PlaceKind(row.kind),
                name=row.name,
                aliases=tuple(aliases.get(row.id, ())),
                order=row.order,
                floor=row.floor,
                x=row.x,
                y=row.y,
                cost_centre_id=row.cost_centre_id,
            )
            for row in self.connection.execute(select(tables.place).order_by(tables.place.c.id))
        )
        facilities = {
            FacilityId(row.id): Facility(
                id=FacilityId(row.id),
                place_id=PlaceId(row.place_id),
                name=row.name,
                timezone=row.timezone,
                currency=row.currency,
            )
            for row in self.connection.execute(select(tables.facility).order_by(tables.facility.c.id))
        }
        return tree, facilities


_REVISION: Select[tuple[int]] = select(tables.revision.c.value).where(tables.revision.c.name == CATALOGUE)


def chunked[T](rows: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        yield part


def refused(table: Table, error: IntegrityError) -> Conflict:
    """The sentence for a row that a constraint refused. The row itself is never repeated: it may name a patient."""
    return Conflict(f"The database refused a row of {table.name}: {constraint_of(error.orig)}.")


def constraint_of(error: BaseException | None) -> str:
    """The name of what refused it, without any value."""
    if isinstance(error, psycopg.Error):
        return str(error.diag.constraint_name or error.diag.message_primary)
    return str(error)
