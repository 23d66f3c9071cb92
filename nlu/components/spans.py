"""The tagger: which words of a message are an item, a size, a lot, a place it goes to ...

A linear-chain CRF (Lafferty et al. 2001) over hand-made features, BIO tags, with a place's direction inside its tag
(``B-location#source``). Trained by L-BFGS with elastic-net penalties `C1` and `C2`; both runs of the same data give the
same weights.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pycrfsuite

from components.features import word_features
from components.words import Word, split_words

C1 = 0.1
C2 = 0.05
OUTSIDE = "O"


@dataclass(frozen=True, order=True)
class Span:
    """A labelled part of a text: ``text[start:end]``; ``role`` is source or destination, for places on the move."""

    start: int
    end: int
    entity: str
    role: str | None = None


@dataclass(frozen=True)
class Example:
    """One labelled message of the training data."""

    text: str
    intent: str
    spans: tuple[Span, ...]

    @property
    def words(self) -> list[Word]:
        return split_words(self.text)


def tags_of(words: Sequence[Word], spans: Sequence[Span], *, roles: bool) -> list[str]:
    """BIO tags of the words; a span that cuts a word in two marks no word at all (the data check refuses such labels)."""
    tags = [OUTSIDE] * len(words)
    for span in spans:
        name = f"{span.entity}#{span.role}" if roles and span.role else span.entity
        inside = [i for i, word in enumerate(words) if span.start <= word.start and word.end <= span.end]
        for position, index in enumerate(inside):
            tags[index] = f"{'I' if position else 'B'}-{name}"
    return tags


def spans_of(words: Sequence[Word], tags: Sequence[str]) -> list[Span]:
    """The spans that BIO tags draw, in the order of the text; an I after another label begins a span of its own."""
    spans: list[Span] = []
    open_name: str | None = None
    for word, tag in zip(words, tags):
        if tag == OUTSIDE:
            open_name = None
            continue
        mark, name = tag.split("-", 1)
        if mark == "I" and name == open_name:
            last = spans[-1]
            spans[-1] = Span(last.start, word.end, last.entity, last.role)
        else:
            entity, _, role = name.partition("#")
            spans.append(Span(word.start, word.end, entity, role or None))
        open_name = name
    return spans


class SpanModel:
    """A trained CRF. ``weights`` is crfsuite's own file as bytes."""

    def __init__(self, weights: bytes) -> None:
        self.weights = weights
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(weights)
        self.tags: tuple[str, ...] = tuple(self._tagger.labels())

    @classmethod
    def train(
        cls,
        examples: Sequence[Example],
        *,
        intents: Sequence[str] | None = None,
        roles: bool,
        rounds: int = 100,
    ) -> SpanModel:
        """Fit to the examples; ``intents`` are what the tagger is told of each message, as it will be when it works."""
        trainer = pycrfsuite.Trainer(verbose=False)
        trainer.set_params({"c1": C1, "c2": C2, "max_iterations": rounds, "feature.possible_transitions": True})
        for index, example in enumerate(examples):
            words = example.words
            if words:
                features = word_features([word.text for word in words], intents[index] if intents else "")
                trainer.append(features, tags_of(words, example.spans, roles=roles))
        handle, name = tempfile.mkstemp(suffix=".crf")
        os.close(handle)
        path = Path(name)
        try:
            trainer.train(name)
            return cls(path.read_bytes())
        finally:
            path.unlink()

    def tag(self, words: Sequence[Word], *, intent: str = "") -> list[str]:
        """The most likely tags of the words."""
        if not words:
            return []
        return list(self._tagger.tag(word_features([word.text for word in words], intent)))

    def probabilities(self, words: Sequence[Word], *, intent: str = "") -> np.ndarray:
        """How likely each of ``self.tags`` is at each of the words, shape (words, tags)."""
        self._tagger.set(word_features([word.text for word in words], intent))
        return np.array([[self._tagger.marginal(tag, place) for tag in self.tags] for place in range(len(words))])
