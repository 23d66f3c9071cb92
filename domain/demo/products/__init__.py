"""The product lines a hospital of this size keeps, as reviewed text: one line a product line, one file a field.

Columns: group | family | brand | manufacturer | sizes | packs | price | kept | use | flags | synonyms.
``group`` names products that may stand in for each other in the same size. ``sizes`` part by ``;``, each with the maker's
catalogue number after ``#`` where it is well known. ``packs`` begin with the base unit. ``price`` is in dollars for one base unit.
``kept`` are codes of ``domain.demo.plan``. ``use`` runs from 1 (a few a year) to 5 (daily). ``flags``:
s sterile, f latex free, L contains latex, S serial numbers, N no lots, C consigned, $ charged to patients, ! life-saving,
+ essential, r refrigerated, z frozen, k locked, W more in winter, U more in summer, mNN shelf life in months.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from domain.model.item import Pack

FIELDS = (
    "protection",
    "vascular",
    "airway",
    "drains_wound",
    "suture_or",
    "procedures",
    "ortho_general",
)


@dataclass(frozen=True, slots=True)
class Size:
    """One size of a line: its label, and the maker's catalogue number where it is well known."""

    label: str
    catalogue_number: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A product line: products that differ by size only. ``price`` is in dollars for one base unit."""

    field: str
    group: str
    family: str
    brand: str
    manufacturer: str
    sizes: tuple[Size, ...]
    packs: tuple[Pack, ...]
    price: Decimal
    kept: tuple[str, ...]
    use: int
    flags: str
    synonyms: tuple[str, ...]

    @property
    def base_unit(self) -> str:
        return self.packs[0].unit

    @property
    def shelf_months(self) -> int | None:
        found = re.search(r"m(\d+)", self.flags)
        return int(found[1]) if found else None

    def has(self, flag: str) -> bool:
        return flag in re.sub(r"m\d+", "", self.flags)


def _line(field: str, text: str) -> Line:
    group, family, brand, maker, sizes, packs, price, kept, use, flags, synonyms = text.split("|")
    return Line(
        field=field,
        group=group,
        family=family,
        brand="" if brand == "-" else brand,
        manufacturer=maker,
        sizes=tuple(
            Size(*part.strip().split("#", 1)) if part.strip()[:1] != "#" else Size(part.strip())
            for part in sizes.split(";")
        ),
        packs=tuple(_pack(part) for part in packs.split(";")),
        price=Decimal(price),
        kept=tuple(kept.split()),
        use=int(use),
        flags=flags,
        synonyms=tuple(part.strip() for part in synonyms.split(",") if part.strip()),
    )


def _pack(text: str) -> Pack:
    unit, _, quantity = text.strip().partition(" ")
    return Pack(unit, int(quantity or 1))


@cache
def lines() -> tuple[Line, ...]:
    """Every product line, in the order of the files: the order is part of the seed."""
    here = Path(__file__).parent
    return tuple(
        _line(field, text)
        for field in FIELDS
        for text in (here / f"{field}.txt").read_text(encoding="utf-8").splitlines()
        if text and not text.startswith("#")
    )
