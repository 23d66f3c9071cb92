"""J10: what suppliers promised and did not bring, or will likely bring late; who waits for it, and how long what is there lasts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from domain.model.alert import AlertKind, Fact, Finding
from domain.model.ids import FacilityId, ItemId
from domain.model.item import Criticality, Item
from domain.model.person import GUEST, Person, Role
from domain.model.place import PlaceTree
from domain.model.purchase import OrderState
from domain.ports import LowPar, UnitOfWork
from domain.usecases.purchase.needs import Standing, standings
from domain.usecases.purchase.seeing import LineView, OrderView, view

MOST_ORDERS = 2_000
MOST_WAITING = 5
_SENT = (OrderState.SENT, OrderState.PART_RECEIVED)


class WatchLate:
    """Implements ``Watcher``. One finding a line that is past its promised day, or that will likely come after what is there is gone;
    gone when it came, was cancelled or its day was put off."""

    kind = AlertKind.LATE

    def findings(
        self, facility_id: FacilityId, *, today: date, now: datetime, uow: UnitOfWork
    ) -> Sequence[Finding]:
        orders = uow.orders.listed(facility_id, states=_SENT, limit=MOST_ORDERS)
        reader = Person(GUEST, facility_id, "Parley", "", Role.BUYER)
        late = [
            (seen, each)
            for seen in view(orders, reader=reader, today=today, uow=uow)
            for each in seen.lines
            if each.late or each.will_be_late
        ]
        if not late:
            return []
        items = uow.catalogue.many({each.item.id for _, each in late})
        stands = {
            (one.item.id, one.par.place_id): one
            for one in standings(list(items.values()), facility_id=facility_id, today=today, uow=uow)
        }
        waiting: defaultdict[ItemId, list[LowPar]] = defaultdict(list)
        for low in uow.pars.low(today=today, items=list(items)):
            waiting[low.par.item_id].append(low)
        tree = uow.places.tree()
        found = []
        for seen, each in late:
            standing = stands.get((each.item.id, each.line.place_id))
            if not each.late and not _runs_out(each, standing, today=today):
                continue
            found.append(
                _finding(
                    seen, each, items[each.item.id], standing, waiting[each.item.id], today=today, tree=tree
                )
            )
        return found


def _runs_out(each: LineView, standing: Standing | None, *, today: date) -> bool:
    """A little late is nobody's alarm while there is enough until then."""
    if each.likely_on is None or standing is None:
        return False
    left = standing.why.days_left
    return left is not None and left < (each.likely_on - today).days


def _finding(
    seen: OrderView,
    each: LineView,
    item: Item,
    standing: Standing | None,
    waiting: Sequence[LowPar],
    *,
    today: date,
    tree: PlaceTree,
) -> Finding:
    order, line = seen.order, each.line
    why = standing.why if standing is not None else None
    left = why.days_left if why is not None else None
    days_late = 0 if line.promised_on is None else max(0, (today - line.promised_on).days)
    units = dict.fromkeys(
        tree.unit_of(low.par.place_id).name
        for low in sorted(waiting, key=lambda low: low.available)
        if tree.unit_of(low.par.place_id).id != tree.unit_of(line.place_id).id
    )
    others: list[Fact] = [
        {
            "supplier": int(offer.supplier_id),
            "name": offer.supplier_name,
            "price": f"{offer.price:.2f}",
            "unit": offer.pack_unit,
            "days": offer.lead_days,
        }
        for offer in each.others
    ]
    names: list[Fact] = [*list(units)[:MOST_WAITING]]
    facts: dict[str, Fact] = {
        "order": int(order.id),
        "order_number": order.number,
        "line": line.number,
        "supplier": seen.supplier,
        "item": int(item.id),
        "number": item.number,
        "name": item.name,
        "size": item.size,
        "base_unit": item.base_unit,
        "path": tree.path(line.place_id),
        "left": line.left,
        "received": line.received,
        "pack_unit": line.pack_unit,
        "pack_size": line.pack_size,
        "promised": "" if line.promised_on is None else line.promised_on.isoformat(),
        "likely": "" if each.likely_on is None else each.likely_on.isoformat(),
        "late": each.late,
        "days_late": days_late,
        "available": 0 if why is None else why.available,
        "days_left": None if left is None else round(left, 1),
        "waiting": names,
        "waiting_count": len(units),
        "others": others,
        "criticality": item.criticality.value,
    }
    out = why is not None and why.available <= 0
    urgent = out and item.criticality is Criticality.LIFE_SAVING
    # What is out comes first, then what runs out soonest, then what is late the longest.
    weight = (
        (100_000 if out else 0)
        + (50_000 - min(49_999, int(left * 100)) if left is not None else 0)
        + days_late
    )
    return Finding(
        AlertKind.LATE,
        f"order:{int(order.id)}:{line.number}",
        line.place_id,
        facts,
        weight=weight,
        urgent=urgent,
    )
