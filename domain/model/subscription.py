"""Subscriptions: what a person wants to be told, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from domain.model.ids import FacilityId, ItemId, LotId, PersonId, PlaceId

SubscriptionId = NewType("SubscriptionId", int)


class Topic(StrEnum):
    LOW = "low"  # at or below the reorder point, or below ``threshold``
    OUT = "out"
    EXPIRING = "expiring"  # within ``days``
    ARRIVED = "arrived"
    USED = "used"
    DIGEST = "digest"  # what is low, on ``weekday`` (0 Monday .. 6; None every day)


@dataclass(frozen=True, slots=True)
class Subscription:
    """``item_id``, ``place_id`` and ``lot_id`` None mean any. ``threshold`` is in base units. ``paused_until`` silences it."""

    id: SubscriptionId
    facility_id: FacilityId
    person_id: PersonId
    topic: Topic
    made_at: datetime
    item_id: ItemId | None = None
    place_id: PlaceId | None = None
    lot_id: LotId | None = None
    threshold: int | None = None
    days: int | None = None
    weekday: int | None = None
    paused_until: datetime | None = None
    ended_at: datetime | None = None
