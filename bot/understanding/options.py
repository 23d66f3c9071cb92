"""Questions that buttons stand for: each fitting item or family, all of them, each fitting place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.understanding.confidence import BUTTONS, HITS
from bot.understanding.draft import Draft
from bot.understanding.naming import cut, line_name, telling_names, unlike
from bot.understanding.outcome import Alternative
from bot.understanding.things import in_size_order
from domain.model.ids import ItemId, PlaceId
from domain.model.item import Item
from domain.model.place import PlaceTree
from domain.ports import Catalogue


@dataclass(frozen=True, slots=True)
class ItemOptions:
    """``buttons`` are at most BUTTONS narrower questions; ``all_of_them`` is the one about everything that fits."""

    buttons: tuple[Alternative, ...]
    all_of_them: Alternative


def by_item(
    items: Sequence[Item], *, draft: Draft, others: tuple[ItemId, ...], catalogue: Catalogue
) -> ItemOptions:
    """One option an item where they are few, one a family where they are many; ``others`` stay in every question.

    ``items`` come best first; what does not fit on buttons is reached by "all" or by more words.
    """
    label = f"All {len(items)}" if len(items) < HITS else f"First {len(items)}"
    whole = Alternative(label, replace(draft, items=(*others, *(item.id for item in items))))
    families: dict[str, list[Item]] = {}
    for item in items:
        families.setdefault(line_name(item), []).append(item)
    if len(items) > BUTTONS and len(families) > 1:
        shown = list(families.items())[:BUTTONS]
        labels = unlike([name for name, _ in shown])
        groups = [tuple(item.id for item in members) for _, members in shown]
    else:
        chosen = in_size_order(items[:BUTTONS], catalogue=catalogue)
        labels = telling_names(chosen) if chosen else []
        groups = [(item.id,) for item in chosen]
    return ItemOptions(
        tuple(
            Alternative(label, replace(draft, items=(*others, *group)))
            for label, group in zip(labels, groups, strict=True)
        ),
        whole,
    )


def by_place(places: Sequence[PlaceId], *, draft: Draft, tree: PlaceTree) -> tuple[Alternative, ...]:
    """One option a place, with its way down where the name alone is shared."""
    known = [place for place in places if place in tree][:BUTTONS]
    names = [tree.get(place).name for place in known]
    labels = [
        cut(name) if names.count(name) == 1 else cut(tree.path(place))
        for place, name in zip(known, names, strict=True)
    ]
    return tuple(
        Alternative(label, replace(draft, places=(place,)))
        for label, place in zip(labels, known, strict=True)
    )
