"""The stages, from the quick look to the patient one."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.media.barcode.readers import zbar, zxing
from bot.media.barcode.sighting import Sighting
from bot.media.barcode.trust import accepted
from bot.media.pictures import Gray


@dataclass(slots=True)
class Search:
    """What one picture's stages have found so far."""

    pixels: Gray
    sightings: list[Sighting] = field(default_factory=list)
    stage: str = ""
    late: bool = False
    seen_unread: bool = False

    @property
    def found(self) -> list[Sighting]:
        return accepted(self.sightings)


def search(pixels: Gray, *, budget: float) -> Search:
    """Reads what is there in about ``budget`` seconds."""
    state = Search(pixels)
    state.stage = "quick"
    state.sightings += zxing(pixels, treatment="as it is")
    if not state.found:
        state.sightings += zbar(pixels, treatment="as it is")
    return state
