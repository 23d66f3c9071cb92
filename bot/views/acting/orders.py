"""A requisition as the asker follows it and as the store picks it; a hold with its checklist; what somebody is told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.views import limits
from bot.views.acting import wording
from bot.views.acting.parts import CHECK, STEP, STOP, Panel, PressButton, below, drawn, list_id, offering
from bot.views.acting.shown import CheckRow, HoldShown, OrderShown, Side, SubscriptionShown
from bot.views.card import Part, context, section
from bot.views.naming import item_name, place_path
from bot.views.rendered import Block, Json, Rendered
from bot.views.words import (
    WARNING,
    Bold,
    Phrase,
    clean,
    counted,
    cut,
    day,
    escape,
    mrkdwn,
    number,
    plain,
    quantity,
)
from domain.model.hold import CheckState
from domain.model.requisition import RequisitionLine, RequisitionState
from domain.usecases.ask.answers import ItemRef

SHOWN_LINES: Final = 20
ROWS_WITH_BUTTONS: Final = 5
SHOWN_ROWS: Final = 36
SHOWN_SUBSCRIPTIONS: Final = 40
ROOM: Final = 8000
"""Characters for the places of a checklist, or for subscriptions: the rest of the message needs some too."""

_WAY: Final = (
    RequisitionState.ASKED,
    RequisitionState.PICKED,
    RequisitionState.DELIVERED,
    RequisitionState.RECEIVED,
)
_SAID: Final = {
    RequisitionState.ASKED: "asked",
    RequisitionState.PICKED: "picked",
    RequisitionState.DELIVERED: "delivered",
    RequisitionState.RECEIVED: "received",
    RequisitionState.SHORT: "closed short",
    RequisitionState.CANCELLED: "cancelled",
}
_CHECKED: Final = {
    CheckState.OPEN: "no answer yet",
    CheckState.PULLED: "pulled",
    CheckState.NOT_FOUND: "not found",
    CheckState.USED: "used before the hold",
}


# ---------------------------------------------------------------------------------------------- requisitions


def requisition(value: OrderShown) -> Rendered:
    """One side's card: how far it is, what it is for, the next step."""
    order = value.order
    over = order.state in (RequisitionState.SHORT, RequisitionState.CANCELLED)
    tick = f"{wording.TICK} " if order.state is RequisitionState.RECEIVED else ""
    if value.side is Side.STORE and order.state is RequisitionState.ASKED:
        headline: Phrase = (Bold(f"Pick for {place_path(value.destination)}"), f" — {order.number}")
    else:
        headline = (
            tick,
            Bold(f"{order.number} {_SAID[order.state]}"),
            f", for {place_path(value.destination)}",
        )
    facts: list[Phrase] = [("From ", Bold(place_path(value.source)))]
    if clean(order.needed_by):
        facts.append(("Needed ", Bold(clean(order.needed_by))))
    if not over:
        facts.append((_progress(order.state),))
    walk = value.side is Side.STORE and any(shelf is not None for shelf in value.shelves)
    lines = tuple(
        (*_step(index, value), *_order_line(item, line, value)) if walk else _order_line(item, line, value)
        for index, (item, line) in enumerate(value.lines[:SHOWN_LINES])
    )
    left = len(value.lines) - SHOWN_LINES
    more: tuple[Phrase, ...] = (
        ((f"and {counted(left, 'more line')}: Change… lists them all.",),) if left > 0 else ()
    )
    notes: tuple[Phrase, ...] = tuple((cut(clean(note), 500),) for note in value.notes if clean(note))
    who = f"asked by {clean(value.asker)}, {day(order.asked_at.date(), today=value.today)}"
    picker = f"picked by {clean(value.picker)}" if clean(value.picker) else ""
    rendered = drawn(
        headline,
        facts,
        parts=(Part((*lines, *more), listed=not walk), Part(notes)),
        small_print=wording.small_print((who,), (picker,)),
    )
    buttons = [
        PressButton(step.label, STEP, step.choice, style="primary" if n == 0 else "", aloud=step.detail)
        for n, step in enumerate(value.steps)
    ]
    return _with_row(rendered, Panel(value.subject, order.version), buttons)


def _progress(state: RequisitionState) -> str:
    """ "✓ asked   ✓ picked   ○ delivered   ○ received"."""
    reached = _WAY.index(state)
    words = ("asked", "picked", "delivered", "received")
    return " → ".join(f"{wording.TICK if n <= reached else '○'} {word}" for n, word in enumerate(words))


def _step(index: int, value: OrderShown) -> Phrase:
    """ "2. Aisle 3 › Shelf B: ", a step of the walk through the store."""
    shelf = value.shelves[index] if index < len(value.shelves) else None
    return (f"{index + 1}. ", f"{place_path(shelf, asked=(value.source,))}: " if shelf is not None else "")


def _order_line(item: ItemRef, line: RequisitionLine, value: OrderShown) -> Phrase:
    asked = quantity(line.asked, item.base_unit)
    said = wording.entered(line.entered)
    much = f"{said} = {asked}" if said and said != asked and not said.isdigit() else asked
    pieces: list[str] = [Bold(cut(item_name(item), 160)), f" — {much}"]
    state = value.order.state
    if state in (RequisitionState.RECEIVED, RequisitionState.SHORT) and line.received != line.asked:
        pieces.append(f"; {number(line.received)} received {WARNING}")
    elif state is not RequisitionState.ASKED and line.picked != line.asked and state in _WAY:
        pieces.append(f"; {number(line.picked)} picked {WARNING}")
    return tuple(pieces)


# ---------------------------------------------------------------------------------------------- holds


def hold(value: HoldShown) -> Rendered:
    """What is held, how many places have answered, and a line with its answers for each that has not."""
    held = value.hold
    lifted = held.lifted_at is not None
    answered = sum(row.state is not CheckState.OPEN for row in value.rows)
    word = "Hold lifted" if lifted else "Recalled and on hold" if held.recalled else "On hold"
    headline: Phrase = (Bold(f"{word}: {clean(value.what)}"),)
    facts: list[Phrase] = [("Reason: ", clean(held.reason))] if clean(held.reason) else []
    whole = len(value.rows)
    done = f" {wording.TICK}" if whole and answered == whole else ""
    facts.append((Bold(f"{number(answered)} of {counted(whole, 'place')} answered{done}"),))
    over = [row for row in value.rows if row.state is not CheckState.OPEN]
    waiting = [row for row in value.rows if row.state is CheckState.OPEN]
    settled = tuple(_settled(row, value) for row in over[:SHOWN_LINES])
    if len(over) > SHOWN_LINES:
        settled = (*settled, (f"and {counted(len(over) - SHOWN_LINES, 'more place')} answered",))
    notes: tuple[Phrase, ...] = tuple((cut(clean(note), 500),) for note in value.notes if clean(note))
    open_lines = tuple(_waiting(row, value) for row in waiting)
    opened = (
        f"{held.number}, opened by {clean(value.opened_by)}, {day(held.opened_at.date(), today=value.today)}"
    )
    rendered = drawn(headline, facts, parts=(Part(notes), Part(settled)))
    panel = Panel(value.subject)
    blocks, shown = _checklist(waiting, value, panel)
    spoken = [plain(line) for line in open_lines[:shown]]
    if len(waiting) > shown:
        left = f"and {counted(len(waiting) - shown, 'more place')} without an answer yet"
        spoken.append(left)
        blocks.append(context(escape(left)))
    blocks.append(context(escape(cut(opened, 400))))
    text = cut("\n".join([rendered.text, *spoken, opened]), 3300)
    rendered = below(replace(rendered, text=text), *blocks)
    lift = [PressButton("Lift the hold…", STEP, "lift")] if value.may_lift and not lifted else []
    labels = [answer.label for answer in waiting[0].answers] if waiting else []
    rendered = offering(rendered, [*labels, *(each.label for each in lift)])
    return below(rendered, panel.row(lift)) if lift else rendered


def _checklist(rows: Sequence[CheckRow], value: HoldShown, panel: Panel) -> tuple[list[Block], int]:
    """The open places with their answers: a row of buttons each while they are few, else a list beside each."""
    blocks: list[Block] = []
    few = len(rows) <= ROWS_WITH_BUTTONS
    for index, row in enumerate(rows[:SHOWN_ROWS], start=1):
        added = _with_buttons(row, value, panel) if few else [_with_list(row, value, panel, index)]
        if limits.characters(blocks) + limits.characters(added) > ROOM:
            return blocks, index - 1
        blocks += added
    return blocks, min(len(rows), SHOWN_ROWS)


def _with_buttons(row: CheckRow, value: HoldShown, panel: Panel) -> list[Block]:
    place = cut(clean(row.place.name), 40)
    buttons = [PressButton(a.label, CHECK, a.choice, aloud=f"{a.label}: {place}") for a in row.answers]
    line = section(mrkdwn(_waiting(row, value)))
    return [line, panel.row(buttons)] if buttons else [line]


def _with_list(row: CheckRow, value: HoldShown, panel: Panel, index: int) -> Block:
    block: dict[str, Json] = dict(section(mrkdwn(_waiting(row, value))))
    element = panel.listed(CHECK, row.answers, prompt="Answer…") if row.answers else None
    if element is not None:
        block["block_id"] = list_id(value.subject, 0, 1000 + index)
        block["accessory"] = element
    return block


def _waiting(row: CheckRow, value: HoldShown) -> Phrase:
    return (Bold(cut(place_path(row.place), 200)), f" — {quantity(row.quantity, value.unit)} to pull")


def _settled(row: CheckRow, value: HoldShown) -> Phrase:
    sign = WARNING if row.state is CheckState.NOT_FOUND else wording.TICK
    by = f", {clean(row.answered_by)}" if clean(row.answered_by) else ""
    much = quantity(row.quantity, value.unit)
    return (f"{sign} {cut(place_path(row.place), 200)} — {much} {_CHECKED[row.state]}{by}",)


# ---------------------------------------------------------------------------------------------- subscriptions


def subscriptions(values: Sequence[SubscriptionShown], *, lead: str = "") -> Rendered:
    """What somebody is told of, each with Stop; ``lead`` stands above."""
    sentence = cut(clean(lead), 600) or (
        "You are told when:" if values else "You have asked to be told of nothing."
    )
    blocks: list[Block] = [section(f"*{escape(sentence)}*")]
    spoken = [sentence]
    shown = 0
    for index, value in enumerate(values[:SHOWN_SUBSCRIPTIONS]):
        if limits.characters(blocks) > ROOM:
            break
        shown += 1
        label = cut(clean(value.label), 300) or "…"
        stop = Panel(value.subject).button(PressButton("Stop", STOP, aloud=f"Stop: {label}"))
        stop["action_id"] = f"{stop['action_id']}{index}"
        blocks.append({**section(escape(label)), "accessory": stop})
        spoken.append(f"•  {label}")
    left = len(values) - shown
    if left > 0:
        blocks.append(context(f"and {number(left)} more"))
        spoken.append(f"and {number(left)} more")
    return Rendered(text=cut("\n".join(spoken), 3300), blocks=tuple(blocks))


def _with_row(rendered: Rendered, panel: Panel, buttons: Sequence[PressButton]) -> Rendered:
    if not buttons:
        return rendered
    return below(offering(rendered, [each.label for each in buttons]), panel.row(buttons))
