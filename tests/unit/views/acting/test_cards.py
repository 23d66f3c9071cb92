"""What a card, a receipt and their kin say and offer."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.views import limits
from bot.views.acting.shown import Answer, Asked, Closed, Powers, Refusal, Side
from bot.views.rendered import Rendered
from domain.model.ids import LotId
from domain.model.requisition import RequisitionState
from domain.usecases.act.requests import (
    Action,
    Count,
    LiftHold,
    Quarantine,
    SetPar,
    Transfer,
    Undo,
    Waste,
    WasteReason,
)
from tests.unit.views.acting import samples
from tests.unit.views.acting.samples import VIEWS, line, pick, plan
from tests.unit.views.facts import FOLEY, GLOVE, buttons, place, shown


def labels(rendered: Rendered) -> list[str]:
    return [label for label, _ in buttons(rendered)]


def headline(rendered: Rendered) -> str:
    return rendered.text.splitlines()[0]


def ids(rendered: Rendered) -> list[str]:
    return [str(e["action_id"]) for e in elements(rendered)]


def elements(rendered: Rendered) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for block in rendered.blocks:
        row = block.get("elements")
        found += [
            e for e in (row if isinstance(row, list) else []) if isinstance(e, dict) and "action_id" in e
        ]
        accessory = block.get("accessory")
        found += [accessory] if isinstance(accessory, dict) else []
    return found


def test_a_use_is_read_back_with_everything_that_confirming_would_do() -> None:
    rendered = VIEWS.card(samples.card())
    assert rendered.text.splitlines() == [
        "Use 2 × Foley catheter, silicone, 16 Fr and 1 × Leg bag, 600 mL",
        "From OR 3 › Core cart",
        "Charged to case C-991, patient …4821",
        "Foley catheter, silicone, 16 Fr — 2 each, $8.40",
        "lot 7K1120, exp Wed 3 Feb 2027, in 73 days; 34 each there",
        "Leg bag, 600 mL — 1 each, $2.10",
        "no lot; 12 each there",
        "Worth $10.50",
        "asked by Maya Okafor",
        "nothing is recorded before you confirm; open until 12:34",
        "Buttons: Confirm · Change · Cancel",
    ]
    assert rendered.blocks[0] == {
        "type": "section",
        "text": {
            "type": "mrkdwn",
            "text": "*Use 2 × Foley catheter, silicone, 16 Fr and 1 × Leg bag, 600 mL*\n"
            "From *OR 3 › Core cart*\nCharged to *case C-991*, patient …4821",
        },
    }
    assert rendered.blocks[-1] == {
        "type": "actions",
        "elements": [
            _button("Confirm", "confirm", 1, style="primary"),
            _button("Change…", "edit", 2),
            _button("Cancel", "cancel", 3),
        ],
    }


def _button(label: str, press: str, number: int, **more: str) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": f"parley.act.{press}:{number}",
        "text": {"type": "plain_text", "text": label, "emoji": False},
        "value": json.dumps({"s": samples.SUBJECT, "v": 1, "c": ""}, separators=(",", ":")),
        **more,
    }


@pytest.mark.parametrize(
    ("request_", "changes", "said"),
    [
        (Waste((), samples.CART.id, WasteReason.DROPPED), {}, ["Waste 2 ×", "Reason: dropped"]),
        (
            Transfer((), samples.STORE.id, samples.PACU.id),
            {"source": samples.STORE, "destination": samples.PACU, "in_transit": True, "target": None},
            ["Move 2 ×", "From Central store to PACU › Supply room › Shelf A1", "In transit until PACU"],
        ),
        (Undo(receipt_id=12), {}, ["Undo R-12"]),  # type: ignore[arg-type]
        (LiftHold(hold_id=3, reason="maker cleared it"), {}, ["Lift hold H-3", "Reason: maker cleared it"]),  # type: ignore[arg-type]
        (
            Quarantine("seal may leak", (LotId(1),), recalled=True),
            {"source": None, "target": None},
            ["Put lot 7K1120 of Foley", "Recalled: seal may leak", "OR 3 › Core cart — 2 each"],
        ),
        (
            SetPar(FOLEY.id, samples.CART.id, reorder_point=10, par=40),
            {"target": None},
            ["Set the par of Foley", "At OR 3 › Core cart", "Reorder at 10, par 40"],
        ),
    ],
)  # fmt: skip
def test_each_action_is_called_by_its_own_verb(request_: Action, changes: Any, said: list[str]) -> None:
    name = type(request_).__name__.lower()
    read_back = plan(request_, **{"lines": (line(),), **changes})
    rendered = VIEWS.card(samples.card(read_back, action=name))
    for words in said:
        assert words in rendered.text


def test_a_pack_is_shown_as_said_and_in_base_units() -> None:
    box = line(item=GLOVE, quantity=100, entered=Decimal(2), entered_unit="box")
    rendered = VIEWS.card(samples.card(plan(lines=(box,))))
    assert headline(rendered) == "Use 2 boxes of Biogel surgical glove, 7.5"
    assert "2 boxes = 100 pairs" in rendered.text


def test_a_quantity_over_several_lots_says_how_much_of_each_and_what_else_is_there() -> None:
    picks = (pick(quantity=12), pick(lot_id=LotId(2), lot_number="8J2210", quantity=8, on_hand=40))
    rendered = VIEWS.card(
        samples.card(plan(lines=(line(quantity=20, picks=picks, others=(pick(lot_number="9Z1"),)),)))
    )
    assert "12 each of lot 7K1120" in rendered.text
    assert "8 each of lot 8J2210" in rendered.text
    assert "Also there: lot 9Z1 (exp Wed 3 Feb 2027)." in rendered.text


def test_a_lot_that_lies_on_several_shelves_is_offered_once() -> None:
    others = (pick(lot_number="9Z1"), pick(lot_number="9Z1", quantity=3), pick(lot_number="9Z2"))
    rendered = VIEWS.card(samples.card(plan(lines=(line(others=others),))))
    assert rendered.text.count("9Z1") == 1
    assert "and 1 more" not in rendered.text


def test_a_blind_count_does_not_tell_what_the_books_say() -> None:
    counted = line(quantity=30, expected=34, picks=(pick(quantity=-4),))
    request = Count((), samples.CART.id, blind=True)
    rendered = VIEWS.card(
        samples.card(plan(request, lines=(counted, samples.leg_bag(expected=1)), target=None))
    )
    assert "found 30 each" in rendered.text
    assert "the books say " not in rendered.text.replace("without seeing what the books say.", "")
    assert "fewer" not in rendered.text
    assert "orth" not in rendered.text
    open_count = VIEWS.card(
        samples.card(plan(Count((), samples.CART.id), lines=(counted, counted), target=None), action="count")
    )
    assert "found 30 each, the books say 34: 4 fewer" in open_count.text


def test_what_stands_against_it_is_below_its_line_with_what_may_be_done() -> None:
    read_back = plan(problems=(samples.expired(), samples.short()))
    rendered = VIEWS.card(samples.card(read_back, powers=Powers(override=True)))
    lines = rendered.text.splitlines()
    at = lines.index("lot 7K1120, exp Wed 3 Feb 2027, in 73 days; 34 each there")
    assert lines[at + 1] == (
        "⚠ Lot 7K1120 expired on Fri 20 Nov. Lot 8J2210 is on the same shelf: 12 each, exp 3 May. "
        "A pharmacist or manager may override it."
    )
    assert "Note: The books hold 1 leg bag here" in rendered.text
    assert labels(rendered) == ["Override…", "Change…", "Cancel"]


def test_without_the_power_there_is_no_way_to_confirm() -> None:
    rendered = VIEWS.card(samples.card(powers=Powers()))
    assert labels(rendered) == ["Change…", "Cancel"]


def test_of_many_lines_twenty_are_shown_and_the_rest_counted() -> None:
    rendered = VIEWS.card(samples.card(plan(lines=tuple(line(quantity=n + 1) for n in range(27)))))
    assert rendered.text.count("Foley catheter, silicone, 16 Fr —") == 20
    assert "and 7 more items: Change… lists them all." in rendered.text
    assert headline(rendered).endswith("and 25 more items")


def test_a_problem_of_a_line_that_is_not_shown_names_it() -> None:
    lines = (*(line() for _ in range(26)), samples.leg_bag())
    problem = replace(samples.expired(), line=26, sentence="It expired on Fri 20 Nov.")
    rendered = VIEWS.card(samples.card(plan(lines=lines, problems=(problem,))))
    assert "⚠ Leg bag, 600 mL: It expired on Fri 20 Nov." in rendered.text


def test_a_note_stands_above_the_card() -> None:
    rendered = VIEWS.card(samples.card(notes=("Changed to 3.",)))
    assert headline(rendered) == "Changed to 3."
    assert rendered.blocks[0]["text"] == {"type": "mrkdwn", "text": "Changed to 3."}


# ---------------------------------------------------------------------------------------------- questions


def test_few_answers_are_buttons_and_the_form_is_offered_where_one_may_type() -> None:
    rendered = VIEWS.card(samples.asking(3))
    assert "Which foley?\n1. Foley catheter, silicone, 16 Fr — 10 in OR 3" in rendered.text
    assert labels(rendered)[-2:] == ["Type it in…", "Cancel"]
    chosen = json.loads(str(elements(rendered)[1]["value"]))
    assert chosen == {"s": samples.SUBJECT, "v": 1, "c": "item:1"}
    assert "confirm" not in " ".join(ids(rendered))
    assert "Then 1 more question" in shown(rendered)


def test_many_answers_are_a_list_whose_place_says_whose_it_is() -> None:
    rendered = VIEWS.card(samples.asking(9))
    row = next(
        block for block in rendered.blocks if str(block.get("block_id", "")).startswith(samples.SUBJECT)
    )
    assert str(row["block_id"]).split("|")[1] == "1"
    element = elements(rendered)[0]
    assert element["type"] == "static_select"
    assert element["options"][8]["value"] == "item:8"
    assert element["options"][8]["text"]["text"] == "Foley catheter, 3-way, 22 Fr — 18 in OR 3"


def test_a_choice_too_long_for_a_list_is_offered_as_a_button() -> None:
    answers = tuple(Answer(f"Lot {n}", "x" * 160 + str(n)) for n in range(7))
    rendered = VIEWS.card(samples.asking(question=Asked("Which lot?", answers)))
    assert sum(i.startswith("parley.act.choose") for i in ids(rendered)) == 7
    limits.check(rendered.blocks, text=rendered.text)


# ---------------------------------------------------------------------------------------------- afterwards


def test_a_closed_card_has_no_button_but_the_one_to_ask_again() -> None:
    assert elements(VIEWS.closed(Closed("Cancelled by Maya."))) == []
    again = VIEWS.closed(Closed("Expired after 30 minutes.", samples.SUBJECT, 3, again=True))
    assert [json.loads(value) for _, value in buttons(again)] == [
        {"s": samples.SUBJECT, "v": 3, "c": "again"}
    ]


def test_a_refusal_says_why_and_what_may_be_done_instead() -> None:
    value = Refusal(
        "There are 3 in Central store, not 12.", ("ED has 14.", "Say “all of them”."), (Answer("Move the 3", "all"),),
        samples.SUBJECT, 2, override=True,
    )  # fmt: skip
    rendered = VIEWS.refusal(value)
    assert headline(rendered) == "⚠ There are 3 in Central store, not 12."
    assert labels(rendered) == ["Move the 3", "Override…"]


def test_a_receipt_says_who_what_where_and_its_number() -> None:
    rendered = VIEWS.receipt(samples.receipt())
    assert rendered.text.splitlines() == [
        "✓ Used 2 × Foley catheter, silicone, 16 Fr and 1 × Leg bag, 600 mL",
        "From OR 3 › Core cart",
        "Charged to case C-991",
        "Foley catheter, silicone, 16 Fr — 2 each, lot 7K1120",
        "Leg bag, 600 mL — 1 each",
        "R-10482",
        "Maya Okafor, 12:04",
        "$10.50",
        "Buttons: Undo",
    ]
    assert ids(rendered) == ["parley.act.undo:1"]


def test_a_receipt_of_another_day_says_the_day_and_why_it_is_not_undone() -> None:
    value = samples.receipt(
        posted_at=samples.NOON.replace(day=20),
        may_undo=False,
        why_not="older than a day",
        asked_by="Luis Herrera",
    )
    rendered = VIEWS.receipt(value)
    assert "Maya Okafor for Luis Herrera, Fri 20 Nov, 12:04" in rendered.text
    assert "older than a day" in rendered.text
    assert elements(rendered) == []


def test_lots_of_one_item_are_counted_together_in_the_title() -> None:
    rendered = VIEWS.receipt(
        samples.receipt(lines=(samples.posted(), samples.posted(quantity=3, lot_number="8J2210")))
    )
    assert headline(rendered) == "✓ Used 5 × Foley catheter, silicone, 16 Fr"


def test_an_undone_receipt_says_so_first_and_offers_nothing() -> None:
    rendered = VIEWS.receipt(samples.receipt(undone_by="R-10490 by Luis", may_undo=True))
    assert headline(rendered).startswith("Undone by R-10490 by Luis — was: Used 2")
    assert elements(rendered) == []


def test_a_requisition_shows_its_way_to_both_sides() -> None:
    store = VIEWS.requisition(samples.order())
    assert headline(store) == "Pick for PACU › Supply room › Shelf A1 — REQ-1042"
    assert "Biogel surgical glove, 7.5 — 2 boxes = 22 pairs" in store.text
    assert labels(store) == ["All picked", "Picked less…", "None left"]
    assert json.loads(buttons(store)[1][1]) == {"s": "requisition:1042", "v": 2, "c": "edit"}
    asker = VIEWS.requisition(samples.order(RequisitionState.DELIVERED, side=Side.ASKER, steps=()))
    assert "✓ asked → ✓ picked → ✓ delivered → ○ received" in asker.text
    assert elements(asker) == []


def test_the_store_is_shown_the_shelves_in_the_order_of_its_walk() -> None:
    rendered = VIEWS.requisition(samples.order(shelves=(place(1), place(2), None)))
    assert "1. ICU › Room › Shelf 1: Foley catheter, silicone, 16 Fr — 20 each" in rendered.text
    assert "3. Biogel surgical glove, 7.5" in rendered.text


@pytest.mark.parametrize(("waiting", "kind"), [(3, "button"), (9, "static_select")])
def test_every_place_of_a_hold_has_its_own_answers(waiting: int, kind: str) -> None:
    rendered = VIEWS.hold(samples.hold(answered=4, waiting=waiting))
    assert f"4 of {4 + waiting} places answered" in rendered.text
    assert "⚠ ICU › Room › Shelf 1 — 5 each not found, Luis Herrera" in rendered.text
    checks = [e for e in elements(rendered) if str(e["action_id"]).startswith("parley.act.check")]
    assert {e["type"] for e in checks} == {kind}
    first = checks[0]
    value = first["options"][0]["value"] if kind == "static_select" else json.loads(first["value"])["c"]
    assert value == "50:pulled"
    limits.check(rendered.blocks, text=rendered.text)


def test_a_hold_that_every_place_has_answered_says_so() -> None:
    rendered = VIEWS.hold(samples.hold(answered=4, waiting=0))
    assert "4 of 4 places answered ✓" in rendered.text
    assert ids(rendered) == ["parley.act.step:1"]


def test_each_subscription_has_its_own_stop() -> None:
    rendered = VIEWS.subscriptions([samples.subscription(5), samples.subscription(6, "anything lapses")])
    assert [json.loads(value)["s"] for _, value in buttons(rendered)] == ["subscription:5", "subscription:6"]
    assert VIEWS.subscriptions([], lead="Stopped.").text == "Stopped."
