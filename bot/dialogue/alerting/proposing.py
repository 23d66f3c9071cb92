"""From a button of an alert to the card of an action."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from bot.dialogue.acting.sketch import Sketch
from domain.model.alert import Alert, AlertKind
from domain.model.person import Person
from domain.ports import UnitOfWork


class Proposer(Protocol):
    """One for each kind that has buttons of its own beside acknowledge, snooze, assign and resolve."""

    @property
    def kind(self) -> AlertKind: ...

    def sketch(self, alert: Alert, *, choice: str, person: Person, today: date, uow: UnitOfWork) -> Sketch:
        """What the card that the button opens reads back; nothing is posted before it is confirmed. ``choice`` is the button's.

        Raises errors of the one tree, whose sentence is the answer: Stale where the facts are no longer so.
        """
        ...
