"""The checks that Slack makes on blocks and views before it takes them.

Each fault is a sentence in Slack's own manner with a JSON pointer. The limits are those of the Block Kit
reference (docs.slack.dev/reference/block-kit); what Slack does not check is not checked here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from bot.workspace.state import Json

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100

_TEXT_LIMIT: Final = {"section": 3000, "header": 150, "markdown": 12000}
_ELEMENTS_LIMIT: Final = {"actions": 25, "context": 10, "context_actions": 5}
_IN_MESSAGES: Final = frozenset(
    {
        "actions",
        "context",
        "context_actions",
        "divider",
        "file",
        "header",
        "image",
        "input",
        "markdown",
        "rich_text",
        "section",
        "table",
        "video",
    }
)
_IN_VIEWS: Final = _IN_MESSAGES - {"file", "markdown", "table", "context_actions"}
_SELECTS: Final = frozenset({"static_select", "multi_static_select"})
_WITH_OPTIONS: Final = _SELECTS | {"checkboxes", "radio_buttons", "overflow"}
_OPTIONS_LIMIT: Final = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5}
_ELEMENTS: Final = _WITH_OPTIONS | {
    "button",
    "channels_select",
    "conversations_select",
    "datepicker",
    "datetimepicker",
    "email_text_input",
    "feedback_buttons",
    "file_input",
    "icon_button",
    "image",
    "mrkdwn",
    "multi_channels_select",
    "multi_conversations_select",
    "multi_users_select",
    "number_input",
    "plain_text",
    "plain_text_input",
    "rich_text_input",
    "timepicker",
    "url_text_input",
    "users_select",
}
_INPUT_ONLY: Final = frozenset(
    {
        "plain_text_input",
        "number_input",
        "email_text_input",
        "url_text_input",
        "rich_text_input",
        "file_input",
    }
)


def block_faults(blocks: object, *, limit: int = MESSAGE_BLOCKS) -> list[str]:
    """Why Slack refuses these blocks; empty when it takes them."""
    if not isinstance(blocks, list):
        return ["must be an array [json-pointer:/blocks]"]
    faults = [] if len(blocks) <= limit else [f"no more than {limit} items allowed [json-pointer:/blocks]"]
    ids = Counter(b["block_id"] for b in blocks if isinstance(b, dict) and b.get("block_id"))
    faults += [
        f"`block_id` already exists: {name} [json-pointer:/blocks]" for name, n in ids.items() if n > 1
    ]
    known = _IN_MESSAGES if limit == MESSAGE_BLOCKS else _IN_VIEWS
    for index, block in enumerate(blocks):
        at = f"/blocks/{index}"
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in known:
            faults.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
            continue
        faults += [f"{fault} [json-pointer:{at}{place}]" for fault, place in _block(block, kind)]
    if sum(isinstance(b, dict) and b.get("type") == "table" for b in blocks) > 1:
        faults.append("only_one_table_allowed [json-pointer:/blocks]")
    return faults


def view_faults(view: object, *, kind: str) -> list[str]:
    """Why Slack refuses this view of a ``modal`` or ``home``; empty when it takes it."""
    if not isinstance(view, dict):
        return ["must be an object [json-pointer:/view]"]
    faults = []
    if view.get("type") != kind:
        faults.append(f"must be of type {kind} [json-pointer:/view/type]")
    for part in ("title", "submit", "close"):
        if part in view and kind == "modal":
            faults += [f"{f} [json-pointer:/view/{part}{p}]" for f, p in _text(view[part], 24, plain=True)]
    if kind == "modal" and "title" not in view:
        faults.append("missing required field: title [json-pointer:/view]")
    inputs = any(isinstance(b, dict) and b.get("type") == "input" for b in view.get("blocks") or [])
    if kind == "modal" and inputs and "submit" not in view:
        faults.append("a view with input blocks must have a submit [json-pointer:/view]")
    if len(view.get("private_metadata") or "") > 3000:
        faults.append("must be less than 3001 characters [json-pointer:/view/private_metadata]")
    if len(view.get("callback_id") or "") > 255:
        faults.append("must be less than 256 characters [json-pointer:/view/callback_id]")
    return faults + [
        fault.replace("[json-pointer:/blocks", "[json-pointer:/view/blocks")
        for fault in block_faults(view.get("blocks"), limit=VIEW_BLOCKS)
    ]


type _Found = Iterator[tuple[str, str]]


def _text(value: object, limit: int, *, plain: bool = False) -> _Found:
    if not isinstance(value, dict) or value.get("type") not in ("plain_text", "mrkdwn"):
        yield "must be a text object", ""
    elif plain and value["type"] != "plain_text":
        yield "must be of type plain_text", "/type"
    elif not isinstance(value.get("text"), str) or not value["text"]:
        yield "must be more than 0 characters", "/text"
    elif len(value["text"]) > limit:
        yield f"must be less than {limit + 1} characters", "/text"


def _under(place: str, found: _Found) -> _Found:
    return ((fault, place + rest) for fault, rest in found)


def _block(block: Json, kind: str) -> _Found:
    if len(block.get("block_id") or "") > 255:
        yield "must be less than 256 characters", "/block_id"
    match kind:
        case "section":
            if "text" not in block and not block.get("fields"):
                yield "missing required field: text or fields", ""
            if "text" in block:
                yield from _under("/text", _text(block["text"], _TEXT_LIMIT["section"]))
            if len(block.get("fields") or []) > 10:
                yield "no more than 10 items allowed", "/fields"
            for n, each in enumerate(block.get("fields") or []):
                yield from _under(f"/fields/{n}", _text(each, 2000))
            if "accessory" in block:
                yield from _under("/accessory", _element(block["accessory"]))
        case "header":
            yield from _under("/text", _text(block.get("text"), _TEXT_LIMIT["header"], plain=True))
        case "markdown":
            text = block.get("text")
            if not isinstance(text, str) or not 1 <= len(text) <= _TEXT_LIMIT["markdown"]:
                yield "must be between 1 and 12000 characters", "/text"
        case "actions" | "context" | "context_actions":
            elements = block.get("elements")
            if not isinstance(elements, list) or not 1 <= len(elements) <= _ELEMENTS_LIMIT[kind]:
                yield f"must have between 1 and {_ELEMENTS_LIMIT[kind]} items", "/elements"
                return
            for n, each in enumerate(elements):
                yield from _under(f"/elements/{n}", _element(each))
                if kind == "actions" and isinstance(each, dict) and each.get("type") in _INPUT_ONLY:
                    yield f"unsupported type: {each['type']}", f"/elements/{n}/type"
        case "image":
            if not block.get("alt_text"):
                yield "missing required field: alt_text", ""
            if not block.get("image_url") and not block.get("slack_file"):
                yield "missing required field: image_url or slack_file", ""
        case "input":
            yield from _under("/label", _text(block.get("label"), 2000, plain=True))
            yield from _under("/element", _element(block.get("element")))
            if "hint" in block:
                yield from _under("/hint", _text(block["hint"], 2000, plain=True))
        case "table":
            yield from _table(block)
        case "rich_text":
            if not isinstance(block.get("elements"), list):
                yield "missing required field: elements", ""


def _table(block: Json) -> _Found:
    rows = block.get("rows")
    if not isinstance(rows, list) or not 1 <= len(rows) <= 100:
        yield "must have between 1 and 100 items", "/rows"
        return
    characters = 0
    for n, row in enumerate(rows):
        if not isinstance(row, list) or not 1 <= len(row) <= 20:
            yield "must have between 1 and 20 items", f"/rows/{n}"
            continue
        for m, cell in enumerate(row):
            kind = cell.get("type") if isinstance(cell, dict) else None
            if kind not in ("raw_text", "raw_number", "rich_text"):
                yield f"unsupported type: {kind}", f"/rows/{n}/{m}/type"
            elif kind == "raw_text":
                if not cell.get("text"):
                    yield "must be more than 0 characters", f"/rows/{n}/{m}/text"
                characters += len(cell.get("text") or "")
    if characters > 10_000:
        yield "must be less than 10001 characters", "/rows"
    if len(block.get("column_settings") or []) > 20:
        yield "no more than 20 items allowed", "/column_settings"


def _element(element: object) -> _Found:
    kind = element.get("type") if isinstance(element, dict) else None
    if not isinstance(element, dict) or kind not in _ELEMENTS:
        yield f"unsupported type: {kind}", "/type"
        return
    if len(element.get("action_id") or "") > 255:
        yield "must be less than 256 characters", "/action_id"
    if "placeholder" in element:
        yield from _under("/placeholder", _text(element["placeholder"], 150, plain=True))
    if "confirm" in element:
        yield from _under("/confirm", _confirm(element["confirm"]))
    if kind == "button":
        yield from _under("/text", _text(element.get("text"), 75, plain=True))
        if len(element.get("value") or "") > 2000:
            yield "must be less than 2001 characters", "/value"
        if element.get("style") not in (None, "primary", "danger"):
            yield "must be primary or danger", "/style"
    elif kind in _WITH_OPTIONS:
        yield from _options(element, kind)
    elif kind in ("mrkdwn", "plain_text"):
        yield from _text(element, 3000)
    elif kind == "image" and not element.get("alt_text"):
        yield "missing required field: alt_text", ""


def _confirm(confirm: object) -> _Found:
    if not isinstance(confirm, dict):
        yield "must be an object", ""
        return
    for part, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from _under(f"/{part}", _text(confirm.get(part), limit))


def _options(element: Json, kind: str) -> _Found:
    groups = element.get("option_groups") if kind in _SELECTS else None
    lists = [group.get("options") for group in groups] if groups else [element.get("options")]
    limit = _OPTIONS_LIMIT.get(kind, 100)
    for options in lists:
        if not isinstance(options, list) or not 1 <= len(options) <= limit:
            yield f"must have between 1 and {limit} items", "/options"
            continue
        for n, option in enumerate(options):
            if not isinstance(option, dict):
                yield "must be an object", f"/options/{n}"
                continue
            yield from _under(f"/options/{n}/text", _text(option.get("text"), 75))
            if not 0 < len(option.get("value") or "") <= 150:
                yield "must be between 1 and 150 characters", f"/options/{n}/value"
