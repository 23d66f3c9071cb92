"""Which places buy an item from a supplier; all others that keep it are filled from those."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from domain.model.ids import FacilityId, ItemId, PlaceId
from domain.model.par import Par
from domain.model.place import PlaceKind, PlaceTree
from domain.model.purchase import PurchaseOrder
from domain.ports import UnitOfWork


def store_units(tree: PlaceTree) -> frozenset[PlaceId]:
    """The units at whose dock deliveries come in."""
    return frozenset(tree.unit_of(place.id).id for place in tree if place.kind is PlaceKind.DOCK)


def decided_at(order: PurchaseOrder, *, uow: UnitOfWork) -> PlaceId:
    """Whose people decide on orders: the unit at whose dock deliveries come in, the one that is to have the most of it where there are
    several; where there is none, the facility's."""
    tree = uow.places.tree()
    stores = {unit for unit in store_units(tree) if tree.get(unit).facility_id == order.facility_id}
    units = [tree.unit_of(line.place_id).id for line in order.lines]
    if not stores:
        return uow.places.facility(order.facility_id).place_id
    return max(sorted(stores), key=units.count)


def buying_pars(
    items: Collection[ItemId], *, facility_id: FacilityId, uow: UnitOfWork
) -> dict[ItemId, list[Par]]:
    """The pars of each item, at the facility, that are filled by orders to suppliers.

    Where a unit with a dock keeps it (at whichever facility), that one buys it for all. Else the places at which it was received from
    suppliers before. Where neither is known, every place that keeps it buys for itself.
    """
    if not items:
        return {}
    tree = uow.places.tree()
    stores = store_units(tree)
    pars: defaultdict[ItemId, list[Par]] = defaultdict(list)
    for par in uow.pars.of(items=items):
        pars[par.item_id].append(par)
    at_stores = {
        item_id: [par for par in known if not stores.isdisjoint(tree.lineage(par.place_id))]
        for item_id, known in pars.items()
    }
    others = [item_id for item_id, known in pars.items() if len(known) > 1 and not at_stores[item_id]]
    received = _received(others, uow=uow)
    found: dict[ItemId, list[Par]] = {}
    for item_id, known in pars.items():
        chosen = (
            at_stores[item_id] or _where_it_came(known, received.get(item_id, frozenset()), tree) or known
        )
        mine = [par for par in chosen if tree.get(par.place_id).facility_id == facility_id]
        if mine:
            found[item_id] = sorted(mine, key=lambda par: (-par.par, par.place_id))
    return found


def _received(items: Collection[ItemId], *, uow: UnitOfWork) -> Mapping[ItemId, frozenset[PlaceId]]:
    found: defaultdict[ItemId, frozenset[PlaceId]] = defaultdict(frozenset)
    for facility in uow.places.facilities() if items else ():
        for item_id, places in uow.orders.bought_at(facility.id, items).items():
            found[item_id] |= places
    return found


def _where_it_came(pars: Collection[Par], places: frozenset[PlaceId], tree: PlaceTree) -> list[Par]:
    """The pars at which, or inside which, deliveries were put away."""
    around = {outer for place_id in places if place_id in tree for outer in tree.lineage(place_id)}
    return [par for par in pars if par.place_id in around]
