"""Named places -> places of the hospital, with how sure that is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding.confidence import EXACTLY_NAMED
from domain.model.ids import PlaceId
from domain.model.person import Person
from domain.ports import PlaceSearch, Verdict


@dataclass(frozen=True, slots=True)
class NoSuchSpot:
    """No place is called ``said``; ``near`` are those whose names come close."""

    said: str
    near: tuple[PlaceId, ...]


@dataclass(frozen=True, slots=True)
class AmbiguousSpot:
    """Several places are called ``said``."""

    said: str
    near: tuple[PlaceId, ...]


_IN_THE_OR = re.compile(r"\b(?:in|from|at|to|for) (?:the|our) or(?=\W*$|[,.;?!])", re.IGNORECASE)
_BEHIND = re.compile(
    r"\b(?:in|on|at|from|for|inside|near|to|over in|down in) (?:the |our )?(?P<place>[^,.?!;:]{1,40})",
    re.IGNORECASE,
)


class Spots:
    """Looks names up; holds no state of its own."""

    def __init__(self, search: PlaceSearch) -> None:
        self._search = search

    def look(
        self, names: tuple[str, ...], *, asker: Person
    ) -> tuple[PlaceId, ...] | NoSuchSpot | AmbiguousSpot:
        """All places named; the first name that is unknown or shared is reported instead."""
        found: list[PlaceId] = []
        for name in names:
            result = self._search.find(name, facility_id=asker.facility_id, near=asker.home_place_id)
            ids = tuple(hit.place_id for hit in result.hits)
            if result.verdict is Verdict.NOT_FOUND:
                return NoSuchSpot(" ".join(name.split())[:60], ids)
            if result.verdict is Verdict.ASK and len(ids) > 1:
                return AmbiguousSpot(" ".join(name.split())[:60], ids)
            found.append(ids[0])
        return tuple(dict.fromkeys(found))

    def exactly(self, name: str, *, asker: Person) -> bool:
        """Is a place called just so?"""
        result = self._search.find(name, facility_id=asker.facility_id, near=asker.home_place_id)
        return result.verdict is Verdict.SURE and result.hits[0].score >= EXACTLY_NAMED

    def named_in(self, text: str, *, rest: str, asker: Person) -> str:
        """The words behind "in", "on", "at" that surely name a place and that nothing else explains; empty if none."""
        if _IN_THE_OR.search(text):
            return "OR"
        unexplained = {word.casefold() for word in rest.split()}
        for match in _BEHIND.finditer(text):
            words = match["place"].split()
            for length in range(min(len(words), 4), 0, -1):
                said = " ".join(words[:length])
                if not unexplained.intersection(word.casefold() for word in words[:length]):
                    continue
                result = self._search.find(said, facility_id=asker.facility_id, near=asker.home_place_id)
                if result.verdict is Verdict.SURE and result.hits[0].score >= EXACTLY_NAMED:
                    return said
        return ""


_LAST_PLACE = re.compile(r"\b(?:in|on|at) (?:the |our )?(?P<place>[a-z0-9&' -]{2,40}?)\W*$", re.IGNORECASE)


def unexplained_place(text: str, *, rest: str) -> str:
    """What a sentence ends on behind "in", "on" or "at", where no word of it is explained by anything else; else empty."""
    match = _LAST_PLACE.search(text)
    if match is None:
        return ""
    unexplained = {word.casefold() for word in rest.split()}
    words = match["place"].split()
    return match["place"] if all(word.casefold() in unexplained for word in words) else ""
