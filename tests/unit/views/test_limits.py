"""The validator finds what Slack would refuse and the SDK's models let pass."""

from __future__ import annotations

import re

import pytest

from bot.views import limits
from bot.views.rendered import Block, Json

type Found = tuple[list[Block], str]


def text(value: str, kind: str = "mrkdwn") -> dict[str, Json]:
    return {"type": kind, "text": value}


def section(value: str = "fact") -> Block:
    return {"type": "section", "text": text(value)}


def button(**changes: Json) -> dict[str, Json]:
    return {"type": "button", "action_id": "a:0", "text": text("Next", "plain_text"), **changes}


def actions(*elements: Json) -> Block:
    return {"type": "actions", "elements": list(elements)}


def table(rows: int = 2, columns: int = 2, cell: str = "x") -> Block:
    row: list[Json] = [{"type": "raw_text", "text": cell}] * columns
    return {"type": "table", "rows": [row] * rows}


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        ([section()] * 51, "51 blocks"),
        ([section("x" * 3001)], "3001 characters"),
        ([section("   ")], "empty text"),
        ([section("hello <!channel>")], "a mention"),
        ([{"type": "section"}], "neither text nor fields"),
        ([{"type": "section", "fields": [text("x")] * 11}], "11 fields"),
        ([{"type": "header", "text": text("x" * 151, "plain_text")}], "151 characters"),
        ([{"type": "header", "text": text("x")}], "must be plain_text"),
        ([{"type": "markdown", "text": "x" * 12_001}], "markdown"),
        ([{"type": "context", "elements": [text("x")] * 11}], "11 elements"),
        ([actions(*[button(action_id=f"a:{n}") for n in range(26)])], "26 elements"),
        ([actions(button(text=text("x" * 76, "plain_text")))], "76 characters"),
        ([actions(button(value="x" * 2001))], "value beyond 2000"),
        ([actions(button(action_id="x" * 256))], "action_id"),
        ([actions(button(style="loud"))], "style"),
        ([actions(button(), button())], "action_id a:0 is there 2 times"),
        ([{**section(), "block_id": "b"}, {**section(), "block_id": "b"}], "block_id b is there 2 times"),
        ([{**section(), "block_id": "x" * 256}], "block_id beyond"),
        ([{"type": "image", "image_url": "https://x"}], "without alt_text"),
        ([{"type": "image", "alt_text": "bars"}], "without a source"),
        ([table(rows=101)], "101 rows"),
        ([table(columns=21)], "cells"),
        ([table(), table()], "more than one table"),
        ([table(cell="")], "an empty cell"),
        ([table(rows=99, columns=9, cell="x" * 20)], "beyond 10000 characters"),
        ([section("x" * 2900)] * 5, "14500 characters in all"),
        ([{"type": "carousel"}], "carousel"),
    ],
)
def test_what_slack_refuses_is_found(blocks: list[Block], problem: str) -> None:
    found = limits.problems(blocks)
    assert any(problem in each for each in found), found
    with pytest.raises(limits.UnfitForSlack, match=re.escape(problem)):
        limits.check(blocks)


def test_a_good_message_has_no_problem() -> None:
    blocks = [section(), table(), {"type": "divider"}, actions(button(), button(action_id="a:1"))]
    assert limits.problems(blocks, text="fact") == []


def test_an_empty_fallback_is_a_problem() -> None:
    assert limits.problems([section()], text="  ") == ["the fallback text is empty"]


def test_a_table_does_not_go_into_a_home_tab() -> None:
    view: dict[str, Json] = {"type": "home", "blocks": [dict(table())]}
    assert limits.view_problems(view) == ["block 0: a table block does not go into a home"]


def test_a_modal_keeps_its_own_limits() -> None:
    view: dict[str, Json] = {
        "type": "modal", "title": text("x" * 25, "plain_text"), "private_metadata": "x" * 3001,
        "callback_id": "x" * 256, "blocks": [dict(section())] * 101,
    }  # fmt: skip
    assert len(limits.view_problems(view)) == 4
