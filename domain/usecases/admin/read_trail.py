"""R4: the audit trail, read by who may."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.model.ids import FacilityId, PersonId
from domain.model.permission import Deed
from domain.model.person import Person
from domain.model.receipt import TrailEntry, TrailKind
from domain.ports import UnitOfWork
from domain.usecases.act.steps import require

MOST = 10_000


@dataclass(frozen=True, slots=True)
class TrailLine:
    """``who`` is the person's name, "Parley" for what it did by itself."""

    entry: TrailEntry
    who: str
    facility: str


def read_trail(
    *,
    reader: Person | None,
    facilities: Collection[FacilityId] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    kinds: Collection[TrailKind] = (),
    person_id: PersonId | None = None,
    limit: int = 200,
    now: datetime,
    uow: UnitOfWork,
) -> list[TrailLine]:
    """Newest first. ``reader`` None is the operator at the machine; anybody else reads their own facility, and needs to be allowed.

    ``since`` is inclusive, ``until`` is not. Raises NotPermitted, which is kept in the trail (in a writing unit of work).
    """
    known = {facility.id: facility for facility in uow.places.facilities()}
    if reader is None:
        wanted = list(facilities) or list(known)
    else:
        root = known[reader.facility_id].place_id
        require(
            Deed.READ_AUDIT,
            doing="read-audit",
            actor=reader,
            place_id=root,
            worth=Decimal(0),
            now=now,
            uow=uow,
        )
        wanted = [reader.facility_id]
    most = max(1, min(limit, MOST))
    found = [
        entry
        for facility_id in wanted
        for entry in uow.trail.read(
            facility_id, since=since, until=until, kinds=kinds, person_id=person_id, limit=most
        )
    ]
    found.sort(key=lambda entry: entry.at, reverse=True)
    found = found[:most]
    people = uow.people.many({entry.person_id for entry in found if entry.person_id is not None})
    return [
        TrailLine(
            entry,
            "Parley"
            if entry.person_id is None
            else people[entry.person_id].name
            if entry.person_id in people
            else "",
            known[entry.facility_id].name,
        )
        for entry in found
    ]
