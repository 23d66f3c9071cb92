"""What subscribers are told, as rows of the outbox for their direct messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.listeners.posts import Address, posts
from bot.outbox import sealed
from bot.views.alerts import subscribed
from bot.views.below_par import below_par as below_par_view
from bot.views.rendered import Page
from domain.model.person import Person
from domain.model.subscription import Subscription
from domain.ports import Clock, OutboxRow, UnitOfWork, Vault
from domain.usecases.alert.subscribed import News
from domain.usecases.ask.below_par import below_par
from domain.usecases.ask.requests import BelowPar


class SubscriberPosts:
    """Implements ``jobs.subscriptions.Telling``."""

    def __init__(self, *, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    def news(self, news: News) -> list[OutboxRow]:
        """One message a person. Its key is of the news it tells: told once, whoever tells it."""
        rows: list[OutboxRow] = []
        for person, tellings in news.tellings.items():
            if not person.slack_user_id:
                continue
            key = f"told:news:{int(person.id)}:{news.first}"
            rows += posts(
                subscribed.told(tellings), Address(person.slack_user_id), key=key, clock=self._clock
            )
        return [sealed(row, self._vault) for row in rows]

    def digest(
        self, subscription: Subscription, person: Person, *, today: date, uow: UnitOfWork
    ) -> list[OutboxRow]:
        """What is low where the subscription looks, as this person would be answered; once a day."""
        if not person.slack_user_id:
            return []
        places = () if subscription.place_id is None else (subscription.place_id,)
        items = () if subscription.item_id is None else (subscription.item_id,)
        answer = below_par(BelowPar(asker=person, today=today, places=places, items=items), uow=uow)
        rendered = below_par_view(answer, page=Page(), today=today)
        shown = replace(rendered, blocks=(*rendered.blocks[:48], subscribed.stopping(subscription)))
        key = f"told:digest:{int(subscription.id)}:{today.isoformat()}"
        rows = posts(shown, Address(person.slack_user_id), key=key, clock=self._clock)
        return [sealed(row, self._vault) for row in rows]
