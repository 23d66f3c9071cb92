"""What was spent, summed in the database."""

from __future__ import annotations

from domain.store.database import Database


class SqlSpending:
    def __init__(self, database: Database) -> None:
        self._db = database
