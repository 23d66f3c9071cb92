"""What the listeners are given, and what they need of the dialogue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.dialogue.photo.seen import Seen
from bot.dialogue.turn import Chosen, Decided, Decision, Heard, Turn
from bot.inbox import Inbox
from bot.listeners.deeds import Deeds
from bot.listeners.settings import SettingsDesk
from bot.views.home import Glance
from domain.model.person import Person


class Talk(Protocol):
    """The dialogue, as far as Slack needs it. Both raise errors of the one tree; Unavailable where trying later helps."""

    async def hear(self, heard: Heard) -> Turn: ...

    async def choose(self, chosen: Chosen) -> Turn: ...


class Sight(Talk, Protocol):
    """A dialogue that sees, too."""

    async def see(self, heard: Heard, seen: Seen) -> Turn:
        """A message with photographs; ``heard.text`` are the words beside them. Raises as ``hear`` does."""
        ...


class Corrections(Protocol):
    """What the buttons below an answer lead to. Raises as ``Talk`` does."""

    async def decide(self, decided: Decided) -> Decision: ...

    async def unmeant(self, decided: Decided) -> Decision: ...

    async def may_choose(self, decided: Decided) -> bool: ...


type MayChoose = Callable[[str, str], Awaitable[bool]]
"""Is there anything left to choose for this Slack user under this token?"""


type AtAGlance = Callable[[Person, date], Awaitable[Glance]]
"""What the home tab of a person shows on a day."""


@dataclass(frozen=True, slots=True)
class Deps:
    """``inbox`` stores before the acknowledgement; ``speaks_in`` says whether Parley already talks in a thread."""

    inbox: Inbox
    speaks_in: Callable[[str, str], Awaitable[bool]]
    may_choose: MayChoose | None = None
    deeds: Deeds | None = None
    """What buttons and forms of actions come to; None where this Parley only answers."""
    settings: SettingsDesk | None = None
    """Where managers set jobs and alerts."""
