"""What people set right of what was heard, and who wants to hear answers."""

from __future__ import annotations

from collections.abc import Collection
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


class ReadAloud(Protocol):
    """People and channels, by their Slack ids, that want answers to clips spoken too."""

    def put(self, reader: str, *, wanted: bool, now: datetime) -> None: ...

    def wanted(self, readers: Collection[str]) -> bool:
        """Does any of them want it?"""
        ...
