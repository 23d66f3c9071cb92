# ruff: noqa: E501 - one constraint a line
"""Recall notices with what they were matched to; cycle counts.

Revision: 0008, after: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from domain.store.types import Day, Flag, Key, Moment, PlainText

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COUNTED = "kind = 'count' AND reverses IS NULL"


def upgrade() -> None:
    op.create_table(
        "recall_notice",
        sa.Column("id", Key, nullable=False),
        sa.Column("source", PlainText, nullable=False),
        sa.Column("number", PlainText, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("firm", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("distribution", sa.Text(), nullable=False),
        sa.Column("initiated_on", Day(), nullable=True),
        sa.Column("reported_on", Day(), nullable=True),
        sa.Column("terminated_on", Day(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "CASE classification WHEN 'Class I' THEN 1 WHEN 'Class II' THEN 1 WHEN 'Class III' THEN 1 WHEN 'Not yet classified' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_recall_notice_classification_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_notice")),
        sa.UniqueConstraint("source", "number", name=op.f("uq_recall_notice_source_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_recall_notice_reported_on", "recall_notice", ["reported_on"], unique=False)
    op.create_table(
        "recall_match",
        sa.Column("notice_id", Key, nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("lot_id", Key, nullable=False),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "CASE strength WHEN 'named outright' THEN 1 WHEN 'very likely meant' THEN 1 WHEN 'may be meant: look at the label' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_recall_match_strength_known"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_recall_match_item_id")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["recall_notice.id"], name=op.f("fk_recall_match_notice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notice_id", "item_id", "lot_id", name=op.f("pk_recall_match")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recall_answer",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("notice_id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("answered_at", Moment(), nullable=False),
        sa.Column("lots", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "CASE kind WHEN 'not ours' THEN 1 WHEN 'noted' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_recall_answer_kind_known"),
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_recall_answer_facility_id")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["recall_notice.id"], name=op.f("fk_recall_answer_notice_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recall_answer_person_id")),
        sa.PrimaryKeyConstraint("facility_id", "notice_id", name=op.f("pk_recall_answer")),
        sqlite_strict=True,
    )
    op.create_table(
        "count_done",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("receipt_facility_id", Key, nullable=False),
        sa.Column("receipt_id", Key, nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("place_id", Key, nullable=False),
        sa.Column("day", Day(), nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("expected", _COUNT, nullable=False),
        sa.Column("found", _COUNT, nullable=False),
        sa.Column("blind", Flag(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id", "place_id"],
            ["place.facility_id", "place.id"],
            name=op.f("fk_count_done_facility_id_place_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_count_done_item_id")),
        sa.PrimaryKeyConstraint(
            "facility_id",
            "receipt_facility_id",
            "receipt_id",
            "item_id",
            "place_id",
            name=op.f("pk_count_done"),
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_count_done_facility_id_day", "count_done", ["facility_id", "day"], unique=False)
    op.create_index(
        "ix_movement_count",
        "movement",
        ["facility_id", "item_id", "day", "from_place_id", "to_place_id"],
        unique=False,
        sqlite_where=sa.text(_COUNTED),
        postgresql_where=sa.text(_COUNTED),
    )


def downgrade() -> None:
    op.drop_index("ix_movement_count", table_name="movement")
    op.drop_table("count_done")
    op.drop_table("recall_answer")
    op.drop_table("recall_match")
    op.drop_table("recall_notice")
