"""Where a thing is put: its shelf inside the place that was said, and as what (a hold reaches what arrives later too)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from domain.model.ids import FacilityId, ItemId, LotId, PlaceId
from domain.model.movement import StockStatus
from domain.model.stock import StockLine
from domain.usecases.act.desk import Desk


def homes(
    items: Collection[ItemId], *, place_id: PlaceId, lines: Sequence[StockLine], desk: Desk
) -> dict[ItemId, PlaceId]:
    """For each item the spot at ``place_id`` or inside it that holds the most of it, else the one with a par, else the place.

    ``lines`` are the balances there.
    """
    inside = desk.tree.subtree(place_id)
    if len(inside) == 1:
        return dict.fromkeys(items, place_id)
    found: dict[ItemId, PlaceId] = {}
    best: dict[ItemId, tuple[int, int]] = {}
    for line in lines:
        if line.place_id in inside and line.status is StockStatus.AVAILABLE and line.on_hand > 0:
            rank = (line.on_hand, -line.place_id)
            if line.item_id not in best or rank > best[line.item_id]:
                best[line.item_id], found[line.item_id] = rank, line.place_id
    lacking = [item_id for item_id in items if item_id not in found]
    if lacking:
        deepest = sorted(
            desk.uow.pars.of(places=inside, items=lacking),
            key=lambda par: (len(desk.tree.lineage(par.place_id)), par.par, -par.place_id),
        )
        found |= {par.item_id: par.place_id for par in deepest}
    return {item_id: found.get(item_id, place_id) for item_id in items}


class Holds:
    """The open holds over some lots and items of a facility: as what they are put on a shelf."""

    def __init__(
        self, facility_id: FacilityId, *, lots: Collection[LotId], items: Collection[ItemId], desk: Desk
    ) -> None:
        if desk.locking:
            desk.uow.holds.fence(items, alone=False)
        self._found = desk.uow.holds.over(facility_id, lot_ids=lots, item_ids=items)

    def status(self, item_id: ItemId, lot_id: LotId) -> StockStatus:
        over = [hold for hold in self._found if hold.item_id == item_id or lot_id in hold.lot_ids]
        if any(hold.recalled for hold in over):
            return StockStatus.RECALLED
        return StockStatus.QUARANTINED if over else StockStatus.AVAILABLE
