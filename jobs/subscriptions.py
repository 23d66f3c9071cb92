"""What people subscribed to: what moved, looked at every minute; their digests, on their days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from domain.errors import Conflict
from domain.model.person import Person
from domain.model.subscription import Subscription, Topic
from domain.ports import Clock, OutboxRow, Transactions, UnitOfWork
from domain.usecases.act.subscriptions import due as is_due
from domain.usecases.alert.subscribed import News, news
from jobs.schedule import Due, Unit


class Telling(Protocol):
    """Writes what subscribers are told."""

    def news(self, news: News) -> Sequence[OutboxRow]: ...

    def digest(
        self, subscription: Subscription, person: Person, *, today: date, uow: UnitOfWork
    ) -> Sequence[OutboxRow]: ...


class Subscriptions:
    def __init__(self, *, transactions: Transactions, telling: Telling, clock: Clock) -> None:
        self._transactions = transactions
        self._telling = telling
        self._clock = clock

    def moved(self, due: Due) -> Unit | str:
        """Levels, arrivals and use since the last look. In quiet hours it waits: in the morning one message says what the night came
        to. The movements are taken in the unit that stores the posts: none is told twice, none is left out."""
        now = self._clock.now()
        with self._transactions.reading() as uow:
            local = now.astimezone(due.zone)
            if uow.job_book.rule(due.facility_id).is_quiet(local.time()):
                return "quiet"
            found = news(due.facility_id, now=now, today=local.date(), uow=uow)
        if not found.numbers:
            return "nothing"
        rows = self._telling.news(found)

        def write(uow: UnitOfWork) -> str:
            if uow.alerts.take_news(found.numbers) != len(found.numbers):
                raise Conflict("Another process tells of these movements.")
            told = sum(uow.outbox.put(row) for row in rows)
            return f"{len(found.numbers)} movements, {told} told"

        return Unit(write)

    def digests(self, due: Due) -> Unit:
        """The digests of this weekday."""
        today = due.moment.astimezone(due.zone).date()
        now = self._clock.now()
        with self._transactions.reading() as uow:
            tree = uow.places.tree()
            wanted = [
                each
                for each in uow.subscriptions.running(due.facility_id)
                if each.topic is Topic.DIGEST and is_due(each, today, now=now, today=today, tree=tree)
            ]
            people = uow.people.many({each.person_id for each in wanted})
            rows = [
                row
                for each in wanted
                if (person := people.get(each.person_id)) is not None
                for row in self._telling.digest(each, person, today=today, uow=uow)
            ]
        return Unit(lambda uow: f"{sum(uow.outbox.put(row) for row in rows)} posts")
