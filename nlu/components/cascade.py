"""The linear view of a message: tagger and classifier over counted features, each of which helps the other.

    words -> draft tags -> readings -> intent -> final tags

The draft tagger knows nothing of the intent. The classifier reads the message with the draft's spans replaced by their
labels. The final tagger is told the intent, which settles what "case", "ICU" or "ten" is, and which way stock goes. In
training the drafts and the intents that the later steps are shown are made by models that never saw the message
(cross-fitting in `FOLDS` parts): shown its own training answers, a later step would trust the earlier one too much.
The final tagger learns from a variant of each message too (`components.augment`); at work it is told what both views
together take for the intent (`components.views`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from components.augment import Augmenter
from components.intents import IntentModel, Viewed
from components.spans import Example, SpanModel
from components.words import Word

FOLDS = 4
SEED = 11


@dataclass(frozen=True)
class Cascade:
    """The three fitted steps."""

    draft: SpanModel
    intents: IntentModel
    final: SpanModel

    @classmethod
    def train(cls, examples: Sequence[Example], *, say: Callable[[str], None] = lambda _: None) -> Cascade:
        """Fit all steps; `say` is told what is going on, a line a step."""
        parts = _parts([example.intent for example in examples])
        words = [example.words for example in examples]
        truth = [example.intent for example in examples]

        drafts: list[list[str]] = [[] for _ in examples]
        for number, (rest, kept) in enumerate(parts, start=1):
            say(f"draft tagger, part {number} of {FOLDS}")
            model = SpanModel.train([examples[i] for i in rest], roles=False, rounds=60)
            for i in kept:
                drafts[i] = model.tag(words[i])
        say("draft tagger")
        draft = SpanModel.train(examples, roles=False, rounds=60)

        say("sentence vectors")
        views = [Viewed.of(w, tags) for w, tags in zip(words, drafts)]
        intents = IntentModel.train(views, truth)
        margins = np.zeros((len(examples), len(intents.labels)), dtype=np.float32)
        for number, (rest, kept) in enumerate(parts, start=1):
            say(f"intents, part {number} of {FOLDS}")
            part = IntentModel.train([views[i] for i in rest], [truth[i] for i in rest])
            columns = [intents.labels.index(label) for label in part.labels]
            for i in kept:
                margins[i, columns] = part.margins(views[i])
        intents = intents.calibrated(margins, truth)

        say("final tagger")
        guessed = [intents.labels[best] for best in margins.argmax(axis=1)]
        augment, chance = Augmenter(examples), np.random.RandomState(SEED)
        variants = [augment(example, chance) for example in examples]
        final = SpanModel.train([*examples, *variants], intents=[*guessed, *guessed], roles=True)
        return cls(draft, intents, final)

    def confidences(self, words: Sequence[Word]) -> np.ndarray:
        """Probabilities of the intents, by ``self.intents.labels``."""
        return self.intents.confidences(Viewed.of(words, self.draft.tag(words)))

    def tag_probabilities(self, words: Sequence[Word], intent: str) -> np.ndarray:
        """Probability of each tag at each word, (words, tags), by ``self.final.tags``, if this is the intent."""
        return self.final.probabilities(words, intent=intent)


def _parts(intents: Sequence[str]) -> list[tuple[list[int], list[int]]]:
    """`FOLDS` pairs (the rest, the kept-out part), each part with its share of every intent; the same every time."""
    shuffled = np.random.RandomState(SEED).permutation(len(intents))
    place = np.zeros(len(intents), dtype=int)
    seen: dict[str, int] = {}
    for index in shuffled:
        seen[intents[index]] = seen.get(intents[index], -1) + 1
        place[index] = seen[intents[index]] % FOLDS
    everything = range(len(intents))
    return [([i for i in everything if place[i] != part], [i for i in everything if place[i] == part]) for part in range(FOLDS)]
