"""A11: everything a receipt posted is reversed once, by those who may, as long as nothing came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.errors import AlreadyReversed, NotPermitted, Obstructed, UnknownRecord
from domain.model.charge import ChargeTarget
from domain.model.ids import CostCentreId, SupplierId
from domain.model.movement import StockStatus
from domain.model.receipt import Receipt, ReceiptId, TrailKind
from domain.store import Store
from domain.usecases.act.plans import Obstacle, Plan, Weight
from domain.usecases.act.receipts import show
from domain.usecases.act.requests import (
    Action,
    Arrival,
    Arrive,
    Consume,
    Count,
    Found,
    Receive,
    Return,
    SendBack,
    Transfer,
    Undo,
    Waste,
    WasteReason,
)
from domain.usecases.admin.check_ledger import check_ledger
from tests import small_hospital as small
from tests.integration.act.racing import at_once
from tests.integration.act.ward import ADMIN, BOSS, CASE, NURSE_SOUTH, SUTURE, TECH, Ward, stocked, wanted

FOLEY = small.FOLEY


@pytest.fixture
def ward(store: Store) -> Ward:
    return stocked(store.transactions)


def said(plan: Plan) -> list[tuple[Obstacle, Weight]]:
    return [(problem.obstacle, problem.weight) for problem in plan.problems]


def use(ward: Ward, quantity: int = 7) -> Receipt:
    return ward.do(Consume((wanted(FOLEY, quantity),), small.ICU, CASE))


ACTIONS: dict[str, Callable[[], Action]] = {
    "consume": lambda: Consume((wanted(FOLEY, 12),), small.ICU, CASE),
    "transfer": lambda: Transfer((wanted(FOLEY, 7),), small.ICU, small.ED),
    "receive": lambda: Receive((Arrival(SUTURE, Decimal(1), "box", "SUT77"),), small.ICU),
    "waste": lambda: Waste((wanted(FOLEY, 2),), small.ICU, WasteReason.DROPPED),
    "count": lambda: Count((Found(FOLEY, Decimal(2)), Found(small.GLOVE, Decimal(300))), small.ICU),
    "send-back": lambda: SendBack((wanted(SUTURE, 3),), small.ICU, SupplierId(1), "old"),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_an_undo_leaves_every_balance_as_it_was(ward: Ward, name: str) -> None:
    before = ward.lines()
    receipt = ward.do(ACTIONS[name](), who=TECH)
    assert ward.lines() != before
    undo = ward.do(Undo(receipt.id), who=TECH)
    assert ward.lines() == before
    assert undo.undoes == receipt.id
    assert [movement.reverses for movement in ward.moved(undo)] == list(receipt.movement_ids)
    assert check_ledger(ward.transactions).sound


def test_an_undo_happens_once_and_is_not_undone(ward: Ward) -> None:
    receipt = use(ward)
    undo = ward.do(Undo(receipt.id))
    with pytest.raises(AlreadyReversed, match=r"R-1 was undone already, by R-2\."):
        ward.do(Undo(receipt.id))
    with pytest.raises(AlreadyReversed, match="is an undo itself"):
        ward.do(Undo(undo.id))
    with pytest.raises(UnknownRecord):
        ward.do(Undo(ReceiptId(99)))


def test_of_two_who_undo_at_once_one_does(ward: Ward) -> None:
    receipt = use(ward)
    before = ward.stock(FOLEY)
    undo = Undo(receipt.id)
    shown = {who: ward.plan(undo, who=who).fingerprint for who in (small.NURSE, BOSS)}
    drafts = {who: ward.draft(undo, who=who) for who in shown}
    results = at_once(*(lambda who=who: ward.post(undo, drafts[who], shown[who], who=who) for who in shown))
    assert sorted(type(result).__name__ for result in results) == ["AlreadyReversed", "Receipt"]
    assert sum(ward.stock(FOLEY).values()) == sum(before.values()) + 7
    assert check_ledger(ward.transactions).sound


def test_what_came_of_it_must_still_be_there(ward: Ward) -> None:
    received = ward.do(Receive((Arrival(SUTURE, Decimal(1), "box", "SUT77"),), small.ICU), who=TECH)
    ward.do(Consume((wanted(SUTURE, 60),), small.ICU, CASE))
    plan = ward.plan(Undo(received.id), who=TECH)
    assert said(plan) == [(Obstacle.USED_SINCE, Weight.BLOCKS)]
    assert plan.problems[0].sentence == (
        "Of 25 Suture 4-0 at ICU Shelf B, 15 are left: the rest was used or moved on since."
    )
    with pytest.raises(Obstructed):
        ward.do(Undo(received.id), who=TECH)


def test_a_transfer_that_arrived_is_undone_from_its_end(ward: Ward) -> None:
    sent = ward.do(Transfer((wanted(FOLEY, 3),), small.ICU, small.ED))
    arrived = ward.do(Arrive(sent.id))
    assert said(ward.plan(Undo(sent.id))) == [(Obstacle.USED_SINCE, Weight.BLOCKS)]
    ward.do(Undo(arrived.id))
    ward.do(Undo(sent.id))
    assert check_ledger(ward.transactions).sound


def test_a_use_of_which_part_came_back_is_undone_after_the_return(ward: Ward) -> None:
    used = use(ward)
    back = ward.do(Return((wanted(FOLEY, 3),), small.ICU, CASE))
    plan = ward.plan(Undo(used.id))
    assert said(plan) == [(Obstacle.USED_SINCE, Weight.BLOCKS)]
    assert plan.problems[0].remedy == "Undo the return first."
    ward.do(Undo(back.id))
    ward.do(Undo(used.id))
    assert check_ledger(ward.transactions).sound


def test_ones_own_deeds_are_undone_for_a_day_and_others_by_those_who_answer_for_the_books(ward: Ward) -> None:
    receipt = use(ward)
    undo = Undo(receipt.id)
    assert said(ward.plan(undo, who=TECH)) == [(Obstacle.NOT_PERMITTED, Weight.BLOCKS)]
    assert ward.plan(undo, who=BOSS).postable
    assert ward.plan(undo, who=ADMIN).postable
    shown = ward.plan(undo).fingerprint
    late = small.NOW + timedelta(hours=24, minutes=1)
    ward.now = late
    with pytest.raises(NotPermitted, match="for 24 hours; R-1 is older"):
        ward.post(undo, ward.draft(undo), shown)
    assert ward.trail()[-1].kind is TrailKind.REFUSED
    with ward.transactions.reading() as uow:
        view = show(receipt.id, reader=ward.person(small.NURSE), uow=uow, now=late)
        boss = show(receipt.id, reader=ward.person(BOSS), uow=uow, now=late)
    assert not view.may_undo
    assert "24 hours" in view.undo_refused
    assert boss.may_undo
    ward.do(undo, who=BOSS)
    assert ward.trail()[-1].kind is TrailKind.UNDONE


def test_what_moved_nothing_can_not_be_undone(ward: Ward) -> None:
    receipt = ward.do(Count((Found(FOLEY, Decimal(9)),), small.ICU))
    (problem,) = ward.plan(Undo(receipt.id)).problems
    assert problem.sentence == f"{receipt.number} moved nothing; there is nothing to undo."


def test_an_undo_is_counted_where_what_it_undoes_was(ward: Ward) -> None:
    ward.put(FOLEY, 5, at=small.CLINIC_SHELF, lot_id=small.FOLEY_LATE)
    target = ChargeTarget(cost_centre_id=CostCentreId(1))
    there = ward.do(Consume((wanted(FOLEY, 2),), small.CLINIC, target), who=NURSE_SOUTH)
    here = use(ward)
    assert (there.id, here.id) == (1, 1)  # each hospital counts its own
    undo = Undo(there.id, facility_id=small.SOUTH)
    assert said(ward.plan(undo, who=BOSS)) == [(Obstacle.NOT_PERMITTED, Weight.BLOCKS)]
    with ward.transactions.begin() as uow:
        uow.people.grant(BOSS, [small.CLINIC])
        uow.commit()
    ward.do(undo, who=BOSS)
    with ward.transactions.reading() as uow:
        assert uow.receipts.get(small.SOUTH, there.id).undone_by is not None
        assert uow.receipts.get(small.NORTH, here.id).undone_by is None
    assert ward.stock(FOLEY, at=small.CLINIC_SHELF) == {(small.FOLEY_LATE, StockStatus.AVAILABLE): 5}
