"""Digests of alerts as rows of the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.listeners.posts import Address, posts
from bot.outbox import sealed
from bot.views.alerts import frame
from bot.views.alerts.frame import Shown
from bot.views.alerts.lines import Lines
from domain.errors import Unavailable
from domain.model.alert import Alert, AlertKind, Digest
from domain.model.ids import PersonId, PlaceId
from domain.model.place import PlaceTree
from domain.ports import Clock, OutboxRow, UnitOfWork, Vault


class Digests:
    """Implements ``jobs.alerting.Drawing``."""

    def __init__(self, lines: Sequence[Lines], *, vault: Vault, clock: Clock) -> None:
        self._lines: Mapping[AlertKind, Lines] = {each.kind: each for each in lines}
        self._vault = vault
        self._clock = clock

    def rows(self, digest: Digest, *, now: datetime, uow: UnitOfWork) -> list[OutboxRow]:
        """The digest as it stands now, sealed: its post and file while Slack has none of it, else the change of its message."""
        alerts = uow.alerts.in_digest(digest.id)
        if not alerts:
            return []
        lines = self._lines.get(digest.kind)
        if lines is None:
            raise Unavailable(f"Nothing says how {digest.kind.value} alerts are worded.")
        rendered = frame.digest(self.shown(digest, alerts, now=now, uow=uow), lines=lines)
        if digest.message:
            address = Address(digest.posted_in, update=digest.message, card_of=digest.card)
            key = f"{digest.key}:v{digest.version}"
        else:
            address, key = Address(digest.channel, card_of=digest.card), digest.key
        return [sealed(row, self._vault) for row in posts(rendered, address, key=key, clock=self._clock)]

    def shown(self, digest: Digest, alerts: Sequence[Alert], *, now: datetime, uow: UnitOfWork) -> Shown:
        tree = uow.places.tree()
        facility = uow.places.facility(digest.facility_id)
        zone = ZoneInfo(facility.timezone)
        named = {
            person
            for alert in alerts
            for person in (alert.acknowledged_by, alert.assigned_to, alert.resolved_by)
            if person is not None
        }
        people: dict[PersonId, str] = {
            person_id: person.name for person_id, person in uow.people.many(named).items()
        }
        place = place_of([alert.finding.place_id for alert in alerts], tree)
        name = tree.get(place).name
        return Shown(digest, alerts, name, people, now.astimezone(zone).date(), now, zone)


def place_of(places: Sequence[PlaceId], tree: PlaceTree) -> PlaceId:
    """The unit that all of them are in; where they are of several, the nearest place around them."""
    units = {tree.unit_of(place).id for place in places if place in tree}
    if len(units) == 1:
        return units.pop()
    shared: tuple[PlaceId, ...] | None = None
    for unit in units:
        lineage = tree.lineage(unit)
        if shared is None:
            shared = lineage
        else:
            same = [a for a, b in zip(shared, lineage, strict=False) if a == b]
            shared = tuple(same)
    return shared[-1] if shared else places[0]
