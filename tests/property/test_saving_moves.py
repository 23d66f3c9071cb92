"""The moves that save most, against all moves there are, and against carrying things to the nearest place first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.model.ids import LotId, PlaceId
from domain.planning.saving_moves import (
    LEAST_CHANCE,
    Handling,
    HeldLot,
    Move,
    Spot,
    best_moves,
    expected_lapse,
)
from domain.planning.shelf_life import Shelf
from domain.planning.uncertain_use import UncertainUse

HANDLING = Handling(each=2.0, metre=0.01)
COST = 9.0


def way(one: PlaceId, other: PlaceId) -> float:
    return 30.0 * abs(one - other)


uses = st.builds(
    UncertainUse,
    st.sampled_from([0.0, 0.01, 0.05, 0.15, 0.5]),
    st.sampled_from([1.0, 1.6, 4.0]),
    st.sampled_from([0, 0, 7]),
)


@st.composite
def small_wards(draw: st.DrawFn) -> tuple[Spot, ...]:
    """Two or three places; one or two lots that may be carried, few units of each; others that stand in the way."""
    count = draw(st.integers(2, 3))
    carried = [
        HeldLot(LotId(number + 1), draw(st.integers(5, 60)), draw(st.integers(1, 4)))
        for number in range(draw(st.integers(1, 2)))
    ]
    homes = [draw(st.integers(0, count - 1)) for _ in carried]
    spots = []
    for place in range(count):
        fixed = [
            HeldLot(
                LotId(100 + 10 * place + n), draw(st.integers(2, 90)), draw(st.integers(0, 5)), movable=False
            )
            for n in range(draw(st.integers(0, 2)))
        ]
        mine = [lot for lot, home in zip(carried, homes, strict=True) if home == place]
        spots.append(Spot(PlaceId(place + 1), draw(uses), (*mine, *fixed)))
    return tuple(spots)


def loss(
    spots: Sequence[Spot], moves: Sequence[tuple[LotId, PlaceId, PlaceId, int]], *, chance: float = 0.0
) -> float:
    """What is lost in the end, worked out anew from the places as the moves leave them; ``chance`` of a unit for each moved."""
    held: defaultdict[PlaceId, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    days = {lot.lot_id: lot.days_left for spot in spots for lot in spot.lots}
    for spot in spots:
        for lot in spot.lots:
            held[spot.place_id][lot.days_left] += lot.quantity
    handled = 0.0
    for lot_id, source, target, quantity in moves:
        held[source][days[lot_id]] -= quantity
        held[target][days[lot_id]] += quantity
        handled += HANDLING.of(way(source, target)) + chance * COST * quantity
    lost = 0.0
    for spot in spots:
        there = sorted(held[spot.place_id].items())
        if there:
            shelf = Shelf(spot.use, tuple(date for date, _ in there))
            lost += shelf.lapsing([quantity for _, quantity in there]).total
    return COST * lost + handled


def as_tuples(moves: Sequence[Move]) -> list[tuple[LotId, PlaceId, PlaceId, int]]:
    return [(move.lot_id, move.from_place_id, move.to_place_id, move.quantity) for move in moves]


def least_of_all(spots: Sequence[Spot]) -> float:
    """Every way of carrying any number of each lot to every other place."""
    options = []
    for spot in spots:
        for lot in spot.lots:
            if not lot.movable:
                continue
            targets = [other.place_id for other in spots if other is not spot]
            options.append(
                [
                    [
                        (lot.lot_id, spot.place_id, target, n)
                        for target, n in zip(targets, amounts, strict=True)
                        if n
                    ]
                    for amounts in product(range(lot.quantity + 1), repeat=len(targets))
                    if sum(amounts) <= lot.quantity
                ]
            )
    return min(
        loss(spots, [move for part in chosen for move in part], chance=LEAST_CHANCE)
        for chosen in product(*options)
    )


@settings(max_examples=150, deadline=None)
@given(small_wards())
def test_no_other_moves_save_more(spots: tuple[Spot, ...]) -> None:
    found = best_moves(spots, unit_cost=COST, way=way, within=60, handling=HANDLING)
    assert loss(spots, as_tuples(found), chance=LEAST_CHANCE) <= least_of_all(spots) + 0.011


@settings(max_examples=60, deadline=None)
@given(small_wards())
def test_each_move_is_worth_its_handling_and_takes_no_more_than_there_is(spots: tuple[Spot, ...]) -> None:
    found = best_moves(spots, unit_cost=COST, way=way, within=60, handling=HANDLING)
    whole = loss(spots, as_tuples(found))
    there = {lot.lot_id: lot.quantity for spot in spots for lot in spot.lots if lot.movable}
    for move in found:
        others = [other for other in found if other is not move]
        assert move.saved > 0
        assert abs(loss(spots, as_tuples(others)) - whole - move.saved) < 1e-6
    for lot_id, quantity in there.items():
        assert sum(move.quantity for move in found if move.lot_id == lot_id) <= quantity


@settings(max_examples=60, deadline=None)
@given(small_wards())
def test_what_lapses_is_between_nothing_and_all_of_each_lot(spots: tuple[Spot, ...]) -> None:
    for spot in spots:
        found = expected_lapse(spot)
        sums: defaultdict[LotId, int] = defaultdict(int)
        for lot in spot.lots:
            sums[lot.lot_id] += lot.quantity
        assert set(found) == set(sums)
        assert all(-1e-9 <= found[lot_id] <= quantity + 1e-9 for lot_id, quantity in sums.items())
