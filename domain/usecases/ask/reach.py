"""Where a question looks, and how far things are from where it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.model.ids import FacilityId, PlaceId
from domain.model.person import Person
from domain.model.place import PlaceKind, PlaceTree
from domain.ports import Scope, UnitOfWork
from domain.usecases.ask.answers import PlaceRef


@dataclass(frozen=True, slots=True)
class Reach:
    """The places a question is about: those asked, each with all inside it; none asked means the asker's whole facility.

    ``origins`` are where ways are measured from: the places asked, or the asker's home unit. A facility is no point to walk
    from, so for one that is asked the home unit stands in where it lies inside.
    """

    tree: PlaceTree
    facility_id: FacilityId
    asked: tuple[PlaceId, ...]
    origins: tuple[PlaceId, ...]

    def covers(self, place_id: PlaceId) -> bool:
        if not self.asked:
            return self.tree.get(place_id).facility_id == self.facility_id
        return not set(self.asked).isdisjoint(self.tree.lineage(place_id))

    def metres(self, place_id: PlaceId) -> float | None:
        """The way from the nearest origin; None where there is none."""
        if not self.origins:
            return None
        return min(self.tree.distance(origin, place_id) for origin in self.origins)

    def abroad(self, place_id: PlaceId) -> bool:
        """Is it in another facility than the one asked about?"""
        if self.asked:
            return all(
                self.tree.get(place_id).facility_id != self.tree.get(one).facility_id for one in self.asked
            )
        return self.tree.get(place_id).facility_id != self.facility_id

    @property
    def scope(self) -> Scope:
        """The same bounds as the store takes them: outermost places only, a whole facility as itself."""
        outermost = tuple(
            place_id
            for place_id in dict.fromkeys(self.asked)
            if not any(other in self.tree.lineage(place_id)[:-1] for other in self.asked)
        )
        if len(outermost) == 1 and self.tree.get(outermost[0]).kind is PlaceKind.FACILITY:
            return Scope(self.tree.get(outermost[0]).facility_id)
        return Scope(self.facility_id, outermost)

    @property
    def asked_refs(self) -> tuple[PlaceRef, ...]:
        return tuple(self.ref(place_id) for place_id in self.asked)

    def ref(self, place_id: PlaceId) -> PlaceRef:
        place = self.tree.get(place_id)
        return PlaceRef(
            id=place_id,
            name=place.name,
            path=self.tree.path(place_id),
            unit=self.tree.unit_of(place_id).name,
            facility=self.tree.get(self.tree.lineage(place_id)[0]).name,
        )


def reach(places: Sequence[PlaceId], *, asker: Person, uow: UnitOfWork) -> Reach:
    """Raises UnknownPlace where a place asked about does not exist."""
    tree = uow.places.tree()
    asked = tuple(dict.fromkeys(places))
    home = asker.home_place_id
    if home is not None and home not in tree:
        home = None
    origins: list[PlaceId] = []
    for place_id in asked:
        if tree.get(place_id).kind is not PlaceKind.FACILITY:
            origins.append(place_id)
        elif home is not None and tree.within(home, outer=place_id):
            origins.append(home)
    if not asked and home is not None:
        origins.append(home)
    return Reach(tree, asker.facility_id, asked, tuple(dict.fromkeys(origins)))
