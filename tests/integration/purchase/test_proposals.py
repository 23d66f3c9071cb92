"""J2: what is low is proposed once, by supplier, with the figures it follows from; and decided on once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from domain.errors import Invalid, NotPermitted, Obstructed, Stale
from domain.model.ids import PersonId
from domain.model.purchase import OrderState, Origin, PurchaseOrder
from domain.model.receipt import DraftId, TrailKind
from domain.model.requisition import (
    RequisitionId,
    RequisitionLine,
    RequisitionOrder,
    RequisitionState,
)
from domain.store import Store
from domain.usecases.act.plans import Obstacle
from domain.usecases.purchase.deciding import (
    Decided,
    Fate,
    LineChoice,
    approve,
    cancel_order,
    decline,
    mark_sent,
)
from tests.integration.purchase.buying_house import (
    BIN,
    BOSS,
    BOSTON,
    BUYER,
    CATH_SHELF,
    CENTRAL,
    GAUZE,
    GLOVE,
    HOUSE,
    ICU,
    ICU_SHELF,
    MEDLINE,
    NURSE,
    OWENS,
    STENT,
    TECH,
    BuyingHouse,
    buying_house,
)


@pytest.fixture
def house(store: Store) -> BuyingHouse:
    return buying_house(store.transactions)


def approved(house: BuyingHouse, order: PurchaseOrder, *, who: PersonId = BUYER, **more: object) -> Decided:
    with house.transactions.begin() as uow:
        return approve(order.id, hand=house.hand(who), uow=uow, **more)  # type: ignore[arg-type]


def of(house: BuyingHouse, supplier: int) -> PurchaseOrder:
    (found,) = [order for order in house.propose().open if order.supplier_id == supplier]
    return found


def trail(house: BuyingHouse) -> list[tuple[TrailKind, str]]:
    with house.transactions.reading() as uow:
        return [(entry.kind, entry.deed) for entry in uow.trail.read(HOUSE)]


# ------------------------------------------------------------------------------------------------- what is needed


def test_what_is_low_at_the_place_that_buys_it_is_needed_in_the_suppliers_packs(house: BuyingHouse) -> None:
    found = {need.item.id: need for need in house.needs()}
    assert set(found) == {GAUZE, STENT}, (
        "gloves are above, loaned goods are billed on use, nobody sells plain things"
    )
    assert found[GAUZE].par.place_id == BIN
    assert found[GAUZE].quantity.packs == 5, "15 of 60, by the box of 10"
    assert found[STENT].par.place_id == CATH_SHELF, (
        "what no store keeps is bought where it was received before"
    )
    assert found[STENT].quantity.packs == 3


def test_the_rate_of_use_is_that_of_the_whole_house_where_the_store_alone_buys(house: BuyingHouse) -> None:
    house.puts(GAUZE, 56, at=ICU_SHELF)
    house.uses(GAUZE, 56, at=ICU_SHELF)
    (gauze,) = [need for need in house.needs() if need.item.id == GAUZE]
    assert gauze.why.daily_use == 1.0
    assert gauze.why.days_left == 15


def test_a_shelf_that_the_store_fills_is_never_ordered_for(house: BuyingHouse) -> None:
    house.uses(GLOVE, 38, at=ICU_SHELF)
    assert GLOVE not in {need.item.id for need in house.needs()}


def test_what_units_have_asked_of_the_store_counts_as_gone(house: BuyingHouse) -> None:
    with house.transactions.begin() as uow:
        uow.requisitions.add(
            RequisitionOrder(
                RequisitionId(0), HOUSE, DraftId(uuid4()), NURSE, CENTRAL, ICU, RequisitionState.ASKED,
                (RequisitionLine(1, GLOVE, 30),), house.now, house.now,
            )
        )  # fmt: skip
        uow.commit()
    (glove,) = [need for need in house.needs() if need.item.id == GLOVE]
    assert (glove.why.available, glove.why.asked_for) == (120, 30)
    assert glove.quantity.packs == 5, "90 are left to 300, by the box of 50"


def test_what_is_on_order_is_not_ordered_again(house: BuyingHouse) -> None:
    approved(house, of(house, MEDLINE))
    assert not house.needs(), "neither what is approved nor what is proposed and open"


# --------------------------------------------------------------------------------------------------- proposals


def test_each_supplier_gets_one_proposal_with_its_figures(house: BuyingHouse) -> None:
    proposed = house.propose()
    assert {order.supplier_id for order in proposed.new} == {MEDLINE, BOSTON}
    medline = next(order for order in proposed.new if order.supplier_id == MEDLINE)
    assert (medline.state, medline.origin, medline.cost) == (
        OrderState.DRAFT,
        Origin.PROPOSAL,
        Decimal("62.50"),
    )
    (line,) = medline.lines
    assert line.why is not None
    assert (line.why.available, line.why.reorder_point, line.why.par) == (15, 20, 60)
    assert house.order(medline).lines == medline.lines, "and it is read back as it was stored"


def test_a_second_run_proposes_nothing_again(house: BuyingHouse) -> None:
    first = house.propose()
    second = house.propose()
    assert not second.new
    assert not second.changed
    assert {order.id for order in second.same} == {order.id for order in first.new}


def test_an_open_proposal_is_brought_up_to_date_in_place(house: BuyingHouse) -> None:
    before = of(house, MEDLINE)
    house.uses(GLOVE, 60, at=BIN)
    proposed = house.propose()
    (after,) = proposed.changed
    assert after.id == before.id
    assert after.version == before.version + 1
    assert [line.item_id for line in after.lines] == [GAUZE, GLOVE]


def test_a_proposal_ends_by_itself_when_stock_has_come(house: BuyingHouse) -> None:
    before = of(house, MEDLINE)
    house.puts(GAUZE, 40, at=BIN)
    proposed = house.propose()
    assert [order.id for order in proposed.ended] == [before.id]
    assert house.order(before).state is OrderState.CANCELLED


def test_two_runs_at_once_make_one_proposal_a_supplier(house: BuyingHouse) -> None:
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: house.propose(), range(2)))
    assert sorted(len(run.new) for run in runs) == [0, 2]


# ---------------------------------------------------------------------------------------------------- deciding


def test_an_approved_order_names_who_approved_it_and_when_it_is_promised(house: BuyingHouse) -> None:
    done = approved(house, of(house, MEDLINE))
    order = house.order(done.order)
    assert done.done
    assert (order.state, order.approved_by, order.approved_at) == (OrderState.APPROVED, BUYER, house.now)
    assert order.lines[0].promised_on == house.today + timedelta(days=3)
    assert (TrailKind.CHANGED, "order-approve") in trail(house)


def test_of_two_who_click_at_once_one_approves(house: BuyingHouse) -> None:
    order = of(house, MEDLINE)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda who: approved(house, order, who=who), (BUYER, BOSS)))
    assert sorted(one.done for one in both) == [False, True]
    assert len({one.order.approved_by for one in both}) == 1
    assert [entry for entry in trail(house) if entry[1] == "order-approve"] == [
        (TrailKind.CHANGED, "order-approve")
    ]


def test_above_the_limit_it_waits_for_somebody_who_may(house: BuyingHouse) -> None:
    order = of(house, BOSTON)
    assert order.cost == 4500
    done = approved(house, order, who=TECH)
    assert not done.done
    assert done.waits is not None
    assert done.waits.obstacle is Obstacle.OVER_LIMIT
    assert house.order(order).version == order.version, "the card of who may approve it stays good"
    assert house.order(order).state is OrderState.DRAFT
    assert (TrailKind.REFUSED, "order-approve") in trail(house)
    assert approved(house, order, who=BOSS).done


def test_who_may_approve_nothing_is_refused_and_that_is_kept(house: BuyingHouse) -> None:
    with pytest.raises(NotPermitted, match=r"buyer|manager"):
        approved(house, of(house, MEDLINE), who=NURSE)
    assert (TrailKind.REFUSED, "order-approve") in trail(house)


def test_a_card_that_shows_something_else_approves_nothing(house: BuyingHouse) -> None:
    order = of(house, MEDLINE)
    house.uses(GLOVE, 60, at=BIN)
    house.propose()
    with pytest.raises(Stale):
        approved(house, order, version=order.version)
    assert house.order(order).state is OrderState.DRAFT


def test_lines_are_ordered_left_for_later_or_declined_one_by_one(house: BuyingHouse) -> None:
    house.uses(GLOVE, 60, at=BIN)
    order = of(house, MEDLINE)
    numbers = {line.item_id: line.number for line in order.lines}
    choices = [LineChoice(numbers[GLOVE], packs=7), LineChoice(numbers[GAUZE], Fate.LATER)]
    done = approved(house, order, choices=choices)
    assert [(line.item_id, line.packs) for line in done.order.lines] == [(GLOVE, 7)]
    (left,) = done.others
    assert (left.state, [line.item_id for line in left.lines]) == (OrderState.DRAFT, [GAUZE])
    assert not house.propose().new, "what is left for later is proposed still, not anew"


def test_another_suppliers_offer_makes_an_order_to_that_one_in_its_own_packs(house: BuyingHouse) -> None:
    house.uses(GLOVE, 60, at=BIN)
    order = of(house, MEDLINE)
    glove = next(line for line in order.lines if line.item_id == GLOVE)
    done = approved(house, order, choices=[LineChoice(glove.number, supplier_id=OWENS)])
    assert [line.item_id for line in done.order.lines] == [GAUZE]
    (other,) = done.others
    assert (other.supplier_id, other.state) == (OWENS, OrderState.APPROVED)
    (line,) = other.lines
    assert (line.pack_unit, line.packs, line.price, line.order_number) == ("case", 2, Decimal(190), "OW-1")


def test_fewer_packs_than_the_supplier_sells_are_refused(house: BuyingHouse) -> None:
    order = of(house, MEDLINE)
    with pytest.raises(Invalid, match="smallest order"):
        approved(house, order, choices=[LineChoice(1, packs=3)])
    with pytest.raises(Invalid, match="Nothing is left"):
        approved(house, order, choices=[LineChoice(1, Fate.LATER)])
    assert house.order(order).state is OrderState.DRAFT


def test_what_was_declined_stays_quiet_until_its_days_are_over_or_it_gets_worse(house: BuyingHouse) -> None:
    order = of(house, MEDLINE)
    with house.transactions.begin() as uow:
        decline(order.id, reason="enough in the basement", hand=house.hand(), uow=uow)
    assert house.order(order).reason == "enough in the basement"
    house.now += timedelta(days=3)
    assert MEDLINE not in {one.supplier_id for one in house.propose().open}
    house.uses(GAUZE, 8, at=BIN, days_ago=0)
    assert MEDLINE in {one.supplier_id for one in house.propose().open}, "7 left of 15: half and less"


def test_what_was_declined_comes_back_after_its_days(house: BuyingHouse) -> None:
    order = of(house, MEDLINE)
    with house.transactions.begin() as uow:
        decline(order.id, reason="too dear", hand=house.hand(), uow=uow)
    house.now += timedelta(days=15)
    assert MEDLINE in {one.supplier_id for one in house.propose().new}


def test_sent_counts_the_promised_days_from_then_and_happens_once(house: BuyingHouse) -> None:
    order = approved(house, of(house, MEDLINE)).order
    house.now += timedelta(days=2)
    with house.transactions.begin() as uow:
        assert mark_sent(order.id, hand=house.hand(), uow=uow).done
    with house.transactions.begin() as uow:
        assert not mark_sent(order.id, hand=house.hand(BOSS), uow=uow).done
    after = house.order(order)
    assert (after.state, after.sent_by) == (OrderState.SENT, BUYER)
    assert after.lines[0].promised_on == house.today + timedelta(days=3)


def test_a_draft_is_not_sent_and_a_cancelled_order_not_approved(house: BuyingHouse) -> None:
    order = of(house, MEDLINE)
    with house.transactions.begin() as uow, pytest.raises(Obstructed):
        mark_sent(order.id, hand=house.hand(), uow=uow)
    with house.transactions.begin() as uow:
        assert cancel_order(order.id, reason="not now", hand=house.hand(), uow=uow).done
    with pytest.raises(Obstructed):
        approved(house, order)


def test_who_might_not_have_approved_it_can_not_cancel_it(house: BuyingHouse) -> None:
    order = approved(house, of(house, BOSTON)).order
    with house.transactions.begin() as uow, pytest.raises(NotPermitted):
        cancel_order(order.id, reason="no", hand=house.hand(TECH), uow=uow)
    assert house.order(order).state is OrderState.APPROVED


def test_a_proposal_that_was_decided_on_meanwhile_is_not_drawn_as_one_again(
    house: BuyingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.propose()
    house.uses(GAUZE, 10, at=BIN)  # so that the next run has something to change
    with house.transactions.reading() as uow:
        monkeypatch.setattr(type(uow.orders), "change", lambda self, order: False)
    proposed = house.propose()
    assert (proposed.changed, proposed.ended) == ((), ())
