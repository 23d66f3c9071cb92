"""Items of the catalogue: what a thing is, how it is packed, who sells it, what may stand in for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.errors import InvalidIdentifier, InvalidQuantity
from domain.model.ids import ItemId, SupplierId


class AbcClass(StrEnum):
    """Share of yearly spend: A the few dear ones, C the many cheap ones."""

    A = "A"
    B = "B"
    C = "C"


class Criticality(StrEnum):
    """What happens to a patient when there is none."""

    LIFE_SAVING = "life-saving"
    ESSENTIAL = "essential"
    ROUTINE = "routine"


class Latex(StrEnum):
    """What the maker declares about natural rubber latex."""

    FREE = "latex-free"
    CONTAINS = "contains latex"
    UNKNOWN = "not stated"


class Tracking(StrEnum):
    """What must be recorded of each piece received and used."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"


class Storage(StrEnum):
    """Where it may be kept."""

    ROOM = "room temperature"
    COOL = "refrigerated 2-8 C"
    FROZEN = "frozen"
    CONTROLLED = "locked"


class IdentifierKind(StrEnum):
    """Whose numbering an identifier belongs to."""

    GTIN = "gtin"
    HIBC = "hibc"
    ISBT = "isbt128"
    CATALOGUE = "catalogue"  # the maker's own reference number
    SUPPLIER = "supplier"  # the distributor's order number
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack level: ``box`` of 50 base units. The base unit itself is the pack of 1."""

    unit: str
    quantity: int

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise InvalidQuantity(f"A pack holds at least 1 base unit, not {self.quantity}.")


@dataclass(frozen=True, slots=True)
class Identifier:
    """A code on a label. The pack level belongs to the code, not to the item: a scanned box is a box.

    ``value`` is normalised: a GTIN has 14 digits; HIBC is ``+`` and the primary data without its check character.
    """

    kind: IdentifierKind
    value: str
    pack_unit: str

    def __post_init__(self) -> None:
        if not self.value or self.value != self.value.strip():
            raise InvalidIdentifier(f"An identifier is text without blanks around it, not {self.value!r}.")
        if self.kind is IdentifierKind.GTIN and not (len(self.value) == 14 and self.value.isdigit()):
            raise InvalidIdentifier(f"A GTIN is kept as 14 digits, not {self.value!r}.")


@dataclass(frozen=True, slots=True)
class Offer:
    """A supplier's offer of an item.

    ``price`` is for one ``pack_unit``; ``lead_days`` is what the supplier promises, in calendar days;
    ``minimum_packs`` is the smallest order.
    """

    supplier_id: SupplierId
    supplier_name: str
    order_number: str
    pack_unit: str
    price: Decimal
    lead_days: int
    minimum_packs: int = 1
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class Substitute:
    """An item that may stand in, best first (rank 1), with the clinical remark that goes with it."""

    item_id: ItemId
    rank: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that is stocked, in exactly one size.

    ``number`` is the hospital's own item number, unique and printed on shelf labels. ``family`` names the product
    line whose items differ by size only. ``size`` is the size as the label prints it (``7.5``, ``16 Fr``,
    ``5 mm x 20 cm``), empty where there is none. ``synonyms`` are the ward's own words for it.
    Quantities everywhere are integers in ``base_unit``. ``owner_consigned`` items belong to a consignor until used.
    """

    id: ItemId
    number: str
    name: str
    family: str
    size: str
    category: str
    brand: str
    manufacturer: str
    base_unit: str
    packs: tuple[Pack, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    offers: tuple[Offer, ...] = ()
    substitutes: tuple[Substitute, ...] = ()
    synonyms: tuple[str, ...] = ()
    abc: AbcClass = AbcClass.C
    criticality: Criticality = Criticality.ROUTINE
    latex: Latex = Latex.UNKNOWN
    storage: Storage = Storage.ROOM
    tracking: Tracking = Tracking.LOT
    sterile: bool = False
    consigned: bool = False
    chargeable: bool = False
    active: bool = True

    def pack(self, unit: str) -> Pack:
        """The pack level called ``unit``; the base unit is always one. Raises InvalidQuantity for any other."""
        if unit == self.base_unit:
            return Pack(self.base_unit, 1)
        for pack in self.packs:
            if pack.unit == unit:
                return pack
        known = ", ".join([self.base_unit, *(p.unit for p in self.packs)])
        raise InvalidQuantity(f"{self.name} comes by {known}, not by {unit}.")

    @property
    def best_offer(self) -> Offer | None:
        """The preferred supplier's offer, else the cheapest by base unit."""
        if not self.offers:
            return None
        preferred = [offer for offer in self.offers if offer.preferred]
        return min(
            preferred or self.offers, key=lambda offer: offer.price / self.pack(offer.pack_unit).quantity
        )


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who sells or consigns. ``consigns`` says that some of its goods lie here unpaid until used."""

    id: SupplierId
    name: str
    consigns: bool = False
