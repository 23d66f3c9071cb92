"""What proposed moves save on the demo hospital's own future: ``python -m bench.saving [--dates 3] [--seeds 2] [--days 240]``.

For each date and seed a demo hospital is made as it stands on that morning and loaded into a database; the moves are those that
Parley proposes from what that database knows. Then the days that follow are lived through three times with the same use, rounds and
deliveries: with no move, with each lapsing lot carried to the nearest places that could use it, and with the proposed moves. What
lapses anywhere, also of what the moves left unused where they came to, counts at what it cost; handling counts for every move.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from bench.saving_future import Carried, Future, Outcome, future, live
from domain.demo import Hospital, hospital
from domain.model.ids import NO_LOT, OURS, FacilityId, ItemId, LotId, PlaceId
from domain.model.movement import StockStatus
from domain.model.place import PlaceKind, PlaceTree
from domain.model.stock import StockLine
from domain.planning.expiry_risk import Supply, outlook, spare_demand
from domain.planning.rates import UseRate
from domain.planning.saving_moves import Handling
from domain.planning.uncertain_use import USE_DAYS
from domain.ports import UnitOfWork
from domain.store import open_store, upgrade
from domain.usecases.act.costing import UnitCosts
from domain.usecases.admin.load_hospital import load_hospital
from domain.usecases.ask.lapse import FULL_DAYS, Lapses, lapses, look_ahead

DATES = (date(2026, 11, 22), date(2027, 3, 1), date(2027, 7, 12), date(2027, 9, 6))


CHOOSY = 25
"""Nearest first only for lots that are likely to lose this much: what a list cut at that value would lead to."""


class PaperVault:
    """Nothing secret is in a demo hospital that lives for a minute."""

    def seal(self, text: str) -> bytes:
        return text.encode()

    def open(self, sealed: bytes) -> str:
        return sealed.decode()

    def digest(self, text: str) -> bytes:
        return sha256(text.encode()).digest()

    def digests(self, text: str) -> tuple[bytes, ...]:
        return (self.digest(text),)


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    moves: Sequence[Carried]
    handling: float
    promised: float = 0.0


@dataclass(frozen=True, slots=True)
class Morning:
    """What is known today."""

    known: Lapses
    stock: Sequence[StockLine]
    costs: dict[LotId, object]
    items: Sequence[ItemId]


def nearest_first(
    known: Lapses,
    stock: Sequence[StockLine],
    *,
    tree: PlaceTree,
    horizon: dict[ItemId, int],
    today: date,
    worth: int = 0,
) -> list[Carried]:
    """What people do with a list of expiring lots: the dearest first, each to the nearest place that uses the item, as much as
    that place is expected to use beyond what it has, the rest to the next one. Lots that lose less than ``worth`` are left."""
    supplies: defaultdict[tuple[ItemId, PlaceId], list[Supply]] = defaultdict(list)
    for line in stock:
        supplies[line.item_id, line.place_id].append(
            Supply(line.lot_id, line.expires_on, line.available(today))
        )
    rates = {key: UseRate(round(daily * USE_DAYS), USE_DAYS) for key, daily in known.rates.items()}
    found: list[Carried] = []
    idle = UseRate(0, USE_DAYS)
    for lot in sorted(known.lots, key=lambda lot: (-lot.at_risk, lot.lot_id)):
        if lot.consigned or lot.at_risk < worth or not 3 <= lot.days_left <= horizon[lot.item_id]:
            continue
        here = supplies[lot.item_id, lot.place_id]
        rate = rates.get((lot.item_id, lot.place_id), idle)
        lapsing = sum(o.will_lapse for o in outlook(here, rate=rate, today=today) if o.lot_id == lot.lot_id)
        others = [place for item, place in rates if item == lot.item_id and place != lot.place_id]
        for place in sorted(others, key=lambda other: (tree.distance(lot.place_id, other), other)):
            if lapsing < 1:
                break
            if any(tree.get(above).kind is PlaceKind.CART for above in tree.lineage(place)):
                continue
            own = supplies[lot.item_id, place]
            spare = spare_demand(own, rate=rates[lot.item_id, place], today=today, until=lot.expires_on)
            if moved := min(lapsing, spare, lot.quantity):
                found.append((lot.lot_id, lot.place_id, place, moved))
                own.append(Supply(lot.lot_id, lot.expires_on, moved))
                lapsing -= moved
    return found


def policies(
    uow: UnitOfWork, *, facility_id: FacilityId, today: date, stock: Sequence[StockLine]
) -> tuple[list[Policy], Lapses, float]:
    tree = uow.places.tree()
    near = {
        line.item_id
        for line in stock
        if line.expires_on and line.expires_on <= today + timedelta(days=FULL_DAYS)
    }
    began = time.perf_counter()
    known = lapses(near, facility_id=facility_id, today=today, uow=uow)
    took = time.perf_counter() - began
    items = uow.catalogue.many(near)
    dearest: dict[ItemId, int] = {}
    for lot in known.lots:
        ahead = look_ahead(items[lot.item_id], unit_cost=lot.unit_cost)
        dearest[lot.item_id] = max(dearest.get(lot.item_id, 0), ahead)
    handling = Handling()
    best = [
        (move.lot_id, move.from_place_id, move.to_place_id, move.quantity)
        for lot in known.lots
        for move in lot.moves
    ]
    promised = sum(move.saved for lot in known.lots for move in lot.moves)
    greedy = nearest_first(known, stock, tree=tree, horizon=dearest, today=today)
    choosy = nearest_first(known, stock, tree=tree, horizon=dearest, today=today, worth=CHOOSY)

    def cost(moves: Sequence[Carried]) -> float:
        return sum(handling.of(tree.distance(one, other)) for _, one, other, _ in moves)

    return (
        [
            Policy("nothing", (), 0.0),
            Policy("nearest first", greedy, cost(greedy)),
            Policy(f"nearest first, from ${CHOOSY}", choosy, cost(choosy)),
            Policy("proposed", best, cost(best), promised),
        ],
        known,
        took,
    )


def run(made: Hospital, *, days: int, seeds: Sequence[int]) -> list[tuple[Policy, list[Outcome]]]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'parley.db'}"
        upgrade(url)
        store = open_store(url)
        try:
            load_hospital(made, transactions=store.transactions, progress=lambda _part, _share: None)
            with store.transactions.reading() as uow:
                facility_id = made.facilities[0].id
                tree = uow.places.tree()
                today = made.today
                near = {
                    line.item_id
                    for line in uow.stock.expiring(start=today, end=today + timedelta(days=FULL_DAYS))
                    if tree.get(line.place_id).facility_id == facility_id
                }
                stock = [
                    line
                    for line in uow.stock.of_items(sorted(near))
                    if line.status is StockStatus.AVAILABLE
                    and line.on_hand > 0
                    and not line.expired(today)
                    and line.lot_id != NO_LOT
                    and line.owner_id == OURS
                ]
                here = [line for line in stock if tree.get(line.place_id).facility_id == facility_id]
                costs = UnitCosts(uow.catalogue.many(near), {line.lot_id for line in stock}, uow=uow)
                by_lot = {line.lot_id: costs.of(line.item_id, line.lot_id) for line in stock}
                chosen, known, took = policies(uow, facility_id=facility_id, today=today, stock=here)
        finally:
            store.close()
    print(
        f"  {len(known.lots)} lots lapse within {FULL_DAYS} days; moves worked out in {took:.1f} s",
        flush=True,
    )
    items = sorted(near)
    found: list[tuple[Policy, list[Outcome]]] = [(policy, []) for policy in chosen]
    for seed in seeds:
        ahead: Future = future(made, days=days, seed=seed)
        for policy, outcomes in found:
            outcomes.append(live(ahead, stock, by_lot, policy.moves, items=items))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dates", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--days", type=int, default=240)
    chosen = parser.parse_args()
    print("| morning | lost without moves | policy | moves | handling | saved | said to save |")
    print("|---|---|---|---|---|---|---|")
    sums: defaultdict[str, float] = defaultdict(float)
    for number, today in enumerate(DATES[: chosen.dates]):
        made = hospital(
            seed=7 + number,
            today=today,
            now=datetime.combine(today, datetime.min.time(), UTC),
            vault=PaperVault(),
        )
        (_, idle), *others = run(made, days=chosen.days, seeds=range(100, 100 + chosen.seeds))
        lost = sum(outcome.lost for outcome in idle) / len(idle)
        for policy, outcomes in others:
            saved = lost - sum(outcome.lost for outcome in outcomes) / len(outcomes) - policy.handling
            sums[policy.name] += saved
            said = f"${policy.promised:,.0f}" if policy.promised else ""
            print(
                f"| {today} | ${lost:,.0f} | {policy.name} | {len(policy.moves)} | ${policy.handling:,.0f} | ${saved:,.0f} | {said} |",
                flush=True,
            )
    for name, saved in sums.items():
        print(f"| all | | {name} | | | ${saved:,.0f} | |")


if __name__ == "__main__":
    main()
