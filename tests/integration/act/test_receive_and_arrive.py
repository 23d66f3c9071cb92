"""A3 and the other end of A2: deliveries with what their items demand; what was sent has come."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.errors import AlreadyReversed, Invalid, UnknownRecord, UnknownSupplier
from domain.model.hold import Hold, HoldId
from domain.model.ids import NO_LOT, OURS, ItemId, LotId, SupplierId
from domain.model.movement import MovementKind, StockStatus
from domain.model.receipt import DraftId, Receipt, ReceiptId
from domain.store import Store
from domain.usecases.act.plans import Obstacle, Plan, Weight
from domain.usecases.act.receipts import show
from domain.usecases.act.requests import Arrival, Arrive, Receive, Transfer, Undo
from domain.usecases.admin.check_ledger import check_ledger
from tests import small_hospital as small
from tests.integration.act.ward import (
    BOSS,
    FOLEY_OLD,
    NURSE_SOUTH,
    PACEMAKER,
    PHARM,
    SUTURE,
    SUTURE_LOT,
    TECH,
    Ward,
    stocked,
    wanted,
)

AVAILABLE, IN_TRANSIT, RECALLED = StockStatus.AVAILABLE, StockStatus.IN_TRANSIT, StockStatus.RECALLED
DATE = date(2028, 2, 29)
MEDLINE = SupplierId(1)


@pytest.fixture
def ward(store: Store) -> Ward:
    return stocked(store.transactions)


def came(
    item_id: ItemId,
    quantity: int | str,
    unit: str = "",
    supplier: SupplierId | None = MEDLINE,
    **more: object,
) -> Receive:
    line = Arrival(item_id, Decimal(quantity), unit, **more)  # type: ignore[arg-type]
    return Receive((line,), small.ICU, supplier, "PO-7")


def said(plan: Plan) -> list[tuple[Obstacle, Weight]]:
    return [(problem.obstacle, problem.weight) for problem in plan.problems]


def hold(ward: Ward, *, lots: tuple[LotId, ...] = (), item_id: ItemId | None = None, recalled: bool) -> None:
    with ward.transactions.begin() as uow:
        uow.holds.add(
            Hold(
                HoldId(0), small.NORTH, DraftId(small.new_id()), "maker's letter", recalled, BOSS, ward.now,
                lot_ids=lots, item_id=item_id,
            )
        )  # fmt: skip
        uow.commit()


def test_a_delivery_lies_on_its_items_shelf_with_lot_expiry_and_price_by_the_piece(ward: Ward) -> None:
    plan = ward.plan(came(SUTURE, 2, "box", lot_number="NEW-1", expires_on=DATE), who=TECH)
    assert plan.postable
    assert plan.cost == Decimal(200)
    receipt = ward.do(came(SUTURE, 2, "box", lot_number="NEW-1", expires_on=DATE), who=TECH)
    (movement,) = ward.moved(receipt)
    assert (movement.kind, movement.quantity, movement.to_place_id, movement.unit_cost, movement.reason) == (
        MovementKind.RECEIVE,
        50,
        small.ICU_SHELF_B,
        Decimal(4),
        "order PO-7",
    )
    with ward.transactions.reading() as uow:
        lot = uow.lots.get(movement.lot_id)
    assert (lot.number, lot.expires_on, lot.supplier_id) == ("NEW-1", DATE, MEDLINE)


def test_a_lot_that_is_known_is_the_same_however_it_is_typed(ward: Ward) -> None:
    (movement,) = ward.moved(
        ward.do(came(SUTURE, 1, lot_number="sut-77", expires_on=DATE, unit_cost=Decimal("5.5")), who=TECH)
    )
    assert (movement.lot_id, movement.unit_cost) == (SUTURE_LOT, Decimal("5.5"))


def test_what_the_item_demands_is_asked_for(ward: Ward) -> None:
    demanded = {
        "lot and expiry of a sterile item": came(SUTURE, 1),
        "expiry only": came(SUTURE, 1, lot_number="N1"),
        "known lot tells its own expiry": came(SUTURE, 1, lot_number="SUT77"),
        "serial and expiry": came(PACEMAKER, 1),
        "one serial a piece": came(PACEMAKER, 2, serials=("A1",), expires_on=DATE),
        "all serials given": came(PACEMAKER, 2, serials=("A1", "A2"), expires_on=DATE),
        "lot, no expiry where it is not sterile": came(small.FOLEY, 1),
    }
    missing, blank = Weight.MISSING, []  # type: ignore[var-annotated]
    assert {name: said(ward.plan(action, who=TECH)) for name, action in demanded.items()} == {
        "lot and expiry of a sterile item": [(Obstacle.NEEDS_LOT, missing), (Obstacle.NEEDS_EXPIRY, missing)],
        "expiry only": [(Obstacle.NEEDS_EXPIRY, missing)],
        "known lot tells its own expiry": blank,
        "serial and expiry": [(Obstacle.NEEDS_SERIAL, missing), (Obstacle.NEEDS_EXPIRY, missing)],
        "one serial a piece": [(Obstacle.NEEDS_SERIAL, missing)],
        "all serials given": blank,
        "lot, no expiry where it is not sterile": [(Obstacle.NEEDS_LOT, missing)],
    }


def test_each_serial_is_a_piece_of_its_own(ward: Ward) -> None:
    receipt = ward.do(came(PACEMAKER, 2, serials=("A1", "A2"), lot_number="B9", expires_on=DATE), who=TECH)
    movements = ward.moved(receipt)
    with ward.transactions.reading() as uow:
        lots = [uow.lots.get(movement.lot_id) for movement in movements]
    assert [(lot.number, lot.serial) for lot in lots] == [("B9", "A1"), ("B9", "A2")]
    assert [movement.quantity for movement in movements] == [1, 1]


def test_a_serial_that_lies_somewhere_can_not_come_again(ward: Ward) -> None:
    (problem,) = ward.plan(came(PACEMAKER, 1, serials=("pm 1",), expires_on=DATE), who=TECH).problems[-1:]
    assert problem.sentence == "Serial PM-1 lies at ED Cart 1 already; there is only one."
    assert problem.weight is Weight.BLOCKS
    with pytest.raises(Invalid, match="twice"):
        ward.plan(came(PACEMAKER, 2, serials=("A1", "a-1"), expires_on=DATE), who=TECH)


def test_more_or_less_than_was_due_is_said(ward: Ward) -> None:
    (fewer,) = ward.plan(came(SUTURE, 3, lot_number="SUT77", expected=5), who=TECH).problems
    (more,) = ward.plan(came(SUTURE, 7, lot_number="SUT77", expected=5), who=TECH).problems
    assert (fewer.weight, fewer.sentence) == (Weight.WARNS, "5 of Suture 4-0 were due; 2 fewer came.")
    assert more.sentence == "5 of Suture 4-0 were due; 2 more came."


def test_an_expired_delivery_needs_an_override_and_another_date_than_known_is_said(ward: Ward) -> None:
    old = came(small.FOLEY, 1, lot_number="7A1000")
    assert said(ward.plan(old, who=TECH)) == [(Obstacle.EXPIRED, Weight.OVERRIDABLE)]
    ward.do(old, who=PHARM, because="for training only")
    assert ward.stock(small.FOLEY, at=small.ICU_SHELF_A)[FOLEY_OLD, AVAILABLE] == 1
    (differs,) = ward.plan(
        came(SUTURE, 1, lot_number="SUT77", expires_on=date(2029, 1, 31)), who=TECH
    ).problems
    assert differs.sentence == "Lot SUT77 is known with February 2028; the label says January 2029."


def test_a_consignors_delivery_stays_the_consignors(ward: Ward) -> None:
    action = came(small.STENT, 1, supplier=small.CONSIGNOR, lot_number="C1", expires_on=DATE)
    (movement,) = ward.moved(ward.do(action, who=TECH))
    assert movement.owner_id == small.CONSIGNOR
    (ours,) = ward.moved(ward.do(came(small.STENT, 1, lot_number="C2", expires_on=DATE), who=TECH))
    assert ours.owner_id == OURS


def test_what_is_under_a_hold_is_put_away_as_held(ward: Ward) -> None:
    hold(ward, item_id=SUTURE, recalled=True)
    action = came(SUTURE, 1, lot_number="NEW-2", expires_on=DATE)
    plan = ward.plan(action, who=TECH)
    assert said(plan) == [(Obstacle.HELD, Weight.WARNS)]
    (movement,) = ward.moved(ward.do(action, who=TECH))
    assert movement.to_status is RECALLED


def test_who_may_not_receive_is_told_whom_to_ask(ward: Ward) -> None:
    (problem,) = ward.plan(came(SUTURE, 1, lot_number="SUT77")).problems
    assert problem.sentence == "A clinician may not receive deliveries."
    assert problem.remedy == "Ask a technician, a manager, a buyer or a pharmacist."


def test_a_delivery_that_can_not_be_is_refused(ward: Ward) -> None:
    with pytest.raises(Invalid, match="one thing"):
        ward.plan(Receive((), small.ICU), who=TECH)
    with pytest.raises(Invalid, match="cost"):
        ward.plan(came(SUTURE, 1, unit_cost=Decimal(-1)), who=TECH)
    with pytest.raises(UnknownSupplier):
        ward.plan(came(SUTURE, 1, supplier=SupplierId(99)), who=TECH)


# ------------------------------------------------------------------------------------------------ arrivals


def sent(ward: Ward, quantity: int = 7) -> Receipt:
    return ward.do(Transfer((wanted(small.FOLEY, quantity),), small.ICU, small.ED))


def test_what_was_sent_is_there_once_it_is_received(ward: Ward) -> None:
    receipt = sent(ward)
    ward.do(Arrive(receipt.id))
    assert ward.stock(small.FOLEY, at=small.ED_CART) == {
        (small.FOLEY_EARLY, AVAILABLE): 5,
        (small.FOLEY_LATE, AVAILABLE): 8,
    }
    (problem,) = ward.plan(Arrive(receipt.id)).problems
    assert (problem.obstacle, problem.weight) == (Obstacle.ALREADY_DONE, Weight.BLOCKS)
    with pytest.raises(AlreadyReversed):
        ward.do(Arrive(receipt.id))
    assert check_ledger(ward.transactions).sound


def test_what_did_not_come_stays_in_transit_and_may_come_later(ward: Ward) -> None:
    receipt = sent(ward)
    first, second = receipt.movement_ids
    part = Arrive(receipt.id, ((first, 3), (second, 0)))
    assert said(ward.plan(part)) == [(Obstacle.DELIVERY, Weight.WARNS)] * 2
    ward.do(part)
    assert ward.stock(small.FOLEY, at=small.ED_CART)[small.FOLEY_EARLY, IN_TRANSIT] == 2
    with ward.transactions.reading() as uow:
        assert show(receipt.id, reader=ward.person(BOSS), uow=uow).awaited == 4
    ward.do(Arrive(receipt.id))
    assert (small.FOLEY_EARLY, IN_TRANSIT) not in ward.stock(small.FOLEY, at=small.ED_CART)


def test_an_arrival_that_was_undone_may_be_received_again(ward: Ward) -> None:
    receipt = sent(ward)
    arrived = ward.do(Arrive(receipt.id))
    ward.do(Undo(arrived.id))
    assert ward.plan(Arrive(receipt.id)).lines[0].quantity == 5
    ward.do(Arrive(receipt.id))
    assert check_ledger(ward.transactions).sound


def test_of_two_transfers_on_one_way_each_is_received_for_itself(ward: Ward) -> None:
    first, second = sent(ward, 2), sent(ward, 3)
    ward.do(Arrive(first.id))
    assert not ward.plan(Arrive(first.id)).postable
    assert ward.stock(small.FOLEY, at=small.ED_CART)[small.FOLEY_EARLY, IN_TRANSIT] == 3
    ward.do(Arrive(second.id))
    assert ward.stock(small.FOLEY, at=small.ED_CART)[small.FOLEY_EARLY, AVAILABLE] == 5


def test_more_than_was_sent_can_not_come(ward: Ward) -> None:
    receipt = sent(ward)
    first, _ = receipt.movement_ids
    plan = ward.plan(Arrive(receipt.id, ((first, 6),)))
    assert said(plan) == [(Obstacle.DELIVERY, Weight.BLOCKS)]
    with pytest.raises(Invalid, match="of what R-1 sent"):
        ward.plan(Arrive(receipt.id, ((small.new_id(), 1),)))
    with pytest.raises(Invalid, match="of what R-1 sent"):
        ward.plan(Arrive(receipt.id, ((first, -1),)))


def test_only_what_was_sent_can_be_received(ward: Ward) -> None:
    at_once = ward.do(Transfer((wanted(small.FOLEY, 1),), small.ICU_SHELF_A, small.ICU_SHELF_B))
    with pytest.raises(Invalid, match="sent nothing"):
        ward.plan(Arrive(at_once.id))
    with pytest.raises(UnknownRecord):
        ward.plan(Arrive(ReceiptId(99)))


def test_another_hospital_receives_what_was_sent_to_it(ward: Ward) -> None:
    receipt = ward.do(Transfer((wanted(small.FOLEY, 2),), small.ICU, small.CLINIC), who=TECH)
    arrive = Arrive(receipt.id, facility_id=small.NORTH)
    ward.do(arrive, who=NURSE_SOUTH)
    assert ward.stock(small.FOLEY, at=small.CLINIC) == {(small.FOLEY_EARLY, AVAILABLE): 2}
    assert not ward.plan(arrive, who=NURSE_SOUTH).postable
    assert check_ledger(ward.transactions).sound


def test_what_is_recalled_on_its_way_arrives_held(ward: Ward) -> None:
    receipt = sent(ward, 2)
    hold(ward, lots=(small.FOLEY_EARLY,), recalled=True)
    ward.do(Arrive(receipt.id))
    assert ward.stock(small.FOLEY, at=small.ED_CART)[small.FOLEY_EARLY, RECALLED] == 2
    assert NO_LOT not in {lot_id for lot_id, _ in ward.stock(small.FOLEY)}
