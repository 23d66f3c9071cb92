"""Q7: what was spent, what changed and why, as a sentence, a table, a chart, and as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from bot.views.card import Card, Part, Table, compose, cut_page, header, page_buttons, shown_of
from bot.views.card import sheet as csv_sheet
from bot.views.charts import Bar, Column, bars, columns, short_money
from bot.views.limits import BLOCKS
from bot.views.naming import item_name, scope, within
from bot.views.rendered import Attachment, Page, Rendered
from bot.views.words import Bold, Phrase, clean, counted, cut, day, money, month, number, percent, span, unit
from domain.model.sheet import Cell, Format, Sheet
from domain.model.sheet import Column as SheetColumn
from domain.model.spending import SpendGroup
from domain.usecases.ask.answers import SpendAnswer, SpendLine, SpendReason

type SheetWriter = Callable[[Sheet, str], bytes]
"""Makes a file of the kind ("csv", "xlsx") of a table."""

ROWS_A_PAGE = 10
ALL_ROWS = 12
"""So few are shown at once: a page of two is none."""
_CHARTED = 7
_NAMES = {
    SpendGroup.DEPARTMENT: "Department",
    SpendGroup.LINE: "Business line",
    SpendGroup.PROVIDER: "Provider",
    SpendGroup.PROCEDURE: "Procedure",
    SpendGroup.CASE: "Case",
    SpendGroup.PATIENT: "Patient",
    SpendGroup.SUPPLIER: "Supplier",
    SpendGroup.ITEM: "Item",
    SpendGroup.DAY: "Day",
    SpendGroup.WEEK: "Week from",
    SpendGroup.MONTH: "Month",
}
_CALENDAR = (SpendGroup.DAY, SpendGroup.WEEK, SpendGroup.MONTH)


def spend(answer: SpendAnswer, *, page: Page, today: date, write: SheetWriter | None = None) -> Rendered:
    """The whole and its change in a sentence, the three reasons why, the parts, the chart. With ``page.file`` the file alone."""
    if page.file:
        return _as_file(answer, page=page, today=today, write=write)
    size = len(answer.rows) if len(answer.rows) <= ALL_ROWS else ROWS_A_PAGE
    part = cut_page(answer.rows, page, size=max(1, size))
    plotted = (_chart(answer, today=today),) if part.number == 0 and answer.total > 0 else ()
    per_case = any(row.per_case is not None for row in part.rows)
    third = "A case" if per_case else "Change"
    return compose(
        Card(
            headline=_headline(answer, today=today),
            parts=(Part(_why(answer), title=_why_title(answer), listed=True), Part(_sums(answer))),
            table=Table(
                header=(_NAMES[answer.group_by], "Waste" if answer.waste_only else "Spend", third),
                rows=tuple(
                    (
                        _label(row, answer, today=today),
                        _money(_amount(row, answer), answer),
                        _third(row, answer, per_case),
                    )
                    for row in part.rows
                )
                + _rest(answer, last=part.last, rows=len(answer.rows)),
                right=frozenset({1, 2}),
            )
            if part.rows
            else None,
            read_aloud=tuple(
                (
                    Bold(_label(row, answer, today=today)),
                    f": {_money(_amount(row, answer), answer)}, {_change(row.change, answer)}",
                )
                for row in part.rows
            ),
            context=(
                (scope(answer.asked, otherwise="Everywhere"),),
                (", ".join(answer.only),),
                (span(answer.window, today=today),),
                (f"against {span(answer.before, today=today)}",),
                shown_of(part, "rows"),
                ("provider names are for managers, in private",) if answer.names_hidden else (),
                (f"as of {day(today, today=today)}",) if answer.window.end >= today else (),
            ),
            buttons=page_buttons(part, page, size=max(1, size)),
            attachments=plotted,
        )
    )


def headed(rendered: Rendered, title: str) -> Rendered:
    """The message under a headline of its own."""
    return Rendered(
        f"{title}: {rendered.text}",
        (header(title), *rendered.blocks[: BLOCKS["message"] - 1]),
        rendered.attachments,
    )


# ---------------------------------------------------------------------------------------------- words


def _headline(answer: SpendAnswer, *, today: date) -> Phrase:
    when = answer.window.label or span(answer.window, today=today)
    about = f"{_of(answer)}{within(answer.asked)} {when}"
    verb = "wasted" if answer.waste_only else "spent"
    if not answer.total and not answer.total_before:
        return (Bold(f"Nothing was {verb}"), f"{about}.")
    per_case = answer.per_case
    if per_case is not None and answer.group_by is SpendGroup.CASE:
        whole: Phrase = (
            Bold(f"{_money(per_case, answer)} a case"),
            f"{about}: {_money(answer.total, answer)} for {counted(answer.cases, 'case')}",
        )
        earlier = answer.cost_before / answer.cases_before if answer.cases_before else Decimal(0)
        return (*whole, _trend(per_case, earlier, answer), _wasted(answer), ".")
    return (
        Bold(f"{_money(answer.total, answer)} {verb}"), about,
        _trend(answer.total, answer.total_before, answer), _wasted(answer), ".",
    )  # fmt: skip


def _of(answer: SpendAnswer) -> str:
    """ " on sutures for Total hip arthroplasty": what the report is narrowed to."""
    found = ""
    if len(answer.items) == 1:
        found = f" on {item_name(answer.items[0])}"
    elif answer.items:
        found = f" on {counted(len(answer.items), 'item')}"
    if answer.only:
        found += f" for {', '.join(clean(one) for one in answer.only[:3])}"
    return found


def _trend(now: Decimal, before: Decimal, answer: SpendAnswer) -> str:
    than = answer.before.label or "the period before"
    if before <= 0:
        return (
            f" — nothing in {than} to compare with"
            if than[:1].isupper()
            else f" — nothing {_in(than)} to compare with"
        )
    ratio = float((now - before) / before)
    if abs(ratio) < 0.005:
        return f" — as much as {_in(than)}"
    way = "up" if ratio > 0 else "down"
    return f" — {way} {percent(ratio)} ({_signed(now - before, answer)}) on {than}"


def _in(period: str) -> str:
    return f"in {period}"


def _wasted(answer: SpendAnswer) -> str:
    if answer.waste_only or answer.wasted <= 0:
        return ""
    return f"; {_money(answer.wasted, answer)} of it wasted"


def _why_title(answer: SpendAnswer) -> Phrase:
    return (Bold("What changed"),) if answer.reasons else ()


def _why(answer: SpendAnswer) -> tuple[Phrase, ...]:
    return tuple(_reason(reason, answer) for reason in answer.reasons)


def _reason(reason: SpendReason, answer: SpendAnswer) -> Phrase:
    """One cause in words, with its figures: "11 more cases of Total knee arthroplasty (28 after 17)"."""
    case = reason.unit == "case"
    name = clean(reason.label)
    now, before = reason.units, reason.units_before
    units = unit(reason.unit, count=before)
    things = (f"case of {name}" if abs(now - before) == 1 else f"cases of {name}") if case else name
    match reason.cause:
        case "new":
            said = f"{number(now)} {'cases of ' if case and now != 1 else 'case of ' if case else ''}{name}, none before"
        case "gone":
            said = (
                f"No {name} any more ({number(before)} {units if case or units != 'each' else 'used'} before)"
            )
        case "more":
            said = f"{number(now - before)} more {things} ({number(now)} after {number(before)})"
        case "fewer":
            said = f"{number(before - now)} fewer {things} ({number(now)} after {number(before)})"
        case _:
            each = "a case" if case else "each" if units == "each" else f"a {reason.unit}"
            said = f"{name} at {_exact(reason.unit_cost, answer)} {each} instead of {_exact(reason.unit_cost_before, answer)}"
    return (f"{said}: ", Bold(_signed(reason.amount, answer)))


def _sums(answer: SpendAnswer) -> tuple[Phrase, ...]:
    """The whole change in its parts, which add up."""
    if answer.total_before <= 0 or answer.waste_only:
        return ()
    volume = "number of cases" if answer.measured_by != "pieces" else "quantity"
    parts = [
        (volume, answer.volume),
        ("mix", answer.mix),
        ("cost of each" if volume == "quantity" else "cost of a case", answer.price),
    ]
    if answer.other:
        parts.append(
            (
                "use outside cases" if answer.measured_by == "both" else "small and corrected items",
                answer.other,
            )
        )
    parts.append(("waste", answer.waste))
    told = ", ".join(f"{name} {_signed(amount, answer)}" for name, amount in parts if round(amount))
    found: list[Phrase] = [(f"Of the change: {told}.",)] if told else []
    if answer.per_case is not None and answer.group_by is not SpendGroup.CASE:
        earlier = (
            f", {_exact(answer.cost_before / answer.cases_before, answer)} before"
            if answer.cases_before
            else ""
        )
        found.append(
            (f"{counted(answer.cases, 'case')} at {_exact(answer.per_case, answer)} each{earlier}.",)
        )
    return tuple(found)


def _label(row: SpendLine, answer: SpendAnswer, *, today: date) -> str:
    if answer.group_by is SpendGroup.MONTH:
        return month(date.fromisoformat(row.label), today=today)
    if answer.group_by in _CALENDAR:
        return day(date.fromisoformat(row.label), today=today)
    return row.label


def _amount(row: SpendLine, answer: SpendAnswer) -> Decimal:
    return row.wasted if answer.waste_only else row.cost + row.wasted


def _third(row: SpendLine, answer: SpendAnswer, per_case: bool) -> str:
    if not per_case:
        return _change(row.change, answer)
    return "–" if row.per_case is None else f"{_money(row.per_case, answer)} × {number(row.cases)}"


def _change(amount: Decimal, answer: SpendAnswer) -> str:
    return "same" if not round(amount) else _signed(amount, answer)


def _rest(answer: SpendAnswer, *, last: int, rows: int) -> tuple[tuple[str, ...], ...]:
    """A last row for what is not listed on this page."""
    unlisted = sum((_amount(row, answer) for row in answer.rows[last:]), Decimal(0)) + answer.rest
    count = answer.row_count - last
    if count <= 0 or not unlisted or answer.group_by in _CALENDAR:
        return ()
    return ((f"{number(count)} others", _money(unlisted, answer), ""),)


def _money(amount: Decimal, answer: SpendAnswer) -> str:
    """Whole units of the currency from a hundred on: cents say nothing there."""
    if abs(amount) < 100:
        return money(amount, answer.currency)
    shown = money(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP), answer.currency)
    return shown.rsplit(".", 1)[0] if "." in shown else shown


def _exact(amount: Decimal, answer: SpendAnswer) -> str:
    return money(amount, answer.currency) if abs(amount) < 1000 else _money(amount, answer)


def _signed(amount: Decimal, answer: SpendAnswer) -> str:
    return _money(amount, answer) if amount < 0 else f"+{_money(amount, answer)}"


# ---------------------------------------------------------------------------------------------- the chart


def _title(answer: SpendAnswer) -> str:
    what = "Waste" if answer.waste_only else "Spend"
    by = {SpendGroup.DAY: "day", SpendGroup.WEEK: "week", SpendGroup.MONTH: "month"}.get(
        answer.group_by, _NAMES[answer.group_by].lower()
    )
    where = f", {scope(answer.asked)}" if len(answer.asked) == 1 else ""
    narrowed = f", {clean(answer.only[0])}" if answer.only else ""
    return f"{what} by {by}{where}{narrowed}"


def _subtitle(answer: SpendAnswer, *, today: date) -> str:
    change = ""
    if answer.total_before > 0:
        ratio = float((answer.total - answer.total_before) / answer.total_before)
        change = f", {'up' if ratio >= 0 else 'down'} {percent(ratio)}"
    return f"{span(answer.window, today=today)}: {_money(answer.total, answer)}{change}"


def _chart(answer: SpendAnswer, *, today: date) -> Attachment:
    named = [row for row in answer.rows if _amount(row, answer) > 0]
    if answer.group_by in _CALENDAR or len(named) < 2:
        data = _over_time(answer, today=today)
    else:
        data = bars(
            [
                Bar(
                    row.label, Decimal(0) if answer.waste_only else row.cost, row.wasted,
                    _amount(row, answer) - row.change,
                )
                for row in named[:_CHARTED]
            ],
            title=_title(answer),
            subtitle=_subtitle(answer, today=today),
            before=answer.before.label if answer.total_before > 0 else "",
            currency=answer.currency,
        )  # fmt: skip
    return Attachment("spend.png", cut(_title(answer), 120), data, alt_text(answer, today=today))


def _over_time(answer: SpendAnswer, *, today: date) -> bytes:
    mean = answer.total_before / len(answer.series) if answer.series and answer.total_before > 0 else None
    shown = []
    for point in answer.series:
        label = (
            month(point.start, today=today)
            if answer.bucket == "month"
            else day(point.start, today=today).split(" ", 1)[1]
        )
        shown.append(Column(label, Decimal(0) if answer.waste_only else point.cost, point.wasted))
    return columns(
        shown, title=f"{'Waste' if answer.waste_only else 'Spend'} a {answer.bucket}", subtitle=_subtitle(answer, today=today),
        mean=mean, before=f"mean, {answer.before.label.removeprefix('the ')}", currency=answer.currency,
    )  # fmt: skip


def alt_text(answer: SpendAnswer, *, today: date) -> str:
    """What the chart shows, in words and figures."""
    listed = "; ".join(
        f"{clean(_label(row, answer, today=today))} {short_money(_amount(row, answer), answer.currency)}"
        + (
            f", of it wasted {short_money(row.wasted, answer.currency)}"
            if row.wasted > 0 and not answer.waste_only
            else ""
        )
        for row in answer.rows[:_CHARTED]
    )
    before = (
        f"; {_money(answer.total_before, answer)} in the period before" if answer.total_before > 0 else ""
    )
    return cut(f"Bar chart: {_title(answer)}, {_subtitle(answer, today=today)}{before}. {listed}.", 1900)


# ---------------------------------------------------------------------------------------------- files


def _as_file(answer: SpendAnswer, *, page: Page, today: date, write: SheetWriter | None) -> Rendered:
    """One line, and the table as the file that was asked for."""
    attachment = spend_file(answer, kind=page.file, today=today, write=write)
    return compose(
        Card(
            headline=(
                Bold(attachment.title),
                f" — {counted(len(answer.rows), 'row')}, {span(answer.window, today=today)}.",
            ),
            context=((scope(answer.asked, otherwise="Everywhere"),), (", ".join(answer.only),)),
            attachments=(attachment,),
        )
    )


def spend_file(answer: SpendAnswer, *, kind: str, today: date, write: SheetWriter | None) -> Attachment:
    """The report's table as "csv" or "xlsx"; CSV where nothing else writes files."""
    sheet = spend_sheet(answer, today=today)
    name = f"{'waste' if answer.waste_only else 'spend'}-by-{answer.group_by.value}-{answer.window.start}-to-{answer.window.end}"
    alt = f"Table of {counted(len(answer.rows), 'row')}: {_title(answer)}, {_subtitle(answer, today=today)}."
    if write is not None:
        return Attachment(f"{name}.{kind}", sheet.title, write(sheet, kind), alt)
    rows = [
        [f"{cell:.2f}" if isinstance(cell, Decimal) else cell for cell in row]
        for row in (*sheet.rows, sheet.total)
    ]
    header = [one.title for one in sheet.columns]
    return csv_sheet(f"{name}.csv", title=sheet.title, header=header, rows=rows, alt_text=alt)


def spend_sheet(answer: SpendAnswer, *, today: date) -> Sheet:
    """The report as a table of typed figures, and what was asked."""
    currency = answer.currency
    calendar = answer.group_by in _CALENDAR
    rows: list[tuple[Cell, ...]] = [
        (
            date.fromisoformat(row.label) if calendar else row.label, row.cost, row.wasted, row.cost + row.wasted,
            _amount(row, answer) - row.change, row.change, row.share, row.quantity or None, row.unit, row.cases or None,
            row.per_case,
        )
        for row in answer.rows
    ]  # fmt: skip
    if answer.rest and not calendar:
        others = f"{number(answer.row_count - len(answer.rows))} others"
        blank: tuple[Cell, ...] = (None,) * 10
        rows.append((others, None, None, answer.rest, *blank[:7]))
    total: tuple[Cell, ...] = (
        "Total", answer.cost, answer.wasted, answer.cost + answer.wasted, answer.total_before,
        answer.total - answer.total_before, None, None, None, answer.cases or None, None,
    )  # fmt: skip
    return Sheet(
        title=f"{_title(answer)}, {span(answer.window, today=today)}",
        columns=(
            SheetColumn(_NAMES[answer.group_by], Format.DAY if calendar else Format.TEXT),
            SheetColumn(f"Used ({currency})", Format.MONEY),
            SheetColumn(f"Wasted ({currency})", Format.MONEY),
            SheetColumn(f"Spend ({currency})", Format.MONEY),
            SheetColumn(f"Before ({currency})", Format.MONEY),
            SheetColumn(f"Change ({currency})", Format.MONEY),
            SheetColumn("Share", Format.SHARE),
            SheetColumn("Quantity", Format.COUNT),
            SheetColumn("Unit"),
            SheetColumn("Cases", Format.COUNT),
            SheetColumn(f"A case ({currency})", Format.MONEY),
        ),
        rows=tuple(rows),
        about=(
            ("Report", _title(answer)),
            ("Period", f"{answer.window.start} to {answer.window.end}"),
            ("Compared with", f"{answer.before.start} to {answer.before.end}"),
            ("Places", scope(answer.asked, otherwise="Everywhere")),
            ("Narrowed to", ", ".join(answer.only) or "nothing"),
            ("Items", f"{len(answer.items)} items" if answer.items else "all"),
            (
                "Costed at",
                "what each lot had cost to buy; returns are credited on their day; waste stands apart from use",
            ),
            ("As of", str(today)),
        ),
        currency=currency,
        total=total,
    )
