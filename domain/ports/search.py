"""Finding items and places by what people call them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.model.ids import (
    FacilityId,
    ItemId,
    PlaceId,
)


class Verdict(StrEnum):
    """How sure a search is. SURE: act on the first hit. ASK: show the hits. NOT_FOUND: hits are only "did you mean"."""

    SURE = "sure"
    ASK = "ask"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, slots=True)
class ItemHit:
    """``score`` is the calibrated chance, 0..1, that this is what was meant. ``pack_unit`` is set when a code named a pack level."""

    item_id: ItemId
    score: float
    pack_unit: str = ""


@dataclass(frozen=True, slots=True)
class ItemSearchResult:
    verdict: Verdict
    hits: tuple[ItemHit, ...]


class CatalogueSearch(Protocol):
    def find(
        self, text: str, *, size: str = "", kept: frozenset[ItemId] | None = None, limit: int = 10
    ) -> ItemSearchResult:
        """Items by what a clinician calls them: words, sizes in any notation, brand, catalogue number, GTIN.

        ``size`` is a size said apart from the words and must match where the item has one. ``kept`` are the items
        kept at the place asked about: they break ties and come first, but never hide a better name.
        """
        ...


@dataclass(frozen=True, slots=True)
class PlaceHit:
    place_id: PlaceId
    score: float


@dataclass(frozen=True, slots=True)
class PlaceSearchResult:
    verdict: Verdict
    hits: tuple[PlaceHit, ...]


class PlaceSearch(Protocol):
    def find(
        self, text: str, *, facility_id: FacilityId | None = None, near: PlaceId | None = None, limit: int = 8
    ) -> PlaceSearchResult:
        """Places by name, alias or spoken form ("i c u", "o r three", "cart 4"); ``facility_id`` and ``near`` break ties."""
        ...
