"""Chains of tags: the most likely one, and how likely each tag is at each word (Rabiner 1989, "A tutorial on hidden Markov
models"). All scores are natural logarithms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from components.spans import OUTSIDE

IMPOSSIBLE = -1e9


def grammar(tags: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Scores that forbid what BIO forbids: ``between[a, b]`` of b after a, and ``first[a]`` of a at the beginning."""
    between = np.zeros((len(tags), len(tags)))
    first = np.zeros(len(tags))
    for column, tag in enumerate(tags):
        if tag.startswith("I-"):
            first[column] = IMPOSSIBLE
            for row, before in enumerate(tags):
                if before == OUTSIDE or before[2:] != tag[2:]:
                    between[row, column] = IMPOSSIBLE
    return between, first


def best_chain(scores: np.ndarray, between: np.ndarray, first: np.ndarray) -> list[int]:
    """The chain with the highest sum of ``scores`` (words, tags), of its steps and of its beginning (Viterbi 1967)."""
    total = scores[0] + first
    came: list[np.ndarray] = []
    for row in scores[1:]:
        steps = total[:, None] + between
        best = steps.argmax(axis=0)
        came.append(best)
        total = steps[best, np.arange(len(best))] + row
    chain = [int(total.argmax())]
    for best in reversed(came):
        chain.append(int(best[chain[-1]]))
    return chain[::-1]


def marginals(scores: np.ndarray, between: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Probability of each tag at each word, (words, tags), over all chains."""
    count = len(scores)
    forward = np.empty_like(scores)
    backward = np.empty_like(scores)
    forward[0] = scores[0] + first
    backward[-1] = last
    steps = np.exp(between)
    for index in range(1, count):
        top = forward[index - 1].max()
        forward[index] = np.log(np.exp(forward[index - 1] - top) @ steps + 1e-30) + top + scores[index]
    for index in range(count - 2, -1, -1):
        ahead = backward[index + 1] + scores[index + 1]
        top = ahead.max()
        backward[index] = np.log(steps @ np.exp(ahead - top) + 1e-30) + top
    both = forward + backward
    both = np.exp(both - both.max(axis=1, keepdims=True))
    return both / both.sum(axis=1, keepdims=True)
