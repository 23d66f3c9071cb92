"""Numbers that people read, counted per facility."""

from __future__ import annotations

from sqlalchemy import Table, func, select

from domain.model.ids import FacilityId
from domain.store import tables
from domain.store.database import Database


def next_key(database: Database, name: str, *, above: Table) -> int:
    """The next key of a table whose rows are told apart by it in all facilities: an encounter in a charge target is its key alone.

    It is counted at the first facility, from above the highest ``id`` that the table holds.
    """
    facility_id = FacilityId(min(database.facility_ids()))
    known = select(tables.counter.c.value).where(
        tables.counter.c.facility_id == facility_id, tables.counter.c.name == name
    )
    first = 1
    if database.connection.scalar(known) is None:
        first = int(database.connection.scalar(select(func.max(above.c.id))) or 0) + 1
    return next_number(database, facility_id, name, first=first)


def next_number(database: Database, facility_id: FacilityId, name: str, *, first: int = 1) -> int:
    """The next number of a facility's count. Writers wait for each other here; a unit that is rolled back leaves no gap."""
    table = tables.counter
    return int(
        database.connection.execute(
            database.insert(table)
            .values(facility_id=facility_id, name=name, value=first)
            .on_conflict_do_update(index_elements=["facility_id", "name"], set_={"value": table.c.value + 1})
            .returning(table.c.value)
        ).scalar_one()
    )
