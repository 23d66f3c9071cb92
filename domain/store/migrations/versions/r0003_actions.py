# ruff: noqa: E501 - one constraint a line
"""What actions leave behind: drafts, receipts, requisitions, holds, subscriptions, own places, the audit trail.

Revision: 0003, after: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from domain.store.migrations import triggers_0003
from domain.store.types import Flag, Key, Moment, UuidKey

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", Key, nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_counter_facility_id")),
        sa.PrimaryKeyConstraint("facility_id", "name", name=op.f("pk_counter")),
        sqlite_strict=True,
    )
    op.create_table(
        "action_draft",
        sa.Column("id", UuidKey(), nullable=False),
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("receipt_id", Key, nullable=True),
        sa.CheckConstraint(
            "CASE state WHEN 'open' THEN 1 WHEN 'posted' THEN 1 WHEN 'superseded' THEN 1 WHEN 'cancelled' THEN 1 WHEN 'expired' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_action_draft_state_known"),
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_action_draft_facility_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_action_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_draft")),
        sqlite_strict=True,
    )
    op.create_index("ix_action_draft_channel_thread", "action_draft", ["channel", "thread"], unique=False)
    op.create_index(
        "ix_action_draft_open",
        "action_draft",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "hold",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("draft_id", UuidKey(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recalled", Flag(), nullable=False),
        sa.Column("item_id", Key, nullable=True),
        sa.Column("opened_by", Key, nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("lifted_by", Key, nullable=True),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_hold_facility_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_hold_item_id")),
        sa.ForeignKeyConstraint(["lifted_by"], ["person.id"], name=op.f("fk_hold_lifted_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_hold_opened_by")),
        sa.PrimaryKeyConstraint("facility_id", "id", name=op.f("pk_hold")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_hold_draft_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_hold_item_id"), "hold", ["item_id"], unique=False)
    op.create_table(
        "person_place",
        sa.Column("person_id", Key, nullable=False),
        sa.Column("place_id", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_place_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_person_place_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "place_id", name=op.f("pk_person_place")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipt",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("draft_id", UuidKey(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor_id", Key, nullable=False),
        sa.Column("posted_at", Moment(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("undoes", Key, nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_receipt_actor_id")),
        sa.ForeignKeyConstraint(
            ["facility_id", "undoes"],
            ["receipt.facility_id", "receipt.id"],
            name=op.f("fk_receipt_facility_id_undoes"),
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_receipt_facility_id")),
        sa.PrimaryKeyConstraint("facility_id", "id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_receipt_draft_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_receipt_actor_id_posted_at", "receipt", ["actor_id", "posted_at"], unique=False)
    op.create_index(
        "uq_receipt_facility_id_undoes",
        "receipt",
        ["facility_id", "undoes"],
        unique=True,
        sqlite_where=sa.text("undoes IS NOT NULL"),
        postgresql_where=sa.text("undoes IS NOT NULL"),
    )
    op.create_table(
        "requisition",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("draft_id", UuidKey(), nullable=False),
        sa.Column("asker_id", Key, nullable=False),
        sa.Column("picker_id", Key, nullable=True),
        sa.Column("from_place_id", Key, nullable=False),
        sa.Column("to_place_id", Key, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("needed_by", sa.Text(), nullable=False),
        sa.Column("asker_channel", sa.Text(), nullable=False),
        sa.Column("asker_thread", sa.Text(), nullable=False),
        sa.Column("store_message", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CASE state WHEN 'asked' THEN 1 WHEN 'picked' THEN 1 WHEN 'delivered' THEN 1 WHEN 'received' THEN 1 WHEN 'short' THEN 1 WHEN 'cancelled' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_requisition_state_known"),
        ),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], name=op.f("fk_requisition_asker_id")),
        sa.ForeignKeyConstraint(
            ["facility_id", "from_place_id"],
            ["place.facility_id", "place.id"],
            name=op.f("fk_requisition_facility_id_from_place_id"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id", "to_place_id"],
            ["place.facility_id", "place.id"],
            name=op.f("fk_requisition_facility_id_to_place_id"),
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_requisition_facility_id")),
        sa.ForeignKeyConstraint(["picker_id"], ["person.id"], name=op.f("fk_requisition_picker_id")),
        sa.PrimaryKeyConstraint("facility_id", "id", name=op.f("pk_requisition")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_requisition_draft_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_requisition_facility_id_state", "requisition", ["facility_id", "state", "asked_at"], unique=False
    )
    op.create_table(
        "subscription",
        sa.Column("id", Key, nullable=False),
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("item_id", Key, nullable=True),
        sa.Column("place_id", Key, nullable=True),
        sa.Column("lot_id", Key, nullable=True),
        sa.Column("threshold", Key, nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("paused_until", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "CASE topic WHEN 'low' THEN 1 WHEN 'out' THEN 1 WHEN 'expiring' THEN 1 WHEN 'arrived' THEN 1 WHEN 'used' THEN 1 WHEN 'digest' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_subscription_topic_known"),
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_subscription_facility_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_subscription_item_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_subscription_lot_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_subscription_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_subscription_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_subscription_running",
        "subscription",
        ["facility_id", "person_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "trail",
        sa.Column("id", Key, nullable=False),
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("person_id", Key, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("draft_id", UuidKey(), nullable=True),
        sa.Column("receipt_id", Key, nullable=True),
        sa.CheckConstraint(
            "CASE kind WHEN 'refused' THEN 1 WHEN 'overridden' THEN 1 WHEN 'posted' THEN 1 WHEN 'undone' THEN 1 WHEN 'changed' THEN 1 WHEN 'read-patients' THEN 1 WHEN 'key-rotated' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_trail_kind_known"),
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_trail_facility_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trail_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail")),
        sqlite_strict=True,
    )
    op.create_index("ix_trail_facility_id_at", "trail", ["facility_id", "at"], unique=False)
    op.create_table(
        "hold_check",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("hold_id", Key, nullable=False),
        sa.Column("place_id", Key, nullable=False),
        sa.Column("quantity", Key, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered_by", Key, nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("chased", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CASE state WHEN 'open' THEN 1 WHEN 'pulled' THEN 1 WHEN 'not found' THEN 1 WHEN 'used' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_hold_check_state_known"),
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_hold_check_answered_by")),
        sa.ForeignKeyConstraint(
            ["facility_id", "hold_id"],
            ["hold.facility_id", "hold.id"],
            name=op.f("fk_hold_check_facility_id_hold_id"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id", "place_id"],
            ["place.facility_id", "place.id"],
            name=op.f("fk_hold_check_facility_id_place_id"),
        ),
        sa.PrimaryKeyConstraint("facility_id", "hold_id", "place_id", name=op.f("pk_hold_check")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "hold_lot",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("hold_id", Key, nullable=False),
        sa.Column("lot_id", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id", "hold_id"],
            ["hold.facility_id", "hold.id"],
            name=op.f("fk_hold_lot_facility_id_hold_id"),
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_hold_lot_lot_id")),
        sa.PrimaryKeyConstraint("facility_id", "hold_id", "lot_id", name=op.f("pk_hold_lot")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_hold_lot_lot_id"), "hold_lot", ["lot_id"], unique=False)
    op.create_table(
        "receipt_movement",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("receipt_id", Key, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("movement_id", UuidKey(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id", "receipt_id"],
            ["receipt.facility_id", "receipt.id"],
            name=op.f("fk_receipt_movement_facility_id_receipt_id"),
        ),
        sa.PrimaryKeyConstraint("facility_id", "receipt_id", "part", name=op.f("pk_receipt_movement")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_receipt_movement_movement_id"), "receipt_movement", ["movement_id"], unique=False
    )
    op.create_table(
        "requisition_line",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("requisition_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("asked", Key, nullable=False),
        sa.Column("picked", Key, nullable=False),
        sa.Column("received", Key, nullable=False),
        sa.Column("entered", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "asked > 0 AND picked >= 0 AND received >= 0", name=op.f("ck_requisition_line_quantities")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id", "requisition_id"],
            ["requisition.facility_id", "requisition.id"],
            name=op.f("fk_requisition_line_facility_id_requisition_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_requisition_line_item_id")),
        sa.PrimaryKeyConstraint("facility_id", "requisition_id", "number", name=op.f("pk_requisition_line")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_requisition_line_item_id"), "requisition_line", ["item_id"], unique=False)
    for statement in triggers_0003.create(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_requisition_line_item_id"), table_name="requisition_line")
    op.drop_table("requisition_line")
    op.drop_index(op.f("ix_receipt_movement_movement_id"), table_name="receipt_movement")
    op.drop_table("receipt_movement")
    op.drop_index(op.f("ix_hold_lot_lot_id"), table_name="hold_lot")
    op.drop_table("hold_lot")
    op.drop_table("hold_check")
    op.drop_index("ix_trail_facility_id_at", table_name="trail")
    op.drop_table("trail")
    op.drop_index(
        "ix_subscription_running",
        table_name="subscription",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("subscription")
    op.drop_index("ix_requisition_facility_id_state", table_name="requisition")
    op.drop_table("requisition")
    op.drop_index(
        "uq_receipt_facility_id_undoes",
        table_name="receipt",
        sqlite_where=sa.text("undoes IS NOT NULL"),
        postgresql_where=sa.text("undoes IS NOT NULL"),
    )
    op.drop_index("ix_receipt_actor_id_posted_at", table_name="receipt")
    op.drop_table("receipt")
    op.drop_table("person_place")
    op.drop_index(op.f("ix_hold_item_id"), table_name="hold")
    op.drop_table("hold")
    op.drop_index(
        "ix_action_draft_open",
        table_name="action_draft",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_action_draft_channel_thread", table_name="action_draft")
    op.drop_table("action_draft")
    op.drop_table("counter")
    for statement in triggers_0003.drop(op.get_bind().dialect.name):
        op.execute(statement)
