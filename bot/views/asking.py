"""Which reading was meant: the question with its buttons, what stands in its place afterwards, the way back from an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.views import limits
from bot.views.card import Button, actions, context, page_value, section
from bot.views.rendered import (
    ELSE_ACTION,
    MEANT_FORM,
    READ_ACTION,
    UNMEANT_ACTION,
    Block,
    Json,
    Option,
    Rendered,
)
from bot.views.words import clean, cut, escape

ELSE: str = "Something else"
UNMEANT: str = "Not what I meant"
NOTE_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Asking:
    """``ways`` are the readings, each with what it would do; ``otherwise`` is the token of "Something else"."""

    question: str
    ways: tuple[Option, ...]
    otherwise: str
    small_print: str = ""


def asking(value: Asking) -> Rendered:
    """The question, a button a reading, and the quiet last one."""
    buttons = [
        Button(clean(way.label), READ_ACTION, page_value(way.token, 0))
        for way in value.ways
        if clean(way.label)
    ]
    last = Button(ELSE, ELSE_ACTION, page_value(value.otherwise, 0))
    question = cut(clean(value.question), 500)
    blocks: list[Block] = [section(f"*{escape(question)}*"), actions([*buttons, last])]
    if value.small_print:
        blocks.append(context(escape(clean(value.small_print))))
    lines = [
        question,
        *(f"{n}. {clean(way.label)}" for n, way in enumerate(value.ways, start=1)),
        f"Or: {ELSE}.",
    ]
    return Rendered(text=cut("\n".join(lines), 3000), blocks=tuple(blocks))


def chosen(label: str) -> Rendered:
    """What stands in a card's place when it is answered: the choice, and no button."""
    said = cut(clean(label), 200)
    return Rendered(text=f"Chosen: {said}", blocks=(context(f"✓  You chose: *{escape(said)}*"),))


def closed(sentence: str) -> Rendered:
    """What stands in a card's place when it leads nowhere any more."""
    said = cut(clean(sentence), 500)
    return Rendered(text=said, blocks=(context(escape(said)),))


def with_way_back(rendered: Rendered, token: str) -> Rendered:
    """The answer with "Not what I meant" as the last button of its last row, or in a row of its own.

    The text stays as it is: what is read aloud is the answer. A message without blocks or without room is left alone.
    """
    blocks = list(rendered.blocks)
    if not blocks or any(_leads_back(block) for block in blocks):
        return rendered
    row = actions([Button(UNMEANT, UNMEANT_ACTION, page_value(token, 0))])
    elements = row["elements"]
    last = blocks[-1]
    before = last.get("elements")
    if last.get("type") == "actions" and isinstance(before, list) and isinstance(elements, list):
        if len(before) >= limits.ACTIONS:
            return rendered
        blocks[-1] = {**last, "elements": [*before, *elements]}
    elif len(blocks) < limits.BLOCKS["message"]:
        blocks.append(row)
    else:
        return rendered
    return replace(rendered, blocks=tuple(blocks))


def _leads_back(block: Block) -> bool:
    elements = block.get("elements")
    return isinstance(elements, list) and any(
        isinstance(e, dict) and str(e.get("action_id", "")).startswith(UNMEANT_ACTION) for e in elements
    )


def meant_form(intents: Sequence[tuple[str, str]], *, metadata: str) -> Mapping[str, Json]:
    """The form behind "Something else": what Parley can be asked for (intent, words), and a line for one's own words."""
    options: list[Json] = [
        {"text": {"type": "plain_text", "text": cut(words, 75), "emoji": False}, "value": intent}
        for intent, words in intents
    ]
    blocks: list[Json] = [
        {
            "type": "input",
            "block_id": "intent",
            "label": {"type": "plain_text", "text": "What I wanted"},
            "element": {
                "type": "static_select",
                "action_id": "chosen",
                "placeholder": {"type": "plain_text", "text": "Choose one"},
                "options": options,
            },
        },
        {
            "type": "input",
            "block_id": "note",
            "optional": True,
            "label": {"type": "plain_text", "text": "In your own words"},
            "hint": {
                "type": "plain_text",
                "text": "Helps to teach Parley. Please name no patient; numbers and names are taken out before it is kept.",
            },
            "element": {
                "type": "plain_text_input",
                "action_id": "said",
                "multiline": True,
                "max_length": NOTE_LONGEST,
            },
        },
    ]
    return {
        "type": "modal",
        "callback_id": MEANT_FORM,
        "title": {"type": "plain_text", "text": "What did you mean?"},
        "submit": {"type": "plain_text", "text": "Answer that"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "private_metadata": metadata,
        "blocks": blocks,
    }


def form_metadata(fields: Mapping[str, str]) -> str:
    """What the form brings back: ids and an address, nothing that anybody typed."""
    return json.dumps(dict(fields), separators=(",", ":"))
