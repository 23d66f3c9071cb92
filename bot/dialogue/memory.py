"""What a thread remembers between messages: ids and the catalogue's own words, never what was typed, never a patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.dialogue.tokens import InvalidToken, decode, encode
from bot.understanding.outcome import Alternative, Subject
from domain.model.ids import ItemId
from domain.model.person import Person
from domain.ports import ThreadState

THREAD_LASTS = timedelta(hours=24)
CHANNEL_LASTS = timedelta(minutes=30)
"""A direct message without a thread goes on for as long as a conversation at the counter does."""

MOST_CANDIDATES = 400


@dataclass(frozen=True, slots=True)
class Memory:
    """``options`` are a question's ways out, in the order of its buttons; ``asked`` says that it waits for an answer."""

    subject: Subject
    options: tuple[Alternative, ...] = ()
    asked: bool = False


class _Option(BaseModel):
    label: Annotated[str, StringConstraints(max_length=80)]
    token: str


class _State(BaseModel):
    model_config = ConfigDict(extra="forbid")

    v: Literal[1] = 1
    question: str
    topic: Annotated[str, StringConstraints(max_length=60)] = ""
    candidates: list[int] = Field(default=[], max_length=MOST_CANDIDATES)
    options: list[_Option] = []
    asked: bool = False


def stored(memory: Memory, *, channel: str, thread: str, person: Person, now: datetime) -> ThreadState:
    """The row that keeps ``memory``."""
    subject = memory.subject
    state = _State(
        question=encode(subject.draft),
        topic=subject.topic[:60],
        candidates=list(subject.candidates[:MOST_CANDIDATES]),
        options=[_Option(label=option.label, token=encode(option.draft)) for option in memory.options],
        asked=memory.asked,
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
    return Memory(subject, options, read.asked)
