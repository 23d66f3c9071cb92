"""Labels against the catalogue and the ledger, and codes that are taught: on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.errors import Invalid, InvalidQuantity, NotPermitted, SupplyRoomError
from domain.model.item import Identifier, IdentifierKind
from domain.model.person import Person
from domain.model.receipt import TrailKind
from domain.model.scanning import Enrolment, EnrolmentState, Scan, ScanId
from domain.store import Store
from domain.udi.merge import read_symbols
from domain.udi.reading import Doubt
from domain.udi.symbol import Symbol, Symbology
from domain.usecases.scan import enrolling
from domain.usecases.scan.labels import Label, label_of, may_be_shown, neighbours
from domain.usecases.scan.matching import Match, State, differences, match
from tests.integration.act.racing import at_once
from tests.labels import gtin
from tests.photo_codes import BAG_HIBC, FOLEY, FOLEY_CASE, GLOVE_BOX, STAPLER, UNKNOWN, teach
from tests.unit.acting import house as ward
from tests.unit.acting.house import (
    ANA,
    BAG,
    F_EARLY,
    FOLEY16,
    GLOVE,
    MIA,
    NOW,
    S1,
    SALINE,
    TODAY,
    TOM,
    TUBE,
    House,
)


@pytest.fixture
def house(store: Store) -> House:
    made = House(store)
    teach(made)
    return made


def gs1(text: str) -> Label:
    """The label of one GS1 Data Matrix; "|" stands for the separator."""
    symbol = Symbol(Symbology.DATA_MATRIX, text.replace("|", "\x1d"), identifier="]d2")
    return label_of(read_symbols([symbol], today=TODAY).labels[0])


def plain(text: str) -> Label:
    symbol = Symbol(Symbology.CODE_128, text, identifier="]C0")
    return label_of(read_symbols([symbol], today=TODAY).labels[0])


def matched(house: House, label: Label, **more: object) -> Match:
    with house.store.transactions.reading() as uow:
        return match(label, uow=uow, **more)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ matching


def test_a_code_is_its_item_by_its_pack_with_its_lot(house: House) -> None:
    found = matched(house, gs1(f"01{FOLEY}17261220108J2210"))
    assert found.state is State.KNOWN
    assert found.fit is not None
    assert (found.fit.item_id, found.fit.unit, found.fit.lots) == (FOLEY16, "", (F_EARLY,))


def test_a_scanned_case_is_a_case(house: House) -> None:
    fit = matched(house, gs1(f"01{FOLEY_CASE}17270630109K3001")).fit
    assert fit is not None
    assert (fit.item_id, fit.unit) == (FOLEY16, "case")


def test_a_lot_that_was_never_received_is_none_of_the_fit(house: House) -> None:
    fit = matched(house, gs1(f"01{FOLEY}1728010110NEW77")).fit
    assert fit is not None
    assert fit.lots == ()


def test_a_lot_of_another_item_is_not_taken(house: House) -> None:
    fit = matched(house, gs1(f"01{GLOVE_BOX}108J2210")).fit
    assert fit is not None
    assert (fit.item_id, fit.lots) == (GLOVE, ())


def test_a_serial_number_finds_the_piece(house: House) -> None:
    fit = matched(house, gs1(f"01{STAPLER}1727090121SN4711")).fit
    assert fit is not None
    assert fit.lots == (S1,)


def test_hibc_is_found_by_its_primary_data(house: House) -> None:
    label = Label(IdentifierKind.HIBC, BAG_HIBC, lot="LB77")
    fit = matched(house, label).fit
    assert fit is not None
    assert (fit.item_id, fit.unit) == (BAG, "box")


def test_our_own_item_number_is_the_base_unit(house: House) -> None:
    fit = matched(house, plain(str(10_000 + FOLEY16))).fit
    assert fit is not None
    assert (fit.item_id, fit.unit) == (FOLEY16, "")


def test_of_two_makers_with_one_number_neither_is_chosen(house: House) -> None:
    found = matched(house, plain("AB-1200"))
    assert found.state is State.SEVERAL
    assert {fit.item_id for fit in found.fits} == {TUBE, SALINE}


def test_which_of_two_makers_is_settled_by_a_pick_or_by_the_lot(house: House) -> None:
    picked = matched(house, plain("AB-1200"), item_id=SALINE).fit
    assert picked is not None
    assert (picked.item_id, picked.unit) == (SALINE, "box")
    by_lot = matched(house, replace(plain("AB-1200"), lot="CT28")).fit
    assert by_lot is not None
    assert by_lot.item_id == TUBE


def test_an_ambiguous_code_is_never_settled_by_us_but_names_its_item(house: House) -> None:
    label = gs1(f"01{FOLEY}1726122010AB1221S9")
    assert Doubt.UNTERMINATED in label.doubts
    assert len(label.readings) == 2
    found = matched(house, label)
    assert found.state is State.AMBIGUOUS
    assert found.fit is None
    assert found.thing is not None
    assert found.thing.item_id == FOLEY16


def test_an_unknown_code_is_offered_the_item_of_its_other_pack_levels(house: House) -> None:
    other = next(code for code in neighbours(IdentifierKind.GTIN, FOLEY) if code not in (FOLEY_CASE,))
    found = matched(house, gs1(f"01{other}10X1"))
    assert found.state is State.UNKNOWN
    assert found.likely == (FOLEY16,)


def test_a_code_without_a_product_is_nameless(house: House) -> None:
    assert matched(house, gs1("17261220108J2210")).state is State.NAMELESS


def test_a_date_that_differs_from_the_books_is_told(house: House) -> None:
    label = gs1(f"01{FOLEY}17251231108J2210")
    with house.store.transactions.reading() as uow:
        said = differences(label, [uow.lots.get(F_EARLY)], today=TODAY)
    assert "31 December 2025" in said[0]
    assert "20 December 2026" in said[0]
    assert "expired" in said[0]


def test_a_variable_count_is_what_the_code_says_and_a_fixed_pack_is_not() -> None:
    variable = gtin("9036012345001")
    assert gs1(f"01{variable}3024").quantity == 24
    assert gs1(f"01{FOLEY}3024").quantity is None


@pytest.mark.parametrize("text", ["4482913", "E-4482913", "123-45-6789", "6120045"])
def test_what_may_be_a_patients_number_is_not_shown(text: str) -> None:
    assert not may_be_shown(plain(text))


@pytest.mark.parametrize("text", ["AB-1200", "REF10X-4", "DYNJ8012B"])
def test_a_makers_reference_may_be_shown(text: str) -> None:
    assert may_be_shown(plain(text))


# ------------------------------------------------------------------------------------------------ teaching

NEW = Label(IdentifierKind.GTIN, UNKNOWN, lot="N1")


def scan_in(house: House) -> ScanId:
    scan = Scan(ScanId(uuid4()), ward.NORTH, ANA.id, "D1", "", "{}", NOW)
    with house.store.transactions.begin() as uow:
        kept = uow.enrolments.keep(scan)
        uow.commit()
    return kept.id


def propose(house: House, scan_id: ScanId, *, unit: str = "case") -> Enrolment:
    with house.store.transactions.begin() as uow:
        made = enrolling.propose(
            NEW, item_id=FOLEY16, pack_unit=unit, scan_id=scan_id, actor=ANA, now=NOW, uow=uow
        )
        uow.commit()
        return made


def confirm(house: House, enrolment: Enrolment, person: Person = MIA) -> enrolling.Decided:
    with house.store.transactions.begin() as uow:
        done = enrolling.confirm(enrolment.id, actor=person, now=NOW, uow=uow)
        uow.commit()
        return done


def test_a_proposal_is_no_code_of_the_item_until_it_is_confirmed(house: House) -> None:
    scan_id = scan_in(house)
    made = propose(house, scan_id)
    assert propose(house, scan_id).id == made.id
    assert matched(house, NEW).state is State.UNKNOWN
    with house.store.transactions.reading() as uow:
        before = uow.catalogue.revision()
    done = confirm(house, made)
    assert done.first
    assert done.enrolment.state is EnrolmentState.CONFIRMED
    fit = matched(house, NEW).fit
    assert fit is not None
    assert (fit.item_id, fit.unit) == (FOLEY16, "case")
    with house.store.transactions.reading() as uow:
        assert uow.catalogue.revision() > before
        assert Identifier(IdentifierKind.GTIN, UNKNOWN, "case") in uow.catalogue.get(FOLEY16).identifiers
        trail = uow.trail.read(ward.NORTH)
    assert [(e.kind, e.deed, e.person_id) for e in trail] == [(TrailKind.CHANGED, "enrol", MIA.id)]
    assert UNKNOWN in trail[0].detail
    assert "proposed by Ana Ruiz" in trail[0].detail


def test_who_may_not_teach_is_refused_with_whom_to_ask(house: House) -> None:
    made = propose(house, scan_in(house))
    with pytest.raises(NotPermitted, match="technician"):
        confirm(house, made, ANA)
    assert matched(house, NEW).state is State.UNKNOWN


def test_a_refused_proposal_teaches_nothing_and_can_not_be_confirmed_later(house: House) -> None:
    made = propose(house, scan_in(house))
    with house.store.transactions.begin() as uow:
        assert enrolling.refuse(made.id, actor=TOM, now=NOW, uow=uow).first
        uow.commit()
    assert not confirm(house, made).first
    assert matched(house, NEW).state is State.UNKNOWN


def test_who_proposed_may_take_it_back(house: House) -> None:
    made = propose(house, scan_in(house))
    with house.store.transactions.begin() as uow:
        assert enrolling.refuse(made.id, actor=ANA, now=NOW, uow=uow).first


def test_a_code_that_another_item_got_meanwhile_is_not_taught_twice(house: House) -> None:
    made = propose(house, scan_in(house))
    with house.store.transactions.begin() as uow:
        uow.enrolments.learn(GLOVE, Identifier(IdentifierKind.GTIN, UNKNOWN, "box"))
        uow.commit()
    with pytest.raises(Invalid, match="known already"):
        confirm(house, made)
    fit = matched(house, NEW).fit
    assert fit is not None
    assert fit.item_id == GLOVE


def test_a_pack_that_the_item_does_not_have_is_refused(house: House) -> None:
    with pytest.raises(InvalidQuantity):
        propose(house, scan_in(house), unit="pallet")


def test_of_several_who_confirm_at_once_one_is_first_and_the_code_is_there_once(house: House) -> None:
    made = propose(house, scan_in(house))
    results = at_once(*(lambda: confirm(house, made) for _ in range(4)))
    firsts = [one.first for one in results if not isinstance(one, SupplyRoomError)]
    assert len(firsts) == 4
    assert sum(firsts) == 1
    with house.store.transactions.reading() as uow:
        codes = [i.value for i in uow.catalogue.get(FOLEY16).identifiers]
    assert codes.count(UNKNOWN) == 1


def test_two_codes_of_one_item_taught_at_once_are_both_kept(house: House) -> None:
    codes = [gtin(f"003601239{number:04}") for number in range(4)]

    def learn(code: str) -> bool:
        with house.store.transactions.begin() as uow:
            new = uow.enrolments.learn(FOLEY16, Identifier(IdentifierKind.GTIN, code, "each"))
            uow.commit()
            return new

    assert at_once(*(lambda code=code: learn(code) for code in codes)) == [True] * 4
    with house.store.transactions.reading() as uow:
        assert set(codes) <= {i.value for i in uow.catalogue.get(FOLEY16).identifiers}


def test_scans_are_forgotten_but_those_that_a_proposal_waits_with(house: House) -> None:
    waiting, idle = scan_in(house), scan_in(house)
    propose(house, waiting)
    with house.store.transactions.begin() as uow:
        assert uow.enrolments.latest("D1", "", since=NOW - timedelta(minutes=1)) is not None
        assert uow.enrolments.forget_before(NOW + timedelta(days=1)) == 1
        assert uow.enrolments.scan(waiting).id == waiting
        with pytest.raises(SupplyRoomError):
            uow.enrolments.scan(idle)


def test_a_scan_is_changed_by_one_of_two(house: House) -> None:
    scan_id = scan_in(house)
    with house.store.transactions.begin() as uow:
        scan = uow.enrolments.scan(scan_id)
        assert uow.enrolments.change(replace(scan, body='{"v":1}', version=2))
        assert not uow.enrolments.change(replace(scan, body="{}", version=2))
