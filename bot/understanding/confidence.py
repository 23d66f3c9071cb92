"""Every threshold of understanding, in one place. The chances are calibrated: 0.5 is a coin."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a message may mean; ``confidence`` is the calibrated chance, 0..1, that it does."""

    intent: str
    confidence: float


BELIEVED = 0.60
"""From here on the language model's intent stands, whatever the words seem to show."""

DOUBTED = 0.35
"""Below this an intent is not used at all unless the words show the same."""

ACTED_ON = 0.80
"""An action below this is asked about, never taken for granted, whatever the thread remembers."""

LIKELIER_THAN_NOT = 0.50
"""In a thread, words that lean on its question ("just the gloves") go on with it where an action is less likely than this. They
ask; nothing is done."""

ACTION_LEADS_BY = 0.65
"""An action stands only where it leads every question by so much: 0.82 against 0.17 does, 0.80 against 0.18 does not."""

ASKED_BELOW = 0.65
"""A question surer than this is answered. Of an unseen writer's messages below it that are asked about, the likelier reading is
right in about half, one of the two in 86%: docs/dialogue.md."""

TOGETHER = 0.65
"""Two readings of which neither is sure are asked about where together they are at least so likely; else both are doubtful."""

APART_AT_MOST = 0.50
"""Of two readings further apart than this the likelier stands: asking would mostly offer what is meant anyway."""

EXACTLY_NAMED = 0.95
"""A place that no label shows is believed only where its very name or alias stands there, not one that sounds like it."""

FITS_AS_WELL = 0.5
"""A hit with at least this share of the best hit's score fits as well as it."""

ANSWERED_TOGETHER = 4
"""So many equally fitting items are answered at once."""

SHOWN_IN_PART = 12
"""Of up to so many the first few are answered, with buttons for the others; more are asked about. A size of glove comes in six
brands, and whoever asks needs one pair."""

BUTTONS = 5
"""Options that a question offers before "show all"."""

HITS = 300
"""How many equally fitting items a question may be about; beyond that it names a whole category."""
