"""Q7: what was spent, on whom and what, against the period before, and why it changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from domain.errors import InvalidWindow, NotFound, NotPermitted
from domain.model.ids import CaseId, EncounterId, ItemId, ProcedureId, ProviderId, SupplierId
from domain.model.item import Item
from domain.model.permission import Deed, allowance
from domain.model.person import Person
from domain.model.spending import SpendFilter, SpendGroup
from domain.model.window import DateWindow
from domain.planning.periods import compared
from domain.planning.series import Bucket, bucket_for, bucketed
from domain.planning.spend_changes import Cause, Explained, Piece, Share, explain
from domain.ports import UnitOfWork
from domain.ports.spending import SpendSum, SpendSums, added
from domain.usecases.ask.answers import SpendAnswer, SpendLine, SpendPoint, SpendReason
from domain.usecases.ask.reach import Reach, reach
from domain.usecases.ask.requests import ReportSpend
from domain.usecases.ask.shelves import asked_items, item_ref

MOST_ROWS = 50
MOST_WEIGHED = 400
"""Items that are looked at for reasons: the heaviest of both periods. What changed less than the last of them is no reason."""

REASONS = 3
LONG_DAYS = 100
VAST = 1_000_000
"""More pieces than this over more days than that: the change is split by the report's own rows, without single reasons."""

_LETTERS = 26
_FOR_CASES = Decimal("0.5")
"""Where so much of the use was for cases, their number and cost explain the change; else the items' do."""

NOBODY = {
    SpendGroup.DEPARTMENT: "No department",
    SpendGroup.LINE: "No business line",
    SpendGroup.PROVIDER: "No provider",
    SpendGroup.PROCEDURE: "Outside procedures",
    SpendGroup.CASE: "Outside cases",
    SpendGroup.PATIENT: "No patient",
    SpendGroup.SUPPLIER: "No supplier",
}
_CALENDAR = {SpendGroup.DAY: Bucket.DAY, SpendGroup.WEEK: Bucket.WEEK, SpendGroup.MONTH: Bucket.MONTH}


def report_spend(request: ReportSpend, *, uow: UnitOfWork) -> SpendAnswer:
    """What was spent in the window at the places asked about and inside them; ``uow`` is open and only read.

    Every use costs what its lot had cost to buy; returns are credited on their day; waste is summed apart. The window is cut at
    today and compared with the period before it, as ``planning.periods`` says. A department is the cost centre that was charged,
    else that of the place's unit.
    Raises InvalidWindow for a window that begins after today, NotPermitted for patients shown to a role that may not see them,
    UnknownItem, UnknownPlace and UnknownSupplier.
    """
    if request.group_by is SpendGroup.PATIENT and not request.asker.sees_patients:
        raise NotPermitted(
            "What a patient's care cost is told only in private, to roles that may see patients. Ask me in a direct message."
        )
    where = reach(request.places, asker=request.asker, uow=uow)
    items = asked_items(request.items, uow=uow)
    asking = _Asking(request, where, _cut(request.window, today=request.today), uow)
    by = SpendGroup.ITEM if request.group_by in _CALENDAR else request.group_by
    sums = asking.sums(by)
    cases = asking.sums(SpendGroup.PROCEDURE) if by is not SpendGroup.PROCEDURE else sums
    goods = sums if by is SpendGroup.ITEM else None
    charged = [row for row in cases.rows if row.key]
    for_cases = sum((row.cost + row.cost_before for row in charged), Decimal(0))
    whole = sums.total.cost + sums.total.cost_before
    by_cases = (
        by not in (SpendGroup.ITEM, SpendGroup.SUPPLIER)
        and not items
        and not request.only.suppliers
        and whole > 0
        and for_cases >= _FOR_CASES * whole
    )
    done = (sum(row.cases for row in charged), sum(row.cases_before for row in charged))
    only_cases = by_cases and not any(row.cost or row.wasted for row in cases.rows if not row.key)
    # By what was asked where the items of so much use over so long would have to be read for reasons alone.
    vast = (
        goods is None and asking.window.days > LONG_DAYS and sums.total.quantity > VAST and not request.items
    )
    if by_cases:
        explained = explain(_by_cases(cases), activity=(done[1], done[0]))
    else:
        explained = explain(_by_pieces(goods or (sums if vast else asking.sums(SpendGroup.ITEM))))
    told = _three(explained, waste_only=request.waste or (vast and not by_cases))
    names = _Names(request.asker, uow)
    rows = asking.lines(sums, names=names)
    total = sums.total
    waste = total.wasted - total.wasted_before
    change = waste if request.waste else explained.change + waste
    listed = rows[:MOST_ROWS]
    shown = sum((row.wasted if request.waste else row.cost + row.wasted for row in listed), Decimal(0))
    bucket = _CALENDAR.get(request.group_by) or bucket_for(asking.window)
    return SpendAnswer(
        asked=where.asked_refs,
        items=tuple(item_ref(item) for item in items),
        only=asking.narrowed(names),
        window=asking.window,
        before=asking.before,
        group_by=request.group_by,
        waste_only=request.waste,
        cost=total.cost,
        wasted=total.wasted,
        cost_before=total.cost_before,
        wasted_before=total.wasted_before,
        volume=Decimal(0) if request.waste else explained.volume,
        mix=Decimal(0) if request.waste else explained.mix,
        price=Decimal(0) if request.waste else explained.price,
        other=Decimal(0) if request.waste else explained.other,
        waste=waste,
        reasons=names.reasons(told, by_cases=by_cases),
        other_reasons=change - sum((piece.amount for piece in told), Decimal(0)),
        measured_by="cases" if only_cases else "pieces" if not by_cases else "both",
        cases=done[0],
        cases_before=done[1],
        rows=tuple(listed),
        row_count=len(rows) + max(0, sums.count - len(sums.rows)),
        rest=(total.wasted if request.waste else total.cost + total.wasted) - shown,
        bucket=bucket.value,
        series=asking.series(bucket),
        currency=uow.places.facility(where.scope.facility_id).currency,
        names_hidden=names.hidden and bool(request.group_by is SpendGroup.PROVIDER or request.only.providers),
        patients=sum(bool(row.key) for row in listed) if request.group_by is SpendGroup.PATIENT else 0,
    )


def _cut(window: DateWindow, *, today: date) -> DateWindow:
    if window.start > today:
        raise InvalidWindow(
            f"Nothing has been spent yet from {window.start} to {window.end}; today is {today}."
        )
    return window if window.end <= today else DateWindow(window.start, today, window.label)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question put to the store in several ways."""

    request: ReportSpend
    where: Reach
    window: DateWindow
    uow: UnitOfWork

    @property
    def before(self) -> DateWindow:
        return compared(self.window)

    def sums(self, by: SpendGroup) -> SpendSums:
        return self.uow.spending.sums(
            self.where.scope, by=by, window=self.window, before=self.before, items=self.request.items,
            only=self.request.only, limit=MOST_WEIGHED,
        )  # fmt: skip

    def series(self, bucket: Bucket) -> tuple[SpendPoint, ...]:
        used = self._by_bucket(bucket, self.window)
        return tuple(SpendPoint(start, cost, wasted) for start, (cost, wasted) in used.items())

    def _by_bucket(self, bucket: Bucket, window: DateWindow) -> dict[date, tuple[Decimal, Decimal]]:
        days = self.uow.spending.by_day(
            self.where.scope, window=window, items=self.request.items, only=self.request.only
        )
        cost = bucketed({day: _whole(one) for day, (one, _) in days.items()}, window=window, bucket=bucket)
        wasted = bucketed({day: _whole(one) for day, (_, one) in days.items()}, window=window, bucket=bucket)
        return {
            start: (Decimal(one).scaleb(-4), Decimal(other).scaleb(-4))
            for (start, one), (_, other) in zip(cost, wasted, strict=True)
        }

    def lines(self, sums: SpendSums, *, names: _Names) -> list[SpendLine]:
        group = self.request.group_by
        waste = self.request.waste
        if group in _CALENDAR:
            return self._calendar(_CALENDAR[group])
        rows: Sequence[SpendSum] = sums.rows
        labels: Mapping[int, str]
        if group is SpendGroup.LINE:
            rows, labels = names.lines(sums.rows)
        else:
            labels = names.of(group, [row.key for row in rows])
        units = names.units([row.key for row in rows]) if group is SpendGroup.ITEM else {}
        total = sums.total.wasted if waste else sums.total.cost + sums.total.wasted
        found = []
        for row in rows:
            amount = row.wasted if waste else row.cost + row.wasted
            earlier = row.wasted_before if waste else row.cost_before + row.wasted_before
            if not amount:
                continue  # what was spent on it before is in the total before, and a reason if it weighs
            found.append(
                SpendLine(
                    label=labels.get(row.key) or NOBODY.get(group, ""),
                    key=row.key,
                    cost=row.cost,
                    wasted=row.wasted,
                    change=amount - earlier,
                    share=float(amount / total) if total else 0.0,
                    quantity=row.quantity,
                    unit=units.get(row.key, ""),
                    cases=row.cases,
                    per_case=row.cost / row.cases if row.key and row.cases and group in _PER_CASE else None,
                )
            )
        found.sort(key=lambda line: (-(line.wasted if waste else line.cost + line.wasted), line.label))
        return found

    def _calendar(self, bucket: Bucket) -> list[SpendLine]:
        found = []
        earlier: tuple[Decimal, Decimal] | None = None
        points = self._by_bucket(bucket, self.window)
        whole = sum((cost + wasted for cost, wasted in points.values()), Decimal(0))
        for start, (cost, wasted) in points.items():
            amount = wasted if self.request.waste else cost + wasted
            last = amount if earlier is None else (earlier[1] if self.request.waste else sum(earlier))
            found.append(
                SpendLine(
                    start.isoformat(),
                    0,
                    cost,
                    wasted,
                    amount - last,
                    float((cost + wasted) / whole) if whole else 0.0,
                )
            )
            earlier = (cost, wasted)
        return found

    def narrowed(self, names: _Names) -> tuple[str, ...]:
        """What the report is narrowed to, in words."""
        only = self.request.only
        departments = list(only.departments)
        line = names.line_of(departments)
        found = [line] if line else list(names.of(SpendGroup.DEPARTMENT, departments).values())
        for group, keys in (
            (SpendGroup.PROVIDER, only.providers),
            (SpendGroup.PROCEDURE, only.procedures),
            (SpendGroup.SUPPLIER, only.suppliers),
            (SpendGroup.CASE, only.cases),
        ):
            found.extend(names.of(group, list(keys)).values())
        return tuple(found)


_PER_CASE = (SpendGroup.PROVIDER, SpendGroup.PROCEDURE, SpendGroup.CASE)


def _whole(amount: Decimal) -> int:
    return int(amount.scaleb(4))


def _by_cases(sums: SpendSums) -> list[Share]:
    """Procedures by their cases; what was used outside of them has no cases to be counted by."""
    return [
        Share(
            row.key,
            row.cases_before if row.key else 0,
            row.cost_before,
            row.cases if row.key else 0,
            row.cost,
        )
        for row in sums.rows
    ]


def _by_pieces(sums: SpendSums) -> list[Share]:
    """The heaviest items, and all the others as one share that has no unit cost of its own."""
    shares = [
        Share(row.key, row.quantity_before, row.cost_before, row.quantity, row.cost) for row in sums.rows
    ]
    total = sums.total
    others = Share(
        0,
        total.quantity_before - sum(share.units_before for share in shares),
        total.cost_before - sum((share.cost_before for share in shares), Decimal(0)),
        total.quantity - sum(share.units for share in shares),
        total.cost - sum((share.cost for share in shares), Decimal(0)),
    )
    return [*shares, others] if others.cost or others.cost_before else shares


def _three(explained: Explained, *, waste_only: bool) -> tuple[Piece, ...]:
    if waste_only:
        return ()
    return tuple(piece for piece in explained.pieces if piece.cause is not Cause.OTHER and piece.share.key)[
        :REASONS
    ]


class _Names:
    """What keys are called. Providers go by letters where the asker may not read what each of them costs."""

    def __init__(self, asker: Person, uow: UnitOfWork) -> None:
        self._uow = uow
        self.hidden = allowance(asker.role, Deed.READ_PROVIDER_COSTS) is None
        self._items: dict[ItemId, Item] = {}

    def of(self, group: SpendGroup, keys: Sequence[int]) -> dict[int, str]:
        """Names by key, in the order of the keys; keys of nothing are left out."""
        wanted = [key for key in keys if key]
        if not wanted:
            return {}
        charges = self._uow.charges
        match group:
            case SpendGroup.DEPARTMENT:
                centres = {int(one.id): one.name for one in self._uow.spending.cost_centres()}
                return {key: centres[key] for key in wanted if key in centres}
            case SpendGroup.PROVIDER if self.hidden:
                return {key: f"Provider {_letter(n)}" for n, key in enumerate(wanted)}
            case SpendGroup.PROVIDER:
                found = charges.providers([ProviderId(key) for key in wanted])
                return {key: found[ProviderId(key)].name for key in wanted if ProviderId(key) in found}
            case SpendGroup.PROCEDURE:
                named = charges.procedures([ProcedureId(key) for key in wanted])
                return {key: named[ProcedureId(key)].name for key in wanted if ProcedureId(key) in named}
            case SpendGroup.CASE:
                cases = charges.cases([CaseId(key) for key in wanted])
                return {key: cases[CaseId(key)].number for key in wanted if CaseId(key) in cases}
            case SpendGroup.PATIENT:
                stays = charges.encounters([EncounterId(key) for key in wanted[:MOST_ROWS]])
                return {key: stays[EncounterId(key)].masked for key in wanted if EncounterId(key) in stays}
            case SpendGroup.SUPPLIER:
                return {key: self._supplier(key) for key in wanted}
            case SpendGroup.ITEM:
                self._read(wanted)
                return {
                    key: _full_name(self._items[ItemId(key)]) for key in wanted if ItemId(key) in self._items
                }
            case _:
                return {}

    def units(self, keys: Sequence[int]) -> dict[int, str]:
        self._read([key for key in keys if key])
        return {key: self._items[ItemId(key)].base_unit for key in keys if ItemId(key) in self._items}

    def lines(self, rows: Iterable[SpendSum]) -> tuple[list[SpendSum], dict[int, str]]:
        """Departments summed by their business line; a line goes by the first of its departments."""
        line_of = {int(one.id): one.business_line for one in self._uow.spending.cost_centres()}
        sums: dict[str, SpendSum] = {}
        for row in rows:
            line = line_of.get(row.key, "")
            sums[line] = added(sums[line], row) if line in sums else row
        labels: defaultdict[int, str] = defaultdict(str)
        for line, row in sums.items():
            labels[row.key] = line
        return list(sums.values()), labels

    def line_of(self, departments: Sequence[int]) -> str:
        """The business line that the departments make up, where they are more than one."""
        wanted = set(departments)
        lines: defaultdict[str, set[int]] = defaultdict(set)
        for one in self._uow.spending.cost_centres():
            lines[one.business_line].add(one.id)
        return next((line for line, inside in lines.items() if inside == wanted and len(inside) > 1), "")

    def reasons(self, pieces: Sequence[Piece], *, by_cases: bool) -> tuple[SpendReason, ...]:
        keys = [piece.share.key for piece in pieces]
        group = SpendGroup.PROCEDURE if by_cases else SpendGroup.ITEM
        labels = self.of(group, keys)
        units = {} if by_cases else self.units(keys)
        return tuple(
            SpendReason(
                label=labels.get(piece.share.key, ""),
                cause=piece.cause.value,
                amount=piece.amount,
                unit="case" if by_cases else units.get(piece.share.key, "each"),
                units_before=piece.share.units_before,
                units=piece.share.units,
                unit_cost_before=_each(piece.share.cost_before, piece.share.units_before),
                unit_cost=_each(piece.share.cost, piece.share.units),
            )
            for piece in pieces
        )

    def _supplier(self, key: int) -> str:
        try:
            return self._uow.catalogue.supplier(SupplierId(key)).name
        except NotFound:
            return ""

    def _read(self, keys: Sequence[int]) -> None:
        missing = [ItemId(key) for key in keys if ItemId(key) not in self._items]
        if missing:
            self._items.update(self._uow.catalogue.many(missing))


def _each(cost: Decimal, units: int) -> Decimal:
    return cost / units if units > 0 else Decimal(0)


def _letter(n: int) -> str:
    """A, B ... Z, AA, AB ..."""
    return (_letter(n // _LETTERS - 1) if n >= _LETTERS else "") + chr(ord("A") + n % _LETTERS)


def _full_name(item: Item) -> str:
    """The name with its size, once."""
    known = item.name.casefold().replace(",", " ")
    return item.name if not item.size or item.size.casefold() in known else f"{item.name}, {item.size}"


def filter_for(group: SpendGroup, key: int, *, uow: UnitOfWork) -> SpendFilter:
    """What narrows a report to one row of a split by ``group``; of a line to all its departments."""
    centres = uow.spending.cost_centres()
    match group:
        case SpendGroup.LINE:
            line = next((one.business_line for one in centres if one.id == key), None)
            return SpendFilter(departments=tuple(one.id for one in centres if one.business_line == line))
        case SpendGroup.DEPARTMENT:
            return SpendFilter(departments=tuple(one.id for one in centres if one.id == key))
        case SpendGroup.PROVIDER:
            return SpendFilter(providers=(ProviderId(key),))
        case SpendGroup.PROCEDURE:
            return SpendFilter(procedures=(ProcedureId(key),))
        case SpendGroup.SUPPLIER:
            return SpendFilter(suppliers=(SupplierId(key),))
        case SpendGroup.CASE:
            return SpendFilter(cases=(CaseId(key),))
        case _:
            return SpendFilter()


def narrowed(only: SpendFilter, further: SpendFilter) -> SpendFilter:
    """Both together; what the second one names goes before."""
    return replace(
        only,
        departments=further.departments or only.departments,
        providers=further.providers or only.providers,
        procedures=further.procedures or only.procedures,
        suppliers=further.suppliers or only.suppliers,
        cases=further.cases or only.cases,
    )
