# ruff: noqa: E501 - one constraint a line
"""Purchase orders: proposed, approved, sent, received.

Revision: 0006, after: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from domain.store.types import Day, Key, Moment, Money, UuidKey

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purchase_order",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("supplier_id", Key, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("draft_id", UuidKey(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("asked_by", Key, nullable=True),
        sa.Column("approved_by", Key, nullable=True),
        sa.Column("approved_at", Moment(), nullable=True),
        sa.Column("sent_by", Key, nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CASE origin WHEN 'proposal' THEN 1 WHEN 'person' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_purchase_order_origin_known"),
        ),
        sa.CheckConstraint(
            "CASE state WHEN 'draft' THEN 1 WHEN 'approved' THEN 1 WHEN 'sent' THEN 1 WHEN 'part received' THEN 1 WHEN 'received' THEN 1 WHEN 'cancelled' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_purchase_order_state_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR approved_at IS NOT NULL",
            name=op.f("ck_purchase_order_approved_before_it_is_placed"),
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_purchase_order_approved_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_purchase_order_asked_by")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_purchase_order_facility_id")),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_purchase_order_sent_by")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_purchase_order_supplier_id")),
        sa.PrimaryKeyConstraint("facility_id", "id", name=op.f("pk_purchase_order")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_purchase_order_facility_id_state", "purchase_order", ["facility_id", "state", "id"], unique=False
    )
    op.create_index(
        "ix_purchase_order_facility_id_supplier_id",
        "purchase_order",
        ["facility_id", "supplier_id", "sent_at"],
        unique=False,
    )
    op.create_index(
        "ix_purchase_order_draft_id",
        "purchase_order",
        ["draft_id"],
        unique=False,
        sqlite_where=sa.text("draft_id IS NOT NULL"),
        postgresql_where=sa.text("draft_id IS NOT NULL"),
    )
    op.create_table(
        "reorder_declined",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("place_id", Key, nullable=False),
        sa.Column("until", Day(), nullable=False),
        sa.Column("available", Key, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id", "place_id"],
            ["place.facility_id", "place.id"],
            name=op.f("fk_reorder_declined_facility_id_place_id"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_reorder_declined_facility_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_reorder_declined_item_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reorder_declined_person_id")),
        sa.PrimaryKeyConstraint("facility_id", "item_id", "place_id", name=op.f("pk_reorder_declined")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "purchase_order_line",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("order_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("place_id", Key, nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("pack_unit", sa.Text(), nullable=False),
        sa.Column("pack_size", sa.Integer(), nullable=False),
        sa.Column("packs", Key, nullable=False),
        sa.Column("price", Money(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("minimum_packs", sa.Integer(), nullable=False),
        sa.Column("received", Key, nullable=False),
        sa.Column("promised_on", Day(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "packs > 0 AND pack_size > 0 AND received >= 0", name=op.f("ck_purchase_order_line_quantities")
        ),
        sa.CheckConstraint("price >= 0", name=op.f("ck_purchase_order_line_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["facility_id", "order_id"],
            ["purchase_order.facility_id", "purchase_order.id"],
            name=op.f("fk_purchase_order_line_facility_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id", "place_id"],
            ["place.facility_id", "place.id"],
            name=op.f("fk_purchase_order_line_facility_id_place_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_purchase_order_line_item_id")),
        sa.PrimaryKeyConstraint("facility_id", "order_id", "number", name=op.f("pk_purchase_order_line")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_purchase_order_line_item_id"), "purchase_order_line", ["item_id"], unique=False)
    op.create_table(
        "purchase_receipt",
        sa.Column("id", Key, nullable=False),
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("order_id", Key, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("receipt_id", Key, nullable=True),
        sa.Column("quantity", Key, nullable=False),
        sa.Column("day", Day(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_receipt_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["facility_id", "order_id"],
            ["purchase_order.facility_id", "purchase_order.id"],
            name=op.f("fk_purchase_receipt_facility_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id", "receipt_id"],
            ["receipt.facility_id", "receipt.id"],
            name=op.f("fk_purchase_receipt_facility_id_receipt_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_receipt")),
        sa.UniqueConstraint(
            "facility_id",
            "receipt_id",
            "order_id",
            "line",
            name=op.f("uq_purchase_receipt_facility_id_receipt_id_order_id_line"),
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_purchase_receipt_facility_id_order_id",
        "purchase_receipt",
        ["facility_id", "order_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_purchase_receipt_facility_id_order_id", table_name="purchase_receipt")
    op.drop_table("purchase_receipt")
    op.drop_index(op.f("ix_purchase_order_line_item_id"), table_name="purchase_order_line")
    op.drop_table("purchase_order_line")
    op.drop_table("reorder_declined")
    op.drop_index(
        "ix_purchase_order_draft_id",
        table_name="purchase_order",
        sqlite_where=sa.text("draft_id IS NOT NULL"),
        postgresql_where=sa.text("draft_id IS NOT NULL"),
    )
    op.drop_index("ix_purchase_order_facility_id_supplier_id", table_name="purchase_order")
    op.drop_index("ix_purchase_order_facility_id_state", table_name="purchase_order")
    op.drop_table("purchase_order")
