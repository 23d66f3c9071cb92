from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.model.ids import LotId, PlaceId
from domain.planning.expiry_risk import Candidate, Outlook, Refuge, Supply, outlook, refuges, spare_demand
from domain.planning.rates import UseRate

TODAY = date(2026, 3, 10)
ONE_A_DAY = UseRate(56, 56)


def lot(number: int, *, days: int | None, quantity: int) -> Supply:
    return Supply(LotId(number), None if days is None else TODAY + timedelta(days=days), quantity)


def test_the_earlier_lot_is_used_first_and_the_later_gets_what_demand_is_left() -> None:
    found = outlook([lot(2, days=12, quantity=20), lot(1, days=10, quantity=5)], rate=ONE_A_DAY, today=TODAY)
    assert found == (Outlook(LotId(1), 5, 0), Outlook(LotId(2), 7, 13))


def test_demand_that_the_earlier_lot_could_not_meet_in_time_is_not_lost_to_the_later() -> None:
    found = outlook([lot(1, days=5, quantity=100), lot(2, days=20, quantity=10)], rate=ONE_A_DAY, today=TODAY)
    assert found == (Outlook(LotId(1), 5, 95), Outlook(LotId(2), 10, 0))


def test_of_two_lots_that_lapse_together_the_older_one_goes_first() -> None:
    found = outlook([lot(9, days=6, quantity=4), lot(3, days=6, quantity=4)], rate=ONE_A_DAY, today=TODAY)
    assert found == (Outlook(LotId(3), 4, 0), Outlook(LotId(9), 2, 2))


def test_a_lot_whose_last_day_is_today_is_expected_to_lapse() -> None:
    assert outlook([lot(1, days=0, quantity=3)], rate=ONE_A_DAY, today=TODAY) == (Outlook(LotId(1), 0, 3),)


def test_a_lot_past_its_date_lapses_and_takes_no_demand() -> None:
    found = outlook([lot(1, days=-3, quantity=3), lot(2, days=4, quantity=9)], rate=ONE_A_DAY, today=TODAY)
    assert found == (Outlook(LotId(1), 0, 3), Outlook(LotId(2), 4, 5))


def test_a_lot_without_a_date_never_lapses() -> None:
    assert outlook([lot(1, days=None, quantity=9)], rate=UseRate(0), today=TODAY) == (
        Outlook(LotId(1), 9, 0),
    )


def test_what_nobody_uses_lapses() -> None:
    assert outlook([lot(1, days=400, quantity=9)], rate=UseRate(0), today=TODAY) == (Outlook(LotId(1), 0, 9),)


def test_a_place_can_take_what_it_will_use_beyond_its_own_earlier_lots() -> None:
    own = [lot(1, days=10, quantity=4), lot(2, days=90, quantity=50)]
    assert spare_demand(own, rate=ONE_A_DAY, today=TODAY, until=TODAY + timedelta(days=30)) == 26


def test_a_lot_that_lapses_on_the_same_day_comes_before_what_is_brought() -> None:
    own = [lot(1, days=30, quantity=18)]
    assert spare_demand(own, rate=ONE_A_DAY, today=TODAY, until=TODAY + timedelta(days=30)) == 12


def test_an_own_lot_that_lapses_unused_leaves_the_later_days_free() -> None:
    own = [lot(1, days=5, quantity=100)]
    assert spare_demand(own, rate=ONE_A_DAY, today=TODAY, until=TODAY + timedelta(days=30)) == 25


def candidate(number: int, *, used: int, metres: float, own: Sequence[Supply] = ()) -> Candidate:
    return Candidate(PlaceId(number), UseRate(used, 56), own, metres)


def test_the_most_helpful_place_comes_first_then_the_nearest() -> None:
    found = refuges(
        [
            candidate(1, used=28, metres=5.0),
            candidate(2, used=56, metres=80.0),
            candidate(3, used=56, metres=20.0),
            candidate(4, used=14, metres=1.0),
        ],
        will_lapse=100,
        expires_on=TODAY + timedelta(days=20),
        today=TODAY,
    )
    assert found == (Refuge(PlaceId(3), 20), Refuge(PlaceId(2), 20), Refuge(PlaceId(1), 10))


def test_no_place_is_offered_more_than_lapses() -> None:
    found = refuges(
        [candidate(1, used=560, metres=5.0)],
        will_lapse=12,
        expires_on=TODAY + timedelta(days=40),
        today=TODAY,
    )
    assert found == (Refuge(PlaceId(1), 12),)


def test_a_place_whose_own_stock_covers_its_need_is_no_refuge() -> None:
    full = candidate(1, used=56, metres=5.0, own=[lot(1, days=20, quantity=20)])
    assert refuges([full], will_lapse=5, expires_on=TODAY + timedelta(days=20), today=TODAY) == ()


def test_what_lapses_today_is_offered_to_nobody() -> None:
    assert refuges([candidate(1, used=560, metres=5.0)], will_lapse=5, expires_on=TODAY, today=TODAY) == ()


lots = st.lists(
    st.tuples(st.integers(-10, 60), st.integers(0, 40)).map(
        lambda pair: lot(pair[0] + 100, days=pair[0], quantity=pair[1])
    ),
    max_size=8,
    unique_by=lambda supply: supply.lot_id,
)
rates = st.builds(UseRate, st.integers(0, 300), st.integers(1, 90))


def day_by_day(supplies: Sequence[Supply], *, rate: UseRate) -> dict[LotId, int]:
    """The same rule walked through one day after the other: each day's whole demand falls on the lot that lapses soonest."""
    left = {supply.lot_id: supply.quantity for supply in supplies}
    used = dict.fromkeys(left, 0)
    for ahead in range(1, 61):
        today = TODAY + timedelta(days=ahead)
        wanted = rate.expected(ahead) - rate.expected(ahead - 1)
        for supply in sorted(supplies, key=lambda one: (one.expires_on or date.max, one.lot_id)):
            if supply.expires_on is not None and supply.expires_on < today:
                continue
            taken = min(wanted, left[supply.lot_id])
            left[supply.lot_id] -= taken
            used[supply.lot_id] += taken
            wanted -= taken
    return used


@given(supplies=lots, rate=rates)
def test_the_formula_never_promises_less_than_a_walk_through_the_days_nor_more_than_the_demand(
    supplies: list[Supply], rate: UseRate
) -> None:
    found = outlook(supplies, rate=rate, today=TODAY)
    walked = day_by_day(supplies, rate=rate)
    assert {one.lot_id: one.will_use for one in found} == walked
    for one in found:
        supply = next(supply for supply in supplies if supply.lot_id == one.lot_id)
        assert one.will_use >= 0
        assert one.will_use + one.will_lapse == supply.quantity


@given(supplies=lots, rate=rates, more=st.integers(0, 30))
def test_more_use_never_lets_more_lapse(supplies: list[Supply], rate: UseRate, more: int) -> None:
    quicker = UseRate(rate.used + more, rate.days)
    before = sum(one.will_lapse for one in outlook(supplies, rate=rate, today=TODAY))
    assert sum(one.will_lapse for one in outlook(supplies, rate=quicker, today=TODAY)) <= before


@given(own=lots, rate=rates, quantity=st.integers(1, 50), days=st.integers(1, 60))
def test_what_a_refuge_takes_it_will_use_before_it_lapses(
    own: list[Supply], rate: UseRate, quantity: int, days: int
) -> None:
    expires_on = TODAY + timedelta(days=days)
    place = Candidate(PlaceId(1), rate, own, 1.0)
    offered = refuges([place], will_lapse=quantity, expires_on=expires_on, today=TODAY)
    could_use = offered[0].could_use if offered else 0
    brought = Supply(LotId(1_000_000), expires_on, could_use)  # the highest id: after its own of the same day
    outcome = outlook([*own, brought], rate=rate, today=TODAY)
    assert next(one for one in outcome if one.lot_id == brought.lot_id).will_use == could_use
    one_more = Supply(LotId(1_000_000), expires_on, could_use + 1)
    more = next(
        one for one in outlook([*own, one_more], rate=rate, today=TODAY) if one.lot_id == LotId(1_000_000)
    )
    assert could_use == quantity or more.will_use == could_use
