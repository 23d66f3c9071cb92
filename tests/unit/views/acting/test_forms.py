"""Modals of actions: fields as Slack's inputs, whatever they hold."""

from __future__ import annotations

from typing import Any

from bot.views import limits
from bot.views.acting.forms import message
from bot.views.acting.shown import EditForm, Field, FieldKind
from bot.views.rendered import Json
from tests.unit.views.acting.samples import VIEWS

LOTS = (("7K1120, exp 3 Feb (34 there)", "1"), ("8J2210", "2"))


def inputs(*fields: Field) -> list[dict[str, Any]]:
    view = VIEWS.form(EditForm("Change the use", "Read back", fields))
    assert limits.view_problems(view) == []
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    return [block for block in blocks if isinstance(block, dict) and block["type"] == "input"]


def test_a_form_is_a_modal_with_one_input_a_field() -> None:
    view = VIEWS.form(
        EditForm(
            "Change the use",
            "Read back",
            (Field("quantity.0", FieldKind.NUMBER, "How many", "2"),),
            "A note.",
        )
    )
    assert view == {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Change the use", "emoji": False},
        "submit": {"type": "plain_text", "text": "Read back", "emoji": False},
        "close": {"type": "plain_text", "text": "Back", "emoji": False},
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "A note."}},
            {
                "type": "input",
                "block_id": "quantity.0",
                "label": {"type": "plain_text", "text": "How many", "emoji": False},
                "optional": False,
                "element": {
                    "type": "plain_text_input",
                    "action_id": "quantity.0",
                    "multiline": False,
                    "max_length": 200,
                    "initial_value": "2",
                },
            },
        ],
    }


def test_each_kind_of_field_is_its_own_control() -> None:
    found = inputs(
        Field("a", FieldKind.TEXT, "A"),
        Field("b", FieldKind.LONG_TEXT, "B", longest=9000),
        Field("c", FieldKind.DATE, "C", "2027-02-03"),
        Field("d", FieldKind.DATE, "D", "soon"),
        Field("e", FieldKind.CHOICE, "E", "2", LOTS),
        Field("f", FieldKind.CHOICE, "F", "none of them", LOTS),
    )
    a, b, c, d, e, f = (block["element"] for block in found)
    assert (a["multiline"], b["multiline"], b["max_length"]) == (False, True, 3000)
    assert (c["initial_date"], d.get("initial_date")) == ("2027-02-03", None)
    assert e["initial_option"]["value"] == "2"
    assert "initial_option" not in f


def test_a_patients_number_is_asked_for_with_the_promise_that_it_is_sealed() -> None:
    (block,) = inputs(
        Field("patient", FieldKind.TEXT, "Encounter", hint="As on the wristband.", private=True)
    )
    assert block["hint"]["text"].startswith("As on the wristband. Kept sealed;")


def test_what_was_chosen_stays_among_a_hundred_options() -> None:
    options = tuple((f"Lot {n}", str(n)) for n in range(140))
    (block,) = inputs(Field("lot", FieldKind.CHOICE, "Lot", "133", options))
    assert len(block["element"]["options"]) == 100
    assert block["element"]["initial_option"]["value"] == "133"


def test_a_choice_without_options_is_typed() -> None:
    (block,) = inputs(Field("lot", FieldKind.CHOICE, "Lot"))
    assert block["element"]["type"] == "plain_text_input"


def test_more_fields_than_a_form_takes_are_counted() -> None:
    fields = tuple(Field(f"f{n}", FieldKind.TEXT, f"F {n}") for n in range(120))
    view = VIEWS.form(EditForm("Count", "Read back", fields, "A note."))
    assert limits.view_problems(view) == []
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    assert "23 more do not fit" in str(blocks[-1])


def test_the_form_of_an_override_begins_with_a_warning() -> None:
    field = Field("reason", FieldKind.LONG_TEXT, "Why?")
    for note in ("Lot 7K1120 expired.", ""):
        view = VIEWS.override_form(EditForm("Override", "Record it", (field,), note))
        blocks = view["blocks"]
        assert isinstance(blocks, list)
        assert str(_text(blocks[0])).startswith(f"⚠ {note or 'This goes against a rule.'}")


def _text(block: Json) -> Json:
    text = block["text"] if isinstance(block, dict) else None
    return text["text"] if isinstance(text, dict) else None


def test_a_modal_that_only_says_something_can_only_be_closed() -> None:
    view = message("One moment.")
    assert "submit" not in view
    assert limits.view_problems(view) == []
