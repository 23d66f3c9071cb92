"""What somebody wants to be told of, and by when something is needed: times and thresholds of a composed message."""

from __future__ import annotations

from datetime import time

from bot.dialogue.acting import cue_words
from bot.dialogue.acting.sketch import Alert
from bot.understanding.amounts import AmountRole
from bot.understanding.composition import Composition
from domain.model.subscription import Topic


def needed_by(composition: Composition) -> str:
    """The time it is needed by, in our own words."""
    when = next((when for when in composition.windows if when.known and when.last is not None), None)
    if when is None or when.last is None:
        return ""
    hour = when.hour
    return f"{when.last.isoformat()}{_clock(hour)}"


def _clock(hour: time | None) -> str:
    return "" if hour is None else f" {hour:%H:%M}"


def alert_of(text: str, composition: Composition) -> Alert | None:
    topic = cue_words.topic_of(text)
    threshold = next(
        (a.quantity for line in composition.lines if (a := line.of_role(AmountRole.THRESHOLD)) is not None),
        None,
    )
    every = next((when.every for when in composition.windows if when.every is not None), None)
    if topic is None and threshold is None and every is None:
        return None
    if every is not None and topic in (None, Topic.DIGEST, Topic.LOW):
        return Alert(topic=Topic.DIGEST.value, weekday=every.weekday)
    topic = topic or Topic.LOW
    if topic is Topic.OUT and threshold:
        topic = Topic.LOW
    days = _days(composition) if topic is Topic.EXPIRING else None
    whole = (
        int(threshold)
        if topic is Topic.LOW and threshold is not None and threshold.denominator == 1
        else None
    )
    return Alert(topic=topic.value, threshold=whole, days=days)


def _days(composition: Composition) -> int:
    when = next(
        (when for when in composition.windows if when.first is not None and when.last is not None), None
    )
    if when is None or when.first is None or when.last is None:
        return cue_words.EXPIRING_DAYS
    return max(1, (when.last - when.first).days)
