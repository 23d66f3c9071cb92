"""Where a spend report leads on: what its parts are made of, other splits, other periods, the whole as a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.understanding.draft import Draft
from bot.understanding.outcome import Alternative
from domain.model.spending import SpendGroup
from domain.model.window import DateWindow
from domain.planning.periods import month_before, week_before
from domain.ports import UnitOfWork
from domain.usecases.ask.answers import SpendAnswer
from domain.usecases.ask.report_spend import filter_for, narrowed

INTO: dict[SpendGroup, SpendGroup] = {
    SpendGroup.LINE: SpendGroup.DEPARTMENT,
    SpendGroup.DEPARTMENT: SpendGroup.ITEM,
    SpendGroup.PROVIDER: SpendGroup.PROCEDURE,
    SpendGroup.PROCEDURE: SpendGroup.ITEM,
    SpendGroup.CASE: SpendGroup.ITEM,
    SpendGroup.SUPPLIER: SpendGroup.ITEM,
}
"""What one row of a split is made of."""

_NAMES = {
    SpendGroup.DEPARTMENT: "By department",
    SpendGroup.PROCEDURE: "By procedure",
    SpendGroup.PROVIDER: "By surgeon",
    SpendGroup.ITEM: "By item",
    SpendGroup.SUPPLIER: "By supplier",
    SpendGroup.LINE: "By business line",
}
_DRILLS, _SPLITS = 2, 2
_LABEL = 40


def ways_on(draft: Draft, answer: SpendAnswer, *, today: date, uow: UnitOfWork) -> tuple[Alternative, ...]:
    """Ten at most, the most telling first: two rows opened, two other splits, the usual periods, both files."""
    draft = replace(draft, file="")
    found: list[Alternative] = []
    into = INTO.get(answer.group_by)
    if into is not None:
        for row in [row for row in answer.rows if row.key][:_DRILLS]:
            only = narrowed(draft.only, filter_for(answer.group_by, row.key, uow=uow))
            label = row.label if len(row.label) <= _LABEL else row.label[: _LABEL - 1].rstrip() + "…"
            found.append(Alternative(f"Open {label}", replace(draft, only=only, spend_by=into)))
    splits = [group for group in _NAMES if group is not answer.group_by and not _settled(group, draft)]
    found.extend(Alternative(_NAMES[group], replace(draft, spend_by=group)) for group in splits[:_SPLITS])
    found.extend(
        Alternative(label, replace(draft, window=window))
        for label, window in periods(today)
        if (window.start, window.end) != (answer.window.start, answer.window.end)
    )
    return (
        *found[:8],
        Alternative("CSV", replace(draft, file="csv")),
        Alternative("Excel", replace(draft, file="xlsx")),
    )


def periods(today: date) -> tuple[tuple[str, DateWindow], ...]:
    """The periods that buttons offer, with their labels."""
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    monday = today - timedelta(days=today.weekday())
    last_week = (
        week_before(today) if today - monday < timedelta(days=6) else DateWindow(monday, today, "this week")
    )
    return (
        ("Last week", last_week),
        ("Last month", month_before(today)),
        ("This quarter", DateWindow(quarter, today, "this quarter")),
        ("Year to date", DateWindow(date(today.year, 1, 1), today, "this year")),
    )


def _settled(group: SpendGroup, draft: Draft) -> bool:
    """Is the report of one of these only, so that a split by it would have one row?"""
    return {
        SpendGroup.DEPARTMENT: len(draft.only.departments) == 1,
        SpendGroup.LINE: bool(draft.only.departments),
        SpendGroup.PROVIDER: len(draft.only.providers) == 1,
        SpendGroup.PROCEDURE: len(draft.only.procedures) == 1,
        SpendGroup.SUPPLIER: len(draft.only.suppliers) == 1,
        SpendGroup.ITEM: len(draft.items) == 1,
    }.get(group, False)
