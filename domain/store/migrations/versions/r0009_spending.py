"""What was spent, by target and day, and by item and month; the index by day tells what a day cost.

Revision: 0009, after: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from domain.store.rebuild import rebuild_spending
from domain.store.types import Day, Key, Money

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_daily_usage_facility_id_day", table_name="daily_usage")
    op.create_index(
        "ix_daily_usage_facility_id_day",
        "daily_usage",
        ["facility_id", "day", "place_id", "kind", "quantity", "cost"],
        unique=False,
    )
    op.create_table(
        "spend_by_target",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("day", Day(), nullable=False),
        sa.Column("unit_id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("charge_id", Key, nullable=False),
        sa.Column("quantity", Key, nullable=False),
        sa.Column("cost", Money(), nullable=False),
        sa.CheckConstraint("kind = 'consume' OR kind = 'waste'", name=op.f("ck_spend_by_target_kind_summed")),
        sa.PrimaryKeyConstraint(
            "facility_id", "day", "unit_id", "kind", "charge_id", name=op.f("pk_spend_by_target")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spend_by_item",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("month", Day(), nullable=False),
        sa.Column("unit_id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("department_id", Key, nullable=False),
        sa.Column("quantity", Key, nullable=False),
        sa.Column("cost", Money(), nullable=False),
        sa.CheckConstraint("kind = 'consume' OR kind = 'waste'", name=op.f("ck_spend_by_item_kind_summed")),
        sa.PrimaryKeyConstraint(
            "facility_id",
            "item_id",
            "month",
            "unit_id",
            "kind",
            "department_id",
            name=op.f("pk_spend_by_item"),
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    rebuild_spending(op.get_bind())


def downgrade() -> None:
    op.drop_table("spend_by_item")
    op.drop_table("spend_by_target")
    op.drop_index("ix_daily_usage_facility_id_day", table_name="daily_usage")
    op.create_index(
        "ix_daily_usage_facility_id_day", "daily_usage", ["facility_id", "day", "place_id"], unique=False
    )
