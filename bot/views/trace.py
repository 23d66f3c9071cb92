"""Q5: every place that holds a lot and every use of it."""

from __future__ import annotations

from datetime import date

from bot.views.card import Card, Part, compose, cut_page, page_buttons, sheet, shown_of
from bot.views.naming import expiry, item_name, lot_name, place_path
from bot.views.rendered import Attachment, Page, Rendered
from bot.views.words import DOT, WARNING, Bold, Phrase, clean, counted, day, number, quantity
from domain.usecases.ask.answers import LotTrace, LotUse, TraceAnswer

USES_A_PAGE = 10
HOLDINGS = 8

_DONE = {
    "receive": "received",
    "consume": "used",
    "return": "returned",
    "transfer": "moved",
    "waste": "wasted",
    "count": "counted",
    "adjust": "corrected",
    "send-back": "sent back",
    "status": "status changed",
    "reserve": "reserved",
    "release": "released",
}


def trace(answer: TraceAnswer, *, page: Page, today: date) -> Rendered:
    """The lot's places and its history; of several lots under one number, each in its own part."""
    if not answer.lots:
        return compose(
            Card(headline=(Bold(f"Lot {answer.number}"), " — nothing on record under this number."))
        )
    uses = [(lot, use) for lot in answer.lots for use in lot.uses]
    part = cut_page(uses, page, size=USES_A_PAGE)
    several = len(answer.lots) > 1
    parts = [
        shown
        for lot in answer.lots[:4]
        for shown in (
            Part((_status(lot),), title=_title(lot, today=today) if several else ()),
            Part(_holdings(lot), title=("On the shelves",) if lot.holdings else (), listed=True),
        )
    ]
    if part.number > 0:
        parts = []
    history = tuple(_use(lot, use, today=today, named=several) for lot, use in part.rows)
    if history:
        parts.append(Part(history, title=("History, newest first",), listed=True))
    return compose(
        Card(
            headline=_headline(answer, today=today),
            parts=tuple(parts),
            context=(
                shown_of(part, "entries"),
                ("Patients are shown only in direct messages, to roles that may see them",)
                if answer.patients_hidden
                else (),
                (f"as of {day(today, today=today)}",),
            ),
            buttons=page_buttons(part, page, size=USES_A_PAGE),
            attachments=(_sheet(answer),) if part.several and part.number == 0 else (),
        )
    )


def _headline(answer: TraceAnswer, *, today: date) -> Phrase:
    if len(answer.lots) > 1:
        return (Bold(f"{len(answer.lots)} items"), " carry the lot number ", Bold(clean(answer.number)), ".")
    lot = answer.lots[0]
    return (*_title(lot, today=today), " — ", *_balance(lot), ".")


def _title(lot: LotTrace, *, today: date) -> Phrase:
    shown = "" if lot.lot.expires_on is None else f" ({expiry(lot.lot.expires_on, today=today)})"
    name = lot_name(lot.lot)
    return (Bold(name[:1].upper() + name[1:]), f" of {item_name(lot.item)}{shown}")


def _balance(lot: LotTrace) -> Phrase:
    held = sum(spot.on_hand for spot in lot.holdings)
    unit = lot.item.base_unit
    where = f" at {counted(len(lot.holdings), 'place')}" if lot.holdings else ""
    left = f"{quantity(held, unit)} on hand{where}" if lot.holdings else "none left on any shelf"
    return (f"{left}, {number(lot.used)} used of {number(lot.received)} received",)


def _status(lot: LotTrace) -> Phrase:
    if lot.status == "available":
        return (f"From {lot.supplier}",) if lot.supplier else ()
    source = f"{DOT}from {lot.supplier}" if lot.supplier else ""
    return (f"{WARNING} ", Bold(lot.status.capitalize()), f": do not use.{source}")


def _holdings(lot: LotTrace) -> tuple[Phrase, ...]:
    unit = lot.item.base_unit
    lines: list[Phrase] = []
    for spot in lot.holdings[:HOLDINGS]:
        notes = []
        if spot.held:
            notes.append(f"{WARNING} {number(spot.held)} held")
        if spot.expired:
            notes.append(f"{WARNING} {number(spot.expired)} expired")
        if spot.on_hand < 0:
            notes.append(f"{WARNING} count due")
        after = f"{DOT}{DOT.join(notes)}" if notes else ""
        lines.append((Bold(place_path(spot.place)), f" — {quantity(spot.on_hand, unit)}{after}"))
    rest = len(lot.holdings) - HOLDINGS
    if rest > 0:
        lines.append((f"and at {counted(rest, 'more place')}",))
    return tuple(lines)


def _use(lot: LotTrace, use: LotUse, *, today: date, named: bool) -> Phrase:
    what = _DONE.get(use.kind, use.kind)
    details = [
        item_name(lot.item) if named else "",
        use.procedure,
        use.provider,
        f"case {use.case_number}" if use.case_number else "",
        f"patient {use.patient}" if use.patient else "",
        f"by {use.actor}" if use.actor else "",
        "undone later" if use.reversed else "",
    ]
    tail = DOT.join(detail for detail in details if detail)
    return (
        f"{day(use.on, today=today)} — ",
        Bold(f"{quantity(use.quantity, lot.item.base_unit)} {what}"),
        f", {place_path(use.place)}",
        f"{DOT}{tail}" if tail else "",
    )


def _sheet(answer: TraceAnswer) -> Attachment:
    """The history without patients: a file travels further than a message."""
    rows = [
        (
            use.on.isoformat(),
            _DONE.get(use.kind, use.kind),
            use.quantity,
            lot.item.base_unit,
            lot.item.number,
            item_name(lot.item),
            lot.lot.number,
            lot.lot.serial,
            use.place.path,
            use.case_number,
            use.provider,
            use.procedure,
            use.actor,
            "yes" if use.reversed else "",
        )
        for lot in answer.lots
        for use in lot.uses
    ]
    return sheet(
        "lot-history.csv",
        title=f"History of lot {clean(answer.number)}",
        header=(
            "on", "what", "quantity", "unit", "item_number", "item", "lot", "serial", "place", "case", "provider",
            "procedure", "by", "undone",
        ),
        rows=rows,
        alt_text=f"Table of the {number(len(rows))} entries in the lot's history, newest first.",
    )  # fmt: skip
