"""The home tab: a person's unit at a glance, what can be asked, whom to ask when Parley can not help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.views.card import Button, actions, context, divider, header, page_value, section
from bot.views.naming import item_name, place_path
from bot.views.rendered import ASK_ACTION, Block, Json
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
    mrkdwn,
    number,
    quantity,
    until,
)
from domain.model.requisition import RequisitionState
from domain.usecases.ask.answers import (
    BelowParAnswer,
    ExpiringAnswer,
    ExpiringLot,
    ItemRef,
    LowLine,
    PlaceRef,
)

LINES = 6
EXAMPLES = (
    "where are 7.5 gloves?",
    "do we have any 16 fr foleys in ICU",
    "what expires this month in cath lab",
    "how many chest tubes did ED use since august",
    "what's low in PACU",
)
DEEDS = (
    "used 2 foleys and a leg bag in ICU",
    "move a dozen chest tubes from central to ED",
    "counted cart 4: 5 foleys, 12 leg bags",
    "send us 2 boxes of saline flushes",
)
ORDERS = 5
ORDERS_LONGEST = 900
"""Characters: the lines above them need most of what a view may hold."""


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """A requisition of the person or their unit that is not over. ``items`` in its own order."""

    number: str
    state: RequisitionState
    items: tuple[ItemRef, ...]
    source: PlaceRef
    asker: str


@dataclass(frozen=True, slots=True)
class Glance:
    """What a home tab shows. ``unit`` is "" for somebody without a unit; then ``low`` and ``expiring`` are None.

    ``low_token`` and ``expiring_token`` are the requests that the buttons give again, whole and paged.
    """

    name: str
    unit: str
    low: BelowParAnswer | None = None
    expiring: ExpiringAnswer | None = None
    low_token: str = ""
    expiring_token: str = ""
    contact: str = ""
    notice: str = ""
    orders: tuple[OpenOrder, ...] = ()


def home_view(glance: Glance, *, today: date) -> Mapping[str, Json]:
    """The home view as ``views.publish`` takes it."""
    blocks: list[Block] = [header(f"Parley — {clean(glance.unit) or 'the supply rooms'}")]
    blocks.append(context(mrkdwn((f"{clean(glance.name)} · {day(today, today=today)}",))))
    if glance.notice:
        blocks.append(section(f"{WARNING} {cut(escape(clean(glance.notice)), 1500)}"))
    if glance.low is not None:
        blocks.extend(_low(glance.low))
    if glance.expiring is not None:
        blocks.extend(_expiring(glance.expiring, today=today))
    if glance.orders:
        blocks.append(_orders(glance.orders))
    buttons = [
        Button(label, ASK_ACTION, page_value(token, 0))
        for label, token in (("What is low", glance.low_token), ("What expires soon", glance.expiring_token))
        if token
    ]
    if buttons:
        blocks.append(actions(buttons))
    blocks.append(divider())
    examples = "\n".join(f"•  _{escape(example)}_" for example in EXAMPLES)
    blocks.append(
        section(
            "*Ask in your own words*, in Messages here, or in a channel with my name before it:\n" + examples
        )
    )
    deeds = "\n".join(f"•  _{escape(deed)}_" for deed in DEEDS)
    blocks.append(
        section("*Or say what you did or need.* I read it back, and record it when you confirm:\n" + deeds)
    )
    contact = clean(glance.contact) or "your supply manager"
    blocks.append(
        context(
            mrkdwn(
                (
                    f"A wrong shelf, a missing item, not the unit you work in? Tell {contact}. I only report what is recorded.",
                )
            )
        )
    )
    return {"type": "home", "callback_id": "parley.home", "blocks": [dict(block) for block in blocks]}


def _orders(orders: tuple[OpenOrder, ...]) -> Block:
    lines = [f"*{counted(len(orders), 'requisition')} under way*"]
    lines.extend(f"•  {mrkdwn(_order_line(order))}" for order in orders[:ORDERS])
    lines.extend(_more(len(orders) - ORDERS))
    return section(cut("\n".join(lines), ORDERS_LONGEST))


def _order_line(order: OpenOrder) -> Phrase:
    names = [item_name(item)[:60] for item in order.items[:2]]
    left = len(order.items) - len(names)
    more = f" and {number(left)} more" if left > 0 else ""
    asker = f", asked by {clean(order.asker)[:60]}" if clean(order.asker) else ""
    return (
        Bold(f"{order.number[:20]} {order.state.value}"),
        f" — {', '.join(names)}{more}, from {place_path(order.source)[:120]}{asker}",
    )


def _low(answer: BelowParAnswer) -> list[Block]:
    if not answer.total:
        return [section("*Nothing is low.* Every line is above its reorder point.")]
    out = f", {number(answer.out_of_stock)} out of stock {WARNING}" if answer.out_of_stock else ""
    lines = [f"*{counted(answer.total, 'line')} low*{out}"]
    lines.extend(f"•  {mrkdwn(_low_line(line, asked=answer.asked))}" for line in answer.lines[:LINES])
    lines.extend(_more(answer.total - min(LINES, len(answer.lines))))
    return [section("\n".join(lines))]


def _low_line(line: LowLine, *, asked: tuple[PlaceRef, ...]) -> Phrase:
    if line.available <= 0:
        lasting = f"{WARNING} out"
    elif line.days_left is None:
        lasting = "no recent use"
    else:
        lasting = f"lasts {days_of(line.days_left)}"
    return (
        Bold(item_name(line.item)[:120]),
        f" — {number(line.available)} of {number(line.par)}, bring {quantity(line.bring, line.item.base_unit)}; {lasting}, "
        f"{place_path(line.place, asked=asked)[:120]}",
    )


def _expiring(answer: ExpiringAnswer, *, today: date) -> list[Block]:
    lines = []
    if answer.already_expired_lots:
        lines.append(
            f"{WARNING} {counted(answer.already_expired_lots, 'lot')} past the date still on the shelf: take off."
        )
    when = escape(clean(answer.window.label)) or f"by {day(answer.window.end, today=today)}"
    if not answer.total_lots:
        lines.insert(0, f"*Nothing expires* {when}.")
        return [section("\n".join(lines))]
    verb = "expires" if answer.total_lots == 1 else "expire"
    lines.insert(0, f"*{counted(answer.total_lots, 'lot')} {verb}* {when}")
    lines.extend(
        f"•  {mrkdwn(_lot_line(lot, today=today, asked=answer.asked))}" for lot in answer.lots[:LINES]
    )
    lines.extend(_more(answer.total_lots - min(LINES, len(answer.lots))))
    return [section("\n".join(lines))]


def _lot_line(lot: ExpiringLot, *, today: date, asked: tuple[PlaceRef, ...]) -> Phrase:
    return (
        Bold(f"{day(lot.expires_on, today=today)}"),
        f" ({until(lot.expires_on, today=today)}) — {quantity(lot.quantity, lot.item.base_unit)} of "
        f"{item_name(lot.item)[:120]}, {place_path(lot.place, asked=asked)[:120]}",
    )


def _more(count: int) -> list[str]:
    return [f"… and {number(count)} more"] if count > 0 else []
