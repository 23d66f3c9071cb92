"""Names that come near what was said, and use that nobody was charged for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from rapidfuzz import fuzz, process
from sqlalchemy import func, select

from domain.model.charge import Case
from domain.model.ids import CaseId, FacilityId
from domain.model.movement import Movement, MovementKind
from domain.store import movements as rows
from domain.store import tables
from domain.store.database import Database
from domain.store.hospital import plain_name
from domain.store.lots import lookup_key

_NEAR = 60.0
_CANDIDATES = 2_000
"""The latest cases: nobody charges to one of last year."""

_CLOCKS = timedelta(days=1)


class SqlCharging:
    def __init__(self, database: Database) -> None:
        self._db = database

    def similar_cases(self, facility_id: FacilityId, number: str, *, limit: int = 3) -> list[str]:
        key = lookup_key(number)
        if not key:
            return []
        table = tables.surgical_case
        numbers = self._db.connection.execute(
            select(table.c.number)
            .where(table.c.facility_id == facility_id)
            .order_by(table.c.on.desc(), table.c.id.desc())
            .limit(_CANDIDATES)
        ).scalars()
        return _nearest(key, {known: lookup_key(known) for known in numbers}, limit=limit)

    def similar_providers(self, name: str, *, limit: int = 3) -> list[str]:
        said = plain_name(name)
        if not said:
            return []
        names = list(self._db.connection.execute(select(tables.provider.c.name)).scalars())
        # By the surname too: "Chenn" is nearer to "Chen" than to all of "Lily Chen".
        ranked = {known: plain_name(known).rpartition(" ")[2] for known in names}
        whole = {known: plain_name(known) for known in names}
        return list(
            dict.fromkeys([*_nearest(said, ranked, limit=limit), *_nearest(said, whole, limit=limit)])
        )[:limit]

    def similar_cost_centres(self, code_or_name: str, *, limit: int = 3) -> list[str]:
        said = code_or_name.strip().casefold()
        table = tables.cost_centre
        found = self._db.connection.execute(select(table.c.code, table.c.name).order_by(table.c.code)).all()
        by_name = {f"{row.name} ({row.code})": row.name.casefold() for row in found}
        by_code = {f"{row.name} ({row.code})": row.code.casefold() for row in found}
        known = by_code if said[:1].isdigit() else by_name
        return _nearest(said, known, limit=limit) if said else []

    def uncharged(self, facility_id: FacilityId, *, since: datetime, limit: int = 500) -> list[Movement]:
        table, target, item = tables.movement, tables.charge_target, tables.item
        undone = table.alias("undone")
        found = self._db.connection.execute(
            select(table)
            .join(item, item.c.id == table.c.item_id)
            .outerjoin(target, target.c.id == table.c.charge_id)
            .where(
                table.c.facility_id == facility_id,
                # Ids are UUIDv7, made by clocks that may differ: what was recorded since is one end of the primary key.
                table.c.id >= _first_id(since - _CLOCKS),
                table.c.recorded_at >= since,
                table.c.kind == MovementKind.CONSUME.value,
                table.c.reverses.is_(None),
                item.c.chargeable == True,  # noqa: E712 - a column, not a value
                target.c.case_id.is_(None),
                target.c.encounter_id.is_(None),
                ~select(undone.c.id)
                .where(undone.c.facility_id == table.c.facility_id, undone.c.reverses == table.c.id)
                .exists(),
            )
            .order_by(table.c.recorded_at.desc(), table.c.id.desc())
            .limit(limit)
        )
        return [rows.from_row(row) for row in found]

    def cases_on(self, facility_id: FacilityId, *, start: date, end: date) -> list[Case]:
        table = tables.surgical_case
        found = self._db.connection.execute(
            select(table)
            .where(table.c.facility_id == facility_id, table.c.on.between(start, end))
            .order_by(table.c.on, table.c.id)
        )
        return [
            Case(
                id=row.id,
                facility_id=row.facility_id,
                number=row.number,
                on=row.on,
                place_id=row.place_id,
                provider_id=row.provider_id,
                procedure_id=row.procedure_id,
                encounter_id=row.encounter_id,
            )
            for row in found
        ]

    def cases_with_use(self, facility_id: FacilityId, *, start: date, end: date) -> frozenset[CaseId]:
        usage, target = tables.daily_usage, tables.charge_target
        found = self._db.connection.execute(
            select(target.c.case_id)
            .join(usage, usage.c.charge_id == target.c.id)
            .where(
                usage.c.facility_id == facility_id,
                usage.c.day.between(start, end),
                usage.c.kind == MovementKind.CONSUME.value,
                target.c.case_id.is_not(None),
            )
            .group_by(target.c.case_id)
            .having(func.sum(usage.c.quantity) > 0)
        ).scalars()
        return frozenset(CaseId(case_id) for case_id in found)


def _nearest(said: str, known: dict[str, str], *, limit: int) -> list[str]:
    best = process.extract(said, known, scorer=fuzz.ratio, limit=limit, score_cutoff=_NEAR)
    return [name for _, _, name in best]


def _first_id(moment: datetime) -> UUID:
    """The smallest UUIDv7 of a millisecond."""
    return UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)
