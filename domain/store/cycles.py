"""Cycle counts: what is due, who counts it, what was done."""

from __future__ import annotations

from domain.store.database import Database


class SqlCycleCounts:
    def __init__(self, database: Database) -> None:
        self._db = database
