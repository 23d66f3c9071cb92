"""Two views of a message, and one answer.

A network that was fine-tuned (`components.network`) and a cascade of linear models over counted words, characters and
sentence vectors (`components.cascade`) go wrong on different messages: the mean of their probabilities is right more often
than either (Dietterich 2000, "Ensemble Methods in Machine Learning"). Neither knows of the other in training, so both are
trained at once, in a process each.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from components.cascade import Cascade
from components.chain import best_chain, grammar
from components.finetune import BEST, Recipe, finetune
from components.intents import IntentModel
from components.network import Network
from components.reading import OUT_OF_SCOPE, Understood
from components.spans import Example, SpanModel, spans_of
from components.words import split_words

NETWORK_SHARE = 0.5
"""Weight of the network in the mean; the rest is the cascade's."""
SHARPNESS = 1.5
"""Exponent of the mean of both views. A mean of two is less sure than it is right; measured across writers (docs/nlu.md),
since on messages of its own writers a model is surer than it should be of a stranger's."""
_LEAST = 1e-6


class TwoViews:
    """Both views, trained on the same messages; stateless once made."""

    def __init__(self, network: Network, cascade: Cascade) -> None:
        self.network = network
        self.cascade = cascade
        self._between, self._first = grammar(network.tags)
        # Where the cascade's intents and tags are among the network's.
        self._intents = [network.intents.index(label) for label in cascade.intents.labels]
        self._tags = [network.tags.index(tag) for tag in cascade.final.tags]

    @classmethod
    def train(
        cls,
        examples: Sequence[Example],
        *,
        recipe: Recipe = BEST,
        say: Callable[[str], None] = lambda _: None,
    ) -> tuple[TwoViews, dict[str, float]]:
        """Fit both views, and the seconds that each took; `say` is told what is going on, a line a step."""
        start = time.monotonic()
        # Not forked: TensorFlow starts threads, which a fork would leave in the middle of their work.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as other:
            linear = other.submit(_linear_view, tuple(examples))
            network = finetune(examples, recipe=recipe, say=say)
            seconds = {"network": time.monotonic() - start}
            draft, intents, final, seconds["cascade, at the same time"] = linear.result()
        seconds["both views"] = time.monotonic() - start
        return cls(network, Cascade(SpanModel(draft), intents, SpanModel(final))), seconds

    def understand(self, text: str) -> Understood:
        """Intent and spans of one text; offsets are those of the text as given."""
        words = split_words(text)
        if not words:
            return Understood(((OUT_OF_SCOPE, 1.0),), ())
        reading = self.network.read([word.text for word in words])
        confidences = reading.intents * NETWORK_SHARE
        confidences[self._intents] += self.cascade.confidences(words) * (1 - NETWORK_SHARE)
        confidences **= SHARPNESS
        confidences /= confidences.sum()
        order = np.argsort(-confidences, kind="stable")
        ranking = tuple((self.network.intents[i], float(confidences[i])) for i in order)
        tags = reading.tags * NETWORK_SHARE
        tags[:, self._tags] += self.cascade.tag_probabilities(words, ranking[0][0]) * (1 - NETWORK_SHARE)
        chain = best_chain(np.log(tags + _LEAST), self._between, self._first)
        return Understood(ranking, tuple(spans_of(words, [self.network.tags[i] for i in chain])))


def _linear_view(examples: Sequence[Example]) -> tuple[bytes, IntentModel, bytes, float]:
    start = time.monotonic()
    cascade = Cascade.train(examples)
    return cascade.draft.weights, cascade.intents, cascade.final.weights, time.monotonic() - start
