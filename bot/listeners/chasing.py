"""What the chase of a hold says: the checklist again, with its buttons, to whom the places name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.dialogue.acting import cards
from bot.dialogue.acting.cards import Reading
from bot.dialogue.acting.drafting import Channels
from bot.dialogue.acting.finding import Scene
from bot.dialogue.acting.showing import ActViews
from bot.dialogue.acting.told import managers_of, told_at
from bot.listeners.posts import Address, posts
from bot.outbox import sealed
from bot.views.rendered import Rendered
from domain.errors import Unavailable
from domain.model.ids import PlaceId
from domain.model.person import Person
from domain.ports import Clock, OutboxRow, Transactions, UnitOfWork, Vault
from domain.usecases.act.holds import Chase

_PEOPLE: Final = ("U", "W")


class SlackDirects:
    """How people are reached; for the threads of jobs, so it waits for its answers."""

    def __init__(self, *, token: str, base_url: str) -> None:
        self._client = WebClient(token=token, base_url=base_url, timeout=20)

    def __call__(self, user: str) -> str:
        """The channel of a person's direct messages. Raises Unavailable."""
        try:
            channel = self._client.conversations_open(users=user).get("channel")
        except (SlackClientError, OSError):
            raise Unavailable("Slack does not open the direct messages just now.") from None
        return str(channel["id"]) if isinstance(channel, dict) else user


class HoldReminders:
    """Implements ``jobs.chasing.Reminders``. ``directs`` gives the channel of a person's direct messages."""

    def __init__(
        self,
        *,
        transactions: Transactions,
        channels: Channels,
        directs: Callable[[str], str],
        views: ActViews,
        vault: Vault,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._channels = channels
        self._directs = directs
        self._views = views
        self._vault = vault
        self._clock = clock

    def of(self, chase: Chase) -> list[OutboxRow]:
        """The places of one reader in one message; what the managers are told is apart."""
        with self._transactions.reading() as uow:
            written = [
                (reader, places, self._shown(chase, reader, places, uow=uow))
                for reader, places in self._readers(chase, uow=uow).items()
            ]
        rows: list[OutboxRow] = []
        for reader, places, shown in written:  # no unit is open while Slack is asked
            there = self._directs(reader) if reader.startswith(_PEOPLE) else reader
            key = _key(chase, reader, places)
            rows += posts(shown, Address(there), key=key, clock=self._clock)
        return [sealed(row, self._vault) for row in rows]

    def _readers(self, chase: Chase, *, uow: UnitOfWork) -> dict[str, frozenset[PlaceId]]:
        """Slack channels and people with the places that they are asked about. Where a place names nobody, who opened the hold."""
        found: dict[str, set[PlaceId]] = {}
        opener = uow.people.get(chase.hold.opened_by).slack_user_id or ""
        for place_id in chase.places:
            reader = told_at(place_id, channels=self._channels, uow=uow) or opener
            readers = [reader] if reader else []
            if place_id in chase.escalated:
                readers += [person.slack_user_id or "" for person in managers_of(place_id, uow=uow)]
            for each in readers:
                found.setdefault(each, set()).add(place_id)
        return {reader: frozenset(places) for reader, places in found.items()}

    def _shown(self, chase: Chase, reader: str, places: frozenset[PlaceId], *, uow: UnitOfWork) -> Rendered:
        private = reader.startswith(_PEOPLE)
        person = uow.people.by_slack(reader) if private else uow.people.get(chase.hold.opened_by)
        seen = self._reading(person, private=private, uow=uow)
        note = f"Reminder {chase.number}: please look, and say whether it is off the shelf."
        if places & set(chase.escalated):
            note += " It was asked before and nobody answered, so the managers are told too."
        return self._views.hold(cards.hold(chase.hold, reading=seen, places=places, notes=(note,)))

    def _reading(self, person: Person, *, private: bool, uow: UnitOfWork) -> Reading:
        now = self._clock.now()
        zone = ZoneInfo(uow.places.facility(person.facility_id).timezone)
        return Reading(Scene(person, now.astimezone(zone).date(), uow, self._vault), now, private)


def _key(chase: Chase, reader: str, places: frozenset[PlaceId]) -> str:
    which = hashlib.sha256(",".join(str(int(place)) for place in sorted(places)).encode()).hexdigest()[:16]
    hold = chase.hold
    return f"chase:{int(hold.facility_id)}:{int(hold.id)}:{chase.number}:{reader}:{which}"
