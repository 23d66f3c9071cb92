"""Finding places by name, alias and spoken form."""

from __future__ import annotations

import pytest

from domain.model.ids import FacilityId, PlaceId
from domain.ports import PlaceSearchResult, Verdict
from domain.store.search.places import PlaceIndex
from tests.unit.search.small_places import small_places

TREE = small_places()


@pytest.fixture(scope="module")
def index() -> PlaceIndex:
    return PlaceIndex(TREE)


def paths(result: PlaceSearchResult) -> list[str]:
    return [TREE.path(hit.place_id) for hit in result.hits]


def place(path: str) -> PlaceId:
    return next(one.id for one in TREE if TREE.path(one.id) == path)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("OR 3", "OR Suite › OR 3"),
        ("o r three", "OR Suite › OR 3"),
        ("operating room 3", "OR Suite › OR 3"),
        ("theatre three", "OR Suite › OR 3"),
        ("OR3", "OR Suite › OR 3"),
        ("o r eleven", "OR Suite › OR 11"),
        ("the OR", "OR Suite"),
        ("the core", "OR Suite › Sterile Core"),
        ("cath lab", "Cath Lab"),
        ("labor and delivery", "L&D"),
        ("l and d", "L&D"),
        ("L & D", "L&D"),
        ("e d", "ED"),
        ("ER", "ED"),
        ("emergancy", "ED"),
        ("pack you", "PACU"),
        ("paku", "PACU"),
        ("nick you", "NICU"),
        ("icy you", "ICU"),
        ("I.C.U.", "ICU"),
        ("ICU cabinet 2", "ICU › Supply Room › Cabinet 2"),
        ("shelf b in cabinet 2 of the icu", "ICU › Supply Room › Cabinet 2 › Shelf B"),
        ("icu shelf b2", "ICU › Supply Room › Cabinet 2 › Shelf B"),
        ("ICU 12", "ICU › Room 12"),
        ("bay 3", "ED › Trauma Bay 3"),
        ("trauma two", "ED › Trauma Bay 2"),
        ("4W", "4 West"),
        ("four west", "4 West"),
        ("warehouse", "Central Supply"),
        ("bin 2b", "Central Supply › Rack 14 › Bin 02-B"),
        ("ed supply closet", "ED › Supply Room"),
    ],
)
def test_a_place_is_found_by_what_people_call_it(index: PlaceIndex, text: str, path: str) -> None:
    result = index.find(text)
    assert (result.verdict, paths(result)) == (Verdict.SURE, [path])


@pytest.mark.parametrize("text", ["OR 13", "o r thirty three", "5 West", "crash cart 9", "trauma bay 30"])
def test_a_number_is_never_taken_for_another(index: PlaceIndex, text: str) -> None:
    assert index.find(text).verdict is Verdict.NOT_FOUND


def test_a_missing_number_shows_those_that_are_there(index: PlaceIndex) -> None:
    assert "OR Suite › OR 3" in paths(index.find("OR 13"))


@pytest.mark.parametrize(
    "text", ["atlantis", "mars", "picu", "", "🙂", "'; DROP TABLE place; --", "x" * 5_000]
)
def test_what_is_no_place_is_not_found(index: PlaceIndex, text: str) -> None:
    assert index.find(text).verdict is Verdict.NOT_FOUND


def test_equal_places_are_asked(index: PlaceIndex) -> None:
    result = index.find("crash cart 4")
    assert result.verdict is Verdict.ASK
    assert sorted(paths(result)) == ["Clinic › Crash Cart 4", "ICU › Crash Cart 4"]


def test_the_facility_breaks_the_tie(index: PlaceIndex) -> None:
    result = index.find("crash cart 4", facility_id=FacilityId(2))
    assert (result.verdict, paths(result)) == (Verdict.SURE, ["Clinic › Crash Cart 4"])


def test_the_facility_never_hides_the_only_place_of_that_name(index: PlaceIndex) -> None:
    assert paths(index.find("cath lab", facility_id=FacilityId(2))) == ["Cath Lab"]


def test_nearness_breaks_the_tie(index: PlaceIndex) -> None:
    result = index.find("cabinet 2", near=place("ED"))
    assert (result.verdict, paths(result)) == (Verdict.SURE, ["ED › Supply Room › Cabinet 2"])


def test_room_3_said_in_the_operating_suite_is_the_operating_room(index: PlaceIndex) -> None:
    assert paths(index.find("room 3", near=place("OR Suite › OR 5"))) == ["OR Suite › OR 3"]
    assert paths(index.find("room 3", near=place("ICU"))) == ["ICU › Room 3"]


def test_shelf_a_is_not_an_article(index: PlaceIndex) -> None:
    assert {path.rpartition(" ")[2] for path in paths(index.find("shelf a"))} == {"A"}


def test_the_limit_is_kept(index: PlaceIndex) -> None:
    assert len(index.find("shelf b", limit=2).hits) == 2
    assert index.find("shelf b", limit=0).hits == ()
