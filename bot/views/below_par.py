"""Q8: what is low, how much to bring, how long it lasts."""

from __future__ import annotations

from datetime import date

from bot.views.card import Card, Part, compose, cut_page, page_buttons, sheet, shown_of
from bot.views.naming import item_name, place_path, scope, within
from bot.views.rendered import Attachment, Page, Rendered
from bot.views.words import WARNING, Bold, Phrase, counted, day, days_of, number, quantity
from domain.usecases.ask.answers import BelowParAnswer, LowLine

LINES_A_PAGE = 10


def below_par(answer: BelowParAnswer, *, page: Page, today: date) -> Rendered:
    """The lines, the soonest to run out first."""
    part = cut_page(answer.lines, page, size=LINES_A_PAGE)
    attachments = (_sheet(answer),) if part.several and part.number == 0 else ()
    return compose(
        Card(
            headline=_headline(answer),
            parts=tuple(Part(_lines(line, answer)) for line in part.rows),
            context=(
                (scope(answer.asked, otherwise="Everywhere"),),
                _cut_off(answer, shown_of(part, "lines")),
                ("at or below the reorder point, soonest to run out first",) if answer.lines else (),
                (f"as of {day(today, today=today)}",),
            ),
            buttons=page_buttons(part, page, size=LINES_A_PAGE),
            attachments=attachments,
        )
    )


def _headline(answer: BelowParAnswer) -> Phrase:
    here = within(answer.asked)
    if not answer.total:
        return (Bold("Nothing is low"), f"{here}: every line is above its reorder point.")
    verb = "is" if answer.total == 1 else "are"
    out = "" if not answer.out_of_stock else f", {number(answer.out_of_stock)} of them out of stock {WARNING}"
    return (Bold(f"{counted(answer.total, 'line')} {verb} low"), f"{here}{out}.")


def _cut_off(answer: BelowParAnswer, shown: Phrase) -> Phrase:
    if answer.total > len(answer.lines):
        return (f"the first {number(len(answer.lines))} of {number(answer.total)} lines are listed",)
    return shown


def _lasts(line: LowLine) -> str:
    if line.available <= 0:
        return f"{WARNING} out of stock"
    if line.days_left is None:
        return "no recent use"
    return f"lasts {days_of(line.days_left)}"


def _lines(line: LowLine, answer: BelowParAnswer) -> tuple[Phrase, ...]:
    """Two lines each: what and how many to bring, then where and how it stands. A table would not fit a phone."""
    coming = f", {number(line.in_transit)} on the way" if line.in_transit else ""
    if line.bring > 0:
        bring: Phrase = ("bring ", Bold(quantity(line.bring, line.item.base_unit)))
    else:
        bring = ("what is on the way will do",)
    return (
        (Bold(item_name(line.item)), " — ", *bring),
        (
            f"{place_path(line.place, asked=answer.asked)} · {number(line.available)} of par {number(line.par)}{coming} · "
            f"{_lasts(line)}",
        ),
    )


def _sheet(answer: BelowParAnswer) -> Attachment:
    rows = [
        (
            line.item.number,
            item_name(line.item),
            line.place.facility,
            line.place.path,
            line.available,
            line.in_transit,
            line.minimum,
            line.reorder_point,
            line.par,
            line.bring,
            line.item.base_unit,
            "" if line.days_left is None else round(line.days_left, 1),
        )
        for line in answer.lines
    ]
    return sheet(
        "below-par.csv",
        title=f"{number(len(rows))} low lines",
        header=(
            "item_number", "item", "facility", "place", "available", "in_transit", "minimum", "reorder_point", "par",
            "bring", "unit", "days_left",
        ),
        rows=rows,
        alt_text=f"Table of {counted(len(rows), 'line')} at or below reorder point, with the quantity to bring.",
    )  # fmt: skip
