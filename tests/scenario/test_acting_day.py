"""Actions from words to receipt through real Bolt: planned, posted and undone in a real store, seen in the local workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.model.receipt import DraftState
from domain.store import open_store, upgrade
from tests.scenario.acting_ward import STORE, Day, open_day
from tests.unit.acting.house import BAG, FOLEY16, ICU, TUBE, House

USED = "used [2](quantity) [16 fr](size) [foleys](item) and a [leg bag](item) for [C-991](case)"


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    upgrade(url)
    store = open_store(url)
    async with open_day(House(store)) as found:
        yield found
    store.close()


async def test_what_was_used_is_read_back_confirmed_and_undone(day: Day) -> None:
    card = await day.say(USED)
    assert card.text.startswith("Use 2 × Foley catheter 16 Fr and 1 × Leg bag")
    assert "Charged to case C-991" in card.text or "C-991" in card.text
    assert day.house.on_hand(FOLEY16, ICU) == 15
    await day.press(card, "confirm")
    await day.becomes(card, "✓ Used 2 ×")
    assert (day.house.on_hand(FOLEY16, ICU), day.house.on_hand(BAG, ICU)) == (13, 39)
    await day.press(card, "undo")
    undo = await day.workspace.wait_for(lambda: day.answers(card.channel, str(card.thread_ts))[1])
    assert undo.text.startswith("Undo R-")
    await day.press(undo, "confirm")
    await day.becomes(undo, "✓ Undid R-")
    await day.becomes(card, "Undone by R-")
    assert (day.house.on_hand(FOLEY16, ICU), day.house.on_hand(BAG, ICU)) == (15, 40)


async def test_a_correction_in_the_thread_makes_a_new_card_and_closes_the_old(day: Day) -> None:
    card = await day.say(USED)
    newer = await day.say("make it [3](quantity)", "out_of_scope", thread=str(card.thread_ts))
    assert "3 ×" in newer.text or "Which" in newer.text
    with day.house.store.transactions.reading() as uow:
        states = [d.state for d in uow.drafts.open_in(card.channel, str(card.thread_ts))]
    assert states == [DraftState.OPEN]


async def test_the_form_of_a_card_changes_it_in_place(day: Day) -> None:
    card = await day.say("used [2](quantity) [16 fr](size) [foleys](item)")
    await day.press(card, "edit")
    view = (await day.workspace.wait_for(lambda: day.workspace.views("U1")))[-1]
    names = [b["block_id"] for b in view.body["blocks"] if b["type"] == "input"]
    quantity = next(name for name in names if name.startswith("quantity"))
    answer = await day.workspace.submit_view("U1", values={quantity: "many"})
    assert answer["response_action"] == "errors"
    assert quantity in answer["errors"]
    await day.workspace.submit_view("U1", values={quantity: "4"})
    await day.becomes(card, "Use 4 × Foley catheter 16 Fr")
    await day.press(card, "confirm")
    await day.becomes(card, "✓ Used 4 ×")
    assert day.house.on_hand(FOLEY16, ICU) == 11


async def test_a_requisition_is_picked_in_the_stores_channel_and_received_in_the_wards(day: Day) -> None:
    card = await day.say("send us [4](quantity) [chest tubes](item)", "requisition")
    await day.press(card, "confirm")
    await day.becomes(card, "REQ-")
    order = await day.workspace.wait_for(lambda: next(m for m in day.workspace.messages(STORE) if m.from_bot))
    assert order.text.startswith("Pick for ICU")
    await day.press(order, "step", user="U2", label="All picked")
    await day.becomes(order, "REQ-1 picked")
    await day.press(order, "step", user="U2", label="Delivered")
    await day.becomes(order, "REQ-1 delivered")
    arrived = await day.workspace.wait_for(
        lambda: next(m for m in day.answers(card.channel, str(card.thread_ts)) if "REQ-1 delivered" in m.text)
    )
    await day.press(arrived, "step", label="All is here")
    await day.becomes(arrived, "REQ-1 received")
    await day.becomes(order, "REQ-1 received")
    assert day.house.on_hand(TUBE, ICU) == 4
