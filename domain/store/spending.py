"""What was spent, summed in the database.

Three roads lead to the same sums. By target: some hundred rows a day, whatever the size of the catalogue. By item: months of an
item, and the days at both ends of the window. By day of use: for all else, bounded by the days or by the items asked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Row, TextClause, bindparam, func, or_, select, text
from sqlalchemy.sql.selectable import TextualSelect

from domain.errors import Invalid
from domain.model.charge import CostCentre, Procedure
from domain.model.ids import CostCentreId, FacilityId, ItemId, PlaceId, ProcedureId, SupplierId
from domain.model.spending import SpendFilter, SpendGroup
from domain.model.window import DateWindow
from domain.ports import Scope
from domain.ports.spending import SpendSum, SpendSums, added
from domain.store import tables
from domain.store.database import Database
from domain.store.rebuild import UNITS
from domain.store.types import Day, Money

_ALL = -1
"""The key of the row that sums all."""

_TARGET = """spend_by_target s
    LEFT JOIN charge_target t ON t.id = s.charge_id
    LEFT JOIN surgical_case k ON k.facility_id = s.facility_id AND k.id = t.case_id
    LEFT JOIN place n ON n.id = s.unit_id"""
_USE = f"""daily_usage s
    JOIN ({UNITS}) n ON n.place_id = s.place_id
    LEFT JOIN charge_target t ON t.id = s.charge_id
    LEFT JOIN surgical_case k ON k.facility_id = s.facility_id AND k.id = t.case_id"""
_PLAIN_USE = "daily_usage s"

_SUPPLIER = (
    "(SELECT o.supplier_id FROM offer o WHERE o.item_id = {item} ORDER BY o.preferred DESC, o.rank LIMIT 1)"
)
_KEYS = {
    SpendGroup.DEPARTMENT: "coalesce(t.cost_centre_id, n.cost_centre_id, 0)",
    SpendGroup.LINE: "coalesce(t.cost_centre_id, n.cost_centre_id, 0)",
    SpendGroup.PROVIDER: "coalesce(t.provider_id, k.provider_id, 0)",
    SpendGroup.PROCEDURE: "coalesce(t.procedure_id, k.procedure_id, 0)",
    SpendGroup.CASE: "coalesce(t.case_id, 0)",
    SpendGroup.PATIENT: "coalesce(t.encounter_id, k.encounter_id, 0)",
    SpendGroup.ITEM: "s.item_id",
    SpendGroup.SUPPLIER: "s.item_id",
}
# One range, which the index walks; the days between the two periods, if any, are passed over.
_WINDOWS = "s.day BETWEEN :first AND :end AND (s.day >= :start OR s.day <= :last)"


def _measures(day: str) -> str:
    """The six sums; the period is told by the day, because the one before has ended when the other begins."""
    now, then = f"s.{day} >= :start", f"s.{day} < :start"
    measured = (
        ("quantity", f"{now} AND s.kind = 'consume'", "quantity"),
        ("cost", f"{now} AND s.kind = 'consume'", "cost"),
        ("wasted", f"{now} AND s.kind = 'waste'", "cost"),
        ("quantity_before", f"{then} AND s.kind = 'consume'", "quantity"),
        ("cost_before", f"{then} AND s.kind = 'consume'", "cost"),
        ("wasted_before", f"{then} AND s.kind = 'waste'", "cost"),
    )
    return ",\n    ".join(
        f"sum(CASE WHEN {when} THEN s.{column} ELSE 0 END) AS {name}" for name, when, column in measured
    )


_NAMES = ("quantity", "cost", "wasted", "quantity_before", "cost_before", "wasted_before")
_CASES = """count(DISTINCT CASE WHEN s.day >= :start THEN t.case_id END) AS cases,
    count(DISTINCT CASE WHEN s.day < :start THEN t.case_id END) AS cases_before"""
_NO_CASES = "0 AS cases, 0 AS cases_before"
# The rows once, then the heaviest of them and, under the key -1, the sum of all.
_LISTED = """
WITH g AS MATERIALIZED ({rows})
SELECT * FROM (
    SELECT key, {sums}, cases, cases_before, 1 AS row_count FROM g
    WHERE quantity <> 0 OR cost <> 0 OR wasted <> 0 OR quantity_before <> 0 OR cost_before <> 0 OR wasted_before <> 0
    ORDER BY CASE WHEN cost + wasted > cost_before + wasted_before
        THEN cost + wasted ELSE cost_before + wasted_before END DESC, key
    LIMIT :limit) heaviest
UNION ALL
SELECT -1, {totals}, 0, 0, count(*) FROM g
WHERE quantity <> 0 OR cost <> 0 OR wasted <> 0 OR quantity_before <> 0 OR cost_before <> 0 OR wasted_before <> 0
"""


class SqlSpending:
    def __init__(self, database: Database) -> None:
        self._db = database

    def sums(
        self,
        scope: Scope,
        *,
        by: SpendGroup,
        window: DateWindow,
        before: DateWindow,
        items: Collection[ItemId] = (),
        only: SpendFilter = SpendFilter(),  # noqa: B008 - frozen
        limit: int = 400,
    ) -> SpendSums:
        if by not in _KEYS:
            raise Invalid(f"Spending by {by.value} is read day by day.")
        if before.end >= window.start:
            raise Invalid("The period to compare with ends before the other begins.")
        found = [
            self._sums(bound, by=by, window=window, before=before, items=items, only=only, limit=limit)
            for bound in self._facilities(scope)
        ]
        return found[0] if len(found) == 1 else _merged(found, limit=limit)

    def _sums(
        self,
        scope: Scope,
        *,
        by: SpendGroup,
        window: DateWindow,
        before: DateWindow,
        items: Collection[ItemId],
        only: SpendFilter,
        limit: int,
    ) -> SpendSums:
        of_items = bool(items or only.suppliers)
        goods = by in (SpendGroup.ITEM, SpendGroup.SUPPLIER)
        units = self._units(scope)
        targeted = bool(only.providers or only.procedures or only.cases)
        given = self._given(scope, items=items, only=only) | {
            "start": window.start, "end": window.end, "first": before.start, "last": before.end, "limit": limit,
        }  # fmt: skip
        where = _where(scope, items=items, only=only, units=units)
        months, edges = _parts(window, before)
        if goods and months and units is not None and not targeted:
            rows = _by_months(
                where.months,
                where.days,
                months=months,
                edges=edges,
                filtered=bool(only.departments),
                supplier=by,
            )
            given |= {f"month_{n}": day for n, day in enumerate(_ends(months))}
            given |= {f"edge_{n}": day for n, day in enumerate(_ends(edges))}
        else:
            by_target = not goods and not of_items and units is not None
            source = _TARGET if by_target else _USE
            if goods and not targeted and not only.departments:
                source = _PLAIN_USE
            inside = where.units if by_target else where.days
            rows = _grouped(source, key=_KEYS[by], inside=inside, supplier=by, cases=not goods)
        return _read(self._db.connection.execute(_statement(rows), given).all())

    def by_day(
        self,
        scope: Scope,
        *,
        window: DateWindow,
        items: Collection[ItemId] = (),
        only: SpendFilter = SpendFilter(),  # noqa: B008 - frozen
    ) -> dict[date, tuple[Decimal, Decimal]]:
        found: dict[date, tuple[Decimal, Decimal]] = {}
        for bound in self._facilities(scope):
            units = self._units(bound)
            where = _where(bound, items=items, only=only, units=units)
            by_target = units is not None and not items and not only.suppliers
            given = self._given(bound, items=items, only=only) | {"start": window.start, "end": window.end}
            statement = _by_day(_TARGET if by_target else _USE, where.units if by_target else where.days)
            for row in self._db.connection.execute(statement, given):
                used, wasted = found.get(row.day, (Decimal(0), Decimal(0)))
                found[row.day] = (used + row.cost, wasted + row.wasted)
        return found

    def cost_centres(self) -> list[CostCentre]:
        table = tables.cost_centre
        return [
            CostCentre(CostCentreId(row.id), row.code, row.name, row.business_line)
            for row in self._db.connection.execute(select(table).order_by(table.c.id))
        ]

    def procedures(self) -> list[Procedure]:
        table = tables.procedure
        return [
            Procedure(ProcedureId(row.id), row.code, row.name, row.specialty)
            for row in self._db.connection.execute(select(table).order_by(table.c.id))
        ]

    def suppliers_named(self, name: str) -> list[SupplierId]:
        wanted = " ".join(name.casefold().split())
        if not wanted:
            return []
        table = tables.supplier
        named = func.lower(table.c.name)
        found = self._db.connection.execute(
            select(table.c.id)
            .where(or_(named == wanted, named.like(f"{_plain(wanted)} %", escape="\\"), named.like(f"% {_plain(wanted)}%", escape="\\")))
            .order_by(table.c.id)
        )  # fmt: skip
        return [SupplierId(key) for key in found.scalars()]

    def has_spending(self, facility_id: FacilityId, *, window: DateWindow) -> bool:
        table = tables.spend_by_target
        found = select(table.c.day).where(
            table.c.facility_id == facility_id, table.c.day.between(window.start, window.end)
        )
        return self._db.connection.execute(found.limit(1)).first() is not None

    # ------------------------------------------------------------------------------------------ where

    def _facilities(self, scope: Scope) -> Iterator[Scope]:
        """The scope, facility by facility: every key begins with it."""
        if not scope.roots:
            yield scope
            return
        roots: dict[FacilityId, list[PlaceId]] = {}
        for root in scope.roots:
            roots.setdefault(FacilityId(self._db.facility_of(root)), []).append(root)
        for facility_id, inside in roots.items():
            yield Scope(facility_id, tuple(inside))

    def _units(self, scope: Scope) -> frozenset[PlaceId] | None:
        """The units in scope; None where it is less than whole units, which sums by unit can not tell."""
        if not scope.roots:
            return frozenset()
        tree, _ = self._db.places()
        places = frozenset().union(*(tree.subtree(root) for root in scope.roots))
        units = frozenset(tree.unit_of(place).id for place in places)
        whole = all(unit in places for unit in units) and all(
            place.id in places for place in tree if tree.unit_of(place.id).id in units
        )
        return units if whole else None

    def _given(self, scope: Scope, *, items: Collection[ItemId], only: SpendFilter) -> dict[str, object]:
        units = self._units(scope)
        lists: dict[str, Collection[int]] = {
            "units": sorted(units or ()),
            "roots": scope.roots,
            "items": tuple(items),
            **{field.name: getattr(only, field.name) for field in fields(only)},
        }
        given: dict[str, object] = {name: list(values) for name, values in lists.items() if values}
        return given | {"facility": scope.facility_id}


class _Where:
    """The same bounds as each road writes them."""

    def __init__(self, *, units: str, days: str, months: str) -> None:
        self.units, self.days, self.months = units, days, months


def _where(
    scope: Scope, *, items: Collection[ItemId], only: SpendFilter, units: frozenset[PlaceId] | None
) -> _Where:
    target = [
        f"{_KEYS[group]} IN :{name}"
        for name, group in (
            ("departments", SpendGroup.DEPARTMENT),
            ("providers", SpendGroup.PROVIDER),
            ("procedures", SpendGroup.PROCEDURE),
            ("cases", SpendGroup.CASE),
        )
        if getattr(only, name)
    ]
    goods = []
    if items:
        goods.append("s.item_id IN :items")
    if only.suppliers:
        goods.append(f"{_SUPPLIER.format(item='s.item_id')} IN :suppliers")
    here = "s.facility_id = :facility"
    by_unit = ["s.unit_id IN :units"] if units else []
    by_place = (
        ["+s.place_id IN (SELECT a.place_id FROM place_ancestor a WHERE a.ancestor_id IN :roots)"]
        if scope.roots
        else []
    )
    department = ["s.department_id IN :departments"] if only.departments else []
    return _Where(
        units=" AND ".join((here, *by_unit, *target)),
        days=" AND ".join((here, *by_place, *goods, *target)),
        months=" AND ".join((here, *by_unit, *goods, *department)),
    )


def _grouped(source: str, *, key: str, inside: str, supplier: SpendGroup, cases: bool) -> str:
    counted = _CASES if cases else _NO_CASES
    rows = (
        f"SELECT {key} AS key, {_measures('day')}, {counted} FROM {source}"  # noqa: S608 - constants only
        f" WHERE {inside} AND {_WINDOWS} GROUP BY {key}"
    )
    return _of_suppliers(rows) if supplier is SpendGroup.SUPPLIER else rows


def _by_months(
    inside: str,
    days: str,
    *,
    months: Sequence[DateWindow],
    edges: Sequence[DateWindow],
    filtered: bool,
    supplier: SpendGroup,
) -> str:
    """Whole months from their sums, the days at the ends from the days' own. Each part is summed by itself, in the order of its
    key, so that nothing large has to be sorted."""
    parts = [
        f"SELECT s.item_id AS key, {_measures('month')}, {_NO_CASES} FROM spend_by_item s"  # noqa: S608
        f" WHERE {inside} AND ({_ranges('month', months)}) GROUP BY s.item_id"
    ]
    parts.extend(
        f"SELECT s.item_id AS key, {_measures('day')}, {_NO_CASES} FROM {_USE if filtered else _PLAIN_USE}"  # noqa: S608
        f" WHERE {days} AND s.day BETWEEN :edge_{2 * n} AND :edge_{2 * n + 1} GROUP BY s.item_id"
        for n in range(len(edges))
    )
    if supplier is SpendGroup.SUPPLIER:
        return _of_suppliers(" UNION ALL ".join(parts))
    if len(parts) == 1:
        return parts[0]
    sums = ", ".join(f"sum({name}) AS {name}" for name in _NAMES)
    return f"SELECT key, {sums}, {_NO_CASES} FROM ({' UNION ALL '.join(parts)}) p GROUP BY key"  # noqa: S608


def _ranges(name: str, ranges: Sequence[DateWindow]) -> str:
    return " OR ".join(f"s.month BETWEEN :{name}_{2 * n} AND :{name}_{2 * n + 1}" for n in range(len(ranges)))


def _of_suppliers(rows: str) -> str:
    """Sums by item turned into sums by who supplies them."""
    key = f"coalesce({_SUPPLIER.format(item='i.key')}, 0)"
    sums = ", ".join(f"sum({name}) AS {name}" for name in _NAMES)
    return (
        f"SELECT key, {sums}, {_NO_CASES} FROM ("  # noqa: S608 - constants only
        f"SELECT {key} AS key, {', '.join(f'i.{name}' for name in _NAMES)} FROM ({rows}) i) p GROUP BY key"
    )


def _parts(window: DateWindow, before: DateWindow) -> tuple[list[DateWindow], list[DateWindow]]:
    """The whole months of both periods as ranges, and the days left at their ends. No months where the ends are most of it."""
    months: list[DateWindow] = []
    edges: list[DateWindow] = []
    for one in (before, window):
        first = one.start if one.start.day == 1 else _next_month(one.start)
        end = (one.end + timedelta(days=1)).replace(day=1)
        if first >= end:
            edges.append(one)
            continue
        months.append(DateWindow(first, end - timedelta(days=1)))
        if one.start < first:
            edges.append(DateWindow(one.start, first - timedelta(days=1)))
        if end <= one.end:
            edges.append(DateWindow(end, one.end))
    whole = sum(one.days for one in months)
    if whole < sum(one.days for one in edges):
        return [], []
    return _joined(months), _joined(edges)


def _joined(windows: Sequence[DateWindow]) -> list[DateWindow]:
    """Neighbours as one: fewer ranges to look into."""
    found: list[DateWindow] = []
    for one in windows:
        if found and found[-1].end + timedelta(days=1) == one.start:
            found[-1] = DateWindow(found[-1].start, one.end)
        else:
            found.append(one)
    return found


def _ends(edges: Sequence[DateWindow]) -> list[date]:
    return [day for edge in edges for day in (edge.start, edge.end)]


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


_LISTS = frozenset(("items", "roots", "units", *(field.name for field in fields(SpendFilter))))
_DAYS = frozenset(("start", "end", "first", "last"))


@lru_cache(maxsize=256)
def _statement(rows: str) -> TextualSelect:
    sql = _LISTED.format(
        rows=rows,
        sums=", ".join(_NAMES),
        totals=", ".join(f"coalesce(sum({name}), 0)" for name in _NAMES),
    )
    money = {name: Money() for name in _NAMES if not name.startswith("quantity")}
    return _typed(sql).columns(**money)


@lru_cache(maxsize=64)
def _by_day(source: str, inside: str) -> TextualSelect:
    sql = f"""
    SELECT s.day AS day, sum(CASE WHEN s.kind = 'consume' THEN s.cost ELSE 0 END) AS cost,
        sum(CASE WHEN s.kind = 'waste' THEN s.cost ELSE 0 END) AS wasted
    FROM {source} WHERE {inside} AND s.day BETWEEN :start AND :end GROUP BY s.day
    """  # noqa: S608 - constants only
    return _typed(sql).columns(day=Day(), cost=Money(), wasted=Money())


def _typed(sql: str) -> TextClause:
    """The text with its parameters typed, so that days are written as the database keeps them."""
    clause: TextClause = text(sql)
    for name in set(re.findall(r"(?<!:):([a-z_0-9]+)", sql)):
        if name in _DAYS or name.startswith(("edge_", "month_")):
            clause = clause.bindparams(bindparam(name, type_=Day()))
        elif name in _LISTS:
            clause = clause.bindparams(bindparam(name, expanding=True, type_=BigInteger()))
    return clause


def _read(rows: Sequence[Row[tuple[object, ...]]]) -> SpendSums:
    found = [(_sum(row), int(row._mapping["row_count"])) for row in rows]
    listed = tuple(one for one, _ in found if one.key != _ALL)
    total, count = next((one, count) for one, count in found if one.key == _ALL)
    cases = (sum(one.cases for one in listed), sum(one.cases_before for one in listed))
    return SpendSums(listed, replace(total, key=0, cases=cases[0], cases_before=cases[1]), count)


def _sum(row: Row[tuple[object, ...]]) -> SpendSum:
    given = row._mapping
    measures = {name: _amount(name, given[name]) for name in _NAMES}
    return SpendSum(
        int(given["key"]), **measures, cases=int(given["cases"]), cases_before=int(given["cases_before"])
    )


def _amount(name: str, value: Any) -> Any:
    return int(value) if name.startswith("quantity") else value


def _merged(found: Sequence[SpendSums], *, limit: int) -> SpendSums:
    """The sums of several facilities as one."""
    rows: dict[int, SpendSum] = {}
    for one in found:
        for row in one.rows:
            rows[row.key] = added(rows[row.key], row) if row.key in rows else row
    total = SpendSum(0)
    for one in found:
        total = added(total, one.total)
    heaviest = sorted(
        rows.values(),
        key=lambda row: (-max(row.cost + row.wasted, row.cost_before + row.wasted_before), row.key),
    )
    unlisted = sum(one.count - len(one.rows) for one in found)
    return SpendSums(tuple(heaviest[:limit]), total, len(rows) + unlisted)


def _plain(name: str) -> str:
    return name.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
