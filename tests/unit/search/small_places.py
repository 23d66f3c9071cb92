"""Two facilities with rooms, carts, cabinets and shelves that share their names."""

from __future__ import annotations

from domain.model.ids import FacilityId, PlaceId
from domain.model.place import Place, PlaceKind, PlaceTree


class _Builder:
    def __init__(self) -> None:
        self.places: list[Place] = []

    def add(
        self, parent: PlaceId | None, kind: PlaceKind, name: str, *aliases: str, facility: int = 1
    ) -> PlaceId:
        number = len(self.places) + 1
        self.places.append(
            Place(PlaceId(number), FacilityId(facility), parent, kind, name, aliases, order=number)
        )
        return PlaceId(number)

    def store(self, unit: PlaceId, *, facility: int = 1) -> None:
        room = self.add(unit, PlaceKind.STOREROOM, "Supply Room", facility=facility)
        for number in (1, 2):
            cabinet = self.add(room, PlaceKind.CABINET, f"Cabinet {number}", facility=facility)
            for letter in "AB":
                self.add(cabinet, PlaceKind.SHELF, f"Shelf {letter}", facility=facility)


def small_places() -> PlaceTree:
    build = _Builder()
    main = build.add(None, PlaceKind.FACILITY, "Main Hospital")
    river = build.add(None, PlaceKind.FACILITY, "Riverside", facility=2)
    suite = build.add(main, PlaceKind.UNIT, "OR Suite", "OR", "main OR")
    for number in range(1, 13):
        build.add(suite, PlaceKind.ROOM, f"OR {number}")
    build.add(suite, PlaceKind.CORE, "Sterile Core", "the core")
    icu = build.add(main, PlaceKind.UNIT, "ICU", "intensive care")
    build.store(icu)
    build.add(icu, PlaceKind.CART, "Crash Cart 4")
    for number in (3, 12):
        build.add(icu, PlaceKind.ROOM, f"Room {number}")
    emergency = build.add(main, PlaceKind.UNIT, "ED", "emergency department")
    build.store(emergency)
    for number in (1, 2, 3):
        build.add(emergency, PlaceKind.ROOM, f"Trauma Bay {number}")
    build.add(main, PlaceKind.UNIT, "PACU", "recovery room")
    build.add(main, PlaceKind.UNIT, "NICU")
    build.add(main, PlaceKind.UNIT, "L&D", "labor and delivery")
    build.add(main, PlaceKind.UNIT, "Cath Lab")
    build.add(main, PlaceKind.UNIT, "4 West")
    central = build.add(main, PlaceKind.UNIT, "Central Supply", "warehouse")
    rack = build.add(central, PlaceKind.CABINET, "Rack 14")
    for letter in "AB":
        build.add(rack, PlaceKind.BIN, f"Bin 02-{letter}")
    clinic = build.add(river, PlaceKind.UNIT, "Clinic", facility=2)
    build.store(clinic, facility=2)
    build.add(clinic, PlaceKind.CART, "Crash Cart 4", facility=2)
    return PlaceTree(build.places)
