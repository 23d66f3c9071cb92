"""What is stored of something Slack told us, what comes of it, and who makes the one of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.views.rendered import Json, Notice
from domain.ports import Candidate, OutboxRow, ReadingRow, ThreadState


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing to work on. ``lane`` orders: letters of one lane are worked on one behind the other."""

    event_id: str
    kind: str
    payload: Mapping[str, Json]

    @property
    def lane(self) -> str:
        value = self.payload.get("lane")
        return value if isinstance(value, str) else self.event_id

    def text(self, name: str) -> str:
        """A part of the payload that is text, "" where it is not there."""
        value = self.payload.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        value = self.payload.get(name)
        return value if isinstance(value, int) else 0

    def flag(self, name: str) -> bool:
        return self.payload.get(name) is True


@dataclass(frozen=True, slots=True)
class Reply:
    """What is written when a letter is done: posts to send, the thread's new state, or nothing."""

    posts: tuple[OutboxRow, ...] = ()
    state: ThreadState | None = None
    reading: ReadingRow | None = None
    settles: str = ""
    """The reading that this answers: where somebody was first, nothing of this reply is written."""
    candidate: Candidate | None = None


class Work(Protocol):
    """What is done with a letter."""

    async def answer(self, letter: Letter) -> Reply:
        """Reads and thinks; writes nothing. Raises Unavailable or Conflict where trying later helps."""
        ...

    def tell(self, letter: Letter, notice: Notice, *, key: str) -> Sequence[OutboxRow]:
        """The posts that say this to whoever sent the letter; ``key`` ends the posts' keys. Needs no store."""
        ...
