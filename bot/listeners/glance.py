"""What the home tab of a person shows: two questions about their unit, asked as anybody would ask them, and what is under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.views.home import Glance, OpenOrder
from domain.model.person import Person
from domain.model.window import DateWindow
from domain.ports import Transactions, UnitOfWork
from domain.usecases.act.requisition_lists import my_requisitions, view
from domain.usecases.ask.below_par import below_par
from domain.usecases.ask.check_expiry import check_expiry
from domain.usecases.ask.requests import AskRequest, BelowPar, CheckExpiry

AHEAD: Final = 30
"""Days that the home tab looks ahead."""


@dataclass(frozen=True, slots=True)
class Glances:
    """``encode`` makes the token of a request, for the buttons that show a list whole."""

    transactions: Transactions
    encode: Callable[[AskRequest], str]

    async def __call__(self, person: Person, today: date) -> Glance:
        """Raises UnknownPlace where the person's unit is no place any more, Unavailable where the store is away."""
        return await asyncio.to_thread(self._read, person, today)

    def _read(self, person: Person, today: date) -> Glance:
        if person.home_place_id is None:
            return Glance(
                name=person.name,
                unit="",
                notice="I do not know your unit yet; your supply manager can set it. You can ask about any place.",
            )
        places = (person.home_place_id,)
        low = BelowPar(asker=person, today=today, places=places)
        window = DateWindow(today, today + timedelta(days=AHEAD), f"in the next {AHEAD} days")
        expiry = CheckExpiry(asker=person, today=today, window=window, places=places)
        with self.transactions.reading() as uow:
            unit = uow.places.tree().get(person.home_place_id).name
            return Glance(
                name=person.name,
                unit=unit,
                low=below_par(low, uow=uow),
                expiring=check_expiry(expiry, uow=uow),
                low_token=self.encode(low),
                expiring_token=self.encode(expiry),
                orders=_orders(person, today, uow),
            )


def _orders(person: Person, today: date, uow: UnitOfWork) -> tuple[OpenOrder, ...]:
    found = (view(order, reader=person, today=today, uow=uow) for order in my_requisitions(person, uow=uow))
    return tuple(
        OpenOrder(
            seen.order.number,
            seen.order.state,
            tuple(line.item for line in seen.lines),
            seen.source,
            "" if seen.order.asker_id == person.id else seen.asker,
        )
        for seen in found
    )
