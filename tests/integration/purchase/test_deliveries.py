"""A3 and A7 on both databases: an order asked for by words' action, received in parts, over and under, and taken back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.errors import Invalid, Obstructed
from domain.model.ids import ItemId, PersonId
from domain.model.movement import Source
from domain.model.purchase import OrderState, Origin, PurchaseOrder
from domain.model.receipt import ActionDraft, DraftId, DraftState, Receipt, TrailKind
from domain.store import Store
from domain.usecases.act.plan import plan
from domain.usecases.act.plans import Obstacle, Plan, Weight
from domain.usecases.act.post import post
from domain.usecases.act.requests import Action, Arrival, Receive, Reorder, Undo, Wanted
from domain.usecases.act.trailing import verb
from domain.usecases.alert.watch_late import WatchLate
from domain.usecases.ask.answers import FollowOrdersAnswer
from domain.usecases.ask.follow_orders import follow_orders
from domain.usecases.ask.requests import FollowOrders
from domain.usecases.purchase.deciding import approve, cancel_order, mark_sent
from domain.usecases.purchase.needs import LeadTimes
from tests.integration.purchase.buying_house import (
    BIN,
    BUYER,
    CENTRAL,
    GAUZE,
    GLOVE,
    HOUSE,
    MEDLINE,
    NURSE,
    OWENS,
    PLAIN,
    STENT,
    TECH,
    BuyingHouse,
    buying_house,
)


@pytest.fixture
def house(store: Store) -> BuyingHouse:
    return buying_house(store.transactions)


def planned(house: BuyingHouse, action: Action, *, who: PersonId = TECH) -> Plan:
    with house.transactions.reading() as uow:
        return plan(action, actor=house.people[who], today=house.today, uow=uow)


def done(house: BuyingHouse, action: Action, *, who: PersonId = TECH) -> Receipt:
    shown = planned(house, action, who=who).fingerprint
    draft = ActionDraft(
        DraftId(uuid.uuid4()), HOUSE, who, "C1", "1.1", verb(action), "{}", DraftState.OPEN, 1, house.now,
        house.now + timedelta(minutes=30),
    )  # fmt: skip
    with house.transactions.begin() as uow:
        uow.drafts.add(draft)
        uow.commit()
    with house.transactions.begin() as uow:
        return post(
            action, draft_id=draft.id, shown=shown, actor=house.people[who], now=house.now, today=house.today,
            source=Source("C1", "1.1", "Ev"), uow=uow,
        )  # fmt: skip


def ordered(
    house: BuyingHouse, *lines: Wanted, who: PersonId = BUYER, supplier: int | None = None
) -> PurchaseOrder:
    receipt = done(house, Reorder(lines, supplier), who=who)  # type: ignore[arg-type]
    with house.transactions.reading() as uow:
        (order,) = uow.orders.of_draft(receipt.draft_id)
    return order


def boxes(item_id: ItemId, count: int) -> Wanted:
    return Wanted(item_id, Decimal(count), "box")


def came(order: PurchaseOrder, *lines: tuple[ItemId, int]) -> Receive:
    arrivals = tuple(Arrival(item_id, Decimal(quantity)) for item_id, quantity in lines)
    return Receive(arrivals, CENTRAL, None, order.number)


def sent(house: BuyingHouse, order: PurchaseOrder) -> PurchaseOrder:
    with house.transactions.begin() as uow:
        return mark_sent(order.id, hand=house.hand(), uow=uow).order


def told(house: BuyingHouse, *, who: PersonId = TECH, **asked: object) -> FollowOrdersAnswer:
    with house.transactions.reading() as uow:
        return follow_orders(FollowOrders(house.people[who], house.today, **asked), uow=uow)  # type: ignore[arg-type]


# ----------------------------------------------------------------------------------------------- asked for by words


def test_what_is_ordered_is_read_back_with_supplier_price_and_day(house: BuyingHouse) -> None:
    read = planned(house, Reorder((boxes(GLOVE, 4),)), who=BUYER)
    (line,) = read.lines
    assert (line.quantity, read.cost) == (200, Decimal(200))
    assert line.said == ("From Medline, $50.00 a box, promised by Thu 26 Nov.",)
    assert [problem.sentence for problem in read.problems] == [
        "Glove is not low: 120 to take, reorder point 100."
    ]


def test_who_may_approve_it_places_it_and_others_leave_it_for_them(house: BuyingHouse) -> None:
    mine = ordered(house, boxes(GLOVE, 4), who=BUYER)
    assert (mine.state, mine.origin, mine.approved_by) == (OrderState.APPROVED, Origin.PERSON, BUYER)
    theirs = ordered(house, boxes(GAUZE, 4), who=NURSE)
    assert (theirs.state, theirs.asked_by, theirs.approved_by) == (OrderState.DRAFT, NURSE, None)
    problems = planned(house, Reorder((boxes(GAUZE, 4),)), who=NURSE).problems
    assert any("waits for the approval of a technician" in problem.sentence for problem in problems)
    with house.transactions.begin() as uow:
        assert approve(theirs.id, hand=house.hand(BUYER), uow=uow).order.approved_by == BUYER


def test_without_a_figure_it_is_brought_up_to_par_in_whole_packs(house: BuyingHouse) -> None:
    order = ordered(house, Wanted(GAUZE, None))
    assert [(line.packs, line.place_id) for line in order.lines] == [(5, BIN)]


def test_pieces_are_rounded_up_to_the_suppliers_packs_and_that_is_said(house: BuyingHouse) -> None:
    read = planned(house, Reorder((Wanted(GAUZE, Decimal(12)),)), who=BUYER)
    assert read.lines[0].quantity == 40
    assert "Medline sells it by the box of 10 and at least 4: 40 each instead of 12." in [
        p.sentence for p in read.problems
    ]


def test_another_supplier_is_taken_by_name_and_what_nobody_sells_is_refused(house: BuyingHouse) -> None:
    order = ordered(house, boxes(GLOVE, 4), supplier=OWENS)
    assert [(line.pack_unit, line.packs) for line in order.lines] == [("case", 1)]
    with pytest.raises(Invalid, match="Nobody sells"):
        planned(house, Reorder((Wanted(PLAIN, Decimal(1)),)))
    with pytest.raises(Invalid, match="not sold by Owens"):
        planned(house, Reorder((Wanted(STENT, Decimal(1)),), OWENS))


def test_one_card_with_two_suppliers_makes_an_order_to_each(house: BuyingHouse) -> None:
    receipt = done(house, Reorder((boxes(GLOVE, 1), Wanted(STENT, Decimal(1)))), who=BUYER)
    with house.transactions.reading() as uow:
        orders = uow.orders.of_draft(receipt.draft_id)
    assert len({order.supplier_id for order in orders}) == 2
    with pytest.raises(Obstructed, match="Cancel the order instead"):
        done(house, Undo(receipt.id), who=BUYER)


# ------------------------------------------------------------------------------------------------------- received


def test_part_and_whole_deliveries_close_the_order_in_the_receipts_own_posting(house: BuyingHouse) -> None:
    order = sent(house, ordered(house, boxes(GLOVE, 4)))
    done(house, came(order, (GLOVE, 150)))
    part = house.order(order)
    assert (part.state, part.lines[0].received, part.lines[0].left) == (OrderState.PART_RECEIVED, 150, 50)
    done(house, came(order, (GLOVE, 50)))
    assert house.order(order).state is OrderState.RECEIVED
    with house.transactions.reading() as uow:
        kept = [entry.deed for entry in uow.trail.read(HOUSE) if entry.kind is TrailKind.CHANGED]
        assert kept.count("order-receive") == 2
        (on_hand,) = {line.on_hand for line in uow.stock.of_items([GLOVE], places=[BIN])}
    assert on_hand == 320


def test_the_orders_price_is_what_the_delivery_cost(house: BuyingHouse) -> None:
    order = sent(house, ordered(house, boxes(GLOVE, 4), supplier=OWENS))
    assert planned(house, came(order, (GLOVE, 200))).cost == Decimal(190)


def test_more_and_less_than_was_due_is_said(house: BuyingHouse) -> None:
    order = sent(house, ordered(house, boxes(GLOVE, 4)))

    def said(quantity: int) -> list[str]:
        return [p.sentence for p in planned(house, came(order, (GLOVE, quantity))).problems]

    assert said(200) == []
    assert said(190) == ["200 of Glove were due; 10 fewer came."]
    assert said(250) == ["200 of Glove were due; 50 more came."]
    done(house, came(order, (GLOVE, 250)))
    assert house.order(order).state is OrderState.RECEIVED
    assert house.order(order).lines[0].received == 250


def test_several_lots_of_one_item_are_held_against_the_order_together(house: BuyingHouse) -> None:
    order = sent(house, ordered(house, boxes(GLOVE, 4)))
    action = Receive(
        (Arrival(GLOVE, Decimal(120), lot_number="A"), Arrival(GLOVE, Decimal(70), lot_number="B")),
        CENTRAL,
        None,
        order.number,
    )
    assert [p.sentence for p in planned(house, action).problems] == ["80 of Glove were due; 10 fewer came."]


def test_what_is_not_on_the_order_is_said_and_taken_in_all_the_same(house: BuyingHouse) -> None:
    order = sent(house, ordered(house, boxes(GLOVE, 4)))
    read = planned(house, came(order, (GLOVE, 200), (GAUZE, 10)))
    assert [(p.obstacle, p.weight, p.line) for p in read.problems] == [(Obstacle.DELIVERY, Weight.WARNS, 1)]
    done(house, came(order, (GLOVE, 200), (GAUZE, 10)))
    assert house.order(order).state is OrderState.RECEIVED


def test_the_undo_of_a_receipt_takes_it_back_from_the_order(house: BuyingHouse) -> None:
    order = sent(house, ordered(house, boxes(GLOVE, 4)))
    first = done(house, came(order, (GLOVE, 50)))
    second = done(house, came(order, (GLOVE, 150)))
    done(house, Undo(second.id))
    assert (house.order(order).state, house.order(order).lines[0].received) == (OrderState.PART_RECEIVED, 50)
    done(house, Undo(first.id))
    after = house.order(order)
    assert (after.state, after.lines[0].received) == (OrderState.SENT, 0)
    with house.transactions.reading() as uow:
        assert not uow.orders.of_receipt(HOUSE, first.id)


def test_a_cancelled_order_takes_no_delivery_and_the_number_of_another_house_is_only_kept(
    house: BuyingHouse,
) -> None:
    order = sent(house, ordered(house, boxes(GLOVE, 4)))
    with house.transactions.begin() as uow:
        cancel_order(order.id, reason="back order", hand=house.hand(), uow=uow)
    (problem,) = planned(house, came(order, (GLOVE, 200))).problems
    assert "was cancelled" in problem.sentence
    done(house, came(order, (GLOVE, 200)))
    assert house.order(order).lines[0].received == 0
    foreign = Receive((Arrival(GLOVE, Decimal(50)),), CENTRAL, MEDLINE, "TX-77/1")
    assert not planned(house, foreign).problems


# ---------------------------------------------------------------------------------------- what is on order, what is late


def test_open_orders_are_told_with_promised_and_likely_days_late_ones_first(house: BuyingHouse) -> None:
    for took in (4, 4, 5, 5, 6):
        past = sent(house, ordered(house, boxes(GLOVE, 1)))
        house.now += timedelta(days=took)
        done(house, came(past, (GLOVE, 50)))
    with house.transactions.reading() as uow:
        leads = LeadTimes.of(HOUSE, suppliers=[MEDLINE], today=house.today, uow=uow)
    assert leads.of_offer(GLOVE, MEDLINE, promised=3).usual == 5
    order = sent(house, ordered(house, boxes(GLOVE, 2)))
    (line,) = told(house, items=(GLOVE,)).lines
    assert (line.number, line.left) == (order.number, 100)
    assert line.promised_on == house.today + timedelta(days=3)
    assert line.likely_on == house.today + timedelta(days=5)
    assert (line.late, line.will_be_late) == (False, True)
    house.now += timedelta(days=4)
    found = told(house, suppliers=(MEDLINE,), late=True)
    assert [one.late for one in found.lines] == [True]
    house.now += timedelta(days=10)
    assert told(house, late=True).lines[0].likely_on is None, "later than any before: nobody knows"


def test_a_proposal_is_no_order_and_what_somebody_asked_for_is(house: BuyingHouse) -> None:
    house.propose()
    assert told(house).total == 0
    ordered(house, boxes(GAUZE, 4), who=NURSE)
    answer = told(house, who=NURSE)
    assert answer.own
    assert [(line.state, line.promised_on) for line in answer.lines] == [("draft", None)]


def test_an_order_is_found_by_its_number_whatever_became_of_it(house: BuyingHouse) -> None:
    order = sent(house, ordered(house, boxes(GLOVE, 1)))
    done(house, came(order, (GLOVE, 50)))
    (line,) = told(house, number=order.number).lines
    assert (line.state, line.left) == ("received", 0)


def test_a_late_line_is_found_until_it_has_come(house: BuyingHouse) -> None:
    order = sent(house, ordered(house, boxes(GLOVE, 2)))

    def late() -> list[str]:
        with house.transactions.reading() as uow:
            found = WatchLate().findings(HOUSE, today=house.today, now=house.now, uow=uow)
        return [one.subject for one in found]

    assert late() == []
    house.now += timedelta(days=5)
    assert late() == [f"order:{order.id}:1"]
    done(house, came(order, (GLOVE, 50)))
    assert late() == [f"order:{order.id}:1"], "half of it is late still"
    done(house, came(order, (GLOVE, 50)))
    assert late() == []
