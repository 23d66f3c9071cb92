"""Which reading of a message stands, and which two are so close that Parley asks.

Pure: chances in, verdict out. Every threshold is in ``understanding.confidence``; what an intent is, in ``table``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue.table import TABLE, Kind
from bot.understanding.confidence import (
    ACTED_ON,
    ACTION_LEADS_BY,
    APART_AT_MOST,
    ASKED_BELOW,
    BELIEVED,
    DOUBTED,
    TOGETHER,
    Reading,
)
from bot.understanding.draft import Verb


@dataclass(frozen=True, slots=True)
class Preference:
    """In this thread ``chosen`` was meant where ``other`` was as likely. Both are questions: an action is asked for each time."""

    chosen: str
    other: str


@dataclass(frozen=True, slots=True)
class Stands:
    """The reading to go on with; ``recalled`` where the thread's memory decided."""

    reading: Reading
    recalled: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """Two readings to ask about, likelier first."""

    first: Reading
    second: Reading


type Verdict = Stands | Close

_HAIR = 1e-9
"""Chances come as floats: 0.82 - 0.17 is a hair under 0.65."""
_INSTEAD: dict[Verb, str] = {Verb.FIND: "find_item", Verb.STOCK: "check_stock"}
_SURE_ENOUGH = (1 + ACTION_LEADS_BY) / 2
"""At this chance of an action no question can be as near as ACTION_LEADS_BY, for all chances sum to one."""


def worth_ranking(best: Reading) -> bool:
    """Can the other readings change anything? Most messages are understood surely and need no second look."""
    match TABLE[best.intent].kind:
        case Kind.ACTION:
            return best.confidence < _SURE_ENOUGH
        case Kind.TALK:
            return best.intent == "out_of_scope" or best.confidence < BELIEVED
        case _:
            return best.confidence < ASKED_BELOW


def weigh(readings: Sequence[Reading], *, preferred: Sequence[Preference] = ()) -> Verdict:
    """``readings`` are likeliest first, at least one. Never lets an action stand on a guess; ``preferred`` never decides for one."""
    best, *others = readings
    rivals = [reading for reading in others if TABLE[reading.intent].kind is not Kind.TALK]
    match TABLE[best.intent].kind:
        case Kind.TALK:
            return Stands(best)
        case Kind.ACTION:
            return _action(best, rivals)
        case _:
            return _question(best, rivals, preferred)


def _action(best: Reading, rivals: Sequence[Reading]) -> Verdict:
    if best.confidence < DOUBTED:
        return Stands(best)  # too weak to be a reading at all: nothing is offered, nothing done
    questions = [reading for reading in rivals if TABLE[reading.intent].kind is not Kind.ACTION]
    near = questions[0].confidence if questions else 0.0
    if best.confidence >= ACTED_ON and best.confidence - near >= ACTION_LEADS_BY - _HAIR:
        return Stands(best)
    if best.confidence >= ACTED_ON and questions:
        return Close(best, questions[0])
    return Close(best, rivals[0] if rivals else _harmless(best))


def _harmless(action: Reading) -> Reading:
    """The question that helps whoever did not mean the action."""
    verb = TABLE[action.intent].verb
    return Reading(_INSTEAD.get(verb or Verb.FIND, "find_item"), 0.0)


def _question(best: Reading, rivals: Sequence[Reading], preferred: Sequence[Preference]) -> Verdict:
    if best.confidence >= ASKED_BELOW or not rivals:
        return Stands(best)
    second = rivals[0]
    sum_of_both = best.confidence + second.confidence
    if sum_of_both < TOGETHER - _HAIR or best.confidence - second.confidence > APART_AT_MOST + _HAIR:
        return Stands(best)
    pair = {best.intent, second.intent}
    for choice in preferred:
        if {choice.chosen, choice.other} == pair and may_be_remembered(best.intent, second.intent):
            return Stands(Reading(choice.chosen, min(1.0, sum_of_both)), recalled=True)
    return Close(best, second)


def may_be_remembered(*intents: str) -> bool:
    """Only between questions: what would change stock is asked for every time."""
    return all(TABLE[intent].kind in (Kind.QUESTION, Kind.LATER) for intent in intents)
