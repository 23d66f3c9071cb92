"""Digests that Slack refuses for good: whoever they were for is told another way."""

from __future__ import annotations

from datetime import datetime

from domain.model.alert import AlertState, Digest
from domain.model.ids import FacilityId
from domain.ports import UnitOfWork
from domain.usecases.alert.telling import ELSEWHERE, Readers, put

_PEOPLE = ("U", "W")


def elsewhere(facility_id: FacilityId, *, readers: Readers, now: datetime, uow: UnitOfWork) -> list[Digest]:
    """Digests of which Slack took nothing (a channel that is gone, or that Parley is not in) are told to a manager of their place
    instead, once. In a writing unit, which the caller commits."""
    waiting = [digest for digest in uow.alerts.behind(facility_id) if not digest.message]
    refused = uow.outbox.given_up([digest.key for digest in waiting]) if waiting else frozenset()
    told = []
    for digest in waiting:
        if digest.key not in refused:
            continue
        uow.alerts.posted(
            digest.id, version=digest.version, posted_in="", message=""
        )  # nothing is owed any more
        alerts = [
            alert for alert in uow.alerts.in_digest(digest.id) if alert.state is not AlertState.RESOLVED
        ]
        if not alerts or digest.channel.startswith(_PEOPLE):
            continue
        managers = readers.managers_of(alerts[0].finding.place_id)
        if managers and managers[0].slack_user_id:
            reader = managers[0].slack_user_id
            told.append(put(facility_id, digest.kind, reader, alerts, now=now, uow=uow, note=ELSEWHERE))
    return told
