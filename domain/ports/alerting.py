"""Alerts and the posts that tell of them; what is set about jobs; movements that subscriptions have not been asked about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from domain.model.alert import Alert, AlertId, AlertKind, Digest, DigestId, Finding
from domain.model.ids import FacilityId, MovementId, PlaceId
from domain.model.job import AlertRule, Holiday, JobSetting


class Alerts(Protocol):
    """Every alert, resolved ones too until they are forgotten."""

    def living(self, facility_id: FacilityId, kind: AlertKind) -> Mapping[str, Alert]:
        """By subject: those whose fact still held when it was last looked for, also where a person resolved them. In a writing unit
        nobody else changes them until it ends."""
        ...

    def add(self, findings: Sequence[Finding], *, facility_id: FacilityId, now: datetime) -> list[Alert]:
        """Opens one each, in this order. Raises Conflict where one with this subject lives already."""
        ...

    def get(self, alert_id: AlertId) -> Alert:
        """Raises UnknownRecord. In a writing unit nobody else changes it until it ends."""
        ...

    def many(self, alert_ids: Collection[AlertId]) -> dict[AlertId, Alert]: ...

    def change(self, alert: Alert) -> None:
        """Writes all of it but facility, kind and subject, which never change."""
        ...

    def seen(self, alert_ids: Collection[AlertId], *, now: datetime) -> None:
        """They still hold, as they are."""
        ...

    def told(self, alert_ids: Collection[AlertId], *, now: datetime) -> None: ...

    def untold(self, facility_id: FacilityId) -> list[Alert]:
        """Open ones that nobody was told of (again), by kind, urgent and heavy ones first."""
        ...

    def awake(self, facility_id: FacilityId, *, now: datetime) -> list[Alert]:
        """Snoozed ones whose time is over."""
        ...

    def unanswered(self, facility_id: FacilityId, *, told_before: datetime) -> list[Alert]:
        """Urgent open ones, told before then, that were not escalated."""
        ...

    def counts(self, facility_id: FacilityId) -> Mapping[tuple[AlertKind, str], int]:
        """Living alerts by kind and state, for doctor and settings."""
        ...

    # digests

    def add_digest(self, digest: Digest) -> Digest:
        """Stores it (its own id is ignored) and gives it with its id."""
        ...

    def digest(self, digest_id: DigestId) -> Digest:
        """Raises UnknownRecord. In a writing unit nobody else changes it until it ends."""
        ...

    def change_digest(self, digest: Digest) -> None:
        """Writes version, note and page."""
        ...

    def put_in(self, digest_id: DigestId, alert_ids: Collection[AlertId]) -> None:
        """The digest tells of these too."""
        ...

    def in_digest(self, digest_id: DigestId) -> list[Alert]:
        """What it tells of, urgent and heavy ones first."""
        ...

    def telling_of(self, alert_ids: Collection[AlertId]) -> list[Digest]:
        """The digests that tell of any of them."""
        ...

    def unsent(self, facility_id: FacilityId, kind: AlertKind, channel: str) -> Digest | None:
        """The latest one addressed there that Slack does not have yet."""
        ...

    def posted(self, digest_id: DigestId, *, version: int, posted_in: str, message: str) -> None:
        """Slack has this version, as this message; "" leaves what is known of it."""
        ...

    def behind(self, facility_id: FacilityId) -> list[Digest]:
        """Those of which Slack has no version or an older one."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """Alerts gone and digests made before then; how many alerts."""
        ...

    # movements

    def news(self, facility_id: FacilityId, *, limit: int = 1000) -> list[tuple[int, MovementId]]:
        """Movements that no subscription was asked about, with the number to take each by."""
        ...

    def take_news(self, numbers: Collection[int]) -> int:
        """How many of them were there still: fewer than asked means that somebody else was first."""
        ...


class JobBook(Protocol):
    """What people set about jobs and alerts."""

    def settings(self) -> list[JobSetting]: ...

    def put_setting(self, setting: JobSetting) -> None: ...

    def rule(self, facility_id: FacilityId) -> AlertRule:
        """As it was set, else as it is by default."""
        ...

    def put_rule(self, rule: AlertRule, *, now: datetime) -> None: ...

    def holidays(self, facility_id: FacilityId, *, since: date) -> list[Holiday]:
        """That day's and later ones, in order."""
        ...

    def put_holidays(self, facility_id: FacilityId, holidays: Sequence[Holiday], *, since: date) -> None:
        """Exactly these from that day on."""
        ...

    def channels(self) -> Mapping[tuple[PlaceId, str], str]:
        """Channels by place and kind; the kind "" is for all kinds that name none of their own."""
        ...

    def put_channel(self, place_id: PlaceId, kind: str, channel: str) -> None:
        """ "" takes it away."""
        ...
