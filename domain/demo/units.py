"""The fourteen units of the demo hospital: where they lie, what people call them, whose budget they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.model.ids import FacilityId

MAIN: Final = FacilityId(1)
RIVERSIDE: Final = FacilityId(2)


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit as the architect knows it. ``place`` is (floor, x, y) in metres."""

    code: str
    name: str
    aliases: tuple[str, ...]
    place: tuple[int, float, float]
    cost_centre: str
    line: str
    facility_id: FacilityId = MAIN


UNITS: Final = (
    UnitPlan(
        "OR", "OR Suite", ("OR", "main OR", "operating rooms", "surgery", "the OR", "theatre", "theatres", "O.R."),
        (2, 60.0, 40.0), "7010", "Surgical services",
    ),
    UnitPlan(
        "ICU", "ICU",
        ("intensive care", "intensive care unit", "MICU", "SICU", "ITU", "critical care", "medical ICU", "I.C.U."),
        (3, 60.0, 10.0), "6010", "Critical care",
    ),
    UnitPlan(
        "ED", "ED", ("emergency", "emergency department", "ER", "emergency room", "A&E", "casualty"),
        (1, 10.0, 10.0), "7230", "Emergency",
    ),
    UnitPlan(
        "CL", "Cath Lab", ("cath", "cardiac cath", "cath lab suite", "cardiac catheterization", "cardiology", "CCL"),
        (1, 90.0, 20.0), "7590", "Cardiovascular",
    ),
    UnitPlan(
        "LD", "L&D", ("labor and delivery", "L and D", "labour ward", "delivery", "OB", "obstetrics", "birth center"),
        (3, 10.0, 60.0), "7400", "Women and children",
    ),
    UnitPlan(
        "NIC", "NICU", ("neonatal intensive care", "neonatal ICU", "nursery", "special care nursery", "neonatal"),
        (3, 40.0, 70.0), "6070", "Women and children",
    ),
    UnitPlan(
        "PAC", "PACU", ("recovery", "recovery room", "post anesthesia care unit", "post-op"),
        (2, 90.0, 60.0), "7030", "Surgical services",
    ),
    UnitPlan(
        "EN", "Endoscopy", ("endo", "GI lab", "GI", "G.I. lab", "endo suite", "endoscopy suite"),
        (2, 10.0, 40.0), "7660", "Digestive health",
    ),
    UnitPlan(
        "IR", "IR", ("interventional radiology", "I.R.", "interventional", "angio suite", "special procedures"),
        (1, 60.0, 60.0), "7630", "Imaging",
    ),
    UnitPlan(
        "MS", "Med-Surg", ("med surg", "medsurg", "the floors", "inpatient floors", "wards"),
        (5, 40.0, 20.0), "6170", "Acute care",
    ),
    UnitPlan(
        "CLI", "Clinic", ("outpatient clinic", "north clinic", "clinics", "primary care clinic"),
        (1, 20.0, 20.0), "7090", "Ambulatory", RIVERSIDE,
    ),
    UnitPlan(
        "ORT", "Ortho Office", ("ortho", "ortho clinic", "orthopedics", "orthopaedic clinic", "hand clinic"),
        (2, 20.0, 20.0), "7095", "Orthopedics", RIVERSIDE,
    ),
    UnitPlan(
        "SPD", "SPD", ("sterile processing", "central sterile", "CSSD", "CSPD", "sterile processing department"),
        (0, 60.0, 40.0), "8380", "Support services",
    ),
    UnitPlan(
        "CEN", "Central Supply",
        ("central", "materials", "materials management", "central stores", "stores", "basement stores", "warehouse"),
        (0, 20.0, 20.0), "8400", "Support services",
    ),
)  # fmt: skip
