"""Everything but encounters that lies sealed in the store, row by row: for the change of the vault's key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Text, select, update

from domain.ports import SealedKind
from domain.store import tables
from domain.store.database import Database

_WHERE: dict[SealedKind, tuple[Column[Any], Column[Any]]] = {
    SealedKind.INBOX: (tables.inbox.c.event_id, tables.inbox.c.payload),
    SealedKind.OUTBOX: (tables.outbox.c.id, tables.outbox.c.body),
    SealedKind.ATTACHMENT: (tables.outbox.c.id, tables.outbox.c.blob),
    SealedKind.READING: (tables.reading.c.id, tables.reading.c.sealed),
}
"""Key and content of each kind."""


class SqlSealedRows:
    def __init__(self, database: Database) -> None:
        self._db = database

    def reseal(
        self,
        kind: SealedKind,
        seal: Callable[[bytes], bytes | None],
        *,
        after: str | int | None = None,
        limit: int = 200,
    ) -> str | int | None:
        key, content = _WHERE[kind]
        is_text = isinstance(content.type, Text)
        statement = select(key, content)
        if after is not None:
            statement = statement.where(key > after)
        rows = self._db.connection.execute(statement.order_by(key).limit(limit)).all()
        for row_key, stored in rows:
            if not stored or (is_text and stored.startswith("{")):
                continue  # erased when it was finished, or never sealed
            made = seal(stored.encode() if is_text else stored)
            if made is not None:
                self._db.connection.execute(
                    update(content.table)
                    # Only if it is still what was read: finished mail is erased, and stays so.
                    .where(key == row_key, content == stored)
                    .values({content.name: made.decode() if is_text else made})
                )
        return rows[-1][0] if rows else None
