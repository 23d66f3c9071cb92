"""Numbers that people read, counted per facility."""

from __future__ import annotations

from sqlalchemy import Table, func, select

from domain.model.ids import FacilityId
from domain.store import tables
from domain.store.database import Database


def next_number(database: Database, facility_id: FacilityId, name: str, *, above: Table | None = None) -> int:
    """The next number of a facility's count. Writers wait for each other here; a unit that is rolled back leaves no gap.

    A count that begins does so above the highest ``id`` of the table ``above``, where rows were loaded with ids of their own.
    """
    table = tables.counter
    first = 1
    if above is not None:
        known = select(table.c.value).where(table.c.facility_id == facility_id, table.c.name == name)
        if database.connection.scalar(known) is None:
            highest = select(func.max(above.c.id)).where(above.c.facility_id == facility_id)
            first = int(database.connection.scalar(highest) or 0) + 1
    return int(
        database.connection.execute(
            database.insert(table)
            .values(facility_id=facility_id, name=name, value=first)
            .on_conflict_do_update(index_elements=["facility_id", "name"], set_={"value": table.c.value + 1})
            .returning(table.c.value)
        ).scalar_one()
    )
