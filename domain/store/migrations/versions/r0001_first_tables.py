# ruff: noqa: E501 - one constraint a line
"""The first tables: hospital, catalogue, ledger with its projections, conversation.

Revision: 0001, after: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from domain.store.migrations import triggers_0001
from domain.store.types import Day, Flag, Key, Moment, Money, PlainText, Real, UuidKey

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cost_centre",
        sa.Column("id", Key, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("business_line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_centre")),
        sa.UniqueConstraint("code", name=op.f("uq_cost_centre_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "facility",
        sa.Column("id", Key, nullable=False),
        sa.Column("place_id", Key, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_facility_currency_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
        sa.UniqueConstraint("place_id", name=op.f("uq_facility_place_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", PlainText, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("support_code", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "CASE state WHEN 'waiting' THEN 1 WHEN 'done' THEN 1 WHEN 'set-aside' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_inbox_state_known"),
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inbox")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_inbox_received_at"), "inbox", ["received_at"], unique=False)
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["received_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "item",
        sa.Column("id", Key, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("manufacturer", sa.Text(), nullable=False),
        sa.Column("base_unit", sa.Text(), nullable=False),
        sa.Column("abc", sa.Text(), nullable=False),
        sa.Column("criticality", sa.Text(), nullable=False),
        sa.Column("latex", sa.Text(), nullable=False),
        sa.Column("storage", sa.Text(), nullable=False),
        sa.Column("tracking", sa.Text(), nullable=False),
        sa.Column("sterile", Flag(), nullable=False),
        sa.Column("consigned", Flag(), nullable=False),
        sa.Column("chargeable", Flag(), nullable=False),
        sa.Column("active", Flag(), nullable=False),
        sa.CheckConstraint(
            "CASE abc WHEN 'A' THEN 1 WHEN 'B' THEN 1 WHEN 'C' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_item_abc_known"),
        ),
        sa.CheckConstraint(
            "CASE criticality WHEN 'life-saving' THEN 1 WHEN 'essential' THEN 1 WHEN 'routine' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_item_criticality_known"),
        ),
        sa.CheckConstraint(
            "CASE latex WHEN 'latex-free' THEN 1 WHEN 'contains latex' THEN 1 WHEN 'not stated' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_item_latex_known"),
        ),
        sa.CheckConstraint(
            "CASE storage WHEN 'room temperature' THEN 1 WHEN 'refrigerated 2-8 C' THEN 1 WHEN 'frozen' THEN 1 WHEN 'locked' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_item_storage_known"),
        ),
        sa.CheckConstraint(
            "CASE tracking WHEN 'none' THEN 1 WHEN 'lot' THEN 1 WHEN 'serial' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_item_tracking_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("number", name=op.f("uq_item_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_item_family"), "item", ["family"], unique=False)
    op.create_table(
        "job_run",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("scheduled_for", Moment(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=False),
        sa.Column("claimed_at", Moment(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "CASE state WHEN 'running' THEN 1 WHEN 'finished' THEN 1 WHEN 'failed' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_job_run_state_known"),
        ),
        sa.PrimaryKeyConstraint("job", "scheduled_for", name=op.f("pk_job_run")),
        sqlite_strict=True,
    )
    op.create_table(
        "movement",
        sa.Column("id", UuidKey(), nullable=False),
        sa.Column("facility_id", Key, autoincrement=False, nullable=False),
        sa.Column("key", PlainText, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("quantity", Key, nullable=False),
        sa.Column("occurred_at", Moment(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("day", Day(), nullable=False),
        sa.Column("actor_id", Key, nullable=False),
        sa.Column("lot_id", Key, nullable=False),
        sa.Column("from_place_id", Key, nullable=True),
        sa.Column("to_place_id", Key, nullable=True),
        sa.Column("from_status", sa.Text(), nullable=False),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("owner_id", Key, nullable=False),
        sa.Column("unit_cost", Money(), nullable=False),
        sa.Column("entered_quantity", Money(), nullable=True),
        sa.Column("entered_unit", sa.Text(), nullable=False),
        sa.Column("charge_id", Key, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source_channel", sa.Text(), nullable=False),
        sa.Column("source_thread", sa.Text(), nullable=False),
        sa.Column("source_event", sa.Text(), nullable=False),
        sa.Column("reverses", UuidKey(), nullable=True),
        sa.CheckConstraint(
            "CASE from_status WHEN 'available' THEN 1 WHEN 'quarantined' THEN 1 WHEN 'recalled' THEN 1 WHEN 'in-transit' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_movement_from_status_known"),
        ),
        sa.CheckConstraint("key <> ''", name=op.f("ck_movement_key_given")),
        sa.CheckConstraint(
            "CASE kind WHEN 'receive' THEN 1 WHEN 'consume' THEN 1 WHEN 'return' THEN 1 WHEN 'transfer' THEN 1 WHEN 'waste' THEN 1 WHEN 'count' THEN 1 WHEN 'adjust' THEN 1 WHEN 'send-back' THEN 1 WHEN 'status' THEN 1 WHEN 'reserve' THEN 1 WHEN 'release' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_movement_kind_known"),
        ),
        sa.CheckConstraint(
            "CASE to_status WHEN 'available' THEN 1 WHEN 'quarantined' THEN 1 WHEN 'recalled' THEN 1 WHEN 'in-transit' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_movement_to_status_known"),
        ),
        sa.CheckConstraint(
            "coalesce(from_place_id, to_place_id) IS NOT NULL", name=op.f("ck_movement_somewhere")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_movement_quantity_positive")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_movement_unit_cost_not_negative")),
        sa.ForeignKeyConstraint(
            ["facility_id", "reverses"],
            ["movement.facility_id", "movement.id"],
            name=op.f("fk_movement_facility_id_reverses"),
        ),
        sa.PrimaryKeyConstraint("facility_id", "id", name=op.f("pk_movement")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_movement_facility_id_lot_id_occurred_at",
        "movement",
        ["facility_id", "lot_id", "occurred_at"],
        unique=False,
        sqlite_where=sa.text("lot_id > 0"),
        postgresql_where=sa.text("lot_id > 0"),
    )
    op.create_index(
        "ix_movement_receipt",
        "movement",
        ["facility_id", "lot_id", "occurred_at", "id", "unit_cost"],
        unique=False,
        sqlite_where=sa.text("kind = 'receive' AND reverses IS NULL AND lot_id > 0"),
        postgresql_where=sa.text("kind = 'receive' AND reverses IS NULL AND lot_id > 0"),
    )
    op.create_index("uq_movement_facility_id_key", "movement", ["facility_id", "key"], unique=True)
    op.create_index(
        "uq_movement_facility_id_reverses",
        "movement",
        ["facility_id", "reverses"],
        unique=True,
        sqlite_where=sa.text("reverses IS NOT NULL"),
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", PlainText, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", Moment(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "CASE state WHEN 'waiting' THEN 1 WHEN 'sent' THEN 1 WHEN 'given-up' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_outbox_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_outbox_finished_at"), "outbox", ["finished_at"], unique=False)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["channel", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "procedure",
        sa.Column("id", Key, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("specialty", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
        sa.UniqueConstraint("code", name=op.f("uq_procedure_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "provider",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("specialty", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sqlite_strict=True,
    )
    op.create_table(
        "revision",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", Key, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_revision")),
        sqlite_strict=True,
    )
    op.create_table(
        "supplier",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("consigns", Flag(), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_supplier_zero_means_ours")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
        sa.UniqueConstraint("name", name=op.f("uq_supplier_name")),
        sqlite_strict=True,
    )
    op.create_table(
        "thread",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("person_id", Key, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "thread", name=op.f("pk_thread")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_thread_updated_at"), "thread", ["updated_at"], unique=False)
    op.create_table(
        "charge_target",
        sa.Column("id", Key, nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("cost_centre_id", Key, nullable=True),
        sa.Column("case_id", Key, nullable=True),
        sa.Column("encounter_id", Key, nullable=True),
        sa.Column("provider_id", Key, nullable=True),
        sa.Column("procedure_id", Key, nullable=True),
        sa.CheckConstraint(
            "coalesce(cost_centre_id, case_id, encounter_id, provider_id, procedure_id) IS NOT NULL",
            name=op.f("ck_charge_target_some_part"),
        ),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], name=op.f("fk_charge_target_cost_centre_id")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_charge_target_procedure_id")
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_charge_target_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_target")),
        sa.UniqueConstraint("parts", name=op.f("uq_charge_target_parts")),
        sqlite_strict=True,
    )
    op.create_table(
        "encounter",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_encounter_digest_length")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_encounter_facility_id")),
        sa.PrimaryKeyConstraint("facility_id", "id", name=op.f("pk_encounter")),
        sa.UniqueConstraint("facility_id", "digest", name=op.f("uq_encounter_facility_id_digest")),
        sqlite_strict=True,
    )
    op.create_table(
        "item_identifier",
        sa.Column("item_id", Key, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("pack_unit", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "CASE kind WHEN 'gtin' THEN 1 WHEN 'hibc' THEN 1 WHEN 'isbt128' THEN 1 WHEN 'catalogue' THEN 1 WHEN 'supplier' THEN 1 WHEN 'internal' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_item_identifier_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_item_identifier_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "rank", name=op.f("pk_item_identifier")),
        sqlite_strict=True,
    )
    op.create_index("ix_item_identifier_value_kind", "item_identifier", ["value", "kind"], unique=False)
    op.create_table(
        "item_pack",
        sa.Column("item_id", Key, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_item_pack_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_item_pack_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "rank", name=op.f("pk_item_pack")),
        sqlite_strict=True,
    )
    op.create_table(
        "lot",
        sa.Column("id", Key, nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("expires_on", Day(), nullable=True),
        sa.Column("made_on", Day(), nullable=True),
        sa.Column("supplier_id", Key, nullable=True),
        sa.Column("number_key", PlainText, nullable=False),
        sa.Column("serial_key", PlainText, nullable=False),
        sa.CheckConstraint("number <> '' OR serial <> ''", name=op.f("ck_lot_named")),
        sa.CheckConstraint("id > 0", name=op.f("ck_lot_zero_means_no_lot")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_lot_item_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_lot_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sqlite_strict=True,
    )
    op.create_index("ix_lot_number_key", "lot", ["number_key"], unique=False)
    op.create_index(
        "ix_lot_serial_key",
        "lot",
        ["serial_key"],
        unique=False,
        sqlite_where=sa.text("serial_key <> ''"),
        postgresql_where=sa.text("serial_key <> ''"),
    )
    op.create_index("uq_lot_item_id_number_serial", "lot", ["item_id", "number", "serial"], unique=True)
    op.create_table(
        "offer",
        sa.Column("item_id", Key, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("supplier_id", Key, nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("pack_unit", sa.Text(), nullable=False),
        sa.Column("price", Money(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("minimum_packs", sa.Integer(), nullable=False),
        sa.Column("preferred", Flag(), nullable=False),
        sa.CheckConstraint("lead_days >= 0", name=op.f("ck_offer_lead_days_not_negative")),
        sa.CheckConstraint("minimum_packs >= 1", name=op.f("ck_offer_minimum_packs_positive")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_offer_price_not_negative")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_offer_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_offer_supplier_id")),
        sa.PrimaryKeyConstraint("item_id", "rank", name=op.f("pk_offer")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_offer_supplier_id"), "offer", ["supplier_id"], unique=False)
    op.create_table(
        "place",
        sa.Column("id", Key, nullable=False),
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("parent_id", Key, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("order", sa.Integer(), server_default="0", nullable=False),
        sa.Column("floor", sa.Integer(), server_default="0", nullable=False),
        sa.Column("x", Real, server_default="0", nullable=False),
        sa.Column("y", Real, server_default="0", nullable=False),
        sa.Column("cost_centre_id", Key, nullable=True),
        sa.CheckConstraint(
            "(parent_id IS NULL) = (kind = 'facility')", name=op.f("ck_place_only_a_facility_is_a_root")
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'facility' THEN 1 WHEN 'unit' THEN 1 WHEN 'room' THEN 1 WHEN 'core' THEN 1 WHEN 'cart' THEN 1 WHEN 'cabinet' THEN 1 WHEN 'shelf' THEN 1 WHEN 'bin' THEN 1 WHEN 'dock' THEN 1 WHEN 'storeroom' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_place_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"],
            ["cost_centre.id"],
            name=op.f("fk_place_cost_centre_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_place_facility_id")),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["place.id"],
            name=op.f("fk_place_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("facility_id", "id", name=op.f("uq_place_facility_id_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_place_parent_id"), "place", ["parent_id"], unique=False)
    op.create_table(
        "substitute",
        sa.Column("item_id", Key, nullable=False),
        sa.Column("substitute_id", Key, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("item_id <> substitute_id", name=op.f("ck_substitute_not_itself")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_substitute_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"],
            ["item.id"],
            name=op.f("fk_substitute_substitute_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("item_id", "substitute_id", name=op.f("pk_substitute")),
        sqlite_strict=True,
    )
    op.create_table(
        "synonym",
        sa.Column("item_id", Key, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_synonym_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "rank", name=op.f("pk_synonym")),
        sqlite_strict=True,
    )
    op.create_table(
        "daily_usage",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("day", Day(), nullable=False),
        sa.Column("place_id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("charge_id", Key, nullable=False),
        sa.Column("quantity", Key, nullable=False),
        sa.Column("cost", Money(), nullable=False),
        sa.CheckConstraint("kind = 'consume' OR kind = 'waste'", name=op.f("ck_daily_usage_kind_summed")),
        sa.PrimaryKeyConstraint(
            "facility_id", "item_id", "place_id", "day", "kind", "charge_id", name=op.f("pk_daily_usage")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_daily_usage_facility_id_day", "daily_usage", ["facility_id", "day", "place_id"], unique=False
    )
    op.create_table(
        "par",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("place_id", Key, nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("minimum", Key, nullable=False),
        sa.Column("reorder_point", Key, nullable=False),
        sa.Column("par", Key, nullable=False),
        sa.Column("maximum", Key, nullable=False),
        sa.Column("on_hand", Key, server_default="0", nullable=False),
        sa.Column("in_transit", Key, server_default="0", nullable=False),
        sa.CheckConstraint(
            "0 <= minimum AND minimum <= reorder_point AND reorder_point <= par AND par <= maximum",
            name=op.f("ck_par_levels_rise"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id", "place_id"],
            ["place.facility_id", "place.id"],
            name=op.f("fk_par_facility_id_place_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_par_item_id")),
        sa.PrimaryKeyConstraint("facility_id", "place_id", "item_id", name=op.f("pk_par")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_par_facility_id_item_id", "par", ["facility_id", "item_id", "place_id"], unique=False)
    op.create_index(
        "ix_par_low",
        "par",
        ["facility_id", "place_id", "item_id"],
        unique=False,
        sqlite_where=sa.text("on_hand <= reorder_point"),
        postgresql_where=sa.text("on_hand <= reorder_point"),
    )
    op.create_table(
        "person",
        sa.Column("id", Key, nullable=False),
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("home_place_id", Key, nullable=True),
        sa.Column("slack_user_id", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "CASE role WHEN 'clinician' THEN 1 WHEN 'technician' THEN 1 WHEN 'manager' THEN 1 WHEN 'buyer' THEN 1 WHEN 'pharmacist' THEN 1 WHEN 'admin' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_person_role_known"),
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_person_facility_id")),
        sa.ForeignKeyConstraint(["home_place_id"], ["place.id"], name=op.f("fk_person_home_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("slack_user_id", name=op.f("uq_person_slack_user_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_person_facility_id"), "person", ["facility_id"], unique=False)
    op.create_table(
        "place_alias",
        sa.Column("place_id", Key, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_place_alias_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place_id", "rank", name=op.f("pk_place_alias")),
        sqlite_strict=True,
    )
    op.create_table(
        "place_ancestor",
        sa.Column("place_id", Key, nullable=False),
        sa.Column("ancestor_id", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["ancestor_id"], ["place.id"], name=op.f("fk_place_ancestor_ancestor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_place_ancestor_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place_id", "ancestor_id", name=op.f("pk_place_ancestor")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_place_ancestor_ancestor_id_place_id", "place_ancestor", ["ancestor_id", "place_id"], unique=False
    )
    op.create_table(
        "stock",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("place_id", Key, nullable=False),
        sa.Column("lot_id", Key, nullable=False),
        sa.Column("owner_id", Key, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("on_hand", Key, nullable=False),
        sa.Column("reserved", Key, nullable=False),
        sa.Column("expires_on", Day(), nullable=True),
        sa.CheckConstraint(
            "CASE status WHEN 'available' THEN 1 WHEN 'quarantined' THEN 1 WHEN 'recalled' THEN 1 WHEN 'in-transit' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_stock_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id", "place_id"],
            ["place.facility_id", "place.id"],
            name=op.f("fk_stock_facility_id_place_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_stock_item_id")),
        sa.PrimaryKeyConstraint(
            "facility_id", "item_id", "place_id", "lot_id", "owner_id", "status", name=op.f("pk_stock")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_stock_shelf",
        "stock",
        [
            "facility_id",
            "place_id",
            "expires_on",
            "item_id",
            "lot_id",
            "owner_id",
            "status",
            "on_hand",
            "reserved",
        ],
        unique=False,
        sqlite_where=sa.text("on_hand <> 0 OR reserved <> 0"),
        postgresql_where=sa.text("on_hand <> 0 OR reserved <> 0"),
    )
    op.create_index(
        "ix_stock_lot_id",
        "stock",
        ["facility_id", "lot_id"],
        unique=False,
        sqlite_where=sa.text("lot_id > 0"),
        postgresql_where=sa.text("lot_id > 0"),
    )
    op.create_table(
        "surgical_case",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("on", Day(), nullable=False),
        sa.Column("place_id", Key, nullable=False),
        sa.Column("provider_id", Key, nullable=False),
        sa.Column("procedure_id", Key, nullable=False),
        sa.Column("encounter_id", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id", "encounter_id"],
            ["encounter.facility_id", "encounter.id"],
            name=op.f("fk_surgical_case_facility_id_encounter_id"),
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_surgical_case_facility_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_surgical_case_place_id")),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_surgical_case_procedure_id")
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_surgical_case_provider_id")),
        sa.PrimaryKeyConstraint("facility_id", "id", name=op.f("pk_surgical_case")),
        sa.UniqueConstraint("facility_id", "number", name=op.f("uq_surgical_case_facility_id_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_surgical_case_facility_id_on", "surgical_case", ["facility_id", "on"], unique=False)
    for statement in triggers_0001.create(op.get_context().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in triggers_0001.drop(op.get_context().dialect.name):
        op.execute(statement)
    op.drop_index("ix_surgical_case_facility_id_on", table_name="surgical_case")
    op.drop_table("surgical_case")
    op.drop_index(
        "ix_stock_lot_id",
        table_name="stock",
        sqlite_where=sa.text("lot_id > 0"),
        postgresql_where=sa.text("lot_id > 0"),
    )
    op.drop_index(
        "ix_stock_shelf",
        table_name="stock",
        sqlite_where=sa.text("on_hand <> 0 OR reserved <> 0"),
        postgresql_where=sa.text("on_hand <> 0 OR reserved <> 0"),
    )
    op.drop_table("stock")
    op.drop_index("ix_place_ancestor_ancestor_id_place_id", table_name="place_ancestor")
    op.drop_table("place_ancestor")
    op.drop_table("place_alias")
    op.drop_index(op.f("ix_person_facility_id"), table_name="person")
    op.drop_table("person")
    op.drop_index(
        "ix_par_low",
        table_name="par",
        sqlite_where=sa.text("on_hand <= reorder_point"),
        postgresql_where=sa.text("on_hand <= reorder_point"),
    )
    op.drop_index("ix_par_facility_id_item_id", table_name="par")
    op.drop_table("par")
    op.drop_index("ix_daily_usage_facility_id_day", table_name="daily_usage")
    op.drop_table("daily_usage")
    op.drop_table("synonym")
    op.drop_table("substitute")
    op.drop_index(op.f("ix_place_parent_id"), table_name="place")
    op.drop_table("place")
    op.drop_index(op.f("ix_offer_supplier_id"), table_name="offer")
    op.drop_table("offer")
    op.drop_index("uq_lot_item_id_number_serial", table_name="lot")
    op.drop_index(
        "ix_lot_serial_key",
        table_name="lot",
        sqlite_where=sa.text("serial_key <> ''"),
        postgresql_where=sa.text("serial_key <> ''"),
    )
    op.drop_index("ix_lot_number_key", table_name="lot")
    op.drop_table("lot")
    op.drop_table("item_pack")
    op.drop_index("ix_item_identifier_value_kind", table_name="item_identifier")
    op.drop_table("item_identifier")
    op.drop_table("encounter")
    op.drop_table("charge_target")
    op.drop_index(op.f("ix_thread_updated_at"), table_name="thread")
    op.drop_table("thread")
    op.drop_table("supplier")
    op.drop_table("revision")
    op.drop_table("provider")
    op.drop_table("procedure")
    op.drop_index(
        "ix_outbox_waiting",
        table_name="outbox",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(op.f("ix_outbox_finished_at"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(
        "uq_movement_facility_id_reverses",
        table_name="movement",
        sqlite_where=sa.text("reverses IS NOT NULL"),
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.drop_index("uq_movement_facility_id_key", table_name="movement")
    op.drop_index(
        "ix_movement_receipt",
        table_name="movement",
        sqlite_where=sa.text("kind = 'receive' AND reverses IS NULL AND lot_id > 0"),
        postgresql_where=sa.text("kind = 'receive' AND reverses IS NULL AND lot_id > 0"),
    )
    op.drop_index(
        "ix_movement_facility_id_lot_id_occurred_at",
        table_name="movement",
        sqlite_where=sa.text("lot_id > 0"),
        postgresql_where=sa.text("lot_id > 0"),
    )
    op.drop_table("movement")
    op.drop_table("job_run")
    op.drop_index(op.f("ix_item_family"), table_name="item")
    op.drop_table("item")
    op.drop_index(
        "ix_inbox_waiting",
        table_name="inbox",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(op.f("ix_inbox_received_at"), table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("facility")
    op.drop_table("cost_centre")
