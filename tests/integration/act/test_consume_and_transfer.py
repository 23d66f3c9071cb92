"""A1 and A2: what is used and moved, by which lots, and what stands against it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.errors import Invalid, InvalidQuantity, UnknownItem, UnknownLot, UnknownPlace, UnknownTarget
from domain.model.charge import ChargeTarget
from domain.model.ids import NO_LOT, OURS, CaseId, CostCentreId, ItemId, LotId, PlaceId
from domain.model.movement import MovementKind, StockStatus
from domain.model.par import Par
from domain.model.permission import Deed
from domain.model.person import Role
from domain.store import Store
from domain.usecases.act.plans import Obstacle, Plan, Weight
from domain.usecases.act.requests import Action, Consume, Transfer, Wanted
from domain.usecases.admin.check_ledger import check_ledger
from tests import small_hospital as small
from tests.integration.act.ward import (
    BOSS,
    CASE,
    FOLEY_LENT,
    FOLEY_OLD,
    NURSE_SOUTH,
    PACEMAKER,
    SUTURE,
    TECH,
    Ward,
    open_ward,
    stocked,
    wanted,
)

AVAILABLE, IN_TRANSIT, RECALLED = StockStatus.AVAILABLE, StockStatus.IN_TRANSIT, StockStatus.RECALLED
FOLEY, GLOVE, STENT = small.FOLEY, small.GLOVE, small.STENT
EARLY, LATE = small.FOLEY_EARLY, small.FOLEY_LATE
ICU, SHELF_A, SHELF_B, ED, CART = (
    small.ICU,
    small.ICU_SHELF_A,
    small.ICU_SHELF_B,
    small.ED,
    small.ED_CART,
)


@pytest.fixture
def ward(store: Store) -> Ward:
    return stocked(store.transactions)


def used(*lines: Wanted, at: PlaceId = ICU, target: ChargeTarget | None = CASE) -> Consume:
    return Consume(lines, at, target)


def moved(*lines: Wanted, source: PlaceId = ICU, to: PlaceId = ED) -> Transfer:
    return Transfer(lines, source, to)


def said(plan: Plan) -> list[tuple[Obstacle, Weight]]:
    return [(problem.obstacle, problem.weight) for problem in plan.problems]


def picked(plan: Plan) -> list[tuple[LotId, PlaceId, int]]:
    return [(pick.lot_id, pick.place.id, pick.quantity) for line in plan.lines for pick in line.picks]


def test_what_is_used_is_taken_first_expired_first_over_lots_and_shelves(ward: Ward) -> None:
    receipt = ward.do(used(wanted(FOLEY, 7)))
    movements = ward.moved(receipt)
    assert [(one.lot_id, one.from_place_id, one.quantity, one.unit_cost) for one in movements] == [
        (EARLY, SHELF_A, 5, Decimal("2.35")),
        (LATE, SHELF_B, 2, Decimal("3.10")),
    ]
    assert {(one.kind, one.charge_id, one.actor_id) for one in movements} == {
        (MovementKind.CONSUME, small.ON_CASE, small.NURSE)
    }
    assert ward.stock(FOLEY, at=SHELF_B) == {(LATE, AVAILABLE): 2}
    assert check_ledger(ward.transactions).sound


def test_a_box_is_what_a_box_holds_and_is_kept_as_it_was_said(ward: Ward) -> None:
    (movement,) = ward.moved(ward.do(used(wanted(SUTURE, "0.2", "box"))))
    assert (movement.quantity, movement.entered_quantity, movement.entered_unit) == (5, Decimal("0.2"), "box")


def test_without_a_target_the_cost_centre_of_the_place_pays(ward: Ward) -> None:
    plan = ward.plan(used(wanted(FOLEY, 1), at=ED, target=None))
    assert plan.target is not None
    assert plan.target.label == "Emergency (6010)"
    (movement,) = ward.moved(ward.do(used(wanted(FOLEY, 1), at=CART, target=None)))
    assert movement.charge_id == small.ON_ICU  # the row of that cost centre


def test_several_lines_of_one_item_share_what_is_there(ward: Ward) -> None:
    plan = ward.plan(used(wanted(FOLEY, 6), wanted(FOLEY, 4)))
    assert picked(plan) == [(EARLY, SHELF_A, 5), (LATE, SHELF_B, 1), (LATE, SHELF_B, 4)]
    assert said(plan) == [(Obstacle.SHORT, Weight.WARNS)]


def test_a_line_may_name_its_own_place(ward: Ward) -> None:
    plan = ward.plan(used(Wanted(FOLEY, Decimal(1), place_id=CART)))
    assert picked(plan) == [(LATE, CART, 1)]


def test_the_lots_that_could_be_taken_instead_are_offered(ward: Ward) -> None:
    (line,) = ward.plan(used(wanted(FOLEY, 2))).lines
    assert [(pick.lot_id, pick.on_hand) for pick in line.others] == [(LATE, 4)]


def test_what_was_used_beyond_the_books_is_recorded_and_goes_below_zero(ward: Ward) -> None:
    plan = ward.plan(used(wanted(FOLEY, 11)))
    assert plan.postable
    (problem,) = plan.problems
    assert problem.sentence == (
        "The books hold only 9 of Foley catheter 16 Fr at ICU; 11 are recorded all the same. Please count it."
    )
    assert problem.remedy == "ED Cart 1 holds 6 of lot 9K3001, good until June 2027."
    ward.do(used(wanted(FOLEY, 11)))
    assert ward.stock(FOLEY, at=SHELF_B) == {(LATE, AVAILABLE): -2}
    ward.do(used(wanted(FOLEY, 1)))
    assert ward.stock(FOLEY, at=ICU) == {(NO_LOT, AVAILABLE): -1}
    assert check_ledger(ward.transactions).sound


def test_what_the_books_never_held_there_is_taken_from_the_shelf_with_its_par(store: Store) -> None:
    ward = open_ward(store.transactions, pars=(Par(GLOVE, SHELF_B, 1, 2, 3, 4),))
    (movement,) = ward.moved(ward.do(used(wanted(GLOVE, 3))))
    assert (movement.from_place_id, movement.lot_id, movement.quantity) == (SHELF_B, NO_LOT, 3)


def test_a_serial_piece_is_never_used_twice_over(ward: Ward) -> None:
    receipt = ward.do(used(wanted(PACEMAKER, 2), at=ED))
    assert [(one.lot_id, one.quantity) for one in ward.moved(receipt)] == [(LotId(7), 1), (NO_LOT, 1)]


def test_consigned_stock_that_is_used_keeps_its_owner(ward: Ward) -> None:
    plan = ward.plan(used(wanted(STENT, 1)))
    assert plan.postable
    (movement,) = ward.moved(ward.do(used(wanted(STENT, 1))))
    assert (movement.owner_id, movement.unit_cost) == (small.CONSIGNOR, Decimal(1900))


def test_what_is_promised_to_others_is_used_last_and_said(ward: Ward) -> None:
    ward.reserve(FOLEY, 5, at=SHELF_A, lot_id=EARLY)
    assert picked(ward.plan(used(wanted(FOLEY, 4)))) == [(LATE, SHELF_B, 4)]
    plan = ward.plan(used(wanted(FOLEY, 6)))
    assert picked(plan) == [(LATE, SHELF_B, 4), (EARLY, SHELF_A, 2)]
    assert said(plan) == [(Obstacle.SHORT, Weight.WARNS)]
    assert "promised to somebody else" in plan.problems[0].sentence


def test_expired_and_held_lots_and_a_consignors_are_never_proposed(ward: Ward) -> None:
    ward.put(FOLEY, 3, at=SHELF_A, lot_id=FOLEY_OLD)
    ward.put(FOLEY, 3, at=SHELF_A, lot_id=LotId(5), status=RECALLED)
    ward.put(FOLEY, 3, at=SHELF_A, lot_id=FOLEY_LENT, owner_id=small.CONSIGNOR)
    for action in (used(wanted(FOLEY, None)), moved(wanted(FOLEY, None))):
        plan = ward.plan(action)
        assert {pick.lot_id for line in plan.lines for pick in (*line.picks, *line.others)} == {EARLY, LATE}
        assert plan.lines[0].quantity == 9


def test_a_named_lot_that_may_not_be_used_needs_a_role_and_a_reason(ward: Ward) -> None:
    ward.put(FOLEY, 3, at=SHELF_A, lot_id=FOLEY_OLD)
    ward.put(FOLEY, 3, at=SHELF_A, lot_id=LotId(5), status=RECALLED)
    (old,) = ward.plan(used(wanted(FOLEY, 1, "", FOLEY_OLD))).problems
    assert (old.obstacle, old.weight, old.override) == (
        Obstacle.EXPIRED,
        Weight.OVERRIDABLE,
        Deed.OVERRIDE_EXPIRED,
    )
    assert old.sentence == "Lot 7A1000 expired on 1 November 2026."
    (recalled,) = ward.plan(used(wanted(FOLEY, 1, "", LotId(5)))).problems
    assert (recalled.obstacle, recalled.override) == (Obstacle.HELD, Deed.OVERRIDE_HELD)
    assert recalled.sentence == "Lot 6S0001 is recalled; nothing of it may be used or moved."
    assert recalled.remedy.startswith("ICU Shelf")
    assert "of lot 9K3001, good until June 2027" in recalled.remedy
    assert recalled.asks == (Role.MANAGER, Role.ADMIN)


def test_it_is_asked_which_lot_was_used_where_only_unusable_ones_are_left(ward: Ward) -> None:
    ward.put(FOLEY, 3, at=CART, lot_id=FOLEY_OLD)
    plan = ward.plan(used(wanted(FOLEY, 8), at=ED))
    assert (Obstacle.NEEDS_LOT, Weight.MISSING) in said(plan)
    assert not plan.postable
    assert not plan.overridable
    assert "3 of lot 7A1000, expired 1 November 2026" in plan.problems[0].sentence


def test_using_a_consignors_lot_that_was_named_is_said(ward: Ward) -> None:
    ward.put(FOLEY, 3, at=SHELF_A, lot_id=FOLEY_LENT, owner_id=small.CONSIGNOR)
    plan = ward.plan(used(wanted(FOLEY, 1, "", FOLEY_LENT)))
    assert said(plan) == [(Obstacle.NOT_OURS, Weight.WARNS)]
    assert plan.problems[0].sentence == "Lot LENT-5 belongs to Medtronic."


def test_what_patients_pay_for_asks_for_the_patient_but_is_recorded(ward: Ward) -> None:
    assert said(ward.plan(used(wanted(PACEMAKER, 1), at=ED, target=None))) == [
        (Obstacle.NEEDS_TARGET, Weight.WARNS)
    ]
    assert said(ward.plan(used(wanted(PACEMAKER, 1), at=ED))) == []


def test_a_place_without_cost_centre_asks_whom_it_is_charged_to(ward: Ward) -> None:
    assert said(ward.plan(used(wanted(FOLEY, 1), target=None))) == [(Obstacle.NEEDS_TARGET, Weight.MISSING)]


def test_the_patient_is_shown_masked_and_only_to_roles_that_may_read_patients(ward: Ward) -> None:
    shown = {who: ward.plan(used(wanted(FOLEY, 1)), who=who).target for who in (small.NURSE, TECH)}
    assert {who: target.patient for who, target in shown.items() if target} == {
        small.NURSE: "…4821",
        TECH: "",
    }


WRONG: list[tuple[Action, type[Exception], str]] = [
    (used(), Invalid, "one thing at least"),
    (used(wanted(SUTURE, "0.5", "box")), InvalidQuantity, "A box holds 25 each; say 12 or 13."),
    (used(wanted(FOLEY, 1, "pallet")), InvalidQuantity, "not by pallet"),
    (used(wanted(ItemId(99), 1)), UnknownItem, "99"),
    (used(wanted(FOLEY, 1), at=PlaceId(99)), UnknownPlace, "99"),
    (used(wanted(FOLEY, 1, "", LotId(99))), UnknownLot, "99"),
    (used(wanted(GLOVE, 1, "", EARLY)), Invalid, "Lot 8J-2210 is not one of Surgical glove 7.5."),
    (used(wanted(FOLEY, 1), target=ChargeTarget(case_id=CaseId(77))), UnknownTarget, "no such case"),
]


def test_what_can_not_be_right_is_refused_by_name(ward: Ward) -> None:
    for action, error, words in WRONG:
        with pytest.raises(error, match=words.replace(".", r"\.")):
            ward.plan(action)


def test_stock_moves_at_once_inside_a_unit_and_through_transit_between_units(ward: Ward) -> None:
    ward.do(moved(wanted(FOLEY, 2), source=SHELF_A, to=SHELF_B))
    assert ward.stock(FOLEY, at=SHELF_B) == {(LATE, AVAILABLE): 4, (EARLY, AVAILABLE): 2}
    plan = ward.plan(moved(wanted(FOLEY, 3)))
    assert plan.in_transit
    ward.do(moved(wanted(FOLEY, 3)))
    assert ward.stock(FOLEY, at=CART) == {(LATE, AVAILABLE): 6, (EARLY, IN_TRANSIT): 3}
    assert check_ledger(ward.transactions).sound


def test_the_way_may_be_said_whatever_the_distance(ward: Ward) -> None:
    ward.do(Transfer((wanted(FOLEY, 1),), ICU, ED, in_transit=False))
    ward.do(Transfer((wanted(GLOVE, 1),), SHELF_A, SHELF_B, in_transit=True))
    assert ward.stock(FOLEY, at=CART)[EARLY, AVAILABLE] == 1
    assert ward.stock(GLOVE, at=SHELF_B) == {(NO_LOT, IN_TRANSIT): 1}


def test_a_thing_is_put_on_its_own_shelf_inside_the_place_that_was_said(ward: Ward) -> None:
    (line,) = ward.plan(moved(wanted(FOLEY, 1))).lines
    assert line.puts is not None
    assert line.puts.id == CART
    (line,) = ward.plan(moved(wanted(GLOVE, 1))).lines
    assert line.puts is not None
    assert line.puts.id == ED  # none of it lies there, and there is no par


def test_moving_out_of_a_unit_into_a_shelf_of_it_takes_nothing_from_that_shelf(ward: Ward) -> None:
    assert picked(ward.plan(moved(wanted(FOLEY, None), to=SHELF_A))) == [(LATE, SHELF_B, 4)]


def test_more_than_is_there_can_not_be_moved_and_it_is_said_where_else_some_lies(ward: Ward) -> None:
    (problem,) = ward.plan(moved(wanted(FOLEY, 12))).problems
    assert (problem.obstacle, problem.weight) == (Obstacle.SHORT, Weight.BLOCKS)
    assert problem.sentence == "ICU holds 9 of Foley catheter 16 Fr, not 12."
    assert problem.remedy.startswith("Say 9, or count it first.")
    (none,) = ward.plan(moved(wanted(PACEMAKER, 1))).problems
    assert (none.obstacle, none.weight) == (Obstacle.NOT_HERE, Weight.BLOCKS)
    assert none.remedy == "ED Cart 1 holds 1 of serial PM-1, good until May 2028."


def test_what_is_promised_to_others_is_not_moved(ward: Ward) -> None:
    ward.reserve(FOLEY, 5, at=SHELF_A, lot_id=EARLY)
    assert said(ward.plan(moved(wanted(FOLEY, 5)))) == [(Obstacle.SHORT, Weight.BLOCKS)]


def test_what_is_there_already_is_not_moved(ward: Ward) -> None:
    for action in (
        moved(wanted(FOLEY, 1), to=ICU),
        moved(wanted(FOLEY, 1), source=SHELF_A, to=SHELF_A),
        moved(wanted(FOLEY, 1), source=SHELF_A, to=ICU),
    ):
        assert (Obstacle.ALREADY_DONE, Weight.BLOCKS) in said(ward.plan(action))


def test_held_stock_that_is_moved_by_an_override_stays_held(ward: Ward) -> None:
    ward.put(FOLEY, 3, at=SHELF_A, lot_id=LotId(5), status=RECALLED)
    ward.do(moved(wanted(FOLEY, 3, "", LotId(5))), who=BOSS, because="to the locked cage")
    assert ward.stock(FOLEY, at=CART)[LotId(5), RECALLED] == 3


def test_a_role_moves_up_to_its_limit(ward: Ward) -> None:
    ward.put(PACEMAKER, 1, at=SHELF_A, lot_id=LotId(7), unit_cost="6000")
    (problem,) = ward.plan(moved(wanted(PACEMAKER, 1))).problems
    assert problem.obstacle is Obstacle.OVER_LIMIT
    assert problem.sentence == "A clinician may move stock up to $5,000; this comes to $6,000.00."
    assert Role.TECHNICIAN in problem.asks
    assert ward.plan(moved(wanted(PACEMAKER, 1)), who=TECH).postable


def test_nobody_acts_in_another_hospital_unless_they_were_granted_a_place_there(ward: Ward) -> None:
    ward.put(FOLEY, 2, at=small.CLINIC_SHELF, lot_id=LATE)
    there = Consume((wanted(FOLEY, 1),), small.CLINIC, CASE)
    assert said(ward.plan(there))[0] == (Obstacle.NOT_PERMITTED, Weight.BLOCKS)
    away = Consume((wanted(FOLEY, 1),), small.CLINIC, ChargeTarget(cost_centre_id=CostCentreId(1)))
    assert ward.plan(away, who=NURSE_SOUTH).postable
    with ward.transactions.begin() as uow:
        uow.people.grant(small.NURSE, [small.CLINIC])
        uow.commit()
    assert ward.plan(there).postable


def test_stock_sent_to_another_hospital_waits_there(ward: Ward) -> None:
    receipt = ward.do(moved(wanted(FOLEY, 2), to=small.CLINIC), who=TECH)
    assert {one.facility_id for one in ward.moved(receipt)} == {small.NORTH}
    assert ward.stock(FOLEY, at=small.CLINIC) == {(EARLY, IN_TRANSIT): 2}
    assert ward.moved(receipt)[0].owner_id == OURS
