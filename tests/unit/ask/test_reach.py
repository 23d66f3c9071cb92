from __future__ import annotations

import pytest

from domain.model.ids import FacilityId, PlaceId
from domain.model.place import Place, PlaceKind, PlaceTree
from domain.ports import Scope
from domain.usecases.ask.reach import Reach

NORTH, SOUTH = FacilityId(1), FacilityId(2)
TREE = PlaceTree(
    (
        Place(PlaceId(1), NORTH, None, PlaceKind.FACILITY, "North"),
        Place(PlaceId(2), SOUTH, None, PlaceKind.FACILITY, "South"),
        Place(PlaceId(10), NORTH, PlaceId(1), PlaceKind.UNIT, "ICU", floor=2),
        Place(PlaceId(11), NORTH, PlaceId(10), PlaceKind.SHELF, "Shelf A", x=4.0, y=3.0, floor=2),
        Place(PlaceId(20), NORTH, PlaceId(1), PlaceKind.UNIT, "ED"),
        Place(PlaceId(30), SOUTH, PlaceId(2), PlaceKind.UNIT, "Clinic"),
    )
)
ICU, SHELF, ED, CLINIC = PlaceId(10), PlaceId(11), PlaceId(20), PlaceId(30)


def asking(*asked: PlaceId, origins: tuple[PlaceId, ...] = ()) -> Reach:
    return Reach(TREE, NORTH, asked, origins)


def test_no_place_asked_covers_the_facility_and_nothing_beyond() -> None:
    reach = asking()
    assert [reach.covers(place) for place in (PlaceId(1), SHELF, ED, CLINIC)] == [True, True, True, False]
    assert reach.scope == Scope(NORTH)


def test_a_unit_covers_what_is_inside_it_and_a_shelf_not_its_unit() -> None:
    assert asking(ICU).covers(SHELF)
    assert not asking(SHELF).covers(ICU)
    assert not asking(ICU).covers(ED)


def test_a_place_inside_another_that_is_asked_adds_nothing_to_the_scope() -> None:
    assert asking(SHELF, ED, ICU).scope == Scope(NORTH, (ED, ICU))


def test_a_facility_that_is_asked_is_a_scope_of_its_own() -> None:
    assert asking(PlaceId(2)).scope == Scope(SOUTH)
    assert asking(PlaceId(1), ICU).scope == Scope(NORTH)


def test_the_way_is_measured_from_the_nearest_of_the_places_asked() -> None:
    assert asking(origins=(ICU,)).metres(SHELF) == 7.0
    assert asking(origins=(ICU, ED)).metres(ED) == 0.0
    assert asking(origins=(ICU,)).metres(ED) == 90.0
    assert asking().metres(SHELF) is None


@pytest.mark.parametrize(
    ("asked", "place", "abroad"),
    [((), CLINIC, True), ((), ED, False), ((CLINIC,), CLINIC, False), ((CLINIC,), ED, True)],
)
def test_another_facility_is_another_than_the_one_asked_about(
    asked: tuple[PlaceId, ...], place: PlaceId, abroad: bool
) -> None:
    assert asking(*asked).abroad(place) is abroad


def test_a_place_is_told_by_its_path_unit_and_facility() -> None:
    told = asking().ref(SHELF)
    assert (told.name, told.path, told.unit, told.facility) == ("Shelf A", "ICU › Shelf A", "ICU", "North")
