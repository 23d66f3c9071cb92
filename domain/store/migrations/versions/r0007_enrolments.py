# ruff: noqa: E501 - one constraint a line
"""Codes that nobody knew, and the items they were said to belong to; what was read off labels.

Revision: 0007, after: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from domain.store.types import Flag, Key, Moment, PlainText, UuidKey

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scan",
        sa.Column("id", UuidKey(), nullable=False),
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("private", Flag(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_scan_facility_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_scan_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sqlite_strict=True,
    )
    op.create_index("ix_scan_channel_thread_made_at", "scan", ["channel", "thread", "made_at"], unique=False)
    op.create_index(op.f("ix_scan_made_at"), "scan", ["made_at"], unique=False)
    op.create_table(
        "enrolment",
        sa.Column("id", Key, nullable=False),
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", PlainText, nullable=False),
        sa.Column("pack_unit", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", Key, nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("decided_by", Key, nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("scan_id", UuidKey(), nullable=False),
        sa.CheckConstraint(
            "CASE kind WHEN 'gtin' THEN 1 WHEN 'hibc' THEN 1 WHEN 'isbt128' THEN 1 WHEN 'catalogue' THEN 1 WHEN 'supplier' THEN 1 WHEN 'internal' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_enrolment_kind_known"),
        ),
        sa.CheckConstraint(
            "CASE state WHEN 'proposed' THEN 1 WHEN 'confirmed' THEN 1 WHEN 'refused' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_enrolment_state_known"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_enrolment_decided_by")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_enrolment_facility_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_enrolment_item_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_enrolment_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint(
            "scan_id", "kind", "value", "item_id", "pack_unit",
            name=op.f("uq_enrolment_scan_id_kind_value_item_id_pack_unit"),
        ),
        sqlite_strict=True,
    )  # fmt: skip
    op.create_index(op.f("ix_enrolment_scan_id"), "enrolment", ["scan_id"], unique=False)


def downgrade() -> None:
    op.drop_table("enrolment")
    op.drop_table("scan")
