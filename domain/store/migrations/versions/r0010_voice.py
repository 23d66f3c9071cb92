"""What people set right of what was heard; who wants answers spoken.

Revision: 0010, after: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from domain.store.types import Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "misheard",
        sa.Column("heard", sa.Text(), nullable=False),
        sa.Column("meant", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("heard", "meant", name=op.f("pk_misheard")),
        sa.CheckConstraint("times > 0", name="times_positive"),
        sqlite_strict=True,
    )
    op.create_table(
        "read_aloud",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("reader", name=op.f("pk_read_aloud")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("read_aloud")
    op.drop_table("misheard")
