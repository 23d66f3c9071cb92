"""SQLAlchemy tables, repositories, search and the unit of work, on SQLite and PostgreSQL alike."""

from domain.store.migrate import current, downgrade, head, upgrade
from domain.store.unit_of_work import Store, open_store

__all__ = ["Store", "current", "downgrade", "head", "open_store", "upgrade"]
