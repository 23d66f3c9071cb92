"""What was spent, summed once more where ``daily_usage`` is too fine for a report: kept by the statement that posts.

``unit_id`` is the place's unit (the innermost one around it, or the facility where there is none), as ``PlaceTree.unit_of``.
Without foreign keys: what a sum names, the sum of use of the same movement names too.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint, Table, Text

from domain.store.tables.base import metadata
from domain.store.tables.ledger import Count
from domain.store.types import Day, Key, Money

# By whom it was spent on: department, line, provider, procedure and patient are read through the target, so that a row never
# has to be moved when one of them is corrected. Some hundred rows a day whatever the size of the catalogue.
spend_by_target = Table(
    "spend_by_target",
    metadata,
    Column("facility_id", Key, nullable=False),
    Column("day", Day, nullable=False),
    Column("unit_id", Key, nullable=False),
    Column("kind", Text, nullable=False),
    Column("charge_id", Key, nullable=False),
    Column("quantity", Count, nullable=False),
    Column("cost", Money, nullable=False),
    PrimaryKeyConstraint("facility_id", "day", "unit_id", "kind", "charge_id"),
    CheckConstraint("kind = 'consume' OR kind = 'waste'", name="kind_summed"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# By what it was spent on: a month of an item, whose ``month`` is its first day; ``department_id`` is the target's cost centre, else
# the unit's, else 0. The item first: a report over all months is then one pass in the order of what it sums by.
spend_by_item = Table(
    "spend_by_item",
    metadata,
    Column("facility_id", Key, nullable=False),
    Column("item_id", Key, nullable=False),
    Column("month", Day, nullable=False),
    Column("unit_id", Key, nullable=False),
    Column("kind", Text, nullable=False),
    Column("department_id", Key, nullable=False),
    Column("quantity", Count, nullable=False),
    Column("cost", Money, nullable=False),
    PrimaryKeyConstraint("facility_id", "item_id", "month", "unit_id", "kind", "department_id"),
    CheckConstraint("kind = 'consume' OR kind = 'waste'", name="kind_summed"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
