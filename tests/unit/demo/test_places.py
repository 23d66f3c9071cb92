from __future__ import annotations

from domain.model.ids import ItemId
from domain.model.movement import StockStatus
from domain.model.place import Place, PlaceKind
from tests.unit.demo.conftest import Morning

UNITS = {
    "OR Suite", "ICU", "ED", "Cath Lab", "L&D", "NICU", "PACU", "Endoscopy", "IR", "Med-Surg", "Clinic", "Ortho Office",
    "SPD", "Central Supply",
}  # fmt: skip


def _called(morning: Morning, name: str) -> list[Place]:
    wanted = name.casefold()
    return [
        p for p in morning.tree if wanted in (p.name.casefold(), *(alias.casefold() for alias in p.aliases))
    ]


def test_two_facilities_hold_the_fourteen_units(morning: Morning) -> None:
    facilities = morning.tree.children(None)
    assert len(facilities) == 2
    found = {unit.name for facility in facilities for unit in morning.tree.children(facility.id)}
    assert found == UNITS
    assert all(facility.timezone == "America/New_York" for facility in morning.hospital.facilities)


def test_the_or_suite_has_twelve_rooms_and_two_cores(morning: Morning) -> None:
    (suite,) = [place for place in morning.tree if place.name == "OR Suite"]
    names = [place.name for place in morning.tree.children(suite.id)]
    assert [f"OR {n}" for n in range(1, 13)] == [
        name for name in names if name.startswith("OR ") and name[3:].isdigit()
    ]
    assert {"Core 1", "Core 2", "Anesthesia Workroom", "Implant Room"} <= set(names)


def test_what_people_say_names_a_place(morning: Morning) -> None:
    for said in (
        "OR 3", "cath lab 1", "trauma bay 2", "anesthesia workroom", "endo room 2", "OB triage", "5 north", "MICU",
        "sterile core", "dock 2", "LDR 4", "central supply", "labor and delivery", "RT closet", "crash cart 3", "cast room",
        "difficult airway cart", "MH cart", "hemorrhage cart", "5E", "materials", "surgery center", "ER", "GI lab",
    ):  # fmt: skip
        assert _called(morning, said), said


def test_every_unit_and_room_says_to_which_cost_centre_it_belongs(morning: Morning) -> None:
    for place in morning.tree:
        assert (place.cost_centre_id is None) == (place.kind is PlaceKind.FACILITY)


def test_gloves_of_seven_and_a_half_lie_near_the_operating_rooms(morning: Morning) -> None:
    (room,) = _called(morning, "operating room 3")
    gloves = {item.id for item in morning.items.values() if item.name == "Biogel surgical glove 7.5"}
    near = [
        key.place_id
        for key, held in morning.on_hand.items()
        if key.item_id in gloves and held > 0 and key.status is StockStatus.AVAILABLE
    ]
    assert min(morning.tree.distance(room.id, place_id) for place_id in near) < 60
    assert any(morning.tree.get(place_id).kind is PlaceKind.SHELF for place_id in near)


def test_similar_products_lie_together(morning: Morning) -> None:
    first = {par.item_id: par.place_id for par in reversed(list(morning.hospital.pars()))}
    foleys = [
        ItemId(i)
        for i, item in morning.items.items()
        if item.family.startswith("Foley catheter, silicone, 2-way")
    ]
    assert len({first[item_id] for item_id in foleys}) == 1
