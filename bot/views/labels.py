"""Printed labels: the message that brings the file, and the form that asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.views.card import context, section
from bot.views.rendered import Attachment, Json, Rendered
from bot.views.words import clean, cut, escape

LABELS_FORM: Final = "parley.labels"
"""callback_id of the form."""

type Way = tuple[str, str]
"""Value and words of something to choose."""

_HOW: Final = "Print at 100 %, not “fit to page”. Other kinds: `/parley bin labels ICU on thermal 2x1 as qr`."


def printed(sentence: str, *, file: str, pdf: bytes) -> Rendered:
    """``sentence`` says what the file holds."""
    said = cut(clean(sentence), 500)
    return Rendered(
        text=f"{said} {_HOW}",
        blocks=(section(f"*{escape(said)}*"), context(_HOW)),
        attachments=(Attachment(filename=file, title=cut(said, 100), data=pdf, alt_text=cut(said, 200)),),
    )


def label_form(*, kinds: Sequence[Way], sheets: Sequence[Way], codes: Sequence[Way]) -> Mapping[str, Json]:
    """The form behind the shortcut: where, which labels, on what, in which code."""
    return {
        "type": "modal",
        "callback_id": LABELS_FORM,
        "title": {"type": "plain_text", "text": "Print labels"},
        "submit": {"type": "plain_text", "text": "Make the PDF"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [
            _input(
                "place",
                "Place",
                {
                    "type": "plain_text_input",
                    "action_id": "said",
                    "max_length": 80,
                    "placeholder": {"type": "plain_text", "text": "ICU, cath lab cabinet 2, OR 3 …"},
                },
                hint="Everything inside the place gets its label.",
            ),
            _input("kind", "Labels for", _choice("radio_buttons", kinds)),
            _input("sheet", "Label sheet", _choice("static_select", sheets)),
            _input("code", "Code", _choice("static_select", codes)),
        ],
    }


def _input(block_id: str, label: str, element: dict[str, Json], *, hint: str = "") -> dict[str, Json]:
    block: dict[str, Json] = {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": label},
        "element": element,
    }
    if hint:
        block["hint"] = {"type": "plain_text", "text": hint}
    return block


def _choice(kind: str, ways: Sequence[Way]) -> dict[str, Json]:
    options: list[Json] = [
        {"text": {"type": "plain_text", "text": cut(words, 75)}, "value": value} for value, words in ways
    ]
    return {"type": kind, "action_id": "chosen", "options": options, "initial_option": options[0]}
