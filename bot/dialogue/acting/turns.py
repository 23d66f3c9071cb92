"""What the listeners hand to the acting half of the dialogue, and what they get back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from bot.dialogue.turn import Heard
from bot.understanding.meaning import Meaning
from bot.views.rendered import Json, Rendered
from domain.model.person import Person

NOT_STAFF: Final = (
    "You are not on the staff list yet, so I can't record that for you; nothing was stored. Ask me anything: where something is, "
    "how many there are, what expires. Your supply manager can add your Slack account."
)


class Press(StrEnum):
    """What a button of a card asks for; its value carries subject, version and, for some, a choice."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    CHOOSE = "choose"  # one piece that was missing or in doubt: ``choice`` is the answer's own token
    EDIT = "edit"  # opens the form of the draft
    OVERRIDE = "override"  # opens the form that asks for the reason
    UNDO = "undo"  # of a receipt: opens nothing, asks once more by a card of its own
    STEP = "step"  # the next step of a requisition: ``choice`` is the state, or "edit" for the form with picked quantities
    CHECK = "check"  # a place's answer on a hold's checklist: ``choice`` is "place_id:state"
    STOP = "stop"  # ends a subscription
    MOVE = "move"  # makes the card of a transfer: of the subject's lot, ``choice`` is "from:to:quantity"


@dataclass(frozen=True, slots=True)
class Pressed:
    """``subject`` is a draft's id, or "receipt:12", "requisition:7", "hold:3", "subscription:5", "lot:81". ``version`` is the one shown.

    ``message`` is the ts of the message with the button, ``private`` whether the person alone reads there.
    """

    press: Press
    subject: str
    version: int
    choice: str
    person: Person
    channel: str
    thread: str
    message: str
    private: bool
    event_id: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form that was sent: ``values`` by the form's own names, "" where nothing was entered. The address is where its card is."""

    form: str
    subject: str
    version: int
    values: Mapping[str, str]
    person: Person
    channel: str
    thread: str
    message: str
    private: bool
    event_id: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A message to another place: the asker of a requisition, the channel of a store. ``message`` updates what was posted as that ts.

    ``channel`` may be a Slack user's id: then it is told in their direct messages. ``key`` tells several of one turn apart.
    ``card_of``: "requisition:7", or a draft's id, whose card this is: its ts is kept there when it was sent.
    ``once`` is whose message this is, "" for the event's that brings it: under the same two keys it is told once.
    """

    channel: str
    rendered: Rendered
    thread: str = ""
    message: str = ""
    key: str = ""
    card_of: str = ""
    once: str = ""


@dataclass(frozen=True, slots=True)
class ActTurn:
    """``rendered`` answers in the thread, or replaces the message ``replaces`` (ts) where that is set; ``alone`` shows it to the
    person only. ``told`` goes elsewhere. ``card_of`` is the draft whose card this message is: its ts is kept when it was sent.
    """

    rendered: Rendered
    meaning: Meaning | None = None
    replaces: str = ""
    alone: bool = False
    told: tuple[Elsewhere, ...] = ()
    card_of: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A modal: Slack's view without callback and metadata, which the listeners add. ``errors`` by block are shown in an open one."""

    name: str
    view: Mapping[str, Json]


class Acting(Protocol):
    """The acting half. Raises errors of the one tree; ``hear`` gives None where the message is no action and changes none."""

    async def hear(self, heard: Heard, meaning: Meaning) -> ActTurn | None:
        """A message that was understood as an action (surely, or chosen by a button), or that changes the thread's open card."""
        ...

    async def press(self, pressed: Pressed) -> ActTurn: ...

    async def form(self, pressed: Pressed) -> Form:
        """For EDIT, OVERRIDE and STEP with "edit": quick, since Slack's trigger lives three seconds."""
        ...

    async def check(self, submitted: Submitted) -> Mapping[str, str]:
        """What is wrong with a form's values, by block id; empty where it can be worked on. Quick."""
        ...

    async def submit(self, submitted: Submitted) -> ActTurn: ...


class ActingNow(Protocol):
    """The same for whoever is in a worker thread already: the dialogue, which asks it first and last."""

    def amend_now(self, heard: Heard, meaning: Meaning) -> ActTurn | None:
        """Only what changes, answers, confirms, cancels or undoes what is open in the thread; needs no intent."""
        ...

    def hear_now(self, heard: Heard, meaning: Meaning) -> ActTurn | None:
        """As ``Acting.hear``: the caller has made sure that the action is meant."""
        ...
