"""What lapses (Q3) and what is low (Q8): worked by hand, on both databases."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.errors import UnknownItem, UnknownPlace
from domain.model.ids import ItemId, PlaceId
from domain.model.movement import StockStatus
from domain.model.par import Par
from domain.model.window import DateWindow
from domain.store import Store
from domain.usecases.ask.answers import BelowParAnswer, ExpiringAnswer
from domain.usecases.ask.below_par import below_par
from domain.usecases.ask.check_expiry import check_expiry
from domain.usecases.ask.requests import BelowPar, CheckExpiry
from tests.integration.ask_ward import ANA, Ward, in_days
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
    STENT,
    STENT_LOT,
    TODAY,
)


@pytest.fixture
def ward(store: Store) -> Ward:
    return Ward(store)


def expiring(
    ward: Ward, *places: PlaceId, start: int = 0, end: int = 30, items: tuple[ItemId, ...] = ()
) -> ExpiringAnswer:
    window = DateWindow(in_days(start), in_days(end), "the window")
    return ward.ask(check_expiry, CheckExpiry(ANA, TODAY, window, places, items))


def test_a_later_lot_gets_only_the_demand_that_the_earlier_one_leaves(ward: Ward) -> None:
    early, late = ward.lot("EARLY", days=10), ward.lot("LATE", days=12)
    ward.put(5, lot=early, cost="2.00")
    ward.put(20, lot=late, cost="3.00")
    ward.use(56, lot=late, days_ago=20)  # one a day
    answer = expiring(ward, ICU)
    assert [(one.lot.number, one.will_use, one.will_lapse) for one in answer.lots] == [
        ("EARLY", 5, 0),
        ("LATE", 7, 13),
    ]
    assert [(one.days_left, one.daily_use) for one in answer.lots] == [(10, 1.0), (12, 1.0)]
    assert [(one.value, one.value_lapsing) for one in answer.lots] == [
        (Decimal(10), Decimal(0)),
        (Decimal(60), Decimal(39)),
    ]
    assert (answer.total_lots, answer.total_quantity) == (2, 25)
    assert (answer.total_value, answer.total_value_lapsing) == (Decimal(70), Decimal(39))


def test_an_earlier_lot_outside_of_the_window_still_takes_its_share_of_the_demand(ward: Ward) -> None:
    ward.put(8, lot=ward.lot("BEFORE", days=9))
    late = ward.lot("INSIDE", days=12)
    ward.put(20, lot=late)
    ward.use(56, lot=late)
    (one,) = expiring(ward, ICU, start=11, end=20).lots
    assert (one.lot.number, one.will_use) == ("INSIDE", 4)


def test_days_of_the_window_that_are_past_list_what_lapsed_on_them_first(ward: Ward) -> None:
    yesterday = ward.lot("YESTERDAY", days=-1)
    ward.put(60, lot=yesterday, cost="2.00")
    ward.use(56, lot=yesterday)  # one a day, of which what has lapsed takes nothing
    ward.put(4, lot=ward.lot("LONG AGO", days=-400), cost="5.00")
    ward.put(1, lot=ward.lot("TODAY", days=0), cost="1.00")
    ward.put(9, lot=ward.lot("SOON", days=8), cost="1.00")
    answer = expiring(ward, start=-21, end=8)
    assert [(one.lot.number, one.days_left, one.will_use, one.will_lapse) for one in answer.lots] == [
        ("YESTERDAY", -1, 0, 60),
        ("TODAY", 0, 0, 1),
        ("SOON", 8, 8, 1),
    ]
    assert answer.lots[0].havens == ()
    assert (answer.total_lots, answer.total_quantity, answer.total_value) == (3, 70, Decimal(130))
    assert (answer.already_expired_lots, answer.already_expired_value) == (2, Decimal(140))


def test_a_window_that_is_past_lists_what_has_expired_and_nothing_else(ward: Ward) -> None:
    ward.put(3, lot=ward.lot("YESTERDAY", days=-1))
    ward.put(4, lot=ward.lot("LONG AGO", days=-400))
    ward.put(1, lot=ward.lot("TODAY", days=0))
    assert [one.lot.number for one in expiring(ward, start=-900, end=-1).lots] == ["LONG AGO", "YESTERDAY"]


def test_a_lot_held_in_part_is_one_line_and_counted_once(ward: Ward) -> None:
    lot = ward.lot("L", days=9)
    ward.put(10, lot=lot)
    ward.restate(4, lot=lot, status=StockStatus.QUARANTINED)
    ward.restate(3, lot=lot, status=StockStatus.RECALLED)
    answer = expiring(ward)
    assert [(one.quantity, one.held) for one in answer.lots] == [(10, 7)]
    assert (answer.total_lots, answer.total_quantity) == (1, 10)


def test_of_very_many_lots_those_that_lapse_first_are_valued(ward: Ward) -> None:
    for number in range(501):
        ward.put(1, lot=ward.lot(f"N{number}", days=9), cost="2.00")
    ward.put(7, lot=ward.lot("LATER", days=10), cost="2.00")
    answer = expiring(ward)
    assert (answer.total_lots, answer.total_quantity) == (502, 508)
    assert (answer.valued_lots, answer.total_value) == (501, Decimal(1002))
    assert expiring(ward, end=9).valued_lots is None


def test_both_ends_of_the_window_count(ward: Ward) -> None:
    for days in (4, 5, 9, 10):
        ward.put(1, lot=ward.lot(f"D{days}", days=days))
    assert [one.lot.number for one in expiring(ward, start=5, end=9).lots] == ["D5", "D9"]


def test_what_is_under_way_or_kept_elsewhere_does_not_lapse_here(ward: Ward) -> None:
    lot = ward.lot("L", days=9)
    ward.put(9, lot=lot, at=ED_CART)
    ward.send(4, lot=lot, at=ED_CART, to=ICU_SHELF_A)
    assert expiring(ward, ICU).lots == ()
    assert [one.quantity for one in expiring(ward, ED).lots] == [5]


def test_consigned_lots_are_shown_but_are_no_money_of_ours(ward: Ward) -> None:
    lot = ward.lot("C", days=9, item=STENT)
    ward.put(2, lot=lot, item=STENT, owner=CONSIGNOR, cost="900")
    answer = expiring(ward)
    (one,) = answer.lots
    assert (one.consigned, one.quantity, one.value, one.value_lapsing) == (True, 2, Decimal(0), Decimal(0))
    assert (answer.total_lots, answer.total_quantity, answer.total_value) == (1, 2, Decimal(0))


def test_held_stock_is_neither_used_nor_moved_on_and_covers_no_demand(ward: Ward) -> None:
    held, good = ward.lot("HELD", days=5), ward.lot("GOOD", days=10)
    ward.put(6, lot=held)
    ward.put(6, lot=good)
    ward.use(56, lot=good)
    ward.use(560, lot=good, at=ED_CART)
    ward.restate(6, lot=held, status=StockStatus.QUARANTINED)
    first, second = expiring(ward, ICU).lots
    assert (first.held, first.will_use, first.will_lapse, first.havens) == (6, 0, 6, ())
    assert (second.held, second.will_use, second.will_lapse) == (0, 6, 0)


def test_havens_are_the_places_that_could_use_most_beyond_their_own_stock(ward: Ward) -> None:
    lot, own = ward.lot("L", days=20), ward.lot("OWN", days=15)
    ward.put(40, lot=lot, at=ICU_SHELF_A)
    ward.put(4, lot=own, at=ED_CART)
    ward.use(56, lot=lot, at=ED_CART)  # one a day: 20 by then, 4 of them from its own
    ward.use(28, lot=lot, at=ICU_SHELF_B)  # one in two days: 10
    ward.use(560, lot=lot, at=CLINIC_SHELF)  # another facility
    (one,) = [one for one in expiring(ward, ICU).lots if one.lot.number == "L"]
    assert (one.will_use, one.will_lapse) == (0, 40)
    assert [(haven.place.name, haven.could_use, haven.daily_use) for haven in one.havens] == [
        ("Cart 1", 16, 1.0),
        ("Shelf B", 10, 0.5),
    ]


def test_what_will_be_used_here_needs_no_haven(ward: Ward) -> None:
    lot = ward.lot("L", days=20)
    ward.put(4, lot=lot)
    ward.use(56, lot=lot)
    ward.use(56, lot=lot, at=ED_CART)
    (one,) = expiring(ward, ICU).lots
    assert (one.will_lapse, one.havens) == (0, ())


def test_the_value_is_at_the_cost_of_the_latest_receipt_that_was_not_undone(ward: Ward) -> None:
    lot = ward.lot("L", days=9)
    ward.put(10, lot=lot, cost="2.00")
    wrong = ward.put(5, lot=lot, cost="99.00")
    ward.undo(wrong)
    assert [one.value for one in expiring(ward).lots] == [Decimal(20)]


def test_a_lot_sent_from_the_other_facility_keeps_its_cost(ward: Ward) -> None:
    lot = ward.lot("L", days=9)
    ward.put(10, lot=lot, at=CLINIC_SHELF, cost="7.00")
    ward.send(4, lot=lot, at=CLINIC_SHELF, to=ICU_SHELF_A, arrived=True)
    assert [(one.quantity, one.value) for one in expiring(ward).lots] == [(4, Decimal(28))]


def test_only_the_items_asked_are_listed(ward: Ward) -> None:
    ward.put(1, lot=ward.lot("F", days=9))
    ward.put(1, lot=ward.lot("S", days=9, item=STENT), item=STENT)
    ward.put(1, lot=ward.lot("OLD", days=-9, item=STENT), item=STENT)
    answer = expiring(ward, items=(FOLEY,))
    assert ([one.lot.number for one in answer.lots], answer.already_expired_lots) == (["F"], 0)
    with pytest.raises(UnknownItem):
        expiring(ward, items=(ItemId(77),))
    with pytest.raises(UnknownPlace):
        expiring(ward, PlaceId(99))


def test_the_list_is_cut_and_the_totals_are_not(ward: Ward) -> None:
    for number in range(102):
        ward.put(1, lot=ward.lot(f"N{number}", days=9), cost="2.00")
    answer = expiring(ward)
    assert len(answer.lots) == 100
    assert (answer.total_lots, answer.total_quantity, answer.total_value) == (102, 102, Decimal(204))


# ------------------------------------------------------------------------------------------ Q8


def par(item: ItemId, place: PlaceId, *, reorder: int, level: int) -> Par:
    return Par(item, place, min(1, reorder), reorder, level, level * 2)


def low(ward: Ward, *places: PlaceId, items: tuple[ItemId, ...] = ()) -> BelowParAnswer:
    return ward.ask(below_par, BelowPar(ANA, TODAY, places, items))


def test_at_the_reorder_point_is_low_and_one_above_is_not(store: Store) -> None:
    ward = Ward(
        store, pars=(par(FOLEY, ICU_SHELF_A, reorder=5, level=12), par(FOLEY, ED_CART, reorder=5, level=12))
    )
    lot = ward.lot("L", days=90)
    ward.put(5, lot=lot, at=ICU_SHELF_A)
    ward.put(6, lot=lot, at=ED_CART)
    answer = low(ward)
    assert [(line.place.name, line.available, line.bring) for line in answer.lines] == [("Shelf A", 5, 7)]
    assert (answer.total, answer.out_of_stock) == (1, 0)


def test_what_is_past_its_date_held_or_promised_does_not_keep_a_par_up(store: Store) -> None:
    ward = Ward(store, pars=(par(FOLEY, ICU_ROOM, reorder=5, level=30),))
    past, held, good = ward.lot("PAST", days=-1), ward.lot("HELD", days=50), ward.lot("GOOD", days=50)
    for lot in (past, held, good):
        ward.put(20, lot=lot)
    assert low(ward, ICU).lines == ()
    ward.restate(20, lot=held, status=StockStatus.RECALLED)
    ward.reserve(15, lot=good)
    (line,) = low(ward, ICU).lines
    assert (line.available, line.bring) == (5, 25)


def test_what_is_under_way_need_not_be_brought_again(store: Store) -> None:
    ward = Ward(store, pars=(par(FOLEY, ICU_SHELF_A, reorder=5, level=12),))
    lot = ward.lot("L", days=90)
    ward.put(20, lot=lot, at=ED_CART)
    ward.send(9, lot=lot, at=ED_CART, to=ICU_SHELF_A)
    (line,) = low(ward).lines
    assert (line.available, line.in_transit, line.bring) == (0, 9, 3)
    ward.send(9, lot=lot, at=ED_CART, to=ICU_SHELF_A)
    assert low(ward).lines[0].bring == 0


def test_a_par_of_a_room_is_met_and_used_from_the_shelves_inside_it(store: Store) -> None:
    ward = Ward(store, pars=(par(FOLEY, ICU_ROOM, reorder=10, level=30),))
    lot = ward.lot("L", days=90)
    ward.put(3, lot=lot, at=ICU_SHELF_A)
    ward.put(4, lot=lot, at=ICU_SHELF_B)
    ward.use(28, lot=lot, at=ICU_SHELF_A)
    ward.use(28, lot=lot, at=ICU_SHELF_B)
    ward.use(999, lot=lot, at=ED_CART)
    (line,) = low(ward, ICU).lines
    assert (line.available, line.daily_use, line.days_left) == (7, 1.0, 7.0)


def test_a_par_above_the_place_asked_is_not_low_there(store: Store) -> None:
    ward = Ward(store, pars=(par(FOLEY, ICU_ROOM, reorder=10, level=30),))
    assert low(ward, ICU_SHELF_A).lines == ()
    assert low(ward, ICU_ROOM).total == 1


def test_stock_past_its_date_on_a_shelf_makes_the_room_low_that_has_the_par(store: Store) -> None:
    ward = Ward(store, pars=(par(FOLEY, ICU_ROOM, reorder=10, level=30),))
    ward.put(30, lot=ward.lot("PAST", days=-1), at=ICU_SHELF_B)
    answer = low(ward, ICU)
    assert [(line.available, line.bring) for line in answer.lines] == [(0, 30)]
    assert answer.out_of_stock == 1
    assert low(ward, ICU_SHELF_B).lines == ()


def test_out_of_stock_comes_first_then_what_runs_out_soonest_and_unused_last(store: Store) -> None:
    ward = Ward(
        store,
        pars=(
            par(FOLEY, ICU_SHELF_A, reorder=9, level=12),
            par(FOLEY, ICU_SHELF_B, reorder=9, level=12),
            par(GLOVE, ICU_SHELF_A, reorder=9, level=12),
            par(STENT, ED_CART, reorder=9, level=12),
            par(FOLEY, CLINIC_SHELF, reorder=9, level=12),
        ),
    )
    lot = ward.lot("L", days=90)
    ward.put(8, lot=lot, at=ICU_SHELF_A)
    ward.use(56, lot=lot, at=ICU_SHELF_A)  # eight days
    ward.put(2, lot=lot, at=ICU_SHELF_B)
    ward.use(28, lot=lot, at=ICU_SHELF_B)  # four days
    ward.put(1, lot=STENT_LOT, item=STENT, at=ED_CART)  # never used
    answer = low(ward)
    assert [(line.item.id, line.place.id, line.days_left) for line in answer.lines] == [
        (GLOVE, ICU_SHELF_A, None),
        (FOLEY, ICU_SHELF_B, 4.0),
        (FOLEY, ICU_SHELF_A, 8.0),
        (STENT, ED_CART, None),
    ]
    assert (answer.total, answer.out_of_stock) == (4, 1)
    assert [line.item.id for line in low(ward, items=(STENT,)).lines] == [STENT]
