"""The classifier: what a message asks for, and how sure that is.

A linear support vector machine, one against the rest, over a message whose tagged spans are replaced by their labels
("used 2 vicryl on case C-991" -> "used entquantity entitem on case entcase": words 1-3, characters 2-5) and over a sentence
vector of the message with a plain word for each span. Names of products are endless and say little about what is wanted:
what the classifier learns should not hang on them. The vector is the published encoder's, not the fine-tuned one's, which
would make the two views of a message alike (`components.views`).

Confidence is a softmax of the margins; its temperature is the one at which messages kept out of the training are most
likely (Guo et al. 2017, "On Calibration of Modern Neural Networks").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse as sparse

from components.encoder import sentence_encoder
from components.spans import OUTSIDE
from components.terms import TermWeights
from components.words import Word

COST = 1.0
SEED = 7

# What stands in a reading for a span: a mark for the counts, and for the encoder a plain word it knows.
_STAND_IN = {
    "item": "gauze",
    "location": "room",
    "quantity": "3",
    "size": "small",
    "unit": "boxes",
    "window": "monday",
    "lot": "lot",
    "serial": "serial",
    "patient": "patient",
    "case": "case",
    "provider": "doctor",
    "supplier": "vendor",
    "order": "order",
    "group_by": "department",
}


@dataclass(frozen=True)
class Viewed:
    """A message as the classifier sees it: with marks for its spans, and its sentence vector with plain words for them."""

    marked: str
    vector: np.ndarray

    @classmethod
    def of(cls, words: Sequence[Word], tags: Sequence[str]) -> Viewed:
        marked, plain = readings(words, tags)
        return cls(marked, sentence_encoder().encode([plain])[0])


def readings(words: Sequence[Word], tags: Sequence[str]) -> tuple[str, str]:
    """The message with marks for its spans, and with plain words for them; lower case, every digit a 0."""
    marked: list[str] = []
    plain: list[str] = []
    for word, tag in zip(words, tags):
        if tag == OUTSIDE:
            low = re.sub(r"\d", "0", word.text.lower())
            marked.append(low)
            plain.append(low)
        elif tag.startswith("B-"):
            entity = tag[2:].partition("#")[0]
            marked.append("ent" + entity.replace("_", ""))
            plain.append(_STAND_IN.get(entity, entity))
    return " ".join(marked), " ".join(plain)


@dataclass(frozen=True)
class IntentModel:
    """A fitted classifier: ``term_weights`` (terms, intents), ``vector_weights`` (384, intents), ``bias`` (intents,)."""

    labels: tuple[str, ...]
    terms: TermWeights
    term_weights: np.ndarray
    vector_weights: np.ndarray
    bias: np.ndarray
    temperature: float = 1.0

    @classmethod
    def train(cls, messages: Sequence[Viewed], intents: Sequence[str]) -> IntentModel:
        """Fit to messages and their intents; confidence is not calibrated until `calibrated` is called."""
        from sklearn.svm import LinearSVC  # here, because a service that only answers need not wait for it

        marked = [message.marked for message in messages]
        terms = TermWeights.fit(marked)
        vectors = np.stack([message.vector for message in messages])
        machine = LinearSVC(C=COST, random_state=SEED)
        machine.fit(sparse.hstack([terms.matrix(marked), sparse.csr_matrix(vectors)], format="csr"), list(intents))
        weights = machine.coef_.T.astype(np.float32)
        return cls(
            labels=tuple(str(label) for label in machine.classes_),
            terms=terms,
            term_weights=np.ascontiguousarray(weights[: len(terms.names)]),
            vector_weights=np.ascontiguousarray(weights[len(terms.names) :]),
            bias=machine.intercept_.astype(np.float32),
        )

    def margins(self, message: Viewed) -> np.ndarray:
        """Signed distances of one message, shape (intents,)."""
        columns, values = self.terms.weigh(message.marked)
        return values @ self.term_weights[columns] + message.vector @ self.vector_weights + self.bias

    def confidences(self, message: Viewed) -> np.ndarray:
        """Probabilities of the intents for one message, shape (intents,)."""
        return softmax(self.margins(message) * self.temperature)

    def calibrated(self, margins: np.ndarray, intents: Sequence[str]) -> IntentModel:
        """The same classifier with the temperature at which kept-out margins (n, intents) make these intents most likely."""
        truth = np.array([self.labels.index(intent) for intent in intents])
        candidates = np.geomspace(0.5, 20, 60)
        losses = [
            -np.log(softmax(margins * candidate)[np.arange(len(truth)), truth] + 1e-12).mean() for candidate in candidates
        ]
        return replace(self, temperature=float(candidates[int(np.argmin(losses))]))

    def save(self, path: Path) -> None:
        """Write everything to one .npz file of plain arrays."""
        np.savez(
            path,
            labels=np.array(self.labels),
            names=np.frombuffer("\n".join(self.terms.names).encode(), dtype=np.uint8),
            rarity=self.terms.rarity,
            term_weights=self.term_weights,
            vector_weights=self.vector_weights,
            bias=self.bias,
            temperature=np.array(self.temperature),
        )

    @classmethod
    def load(cls, path: Path) -> IntentModel:
        """Read what `save` wrote; nothing in the file can be code."""
        with np.load(path, allow_pickle=False) as stored:
            names = stored["names"].tobytes().decode().split("\n")
            return cls(
                labels=tuple(str(label) for label in stored["labels"]),
                terms=TermWeights(tuple(names), stored["rarity"]),
                term_weights=stored["term_weights"],
                vector_weights=stored["vector_weights"],
                bias=stored["bias"],
                temperature=float(stored["temperature"]),
            )


def softmax(values: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis."""
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
