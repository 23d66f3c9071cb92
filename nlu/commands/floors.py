"""The worst figures that a change of the language model may bring; the file says them, `commands.evaluate` holds them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Floors:
    """``at_least`` and ``at_most`` are shares between 0 and 1 by the names of `commands.scores.figures`."""

    at_least: Mapping[str, float]
    at_most: Mapping[str, float]

    @classmethod
    def read(cls, path: Path) -> Floors:
        """Read ``{"at_least": {name: share}, "at_most": {name: share}}``; raises OSError, ValueError or TypeError."""
        return cls(**json.loads(path.read_text("utf-8")))

    def broken(self, figures: Mapping[str, float]) -> list[str]:
        """A line for each figure that is worse than allowed; a figure that is not there is a KeyError, never a pass."""
        low = [(name, floor) for name, floor in self.at_least.items() if not figures[name] >= floor]
        high = [(name, top) for name, top in self.at_most.items() if not figures[name] <= top]
        return [
            *(f"{name} is {figures[name]:.4f}, which is below {floor}" for name, floor in low),
            *(f"{name} is {figures[name]:.4f}, which is above {top}" for name, top in high),
        ]
