"""What messages were understood as, for as long as their buttons live; and candidates for training.

Revision: 0002, after: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from domain.store.types import Day, Key, Moment, PlainText, Real

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "candidate",
        sa.Column("id", Key, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("spans", sa.Text(), nullable=False),
        sa.Column("understood", sa.Text(), nullable=False),
        sa.Column("confidence", Real, nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("day", Day(), nullable=False),
        sa.Column("exported_on", Day(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_candidate_day"), "candidate", ["day"], unique=False)
    op.create_table(
        "reading",
        sa.Column("id", PlainText, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_reading_made_at"), "reading", ["made_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_reading_made_at"), table_name="reading")
    op.drop_table("reading")
    op.drop_index(op.f("ix_candidate_day"), table_name="candidate")
    op.drop_table("candidate")
