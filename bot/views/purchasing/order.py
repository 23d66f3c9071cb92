"""A purchase order from proposal to receipt: one card, which says what may be done next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.views.acting.parts import STEP, Panel, PressButton, below, drawn, offering, on_top
from bot.views.card import Part, section
from bot.views.naming import item_name
from bot.views.rendered import Attachment, Rendered
from bot.views.words import (
    WARNING,
    Bold,
    Phrase,
    clean,
    counted,
    cut,
    day,
    days_of,
    escape,
    money,
    number,
    quantity,
    rate,
    unit,
    until,
)
from domain.model.purchase import PLACED, OrderLine, OrderState, Origin, Why
from domain.usecases.purchase.seeing import LineView, OrderView

SHOWN_LINES: Final = 10
"""Lines with their reasons on one card; the others are in its form."""
SHORT_LINES: Final = 15
SUBJECT: Final = "purchase"

APPROVE, SENT, RECEIVE = "approve", "sent", "receive"
LINES_FORM, DECLINE_FORM, CANCEL_FORM = "edit", "edit:decline", "edit:cancel"


@dataclass(frozen=True, slots=True)
class OrderCard:
    """``notes`` stand on top. ``alone``: a copy for one person's direct messages, which says where the others see it."""

    seen: OrderView
    today: date
    notes: tuple[str, ...] = ()
    waits: str = ""


def subject_of(seen: OrderView) -> str:
    """ "purchase:12"."""
    return f"{SUBJECT}:{int(seen.order.id)}"


def order_card(value: OrderCard) -> Rendered:
    """The card of an order in whatever state it is."""
    match value.seen.order.state:
        case OrderState.DRAFT:
            rendered = _draft(value)
        case OrderState.CANCELLED:
            rendered = _over(value)
        case _:
            rendered = _placed(value)
    notes = [cut(clean(note), 500) for note in value.notes if clean(note)]
    return on_top(rendered, notes, *([section("\n".join(escape(note) for note in notes))] if notes else []))


# ------------------------------------------------------------------------------------------------ before it is placed


def _draft(value: OrderCard) -> Rendered:
    seen = value.seen
    order = seen.order
    what = "Order from" if order.origin is Origin.PERSON else "To order from"
    title: Phrase = (
        Bold(
            f"{what} {clean(seen.supplier)}: {counted(len(order.lines), 'line')}, {money(order.cost, seen.currency)}"
        ),
    )
    shown = seen.lines[:SHOWN_LINES]
    parts = [Part(tuple(_reasoned(each, seen))) for each in shown]
    left = len(seen.lines) - len(shown)
    if left > 0:
        rest = sum((each.line.cost for each in seen.lines[SHOWN_LINES:]), start=order.cost - order.cost)
        parts.append(
            Part(
                (
                    (
                        f"and {counted(left, 'more line')} for {money(rest, seen.currency)}: Look at each… lists all.",
                    ),
                )
            )
        )
    if value.waits:
        parts.append(Part(((f"{WARNING} ", Bold(value.waits)),)))
    by = f"asked by {clean(seen.asked_by)}" if seen.asked_by else "proposed from today's levels"
    small: tuple[Phrase, ...] = (
        (Bold(order.number),),
        (f"{by}; nothing is ordered before it is approved",),
    )
    rendered = drawn(title, parts=parts, small_print=small)
    buttons = [
        PressButton("Approve" if len(order.lines) == 1 else "Approve all", STEP, APPROVE, style="primary"),
        PressButton("Change…" if len(order.lines) == 1 else "Look at each…", STEP, LINES_FORM),
        PressButton("Decline…", STEP, DECLINE_FORM),
    ]
    return _with_buttons(rendered, seen, buttons)


def _reasoned(each: LineView, seen: OrderView) -> list[Phrase]:
    """ "Chest tube, 24 Fr — 2 boxes, $163.80", then why."""
    line = each.line
    lead: Phrase = (
        Bold(cut(item_name(each.item), 160)),
        " — ",
        Bold(packs(line)),
        _holding(line, each.item.base_unit),
        f", {money(line.cost, seen.currency)}",
    )
    why = () if line.why is None else (why_line(line.why, unit_name=each.item.base_unit),)
    return [lead, *why, *_beyond(each)]


def why_line(why: Why, *, unit_name: str) -> Phrase:
    """ "3 to take of par 14 · uses 0.4 a day, lasts about 7 days · comes in 4 · 10 on order"."""
    pieces = []
    if why.available <= 0:
        pieces.append(
            f"{WARNING} none to take, par {number(why.par)}, reorder at {number(why.reorder_point)}"
        )
    else:
        par = f"par {number(why.par)}, reorder at {number(why.reorder_point)}"
        pieces.append(f"{number(why.available)} to take of {par}")
    if why.on_hand > max(0, why.available):
        pieces[-1] += (
            f" ({number(why.on_hand)} on hand may not be taken)"
            if why.available <= 0
            else f" ({number(why.on_hand)} on hand)"
        )
    if why.daily_use > 0:
        lasts = f", lasts {days_of(why.days_left)}" if why.days_left else ""
        pieces.append(f"uses {rate(why.daily_use, unit_name)}{lasts}")
    else:
        pieces.append("no recent use")
    learned = "usually comes" if why.learned_from else "is promised"
    pieces.append(f"{learned} in {counted(why.lead_days, 'day')}")
    for count, words in (
        (why.on_order, "on order"),
        (why.in_transit, "on the way"),
        (why.asked_for, "asked for by units"),
    ):
        if count:
            pieces.append(f"{number(count)} {words}")
    return (" · ".join(pieces),)


def _beyond(each: LineView) -> list[Phrase]:
    """What the supplier's packs make more of it than the place has room for."""
    line, why = each.line, each.line.why
    if why is None:
        return []
    position = why.available + why.on_order + why.in_transit - why.asked_for
    above = position + line.ordered - why.maximum
    if above <= 0:
        return []
    forced = line.packs == line.minimum_packs > 1
    because = "the supplier's smallest order" if forced else "a whole pack"
    return [
        (f"{quantity(above, each.item.base_unit)} above the maximum of {number(why.maximum)}: {because}.",)
    ]


def packs(line: OrderLine) -> str:
    """ "2 boxes"."""
    return f"{number(line.packs)} {unit(line.pack_unit, count=line.packs)}"


def _holding(line: OrderLine, base_unit: str) -> str:
    return f" of {number(line.pack_size)}" if line.pack_size > 1 else ""


# ------------------------------------------------------------------------------------------------ placed and over


_TITLES: Final = {
    OrderState.APPROVED: "approved",
    OrderState.SENT: "sent",
    OrderState.PART_RECEIVED: "part received",
    OrderState.RECEIVED: "received",
}


def _placed(value: OrderCard) -> Rendered:
    seen, today = value.seen, value.today
    order = seen.order
    tick = "✓ " if order.state is OrderState.RECEIVED else ""
    title: Phrase = (
        tick,
        Bold(f"{order.number} to {clean(seen.supplier)}, {_TITLES[order.state]}"),
        f": {counted(len(order.lines), 'line')}, {money(order.cost, seen.currency)}",
    )
    facts: list[Phrase] = []
    due = seen.due_on
    if due is not None and order.state in PLACED:
        lead = "Promised by " if order.sent_at is not None else "To come by "
        facts.append((lead, Bold(day(due, today=today)), f", {until(due, today=today)}"))
    shown = seen.lines[:SHORT_LINES]
    lines = tuple(state_line(each, today=today) for each in shown)
    left = len(seen.lines) - len(shown)
    more: tuple[Phrase, ...] = ((f"and {counted(left, 'more line')}",),) if left > 0 else ()
    rendered = drawn(title, facts, parts=[Part((*lines, *more), listed=True)], small_print=_who(value))
    buttons: list[PressButton] = []
    if order.state is OrderState.APPROVED and order.sent_at is None:
        buttons.append(PressButton("Mark as sent", STEP, SENT, style="primary"))
    if order.state in PLACED:
        primary = "primary" if order.sent_at is not None else ""
        buttons.append(PressButton("Receive", STEP, RECEIVE, style=primary, aloud=f"Receive {order.number}"))
        some = any(line.received for line in order.lines)
        buttons.append(
            PressButton(
                "Cancel the rest…" if some else "Cancel…", STEP, CANCEL_FORM, aloud=f"Cancel {order.number}"
            )
        )
    return _with_buttons(rendered, seen, buttons)


def state_line(each: LineView, *, today: date) -> Phrase:
    """ "Chest tube, 24 Fr — 2 boxes of 10; 1 box came, 1 box to come, ⚠ 3 days late"."""
    line = each.line
    pieces: list[str] = [
        Bold(cut(item_name(each.item), 160)),
        f" — {packs(line)}{_holding(line, each.item.base_unit)}",
    ]
    if line.received:
        over = line.received - line.ordered
        if over > 0:
            pieces.append(f"; {quantity(over, each.item.base_unit)} more came than ordered")
        elif line.left:
            pieces.append(f"; {left_words(line, each.item.base_unit)} to come")
        else:
            pieces.append("; all of it came")
    if each.late and line.promised_on is not None:
        pieces.append(f"; {WARNING} was promised {day(line.promised_on, today=today)}")
    elif each.will_be_late and each.likely_on is not None:
        pieces.append(f"; likely {day(each.likely_on, today=today)}")
    return tuple(pieces)


def left_words(line: OrderLine, base_unit: str) -> str:
    """ "1 box", "15 each" where it is no whole pack."""
    if line.left % line.pack_size == 0:
        count = line.left // line.pack_size
        return f"{number(count)} {unit(line.pack_unit, count=count)}"
    return quantity(line.left, base_unit)


def _who(value: OrderCard) -> tuple[Phrase, ...]:
    seen, order = value.seen, value.seen.order
    said: list[Phrase] = []
    if seen.asked_by and seen.asked_by != seen.approved_by:
        said.append((f"asked by {clean(seen.asked_by)}",))
    if seen.approved_by:
        said.append((f"approved by {clean(seen.approved_by)}",))
    if seen.sent_by and order.sent_at is not None:
        said.append((f"sent {day(order.sent_at.date(), today=value.today)} by {clean(seen.sent_by)}",))
    if said:
        first = said[0][0]
        said[0] = (first[:1].upper() + first[1:],)
    return tuple(said)


def _over(value: OrderCard) -> Rendered:
    seen = value.seen
    order = seen.order
    placed = order.approved_at is not None
    word = "cancelled" if placed or order.origin is Origin.PERSON else "not ordered"
    title: Phrase = (
        Bold(f"{order.number} to {clean(seen.supplier)}, {word}"),
        f": {counted(len(order.lines), 'line')}, {money(order.cost, seen.currency)}",
    )
    why = ((f"“{cut(clean(order.reason), 200)}”",),) if clean(order.reason) else ()
    return drawn(title, why, small_print=_who(value))


def _with_buttons(rendered: Rendered, seen: OrderView, buttons: Sequence[PressButton]) -> Rendered:
    if not buttons:
        return rendered
    row = Panel(subject_of(seen), seen.order.version).row(buttons)
    return below(offering(rendered, [each.label for each in buttons]), row)


# ------------------------------------------------------------------------------------------------ the file


def order_file(seen: OrderView, data: bytes) -> Rendered:
    """The message that carries the order's file."""
    order = seen.order
    text = f"{order.number} for {clean(seen.supplier)}, as a file to send."
    attachment = Attachment(
        filename=f"{order.number}.csv",
        title=f"{order.number} to {clean(seen.supplier)}",
        data=data,
        alt_text=f"Table of {counted(len(order.lines), 'line')} ordered from {clean(seen.supplier)}, "
        f"{money(order.cost, seen.currency)} in all.",
    )
    return replace(Rendered(text, (section(escape(text)),)), attachments=(attachment,))
