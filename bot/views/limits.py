"""What Slack takes, checked before it is sent: the SDK's models check only some of it.

``problems`` names everything that Slack would refuse, and what would leave somebody out (an image without words).
Sources: the Block Kit reference and the methods' pages at docs.slack.dev, read November 2026.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from bot.views.rendered import Block, Json
from domain.errors import Invalid

type Surface = Literal["message", "home", "modal"]

BLOCKS: Final = {"message": 50, "home": 100, "modal": 100}
SECTION: Final = 3000
FIELD: Final = 2000
FIELDS: Final = 10
HEADER: Final = 150
MARKDOWN: Final = 12_000
CONTEXT_ELEMENTS: Final = 10
CONTEXT_TEXT: Final = 2000
ACTIONS: Final = 25
BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2000
ACTION_ID: Final = 255
BLOCK_ID: Final = 255
OPTIONS: Final = 100
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
PLACEHOLDER: Final = 150
INPUT_TEXT: Final = 3000
ALT_TEXT: Final = 2000
IMAGE_TITLE: Final = 2000
TABLE_ROWS: Final = 100
TABLE_COLUMNS: Final = 20
TABLE_CHARACTERS: Final = 10_000
MODAL_TITLE: Final = 24
PRIVATE_METADATA: Final = 3000
MESSAGE_TEXT: Final = 4000  # Slack's own advice for the fallback; it cuts at 40,000
CHARACTERS: Final = 13_200  # all texts of one message together; beyond it Slack answers msg_blocks_too_long

_NOT_IN_VIEWS: Final = frozenset({"table", "markdown", "file"})
_KNOWN: Final = frozenset(
    {"section", "header", "context", "divider", "actions", "image", "table", "markdown", "rich_text", "input"}
)
_MENTION: Final = re.compile(r"<[!@#]")

type _Found = Iterator[str]


class UnfitForSlack(Invalid):
    """A message or view that Slack would refuse; the sentence lists why."""


def check(blocks: Sequence[Block], *, surface: Surface = "message", text: str | None = None) -> None:
    """Raises UnfitForSlack when Slack would not take these blocks, or nobody could read them without seeing them."""
    found = problems(blocks, surface=surface, text=text)
    if found:
        raise UnfitForSlack("; ".join(found[:8]))


def problems(blocks: Sequence[Block], *, surface: Surface = "message", text: str | None = None) -> list[str]:
    """Every fault, with the number of its block; empty when all is well. ``text`` is the message's fallback."""
    found: list[str] = []
    if len(blocks) > BLOCKS[surface]:
        found.append(f"{len(blocks)} blocks, at most {BLOCKS[surface]}")
    if text is not None:
        if not text.strip():
            found.append("the fallback text is empty")
        elif len(text) > MESSAGE_TEXT:
            found.append(f"the fallback text has {len(text)} characters, at most {MESSAGE_TEXT}")
        elif _MENTION.search(text):
            found.append("the fallback text holds a mention")
    for index, block in enumerate(blocks):
        found.extend(f"block {index}: {fault}" for fault in _block(block, surface))
    found.extend(f"{name} is there {n} times" for name, n in _repeated(blocks))
    if sum(block.get("type") == "table" for block in blocks) > 1:
        found.append("more than one table")
    total = characters(blocks)
    if total > CHARACTERS:
        found.append(f"{total} characters in all, at most {CHARACTERS}")
    return found


def view_problems(view: Mapping[str, Json]) -> list[str]:
    """As ``problems``, for a home tab or modal."""
    kind = view.get("type")
    if kind not in ("home", "modal"):
        return [f"a view is of type home or modal, not {kind!r}"]
    found = []
    if kind == "modal":
        found += [f"title: {fault}" for fault in _text(view.get("title"), MODAL_TITLE, plain=True)]
        for part in ("submit", "close"):
            if part in view:
                found += [f"{part}: {fault}" for fault in _text(view[part], MODAL_TITLE, plain=True)]
    if len(_string(view.get("private_metadata"))) > PRIVATE_METADATA:
        found.append(f"private_metadata beyond {PRIVATE_METADATA} characters")
    if len(_string(view.get("callback_id"))) > ACTION_ID:
        found.append(f"callback_id beyond {ACTION_ID} characters")
    blocks = [block for block in _list(view.get("blocks")) if isinstance(block, dict)]
    return found + problems(blocks, surface="home" if kind == "home" else "modal")


def characters(blocks: Sequence[Block]) -> int:
    """All texts that people read in these blocks, counted together."""
    return sum(_length(block) for block in blocks)


def _length(value: Json | Mapping[str, Json]) -> int:
    if isinstance(value, Mapping):
        own = value.get("text")
        here = len(own) if isinstance(own, str) else 0
        return here + sum(_length(each) for each in value.values() if isinstance(each, dict | list))
    if isinstance(value, list):
        return sum(_length(each) for each in value)
    return 0


def _repeated(blocks: Sequence[Block]) -> Iterator[tuple[str, int]]:
    ids: Counter[str] = Counter()
    for block in blocks:
        if block.get("block_id"):
            ids[f"block_id {block['block_id']}"] += 1
        for element in [*_list(block.get("elements")), block.get("accessory")]:
            if isinstance(element, dict) and element.get("action_id"):
                ids[f"action_id {element['action_id']}"] += 1
    return ((name, n) for name, n in ids.items() if n > 1)


def _string(value: Json | None) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Json | None) -> list[Json]:
    return value if isinstance(value, list) else []


def _text(value: Json | None, limit: int, *, plain: bool = False) -> _Found:
    if not isinstance(value, dict) or value.get("type") not in ("plain_text", "mrkdwn"):
        yield "no text object"
        return
    text = value.get("text")
    if plain and value["type"] != "plain_text":
        yield "must be plain_text"
    if not isinstance(text, str) or not text.strip():
        yield "empty text"
    elif len(text) > limit:
        yield f"text of {len(text)} characters, at most {limit}"
    elif value["type"] == "mrkdwn" and _MENTION.search(text):
        yield "a mention that data may have brought in"


def _block(block: Block, surface: Surface) -> _Found:
    kind = block.get("type")
    if kind not in _KNOWN or (surface != "message" and kind in _NOT_IN_VIEWS):
        yield f"a {kind} block does not go into a {surface}"
        return
    if len(_string(block.get("block_id"))) > BLOCK_ID:
        yield f"block_id beyond {BLOCK_ID} characters"
    match kind:
        case "section":
            yield from _section(block)
        case "header":
            yield from _text(block.get("text"), HEADER, plain=True)
        case "markdown":
            if not 1 <= len(_string(block.get("text"))) <= MARKDOWN:
                yield f"markdown of 1 to {MARKDOWN} characters"
        case "context":
            elements = _list(block.get("elements"))
            if not 1 <= len(elements) <= CONTEXT_ELEMENTS:
                yield f"{len(elements)} elements, 1 to {CONTEXT_ELEMENTS}"
            for element in elements:
                if isinstance(element, dict) and element.get("type") == "image":
                    yield from _image(element)
                else:
                    yield from _text(element, CONTEXT_TEXT)
        case "actions":
            elements = _list(block.get("elements"))
            if not 1 <= len(elements) <= ACTIONS:
                yield f"{len(elements)} elements, 1 to {ACTIONS}"
            for element in elements:
                yield from _element(element)
        case "image":
            yield from _image(block)
        case "table":
            yield from _table(block)
        case "input":
            yield from (f"label: {fault}" for fault in _text(block.get("label"), FIELD, plain=True))
            if "hint" in block:
                yield from (f"hint: {fault}" for fault in _text(block["hint"], FIELD, plain=True))
            yield from _element(block.get("element"))


def _section(block: Block) -> _Found:
    fields = _list(block.get("fields"))
    if "text" not in block and not fields:
        yield "neither text nor fields"
    if "text" in block:
        yield from _text(block["text"], SECTION)
    if len(fields) > FIELDS:
        yield f"{len(fields)} fields, at most {FIELDS}"
    for field in fields:
        yield from _text(field, FIELD)
    if "accessory" in block:
        yield from _element(block["accessory"])


def _image(block: Mapping[str, Json]) -> _Found:
    if not _string(block.get("alt_text")).strip():
        yield "an image without alt_text"
    elif len(_string(block.get("alt_text"))) > ALT_TEXT:
        yield f"alt_text beyond {ALT_TEXT} characters"
    if not block.get("image_url") and not block.get("slack_file"):
        yield "an image without a source"
    if "title" in block:
        yield from _text(block["title"], IMAGE_TITLE, plain=True)


def _element(element: Json) -> _Found:
    if not isinstance(element, dict):
        yield "an element that is no object"
        return
    action_id = _string(element.get("action_id"))
    if element.get("type") != "image" and not 1 <= len(action_id) <= ACTION_ID:
        yield f"an action_id of 1 to {ACTION_ID} characters is needed"
    if element.get("type") == "button":
        yield from (f"button: {fault}" for fault in _text(element.get("text"), BUTTON_TEXT, plain=True))
        if len(_string(element.get("value"))) > BUTTON_VALUE:
            yield f"button value beyond {BUTTON_VALUE} characters"
        if element.get("style") not in (None, "primary", "danger"):
            yield f"unknown button style {element['style']!r}"
        if len(_string(element.get("accessibility_label"))) > BUTTON_TEXT:
            yield f"accessibility_label beyond {BUTTON_TEXT} characters"
    elif element.get("type") == "image":
        yield from _image(element)
    elif element.get("type") == "static_select":
        yield from _select(element)
    elif element.get("type") == "plain_text_input":
        longest = element.get("max_length", INPUT_TEXT)
        if not isinstance(longest, int) or not 1 <= longest <= INPUT_TEXT:
            yield f"max_length of 1 to {INPUT_TEXT}"
        elif len(_string(element.get("initial_value"))) > longest:
            yield "an initial_value beyond max_length"


def _select(element: Mapping[str, Json]) -> _Found:
    if "placeholder" in element:
        yield from (
            f"placeholder: {fault}" for fault in _text(element["placeholder"], PLACEHOLDER, plain=True)
        )
    options = _list(element.get("options"))
    if not 1 <= len(options) <= OPTIONS:
        yield f"{len(options)} options, 1 to {OPTIONS}"
    for option in options:
        if not isinstance(option, dict):
            yield "an option that is no object"
            continue
        yield from (f"option: {fault}" for fault in _text(option.get("text"), OPTION_TEXT, plain=True))
        if not 1 <= len(_string(option.get("value"))) <= OPTION_VALUE:
            yield f"an option's value of 1 to {OPTION_VALUE} characters is needed"
    if "initial_option" in element and element["initial_option"] not in options:
        yield "an initial_option that is none of the options"


def _table(block: Block) -> _Found:
    rows = _list(block.get("rows"))
    if not 1 <= len(rows) <= TABLE_ROWS:
        yield f"{len(rows)} rows, 1 to {TABLE_ROWS}"
    if len(_list(block.get("column_settings"))) > TABLE_COLUMNS:
        yield f"column_settings beyond {TABLE_COLUMNS}"
    widths = {len(_list(row)) for row in rows}
    if any(not 1 <= width <= TABLE_COLUMNS for width in widths):
        yield f"a row needs 1 to {TABLE_COLUMNS} cells"
    if len(widths) > 1:
        yield "rows of different lengths"
    if _length(dict(block)) > TABLE_CHARACTERS:
        yield f"a table beyond {TABLE_CHARACTERS} characters"
    for row in rows:
        for cell in _list(row):
            if isinstance(cell, dict) and cell.get("type") == "raw_text" and not _string(cell.get("text")):
                yield "an empty cell"
