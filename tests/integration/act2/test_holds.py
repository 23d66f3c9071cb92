"""A9: stock is blocked wherever it lies, every place answers, what arrives later is held, and the end of a hold frees it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.errors import (
    Conflict,
    Invalid,
    NotPermitted,
    Obstructed,
    Refused,
    Stale,
    SupplyRoomError,
    UnknownRecord,
)
from domain.model.hold import CheckState, HoldId
from domain.model.ids import LotId, PersonId, PlaceId
from domain.model.lot import Lot
from domain.model.movement import MovementKind, StockStatus
from domain.model.receipt import TrailKind
from domain.store import Store
from domain.usecases.act.holds import (
    Answered,
    answer_check,
    chased,
    due_by,
    held_by,
    note_arrival,
    progress,
    status_under,
    unanswered,
)
from domain.usecases.act.plans import Obstacle, Weight
from domain.usecases.act.requests import Arrival, Consume, LiftHold, Quarantine, Receive
from tests.integration.act.ward import BOSS, CASE, NURSE_ED, PHARM, TECH, Ward, wanted
from tests.integration.act2.conftest import CENTRAL_SHELF, CORE, sound
from tests.small_hospital import (
    CLINIC_SHELF,
    ED_CART,
    FOLEY,
    FOLEY_EARLY,
    FOLEY_LATE,
    ICU,
    ICU_SHELF_A,
    ICU_SHELF_B,
    NORTH,
    NURSE,
)

AVAILABLE, QUARANTINED, RECALLED = StockStatus.AVAILABLE, StockStatus.QUARANTINED, StockStatus.RECALLED
LATE = Quarantine("cracked packaging", lots=(FOLEY_LATE,))


def answer(
    ward: Ward, place_id: PlaceId, state: CheckState, *, who: PersonId = NURSE, hold: int = 1
) -> Answered:
    with ward.transactions.begin() as uow:
        return answer_check(
            HoldId(hold), place_id, state=state, actor=ward.person(who), now=ward.now, uow=uow
        )


def test_a_lot_is_blocked_at_every_place_of_the_facility_at_once(ward: Ward) -> None:
    ward.put(FOLEY, 3, at=CLINIC_SHELF, lot_id=FOLEY_LATE)
    receipt = ward.do(LATE)
    assert {
        (one.kind, one.from_place_id, one.quantity, one.to_status, one.reason) for one in ward.moved(receipt)
    } == {
        (MovementKind.STATUS, place, quantity, QUARANTINED, "cracked packaging")
        for place, quantity in ((ICU_SHELF_B, 4), (ED_CART, 6), (CORE, 8))
    }
    assert ward.stock(FOLEY, at=CLINIC_SHELF) == {(FOLEY_LATE, AVAILABLE): 3}  # another hospital's
    with ward.transactions.reading() as uow:
        hold = uow.holds.get(NORTH, HoldId(1))
    assert [(check.place_id, check.quantity, check.state) for check in hold.checks] == [
        (ICU_SHELF_B, 4, CheckState.OPEN),
        (ED_CART, 6, CheckState.OPEN),
        (CORE, 8, CheckState.OPEN),
    ]
    assert (hold.number, hold.recalled, hold.opened_by, hold.reason) == (
        "H-1",
        False,
        NURSE,
        "cracked packaging",
    )
    assert sound(ward)


def test_held_stock_is_not_proposed_and_not_used_without_a_manager(ward: Ward) -> None:
    ward.do(LATE)
    use = Consume((wanted(FOLEY, 2, "", FOLEY_LATE),), ICU, CASE)
    assert any(problem.obstacle is Obstacle.HELD for problem in ward.plan(use).problems)
    with pytest.raises(Refused):
        ward.do(use)
    assert ward.do(Consume((wanted(FOLEY, 2),), ICU, CASE)).movement_ids  # of the other lot


def test_all_of_an_item_can_be_held_at_some_places_only(ward: Ward) -> None:
    ward.do(Quarantine("storage too warm", item_id=FOLEY, places=(ICU,)))
    assert ward.stock(FOLEY, at=ICU_SHELF_A) == {(FOLEY_EARLY, QUARANTINED): 5}
    assert ward.stock(FOLEY, at=ED_CART) == {(FOLEY_LATE, AVAILABLE): 6}
    with ward.transactions.reading() as uow:
        assert [check.place_id for check in uow.holds.get(NORTH, HoldId(1)).checks] == [
            ICU_SHELF_A,
            ICU_SHELF_B,
        ]


def test_a_recall_goes_over_a_quarantine_and_is_asked_anew(ward: Ward) -> None:
    ward.do(LATE)
    ward.do(Quarantine("FDA class I", lots=(FOLEY_LATE,), recalled=True), who=BOSS)
    assert ward.stock(FOLEY, at=ED_CART) == {(FOLEY_LATE, RECALLED): 6}
    with ward.transactions.reading() as uow:
        assert [len(hold.checks) for hold in uow.holds.open(NORTH)] == [3, 3]
    assert sound(ward)


def test_what_is_on_hold_already_is_said_and_not_held_twice(ward: Ward) -> None:
    ward.do(LATE)
    problem = ward.plan(LATE).problems[0]
    assert (problem.obstacle, problem.weight, problem.sentence) == (
        Obstacle.ALREADY_DONE,
        Weight.BLOCKS,
        "It is on hold already (H-1).",
    )


def test_a_hold_needs_a_reason_and_says_what_it_is_about(ward: Ward) -> None:
    missing = ward.plan(Quarantine("  ", lots=(FOLEY_LATE,))).problems
    assert [(problem.obstacle, problem.weight) for problem in missing] == [
        (Obstacle.NEEDS_REASON, Weight.MISSING)
    ]
    for wrong in (Quarantine("why"), Quarantine("why", lots=(FOLEY_LATE,), item_id=FOLEY)):
        with pytest.raises(Invalid):
            ward.plan(wrong)


def test_a_lot_that_lies_nowhere_is_held_for_when_it_comes(ward: Ward) -> None:
    empty = LotId(4)
    plan = ward.plan(Quarantine("maker's letter", lots=(empty,)))
    assert plan.problems[0].sentence == "None of it lies on a shelf now; what arrives will be held."
    ward.do(Quarantine("maker's letter", lots=(empty,)))
    with ward.transactions.reading() as uow:
        holds = held_by([empty], [], facility_id=NORTH, uow=uow)
        assert status_under(holds, item_id=FOLEY, lot_id=empty) is QUARANTINED
        assert status_under(holds, item_id=FOLEY, lot_id=FOLEY_LATE) is AVAILABLE
        assert progress(holds[0], reader=ward.person(NURSE), uow=uow).share == 1.0


def test_a_delivery_of_a_held_lot_is_held_on_arrival(ward: Ward) -> None:
    ward.do(LATE)
    ward.do(Receive((Arrival(FOLEY, Decimal(12), lot_number="9K3001"),), CENTRAL_SHELF), who=TECH)
    assert ward.stock(FOLEY, at=CENTRAL_SHELF)[FOLEY_LATE, QUARANTINED] == 12
    with ward.transactions.reading() as uow:
        checks = {check.place_id: check for check in uow.holds.get(NORTH, HoldId(1)).checks}
    assert (checks[CENTRAL_SHELF].quantity, checks[CENTRAL_SHELF].state) == (12, CheckState.OPEN)


def test_a_place_where_held_stock_arrives_is_put_on_the_list_or_asked_again(ward: Ward) -> None:
    ward.do(LATE)
    answer(ward, ED_CART, CheckState.PULLED)
    with ward.transactions.begin() as uow:
        holds = held_by([FOLEY_LATE], [], facility_id=NORTH, uow=uow)
        for place_id in (ED_CART, ICU_SHELF_A):
            note_arrival(holds, place_id=place_id, item_id=FOLEY, lot_id=FOLEY_LATE, quantity=2, uow=uow)
        note_arrival(holds, place_id=CENTRAL_SHELF, item_id=FOLEY, lot_id=FOLEY_EARLY, quantity=2, uow=uow)
        uow.commit()
    with ward.transactions.reading() as uow:
        checks = {check.place_id: check for check in uow.holds.get(NORTH, HoldId(1)).checks}
    assert (checks[ED_CART].quantity, checks[ED_CART].state, checks[ED_CART].answered_by) == (
        8,
        CheckState.OPEN,
        None,
    )
    assert checks[ICU_SHELF_A].quantity == 2
    assert CENTRAL_SHELF not in checks


def test_answers_are_counted_to_a_hundred_percent(ward: Ward) -> None:
    ward.do(LATE)
    assert not answer(ward, ICU_SHELF_B, CheckState.PULLED).count_due
    assert answer(ward, ED_CART, CheckState.NOT_FOUND, who=NURSE_ED).count_due
    with ward.transactions.reading() as uow:
        half = progress(uow.holds.get(NORTH, HoldId(1)), reader=ward.person(BOSS), uow=uow)
    assert (half.answered, len(half.rows), half.still_held) == (2, 3, 18)
    assert [(row.place.id, row.state, row.answered_by) for row in half.rows] == [
        (CORE, CheckState.OPEN, ""),
        (ED_CART, CheckState.NOT_FOUND, f"Person {NURSE_ED}"),
        (ICU_SHELF_B, CheckState.PULLED, f"Person {NURSE}"),
    ]
    done = answer(ward, CORE, CheckState.USED, who=TECH)
    assert (done.hold.answered, done.count_due) == (3, True)


def test_an_answer_counts_once_and_is_not_turned_over(ward: Ward) -> None:
    ward.do(LATE)
    first = answer(ward, ED_CART, CheckState.PULLED)
    assert answer(ward, ED_CART, CheckState.PULLED, who=TECH).check == first.check
    with pytest.raises(Obstructed, match="answered already: pulled"):
        answer(ward, ED_CART, CheckState.NOT_FOUND, who=TECH)
    kept = [entry.detail for entry in ward.trail() if entry.deed == "answer-check"]
    assert kept == ["H-1, ED › Cart 1: pulled."]


def test_what_is_no_answer_or_no_place_of_the_list_is_refused(ward: Ward) -> None:
    ward.do(LATE)
    with pytest.raises(Invalid, match="pulled, not found or used"):
        answer(ward, ED_CART, CheckState.OPEN)
    with pytest.raises(Invalid, match="not on the list"):
        answer(ward, CENTRAL_SHELF, CheckState.PULLED)
    with pytest.raises(UnknownRecord):
        answer(ward, ED_CART, CheckState.PULLED, hold=9)


def test_reminders_come_after_two_eight_and_twenty_four_hours_then_daily_and_managers_hear_of_the_second(
    ward: Ward,
) -> None:
    ward.do(LATE)
    answer(ward, CORE, CheckState.PULLED)
    told: list[tuple[float, int, int]] = []
    for hours in range(1, 80):
        now = ward.now + timedelta(hours=hours)
        with ward.transactions.begin() as uow:
            for chase in unanswered(NORTH, now=now, uow=uow):
                told.append((hours, len(chase.places), len(chase.escalated)))
                chased(chase, uow=uow)
            uow.commit()
    assert told == [(2, 2, 0), (8, 2, 2), (24, 2, 2), (48, 2, 2), (72, 2, 2)]
    assert [due_by(timedelta(hours=hours)) for hours in (1, 2, 8, 24, 47, 48, 72)] == [0, 1, 2, 3, 3, 4, 5]


def test_reminders_that_were_missed_are_not_made_up_for(ward: Ward) -> None:
    ward.do(LATE)
    late = ward.now + timedelta(days=3)
    with ward.transactions.begin() as uow:
        first, *others = unanswered(NORTH, now=late, uow=uow)
        assert (first.number, first.escalated, others) == (5, (), [])
        assert chased(first, uow=uow)
        assert not chased(first, uow=uow)
        assert unanswered(NORTH, now=late + timedelta(hours=1), uow=uow) == []
        uow.commit()


def test_nobody_is_reminded_of_a_hold_that_was_lifted_or_answered(ward: Ward) -> None:
    ward.do(LATE)
    later = ward.now + timedelta(hours=9)
    for place_id in (ICU_SHELF_B, ED_CART, CORE):
        answer(ward, place_id, CheckState.PULLED)
    with ward.transactions.reading() as uow:
        assert unanswered(NORTH, now=later, uow=uow) == []
    ward.do(Quarantine("again", lots=(FOLEY_EARLY,)))
    ward.do(LiftHold(HoldId(2), "tested well"), who=PHARM)
    with ward.transactions.reading() as uow:
        assert unanswered(NORTH, now=later, uow=uow) == []


def test_a_lifted_hold_frees_its_stock_and_says_who_has_not_answered(ward: Ward) -> None:
    before = ward.lines()
    ward.do(LATE)
    lift = LiftHold(HoldId(1), "laboratory found nothing")
    assert "3 of 3 places have not answered yet." in [p.sentence for p in ward.plan(lift, who=PHARM).problems]
    ward.do(lift, who=PHARM)
    assert ward.lines() == before
    with ward.transactions.reading() as uow:
        hold = uow.holds.get(NORTH, HoldId(1))
        assert (hold.lifted_by, hold.lifted_at) == (PHARM, ward.now)
        assert uow.holds.open(NORTH) == []
    with pytest.raises(Obstructed, match="lifted"):
        answer(ward, ED_CART, CheckState.PULLED)
    assert ward.plan(lift, who=PHARM).problems[0].obstacle is Obstacle.ALREADY_DONE
    assert sound(ward)


def test_what_another_hold_is_over_stays_held(ward: Ward) -> None:
    ward.do(LATE)
    ward.do(Quarantine("FDA class I", lots=(FOLEY_LATE,), recalled=True), who=BOSS)
    ward.do(LiftHold(HoldId(1), "packaging is fine"), who=BOSS)
    assert ward.stock(FOLEY, at=ED_CART) == {(FOLEY_LATE, RECALLED): 6}
    ward.do(LiftHold(HoldId(2), "recall withdrawn"), who=BOSS)
    assert ward.stock(FOLEY, at=ED_CART) == {(FOLEY_LATE, AVAILABLE): 6}


def test_lifting_a_recall_leaves_the_quarantine_below_it(ward: Ward) -> None:
    ward.do(LATE)
    ward.do(Quarantine("FDA class I", lots=(FOLEY_LATE,), recalled=True), who=BOSS)
    ward.do(LiftHold(HoldId(2), "recall withdrawn"), who=BOSS)
    assert ward.stock(FOLEY, at=ED_CART) == {(FOLEY_LATE, QUARANTINED): 6}


def test_only_pharmacists_managers_and_administrators_lift_a_hold(ward: Ward) -> None:
    ward.do(LATE)
    for who in (NURSE, TECH):
        with pytest.raises(NotPermitted, match="Ask a manager or a pharmacist"):
            ward.do(LiftHold(HoldId(1), "fine"), who=who)
    refused = [entry for entry in ward.trail() if entry.kind is TrailKind.REFUSED]
    assert {entry.person_id for entry in refused} == {NURSE, TECH}
    assert ward.stock(FOLEY, at=ED_CART) == {(FOLEY_LATE, QUARANTINED): 6}


def test_nothing_slips_onto_a_shelf_while_it_is_put_on_hold(ward: Ward) -> None:
    """Deliveries of one lot and its hold at the same moment, over and over: whoever is first, all of it is held afterwards."""
    delivery = Receive((Arrival(FOLEY, Decimal(3), lot_number="9K3001"),), CENTRAL_SHELF)
    for turn in range(1, 7):
        barrier = Barrier(3)

        def meet(what: Callable[[], object], barrier: Barrier = barrier) -> None:
            barrier.wait()
            # Somebody was first: what is read back anew is posted then, as a person does.
            for _ in range(20):
                with suppress(Stale, Conflict):
                    what()
                    return
            raise AssertionError("never posted")

        with ThreadPoolExecutor(3) as pool:
            done = [
                pool.submit(meet, lambda: ward.do(delivery, who=TECH)),
                pool.submit(meet, lambda: ward.do(delivery, who=BOSS)),
                pool.submit(meet, lambda: ward.do(LATE)),
            ]
            for one in done:
                one.result()
        stock = ward.stock(FOLEY, at=CENTRAL_SHELF)
        assert stock.get((FOLEY_LATE, AVAILABLE), 0) == 0
        assert stock[FOLEY_LATE, QUARANTINED] == 6 * turn
        ward.do(LiftHold(HoldId(turn), "again"), who=PHARM)
    assert sound(ward)


def test_who_holds_and_who_puts_on_a_shelf_wait_for_each_other_and_nobody_else_does(
    ward: Ward, store: Store, database_url: str
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite's writers wait for the database, not for rows")

    def would_wait(*, alone: bool) -> bool:
        with store.begin() as second:
            second.connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
            try:
                second.holds.fence([FOLEY], alone=alone)
            except (DBAPIError, SupplyRoomError):
                return True
            return False

    with store.begin() as first:
        first.holds.fence([FOLEY], alone=False)
        assert would_wait(alone=True)
        assert not would_wait(alone=False)
    with store.begin() as first:
        first.holds.fence([FOLEY], alone=True)
        assert would_wait(alone=True)
        assert would_wait(alone=False)
        # What merely names the item is written meanwhile.
        with store.begin() as second:
            second.connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
            second.lots.add(Lot(LotId(0), FOLEY, "NEW-1"))
            second.commit()
