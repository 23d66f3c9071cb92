"""What a message was understood as, sealed and kept for as long as its buttons live, so that any process can read it again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.dialogue.tokens import Choice, encode_choice
from bot.dialogue.turn import Heard
from bot.dialogue.weighing import Preference, may_be_remembered
from bot.understanding.confidence import Reading
from bot.understanding.meaning import INTENTS, Meaning, Span
from domain.errors import InvalidSetting
from domain.ports import ReadingRow, Vault

LASTS = timedelta(hours=24)


class Rankings(Protocol):
    """The other things that a message may mean."""

    async def ranking(self, text: str) -> tuple[Reading, ...]:
        """Likeliest first. Raises LanguageUnavailable."""
        ...

    async def model(self) -> str:
        """The version of the model that answers, "" where it is not known."""
        ...


@dataclass(frozen=True, slots=True)
class Guide:
    """What asking and correcting stand on. A dialogue without it never asks which reading was meant."""

    rankings: Rankings
    vault: Vault


class _Span(BaseModel):
    entity: str
    start: int
    end: int
    role: str = ""


class Record(BaseModel):
    """Everything about one message that its buttons need. ``owner`` is the Slack user who wrote it, ``name`` how they are called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = 1
    text: str
    intent: str
    confidence: float
    spans: tuple[_Span, ...] = ()
    offered: tuple[str, ...] = ()
    owner: str
    name: str
    channel: str
    thread: str

    @property
    def meaning(self) -> Meaning:
        spans = tuple(Span(s.entity, self.text[s.start : s.end], s.start, s.end, s.role) for s in self.spans)
        return Meaning(self.text, self.intent, self.confidence, spans)

    @property
    def alone(self) -> bool:
        """Does only its author read the answer?"""
        return (
            self.channel.startswith("D") or self.thread.startswith("command:") or self.channel == "keyboard"
        )

    def owned_by(self, slack_user_id: str) -> bool:
        return self.owner == slack_user_id


def record_of(heard: Heard, meaning: Meaning, *, offered: tuple[str, ...]) -> Record:
    """``offered`` are the intents that the message's author is asked to choose from."""
    return Record(
        text=meaning.text,
        intent=meaning.intent,
        confidence=meaning.confidence,
        spans=tuple(_Span(entity=s.entity, start=s.start, end=s.end, role=s.role) for s in meaning.spans),
        offered=offered,
        owner=heard.person.slack_user_id or "",
        name=heard.person.name,
        channel=heard.channel,
        thread=heard.thread,
    )


def preference(record: Record, intent: str) -> Preference | None:
    """What the thread learns from the choice: between two questions only."""
    others = record.offered or (record.intent,)
    other = next((o for o in others if o != intent), None)
    if (
        other is None
        or (record.offered and intent not in record.offered)
        or not may_be_remembered(intent, other)
    ):
        return None
    return Preference(intent, other)


def way_back(id: str) -> str:
    """The token that leads from an answer to the question what was meant."""
    return encode_choice(Choice(id))


def reading_id(event_id: str) -> str:
    """The same for the same message, whichever process works on it."""
    return hashlib.sha256(f"parley/reading/1:{event_id}".encode()).hexdigest()[:24]


def sealed(record: Record, *, event_id: str, vault: Vault, now: datetime) -> ReadingRow:
    return ReadingRow(reading_id(event_id), vault.seal(record.model_dump_json(exclude_defaults=True)), now)


def opened(row: ReadingRow | None, *, vault: Vault, now: datetime) -> Record | None:
    """None where there is none, it is too old, of another version, or sealed with another key."""
    if row is None or now - row.made_at > LASTS:
        return None
    try:
        record = Record.model_validate_json(vault.open(row.sealed))
    except (ValidationError, InvalidSetting):
        return None
    return record if record.intent in INTENTS else None
