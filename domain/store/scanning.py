"""Codes that nobody knew, and the item somebody said they belong to."""

from __future__ import annotations

from domain.store.database import Database


class SqlEnrolments:
    def __init__(self, database: Database) -> None:
        self._db = database
