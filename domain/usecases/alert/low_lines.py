"""What is low, what to bring of it, and from where: less what is under way or asked for already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.model.ids import FacilityId, ItemId, PlaceId
from domain.model.item import Criticality, Item
from domain.model.par import Par
from domain.model.place import PlaceKind, PlaceTree
from domain.model.requisition import RequisitionState
from domain.planning.rates import daily_use, days_of_supply, rate_window
from domain.ports import LowRow, Scope, UnitOfWork

MOST_LOW = 5_000
"""Lines of one facility; a hospital where more is low has other troubles."""
MOST_SOURCES = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A shelf that could give: ``quantity`` base units, of a store as much as it has, of a unit only what is above its own par."""

    place_id: PlaceId
    quantity: int
    metres: float
    store: bool


@dataclass(frozen=True, slots=True)
class LowOne:
    """A par at or below its reorder point for which something is to be brought: ``bring`` = par less what is there, under way and asked
    for. ``sources`` are the best first."""

    par: Par
    item: Item
    available: int
    in_transit: int
    asked: int
    bring: int
    daily_use: float
    days_left: float | None
    sources: tuple[Source, ...]

    @property
    def rank(self) -> tuple[object, ...]:
        """Out of stock first, life-saving before routine, then what runs out soonest."""
        graveness = list(Criticality).index(self.item.criticality)
        left = self.days_left if self.days_left is not None else float("inf")
        return (
            self.available > 0,
            graveness if self.available <= 0 else 0,
            left,
            graveness,
            int(self.item.id),
        )


def low_lines(
    facility_id: FacilityId, *, today: date, uow: UnitOfWork, unit: PlaceId | None = None
) -> list[LowOne]:
    """The lines of a facility (of one unit), those to see to first. Shelves of the unit where deliveries come in are left out: what is
    low there is bought, not brought."""
    tree = uow.places.tree()
    own = supply_places(facility_id, tree=tree)
    # A facility without a dock of its own is served by the others'.
    supply = own or frozenset[PlaceId]().union(
        *(supply_places(other.id, tree=tree) for other in uow.places.facilities())
    )
    scope = Scope(facility_id) if unit is None else Scope(facility_id, (unit,))
    found = uow.questions.low(scope, today=today, rate=rate_window(today), limit=MOST_LOW)
    rows = [row for row in found.rows if row.par.place_id not in own]
    asked = _asked(facility_id, rows, tree=tree, uow=uow)
    wanted = {}
    for row in rows:
        bring = (
            row.par.par - row.available - row.in_transit - asked.get((row.par.item_id, row.par.place_id), 0)
        )
        if bring > 0:
            wanted[row.par.item_id, row.par.place_id] = bring
    items = uow.catalogue.many({item_id for item_id, _ in wanted})
    sources = _sources(items.keys(), facility_id=facility_id, supply=supply, today=today, tree=tree, uow=uow)
    lines = []
    for row in rows:
        key = (row.par.item_id, row.par.place_id)
        if key not in wanted or row.par.item_id not in items:
            continue
        rate = daily_use(row.used)
        lines.append(
            LowOne(
                par=row.par,
                item=items[row.par.item_id],
                available=row.available,
                in_transit=row.in_transit,
                asked=asked.get(key, 0),
                bring=wanted[key],
                daily_use=rate.daily,
                days_left=days_of_supply(row.available, rate=rate),
                sources=_best(
                    sources.get(row.par.item_id, ()), row.par.place_id, bring=wanted[key], tree=tree
                ),
            )
        )
    return sorted(lines, key=lambda line: line.rank)


def supply_places(facility_id: FacilityId, *, tree: PlaceTree) -> frozenset[PlaceId]:
    """All places of the units where deliveries come in: they have a dock."""
    units = {
        tree.unit_of(place.id)
        for place in tree
        if place.kind is PlaceKind.DOCK and place.facility_id == facility_id
    }
    return frozenset[PlaceId]().union(
        *(tree.subtree(unit.id) for unit in units if unit.kind is PlaceKind.UNIT)
    )


def shelf_order(place_id: PlaceId, *, tree: PlaceTree) -> tuple[tuple[int, str], ...]:
    """Sorts places as one walks past them: by the pick order of each level from the unit down."""
    return tuple((tree.get(key).order, tree.get(key).name) for key in tree.lineage(place_id))


def _asked(
    facility_id: FacilityId, rows: Sequence[LowRow], *, tree: PlaceTree, uow: UnitOfWork
) -> Mapping[tuple[ItemId, PlaceId], int]:
    """What open requisitions will bring and is not under way yet, by item and the par's place, the emptiest shelf of the asker first."""
    open_ones = uow.requisitions.listed(facility_id, states=[RequisitionState.ASKED], limit=10_000)
    if not open_ones:
        return {}
    by_item: defaultdict[ItemId, list[LowRow]] = defaultdict(list)
    for row in rows:
        by_item[row.par.item_id].append(row)
    found: dict[tuple[ItemId, PlaceId], int] = {}
    for order in open_ones:
        for line in order.lines:
            left = line.asked
            inside = [
                row
                for row in by_item.get(line.item_id, ())
                if tree.within(row.par.place_id, outer=order.to_place_id)
                or tree.within(order.to_place_id, outer=row.par.place_id)
            ]
            for row in sorted(inside, key=lambda row: (row.available, row.par.place_id)):
                key = (row.par.item_id, row.par.place_id)
                need = max(0, row.par.par - row.available - row.in_transit - found.get(key, 0))
                given = min(need, left)
                found[key] = found.get(key, 0) + given
                left -= given
    return found


@dataclass(frozen=True, slots=True)
class _Lying:
    place_id: PlaceId
    unit_id: PlaceId
    spare: int
    store: bool


def _sources(
    items: Collection[ItemId],
    *,
    facility_id: FacilityId,
    supply: frozenset[PlaceId],
    today: date,
    tree: PlaceTree,
    uow: UnitOfWork,
) -> Mapping[ItemId, Sequence[_Lying]]:
    """Shelves by item that have some to spare: supply rooms all of theirs, units what is above par."""
    if not items:
        return {}
    pars = {(par.item_id, par.place_id): par.par for par in uow.pars.of(items=items)}
    there: defaultdict[tuple[ItemId, PlaceId], int] = defaultdict(int)
    for line in uow.stock.of_items(items):
        if tree.get(line.place_id).facility_id == facility_id or line.place_id in supply:
            there[line.item_id, line.place_id] += line.available(today)
    found: defaultdict[ItemId, list[_Lying]] = defaultdict(list)
    for (item_id, place_id), available in there.items():
        store = place_id in supply
        spare = available if store else available - pars.get((item_id, place_id), 0)
        if spare > 0:
            found[item_id].append(_Lying(place_id, tree.unit_of(place_id).id, spare, store))
    return found


def _best(lying: Sequence[_Lying], place_id: PlaceId, *, bring: int, tree: PlaceTree) -> tuple[Source, ...]:
    """Supply rooms that have enough before others; of each the nearest first."""
    own = tree.unit_of(place_id).id
    others = [one for one in lying if one.unit_id != own]
    made = [
        Source(one.place_id, one.spare, tree.distance(one.place_id, place_id), one.store) for one in others
    ]
    made.sort(
        key=lambda one: (not (one.store and one.quantity >= bring), not one.store, one.quantity < bring, one.metres,
                         -one.quantity)
    )  # fmt: skip
    return tuple(made[:MOST_SOURCES])
