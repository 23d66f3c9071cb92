"""Q3: lots by date with quantity and value at risk, what will be used in time, who could use the rest."""

from __future__ import annotations

from datetime import date

from bot.views.acting.parts import ACT_ACTION, MOVE_PRESS, press_value
from bot.views.card import Button, Card, Part, compose, cut_page, page_buttons, sheet, shown_of
from bot.views.naming import item_name, lot_name, place_path, scope, within
from bot.views.rendered import Attachment, Page, Rendered
from bot.views.words import (
    WARNING,
    Bold,
    Phrase,
    clean,
    counted,
    cut,
    day,
    money,
    number,
    quantity,
    rate,
    span,
    until,
)
from domain.usecases.ask.answers import ExpiringAnswer, ExpiringLot

LOTS_A_PAGE = 8
MOVES = 3
YEARS_BACK = 731
"""Days: a window into the past that is longer means "at any time"."""


def expiring(answer: ExpiringAnswer, *, page: Page, today: date) -> Rendered:
    """The lots, soonest first, with the moves that would save what lapses."""
    part = cut_page(answer.lots, page, size=LOTS_A_PAGE)
    lines, buttons = _moves(part.rows if part.number else answer.lots, part.rows, currency=answer.currency)
    attachments = (_sheet(answer),) if part.several and part.number == 0 else ()
    return compose(
        Card(
            headline=_headline(answer, today=today),
            parts=(
                Part(_already(answer)),
                *(Part(_lines(lot, answer, today=today)) for lot in part.rows),
            ),
            after=(Part(lines, title=("Could be used in time",), listed=True),) if lines else (),
            context=(
                (scope(answer.asked, otherwise="Everywhere"),),
                (_days(answer, today=today),),
                _cut_off(answer, shown_of(part, "lots")),
                (f"as of {day(today, today=today)}",),
            ),
            buttons=(*buttons, *page_buttons(part, page, size=LOTS_A_PAGE)),
            attachments=attachments,
        )
    )


def _headline(answer: ExpiringAnswer, *, today: date) -> Phrase:
    when = answer.window.label or span(answer.window, today=today)
    here = within(answer.asked)
    if answer.window.end < today:
        return _past(answer, f"{here} {when}")
    if not answer.total_lots:
        return (Bold("Nothing expires"), f"{here} {when}.")
    verb = "expires" if answer.total_lots == 1 else "expire"
    at_risk = money(answer.total_value, answer.currency)
    lapsing = answer.total_value_lapsing
    tail = (
        f"{money(lapsing, answer.currency)} of it will not be used in time."
        if lapsing > 0
        else "all of it should be used in time."
    )
    first = "" if answer.valued_lots is None else f"the first {number(answer.valued_lots)} of them "
    return (
        Bold(f"{counted(answer.total_lots, 'lot')} {verb}"),
        f"{here} {when} — {first}{at_risk} on the shelf, {tail}",
    )


def _past(answer: ExpiringAnswer, here_then: str) -> Phrase:
    if not answer.total_lots:
        return (Bold("Nothing on the shelf has expired"), f"{here_then}.")
    verb = "has expired" if answer.total_lots == 1 else "have expired"
    value = money(answer.total_value, answer.currency)
    first = "" if answer.valued_lots is None else f"the first {number(answer.valued_lots)} of them "
    return (
        Bold(f"{counted(answer.total_lots, 'lot')} {verb}"),
        f"{here_then} — {first}{value} still on the shelf: take off.",
    )


def _days(answer: ExpiringAnswer, *, today: date) -> str:
    """The days asked about; a window of years behind us has no beginning that anybody meant."""
    if answer.window.end < today and answer.window.days > YEARS_BACK:
        return f"up to {day(answer.window.end, today=today)}"
    return span(answer.window, today=today)


def _already(answer: ExpiringAnswer) -> tuple[Phrase, ...]:
    """Lots past their date, unless the list itself is all of them."""
    listed = sum(lot.days_left < 0 for lot in answer.lots)
    if answer.already_expired_lots <= listed:
        return ()
    value = money(answer.already_expired_value, answer.currency)
    lots = counted(answer.already_expired_lots, "lot")
    return ((f"{WARNING} {lots} past the date still on the shelf ({value}): take off.",),)


def _cut_off(answer: ExpiringAnswer, shown: Phrase) -> Phrase:
    if answer.total_lots > len(answer.lots):
        return (f"the first {number(len(answer.lots))} of {number(answer.total_lots)} lots are listed",)
    return shown


def _lines(lot: ExpiringLot, answer: ExpiringAnswer, *, today: date) -> tuple[Phrase, ...]:
    """Two lines a lot: when and what, then where. A table would not fit a phone."""
    due = f"{WARNING} expired" if lot.days_left < 0 else until(lot.expires_on, today=today)
    return (
        (
            Bold(day(lot.expires_on, today=today)),
            f" ({due}) — ",
            Bold(item_name(lot.item)),
            f", {quantity(lot.quantity, lot.item.base_unit)}, {_fate(lot)}",
        ),
        (
            f"{place_path(lot.place, asked=answer.asked)} · {lot_name(lot.lot)} · {money(lot.value, answer.currency)}",
        ),
    )


def _fate(lot: ExpiringLot) -> str:
    if lot.days_left < 0:
        return "take off"
    if lot.will_lapse <= 0:
        return "used up in time"
    if lot.will_use <= 0:
        return "all will lapse"
    return f"{number(lot.will_lapse)} will lapse"


def _moves(
    lots: tuple[ExpiringLot, ...], shown: tuple[ExpiringLot, ...], *, currency: str
) -> tuple[tuple[Phrase, ...], tuple[Button, ...]]:
    """The moves of ``lots`` that save most, each with its button; where none pays, where what is ``shown`` could be used."""
    worth = sorted(((lot, move) for lot in lots for move in lot.moves), key=lambda pair: -pair[1].saves)[
        :MOVES
    ]
    if not worth:
        return tuple(move for lot in shown for move in _move(lot))[:MOVES], ()
    lines: list[Phrase] = []
    buttons: list[Button] = []
    for lot, move in worth:
        unit, to = lot.item.base_unit, place_path(move.to)
        lines.append(
            (
                Bold(quantity(move.quantity, unit)),
                f" of {item_name(lot.item)} ({lot_name(lot.lot)}) at {to}, which uses {rate(move.daily_use, unit)}: saves ",
                Bold(money(move.saves, currency)),
            )
        )
        choice = f"{int(lot.place.id)}:{int(move.to.id)}:{move.quantity}"
        short = move.to.unit if move.to.unit != lot.place.unit else move.to.name
        label = f"Move {number(move.quantity)} {clean(lot.item.name)}"
        buttons.append(
            Button(
                f"{cut(label, 44)} to {clean(short)}",
                f"{ACT_ACTION}.{MOVE_PRESS}",
                press_value(f"lot:{int(lot.lot.id)}", 1, choice),
            )
        )
    return tuple(lines), tuple(buttons)


def _move(lot: ExpiringLot) -> tuple[Phrase, ...]:
    """The best haven of a lot that would lapse."""
    if lot.will_lapse <= 0 or not lot.havens:
        return ()
    haven = lot.havens[0]
    moved = min(haven.could_use, lot.will_lapse)
    if moved <= 0:
        return ()
    unit = lot.item.base_unit
    return (
        (
            Bold(f"{quantity(moved, unit)}"),
            f" of {item_name(lot.item)} ({lot_name(lot.lot)}) at {place_path(haven.place)}, "
            f"which uses {rate(haven.daily_use, unit)}.",
        ),
    )


def _sheet(answer: ExpiringAnswer) -> Attachment:
    rows = [
        (
            lot.expires_on.isoformat(),
            lot.days_left,
            lot.item.number,
            item_name(lot.item),
            lot.lot.number,
            lot.lot.serial,
            lot.place.facility,
            lot.place.path,
            lot.quantity,
            lot.item.base_unit,
            lot.value,
            lot.will_use,
            lot.will_lapse,
            lot.value_lapsing,
            "; ".join(f"{haven.place.path} ({haven.could_use})" for haven in lot.havens),
        )
        for lot in answer.lots
    ]
    return sheet(
        "expiring.csv",
        title=f"{number(len(rows))} expiring lots",
        header=(
            "expires_on", "days_left", "item_number", "item", "lot", "serial", "facility", "place", "quantity",
            "unit", f"value_{answer.currency}", "will_use", "will_lapse", f"value_lapsing_{answer.currency}",
            "could_be_used_at",
        ),
        rows=rows,
        alt_text=f"Table of {counted(len(rows), 'expiring lot')} with place, quantity and value, soonest first.",
    )  # fmt: skip
