"""Chains of tags against every chain there is."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np

from components.chain import IMPOSSIBLE, best_chain, grammar, marginals

TAGS = ("O", "B-item", "I-item", "B-size", "I-size")
CHANCE = np.random.RandomState(4)
SCORES = CHANCE.randn(4, len(TAGS))
BETWEEN = CHANCE.randn(len(TAGS), len(TAGS))
FIRST = CHANCE.randn(len(TAGS))
LAST = CHANCE.randn(len(TAGS))


def total(chain: tuple[int, ...], last: np.ndarray) -> float:
    steps = sum(BETWEEN[a, b] for a, b in pairwise(chain))
    return FIRST[chain[0]] + steps + last[chain[-1]] + sum(SCORES[word, tag] for word, tag in enumerate(chain))


CHAINS = list(product(range(len(TAGS)), repeat=len(SCORES)))


def test_the_best_chain_is_the_best_of_all() -> None:
    assert tuple(best_chain(SCORES, BETWEEN, FIRST)) == max(CHAINS, key=lambda chain: total(chain, np.zeros(len(TAGS))))


def test_marginals_are_the_sums_over_all_chains() -> None:
    weights = np.exp([total(chain, LAST) for chain in CHAINS])
    expected = np.zeros_like(SCORES)
    for chain, weight in zip(CHAINS, weights / weights.sum()):
        for word, tag in enumerate(chain):
            expected[word, tag] += weight
    np.testing.assert_allclose(marginals(SCORES, BETWEEN, FIRST, LAST), expected, atol=1e-9)


def test_no_span_begins_in_its_middle() -> None:
    between, first = grammar(TAGS)
    scores = np.zeros((3, len(TAGS)))
    scores[:, 2] = 5
    chain = best_chain(scores, between, first)
    assert [TAGS[tag] for tag in chain] == ["B-item", "I-item", "I-item"]
    assert first[TAGS.index("I-size")] == between[TAGS.index("B-item"), TAGS.index("I-size")] == IMPOSSIBLE
