"""The place that labels are asked for, by what people call it."""

from __future__ import annotations

from domain.errors import UnknownPlace
from domain.model.ids import FacilityId, PlaceId
from domain.model.place import PlaceTree
from domain.ports import PlaceSearch, Verdict

MOST_NAMED = 6


def place_named(
    text: str,
    *,
    search: PlaceSearch,
    tree: PlaceTree,
    facility_id: FacilityId | None = None,
    near: PlaceId | None = None,
) -> PlaceId:
    """One place. Raises UnknownPlace, which names those that come near, where none or several are called so."""
    said = " ".join(text.split())[:60]
    result = search.find(said, facility_id=facility_id, near=near)
    ids = list(dict.fromkeys(hit.place_id for hit in result.hits))
    if ids and (result.verdict is Verdict.SURE or (result.verdict is Verdict.ASK and len(ids) == 1)):
        return ids[0]
    names = ", ".join(tree.path(place_id) for place_id in ids[:MOST_NAMED])
    if result.verdict is Verdict.ASK:
        raise UnknownPlace(f"Several places are called “{said}”: {names}. Say which.")
    raise UnknownPlace(f"No place is called “{said}”." + (f" Near it: {names}." if names else ""))
