"""What messages were understood as, while their buttons live; and what people chose instead, for labelling."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Row, delete, select, update

from domain.ports import Candidate, CandidateRow, LabelledSpan, ReadingRow
from domain.store import tables
from domain.store.database import Database


class SqlReadings:
    def __init__(self, database: Database) -> None:
        self._db = database

    def put(self, row: ReadingRow) -> bool:
        statement = (
            self._db.insert(tables.reading)
            .values(id=row.id, sealed=row.sealed, made_at=row.made_at, settled_at=row.settled_at)
            .on_conflict_do_nothing(index_elements=["id"])
            .returning(tables.reading.c.id)
        )
        return self._db.connection.execute(statement).first() is not None

    def get(self, id: str) -> ReadingRow | None:
        table = tables.reading
        row = self._db.connection.execute(select(table).where(table.c.id == id)).one_or_none()
        return None if row is None else ReadingRow(row.id, row.sealed, row.made_at, row.settled_at)

    def settle(self, id: str, *, now: datetime) -> bool:
        table = tables.reading
        statement = (
            update(table)
            .where(table.c.id == id, table.c.settled_at.is_(None))
            .values(settled_at=now)
            .returning(table.c.id)
        )
        return self._db.connection.execute(statement).first() is not None

    def forget_before(self, moment: datetime) -> int:
        table = tables.reading
        return self._db.connection.execute(delete(table).where(table.c.made_at < moment)).rowcount


class SqlCandidates:
    def __init__(self, database: Database) -> None:
        self._db = database

    def put(self, candidate: Candidate) -> None:
        spans = [[s.entity, s.start, s.end, s.role] for s in candidate.spans]
        self._db.connection.execute(
            self._db.insert(tables.candidate).values(
                text=candidate.text,
                spans=json.dumps(spans, separators=(",", ":")),
                understood=candidate.understood,
                confidence=candidate.confidence,
                chosen=candidate.chosen,
                note=candidate.note,
                model=candidate.model,
                day=candidate.day,
            )
        )

    def since(self, day: date | None, *, exported: bool) -> list[CandidateRow]:
        table = tables.candidate
        statement = select(table).order_by(table.c.id)
        if day is not None:
            statement = statement.where(table.c.day >= day)
        if not exported:
            statement = statement.where(table.c.exported_on.is_(None))
        return [_candidate_row(row) for row in self._db.connection.execute(statement)]

    def mark_exported(self, ids: Collection[int], *, day: date) -> int:
        table = tables.candidate
        marked = 0
        wanted = sorted(ids)
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            marked += self._db.connection.execute(
                update(table)
                .where(table.c.id.in_(some), table.c.exported_on.is_(None))
                .values(exported_on=day)
            ).rowcount
        return marked

    def forget_before(self, day: date) -> int:
        table = tables.candidate
        return self._db.connection.execute(delete(table).where(table.c.day < day)).rowcount


def _candidate_row(row: Row[tuple[object, ...]]) -> CandidateRow:
    candidate = Candidate(
        text=row.text,
        spans=tuple(LabelledSpan(*span) for span in json.loads(row.spans)),
        understood=row.understood,
        confidence=row.confidence,
        chosen=row.chosen,
        note=row.note,
        model=row.model,
        day=row.day,
    )
    return CandidateRow(row.id, candidate, row.exported_on)
