"""The store's rules over plain rows are the model's own, for every movement there can be."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.model.ids import PlaceId
from domain.model.movement import Movement, MovementKind, stock_effects, usage_effects
from domain.ports import MovedRow
from domain.store.effects import BalanceKey, UseKey, add_up, rules
from domain.store.movements import to_plain
from domain.usecases.admin.check_ledger import replay
from tests import small_hospital as small
from tests.property.ledger_machine import FACILITY, movements, undoing


def facility_of(place_id: PlaceId) -> int:
    return FACILITY.get(place_id, small.NORTH)


def by_the_model(
    batch: list[Movement],
) -> tuple[dict[BalanceKey, tuple[int, int]], dict[UseKey, tuple[int, Decimal]]]:
    stock: dict[BalanceKey, tuple[int, int]] = defaultdict(lambda: (0, 0))
    usage: dict[UseKey, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for movement in batch:
        for effect in stock_effects(movement):
            at = effect.key
            balance = (
                facility_of(at.place_id),
                at.item_id,
                at.place_id,
                at.lot_id,
                at.owner_id,
                at.status.value,
            )
            stock[balance] = (stock[balance][0] + effect.on_hand, stock[balance][1] + effect.reserved)
        for use in usage_effects(movement):
            on = use.key
            used = (
                facility_of(on.place_id),
                on.item_id,
                on.day.isoformat(),
                on.place_id,
                on.kind.value,
                on.charge_id,
            )
            usage[used] = (usage[used][0] + use.quantity, usage[used][1] + use.cost)
    return stock, dict(usage)


def by_the_store(
    batch: list[Movement],
) -> tuple[dict[BalanceKey, tuple[int, int]], dict[UseKey, tuple[int, Decimal]]]:
    stock, usage = add_up([to_plain(movement) for movement in batch], facility_of=facility_of)
    return (
        stock,
        {key: (quantity, Decimal(cost).scaleb(-4)) for key, (quantity, cost) in usage.items()},
    )


def with_undoings(batch: list[Movement], undone: list[bool]) -> list[Movement]:
    return batch + [
        undoing(movement, key=f"undo-{movement.key}")
        for movement, undo in zip(batch, undone, strict=False)
        if undo
    ]


@given(st.lists(movements(), min_size=1, max_size=12), st.lists(st.booleans(), max_size=12))
def test_adding_up_rows_is_adding_up_the_models_effects(batch: list[Movement], undone: list[bool]) -> None:
    everything = with_undoings(batch, undone)
    assert by_the_store(everything) == by_the_model(everything)


@given(st.lists(movements(), min_size=1, max_size=12), st.lists(st.booleans(), max_size=12))
def test_the_ledger_check_replays_what_the_model_says(batch: list[Movement], undone: list[bool]) -> None:
    everything = with_undoings(batch, undone)
    moved: list[MovedRow] = []
    for movement in everything:
        row = to_plain(movement)
        moved.append((row[4], row[3], row[5], row[8], *row[10:17], row[19], row[24] is not None))
    stock, use = replay(moved)
    right_stock, right_use = by_the_model(everything)
    assert stock == {key[1:]: levels for key, levels in right_stock.items()}
    assert {key: (quantity, Decimal(cost).scaleb(-4)) for key, (quantity, cost) in use.items()} == {
        (item_id, place_id, day, kind, charge_id): sums
        for (_, item_id, day, place_id, kind, charge_id), sums in right_use.items()
    }


@given(movements())
def test_a_movement_and_its_undoing_add_up_to_nothing(movement: Movement) -> None:
    stock, usage = by_the_store([movement, undoing(movement, key="undo")])
    assert set(stock.values()) == {(0, 0)}
    assert set(usage.values()) <= {(0, Decimal(0))}


def test_every_kind_of_movement_has_its_rule_forwards_and_reversed() -> None:
    found = rules()
    for kind in MovementKind:
        assert any(shape[:2] == (kind.value, True) for shape in found), kind
        assert any(shape[:2] == (kind.value, False) for shape in found), kind
