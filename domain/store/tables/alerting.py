"""Alerts with the posts that tell of them, what is set about jobs, and the movements that subscriptions have not been asked about."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from domain.model.alert import AlertState
from domain.store.tables.base import metadata, one_of
from domain.store.tables.hospital import facility, person, place
from domain.store.types import Day, Flag, Key, Moment, PlainText, UuidKey

# One row a fact and not two: ``gone_at`` is set when its watcher finds it no more, whoever resolved it before.
alert = Table(
    "alert",
    metadata,
    Column("id", Key, primary_key=True),
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", PlainText, nullable=False),
    Column("place_id", Key, ForeignKey(place.c.id), nullable=False),
    Column("person_id", Key, ForeignKey(person.c.id)),
    Column("facts", Text, nullable=False),
    Column("weight", Key, nullable=False),
    Column("urgent", Flag, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("told_at", Moment),
    Column("acknowledged_by", Key, ForeignKey(person.c.id)),
    Column("acknowledged_at", Moment),
    Column("assigned_to", Key, ForeignKey(person.c.id)),
    Column("snoozed_until", Moment),
    Column("resolved_at", Moment),
    Column("resolved_by", Key, ForeignKey(person.c.id)),
    Column("resolution", Text, nullable=False),
    Column("escalated_at", Moment),
    Column("gone_at", Moment, index=True),
    one_of("state", AlertState),
    Index(
        "uq_alert_living",
        "facility_id",
        "kind",
        "subject",
        unique=True,
        sqlite_where=text("gone_at IS NULL"),
        postgresql_where=text("gone_at IS NULL"),
    ),
    sqlite_strict=True,
)

# ``channel`` is where it was addressed (a channel or a Slack user), ``posted_in`` and ``message`` what Slack made of it.
alert_digest = Table(
    "alert_digest",
    metadata,
    Column("id", Key, primary_key=True),
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("made_at", Moment, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("posted_in", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("page", Integer, nullable=False),
    Index("ix_alert_digest_posted", "posted_in", "message"),
    Index(
        "ix_alert_digest_behind",
        "facility_id",
        "id",
        sqlite_where=text("shown < version"),
        postgresql_where=text("shown < version"),
    ),
    sqlite_strict=True,
)

alert_told = Table(
    "alert_told",
    metadata,
    Column("digest_id", Key, ForeignKey(alert_digest.c.id, ondelete="CASCADE"), nullable=False),
    Column("alert_id", Key, ForeignKey(alert.c.id, ondelete="CASCADE"), nullable=False, index=True),
    PrimaryKeyConstraint("digest_id", "alert_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# What people set of a job; an empty ``cron`` or ``holidays`` means as the table of jobs has it. ``facility_id`` 0 is the whole house.
job_setting = Table(
    "job_setting",
    metadata,
    Column("facility_id", Key, nullable=False),
    Column("job", Text, nullable=False),
    Column("enabled", Flag, nullable=False),
    Column("cron", Text, nullable=False),
    Column("holidays", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", Key, ForeignKey(person.c.id)),
    PrimaryKeyConstraint("facility_id", "job"),
    sqlite_strict=True,
)

# Where the people of a place are told; ``kind`` "" is for every kind that names none of its own.
alert_channel = Table(
    "alert_channel",
    metadata,
    Column("place_id", Key, ForeignKey(place.c.id, ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    PrimaryKeyConstraint("place_id", "kind"),
    sqlite_strict=True,
)

# Times are "HH:MM" in the facility's zone; equal ones mean no quiet hours.
alert_rule = Table(
    "alert_rule",
    metadata,
    Column("facility_id", Key, ForeignKey(facility.c.id), primary_key=True, autoincrement=False),
    Column("quiet_from", Text, nullable=False),
    Column("quiet_until", Text, nullable=False),
    Column("escalate_hours", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
    sqlite_strict=True,
)

holiday = Table(
    "holiday",
    metadata,
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("day", Day, nullable=False),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("facility_id", "day"),
    sqlite_strict=True,
)

# Filled by a trigger in the movement's own transaction, only while somebody is subscribed; emptied by whoever tells of it. Whatever
# order movements are committed in, none is left out and none is read twice.
movement_news = Table(
    "movement_news",
    metadata,
    Column("id", Key, primary_key=True),
    Column("facility_id", Key, nullable=False),
    Column("movement_id", UuidKey, nullable=False),
    sqlite_strict=True,
)
