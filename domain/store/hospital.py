"""Places, people, and whom use is charged to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection

from sqlalchemy import Row, Table, and_, delete, func, or_, select, update

from domain.errors import Invalid, UnknownPerson, UnknownPlace, UnknownTarget
from domain.model.charge import Case, ChargeTarget, CostCentre, Encounter, Procedure, Provider
from domain.model.ids import (
    CaseId,
    ChargeId,
    CostCentreId,
    EncounterId,
    FacilityId,
    PersonId,
    PlaceId,
    ProcedureId,
    ProviderId,
)
from domain.model.person import Person, Role
from domain.model.place import Facility, PlaceTree
from domain.ports.rows import Reseal
from domain.store import tables
from domain.store.counting import next_key
from domain.store.database import Database
from domain.store.lots import lookup_key


class SqlPlaces:
    def __init__(self, database: Database) -> None:
        self._db = database

    def tree(self) -> PlaceTree:
        return self._db.places()[0]

    def facility(self, facility_id: FacilityId) -> Facility:
        try:
            return self._db.places()[1][facility_id]
        except KeyError:
            raise UnknownPlace(f"There is no facility with the key {facility_id}.") from None

    def facilities(self) -> list[Facility]:
        return list(self._db.places()[1].values())


class SqlPeople:
    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, person_id: PersonId) -> Person:
        found = self.many([person_id])
        if person_id not in found:
            raise UnknownPerson(f"There is nobody with the key {person_id}.")
        return found[person_id]

    def by_slack(self, slack_user_id: str) -> Person:
        table = tables.person
        row = self._db.connection.execute(
            select(table).where(table.c.slack_user_id == slack_user_id)
        ).one_or_none()
        if row is None:
            raise UnknownPerson("Nobody on the staff list has this Slack account.")
        return _person(row)

    def many(self, person_ids: Collection[PersonId]) -> dict[PersonId, Person]:
        table = tables.person
        rows = self._db.connection.execute(select(table).where(self._db.among(table.c.id, person_ids)))
        return {PersonId(row.id): _person(row) for row in rows}

    def all(self) -> list[Person]:
        rows = self._db.connection.execute(select(tables.person).order_by(tables.person.c.id))
        return [_person(row) for row in rows]

    def put(self, person: Person) -> None:
        table = tables.person
        values = {
            "facility_id": person.facility_id,
            "name": person.name,
            "title": person.title,
            "role": person.role.value,
            "home_place_id": person.home_place_id,
            "slack_user_id": person.slack_user_id,
            "email": person.email,
        }
        self._db.connection.execute(
            self._db.insert(table)
            .values(id=person.id, **values)
            .on_conflict_do_update(index_elements=["id"], set_=values)
        )

    def own_places(self, person_id: PersonId) -> frozenset[PlaceId]:
        table = tables.person_place
        rows = self._db.connection.execute(
            select(table.c.place_id).where(table.c.person_id == person_id)
        ).scalars()
        return frozenset(PlaceId(place_id) for place_id in rows)

    def grant(self, person_id: PersonId, places: Collection[PlaceId]) -> None:
        table = tables.person_place
        self._db.connection.execute(delete(table).where(table.c.person_id == person_id))
        rows = [{"person_id": person_id, "place_id": place_id} for place_id in sorted(set(places))]
        if rows:
            self._db.connection.execute(table.insert(), rows)


def _person(row: Row[tuple[object, ...]]) -> Person:
    return Person(
        id=row.id,
        facility_id=row.facility_id,
        name=row.name,
        title=row.title,
        role=Role(row.role),
        home_place_id=row.home_place_id,
        slack_user_id=row.slack_user_id,
        email=row.email,
    )


class SqlCharges:
    def __init__(self, database: Database) -> None:
        self._db = database

    def target_id(self, target: ChargeTarget) -> ChargeId:
        table, parts = tables.charge_target, parts_of(target)
        if not any(_keys(target)):
            raise Invalid("A charge target names a cost centre, case, encounter, provider or procedure.")
        wanted = select(table.c.id).where(table.c.parts == parts)
        found = self._db.connection.scalar(wanted)
        if found is None:
            # Whoever comes second finds the first one's row: the insert waits for it, then does nothing.
            self._db.connection.execute(
                self._db.insert(table)
                .values(charge_row(target))
                .on_conflict_do_nothing(index_elements=["parts"])
            )
            found = self._db.connection.execute(wanted).scalar_one()
        return ChargeId(found)

    def case_numbered(self, facility_id: FacilityId, number: str) -> Case:
        table, key = tables.surgical_case, lookup_key(number)
        here = table.c.facility_id == facility_id
        found = self._db.connection.execute(
            select(table).where(here, table.c.number == number.strip().upper())
        ).one_or_none()
        if found is None:
            plain = func.replace(func.replace(func.upper(table.c.number), "-", ""), " ", "")
            found = self._db.connection.execute(
                select(table).where(here, plain == key).limit(1)
            ).one_or_none()
        if found is None:
            raise UnknownTarget(f"There is no case {number.strip().upper()} on the schedule.")
        return _case(found)

    def encounter_of(self, facility_id: FacilityId, digest: bytes) -> Encounter | None:
        table = tables.encounter
        row = self._db.connection.execute(
            select(table).where(table.c.facility_id == facility_id, table.c.digest == digest)
        ).one_or_none()
        return None if row is None else _encounter(row)

    def add_encounter(self, encounter: Encounter) -> EncounterId:
        there = self.encounter_of(encounter.facility_id, encounter.digest)
        if there is not None:
            return there.id
        number = next_key(self._db, "encounter", above=tables.encounter)
        self._db.connection.execute(
            self._db.insert(tables.encounter)
            .values(
                facility_id=encounter.facility_id,
                id=number,
                sealed=encounter.sealed,
                digest=encounter.digest,
                masked=encounter.masked,
            )
            .on_conflict_do_nothing(index_elements=["facility_id", "digest"])
        )
        stored = self.encounter_of(encounter.facility_id, encounter.digest)
        assert stored is not None  # noqa: S101 - it was written, here or by somebody else, and waited for
        return stored.id

    def reseal(
        self, seal: Reseal, *, after: tuple[FacilityId, EncounterId] | None = None, limit: int = 500
    ) -> tuple[FacilityId, EncounterId] | None:
        table = tables.encounter
        statement = select(table.c.facility_id, table.c.id, table.c.sealed)
        if after is not None:
            facility_id, encounter_id = after
            statement = statement.where(
                or_(
                    table.c.facility_id > facility_id,
                    and_(table.c.facility_id == facility_id, table.c.id > encounter_id),
                )
            )
        rows = self._db.connection.execute(
            statement.order_by(table.c.facility_id, table.c.id).limit(limit)
        ).all()
        for facility_id, encounter_id, sealed in rows:
            made = seal(sealed)
            if made is None:
                continue
            fresh, digest = made
            there = self.encounter_of(FacilityId(facility_id), digest)
            if there is not None and there.id != encounter_id:
                # Two processes with different keys met the same patient: the row under the new key is the one that counts.
                digest = hashlib.sha256(b"parley/double/%d/" % encounter_id + digest).digest()
            self._db.connection.execute(
                update(table)
                .where(table.c.facility_id == facility_id, table.c.id == encounter_id)
                .values(sealed=fresh, digest=digest)
            )
        return (rows[-1].facility_id, rows[-1].id) if rows else None

    def providers_named(self, name: str) -> list[Provider]:
        wanted = plain_name(name)
        if not wanted:
            return []
        rows = self._db.connection.execute(select(tables.provider).order_by(tables.provider.c.id))
        return [
            Provider(id=row.id, name=row.name, specialty=row.specialty)
            for row in rows
            if wanted in (plain_name(row.name), plain_name(row.name).rpartition(" ")[2])
        ]

    def cost_centre(self, code_or_name: str) -> CostCentre:
        table, wanted = tables.cost_centre, code_or_name.strip()
        row = self._db.connection.execute(
            select(table)
            .where((table.c.code == wanted) | (func.lower(table.c.name) == wanted.lower()))
            .limit(1)
        ).one_or_none()
        if row is None:
            raise UnknownTarget(f"There is no cost centre {wanted!r}.")
        return _cost_centre(row)

    def cost_centres(self, cost_centre_ids: Collection[CostCentreId]) -> dict[CostCentreId, CostCentre]:
        return {
            CostCentreId(row.id): _cost_centre(row) for row in self._rows(tables.cost_centre, cost_centre_ids)
        }

    def targets(self, charge_ids: Collection[ChargeId]) -> dict[ChargeId, ChargeTarget]:
        return {
            ChargeId(row.id): ChargeTarget(
                cost_centre_id=row.cost_centre_id,
                case_id=row.case_id,
                encounter_id=row.encounter_id,
                provider_id=row.provider_id,
                procedure_id=row.procedure_id,
            )
            for row in self._rows(tables.charge_target, charge_ids)
        }

    def cases(self, case_ids: Collection[CaseId]) -> dict[CaseId, Case]:
        return {
            CaseId(row.id): _case(row) for row in self._rows(tables.surgical_case, case_ids, by_facility=True)
        }

    def providers(self, provider_ids: Collection[ProviderId]) -> dict[ProviderId, Provider]:
        return {
            ProviderId(row.id): Provider(id=row.id, name=row.name, specialty=row.specialty)
            for row in self._rows(tables.provider, provider_ids)
        }

    def procedures(self, procedure_ids: Collection[ProcedureId]) -> dict[ProcedureId, Procedure]:
        return {
            ProcedureId(row.id): Procedure(id=row.id, code=row.code, name=row.name, specialty=row.specialty)
            for row in self._rows(tables.procedure, procedure_ids)
        }

    def encounters(self, encounter_ids: Collection[EncounterId]) -> dict[EncounterId, Encounter]:
        return {
            EncounterId(row.id): _encounter(row)
            for row in self._rows(tables.encounter, encounter_ids, by_facility=True)
        }

    def _rows(
        self, table: Table, keys: Collection[int], *, by_facility: bool = False
    ) -> list[Row[tuple[object, ...]]]:
        if not keys:
            return []
        statement = select(table).where(self._db.among(table.c.id, keys))
        if by_facility:
            statement = statement.where(table.c.facility_id.in_(self._db.facility_ids()))
        return list(self._db.connection.execute(statement).all())


def _case(row: Row[tuple[object, ...]]) -> Case:
    return Case(
        id=row.id,
        facility_id=row.facility_id,
        number=row.number,
        on=row.on,
        place_id=row.place_id,
        provider_id=row.provider_id,
        procedure_id=row.procedure_id,
        encounter_id=row.encounter_id,
    )


def _encounter(row: Row[tuple[object, ...]]) -> Encounter:
    return Encounter(
        id=row.id, facility_id=row.facility_id, sealed=row.sealed, digest=row.digest, masked=row.masked
    )


def _cost_centre(row: Row[tuple[object, ...]]) -> CostCentre:
    return CostCentre(id=row.id, code=row.code, name=row.name, business_line=row.business_line)


_TITLE = re.compile(r"\b(?:dr|doctor|prof|professor|md|do|pa|np|crna)\b\.?|[.,]", re.IGNORECASE)


def plain_name(name: str) -> str:
    """Without titles, dots and case.

    >>> plain_name("Dr. Okonkwo")
    'okonkwo'
    """
    return " ".join(_TITLE.sub(" ", name).casefold().split())


def _keys(target: ChargeTarget) -> tuple[int, ...]:
    return (
        target.cost_centre_id or 0,
        target.case_id or 0,
        target.encounter_id or 0,
        target.provider_id or 0,
        target.procedure_id or 0,
    )


def parts_of(target: ChargeTarget) -> str:
    """The five keys written out, 0 for an absent one: equal for equal targets, so unique in the table."""
    return "-".join(str(key) for key in _keys(target))


def charge_row(target: ChargeTarget) -> dict[str, object]:
    return {
        "parts": parts_of(target),
        "cost_centre_id": target.cost_centre_id,
        "case_id": target.case_id,
        "encounter_id": target.encounter_id,
        "provider_id": target.provider_id,
        "procedure_id": target.procedure_id,
    }
