"""Q6: how much was used, the trend against the period before, a plot."""

from __future__ import annotations

from datetime import date

from bot.views import plot
from bot.views.card import Card, Part, Table, compose, cut_page, page_buttons, sheet, shown_of
from bot.views.naming import item_name, scope, within
from bot.views.rendered import Attachment, Page, Rendered
from bot.views.words import (
    Bold,
    Phrase,
    clean,
    counted,
    day,
    money,
    number,
    percent,
    quantity,
    rate,
    span,
)
from domain.usecases.ask.answers import UsageAnswer, UsageRow
from domain.usecases.ask.requests import UsageGroup

ROWS_A_PAGE = 10
PLOT_FROM = 3
"""Buckets from which a plot says more than a sentence."""

_GROUPS = {
    UsageGroup.UNIT: "Unit",
    UsageGroup.ITEM: "Item",
    UsageGroup.PROVIDER: "Provider",
    UsageGroup.PROCEDURE: "Procedure",
    UsageGroup.DAY: "Day",
    UsageGroup.WEEK: "Week from",
    UsageGroup.MONTH: "Month",
}


def usage(answer: UsageAnswer, *, page: Page, today: date) -> Rendered:
    """The figure and its trend first, then the split that was asked for, then the plot as a picture."""
    part = cut_page(answer.rows, page, size=ROWS_A_PAGE)
    unit = _unit(answer)
    if page.file:
        made = _sheet(answer)
        told: Phrase = (Bold(f"Use of {_what(answer)}"), f" — {span(answer.window, today=today)}.")
        return compose(Card(headline=told, attachments=(made,)))
    attachments: list[Attachment] = []
    if part.number == 0:
        if len(answer.series) >= PLOT_FROM and any(point.quantity for point in answer.series):
            attachments.append(plot.usage_plot(answer, title=_what(answer), unit=unit, today=today))
        if part.several:
            attachments.append(_sheet(answer))
    label = _GROUPS.get(answer.group_by, "")
    costed = any(row.cost is not None for row in answer.rows)
    split = Table(
        header=(label or "What", "Used", "Cost" if costed else "Share"),
        rows=tuple((row.label, _amount(row, unit), _weight(row, answer)) for row in part.rows),
        right=frozenset({1, 2}),
    )
    return compose(
        Card(
            headline=_headline(answer, unit, today=today),
            parts=(Part(_facts(answer, unit)),),
            table=split if part.rows else None,
            read_aloud=tuple(
                (Bold(row.label), f": {_amount(row, unit)}, {_weight(row, answer)}") for row in part.rows
            ),
            context=(
                (scope(answer.asked, otherwise="Everywhere"),),
                (span(answer.window, today=today),),
                _cut_off(answer, shown_of(part, "rows")),
                (f"as of {day(today, today=today)}",),
            ),
            buttons=page_buttons(part, page, size=ROWS_A_PAGE),
            attachments=tuple(attachments),
        )
    )


def _amount(row: UsageRow, unit: str) -> str:
    return quantity(row.quantity, row.unit or unit)


def _weight(row: UsageRow, answer: UsageAnswer) -> str:
    """What an item's use cost; of other splits the share, because their rows count the same things."""
    return percent(row.share) if row.cost is None else money(row.cost, answer.currency)


def _cut_off(answer: UsageAnswer, shown: Phrase) -> Phrase:
    if answer.row_count > len(answer.rows):
        return (f"the first {number(len(answer.rows))} of {number(answer.row_count)} items are listed",)
    return shown


def _unit(answer: UsageAnswer) -> str:
    """The unit all items share; "piece" where they do not."""
    units = {item.base_unit for item in answer.items}
    return units.pop() if len(units) == 1 else "piece"


def _what(answer: UsageAnswer) -> str:
    """The item; of several the words that all their names share ("Chest tube, 17 items")."""
    if len(answer.items) == 1:
        return item_name(answer.items[0])
    if not answer.items:
        return "All items"
    names = [clean(item.name).replace(",", " ").split() for item in answer.items]
    known = [{word.casefold() for word in name} for name in names[1:]]
    shared = [word for word in names[0] if all(word.casefold() in words for words in known)]
    if shared and any(len(word) > 3 for word in shared):
        return f"{' '.join(shared)}, {counted(len(answer.items), 'item')}"
    return f"{item_name(answer.items[0])} and {counted(len(answer.items) - 1, 'other item')}"


def _headline(answer: UsageAnswer, unit: str, *, today: date) -> Phrase:
    when = answer.window.label or span(answer.window, today=today)
    what = Bold(_what(answer))
    here = within(answer.asked)
    if answer.total == 0:
        return (what, f" — none used{here} {when}.")
    return (what, " — ", Bold(f"{quantity(answer.total, unit)} used"), f"{here} {when}{_trend(answer)}.")


def _trend(answer: UsageAnswer) -> str:
    if answer.change is None:
        return f"; none in the {counted(answer.window.days, 'day')} before"
    before = f"the {counted(answer.window.days, 'day')} before ({number(answer.previous)})"
    if abs(answer.change) < 0.005:
        return f"; as many as in {before}"
    return f"; {'up' if answer.change > 0 else 'down'} {percent(answer.change)} on {before}"


def _facts(answer: UsageAnswer, unit: str) -> tuple[Phrase, ...]:
    facts: list[Phrase] = []
    if answer.total > 0:
        facts.append((f"That is {rate(answer.per_day, unit)}.",))
    if answer.total == 0 and answer.previous:
        facts.append(
            (f"{quantity(answer.previous, unit)} in the {counted(answer.window.days, 'day')} before.",)
        )
    if answer.wasted:
        facts.append((f"{quantity(answer.wasted, unit)} more were wasted.",))
    return tuple(facts)


def _sheet(answer: UsageAnswer) -> Attachment:
    """The split that was asked for; of a figure without one its course over time."""
    unit, total = _unit(answer), answer.total or 1
    rows = answer.rows or tuple(
        UsageRow(point.start.isoformat(), point.quantity, point.quantity / total, unit)
        for point in answer.series
    )
    return sheet(
        "usage.csv",
        title="Usage",
        header=(
            _GROUPS.get(answer.group_by, "from day").lower(),
            "quantity",
            "unit",
            "share",
            f"cost_{answer.currency}",
        ),
        rows=[
            (row.label, row.quantity, row.unit, round(row.share, 4), "" if row.cost is None else row.cost)
            for row in rows
        ],
        alt_text=f"Table of {counted(len(rows), 'row')} of usage with quantity and share.",
    )
