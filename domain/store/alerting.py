"""Alerts, and the settings of jobs."""

from __future__ import annotations

from domain.store.database import Database


class SqlAlerts:
    def __init__(self, database: Database) -> None:
        self._db = database
