"""What an engine made of a clip."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to hear a stretch of speech. ``score`` is the mean logarithm of its words' chances: 0 is certain, below -1 a guess."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """``windows`` are stretches of speech in their order, each with its hypotheses, best first; empty where nobody spoke.

    ``seconds`` is the clip's length, ``spoken`` how much of it is speech; ``ms`` the time that hearing took. ``language`` is the one
    that was heard as ISO 639-1, "" where the engine knows only its own.
    """

    windows: tuple[tuple[Hypothesis, ...], ...]
    seconds: float
    spoken: float
    ms: float
    language: str = ""

    @property
    def text(self) -> str:
        """The engine's own choice."""
        return " ".join(window[0].text for window in self.windows if window)
