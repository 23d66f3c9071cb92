"""How much to order, and how long it takes, as a buyer would work it out on paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.planning.reorder import (
    FEWEST_DELIVERIES,
    LeadTime,
    Levels,
    OrderQuantity,
    Packing,
    lead_time,
    order_quantity,
    packs_of,
)

LEVELS = Levels(reorder_point=10, par=30, maximum=40)


def test_above_the_reorder_point_nothing_is_ordered() -> None:
    assert order_quantity(11, levels=LEVELS, packing=Packing(10)) is None


def test_at_the_reorder_point_it_is_brought_up_to_par_in_whole_packs() -> None:
    assert order_quantity(10, levels=LEVELS, packing=Packing(10)) == OrderQuantity(2)
    assert order_quantity(9, levels=LEVELS, packing=Packing(10)) == OrderQuantity(3)


def test_a_pack_less_is_taken_where_rounding_up_would_pass_the_maximum() -> None:
    # 5 + 2 x 20 is 45, above 40; one pack lifts it to 25, above the reorder point.
    assert order_quantity(5, levels=LEVELS, packing=Packing(20)) == OrderQuantity(1)


def test_the_maximum_is_passed_where_a_pack_less_would_leave_it_low() -> None:
    found = order_quantity(0, levels=LEVELS, packing=Packing(50))
    assert found == OrderQuantity(1, above=10)


def test_the_suppliers_smallest_order_is_kept_and_said() -> None:
    found = order_quantity(10, levels=LEVELS, packing=Packing(10, minimum=5))
    assert found == OrderQuantity(5, forced=True, above=20)


def test_more_used_than_the_books_held_is_made_up_for() -> None:
    assert order_quantity(-4, levels=LEVELS, packing=Packing(1)) == OrderQuantity(34)


def test_a_par_no_higher_than_its_reorder_point_is_lifted_by_one() -> None:
    assert order_quantity(2, levels=Levels(2, 2, 2), packing=Packing(1)) == OrderQuantity(1, above=1)


@given(
    st.integers(-50, 300), st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.integers(1, 60), st.integers(1, 6)
)  # fmt: skip
def test_an_order_ends_the_shortage_and_passes_the_maximum_by_less_than_a_pack_unless_forced(
    position: int, reorder: int, more: int, room: int, size: int, minimum: int
) -> None:
    levels = Levels(reorder, reorder + more, reorder + more + room)
    found = order_quantity(position, levels=levels, packing=Packing(size, minimum))
    if found is None:
        assert position > reorder
        return
    after = position + found.packs * size
    assert after > reorder, "what was low is low no more"
    assert found.packs >= minimum
    assert found.above == max(0, after - levels.maximum)
    if not found.forced:
        assert after <= max(levels.maximum, reorder + 1) + size - 1
        assert after <= max(levels.par, reorder + 1) + size - 1


def test_what_a_person_asks_for_is_rounded_up_to_packs_and_the_smallest_order() -> None:
    assert packs_of(26, packing=Packing(25)) == OrderQuantity(2)
    assert packs_of(10, packing=Packing(25, minimum=3)) == OrderQuantity(3, forced=True)
    assert packs_of(-5, packing=Packing(25)) == OrderQuantity(1)


def test_a_pack_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid):
        Packing(0)


def test_few_deliveries_leave_the_promise_as_it_is() -> None:
    assert lead_time([9] * (FEWEST_DELIVERIES - 1), promised=4) == LeadTime(4, 4)


def test_enough_deliveries_tell_what_is_usual_and_what_is_late() -> None:
    assert lead_time([4, 3, 5, 4, 21, 4, 5, 4, 6, 5], promised=3) == LeadTime(4, 6, 10)


@given(st.lists(st.integers(0, 60), min_size=FEWEST_DELIVERIES, max_size=40))
def test_half_came_within_the_usual_time_and_nine_of_ten_within_the_late_one(days: list[int]) -> None:
    found = lead_time(days, promised=1)
    assert sum(day <= found.usual for day in days) * 2 >= len(days)
    assert sum(day <= found.late for day in days) * 10 >= len(days) * 9
    assert found.usual <= found.late
