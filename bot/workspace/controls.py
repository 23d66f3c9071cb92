"""Controls in blocks: find one, and say what it holds when a person has used it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from bot.workspace.errors import FormIncompleteError, NoSuchThingError
from bot.workspace.state import Json

type Entered = str | int | Sequence[str] | None

_PICKED = {
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
}
_PICKED_MANY = {
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
_ONE_OPTION = frozenset({"static_select", "radio_buttons", "overflow"})
_MANY_OPTIONS = frozenset({"multi_static_select", "checkboxes"})
_TYPED = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})
# A button or an overflow menu holds nothing: it has no place in state.values.
STATEFUL = (
    frozenset(_PICKED)
    | frozenset(_PICKED_MANY)
    | _TYPED
    | _MANY_OPTIONS
    | {
        "static_select",
        "radio_buttons",
    }
)


def controls(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Each control with the block it stands in."""
    for block in blocks:
        for element in (*(block.get("elements") or ()), block.get("accessory"), block.get("element")):
            if isinstance(element, dict) and element.get("action_id"):
                yield block, element


def find_control(blocks: Sequence[Json], *, action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """The block and the control with that action id; NoSuchThingError when there is none."""
    for block, element in controls(blocks):
        if element["action_id"] == action_id and block_id in (None, block.get("block_id")):
            return block, element
    held = ", ".join(element["action_id"] for _, element in controls(blocks)) or "no controls"
    raise NoSuchThingError(f"no control {action_id} here, only {held}")


def _options(element: Json) -> Iterator[Json]:
    yield from element.get("options") or ()
    for group in element.get("option_groups") or ():
        yield from group["options"]


def _option(element: Json, value: object) -> Json:
    for option in _options(element):
        if option.get("value") == value:
            return option
    raise NoSuchThingError(f"{element['action_id']} has no option {value!r}")


def held(element: Json, *entered: Entered) -> Json:
    """What a control holds, as Slack writes it in ``state.values``: its initial value, or ``entered``."""
    kind = element["type"]
    value: Entered = entered[0] if entered else None
    if kind in _ONE_OPTION:
        option = element.get("initial_option") if not entered else value and _option(element, value)
        return {"type": kind, "selected_option": option or None}
    if kind in _MANY_OPTIONS:
        many: Sequence[str] = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
        options = (
            [_option(element, each) for each in many] if entered else element.get("initial_options") or []
        )
        return {"type": kind, "selected_options": options}
    if kind in _PICKED:
        selected, initial = _PICKED[kind]
        picked = (value or None) if entered else element.get(initial)
        if kind == "datetimepicker" and picked is not None:
            picked = int(str(picked))
        return {"type": kind, selected: picked}
    if kind in _PICKED_MANY:
        selected, initial = _PICKED_MANY[kind]
        listed = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
        return {"type": kind, selected: list(listed) if entered else element.get(initial) or []}
    if kind in _TYPED:
        text = (None if value in (None, "") else str(value)) if entered else element.get("initial_value")
        return {"type": kind, "value": text}
    return {"type": kind}


def action_of(block: Json, element: Json, *, entered: tuple[Entered, ...], ts: str) -> Json:
    """The entry of ``actions`` that Slack sends when a person uses a control."""
    action: Json = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": element["type"],
        "action_ts": ts,
    }
    if element["type"] == "button":
        action |= {key: element[key] for key in ("text", "value", "style", "url") if element.get(key)}
        return action
    action |= held(element, *entered)
    if "placeholder" in element and element["type"] in ("static_select", "datepicker"):
        action["placeholder"] = element["placeholder"]
    return {key: value for key, value in action.items() if value is not None}


def initial_state(blocks: Sequence[Json]) -> dict[str, Json]:
    """``state.values`` of blocks that nobody has touched."""
    values: dict[str, Json] = {}
    for block, element in controls(blocks):
        if element["type"] in STATEFUL:
            values.setdefault(block["block_id"], {})[element["action_id"]] = held(element)
    return values


def filled_state(
    blocks: Sequence[Json], entered: Mapping[str, Entered], *, used: Mapping[str, Json] | None = None
) -> dict[str, Json]:
    """``state.values`` after a person filled a form; keys of ``entered`` are block ids or action ids.

    ``used`` is what stands in controls that were used before.
    """
    values = initial_state(blocks)
    for block_id, states in (used or {}).items():
        if block_id in values:
            values[block_id] |= {k: v for k, v in states.items() if k in values[block_id]}
    unknown = set(entered)
    for block, element in controls(blocks):
        for key in (block["block_id"], element["action_id"]):
            if key in entered and element["type"] in STATEFUL:
                values[block["block_id"]][element["action_id"]] = held(element, entered[key])
                unknown.discard(key)
    if unknown:
        raise NoSuchThingError(f"the form has no {', '.join(sorted(unknown))}")
    return values


def check_form(blocks: Sequence[Json], values: Mapping[str, Json]) -> None:
    """Slack's client checks these before it sends a form. Raises FormIncompleteError."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        state = values.get(block["block_id"], {}).get(element["action_id"])
        if state is None:
            continue
        value = next((v for k, v in state.items() if k != "type"), None)
        if value in (None, "", []):
            if not block.get("optional"):
                errors[block["block_id"]] = "Please complete this required field."
        elif sentence := _typed_fault(element, str(value)):
            errors[block["block_id"]] = sentence
    if errors:
        raise FormIncompleteError(errors)


def _typed_fault(element: Json, text: str) -> str:
    kind = element["type"]
    if kind == "number_input":
        pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
        if not re.fullmatch(pattern, text):
            return (
                "Please enter a number."
                if element.get("is_decimal_allowed")
                else "Please enter a whole number."
            )
        low, high = element.get("min_value"), element.get("max_value")
        if low is not None and float(text) < float(low):
            return f"Please enter {low} or more."
        if high is not None and float(text) > float(high):
            return f"Please enter {high} or less."
    elif kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        return "Please enter an email address."
    elif kind == "url_text_input" and not re.match(r"https?://\S+$", text):
        return "Please enter a link."
    elif kind == "plain_text_input":
        if len(text) < (element.get("min_length") or 0):
            return f"Please enter at least {element['min_length']} characters."
        if len(text) > (element.get("max_length") or 3000):
            return f"Please enter at most {element.get('max_length') or 3000} characters."
    elif kind == "datepicker":
        try:
            date.fromisoformat(text)
        except ValueError:
            return "Please enter a date."
    return ""
