"""People of the demo hospital: those who switch places in the local workspace, their colleagues, and the surgeons."""

from __future__ import annotations

from typing import Final

from domain.demo.chance import pick
from domain.demo.plan import Plan
from domain.demo.units import MAIN, RIVERSIDE
from domain.model.charge import Provider
from domain.model.ids import PersonId, ProviderId
from domain.model.person import Person, Role

KNOWN: Final = (
    ("Maya Chen", "Registered nurse, perioperative", Role.CLINICIAN, "OR", "U0MAYA"),
    ("Luis Ortega", "Supply chain technician", Role.TECHNICIAN, "CEN", "U0LUIS"),
    ("Priya Raman", "Supply chain manager", Role.MANAGER, "CEN", "U0PRIYA"),
    ("Sam Okafor", "Systems administrator", Role.ADMIN, "CEN", "U0SAM"),
    ("Dana Kowalski", "Senior buyer", Role.BUYER, "CEN", "U0BUYER"),
    ("Thomas Reyes", "Clinical pharmacist", Role.PHARMACIST, "ICU", "U0PHARM"),
)

TITLES: Final = {
    "OR": "Surgical technologist",
    "CEN": "Supply chain technician",
    "SPD": "Sterile processing technician",
    "CL": "Cardiovascular technologist",
    "EN": "Endoscopy technician",
    "IR": "Interventional technologist",
}

FIRST: Final = (
    "Aisha", "Ben", "Carla", "Devon", "Elena", "Farid", "Grace", "Hector", "Imani", "Jonas", "Keiko", "Liam", "Mei",
    "Nadia", "Omar", "Paula", "Quinn", "Rosa", "Stefan", "Tara", "Uma", "Victor", "Wendy", "Xavier", "Yusuf", "Zoe",
)  # fmt: skip
LAST: Final = (
    "Alvarez", "Banerjee", "Clarke", "Diallo", "Eriksen", "Foster", "Gupta", "Hughes", "Ibrahim", "Jensen", "Kaplan",
    "Lopez", "Murphy", "Nakamura", "Owusu", "Peters", "Quiroga", "Ross", "Santos", "Tran", "Umar", "Vargas", "Wong",
)  # fmt: skip

SURGEONS: Final = (
    ("Dr. Patel", "General surgery"), ("Dr. Kim", "General surgery"), ("Dr. Walsh", "General surgery"),
    ("Dr. Osei", "Colorectal"), ("Dr. Lindqvist", "Orthopedics"), ("Dr. Cho", "Orthopedics"), ("Dr. Brandt", "Orthopedics"),
    ("Dr. Ames", "Orthopedics"), ("Dr. Singh", "Spine"), ("Dr. Novak", "Neurosurgery"), ("Dr. Haddad", "Neurosurgery"),
    ("Dr. Nguyen", "Cardiac surgery"), ("Dr. Rossi", "Cardiac surgery"), ("Dr. Farah", "Thoracic surgery"),
    ("Dr. Weiss", "Vascular surgery"), ("Dr. Moreau", "Urology"), ("Dr. Adeyemi", "Urology"), ("Dr. Castellanos", "Gynecology"),
    ("Dr. Yoon", "Gynecology"), ("Dr. Fitzgerald", "ENT"), ("Dr. Li", "Ophthalmology"), ("Dr. Abrams", "Plastic surgery"),
    ("Dr. Mbeki", "Obstetrics"), ("Dr. Ruiz", "Obstetrics"), ("Dr. O'Brien", "Obstetrics"), ("Dr. Rao", "Cardiology"),
    ("Dr. Stein", "Cardiology"), ("Dr. Petrov", "Cardiology"), ("Dr. Haas", "Electrophysiology"),
    ("Dr. Lee", "Gastroenterology"), ("Dr. Feldman", "Gastroenterology"), ("Dr. Huang", "Gastroenterology"),
    ("Dr. Yilmaz", "Interventional radiology"), ("Dr. Abernathy", "Interventional radiology"),
)  # fmt: skip


def people(plan: Plan) -> list[Person]:
    """About sixty: the six with Slack accounts first, then four or so a unit."""
    made = [
        Person(PersonId(n), MAIN, name, title, role, plan.units[unit], slack, _email(name))
        for n, (name, title, role, unit, slack) in enumerate(KNOWN, start=1)
    ]
    for unit, place_id in plan.units.items():
        for turn in range(5 if unit in ("OR", "CEN", "ED", "ICU") else 4):
            # The lengths of the two lists have no common factor: no pair comes twice.
            first, last = FIRST[len(made) % len(FIRST)], LAST[len(made) * 7 % len(LAST)]
            lead = turn == 0
            technical = unit in TITLES and not lead
            role = Role.MANAGER if lead else Role.TECHNICIAN if technical else Role.CLINICIAN
            title = "Unit manager" if lead else TITLES[unit] if technical else "Registered nurse"
            facility = RIVERSIDE if unit in ("CLI", "ORT") else MAIN
            name = f"{first} {last}"
            made.append(
                Person(PersonId(len(made) + 1), facility, name, title, role, place_id, None, _email(name))
            )
    return made


def _email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@aldercreek.example"


def providers() -> list[Provider]:
    return [Provider(ProviderId(n), name, specialty) for n, (name, specialty) in enumerate(SURGEONS, start=1)]


def surgeon_of(specialty: str, *, turn: int) -> ProviderId:
    """One of the specialty's surgeons; the busier ones come first more often."""
    able = [n for n, (_, field) in enumerate(SURGEONS, start=1) if field == specialty]
    first, second = pick("surgeon", turn, below=len(able)), pick("again", turn, below=len(able))
    return ProviderId(able[min(first, second)])
