"""Items out of product lines: names, numbers, identifiers, offers, substitutes; more than the lines give where asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from domain.demo.chance import pick
from domain.demo.products import Line, lines
from domain.demo.variants import variants
from domain.model.ids import ItemId, SupplierId
from domain.model.item import (
    AbcClass,
    Criticality,
    Identifier,
    IdentifierKind,
    Item,
    Latex,
    Offer,
    Storage,
    Substitute,
    Supplier,
    Tracking,
)
from domain.udi.check_digits import gs1_check_digit

BASE_ITEMS: Final = 1200
"""Items that one unit of scale stands for; the product lines themselves are never cut short."""

DEMONSTRATION_PREFIX: Final = "952"
"""GS1's own prefix for examples: valid in form, and no company's."""

DISTRIBUTORS: Final = ("Medline", "Cardinal Health", "McKesson", "Owens & Minor")
HIBC_MAKERS: Final = frozenset(
    {
        "Zimmer Biomet",
        "DePuy",
        "Synthes",
        "Globus",
        "Arthrex",
        "Utah Medical",
        "Neotech",
        "MTF",
        "DeRoyal",
        "Parker",
    }
)
CATEGORIES: Final = {
    "protection": "Protective wear",
    "vascular": "Vascular access and infusion",
    "airway": "Airway and monitoring",
    "drains_wound": "Drains and wound care",
    "suture_or": "Surgery",
    "procedures": "Procedures",
    "ortho_general": "General supplies",
}
GROUP_CATEGORIES: Final = {
    "med": "Medicines",
    "lab": "Laboratory",
    "fluid": "Fluids",
    "irrigation": "Fluids",
    "wrap": "Sterile processing",
    "peel": "Sterile processing",
    "spd": "Sterile processing",
    "fiberglass": "Casting and bracing",
    "splint": "Casting and bracing",
    "brace": "Casting and bracing",
    "crutch": "Casting and bracing",
    "linen": "Linen",
    "hemo": "Patient care",
}


@dataclass(frozen=True, slots=True)
class Product:
    """One item before it is dressed: which line, which size, whose brand. ``index`` counts from 0; the item's id is one more."""

    index: int
    line_index: int
    line: Line
    size: str
    size_index: int
    name: str
    family: str
    brand: str
    manufacturer: str
    catalogue_number: str
    variant: int
    reference: int

    @property
    def item_id(self) -> ItemId:
        return ItemId(self.index + 1)

    @property
    def price(self) -> Decimal:
        """List price of one base unit today, in dollars."""
        drift = (
            Decimal(pick("price", self.line_index, self.variant, below=30) - 12) / 100
            if self.variant
            else Decimal(0)
        )
        grown = self.line.price * (1 + drift + Decimal(self.size_index) / 100)
        return max(Decimal("0.01"), grown.quantize(Decimal("0.01")))


def titled(family: str, size: str) -> str:
    """ "Biogel surgical glove 7.5"; with a comma where the family has one of its own, and the size once only."""
    if not size or family.casefold().endswith(f", {size.casefold()}"):
        return family
    return f"{family}, {size}" if "," in family else f"{family} {size}"


def products(scale: float) -> list[Product]:
    """All products for a scale: every size of every line, then variants of them until ``BASE_ITEMS * scale`` is reached."""
    made: list[Product] = []
    names: set[str] = set()
    references: dict[str, int] = {}

    def add(
        line_index: int, line: Line, size_index: int, *, brand: str, maker: str, family: str, variant: int
    ) -> None:
        size = line.sizes[size_index]
        name = titled(family, size.label)
        if name.casefold() in names:
            return
        names.add(name.casefold())
        reference = references[maker] = references.get(maker, 0) + 1
        number = "" if variant else size.catalogue_number
        made.append(
            Product(
                len(made), line_index, line, size.label, size_index, name, family, brand, maker,
                number or _catalogue_number(maker, line_index, size_index, variant), variant, reference,
            )
        )  # fmt: skip

    for index, line in enumerate(lines()):
        for size_index in range(len(line.sizes)):
            add(index, line, size_index, brand=line.brand or line.manufacturer, maker=line.manufacturer,
                family=line.family, variant=0)  # fmt: skip
    wanted = round(BASE_ITEMS * scale)
    for number, house, configuration in variants():
        if len(made) >= wanted:
            break
        for index, line in enumerate(lines()):
            family = house.family(line, configuration)
            for size_index in range(len(line.sizes)):
                if len(made) < wanted:
                    add(
                        index,
                        line,
                        size_index,
                        brand=house.name,
                        maker=house.name,
                        family=family,
                        variant=number,
                    )
    return made


def _catalogue_number(maker: str, line_index: int, size_index: int, variant: int) -> str:
    """A maker's reference in one of the shapes that makers use; unique by its last digits."""
    serial = line_index * 40 + size_index
    letters = "".join(c for c in maker.upper() if c.isalpha())[:3]
    if variant:
        return f"{letters}{variant:03d}-{serial:05d}"
    shape = pick("shape", maker, below=4)
    if shape == 0:
        return f"{letters}{10000 + serial}"
    if shape == 1:
        return f"{letters[:2]}-{serial // 40 + 1000}-{size_index:02d}"
    if shape == 2:
        return f"{pick('series', maker, below=90) + 10}-{20000 + serial}"
    return f"{letters[:1]}{300000 + serial}"


def suppliers(made: list[Product]) -> list[Supplier]:
    """The distributors, then every maker that sells or consigns directly, in order of first appearance."""
    consigning = {p.manufacturer for p in made if p.line.has("C")}
    direct = dict.fromkeys(p.manufacturer for p in made if _direct(p) and p.manufacturer not in DISTRIBUTORS)
    names = [*DISTRIBUTORS, *direct]
    return [Supplier(SupplierId(n), name, name in consigning) for n, name in enumerate(names, start=1)]


def _direct(product: Product) -> bool:
    return product.line.has("C") or product.line.price >= 200


@lru_cache(maxsize=4096)
def _maker_number(maker: str) -> str:
    return f"{sum((n + 1) * ord(c) for n, c in enumerate(maker)) * 37 % 10000:04d}"


def maker_numbers(made: list[Product]) -> dict[str, str]:
    """Four digits a maker, unique: the company part of its GTINs behind the demonstration prefix."""
    numbers: dict[str, str] = {}
    taken: set[str] = set()
    for maker in dict.fromkeys(p.manufacturer for p in made):
        number = int(_maker_number(maker))
        while f"{number:04d}" in taken:
            number = (number + 1) % 10000
        taken.add(f"{number:04d}")
        numbers[maker] = f"{number:04d}"
    return numbers


class Catalogue:
    """Dresses products as items, one at a time: a hundred thousand whole items never lie in memory together."""

    def __init__(self, made: list[Product]) -> None:
        self.products = made
        self.suppliers = suppliers(made)
        self._supplier_ids = {supplier.name: supplier.id for supplier in self.suppliers}
        self._supplier_names = {supplier.id: supplier.name for supplier in self.suppliers}
        self._makers = maker_numbers(made)
        self._abc = [AbcClass.C] * len(made)
        self._groups: dict[tuple[str, str], list[Product]] = {}
        for product in made:
            members = self._groups.setdefault((product.line.group, product.size), [])
            if not product.variant or len(members) < 6:
                members.append(product)

    def classify(self, classes: list[AbcClass]) -> None:
        """Settles the ABC classes, which are known only when the pace of every product is."""
        self._abc = classes

    def __len__(self) -> int:
        return len(self.products)

    def __iter__(self) -> Iterator[Item]:
        return map(self.item, self.products)

    def supplier_of(self, product: Product) -> SupplierId:
        """Who delivers it: the maker where it sells directly, else the line's distributor."""
        if _direct(product):
            return self._supplier_ids[product.manufacturer]
        if product.manufacturer in DISTRIBUTORS:
            return self._supplier_ids[product.manufacturer]
        return self._supplier_ids[DISTRIBUTORS[pick("distributor", product.line_index, below=4)]]

    def lead_days(self, product: Product) -> int:
        """Calendar days that the preferred supplier promises."""
        base = 4 if product.line.has("C") else 6 if _direct(product) else 2
        return base + pick("lead", product.line_index, product.variant, below=9 if _direct(product) else 4)

    def item(self, product: Product) -> Item:
        line = product.line
        return Item(
            id=product.item_id,
            number=f"{100_001 + product.index}",
            name=product.name,
            family=product.family,
            size=product.size,
            category="Implants" if line.has("C") else "Sutures" if line.group.startswith("suture")
            else GROUP_CATEGORIES.get(line.group, CATEGORIES[line.field]),
            brand=product.brand,
            manufacturer=product.manufacturer,
            base_unit=line.base_unit,
            packs=line.packs[1:],
            identifiers=self._identifiers(product),
            offers=self._offers(product),
            substitutes=self._substitutes(product),
            synonyms=line.synonyms if not product.variant else line.synonyms[:2],
            abc=self._abc[product.index],
            criticality=Criticality.LIFE_SAVING if line.has("!") else Criticality.ESSENTIAL
            if line.has("+") else Criticality.ROUTINE,
            latex=Latex.FREE if line.has("f") else Latex.CONTAINS if line.has("L") else Latex.UNKNOWN,
            storage=Storage.FROZEN if line.has("z") else Storage.COOL if line.has("r") else Storage.CONTROLLED
            if line.has("k") else Storage.ROOM,
            tracking=tracking(line),
            sterile=line.has("s"),
            consigned=line.has("C"),
            chargeable=line.has("$"),
        )  # fmt: skip

    def _identifiers(self, product: Product) -> tuple[Identifier, ...]:
        codes = []
        for level, pack in enumerate(product.line.packs):
            if product.manufacturer in HIBC_MAKERS:
                part = "".join(c for c in product.catalogue_number.upper() if c.isascii() and c.isalnum())
                labeler = f"{product.manufacturer[0].upper()}{self._makers[product.manufacturer][1:]}"
                codes.append(Identifier(IdentifierKind.HIBC, f"+{labeler}{part[:18]}{level}", pack.unit))
            else:
                maker = self._makers[product.manufacturer]
                body = f"{level}{DEMONSTRATION_PREFIX}{maker}{product.reference:05d}"
                codes.append(Identifier(IdentifierKind.GTIN, body + gs1_check_digit(body), pack.unit))
        codes.append(Identifier(IdentifierKind.CATALOGUE, product.catalogue_number, product.line.base_unit))
        return tuple(codes)

    def _offers(self, product: Product) -> tuple[Offer, ...]:
        line = product.line
        pack = line.packs[min(1, len(line.packs) - 1)]
        first = self.supplier_of(product)
        lead = self.lead_days(product)
        each = product.price * pack.quantity
        minimum = 1 + (pick("minimum", product.line_index, below=5) == 0 and not line.has("C"))
        offers = [self._offer(product, first, pack.unit, each, lead, minimum, preferred=True)]
        if not _direct(product) and pick("second", product.line_index, product.variant, below=10) < 4:
            rest = [name for name in DISTRIBUTORS if self._supplier_ids[name] != first]
            other = self._supplier_ids[rest[pick("other", product.line_index, below=len(rest))]]
            dearer = Decimal(103 + pick("dearer", product.index, below=8)) / 100
            offers.append(self._offer(product, other, pack.unit, each * dearer, lead + 2, 1, preferred=False))
        return tuple(offers)

    def _offer(
        self, product: Product, supplier_id: SupplierId, unit: str, price: Decimal, lead: int, minimum: int, *, preferred: bool
    ) -> Offer:  # fmt: skip
        name = self._supplier_names[supplier_id]
        order = (
            product.catalogue_number
            if name == product.manufacturer
            else f"{name[:2].upper()}{500_000 + product.index}"
        )
        price = max(Decimal("0.01"), price.quantize(Decimal("0.01")))
        return Offer(supplier_id, name, order, unit, price, lead, minimum, preferred)

    def _substitutes(self, product: Product) -> tuple[Substitute, ...]:
        others = [p for p in self._groups[product.line.group, product.size] if p.index != product.index]
        same = [p for p in others if p.line.base_unit == product.line.base_unit]
        # The price says most about how alike two products of a group are.
        same.sort(key=lambda p: (abs(p.price - product.price), p.index))
        return tuple(
            Substitute(p.item_id, rank, _remark(product, p)) for rank, p in enumerate(same[:4], start=1)
        )


def _remark(product: Product, other: Product) -> str:
    if product.line.has("f") and other.line.has("L"):
        return "contains latex"
    if product.manufacturer != other.manufacturer:
        return f"same size from {other.manufacturer}"
    return "same size, other version"


def tracking(line: Line) -> Tracking:
    if line.has("S"):
        return Tracking.SERIAL
    return Tracking.NONE if line.has("N") else Tracking.LOT
