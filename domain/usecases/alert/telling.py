"""Who is told of which alerts, when, in which digest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from domain.model.alert import Alert, AlertKind, AlertState, Digest, DigestId
from domain.model.ids import FacilityId, PlaceId
from domain.model.job import AlertRule
from domain.model.person import Person, Role
from domain.ports import UnitOfWork

ESCALATED: Final = "Nobody has answered this yet, so you are told too."
ELSEWHERE: Final = "I can not post in the channel that this belongs to, so you are told here. Invite me there, or choose another channel."


class Channels(Protocol):
    """What settings say of where the people of a place are told."""

    def at(self, place_id: PlaceId) -> str:
        """The channel named for this very place; "" where none is."""
        ...


@dataclass(frozen=True, slots=True)
class Readers:
    """``kept`` are the channels that people chose, by place and kind ("" for every kind); ``named`` those of the settings."""

    kept: Mapping[tuple[PlaceId, str], str]
    named: Channels
    uow: UnitOfWork

    def of(self, alert: Alert) -> str:
        """A channel, or a person's Slack account; "" where there is nobody to tell.

        Whom it concerns alone; else the channel of its place or of the nearest place around it that has one, else a manager.
        """
        finding = alert.finding
        if finding.person_id is not None:
            return self.uow.people.get(finding.person_id).slack_user_id or ""
        return self.channel_of(finding.place_id, finding.kind) or next(
            (person.slack_user_id or "" for person in self.managers_of(finding.place_id)), ""
        )

    def channel_of(self, place_id: PlaceId, kind: AlertKind) -> str:
        for place in reversed(self.uow.places.tree().lineage(place_id)):
            found = self.kept.get((place, kind.value)) or self.kept.get((place, "")) or self.named.at(place)
            if found:
                return found
        return ""

    def managers_of(self, place_id: PlaceId) -> list[Person]:
        """The managers with a Slack account nearest around the place; where its facility has none, whoever manages elsewhere."""
        tree = self.uow.places.tree()
        facility_id = tree.get(place_id).facility_id
        staff = [
            person
            for person in self.uow.people.all()
            if person.slack_user_id and person.facility_id == facility_id
        ]
        for outer in reversed(tree.lineage(place_id)):
            found = [
                person
                for person in staff
                if person.role is Role.MANAGER
                and person.home_place_id is not None
                and person.home_place_id in tree
                and tree.within(person.home_place_id, outer=outer)
            ]
            if found:
                return sorted(found, key=lambda person: (person.home_place_id != outer, int(person.id)))
        everybody = [person for person in self.uow.people.all() if person.slack_user_id]
        return sorted(
            (person for person in everybody if person.role in (Role.MANAGER, Role.ADMIN)),
            key=lambda person: (
                person.facility_id != facility_id,
                person.role is not Role.MANAGER,
                int(person.id),
            ),
        )


def tell(
    facility_id: FacilityId, *, now: datetime, zone: ZoneInfo, readers: Readers, uow: UnitOfWork
) -> list[Digest]:
    """Puts what nobody was told of into digests, one a kind and reader, and gives these: they are to be drawn and sent.

    A digest of the same kind that Slack does not have yet takes in the new. In quiet hours what is not urgent waits. In a writing
    unit, which the caller commits.
    """
    rule = uow.job_book.rule(facility_id)
    quiet = rule.is_quiet(now.astimezone(zone).time())
    groups: dict[tuple[AlertKind, str], list[Alert]] = {}
    for alert in uow.alerts.untold(facility_id):
        reader = "" if quiet and not alert.finding.urgent else readers.of(alert)
        if reader:
            groups.setdefault((alert.finding.kind, reader), []).append(alert)
    return [
        put(facility_id, kind, reader, alerts, now=now, uow=uow) for (kind, reader), alerts in groups.items()
    ]


def put(
    facility_id: FacilityId,
    kind: AlertKind,
    reader: str,
    alerts: Sequence[Alert],
    *,
    now: datetime,
    uow: UnitOfWork,
    note: str = "",
) -> Digest:
    """These alerts in a digest for the reader, as it is to be drawn."""
    digest = uow.alerts.unsent(facility_id, kind, reader)
    if digest is None:
        digest = uow.alerts.add_digest(Digest(DigestId(0), facility_id, kind, reader, made_at=now, note=note))
    else:
        digest = replace(digest, version=digest.version + 1, note=note or digest.note)
        uow.alerts.change_digest(digest)
    ids = [alert.id for alert in alerts]
    uow.alerts.put_in(digest.id, ids)
    uow.alerts.told(ids, now=now)
    return digest


def redrawn(alerts: Collection[Alert], *, uow: UnitOfWork) -> list[Digest]:
    """The digests that tell of these, each with a new version: what they show has changed."""
    found = []
    for digest in uow.alerts.telling_of([alert.id for alert in alerts]):
        changed = replace(digest, version=digest.version + 1)
        uow.alerts.change_digest(changed)
        found.append(changed)
    return found


def awake(facility_id: FacilityId, *, now: datetime, uow: UnitOfWork) -> list[Alert]:
    """Those whose snooze is over are open again, and to be told."""
    found = [
        replace(alert, state=AlertState.OPEN, snoozed_until=None, told_at=None)
        for alert in uow.alerts.awake(facility_id, now=now)
    ]
    for alert in found:
        uow.alerts.change(alert)
    return found


def escalate(
    facility_id: FacilityId, *, rule: AlertRule, now: datetime, readers: Readers, uow: UnitOfWork
) -> list[Digest]:
    """What is urgent and was told hours ago, unanswered, is told to the managers of its place too, once."""
    if rule.escalate_hours <= 0:
        return []
    groups: dict[tuple[AlertKind, str], list[Alert]] = {}
    for alert in uow.alerts.unanswered(facility_id, told_before=now - timedelta(hours=rule.escalate_hours)):
        uow.alerts.change(replace(alert, escalated_at=now))
        first = readers.of(alert)
        for manager in readers.managers_of(alert.finding.place_id)[:2]:
            if manager.slack_user_id and manager.slack_user_id != first:
                groups.setdefault((alert.finding.kind, manager.slack_user_id), []).append(alert)
    digests = []
    for (kind, reader), alerts in groups.items():
        digests.append(put(facility_id, kind, reader, alerts, now=now, uow=uow, note=ESCALATED))
    return digests
