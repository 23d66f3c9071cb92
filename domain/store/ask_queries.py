"""Questions summed in the database: what lapses, what is low, what was used. One statement a question, in SQL both databases read.

Every statement begins with the places asked about and their facility, because every table leads its keys with it. They are
joined as tables, not as a named part: SQLite knows how few they are only then, and does not scan what it should look up.
CROSS JOIN keeps SQLite to the written order, small side first; PostgreSQL takes it as any other join. Sums are cast, because
PostgreSQL widens them to numeric, which does not divide as whole numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import BigInteger, Connection, Text, TextClause, bindparam, text
from sqlalchemy.engine import Row
from sqlalchemy.sql.selectable import TextualSelect

from domain.model.ids import ChargeId, ItemId, LotId, PlaceId, SupplierId
from domain.model.movement import MovementKind
from domain.model.par import Par
from domain.model.window import DateWindow
from domain.ports import LapsingRow, LapsingSums, LotSums, LowRow, LowRows, Scope
from domain.store.types import Day, Money

_WHOLE_FACILITY = ("place p", "p.facility_id = :facility")
_INSIDE_ROOTS = ("place_ancestor r CROSS JOIN place p", "r.ancestor_id IN :roots AND p.id = r.place_id")

# The latest receipt that was not undone, wherever it came in: a lot keeps its cost when it is sent to another facility.
_UNIT_COST = """
    (SELECT m.unit_cost
     FROM facility f CROSS JOIN movement m
     WHERE m.facility_id = f.id AND m.lot_id = {lot} AND m.lot_id > 0 AND m.kind = 'receive' AND m.reverses IS NULL
       AND NOT EXISTS (SELECT 1 FROM movement undone WHERE undone.facility_id = m.facility_id AND undone.reverses = m.id)
     ORDER BY m.occurred_at DESC, m.id DESC
     LIMIT 1)"""

_SHELF = """
    SELECT s.facility_id, s.item_id, s.place_id, s.lot_id, s.owner_id, s.expires_on,
           CAST(sum(s.on_hand) AS BIGINT) AS quantity,
           CAST(sum(CASE WHEN s.status = 'available' THEN 0 ELSE s.on_hand END) AS BIGINT) AS held
    FROM {places} CROSS JOIN stock s
    WHERE {inside} AND s.facility_id = p.facility_id AND s.place_id = p.id
      AND {days} AND s.status <> 'in-transit' AND s.on_hand > 0 {items}
    GROUP BY s.facility_id, s.item_id, s.place_id, s.lot_id, s.owner_id, s.expires_on"""

# domain.planning.expiry_risk in windows: U(i) = S(i) + min(0, min over j <= i of (D(j) - S(j))), and S(i) - S(i-1) is what is
# usable of the lot itself.
_LAPSING = """
WITH shelf AS MATERIALIZED ({shelf}),
demand AS MATERIALIZED (
    SELECT shelf.*,
           (SELECT CAST(coalesce(sum(u.quantity), 0) AS BIGINT)
            FROM daily_usage u
            WHERE u.facility_id = shelf.facility_id AND u.item_id = shelf.item_id AND u.place_id = shelf.place_id
              AND u.day BETWEEN :rate_start AND :rate_end AND u.kind = 'consume') AS used
    FROM shelf),
supply AS (
    SELECT demand.*,
           CAST(sum(quantity - held) OVER (PARTITION BY facility_id, item_id, place_id
                                           ORDER BY expires_on, lot_id, owner_id) AS BIGINT) AS stood,
           (CASE WHEN used > 0 THEN used ELSE 0 END) * {days_left} / :rate_days AS needed
    FROM demand),
short AS (
    SELECT supply.*, min(needed - stood) OVER fefo AS gap,
           min(needed - stood) OVER (fefo ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS gap_before
    FROM supply
    WINDOW fefo AS (PARTITION BY facility_id, item_id, place_id ORDER BY expires_on, lot_id, owner_id)),
outlook AS (
    SELECT short.*, quantity - held + (CASE WHEN gap < 0 THEN gap ELSE 0 END)
                                    - (CASE WHEN gap_before < 0 THEN gap_before ELSE 0 END) AS will_use
    FROM short),
costed AS MATERIALIZED (
    SELECT outlook.*, coalesce({unit_cost}, 0) AS unit_cost
    FROM outlook WHERE expires_on >= :start),
priced AS MATERIALIZED (
    SELECT costed.*, CASE WHEN owner_id = 0 THEN unit_cost * quantity ELSE 0 END AS value FROM costed),
sums AS (
    SELECT count(*) AS lots, CAST(sum(quantity) AS BIGINT) AS all_quantity, sum(value) AS all_value,
           sum(CASE WHEN owner_id = 0 THEN unit_cost * (quantity - will_use) ELSE 0 END) AS all_lapsing
    FROM priced),
listed AS (SELECT * FROM priced ORDER BY expires_on, value DESC, item_id, place_id, lot_id, owner_id LIMIT :limit)
SELECT listed.item_id, listed.place_id, listed.lot_id, listed.owner_id, lot.number, lot.serial, listed.expires_on,
       listed.quantity, listed.held, listed.unit_cost, listed.used, listed.will_use,
       sums.lots, sums.all_quantity, sums.all_value, sums.all_lapsing
FROM listed CROSS JOIN sums CROSS JOIN lot
WHERE lot.id = listed.lot_id
ORDER BY listed.expires_on, listed.value DESC, listed.item_id, listed.place_id, listed.lot_id, listed.owner_id
"""

_LAPSED = """
WITH shelf AS MATERIALIZED ({shelf})
SELECT count(*) AS lots, CAST(coalesce(sum(quantity), 0) AS BIGINT) AS quantity,
       coalesce(sum(CASE WHEN owner_id = 0 THEN coalesce({unit_cost}, 0) * quantity ELSE 0 END), 0) AS value
FROM shelf
"""

# par.on_hand is kept whatever expires, so what lies past its date is taken off here; it is little, and found by its date.
_LOW = """
WITH past AS MATERIALIZED (
    SELECT par.facility_id, par.place_id, par.item_id, par.minimum, par.reorder_point, par.par, par.maximum, par.in_transit,
           par.on_hand, CAST(sum(s.on_hand - s.reserved) AS BIGINT) AS quantity
    FROM {places} CROSS JOIN stock s CROSS JOIN place_ancestor a CROSS JOIN par
    WHERE {inside} AND s.facility_id = p.facility_id AND s.place_id = p.id AND s.expires_on < :today
      AND s.status = 'available' AND s.on_hand > s.reserved {stock_items}
      AND a.place_id = s.place_id
      AND par.facility_id = s.facility_id AND par.place_id = a.ancestor_id AND par.item_id = s.item_id
    GROUP BY par.facility_id, par.place_id, par.item_id),
low AS MATERIALIZED (
    SELECT par.facility_id, par.place_id, par.item_id, par.minimum, par.reorder_point, par.par, par.maximum, par.in_transit,
           par.on_hand - coalesce(past.quantity, 0) AS available
    FROM {places} CROSS JOIN par
      LEFT JOIN past ON past.facility_id = par.facility_id AND past.place_id = par.place_id AND past.item_id = par.item_id
    WHERE {inside} AND par.facility_id = p.facility_id AND par.place_id = p.id
      AND par.on_hand <= par.reorder_point {par_items}
    UNION ALL
    SELECT past.facility_id, past.place_id, past.item_id, past.minimum, past.reorder_point, past.par, past.maximum,
           past.in_transit, past.on_hand - past.quantity
    FROM past
    WHERE past.on_hand > past.reorder_point AND past.on_hand - past.quantity <= past.reorder_point
      AND past.place_id IN (SELECT p.id FROM {places} WHERE {inside})),
rated AS MATERIALIZED (
    SELECT low.*,
           (SELECT CASE item.criticality WHEN 'life-saving' THEN 0 WHEN 'essential' THEN 1 ELSE 2 END
            FROM item WHERE item.id = low.item_id) AS urgency,
           (SELECT CAST(coalesce(sum(u.quantity), 0) AS BIGINT)
            FROM daily_usage u
            WHERE u.facility_id = low.facility_id AND u.item_id = low.item_id
              AND u.day BETWEEN :rate_start AND :rate_end AND u.kind = 'consume'
              AND EXISTS (SELECT 1 FROM place_ancestor a WHERE a.place_id = u.place_id AND a.ancestor_id = low.place_id)
           ) AS used
    FROM low)
SELECT place_id, item_id, minimum, reorder_point, par, maximum, in_transit, available, used,
       count(*) OVER () AS lines, CAST(sum(CASE WHEN available <= 0 THEN 1 ELSE 0 END) OVER () AS BIGINT) AS empty
FROM rated
ORDER BY CASE WHEN available <= 0 THEN 0 ELSE 1 END,
         CASE WHEN available <= 0 THEN urgency END,
         CASE WHEN available <= 0 THEN -used END,
         CASE WHEN used > 0 THEN 0 ELSE 1 END,
         CASE WHEN used > 0 THEN CAST(available AS {real}) / used END,
         urgency, item_id, place_id
LIMIT :limit
"""

_USED = """
SELECT {key} CAST(coalesce(sum(u.quantity), 0) AS BIGINT) AS quantity
FROM daily_usage u
WHERE {facility} AND u.item_id IN :items AND u.day BETWEEN :start AND :end AND u.kind = :kind {inside}
{group}
"""

_OF_LOTS = """
SELECT m.lot_id, m.kind,
       CAST(sum(CASE WHEN m.reverses IS NULL THEN m.quantity ELSE -m.quantity END) AS BIGINT) AS quantity
FROM facility f CROSS JOIN movement m
WHERE m.facility_id = f.id AND m.lot_id IN :lots AND m.lot_id > 0 AND m.kind IN ('receive', 'consume', 'return')
GROUP BY m.lot_id, m.kind
"""

_DAYS = ("today", "start", "end", "rate_start", "rate_end")
_LISTS = ("items", "roots", "lots")
_WHOLE = BigInteger()

type Typed = Text | BigInteger | Day | Money


def _statement(sql: str, columns: Mapping[str, Typed]) -> TextualSelect:
    """The text with its parameters typed, so that days and amounts are written as the database keeps them."""
    clause: TextClause = text(sql)
    for name in _DAYS:
        if f":{name} " in f"{sql} ".replace("\n", " ").replace(")", " ").replace(",", " "):
            clause = clause.bindparams(bindparam(name, type_=Day()))
    for name in _LISTS:
        if f":{name}" in sql:
            clause = clause.bindparams(bindparam(name, expanding=True, type_=_WHOLE))
    return clause.columns(**columns)


def _scope_sql(*, roots: bool) -> dict[str, str]:
    places, inside = _INSIDE_ROOTS if roots else _WHOLE_FACILITY
    return {"places": places, "inside": inside}


@lru_cache
def _lapsing(dialect: str, *, roots: bool, items: bool) -> TextualSelect:
    days_left = (
        "CAST(julianday(expires_on) - julianday(:today) AS INTEGER)"
        if dialect == "sqlite"
        else "(expires_on - :today)"
    )
    sql = _LAPSING.format(
        shelf=_SHELF.format(
            **_scope_sql(roots=roots),
            days="s.expires_on BETWEEN :today AND :end",
            items="AND s.item_id IN :items" if items else "",
        ),
        days_left=days_left,
        unit_cost=_UNIT_COST.format(lot="outlook.lot_id"),
    )
    return _statement(
        sql,
        {
            "number": Text(),
            "serial": Text(),
            "expires_on": Day(),
            "unit_cost": Money(),
            "all_value": Money(),
            "all_lapsing": Money(),
        },
    )


@lru_cache
def _lapsed(*, roots: bool, items: bool) -> TextualSelect:
    shelf = _SHELF.format(
        **_scope_sql(roots=roots),
        days="s.expires_on < :today",
        items="AND s.item_id IN :items" if items else "",
    )
    sql = _LAPSED.format(shelf=shelf, unit_cost=_UNIT_COST.format(lot="shelf.lot_id"))
    return _statement(sql, {"lots": _WHOLE, "quantity": _WHOLE, "value": Money()})


@lru_cache
def _low(dialect: str, *, roots: bool, items: bool) -> TextualSelect:
    sql = _LOW.format(
        **_scope_sql(roots=roots),
        stock_items="AND s.item_id IN :items" if items else "",
        par_items="AND par.item_id IN :items" if items else "",
        real="REAL" if dialect == "sqlite" else "DOUBLE PRECISION",
    )
    return _statement(sql, {"lines": _WHOLE})


@lru_cache
def _used(key: str, *, roots: bool) -> TextualSelect:
    sql = _USED.format(
        key=f"u.{key} AS part," if key else "",
        facility="u.facility_id IN (SELECT p.facility_id FROM place p WHERE p.id IN :roots)"
        if roots
        else "u.facility_id = :facility",
        inside="AND EXISTS (SELECT 1 FROM place_ancestor a WHERE a.place_id = u.place_id AND a.ancestor_id IN :roots)"
        if roots
        else "",
        group=f"GROUP BY u.{key}" if key else "",
    )
    part = {"part": Day() if key == "day" else _WHOLE} if key else {}
    return _statement(sql, {**part, "quantity": _WHOLE})


@lru_cache
def _of_lots() -> TextualSelect:
    return _statement(_OF_LOTS, {"lot_id": _WHOLE})


class SqlQuestions:
    """``domain.ports.Questions`` over one open connection; it only reads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def lapsing(
        self,
        scope: Scope,
        *,
        today: date,
        end: date,
        start: date,
        rate: DateWindow,
        items: Collection[ItemId] = (),
        limit: int,
    ) -> tuple[list[LapsingRow], LapsingSums]:
        statement = _lapsing(self._dialect, roots=bool(scope.roots), items=bool(items))
        given = {"today": today, "end": end, "start": start, "limit": limit, "rate_days": rate.days}
        rows = self._connection.execute(
            statement, {**_bounds(scope, items=items), **_rated(rate), **given}
        ).all()
        if not rows:
            return [], LapsingSums(0, 0, Decimal(0), Decimal(0))
        first = rows[0]
        sums = LapsingSums(first.lots, first.all_quantity, first.all_value, first.all_lapsing)
        return [_lapsing_row(row) for row in rows], sums

    def lapsed(self, scope: Scope, *, today: date, items: Collection[ItemId] = ()) -> LapsingSums:
        statement = _lapsed(roots=bool(scope.roots), items=bool(items))
        row = self._connection.execute(statement, {**_bounds(scope, items=items), "today": today}).one()
        return LapsingSums(row.lots, row.quantity, row.value, row.value)

    def low(
        self,
        scope: Scope,
        *,
        today: date,
        rate: DateWindow,
        items: Collection[ItemId] = (),
        limit: int,
    ) -> LowRows:
        statement = _low(self._dialect, roots=bool(scope.roots), items=bool(items))
        given = {**_bounds(scope, items=items), **_rated(rate), "today": today, "limit": limit}
        rows = self._connection.execute(statement, given).all()
        if not rows:
            return LowRows((), 0, 0)
        return LowRows(tuple(_low_row(row) for row in rows), rows[0].lines, rows[0].empty)

    def used_by_day(self, scope: Scope, *, items: Collection[ItemId], window: DateWindow) -> dict[date, int]:
        rows = self._use(scope, key="day", items=items, window=window)
        return {row.part: row.quantity for row in rows}

    def used_by_item(
        self, scope: Scope, *, items: Collection[ItemId], window: DateWindow
    ) -> dict[ItemId, int]:
        rows = self._use(scope, key="item_id", items=items, window=window)
        return {ItemId(row.part): row.quantity for row in rows}

    def used_by_place(
        self, scope: Scope, *, items: Collection[ItemId], window: DateWindow
    ) -> dict[PlaceId, int]:
        rows = self._use(scope, key="place_id", items=items, window=window)
        return {PlaceId(row.part): row.quantity for row in rows}

    def used_by_charge(
        self, scope: Scope, *, items: Collection[ItemId], window: DateWindow
    ) -> dict[ChargeId, int]:
        rows = self._use(scope, key="charge_id", items=items, window=window)
        return {ChargeId(row.part): row.quantity for row in rows}

    def used(
        self,
        scope: Scope,
        *,
        items: Collection[ItemId],
        window: DateWindow,
        kind: MovementKind = MovementKind.CONSUME,
    ) -> int:
        return sum(row.quantity for row in self._use(scope, key="", items=items, window=window, kind=kind))

    def of_lots(self, lot_ids: Collection[LotId]) -> dict[LotId, LotSums]:
        moved: dict[LotId, dict[str, int]] = {lot_id: {} for lot_id in lot_ids}
        if moved:
            for row in self._connection.execute(_of_lots(), {"lots": list(moved)}):
                moved[LotId(row.lot_id)][row.kind] = row.quantity
        return {
            lot_id: LotSums(
                received=kinds.get(MovementKind.RECEIVE, 0),
                used=kinds.get(MovementKind.CONSUME, 0) - kinds.get(MovementKind.RETURN, 0),
            )
            for lot_id, kinds in moved.items()
        }

    def _use(
        self,
        scope: Scope,
        *,
        key: str,
        items: Collection[ItemId],
        window: DateWindow,
        kind: MovementKind = MovementKind.CONSUME,
    ) -> list[Row[tuple[object, ...]]]:
        if not items:
            return []
        given = {"start": window.start, "end": window.end, "kind": kind.value}
        statement = _used(key, roots=bool(scope.roots))
        return list(self._connection.execute(statement, {**_bounds(scope, items=items), **given}))


def _bounds(scope: Scope, *, items: Collection[ItemId]) -> dict[str, object]:
    bounds: dict[str, object] = (
        {"roots": list(scope.roots)} if scope.roots else {"facility": scope.facility_id}
    )
    return {**bounds, "items": list(items)} if items else bounds


def _rated(rate: DateWindow) -> dict[str, object]:
    return {"rate_start": rate.start, "rate_end": rate.end}


def _lapsing_row(row: Row[tuple[object, ...]]) -> LapsingRow:
    return LapsingRow(
        item_id=ItemId(row.item_id),
        place_id=PlaceId(row.place_id),
        lot_id=LotId(row.lot_id),
        owner_id=SupplierId(row.owner_id),
        lot_number=row.number,
        serial=row.serial,
        expires_on=row.expires_on,
        quantity=row.quantity,
        held=row.held,
        unit_cost=row.unit_cost,
        used=row.used,
        will_use=row.will_use,
    )


def _low_row(row: Row[tuple[object, ...]]) -> LowRow:
    return LowRow(
        par=Par(
            ItemId(row.item_id),
            PlaceId(row.place_id),
            row.minimum,
            row.reorder_point,
            row.par,
            row.maximum,
        ),
        available=row.available,
        in_transit=row.in_transit,
        used=row.used,
    )
