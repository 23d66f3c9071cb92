"""Who may do what: the matrix as hospitals expect it, the same everywhere it is written down."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bot.views.permissions import markdown
from domain.model.ids import PersonId
from domain.model.permission import MATRIX, Allowance, Deed, Reach, allowance, who_may
from domain.model.person import Person, Role
from tests.small_hospital import NORTH

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "permissions.md"

# Roles that may do it somewhere, written down by hand beside the code: a slip in the matrix shows here.
EXPECTED = {
    Deed.CONSUME: "clinician technician pharmacist manager admin",
    Deed.TRANSFER: "clinician technician pharmacist buyer manager admin",
    Deed.RECEIVE: "technician pharmacist buyer manager admin",
    Deed.WASTE: "clinician technician pharmacist manager admin",
    Deed.COUNT: "clinician technician pharmacist buyer manager admin",
    Deed.REQUISITION: "clinician technician pharmacist buyer manager admin",
    Deed.FULFIL: "technician pharmacist buyer manager admin",
    Deed.SET_PAR: "pharmacist buyer manager admin",
    Deed.ORDER: "clinician technician pharmacist buyer manager admin",
    Deed.APPROVE_ORDER: "technician pharmacist buyer manager admin",
    Deed.QUARANTINE: "clinician technician pharmacist buyer manager admin",
    Deed.LIFT_HOLD: "pharmacist manager admin",
    Deed.RETURN: "clinician technician pharmacist manager admin",
    Deed.SEND_BACK: "technician pharmacist buyer manager admin",
    Deed.UNDO_OWN: "clinician technician pharmacist buyer manager admin",
    Deed.UNDO_ANY: "manager admin",
    Deed.SUBSCRIBE: "clinician technician pharmacist buyer manager admin",
    Deed.ENROL: "technician pharmacist buyer manager admin",
    Deed.OVERRIDE_EXPIRED: "pharmacist manager admin",
    Deed.OVERRIDE_HELD: "manager admin",
    Deed.READ_PATIENTS: "clinician pharmacist manager admin",
    Deed.READ_PROVIDER_COSTS: "manager admin",
    Deed.READ_AUDIT: "manager admin",
    Deed.SET_JOBS: "manager admin",
}


@pytest.mark.parametrize("deed", Deed)
def test_a_deed_is_allowed_to_exactly_these_roles(deed: Deed) -> None:
    assert {role.value for role in who_may(deed)} == set(EXPECTED[deed].split())


def test_limits_of_place_and_value_are_these_and_no_others() -> None:
    limited = {
        (role, deed): allowed
        for role, deeds in MATRIX.items()
        for deed, allowed in deeds.items()
        if allowed != Allowance()
    }
    assert limited == {
        (Role.CLINICIAN, Deed.TRANSFER): Allowance(up_to=Decimal(5000)),
        (Role.CLINICIAN, Deed.WASTE): Allowance(up_to=Decimal(10000)),
        (Role.CLINICIAN, Deed.COUNT): Allowance(Reach.OWN_PLACES),
        (Role.TECHNICIAN, Deed.WASTE): Allowance(up_to=Decimal(2500)),
        (Role.TECHNICIAN, Deed.SEND_BACK): Allowance(up_to=Decimal(2500)),
        (Role.TECHNICIAN, Deed.APPROVE_ORDER): Allowance(up_to=Decimal(500)),
        (Role.PHARMACIST, Deed.APPROVE_ORDER): Allowance(up_to=Decimal(2500)),
        (Role.BUYER, Deed.APPROVE_ORDER): Allowance(up_to=Decimal(10000)),
        (Role.PHARMACIST, Deed.SET_PAR): Allowance(Reach.OWN_PLACES),
    }


@pytest.mark.parametrize("role", Role)
def test_who_sees_patients_in_answers_is_who_may_by_the_matrix(role: Role) -> None:
    person = Person(PersonId(1), NORTH, "A", "", role)
    assert person.sees_patients is (allowance(role, Deed.READ_PATIENTS) is not None)


def test_the_document_is_what_the_matrix_says() -> None:
    assert DOCUMENT.read_text() == markdown(), (
        "stale: run `./parley permissions --markdown > docs/permissions.md`"
    )


def test_the_documents_table_names_every_deed_and_role() -> None:
    table = [line for line in markdown().splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(Deed)
    assert all(role.value in table[0] for role in Role)
    assert len({len(line) for line in table}) == 1
