"""Weekday mornings: what is low is proposed, one card a supplier, where orders are decided on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.dialogue.acting.drafting import Channels
from bot.dialogue.acting.told import told_at
from bot.dialogue.purchasing.telling import ordering_channel
from bot.listeners.posts import Address, posts
from bot.views.purchasing.order import SUBJECT, OrderCard, order_card
from domain.model.person import GUEST, Person, Role
from domain.model.place import Facility
from domain.model.purchase import PurchaseOrder
from domain.ports import Clock, OutboxRow, Transactions, UnitOfWork
from domain.usecases.purchase.propose import Proposed, propose
from domain.usecases.purchase.seeing import view


@dataclass(frozen=True, slots=True)
class ReorderReport:
    """Implements ``jobs.reporting.Report``. Nothing low posts nothing. A proposal that stands already is brought up to date on its
    card; it is posted once, and so is each change of it."""

    transactions: Transactions
    channels: Channels
    clock: Clock

    @property
    def id(self) -> str:
        return "reorder"

    @property
    def cron(self) -> str:
        return "15 6 * * mon-fri"

    @property
    def title(self) -> str:
        return "Reorder proposals"

    def rows(self, *, due: datetime) -> Sequence[OutboxRow]:
        """Works out the proposals of every facility (which commits), and gives their cards."""
        with self.transactions.reading() as uow:
            facilities = uow.places.facilities()
        rows: list[OutboxRow] = []
        for facility in facilities:
            today = due.astimezone(ZoneInfo(facility.timezone)).date()
            with self.transactions.begin() as uow:
                proposed = propose(facility.id, now=due, today=today, uow=uow)
            with self.transactions.reading() as uow:
                rows += self._cards(proposed, facility=facility, today=today, uow=uow)
        return rows

    def _cards(
        self, proposed: Proposed, *, facility: Facility, today: date, uow: UnitOfWork
    ) -> list[OutboxRow]:
        rows: list[OutboxRow] = []
        for order in (*proposed.open, *proposed.ended):
            if order in proposed.same and order.message:
                continue
            rows += self._card(order, facility=facility, today=today, uow=uow)
        return rows

    def _card(
        self, order: PurchaseOrder, *, facility: Facility, today: date, uow: UnitOfWork
    ) -> tuple[OutboxRow, ...]:
        """New in the channel, or in the place of the card that stands there."""
        reader = Person(GUEST, facility.id, "Parley", "", Role.BUYER, None, None, "")
        seen = view([order], reader=reader, today=today, uow=uow)[0]
        channel = order.channel or ordering_channel(
            order, uow=uow, otherwise=lambda place_id: told_at(place_id, channels=self.channels, uow=uow)
        )
        if not channel:
            return ()
        address = Address(channel, card_of=f"{SUBJECT}:{int(order.facility_id)}:{int(order.id)}")
        if order.message:
            address = Address(channel, update=order.message)
        key = f"report:reorder:{int(order.facility_id)}:{int(order.id)}"
        if order.message:
            key = f"{key}:{order.version}"
        return posts(order_card(OrderCard(seen, today)), address, key=key, clock=self.clock)
