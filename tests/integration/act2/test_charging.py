"""Whom a use is charged to: every way of saying it, and what nobody may learn from a refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from bot.vault import FernetVault
from domain.errors import InvalidIdentifier, Obstructed, Refused, UnknownTarget
from domain.model.charge import Case, ChargeTarget, Provider
from domain.model.ids import NO_CHARGE, CaseId, CostCentreId, EncounterId, ProcedureId, ProviderId
from domain.model.movement import MovementKind, reversal
from domain.model.patient_number import normal_form
from domain.model.person import Person, Role
from domain.store import Store, tables
from domain.usecases.act.charging import describe_target, encounter_id_of, target_of, uncharged
from domain.usecases.act.requests import Consume
from tests.integration.act.ward import Ward, wanted
from tests.small_hospital import (
    CONSIGNOR,
    ED_CART,
    FOLEY,
    ICU,
    ICU_SHELF_A,
    NORTH,
    NOW,
    NURSE,
    ON_CASE,
    SOUTH,
    STENT,
    STENT_LOT,
    TODAY,
    consume,
    new_id,
    receive,
)

SAID = "E-203318"


def named(store: Store, vault: FernetVault, **said: object) -> ChargeTarget:
    with store.transactions.begin() as uow:
        target = target_of(facility_id=NORTH, vault=vault, uow=uow, **said)  # type: ignore[arg-type]
        uow.commit()
        return target


def test_a_case_brings_its_patient_surgeon_and_procedure(hospital: Store, vault: FernetVault) -> None:
    assert named(hospital, vault, case_number="c991") == ChargeTarget(
        case_id=CaseId(1),
        encounter_id=EncounterId(1),
        provider_id=ProviderId(1),
        procedure_id=ProcedureId(1),
    )


def test_a_place_brings_the_cost_centre_of_the_unit_around_it(hospital: Store, vault: FernetVault) -> None:
    assert named(hospital, vault, place_id=ED_CART) == ChargeTarget(cost_centre_id=CostCentreId(1))
    assert named(hospital, vault, case_number="C-991", place_id=ED_CART).cost_centre_id == CostCentreId(1)


def test_a_place_without_a_cost_centre_and_nothing_said_asks_whom_it_is_for(
    hospital: Store, vault: FernetVault
) -> None:
    with pytest.raises(UnknownTarget, match="whom it is charged to"):
        named(hospital, vault, place_id=ICU_SHELF_A)


def test_the_same_patient_said_in_four_ways_is_one_encounter(hospital: Store, vault: FernetVault) -> None:
    ids = {
        named(hospital, vault, encounter=said).encounter_id
        for said in (SAID, "e203318", " E 203 318 ", "e dash two zero three three one eight")
    }
    assert len(ids) == 1


def test_a_new_patient_is_stored_sealed_digested_and_masked(hospital: Store, vault: FernetVault) -> None:
    target = named(hospital, vault, encounter=SAID)
    with hospital.begin() as uow:
        row = uow.connection.execute(
            select(tables.encounter).where(tables.encounter.c.id == target.encounter_id)
        ).one()
    assert row.masked == "…3318"
    assert vault.open(row.sealed) == "E203318"
    assert row.digest == vault.digest("E203318")
    assert b"203318" not in bytes(row.sealed) + bytes(row.digest)


def test_new_patients_of_two_facilities_never_share_a_key(hospital: Store, vault: FernetVault) -> None:
    """A charge target names the encounter by its key alone: two patients with one key would share their charges."""
    with hospital.transactions.begin() as uow:
        keys = [
            encounter_id_of(number, facility_id=facility, vault=vault, uow=uow)
            for number, facility in (
                ("7000001", SOUTH),
                ("7000002", NORTH),
                ("7000001", NORTH),
                ("7000003", SOUTH),
            )
        ]
        uow.commit()
    assert len(set(keys)) == 4
    assert EncounterId(1) not in keys


def test_the_case_of_another_patient_is_refused_without_naming_either(
    hospital: Store, vault: FernetVault
) -> None:
    with pytest.raises(Obstructed) as refused:
        named(hospital, vault, case_number="C-991", encounter=SAID)
    assert "C-991" in str(refused.value)
    assert "3318" not in str(refused.value)


def test_what_can_be_no_patients_number_is_refused_without_being_repeated(
    hospital: Store, vault: FernetVault
) -> None:
    with pytest.raises(InvalidIdentifier) as refused:
        named(hospital, vault, encounter="Smith 42")
    assert "Smith" not in str(refused.value)
    assert "42" not in str(refused.value).replace("24", "")


def test_an_unknown_case_names_those_that_come_near(hospital: Store, vault: FernetVault) -> None:
    with pytest.raises(UnknownTarget, match=r"Did you mean C-991\?") as refused:
        named(hospital, vault, case_number="C-919")
    assert refused.value.similar == ("C-991",)


def test_an_unknown_provider_or_cost_centre_names_those_that_come_near(
    hospital: Store, vault: FernetVault
) -> None:
    with pytest.raises(UnknownTarget) as provider:
        named(hospital, vault, provider="Dr Chenn")
    assert provider.value.similar == ("Dr. Chen",)
    with pytest.raises(UnknownTarget) as centre:
        named(hospital, vault, cost_centre="emergancy")
    assert centre.value.similar == ("Emergency (6010)",)
    with pytest.raises(UnknownTarget) as code:
        named(hospital, vault, cost_centre="6011")
    assert code.value.similar == ("Emergency (6010)",)


def test_a_number_said_as_a_provider_is_not_repeated(hospital: Store, vault: FernetVault) -> None:
    with pytest.raises(UnknownTarget) as refused:
        named(hospital, vault, provider="patient 448120")
    assert "448120" not in str(refused.value)


def test_two_providers_of_one_name_are_both_named(hospital: Store, vault: FernetVault) -> None:
    with hospital.transactions.begin() as uow:
        uow.loading.providers([Provider(ProviderId(2), "Dr. Lily Chen", "Urology")])
        uow.commit()
    with pytest.raises(UnknownTarget, match="Several") as refused:
        named(hospital, vault, provider="Chen")
    assert refused.value.similar == ("Dr. Chen", "Dr. Lily Chen")


def test_a_surgeon_who_is_named_counts_before_the_schedules(hospital: Store, vault: FernetVault) -> None:
    with hospital.transactions.begin() as uow:
        uow.loading.providers([Provider(ProviderId(2), "Dr. Osei", "Surgery")])
        uow.commit()
    assert named(hospital, vault, case_number="C-991", provider="osei").provider_id == ProviderId(2)


@pytest.mark.parametrize(("role", "patient"), [(Role.CLINICIAN, "…4821"), (Role.TECHNICIAN, "")])
def test_the_patient_of_a_target_is_masked_and_shown_to_who_may_see_patients(
    hospital: Store, role: Role, patient: str
) -> None:
    reader = Person(NURSE, NORTH, "Ana Ruiz", "", role)
    with hospital.transactions.reading() as uow:
        shown = describe_target(uow.charges.targets([ON_CASE])[ON_CASE], reader=reader, uow=uow)
    assert shown.label == "C-991, Dr. Chen"
    assert shown.patient == patient


def stents(store: Store) -> None:
    with store.transactions.begin() as uow:
        uow.ledger.post([receive(STENT, 9, lot_id=STENT_LOT, owner_id=CONSIGNOR, unit_cost=Decimal(900))])
        uow.commit()


def test_use_of_chargeable_items_without_a_patient_is_told_with_who_recorded_it(hospital: Store) -> None:
    stents(hospital)
    without = consume(STENT, 2, lot_id=STENT_LOT, charge_id=NO_CHARGE)
    with hospital.transactions.begin() as uow:
        uow.ledger.post([without, consume(STENT, 1, lot_id=STENT_LOT, charge_id=ON_CASE), consume()])
        uow.commit()
    with hospital.transactions.reading() as uow:
        found = uncharged(NORTH, since=NOW - timedelta(hours=1), today=TODAY, uow=uow)
        assert [(use.movement.id, use.quantity, use.recorded_by) for use in found.uses] == [
            (without.id, 2, NURSE)
        ]
        assert uncharged(NORTH, since=NOW + timedelta(hours=1), today=TODAY, uow=uow).uses == ()
        assert uncharged(SOUTH, since=NOW - timedelta(hours=1), today=TODAY, uow=uow).uses == ()


def test_what_was_undone_or_returned_needs_no_charge(hospital: Store) -> None:
    stents(hospital)
    undone, some = (consume(STENT, 3, lot_id=STENT_LOT, charge_id=NO_CHARGE, key=key) for key in ("a", "b"))
    back = replace(
        some, id=new_id(), key="back", kind=MovementKind.RETURN, quantity=2, from_place_id=None, to_place_id=ICU_SHELF_A
    )  # fmt: skip
    with hospital.transactions.begin() as uow:
        uow.ledger.post([undone, some])
        uow.ledger.post(
            [
                reversal(undone, id=new_id(), key="undo", actor_id=NURSE, recorded_at=NOW, reason="", source=undone.source),
                back,
            ]
        )  # fmt: skip
        uow.commit()
    with hospital.transactions.reading() as uow:
        found = uncharged(NORTH, since=NOW - timedelta(hours=1), today=TODAY, uow=uow)
    assert [(use.movement.key, use.quantity) for use in found.uses] == [("b", 1)]


def test_a_past_case_that_nothing_was_charged_to_is_told(hospital: Store) -> None:
    stents(hospital)
    yesterday = TODAY - timedelta(days=1)
    with hospital.transactions.begin() as uow:
        uow.loading.cases(
            [
                Case(
                    CaseId(7), NORTH, "C-992", yesterday, ICU, ProviderId(1), ProcedureId(1), EncounterId(1)
                ),
                Case(
                    CaseId(8), NORTH, "C-993", yesterday, ICU, ProviderId(1), ProcedureId(1), EncounterId(1)
                ),
            ]
        )
        charged = uow.charges.target_id(ChargeTarget(case_id=CaseId(8)))
        uow.ledger.post([consume(STENT, 1, lot_id=STENT_LOT, charge_id=charged)])
        uow.commit()
    with hospital.transactions.reading() as uow:
        found = uncharged(NORTH, since=NOW - timedelta(days=3), today=TODAY, uow=uow)
    assert [case.number for case in found.cases] == ["C-992"]


def test_no_table_holds_a_number_that_was_typed(ward: Ward, store: Store, vault: FernetVault) -> None:
    """Every way in of this room, then every column of every table looked through."""
    planted = ("6120045", "E-203318", "four four one nine oh", "V-88201")
    for said in planted:
        target = named(store, vault, encounter=said, place_id=ED_CART)
        ward.do(Consume((wanted(FOLEY, 1),), ICU, target))
        for wrong in (
            {"case_number": "C-991", "encounter": said},
            {"provider": f"pt {said}", "encounter": said},
        ):
            with pytest.raises(Refused if "case_number" in wrong else UnknownTarget) as refused:
                named(store, vault, **wrong)
            assert normal_form(said) not in str(refused.value).replace("-", "").upper()
    numbers = [said.encode() for said in planted] + [normal_form(said).encode() for said in planted]
    with store.begin() as uow:
        for table in tables.metadata.sorted_tables:
            for row in uow.connection.execute(select(table)):
                written = b" ".join(
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    for value in row
                )
                assert not [number for number in numbers if number in written], table.name
