"""Alerts with their life, and the settings of jobs. Runs get a facility, a lease and their tries: their claims are made anew.

Revision: 0005, after: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from domain.store.migrations import triggers_0005
from domain.store.types import Day, Flag, Key, Moment, PlainText, UuidKey

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "movement_news",
        sa.Column("id", Key, nullable=False),
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("movement_id", UuidKey(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement_news")),
        sqlite_strict=True,
    )
    op.create_table(
        "alert_digest",
        sa.Column("id", Key, nullable=False),
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("posted_in", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_alert_digest_facility_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_digest")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_alert_digest_behind",
        "alert_digest",
        ["facility_id", "id"],
        unique=False,
        sqlite_where=sa.text("shown < version"),
        postgresql_where=sa.text("shown < version"),
    )
    op.create_index(op.f("ix_alert_digest_made_at"), "alert_digest", ["made_at"], unique=False)
    op.create_index("ix_alert_digest_posted", "alert_digest", ["posted_in", "message"], unique=False)
    op.create_table(
        "alert_rule",
        sa.Column("facility_id", Key, autoincrement=False, nullable=False),
        sa.Column("quiet_from", sa.Text(), nullable=False),
        sa.Column("quiet_until", sa.Text(), nullable=False),
        sa.Column("escalate_hours", sa.Integer(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_alert_rule_facility_id")),
        sa.PrimaryKeyConstraint("facility_id", name=op.f("pk_alert_rule")),
        sqlite_strict=True,
    )
    op.create_table(
        "holiday",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("day", Day(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_holiday_facility_id")),
        sa.PrimaryKeyConstraint("facility_id", "day", name=op.f("pk_holiday")),
        sqlite_strict=True,
    )
    op.create_table(
        "alert_channel",
        sa.Column("place_id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_alert_channel_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place_id", "kind", name=op.f("pk_alert_channel")),
        sqlite_strict=True,
    )
    op.create_table(
        "alert",
        sa.Column("id", Key, nullable=False),
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", PlainText, nullable=False),
        sa.Column("place_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("weight", Key, nullable=False),
        sa.Column("urgent", Flag(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        sa.Column("acknowledged_by", Key, nullable=True),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("assigned_to", Key, nullable=True),
        sa.Column("snoozed_until", Moment(), nullable=True),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.Column("resolved_by", Key, nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("escalated_at", Moment(), nullable=True),
        sa.Column("gone_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "CASE state WHEN 'open' THEN 1 WHEN 'acknowledged' THEN 1 WHEN 'snoozed' THEN 1 WHEN 'resolved' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_alert_state_known"),
        ),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["person.id"], name=op.f("fk_alert_acknowledged_by")),
        sa.ForeignKeyConstraint(["assigned_to"], ["person.id"], name=op.f("fk_alert_assigned_to")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_alert_facility_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_alert_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_alert_place_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["person.id"], name=op.f("fk_alert_resolved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_alert_gone_at"), "alert", ["gone_at"], unique=False)
    op.create_index(
        "uq_alert_living",
        "alert",
        ["facility_id", "kind", "subject"],
        unique=True,
        sqlite_where=sa.text("gone_at IS NULL"),
        postgresql_where=sa.text("gone_at IS NULL"),
    )
    op.create_table(
        "job_setting",
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("enabled", Flag(), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("holidays", sa.Text(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("changed_by", Key, nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_job_setting_changed_by")),
        sa.PrimaryKeyConstraint("facility_id", "job", name=op.f("pk_job_setting")),
        sqlite_strict=True,
    )
    op.create_table(
        "alert_told",
        sa.Column("digest_id", Key, nullable=False),
        sa.Column("alert_id", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_told_alert_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["alert_digest.id"], name=op.f("fk_alert_told_digest_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest_id", "alert_id", name=op.f("pk_alert_told")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_alert_told_alert_id"), "alert_told", ["alert_id"], unique=False)
    # What was claimed before names no facility; nothing is owed for it.
    op.drop_table("job_run")
    op.create_table(
        "job_run",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("facility_id", Key, nullable=False),
        sa.Column("scheduled_for", Moment(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=False),
        sa.Column("claimed_at", Moment(), nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("retry_at", Moment(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "CASE state WHEN 'known' THEN 1 WHEN 'running' THEN 1 WHEN 'finished' THEN 1 WHEN 'failed' THEN 1 ELSE 0 END = 1",
            name=op.f("ck_job_run_state_known"),
        ),
        sa.PrimaryKeyConstraint("job", "facility_id", "scheduled_for", name=op.f("pk_job_run")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_job_run_unfinished",
        "job_run",
        ["claimed_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('running', 'failed')"),
        postgresql_where=sa.text("state IN ('running', 'failed')"),
    )
    for statement in triggers_0005.create(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in triggers_0005.drop(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("job_run")
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
    for table in (
        "alert_told",
        "alert_digest",
        "alert",
        "alert_channel",
        "alert_rule",
        "holiday",
        "job_setting",
        "movement_news",
    ):
        op.drop_table(table)
