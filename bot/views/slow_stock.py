"""Q10: what does not move, the cash in it, and what to do about each."""

from __future__ import annotations

from datetime import date

from bot.views.card import Card, Part, compose, cut_page, page_buttons, sheet, shown_of
from bot.views.naming import item_name, place_path, scope, within
from bot.views.rendered import Attachment, Page, Rendered
from bot.views.words import Bold, Phrase, counted, day, days_of, decimal, money, number, quantity, rate
from domain.planning.stock_health import Pace
from domain.usecases.ask.answers import SlowAdvice, SlowLine, SlowStockAnswer

LINES_A_PAGE = 8


def slow_stock(answer: SlowStockAnswer, *, page: Page, today: date) -> Rendered:
    """The lines that tie up most cash first, each with what to do; all of them as a file."""
    part = cut_page(answer.lines, page, size=LINES_A_PAGE)
    attachments = (_sheet(answer),) if part.several and part.number == 0 else ()
    first = (f"of the {number(answer.weighed)} costliest lines",) if answer.weighed is not None else ()
    return compose(
        Card(
            headline=_headline(answer, today=today),
            parts=tuple(Part(_lines(line, answer, today=today)) for line in part.rows),
            context=(
                (scope(answer.asked, otherwise="Everywhere"),),
                (f"{day(answer.window.start, today=today)} – {day(today, today=today)}",),
                first,
                _cut_off(answer, shown_of(part, "lines")),
                ("above 90 days of need, most cash first",) if answer.lines else (),
            ),
            buttons=page_buttons(part, page, size=LINES_A_PAGE),
            attachments=attachments,
        )
    )


def _headline(answer: SlowStockAnswer, *, today: date) -> Phrase:
    here = within(answer.asked)
    when = answer.window.label or f"since {day(answer.window.start, today=today)}"
    if not answer.total:
        return (Bold("Nothing stands still"), f"{here} {when}: every line moves, and none is far above need.")
    dead = (
        f" {counted(answer.dead, 'line')} did not move at all ({money(answer.dead_value, answer.currency)})."
        if answer.dead
        else ""
    )
    verb = "moves" if answer.total == 1 else "move"
    return (
        Bold(f"{counted(answer.total, 'line')} hardly {verb}"),
        f"{here} {when}: ",
        Bold(f"{money(answer.tied_up, answer.currency)}"),
        f" is tied up above need.{dead}",
    )


def _cut_off(answer: SlowStockAnswer, shown: Phrase) -> Phrase:
    if answer.total > len(answer.lines):
        return (f"the first {number(len(answer.lines))} of {number(answer.total)} lines are listed",)
    return shown


def _lines(line: SlowLine, answer: SlowStockAnswer, *, today: date) -> tuple[Phrase, ...]:
    unit = line.item.base_unit
    par = "" if line.par is None else f" · par {number(line.par)}"
    what = advice(line)
    return (
        (
            Bold(item_name(line.item)),
            f" — {quantity(line.on_hand, unit)}, ",
            Bold(money(line.tied_up, answer.currency)),
            f" above need, {_pace(line, today=today)}",
        ),
        (f"{place_path(line.place, asked=answer.asked)}{par}{' · ' + what if what else ''}",),
    )


def _pace(line: SlowLine, *, today: date) -> str:
    if line.pace is Pace.DEAD:
        return (
            "never used here" if line.last_used is None else f"last used {day(line.last_used, today=today)}"
        )
    lasts = "" if line.days_on_hand is None else f"lasts {days_of(line.days_on_hand)}, "
    turns = decimal(line.turns)
    return f"{lasts}{turns} {'turn' if turns == '1' else 'turns'} a year"


def advice(line: SlowLine) -> str:
    """What to do, as one says it; nothing where it may stay."""
    unit = line.item.base_unit
    match line.advice:
        case SlowAdvice.MOVE if line.to is not None:
            return f"move {number(line.quantity)} to {place_path(line.to)}, which uses {rate(line.to_daily, unit)}"
        case SlowAdvice.SEND_BACK:
            return f"used nowhere: return {number(line.quantity)} to {line.supplier}"
        case SlowAdvice.LOWER_PAR:
            return f"lower par to {number(line.quantity)}"
        case _:
            return ""


def _sheet(answer: SlowStockAnswer) -> Attachment:
    rows = [
        (
            line.item.number,
            item_name(line.item),
            line.place.facility,
            line.place.path,
            line.pace.value,
            line.on_hand,
            line.item.base_unit,
            line.used,
            "" if line.last_used is None else line.last_used.isoformat(),
            "" if line.days_on_hand is None else round(line.days_on_hand),
            round(line.turns, 2),
            "" if line.par is None else line.par,
            line.need,
            line.excess,
            line.value,
            line.tied_up,
            line.advice.value,
            line.quantity or "",
            line.supplier if line.to is None else line.to.path,
        )
        for line in answer.lines
    ]
    return sheet(
        "slow-stock.csv",
        title=f"{number(len(rows))} slow lines",
        header=(
            "item_number", "item", "facility", "place", "pace", "on_hand", "unit", "used_in_window", "last_used",
            "days_on_hand", "turns_a_year", "par", "need_90_days", "above_need", f"value_{answer.currency}",
            f"tied_up_{answer.currency}", "advice", "quantity", "to",
        ),
        rows=rows,
        alt_text=f"Table of {counted(len(rows), 'line')} that hardly moved, with cash tied up and what to do.",
    )  # fmt: skip
