"""Pars: how much of an item a place should hold."""

from __future__ import annotations

from dataclasses import dataclass

from domain.errors import Invalid
from domain.model.ids import ItemId, PlaceId


@dataclass(frozen=True, slots=True)
class Par:
    """Levels of one item at one place, in base units: 0 <= minimum <= reorder_point <= par <= maximum.

    At or below ``reorder_point`` stock is brought up to ``par``; below ``minimum`` somebody is called.
    """

    item_id: ItemId
    place_id: PlaceId
    minimum: int
    reorder_point: int
    par: int
    maximum: int

    def __post_init__(self) -> None:
        if not 0 <= self.minimum <= self.reorder_point <= self.par <= self.maximum:
            raise Invalid(
                "Par levels rise from minimum over reorder point and par to maximum, "
                f"not {self.minimum}, {self.reorder_point}, {self.par}, {self.maximum}."
            )
