"""What people do with alerts: take them on, put them off, hand them over, close them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from domain.errors import Invalid, NotPermitted, Stale
from domain.model.alert import Alert, AlertId, AlertKind, AlertState
from domain.model.person import Person
from domain.ports import UnitOfWork
from domain.usecases.alert.answer_recall import require_closing

MORNING: Final = time(7, 0)
"""When what was put off to a day comes back."""
LONGEST: Final = timedelta(days=92)
REASON_LONGEST: Final = 300


class Until(StrEnum):
    """How long somebody wants quiet."""

    DAY = "day"
    WEEK = "week"
    MONDAY = "monday"


def until(what: Until, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The morning on which it comes back, by the facility's clock; a Monday is always the next one to come."""
    today = now.astimezone(zone).date()
    days = {Until.DAY: 1, Until.WEEK: 7, Until.MONDAY: 7 - today.weekday()}[what]
    return datetime.combine(today + timedelta(days=days), MORNING, tzinfo=zone)


@dataclass(frozen=True, slots=True)
class Done:
    """``changed`` are the alerts as they are now. ``others`` had been taken by somebody else, and stay theirs."""

    changed: tuple[Alert, ...]
    others: tuple[Alert, ...] = ()


def acknowledge(alert_ids: Collection[AlertId], *, person: Person, now: datetime, uow: UnitOfWork) -> Done:
    """ "I take care of it." What somebody else has is theirs, unless it was given to ``person``; a snoozed one is taken all the same.

    In a writing unit, which the caller commits. Raises Stale where all of it is settled, NotPermitted for another's subscription.
    """  # fmt: skip
    changed, others = [], []
    for alert in _open(alert_ids, person=person, uow=uow):
        mine = alert.acknowledged_by in (None, person.id) or alert.assigned_to == person.id
        if alert.state is AlertState.ACKNOWLEDGED and not mine:
            others.append(alert)
        elif alert.state is not AlertState.ACKNOWLEDGED or alert.acknowledged_by != person.id:
            changed.append(
                replace(
                    alert,
                    state=AlertState.ACKNOWLEDGED,
                    acknowledged_by=person.id,
                    acknowledged_at=now,
                    snoozed_until=None,
                )
            )
    return _written(changed, others, uow=uow)


def snooze(
    alert_ids: Collection[AlertId], *, until: datetime, person: Person, now: datetime, uow: UnitOfWork
) -> Done:
    """Quiet until then; told anew if it still holds. What somebody else takes care of is left to them.

    Raises as ``acknowledge``; Invalid for a moment past or too far away; NotPermitted for a recall, for who may not close it.
    """
    if not now < until <= now + LONGEST:
        raise Invalid("An alert is put off to a moment to come, three months away at most.")
    changed, others = [], []
    for alert in _open(alert_ids, person=person, uow=uow):
        if alert.finding.kind is AlertKind.RECALL:
            # Put off, it would not be told to the managers either.
            require_closing(person, wants="put a recall off")
        mine = person.id in (alert.acknowledged_by, alert.assigned_to)
        if alert.state is AlertState.ACKNOWLEDGED and not mine:
            others.append(alert)
            continue
        changed.append(
            replace(
                alert,
                state=AlertState.SNOOZED,
                snoozed_until=until,
                acknowledged_by=person.id,
                acknowledged_at=now,
            )
        )
    return _written(changed, others, uow=uow)


def assign(alert_id: AlertId, *, to: Person, person: Person, now: datetime, uow: UnitOfWork) -> Done:
    """It is for ``to`` from now on; open until they say that they have it, unless they gave it to themselves."""
    (alert,) = _open((alert_id,), person=person, uow=uow)
    if alert.assigned_to == to.id:
        return Done(())
    own = to.id == person.id
    changed = replace(
        alert,
        assigned_to=to.id,
        state=AlertState.ACKNOWLEDGED if own else AlertState.OPEN,
        acknowledged_by=person.id if own else None,
        acknowledged_at=now if own else None,
        snoozed_until=None,
    )
    return _written([changed], (), uow=uow)


def resolve(alert_id: AlertId, *, reason: str, person: Person, now: datetime, uow: UnitOfWork) -> Done:
    """Closed by hand. It is not told again while the fact lasts, unless it becomes urgent.

    Raises Stale where it is settled; NotPermitted for a recall, for who may not say that it is not ours.
    """
    said = " ".join(reason.split())
    if not said:
        raise Invalid("Say in a few words why it is closed.")
    (alert,) = _open((alert_id,), person=person, uow=uow)
    if alert.finding.kind is AlertKind.RECALL:
        require_closing(person)
    changed = replace(
        alert,
        state=AlertState.RESOLVED,
        resolved_at=now,
        resolved_by=person.id,
        resolution=said[:REASON_LONGEST],
        snoozed_until=None,
    )
    return _written([changed], (), uow=uow)


def _open(alert_ids: Collection[AlertId], *, person: Person, uow: UnitOfWork) -> list[Alert]:
    found = [uow.alerts.get(alert_id) for alert_id in sorted(alert_ids)]
    for alert in found:
        if alert.finding.kind is AlertKind.SUBSCRIBED and alert.finding.person_id != person.id:
            raise NotPermitted("This is somebody else's own alert.")
    still = [alert for alert in found if alert.state is not AlertState.RESOLVED]
    if not still:
        raise Stale("This is settled already." if len(found) == 1 else "All of it is settled already.")
    return still


def _written(changed: list[Alert], others: Collection[Alert], *, uow: UnitOfWork) -> Done:
    for alert in changed:
        uow.alerts.change(alert)
    return Done(tuple(changed), tuple(others))
