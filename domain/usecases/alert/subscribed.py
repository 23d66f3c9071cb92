"""What people subscribed to: what expires as a watcher, what moved as news."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.model.alert import AlertKind, Finding
from domain.model.ids import FacilityId, ItemId, MovementId, PlaceId
from domain.model.movement import Movement, StockStatus, stock_effects
from domain.model.person import Person
from domain.model.place import PlaceTree
from domain.model.stock import StockLine
from domain.model.subscription import Subscription, Topic
from domain.ports import UnitOfWork
from domain.usecases.act.subscriptions import DEFAULT_DAYS, Lapse, Level, due

MOST_LOTS = 50
"""Lots of one subscription in a digest: who wants more asks for the list."""


@dataclass(frozen=True, slots=True)
class WatchSubscriptions:
    """Lots that lapse within what somebody wants to know of. A paused subscription finds what it has told already, nothing new."""

    @property
    def kind(self) -> AlertKind:
        return AlertKind.SUBSCRIBED

    def findings(
        self, facility_id: FacilityId, *, today: date, now: datetime, uow: UnitOfWork
    ) -> Sequence[Finding]:
        wanted = [each for each in uow.subscriptions.running(facility_id) if each.topic is Topic.EXPIRING]
        if not wanted:
            return []
        living = uow.alerts.living(facility_id, self.kind)
        people = uow.people.many({each.person_id for each in wanted})
        found: list[Finding] = []
        for subscription in wanted:
            person = people.get(subscription.person_id)
            if person is None or not person.slack_user_id:
                continue
            paused = subscription.paused_until is not None and now < subscription.paused_until
            found += [
                finding
                for finding in self._of(subscription, facility_id, today=today, uow=uow)
                if not paused or finding.subject in living
            ]
        return found

    def _of(
        self, subscription: Subscription, facility_id: FacilityId, *, today: date, uow: UnitOfWork
    ) -> list[Finding]:
        tree = uow.places.tree()
        outer = subscription.place_id or uow.places.facility(facility_id).place_id
        if outer not in tree:
            return []
        days = DEFAULT_DAYS if subscription.days is None else subscription.days
        items = None if subscription.item_id is None else [subscription.item_id]
        lines = uow.stock.expiring(
            start=today, end=today + timedelta(days=days), places=tree.subtree(outer), items=items
        )
        sums: dict[tuple[int, PlaceId], list[StockLine]] = {}
        for line in lines:
            lapse = Lapse(
                line.item_id, line.place_id, line.lot_id, line.expires_on or today, line.available(today)
            )
            awake = _unpaused(subscription)
            if due(awake, lapse, now=awake.made_at, today=today, tree=tree):
                sums.setdefault((int(line.lot_id), line.place_id), []).append(line)
        catalogue = uow.catalogue.many({each[0].item_id for each in sums.values()})
        found = []
        for (lot_id, place_id), held in list(sums.items())[:MOST_LOTS]:
            line, item = held[0], catalogue[held[0].item_id]
            expires = line.expires_on or today
            found.append(
                Finding(
                    kind=self.kind,
                    subject=f"subscription:{int(subscription.id)}:lot:{lot_id}@place:{int(place_id)}",
                    place_id=place_id,
                    facts={
                        "subscription": int(subscription.id),
                        "item": _name(item.name, item.size),
                        "unit": item.base_unit,
                        "lot": line.lot_number or line.serial,
                        "expires_on": expires.isoformat(),
                        "place": tree.path(place_id),
                        "quantity": sum(each.available(today) for each in held),
                    },
                    weight=-expires.toordinal(),
                    person_id=subscription.person_id,
                )
            )
        return found


def _unpaused(subscription: Subscription) -> Subscription:
    return replace(subscription, paused_until=None)


def _name(name: str, size: str) -> str:
    return name if not size or size in name else f"{name} {size}"


# ---------------------------------------------------------------------------------------------- what moved


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing that somebody is told: a movement for ARRIVED and USED, a level for LOW and OUT. Nothing of whom it was used on."""

    subscription: Subscription
    item: str
    unit: str
    place: str
    quantity: int
    """What came or was used; of a level what is left."""
    point: int | None = None
    """Of a level the threshold or reorder point that it fell to."""


@dataclass(frozen=True, slots=True)
class News:
    """``numbers`` are taken when it is told: all of them or nothing. ``tellings`` by person, in the order of their subscriptions."""

    numbers: tuple[int, ...]
    first: MovementId | None
    """The movement that begins it: no other news begins with the same."""
    tellings: Mapping[Person, tuple[Telling, ...]]


def news(facility_id: FacilityId, *, now: datetime, today: date, uow: UnitOfWork, limit: int = 1000) -> News:
    """What moved since it was last looked at, and whom it concerns. In a reading unit: it sees one moment of the database, so that
    a level and the movements that led to it belong together."""
    rows = uow.alerts.news(facility_id, limit=limit)
    if not rows:
        return News((), None, {})
    numbers = tuple(number for number, _ in rows)
    ids: list[MovementId] = [movement_id for _, movement_id in rows]
    known = uow.ledger.many(ids)
    moved = [known[each] for each in ids if each in known]
    running = uow.subscriptions.running(facility_id)
    people = uow.people.many({each.person_id for each in running})
    view = _View(moved, today=today, uow=uow)
    found: dict[Person, list[Telling]] = {}
    for subscription in running:
        person = people.get(subscription.person_id)
        if person is None or not person.slack_user_id:
            continue
        tellings = view.tellings(subscription, now=now)
        if tellings:
            found.setdefault(person, []).extend(tellings)
    return News(numbers, ids[0], {person: tuple(tellings) for person, tellings in found.items()})


class _View:
    """Movements of one look, with the levels before and after them."""

    def __init__(self, moved: Sequence[Movement], *, today: date, uow: UnitOfWork) -> None:
        self._moved = moved
        self._today = today
        self._uow = uow
        self._tree: PlaceTree = uow.places.tree()
        items = {movement.item_id for movement in moved}
        self._items = uow.catalogue.many(items)
        self._stock = uow.stock.of_items(items)
        self._pars = uow.pars.of(items=items)
        self._deltas: dict[tuple[ItemId, PlaceId], int] = {}
        for movement in moved:
            for effect in stock_effects(movement):
                if effect.key.status is StockStatus.AVAILABLE:
                    where = (effect.key.item_id, effect.key.place_id)
                    self._deltas[where] = self._deltas.get(where, 0) + effect.on_hand - effect.reserved

    def tellings(self, subscription: Subscription, *, now: datetime) -> list[Telling]:
        if subscription.topic in (Topic.ARRIVED, Topic.USED):
            return self._movements(subscription, now=now)
        if subscription.topic in (Topic.LOW, Topic.OUT):
            return [
                self._telling(subscription, level.item_id, level.place_id, level.available, point)
                for level, point in self._levels(subscription)
                if due(subscription, level, now=now, today=self._today, tree=self._tree)
            ]
        return []

    def _movements(self, subscription: Subscription, *, now: datetime) -> list[Telling]:
        """Those of one item and place in one line."""
        sums: dict[tuple[ItemId, PlaceId], int] = {}
        for movement in self._moved:
            if not due(subscription, movement, now=now, today=self._today, tree=self._tree):
                continue
            place = movement.from_place_id if subscription.topic is Topic.USED else movement.to_place_id
            if place is not None:
                where = (movement.item_id, place)
                sums[where] = sums.get(where, 0) + movement.quantity
        return [
            self._telling(subscription, item, place, quantity, None)
            for (item, place), quantity in sums.items()
        ]

    def _levels(self, subscription: Subscription) -> list[tuple[Level, int | None]]:
        """Of each item that moved where the subscription looks: at its place as a whole, or at every par in it."""
        outer = subscription.place_id or self._uow.places.facility(subscription.facility_id).place_id
        if outer not in self._tree:
            return []
        inside = self._tree.subtree(outer)
        items = {item for item, place in self._deltas if place in inside}
        if subscription.item_id is not None:
            items &= {subscription.item_id}
        found: list[tuple[Level, int | None]] = []
        for item in sorted(items):
            if subscription.topic is Topic.OUT or subscription.threshold is not None:
                level = self._level(item, outer, inside, None)
                found.append((level, subscription.threshold))
                continue
            for par in self._pars:
                if par.item_id == item and par.place_id in inside:
                    places = self._tree.subtree(par.place_id)
                    found.append(
                        (self._level(item, par.place_id, places, par.reorder_point), par.reorder_point)
                    )
        return found

    def _level(self, item: ItemId, place: PlaceId, inside: Collection[PlaceId], point: int | None) -> Level:
        after = sum(
            line.available(self._today)
            for line in self._stock
            if line.item_id == item and line.place_id in inside
        )
        delta = sum(
            change for (other, where), change in self._deltas.items() if other == item and where in inside
        )
        return Level(item, place, after, after - delta, point)

    def _telling(
        self, subscription: Subscription, item: ItemId, place: PlaceId, quantity: int, point: int | None
    ) -> Telling:
        known = self._items[item]
        return Telling(
            subscription,
            _name(known.name, known.size),
            known.base_unit,
            self._tree.path(place),
            quantity,
            point,
        )
