"""What actions leave behind beside movements: drafts, receipts, requisitions, holds, subscriptions, the audit trail.

Every table leads its keys with the facility, as the ledger does. Numbers that people read are counted by ``counter``.
"""

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

from domain.model.hold import CheckState
from domain.model.receipt import DraftState, TrailKind
from domain.model.requisition import RequisitionState
from domain.model.subscription import Topic
from domain.store.tables.base import metadata, one_of
from domain.store.tables.catalogue import item
from domain.store.tables.hospital import facility, person, place
from domain.store.tables.ledger import Count, lot
from domain.store.types import Flag, Key, Moment, UuidKey

counter = Table(
    "counter",
    metadata,
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Key, nullable=False),
    PrimaryKeyConstraint("facility_id", "name"),
    sqlite_strict=True,
)

person_place = Table(
    "person_place",
    metadata,
    Column("person_id", Key, ForeignKey(person.c.id, ondelete="CASCADE"), nullable=False),
    Column("place_id", Key, ForeignKey(place.c.id, ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("person_id", "place_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# ``body`` is the dialogue's own JSON and holds no patient identifier: an encounter is its row's id.
action_draft = Table(
    "action_draft",
    metadata,
    Column("id", UuidKey, primary_key=True),
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("person_id", Key, ForeignKey(person.c.id), nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("message", Text, nullable=False),
    Column("receipt_id", Key),
    one_of("state", DraftState),
    Index("ix_action_draft_channel_thread", "channel", "thread"),
    Index(
        "ix_action_draft_open",
        "expires_at",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    sqlite_strict=True,
)

receipt = Table(
    "receipt",
    metadata,
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("id", Key, nullable=False, autoincrement=False),
    Column("draft_id", UuidKey, nullable=False),
    Column("action", Text, nullable=False),
    Column("actor_id", Key, ForeignKey(person.c.id), nullable=False),
    Column("posted_at", Moment, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("undoes", Key),
    PrimaryKeyConstraint("facility_id", "id"),
    UniqueConstraint("draft_id"),
    ForeignKeyConstraint(["facility_id", "undoes"], ["receipt.facility_id", "receipt.id"]),
    Index(
        "uq_receipt_facility_id_undoes",
        "facility_id",
        "undoes",
        unique=True,
        sqlite_where=text("undoes IS NOT NULL"),
        postgresql_where=text("undoes IS NOT NULL"),
    ),
    Index("ix_receipt_actor_id_posted_at", "actor_id", "posted_at"),
    sqlite_strict=True,
)

receipt_movement = Table(
    "receipt_movement",
    metadata,
    Column("facility_id", Key, nullable=False),
    Column("receipt_id", Key, nullable=False),
    Column("part", Integer, nullable=False),
    Column("movement_id", UuidKey, nullable=False, index=True),
    PrimaryKeyConstraint("facility_id", "receipt_id", "part"),
    ForeignKeyConstraint(["facility_id", "receipt_id"], [receipt.c.facility_id, receipt.c.id]),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

requisition = Table(
    "requisition",
    metadata,
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("id", Key, nullable=False, autoincrement=False),
    Column("draft_id", UuidKey, nullable=False),
    Column("asker_id", Key, ForeignKey(person.c.id), nullable=False),
    Column("picker_id", Key, ForeignKey(person.c.id)),
    Column("from_place_id", Key, nullable=False),
    Column("to_place_id", Key, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("needed_by", Text, nullable=False),
    Column("asker_channel", Text, nullable=False),
    Column("asker_thread", Text, nullable=False),
    Column("store_message", Text, nullable=False),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("facility_id", "id"),
    UniqueConstraint("draft_id"),
    ForeignKeyConstraint(["facility_id", "from_place_id"], [place.c.facility_id, place.c.id]),
    ForeignKeyConstraint(["facility_id", "to_place_id"], [place.c.facility_id, place.c.id]),
    one_of("state", RequisitionState),
    Index("ix_requisition_facility_id_state", "facility_id", "state", "asked_at"),
    sqlite_strict=True,
)

requisition_line = Table(
    "requisition_line",
    metadata,
    Column("facility_id", Key, nullable=False),
    Column("requisition_id", Key, nullable=False),
    Column("number", Integer, nullable=False),
    Column("item_id", Key, ForeignKey(item.c.id), nullable=False, index=True),
    Column("asked", Count, nullable=False),
    Column("picked", Count, nullable=False),
    Column("received", Count, nullable=False),
    Column("entered", Text, nullable=False),
    Column("instead_of", Integer),
    PrimaryKeyConstraint("facility_id", "requisition_id", "number"),
    ForeignKeyConstraint(["facility_id", "requisition_id"], [requisition.c.facility_id, requisition.c.id]),
    CheckConstraint("asked > 0 AND picked >= 0 AND received >= 0", name="quantities"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

hold = Table(
    "hold",
    metadata,
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("id", Key, nullable=False, autoincrement=False),
    Column("draft_id", UuidKey, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recalled", Flag, nullable=False),
    Column("item_id", Key, ForeignKey(item.c.id), index=True),
    Column("opened_by", Key, ForeignKey(person.c.id), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("lifted_by", Key, ForeignKey(person.c.id)),
    Column("lifted_at", Moment),
    PrimaryKeyConstraint("facility_id", "id"),
    UniqueConstraint("draft_id"),
    sqlite_strict=True,
)

hold_lot = Table(
    "hold_lot",
    metadata,
    Column("facility_id", Key, nullable=False),
    Column("hold_id", Key, nullable=False),
    Column("lot_id", Key, ForeignKey(lot.c.id), nullable=False, index=True),
    PrimaryKeyConstraint("facility_id", "hold_id", "lot_id"),
    ForeignKeyConstraint(["facility_id", "hold_id"], [hold.c.facility_id, hold.c.id]),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

hold_check = Table(
    "hold_check",
    metadata,
    Column("facility_id", Key, nullable=False),
    Column("hold_id", Key, nullable=False),
    Column("place_id", Key, nullable=False),
    Column("quantity", Count, nullable=False),
    Column("state", Text, nullable=False),
    Column("answered_by", Key, ForeignKey(person.c.id)),
    Column("answered_at", Moment),
    Column("chased", Integer, nullable=False),
    PrimaryKeyConstraint("facility_id", "hold_id", "place_id"),
    ForeignKeyConstraint(["facility_id", "hold_id"], [hold.c.facility_id, hold.c.id]),
    ForeignKeyConstraint(["facility_id", "place_id"], [place.c.facility_id, place.c.id]),
    one_of("state", CheckState),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", Key, primary_key=True),
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("person_id", Key, ForeignKey(person.c.id), nullable=False),
    Column("topic", Text, nullable=False),
    Column("item_id", Key, ForeignKey(item.c.id)),
    Column("place_id", Key, ForeignKey(place.c.id)),
    Column("lot_id", Key, ForeignKey(lot.c.id)),
    Column("threshold", Count),
    Column("days", Integer),
    Column("weekday", Integer),
    Column("made_at", Moment, nullable=False),
    Column("paused_until", Moment),
    Column("ended_at", Moment),
    one_of("topic", Topic),
    Index(
        "ix_subscription_running",
        "facility_id",
        "person_id",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    sqlite_strict=True,
)

# Append-only by triggers, as movement is.
trail = Table(
    "trail",
    metadata,
    Column("id", Key, primary_key=True),
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("at", Moment, nullable=False),
    Column("person_id", Key, ForeignKey(person.c.id)),
    Column("kind", Text, nullable=False),
    Column("deed", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("draft_id", UuidKey),
    Column("receipt_id", Key),
    one_of("kind", TrailKind),
    Index("ix_trail_facility_id_at", "facility_id", "at"),
    sqlite_strict=True,
)
