"""Codes by what they say, codes that people teach, and the scans that wait for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Row, delete, exists, func, select, update

from domain.errors import UnknownRecord
from domain.model.ids import FacilityId, ItemId, PersonId
from domain.model.item import Identifier, IdentifierKind
from domain.model.scanning import Enrolment, EnrolmentId, EnrolmentState, Scan, ScanId
from domain.store import tables
from domain.store.database import Database


class SqlEnrolments:
    def __init__(self, database: Database) -> None:
        self._db = database

    # ------------------------------------------------------------------------------------------ the catalogue

    def known(self, kind: IdentifierKind, values: Collection[str]) -> list[tuple[ItemId, Identifier]]:
        if not values:
            return []
        table, item = tables.item_identifier, tables.item
        rows = self._db.connection.execute(
            select(table, item.c.active)
            .join(item, item.c.id == table.c.item_id)
            .where(table.c.value.in_(sorted(set(values))), table.c.kind == kind.value)
            .order_by(table.c.item_id, table.c.rank)
        )
        return [
            (ItemId(row.item_id), Identifier(IdentifierKind(row.kind), row.value, row.pack_unit))
            for row in rows
            if row.active
        ]

    def numbered(self, number: str) -> ItemId | None:
        table = tables.item
        row = self._db.connection.execute(
            select(table.c.id, table.c.active).where(table.c.number == number)
        ).one_or_none()
        return ItemId(row.id) if row is not None and row.active else None

    def learn(self, item_id: ItemId, identifier: Identifier) -> bool:
        connection, table = self._db.connection, tables.item_identifier
        # Who teaches the same item at the same time waits here: the next rank is read behind it.
        connection.execute(select(tables.item.c.id).where(tables.item.c.id == item_id).with_for_update())
        same = select(table.c.rank).where(
            table.c.item_id == item_id,
            table.c.kind == identifier.kind.value,
            table.c.value == identifier.value,
        )
        if connection.execute(same).first() is not None:
            return False
        last = connection.scalar(select(func.max(table.c.rank)).where(table.c.item_id == item_id))
        connection.execute(
            self._db.insert(table).values(
                item_id=item_id,
                rank=0 if last is None else int(last) + 1,
                kind=identifier.kind.value,
                value=identifier.value,
                pack_unit=identifier.pack_unit,
            )
        )
        self._db.catalogue_changed()
        return True

    # --------------------------------------------------------------------------------------------- proposals

    def propose(self, enrolment: Enrolment) -> Enrolment:
        table = tables.enrolment
        identifier = enrolment.identifier
        self._db.connection.execute(
            self._db.insert(table)
            .values(
                facility_id=enrolment.facility_id,
                item_id=enrolment.item_id,
                kind=identifier.kind.value,
                value=identifier.value,
                pack_unit=identifier.pack_unit,
                state=enrolment.state.value,
                proposed_by=enrolment.proposed_by,
                proposed_at=enrolment.proposed_at,
                scan_id=enrolment.scan_id,
            )
            .on_conflict_do_nothing(index_elements=["scan_id", "kind", "value", "item_id", "pack_unit"])
        )
        row = self._db.connection.execute(
            select(table).where(
                table.c.scan_id == enrolment.scan_id,
                table.c.kind == identifier.kind.value,
                table.c.value == identifier.value,
                table.c.item_id == enrolment.item_id,
                table.c.pack_unit == identifier.pack_unit,
            )
        ).one()
        return _enrolment(row)

    def get(self, enrolment_id: EnrolmentId, *, lock: bool = False) -> Enrolment:
        statement = select(tables.enrolment).where(tables.enrolment.c.id == enrolment_id)
        row = self._db.connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        if row is None:
            raise UnknownRecord("Nobody proposed that code, or it was long ago.")
        return _enrolment(row)

    def decide(
        self, enrolment_id: EnrolmentId, *, state: EnrolmentState, person_id: PersonId, now: datetime
    ) -> bool:
        table = tables.enrolment
        done = self._db.connection.execute(
            update(table)
            .where(table.c.id == enrolment_id, table.c.state == EnrolmentState.PROPOSED.value)
            .values(state=state.value, decided_by=person_id, decided_at=now)
        )
        return done.rowcount == 1

    # ------------------------------------------------------------------------------------------------- scans

    def keep(self, scan: Scan) -> Scan:
        self._db.connection.execute(
            self._db.insert(tables.scan)
            .values(
                id=scan.id,
                facility_id=scan.facility_id,
                person_id=scan.person_id,
                channel=scan.channel,
                thread=scan.thread,
                body=scan.body,
                made_at=scan.made_at,
                private=scan.private,
                version=scan.version,
            )
            .on_conflict_do_nothing(index_elements=["id"])
        )
        return self.scan(scan.id)

    def scan(self, scan_id: ScanId, *, lock: bool = False) -> Scan:
        statement = select(tables.scan).where(tables.scan.c.id == scan_id)
        row = self._db.connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        if row is None:
            raise UnknownRecord("I do not remember that photograph any more; please take it again.")
        return _scan(row)

    def change(self, scan: Scan) -> bool:
        table = tables.scan
        done = self._db.connection.execute(
            update(table)
            .where(table.c.id == scan.id, table.c.version == scan.version - 1)
            .values(body=scan.body, version=scan.version)
        )
        return done.rowcount == 1

    def latest(self, channel: str, thread: str, *, since: datetime) -> Scan | None:
        table = tables.scan
        row = self._db.connection.execute(
            select(table)
            .where(table.c.channel == channel, table.c.thread == thread, table.c.made_at >= since)
            .order_by(table.c.made_at.desc(), table.c.id.desc())
            .limit(1)
        ).first()
        return None if row is None else _scan(row)

    def forget_before(self, moment: datetime) -> int:
        scan, waiting = tables.scan, tables.enrolment
        awaited = exists().where(
            waiting.c.scan_id == scan.c.id, waiting.c.state == EnrolmentState.PROPOSED.value
        )
        return self._db.connection.execute(delete(scan).where(scan.c.made_at < moment, ~awaited)).rowcount


def _scan(row: Row[tuple[object, ...]]) -> Scan:
    return Scan(
        id=ScanId(row.id),
        facility_id=FacilityId(row.facility_id),
        person_id=PersonId(row.person_id),
        channel=row.channel,
        thread=row.thread,
        body=row.body,
        made_at=row.made_at,
        private=row.private,
        version=row.version,
    )


def _enrolment(row: Row[tuple[object, ...]]) -> Enrolment:
    return Enrolment(
        id=EnrolmentId(row.id),
        facility_id=FacilityId(row.facility_id),
        item_id=ItemId(row.item_id),
        identifier=Identifier(IdentifierKind(row.kind), row.value, row.pack_unit),
        proposed_by=PersonId(row.proposed_by),
        proposed_at=row.proposed_at,
        scan_id=ScanId(row.scan_id),
        state=EnrolmentState(row.state),
        decided_by=None if row.decided_by is None else PersonId(row.decided_by),
        decided_at=row.decided_at,
    )
