"""The frame around every digest: what it is about in one line, what to do first, who has what, and the rest as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bot.views import limits
from bot.views.alerts.lines import Lead, Line, LineButton, Lines
from bot.views.card import context, header, section, sheet
from bot.views.rendered import Attachment, Block, Json, Rendered
from bot.views.words import clean, counted, cut, day, escape, number
from domain.model.alert import Alert, AlertId, AlertKind, AlertState, Digest
from domain.model.ids import PersonId

A_PAGE: Final = 8
"""Lines shown at once: what a person acts on in a morning; more than that is a table."""
_LINE_LONGEST: Final = 700
_ROOM: Final = 11_000
"""Characters for lines: below Slack's 13,200, with room for the frame."""
_SETTLED: Final = 6
ALERT_ACTION: Final = "parley.alert"
"""Begins the action_ids of a digest; a press and a running number follow: "parley.alert.do:3"."""
ALERT_FORM: Final = "parley.alert.form"
"""callback_id of the form behind "Assign or close"."""


class AlertPress(StrEnum):
    DO = "do"  # a button of the kind's own
    MORE = "more"  # the menu of a line
    ALL = "all"  # for every line of the digest
    PAGE = "page"
    STOP = "stop"  # or pause a subscription of one's own


class Menu(StrEnum):
    """What the menu of a line offers."""

    KNOWN = "known"
    DAY = "day"
    WEEK = "week"
    MONDAY = "monday"
    FORM = "form"


_MENU: Final[tuple[tuple[Menu, str], ...]] = (
    (Menu.KNOWN, "I take care of it"),
    (Menu.DAY, "Remind me tomorrow"),
    (Menu.MONDAY, "Remind me on Monday"),
    (Menu.WEEK, "Remind me in a week"),
    (Menu.FORM, "Assign or close…"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a digest is drawn from. ``place`` is a name; ``people`` the names of whoever did something."""

    digest: Digest
    alerts: Sequence[Alert]
    place: str
    people: Mapping[PersonId, str]
    today: date
    now: datetime
    zone: ZoneInfo


def digest(shown: Shown, *, lines: Lines) -> Rendered:
    """Within Slack's limits whatever the alerts hold. What does not fit is in the file, which goes with the first post alone."""
    open_ones = [alert for alert in shown.alerts if alert.state is not AlertState.RESOLVED]
    settled = [alert for alert in shown.alerts if alert.state is AlertState.RESOLVED]
    lead = lines.lead(open_ones or list(shown.alerts), place=shown.place, today=shown.today)
    if not open_ones:
        return _all_settled(shown, lead, settled, lines)
    pages = (len(open_ones) - 1) // A_PAGE + 1
    page = min(shown.digest.page, pages - 1)
    here = open_ones[page * A_PAGE : (page + 1) * A_PAGE]
    drawn = [(alert, lines.line(alert, today=shown.today)) for alert in here]
    blocks: list[Block] = [header(lead.title), section(_lead(shown, lead))]
    tools = _Tools(shown.digest)
    top = tools.buttons(lead.buttons, open_ones[0].id)
    if top:
        blocks.append({"type": "actions", "elements": top})
    plain = [clean(lead.title), _plain(lead.text), *([clean(shown.digest.note)] if shown.digest.note else [])]
    used = limits.characters(blocks)
    drawn_lines = 0
    for alert, line in drawn:
        made = _line_blocks(alert, line, shown, tools)
        used += limits.characters(made)
        if drawn_lines and (used > _ROOM or len(blocks) + len(made) > limits.BLOCKS["message"] - 4):
            break
        blocks += made
        plain.append(f"• {_plain(line.plain)}{_plain(_status(alert, shown))}")
        drawn_lines += 1
    first = page * A_PAGE
    blocks += _foot(open_ones, first=first, shown_here=drawn_lines, pages=pages, tools=tools)
    if settled:
        blocks.append(context(_settled(settled, shown, lines)))
    left = len(open_ones) - drawn_lines
    if left > 0:
        plain.append(f"… and {number(left)} more, in the file.")
    files: tuple[Attachment, ...] = ()
    if left > 0 or pages > 1:
        rows = [lines.line(alert, today=shown.today).row for alert in open_ones]
        if lead.sorted_by in lead.columns:
            rows.sort(key=lambda row: row[lead.columns.index(lead.sorted_by)])
        files = (_sheet(shown, lead, rows),)
    return Rendered(text=_fitted(plain), blocks=tuple(blocks), attachments=files)


def _lead(shown: Shown, lead: Lead) -> str:
    note = f"_{escape(clean(shown.digest.note))}_\n" if shown.digest.note else ""
    return f"{note}{lead.text}"


def _line_blocks(alert: Alert, line: Line, shown: Shown, tools: _Tools) -> list[Block]:
    text = cut(line.text, _LINE_LONGEST) + _status(alert, shown)
    block: dict[str, Json] = {**section(text), "accessory": tools.menu(alert.id)}
    blocks: list[Block] = [block]
    buttons = tools.buttons(line.buttons, alert.id)
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    return blocks


def _status(alert: Alert, shown: Shown) -> str:
    """Who has it, on a line of its own; "" while nobody has."""
    parts = []
    if alert.assigned_to is not None:
        parts.append(f":bust_in_silhouette: for {_name(alert.assigned_to, shown)}")
    if alert.state is AlertState.SNOOZED and alert.snoozed_until is not None:
        until = alert.snoozed_until.astimezone(shown.zone)
        parts.append(f":zzz: until {day(until.date(), today=shown.today)} {until:%H:%M}")
        if alert.acknowledged_by is not None:
            parts[-1] += f", {_name(alert.acknowledged_by, shown)}"
    elif alert.acknowledged_by is not None and alert.state is AlertState.ACKNOWLEDGED:
        parts.append(f":eyes: {_name(alert.acknowledged_by, shown)} {_when(alert.acknowledged_at, shown)}")
    if alert.escalated_at is not None and alert.state is AlertState.OPEN:
        parts.append(f":bell: managers told {_when(alert.escalated_at, shown)}")
    return "\n" + " · ".join(parts) if parts else ""


def _settled(settled: Sequence[Alert], shown: Shown, lines: Lines) -> str:
    newest = sorted(settled, key=lambda alert: alert.resolved_at or alert.opened_at, reverse=True)
    told = []
    for alert in newest[:_SETTLED]:
        what = cut(_plain(lines.line(alert, today=shown.today).plain), 90)
        told.append(f":white_check_mark: {escape(what)} — {_how(alert, shown)}")
    if len(newest) > _SETTLED:
        told.append(f":white_check_mark: and {number(len(newest) - _SETTLED)} more")
    return cut("\n".join(told), limits.CONTEXT_TEXT)


def _how(alert: Alert, shown: Shown) -> str:
    when = _when(alert.resolved_at, shown)
    if alert.resolved_by is None:
        return f"no longer so, {when}"
    why = f": {escape(clean(alert.resolution))}" if alert.resolution else ""
    return f"closed by {_name(alert.resolved_by, shown)} {when}{why}"


def _all_settled(shown: Shown, lead: Lead, settled: Sequence[Alert], lines: Lines) -> Rendered:
    head = f"All settled: {clean(lead.title)}"
    blocks = (
        section(f":white_check_mark: *{escape(cut(head, 300))}*"),
        context(_settled(settled, shown, lines)),
    )
    return Rendered(text=cut(head, 500), blocks=blocks)


def _foot(
    open_ones: Sequence[Alert], *, first: int, shown_here: int, pages: int, tools: _Tools
) -> list[Block]:
    """How much is shown, and what concerns all of it: below the lines, for on a phone these come first."""
    total = len(open_ones)
    blocks: list[Block] = []
    if total > shown_here:
        said = f"{number(first + 1)}–{number(first + shown_here)} of {number(total)}; the file has them all."
        blocks.append(context(said))
    elements = [*tools.pages(pages), *tools.for_all(open_ones)]
    if elements:
        blocks.append({"type": "actions", "elements": elements})
    return blocks


def _sheet(shown: Shown, lead: Lead, rows: Sequence[Sequence[str]]) -> Attachment:
    title = f"{clean(lead.title)}, {day(shown.today, today=shown.today)}"
    return sheet(
        f"{shown.digest.kind.value}-{shown.today.isoformat()}.csv",
        title=cut(title, 200),
        header=lead.columns,
        rows=rows,
        alt_text=f"Table of {counted(len(rows), 'line')}: {clean(lead.title)}",
    )


def _when(moment: datetime | None, shown: Shown) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(shown.zone)
    if local.date() == shown.today:
        return f"{local:%H:%M}"
    return f"{day(local.date(), today=shown.today)} {local:%H:%M}"


def _name(person_id: PersonId, shown: Shown) -> str:
    return escape(clean(shown.people.get(person_id, "somebody")))


def _plain(text: str) -> str:
    """Marks of Slack's own taken off."""
    for code in (":white_check_mark:", ":eyes:", ":zzz:", ":bust_in_silhouette:", ":bell:"):
        text = text.replace(code, "·")
    return clean(text.replace("*", "").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))


def _fitted(lines: Sequence[str]) -> str:
    kept: list[str] = []
    used = 0
    for line in lines:
        if used + len(line) > limits.MESSAGE_TEXT - 700:
            kept.append("… and more.")
            break
        kept.append(cut(line, _LINE_LONGEST))
        used += len(kept[-1]) + 1
    return "\n".join(kept)


class _Tools:
    """Buttons and menus of one digest: their action_ids are numbered, their values name digest and alert."""

    def __init__(self, of: Digest) -> None:
        self._digest = of
        self._number = 0

    def menu(self, alert_id: AlertId) -> dict[str, Json]:
        options: list[Json] = [
            {"text": _label(text), "value": self._value(alert_id, choice.value)} for choice, text in _MENU
        ]
        return {"type": "overflow", "action_id": self._id(AlertPress.MORE), "options": options}

    def buttons(self, buttons: Sequence[LineButton], alert_id: AlertId) -> list[Json]:
        return [self._button(AlertPress.DO, each, alert_id) for each in buttons[:5]]

    def for_all(self, open_ones: Sequence[Alert]) -> list[Json]:
        """That somebody has it all, or wants quiet about it all."""
        found: list[Json] = []
        unseen = sum(alert.state is AlertState.OPEN for alert in open_ones)
        if self._digest.kind is AlertKind.SUBSCRIBED:
            return found
        if unseen > 1:
            label = f"I take care of all {number(unseen)}"
            found.append(self._button(AlertPress.ALL, LineButton(label, Menu.KNOWN.value), AlertId(0)))
            found.append(
                self._button(AlertPress.ALL, LineButton("Remind me tomorrow", Menu.DAY.value), AlertId(0))
            )
        return found

    def pages(self, pages: int) -> list[Json]:
        page = min(self._digest.page, pages - 1)
        wanted = [(page - 1, "‹ Before"), (page + 1, "Next ›")]
        return [
            self._button(AlertPress.PAGE, LineButton(label, str(number)), AlertId(0))
            for number, label in wanted
            if 0 <= number < pages
        ]

    def _button(self, press: AlertPress, button: LineButton, alert_id: AlertId) -> dict[str, Json]:
        element: dict[str, Json] = {
            "type": "button",
            "action_id": self._id(press),
            "text": _label(button.label),
            "value": self._value(alert_id, button.choice),
        }
        if button.primary:
            element["style"] = "primary"
        return element

    def _id(self, press: AlertPress) -> str:
        self._number += 1
        return f"{ALERT_ACTION}.{press.value}:{self._number}"

    def _value(self, alert_id: AlertId, choice: str) -> str:
        known = {"d": int(self._digest.id), "a": int(alert_id), "c": choice}
        return json.dumps(known, separators=(",", ":"))


def _label(text: str) -> dict[str, Json]:
    return {"type": "plain_text", "text": cut(clean(text), limits.BUTTON_TEXT) or "…", "emoji": False}
