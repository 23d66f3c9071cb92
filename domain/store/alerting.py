"""Alerts with the posts that tell of them, and movements that subscriptions have not been asked about."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from domain.errors import UnknownRecord
from domain.model.alert import Alert, AlertId, AlertKind, AlertState, Digest, DigestId, Finding
from domain.model.ids import FacilityId, MovementId
from domain.store import tables
from domain.store.database import Database, chunked, refused

_ORDER = (tables.alert.c.urgent.desc(), tables.alert.c.weight.desc(), tables.alert.c.id)
_LIVES = tables.alert.c.gone_at.is_(None)


class SqlAlerts:
    def __init__(self, database: Database) -> None:
        self._db = database

    # ------------------------------------------------------------------------------------------ alerts

    def living(self, facility_id: FacilityId, kind: AlertKind) -> Mapping[str, Alert]:
        table = tables.alert
        found = self._alerts(
            select(table).where(table.c.facility_id == facility_id, table.c.kind == kind.value, _LIVES),
            lock=True,
        )
        return {alert.finding.subject: alert for alert in found}

    def add(self, findings: Sequence[Finding], *, facility_id: FacilityId, now: datetime) -> list[Alert]:
        added: list[Alert] = []
        for part in chunked(findings, 500):
            rows = [
                {
                    "facility_id": facility_id,
                    "kind": finding.kind.value,
                    "subject": finding.subject,
                    **_facts(finding),
                    "state": AlertState.OPEN.value,
                    "opened_at": now,
                    "seen_at": now,
                    "resolution": "",
                }
                for finding in part
            ]
            statement = insert(tables.alert).returning(tables.alert.c.id, sort_by_parameter_order=True)
            try:
                ids = self._db.connection.execute(statement, rows).scalars().all()
            except IntegrityError as error:
                raise refused(tables.alert, error) from error
            added += [
                Alert(AlertId(number), facility_id, finding, AlertState.OPEN, opened_at=now, seen_at=now)
                for number, finding in zip(ids, part, strict=True)
            ]
        return added

    def get(self, alert_id: AlertId) -> Alert:
        found = self._alerts(select(tables.alert).where(tables.alert.c.id == alert_id), lock=True)
        if not found:
            raise UnknownRecord("This alert is not kept any more.")
        return found[0]

    def many(self, alert_ids: Collection[AlertId]) -> dict[AlertId, Alert]:
        statement = select(tables.alert).where(self._db.among(tables.alert.c.id, alert_ids))
        return {alert.id: alert for alert in self._alerts(statement)}

    def change(self, alert: Alert) -> None:
        self._db.connection.execute(
            update(tables.alert)
            .where(tables.alert.c.id == alert.id)
            .values(
                **_facts(alert.finding),
                state=alert.state.value,
                seen_at=alert.seen_at,
                told_at=alert.told_at,
                acknowledged_by=alert.acknowledged_by,
                acknowledged_at=alert.acknowledged_at,
                assigned_to=alert.assigned_to,
                snoozed_until=alert.snoozed_until,
                resolved_at=alert.resolved_at,
                resolved_by=alert.resolved_by,
                resolution=alert.resolution,
                escalated_at=alert.escalated_at,
                gone_at=alert.gone_at,
            )
        )

    def seen(self, alert_ids: Collection[AlertId], *, now: datetime) -> None:
        self._where(alert_ids, seen_at=now)

    def told(self, alert_ids: Collection[AlertId], *, now: datetime) -> None:
        self._where(alert_ids, told_at=now)

    def _where(self, alert_ids: Collection[AlertId], **values: datetime) -> None:
        if alert_ids:
            table = tables.alert
            self._db.connection.execute(
                update(table).where(self._db.among(table.c.id, alert_ids)).values(**values)
            )

    def untold(self, facility_id: FacilityId) -> list[Alert]:
        table = tables.alert
        return self._alerts(
            self._open(facility_id).where(table.c.told_at.is_(None)).order_by(table.c.kind, *_ORDER)
        )

    def awake(self, facility_id: FacilityId, *, now: datetime) -> list[Alert]:
        table = tables.alert
        return self._alerts(
            select(table)
            .where(
                table.c.facility_id == facility_id,
                _LIVES,
                table.c.state == AlertState.SNOOZED.value,
                table.c.snoozed_until <= now,
            )
            .order_by(*_ORDER),
            lock=True,
        )

    def unanswered(self, facility_id: FacilityId, *, told_before: datetime) -> list[Alert]:
        table = tables.alert
        return self._alerts(
            self._open(facility_id)
            .where(table.c.urgent, table.c.escalated_at.is_(None), table.c.told_at <= told_before)
            .order_by(*_ORDER),
            lock=True,
        )

    def counts(self, facility_id: FacilityId) -> Mapping[tuple[AlertKind, str], int]:
        table = tables.alert
        rows = self._db.connection.execute(
            select(table.c.kind, table.c.state, func.count())
            .where(table.c.facility_id == facility_id, _LIVES)
            .group_by(table.c.kind, table.c.state)
        )
        return {(AlertKind(kind), state): count for kind, state, count in rows}

    @staticmethod
    def _open(facility_id: FacilityId) -> Select[Any]:
        table = tables.alert
        return select(table).where(
            table.c.facility_id == facility_id, _LIVES, table.c.state == AlertState.OPEN.value
        )

    def _alerts(self, statement: Select[Any], *, lock: bool = False) -> list[Alert]:
        """``lock`` in a writing unit alone: a reading one can not lock."""
        if lock and self._db.is_postgres and not self._db.is_reading:
            statement = statement.with_for_update(of=tables.alert)
        rows = self._db.connection.execute(statement).all()
        told = self._first_told([row.id for row in rows])
        return [_alert(row, told.get(row.id, ("", ""))) for row in rows]

    def _first_told(self, alert_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        if not alert_ids:
            return {}
        link, digest = tables.alert_told, tables.alert_digest
        rows = self._db.connection.execute(
            select(link.c.alert_id, digest.c.posted_in, digest.c.message)
            .join(digest, digest.c.id == link.c.digest_id)
            .where(self._db.among(link.c.alert_id, alert_ids), digest.c.message != "")
            .order_by(digest.c.id.desc())
        )
        return {alert_id: (channel, message) for alert_id, channel, message in rows}

    # ------------------------------------------------------------------------------------------ digests

    def add_digest(self, digest: Digest) -> Digest:
        number = self._db.connection.execute(
            insert(tables.alert_digest)
            .values(
                facility_id=digest.facility_id,
                kind=digest.kind.value,
                channel=digest.channel,
                made_at=digest.made_at,
                version=digest.version,
                shown=digest.shown,
                posted_in=digest.posted_in,
                message=digest.message,
                note=digest.note,
                page=digest.page,
            )
            .returning(tables.alert_digest.c.id)
        ).scalar_one()
        return replace(digest, id=DigestId(number))

    def digest(self, digest_id: DigestId) -> Digest:
        table = tables.alert_digest
        found = self._digests(select(table).where(table.c.id == digest_id), lock=True)
        if not found:
            raise UnknownRecord("This digest is not kept any more.")
        return found[0]

    def change_digest(self, digest: Digest) -> None:
        table = tables.alert_digest
        self._db.connection.execute(
            update(table)
            .where(table.c.id == digest.id)
            .values(version=digest.version, note=digest.note, page=digest.page)
        )

    def put_in(self, digest_id: DigestId, alert_ids: Collection[AlertId]) -> None:
        table = tables.alert_told
        rows = [{"digest_id": digest_id, "alert_id": alert_id} for alert_id in alert_ids]
        if rows:
            self._db.connection.execute(self._db.insert(table).on_conflict_do_nothing(), rows)

    def in_digest(self, digest_id: DigestId) -> list[Alert]:
        table, link = tables.alert, tables.alert_told
        return self._alerts(
            select(table)
            .join(link, link.c.alert_id == table.c.id)
            .where(link.c.digest_id == digest_id)
            .order_by(*_ORDER)
        )

    def telling_of(self, alert_ids: Collection[AlertId]) -> list[Digest]:
        table, link = tables.alert_digest, tables.alert_told
        if not alert_ids:
            return []
        among = select(link.c.digest_id).where(self._db.among(link.c.alert_id, alert_ids))
        return self._digests(select(table).where(table.c.id.in_(among)).order_by(table.c.id), lock=True)

    def unsent(self, facility_id: FacilityId, kind: AlertKind, channel: str) -> Digest | None:
        table = tables.alert_digest
        found = self._digests(
            select(table)
            .where(
                table.c.facility_id == facility_id,
                table.c.kind == kind.value,
                table.c.channel == channel,
                table.c.shown == 0,
                table.c.message == "",
            )
            .order_by(table.c.id.desc())
            .limit(1),
            lock=True,
        )
        return found[0] if found else None

    def posted(self, digest_id: DigestId, *, version: int, posted_in: str, message: str) -> None:
        table = tables.alert_digest
        known = {"posted_in": posted_in, "message": message} if message else {}
        shown = case((table.c.shown < version, version), else_=table.c.shown)
        self._db.connection.execute(update(table).where(table.c.id == digest_id).values(shown=shown, **known))

    def behind(self, facility_id: FacilityId) -> list[Digest]:
        table = tables.alert_digest
        return self._digests(
            select(table)
            .where(table.c.facility_id == facility_id, table.c.shown < table.c.version)
            .order_by(table.c.id)
        )

    def forget_before(self, moment: datetime) -> int:
        alert, digest, link = tables.alert, tables.alert_digest, tables.alert_told
        gone = self._db.connection.execute(delete(alert).where(alert.c.gone_at < moment)).rowcount
        empty = ~exists(select(link.c.alert_id).where(link.c.digest_id == digest.c.id))
        self._db.connection.execute(delete(digest).where(digest.c.made_at < moment, empty))
        return gone

    def _digests(self, statement: Select[Any], *, lock: bool = False) -> list[Digest]:
        if lock and self._db.is_postgres and not self._db.is_reading:
            statement = statement.with_for_update(of=tables.alert_digest)
        return [_digest(row) for row in self._db.connection.execute(statement)]

    # ------------------------------------------------------------------------------------------ movements

    def news(self, facility_id: FacilityId, *, limit: int = 1000) -> list[tuple[int, MovementId]]:
        table = tables.movement_news
        rows = self._db.connection.execute(
            select(table.c.id, table.c.movement_id)
            .where(table.c.facility_id == facility_id)
            .order_by(table.c.id)
            .limit(limit)
        )
        return [(number, MovementId(movement_id)) for number, movement_id in rows]

    def take_news(self, numbers: Collection[int]) -> int:
        table = tables.movement_news
        among: ColumnElement[bool] = self._db.among(table.c.id, numbers)
        return self._db.connection.execute(delete(table).where(among)).rowcount


def _facts(finding: Finding) -> dict[str, object]:
    return {
        "place_id": finding.place_id,
        "person_id": finding.person_id,
        "facts": json.dumps(finding.facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
        "weight": finding.weight,
        "urgent": finding.urgent,
    }


def _alert(row: Row[Any], told: tuple[str, str]) -> Alert:
    finding = Finding(
        kind=AlertKind(row.kind),
        subject=row.subject,
        place_id=row.place_id,
        facts=json.loads(row.facts),
        weight=row.weight,
        urgent=row.urgent,
        person_id=row.person_id,
    )
    return Alert(
        id=AlertId(row.id),
        facility_id=row.facility_id,
        finding=finding,
        state=AlertState(row.state),
        opened_at=row.opened_at,
        seen_at=row.seen_at,
        acknowledged_by=row.acknowledged_by,
        assigned_to=row.assigned_to,
        snoozed_until=row.snoozed_until,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        resolution=row.resolution,
        escalated_at=row.escalated_at,
        channel=told[0],
        message=told[1],
        acknowledged_at=row.acknowledged_at,
        told_at=row.told_at,
        gone_at=row.gone_at,
    )


def _digest(row: Row[Any]) -> Digest:
    return Digest(
        id=DigestId(row.id),
        facility_id=row.facility_id,
        kind=AlertKind(row.kind),
        channel=row.channel,
        made_at=row.made_at,
        version=row.version,
        shown=row.shown,
        posted_in=row.posted_in,
        message=row.message,
        note=row.note,
        page=row.page,
    )
