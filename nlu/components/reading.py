"""What is made of a message: by one of the two views, and in the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.spans import Span

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Reading:
    """One view of a message: probabilities of the intents, (intents,), and of the tags of each word, (words, tags)."""

    intents: np.ndarray
    tags: np.ndarray


@dataclass(frozen=True)
class Understood:
    """What a message means: intents from the most to the least likely with their probabilities, and its spans."""

    ranking: tuple[tuple[str, float], ...]
    spans: tuple[Span, ...]
