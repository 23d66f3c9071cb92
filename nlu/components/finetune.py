"""Fine-tuning: all-MiniLM-L6-v2 learns intents and tags of our messages together (Chen et al. 2019, "BERT for Joint Intent
Classification and Slot Filling"), in TensorFlow, which is there because Rasa needs it. Nothing of this runs in the service.

All layers learn, the upper ones faster (Howard and Ruder 2018, "Universal Language Model Fine-tuning"); the embeddings
stay, so that words which no message had keep the meaning they came with. Tags are a chain (Lafferty et al. 2001), intents a
softmax with smoothed labels. Every epoch sees other variants of the messages (`components.augment`). Weights follow Adam
(Kingma and Ba 2015), their rate rises for a tenth of the steps and then falls to nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from components.augment import Augmenter
from components.graph import EPSILON, graph_bytes
from components.marks import WordMarks
from components.network import Network
from components.pieces import HEADS, WIDTH, embeddings, pieces_of, published_layers
from components.spans import OUTSIDE, Example, tags_of


@dataclass(frozen=True)
class Recipe:
    """How to fine-tune; the values are those that did best across writers (docs/nlu.md)."""

    epochs: int = 5
    batch: int = 32
    rate: float = 5e-4
    decay_by_layer: float = 0.9
    heads_rate: float = 5.0
    warm_share: float = 0.1
    drop: float = 0.1
    drop_heads: float = 0.15
    smoothing: float = 0.05
    tags_share: float = 0.2
    longest_gradient: float = 1.0
    hidden: int = 192
    frozen_layers: int = 0
    seed: int = 1


BEST = Recipe()


@dataclass(frozen=True)
class _Item:
    """One message as numbers: pieces (n,), word of each piece (n,), marks (words, width), tags (words,), intent."""

    ids: np.ndarray
    words: np.ndarray
    marks: np.ndarray
    tags: np.ndarray
    intent: int


def finetune(examples: Sequence[Example], *, recipe: Recipe = BEST, say: Callable[[str], None] = lambda _: None) -> Network:
    """Fit a network to the examples; `say` is told of each epoch."""
    intents = sorted({example.intent for example in examples})
    names = sorted({tag[2:] for e in examples for tag in tags_of(e.words, e.spans, roles=True) if tag != OUTSIDE})
    tags = [OUTSIDE, *(f"{begin}-{name}" for name in names for begin in "BI")]
    marks = WordMarks.fit([[word.text for word in example.words] for example in examples])
    chance = np.random.RandomState(recipe.seed)
    augment = Augmenter(examples)
    trainee = _Trainee(recipe, marks.width, len(tags), len(intents), chance)
    numbers = {name: index for index, name in enumerate(intents)}
    columns = {tag: index for index, tag in enumerate(tags)}
    steps = recipe.epochs * math.ceil(len(examples) / recipe.batch)
    step = 0
    for epoch in range(1, recipe.epochs + 1):
        start = time.monotonic()
        variants = [augment(example, chance) for example in examples]
        items = [_item(e, marks, columns, numbers[e.intent]) for e in variants if e.words]
        losses: list[float] = []
        for batch in _batches(items, recipe.batch, chance):
            step += 1
            warm = recipe.warm_share * steps
            rate = recipe.rate * min(step / warm, max(0.01, (steps - step) / (steps - warm)))
            losses.append(trainee.step(batch, rate, step))
        say(f"network, epoch {epoch} of {recipe.epochs}: loss {np.mean(losses):.3f}, {time.monotonic() - start:.0f} s")
    layers, heads = trainee.weights()
    return Network(intents, tags, marks, heads, graph_bytes(layers))


def _item(example: Example, marks: WordMarks, columns: Mapping[str, int], intent: int) -> _Item:
    words = example.words
    texts = [word.text for word in words]
    pieces = pieces_of(texts)
    reach = int(pieces.words.max()) + 1
    tags = np.array([columns[tag] for tag in tags_of(words, example.spans, roles=True)], dtype=np.int32)
    return _Item(pieces.ids, pieces.words, marks.of(texts)[:reach], tags[:reach], intent)


def _batches(items: Sequence[_Item], size: int, chance: np.random.RandomState) -> Iterator[dict[str, np.ndarray]]:
    """The items in an order of chance, those of like length together."""
    order = chance.permutation(len(items))
    batches: list[Sequence[int]] = []
    for start in range(0, len(order), size * 16):
        part = sorted(order[start : start + size * 16], key=lambda index: len(items[index].ids))
        batches += [part[first : first + size] for first in range(0, len(part), size)]
    for index in chance.permutation(len(batches)):
        yield _padded([items[i] for i in batches[index]])


def _padded(items: Sequence[_Item]) -> dict[str, np.ndarray]:
    length = max(len(item.ids) for item in items)
    count = max(len(item.tags) for item in items)
    batch = {
        "ids": np.zeros((len(items), length), dtype=np.int32),
        "mask": np.zeros((len(items), length), dtype=np.float32),
        "words": np.full((len(items), length), -1, dtype=np.int32),
        "tags": np.zeros((len(items), count), dtype=np.int32),
        "there": np.zeros((len(items), count), dtype=np.float32),
        "marks": np.zeros((len(items), count, items[0].marks.shape[1]), dtype=np.float32),
        "intents": np.array([item.intent for item in items], dtype=np.int32),
    }
    for row, item in enumerate(items):
        batch["ids"][row, : len(item.ids)] = item.ids
        batch["mask"][row, : len(item.ids)] = 1
        batch["words"][row, : len(item.ids)] = item.words
        batch["tags"][row, : len(item.tags)] = item.tags
        batch["there"][row, : len(item.tags)] = 1
        batch["marks"][row, : len(item.tags)] = item.marks
    return batch


def half_precision() -> bool:
    """Whether this processor multiplies 16-bit numbers (bfloat16) itself: then training takes two thirds of the time."""
    path = Path("/proc/cpuinfo")
    flags = path.read_text("utf-8") if path.exists() else ""
    return "avx512_bf16" in flags or "amx_bf16" in flags


class _Trainee:
    """The network's variables in TensorFlow, and the step that betters them."""

    def __init__(self, recipe: Recipe, width: int, tags: int, intents: int, chance: np.random.RandomState) -> None:
        import tensorflow as tf

        self._tf = tf
        self._recipe = recipe
        self._half = half_precision()
        self._known = {name: tf.constant(value) for name, value in embeddings().items()}
        self._layers: list[dict[str, Any]] = [
            {name: tf.constant(v) if number < recipe.frozen_layers else tf.Variable(v) for name, v in layer.items()}
            for number, layer in enumerate(published_layers())
        ]

        def drawn(rows: int, columns: int, size: float = 1.0) -> Any:
            return tf.Variable((chance.randn(rows, columns) * size / math.sqrt(rows)).astype(np.float32))

        self._heads: dict[str, Any] = {
            "hidden_w": drawn(WIDTH + 3 * width, recipe.hidden),
            "hidden_b": tf.Variable(tf.zeros(recipe.hidden)),
            "tags_w": drawn(recipe.hidden, tags, 0.5),
            "tags_b": tf.Variable(tf.zeros(tags)),
            "intents_w": drawn(WIDTH, intents, 0.5),
            "intents_b": tf.Variable(tf.zeros(intents)),
            "between": tf.Variable(tf.zeros((tags, tags))),
            "first": tf.Variable(tf.zeros(tags)),
            "last": tf.Variable(tf.zeros(tags)),
        }
        # Each variable with its share of the rate.
        self._learnt: list[tuple[Any, float]] = []
        for number, layer in enumerate(self._layers[recipe.frozen_layers :], start=recipe.frozen_layers):
            share = recipe.decay_by_layer ** (len(self._layers) - 1 - number)
            self._learnt += [(variable, share) for variable in layer.values()]
        self._learnt += [(variable, recipe.heads_rate) for variable in self._heads.values()]
        self._means = [tf.Variable(tf.zeros_like(variable)) for variable, _ in self._learnt]
        self._squares = [tf.Variable(tf.zeros_like(variable)) for variable, _ in self._learnt]
        batch = {
            "ids": tf.TensorSpec((None, None), tf.int32),
            "mask": tf.TensorSpec((None, None)),
            "words": tf.TensorSpec((None, None), tf.int32),
            "tags": tf.TensorSpec((None, None), tf.int32),
            "there": tf.TensorSpec((None, None)),
            "marks": tf.TensorSpec((None, None, width)),
            "intents": tf.TensorSpec((None,), tf.int32),
        }
        self._step = tf.function(
            self._better, input_signature=[batch, tf.TensorSpec(()), tf.TensorSpec(()), tf.TensorSpec((), tf.int32)]
        )

    def step(self, batch: Mapping[str, np.ndarray], rate: float, number: int) -> float:
        """Learn from one batch; returns its loss."""
        seed = self._recipe.seed * 1_000_000 + number
        return float(self._step(dict(batch), np.float32(rate), np.float32(number), np.int32(seed)))

    def weights(self) -> tuple[list[dict[str, np.ndarray]], dict[str, np.ndarray]]:
        """The layers and the heads as arrays."""
        layers = [{name: np.asarray(value) for name, value in layer.items()} for layer in self._layers]
        return layers, {name: value.numpy() for name, value in self._heads.items()}

    def _better(self, batch: dict[str, Any], rate: Any, number: Any, seed: Any) -> Any:
        tf = self._tf
        with tf.GradientTape() as tape:
            loss = self._loss(batch, seed)
        gradients = tape.gradient(loss, [variable for variable, _ in self._learnt])
        gradients, _ = tf.clip_by_global_norm(gradients, self._recipe.longest_gradient)
        fading, fading_squares = 0.9, 0.98
        for (variable, share), gradient, mean, square in zip(self._learnt, gradients, self._means, self._squares):
            # One pass over the weights where plain arithmetic takes ten, and then more time than the network itself.
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=mean.handle,
                v=square.handle,
                beta1_power=fading**number,
                beta2_power=fading_squares**number,
                lr=rate * share,
                beta1=fading,
                beta2=fading_squares,
                epsilon=1e-6,
                grad=gradient,
            )
        return loss

    def _loss(self, batch: dict[str, Any], seed: Any) -> Any:
        tf, recipe, heads = self._tf, self._recipe, self._heads
        states = self._states(batch, seed)
        share = tf.cast(batch["words"][:, None, :] == tf.range(tf.shape(batch["tags"])[1])[None, :, None], tf.float32)
        share /= tf.maximum(tf.reduce_sum(share, -1, keepdims=True), 1)
        marks = batch["marks"]
        edge = tf.zeros_like(marks[:, :1])
        words = self._dropped(tf.matmul(share, states), recipe.drop_heads, seed, 51)
        seen = tf.concat([words, marks, tf.concat([edge, marks[:, :-1]], 1), tf.concat([marks[:, 1:], edge], 1)], -1)
        hidden = tf.nn.gelu(tf.matmul(seen, heads["hidden_w"]) + heads["hidden_b"])
        scores = tf.matmul(self._dropped(hidden, recipe.drop_heads, seed, 52), heads["tags_w"]) + heads["tags_b"]
        mask = batch["mask"]
        message = tf.reduce_sum(states * mask[:, :, None], 1) / tf.reduce_sum(mask, 1, keepdims=True)
        margins = tf.matmul(self._dropped(message, recipe.drop_heads, seed, 53), heads["intents_w"]) + heads["intents_b"]
        count = margins.shape[1]
        wanted = tf.one_hot(batch["intents"], count) * (1 - recipe.smoothing) + recipe.smoothing / count
        intents = -tf.reduce_sum(wanted * tf.nn.log_softmax(margins), -1)
        return tf.reduce_mean(intents) + recipe.tags_share * tf.reduce_mean(
            self._surprise(scores, batch["tags"], batch["there"])
        )

    def _states(self, batch: dict[str, Any], seed: Any) -> Any:
        """States of the pieces after the last layer, (messages, pieces, 384)."""
        tf, recipe = self._tf, self._recipe
        ids = batch["ids"]
        count, length = tf.shape(ids)[0], tf.shape(ids)[1]
        known = self._known
        embedded = tf.reshape(tf.gather(known["word"], ids) + known["place"][:length], (-1, WIDTH))
        state = self._dropped(self._norm(embedded, known["scale"], known["shift"]), recipe.drop, seed, 0)
        hidden = (1 - batch["mask"])[:, None, None, :] * -1e9

        def parted(values: Any) -> Any:
            return tf.transpose(tf.reshape(values, (count, length, HEADS, WIDTH // HEADS)), (0, 2, 1, 3))

        for number, layer in enumerate(self._layers):
            query, key, value = (parted(self._times(state, layer["w" + x]) + layer["b" + x]) for x in "qkv")
            attention = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) / math.sqrt(WIDTH // HEADS) + hidden)
            seen = tf.reshape(tf.transpose(tf.matmul(attention, value), (0, 2, 1, 3)), (-1, WIDTH))
            drop = recipe.drop if number >= recipe.frozen_layers else 0.0
            out = self._dropped(self._times(seen, layer["wo"]) + layer["bo"], drop, seed, 2 * number + 1)
            state = self._norm(state + out, layer["g1"], layer["h1"])
            wide = tf.nn.gelu(self._times(state, layer["wi"]) + layer["bi"])
            out = self._dropped(self._times(wide, layer["wf"]) + layer["bf"], drop, seed, 2 * number + 2)
            state = self._norm(state + out, layer["g2"], layer["h2"])
        return tf.reshape(state, (count, length, WIDTH))

    def _surprise(self, scores: Any, tags: Any, there: Any) -> Any:
        """Minus the logarithm of the probability of the right chain of tags, (messages,)."""
        tf, heads = self._tf, self._heads
        count = scores.shape[2]
        right = tf.one_hot(tags, count)
        total = tf.reduce_sum(tf.reduce_sum(scores * right, -1) * there, 1) + tf.linalg.matvec(right[:, 0], heads["first"])
        steps = tf.reduce_sum(tf.matmul(right[:, :-1], heads["between"]) * right[:, 1:], -1)
        total += tf.reduce_sum(steps * there[:, 1:], 1)
        end = tf.cast(tf.reduce_sum(there, 1), tf.int32) - 1
        total += tf.linalg.matvec(tf.gather(right, end, batch_dims=1), heads["last"])
        between = tf.exp(heads["between"])
        by_word = tf.transpose(scores, (1, 0, 2))
        present = tf.transpose(there)

        def further(word: Any, sums: Any) -> Any:
            top = tf.reduce_max(sums, -1, keepdims=True)
            after = tf.math.log(tf.matmul(tf.exp(sums - top), between) + 1e-30) + top + by_word[word]
            return word + 1, tf.where(present[word][:, None] > 0, after, sums)

        first = (tf.constant(1), scores[:, 0] + heads["first"])
        shapes = (first[0].shape, tf.TensorShape((None, count)))
        _, sums = tf.while_loop(lambda word, _: word < tf.shape(by_word)[0], further, first, shape_invariants=shapes)
        return tf.reduce_logsumexp(sums + heads["last"], 1) - total

    def _times(self, values: Any, weights: Any) -> Any:
        tf = self._tf
        if not self._half:
            return tf.matmul(values, weights)
        return tf.cast(tf.matmul(tf.cast(values, tf.bfloat16), tf.cast(weights, tf.bfloat16)), tf.float32)

    def _norm(self, values: Any, scale: Any, shift: Any) -> Any:
        # Batch normalisation of the transposed values is layer normalisation, and TensorFlow's quickest way to it.
        tf = self._tf
        rows = tf.shape(values)[0]
        as_image = tf.reshape(values, (1, rows, WIDTH, 1))
        normed, *_ = tf.compat.v1.nn.fused_batch_norm(
            as_image, tf.ones(rows), tf.zeros(rows), epsilon=EPSILON * 1.001, data_format="NCHW"
        )
        return tf.reshape(normed, (rows, WIDTH)) * scale + shift

    def _dropped(self, values: Any, share: float, seed: Any, place: int) -> Any:
        tf = self._tf
        if not share:
            return values
        return tf.nn.experimental.stateless_dropout(values, share, seed=tf.stack([seed, place]), rng_alg="philox")
