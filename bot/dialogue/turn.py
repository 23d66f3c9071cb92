"""One turn of a conversation: what was heard, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.understanding.meaning import Meaning
from bot.views.rendered import Option, Rendered
from domain.model.person import Person
from domain.ports import Candidate, ReadingRow, ThreadState
from domain.usecases.ask.answers import AskAnswer
from domain.usecases.ask.requests import AskRequest

if TYPE_CHECKING:
    from bot.dialogue.acting.turns import ActTurn


@dataclass(frozen=True, slots=True)
class Heard:
    """A message from a person; ``thread`` is the root message's ts ("" for one that opens a thread with ``ts``)."""

    text: str
    person: Person
    channel: str
    thread: str
    event_id: str
    actor: Person | None = None
    """Who acts, with all that they may do, where ``person`` sees less because everybody reads along; None: ``person``."""
    private: bool = False
    """Does the person alone read the answer?"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A button that finishes or pages a question: the request's token and the page wanted."""

    token: str
    page: int
    person: Person
    channel: str
    thread: str
    event_id: str
    reading: str = ""
    """The reading that the message which is paged leads back to, if any."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A way to read a message, chosen by a button or in a form. ``token`` is a ``tokens.Choice``.

    ``person`` answers where nobody else reads, ``in_public`` is who they are where everybody does. ``note`` is what they
    wrote beside it.
    """

    token: str
    person: Person
    in_public: Person
    event_id: str
    note: str = ""


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
    reading: ReadingRow | None = None
    """To be stored with the reply: what the buttons below it lead back to."""
    settles: str = ""
    """The reading that this answers: nothing of the turn holds where it was settled before."""
    act: ActTurn | None = None
    """Set where the message was an action: then it alone says what is shown, and where; ``rendered`` is the same message."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What comes of a choice. ``aside`` is said to whoever pressed, alone, and nothing else happens.

    Else ``closing`` stands in the place of the pressed card, and ``turn`` is the answer, in ``channel`` and ``thread`` of the
    message that was read; all of it only where nobody settled the reading before.
    """

    aside: Rendered | None = None
    closing: Rendered | None = None
    turn: Turn | None = None
    channel: str = ""
    thread: str = ""
    settles: str = ""
    candidate: Candidate | None = None
