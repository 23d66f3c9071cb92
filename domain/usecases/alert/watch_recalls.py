"""J4: which notices somebody must look at, with what of ours they may mean: where it lies, and how much of it was used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.model.alert import AlertKind, Fact, Finding
from domain.model.ids import NO_LOT, FacilityId, ItemId, LotId, PlaceId
from domain.model.item import Item
from domain.model.lot import Lot
from domain.model.movement import StockStatus
from domain.model.place import PlaceKind, PlaceTree
from domain.model.recall import Match, Notice, RecallClass, Strength
from domain.model.stock import StockLine
from domain.ports import UnitOfWork
from domain.ports.recalling import LotUsed

MOST_SHOWN = 40
"""Lots that are kept with an alert; a hold takes no more lines in one card."""
MOST_PLACES = 6
_WEIGHT = {RecallClass.I: 3000, RecallClass.II: 2000, RecallClass.OPEN: 1500, RecallClass.III: 1000}


@dataclass(frozen=True, slots=True)
class Concerned:
    """A match as it stands in one facility. ``lines`` are its balances; ``settled``: it is held as recalled, or was."""

    match: Match
    lines: tuple[StockLine, ...]
    used: LotUsed
    settled: bool

    @property
    def free(self) -> int:
        """Base units that lie here or are under way and are not held as recalled."""
        return sum(line.on_hand for line in self.lines if line.status is not StockStatus.RECALLED)

    @property
    def on_hand(self) -> int:
        return sum(line.on_hand for line in self.lines)


class WatchRecalls:
    """Implements ``Watcher``. A notice is found until all of it that lies here is held as recalled, somebody said that it is not ours,
    or the authority closed it; a later report that names more of ours is found anew.
    """

    kind = AlertKind.RECALL

    def findings(
        self, facility_id: FacilityId, *, today: date, now: datetime, uow: UnitOfWork
    ) -> Sequence[Finding]:
        matched = uow.recalls.matched()
        if not matched:
            return []
        notices = uow.recalls.many(matched.keys())
        answers = uow.recalls.answers(facility_id)
        tree = uow.places.tree()
        found = []
        for notice_id, matches in matched.items():
            notice = notices[notice_id]
            if notice.over:
                continue
            answer = answers.get(notice_id)
            if answer is not None and answer.covers(matches):
                continue
            concerned = concerned_here(matches, facility_id=facility_id, uow=uow)
            if concerned and not all(one.settled for one in concerned):
                found.append(
                    _finding(notice, concerned, facility_id=facility_id, today=today, tree=tree, uow=uow)
                )
        return found


def concerned_here(
    matches: Sequence[Match], *, facility_id: FacilityId, uow: UnitOfWork
) -> tuple[Concerned, ...]:
    """Those of the matches that the facility has, or had."""
    lot_ids = [match.lot_id for match in matches if match.lot_id is not None]
    whole = {match.item_id for match in matches if match.lot_id is None}
    named = set(lot_ids)
    here = uow.recalls.came_here(facility_id, lot_ids)
    lines = uow.recalls.stock(facility_id, lot_ids=lot_ids, item_ids=whole)
    used = uow.recalls.used(facility_id, lot_ids)
    held = uow.recalls.held_as_recalled(facility_id, lot_ids)
    held_items = uow.recalls.items_held_as_recalled(facility_id, whole)
    found = []
    for match in matches:
        if match.lot_id is not None:
            mine = tuple(line for line in lines if line.lot_id == match.lot_id)
            if not mine and match.lot_id not in here:
                continue
            done = match.lot_id in held
        else:
            # The rest of the item: its named lots are told of by themselves.
            mine = tuple(line for line in lines if line.item_id == match.item_id and line.lot_id not in named)
            if not mine:
                continue
            done = match.item_id in held_items
        lying = [line for line in mine if line.on_hand > 0]
        pulled = bool(lying) and all(line.status is StockStatus.RECALLED for line in lying)
        taken = used.get(match.lot_id, LotUsed()) if match.lot_id is not None else LotUsed()
        found.append(Concerned(match, mine, taken, done or pulled))
    return tuple(found)


def told_at(facility_id: FacilityId, *, tree: PlaceTree, uow: UnitOfWork) -> PlaceId:
    """Whose people look after recalls: the unit where deliveries come in, else the facility's."""
    docks = [place.id for place in tree if place.kind is PlaceKind.DOCK and place.facility_id == facility_id]
    if docks:
        return tree.unit_of(docks[0]).id
    return uow.places.facility(facility_id).place_id


def _finding(
    notice: Notice,
    concerned: Sequence[Concerned],
    *,
    facility_id: FacilityId,
    today: date,
    tree: PlaceTree,
    uow: UnitOfWork,
) -> Finding:
    items = uow.catalogue.many({one.match.item_id for one in concerned})
    lots = _lots(concerned, uow=uow)
    best = min((one.match.strength for one in concerned), key=lambda strength: strength.rank)
    ordered = sorted(
        concerned, key=lambda one: (one.match.strength.rank, one.settled, -one.free, one.match.lot_id or 0)
    )
    shown: list[Fact] = [
        _lot_facts(one, item=items[one.match.item_id], lot=lots.get(one.match.lot_id or NO_LOT), tree=tree)
        for one in ordered[:MOST_SHOWN]
    ]
    free = sum(one.free for one in concerned)
    facts: dict[str, Fact] = {
        "number": notice.number,
        "class": notice.classification.value,
        "firm": notice.firm[:160],
        "product": notice.product[:600],
        "reason": notice.reason[:600],
        "reported_on": None if notice.reported_on is None else notice.reported_on.isoformat(),
        "revision": notice.revision,
        "strength": best.value,
        "lots": shown,
        "count": len(concerned),
        "to_hold": sum(not one.settled and one.free > 0 for one in concerned),
        "on_hand": sum(one.on_hand for one in concerned),
        "free": free,
        "used": sum(one.used.used for one in concerned),
        "patients": sum(one.used.patients for one in concerned),
        "facility": tree.get(uow.places.facility(facility_id).place_id).name,
    }
    urgent = best.confident and notice.classification in (RecallClass.I, RecallClass.II, RecallClass.OPEN)
    return Finding(
        kind=AlertKind.RECALL,
        subject=f"recall:{notice.number.lower()}:{notice.revision}",
        place_id=told_at(facility_id, tree=tree, uow=uow),
        facts=facts,
        weight=_WEIGHT[notice.classification] + (500 if best is Strength.SURE else 0) + min(free, 400),
        urgent=urgent,
    )


def _lots(concerned: Sequence[Concerned], *, uow: UnitOfWork) -> Mapping[LotId, Lot]:
    return {
        one.match.lot_id: uow.lots.get(one.match.lot_id) for one in concerned if one.match.lot_id is not None
    }


def _lot_facts(one: Concerned, *, item: Item, lot: Lot | None, tree: PlaceTree) -> dict[str, Fact]:
    there: dict[PlaceId, int] = {}
    for line in one.lines:
        if line.on_hand:
            there[line.place_id] = there.get(line.place_id, 0) + line.on_hand
    places: list[Fact] = [
        {"place": tree.path(place_id), "on_hand": on_hand}
        for place_id, on_hand in sorted(there.items(), key=lambda row: (-row[1], tree.path(row[0])))[
            :MOST_PLACES
        ]
    ]
    evidence: list[Fact] = list(one.match.evidence)
    return {
        "item_id": int(item.id),
        "item": item.name,
        "number": item.number,
        "size": item.size,
        "unit": item.base_unit,
        "lot_id": None if one.match.lot_id is None else int(one.match.lot_id),
        "lot": "" if lot is None else lot.number,
        "serial": "" if lot is None else lot.serial,
        "strength": one.match.strength.value,
        "evidence": evidence,
        "on_hand": one.on_hand,
        "free": one.free,
        "settled": one.settled,
        "place_count": len(there),
        "places": places,
        "used": one.used.used,
        "patients": one.used.patients,
    }


def lots_to_hold(
    concerned: Sequence[Concerned],
) -> tuple[tuple[LotId, ...], tuple[ItemId, ...]]:
    """What a hold should be over: lots that are not held yet, those that lie here before those that are used up; items of which all is
    meant. Possible ones only where nothing surer is left."""
    open_ones = [one for one in concerned if not one.settled]
    surest = [one for one in open_ones if one.match.strength.confident] or open_ones
    lying = [one for one in surest if one.free > 0] or surest
    lots = tuple(one.match.lot_id for one in lying if one.match.lot_id is not None)
    return lots[:MOST_SHOWN], tuple(one.match.item_id for one in lying if one.match.lot_id is None)
