"""What people set right of what was heard: single names, never sentences, and no figures; and who wants to hear answers."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, PrimaryKeyConstraint, Table, Text

from domain.store.tables.base import metadata
from domain.store.types import Moment

misheard = Table(
    "misheard",
    metadata,
    Column("heard", Text, nullable=False),
    Column("meant", Text, nullable=False),
    Column("times", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    PrimaryKeyConstraint("heard", "meant"),
    CheckConstraint("times > 0", name="times_positive"),
    sqlite_strict=True,
)

read_aloud = Table(
    "read_aloud",
    metadata,
    Column("reader", Text, nullable=False, primary_key=True),
    Column("since", Moment, nullable=False),
    sqlite_strict=True,
)
