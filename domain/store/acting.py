"""Drafts, receipts, subscriptions and the audit trail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, delete, select, text, update

from domain.errors import AlreadyReversed, UnknownRecord
from domain.model.ids import FacilityId, MovementId, PersonId
from domain.model.receipt import ActionDraft, DraftId, DraftState, Receipt, ReceiptId, TrailEntry, TrailKind
from domain.model.subscription import Subscription, SubscriptionId, Topic
from domain.store import tables
from domain.store.counting import next_number
from domain.store.database import Database


class SqlDrafts:
    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, draft: ActionDraft) -> bool:
        table = tables.action_draft
        statement = (
            self._db.insert(table)
            .values(_draft_row(draft))
            .on_conflict_do_nothing(index_elements=["id"])
            .returning(table.c.id)
        )
        return self._db.connection.execute(statement).first() is not None

    def get(self, draft_id: DraftId, *, lock: bool = False) -> ActionDraft:
        table = tables.action_draft
        statement = select(table).where(table.c.id == draft_id)
        row = self._db.connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        if row is None:
            raise UnknownRecord("This card is not known any more.")
        return _draft(row)

    def open_in(self, channel: str, thread: str) -> list[ActionDraft]:
        table = tables.action_draft
        rows = self._db.connection.execute(
            select(table)
            .where(
                table.c.channel == channel,
                table.c.thread == thread,
                table.c.state == DraftState.OPEN.value,
            )
            .order_by(table.c.made_at.desc(), table.c.id.desc())
        )
        return [_draft(row) for row in rows]

    def change(self, draft: ActionDraft) -> bool:
        table = tables.action_draft
        values = _draft_row(draft)
        if not draft.message:
            del values["message"]  # it may have been kept since the draft was read
        done = self._db.connection.execute(
            update(table).where(table.c.id == draft.id, table.c.version == draft.version - 1).values(values)
        )
        return done.rowcount == 1

    def shown_as(self, draft_id: DraftId, message: str) -> None:
        table = tables.action_draft
        self._db.connection.execute(update(table).where(table.c.id == draft_id).values(message=message))

    def lapsed(self, moment: datetime, *, limit: int = 100) -> list[ActionDraft]:
        table = tables.action_draft
        rows = self._db.connection.execute(
            select(table)
            .where(text("action_draft.state = 'open'"), table.c.expires_at <= moment)
            .order_by(table.c.expires_at)
            .limit(limit)
        )
        return [_draft(row) for row in rows]

    def forget_before(self, moment: datetime, *, states: Collection[DraftState]) -> int:
        table, hold = tables.action_draft, tables.hold
        chased = select(hold.c.id).where(hold.c.draft_id == table.c.id, hold.c.lifted_at.is_(None))
        return self._db.connection.execute(
            delete(table).where(
                table.c.made_at < moment,
                table.c.state.in_([state.value for state in states]),
                ~chased.exists(),
            )
        ).rowcount


def _draft_row(draft: ActionDraft) -> dict[str, object]:
    return {
        "id": draft.id,
        "facility_id": draft.facility_id,
        "person_id": draft.person_id,
        "channel": draft.channel,
        "thread": draft.thread,
        "action": draft.action,
        "body": draft.body,
        "state": draft.state.value,
        "version": draft.version,
        "made_at": draft.made_at,
        "expires_at": draft.expires_at,
        "message": draft.message,
        "receipt_id": draft.receipt_id,
    }


def _draft(row: Row[tuple[object, ...]]) -> ActionDraft:
    return ActionDraft(
        id=row.id,
        facility_id=row.facility_id,
        person_id=row.person_id,
        channel=row.channel,
        thread=row.thread,
        action=row.action,
        body=row.body,
        state=DraftState(row.state),
        version=row.version,
        made_at=row.made_at,
        expires_at=row.expires_at,
        message=row.message,
        receipt_id=row.receipt_id,
    )


class SqlReceipts:
    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, receipt: Receipt) -> Receipt:
        there = self.by_draft(receipt.draft_id)
        if there is not None:
            return there
        if receipt.undoes is not None and self._undone_by(receipt.facility_id, receipt.undoes) is not None:
            raise AlreadyReversed(f"R-{receipt.undoes} was undone already.")
        number = ReceiptId(next_number(self._db, receipt.facility_id, "receipt"))
        self._db.connection.execute(
            tables.receipt.insert().values(
                facility_id=receipt.facility_id,
                id=number,
                draft_id=receipt.draft_id,
                action=receipt.action,
                actor_id=receipt.actor_id,
                posted_at=receipt.posted_at,
                channel=receipt.channel,
                thread=receipt.thread,
                undoes=receipt.undoes,
            )
        )
        if receipt.movement_ids:
            self._db.connection.execute(
                tables.receipt_movement.insert(),
                [
                    {
                        "facility_id": receipt.facility_id,
                        "receipt_id": number,
                        "part": part,
                        "movement_id": movement_id,
                    }
                    for part, movement_id in enumerate(receipt.movement_ids)
                ],
            )
        return replace(receipt, id=number)

    def get(self, facility_id: FacilityId, receipt_id: ReceiptId) -> Receipt:
        table = tables.receipt
        row = self._db.connection.execute(
            select(table).where(table.c.facility_id == facility_id, table.c.id == receipt_id)
        ).one_or_none()
        if row is None:
            raise UnknownRecord(f"There is no receipt R-{receipt_id}.")
        return self._whole(row)

    def by_draft(self, draft_id: DraftId) -> Receipt | None:
        table = tables.receipt
        row = self._db.connection.execute(select(table).where(table.c.draft_id == draft_id)).one_or_none()
        return None if row is None else self._whole(row)

    def last_of(
        self,
        person_id: PersonId,
        *,
        channel: str = "",
        thread: str = "",
        since: datetime | None = None,
        standing: bool = True,
    ) -> Receipt | None:
        table = tables.receipt
        later = table.alias("later")
        statement = select(table).where(table.c.actor_id == person_id)
        if standing:
            undone = select(later.c.id).where(
                later.c.facility_id == table.c.facility_id, later.c.undoes == table.c.id
            )
            statement = statement.where(table.c.undoes.is_(None), ~undone.exists())
        if channel:
            statement = statement.where(table.c.channel == channel)
        if thread:
            statement = statement.where(table.c.thread == thread)
        if since is not None:
            statement = statement.where(table.c.posted_at >= since)
        row = self._db.connection.execute(
            statement.order_by(table.c.posted_at.desc(), table.c.id.desc()).limit(1)
        ).one_or_none()
        return None if row is None else self._whole(row)

    def of_movements(self, movement_ids: Collection[MovementId]) -> dict[MovementId, Receipt]:
        parts, table = tables.receipt_movement, tables.receipt
        rows = self._db.connection.execute(
            select(parts.c.movement_id, table)
            .join(table, (table.c.facility_id == parts.c.facility_id) & (table.c.id == parts.c.receipt_id))
            .where(parts.c.movement_id.in_(list(movement_ids)))
        )
        return {MovementId(row.movement_id): self._whole(row) for row in rows}

    def _undone_by(self, facility_id: FacilityId, receipt_id: ReceiptId) -> ReceiptId | None:
        table = tables.receipt
        found = self._db.connection.execute(
            select(table.c.id).where(table.c.facility_id == facility_id, table.c.undoes == receipt_id)
        ).scalar_one_or_none()
        return None if found is None else ReceiptId(found)

    def _whole(self, row: Row[tuple[object, ...]]) -> Receipt:
        parts = tables.receipt_movement
        movements = self._db.connection.execute(
            select(parts.c.movement_id)
            .where(parts.c.facility_id == row.facility_id, parts.c.receipt_id == row.id)
            .order_by(parts.c.part)
        ).scalars()
        return Receipt(
            id=row.id,
            facility_id=row.facility_id,
            draft_id=row.draft_id,
            action=row.action,
            actor_id=row.actor_id,
            posted_at=row.posted_at,
            channel=row.channel,
            thread=row.thread,
            movement_ids=tuple(movements),
            undoes=row.undoes,
            undone_by=self._undone_by(row.facility_id, row.id),
        )


class SqlSubscriptions:
    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, subscription: Subscription) -> Subscription:
        values = _subscription_row(subscription)
        wanted = {name: value for name, value in values.items() if name not in ("made_at", "paused_until")}
        table = tables.subscription
        same = [
            table.c[name].is_(None) if value is None else table.c[name] == value
            for name, value in wanted.items()
        ]
        row = self._db.connection.execute(select(table).where(*same).limit(1)).one_or_none()
        if row is not None:
            return _subscription(row)
        number = self._db.connection.execute(
            self._db.insert(table).values(values).returning(table.c.id)
        ).scalar_one()
        return replace(subscription, id=SubscriptionId(number))

    def of(self, person_id: PersonId) -> list[Subscription]:
        table = tables.subscription
        return self._listed(table.c.person_id == person_id)

    def running(self, facility_id: FacilityId) -> list[Subscription]:
        table = tables.subscription
        return self._listed(table.c.facility_id == facility_id)

    def _listed(self, where: ColumnElement[bool]) -> list[Subscription]:
        table = tables.subscription
        rows = self._db.connection.execute(
            select(table).where(where, table.c.ended_at.is_(None)).order_by(table.c.id)
        )
        return [_subscription(row) for row in rows]

    def end(self, subscription_ids: Collection[SubscriptionId], *, now: datetime) -> int:
        table = tables.subscription
        return self._db.connection.execute(
            update(table)
            .where(self._db.among(table.c.id, subscription_ids), table.c.ended_at.is_(None))
            .values(ended_at=now)
        ).rowcount

    def pause(self, subscription_ids: Collection[SubscriptionId], *, until: datetime) -> int:
        table = tables.subscription
        return self._db.connection.execute(
            update(table)
            .where(self._db.among(table.c.id, subscription_ids), table.c.ended_at.is_(None))
            .values(paused_until=until)
        ).rowcount


def _subscription_row(subscription: Subscription) -> dict[str, object]:
    return {
        "facility_id": subscription.facility_id,
        "person_id": subscription.person_id,
        "topic": subscription.topic.value,
        "item_id": subscription.item_id,
        "place_id": subscription.place_id,
        "lot_id": subscription.lot_id,
        "threshold": subscription.threshold,
        "days": subscription.days,
        "weekday": subscription.weekday,
        "made_at": subscription.made_at,
        "paused_until": subscription.paused_until,
        "ended_at": subscription.ended_at,
    }


def _subscription(row: Row[tuple[object, ...]]) -> Subscription:
    return Subscription(
        id=row.id,
        facility_id=row.facility_id,
        person_id=row.person_id,
        topic=Topic(row.topic),
        made_at=row.made_at,
        item_id=row.item_id,
        place_id=row.place_id,
        lot_id=row.lot_id,
        threshold=row.threshold,
        days=row.days,
        weekday=row.weekday,
        paused_until=row.paused_until,
        ended_at=row.ended_at,
    )


class SqlTrail:
    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, entry: TrailEntry) -> None:
        self._db.connection.execute(
            tables.trail.insert().values(
                facility_id=entry.facility_id,
                at=entry.at,
                person_id=entry.person_id,
                kind=entry.kind.value,
                deed=entry.deed,
                detail=entry.detail,
                draft_id=entry.draft_id,
                receipt_id=entry.receipt_id,
            )
        )

    def read(
        self,
        facility_id: FacilityId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        kinds: Collection[TrailKind] = (),
        person_id: PersonId | None = None,
        limit: int = 200,
    ) -> list[TrailEntry]:
        table = tables.trail
        statement = select(table).where(table.c.facility_id == facility_id)
        if since is not None:
            statement = statement.where(table.c.at >= since)
        if until is not None:
            statement = statement.where(table.c.at < until)
        if kinds:
            statement = statement.where(table.c.kind.in_([kind.value for kind in kinds]))
        if person_id is not None:
            statement = statement.where(table.c.person_id == person_id)
        rows = self._db.connection.execute(
            statement.order_by(table.c.at.desc(), table.c.id.desc()).limit(limit)
        )
        return [
            TrailEntry(
                facility_id=row.facility_id,
                at=row.at,
                person_id=row.person_id,
                kind=TrailKind(row.kind),
                deed=row.deed,
                detail=row.detail,
                draft_id=row.draft_id,
                receipt_id=row.receipt_id,
            )
            for row in rows
        ]
