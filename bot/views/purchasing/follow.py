"""Q9: what is on order, when it was promised, when it will likely come."""

from __future__ import annotations

from datetime import date

from bot.views.card import Card, Part, compose, cut_page, page_buttons, sheet, shown_of
from bot.views.naming import item_name, scope
from bot.views.rendered import Attachment, Page, Rendered
from bot.views.words import WARNING, Bold, Phrase, clean, counted, day, number, quantity, unit, until
from domain.usecases.ask.answers import AskedFor, FollowOrdersAnswer, OnOrder

LINES_A_PAGE = 10
SHOWN_REQUISITIONS = 6


def follow_orders(answer: FollowOrdersAnswer, *, page: Page, today: date) -> Rendered:
    """Late ones first, then the soonest; requisitions below."""
    part = cut_page(answer.lines, page, size=LINES_A_PAGE)
    several = len({line.item.id for line in answer.lines}) > 1 or not answer.items
    parts = [Part(_line(line, today=today, named=several, whose=not answer.number)) for line in part.rows]
    if page.number == 0 and answer.asked_for:
        shown = tuple(_requisition(one) for one in answer.asked_for[:SHOWN_REQUISITIONS])
        left = len(answer.asked_for) - len(shown)
        more: tuple[Phrase, ...] = ((f"and {number(left)} more",),) if left > 0 else ()
        parts.append(Part((*shown, *more), title=(Bold("Asked for inside the house"),), listed=True))
    learned = any(line.likely_on is not None for line in answer.lines)
    return compose(
        Card(
            headline=_headline(answer),
            parts=tuple(parts),
            context=(
                (scope(answer.asked),) if answer.asked else (),
                shown_of(part, "lines"),
                ("likely days are how long the supplier usually takes",) if learned else (),
                (f"as of {day(today, today=today)}",),
            ),
            buttons=page_buttons(part, page, size=LINES_A_PAGE),
            attachments=(_sheet(answer),) if part.several and part.number == 0 else (),
        )
    )


def _about(answer: FollowOrdersAnswer) -> str:
    what = ""
    if len(answer.items) == 1:
        what = f" of {item_name(answer.items[0])}"
    elif answer.items:
        what = f" of {counted(len(answer.items), 'item')}"
    return what + (
        f" from {' or '.join(clean(name) for name in answer.suppliers)}" if answer.suppliers else ""
    )


def _headline(answer: FollowOrdersAnswer) -> Phrase:
    about = _about(answer)
    if answer.number:
        first = answer.lines[0] if answer.lines else None
        if first is None:
            return (Bold(answer.number), " has no lines.")
        coming = sum(1 for line in answer.lines if line.left)
        rest = f"{counted(coming, 'line')} to come" if coming else "nothing to come"
        return (Bold(f"{answer.number} to {clean(first.supplier)}, {first.state}"), f": {rest}.")
    if answer.late_only:
        if not answer.total:
            return (Bold("Nothing is late"), f"{about}.")
        return (Bold(f"{counted(answer.total, 'line')} late or likely to be"), f"{about} {WARNING}")
    whose = " of yours" if answer.own else ""
    if not answer.total:
        if answer.asked_for:
            return (
                Bold("Nothing is on order with a supplier"),
                f"{about}; it is asked for inside the house.",
            )
        return (Bold("Nothing is on order"), f"{about}.")
    late = f", {number(answer.late)} of them late {WARNING}" if answer.late else ""
    if len(answer.items) > 1:
        found = len({line.item.id for line in answer.lines})
        verb = "is" if found == 1 else "are"
        return (Bold(f"{number(found)} of {number(len(answer.items))} items {verb} on order"), f"{late}.")
    return (Bold(f"{counted(answer.total, 'line')}{whose} on order"), f"{about}{late}.")


def _line(line: OnOrder, *, today: date, named: bool, whose: bool) -> tuple[Phrase, ...]:
    """Two lines each: what comes and when, then from whom and where it goes, where the headline has not said so."""
    lead: list[str] = [Bold(item_name(line.item)), " — "] if named else []
    if line.left:
        lead += [Bold(_left(line)), " to come" if line.received else ""]
    else:
        lead.append("all of it came")
    when = _when(line, today=today)
    second = f"{line.number} from {clean(line.supplier)}"
    if line.sent_on is not None:
        second += f", sent {day(line.sent_on, today=today)}"
    elif line.state == "draft":
        second += ", waits for approval"
    elif line.state == "approved":
        second += ", approved, not sent yet"
    if not whose:
        return ((*lead, *((" · ", *when) if when and line.left else ())),)
    if line.received and line.left:
        second += f", {quantity(line.received, line.item.base_unit)} came"
    return (
        (*lead, *((" · ", *when) if when and line.left else ())),
        (f"{second} · for {line.place.unit}",),
    )


def _when(line: OnOrder, *, today: date) -> Phrase:
    if line.promised_on is None:
        return ()
    said = day(line.promised_on, today=today)
    likely = ", no new day is known" if line.late and line.likely_on is None else ""
    if line.likely_on is not None and line.likely_on != line.promised_on:
        likely = f", likely {day(line.likely_on, today=today)}"
    if line.late:
        return (
            f"{WARNING} ",
            Bold("late"),
            f": promised {said}, {until(line.promised_on, today=today)}{likely}",
        )
    if line.will_be_late:
        return (f"promised {said}", Bold(likely))
    return (f"promised {said}, {until(line.promised_on, today=today)}{likely}",)


def _left(line: OnOrder) -> str:
    base = quantity(line.left, line.item.base_unit)
    if line.pack_size == 1 or line.left % line.pack_size:
        return base
    count = line.left // line.pack_size
    return f"{number(count)} {unit(line.pack_unit, count=count)} of {number(line.pack_size)}"


def _requisition(one: AskedFor) -> Phrase:
    by = f", needed {clean(one.needed_by)}" if clean(one.needed_by) else ""
    state = {
        "asked": "not picked yet",
        "picked": "picked, on its way",
        "delivered": "brought to the door",
    }.get(one.state, one.state)
    return (
        Bold(item_name(one.item)),
        f" — {quantity(one.quantity, one.item.base_unit)} for {one.destination.name} from {one.source.name}: {state}{by} ({one.number})",
    )


def _sheet(answer: FollowOrdersAnswer) -> Attachment:
    rows = [
        (
            line.number, line.supplier, line.state, line.item.number, item_name(line.item), line.left, line.item.base_unit,
            line.sent_on or "", line.promised_on or "", line.likely_on or "", "late" if line.late else "", line.place.path,
        )
        for line in answer.lines
    ]  # fmt: skip
    return sheet(
        "on-order.csv",
        title=f"{number(len(rows))} lines on order",
        header=(
            "order", "supplier", "state", "item_number", "item", "to_come", "unit", "sent_on", "promised_on", "likely_on", "late",
            "for_place",
        ),
        rows=rows,
        alt_text=f"Table of {counted(len(rows), 'line')} on order with promised and likely days.",
    )  # fmt: skip
