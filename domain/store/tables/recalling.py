"""Recall notices with what they were matched to and what was said of them."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from domain.model.recall import AnswerKind, RecallClass, Strength
from domain.store.tables.base import metadata, one_of
from domain.store.tables.catalogue import item
from domain.store.tables.hospital import facility, person
from domain.store.types import Day, Key, Moment, PlainText

# Notices are the authority's and concern all facilities.
recall_notice = Table(
    "recall_notice",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source", PlainText, nullable=False),
    Column("number", PlainText, nullable=False),
    Column("event", Text, nullable=False),
    Column("classification", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("firm", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("codes", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("quantity", Text, nullable=False),
    Column("distribution", Text, nullable=False),
    Column("initiated_on", Day),
    Column("reported_on", Day),
    Column("terminated_on", Day),
    Column("revision", Integer, nullable=False),
    Column("taken_at", Moment, nullable=False),
    UniqueConstraint("source", "number"),
    Index("ix_recall_notice_reported_on", "reported_on"),
    one_of("classification", RecallClass),
    sqlite_strict=True,
)

# ``lot_id`` 0: whatever there is of the item. ``evidence`` is a JSON list of sentences.
recall_match = Table(
    "recall_match",
    metadata,
    Column("notice_id", Key, ForeignKey(recall_notice.c.id, ondelete="CASCADE"), nullable=False),
    Column("item_id", Key, ForeignKey(item.c.id), nullable=False),
    Column("lot_id", Key, nullable=False),
    Column("strength", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    PrimaryKeyConstraint("notice_id", "item_id", "lot_id"),
    one_of("strength", Strength),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# ``lots`` is a JSON list of [item, lot] that it was said of; a lot of 0 is whatever there is.
recall_answer = Table(
    "recall_answer",
    metadata,
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("notice_id", Key, ForeignKey(recall_notice.c.id, ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("person_id", Key, ForeignKey(person.c.id), nullable=False),
    Column("answered_at", Moment, nullable=False),
    Column("lots", Text, nullable=False),
    PrimaryKeyConstraint("facility_id", "notice_id"),
    one_of("kind", AnswerKind),
    sqlite_strict=True,
)
