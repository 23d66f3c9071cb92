"""Places: a tree with the facility at its root, down to shelves and bins, and the way between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from domain.errors import InvalidPlaceTree, UnknownPlace
from domain.model.ids import CostCentreId, FacilityId, PlaceId

FLOOR_METRES = 45.0
"""What a floor up or down costs, in metres walked: the lift, the wait, the way to both."""

OTHER_FACILITY_METRES = 10_000.0
"""The way to another facility goes by courier: always behind everything in one's own."""


class PlaceKind(StrEnum):
    FACILITY = "facility"
    UNIT = "unit"
    ROOM = "room"
    CORE = "core"  # the sterile core between operating rooms
    CART = "cart"
    CABINET = "cabinet"
    SHELF = "shelf"
    BIN = "bin"
    DOCK = "dock"
    STOREROOM = "storeroom"


@dataclass(frozen=True, slots=True)
class Place:
    """One node. ``floor`` counts storeys; ``x`` and ``y`` are metres in the facility's own plan.

    ``aliases`` are what people say and write: "cath lab", "OR 3", "the core". ``order`` is the pick order among siblings.
    """

    id: PlaceId
    facility_id: FacilityId
    parent_id: PlaceId | None
    kind: PlaceKind
    name: str
    aliases: tuple[str, ...] = ()
    order: int = 0
    floor: int = 0
    x: float = 0.0
    y: float = 0.0
    cost_centre_id: CostCentreId | None = None


@dataclass(frozen=True, slots=True)
class Facility:
    """A hospital or clinic: where "today" has a meaning. ``timezone`` is an IANA name, ``currency`` an ISO 4217 code."""

    id: FacilityId
    place_id: PlaceId
    name: str
    timezone: str
    currency: str = "USD"


class PlaceTree:
    """All places with their ways up and down; built once from rows, then only read.

    Raises InvalidPlaceTree for a missing parent, a loop, or a root that is no facility.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._by_id: dict[PlaceId, Place] = {place.id: place for place in places}
        self._children: dict[PlaceId | None, list[Place]] = {}
        for place in self._by_id.values():
            if place.parent_id is not None and place.parent_id not in self._by_id:
                raise InvalidPlaceTree(
                    f"{place.name} stands in place {place.parent_id}, which does not exist."
                )
            if place.parent_id is None and place.kind is not PlaceKind.FACILITY:
                raise InvalidPlaceTree(
                    f"{place.name} has no parent but is a {place.kind}; only a facility may be a root."
                )
            self._children.setdefault(place.parent_id, []).append(place)
        for siblings in self._children.values():
            siblings.sort(key=lambda place: (place.order, place.name, place.id))
        self._lineage: dict[PlaceId, tuple[PlaceId, ...]] = {}
        stack: list[tuple[Place, tuple[PlaceId, ...]]] = [(root, ()) for root in self._children.get(None, [])]
        while stack:
            place, above = stack.pop()
            lineage = (*above, place.id)
            self._lineage[place.id] = lineage
            stack.extend((child, lineage) for child in self._children.get(place.id, []))
        if len(self._lineage) != len(self._by_id):
            lost = next(place for place in self._by_id.values() if place.id not in self._lineage)
            raise InvalidPlaceTree(f"{lost.name} stands inside itself.")

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._by_id.values())

    def __contains__(self, place_id: object) -> bool:
        return place_id in self._by_id

    def get(self, place_id: PlaceId) -> Place:
        """The place, or UnknownPlace."""
        try:
            return self._by_id[place_id]
        except KeyError:
            raise UnknownPlace(f"There is no place with the number {place_id}.") from None

    def children(self, place_id: PlaceId | None) -> tuple[Place, ...]:
        """The places directly inside, in pick order; None gives the facilities."""
        return tuple(self._children.get(place_id, ()))

    def lineage(self, place_id: PlaceId) -> tuple[PlaceId, ...]:
        """Ids from the facility down to the place itself."""
        self.get(place_id)
        return self._lineage[place_id]

    def subtree(self, place_id: PlaceId) -> frozenset[PlaceId]:
        """The place and everything inside it."""
        self.get(place_id)
        found: set[PlaceId] = set()
        stack = [place_id]
        while stack:
            current = stack.pop()
            found.add(current)
            stack.extend(child.id for child in self._children.get(current, ()))
        return frozenset(found)

    def within(self, place_id: PlaceId, *, outer: PlaceId) -> bool:
        """Is the place ``outer`` itself or inside it?"""
        return outer in self.lineage(place_id)

    def unit_of(self, place_id: PlaceId) -> Place:
        """The unit the place belongs to; the facility itself where it belongs to none."""
        above = [self._by_id[key] for key in self.lineage(place_id)]
        for place in reversed(above):
            if place.kind is PlaceKind.UNIT:
                return place
        return above[0]

    def path(self, place_id: PlaceId, *, below: PlaceId | None = None) -> str:
        """ "ICU › Supply room › Cabinet 2 › Shelf B"; without the facility, or from just under ``below``."""
        keys = list(self.lineage(place_id))
        if below is not None and below in keys and keys[-1] != below:
            keys = keys[keys.index(below) + 1 :]
        elif len(keys) > 1:
            keys = keys[1:]
        return " › ".join(self._by_id[key].name for key in keys)

    def distance(self, one: PlaceId, other: PlaceId) -> float:
        """Metres to walk, a floor counted as FLOOR_METRES; by courier between facilities. Symmetric; 0 to itself."""
        if one == other:
            return 0.0
        a, b = self.get(one), self.get(other)
        if a.facility_id != b.facility_id:
            return OTHER_FACILITY_METRES
        return abs(a.x - b.x) + abs(a.y - b.y) + FLOOR_METRES * abs(a.floor - b.floor)

    @cached_property
    def units(self) -> Mapping[PlaceId, Place]:
        """Every unit by its id."""
        return {place.id: place for place in self if place.kind is PlaceKind.UNIT}
