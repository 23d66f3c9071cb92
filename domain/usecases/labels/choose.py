"""Which labels a place needs: one a shelf, one a bin (an item at its place), one an item.

What a label's code says is the hospital's own text, or the maker's GTIN where an item has one for its base unit. ISBT 128 is read and
never printed: that needs a licence of ICCBBA, so blood and tissue get the hospital's own number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Refused, UnknownItem
from domain.model.ids import FacilityId, ItemId, PlaceId
from domain.model.item import IdentifierKind, Item
from domain.model.par import Par
from domain.model.place import PlaceKind, PlaceTree
from domain.ports import UnitOfWork
from domain.udi import own
from domain.udi.reading import PlaceCode

MOST = 2_000
"""Labels of one file; a hospital of more prints unit by unit."""

_NO_SHELF = frozenset({PlaceKind.FACILITY, PlaceKind.UNIT})


class LabelKind(StrEnum):
    """What a label is stuck on."""

    SHELF = "shelf"
    BIN = "bin"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Label:
    """One label. ``code`` is the symbol's text; where ``gs1``, with its application identifiers in brackets, as it is printed below
    it. ``over`` stands small above ``title``, ``facts`` below it, the most important first.
    """

    kind: LabelKind
    title: str
    over: str
    facts: tuple[str, ...]
    code: str
    gs1: bool = False


def labels_for(kind: LabelKind, places: Sequence[PlaceId], *, uow: UnitOfWork) -> list[Label]:
    """The labels of everything inside the places, in the order in which one walks by.

    Raises UnknownPlace for a place that is none, UnknownItem where nothing is kept there, Refused for more than ``MOST``.
    """
    tree = uow.places.tree()
    inside = _walk(tree, places)
    if kind is LabelKind.SHELF:
        found = [_shelf(tree, place_id) for place_id in inside if tree.get(place_id).kind not in _NO_SHELF]
    elif kind is LabelKind.BIN:
        found = _bins(tree, inside, uow=uow)
    else:
        kept = uow.stock.kept_at(inside)
        found = item_labels(uow.catalogue.many(kept).values())
    names = ", ".join(tree.path(place_id) for place_id in places)
    if not found:
        raise UnknownItem(f"Nothing that is kept in {names} could have a {kind.value} label.")
    if len(found) > MOST:
        raise Refused(
            f"{names} needs {len(found):,} labels; one file has at most {MOST:,}. Print it part by part."
        )
    return found


def item_labels(items: Iterable[Item]) -> list[Label]:
    """One label an item, by name."""
    return [_item(item) for item in sorted(items, key=lambda item: (item.name, item.size, item.number))]


def items_numbered(numbers: Collection[str], *, uow: UnitOfWork) -> list[Item]:
    """Raises UnknownItem for the first number that no active item has."""
    wanted = set(numbers)
    found = {item.number: item for item in uow.catalogue.all() if item.number in wanted}
    for number in numbers:
        if number not in found:
            raise UnknownItem(f"There is no item with the number {number} in the catalogue.")
    return [found[number] for number in dict.fromkeys(numbers)]


def _walk(tree: PlaceTree, places: Sequence[PlaceId]) -> list[PlaceId]:
    """Each place once, and what is inside it behind it."""
    found: dict[PlaceId, None] = {}
    waiting = list(reversed(places))
    while waiting:
        place_id = waiting.pop()
        if place_id in found:
            continue
        tree.get(place_id)
        found[place_id] = None
        waiting.extend(child.id for child in reversed(tree.children(place_id)))
    return list(found)


def _code_of(tree: PlaceTree, place_id: PlaceId) -> PlaceCode:
    return PlaceCode(FacilityId(tree.get(place_id).facility_id), place_id)


def _above(tree: PlaceTree, place_id: PlaceId) -> str:
    parent = tree.get(place_id).parent_id
    return tree.path(parent) if parent is not None else ""


def _shelf(tree: PlaceTree, place_id: PlaceId) -> Label:
    code = own.place_text(_code_of(tree, place_id))
    return Label(
        LabelKind.SHELF, title=tree.get(place_id).name, over=_above(tree, place_id), facts=(), code=code
    )


def _bins(tree: PlaceTree, inside: Sequence[PlaceId], *, uow: UnitOfWork) -> list[Label]:
    """An item's bin is where its stock lies; its par may be set for the place around it."""
    pars = {(par.item_id, par.place_id): par for par in uow.pars.of(places=inside)}
    kept: dict[PlaceId, set[ItemId]] = {}
    for item_id, place_id in pars:
        kept.setdefault(place_id, set()).add(item_id)
    everything = uow.stock.kept_at(inside)
    for line in uow.stock.of_items(everything, places=inside):
        kept.setdefault(line.place_id, set()).add(line.item_id)
    _leave_outer(tree, kept)
    items = uow.catalogue.many({item_id for found in kept.values() for item_id in found})
    labels = []
    for place_id in inside:
        here = [items[item_id] for item_id in kept.get(place_id, ()) if item_id in items]
        for item in sorted(here, key=lambda item: (item.name, item.size, item.number)):
            par = next(
                (pars[key] for up in reversed(tree.lineage(place_id)) if (key := (item.id, up)) in pars), None
            )
            labels.append(_bin(tree, place_id, item, par))
    return labels


def _leave_outer(tree: PlaceTree, kept: dict[PlaceId, set[ItemId]]) -> None:
    """A par of a whole room is no bin where the item has its shelf inside that room."""
    inner: dict[PlaceId, set[ItemId]] = {}
    for place_id, found in kept.items():
        for above in tree.lineage(place_id)[:-1]:
            inner.setdefault(above, set()).update(found)
    for place_id in kept:
        kept[place_id] = kept[place_id] - inner.get(place_id, set())


def _bin(tree: PlaceTree, place_id: PlaceId, item: Item, par: Par | None) -> Label:
    facts = [_size(item), f"No. {item.number}"]
    if par is not None:
        facts.insert(0, f"Par {par.par} · reorder at {par.reorder_point} {item.base_unit}")
    return Label(
        LabelKind.BIN,
        title=item.name,
        over=tree.path(place_id),
        facts=tuple(fact for fact in facts if fact),
        code=own.bin_text(_code_of(tree, place_id), item.number),
    )


def _item(item: Item) -> Label:
    gtins = [
        one.value
        for one in item.identifiers
        if one.kind is IdentifierKind.GTIN and one.pack_unit == item.base_unit
    ]
    code = f"(01){gtins[0]}" if gtins else own.item_text(item.number)
    maker = item.manufacturer if item.manufacturer != item.brand else ""
    facts = tuple(fact for fact in (_size(item), f"No. {item.number}", maker) if fact)
    return Label(LabelKind.ITEM, title=item.name, over=item.brand, facts=facts, code=code, gs1=bool(gtins))


def _size(item: Item) -> str:
    """The size, unless the name says it already."""
    return f"Size {item.size}" if item.size and item.size not in item.name else ""
