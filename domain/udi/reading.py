"""What the codes on labels say, as one typed result with every doubt said.

Facts: GS1 General Specifications; ANSI/HIBC 2.6; ISBT 128 Standard Technical Specification. Nothing here is guessed: where a code
has two readings both are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.model.ids import FacilityId, PlaceId


class Agency(StrEnum):
    """Whose numbering a code follows; the values are what ``parley scan`` prints."""

    GS1 = "GS1"
    HIBC = "HIBCC"
    ISBT = "ICCBBA"
    OWN = "own"  # the hospital's own item labels
    NONE = ""  # a plain number nobody issued as a UDI


class Doubt(StrEnum):
    """What a reader of the code must know before it is believed."""

    UNTERMINATED = "an element may have swallowed the next one"  # two readings in ``alternatives``
    NO_DI = "no device identifier: it belongs to another code of the label"
    CHECK_DIGIT = "the check digit is wrong"
    PLAIN_SYMBOL = "GS1 data in a symbol that does not say so"
    TWICE = "an element stands twice with different values"
    DAY_UNKNOWN = "the date has no day: the last of its month is taken"
    NOT_A_DATE = "a date that is in no calendar"
    UNKNOWN_ELEMENT = "an element that is in no table"
    PLAIN_GTIN = "a bare product number: no lot, no expiry"
    TOO_LONG = "an element is longer than it may be"
    NOT_ALLOWED = "an element holds what the standard does not let stand there"


@dataclass(frozen=True, slots=True)
class Udi:
    """One code, or the codes of one label put together.

    ``di`` is the device identifier in its agency's own normal form: a GTIN as 14 digits; HIBC ``+`` and primary data without its
    check character; ISBT 128 product code. ``gtin`` is ``di`` where the agency is GS1, else "". ``quantity`` is what the code itself
    says it holds (GS1 AI 30 / 37, HIBC /Q or $$8, $$9), None where it says nothing. ``elements`` are all elements in their order,
    (AI or structure's name, value). ``link`` is HIBC's link character of a secondary that waits for its primary; ``check`` a
    primary's own. ``alternatives`` are the other readings of an ambiguous code; then neither is to be chosen without a person.
    """

    agency: Agency
    di: str = ""
    gtin: str = ""
    lot: str = ""
    serial: str = ""
    expiry: date | None = None
    made: date | None = None
    quantity: int | None = None
    sscc: str = ""
    elements: tuple[tuple[str, str], ...] = ()
    link: str = ""
    check: str = ""
    doubts: tuple[Doubt, ...] = ()
    alternatives: tuple[Udi, ...] = ()

    @property
    def ambiguous(self) -> bool:
        return bool(self.alternatives)


@dataclass(frozen=True, slots=True)
class PlaceCode:
    """A shelf, bin or room label that Parley printed."""

    facility_id: FacilityId
    place_id: PlaceId


@dataclass(frozen=True, slots=True)
class LabelRead:
    """One label of a picture: what its symbols say together. ``symbols`` are their positions in what was read; ``copies`` counts
    labels of the same DI, lot, serial and expiry in the picture (two boxes of one lot are 2; the same symbol seen twice is 1).
    """

    udi: Udi
    symbols: tuple[int, ...]
    copies: int = 1


@dataclass(frozen=True, slots=True)
class PictureRead:
    """What a picture's symbols come to. ``problems`` are sentences about codes that were seen and say nothing Parley knows."""

    labels: tuple[LabelRead, ...] = ()
    places: tuple[PlaceCode, ...] = ()
    problems: tuple[str, ...] = ()
