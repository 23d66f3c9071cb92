"""What people set right of what was heard."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from domain.ports.vocabulary import Misheard
from domain.store import tables
from domain.store.database import Database


class SqlVocabulary:
    def __init__(self, database: Database) -> None:
        self._db = database

    def learn(self, heard: str, meant: str, *, now: datetime) -> None:
        table = tables.misheard
        statement = self._db.insert(table).values(heard=heard, meant=meant, times=1, last_at=now)
        self._db.connection.execute(
            statement.on_conflict_do_update(
                index_elements=["heard", "meant"], set_={"times": table.c.times + 1, "last_at": now}
            )
        )

    def all(self) -> list[Misheard]:
        table = tables.misheard
        rows = self._db.connection.execute(
            select(table.c.heard, table.c.meant, table.c.times).order_by(
                table.c.times.desc(), table.c.last_at.desc(), table.c.heard, table.c.meant
            )
        )
        return [Misheard(*row) for row in rows]


class SqlReadAloud:
    def __init__(self, database: Database) -> None:
        self._db = database

    def put(self, reader: str, *, wanted: bool, now: datetime) -> None:
        table = tables.read_aloud
        if wanted:
            statement = self._db.insert(table).values(reader=reader, since=now)
            self._db.connection.execute(statement.on_conflict_do_nothing(index_elements=["reader"]))
        else:
            self._db.connection.execute(delete(table).where(table.c.reader == reader))

    def wanted(self, readers: Collection[str]) -> bool:
        table = tables.read_aloud
        found = self._db.connection.execute(
            select(table.c.reader).where(table.c.reader.in_(readers)).limit(1)
        )
        return found.first() is not None
