"""The one shape of everything Parley says: headline, lines, a table perhaps, small print, buttons.

A view fills a ``Card`` with raw facts; ``compose`` makes of it text that is complete on its own and blocks that show the same,
within Slack's limits whatever the data holds.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.views import limits
from bot.views.rendered import PAGE_ACTION, Attachment, Block, Json, Page, Rendered
from bot.views.words import Bold, Phrase, clean, cut, mrkdwn, number, plain

LINE_LIMIT = 700
"""Characters of one line: a name of the catalogue may be long, a line of an answer may not."""

TEXT_LIMIT = 3000
"""Characters of the fallback text: what a screen reader is asked to read at most."""

_SMALL_PRINT = 600
_BLOCKS_LIMIT = 12_000  # below Slack's 13,200, room for buttons and small print


@dataclass(frozen=True, slots=True)
class Button:
    """``action_id`` without its running number; ``value`` is JSON or empty."""

    label: str
    action_id: str
    value: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that belong together, under a title or none; ``listed`` ones each begin with a bullet."""

    lines: tuple[Phrase, ...]
    title: Phrase = ()
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """``right`` are the columns of numbers. Cells are raw text; an empty one shows a dash."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Card:
    """``read_aloud`` replaces the table in the fallback text: one sentence a row."""

    headline: Phrase
    parts: tuple[Part, ...] = ()
    table: Table | None = None
    read_aloud: tuple[Phrase, ...] = ()
    after: tuple[Part, ...] = ()
    context: tuple[Phrase, ...] = ()
    buttons: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Slice[T]:
    """The rows of one page. ``first`` and ``last`` count from 1; both are 0 where there is nothing."""

    rows: tuple[T, ...]
    number: int
    first: int
    last: int
    total: int

    @property
    def several(self) -> bool:
        """Is there more than this page?"""
        return self.total > len(self.rows)


def cut_page[T](rows: Sequence[T], page: Page, *, size: int) -> Slice[T]:
    """The page asked for; the last one where the list has become shorter since the button was made."""
    last_page = max(0, (len(rows) - 1) // size)
    wanted = min(max(0, page.number), last_page)
    shown = tuple(rows[wanted * size : (wanted + 1) * size])
    first = wanted * size + 1 if shown else 0
    return Slice(rows=shown, number=wanted, first=first, last=wanted * size + len(shown), total=len(rows))


def page_value(token: str, number: int) -> str:
    """The value of a button that gives a request again: ``{"r": token, "p": page}``."""
    return json.dumps({"r": token, "p": number}, separators=(",", ":"))


def page_buttons[T](part: Slice[T], page: Page, *, size: int) -> tuple[Button, ...]:
    """ "Previous 10", "Next 10 of 43"; none without a token or on a list of one page."""
    if not page.token:
        return ()
    buttons = []
    if part.number > 0:
        buttons.append(Button(f"Previous {size}", PAGE_ACTION, page_value(page.token, part.number - 1)))
    left = part.total - part.last
    if left > 0:
        label = f"Next {min(size, left)} of {number(part.total)}"
        buttons.append(Button(label, PAGE_ACTION, page_value(page.token, part.number + 1)))
    return tuple(button for button in buttons if len(button.value) <= limits.BUTTON_VALUE)


def shown_of[T](part: Slice[T], noun: str) -> Phrase:
    """ "11–20 of 43 lots"; nothing where all are shown."""
    return (
        (f"{number(part.first)}–{number(part.last)} of {number(part.total)} {noun}",) if part.several else ()
    )


def sheet(
    filename: str, *, title: str, header: Sequence[str], rows: Iterable[Sequence[object]], alt_text: str
) -> Attachment:
    """A CSV file as spreadsheets read it: UTF-8 with a mark, formulas in the data disarmed."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        writer.writerow([_disarmed(cell) for cell in row])
    return Attachment(
        filename=filename, title=title, data=out.getvalue().encode("utf-8-sig"), alt_text=cut(alt_text, 1000)
    )


def _disarmed(cell: object) -> object:
    """A text that a spreadsheet would run as a formula is marked as text."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return "" if cell is None else cell


# ---------------------------------------------------------------------------------------------- composing


def compose(card: Card) -> Rendered:
    """Text and blocks of the card, cut where data is longer than Slack takes."""
    blocks: list[Block] = [section(_line(card.headline))]
    for part in card.parts:
        blocks.extend(_sections(part))
    if card.table is not None and card.table.rows:
        blocks.append(table(card.table))
    for part in card.after:
        blocks.extend(_sections(part))
    blocks = _within(blocks, limit=limits.BLOCKS["message"] - 4)
    if any(any(phrase) for phrase in card.context):
        small_print = " · ".join(_line(phrase) for phrase in card.context if any(phrase))
        blocks.append(context(cut(small_print, _SMALL_PRINT)))
    if card.buttons:
        blocks.append(actions(card.buttons))
    return Rendered(text=_text(card), blocks=tuple(blocks), attachments=card.attachments)


def section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(text, limits.SECTION)}}


def context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": cut(text, limits.CONTEXT_TEXT)}]}


def divider() -> Block:
    return {"type": "divider"}


def header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": cut(clean(text), limits.HEADER)}}


def actions(buttons: Sequence[Button], *, first: int = 0) -> Block:
    """A row of buttons; their action_ids are numbered from ``first`` to be unique in the message."""
    elements: list[Json] = []
    for index, button in enumerate(buttons[: limits.ACTIONS], start=first):
        label = cut(clean(button.label), limits.BUTTON_TEXT) or "…"
        element: dict[str, Json] = {
            "type": "button",
            "action_id": f"{button.action_id}:{index}",
            "text": {"type": "plain_text", "text": label, "emoji": False},
        }
        if button.value:
            element["value"] = button.value
        if button.primary:
            element["style"] = "primary"
        elements.append(element)
    return {"type": "actions", "elements": elements}


def table(value: Table) -> Block:
    """A table block: cells are literal text, so that no name in it is ever read as markup."""
    rows: list[Json] = [_row(value.header, bold=True)]
    rows.extend(_row(row) for row in value.rows[: limits.TABLE_ROWS - 1])
    settings: list[Json] = [
        {"align": "right" if column in value.right else "left", "is_wrapped": column not in value.right}
        for column in range(len(value.header))
    ]
    return {"type": "table", "column_settings": settings, "rows": rows}


def _row(cells: Sequence[str], *, bold: bool = False) -> list[Json]:
    texts = [cut(clean(cell), 90) or "–" for cell in cells]
    if not bold:
        return [{"type": "raw_text", "text": text} for text in texts]
    return [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [{"type": "text", "text": text, "style": {"bold": True}}],
                }
            ],
        }
        for text in texts
    ]


def _line(phrase: Phrase) -> str:
    """One line in markup. What is too long is cut before it is marked up, so that no markup is left open."""
    if sum(len(piece) for piece in phrase) > LINE_LIMIT:
        share = max(20, LINE_LIMIT // max(1, len(phrase)))
        phrase = tuple(
            Bold(cut(piece, max(share, 200))) if isinstance(piece, Bold) else cut(piece, max(share, 200))
            for piece in phrase
        )
    return mrkdwn(phrase)


def _sections(part: Part) -> list[Block]:
    lines = [_line(part.title)] if any(part.title) else []
    bullet = "•  " if part.listed else ""
    lines.extend(bullet + _line(line) for line in part.lines if any(line))
    found: list[Block] = []
    held = ""
    for line in lines:
        longer = f"{held}\n{line}" if held else line
        if len(longer) > limits.SECTION and held:
            found.append(section(held))
            held = line
        else:
            held = longer
    if held.strip():
        found.append(section(held))
    return found


def _within(blocks: list[Block], *, limit: int) -> list[Block]:
    """The first blocks that fit, and a line that says so where some did not."""
    kept: list[Block] = []
    used = 0
    for block in blocks:
        used += limits.characters([block])
        if len(kept) == limit or used > _BLOCKS_LIMIT:
            kept.append(context("The rest did not fit here; ask for one item or one place."))
            break
        kept.append(block)
    return kept


def _text(card: Card) -> str:
    lines = [plain(card.headline)]
    for part in card.parts:
        lines.extend(_plain_lines(part))
    lines.extend(plain(phrase) for phrase in card.read_aloud)
    for part in card.after:
        lines.extend(_plain_lines(part))
    lines.extend(plain(phrase) for phrase in card.context if any(phrase))
    kept: list[str] = []
    used = 0
    for line in lines:
        shown = cut(line, LINE_LIMIT)
        if used + len(shown) + 1 > TEXT_LIMIT - 20:
            kept.append("… and more.")
            break
        kept.append(shown)
        used += len(shown) + 1
    return "\n".join(kept)


def _plain_lines(part: Part) -> list[str]:
    return [plain(phrase) for phrase in (part.title, *part.lines) if any(phrase)]
