"""Whom a use is charged to: from what a person says to a charge target, and what was charged to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.errors import NotFound, Obstructed, UnknownTarget
from domain.model.charge import Case, ChargeTarget, Encounter, Provider
from domain.model.ids import CostCentreId, EncounterId, FacilityId, PersonId, PlaceId
from domain.model.movement import Movement, MovementKind, UsageKey
from domain.model.patient_number import mask_of, normal_form
from domain.model.person import Person
from domain.ports import UnitOfWork, Vault
from domain.usecases.act.costing import cost_centre_of, target_ref
from domain.usecases.act.plans import TargetRef


def target_of(
    *,
    case_number: str = "",
    encounter: str = "",
    provider: str = "",
    cost_centre: str = "",
    place_id: PlaceId | None = None,
    facility_id: FacilityId,
    vault: Vault,
    uow: UnitOfWork,
) -> ChargeTarget:
    """The target that these words name. A case brings its patient, surgeon and procedure; ``place_id`` its cost centre.

    An encounter's identifier is normalised, sealed and stored where it is new: then this needs a writing unit of work, and the
    caller commits. Nothing named gives the cost centre of the place.

    Raises UnknownTarget where one of them does not exist, with ``similar`` cases, providers or cost centres (never patients);
    InvalidIdentifier for what can be no patient's number; Obstructed where the case is another patient's than the one named.
    """
    case = _case(case_number, facility_id=facility_id, uow=uow) if case_number.strip() else None
    patient = (
        encounter_id_of(encounter, facility_id=facility_id, vault=vault, uow=uow)
        if encounter.strip()
        else None
    )
    if case is not None and patient is not None and case.encounter_id != patient:
        raise Obstructed(
            f"Case {case.number} is for another patient than the one you named. Name only one of them."
        )
    surgeon = _provider(provider, uow=uow) if provider.strip() else None
    if cost_centre.strip():
        centre: CostCentreId | None = _cost_centre(cost_centre, uow=uow)
    else:
        centre = cost_centre_of(uow.places.tree(), place_id) if place_id is not None else None
    target = ChargeTarget(
        cost_centre_id=centre,
        case_id=None if case is None else case.id,
        encounter_id=patient if case is None else case.encounter_id,
        provider_id=surgeon.id if surgeon is not None else None if case is None else case.provider_id,
        procedure_id=None if case is None else case.procedure_id,
    )
    if target == ChargeTarget():
        raise UnknownTarget("Say whom it is charged to: a case, a patient, a provider or a cost centre.")
    return target


def encounter_id_of(number: str, *, facility_id: FacilityId, vault: Vault, uow: UnitOfWork) -> EncounterId:
    """The encounter with this identifier, stored sealed where it is new; see ``target_of``."""
    plain = normal_form(number)
    for digest in vault.digests(plain):
        known = uow.charges.encounter_of(facility_id, digest)
        if known is not None:
            return known.id
    return uow.charges.add_encounter(
        Encounter(EncounterId(0), facility_id, vault.seal(plain), vault.digest(plain), mask_of(plain))
    )


def describe_target(target: ChargeTarget, *, reader: Person, uow: UnitOfWork) -> TargetRef:
    """What may be shown of a target, worded as plans and receipts word it; see ``target_ref``."""
    return target_ref(target, reader=reader, uow=uow)


@dataclass(frozen=True, slots=True)
class UnchargedUse:
    """A use of a chargeable item that names neither a case nor a patient. ``quantity`` is what of it was not returned since."""

    movement: Movement
    quantity: int
    recorded_by: PersonId


@dataclass(frozen=True, slots=True)
class Uncharged:
    """Charge capture: ``uses`` without a patient, newest first, and past ``cases`` that nothing was charged to."""

    uses: tuple[UnchargedUse, ...]
    cases: tuple[Case, ...]


def uncharged(facility_id: FacilityId, *, since: datetime, today: date, uow: UnitOfWork) -> Uncharged:
    """What was recorded since then (aware) without a charge, and the cases from that day up to yesterday without any use.

    A case of today may not have begun.
    """
    zone = ZoneInfo(uow.places.facility(facility_id).timezone)
    start = since.astimezone(zone).date()
    found = uow.charging.uncharged(facility_id, since=since)
    left = _left(found, uow=uow)
    uses: list[UnchargedUse] = []
    for movement in found:
        key = _usage_key(movement)
        quantity = min(movement.quantity, left.get(key, 0))
        left[key] = left.get(key, 0) - quantity
        if quantity > 0:
            uses.append(UnchargedUse(movement, quantity, movement.actor_id))
    yesterday = today - timedelta(days=1)
    cases = uow.charging.cases_on(facility_id, start=start, end=yesterday) if start <= yesterday else []
    # A case that began before midnight may have been charged the day before or after.
    used = uow.charging.cases_with_use(facility_id, start=start - timedelta(days=1), end=today)
    return Uncharged(tuple(uses), tuple(case for case in cases if case.id not in used))


def _usage_key(movement: Movement) -> UsageKey:
    assert movement.from_place_id is not None  # noqa: S101 - what was used left a place
    return UsageKey(
        movement.item_id, movement.from_place_id, movement.day, MovementKind.CONSUME, movement.charge_id
    )


def _left(movements: list[Movement], *, uow: UnitOfWork) -> dict[UsageKey, int]:
    """What was used by item, place, day and target, less what was returned."""
    if not movements:
        return {}
    days = [movement.day for movement in movements]
    rows = uow.usage.rows(
        {movement.item_id for movement in movements},
        start=min(days),
        end=max(days),
        places={movement.from_place_id for movement in movements if movement.from_place_id is not None},
    )
    return {
        UsageKey(row.item_id, row.place_id, row.day, row.kind, row.charge_id): row.quantity
        for row in rows
        if row.kind is MovementKind.CONSUME
    }


def _case(number: str, *, facility_id: FacilityId, uow: UnitOfWork) -> Case:
    try:
        return uow.charges.case_numbered(facility_id, number)
    except UnknownTarget as unknown:
        similar = tuple(uow.charging.similar_cases(facility_id, number))
        raise UnknownTarget(_with(str(unknown), similar), similar=similar) from None


def _provider(name: str, *, uow: UnitOfWork) -> Provider:
    found = uow.charges.providers_named(name)
    if len(found) == 1:
        return found[0]
    if found:
        names = tuple(provider.name for provider in found)
        raise UnknownTarget(
            f"Several providers are called that: {_or(names)}. Say the whole name.", similar=names
        )
    similar = tuple(uow.charging.similar_providers(name))
    raise UnknownTarget(_with(f"There is no provider{_quoted(name)}.", similar), similar=similar)


def _cost_centre(code_or_name: str, *, uow: UnitOfWork) -> CostCentreId:
    try:
        return uow.charges.cost_centre(code_or_name).id
    except NotFound:
        similar = tuple(uow.charging.similar_cost_centres(code_or_name))
        sentence = f"There is no cost centre{_quoted(code_or_name)}."
        raise UnknownTarget(_with(sentence, similar), similar=similar) from None


def _quoted(name: str) -> str:
    """What was said, unless a number stands in it: it could be a patient's that was taken for something else."""
    return "" if any(sign.isdigit() for sign in name) else f" {name.strip()!r}"


def _with(sentence: str, similar: tuple[str, ...]) -> str:
    return f"{sentence} Did you mean {_or(similar)}?" if similar else sentence


def _or(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
