"""A4, A5, A10: what is thrown away, what was found, what comes back and what goes back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.errors import Invalid, UnknownSupplier
from domain.model.charge import ChargeTarget
from domain.model.ids import NO_LOT, CostCentreId, EncounterId, ItemId, LotId, SupplierId
from domain.model.movement import MovementKind, StockStatus
from domain.model.window import DateWindow
from domain.ports import Scope
from domain.store import Store
from domain.usecases.act.plans import Obstacle, Plan, Weight
from domain.usecases.act.requests import (
    Consume,
    Count,
    Found,
    Return,
    SendBack,
    Undo,
    Wanted,
    Waste,
    WasteReason,
)
from domain.usecases.admin.check_ledger import check_ledger
from tests import small_hospital as small
from tests.integration.act.ward import (
    CASE,
    FOLEY_LENT,
    FOLEY_OLD,
    NURSE_ED,
    PACEMAKER,
    SUTURE,
    TECH,
    Ward,
    stocked,
    wanted,
)

AVAILABLE, RECALLED = StockStatus.AVAILABLE, StockStatus.RECALLED
FOLEY, GLOVE = small.FOLEY, small.GLOVE
EARLY, LATE = small.FOLEY_EARLY, small.FOLEY_LATE


@pytest.fixture
def ward(store: Store) -> Ward:
    return stocked(store.transactions)


def said(plan: Plan) -> list[tuple[Obstacle, Weight]]:
    return [(problem.obstacle, problem.weight) for problem in plan.problems]


def wasted(*lines: Wanted, why: WasteReason = WasteReason.DROPPED) -> Waste:
    return Waste(lines, small.ICU, why)


def counted(item_id: ItemId, quantity: int, lot_id: LotId | None = None) -> Count:
    return Count((Found(item_id, Decimal(quantity), "", lot_id),), small.ICU)


def returned(*lines: Wanted, target: ChargeTarget | None = CASE) -> Return:
    return Return(lines, small.ICU, target)


# ----------------------------------------------------------------------------------------------- waste


def test_waste_is_kept_apart_from_use_with_its_reason(ward: Ward) -> None:
    (movement,) = ward.moved(ward.do(wasted(wanted(FOLEY, 2))))
    assert (movement.kind, movement.reason, movement.lot_id, movement.quantity) == (
        MovementKind.WASTE,
        "dropped",
        EARLY,
        2,
    )
    today = DateWindow(small.TODAY, small.TODAY)
    with ward.transactions.reading() as uow:
        used = uow.questions.used(Scope(small.NORTH), items=[FOLEY], window=today)
        lost = uow.questions.used(Scope(small.NORTH), items=[FOLEY], window=today, kind=MovementKind.WASTE)
    assert (used, lost) == (0, 2)


def test_expired_and_held_lots_are_thrown_away_without_an_override(ward: Ward) -> None:
    ward.put(FOLEY, 3, at=small.ICU_SHELF_A, lot_id=FOLEY_OLD)
    ward.put(FOLEY, 2, at=small.ICU_SHELF_A, lot_id=LotId(5), status=RECALLED)
    assert ward.plan(wasted(wanted(FOLEY, 2, "", LotId(5)))).postable
    plan = ward.plan(wasted(wanted(FOLEY, None), why=WasteReason.EXPIRED))
    assert plan.postable
    assert [(pick.lot_id, pick.quantity) for pick in plan.lines[0].picks] == [(FOLEY_OLD, 3)]
    ward.do(wasted(wanted(FOLEY, 2, "", LotId(5))))
    assert (LotId(5), RECALLED) not in ward.stock(FOLEY, at=small.ICU_SHELF_A)


def test_more_than_is_there_can_not_be_thrown_away(ward: Ward) -> None:
    assert said(ward.plan(wasted(wanted(FOLEY, 10)))) == [(Obstacle.SHORT, Weight.BLOCKS)]
    assert said(ward.plan(wasted(wanted(PACEMAKER, 1)))) == [(Obstacle.NOT_HERE, Weight.BLOCKS)]


def test_dear_waste_is_for_others_to_record(ward: Ward) -> None:
    ward.put(PACEMAKER, 1, at=small.ICU_SHELF_A, lot_id=LotId(7), unit_cost="4000")
    action = wasted(wanted(PACEMAKER, 1))
    assert said(ward.plan(action, who=TECH)) == [(Obstacle.OVER_LIMIT, Weight.BLOCKS)]
    assert ward.plan(action).postable


# ---------------------------------------------------------------------------------------------- counts


def test_a_shortage_is_of_those_that_expire_first_and_a_surplus_of_the_latest_lot(ward: Ward) -> None:
    (line,) = ward.plan(counted(FOLEY, 3)).lines
    assert (line.expected, line.quantity) == (9, 3)
    assert [(pick.lot_id, pick.quantity) for pick in line.picks] == [(EARLY, -5), (LATE, -1)]
    (line,) = ward.plan(counted(FOLEY, 12)).lines
    assert [(pick.lot_id, pick.quantity) for pick in line.picks] == [(LATE, 3)]


def test_what_was_expected_and_found_is_kept_with_the_difference(ward: Ward) -> None:
    action = Count((Found(FOLEY, Decimal(7)), Found(GLOVE, Decimal(3), "box")), small.ICU, blind=True)
    movements = ward.moved(ward.do(action))
    assert [(one.kind, one.quantity, one.from_place_id is None, one.reason) for one in movements] == [
        (MovementKind.COUNT, 2, False, "count: expected 9, found 7, blind"),
        (MovementKind.COUNT, 50, True, "count: expected 100, found 150, blind"),
    ]
    assert ward.stock(GLOVE, at=small.ICU_SHELF_A) == {(NO_LOT, AVAILABLE): 150}
    assert ward.plan(counted(FOLEY, 7)).lines[0].picks == ()


def test_a_count_that_agrees_gives_a_receipt_and_no_movement(ward: Ward) -> None:
    receipt = ward.do(counted(FOLEY, 9))
    assert receipt.movement_ids == ()


def test_one_lot_may_be_counted_by_itself(ward: Ward) -> None:
    ward.do(counted(FOLEY, 6, LATE))
    assert ward.stock(FOLEY, at=small.ICU_SHELF_B) == {(LATE, AVAILABLE): 6}
    assert ward.stock(FOLEY, at=small.ICU_SHELF_A) == {(EARLY, AVAILABLE): 5}
    ward.do(counted(FOLEY, 2, FOLEY_OLD))  # a lot the books never had there
    assert ward.stock(FOLEY, at=small.ICU_SHELF_B)[FOLEY_OLD, AVAILABLE] == 2


def test_a_count_is_a_new_beginning_for_what_went_below_zero(ward: Ward) -> None:
    ward.do(Consume((wanted(FOLEY, 7, "", EARLY),), small.ICU, CASE))
    assert ward.stock(FOLEY, at=small.ICU_SHELF_A) == {(EARLY, AVAILABLE): -2}
    ward.do(counted(FOLEY, 3))
    assert ward.stock(FOLEY, at=small.ICU_SHELF_A) == {}
    assert ward.stock(FOLEY, at=small.ICU_SHELF_B) == {(LATE, AVAILABLE): 3}
    assert check_ledger(ward.transactions).sound


def test_none_of_a_thing_may_be_found_and_some_of_what_nobody_expected(ward: Ward) -> None:
    ward.do(counted(FOLEY, 0))
    assert ward.stock(FOLEY, at=small.ICU_SHELF_A) == {}
    ward.do(counted(PACEMAKER, 1))
    assert ward.stock(PACEMAKER, at=small.ICU) == {(NO_LOT, AVAILABLE): 1}


def test_held_stock_is_no_part_of_a_count_and_that_is_said(ward: Ward) -> None:
    ward.put(FOLEY, 2, at=small.ICU_SHELF_A, lot_id=LotId(5), status=RECALLED)
    plan = ward.plan(counted(FOLEY, 9))
    assert plan.lines[0].expected == 9
    assert said(plan) == [(Obstacle.HELD, Weight.WARNS)]


def test_a_clinician_counts_at_their_own_places(ward: Ward) -> None:
    assert said(ward.plan(counted(FOLEY, 9), who=NURSE_ED)) == [(Obstacle.NOT_PERMITTED, Weight.BLOCKS)]
    with ward.transactions.begin() as uow:
        uow.people.grant(NURSE_ED, [small.ICU_ROOM, small.ICU])
        uow.commit()
    assert ward.plan(counted(FOLEY, 9), who=NURSE_ED).postable


def test_a_thing_is_counted_once(ward: Ward) -> None:
    twice = [
        (Found(FOLEY, Decimal(1)), Found(FOLEY, Decimal(2))),
        (Found(FOLEY, Decimal(1), "", EARLY), Found(FOLEY, Decimal(2))),
        (Found(FOLEY, Decimal(1)), Found(FOLEY, Decimal(2), "", EARLY)),
        (Found(FOLEY, Decimal(1), "", EARLY), Found(FOLEY, Decimal(2), "", EARLY)),
        (),
    ]
    for lines in twice:
        with pytest.raises(Invalid, match=r"twice|one thing"):
            ward.plan(Count(lines, small.ICU))
    by_lot = (Found(FOLEY, Decimal(1), "", EARLY), Found(FOLEY, Decimal(2), "", LATE))
    assert len(ward.plan(Count(by_lot, small.ICU)).lines) == 2
    with pytest.raises(Invalid, match="not one of"):
        ward.plan(counted(GLOVE, 1, EARLY))
    with pytest.raises(Invalid, match="one piece"):
        ward.plan(counted(PACEMAKER, 2, LotId(7)))


# --------------------------------------------------------------------------------------------- given back


def test_a_return_credits_whom_it_was_used_on_at_the_cost_of_the_use(ward: Ward) -> None:
    ward.do(Consume((wanted(FOLEY, 7),), small.ICU, CASE))
    receipt = ward.do(returned(wanted(FOLEY, 3)))
    movements = ward.moved(receipt)
    assert {(one.kind, one.charge_id) for one in movements} == {(MovementKind.RETURN, small.ON_CASE)}
    assert sum(one.quantity for one in movements) == 3
    today = DateWindow(small.TODAY, small.TODAY)
    with ward.transactions.reading() as uow:
        assert uow.questions.used_by_charge(Scope(small.NORTH), items=[FOLEY], window=today) == {
            small.ON_CASE: 4
        }
    assert check_ledger(ward.transactions).sound


def test_never_more_comes_back_than_was_used(ward: Ward) -> None:
    ward.do(Consume((wanted(FOLEY, 7), wanted(GLOVE, 2)), small.ICU, CASE))
    ward.do(returned(wanted(FOLEY, 3)))
    (problem,) = ward.plan(returned(wanted(FOLEY, 5))).problems
    assert (problem.obstacle, problem.weight) == (Obstacle.SHORT, Weight.BLOCKS)
    assert problem.sentence == "4 of Foley catheter 16 Fr were used on C-991, Dr. Chen; 5 can not come back."
    assert said(ward.plan(returned(wanted(FOLEY, 2), wanted(FOLEY, 3)))) == [(Obstacle.SHORT, Weight.BLOCKS)]
    assert ward.plan(returned(wanted(FOLEY, None), wanted(GLOVE, 2))).postable
    ward.do(returned(wanted(FOLEY, None), wanted(GLOVE, 2)))
    assert said(ward.plan(returned(wanted(FOLEY, 1)))) == [(Obstacle.NOT_HERE, Weight.BLOCKS)]
    assert said(ward.plan(returned(wanted(SUTURE, 1)))) == [(Obstacle.NOT_HERE, Weight.BLOCKS)]


def test_a_return_may_name_its_lot(ward: Ward) -> None:
    ward.do(Consume((wanted(FOLEY, 7),), small.ICU, CASE))
    plan = ward.plan(returned(wanted(FOLEY, 2, "", LATE)))
    assert [(pick.lot_id, pick.quantity, pick.unit_cost) for pick in plan.lines[0].picks] == [
        (LATE, 2, Decimal("3.10"))
    ]
    assert said(ward.plan(returned(wanted(FOLEY, 3, "", LATE)))) == [(Obstacle.SHORT, Weight.BLOCKS)]


def test_a_use_that_was_undone_can_not_come_back(ward: Ward) -> None:
    receipt = ward.do(Consume((wanted(FOLEY, 2),), small.ICU, CASE))
    ward.do(Undo(receipt.id))
    assert not ward.plan(returned(wanted(FOLEY, 1))).postable


def test_a_case_is_the_same_whatever_stands_beside_it(ward: Ward) -> None:
    beside = ChargeTarget(CostCentreId(1), CASE.case_id, EncounterId(1))
    ward.do(Consume((wanted(FOLEY, 2),), small.ICU, beside))
    assert ward.plan(returned(wanted(FOLEY, 2))).postable
    assert ward.plan(returned(wanted(FOLEY, 2), target=ChargeTarget(encounter_id=EncounterId(1)))).postable
    other = returned(wanted(FOLEY, 2), target=ChargeTarget(cost_centre_id=CostCentreId(1)))
    assert not ward.plan(other).postable


def test_without_a_target_the_cost_centre_of_the_place_is_credited(ward: Ward) -> None:
    ward.do(Consume((wanted(FOLEY, 2),), small.ED))
    back = Return((wanted(FOLEY, 1),), small.ED)
    (movement,) = ward.moved(ward.do(back))
    assert movement.charge_id == small.ON_ICU
    assert said(ward.plan(returned(wanted(FOLEY, 1), target=None)))[0] == (
        Obstacle.NEEDS_TARGET,
        Weight.MISSING,
    )


# ------------------------------------------------------------------------------------------- send back


def test_what_goes_back_says_to_whom_and_why(ward: Ward) -> None:
    action = SendBack((wanted(SUTURE, 1, "box"),), small.ICU, SupplierId(1), "wrong size", "RA-5")
    (movement,) = ward.moved(ward.do(action, who=TECH))
    assert (movement.kind, movement.quantity, movement.reason) == (
        MovementKind.SEND_BACK,
        25,
        "to Medline; wrong size; reference RA-5",
    )


def test_what_stands_against_sending_back(ward: Ward) -> None:
    ward.put(FOLEY, 2, at=small.ICU_SHELF_A, lot_id=FOLEY_LENT, owner_id=small.CONSIGNOR)
    ward.put(FOLEY, 2, at=small.ICU_SHELF_A, lot_id=LotId(5), status=RECALLED)
    lent, recalled = wanted(FOLEY, 1, "", FOLEY_LENT), wanted(FOLEY, 1, "", LotId(5))
    medline, medtronic = SupplierId(1), small.CONSIGNOR
    cases = {
        "no reason": SendBack((wanted(FOLEY, 1),), small.ICU, medline),
        "too many": SendBack((wanted(FOLEY, 20),), small.ICU, medline, "old"),
        "a consignor's to another": SendBack((lent,), small.ICU, medline, "old"),
        "a consignor's to the consignor": SendBack((lent,), small.ICU, medtronic, "old"),
        "recalled": SendBack((recalled,), small.ICU, medline, "recall"),
    }
    found = {name: said(ward.plan(action, who=TECH)) for name, action in cases.items()}
    assert found["no reason"] == [(Obstacle.NEEDS_REASON, Weight.MISSING)]
    assert found["too many"] == [(Obstacle.SHORT, Weight.BLOCKS)]
    assert (Obstacle.NOT_OURS, Weight.BLOCKS) in found["a consignor's to another"]
    assert (Obstacle.NOT_OURS, Weight.BLOCKS) not in found["a consignor's to the consignor"]
    assert found["recalled"] == []
    with pytest.raises(UnknownSupplier):
        ward.plan(SendBack((wanted(FOLEY, 1),), small.ICU, SupplierId(99), "old"), who=TECH)
