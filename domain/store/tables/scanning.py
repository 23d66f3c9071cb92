"""Scans and enrolments. No picture is kept: a scan's ``body`` is the dialogue's own JSON of product codes and ids."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from domain.model.item import IdentifierKind
from domain.model.scanning import EnrolmentState
from domain.store.tables.base import metadata, one_of
from domain.store.tables.catalogue import item
from domain.store.tables.hospital import facility, person
from domain.store.types import Flag, Key, Moment, PlainText, UuidKey

scan = Table(
    "scan",
    metadata,
    Column("id", UuidKey, primary_key=True),
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("person_id", Key, ForeignKey(person.c.id), nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("made_at", Moment, nullable=False, index=True),
    Column("private", Flag, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_scan_channel_thread_made_at", "channel", "thread", "made_at"),
    sqlite_strict=True,
)

# ``scan_id`` is no foreign key: scans are forgotten with their threads, what was taught stays.
enrolment = Table(
    "enrolment",
    metadata,
    Column("id", Key, primary_key=True),
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("item_id", Key, ForeignKey(item.c.id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", PlainText, nullable=False),
    Column("pack_unit", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_by", Key, ForeignKey(person.c.id), nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("decided_by", Key, ForeignKey(person.c.id)),
    Column("decided_at", Moment),
    Column("scan_id", UuidKey, nullable=False, index=True),
    one_of("kind", IdentifierKind),
    one_of("state", EnrolmentState),
    UniqueConstraint("scan_id", "kind", "value", "item_id", "pack_unit"),
    sqlite_strict=True,
)
