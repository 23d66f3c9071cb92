"""People who use the supply rooms, and what they may do there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.model.ids import FacilityId, PersonId, PlaceId

GUEST: Final = PersonId(0)
"""Nobody of the staff list: may ask, and records nothing."""


class Role(StrEnum):
    CLINICIAN = "clinician"
    TECHNICIAN = "technician"
    MANAGER = "manager"
    BUYER = "buyer"
    PHARMACIST = "pharmacist"
    ADMIN = "admin"


SEES_PATIENTS = frozenset({Role.CLINICIAN, Role.PHARMACIST, Role.MANAGER, Role.ADMIN})
"""Roles that may read on whom a lot was used; a technician or buyer needs only that and where it was used."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff. ``home_place_id`` is the unit whose shelves "we" and "here" mean."""

    id: PersonId
    facility_id: FacilityId
    name: str
    title: str
    role: Role
    home_place_id: PlaceId | None = None
    slack_user_id: str | None = None
    email: str = ""

    @property
    def sees_patients(self) -> bool:
        return self.role in SEES_PATIENTS
