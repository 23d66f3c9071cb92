"""Who is asking: the member of staff behind a Slack account, or a guest who may read what everybody may."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from domain.errors import StoreUnavailable, UnknownPerson
from domain.model.person import GUEST, Person, Role
from domain.ports import Clock, Transactions

GUEST_NOTE: Final = (
    "You are not on the staff list yet: I answer from what everybody may see and do not know your unit. "
    "Your supply manager can add your Slack account."
)
STRANGER: Final = "I answer only people of this hospital. Please ask somebody on its staff."


@dataclass(frozen=True, slots=True)
class Asker:
    """``today`` is the calendar day at the person's facility."""

    person: Person
    today: date

    @property
    def is_guest(self) -> bool:
        return self.person.id == GUEST


async def asker_of(slack_user_id: str, *, transactions: Transactions, clock: Clock) -> Asker:
    """The person of the staff list; a guest (reads only, sees no patients, has no unit) where there is none."""

    def read() -> Asker:
        with transactions.reading() as uow:
            try:
                person = uow.people.by_slack(slack_user_id)
                facility = uow.places.facility(person.facility_id)
            except UnknownPerson:
                facilities = uow.places.facilities()
                if not facilities:
                    raise StoreUnavailable(
                        "No hospital is loaded yet: `parley demo-data` or an import fills the database."
                    ) from None
                facility = facilities[0]
                # Of all roles the technician's sees the least: no patients.
                person = Person(
                    id=GUEST, facility_id=facility.id, name="Guest", title="", role=Role.TECHNICIAN,
                    slack_user_id=slack_user_id,
                )  # fmt: skip
            return Asker(person, clock.now().astimezone(ZoneInfo(facility.timezone)).date())

    return await asyncio.to_thread(read)
