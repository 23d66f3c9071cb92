from __future__ import annotations

import pytest

from domain.errors import Invalid
from domain.model.ids import LotId, PlaceId
from domain.planning.saving_moves import HeldLot, Spot, best_moves, expected_lapse
from domain.planning.shelf_life import Shelf
from domain.planning.stock_health import Pace, health
from domain.planning.uncertain_use import UncertainUse, learned, of_places


def test_what_nobody_uses_lapses_whole() -> None:
    found = Shelf(UncertainUse(0.0), (10, 20)).lapsing([3, 4])
    assert found.by_date.tolist() == [3.0, 4.0]
    assert found.slopes.tolist() == [1.0, 1.0]


def test_one_piece_lapses_where_no_use_comes_in_time() -> None:
    """Poisson with two expected in ten days: exp(-2)."""
    found = Shelf(UncertainUse(0.2), (10,)).lapsing([1])
    assert found.total == pytest.approx(0.135335, abs=1e-6)


def test_bunches_leave_more_to_lapse_than_single_uses_of_the_same_mean() -> None:
    single = Shelf(UncertainUse(0.2), (30,)).lapsing([6]).total
    bunched = Shelf(UncertainUse(0.2, 4.0), (30,)).lapsing([6]).total
    assert bunched > single + 0.5


def test_use_before_an_early_lot_came_to_its_day_serves_the_later_lot_too() -> None:
    alone = Shelf(UncertainUse(0.5), (40,)).lapsing([10]).total
    behind = Shelf(UncertainUse(0.5), (20, 40)).lapsing([2, 10]).by_date[1]
    assert alone < behind < alone + 2


def test_a_unit_with_its_last_day_today_lapses() -> None:
    assert Shelf(UncertainUse(5.0), (0,)).lapsing([2]).total == pytest.approx(2.0)


def test_what_leaves_a_store_is_used_only_after_its_lag() -> None:
    assert UncertainUse(0.5, lag=14).expected(10) == 0
    assert UncertainUse(0.5, lag=14).expected(24) == pytest.approx(5.0)


def test_a_place_used_once_is_not_believed_to_be_used_that_often() -> None:
    found = of_places({"here": (6, 6), "there": (0, 0)}, days=182)
    assert found["here"].mean == pytest.approx(6.5 / (182 + 182 / 6))
    assert 0 < found["there"].mean < 0.5 * found["here"].mean


def test_an_item_used_nowhere_is_expected_nowhere() -> None:
    assert of_places({"here": (0, 0)})["here"] == UncertainUse(0.0)


def test_use_learned_from_few_days_is_less_sure() -> None:
    assert learned(10, squares=10, days=28).dispersion > learned(65, squares=65, days=182).dispersion


def test_impossible_use_is_refused() -> None:
    with pytest.raises(Invalid):
        UncertainUse(-0.1)
    with pytest.raises(Invalid):
        learned(3, squares=3, days=0)


def test_lots_past_their_date_are_lost_whole_and_take_no_use() -> None:
    late, good = HeldLot(LotId(1), -2, 5), HeldLot(LotId(2), 60, 2)
    found = expected_lapse(Spot(PlaceId(1), UncertainUse(1.0), (late, good)))
    assert found[LotId(1)] == 5
    assert found[LotId(2)] < 0.01


def test_pieces_go_to_the_place_that_uses_them_and_no_more_than_it_can() -> None:
    idle = Spot(PlaceId(1), UncertainUse(0.0), (HeldLot(LotId(1), 40, 30),))
    busy = Spot(PlaceId(2), UncertainUse(0.25))
    (move,) = best_moves([idle, busy], unit_cost=20.0, way=lambda _one, _other: 50.0, within=60)
    assert (move.from_place_id, move.to_place_id) == (1, 2)
    assert 9 <= move.quantity <= 16  # ten are expected to be used in 40 days


def test_a_move_that_saves_less_than_its_handling_is_not_proposed() -> None:
    idle = Spot(PlaceId(1), UncertainUse(0.0), (HeldLot(LotId(1), 40, 3),))
    busy = Spot(PlaceId(2), UncertainUse(1.0))
    assert not best_moves([idle, busy], unit_cost=0.4, way=lambda _one, _other: 10.0, within=60)


def test_what_is_not_ours_or_lapses_later_than_asked_stays() -> None:
    held = (HeldLot(LotId(1), 40, 3, movable=False), HeldLot(LotId(2), 80, 3))
    spots = [Spot(PlaceId(1), UncertainUse(0.0), held), Spot(PlaceId(2), UncertainUse(1.0))]
    assert not best_moves(spots, unit_cost=50.0, way=lambda _one, _other: 10.0, within=60)


def test_nothing_is_brought_where_own_lots_would_lapse_for_it() -> None:
    idle = Spot(PlaceId(1), UncertainUse(0.0), (HeldLot(LotId(1), 40, 5),))
    full = Spot(PlaceId(2), UncertainUse(0.1), (HeldLot(LotId(2), 45, 40),))
    assert not best_moves([idle, full], unit_cost=50.0, way=lambda _one, _other: 10.0, within=60)


def test_the_nearer_of_two_equal_places_is_chosen() -> None:
    idle = Spot(PlaceId(1), UncertainUse(0.0), (HeldLot(LotId(1), 40, 3),))
    spots = [idle, Spot(PlaceId(2), UncertainUse(1.0)), Spot(PlaceId(3), UncertainUse(1.0))]
    (move,) = best_moves(spots, unit_cost=50.0, way=lambda _one, other: 300.0 - other, within=60)
    assert move.to_place_id == 3


def test_thousands_of_cheap_pieces_are_weighed_in_bundles() -> None:
    idle = Spot(PlaceId(1), UncertainUse(0.0), (HeldLot(LotId(1), 30, 5_000),))
    busy = Spot(PlaceId(2), UncertainUse(100.0, 10.0))
    (move,) = best_moves([idle, busy], unit_cost=0.1, way=lambda _one, _other: 10.0, within=60)
    assert 2_500 <= move.quantity <= 3_600


def test_stock_without_use_is_dead_and_all_of_it_above_need() -> None:
    found = health(8, used=0, days=90)
    assert (found.pace, found.days_on_hand, found.need, found.excess) == (Pace.DEAD, None, 0, 8)


def test_slow_stock_is_above_what_ninety_days_need() -> None:
    found = health(40, used=6, days=90)
    assert (found.pace, found.need, found.excess) == (Pace.SLOW, 6, 34)
    assert found.days_on_hand == pytest.approx(600)
    assert found.turns == pytest.approx(6 * 365 / 90 / 40)


def test_what_stands_by_is_needed_however_seldom_it_is_used() -> None:
    assert health(4, used=0, days=90, standby=4).excess == 0


def test_stock_above_its_maximum_and_need_is_overstock() -> None:
    assert health(30, used=20, days=90, maximum=25).pace is Pace.OVERSTOCKED
    assert health(24, used=20, days=90, maximum=25).pace is Pace.MOVING
