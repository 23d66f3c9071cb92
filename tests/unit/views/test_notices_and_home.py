"""Short messages, questions back, the home tab."""

from __future__ import annotations

from bot.views import home, limits, notices
from bot.views.rendered import Choice, Notice, Option
from domain.model.requisition import RequisitionState
from domain.usecases.ask.answers import BelowParAnswer
from tests.unit.views.facts import (
    FOLEY,
    GLOVE,
    ICU,
    SHELF,
    TODAY,
    buttons,
    expiring_answer,
    low_line,
    marked_up,
    shown,
)


def test_a_notice_shows_examples_and_the_support_code() -> None:
    rendered = notices.notice(Notice("I did not get that.", ("where are 7.5 gloves?",), "K7Q2MX"))
    assert rendered.text == "I did not get that.\nTry: “where are 7.5 gloves?”.\nSupport code K7Q2MX."
    for fact in ("I did not get that.", "where are 7.5 gloves?", "Support code K7Q2MX"):
        assert fact in shown(rendered)


def test_a_choice_without_details_is_a_row_of_buttons() -> None:
    rendered = notices.choice(Choice("Which gloves?", (Option("Biogel 7.5", "a"), Option("Gammex 7.5", "b"))))
    assert rendered.text == "Which gloves?\n1. Biogel 7.5\n2. Gammex 7.5"
    assert buttons(rendered) == [("Biogel 7.5", '{"r":"a","p":0}'), ("Gammex 7.5", '{"r":"b","p":0}')]
    assert [block["type"] for block in rendered.blocks] == ["section", "actions"]


def test_a_choice_with_details_is_a_line_and_a_button_each() -> None:
    rendered = notices.choice(Choice("Which?", (Option("Biogel 7.5", "a", "OR Core"), Option("Gammex", "b"))))
    assert "1. Biogel 7.5 — OR Core" in rendered.text
    assert [label for label, _ in buttons(rendered)] == ["This one", "This one"]
    assert "*Biogel 7.5*\nOR Core" in shown(rendered)


def test_an_option_whose_token_fits_no_button_is_not_offered() -> None:
    rendered = notices.choice(Choice("Which?", (Option("Too long", "x" * 2001), Option("Fine", "a"))))
    assert [label for label, _ in buttons(rendered)] == ["Fine"]


def glance(**changes: object) -> home.Glance:
    low = BelowParAnswer((ICU,), (low_line(available=0, bring=10),) * 8, 8, 8)
    values: dict[str, object] = {
        "name": "Maya Okafor", "unit": "ICU", "low": low, "expiring": expiring_answer(9), "low_token": "a",
        "expiring_token": "b", "contact": "Ingrid Halvorsen", **changes,
    }  # fmt: skip
    return home.Glance(**values)  # type: ignore[arg-type]


def test_the_home_tab_tells_the_unit_at_a_glance() -> None:
    view = home.home_view(glance(), today=TODAY)
    text = "\n".join(marked_up(view))
    assert limits.view_problems(view) == []
    assert "*8 lines low*, 8 out of stock ⚠" in text
    assert "*Biogel surgical glove, 7.5* — 0 of 10, bring 10 pairs; ⚠ out" in text
    assert "… and 2 more" in text
    assert "*9 lots expire* this month" in text
    assert "Ingrid Halvorsen" in text


def test_the_home_tab_of_a_unit_in_order_says_so() -> None:
    calm = glance(low=BelowParAnswer((ICU,), (), 0, 0), expiring=expiring_answer(0))
    text = "\n".join(marked_up(home.home_view(calm, today=TODAY)))
    assert "*Nothing is low.*" in text
    assert "*Nothing expires* this month." in text


def test_the_home_tab_of_somebody_without_a_unit_still_says_what_can_be_asked() -> None:
    view = home.home_view(home.Glance("Ana", "", notice="I do not know your unit yet."), today=TODAY)
    text = "\n".join(marked_up(view))
    assert "⚠ I do not know your unit yet." in text
    assert "where are 7.5 gloves?" in text
    assert not any(block["type"] == "actions" for block in view["blocks"])  # type: ignore[union-attr, index, call-overload]


def test_the_home_tab_lists_what_was_asked_for_and_is_not_here_yet() -> None:
    order = home.OpenOrder("REQ-7", RequisitionState.PICKED, (FOLEY, GLOVE, GLOVE), SHELF, "Luis Herrera")
    text = "\n".join(marked_up(home.home_view(glance(orders=(order,)), today=TODAY)))
    assert "*1 requisition under way*" in text
    assert "*REQ-7 picked* — Foley catheter, silicone, 16 Fr, Biogel surgical glove, 7.5 and 1 more" in text
    assert "from OR Core › Cabinet 2 › Shelf B2, asked by Luis Herrera" in text
    assert "record it when you confirm" in text
