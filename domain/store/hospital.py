"""Places, people, and whom use is charged to."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Row, Table, select

from domain.errors import Invalid, UnknownPerson, UnknownPlace
from domain.model.charge import Case, ChargeTarget, Encounter, Procedure, Provider
from domain.model.ids import (
    CaseId,
    ChargeId,
    EncounterId,
    FacilityId,
    PersonId,
    ProcedureId,
    ProviderId,
)
from domain.model.person import Person, Role
from domain.model.place import Facility, PlaceTree
from domain.store import tables
from domain.store.database import Database


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
            CaseId(row.id): Case(
                id=row.id,
                facility_id=row.facility_id,
                number=row.number,
                on=row.on,
                place_id=row.place_id,
                provider_id=row.provider_id,
                procedure_id=row.procedure_id,
                encounter_id=row.encounter_id,
            )
            for row in self._rows(tables.surgical_case, case_ids, by_facility=True)
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
            EncounterId(row.id): Encounter(
                id=row.id,
                facility_id=row.facility_id,
                sealed=row.sealed,
                digest=row.digest,
                masked=row.masked,
            )
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
