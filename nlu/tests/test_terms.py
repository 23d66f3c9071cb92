"""Our tf-idf against scikit-learn's."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from components.terms import TermWeights

TEXTS = ["used 0 entitem", "where is entitem ?", "where is the entlocation", "send entitem to entlocation", "used used used"]


def test_weights_equal_those_of_scikit_learn() -> None:
    words = TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True, token_pattern=r"\w+|[^\s\w]")
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    expected = np.hstack([words.fit_transform(TEXTS).toarray(), characters.fit_transform(TEXTS).toarray()])
    weights = TermWeights.fit(TEXTS)
    ours = weights.matrix(TEXTS).toarray()
    names = ["w" + name for name in words.get_feature_names_out()]
    names += ["c" + name for name in characters.get_feature_names_out()]
    order = [weights.names.index(name) for name in names]
    assert sorted(weights.names) == sorted(names)
    np.testing.assert_allclose(ours[:, order], expected, atol=1e-6)


def test_a_text_without_known_terms_weighs_nothing() -> None:
    columns, values = TermWeights.fit(TEXTS).weigh("手套")
    assert len(columns) == len(values) == 0
