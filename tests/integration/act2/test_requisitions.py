"""A6: asked, picked, delivered, received or short; each step once, both sides see it, and stock is where it says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.errors import Invalid, NotPermitted, Obstructed, UnknownRecord
from domain.model.hold import CheckState
from domain.model.ids import PersonId
from domain.model.movement import Source, StockStatus
from domain.model.receipt import TrailKind
from domain.model.requisition import RequisitionId, RequisitionOrder, RequisitionState
from domain.usecases.act.plans import Obstacle
from domain.usecases.act.requests import Quarantine, Requisition
from domain.usecases.act.requisition_lists import my_requisitions, to_pick, view
from domain.usecases.act.requisitions import (
    Hand,
    Picked,
    cancel_requisition,
    deliver,
    pick,
    receive_requisition,
    report_short,
)
from tests import small_hospital as small
from tests.integration.act.ward import NURSE_ED, SUTURE, SUTURE_LOT, TECH, Ward, wanted
from tests.integration.act2.conftest import CENTRAL, CENTRAL_SHELF, CORE, sound
from tests.small_hospital import ED, ED_CART, FOLEY, FOLEY_EARLY, FOLEY_LATE, ICU, NURSE

AVAILABLE, IN_TRANSIT, QUARANTINED = StockStatus.AVAILABLE, StockStatus.IN_TRANSIT, StockStatus.QUARANTINED


def ask(ward: Ward, *lines: tuple[object, int], **more: object) -> RequisitionOrder:
    receipt = ward.do(Requisition(tuple(wanted(*line) for line in lines), ED, **more), who=NURSE_ED)  # type: ignore[arg-type]
    assert receipt.movement_ids == ()
    with ward.transactions.reading() as uow:
        return uow.requisitions.listed(small.NORTH, states=tuple(RequisitionState), limit=1)[0]


def hand(ward: Ward, who: PersonId) -> Hand:
    return Hand(ward.person(who), ward.now, ward.today, Source("C9", "1.1", "Ev9"))


class Steps:
    """Each step in a unit of work of its own, as a click takes it."""

    def __init__(self, ward: Ward) -> None:
        self.ward = ward

    def pick(self, order: RequisitionOrder, *picked: Picked, who: PersonId = TECH) -> RequisitionOrder:
        with self.ward.transactions.begin() as uow:
            return pick(order.id, picked or None, hand=hand(self.ward, who), uow=uow)

    def deliver(self, order: RequisitionOrder, who: PersonId = TECH) -> RequisitionOrder:
        with self.ward.transactions.begin() as uow:
            return deliver(order.id, hand=hand(self.ward, who), uow=uow)

    def receive(
        self, order: RequisitionOrder, received: dict[int, int] | None = None, who: PersonId = NURSE_ED
    ) -> RequisitionOrder:
        with self.ward.transactions.begin() as uow:
            return receive_requisition(order.id, received, hand=hand(self.ward, who), uow=uow)

    def short(
        self, order: RequisitionOrder, received: dict[int, int] | None = None, who: PersonId = TECH
    ) -> RequisitionOrder:
        with self.ward.transactions.begin() as uow:
            return report_short(order.id, received, hand=hand(self.ward, who), uow=uow)

    def cancel(self, order: RequisitionOrder, who: PersonId = NURSE_ED) -> RequisitionOrder:
        with self.ward.transactions.begin() as uow:
            return cancel_requisition(order.id, hand=hand(self.ward, who), uow=uow)


@pytest.fixture
def steps(ward: Ward) -> Steps:
    return Steps(ward)


def test_the_store_that_has_most_of_it_is_asked_and_of_equals_the_nearest(ward: Ward) -> None:
    assert ask(ward, (FOLEY, 10)).from_place_id == CENTRAL  # the core has 8
    assert ask(ward, (FOLEY, 4), (SUTURE, 1)).from_place_id == CENTRAL  # the core has no sutures
    plan = ward.plan(Requisition((wanted(FOLEY, 4),), ICU))
    assert plan.source is not None
    assert plan.source.id == CORE  # both have 4; the core is nearer


def test_what_the_store_lacks_is_said_and_asked_for_all_the_same(ward: Ward) -> None:
    plan = ward.plan(Requisition((wanted(FOLEY, 500),), ED))
    assert [(problem.obstacle, problem.sentence) for problem in plan.problems] == [
        (Obstacle.SHORT, "Central has 20 of Foley catheter 16 Fr to give.")
    ]
    assert plan.postable


def test_a_requisition_walks_from_the_stores_shelf_over_transit_to_the_askers(
    ward: Ward, steps: Steps
) -> None:
    order = ask(ward, (FOLEY, 6), from_place_id=CENTRAL, needed_by="14:00")
    assert (order.number, order.state, order.needed_by) == ("REQ-1", RequisitionState.ASKED, "14:00")
    assert order.lines[0].entered == "6 each"

    picked = steps.pick(order)
    assert (picked.state, picked.picker_id, picked.lines[0].picked) == (RequisitionState.PICKED, TECH, 6)
    assert ward.stock(FOLEY, at=CENTRAL_SHELF) == {(FOLEY_EARLY, AVAILABLE): 14}
    assert ward.stock(FOLEY, at=ED) == {(FOLEY_EARLY, IN_TRANSIT): 6}

    assert steps.deliver(order).state is RequisitionState.DELIVERED
    received = steps.receive(order)
    assert (received.state, received.lines[0].received) == (RequisitionState.RECEIVED, 6)
    assert ward.stock(FOLEY, at=ED) == {}
    # On the shelf inside the unit that has foleys already.
    assert ward.stock(FOLEY, at=ED_CART) == {(FOLEY_LATE, AVAILABLE): 6, (FOLEY_EARLY, AVAILABLE): 6}
    assert sound(ward)


def test_every_step_that_is_clicked_again_changes_nothing(ward: Ward, steps: Steps) -> None:
    order = ask(ward, (FOLEY, 6), from_place_id=CENTRAL)
    for step in (steps.pick, steps.deliver, steps.receive):
        first = step(order)
        assert step(order) == first
    before = ward.lines()
    for step in (steps.pick, steps.deliver, steps.receive, steps.short):
        assert step(order).state is RequisitionState.RECEIVED
    assert ward.lines() == before
    assert sound(ward)


def test_what_came_short_is_on_the_stores_shelf_again(ward: Ward, steps: Steps) -> None:
    order = ask(ward, (FOLEY, 6), (SUTURE, 5), from_place_id=CENTRAL)
    steps.pick(order)
    done = steps.receive(order, {1: 4})
    assert done.state is RequisitionState.SHORT
    assert [(line.asked, line.picked, line.received) for line in done.lines] == [(6, 6, 4), (5, 5, 5)]
    assert ward.stock(FOLEY, at=CENTRAL_SHELF) == {(FOLEY_EARLY, AVAILABLE): 16}
    assert ward.stock(FOLEY, at=ED_CART)[FOLEY_EARLY, AVAILABLE] == 4
    assert ward.stock(SUTURE, at=ED) == {(SUTURE_LOT, AVAILABLE): 5}
    assert sound(ward)


def test_picking_without_figures_takes_what_there_is_up_to_what_was_asked(ward: Ward, steps: Steps) -> None:
    order = ask(ward, (FOLEY, 15), (FOLEY, 15), from_place_id=CENTRAL)
    assert [line.picked for line in steps.pick(order).lines] == [15, 5]
    assert steps.receive(order).state is RequisitionState.SHORT


def test_a_substitute_is_a_line_of_its_own_and_counts_for_the_line_it_stands_in_for(
    ward: Ward, steps: Steps
) -> None:
    order = ask(ward, (FOLEY, 6), from_place_id=CENTRAL)
    picked = steps.pick(order, Picked(1, 2), Picked(1, 4, item_id=SUTURE))
    assert [(line.item_id, line.picked, line.instead_of) for line in picked.lines] == [
        (FOLEY, 2, None),
        (SUTURE, 4, 1),
    ]
    done = steps.receive(order)
    assert done.state is RequisitionState.RECEIVED
    assert ward.stock(SUTURE, at=ED) == {(SUTURE_LOT, AVAILABLE): 4}
    with ward.transactions.reading() as uow:
        assert uow.requisitions.get(small.NORTH, order.id) == done


def test_the_store_says_short_and_what_was_picked_lies_there_again(ward: Ward, steps: Steps) -> None:
    before = ward.lines()
    order = ask(ward, (FOLEY, 6), from_place_id=CENTRAL)
    steps.pick(order)
    assert steps.short(order).state is RequisitionState.SHORT
    assert ward.lines() == before
    unpicked = ask(ward, (FOLEY, 6), from_place_id=CENTRAL)
    assert steps.short(unpicked).state is RequisitionState.SHORT
    assert sound(ward)


def test_more_than_lies_there_can_not_be_picked(ward: Ward, steps: Steps) -> None:
    order = ask(ward, (FOLEY, 6), from_place_id=CENTRAL)
    with pytest.raises(Obstructed, match="holds 20"):
        steps.pick(order, Picked(1, 21))
    with pytest.raises(Obstructed, match="Nothing was picked"):
        steps.pick(order, Picked(1, 0))
    with pytest.raises(Invalid, match="no line 7"):
        steps.pick(order, Picked(7, 1))
    with pytest.raises(Invalid):
        steps.pick(order, Picked(1, -1))
    assert ward.stock(FOLEY, at=ED) == {}


def test_a_held_lot_can_not_be_picked(ward: Ward, steps: Steps) -> None:
    order = ask(ward, (FOLEY, 6), from_place_id=CENTRAL)
    ward.do(Quarantine("cracked", lots=(FOLEY_EARLY,)), who=TECH)
    with pytest.raises(Obstructed):
        steps.pick(order, Picked(1, 2, lots=(FOLEY_EARLY,)))
    with pytest.raises(Obstructed, match="Nothing was picked"):
        steps.pick(order)


def test_what_was_put_on_hold_while_under_way_is_held_when_it_arrives(ward: Ward, steps: Steps) -> None:
    order = ask(ward, (FOLEY, 6), from_place_id=CENTRAL)
    steps.pick(order)
    plan = ward.plan(Quarantine("cracked", lots=(FOLEY_EARLY,)), who=TECH)
    assert "6 are under way; they are held when they arrive." in [
        problem.sentence for problem in plan.problems
    ]
    ward.do(Quarantine("cracked", lots=(FOLEY_EARLY,)), who=TECH)
    steps.receive(order, {1: 5})
    assert ward.stock(FOLEY, at=ED_CART) == {(FOLEY_LATE, AVAILABLE): 6, (FOLEY_EARLY, QUARANTINED): 5}
    assert ward.stock(FOLEY, at=CENTRAL_SHELF) == {(FOLEY_EARLY, QUARANTINED): 15}
    with ward.transactions.reading() as uow:
        checks = {check.place_id: check for check in uow.holds.open(small.NORTH)[0].checks}
    assert checks[ED_CART].quantity == 5
    assert checks[CENTRAL_SHELF].quantity == 15
    assert checks[ED_CART].state is CheckState.OPEN
    assert sound(ward)


def test_who_may_not_pick_is_refused_and_the_refusal_is_kept(ward: Ward, steps: Steps) -> None:
    order = ask(ward, (FOLEY, 6), from_place_id=CENTRAL)
    with pytest.raises(NotPermitted, match="Ask a technician"):
        steps.pick(order, who=NURSE)
    kept = ward.trail()[-1]
    assert (kept.kind, kept.deed, kept.person_id) == (TrailKind.REFUSED, "requisition-pick", NURSE)
    assert ward.stock(FOLEY, at=ED) == {}


def test_the_asker_or_the_store_cancels_before_picking_and_nobody_after(ward: Ward, steps: Steps) -> None:
    one, other, late = (ask(ward, (FOLEY, 2), from_place_id=CENTRAL) for _ in range(3))
    assert steps.cancel(one).state is RequisitionState.CANCELLED
    assert steps.cancel(one).version == 2
    assert steps.cancel(other, who=TECH).state is RequisitionState.CANCELLED
    with pytest.raises(NotPermitted):
        steps.cancel(late, who=NURSE)
    steps.pick(late)
    with pytest.raises(Obstructed, match="REQ-3 is picked; it can not be cancelled now"):
        steps.cancel(late)
    with pytest.raises(Obstructed, match="cancelled"):
        steps.pick(one)
    with pytest.raises(Obstructed, match="cancelled"):
        steps.receive(one)


def test_more_than_was_sent_can_not_have_come(ward: Ward, steps: Steps) -> None:
    order = ask(ward, (FOLEY, 2), from_place_id=CENTRAL)
    with pytest.raises(Obstructed):
        steps.receive(order)  # nothing is under way
    steps.pick(order)
    with pytest.raises(Invalid, match="2 were sent"):
        steps.receive(order, {1: 3})


def test_both_sides_see_it_in_their_lists(ward: Ward, steps: Steps) -> None:
    first, second = ask(ward, (FOLEY, 2), from_place_id=CENTRAL), ask(ward, (SUTURE, 2), from_place_id=CORE)
    with ward.transactions.reading() as uow:
        assert [one.id for one in my_requisitions(ward.person(NURSE_ED), uow=uow)] == [second.id, first.id]
        assert my_requisitions(ward.person(NURSE), uow=uow) == []
        assert [one.id for one in to_pick(ward.person(TECH), uow=uow)] == [first.id, second.id]
        assert [one.id for one in to_pick(ward.person(TECH), places=[CENTRAL], uow=uow)] == [first.id]
    steps.pick(first)
    steps.deliver(first)
    with ward.transactions.reading() as uow:
        assert [one.id for one in to_pick(ward.person(TECH), uow=uow)] == [second.id]
        shown = view(
            uow.requisitions.get(small.NORTH, first.id),
            reader=ward.person(NURSE_ED),
            today=ward.today,
            uow=uow,
        )
    assert (shown.source.name, shown.destination.name, shown.asker, shown.picker) == (
        "Central", "ED", f"Person {NURSE_ED}", f"Person {TECH}",
    )  # fmt: skip
    assert [(line.picked, line.there, line.item.name) for line in shown.lines] == [(2, 18, "Foley catheter")]
    assert shown.open


def test_steps_of_many_at_once_leave_one_outcome(ward: Ward, steps: Steps) -> None:
    """Sixteen clicks of three kinds from eight threads: stock is moved once, and nobody gets two outcomes."""
    order = ask(ward, (FOLEY, 6), from_place_id=CENTRAL)

    def click(number: int) -> str:
        step = (steps.pick, steps.deliver, steps.receive, steps.short)[number % 4]
        try:
            return step(order).state.value
        except Obstructed:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(click, range(16)))
    with ward.transactions.reading() as uow:
        done = uow.requisitions.get(small.NORTH, order.id)
    total = sum(line.on_hand for line in ward.lines() if line.item_id == FOLEY)
    assert total == 5 + 4 + 6 + 20 + 8
    if done.state in (RequisitionState.RECEIVED, RequisitionState.SHORT):
        assert ward.stock(FOLEY, at=ED) == {}
    assert sound(ward)


def test_nothing_is_asked_of_a_requisition_that_is_not_there(ward: Ward, steps: Steps) -> None:
    with ward.transactions.begin() as uow, pytest.raises(UnknownRecord, match="REQ-404"):
        deliver(RequisitionId(404), hand=hand(ward, TECH), uow=uow)
