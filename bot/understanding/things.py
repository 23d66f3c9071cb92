"""Named things -> items of the catalogue, with how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.understanding.confidence import BELIEVED, FITS_AS_WELL, HITS
from bot.understanding.evidence import Mention
from domain.model.ids import ItemId
from domain.model.item import Item
from domain.model.size import Dimension, parse_sizes
from domain.ports import Catalogue, CatalogueSearch, ItemSearchResult, Verdict

type Kept = Callable[[Sequence[ItemId]], frozenset[ItemId] | None]
"""Which of the items are kept at the place in question; read from the store only when a tie is to be broken."""


@dataclass(frozen=True, slots=True)
class Found:
    """Items that fit ``mention`` equally well, best first; one where the search is sure."""

    mention: Mention
    items: tuple[ItemId, ...]


@dataclass(frozen=True, slots=True)
class NoSuch:
    """Nothing is called so; ``near`` are items with names that come close."""

    mention: Mention
    near: tuple[ItemId, ...]


@dataclass(frozen=True, slots=True)
class NoSize:
    """The thing is known, the size is not stocked; ``sizes`` are the items there are."""

    mention: Mention
    size: str
    sizes: tuple[ItemId, ...]


class Things:
    """Looks mentions up; holds no state of its own."""

    def __init__(self, search: CatalogueSearch) -> None:
        self._search = search

    def look(self, mention: Mention, *, kept: Kept) -> Found | NoSuch | NoSize:
        """Several sizes of one thing are looked up each; the first that does not exist is reported."""
        if not mention.sizes:
            result = self._find(mention.text, size="", kept=kept)
            if result.verdict is Verdict.NOT_FOUND:
                return NoSuch(mention, tuple(hit.item_id for hit in result.hits))
            return Found(mention, fitting(result))
        if len(mention.sizes) > 1:
            # "2-0 vicryl ct-1", "0.9 saline 500 ml" are one thing measured twice; "14 and 16 fr" fit no one item together.
            first, *others = mention.sizes
            both = self._find(f"{mention.text} {' '.join(others)}", size=first, kept=kept)
            if both.verdict is not Verdict.NOT_FOUND:
                return Found(mention, fitting(both))
        found: list[ItemId] = []
        for size in mention.sizes:
            result = self._find(mention.text, size=size, kept=kept)
            if result.verdict is Verdict.NOT_FOUND:
                # "four by fours": what was labelled a size may be part of the name, and the other way round.
                whole = self._find(f"{size} {mention.text}", size="", kept=kept)
                if whole.verdict is Verdict.SURE:
                    found.extend(fitting(whole))
                    continue
                bare = self._find(mention.text, size="", kept=kept)
                if bare.verdict is Verdict.NOT_FOUND:
                    return NoSuch(mention, tuple(hit.item_id for hit in result.hits or bare.hits))
                return NoSize(mention, size, fitting(bare))
            found.extend(fitting(result))
        return Found(mention, tuple(dict.fromkeys(found)))

    def sure(self, text: str) -> tuple[ItemId, ...]:
        """The one item that ``text`` surely names, or none."""
        result = self._search.find(text, limit=1)
        return fitting(result) if result.verdict is Verdict.SURE else ()

    def likely(self, text: str) -> bool:
        """Does ``text`` rather name something of the catalogue than not, one thing or several?"""
        result = self._search.find(text, limit=HITS)
        return result.verdict is not Verdict.NOT_FOUND and sum(hit.score for hit in result.hits) >= BELIEVED

    def fits(self, text: str, *, size: str = "") -> tuple[ItemId, ...]:
        """All items that fit, or none."""
        result = self._search.find(text, size=size, limit=HITS)
        return () if result.verdict is Verdict.NOT_FOUND else tuple(hit.item_id for hit in result.hits)

    def _find(self, text: str, *, size: str, kept: Kept) -> ItemSearchResult:
        result = self._search.find(text, size=size, limit=HITS)
        if result.verdict is Verdict.ASK and len(fitting(result)) > 1:
            here = kept([hit.item_id for hit in result.hits])
            if here:
                return self._search.find(text, size=size, kept=here, limit=HITS)
        return result


def fitting(result: ItemSearchResult) -> tuple[ItemId, ...]:
    """The hits to act on: the first of a sure result, else those that fit as well as the best."""
    if not result.hits:
        return ()
    if result.verdict is Verdict.SURE:
        return (result.hits[0].item_id,)
    best = max(hit.score for hit in result.hits)
    return tuple(hit.item_id for hit in result.hits if hit.score >= best * FITS_AS_WELL)


def in_size_order(items: Sequence[Item], *, catalogue: Catalogue) -> list[Item]:
    """Items of one family from the smallest to the largest; others as they come."""
    families = {item.family for item in items}
    if len(families) != 1 or not items[0].family:
        return list(items)
    rank = {item.id: index for index, item in enumerate(catalogue.family(items[0].family))}
    return sorted(items, key=lambda item: rank.get(item.id, len(rank)))


def of_like_size(items: Sequence[Item], *, size: str) -> list[Item]:
    """Those of ``items`` that are measured as ``size`` is (French with French); all where none is."""
    asked = _dimensions(size)
    alike = [item for item in items if asked & _dimensions(item.size)]
    return alike or list(items)


def _dimensions(size: str) -> frozenset[Dimension]:
    return frozenset().union(*(one.dimensions for one in parse_sizes(size)))
