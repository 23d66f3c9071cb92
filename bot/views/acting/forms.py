"""The modals of actions: change lines, type what is missing, count a shelf, say why something is overridden."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.views import limits
from bot.views.acting.shown import EditForm, Field, FieldKind
from bot.views.card import section
from bot.views.rendered import Block, Json
from bot.views.words import WARNING, clean, cut, escape

FIELDS: Final = 97
"""Inputs of one modal: Slack takes 100 blocks, and a line above and one below may be needed."""
_SHORTER: Final = ((60, 1000), (20, 400), (8, 200), (2, 90), (1, 40))
"""Options of a list, and characters of a label or hint."""
_SPARE: Final = 200
"""Characters for the line below the inputs."""
_KEPT_SEALED: Final = "Kept sealed; shown masked, and only to those who may see patients."


def form(value: EditForm) -> Mapping[str, Json]:
    """The fields in their order, a note above them."""
    return _modal(value, note=value.note)


def override_form(value: EditForm) -> Mapping[str, Json]:
    """The same, begun with a warning."""
    return _modal(
        value, note=f"{WARNING} {value.note or 'This goes against a rule. It is kept with your name.'}"
    )


def message(text: str, *, title: str = "Parley") -> Mapping[str, Json]:
    """A modal that only says something: it is being made ready, or why there is no form."""
    return {
        "type": "modal",
        "title": _plain(title, limits.MODAL_TITLE),
        "close": _plain("Close", limits.MODAL_TITLE),
        "blocks": [dict(section(escape(cut(clean(text), 2500) or "…")))],
    }


def _modal(value: EditForm, *, note: str) -> Mapping[str, Json]:
    above: list[Block] = []
    lines = [clean(line) for line in note.splitlines()]
    said = cut("\n".join(lines).strip(), 2500)
    if said:
        above.append(section(escape(said)))
    inputs = [dict(_input(field)) for field in value.fields[:FIELDS]]
    # Long lists and long words beside them: where Slack would not take the whole, the ends are left out.
    for most, longest in _SHORTER:
        if limits.characters([*above, *inputs]) <= limits.CHARACTERS - _SPARE:
            break
        inputs = [dict(_input(field, most=most, longest=longest)) for field in value.fields[:FIELDS]]
    blocks: list[Json] = [dict(block) for block in (*above, *inputs)]
    left = len(value.fields) - FIELDS
    if left > 0:
        blocks.append(dict(section(f"{left} more do not fit into one form: they stay as they are.")))
    return {
        "type": "modal",
        "title": _plain(value.title, limits.MODAL_TITLE),
        "submit": _plain(value.submit, limits.MODAL_TITLE),
        "close": _plain("Back", limits.MODAL_TITLE),
        "blocks": blocks,
    }


def _input(field: Field, *, most: int = limits.OPTIONS, longest: int = limits.FIELD) -> Block:
    block: dict[str, Json] = {
        "type": "input",
        "block_id": cut(field.name, limits.BLOCK_ID),
        "label": _plain(field.label, longest),
        "optional": field.optional,
        "element": _element(field, most=most),
    }
    hint = " ".join(filter(None, (clean(field.hint), _KEPT_SEALED if field.private else "")))
    if hint:
        block["hint"] = _plain(hint, longest)
    return block


def _element(field: Field, *, most: int) -> dict[str, Json]:
    name = cut(field.name, limits.ACTION_ID)
    match field.kind:
        case FieldKind.CHOICE if _options(field):
            return _select(field, name, most=most)
        case FieldKind.DATE:
            picker: dict[str, Json] = {"type": "datepicker", "action_id": name}
            if _is_day(field.value):
                picker["initial_date"] = field.value
            return picker
        case _:
            longest = max(1, min(field.longest, limits.INPUT_TEXT))
            typed: dict[str, Json] = {
                "type": "plain_text_input",
                "action_id": name,
                "multiline": field.kind is FieldKind.LONG_TEXT,
                "max_length": longest,
            }
            if field.value:
                typed["initial_value"] = field.value[:longest]
            return typed


def _select(field: Field, name: str, *, most: int) -> dict[str, Json]:
    options = _options(field)
    chosen = next((each for each in options if each["value"] == field.value), None)
    shown = options[:most]
    if chosen is not None and chosen not in shown:
        shown = [chosen, *shown[:-1]]
    element: dict[str, Json] = {
        "type": "static_select",
        "action_id": name,
        "placeholder": _plain("Choose one", 150),
        "options": [dict(each) for each in shown],
    }
    if chosen is not None:
        element["initial_option"] = chosen
    return element


def _options(field: Field) -> list[dict[str, Json]]:
    return [
        {"text": _plain(label, limits.OPTION_TEXT), "value": value}
        for label, value in field.options
        if clean(label) and 1 <= len(value) <= limits.OPTION_VALUE
    ]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _plain(text: str, limit: int) -> dict[str, Json]:
    return {"type": "plain_text", "text": cut(clean(text), limit) or "…", "emoji": False}
