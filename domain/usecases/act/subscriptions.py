"""A12: "tell me when …", "stop …": what runs for whom, and whether it is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.errors import Invalid, UnknownRecord
from domain.model.ids import ItemId, LotId, PlaceId
from domain.model.movement import Movement, MovementKind, StockStatus
from domain.model.permission import Deed
from domain.model.person import Person
from domain.model.place import PlaceTree
from domain.model.subscription import Subscription, SubscriptionId, Topic
from domain.ports import UnitOfWork
from domain.usecases.act.steps import require

MOST = 50
"""Subscriptions of one person: who has more reads none of them."""
DEFAULT_DAYS = 30
LONGEST_PAUSE = timedelta(days=366)


def subscribe(subscription: Subscription, *, actor: Person, now: datetime, uow: UnitOfWork) -> Subscription:
    """Adds it for ``actor`` and gives it as it is stored; an equal one that runs already is given instead. Commits.

    Raises NotPermitted; Invalid for one that could never be due or always would be, and for too many; UnknownItem, UnknownPlace,
    UnknownLot for what it names.
    """
    place_id = subscription.place_id or actor.home_place_id or uow.places.facility(actor.facility_id).place_id
    require(Deed.SUBSCRIBE, doing="subscribe", actor=actor, place_id=place_id, now=now, uow=uow)
    checked = _checked(subscription)
    if checked.item_id is not None:
        uow.catalogue.get(checked.item_id)
    if checked.place_id is not None:
        uow.places.tree().get(checked.place_id)
    if checked.lot_id is not None:
        uow.lots.get(checked.lot_id)
    if len(uow.subscriptions.of(actor.id)) >= MOST:
        raise Invalid(f"You have {MOST} alerts already; stop one of them first.")
    added = uow.subscriptions.add(
        replace(checked, facility_id=actor.facility_id, person_id=actor.id, made_at=now, ended_at=None)
    )
    uow.commit()
    return added


def mine(actor: Person, *, uow: UnitOfWork) -> list[Subscription]:
    """What runs for ``actor``, oldest first; paused ones too."""
    return uow.subscriptions.of(actor.id)


def stop(
    subscription_ids: Collection[SubscriptionId], *, actor: Person, now: datetime, uow: UnitOfWork
) -> int:
    """Ends those of ``actor``'s own and says how many ran. Commits. Raises UnknownRecord for one that is not theirs."""
    _own(subscription_ids, actor=actor, uow=uow)
    ended = uow.subscriptions.end(subscription_ids, now=now)
    uow.commit()
    return ended


def stop_like(
    actor: Person,
    *,
    topic: Topic | None = None,
    item_id: ItemId | None = None,
    place_id: PlaceId | None = None,
    now: datetime,
    uow: UnitOfWork,
) -> list[Subscription]:
    """ "Stop telling me about gloves": ends all of ``actor``'s own that fit what was said, and gives them. Commits.

    Nothing said ends nothing: raises Invalid.
    """  # fmt: skip
    if topic is None and item_id is None and place_id is None:
        raise Invalid("Say which alert should stop, or choose it from the list.")
    ended = [
        each
        for each in mine(actor, uow=uow)
        if topic in (None, each.topic)
        and item_id in (None, each.item_id)
        and place_id in (None, each.place_id)
    ]
    uow.subscriptions.end([each.id for each in ended], now=now)
    uow.commit()
    return ended


def pause(
    subscription_ids: Collection[SubscriptionId],
    *,
    until: datetime,
    actor: Person,
    now: datetime,
    uow: UnitOfWork,
) -> int:
    """Silences those of ``actor``'s own until then, and says how many. Commits.

    Raises Invalid for a moment that is past or more than a year away, UnknownRecord for one that is not theirs.
    """
    if not now < until <= now + LONGEST_PAUSE:
        raise Invalid("An alert is paused until a moment to come, a year away at most.")
    _own(subscription_ids, actor=actor, uow=uow)
    paused = uow.subscriptions.pause(subscription_ids, until=until)
    uow.commit()
    return paused


@dataclass(frozen=True, slots=True)
class Level:
    """What lies of an item at a place, it and all inside it, base units. ``reorder_point`` None where no par is set.

    ``before`` is what was available before the change in question: an alert is due when a level is crossed, not while it is low.
    """

    item_id: ItemId
    place_id: PlaceId
    available: int
    before: int
    reorder_point: int | None = None


@dataclass(frozen=True, slots=True)
class Lapse:
    """Stock that lapses: so much of a lot at a place on its last day."""

    item_id: ItemId
    place_id: PlaceId
    lot_id: LotId
    expires_on: date
    quantity: int


def due(
    subscription: Subscription,
    what: Movement | Level | Lapse | date,
    *,
    now: datetime,
    today: date,
    tree: PlaceTree,
) -> bool:
    """Is it to be told of ``what``? A movement for ARRIVED and USED, a level for LOW and OUT, a lapse for EXPIRING, and the
    facility's day itself for DIGEST. A pure function: whoever tells it keeps what was told.

    Nothing is due while it is paused or ended, nor what its own making came after.
    """
    if subscription.ended_at is not None:
        return False
    if subscription.paused_until is not None and now < subscription.paused_until:
        return False
    match what:
        case Movement():
            return _moved(subscription, what, tree=tree)
        case Level():
            return _crossed(subscription, what, tree=tree)
        case Lapse():
            return _lapses(subscription, what, today=today, tree=tree)
        case _:
            return subscription.topic is Topic.DIGEST and subscription.weekday in (None, what.weekday())


def _moved(subscription: Subscription, movement: Movement, *, tree: PlaceTree) -> bool:
    if movement.reverses is not None or movement.recorded_at < subscription.made_at:
        return False
    if subscription.item_id not in (None, movement.item_id) or subscription.lot_id not in (
        None,
        movement.lot_id,
    ):
        return False
    if subscription.topic is Topic.USED:
        return movement.kind is MovementKind.CONSUME and _within(
            subscription, movement.from_place_id, tree=tree
        )
    if subscription.topic is not Topic.ARRIVED:
        return False
    if movement.kind is MovementKind.RECEIVE:
        return _within(subscription, movement.to_place_id, tree=tree)
    # What came from another place has arrived when it lies on the shelf, not while it is under way; what was only moved
    # inside the place was there before.
    return (
        movement.kind is MovementKind.TRANSFER
        and movement.to_status is not StockStatus.IN_TRANSIT
        and _within(subscription, movement.to_place_id, tree=tree)
        and (
            movement.from_status is StockStatus.IN_TRANSIT
            or not _within(subscription, movement.from_place_id, tree=tree)
        )
    )


def _crossed(subscription: Subscription, level: Level, *, tree: PlaceTree) -> bool:
    if subscription.item_id not in (None, level.item_id) or not _within(
        subscription, level.place_id, tree=tree
    ):
        return False
    if subscription.topic is Topic.OUT:
        return level.available <= 0 < level.before
    if subscription.topic is not Topic.LOW:
        return False
    if subscription.threshold is not None:
        return level.available < subscription.threshold <= level.before
    point = level.reorder_point
    return point is not None and level.available <= point < level.before


def _lapses(subscription: Subscription, lapse: Lapse, *, today: date, tree: PlaceTree) -> bool:
    if subscription.topic is not Topic.EXPIRING or lapse.quantity <= 0:
        return False
    if subscription.item_id not in (None, lapse.item_id) or subscription.lot_id not in (None, lapse.lot_id):
        return False
    days = DEFAULT_DAYS if subscription.days is None else subscription.days
    return _within(subscription, lapse.place_id, tree=tree) and lapse.expires_on <= today + timedelta(
        days=days
    )


def _within(subscription: Subscription, place_id: PlaceId | None, *, tree: PlaceTree) -> bool:
    if place_id is None or place_id not in tree:
        return False
    if subscription.place_id is None:
        return tree.get(place_id).facility_id == subscription.facility_id
    return subscription.place_id in tree and tree.within(place_id, outer=subscription.place_id)


def _checked(subscription: Subscription) -> Subscription:
    """Only what its topic knows, in bounds."""
    topic = subscription.topic
    if topic is Topic.USED and subscription.item_id is None and subscription.lot_id is None:
        raise Invalid("Say what should be watched: every use of everything would be told.")
    if topic in (Topic.LOW, Topic.OUT) and subscription.item_id is None and subscription.place_id is None:
        raise Invalid("Say an item or a place that should be watched.")
    threshold = subscription.threshold if topic is Topic.LOW else None
    if threshold is not None and threshold < 1:
        raise Invalid("A level to be told of is one or more.")
    days = (
        (DEFAULT_DAYS if subscription.days is None else subscription.days)
        if topic is Topic.EXPIRING
        else None
    )
    if days is not None and not 0 <= days <= 3650:
        raise Invalid(f"Days before the expiry are between 0 and 3,650, not {days:,}.")
    weekday = subscription.weekday if topic is Topic.DIGEST else None
    if weekday is not None and not 0 <= weekday <= 6:
        raise Invalid("A weekday is 0 for Monday to 6 for Sunday.")
    return replace(subscription, threshold=threshold, days=days, weekday=weekday)


def _own(subscription_ids: Collection[SubscriptionId], *, actor: Person, uow: UnitOfWork) -> None:
    running = {each.id for each in uow.subscriptions.of(actor.id)}
    for subscription_id in subscription_ids:
        if subscription_id not in running:
            raise UnknownRecord("This alert is none of yours, or it was stopped already.")
