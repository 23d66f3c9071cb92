"""Cards of actions through real Bolt and the local workspace: pressed, pressed twice, by two people, in forms, seen alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog
from sqlalchemy import create_engine, inspect, text

from bot.dialogue.acting.turns import Elsewhere, Press
from bot.dialogue.turn import Heard
from bot.listeners import acting as listener
from bot.views.acting.parts import press_value
from bot.views.rendered import Rendered
from bot.workspace.demo import MANAGER, NURSE, TECHNICIAN
from bot.workspace.state import Message
from domain.errors import Obstructed, StoreUnavailable
from domain.model.receipt import ActionDraft, DraftId, DraftState
from domain.store import Store
from tests.scenario.acting_double import ScriptedActing
from tests.scenario.conftest import MAYA, World, running

OR = "C0ORSUPPL1"


@pytest.fixture
async def ward(store: Store) -> AsyncIterator[World]:
    acting = ScriptedActing()
    async with running(store, acting=acting) as found:
        yield found
    store.close()


def script(ward: World) -> ScriptedActing:
    assert ward.acting is not None
    return ward.acting


async def asked(ward: World) -> Message:
    """The card that answers a message in a channel."""
    ts = await ward.workspace.say(NURSE.id, ward.general, "@Parley used 2 foleys and a leg bag for C-991")
    return (await ward.answers(ward.general, thread=ts))[0]


def action(message: Message, press: str, *, label: str = "") -> str:
    """The action_id of the button for a press."""
    for element in elements(message):
        shown = element.get("text", {}).get("text", "")
        if str(element["action_id"]).startswith(f"parley.act.{press}:") and label in shown:
            return str(element["action_id"])
    raise AssertionError(f"no {press} among {[e['action_id'] for e in elements(message)]}")


def elements(message: Message) -> list[dict[str, Any]]:
    found = []
    for block in message.blocks:
        found += [each for each in block.get("elements", ()) if each.get("action_id")]
    return found


def press(ward: World, message: Message, name: str, *, user: str = NURSE.id) -> Any:
    return ward.workspace.click(user, action_id=action(message, name), channel=message.channel, ts=message.ts)


async def test_a_confirmed_card_becomes_its_receipt_where_it_stands(ward: World) -> None:
    card = await asked(ward)
    assert card.text.startswith("Use 2 × Foley catheter")
    await press(ward, card, "confirm")
    await ward.workspace.wait_for(lambda: "✓ Used" in card.text)
    await ward.settled()
    assert [str(e["action_id"]).split(":")[0] for e in elements(card)] == ["parley.act.undo"]
    assert len(await ward.answers(ward.general, thread=card.thread_ts)) == 1
    pressed = script(ward).pressed[0]
    assert (pressed.press, pressed.version, pressed.message) == (Press.CONFIRM, 1, card.ts)
    assert (pressed.thread, pressed.private) == (card.thread_ts, False)


async def test_a_double_click_changes_the_card_once(ward: World) -> None:
    card = await asked(ward)
    await asyncio.gather(press(ward, card, "confirm"), press(ward, card, "confirm"))
    await ward.workspace.wait_for(lambda: "✓ Used" in card.text)
    await ward.settled()
    assert len(ward.workspace.called("chat.update")) == 1
    assert len(await ward.answers(ward.general, thread=card.thread_ts)) == 1


async def test_two_people_at_once_give_one_receipt_and_the_second_is_told_alone(ward: World) -> None:
    card = await asked(ward)
    await asyncio.gather(press(ward, card, "confirm"), press(ward, card, "confirm", user=TECHNICIAN.id))
    told = await ward.workspace.wait_for(
        lambda: ward.workspace.ephemerals(NURSE.id) + ward.workspace.ephemerals(TECHNICIAN.id)
    )
    await ward.settled()
    assert "confirmed it already" in told[0].text
    assert told[0].thread_ts == card.thread_ts
    assert told[0].ephemeral_to != {"Maya Okafor": NURSE.id, "Luis": TECHNICIAN.id}[script(ward).posted_by]
    assert len(ward.workspace.called("chat.update")) == 1


async def test_what_acts_is_the_person_with_all_that_they_may_do(ward: World) -> None:
    await asked(ward)
    heard = script(ward).heard[0]
    assert heard.person.role != MAYA.role, "in a channel the answer shows no patients"
    assert heard.actor is not None
    assert heard.actor.role == MAYA.role
    assert not heard.private


async def test_somebody_who_is_not_on_the_staff_list_records_nothing(ward: World) -> None:
    card = await asked(ward)
    await press(ward, card, "confirm", user=MANAGER.id)
    told = await ward.workspace.wait_for(lambda: ward.workspace.ephemerals(MANAGER.id))
    assert "not on the staff list" in told[0].text
    assert script(ward).pressed == []
    assert card.text.startswith("Use 2")


async def test_a_refusal_is_said_to_who_pressed_and_the_card_stays(ward: World) -> None:
    card = await asked(ward)
    script(ward).fails.append(Obstructed("There are 3 here, not 12."))
    await press(ward, card, "confirm")
    told = await ward.workspace.wait_for(lambda: ward.workspace.ephemerals(NURSE.id))
    assert told[0].text == "There are 3 here, not 12."
    assert card.text.startswith("Use 2")


async def test_a_press_that_failed_for_a_moment_is_done_when_the_part_is_back(ward: World) -> None:
    card = await asked(ward)
    script(ward).fails.append(StoreUnavailable("The database is away."))
    await press(ward, card, "confirm")
    await ward.workspace.wait_for(lambda: "✓ Used" in card.text)


async def test_a_card_for_the_asker_alone_is_seen_by_nobody_else(ward: World) -> None:
    script(ward).alone = True
    ts = await ward.workspace.say(NURSE.id, ward.general, "@Parley used a foley for MRN 5550199")
    found = await ward.workspace.wait_for(lambda: ward.workspace.ephemerals(NURSE.id))
    assert found[0].text.startswith("Use 2")
    assert found[0].thread_ts is None, "Slack shows nothing to one alone in a thread without an answer"
    assert [m for m in ward.workspace.messages(ward.general, thread_ts=ts) if m.from_bot] == []
    await ward.workspace.click(
        NURSE.id, action_id=action(found[0], "confirm"), channel=ward.general, ts=found[0].ts
    )
    await ward.workspace.wait_for(lambda: "✓ Used" in found[0].text)
    assert ward.workspace.called("chat.update") == []


async def test_the_command_is_answered_and_confirmed_alone(ward: World) -> None:
    await ward.workspace.slash(NURSE.id, ward.general, "/parley", "used 2 foleys")
    card = (await ward.workspace.wait_for(lambda: ward.workspace.ephemerals(NURSE.id)))[0]
    await ward.workspace.click(NURSE.id, action_id=action(card, "confirm"), channel=ward.general, ts=card.ts)
    await ward.workspace.wait_for(lambda: "✓ Used" in card.text)
    assert script(ward).pressed[0].thread == script(ward).heard[0].thread


async def test_a_receipt_whose_card_was_deleted_is_posted_in_the_thread(ward: World) -> None:
    card = await asked(ward)
    clicked = action(card, "confirm")
    ward.workspace.faults.api_error("chat.update", error="message_not_found")
    await ward.workspace.click(NURSE.id, action_id=clicked, channel=card.channel, ts=card.ts)
    answers = await ward.answers(ward.general, thread=card.thread_ts, count=2)
    assert answers[1].text.startswith("✓ Used")


async def test_others_are_told_where_they_are(ward: World) -> None:
    card = await asked(ward)
    script(ward).told = (
        Elsewhere(OR, Rendered("Pick for ICU: 2 foleys"), key="store"),
        Elsewhere(TECHNICIAN.id, Rendered("Maya asks for 2 foleys")),
    )
    await press(ward, card, "confirm")
    store_card = (await ward.answers(OR))[0]
    direct = (await ward.answers(ward.workspace.direct_messages(TECHNICIAN.id)))[0]
    assert (store_card.text, direct.text) == ("Pick for ICU: 2 foleys", "Maya asks for 2 foleys")


async def test_the_draft_knows_which_message_is_its_card(ward: World) -> None:
    drafts: list[str] = []

    def keep(heard: Heard, subject: str) -> None:
        drafts.append(subject)
        now = datetime.now(UTC)
        draft = ActionDraft(
            DraftId(UUID(subject)), MAYA.facility_id, MAYA.id, heard.channel, heard.thread, "consume", "{}",
            DraftState.OPEN, 1, now, now + timedelta(minutes=30),
        )  # fmt: skip
        with ward.store.transactions.begin() as uow:
            uow.drafts.add(draft)
            uow.commit()

    script(ward).made = keep
    card = await asked(ward)
    await ward.settled()
    with ward.store.transactions.reading() as uow:
        draft = uow.drafts.get(DraftId(UUID(drafts[0])))
    assert (draft.message, draft.version) == (card.ts, 1)
    with ward.store.transactions.begin() as uow:
        # Somebody read the draft before its card was sent, and writes now.
        assert uow.drafts.change(replace(draft, version=2, message="", state=DraftState.CANCELLED))
        uow.commit()
    with ward.store.transactions.reading() as uow:
        assert uow.drafts.get(draft.id).message == card.ts


async def test_a_button_that_says_nothing_to_us_is_answered(ward: World) -> None:
    card = await asked(ward)
    row = next(block for block in card.blocks if block["type"] == "actions")
    row["elements"][0]["value"] = '{"s": 7}'
    await press(ward, card, "confirm")
    told = await ward.workspace.wait_for(lambda: ward.workspace.ephemerals(NURSE.id))
    assert "too old" in told[0].text
    assert script(ward).pressed == []


# ---------------------------------------------------------------------------------------------- forms


async def opened(ward: World, card: Message, name: str = "edit") -> Mapping[str, Any]:
    await press(ward, card, name)
    view = (await ward.workspace.wait_for(lambda: ward.workspace.views(NURSE.id)))[-1]
    return view.body


async def test_change_opens_a_form_whose_errors_stand_at_their_fields(ward: World) -> None:
    card = await asked(ward)
    view = await opened(ward, card)
    assert view["title"]["text"] == "Change the use"
    answer = await ward.workspace.submit_view(NURSE.id, values={"quantity.0": "half"})
    # What is wrong with a field that the form does not have stands at its first: else Slack shows none.
    assert answer == {
        "response_action": "errors",
        "errors": {"quantity.0": "A number is needed. Say whom it is charged to."},
    }
    assert ward.workspace.views(NURSE.id) != []
    assert script(ward).submitted == []
    await ward.workspace.submit_view(
        NURSE.id, values={"quantity.0": "3", "lot.0": "2", "expires.0": "2027-02-03"}
    )
    await ward.workspace.wait_for(lambda: "Changed." in card.text)
    sent = script(ward).submitted[0]
    assert ward.workspace.views(NURSE.id) == []
    assert sent.values == {"quantity.0": "3", "lot.0": "2", "expires.0": "2027-02-03", "patient": ""}
    assert (sent.form, sent.version, sent.message) == ("edit", 1, card.ts)
    assert (sent.channel, sent.thread, sent.private) == (ward.general, card.thread_ts, False)


async def test_a_form_over_a_card_that_is_over_says_so_in_the_form(ward: World) -> None:
    card = await asked(ward)
    await opened(ward, card)
    answer = await ward.workspace.submit_view(NURSE.id, values={"quantity.0": "gone"})
    assert answer["response_action"] == "update"
    shown = ward.workspace.views(NURSE.id)[-1].body
    assert "This card is over" in json.dumps(shown["blocks"])
    assert "submit" not in shown


async def test_a_form_that_takes_long_holds_its_place(ward: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "AT_ONCE_SECONDS", 0.0)
    go = asyncio.Event()

    async def gate() -> None:
        await go.wait()

    script(ward).gate = gate
    card = await asked(ward)
    view = await opened(ward, card)
    assert "being made ready" in json.dumps(view)
    go.set()
    await ward.workspace.wait_for(
        lambda: ward.workspace.views(NURSE.id)[-1].body["title"]["text"] == "Change the use"
    )
    await ward.workspace.submit_view(NURSE.id, values={"quantity.0": "4"})
    await ward.workspace.wait_for(lambda: script(ward).submitted)


async def test_a_permission_that_lapsed_is_said(ward: World) -> None:
    card = await asked(ward)
    ward.workspace.faults.expire_triggers()
    await press(ward, card, "edit")
    told = await ward.workspace.wait_for(lambda: ward.workspace.ephemerals(NURSE.id))
    assert told[0].text == listener.LAPSED
    assert ward.workspace.views(NURSE.id) == []


async def test_a_form_that_there_is_not_is_refused_with_its_reason(ward: World) -> None:
    card = await asked(ward)
    script(ward).form_fails = Obstructed("Luis has confirmed it meanwhile.")
    await press(ward, card, "edit")
    told = await ward.workspace.wait_for(lambda: ward.workspace.ephemerals(NURSE.id))
    assert told[0].text == "Luis has confirmed it meanwhile."


async def test_what_is_typed_in_a_form_stands_in_no_log_table_or_message(ward: World) -> None:
    card = await asked(ward)
    with structlog.testing.capture_logs() as logged:
        await opened(ward, card)
        await ward.workspace.submit_view(NURSE.id, values={"patient": "MRN 5550199"})
        await ward.workspace.wait_for(lambda: script(ward).submitted)
        await ward.settled()
    assert script(ward).submitted[0].values["patient"] == "MRN 5550199"
    assert "5550199" not in str(logged)
    assert "5550199" not in "".join(stored(ward))
    assert "5550199" not in str([call.arguments for call in ward.workspace.calls])


def stored(ward: World) -> list[str]:
    """Every row of every table, as text."""
    engine = create_engine(ward.store.url_safe)
    try:
        with engine.connect() as connection:
            return [
                str(tuple(row))
                for table in inspect(engine).get_table_names()
                for row in connection.execute(text(f'select * from "{table}"'))
            ]
    finally:
        engine.dispose()


async def test_a_list_to_choose_from_brings_back_its_choice(ward: World) -> None:
    card = await asked(ward)
    subject = script(ward).heard and json.loads(elements(card)[0]["value"])["s"]
    await ward.client().chat_update(
        channel=card.channel,
        ts=card.ts,
        text="Which?",
        blocks=[
            {
                "type": "actions",
                "block_id": f"{subject}|3|1",
                "elements": [
                    {
                        "type": "static_select",
                        "action_id": "parley.act.choose:1",
                        "options": [{"text": {"type": "plain_text", "text": "ICU"}, "value": "place:7"}],
                    }
                ],
            }
        ],
    )
    await ward.workspace.click(
        NURSE.id, action_id="parley.act.choose:1", channel=card.channel, ts=card.ts, value="place:7"
    )
    await ward.workspace.wait_for(lambda: script(ward).pressed)
    pressed = script(ward).pressed[0]
    assert (pressed.press, pressed.subject, pressed.version, pressed.choice) == (
        Press.CHOOSE, subject, 3, "place:7",
    )  # fmt: skip


def test_a_button_holds_the_subject_the_version_and_the_choice() -> None:
    assert json.loads(press_value("receipt:12", 0, "x")) == {"s": "receipt:12", "v": 0, "c": "x"}
