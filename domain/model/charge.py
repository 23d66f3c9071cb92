"""Whom a use is charged to: cost centre, case, encounter, provider, procedure, alone or together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.model.ids import (
    CaseId,
    CostCentreId,
    EncounterId,
    FacilityId,
    PlaceId,
    ProcedureId,
    ProviderId,
)


@dataclass(frozen=True, slots=True)
class CostCentre:
    id: CostCentreId
    code: str
    name: str
    business_line: str


@dataclass(frozen=True, slots=True)
class Provider:
    """A surgeon or other clinician whose use is counted."""

    id: ProviderId
    name: str
    specialty: str


@dataclass(frozen=True, slots=True)
class Procedure:
    id: ProcedureId
    code: str
    name: str
    specialty: str


@dataclass(frozen=True, slots=True)
class Encounter:
    """A patient's stay. The identifier exists only sealed: ``sealed`` is ciphertext, ``digest`` a keyed hash to find it by.

    ``masked`` is what may be shown to those who see patients ("…4821").
    """

    id: EncounterId
    facility_id: FacilityId
    sealed: bytes
    digest: bytes
    masked: str


@dataclass(frozen=True, slots=True)
class Case:
    """A surgical or procedural case. ``number`` ("C-991") is the schedule's own, not a patient's."""

    id: CaseId
    facility_id: FacilityId
    number: str
    on: date
    place_id: PlaceId
    provider_id: ProviderId
    procedure_id: ProcedureId
    encounter_id: EncounterId


@dataclass(frozen=True, slots=True)
class ChargeTarget:
    """What a use is charged to. At least one part is set; equal targets share one row in the store."""

    cost_centre_id: CostCentreId | None = None
    case_id: CaseId | None = None
    encounter_id: EncounterId | None = None
    provider_id: ProviderId | None = None
    procedure_id: ProcedureId | None = None
