"""Alerts: what somebody must know of, from the first time it is seen until facts or a person settle it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from domain.model.ids import FacilityId, PersonId, PlaceId

AlertId = NewType("AlertId", int)
DigestId = NewType("DigestId", int)

type Fact = str | int | float | bool | list[Fact] | dict[str, Fact] | None
type Facts = Mapping[str, Fact]
"""JSON; holds no patient identifier. Names that are shown are in it, so that a view needs no store."""


class AlertKind(StrEnum):
    EXPIRING = "expiring"
    EXPIRED = "expired"  # on a shelf past its last day: to be pulled
    BELOW_PAR = "below-par"
    RECALL = "recall"
    LATE = "late"  # a delivery or back order
    SLOW = "slow"
    COUNT_DUE = "count-due"
    REORDER = "reorder"
    SUBSCRIBED = "subscribed"  # to one person
    JOB_FAILED = "job-failed"


class AlertState(StrEnum):
    """OPEN until somebody says that they know (ACKNOWLEDGED) or wants quiet (SNOOZED); RESOLVED by fact or by hand."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact that somebody must know of, as a watcher sees it today.

    ``subject`` is the same for the same fact ("lot:81@place:12"): while its alert is not resolved it is not told again; once a
    watcher finds it no more, its alert is resolved by fact. ``place_id`` is whose people are told (the nearest place around it that
    has a channel); ``person_id`` is told in their direct messages instead. ``weight`` orders a digest, greatest first; ``urgent``
    passes quiet hours.
    """

    kind: AlertKind
    subject: str
    place_id: PlaceId
    facts: Facts = field(default_factory=dict)
    weight: int = 0
    urgent: bool = False
    person_id: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A finding and what became of it. ``channel`` and ``message`` are the post that told of it first, "" until it was sent."""

    id: AlertId
    facility_id: FacilityId
    finding: Finding
    state: AlertState
    opened_at: datetime
    seen_at: datetime
    acknowledged_by: PersonId | None = None
    assigned_to: PersonId | None = None
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: PersonId | None = None  # None with resolved_at set: by fact
    resolution: str = ""
    escalated_at: datetime | None = None
    channel: str = ""
    message: str = ""
    acknowledged_at: datetime | None = None
    told_at: datetime | None = None
    """When it was last put into a digest; None while it waits to be told: found in quiet hours, or back from a snooze."""
    gone_at: datetime | None = None
    """When its watcher found it no more. What a person resolved is not opened again while it is still found."""


@dataclass(frozen=True, slots=True)
class Digest:
    """One post that tells of alerts of a kind. ``channel`` is a channel's id, or a Slack user's id for direct messages.

    ``version`` grows with every change of what it tells, ``shown`` is the one that Slack has; ``posted_in`` and ``message`` name
    Slack's message, "" until it was sent. ``note`` stands above all: why it is told again, or here.
    """

    id: DigestId
    facility_id: FacilityId
    kind: AlertKind
    channel: str
    made_at: datetime
    version: int = 1
    shown: int = 0
    posted_in: str = ""
    message: str = ""
    note: str = ""
    page: int = 0

    @property
    def key(self) -> str:
        """Of its post in the outbox; its file's ends in "#1"."""
        return f"digest:{int(self.id)}"

    @property
    def card(self) -> str:
        """What the outbox gives back with the message's address: which digest, in which version."""
        return f"digest:{int(self.id)}:{self.version}"
