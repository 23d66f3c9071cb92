"""Which readings are believed. A wrong code is worse than none: nobody sees by its look that it is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.media.barcode.sighting import DATABAR, MATRIX, RETAIL, Decoder, Quad, Sighting
from domain.udi.check_digits import gs1_is_valid
from domain.udi.symbol import Symbology

AS_IT_IS: Final = "as it is"
"""The treatment of the quick stage."""

_SHORT_CODE_39: Final = 6
_SHORT_CODE_128: Final = 4


@dataclass(slots=True)
class Place:
    """All readings of one text at one place of the picture."""

    sightings: list[Sighting] = field(default_factory=list)

    @property
    def symbology(self) -> Symbology:
        return self.sightings[0].symbology

    @property
    def text(self) -> str:
        return self.sightings[0].text

    @property
    def opinions(self) -> int:
        """Readings that count as independent: by another decoder, or of pixels treated otherwise."""
        return len({(one.decoder, one.treatment) for one in self.sightings})

    @property
    def decoders(self) -> int:
        return len({one.decoder for one in self.sightings})

    @property
    def plain(self) -> bool:
        """Was it ever read without averaging along the bars?"""
        return any(not one.averaged for one in self.sightings)

    @property
    def best(self) -> Sighting:
        """zxing-cpp's reading where there is one: it alone tells the identifier and true corners."""
        ranks = {Decoder.ZXING: 0, Decoder.FITTED: 1, Decoder.ZBAR: 2}
        return min(self.sightings, key=lambda one: ranks[one.decoder])

    @property
    def believed(self) -> bool:
        if not well_formed(self):
            return False
        if self.symbology in RETAIL:
            # Blur turns 7 into 1, and one check digit lets a tenth of such slips pass.
            return self.decoders >= 2 or self.opinions >= 3
        return self.opinions >= opinions_needed(self)


def well_formed(place: Place) -> bool:
    """What no agreement can make good."""
    text = place.text
    match place.symbology:
        case Symbology.ITF:
            return len(text) == 14 and gs1_is_valid(text)
        case Symbology.UPC_E:
            return len(text) == 8
        case Symbology.CODE_128:
            return len(text) >= 2
        case Symbology.CODABAR:
            return len(text) >= 6
        case Symbology.CODE_39 | Symbology.CODE_93:
            return len(text) >= 3
        case symbology if symbology in RETAIL:
            return gs1_is_valid(text)
        case _:
            return bool(text)


def opinions_needed(place: Place) -> int:
    """How many independent readings make this text believed."""
    symbology = place.symbology
    if symbology in MATRIX:
        return 1  # Reed-Solomon codes correct and detect their own errors
    if symbology is Symbology.CODABAR:
        return 3  # no check digit at all
    if symbology is Symbology.UPC_E or symbology in DATABAR:
        return 2
    if symbology is Symbology.CODE_39 and len(place.text) < _SHORT_CODE_39:
        return 2
    if symbology is Symbology.CODE_128 and len(place.text) < _SHORT_CODE_128:
        return 2
    if not place.plain and (symbology is not Symbology.CODE_128 or place.decoders == 1):
        return 2
    return 1


def placed(sightings: Sequence[Sighting]) -> list[Place]:
    """Readings of the same text at the same place put together; two boxes with the same code stay two places."""
    places: list[Place] = []
    for one in sightings:
        for place in places:
            if (one.symbology, one.text) == (place.symbology, place.text) and any(
                overlap(one.quad, other.quad) for other in place.sightings
            ):
                place.sightings.append(one)
                break
        else:
            places.append(Place([one]))
    return places


def accepted(sightings: Sequence[Sighting]) -> list[Sighting]:
    """One reading a symbol, in reading order. Where two texts claim the same place the one with more opinions stays, or neither."""
    every = [place for place in placed(sightings) if well_formed(place)]
    chosen = [
        place.best
        for place in every
        if place.believed
        and all(
            _beats(place, rival)
            for rival in every
            if rival is not place and overlap(place.best.quad, rival.best.quad)
        )
    ]
    return sorted(
        chosen, key=lambda one: (round(float(one.quad[:, 1].mean()) / 40), float(one.quad[:, 0].mean()))
    )


def _beats(place: Place, rival: Place) -> bool:
    """Is it surely this text and not the rival's? A rival of whom nobody else knows counts little, but it counts."""
    if _weight(place) <= _weight(rival):
        return False
    return place.symbology in MATRIX or place.decoders > rival.decoders or place.opinions > 2 * rival.opinions


def _weight(place: Place) -> tuple[bool, int, int]:
    return place.symbology in MATRIX, place.decoders, place.opinions


def overlap(one: Quad, other: Quad) -> bool:
    """Do two quads claim the same place? zbar's are often a thin line through the bars, so centres are asked, not areas."""
    return _holds(one, other.mean(axis=0)) or _holds(other, one.mean(axis=0))


def _holds(quad: Quad, point: Quad) -> bool:
    low, high = quad.min(axis=0), quad.max(axis=0)
    slack = 0.08 * max(float((high - low).max()), 12.0)
    inside = (point >= low - slack) & (point <= high + slack)
    return bool(inside.all())
