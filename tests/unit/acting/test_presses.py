"""Buttons and forms of cards: who may, once, after how long, and what others are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue.acting.turns import Press
from bot.views.acting.shown import Side
from domain.errors import Invalid
from domain.model.hold import CheckState
from domain.model.receipt import DraftState
from domain.model.requisition import RequisitionState
from tests.unit.acting.house import (
    ANA,
    BEN,
    CENTRAL,
    FOLEY16,
    ICU,
    ICU_A,
    MIA,
    OTHER_PATIENT,
    PACU,
    PUMP,
    SALINE,
    TOM,
    TUBE,
    House,
    lines_of,
)

ONE = "used [2](quantity) [16 fr](size) [foleys](item)"
F16 = "Foley catheter 16 Fr"


def test_one_click_posts_and_two_clicks_post_once(house: House) -> None:
    house.act(ONE)
    card, before = house.card, house.on_hand(FOLEY16, ICU)
    assert house.confirm(card=card).number == "R-1"
    assert house.confirm(card=card).number == "R-1"
    assert house.on_hand(FOLEY16, ICU) == before - 2
    assert house.draft(card).state is DraftState.POSTED


def test_the_second_of_two_people_is_told_who_was_first(house: House) -> None:
    house.in_channel()
    card = house.act(ONE)
    house.confirm()
    turn = house.press(Press.CONFIRM, card=card, person=BEN)
    assert turn.alone
    assert "Ana Ruiz has confirmed this already: R-1" in turn.rendered.text
    assert len(house.views.receipts) == 1


def test_another_process_answers_the_same_click_the_same(house: House) -> None:
    card = house.act(ONE)
    house.confirm()
    house.acts = house.made()
    assert house.confirm(card=card).number == "R-1"


def test_who_clicks_becomes_the_actor_and_both_are_named(house: House) -> None:
    house.in_channel()
    house.act(ONE)
    shown = house.confirm(person=TOM)
    assert shown.actor == "Tom Webb"
    assert shown.asked_by == "Ana Ruiz"


def test_who_may_not_is_refused_alone_and_somebody_who_may_goes_on(house: House) -> None:
    house.in_channel()
    house.act("received [2](quantity) [pumps](item)", intent="receive")
    assert house.card.powers.confirm
    turn = house.press(Press.CONFIRM)
    assert turn.alone
    assert "may not receive" in turn.rendered.text
    before = house.on_hand(PUMP, ICU)
    assert house.confirm(person=TOM).actor == "Tom Webb"
    assert house.on_hand(PUMP, ICU) == before + 2


def test_in_private_nobody_is_offered_what_they_may_not(house: House) -> None:
    house.act("received [2](quantity) [pumps](item)", intent="receive")
    assert not house.card.powers.confirm


def test_a_shelf_that_changed_gives_a_fresh_card_that_says_what_changed(house: House) -> None:
    card = house.act(ONE)
    house.thread = "elsewhere"
    house.act("used [2](quantity) [foleys](item) lot [8J2210](lot)")
    house.confirm()
    house.thread = ""
    turn = house.press(Press.CONFIRM, card=card)
    assert turn.replaces == "100.1"
    assert len(house.views.receipts) == 1
    assert "it was 2 of lot 8J2210, now it is 1 of lot 8J2210, 1 of lot 9K3001" in " ".join(house.card.notes)
    assert house.card.version > card.version
    assert house.confirm().number == "R-2"


def test_an_older_version_of_a_card_posts_nothing(house: House) -> None:
    card = house.act("used [2](quantity) [silk](item) for [C-9999](case)")
    house.choose("ICU’s cost centre")
    house.press(Press.CONFIRM, card=card)
    assert not house.views.receipts
    assert "had changed" in " ".join(house.card.notes)


def test_a_cancelled_card_posts_nothing(house: House) -> None:
    card = house.act(ONE)
    house.press(Press.CANCEL)
    turn = house.press(Press.CONFIRM, card=card)
    assert "cancelled" in turn.rendered.text.casefold()
    assert not house.views.receipts


def test_a_superseded_card_says_that_a_newer_one_counts(house: House) -> None:
    card = house.act(ONE)
    with house.store.transactions.begin() as uow:
        uow.drafts.shown_as(house.draft(card).id, "77.7")
        uow.commit()
    turn = house.reply("make it 3")
    assert turn is not None
    assert [(told.message, "newer card" in told.rendered.text) for told in turn.told] == [("77.7", True)]
    again = house.press(Press.CONFIRM, card=card)
    assert "newer card" in again.rendered.text
    assert not house.views.receipts


def test_a_lapsed_card_says_so_and_can_be_made_anew(house: House) -> None:
    card = house.act(ONE)
    house.clock.pass_(minutes=31)
    house.press(Press.CONFIRM)
    assert not house.views.receipts
    assert house.views.closings[-1].again
    house.press(Press.CHOOSE, "again")
    assert house.card.subject != card.subject
    assert house.confirm().number == "R-1"


def test_answers_by_button_go_on_with_the_same_draft(house: House) -> None:
    first = house.act("used [some](quantity) [16 fr](size) [foleys](item)")
    card = house.choose("3 each")
    assert card.subject == first.subject
    assert card.version == first.version + 1
    assert lines_of(card) == [(F16, 3)]


def test_one_question_after_the_other_until_nothing_is_open(house: House) -> None:
    house.act("move [some](quantity) [16 fr](size) [foleys](item)", intent="transfer")
    asked = house.choose("2 each").question
    assert asked is not None
    assert asked.text == "To which place?"
    house.reply("PACU")
    assert lines_of(house.card) == [(F16, 2)]


def test_resolved_lines_are_shown_while_another_is_asked_about(house: House) -> None:
    card = house.act("quarantine [16 fr](size) [foleys](item)", intent="quarantine")
    assert card.question is not None
    card = house.act("used [2](quantity) [silk](item) and [3](quantity) [22 fr](size) [foleys](item)")
    assert [line.item.name if line.item else "" for line in card.lines] == ["Suture silk 2-0", ""]
    house.choose("16 Fr")
    assert lines_of(house.card) == [("Suture silk 2-0", 2), (F16, 3)]


def test_three_open_pieces_are_asked_for_in_one_form(house: House) -> None:
    house.person = TOM
    card = house.act(
        "send back [pumps](item) to [Medline](supplier) and [chest tubes](item)", intent="transfer"
    )
    assert card.question is not None
    assert card.question.typed
    assert card.open >= 3
    assert "how many" in card.question.text
    house.fill({"quantity:0": "1", "quantity:1": "2", "reason": "wrong item"})
    assert [quantity for _, quantity in lines_of(house.card)] == [1, 2]


def test_a_button_of_another_shape_is_refused(house: House) -> None:
    house.act("used [some](quantity) [2-0](size) [silk](item)")
    for choice in ("item:0:99999", "qty:7:1", "place:here:9999", "nonsense", "item:x:y", "qty:0:1/0"):
        turn = house.press(Press.CHOOSE, choice)
        assert turn.alone, choice
    assert house.draft().version == house.card.version


def test_a_subject_of_another_shape_is_refused(house: House) -> None:
    for press, subject in (
        (Press.CONFIRM, "x"),
        (Press.UNDO, "receipt:x"),
        (Press.STEP, "requisition:99"),
        (Press.STOP, "subscription:9"),
    ):
        assert house.press(press, subject=subject).alone


# --------------------------------------------------------------------------------------------- overrides


def test_an_expired_lot_passes_with_a_reason_of_who_may(house: House) -> None:
    house.in_channel()
    house.act("used [1](quantity) [foley](item) lot [7A1000](lot)")
    assert house.card.powers.override
    assert not house.card.powers.confirm
    turn = house.fill({"reason": "only one left, sterile"}, form="override")
    assert turn.alone
    assert "may not" in turn.rendered.text
    house.fill({"reason": "only one left, sterile"}, form="override", person=MIA)
    assert house.views.receipts[-1].actor == "Mia Chang"


def test_a_plain_yes_is_no_override(house: House) -> None:
    house.act("used [1](quantity) [foley](item) lot [7A1000](lot)")
    house.reply("yes", intent="affirm")
    assert not house.views.receipts


def test_an_override_reason_keeps_no_patients_number(house: House) -> None:
    house.person = MIA
    house.act("used [1](quantity) [foley](item) lot [7A1000](lot) in [ICU](location)")
    house.fill({"reason": "needed for MRN 44829131 now"}, form="override")
    with house.store.transactions.reading() as uow:
        assert all("44829131" not in entry.detail for entry in uow.trail.read(MIA.facility_id))


# ------------------------------------------------------------------------------------------------- forms


def test_the_form_changes_everything_and_the_card_reads_it_back(house: House) -> None:
    house.act("used [2](quantity) [16 fr](size) [foleys](item) and [1](quantity) [2-0](size) [silk](item)")
    house.fill(
        {
            "item:0": "leg bag",
            "quantity:0": "3",
            "drop:1": "drop",
            "here": "PACU",
            "case": "C-1002",
            "item:1": "Suture silk 2-0",
        }
    )
    assert lines_of(house.card) == [("Leg bag", 3)]
    assert house.card.plan is not None
    assert house.card.plan.source is not None
    assert house.card.plan.source.name == "PACU"
    assert house.card.plan.target is not None
    assert house.card.plan.target.label == "C-1002, Dr. Patel"


def test_a_patient_in_the_form_is_kept_as_an_encounter_only(house: House) -> None:
    house.act(ONE)
    house.fill({"patient": OTHER_PATIENT})
    assert "7751204" not in house.draft().body
    assert house.card.plan is not None
    assert house.card.plan.target is not None
    assert house.card.plan.target.patient == "…1204"


def test_what_is_wrong_in_a_form_is_said_at_its_field(house: House) -> None:
    house.act(ONE)
    with pytest.raises(AssertionError, match="quantity:0"):
        house.fill({"quantity:0": "lots"})
    with pytest.raises(AssertionError, match="here"):
        house.fill({"here": "the moon"})
    with pytest.raises(AssertionError, match="lot:0"):
        house.fill({"lot:0": "NOPE1"})
    with pytest.raises(AssertionError, match="case"):
        house.fill({"case": "C-777"})
    assert house.draft().version == 1


def test_the_form_of_a_card_that_is_over_does_not_open(house: House) -> None:
    card = house.act(ONE)
    house.press(Press.CANCEL)
    with pytest.raises(Invalid):
        house.acts.form_now(house._pressed(Press.EDIT, "", card, "", ANA, "", None, ""))


def test_a_delivery_takes_its_lot_and_date_from_the_form(house: House) -> None:
    house.person = TOM
    house.act("received [10](quantity) [chest tubes](item)", intent="receive")
    house.fill({"lot:0": "CT-777", "expires:0": "2028-05-31"})
    before = house.on_hand(TUBE, CENTRAL)
    house.confirm()
    assert house.on_hand(TUBE, CENTRAL) == before + 10
    with house.store.transactions.reading() as uow:
        assert [lot.expires_on.isoformat() for lot in uow.lots.named("CT-777") if lot.expires_on] == [
            "2028-05-31"
        ]


# ------------------------------------------------------------------------------------------------- steps


def test_a_requisition_goes_through_its_steps_and_both_sides_are_told(house: House) -> None:
    house.person = BEN
    house.channel, house.thread = "D4", ""
    house.act(
        "need [1](quantity) [box](unit) of [saline flushes](item) from [central](location)",
        intent="requisition",
    )
    turn = house.press(Press.CONFIRM)
    assert [told.channel for told in turn.told] == ["C-central"]
    assert turn.told[0].card_of == "requisition:1"
    subject = house.views.orders[-1].subject
    house.channel, house.person = "C-central", TOM
    turn = house.press(Press.STEP, "picked", subject=subject, message="9.9")
    assert turn.replaces == "9.9"
    assert [(told.channel, told.key) for told in turn.told] == [("D4", "asker")]
    assert house.on_hand(SALINE, CENTRAL) == 540
    house.press(Press.STEP, "delivered", subject=subject)
    house.channel, house.person = "D4", BEN
    turn = house.press(Press.STEP, "received", subject=subject)
    assert [told.channel for told in turn.told] == ["C-central"]
    assert house.views.orders[-1].order.state is RequisitionState.RECEIVED
    assert house.on_hand(SALINE, PACU) == 60


def test_the_store_picks_less_by_the_form(house: House) -> None:
    house.act("need [10](quantity) [chest tubes](item) from [central](location)", intent="requisition")
    house.press(Press.CONFIRM)
    order = house.views.orders[-1]
    house.channel, house.person = "C-central", TOM
    form = house.acts.form_now(house._pressed(Press.STEP, "edit", None, order.subject, TOM, "", 1, ""))
    assert form.name == "figures"
    name = house.views.forms[-1].fields[0].name
    house.fill({name: "4"}, form="figures", card=replace(house.card, subject=order.subject))
    assert house.views.orders[-1].lines[0][1].picked == 4


def test_a_requisition_without_a_channel_reaches_somebody_of_the_store(house: House) -> None:
    house.channels.named = {}
    house.act(
        "need [1](quantity) [box](unit) of [flushes](item) from [central](location)", intent="requisition"
    )
    turn = house.press(Press.CONFIRM)
    assert [told.channel for told in turn.told] == ["U2"]


def test_the_asker_is_told_when_nobody_can_be(house: House) -> None:
    assert Side.ASKER.value == "asker"
    house.act(
        "need [1](quantity) [box](unit) of [flushes](item) from [central](location)", intent="requisition"
    )
    house.press(Press.CONFIRM)
    sides = {order.side for order in house.views.orders}
    assert sides == {Side.ASKER, Side.STORE}


def test_a_hold_blocks_at_once_and_its_places_answer(house: House) -> None:
    house.person = TOM
    house.channel, house.thread = "D2", "h"
    house.act("quarantine lot [9K3001](lot), recalled", intent="quarantine")
    turn = house.press(Press.CONFIRM)
    assert "C-central" in [told.channel for told in turn.told]
    whole = next(hold for hold in house.views.holds if len(hold.rows) == 4)
    own = house.views.holds[-1]
    house.channel = "C-central"
    turn = house.press(Press.CHECK, own.rows[0].answers[0].choice, subject=own.subject)
    assert [told.channel for told in turn.told] == ["D2"]
    assert "1 of 4" in turn.told[0].rendered.text
    assert house.views.holds[-1].rows[0].state is CheckState.PULLED
    house.channel = "D2"
    house.thread = "next"
    house.act("used [1](quantity) [foley](item) lot [9K3001](lot) in [ICU](location)")
    assert house.card.plan is not None
    assert not house.card.plan.postable
    assert whole.subject == own.subject


def test_a_hold_is_lifted_by_who_may_with_a_reason(house: House) -> None:
    house.person = MIA
    house.act("quarantine lot [8J2210](lot), recalled", intent="quarantine")
    house.confirm()
    whole, *parts = house.views.holds
    assert whole.may_lift
    assert not any(part.may_lift for part in parts)  # a place's own list is there to be answered
    house.press(Press.STEP, "lift", subject=whole.subject)
    house.choose("Notice withdrawn")
    house.confirm()
    with house.store.transactions.reading() as uow:
        assert uow.holds.open(MIA.facility_id) == []


def test_what_was_sent_is_received_by_its_receipt(house: House) -> None:
    said = (
        'move [12](quantity) [chest tubes](item) from [central]{"entity":"location","role":"source"} '
        'to [PACU]{"entity":"location","role":"destination"}'
    )
    house.act(said, intent="transfer", person=TOM)
    shown = house.confirm(person=TOM)
    assert shown.in_transit
    assert [step.choice for step in shown.steps] == ["arrive"]
    house.press(Press.STEP, "arrive", subject=shown.subject, person=BEN)
    assert house.card.action == "arrive"
    house.confirm(person=TOM)
    assert house.on_hand(TUBE, PACU) == 12


def test_undo_by_the_receipts_button_changes_the_receipts_message_too(house: House) -> None:
    card = house.act(ONE)
    with house.store.transactions.begin() as uow:
        uow.drafts.shown_as(house.draft(card).id, "55.5")
        uow.commit()
    shown = house.confirm()
    before = house.on_hand(FOLEY16, ICU)
    house.press(Press.UNDO, subject=shown.subject)
    turn = house.press(Press.CONFIRM)
    assert house.on_hand(FOLEY16, ICU) == before + 2
    assert [told.message for told in turn.told] == ["55.5"]
    assert house.views.receipts[-1].undoes == "R-1"


# ------------------------------------------------------------------------------------------------ alerts


def test_an_alert_is_kept_at_once_and_stopped_by_its_button(house: House) -> None:
    turn = house.say(
        "tell me when [16 fr](size) [foleys](item) in [ICU](location) drop below [5](quantity)",
        intent="subscribe_alert",
    )
    assert turn is not None
    _, shown = house.views.alerts[-1]
    assert [one.label for one in shown] == ["Foley catheter 16 Fr in ICU is below 5 each"]
    house.say("stop telling me about [16 fr](size) [foleys](item)", intent="subscribe_alert")
    house.press(Press.STOP, subject=shown[0].subject)
    with house.store.transactions.reading() as uow:
        assert uow.subscriptions.of(ANA.id) == []


def test_an_alert_about_an_unclear_thing_is_asked_about_first(house: House) -> None:
    house.act("tell me when [foleys](item) run out", intent="subscribe_alert")
    house.press(Press.CHOOSE, house.answer("18 Fr").choice)
    assert house.views.alerts[-1][1][0].label == "Foley catheter 18 Fr is out"


def test_a_weekly_digest_is_of_ones_own_unit(house: House) -> None:
    house.say("every [friday](window) tell me what is low", intent="subscribe_alert")
    shown = house.views.alerts[-1][1][0]
    assert shown.subscription.place_id == ICU


def test_a_par_level_is_set_where_its_par_stands(house: House) -> None:
    house.person = MIA
    house.act(
        "set par of [16 fr](size) [foleys](item) in [ICU](location) to [24](quantity)", intent="set_par"
    )
    house.confirm()
    assert "par 24" in " ".join(house.views.receipts[-1].notes)
    with house.store.transactions.reading() as uow:
        assert [par.par for par in uow.pars.of(places=[ICU_A], items=[FOLEY16])] == [24]
