"""What was heard in a clip, above its answer, with the button that sets the words right; and the form behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.views import limits
from bot.views.acting.parts import ACT_ACTION
from bot.views.aloud import aloud
from bot.views.card import Button, actions, context, section
from bot.views.rendered import Block, Json, Rendered
from bot.views.words import clean, cut, escape

WORDS_ACTION: Final = "parley.words"
WORDS_FORM: Final = "parley.words.form"
WORDS_INPUT: Final = "words"
HEARD_BLOCK: Final = "heard"
"""block_id of the words: the form takes them from the message that was pressed, so that no button holds what somebody said."""
_LONGEST: Final = 1_000
_OPEN, _CLOSE = "“", "”"


def with_words(
    rendered: Rendered, words: str, *, sure: bool, mendable: bool, reads_back: bool = False
) -> Rendered:
    """``words`` are shown, with doubt where it is not ``sure``; ``mendable`` gives the button. ``reads_back``: an action that waits to
    be confirmed is said once more in words, each digit of a code by itself."""
    said = cut(clean(words), _LONGEST)
    lead = ":studio_microphone: " if sure else ":studio_microphone: I am not sure that I heard this right: "
    block: dict[str, Json] = {**section(f"{lead}{_OPEN}_{escape(said)}_{_CLOSE}"), "block_id": HEARD_BLOCK}
    if mendable:
        button = actions([Button("Correct the words", WORDS_ACTION, "heard")])["elements"]
        block["accessory"] = button[0] if isinstance(button, list) else None
    end = "" if said.endswith((".", "!", "?", "…")) else "."
    spoken = f"{'I' if sure else 'I am not sure, I'} heard: {_OPEN}{said}{_CLOSE}{end}"
    back = cut(aloud(rendered.text, action=True), _LONGEST) if reads_back else ""
    heading: tuple[Block, ...] = (block, context(f"Read back: {escape(back)}")) if back else (block,)
    below: tuple[Block, ...] = rendered.blocks or (section(escape(rendered.text)),)
    room = limits.BLOCKS["message"] - len(heading)
    return replace(rendered, text=f"{spoken}\n{rendered.text}", blocks=(*heading, *below[:room]))


def can_be_confirmed(rendered: Rendered) -> bool:
    """Is there a button that records it? A card that still asks for a piece has none."""
    return any(
        isinstance(element, dict) and str(element.get("action_id", "")).startswith(f"{ACT_ACTION}.confirm:")
        for block in rendered.blocks
        for element in _elements(block)
    )


def _elements(block: Block) -> list[Json]:
    found = block.get("elements")
    return found if isinstance(found, list) else []


def words_in(message: object) -> str:
    """The words of a message made by ``with_words``; "" where there are none."""
    blocks = message.get("blocks") if isinstance(message, dict) else None
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, dict) and block.get("block_id") == HEARD_BLOCK:
            text = block.get("text")
            shown = text.get("text") if isinstance(text, dict) else None
            if isinstance(shown, str) and _OPEN in shown and _CLOSE in shown:
                inner = (
                    shown[shown.index(_OPEN) + 1 : shown.rindex(_CLOSE)].removeprefix("_").removesuffix("_")
                )
                return inner.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return ""


def words_form(words: str, *, metadata: str) -> Mapping[str, Json]:
    """The modal in which the words are set right."""
    return {
        "type": "modal",
        "callback_id": WORDS_FORM,
        "private_metadata": metadata,
        "title": {"type": "plain_text", "text": "What you said"},
        "submit": {"type": "plain_text", "text": "Read it again"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            {
                "type": "input",
                "block_id": WORDS_INPUT,
                "label": {"type": "plain_text", "text": "The words, as you said them"},
                "hint": {
                    "type": "plain_text",
                    "text": "Names that I misheard are remembered for the next clip.",
                },
                "element": {
                    "type": "plain_text_input",
                    "action_id": WORDS_INPUT,
                    "multiline": True,
                    "initial_value": cut(words, _LONGEST),
                    "max_length": _LONGEST,
                },
            }
        ],
    }


def metadata_of(where: Mapping[str, Json]) -> str:
    return json.dumps(dict(where), separators=(",", ":"), ensure_ascii=False)
