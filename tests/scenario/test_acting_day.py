"""Actions from words to receipt through real Bolt: planned, posted and undone in a real store, seen in the local workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.model.receipt import DraftState
from domain.store import open_store, upgrade
from tests.scenario.acting_ward import STORE, WARD, Day, open_day
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


async def test_one_more_after_the_receipt_is_a_card_of_its_own(day: Day) -> None:
    card = await day.say("used [2](quantity) [16 fr](size) [foleys](item) for [C-991](case)")
    await day.press(card, "confirm")
    await day.becomes(card, "✓ Used 2 ×")
    more = await day.say("one more", "out_of_scope", thread=str(card.thread_ts))
    assert "In addition to R-1." in more.text
    assert "C-991" in more.text
    await day.press(more, "confirm")
    await day.becomes(more, "✓ Used 1 ×")
    assert day.house.on_hand(FOLEY16, ICU) == 12


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


async def test_a_hold_is_answered_in_the_channel_of_its_place_and_followed_where_it_was_opened(
    day: Day,
) -> None:
    card = await day.say("pull lot [CT28](lot), recalled", "quarantine")
    await day.press(card, "confirm")
    checklist = await day.workspace.wait_for(
        lambda: next(
            m for m in day.answers(card.channel, str(card.thread_ts)) if "0 of 1 place answered" in m.text
        )
    )
    there = await day.workspace.wait_for(lambda: next(m for m in day.workspace.messages(STORE) if m.from_bot))
    await day.press(there, "check", user="U2", label="Pulled")
    await day.becomes(there, "1 of 1 place answered ✓")
    told = await day.workspace.wait_for(lambda: day.answers(card.channel, str(checklist.thread_ts))[2])
    assert "Central supply" in told.text
    assert "1 of 1" in told.text


async def test_an_expired_lot_is_used_by_who_may_override_it_with_a_reason(day: Day) -> None:
    card = await day.say("used [1](quantity) [16 fr](size) [foley](item) lot [7A1000](lot)")
    assert "Buttons: Override" in card.text
    await day.press(card, "override", user="U3")
    view = (await day.workspace.wait_for(lambda: day.workspace.views("U3")))[-1]
    assert "expired" in str(view.body["blocks"][0])
    reason = next(b["block_id"] for b in view.body["blocks"] if b["type"] == "input")
    await day.workspace.submit_view("U3", values={reason: "the only one for a child in the room"})
    await day.becomes(card, "✓ Used 1 ×")
    assert "Mia Chang for Ana Ruiz" in card.text


async def test_the_form_for_a_reason_is_not_opened_for_who_may_not_override_and_it_is_said_who_may(
    day: Day,
) -> None:
    card = await day.say("used [1](quantity) [16 fr](size) [foley](item) lot [7A1000](lot)")
    before = day.house.on_hand(FOLEY16, ICU)
    await day.press(card, "override", user="U4")
    told = await day.workspace.wait_for(lambda: day.workspace.ephemerals("U4")[0])
    assert "may not override an expired lot. Ask a " in told.text
    assert not day.workspace.views("U4")
    assert "✓" not in card.text
    assert day.house.on_hand(FOLEY16, ICU) == before


async def test_a_patients_number_typed_in_a_channel_is_answered_to_its_writer_alone(day: Day) -> None:
    plain = day.talk.teach("used [2](quantity) [silk](item) for patient [E-4482913](patient)", "consume")
    ts = await day.workspace.say("U1", WARD, f"@Parley {plain}")
    card = await day.workspace.wait_for(lambda: day.workspace.ephemerals("U1")[0])
    assert "Use 2 × Suture silk 2-0" in card.text
    assert day.answers(WARD, ts) == []
    assert "4482913" not in str([call.arguments for call in day.workspace.calls])
    await day.press(card, "confirm")
    await day.becomes(card, "✓ Used 2 ×")


async def test_missing_pieces_are_asked_for_and_answered_by_a_button(day: Day) -> None:
    card = await day.say("used [2](quantity) [sutures](item)")
    assert "Buttons:" in card.text
    chosen = next(
        e for block in card.blocks for e in block.get("elements", ()) if ".choose:" in str(e.get("action_id"))
    )
    value = chosen["options"][0]["value"] if chosen["type"] == "static_select" else None
    await day.press(card, "choose", value=value)
    await day.becomes(card, "Buttons: Confirm · Change · Cancel")


async def test_a_card_that_nobody_confirms_says_after_half_an_hour_that_it_lapsed_and_can_be_asked_again(
    day: Day,
) -> None:
    card = await day.say("used [2](quantity) [16 fr](size) [foleys](item)")
    await day.settled()
    assert day.office.lapsing is not None
    assert await day.office.lapsing.sweep() == 0
    day.house.clock.pass_(minutes=31)
    assert await day.office.lapsing.sweep() == 1
    await day.becomes(card, "lapsed")
    assert await day.office.lapsing.sweep() == 0
    await day.press(card, "choose", label="Ask again")
    again = await day.workspace.wait_for(
        lambda: next(m for m in day.answers(WARD, str(card.thread_ts)) if "Buttons: Confirm" in m.text)
    )
    await day.press(again, "confirm")
    await day.becomes(again, "✓ Used 2 ×")
    assert day.house.on_hand(FOLEY16, ICU) == 13
