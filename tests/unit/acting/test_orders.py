"""Orders in the dialogue: asked for by words, decided by clicks and forms, received by words; told where it concerns somebody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue.acting.cue_words import about_purchase
from bot.dialogue.acting.turns import ActTurn, Press, Submitted
from domain.model.purchase import UNSETTLED, OrderState, PurchaseOrder
from tests.unit.acting.house import GAUZE, GLOVE, MIA, NORTH, PUMP, TOM, House

GLOVES = "order [2](quantity) [boxes](unit) of [7.5](size) [gloves](item)"


def orders(house: House) -> list[PurchaseOrder]:
    with house.store.transactions.reading() as uow:
        return uow.orders.listed(NORTH, states=(*UNSETTLED, OrderState.RECEIVED, OrderState.CANCELLED))


def asked(house: House, words: str = GLOVES) -> PurchaseOrder:
    house.act(words, intent="reorder")
    house.press(Press.CONFIRM)
    return orders(house)[-1]


def stepped(house: House, order: PurchaseOrder, choice: str, **more: object) -> ActTurn:
    return house.press(Press.STEP, choice, subject=f"purchase:{order.id}", version=order.version, **more)  # type: ignore[arg-type]


def test_a_nurses_order_waits_for_the_store_and_both_are_told(house: House) -> None:
    turn = house.say(GLOVES, intent="reorder")
    assert turn is not None
    assert "From Medline" in turn.rendered.text
    assert "waits for the approval" in turn.rendered.text
    turn = house.press(Press.CONFIRM)
    (order,) = orders(house)
    assert (order.state, order.asked_by) == (OrderState.DRAFT, house.person.id)
    assert "PO-1 waits for approval by" in turn.rendered.text
    (told,) = turn.told
    assert told.channel == "U2"
    assert told.card_of == "purchase:1"


def test_the_stores_click_approves_it_and_who_asked_hears_of_it(house: House) -> None:
    order = asked(house)
    house.person = TOM
    house.channel = "D2"
    turn = stepped(house, order, "approve")
    (after,) = orders(house)
    assert (after.state, after.approved_by) == (OrderState.APPROVED, TOM.id)
    assert "approved by Tom Webb" in turn.rendered.text or "Approved by Tom Webb" in turn.rendered.text
    heard = [told for told in turn.told if told.key == "asker"]
    assert [told.channel for told in heard] == ["D1"]
    again = stepped(house, order, "approve")
    assert "done twice" in again.rendered.text or "already" in again.rendered.text
    assert len(orders(house)) == 1


def test_an_older_card_approves_nothing_and_shows_the_newer(house: House) -> None:
    order = asked(house)
    house.person = MIA
    stale = replace(order, version=order.version + 5)
    turn = stepped(house, stale, "approve")
    assert "had changed before you clicked" in turn.rendered.text
    assert orders(house)[0].state is OrderState.DRAFT


def test_above_the_limit_managers_are_asked_once(house: House) -> None:
    order = asked(house, "order [300](quantity) of [7.5](size) [gloves](item)")
    assert order.cost == 750
    house.person = TOM
    house.channel = "D2"
    turn = stepped(house, order, "approve")
    assert orders(house)[0].state is OrderState.DRAFT
    assert "Mia Chang is asked" in turn.rendered.text
    (told,) = [told for told in turn.told if told.channel == "U3"]
    twice = stepped(house, order, "approve")
    assert [each.once for each in twice.told if each.channel == "U3"] == [told.once]
    house.person = MIA
    stepped(house, order, "approve")
    assert orders(house)[0].approved_by == MIA.id


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("approve PO-10482", (10482, "approve")),
        ("cancel purchase order 7", (7, "cancel")),
        ("mark PO-12 as sent", (12, "sent")),
        ("received PO-10482", (10482, "receive")),
        ("PO 10482 came in", (10482, "receive")),
        ("when does PO-10482 come?", None),
        ("where is PO-10482", None),
        ("received 4 boxes of gloves on PO-10482", None),
        ("undo the receipt of PO-10482", None),
    ],
)
def test_what_is_said_of_an_order_by_its_number(words: str, meant: tuple[int, str] | None) -> None:
    assert about_purchase(words) == meant


def test_a_word_shows_the_card_and_approves_nothing_by_itself(house: House) -> None:
    asked(house)
    house.person = TOM
    turn = house.say("approve PO-1", intent="reorder")
    assert turn is not None
    assert "Press the button to approve PO-1" in turn.rendered.text
    assert orders(house)[0].state is OrderState.DRAFT


def test_received_by_its_number_brings_all_that_is_to_come(house: House) -> None:
    house.person = TOM
    asked(house, "order [20](quantity) [gauze](item)")
    house.act("received PO-1", intent="receive")
    card = house.card
    assert card.plan is not None
    assert [(line.item.id, line.quantity) for line in card.plan.lines] == [(GAUZE, 20)]
    turn = house.press(Press.CONFIRM)
    assert orders(house)[0].state is OrderState.RECEIVED
    assert "PO-1: all of it came." in turn.rendered.text


def test_a_delivery_named_by_its_things_finds_its_order_and_tells_what_is_left(house: House) -> None:
    house.person = TOM
    asked(house, "order [20](quantity) [gauze](item)")
    turn = house.say("received [15](quantity) [gauze](item)", intent="receive")
    assert turn is not None
    assert "Against PO-1 from Medline." in turn.rendered.text
    assert "5 fewer came" in turn.rendered.text
    turn = house.press(Press.CONFIRM)
    assert orders(house)[0].state is OrderState.PART_RECEIVED
    assert "5 each of Gauze sponge 4 x 4 still to come" in turn.rendered.text


def test_of_several_orders_the_card_asks_which(house: House) -> None:
    house.person = TOM
    first = asked(house, "order [20](quantity) [gauze](item)")
    asked(house, "order [30](quantity) [gauze](item)")
    house.act("received [20](quantity) [gauze](item)", intent="receive")
    question = house.card.question
    assert question is not None
    assert [answer.choice for answer in question.answers] == ["order:1", "order:2", "order:none"]
    house.press(Press.CHOOSE, f"order:{first.id}")
    house.press(Press.CONFIRM)
    assert [order.state for order in orders(house)] == [OrderState.RECEIVED, OrderState.APPROVED]


def test_an_order_is_declined_with_a_reason_that_who_asked_hears(house: House) -> None:
    order = asked(house)
    house.person = MIA
    house.channel = "D2"
    sent = Submitted(
        "order-decline",
        f"purchase:{order.id}",
        order.version,
        {"why": "we have enough"},
        MIA,
        "D2",
        "",
        "9.1",
        True,
        "EvD",
    )
    assert house.acts.check_now(replace(sent, values={})) == {"why": "Choose one, or say it."}
    turn = house.acts.submit_now(sent)
    (after,) = orders(house)
    assert (after.state, after.reason) == (OrderState.CANCELLED, "we have enough")
    assert any("declined by Mia Chang: we have enough" in told.rendered.text for told in turn.told)


def test_pumps_and_gloves_on_one_card_are_one_order_of_two_lines(house: House) -> None:
    house.person = TOM
    order = asked(house, "order [2](quantity) [pumps](item) and [10](quantity) of [7.5](size) [gloves](item)")
    assert {line.item_id for line in order.lines} == {PUMP, GLOVE}
