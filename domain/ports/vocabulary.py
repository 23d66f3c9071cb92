"""What people set right of what was heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Misheard:
    """``heard`` was set right to ``meant``, ``times`` times. Both are lower-case words without figures."""

    heard: str
    meant: str
    times: int


class Vocabulary(Protocol):
    def learn(self, heard: str, meant: str, *, now: datetime) -> None:
        """Counts it once more. What else ``heard`` was set right to before stays, with its own count."""
        ...

    def all(self) -> list[Misheard]:
        """Those set right most often first."""
        ...
