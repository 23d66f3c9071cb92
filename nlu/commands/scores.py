"""Figures about answers: what was meant beside what was understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from components.cascade import OUT_OF_SCOPE, Understood
from components.spans import Example, Span

ACTIONS = frozenset(
    {
        "consume",
        "transfer",
        "receive",
        "waste",
        "count",
        "requisition",
        "reorder",
        "set_par",
        "quarantine",
        "undo",
        "subscribe_alert",
    }
)
SURE = 0.8
"""Confidence from which an answer counts as sure in these figures."""


@dataclass(frozen=True)
class Answer:
    """One message of the evaluation and what was made of it; `seconds` is the time that took."""

    example: Example
    understood: Understood
    seconds: float

    @property
    def intent(self) -> str:
        return self.understood.ranking[0][0]

    @property
    def confidence(self) -> float:
        return self.understood.ranking[0][1]

    @property
    def intent_right(self) -> bool:
        return self.intent == self.example.intent

    @property
    def false_action(self) -> bool:
        """An action was understood, and something else was meant."""
        return self.intent in ACTIONS and not self.intent_right

    def whole_right(self, *, roles: bool) -> bool:
        """Intent and every span are right, the direction of places too if `roles`."""
        key = _with_role if roles else _without_role
        return self.intent_right and {*map(key, self.understood.spans)} == {*map(key, self.example.spans)}


def spoken(text: str) -> bool:
    """Whether a text looks like a speech recogniser's: lower case, no digits, no punctuation."""
    return all(character.islower() or character in " '" for character in text) and " " in text


def figures(answers: Sequence[Answer]) -> dict[str, Any]:
    """All figures of some answers; shares are between 0 and 1, times in milliseconds."""
    in_scope = [a for a in answers if a.example.intent != OUT_OF_SCOPE]
    said_out = [a for a in answers if a.intent == OUT_OF_SCOPE]
    meant_out = [a for a in answers if a.example.intent == OUT_OF_SCOPE]
    sure = [a for a in answers if a.confidence >= SURE]
    precision, recall, f1 = span_scores(answers, _without_role)
    return {
        "messages": len(answers),
        "intent": _share(a.intent_right for a in answers),
        "intent_in_scope": _share(a.intent_right for a in in_scope),
        "entity_precision": precision,
        "entity_recall": recall,
        "entity_f1": f1,
        "entity_f1_with_roles": span_scores(answers, _with_role)[2],
        "whole": _share(a.whole_right(roles=False) for a in answers),
        "whole_with_roles": _share(a.whole_right(roles=True) for a in answers),
        "out_of_scope_precision": _share(a.intent_right for a in said_out),
        "out_of_scope_recall": _share(a.intent_right for a in meant_out),
        "false_actions": _share(a.false_action for a in answers),
        "false_actions_sure": sum(a.false_action for a in sure) / max(len(answers), 1),
        "sure": len(sure) / max(len(answers), 1),
        "intent_when_sure": _share(a.intent_right for a in sure),
        "calibration_error": calibration_error(answers),
        "p50_ms": float(np.median([a.seconds for a in answers]) * 1000) if answers else 0.0,
    }


def span_scores(answers: Sequence[Answer], key: Callable[[Span], object]) -> tuple[float, float, float]:
    """Precision, recall and F1 of spans; a span is right if place and label are exactly so."""
    right = wrong = missed = 0
    for answer in answers:
        found, meant = {*map(key, answer.understood.spans)}, {*map(key, answer.example.spans)}
        right += len(found & meant)
        wrong += len(found - meant)
        missed += len(meant - found)
    return (
        right / max(right + wrong, 1),
        right / max(right + missed, 1),
        2 * right / max(2 * right + wrong + missed, 1),
    )


def calibration_error(answers: Sequence[Answer], bins: int = 10) -> float:
    """Expected calibration error: the mean distance of confidence from the share that is right, over equal bins."""
    confidence = np.array([a.confidence for a in answers])
    right = np.array([a.intent_right for a in answers], dtype=float)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(
        sum(abs(confidence[place == b].mean() - right[place == b].mean()) * (place == b).mean() for b in {*place.tolist()})
    )


def by_entity(answers: Sequence[Answer]) -> dict[str, float]:
    """F1 of each entity."""
    names = sorted({span.entity for a in answers for span in a.example.spans})
    return {
        name: span_scores(
            [
                Answer(
                    Example(a.example.text, a.example.intent, tuple(s for s in a.example.spans if s.entity == name)),
                    Understood(a.understood.ranking, tuple(s for s in a.understood.spans if s.entity == name)),
                    a.seconds,
                )
                for a in answers
            ],
            _without_role,
        )[2]
        for name in names
    }


def by_intent(answers: Sequence[Answer]) -> dict[str, float]:
    """Share of each intent's messages that were understood as that intent."""
    names = sorted({a.example.intent for a in answers})
    return {name: _share(a.intent_right for a in answers if a.example.intent == name) for name in names}


def confusions(answers: Sequence[Answer], most: int = 10) -> list[tuple[str, str, int]]:
    """The most frequent mistakes: meant, understood, how often."""
    counted = Counter((a.example.intent, a.intent) for a in answers if not a.intent_right)
    return [(meant, said, number) for (meant, said), number in counted.most_common(most)]


def _share(values: Any) -> float:
    listed = [bool(value) for value in values]
    return sum(listed) / len(listed) if listed else 0.0


def _with_role(span: Span) -> object:
    return span


def _without_role(span: Span) -> object:
    return span.start, span.end, span.entity
