"""What a thread remembers between messages: ids and the catalogue's own words, never what was typed, never a patient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.dialogue.table import TABLE
from bot.dialogue.tokens import InvalidToken, decode, encode
from bot.dialogue.weighing import Preference
from bot.understanding.outcome import Alternative, Subject
from domain.model.ids import ItemId
from domain.model.person import Person
from domain.ports import ThreadState

THREAD_LASTS = timedelta(hours=24)
CHANNEL_LASTS = timedelta(minutes=30)
"""A direct message without a thread goes on for as long as a conversation at the counter does."""

MOST_CANDIDATES = 400
MOST_PREFERRED = 6


@dataclass(frozen=True, slots=True)
class Memory:
    """``options`` are a question's ways out, in the order of its buttons; ``asked`` says that it waits for an answer.

    ``open_reading`` is the id of a message that could be read in several ways, ``offers`` are those ways. ``preferred`` is
    which of two readings was meant in this thread, latest first.
    """

    subject: Subject
    options: tuple[Alternative, ...] = ()
    asked: bool = False
    open_reading: str = ""
    offers: tuple[Offer, ...] = ()
    preferred: tuple[Preference, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to read a message, as its button says it."""

    label: str
    intent: str


class _Option(BaseModel):
    label: Annotated[str, StringConstraints(max_length=80)]
    token: str


class _Offer(BaseModel):
    label: Annotated[str, StringConstraints(max_length=80)]
    intent: Annotated[str, StringConstraints(max_length=40)]


class _State(BaseModel):
    model_config = ConfigDict(extra="forbid")

    v: Literal[1] = 1
    question: str
    topic: Annotated[str, StringConstraints(max_length=60)] = ""
    candidates: list[int] = Field(default=[], max_length=MOST_CANDIDATES)
    options: list[_Option] = []
    asked: bool = False
    reading: Annotated[str, StringConstraints(max_length=40)] = ""
    offers: list[_Offer] = Field(default=[], max_length=4)
    preferred: list[tuple[str, str]] = Field(default=[], max_length=MOST_PREFERRED)


def stored(memory: Memory, *, channel: str, thread: str, person: Person, now: datetime) -> ThreadState:
    """The row that keeps ``memory``."""
    subject = memory.subject
    state = _State(
        question=encode(subject.draft),
        topic=subject.topic[:60],
        candidates=list(subject.candidates[:MOST_CANDIDATES]),
        options=[_Option(label=option.label, token=encode(option.draft)) for option in memory.options],
        asked=memory.asked,
        reading=memory.open_reading,
        offers=[_Offer(label=offer.label, intent=offer.intent) for offer in memory.offers],
        preferred=[(p.chosen, p.other) for p in memory.preferred[:MOST_PREFERRED]],
    )
    return ThreadState(channel, thread, person.id, state.model_dump_json(exclude_defaults=True), now)


def forgotten(*, channel: str, thread: str, person: Person, now: datetime) -> ThreadState:
    """The row of a thread that is about nothing any more."""
    return ThreadState(channel, thread, person.id, "", now)


def recalled(state: ThreadState | None, *, now: datetime) -> Memory | None:
    """What the row says; None where there is none, it is too old, or it is of another version."""
    if state is None or not state.state:
        return None
    if now - state.updated_at > (THREAD_LASTS if state.thread else CHANNEL_LASTS):
        return None
    try:
        read = _State.model_validate_json(state.state)
        subject = Subject(
            decode(read.question, partial=True), read.topic, tuple(ItemId(i) for i in read.candidates)
        )
        options = tuple(Alternative(option.label, decode(option.token)) for option in read.options)
    except (ValidationError, InvalidToken):
        return None
    return Memory(
        subject,
        options,
        read.asked,
        read.reading,
        tuple(Offer(offer.label, offer.intent) for offer in read.offers if offer.intent in TABLE),
        tuple(Preference(*pair) for pair in read.preferred),
    )


def preferring(state: ThreadState, choice: Preference | None) -> ThreadState:
    """The row with ``choice`` remembered too; as it is where there is nothing to remember."""
    if choice is None or not state.state:
        return state
    read = _State.model_validate_json(state.state)
    known = with_preference(tuple(Preference(*pair) for pair in read.preferred), choice)
    changed = read.model_copy(update={"preferred": [(p.chosen, p.other) for p in known]})
    return replace(state, state=changed.model_dump_json(exclude_defaults=True))


def with_preference(preferred: tuple[Preference, ...], choice: Preference | None) -> tuple[Preference, ...]:
    """``choice`` first; what was said of the same pair before is forgotten."""
    if choice is None:
        return preferred
    pair = {choice.chosen, choice.other}
    return (choice, *(p for p in preferred if {p.chosen, p.other} != pair))[:MOST_PREFERRED]
