"""The limits of the Block Kit reference, as the local workspace enforces them."""

from __future__ import annotations

import pytest

from bot.workspace.blockkit import block_faults, view_faults
from tests.contract.slack_samples import Json


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _button(**more: object) -> Json:
    return {"type": "button", "action_id": "a", "text": _plain("Take"), **more}


def _section(length: int) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}}


def _actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def _table(rows: int, columns: int, *, text: str = "x") -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns] * rows}


def _select(options: int) -> Json:
    return {
        "type": "static_select",
        "action_id": "s",
        "options": [{"text": _plain(f"o{n}"), "value": str(n)} for n in range(options)],
    }


@pytest.mark.parametrize(
    ("at_the_limit", "beyond_it"),
    [
        ([{"type": "divider"}] * 50, [{"type": "divider"}] * 51),
        ([_section(3000)], [_section(3001)]),
        ([{"type": "header", "text": _plain("x" * 150)}], [{"type": "header", "text": _plain("x" * 151)}]),
        ([{"type": "markdown", "text": "x" * 12000}], [{"type": "markdown", "text": "x" * 12001}]),
        ([_actions(*[_button()] * 25)], [_actions(*[_button()] * 26)]),
        ([_actions(_button(text=_plain("x" * 75)))], [_actions(_button(text=_plain("x" * 76)))]),
        ([_actions(_button(value="x" * 2000))], [_actions(_button(value="x" * 2001))]),
        ([_actions(_button(style="danger"))], [_actions(_button(style="default"))]),
        ([_actions(_select(100))], [_actions(_select(101))]),
        ([_actions(_select(1))], [_actions(_select(0))]),
        (
            [{"type": "section", "fields": [_plain("x")] * 10}],
            [{"type": "section", "fields": [_plain("x")] * 11}],
        ),
        (
            [{"type": "context", "elements": [_plain("x")] * 10}],
            [{"type": "context", "elements": [_plain("x")] * 11}],
        ),
        (
            [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}],
            [{"type": "image", "image_url": "https://example.com/a.png"}],
        ),
        ([_table(100, 20)], [_table(101, 20)]),
        ([_table(2, 20)], [_table(2, 21)]),
        ([_table(100, 1, text="x" * 100)], [_table(100, 1, text="x" * 101)]),
        ([_table(1, 1)], [_table(1, 1), _table(1, 1)]),
        ([_table(1, 1)], [_table(1, 1, text="")]),
        ([_section(1)], [_section(0)]),
        (
            [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "b"}],
            [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
        ),
        ([_section(1)], [{"type": "no_such_block"}]),
        ([_actions(_button())], [_actions({"type": "plain_text_input", "action_id": "t"})]),
    ],
)
def test_a_limit_is_kept_to_the_last_character_and_not_beyond(
    at_the_limit: list[Json], beyond_it: list[Json]
) -> None:
    assert block_faults(at_the_limit) == []
    assert len(block_faults(beyond_it)) >= 1


def _modal(**more: object) -> Json:
    return {"type": "modal", "title": _plain("Count"), "blocks": [_section(1)], **more}


@pytest.mark.parametrize(
    "bad",
    [
        _modal(title=_plain("x" * 25)),
        _modal(submit=_plain("x" * 25)),
        _modal(private_metadata="x" * 3001),
        _modal(blocks=[{"type": "divider"}] * 101),
        _modal(type="home"),
        _modal(blocks=[_table(1, 1)]),
        _modal(blocks=[{"type": "input", "label": _plain("How many"), "element": _select(2)}]),
    ],
    ids=("title", "submit", "metadata", "blocks", "type", "table in a view", "input without submit"),
)
def test_a_modal_beyond_its_limits_is_refused(bad: Json) -> None:
    assert view_faults(_modal(), kind="modal") == []
    assert len(view_faults(bad, kind="modal")) == 1


def test_a_fault_points_at_its_place() -> None:
    [fault] = block_faults([_section(1), _actions(_button(text=_plain("x" * 76)))])
    assert fault == "must be less than 76 characters [json-pointer:/blocks/1/elements/0/text/text]"
