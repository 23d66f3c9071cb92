"""Every few minutes: places that have not answered the checklist of a hold are asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.errors import SupplyRoomError
from domain.ports import OutboxRow, Transactions
from domain.usecases.act.holds import Chase, chased, unanswered


class Reminders(Protocol):
    """Writes what a chase says, to whom it concerns."""

    def of(self, chase: Chase) -> Sequence[OutboxRow]:
        """Ready to be stored, each under a key of hold, places, reader and number. Raises Unavailable where Slack does not say
        how a reader is reached."""
        ...


@dataclass(frozen=True, slots=True)
class Reminded:
    """``places`` were asked again by ``posts`` messages."""

    holds: int = 0
    places: int = 0
    posts: int = 0


def chase_holds(reminders: Reminders, *, transactions: Transactions, now: datetime) -> Reminded:
    """Each reminder is sent once, whatever runs twice: it is counted in the unit that stores its posts, by one process alone.

    What fails for one hold keeps no other waiting: it is tried again with the next run, and raised when all others are done.
    """
    with transactions.reading() as uow:
        due = [
            chase
            for facility in uow.places.facilities()
            for chase in unanswered(facility.id, now=now, uow=uow)
        ]
    failure: SupplyRoomError | None = None
    holds = places = posts = 0
    for chase in due:
        try:
            rows = reminders.of(chase)
        except SupplyRoomError as error:
            failure = error
            continue
        with transactions.begin() as uow:
            if not chased(chase, uow=uow):
                continue  # somebody answered just now, or another process was first: the next run looks anew
            posts += sum(uow.outbox.put(row) for row in rows)
            uow.commit()
        holds, places = holds + 1, places + len(chase.places)
    if failure is not None:
        raise failure
    return Reminded(holds, places, posts)
