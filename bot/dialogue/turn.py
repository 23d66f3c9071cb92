"""One turn of a conversation: what was heard, what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.understanding.meaning import Meaning
from bot.views.rendered import Option, Rendered
from domain.model.person import Person
from domain.ports import ThreadState
from domain.usecases.ask.answers import AskAnswer
from domain.usecases.ask.requests import AskRequest


@dataclass(frozen=True, slots=True)
class Heard:
    """A message from a person; ``thread`` is the root message's ts ("" for one that opens a thread with ``ts``)."""

    text: str
    person: Person
    channel: str
    thread: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A button that finishes or pages a question: the request's token and the page wanted."""

    token: str
    page: int
    person: Person
    channel: str
    thread: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Turn:
    """``state`` is to be stored with the reply in one unit of work; None leaves the thread as it was.

    ``options`` are the ways out of a question back ("which gloves?"), as the reply's buttons show them.
    """

    rendered: Rendered
    meaning: Meaning | None = None
    request: AskRequest | None = None
    answer: AskAnswer | None = None
    state: ThreadState | None = None
    options: tuple[Option, ...] = ()
