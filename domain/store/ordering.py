"""Proposed and placed orders, and what suppliers promised."""

from __future__ import annotations

from domain.store.database import Database


class SqlPurchaseOrders:
    def __init__(self, database: Database) -> None:
        self._db = database
