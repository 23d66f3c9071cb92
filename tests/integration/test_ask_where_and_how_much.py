"""Where is it (Q1), how much is there (Q2), what is it (Q4): worked by hand, on both databases."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.errors import UnknownItem, UnknownPlace
from domain.model.ids import ItemId, PlaceId
from domain.model.movement import StockStatus
from domain.model.par import Par
from domain.store import Store
from domain.usecases.ask.answers import ItemStock
from domain.usecases.ask.check_stock import check_stock
from domain.usecases.ask.describe_item import describe_item
from domain.usecases.ask.find_item import find_item
from domain.usecases.ask.requests import Aspect, CheckStock, DescribeItem, FindItem
from tests.integration.ask_ward import ANA, NORTH_ROOT, Ward
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


def where(ward: Ward, *items: ItemId, places: tuple[PlaceId, ...] = ()) -> FindItem:
    return FindItem(ANA, TODAY, items or (FOLEY,), places)


def test_the_lot_to_take_first_is_the_next_to_expire_that_is_neither_past_nor_held(ward: Ward) -> None:
    past, held = ward.lot("PAST", days=-1), ward.lot("HELD", days=2)
    today, later = ward.lot("TODAY", days=0), ward.lot("LATER", days=30)
    for lot in (later, today, past, held):
        ward.put(4, lot=lot)
    ward.restate(4, lot=held, status=StockStatus.QUARANTINED)
    (found,) = ward.ask(find_item, where(ward)).items
    (spot,) = found.spots
    assert spot.first_lot is not None
    assert (spot.first_lot.number, spot.first_lot.quantity) == ("TODAY", 4)
    assert (spot.on_hand, spot.available, spot.expired, spot.held) == (16, 8, 4, 4)
    assert (found.on_hand, found.available) == (16, 8)


def test_a_lot_that_is_wholly_promised_is_not_the_one_to_take(ward: Ward) -> None:
    first, second = ward.lot("FIRST", days=3), ward.lot("SECOND", days=9)
    ward.put(2, lot=first)
    ward.put(5, lot=second)
    ward.reserve(2, lot=first)
    (spot,) = ward.ask(find_item, where(ward)).items[0].spots
    assert spot.first_lot is not None
    assert (spot.first_lot.number, spot.available) == ("SECOND", 5)


def test_spots_with_some_to_take_come_first_then_the_nearest_then_the_fuller(ward: Ward) -> None:
    lot, past = ward.lot("L", days=90), ward.lot("PAST", days=-5)
    ward.put(50, lot=past, at=ICU_ROOM)
    ward.put(3, lot=lot, at=ICU_SHELF_A)
    ward.put(7, lot=lot, at=ICU_SHELF_B)
    ward.put(90, lot=lot, at=ED_CART)
    (found,) = ward.ask(find_item, where(ward)).items
    assert [(spot.place.path, spot.available) for spot in found.spots] == [
        ("ICU › Supply room › Shelf B", 7),
        ("ICU › Supply room › Shelf A", 3),
        ("ED › Cart 1", 90),
        ("ICU › Supply room", 0),
    ]
    assert [spot.metres for spot in found.spots] == [0.0, 0.0, 180.0, 5.75]


def test_a_unit_asked_about_holds_all_that_is_inside_it_and_others_are_elsewhere(ward: Ward) -> None:
    lot = ward.lot("L", days=90)
    ward.put(3, lot=lot, at=ICU_SHELF_A)
    ward.put(9, lot=lot, at=ED_CART)
    ward.put(500, lot=lot, at=CLINIC_SHELF)
    answer = ward.ask(find_item, where(ward, places=(ICU,)))
    (found,) = answer.items
    assert [place.name for place in answer.asked] == ["ICU"]
    assert [spot.place.name for spot in found.spots] == ["Shelf A"]
    assert [(spot.place.unit, spot.place.facility) for spot in found.elsewhere] == [
        ("ED", "North"),
        ("Clinic", "South"),
    ]


def test_the_whole_facility_is_searched_when_no_place_is_named_and_the_other_one_is_elsewhere(
    ward: Ward,
) -> None:
    lot = ward.lot("L", days=90)
    ward.put(500, lot=lot, at=CLINIC_SHELF)
    (found,) = ward.ask(find_item, where(ward)).items
    assert found.spots == ()
    assert (found.on_hand, found.available) == (0, 0)
    assert [spot.place.facility for spot in found.elsewhere] == ["South"]


def test_elsewhere_names_only_places_with_some_to_take(ward: Ward) -> None:
    past = ward.lot("PAST", days=-2)
    ward.put(9, lot=past, at=ED_CART)
    (found,) = ward.ask(find_item, where(ward, places=(ICU,))).items
    assert found.elsewhere == ()


def test_what_is_under_way_lies_nowhere(ward: Ward) -> None:
    lot = ward.lot("L", days=90)
    ward.put(9, lot=lot, at=ED_CART)
    ward.send(9, lot=lot, at=ED_CART, to=ICU_SHELF_A)
    (found,) = ward.ask(find_item, where(ward)).items
    assert (found.spots, found.elsewhere, found.on_hand) == ((), (), 0)


def test_several_items_are_answered_in_the_order_asked_each_once(ward: Ward) -> None:
    answer = ward.ask(find_item, where(ward, STENT, FOLEY, STENT))
    assert [found.item.id for found in answer.items] == [STENT, FOLEY]


def test_without_a_home_unit_or_a_place_no_way_is_given(ward: Ward) -> None:
    ward.put(3, lot=ward.lot("L", days=90))
    request = FindItem(replace(ANA, home_place_id=None), TODAY, (FOLEY,))
    (spot,) = ward.ask(find_item, request).items[0].spots
    assert spot.metres is None


def test_what_the_catalogue_or_the_plan_does_not_know_is_refused_in_words(ward: Ward) -> None:
    with pytest.raises(UnknownItem, match="77"):
        ward.ask(find_item, where(ward, ItemId(77)))
    with pytest.raises(UnknownPlace, match="99"):
        ward.ask(find_item, where(ward, places=(PlaceId(99),)))
    with pytest.raises(UnknownItem):
        ward.ask(check_stock, CheckStock(ANA, TODAY, (ItemId(77),)))
    with pytest.raises(UnknownItem):
        ward.ask(describe_item, DescribeItem(ANA, TODAY, (ItemId(77),)))


# ------------------------------------------------------------------------------------------ Q2


def stock(ward: Ward, *places: PlaceId) -> ItemStock:
    return ward.ask(check_stock, CheckStock(ANA, TODAY, (FOLEY,), places)).items[0]


def test_every_balance_of_a_place_is_told_apart(ward: Ward) -> None:
    lot, past, held = ward.lot("L", days=90), ward.lot("PAST", days=-1), ward.lot("HELD", days=-1)
    ward.put(20, lot=lot)
    ward.put(3, lot=past)
    ward.put(4, lot=held)
    ward.put(6, lot=lot, at=ED_CART)
    ward.reserve(5, lot=lot)
    ward.restate(4, lot=held, status=StockStatus.RECALLED)
    ward.send(6, lot=lot, at=ED_CART, to=ICU_SHELF_B)
    found = stock(ward, ICU)
    assert (found.on_hand, found.reserved, found.held, found.expired) == (27, 5, 4, 3)
    assert (found.in_transit, found.available) == (6, 15)
    assert found.available == found.on_hand - found.reserved - found.held - found.expired


def test_the_rate_is_of_the_last_eight_weeks_net_of_returns_at_the_places_asked(ward: Ward) -> None:
    lot = ward.lot("L", days=300)
    ward.put(42, lot=lot)
    ward.use(80, lot=lot, days_ago=1)
    ward.use(30, lot=lot, days_ago=56)
    ward.use(999, lot=lot, days_ago=57)  # too long ago
    ward.use(999, lot=lot, days_ago=0)  # today is not over
    ward.use(999, lot=lot, days_ago=3, at=ED_CART)
    ward.undo(ward.use(500, lot=lot, days_ago=2))
    found = stock(ward, ICU)
    assert found.rate_days == 56
    assert found.daily_use == pytest.approx(110 / 56)
    assert found.days_of_supply == pytest.approx(found.available * 56 / 110)
    assert stock(ward, ICU_SHELF_B).days_of_supply is None


def par(place: PlaceId, level: int) -> Par:
    return Par(FOLEY, place, 0, level // 2, level, level * 2)


def test_pars_count_at_and_inside_the_place_and_never_from_above_it(store: Store) -> None:
    ward = Ward(store, pars=(par(ICU_ROOM, 40), par(ED_CART, 10)))
    assert (stock(ward, ICU).par, stock(ward, ICU).reorder_point) == (40, 20)
    assert stock(ward, ICU_SHELF_A).par is None
    assert stock(ward).par == 50
    assert stock(ward, ICU, ED).par == 50


def test_a_par_inside_another_that_counts_is_not_counted_twice(store: Store) -> None:
    ward = Ward(store, pars=(par(ICU_ROOM, 40), par(ICU_SHELF_A, 10), par(ICU_SHELF_B, 6)))
    assert stock(ward, ICU).par == 40
    assert stock(ward, ICU_SHELF_A, ICU_SHELF_B).par == 16


def test_places_named_twice_or_inside_one_another_are_counted_once(ward: Ward) -> None:
    ward.put(8, lot=ward.lot("L", days=90))
    assert stock(ward, ICU, ICU_SHELF_A, ICU).on_hand == 8


# ------------------------------------------------------------------------------------------ Q4


def test_a_card_tells_owned_from_consigned_in_the_askers_facility(ward: Ward) -> None:
    ward.put(2, lot=STENT_LOT, item=STENT, owner=CONSIGNOR)
    ward.put(1, lot=STENT_LOT, item=STENT, at=ED_CART)
    ward.put(9, lot=STENT_LOT, item=STENT, at=CLINIC_SHELF)
    answer = ward.ask(describe_item, DescribeItem(ANA, TODAY, (STENT,), (Aspect.OWNERSHIP,)))
    (card,) = answer.items
    assert (card.on_hand, card.owned, card.consigned, card.consignors) == (3, 1, 2, ("Medtronic",))
    assert (answer.aspects, answer.currency) == ((Aspect.OWNERSHIP,), "USD")


def test_a_card_carries_the_item_whole_with_its_substitutes(ward: Ward) -> None:
    (card,) = ward.ask(describe_item, DescribeItem(ANA, TODAY, (GLOVE,))).items
    assert card.item.pack("box").quantity == 50
    assert card.item.best_offer is not None
    assert card.item.best_offer.price == Decimal("61.2550")
    assert [other.id for other in card.substitutes] == [STENT]
    assert card.sizes == ()
    assert (card.on_hand, card.consignors) == (0, ())


def test_asking_about_a_whole_facility_measures_from_the_home_unit(ward: Ward) -> None:
    ward.put(3, lot=ward.lot("L", days=90), at=ED_CART)
    (found,) = ward.ask(find_item, where(ward, places=(NORTH_ROOT,))).items
    assert [spot.metres for spot in found.spots] == [180.0]
