"""Answers over a ledger of random movements, against SQL that knows the movements alone and none of the projections."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url

from domain.model.ids import NO_CHARGE, OURS, ItemId, LotId, PlaceId
from domain.model.movement import Movement, MovementKind, Source, StockStatus, reversal
from domain.model.par import Par
from domain.model.window import DateWindow
from domain.planning.expiry_risk import Supply, outlook
from domain.planning.rates import daily_use
from domain.store import Store
from domain.usecases.ask.below_par import below_par
from domain.usecases.ask.check_expiry import check_expiry
from domain.usecases.ask.check_stock import check_stock
from domain.usecases.ask.find_item import find_item
from domain.usecases.ask.report_usage import report_usage
from domain.usecases.ask.requests import BelowPar, CheckExpiry, CheckStock, FindItem, ReportUsage
from tests import small_hospital as small
from tests.integration.ask_ward import ANA, NORTH_ROOT, Ward, facility_of, in_days
from tests.small_hospital import (
    CLINIC_SHELF,
    CONSIGNOR,
    ED,
    ED_CART,
    FOLEY,
    GLOVE,
    ICU,
    ICU_ROOM,
    ICU_SHELF_A,
    ICU_SHELF_B,
    NOW,
    NURSE,
    ON_CASE,
    STENT,
    TODAY,
)

ITEMS = (FOLEY, GLOVE, STENT)
SHELVES = (ICU_ROOM, ICU_SHELF_A, ICU_SHELF_B, ED_CART, CLINIC_SHELF)
ASKED: tuple[tuple[PlaceId, ...], ...] = (
    (),
    (ICU,),
    (ED, ICU_SHELF_A),
    (CLINIC_SHELF,),
    (NORTH_ROOT,),
    (ICU, ICU_ROOM),
)

INSIDE = """
WITH RECURSIVE inside AS (
    SELECT id FROM place WHERE id IN ({roots})
    UNION
    SELECT place.id FROM place JOIN inside ON place.parent_id = inside.id
), moved AS (
    SELECT item_id, to_place_id AS place_id, lot_id, owner_id, to_status AS status, quantity, 0 AS promised
    FROM movement WHERE to_place_id IS NOT NULL AND kind <> 'reserve'
    UNION ALL
    SELECT item_id, from_place_id, lot_id, owner_id, from_status, -quantity, 0
    FROM movement WHERE from_place_id IS NOT NULL AND kind <> 'reserve'
    UNION ALL
    SELECT item_id, from_place_id, lot_id, owner_id, from_status, 0, quantity FROM movement WHERE kind = 'reserve'
), balance AS (
    SELECT moved.item_id, place_id, lot_id, owner_id, status, expires_on, sum(quantity) AS on_hand, sum(promised) AS reserved
    FROM moved JOIN lot ON lot.id = moved.lot_id
    GROUP BY moved.item_id, place_id, lot_id, owner_id, status, expires_on
), takeable AS (
    SELECT item_id, place_id, sum(on_hand - reserved) AS quantity
    FROM balance WHERE status = 'available' AND expires_on >= :today AND on_hand > reserved
    GROUP BY item_id, place_id
)
"""


class Books:
    """SQL of its own over the same database; days are given as it keeps them."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        self.engine: Engine = create_engine(
            parsed.set(drivername="sqlite+pysqlite" if self.sqlite else "postgresql+psycopg")
        )

    def rows(self, sql: str, *, roots: tuple[PlaceId, ...], **given: object) -> list[tuple[object, ...]]:
        kept = {
            name: value.isoformat() if self.sqlite and isinstance(value, date) else value
            for name, value in {"today": TODAY, **given}.items()
        }
        statement = (INSIDE + sql).format(roots=", ".join(str(root) for root in roots or (NORTH_ROOT,)))
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), kept)]

    def number(self, sql: str, *, roots: tuple[PlaceId, ...], **given: object) -> int:
        ((found,),) = self.rows(sql, roots=roots, **given)
        return int(str(found or 0))

    def money(self, kept: object) -> Decimal:
        return Decimal(str(kept)) / (10_000 if self.sqlite else 1)


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    opened = Books(database_url)
    yield opened
    opened.engine.dispose()


def par(item: ItemId, place: PlaceId, reorder: int) -> Par:
    return Par(item, place, 0, reorder, reorder + 10, reorder + 20)


PARS = tuple(
    par(item, place, reorder)
    for item in ITEMS
    for place, reorder in ((ICU_ROOM, 380), (ICU_SHELF_B, 130), (ED_CART, 120), (CLINIC_SHELF, 140))
    if (item, place) != (GLOVE, ED_CART)
)


@pytest.fixture(params=[1, 2])
def ward(request: pytest.FixtureRequest, store: Store) -> Ward:
    """A few hundred movements of every kind, some undone, over two months and both facilities."""
    chance = random.Random(request.param)
    ward = Ward(store, pars=PARS)
    lots: dict[ItemId, list[LotId]] = {
        item: [ward.lot(f"{item}-{days}", days=days, item=item) for days in chance.sample(range(-6, 45), 5)]
        for item in ITEMS
    }
    posted: list[Movement] = []
    for _ in range(320):
        item = chance.choice(ITEMS)
        posted.append(_movement(chance, item=item, lot=chance.choice(lots[item])))
    ward.post(*posted)
    for number, movement in enumerate(chance.sample(posted, 25)):
        if movement.kind is not MovementKind.RESERVE:
            ward.post(
                reversal(
                    movement,
                    id=small.new_id(),
                    key=f"undo-{number}",
                    actor_id=NURSE,
                    recorded_at=NOW,
                    reason="mistake",
                    source=Source(),
                )
            )
    return ward


def _movement(chance: random.Random, *, item: ItemId, lot: LotId) -> Movement:
    place = chance.choice(SHELVES)
    when = NOW - timedelta(days=chance.randint(0, 70))
    if chance.random() < 0.35:
        owner = CONSIGNOR if item == STENT and chance.random() < 0.5 else OURS
        return small.receive(
            item,
            chance.randint(5, 30),
            to=place,
            lot_id=lot,
            unit_cost=Decimal(chance.randint(1, 90_000)).scaleb(-4),
            owner_id=owner,
            facility_id=facility_of(place),
            occurred_at=when,
        )
    base = small.consume(
        item,
        chance.randint(1, 9),
        at=place,
        lot_id=lot,
        charge_id=chance.choice((NO_CHARGE, ON_CASE)),
        facility_id=facility_of(place),
        occurred_at=when,
    )
    kind = chance.choices(list(_SHAPES), weights=[12, 2, 2, 1, 1, 1, 1])[0]
    if kind is MovementKind.RETURN:
        return replace(base, kind=kind, from_place_id=None, to_place_id=place)
    if kind is MovementKind.TRANSFER:
        other = chance.choice([one for one in SHELVES if one != place])
        return replace(base, kind=kind, to_place_id=other, to_status=chance.choice(_ARRIVALS))
    if kind is MovementKind.STATUS:
        status = chance.choice((StockStatus.QUARANTINED, StockStatus.RECALLED))
        return replace(base, kind=kind, to_place_id=place, to_status=status)
    return replace(base, kind=kind)


_SHAPES = (
    MovementKind.CONSUME,
    MovementKind.RETURN,
    MovementKind.WASTE,
    MovementKind.TRANSFER,
    MovementKind.STATUS,
    MovementKind.RESERVE,
    MovementKind.ADJUST,
)
_ARRIVALS = (StockStatus.AVAILABLE, StockStatus.IN_TRANSIT)


def test_where_and_how_much_agree_with_the_movements(ward: Ward, books: Books) -> None:
    for roots in ASKED:
        found = ward.ask(find_item, FindItem(ANA, TODAY, ITEMS, roots))
        stocked = ward.ask(check_stock, CheckStock(ANA, TODAY, ITEMS, roots))
        for item, where, much in zip(ITEMS, found.items, stocked.items, strict=True):
            shelf = books.number(
                "SELECT sum(on_hand) FROM balance WHERE item_id = :item AND status <> 'in-transit' "
                "AND place_id IN (SELECT id FROM inside)",
                roots=roots,
                item=item,
            )
            takeable = {
                place: int(str(quantity))
                for place, quantity in books.rows(
                    "SELECT place_id, quantity FROM takeable WHERE item_id = :item "
                    "AND place_id IN (SELECT id FROM inside)",
                    roots=roots,
                    item=item,
                )
            }
            assert where.on_hand == much.on_hand == shelf
            assert where.available == much.available == sum(takeable.values())
            assert {spot.place.id: spot.available for spot in where.spots if spot.available} == takeable
            under_way = books.number(
                "SELECT sum(on_hand) FROM balance WHERE item_id = :item AND status = 'in-transit' "
                "AND place_id IN (SELECT id FROM inside)",
                roots=roots,
                item=item,
            )
            assert much.in_transit == under_way
            for spot in where.spots:
                lots = books.rows(
                    "SELECT lot_id FROM balance WHERE item_id = :item AND place_id = :place AND status = 'available' "
                    "AND expires_on >= :today AND on_hand > reserved ORDER BY expires_on, lot_id LIMIT 1",
                    roots=roots,
                    item=item,
                    place=spot.place.id,
                )
                assert ((spot.first_lot.id,) if spot.first_lot else None) == (lots[0] if lots else None)


_USED = """
SELECT KEY, sum(CASE WHEN (kind = 'consume') = (reverses IS NULL) THEN quantity ELSE -quantity END)
FROM movement
WHERE kind IN ('consume', 'return') AND day BETWEEN :start AND :end
  AND coalesce(from_place_id, to_place_id) IN (SELECT id FROM inside)
GROUP BY KEY
"""


def used(books: Books, key: str, *, roots: tuple[PlaceId, ...], window: DateWindow) -> dict[object, int]:
    found = books.rows(_USED.replace("KEY", key), roots=roots, start=window.start, end=window.end)
    return {part: int(str(quantity)) for part, quantity in found}


def test_use_agrees_with_the_movements(ward: Ward, books: Books) -> None:
    for roots in ASKED:
        for start, end in ((-40, -1), (-6, 0), (-70, -35)):
            window = DateWindow(in_days(start), in_days(end))
            for item in ITEMS:
                answer = ward.ask(report_usage, ReportUsage(ANA, TODAY, (item,), window, roots))
                assert answer.total == used(books, "item_id", roots=roots, window=window).get(item, 0)
                assert answer.previous == used(books, "item_id", roots=roots, window=window.before()).get(
                    item, 0
                )
                assert sum(point.quantity for point in answer.series) == answer.total


def test_what_lapses_agrees_with_the_movements_and_with_the_planning_rule(ward: Ward, books: Books) -> None:
    rate_days = DateWindow(in_days(-56), in_days(-1))
    costs: dict[LotId, Decimal] = {}
    for lot, cost in books.rows(
        "SELECT lot_id, unit_cost FROM movement m WHERE kind = 'receive' AND reverses IS NULL "
        "AND id NOT IN (SELECT reverses FROM movement WHERE reverses IS NOT NULL) ORDER BY occurred_at, id",
        roots=(),
    ):
        costs[LotId(int(str(lot)))] = books.money(cost)
    by_place = used(
        books,
        "item_id || '/' || coalesce(from_place_id, to_place_id)",
        roots=(NORTH_ROOT, PlaceId(2)),
        window=rate_days,
    )
    for roots in ASKED:
        answer = ward.ask(check_expiry, CheckExpiry(ANA, TODAY, DateWindow(in_days(-3), in_days(30)), roots))
        shelf = books.rows(
            "SELECT item_id, place_id, lot_id, owner_id, sum(on_hand), "
            "sum(CASE WHEN status = 'available' THEN on_hand ELSE 0 END) FROM balance "
            "WHERE status <> 'in-transit' AND on_hand > 0 AND expires_on BETWEEN :start AND :end "
            "AND place_id IN (SELECT id FROM inside) GROUP BY item_id, place_id, lot_id, owner_id",
            roots=roots,
            start=in_days(-3),
            end=in_days(30),
        )
        assert {
            (one.item.id, one.place.id, one.lot.id, one.consigned): one.quantity for one in answer.lots
        } == {
            (item, place, lot, owner != 0): int(str(on_hand)) for item, place, lot, owner, on_hand, _ in shelf
        }
        assert answer.total_lots == len(shelf)
        assert answer.total_value == sum(
            (
                costs[LotId(int(str(lot)))] * int(str(on_hand))
                for _, _, lot, owner, on_hand, _ in shelf
                if owner == 0
            ),
            Decimal(0),
        )
        expires = {one.lot.id: one.expires_on for one in answer.lots}
        together: defaultdict[tuple[object, object], list[Supply]] = defaultdict(list)
        for item, place, lot, _, _, usable in shelf:
            key = LotId(int(str(lot)))
            together[item, place].append(
                Supply(key, expires[key], 0 if expires[key] < TODAY else int(str(usable)))
            )
        for (item, place), supplies in together.items():
            rate = daily_use(by_place.get(f"{item}/{place}", 0))
            expected: defaultdict[LotId, int] = defaultdict(int)
            for one in outlook(supplies, rate=rate, today=TODAY):
                expected[one.lot_id] += one.will_use
            told: defaultdict[LotId, int] = defaultdict(int)
            for line in answer.lots:
                if (line.item.id, line.place.id) == (item, place):
                    told[line.lot.id] += line.will_use
                    assert line.daily_use == rate.daily
            assert told == expected
        past = books.rows(
            "SELECT lot_id, place_id, owner_id, sum(on_hand) FROM balance WHERE status <> 'in-transit' AND on_hand > 0 "
            "AND expires_on < :today AND place_id IN (SELECT id FROM inside) GROUP BY lot_id, place_id, owner_id",
            roots=roots,
        )
        assert answer.already_expired_lots == len(past)
        assert answer.already_expired_value == sum(
            (costs[LotId(int(str(lot)))] * int(str(held)) for lot, _, owner, held in past if owner == 0),
            Decimal(0),
        )


def test_what_is_low_agrees_with_the_movements(ward: Ward, books: Books) -> None:
    low_somewhere = 0
    for roots in ASKED:
        answer = ward.ask(below_par, BelowPar(ANA, TODAY, roots))
        expected = books.rows(
            """
            , under AS (
                SELECT id AS place_id, id AS outer_id FROM place
                UNION
                SELECT place.id, under.outer_id FROM place JOIN under ON place.parent_id = under.place_id
            ), level AS (
                SELECT par.item_id, par.place_id, par.reorder_point,
                    (SELECT coalesce(sum(takeable.quantity), 0) FROM takeable JOIN under ON under.place_id = takeable.place_id
                     WHERE takeable.item_id = par.item_id AND under.outer_id = par.place_id) AS available
                FROM par WHERE par.place_id IN (SELECT id FROM inside)
            )
            SELECT item_id, place_id, available FROM level WHERE available <= reorder_point
            """,
            roots=roots,
        )
        assert {(line.item.id, line.place.id, line.available) for line in answer.lines} == {
            (item, place, int(str(available))) for item, place, available in expected
        }
        assert answer.total == len(expected)
        assert answer.out_of_stock == sum(available == 0 for _, _, available in expected)
        low_somewhere += answer.total
        for line in answer.lines:
            window = DateWindow(in_days(-56), in_days(-1))
            net = used(books, "item_id", roots=(line.place.id,), window=window).get(line.item.id, 0)
            assert line.daily_use == daily_use(net).daily
    assert low_somewhere
