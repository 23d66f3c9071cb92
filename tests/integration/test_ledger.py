"""The ledger on real databases: what it records, what it refuses, and that projections go with it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.errors import (
    AlreadyReversed,
    Conflict,
    Invalid,
    InvalidMovement,
    UnknownLot,
    UnknownMovement,
    UnknownPlace,
)
from domain.model.ids import ChargeId, ItemId, LotId, PlaceId, SupplierId
from domain.model.movement import Movement, Source, reversal
from domain.store import Store
from tests import small_hospital as small
from tests.small_hospital import FOLEY, FOLEY_EARLY, ICU_SHELF_A, NOW, NURSE, TODAY, consume, receive


@pytest.fixture(autouse=True)
def _hospital(store: Store) -> None:
    small.fill(store.transactions)


def post(store: Store, *movements: Movement) -> list[Movement]:
    with store.transactions.begin() as unit:
        recorded = unit.ledger.post(movements)
        unit.commit()
    return recorded


def on_hand(store: Store) -> int:
    with store.transactions.reading() as unit:
        return sum(line.on_hand for line in unit.stock.of_items([FOLEY]))


def undo(movement: Movement, *, key: str = "undo") -> Movement:
    return reversal(
        movement,
        id=small.new_id(),
        key=key,
        actor_id=NURSE,
        recorded_at=NOW + timedelta(minutes=5),
        reason="mistake",
        source=Source("C1", "t", "e"),
    )


def test_a_movement_comes_back_as_it_was_posted(store: Store) -> None:
    movement = receive()
    assert post(store, movement) == [movement]
    with store.transactions.reading() as unit:
        assert unit.ledger.get(movement.id) == movement
        assert unit.ledger.by_key(movement.key) == movement
        assert unit.ledger.by_key("no such key") is None
        assert unit.ledger.of_lots([FOLEY_EARLY]) == [movement]


def test_a_batch_of_receipts_uses_and_an_undo_leaves_the_right_balance_and_sums(store: Store) -> None:
    use = consume(quantity=3)
    post(store, receive(quantity=10), use, consume(quantity=2), undo(use))
    with store.transactions.reading() as unit:
        (line,) = unit.stock.of_items([FOLEY])
        assert (line.on_hand, line.lot_number, line.expires_on) == (8, "8J-2210", small.LOTS[0].expires_on)
        assert unit.usage.totals([FOLEY], start=TODAY, end=TODAY) == {(FOLEY, ICU_SHELF_A): 2}
        (row,) = unit.usage.rows([FOLEY], start=TODAY, end=TODAY)
        assert row.cost == Decimal("4.70")


def test_stock_goes_below_zero_rather_than_forget_a_use(store: Store) -> None:
    post(store, consume(quantity=4))
    assert on_hand(store) == -4


def test_a_retry_gives_the_recorded_movement_and_writes_nothing(store: Store) -> None:
    first = receive(key="click-1")
    again = receive(key="click-1")
    post(store, first)
    assert post(store, again) == [first]
    assert on_hand(store) == 10


def test_a_batch_of_which_half_is_there_already_adds_the_other_half(store: Store) -> None:
    first, second, third = receive(key="a"), receive(key="b"), receive(key="c")
    post(store, first, third)
    assert post(store, receive(key="a"), second, receive(key="b"), receive(key="c")) == [
        first,
        second,
        second,
        third,
    ]
    assert on_hand(store) == 30


def test_what_is_not_committed_was_never_there(store: Store) -> None:
    with store.transactions.begin() as unit:
        unit.ledger.post([receive()])
    assert on_hand(store) == 0


def test_a_second_undo_of_one_movement_is_refused_and_its_retry_is_not(store: Store) -> None:
    movement = consume(quantity=3)
    first = undo(movement, key="undo-1")
    post(store, movement, first)
    assert post(store, undo(movement, key="undo-1")) == [first]
    with pytest.raises(AlreadyReversed, match="2026-11-22 at 12:05"):
        post(store, undo(movement, key="undo-2"))
    assert on_hand(store) == 0


def test_undoing_what_is_not_in_the_ledger_is_refused(store: Store) -> None:
    with pytest.raises(UnknownMovement):
        post(store, undo(consume()))


def test_an_id_that_another_movement_has_is_refused(store: Store) -> None:
    import dataclasses

    movement = receive()
    post(store, movement)
    with pytest.raises(Conflict):
        post(store, dataclasses.replace(movement, key="another"))


@pytest.mark.parametrize(
    ("movement", "error"),
    [
        (receive(ItemId(99), lot_id=LotId(0)), InvalidMovement),
        (receive(to=PlaceId(99)), UnknownPlace),
        (receive(lot_id=LotId(99)), UnknownLot),
        (receive(ItemId(1), lot_id=FOLEY_EARLY), UnknownLot),
        (receive(owner_id=SupplierId(99)), UnknownLot),
        (consume(charge_id=ChargeId(99)), InvalidMovement),
        (receive(unit_cost=Decimal("0.00001")), Invalid),
        (receive(facility_id=small.SOUTH), InvalidMovement),
    ],
    ids=[
        "item",
        "place",
        "lot",
        "lot of another item",
        "owner",
        "charge target",
        "cost too fine",
        "facility",
    ],
)
def test_a_movement_that_names_what_does_not_exist_is_refused(
    store: Store, movement: Movement, error: type[Exception]
) -> None:
    with pytest.raises(error):
        post(store, movement)
    assert on_hand(store) == 0


@pytest.mark.parametrize(
    "statement",
    ["UPDATE movement SET quantity = 99", "DELETE FROM movement", "TRUNCATE movement CASCADE"],
)
def test_the_database_itself_refuses_to_change_the_ledger(store: Store, statement: str) -> None:
    if statement.startswith("TRUNCATE") and store.url_safe.startswith("sqlite"):
        pytest.skip("SQLite has no TRUNCATE")
    post(store, receive())
    with pytest.raises(IntegrityError, match="append-only"), store.begin() as unit:
        unit.connection.execute(text(statement))
    assert on_hand(store) == 10
