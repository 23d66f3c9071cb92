"""What was counted: the ledger keeps the differences alone, and a shelf that holds what the books say was counted too."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table

from domain.store.tables.base import metadata
from domain.store.tables.catalogue import item
from domain.store.tables.hospital import place
from domain.store.tables.ledger import Count
from domain.store.types import Day, Flag, Key

# One row an item of a posted count; ``place_id`` with all inside it was counted. The receipt may be another facility's: its counter's;
# receipt 0 is a count that was made before Parley, or elsewhere.
count_done = Table(
    "count_done",
    metadata,
    Column("facility_id", Key, nullable=False),
    Column("receipt_facility_id", Key, nullable=False),
    Column("receipt_id", Key, nullable=False),
    Column("item_id", Key, ForeignKey(item.c.id), nullable=False),
    Column("place_id", Key, nullable=False),
    Column("day", Day, nullable=False),
    Column("person_id", Key, nullable=False),
    Column("expected", Count, nullable=False),
    Column("found", Count, nullable=False),
    Column("blind", Flag, nullable=False),
    PrimaryKeyConstraint("facility_id", "receipt_facility_id", "receipt_id", "item_id", "place_id"),
    ForeignKeyConstraint(["facility_id", "place_id"], [place.c.facility_id, place.c.id]),
    Index("ix_count_done_facility_id_day", "facility_id", "day"),
    sqlite_strict=True,
)
