"""Threads, what Slack told us, what we owe Slack, and the runs of scheduled jobs."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from domain.model.job import RunState
from domain.store.tables.base import metadata, one_of
from domain.store.types import Day, Key, Moment, PlainText, Real


class InboxState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    SET_ASIDE = "set-aside"  # failed for good: the operator looks


class OutboxState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"


thread = Table(
    "thread",
    metadata,
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("person_id", Key),
    Column("state", Text, nullable=False),
    Column("updated_at", Moment, nullable=False, index=True),
    PrimaryKeyConstraint("channel", "thread"),
    sqlite_strict=True,
)

# ``payload`` is sealed and erased when the row is done. A row is free when ``lease_until`` is past or absent; ``due_at`` is
# when it may be tried (again).
inbox = Table(
    "inbox",
    metadata,
    Column("event_id", PlainText, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("worker", Text, nullable=False),
    Column("lease_until", Moment),
    Column("finished_at", Moment),
    Column("support_code", Text, nullable=False),
    one_of("state", InboxState),
    Index(
        "ix_inbox_waiting",
        "received_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    sqlite_strict=True,
)

# ``id`` is the order in which rows were stored: within a channel nothing overtakes.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", PlainText, nullable=False),
    Column("channel", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Moment),
    Column("worker", Text, nullable=False),
    Column("lease_until", Moment),
    Column("finished_at", Moment, index=True),
    Column("ts", Text, nullable=False),
    Column("error", Text, nullable=False),
    UniqueConstraint("key"),
    one_of("state", OutboxState),
    Index(
        "ix_outbox_waiting",
        "channel",
        "id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    sqlite_strict=True,
)

# ``sealed`` is what a message was understood as, and its words: the buttons below the reply lead back to it.
reading = Table(
    "reading",
    metadata,
    Column("id", PlainText, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False, index=True),
    Column("settled_at", Moment),
    sqlite_strict=True,
)

# Masked before it comes here; nothing leads from a candidate to a person, a channel or a thread.
candidate = Table(
    "candidate",
    metadata,
    Column("id", Key, primary_key=True),
    Column("text", Text, nullable=False),
    Column("spans", Text, nullable=False),
    Column("understood", Text, nullable=False),
    Column("confidence", Real, nullable=False),
    Column("chosen", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("day", Day, nullable=False, index=True),
    Column("exported_on", Day),
    sqlite_strict=True,
)

# One row a run: the row is the claim. ``facility_id`` 0 is the whole house. A RUNNING row is free again when its lease is past: whoever
# had it died. A FAILED one is tried again from ``retry_at`` on; with none it is given up. ``outcome`` and ``failure`` name no patient.
job_run = Table(
    "job_run",
    metadata,
    Column("job", Text, nullable=False),
    Column("facility_id", Key, nullable=False),
    Column("scheduled_for", Moment, nullable=False),
    Column("claimed_by", Text, nullable=False),
    Column("claimed_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("finished_at", Moment),
    Column("retry_at", Moment),
    Column("failure", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    PrimaryKeyConstraint("job", "facility_id", "scheduled_for"),
    one_of("state", RunState),
    Index(
        "ix_job_run_unfinished",
        "claimed_at",
        sqlite_where=text("state IN ('running', 'failed')"),
        postgresql_where=text("state IN ('running', 'failed')"),
    ),
    sqlite_strict=True,
)
