from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.model.ids import NO_LOT, OURS, FacilityId, ItemId, LotId, PlaceId
from domain.model.movement import StockStatus
from domain.model.place import Place, PlaceKind, PlaceTree
from domain.model.stock import StockLine
from domain.usecases.ask.reach import Reach
from domain.usecases.ask.shelves import expired_quantity, first_lot, held_quantity, on_shelf, split, spots

TODAY = date(2026, 3, 10)
TREE = PlaceTree(
    [Place(PlaceId(1), FacilityId(1), None, PlaceKind.FACILITY, "North")]
    + [
        Place(PlaceId(key), FacilityId(1), PlaceId(1), PlaceKind.UNIT, f"Unit {key}", x=float(key))
        for key in range(2, 9)
    ]
)


def line(
    on_hand: int,
    *,
    lot: int = 1,
    days: int | None = 30,
    place: int = 2,
    status: StockStatus = StockStatus.AVAILABLE,
    reserved: int = 0,
) -> StockLine:
    return StockLine(
        ItemId(1),
        PlaceId(place),
        LotId(lot),
        OURS,
        status,
        on_hand,
        reserved,
        lot_number=f"L{lot}",
        expires_on=None if days is None else TODAY + timedelta(days=days),
    )


def reach(*asked: int) -> Reach:
    places = tuple(PlaceId(key) for key in asked)
    return Reach(TREE, FacilityId(1), places, places or (PlaceId(2),))


def test_a_lot_that_never_expires_is_taken_last() -> None:
    found = first_lot([line(5, lot=1, days=None), line(5, lot=2, days=900)], today=TODAY)
    assert found is not None
    assert found.number == "L2"


def test_of_lots_that_expire_together_the_older_is_taken_first() -> None:
    found = first_lot([line(5, lot=8), line(5, lot=3)], today=TODAY)
    assert found is not None
    assert found.number == "L3"


def test_stock_kept_without_lots_names_none() -> None:
    assert first_lot([line(5, lot=NO_LOT, days=None)], today=TODAY) is None


def test_nothing_is_to_be_taken_where_all_is_held_past_or_promised() -> None:
    lines = [
        line(5, lot=1, status=StockStatus.RECALLED),
        line(5, lot=2, days=-1),
        line(5, lot=3, reserved=5),
    ]
    assert first_lot(lines, today=TODAY) is None


def test_what_is_held_and_past_its_date_counts_as_held_alone() -> None:
    lines = [line(5, days=-1, status=StockStatus.QUARANTINED), line(2, days=-1)]
    assert (held_quantity(lines), expired_quantity(lines, today=TODAY)) == (5, 2)


def test_a_balance_below_zero_shows_and_does_not_empty_the_next_lot() -> None:
    (spot,) = spots([line(-4, lot=1), line(6, lot=2)], reach=reach(), today=TODAY)
    assert (spot.on_hand, spot.available) == (2, 6)


def test_elsewhere_names_the_three_nearest() -> None:
    inside, elsewhere = split([line(1, place=key) for key in (8, 3, 7, 2, 5, 4)], reach=reach(2), today=TODAY)
    assert [spot.place.id for spot in inside] == [2]
    assert [spot.place.id for spot in elsewhere] == [3, 4, 5]


lines = st.lists(
    st.builds(
        line,
        st.integers(-5, 20),
        lot=st.integers(1, 4),
        days=st.none() | st.integers(-3, 40),
        place=st.integers(2, 8),
        status=st.sampled_from(StockStatus),
        reserved=st.integers(0, 5),
    ),
    max_size=12,
)


@given(found=lines)
def test_spots_hold_all_that_lies_on_shelves_and_never_offer_what_must_not_be_taken(
    found: list[StockLine],
) -> None:
    told = spots(found, reach=reach(), today=TODAY)
    shelf = on_shelf(found)
    assert sum(spot.on_hand for spot in told) == sum(one.on_hand for one in shelf)
    assert sum(spot.available for spot in told) == sum(one.available(TODAY) for one in shelf)
    offered = [spot.available > 0 for spot in told]
    assert offered == sorted(offered, reverse=True)
    for spot in told:
        if spot.first_lot is not None:
            assert spot.available > 0
            assert spot.first_lot.expires_on is None or spot.first_lot.expires_on >= TODAY
