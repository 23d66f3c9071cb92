"""Figures about answers: what was meant beside what was understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from components.reading import OUT_OF_SCOPE, Understood
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
SHORT = 6
"""Most words that a short message has."""
BINS = 10
"""Equal bins of confidence in the calibration."""


@dataclass(frozen=True)
class Answer:
    """One message of the evaluation and what was made of it; `seconds` is the time that took."""

    example: Example
    understood: Understood
    seconds: float
    writer: str = ""

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
        "p95_ms": float(np.percentile([a.seconds for a in answers], 95) * 1000) if answers else 0.0,
    }


@dataclass(frozen=True)
class Detail:
    """One intent or one entity: how many were meant, how many were understood, and how well these agree (shares 0 to 1)."""

    meant: int
    understood: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Bin:
    """Answers with a confidence from `low` up to `high`: how many, their mean confidence, the share that is right.

    Both shares are None where there are no answers.
    """

    low: float
    high: float
    messages: int
    confidence: float | None
    right: float | None


@dataclass(frozen=True)
class Cost:
    """What answering took: `load_seconds` from the file to the first answer possible, `memory_mb` the most ever in use.

    `train_seconds` is by phase, in the order of the training; empty for a model that was trained elsewhere.
    """

    load_seconds: float
    memory_mb: float
    model_mb: float
    p50_ms: float
    p95_ms: float
    train_seconds: dict[str, float]


@dataclass(frozen=True)
class Report:
    """All that is measured of one model on one set of messages; `as_json` is what reports/HASH.json keeps of it.

    ``slices``: `figures` by name of the slice: all, typed, spoken, short, long, and writer:NAME for each writer.
    ``confusion``: meant intent -> understood intent -> number of messages, the right ones too, nothing where it is zero.
    ``calibration``: `BINS` bins of intent confidence. ``mistakes``: meant, understood, confidence and text of each message
    whose intent is wrong, the surest first.
    """

    model: str
    writers: dict[str, int]
    slices: dict[str, dict[str, Any]]
    intents: dict[str, Detail]
    entities: dict[str, Detail]
    confusion: dict[str, dict[str, int]]
    calibration: list[Bin]
    mistakes: list[dict[str, Any]]
    cost: Cost

    def as_json(self) -> dict[str, Any]:
        """Plain values, ready for `json.dumps`."""
        return asdict(self)


def report_of(answers: Sequence[Answer], *, model: str, cost: Cost) -> Report:
    """The whole report of some answers."""
    writers = dict(sorted(Counter(a.writer for a in answers).items()))
    slices = {
        "all": list(answers),
        "typed": [a for a in answers if not spoken(a.example.text)],
        "spoken": [a for a in answers if spoken(a.example.text)],
        "short": [a for a in answers if len(a.example.text.split()) <= SHORT],
        "long": [a for a in answers if len(a.example.text.split()) > SHORT],
        **{f"writer:{name}": [a for a in answers if a.writer == name] for name in writers},
    }
    wrong = sorted((a for a in answers if not a.intent_right), key=lambda a: -a.confidence)
    return Report(
        model=model,
        writers=writers,
        slices={name: figures(part) for name, part in slices.items()},
        intents=intent_details(answers),
        entities=entity_details(answers),
        confusion=confusion(answers),
        calibration=calibration(answers),
        mistakes=[
            {"meant": a.example.intent, "understood": a.intent, "confidence": a.confidence, "text": a.example.text}
            for a in wrong
        ],
        cost=cost,
    )


def intent_details(answers: Sequence[Answer]) -> dict[str, Detail]:
    """Precision, recall and F1 of each intent that was meant or understood."""
    meant = Counter(a.example.intent for a in answers)
    understood = Counter(a.intent for a in answers)
    right = Counter(a.intent for a in answers if a.intent_right)
    return {name: _detail(meant[name], understood[name], right[name]) for name in sorted({*meant, *understood})}


def entity_details(answers: Sequence[Answer]) -> dict[str, Detail]:
    """Precision, recall and F1 of each entity, without the direction of places; right is the exact span with its label."""
    meant: Counter[str] = Counter()
    understood: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for a in answers:
        wanted = {(s.start, s.end, s.entity) for s in a.example.spans}
        found = {(s.start, s.end, s.entity) for s in a.understood.spans}
        meant.update(entity for *_, entity in wanted)
        understood.update(entity for *_, entity in found)
        right.update(entity for *_, entity in wanted & found)
    return {name: _detail(meant[name], understood[name], right[name]) for name in sorted({*meant, *understood})}


def confusion(answers: Sequence[Answer]) -> dict[str, dict[str, int]]:
    """Counts of messages: meant intent -> understood intent."""
    counted = Counter((a.example.intent, a.intent) for a in answers)
    rows: dict[str, dict[str, int]] = {}
    for (meant, said), number in sorted(counted.items()):
        rows.setdefault(meant, {})[said] = number
    return rows


def calibration(answers: Sequence[Answer]) -> list[Bin]:
    """Confidence beside what came true, in `BINS` equal bins from 0 to 1."""
    bins: list[Bin] = []
    for number in range(BINS):
        part = [a for a in answers if min(int(a.confidence * BINS), BINS - 1) == number]
        bins.append(
            Bin(
                low=number / BINS,
                high=(number + 1) / BINS,
                messages=len(part),
                confidence=sum(a.confidence for a in part) / len(part) if part else None,
                right=_share(a.intent_right for a in part) if part else None,
            )
        )
    return bins


def _detail(meant: int, understood: int, right: int) -> Detail:
    return Detail(
        meant=meant,
        understood=understood,
        precision=right / max(understood, 1),
        recall=right / max(meant, 1),
        f1=2 * right / max(meant + understood, 1),
    )


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


def _share(values: Any) -> float:
    listed = [bool(value) for value in values]
    return sum(listed) / len(listed) if listed else 0.0


def _with_role(span: Span) -> object:
    return span


def _without_role(span: Span) -> object:
    return span.start, span.end, span.entity
