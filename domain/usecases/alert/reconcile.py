"""What a watcher found, against the alerts that live: the new is opened, the known kept, what is found no more resolved by fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.model.alert import Alert, AlertKind, AlertState, Finding
from domain.model.ids import FacilityId
from domain.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Reconciled:
    """``opened`` are new, ``urgent`` were known and have become urgent: both are to be told. ``gone`` hold no more."""

    opened: tuple[Alert, ...]
    urgent: tuple[Alert, ...]
    gone: tuple[Alert, ...]
    kept: int

    def __str__(self) -> str:
        return (
            f"{len(self.opened)} new, {len(self.urgent)} urgent now, {self.kept} known, {len(self.gone)} gone"
        )


def reconcile(
    kind: AlertKind,
    facility_id: FacilityId,
    findings: Sequence[Finding],
    *,
    now: datetime,
    uow: UnitOfWork,
) -> Reconciled:
    """In a writing unit, which the caller commits. ``findings`` are all of the kind at the facility.

    What a person resolved stays resolved while it is still found, until it becomes urgent; then it is told again, whatever was said
    of it before.
    """
    living = uow.alerts.living(facility_id, kind)
    by_subject = {finding.subject: finding for finding in findings}
    new: list[Finding] = []
    urgent: list[Alert] = []
    same: list[Alert] = []
    for subject, finding in by_subject.items():
        alert = living.get(subject)
        if alert is None:
            new.append(finding)
        elif finding.urgent and not alert.finding.urgent:
            urgent.append(_reopened(alert, finding, now=now))
        elif finding == alert.finding:
            same.append(alert)
        else:
            uow.alerts.change(replace(alert, finding=finding, seen_at=now))
    for alert in urgent:
        uow.alerts.change(alert)
    uow.alerts.seen([alert.id for alert in same], now=now)
    gone = tuple(_gone(alert, now=now) for subject, alert in living.items() if subject not in by_subject)
    for alert in gone:
        uow.alerts.change(alert)
    opened = uow.alerts.add(new, facility_id=facility_id, now=now)
    return Reconciled(tuple(opened), tuple(urgent), gone, len(living) - len(gone) - len(urgent))


def _reopened(alert: Alert, finding: Finding, *, now: datetime) -> Alert:
    return replace(
        alert,
        finding=finding,
        state=AlertState.OPEN,
        seen_at=now,
        told_at=None,
        snoozed_until=None,
        escalated_at=None,
        resolved_at=None,
        resolved_by=None,
        resolution="",
    )


def _gone(alert: Alert, *, now: datetime) -> Alert:
    """Resolved by fact; where a person was first, by them."""
    if alert.state is AlertState.RESOLVED:
        return replace(alert, gone_at=now)
    return replace(
        alert, state=AlertState.RESOLVED, resolved_at=now, resolved_by=None, snoozed_until=None, gone_at=now
    )
