"""Q6: how much was used, the trend, a plot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from domain.errors import InvalidWindow
from domain.model.ids import ChargeId
from domain.model.movement import MovementKind
from domain.model.window import DateWindow
from domain.planning.series import Bucket, bucket_for, bucketed, change
from domain.ports import Scope, UnitOfWork
from domain.usecases.ask.answers import UsageAnswer, UsagePoint, UsageRow
from domain.usecases.ask.reach import Reach, reach
from domain.usecases.ask.requests import ReportUsage, UsageGroup
from domain.usecases.ask.shelves import asked_items, item_ref

UNCHARGED = ""
"""The label of what was used on no case, provider or procedure; a view says it in words."""

MOST_ITEMS = 50

_BUCKETS = {UsageGroup.DAY: Bucket.DAY, UsageGroup.WEEK: Bucket.WEEK, UsageGroup.MONTH: Bucket.MONTH}


def report_usage(request: ReportUsage, *, uow: UnitOfWork) -> UsageAnswer:
    """What was used of the items, together, at the places asked about and inside them; ``uow`` is open and only read.

    No items means all of them; their sum counts pieces of every kind, and is split by item where no other split is asked.

    A window that reaches past today is cut at today, and ``previous`` is the equally long window just before the cut one:
    ten days of this month are compared with the ten days before them. Today counts as far as it has come.
    Use is net of returns, on the day of the use; waste is summed apart. ``rows`` split the total by ``group_by``, the largest
    first, items cut at 50, days, weeks and months in their order and labelled as ISO dates of their first day ("2026-11" for a month); use
    on no provider or procedure has the empty label. Asked by day, week or month, ``series`` is by the same.
    Raises InvalidWindow for a window that begins after today, UnknownItem and UnknownPlace.
    """
    where = reach(request.places, asker=request.asker, uow=uow)
    items = asked_items(request.items, uow=uow)
    if not items and request.group_by is UsageGroup.NONE:
        request = replace(request, group_by=UsageGroup.ITEM)
    window = _cut(request.window, today=request.today)
    ids = [item.id for item in items]
    by_day = uow.questions.used_by_day(where.scope, items=ids, window=window)
    total = sum(by_day.values())
    previous = uow.questions.used(where.scope, items=ids, window=window.before())
    bucket = _BUCKETS.get(request.group_by) or bucket_for(window)
    series = bucketed(by_day, window=window, bucket=bucket)
    rows, row_count = _rows(request, series=series, total=total, window=window, where=where, uow=uow)
    return UsageAnswer(
        asked=where.asked_refs,
        items=tuple(item_ref(item) for item in items),
        window=window,
        total=total,
        wasted=uow.questions.used(where.scope, items=ids, window=window, kind=MovementKind.WASTE),
        per_day=total / window.days,
        previous=previous,
        change=change(total, previous=previous),
        bucket=bucket.value,
        series=tuple(UsagePoint(start, quantity) for start, quantity in series),
        group_by=request.group_by,
        rows=rows,
        row_count=row_count,
        currency=uow.places.facility(where.scope.facility_id).currency,
    )


def _cut(window: DateWindow, *, today: date) -> DateWindow:
    if window.start > today:
        raise InvalidWindow(
            f"Nothing has been used yet from {window.start} to {window.end}; today is {today}."
        )
    return window if window.end <= today else DateWindow(window.start, today, window.label)


def _rows(
    request: ReportUsage,
    *,
    series: tuple[tuple[date, int], ...],
    total: int,
    window: DateWindow,
    where: Reach,
    uow: UnitOfWork,
) -> tuple[tuple[UsageRow, ...], int]:
    """The rows to show, and how many there are."""
    scope, items = where.scope, request.items
    match request.group_by:
        case UsageGroup.NONE:
            rows: tuple[UsageRow, ...] = ()
        case UsageGroup.DAY | UsageGroup.WEEK:
            rows = tuple(_row(start.isoformat(), quantity, total) for start, quantity in series)
        case UsageGroup.MONTH:
            rows = tuple(_row(f"{start:%Y-%m}", quantity, total) for start, quantity in series)
        case UsageGroup.ITEM:
            return _by_item(request, total=total, window=window, where=where, uow=uow)
        case UsageGroup.UNIT:
            used = uow.questions.used_by_place(scope, items=items, window=window)
            rows = _largest_first(
                ((where.tree.unit_of(place_id).name, quantity) for place_id, quantity in used.items()),
                total=total,
            )
        case UsageGroup.PROVIDER | UsageGroup.PROCEDURE:
            rows = _by_charge(
                request.group_by, scope=scope, request=request, total=total, window=window, uow=uow
            )
    return rows, len(rows)


def _by_item(
    request: ReportUsage, *, total: int, window: DateWindow, where: Reach, uow: UnitOfWork
) -> tuple[tuple[UsageRow, ...], int]:
    used = uow.questions.most_used(where.scope, items=request.items, window=window, limit=MOST_ITEMS)
    found = uow.catalogue.many([row.item_id for row in used.rows])
    rows = tuple(
        UsageRow(
            label=f"{found[row.item_id].name} {found[row.item_id].size}".strip(),
            quantity=row.quantity,
            share=row.quantity / total if total else 0.0,
            unit=found[row.item_id].base_unit,
            cost=row.cost,
        )
        for row in used.rows
    )
    return rows, used.items


def _by_charge(
    group_by: UsageGroup,
    *,
    scope: Scope,
    request: ReportUsage,
    total: int,
    window: DateWindow,
    uow: UnitOfWork,
) -> tuple[UsageRow, ...]:
    """A target names its provider and procedure itself or through its case; itself goes first."""
    used = uow.questions.used_by_charge(scope, items=request.items, window=window)
    targets = uow.charges.targets(used.keys())
    cases = uow.charges.cases({target.case_id for target in targets.values() if target.case_id is not None})
    names: dict[ChargeId, str] = {}
    if group_by is UsageGroup.PROVIDER:
        provider_of = {
            charge_id: target.provider_id
            if target.provider_id is not None or target.case_id not in cases
            else cases[target.case_id].provider_id
            for charge_id, target in targets.items()
        }
        providers = uow.charges.providers({key for key in provider_of.values() if key is not None})
        names = {charge: providers[key].name for charge, key in provider_of.items() if key in providers}
    else:
        procedure_of = {
            charge_id: target.procedure_id
            if target.procedure_id is not None or target.case_id not in cases
            else cases[target.case_id].procedure_id
            for charge_id, target in targets.items()
        }
        procedures = uow.charges.procedures({key for key in procedure_of.values() if key is not None})
        names = {charge: procedures[key].name for charge, key in procedure_of.items() if key in procedures}
    return _largest_first(
        ((names.get(charge_id, UNCHARGED), quantity) for charge_id, quantity in used.items()), total=total
    )


def _largest_first(named: Iterable[tuple[str, int]], *, total: int) -> tuple[UsageRow, ...]:
    sums: defaultdict[str, int] = defaultdict(int)
    for label, quantity in named:
        sums[label] += quantity
    ordered = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(_row(label, quantity, total) for label, quantity in ordered if quantity)


def _row(label: str, quantity: int, total: int) -> UsageRow:
    return UsageRow(label, quantity, quantity / total if total else 0.0)
