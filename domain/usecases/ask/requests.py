"""What is asked, fully resolved: items and places are ids, windows are dates, nothing is left to guess.

``asker`` is who asks: it bounds what may be shown. ``today`` is the facility's calendar day.
``places`` empty means everywhere the asker's facility reaches; several are joined ("ICU or PACU").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.model.ids import ItemId, PlaceId, SupplierId
from domain.model.person import Person
from domain.model.spending import SpendFilter, SpendGroup
from domain.model.window import DateWindow


@dataclass(frozen=True, slots=True)
class FindItem:
    """Q1: where is it, which lot first, where is the nearest other."""

    asker: Person
    today: date
    items: tuple[ItemId, ...]
    places: tuple[PlaceId, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckStock:
    """Q2: on hand, available, par, days of supply."""

    asker: Person
    today: date
    items: tuple[ItemId, ...]
    places: tuple[PlaceId, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckExpiry:
    """Q3: what lapses in the window, what of it will be used in time, who could use the rest.

    Days of the window before today ask for what lapsed on them and still lies on a shelf.
    """

    asker: Person
    today: date
    window: DateWindow
    places: tuple[PlaceId, ...] = ()
    items: tuple[ItemId, ...] = ()


class Aspect(StrEnum):
    """What about the item is asked; ALL shows the whole card."""

    ALL = "all"
    LATEX = "latex"
    PACK = "pack"
    PRICE = "price"
    SUPPLIER = "supplier"
    IDENTIFIERS = "identifiers"
    OWNERSHIP = "ownership"
    STORAGE = "storage"
    SIZES = "sizes"


@dataclass(frozen=True, slots=True)
class DescribeItem:
    """Q4: description, sizes, packs, price, supplier, identifiers, consigned or owned."""

    asker: Person
    today: date
    items: tuple[ItemId, ...]
    aspects: tuple[Aspect, ...] = (Aspect.ALL,)


@dataclass(frozen=True, slots=True)
class TraceLot:
    """Q5: every place that holds a lot or serial, and every use of it."""

    asker: Person
    today: date
    number: str
    items: tuple[ItemId, ...] = ()
    places: tuple[PlaceId, ...] = ()


class UsageGroup(StrEnum):
    """What a usage figure may be split by."""

    NONE = "none"
    UNIT = "unit"
    ITEM = "item"
    PROVIDER = "provider"
    PROCEDURE = "procedure"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class ReportUsage:
    """Q6: how much was used, the trend, a plot. No ``items`` means all of them, split by item where nothing else is asked."""

    asker: Person
    today: date
    items: tuple[ItemId, ...]
    window: DateWindow
    places: tuple[PlaceId, ...] = ()
    group_by: UsageGroup = UsageGroup.NONE


@dataclass(frozen=True, slots=True)
class BelowPar:
    """Q8: what is low, and how much to bring."""

    asker: Person
    today: date
    places: tuple[PlaceId, ...] = ()
    items: tuple[ItemId, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportSpend:
    """Q7: what was spent, split by ``group_by``; ``waste`` asks for what was wasted alone. No ``items`` means all of them."""

    asker: Person
    today: date
    window: DateWindow
    group_by: SpendGroup
    items: tuple[ItemId, ...] = ()
    places: tuple[PlaceId, ...] = ()
    only: SpendFilter = field(default=SpendFilter())
    waste: bool = False


@dataclass(frozen=True, slots=True)
class FollowOrders:
    """Q9: what is on order or asked for, and when it comes. ``number`` is one order's ("PO-10482"); ``late`` asks for those alone."""

    asker: Person
    today: date
    items: tuple[ItemId, ...] = ()
    places: tuple[PlaceId, ...] = ()
    suppliers: tuple[SupplierId, ...] = ()
    number: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class SlowStock:
    """Q10: what hardly moved in the window, which is looked at up to today."""

    asker: Person
    today: date
    window: DateWindow
    places: tuple[PlaceId, ...] = ()
    items: tuple[ItemId, ...] = ()


AskRequest = (
    FindItem
    | CheckStock
    | CheckExpiry
    | DescribeItem
    | TraceLot
    | ReportUsage
    | BelowPar
    | ReportSpend
    | FollowOrders
    | SlowStock
)
