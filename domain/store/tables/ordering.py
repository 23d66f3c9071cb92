"""Purchase orders with their lines, what came of them, and what nobody wanted ordered."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from domain.model.purchase import OrderState, Origin
from domain.store.tables.base import metadata, one_of
from domain.store.tables.catalogue import item, supplier
from domain.store.tables.hospital import facility, person, place
from domain.store.tables.ledger import Count
from domain.store.types import Day, Key, Moment, Money, UuidKey

purchase_order = Table(
    "purchase_order",
    metadata,
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("id", Key, nullable=False, autoincrement=False),
    Column("supplier_id", Key, ForeignKey(supplier.c.id), nullable=False),
    Column("state", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("draft_id", UuidKey),
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("asked_by", Key, ForeignKey(person.c.id)),
    Column("approved_by", Key, ForeignKey(person.c.id)),
    Column("approved_at", Moment),
    Column("sent_by", Key, ForeignKey(person.c.id)),
    Column("sent_at", Moment),
    Column("reason", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("facility_id", "id"),
    one_of("state", OrderState),
    one_of("origin", Origin),
    CheckConstraint(
        "state IN ('draft', 'cancelled') OR approved_at IS NOT NULL", name="approved_before_it_is_placed"
    ),
    Index(
        "ix_purchase_order_draft_id",
        "draft_id",
        sqlite_where=text("draft_id IS NOT NULL"),
        postgresql_where=text("draft_id IS NOT NULL"),
    ),
    Index("ix_purchase_order_facility_id_state", "facility_id", "state", "id"),
    Index("ix_purchase_order_facility_id_supplier_id", "facility_id", "supplier_id", "sent_at"),
    sqlite_strict=True,
)

# ``why`` is JSON of ``domain.model.purchase.Why``, "" for what a person asked for.
purchase_order_line = Table(
    "purchase_order_line",
    metadata,
    Column("facility_id", Key, nullable=False),
    Column("order_id", Key, nullable=False),
    Column("number", Integer, nullable=False),
    Column("item_id", Key, ForeignKey(item.c.id), nullable=False, index=True),
    Column("place_id", Key, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("pack_unit", Text, nullable=False),
    Column("pack_size", Integer, nullable=False),
    Column("packs", Count, nullable=False),
    Column("price", Money, nullable=False),
    Column("lead_days", Integer, nullable=False),
    Column("minimum_packs", Integer, nullable=False),
    Column("received", Count, nullable=False),
    Column("promised_on", Day),
    Column("why", Text, nullable=False),
    PrimaryKeyConstraint("facility_id", "order_id", "number"),
    ForeignKeyConstraint(["facility_id", "order_id"], [purchase_order.c.facility_id, purchase_order.c.id]),
    ForeignKeyConstraint(["facility_id", "place_id"], [place.c.facility_id, place.c.id]),
    CheckConstraint("packs > 0 AND pack_size > 0 AND received >= 0", name="quantities"),
    CheckConstraint("price >= 0", name="price_not_negative"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# ``receipt_id`` is null for what came before Parley kept receipts. The rows of an undone receipt are deleted: the trail keeps it.
purchase_receipt = Table(
    "purchase_receipt",
    metadata,
    Column("id", Key, primary_key=True),
    Column("facility_id", Key, nullable=False),
    Column("order_id", Key, nullable=False),
    Column("line", Integer, nullable=False),
    Column("receipt_id", Key),
    Column("quantity", Count, nullable=False),
    Column("day", Day, nullable=False),
    ForeignKeyConstraint(["facility_id", "order_id"], [purchase_order.c.facility_id, purchase_order.c.id]),
    ForeignKeyConstraint(["facility_id", "receipt_id"], ["receipt.facility_id", "receipt.id"]),
    UniqueConstraint("facility_id", "receipt_id", "order_id", "line"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    Index("ix_purchase_receipt_facility_id_order_id", "facility_id", "order_id"),
    sqlite_strict=True,
)

reorder_declined = Table(
    "reorder_declined",
    metadata,
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("item_id", Key, ForeignKey(item.c.id), nullable=False),
    Column("place_id", Key, nullable=False),
    Column("until", Day, nullable=False),
    Column("available", Count, nullable=False),
    Column("reason", Text, nullable=False),
    Column("person_id", Key, ForeignKey(person.c.id), nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("facility_id", "item_id", "place_id"),
    ForeignKeyConstraint(["facility_id", "place_id"], [place.c.facility_id, place.c.id]),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
