"""From a button of an alert to the card of an action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.dialogue.acting.sketch import Sketch
from bot.views.rendered import Rendered
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


@dataclass(frozen=True, slots=True)
class Answered:
    """``rendered`` goes to whoever pressed, alone, unless ``alone`` is False: then into the alert's thread. ``resolution`` not "" says
    why the alert is resolved by hand."""

    rendered: Rendered
    alone: bool = True
    resolution: str = ""


class Answerer(Protocol):
    """For buttons that lead to no card: what they say is answered or settled at once."""

    @property
    def kind(self) -> AlertKind: ...

    @property
    def choices(self) -> frozenset[str]:
        """The choices (of ``choice`` up to its first colon) that are answered here; all others are the proposer's."""
        ...

    def answer(
        self, alert: Alert, *, choice: str, person: Person, today: date, now: datetime, uow: UnitOfWork
    ) -> Answered:
        """In a writing unit of work, which the caller commits. Raises errors of the one tree, whose sentence is the answer."""
        ...
