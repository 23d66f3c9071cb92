"""Loading movements in bulk leaves the same ledger, balances and sums as posting them; the ledger check agrees with both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from domain.errors import Conflict
from domain.model.ids import NO_CHARGE, NO_LOT, OURS, PlaceId
from domain.model.movement import Movement, MovementKind, Source, StockStatus, reversal
from domain.model.par import Par
from domain.store import Store
from domain.store.binary_copy import numeric
from domain.store.movements import to_plain
from domain.usecases.admin.check_ledger import (
    BalanceDiffers,
    Difference,
    ParDiffers,
    SpendDiffers,
    UseDiffers,
    check_ledger,
)
from tests import small_hospital as small
from tests.small_hospital import (
    ED,
    ED_CART,
    FOLEY,
    FOLEY_EARLY,
    FOLEY_LATE,
    GLOVE,
    ICU,
    ICU_SHELF_A,
    ICU_SHELF_B,
    NOW,
    NURSE,
    STENT,
    TODAY,
    consume,
    receive,
)

PARS = (
    Par(FOLEY, ICU, 2, 6, 10, 20),
    Par(FOLEY, ICU_SHELF_A, 0, 1, 5, 10),
    Par(FOLEY, ED, 1, 2, 5, 9),
    Par(GLOVE, ICU, 10, 30, 60, 100),
)


def of_every_kind() -> Iterator[Movement]:
    """One story with all kinds of movement, and a reversal of nearly each."""
    base = consume()

    def move(kind: MovementKind, quantity: int, **changed: object) -> Movement:
        identity = small.new_id()
        return replace(base, id=identity, key=f"{kind}-{identity}", kind=kind, quantity=quantity, **changed)  # type: ignore[arg-type]

    def undo(movement: Movement) -> Movement:
        return reversal(
            movement,
            id=small.new_id(),
            key=f"undo-{movement.id}",
            actor_id=NURSE,
            recorded_at=NOW + timedelta(hours=1),
            reason="Versehen – Ärger",
            source=Source("C1", "t", "e"),
        )

    first = receive(quantity=40, unit_cost=Decimal("0.0001"))
    yield first
    yield receive(quantity=9, lot_id=FOLEY_LATE, to=ICU_SHELF_B, unit_cost=Decimal("12345678.9"))
    yield receive(GLOVE, 100, lot_id=NO_LOT, unit_cost=Decimal(0))
    yield receive(STENT, 1, to=ED_CART, lot_id=small.STENT_LOT, owner_id=small.CONSIGNOR)
    use = move(MovementKind.CONSUME, 7, unit_cost=Decimal("1.2345"))
    yield use
    yield undo(use)
    yield move(MovementKind.CONSUME, 3, charge_id=small.ON_CASE, day=TODAY - timedelta(days=400))
    back = move(MovementKind.RETURN, 2, from_place_id=None, to_place_id=ICU_SHELF_A)
    yield back
    yield undo(back)
    yield move(MovementKind.WASTE, 4, lot_id=FOLEY_LATE, from_place_id=ICU_SHELF_B)
    under_way = move(
        MovementKind.TRANSFER,
        5,
        to_place_id=ED_CART,
        to_status=StockStatus.IN_TRANSIT,
        reason='with "quotes", \\, \t',
    )
    yield under_way
    elsewhere = move(MovementKind.TRANSFER, 6, to_place_id=small.CLINIC_SHELF)
    yield elsewhere
    yield undo(elsewhere)
    held = move(MovementKind.STATUS, 2, to_place_id=ICU_SHELF_A, to_status=StockStatus.QUARANTINED)
    yield held
    yield undo(held)
    promised = move(MovementKind.RESERVE, 3)
    yield promised
    yield move(MovementKind.RELEASE, 1)
    yield undo(promised)
    yield move(MovementKind.RESERVE, 2)
    yield move(MovementKind.COUNT, 1)
    yield move(MovementKind.ADJUST, 2, from_place_id=None, to_place_id=ICU_SHELF_A)
    yield move(MovementKind.SEND_BACK, 5, charge_id=NO_CHARGE)
    yield move(MovementKind.CONSUME, 60, item_id=GLOVE, lot_id=NO_LOT, charge_id=NO_CHARGE)
    yield move(
        MovementKind.CONSUME, 11, item_id=GLOVE, lot_id=NO_LOT, from_place_id=ED_CART, entered_unit="box"
    )
    yield move(
        MovementKind.CONSUME, 9, owner_id=OURS, item_id=STENT, lot_id=NO_LOT, entered_quantity=Decimal("-0.5")
    )


def snapshot(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Both projections and all pars; rows of nothing, which only posting leaves behind, are left out."""
    statements = {
        "stock": """SELECT facility_id, item_id, place_id, lot_id, owner_id, status, on_hand, reserved, expires_on
            FROM stock WHERE on_hand <> 0 OR reserved <> 0 ORDER BY 1, 2, 3, 4, 5, 6""",
        "daily_usage": """SELECT facility_id, item_id, day, place_id, kind, charge_id, quantity, cost
            FROM daily_usage WHERE quantity <> 0 OR cost <> 0 ORDER BY 1, 2, 3, 4, 5, 6""",
        "spend_by_target": """SELECT facility_id, day, unit_id, kind, charge_id, quantity, cost
            FROM spend_by_target WHERE quantity <> 0 OR cost <> 0 ORDER BY 1, 2, 3, 4, 5""",
        "spend_by_item": """SELECT facility_id, item_id, month, unit_id, kind, department_id, quantity, cost
            FROM spend_by_item WHERE quantity <> 0 OR cost <> 0 ORDER BY 1, 2, 3, 4, 5, 6""",
        "par": "SELECT place_id, item_id, on_hand, in_transit FROM par ORDER BY 1, 2",
    }
    with store.begin() as unit:
        return {
            name: [tuple(row) for row in unit.connection.execute(text(sql))]
            for name, sql in statements.items()
        }


def test_loading_equals_posting_in_the_ledger_in_the_projections_and_in_the_pars(
    database_url: str, request: pytest.FixtureRequest
) -> None:
    movements = list(of_every_kind())
    outcomes = []
    for way in ("post", "load", "load plain rows"):
        store = request.getfixturevalue("make_store")()
        small.fill(store.transactions, pars=PARS)
        with store.transactions.begin() as unit:
            if way == "post":
                unit.ledger.post(movements)
            elif way == "load":
                assert unit.loading.movements(iter(movements)) == len(movements)
            else:
                assert unit.loading.movement_rows(map(to_plain, movements)) == len(movements)
            unit.commit()
        with store.transactions.reading() as unit:
            assert [unit.ledger.get(movement.id) for movement in movements] == movements
        checked = check_ledger(store.transactions)
        assert checked.sound
        assert (checked.movements, checked.pars) == (len(movements), len(PARS))
        outcomes.append(snapshot(store))
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert len(outcomes[0]["stock"]) == 7
    assert len(outcomes[0]["daily_usage"]) > 4
    assert len(outcomes[0]["spend_by_target"]) > 3
    assert len(outcomes[0]["spend_by_item"]) > 3


def test_pars_made_where_stock_lies_already_count_it(store: Store) -> None:
    small.fill(store.transactions)
    with store.transactions.begin() as unit:
        unit.ledger.post(list(of_every_kind()))
        unit.loading.pars(PARS)
        unit.commit()
    assert check_ledger(store.transactions).sound


def test_movements_are_loaded_into_an_empty_ledger_only(store: Store) -> None:
    small.fill(store.transactions)
    with store.transactions.begin() as unit:
        unit.ledger.post([receive()])
        with pytest.raises(Conflict, match="empty"):
            unit.loading.movements([receive()])


def test_a_load_of_a_repeated_key_is_refused(store: Store) -> None:
    small.fill(store.transactions)
    with store.transactions.begin() as unit, pytest.raises(Conflict):
        unit.loading.movements([receive(key="twice"), receive(key="twice")])
    assert check_ledger(store.transactions).movements == 0


def test_after_a_load_a_post_still_finds_the_keys_that_were_loaded(store: Store) -> None:
    small.fill(store.transactions)
    first = receive(key="loaded")
    with store.transactions.begin() as unit:
        unit.loading.movements([first])
        unit.commit()
    with store.transactions.begin() as unit:
        assert unit.ledger.post([receive(key="loaded"), receive()])[0] == first
        new = unit.lots.add(replace(small.LOTS[0], number="after the load"))
        assert new not in {lot.id for lot in small.LOTS}


def test_the_ledger_check_reports_what_somebody_changed_by_hand(store: Store) -> None:
    small.fill(store.transactions, pars=PARS)
    with store.transactions.begin() as unit:
        unit.ledger.post([receive(quantity=10), consume(quantity=3)])
        unit.commit()
    with store.begin() as unit:
        unit.connection.execute(text("UPDATE stock SET on_hand = 99"))
        unit.connection.execute(text("UPDATE daily_usage SET quantity = 4"))
        unit.connection.execute(text("UPDATE spend_by_target SET quantity = 5"))
        unit.connection.execute(text("DELETE FROM spend_by_item"))
        unit.connection.execute(text("UPDATE par SET on_hand = 99 WHERE place_id = :place"), {"place": ICU})
        unit.connection.execute(text("UPDATE par SET in_transit = 5 WHERE place_id = :place"), {"place": ED})
        unit.commit()
    found: list[Difference] = []
    checked = check_ledger(store.transactions, on_difference=found.append)
    assert not checked.sound
    balances = [one for one in found if isinstance(one, BalanceDiffers)]
    uses = [one for one in found if isinstance(one, UseDiffers)]
    pars = {one.place_id: (one.expected, one.found) for one in found if isinstance(one, ParDiffers)}
    assert [(one.key.place_id, one.expected, one.found) for one in balances] == [
        (ICU_SHELF_A, (7, 0), (99, 0))
    ]
    assert [(one.expected[0], one.found[0]) for one in uses] == [(3, 4)]
    # Spending is compared with the sums of use, of which one was changed: both are told, against the 4 that now stand there.
    spent = {one.table: (one.expected[0], one.found[0]) for one in found if isinstance(one, SpendDiffers)}
    assert spent == {"spend_by_target": (4, 5), "spend_by_item": (4, 0)}
    assert pars[ED] == ((0, 0), (0, 5))
    assert pars[ICU] == ((7, 0), (99, 0))
    assert checked.differences == len(found)


def low(store: Store, *, today: date = TODAY, places: list[PlaceId] | None = None) -> dict[PlaceId, int]:
    with store.transactions.reading() as unit:
        lines = unit.pars.low(today=today, places=places)
    return {line.par.place_id: line.available for line in lines if line.par.item_id == FOLEY}


def test_a_par_counts_what_lies_inside_its_place_and_nothing_that_is_expired(store: Store) -> None:
    small.fill(store.transactions, pars=PARS[:3])
    assert low(store) == {ICU: 0, ICU_SHELF_A: 0, ED: 0}
    with store.transactions.begin() as unit:
        unit.ledger.post(
            [
                receive(quantity=4),
                receive(quantity=5, to=ICU_SHELF_B, lot_id=FOLEY_LATE),
                receive(quantity=3, to=ED_CART),
            ]
        )
        unit.commit()
    assert low(store) == {}
    after_the_early_lot = date(2026, 12, 11)
    assert low(store, today=after_the_early_lot) == {ICU: 5, ICU_SHELF_A: 0, ED: 0}
    assert low(store, today=after_the_early_lot, places=[ICU]) == {ICU: 5}
    with store.transactions.begin() as unit:
        unit.ledger.post([consume(quantity=1, at=ED_CART)])
        unit.commit()
    assert low(store) == {ED: 2}
    assert small.LOTS[0].id == FOLEY_EARLY


def test_one_empty_shelf_below_zero_does_not_empty_the_next(store: Store) -> None:
    small.fill(store.transactions, pars=PARS[:1])
    with store.transactions.begin() as unit:
        unit.ledger.post([receive(quantity=6, to=ICU_SHELF_B), consume(quantity=5, at=ICU_SHELF_A)])
        unit.commit()
    assert low(store) == {ICU: 6}


@pytest.mark.parametrize(
    "amount", [0, 1, -1, 9_999, 10_000, 10_001, 125_000_000, 1_234_567_890_123, -500_000]
)
def test_postgres_reads_back_the_numeric_that_is_written(
    amount: int, postgres_server: object, postgres_template: str, request: pytest.FixtureRequest
) -> None:
    import psycopg
    from sqlalchemy import make_url

    admin = make_url(request.getfixturevalue("postgres_server").admin_url)
    url = admin.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        body = numeric(amount)[4:]
        row = connection.execute(
            "SELECT numeric_send(%s::numeric(18,4))", (Decimal(amount).scaleb(-4),)
        ).fetchone()
        assert row is not None
        assert bytes(row[0]) == body
