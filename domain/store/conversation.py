"""Threads, inbox, outbox: what the bot keeps, so that a process holds no state.

Claims are leases: a row is taken until ``lease_until``; whoever dies with it gives it back by letting the lease run out.
On PostgreSQL a claim skips rows that another one is taking; on SQLite writing units follow one another anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Row, delete, func, or_, select, text, update

from domain.ports import InboxRow, OutboxRow, ThreadState
from domain.store import tables
from domain.store.database import Database
from domain.store.tables import InboxState, OutboxState


class SqlThreads:
    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, channel: str, thread: str) -> ThreadState | None:
        table = tables.thread
        row = self._db.connection.execute(
            select(table).where(table.c.channel == channel, table.c.thread == thread)
        ).one_or_none()
        if row is None:
            return None
        return ThreadState(
            channel=row.channel,
            thread=row.thread,
            person_id=row.person_id,
            state=row.state,
            updated_at=row.updated_at,
        )

    def put(self, state: ThreadState) -> None:
        table = tables.thread
        changing = {"person_id": state.person_id, "state": state.state, "updated_at": state.updated_at}
        self._db.connection.execute(
            self._db.insert(table)
            .values(channel=state.channel, thread=state.thread, **changing)
            .on_conflict_do_update(index_elements=["channel", "thread"], set_=changing)
        )

    def forget_before(self, moment: datetime) -> int:
        table = tables.thread
        return self._db.connection.execute(delete(table).where(table.c.updated_at < moment)).rowcount


class SqlInbox:
    def __init__(self, database: Database) -> None:
        self._db = database

    def receive(self, row: InboxRow) -> bool:
        statement = (
            self._db.insert(tables.inbox)
            .values(
                event_id=row.event_id,
                kind=row.kind,
                payload=row.payload,
                received_at=row.received_at,
                state=InboxState.WAITING.value,
                attempts=row.attempts,
                due_at=row.received_at,
                worker="",
                support_code="",
            )
            .on_conflict_do_nothing(index_elements=["event_id"])
            .returning(tables.inbox.c.event_id)
        )
        return self._db.connection.execute(statement).first() is not None

    def claim(self, *, worker: str, now: datetime, lease_until: datetime, limit: int = 10) -> list[InboxRow]:
        table = tables.inbox
        chosen = (
            select(table.c.event_id)
            .where(text("inbox.state = 'waiting'"), table.c.due_at <= now, _free(table.c.lease_until, now))
            .order_by(table.c.received_at, table.c.event_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._take(
            table.c.event_id.in_(chosen.scalar_subquery()), worker=worker, lease_until=lease_until
        )

    def claim_one(
        self, event_id: str, *, worker: str, now: datetime, lease_until: datetime
    ) -> InboxRow | None:
        table = tables.inbox
        chosen = (
            select(table.c.event_id)
            .where(
                table.c.event_id == event_id,
                table.c.state == InboxState.WAITING.value,
                _free(table.c.lease_until, now),
            )
            .with_for_update(skip_locked=True)
        )
        taken = self._take(
            table.c.event_id.in_(chosen.scalar_subquery()), worker=worker, lease_until=lease_until
        )
        return taken[0] if taken else None

    def _take(self, chosen: ColumnElement[bool], *, worker: str, lease_until: datetime) -> list[InboxRow]:
        table = tables.inbox
        rows = self._db.connection.execute(
            update(table)
            .where(chosen)
            .values(worker=worker, lease_until=lease_until, attempts=table.c.attempts + 1)
            .returning(table.c.event_id, table.c.kind, table.c.payload, table.c.received_at, table.c.attempts)
        )
        return sorted(
            (
                InboxRow(
                    event_id=row.event_id,
                    kind=row.kind,
                    payload=row.payload,
                    received_at=row.received_at,
                    attempts=row.attempts,
                )
                for row in rows
            ),
            key=lambda row: (row.received_at, row.event_id),
        )

    def done(self, event_id: str, *, now: datetime) -> None:
        table = tables.inbox
        self._db.connection.execute(
            update(table)
            .where(table.c.event_id == event_id)
            .values(state=InboxState.DONE.value, payload=b"", lease_until=None, finished_at=now)
        )

    def failed(self, event_id: str, *, now: datetime, support_code: str, retry_at: datetime | None) -> None:
        table = tables.inbox
        outcome: dict[str, object] = (
            {"state": InboxState.SET_ASIDE.value, "finished_at": now}
            if retry_at is None
            else {"due_at": retry_at}
        )
        self._db.connection.execute(
            update(table)
            .where(table.c.event_id == event_id, table.c.state == InboxState.WAITING.value)
            .values(support_code=support_code, lease_until=None, **outcome)
        )

    def forget_before(self, moment: datetime) -> int:
        table = tables.inbox
        return self._db.connection.execute(delete(table).where(table.c.finished_at < moment)).rowcount


class SqlOutbox:
    def __init__(self, database: Database) -> None:
        self._db = database

    def put(self, row: OutboxRow) -> bool:
        statement = (
            self._db.insert(tables.outbox)
            .values(
                key=row.key,
                channel=row.channel,
                method=row.method,
                body=row.body,
                blob=row.blob,
                created_at=row.created_at,
                state=OutboxState.WAITING.value,
                attempts=row.attempts,
                not_before=row.not_before,
                worker="",
                ts="",
                error="",
            )
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(tables.outbox.c.key)
        )
        return self._db.connection.execute(statement).first() is not None

    def claim(self, *, worker: str, now: datetime, lease_until: datetime, limit: int = 50) -> list[OutboxRow]:
        table = tables.outbox
        earlier = table.alias("earlier")
        is_next = ~(
            select(earlier.c.id)
            .where(
                text("earlier.state = 'waiting'"),
                earlier.c.channel == table.c.channel,
                earlier.c.id < table.c.id,
            )
            .exists()
        )
        chosen = (
            select(table.c.id)
            .where(
                text("outbox.state = 'waiting'"),
                or_(table.c.not_before.is_(None), table.c.not_before <= now),
                _free(table.c.lease_until, now),
                is_next,
            )
            .order_by(table.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=table)
        )
        rows = self._db.connection.execute(
            update(table)
            .where(table.c.id.in_(chosen.scalar_subquery()))
            .values(worker=worker, lease_until=lease_until, attempts=table.c.attempts + 1)
            .returning(
                table.c.id,
                table.c.key,
                table.c.channel,
                table.c.method,
                table.c.body,
                table.c.blob,
                table.c.created_at,
                table.c.attempts,
                table.c.not_before,
            )
        ).all()
        return [_outbox_row(row) for row in sorted(rows, key=lambda row: int(row.id))]

    def sent(self, key: str, *, now: datetime, ts: str) -> None:
        table = tables.outbox
        # The blob is not needed any more: a plot or a recording is large.
        self._db.connection.execute(
            update(table)
            .where(table.c.key == key)
            .values(
                state=OutboxState.SENT.value, ts=ts, blob=b"", error="", lease_until=None, finished_at=now
            )
        )

    def failed(self, key: str, *, now: datetime, error: str, retry_at: datetime | None) -> None:
        table = tables.outbox
        outcome: dict[str, object] = (
            {"state": OutboxState.GIVEN_UP.value, "finished_at": now}
            if retry_at is None
            else {"not_before": retry_at}
        )
        self._db.connection.execute(
            update(table)
            .where(table.c.key == key, table.c.state == OutboxState.WAITING.value)
            .values(error=error, lease_until=None, **outcome)
        )

    def replace(self, row: OutboxRow) -> bool:
        table = tables.outbox
        return bool(
            self._db.connection.execute(
                update(table)
                .where(table.c.key == row.key, table.c.state == OutboxState.WAITING.value)
                .values(body=row.body, blob=row.blob)
            ).rowcount
        )

    def given_up(self, keys: Collection[str]) -> frozenset[str]:
        table = tables.outbox
        found = self._db.connection.scalars(
            select(table.c.key).where(
                table.c.key.in_(sorted(keys)), table.c.state == OutboxState.GIVEN_UP.value
            )
        )
        return frozenset(found)

    def waiting(self) -> Mapping[str, int]:
        table = tables.outbox
        rows = self._db.connection.execute(select(table.c.state, func.count()).group_by(table.c.state))
        return {state.value: 0 for state in OutboxState} | dict(rows.tuples().all())

    def forget_before(self, moment: datetime) -> int:
        table = tables.outbox
        return self._db.connection.execute(delete(table).where(table.c.finished_at < moment)).rowcount


def _free(lease_until: ColumnElement[datetime], now: datetime) -> ColumnElement[bool]:
    return or_(lease_until.is_(None), lease_until <= now)


def _outbox_row(row: Row[tuple[object, ...]]) -> OutboxRow:
    return OutboxRow(
        key=row.key,
        channel=row.channel,
        method=row.method,
        body=row.body,
        created_at=row.created_at,
        blob=row.blob,
        attempts=row.attempts,
        not_before=row.not_before,
    )
