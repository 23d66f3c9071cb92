"""The fine-tuned network at work: intent and tags of a message in one pass, without TensorFlow.

Its layers run in onnxruntime (`components.graph`), the small heads in numpy. A word's state is the mean of its pieces', a
message's the mean of all. The tags' head also sees what `components.marks` says of the word and of its two neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from scipy.special import erf

from components.chain import marginals
from components.graph import EPSILON
from components.marks import WordMarks
from components.pieces import Pieces, embeddings, pieces_of
from components.reading import Reading

_ARRAYS = ("hidden_w", "hidden_b", "tags_w", "tags_b", "intents_w", "intents_b", "between", "first", "last")
"""Names of the heads' weights, see `components.finetune`."""


class Network:
    """A fine-tuned network; stateless once loaded."""

    def __init__(
        self,
        intents: Sequence[str],
        tags: Sequence[str],
        marks: WordMarks,
        heads: Mapping[str, np.ndarray],
        graph: bytes,
    ) -> None:
        self.intents = tuple(intents)
        self.tags = tuple(tags)
        self.graph = graph
        self.heads = dict(heads)
        self._marks = marks
        options = onnxruntime.SessionOptions()
        # One core a message: the service answers several at once, and idle threads that spin would take the bot's core.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._layers = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        _embeddings()

    def read(self, words: Sequence[str]) -> Reading:
        """Read a message of at least one word; words beyond the network's reach get the tag probabilities of no word."""
        heads = self.heads
        pieces = pieces_of(words)
        states = self._states(pieces)
        share = (pieces.words[None, :] == np.arange(len(words))[:, None]).astype(np.float32)
        share /= np.maximum(share.sum(axis=1, keepdims=True), 1)
        marks = self._marks.of(words)
        edge = np.zeros_like(marks[:1])
        seen = np.concatenate(
            [share @ states, marks, np.concatenate([edge, marks[:-1]]), np.concatenate([marks[1:], edge])], axis=1
        )
        hidden = seen @ heads["hidden_w"] + heads["hidden_b"]
        hidden = hidden * 0.5 * (1 + erf(hidden * np.float32(0.70710678)))
        scores = hidden @ heads["tags_w"] + heads["tags_b"]
        margins = states.mean(axis=0) @ heads["intents_w"] + heads["intents_b"]
        powers = np.exp(margins - margins.max())
        tags = marginals(scores.astype(np.float64), heads["between"], heads["first"], heads["last"])
        return Reading(powers / powers.sum(), tags)

    def sentence_vector(self, words: Sequence[str]) -> np.ndarray:
        """The mean state of a message, (384,): what the intents are read from."""
        return self._states(pieces_of(words)).mean(axis=0)

    def _states(self, pieces: Pieces) -> np.ndarray:
        known = _embeddings()
        embedded = _norm(known["word"][pieces.ids] + known["place"][: len(pieces.ids)]) * known["scale"] + known["shift"]
        return self._layers.run(None, {"embedded": embedded.astype(np.float32)})[0]

    def save(self, folder: Path) -> None:
        """Write the network into a folder: the layers as a graph, the rest as plain arrays."""
        (folder / "layers.onnx").write_bytes(self.graph)
        names = {"intents": self.intents, "tags": self.tags, "shapes": self._marks.shapes}
        np.savez(folder / "heads.npz", **self.heads, **{key: np.array(value) for key, value in names.items()})

    @classmethod
    def load(cls, folder: Path) -> Network:
        """Read what `save` wrote; nothing in the files can be code."""
        with np.load(folder / "heads.npz", allow_pickle=False) as stored:
            intents, tags, shapes = (tuple(map(str, stored[key])) for key in ("intents", "tags", "shapes"))
            heads = {name: stored[name] for name in _ARRAYS}
        return cls(intents, tags, WordMarks(shapes), heads, (folder / "layers.onnx").read_bytes())


@lru_cache(maxsize=1)
def _embeddings() -> dict[str, np.ndarray]:
    return embeddings()


def _norm(values: np.ndarray) -> np.ndarray:
    centred = values - values.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + EPSILON)
