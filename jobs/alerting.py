"""The one engine of alerts: what watchers find is reconciled and told, whatever runs twice or dies in between.

What is found, what it does to the alerts and the posts that tell of it are written in the unit of work that finishes the run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.model.alert import Digest, Finding
from domain.ports import Clock, OutboxRow, Transactions, UnitOfWork
from domain.usecases.alert.reconcile import Reconciled, reconcile
from domain.usecases.alert.telling import Channels, Readers, awake, escalate, redrawn, tell
from domain.usecases.alert.unreached import elsewhere
from domain.usecases.alert.watching import Watcher
from jobs.reporting import Report
from jobs.schedule import Due, Unit


class Drawing(Protocol):
    """Writes what digests say."""

    def rows(self, digest: Digest, *, now: datetime, uow: UnitOfWork) -> Sequence[OutboxRow]:
        """The digest as it stands now, sealed: its post (and file) under its own key while Slack has none of it, else the change of its
        message under a key of its version."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """Counts of a run."""

    found: Reconciled | None
    digests: int
    changed: int

    def __str__(self) -> str:
        found = f"{self.found}; " if self.found is not None else ""
        return f"{found}{self.digests} told, {self.changed} changed"


@dataclass(frozen=True, slots=True)
class Minute:
    """What the minute's round came to."""

    awake: int
    escalated: int
    told: int
    behind: int

    def __str__(self) -> str:
        return f"{self.awake} awake, {self.escalated} escalated, {self.told} told, {self.behind} behind"


class Alerting:
    """Holds no state. ``channels`` are those that settings name, ``drawing`` makes the posts."""

    def __init__(
        self, *, transactions: Transactions, channels: Channels, drawing: Drawing, clock: Clock
    ) -> None:
        self._transactions = transactions
        self._channels = channels
        self._drawing = drawing
        self._clock = clock

    def look(self, watcher: Watcher, due: Due) -> list[Finding]:
        """What the watcher finds, as at the run's moment; nothing is written."""
        with self._transactions.reading() as uow:
            today = due.moment.astimezone(due.zone).date()
            return list(watcher.findings(due.facility_id, today=today, now=due.moment, uow=uow))

    def watch(self, watcher: Watcher) -> Callable[[Due], Unit]:
        """The job of a watcher."""

        def run(due: Due) -> Unit:
            findings = self.look(watcher, due)

            def write(uow: UnitOfWork) -> Told:
                now = self._now(due)
                found = reconcile(watcher.kind, due.facility_id, findings, now=now, uow=uow)
                fresh = tell(due.facility_id, now=now, zone=due.zone, readers=self.readers(uow), uow=uow)
                changed = redrawn([*found.gone, *found.urgent], uow=uow)
                self.draw([*fresh, *changed], now=now, uow=uow)
                return Told(found, len(fresh), len(changed))

            return Unit(write)

        return run

    def _now(self, due: Due) -> datetime:
        """A run that a person dates otherwise tells what it tells at that moment."""
        return due.moment if due.by_hand else self._clock.now()

    def readers(self, uow: UnitOfWork) -> Readers:
        return Readers(uow.job_book.channels(), self._channels, uow)

    def draw(self, digests: Collection[Digest], *, now: datetime, uow: UnitOfWork) -> int:
        """Stores the posts of these, each in its newest version; how many were new."""
        newest = {digest.id: digest for digest in sorted(digests, key=lambda digest: digest.version)}
        stored = 0
        for digest in newest.values():
            for row in self._drawing.rows(digest, now=now, uow=uow):
                stored += uow.outbox.put(row) or uow.outbox.replace(row)
        return stored

    # ------------------------------------------------------------------------------------------ every minute

    def minute(self, due: Due) -> Unit:
        """What time alone brings: snoozes end, quiet hours are over, nobody has answered, Slack has an older version than we have."""

        def write(uow: UnitOfWork) -> Minute:
            now, facility_id = self._clock.now(), due.facility_id
            readers = self.readers(uow)
            woken = awake(facility_id, now=now, uow=uow)
            rule = uow.job_book.rule(facility_id)
            escalated = escalate(facility_id, rule=rule, now=now, readers=readers, uow=uow)
            lost = elsewhere(facility_id, readers=readers, now=now, uow=uow)
            fresh = tell(facility_id, now=now, zone=due.zone, readers=readers, uow=uow)
            older = [digest for digest in uow.alerts.behind(facility_id) if digest.message]
            self.draw([*redrawn(woken, uow=uow), *escalated, *lost, *fresh, *older], now=now, uow=uow)
            return Minute(len(woken), len(escalated), len(fresh) + len(lost), len(older))

        return Unit(write)


def report(made: Report) -> Callable[[Due], Unit]:
    """The job of a report: its posts are stored in the unit that finishes the run."""

    def run(due: Due) -> Unit:
        rows = made.rows(due=due.moment)
        return Unit(lambda uow: f"{sum(uow.outbox.put(row) for row in rows)} posts")

    return run
