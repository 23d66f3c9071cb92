"""Recall notices, and what of them was matched to the shelves."""

from __future__ import annotations

from domain.store.database import Database


class SqlRecalls:
    def __init__(self, database: Database) -> None:
        self._db = database
