"""What is answered: typed values that a view renders and ``parley ask --json`` prints; no text for people is made here.

Quantities are integers in the item's base unit; money is Decimal in ``currency``; days are the facility's calendar days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.model.ids import ItemId, LotId, PlaceId
from domain.model.item import Item
from domain.model.spending import SpendGroup
from domain.model.window import DateWindow
from domain.planning.stock_health import Pace
from domain.usecases.ask.requests import Aspect, UsageGroup


@dataclass(frozen=True, slots=True)
class ItemRef:
    id: ItemId
    number: str
    name: str
    size: str
    base_unit: str


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """``path`` leads from the unit down ("ICU › Supply room › Shelf B2"); ``facility`` is the facility's name."""

    id: PlaceId
    name: str
    path: str
    unit: str
    facility: str


@dataclass(frozen=True, slots=True)
class LotRef:
    """``quantity`` is what is on hand of the lot at the place in question."""

    id: LotId
    number: str
    serial: str
    expires_on: date | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Spot:
    """One place that holds the item. on_hand includes expired and held, not what is in transit; below zero a count is due.

    ``first_lot`` is the one to take first; None where nothing may be taken or no lots are kept.

    ``metres`` is the way from the place asked about (or the asker's unit); None where neither is known.
    """

    place: PlaceRef
    on_hand: int
    available: int
    first_lot: LotRef | None
    metres: float | None
    expired: int = 0
    held: int = 0  # quarantined or recalled


@dataclass(frozen=True, slots=True)
class ItemWhereabouts:
    """``spots`` are inside the places asked for, best first; ``elsewhere`` the nearest others that have some to take."""

    item: ItemRef
    spots: tuple[Spot, ...]
    elsewhere: tuple[Spot, ...]
    on_hand: int
    available: int


@dataclass(frozen=True, slots=True)
class FindItemAnswer:
    asked: tuple[PlaceRef, ...]
    items: tuple[ItemWhereabouts, ...]


@dataclass(frozen=True, slots=True)
class ItemStock:
    """Balances of one item over the places asked for. on_hand includes expired and held, not what is in transit.

    available = on hand - reserved - held - expired. ``par`` and ``reorder_point`` are sums over the places, None where none is set.
    ``daily_use`` is base units a day over the last ``rate_days``; ``days_of_supply`` = available / daily_use, None without use.
    """

    item: ItemRef
    on_hand: int
    reserved: int
    held: int
    expired: int
    in_transit: int
    available: int
    par: int | None
    reorder_point: int | None
    daily_use: float
    rate_days: int
    days_of_supply: float | None
    spots: tuple[Spot, ...]
    elsewhere: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class CheckStockAnswer:
    asked: tuple[PlaceRef, ...]
    items: tuple[ItemStock, ...]


@dataclass(frozen=True, slots=True)
class Haven:
    """Another place that could use a lot in time: ``could_use`` base units before it lapses, beyond its own stock."""

    place: PlaceRef
    daily_use: float
    could_use: int


@dataclass(frozen=True, slots=True)
class SavingMove:
    """``quantity`` of a lot to carry to ``to``, which uses ``daily_use``; it saves ``saves``, less handling, of what would be lost."""

    to: PlaceRef
    quantity: int
    daily_use: float
    saves: Decimal


@dataclass(frozen=True, slots=True)
class ExpiringLot:
    """``will_use`` of ``quantity`` will be used here in time, first expired first out; ``will_lapse`` is the rest.

    ``days_left`` below zero is past its date: all of it has lapsed. ``held`` of it is quarantined or recalled and will not be
    used. ``value`` and ``value_lapsing`` are at the cost of the lot's latest receipt; 0 where it is ``consigned``: the consignor
    bears the loss.

    ``havens`` are where it could be used, each by itself; ``moves`` are those that save most of all lots of the item together, worked
    out for the lots that lose most.
    """

    item: ItemRef
    lot: LotRef
    place: PlaceRef
    quantity: int
    expires_on: date
    days_left: int
    value: Decimal
    daily_use: float
    will_use: int
    will_lapse: int
    value_lapsing: Decimal
    havens: tuple[Haven, ...]
    held: int = 0
    consigned: bool = False
    moves: tuple[SavingMove, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpiringAnswer:
    """``lots`` are those whose last day is in the window, by that day, then value; one line a lot, place and owner.

    Those past their date come first therefore, where the window begins before today. ``already_expired`` counts all that lie
    on the shelves past their date, whatever the window. In transit is not on the shelf.

    ``total_lots`` may exceed ``len(lots)`` where the list was cut. ``total_lots`` and ``total_quantity`` are over all of them, the
    values over the ``valued_lots`` that lapse first: all of them too, unless there are more than 500. So it is
    with the value of what has expired already: of more than 500 lots, that of those which expired first.
    """

    asked: tuple[PlaceRef, ...]
    window: DateWindow
    currency: str
    lots: tuple[ExpiringLot, ...]
    total_lots: int
    total_quantity: int
    total_value: Decimal
    total_value_lapsing: Decimal
    already_expired_lots: int
    already_expired_value: Decimal
    valued_lots: int | None = None  # None: all


@dataclass(frozen=True, slots=True)
class ItemCard:
    """``item`` whole; ``sizes`` are its family's other sizes; ``substitutes`` best first; ``consignors`` who own stock of it now."""

    item: Item
    sizes: tuple[ItemRef, ...]
    substitutes: tuple[ItemRef, ...]
    on_hand: int
    owned: int
    consigned: int
    consignors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DescribeItemAnswer:
    aspects: tuple[Aspect, ...]
    currency: str
    items: tuple[ItemCard, ...]


@dataclass(frozen=True, slots=True)
class LotUse:
    """One movement of the lot: use, waste, return, receipt, transfer, count ... ``kind`` is that of the ledger.

    ``place`` is where it left, else where it came to; ``to_place`` where a transfer went. ``reversed``: this was undone, or it
    is the undoing of another. ``patient`` is masked, and empty for roles that may not see it.
    """

    on: date
    kind: str
    quantity: int
    place: PlaceRef
    actor: str
    case_number: str
    provider: str
    procedure: str
    patient: str
    reversed: bool = False
    to_place: PlaceRef | None = None


@dataclass(frozen=True, slots=True)
class LotTrace:
    item: ItemRef
    lot: LotRef
    supplier: str
    status: str  # "available", "quarantined", "recalled" or "expired": the worst that holds for any of it
    holdings: tuple[Spot, ...]
    uses: tuple[
        LotUse, ...
    ]  # newest first; receipts and transfers included; at most 200, the sums are over all
    used: int  # net of returns and of what was undone
    received: int


@dataclass(frozen=True, slots=True)
class TraceAnswer:
    """``lots`` may be several: lot numbers are unique only within an item. ``patients_hidden``: the asker's role may not see on whom."""

    number: str
    lots: tuple[LotTrace, ...]
    patients_hidden: bool


@dataclass(frozen=True, slots=True)
class UsageRow:
    """``unit`` and ``cost`` are given where the row is one item: its base unit, and what the use cost in ``currency``."""

    label: str
    quantity: int
    share: float  # of the total, 0..1
    unit: str = ""
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class UsagePoint:
    """``start`` is the first day of the bucket."""

    start: date
    quantity: int


@dataclass(frozen=True, slots=True)
class UsageAnswer:
    """``window`` is as asked, cut at today. ``total`` is net of returns, ``wasted`` is apart from it; both in base units when all
    ``items`` share one. ``previous`` is the total of the window of equal length just before,
    ``change`` = (total - previous) / previous, None where previous is 0. ``bucket`` is "day", "week" or "month" and says what ``series`` is
    summed by (empty buckets present as 0). No ``items`` means that all were asked about. ``row_count`` exceeds ``len(rows)``
    where the list of items was cut.
    """

    asked: tuple[PlaceRef, ...]
    items: tuple[ItemRef, ...]
    window: DateWindow
    total: int
    wasted: int
    per_day: float
    previous: int
    change: float | None
    bucket: str
    series: tuple[UsagePoint, ...]
    group_by: UsageGroup
    rows: tuple[UsageRow, ...]
    row_count: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class LowLine:
    """``bring`` = par - available - in_transit, zero or more: what is under way to the place need not be brought again.

    ``daily_use`` is base units a day at the place and all inside it; ``days_left`` None without use.
    """

    item: ItemRef
    place: PlaceRef
    available: int
    in_transit: int
    minimum: int
    reorder_point: int
    par: int
    bring: int
    daily_use: float
    days_left: float | None


@dataclass(frozen=True, slots=True)
class BelowParAnswer:
    """``lines`` are at or below their reorder point, the soonest to run out first. ``total`` may exceed ``len(lines)``.

    ``out_of_stock`` of ``total`` have nothing that may be taken.
    """

    asked: tuple[PlaceRef, ...]
    lines: tuple[LowLine, ...]
    total: int
    out_of_stock: int


@dataclass(frozen=True, slots=True)
class SpendLine:
    """One part of what was spent. ``cost`` is use net of returns, ``wasted`` apart from it, ``change`` of both on the period before.

    ``key`` is what to ask for it alone; 0 where the part is no department's, provider's ... ``unit`` is an item's base unit.
    ``per_case`` is the mean of ``cases`` cases, where all of the cost was for cases.
    """

    label: str
    key: int
    cost: Decimal
    wasted: Decimal
    change: Decimal
    share: float  # of the whole, 0..1
    quantity: int = 0
    unit: str = ""
    cases: int = 0
    per_case: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SpendReason:
    """One cause of the change: ``cause`` as ``planning.spend_changes.Cause``, of ``label``, counted in ``unit`` ("case" or an item's)."""

    label: str
    cause: str
    amount: Decimal
    unit: str
    units_before: int
    units: int
    unit_cost_before: Decimal
    unit_cost: Decimal


@dataclass(frozen=True, slots=True)
class SpendPoint:
    """``start`` is the first day of the bucket."""

    start: date
    cost: Decimal
    wasted: Decimal


@dataclass(frozen=True, slots=True)
class SpendAnswer:
    """``window`` is as asked, cut at today; ``before`` is what it is compared with. The whole is ``cost`` (use net of returns, at what
    the lots had cost) and ``wasted`` apart from it.

    The change of the whole is ``volume + mix + price + other + waste``, exactly; ``reasons`` are its heaviest single causes and
    ``other_reasons`` what they leave of it. ``measured_by`` says what volume counts: "cases", "pieces", or "both" where beside the
    cases there is other use. ``rows`` are the largest, ``row_count`` counts all, ``rest`` is what the unlisted hold. ``only``
    names what the report is narrowed to. ``names_hidden``: providers go by letters.
    """

    asked: tuple[PlaceRef, ...]
    items: tuple[ItemRef, ...]
    only: tuple[str, ...]
    window: DateWindow
    before: DateWindow
    group_by: SpendGroup
    waste_only: bool
    cost: Decimal
    wasted: Decimal
    cost_before: Decimal
    wasted_before: Decimal
    volume: Decimal
    mix: Decimal
    price: Decimal
    other: Decimal
    waste: Decimal
    reasons: tuple[SpendReason, ...]
    other_reasons: Decimal
    measured_by: str
    cases: int
    cases_before: int
    rows: tuple[SpendLine, ...]
    row_count: int
    rest: Decimal
    bucket: str
    series: tuple[SpendPoint, ...]
    currency: str
    names_hidden: bool = False
    patients: int = 0

    @property
    def total(self) -> Decimal:
        return self.wasted if self.waste_only else self.cost + self.wasted

    @property
    def total_before(self) -> Decimal:
        return self.wasted_before if self.waste_only else self.cost_before + self.wasted_before

    @property
    def per_case(self) -> Decimal | None:
        """What a case cost, where the report is of cases alone."""
        return self.cost / self.cases if self.cases and self.measured_by == "cases" else None


@dataclass(frozen=True, slots=True)
class OnOrder:
    """A line of a purchase order. ``left`` of it is still to come, ``received`` came, base units. ``state`` is the order's.

    ``promised_on`` is the supplier's word, ``likely_on`` what their deliveries so far say; None before it is sent. ``late``: past its
    promised day; ``will_be_late``: likely so.
    """

    number: str
    supplier: str
    state: str
    item: ItemRef
    place: PlaceRef
    left: int
    received: int
    packs: int
    pack_unit: str
    pack_size: int
    sent_on: date | None
    promised_on: date | None
    likely_on: date | None
    late: bool
    will_be_late: bool
    asked_by: str = ""


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A line of a requisition that has not come yet: what was picked, else asked, in base units. ``mine``: the asker's or their unit's."""

    number: str
    state: str
    item: ItemRef
    quantity: int
    source: PlaceRef
    destination: PlaceRef
    needed_by: str
    mine: bool


@dataclass(frozen=True, slots=True)
class FollowOrdersAnswer:
    """``lines`` are late ones first, then by promised day. ``total`` and ``late`` count all of them; ``own``: only the asker's are told."""

    asked: tuple[PlaceRef, ...]
    items: tuple[ItemRef, ...]
    suppliers: tuple[str, ...]
    number: str
    late_only: bool
    own: bool
    lines: tuple[OnOrder, ...]
    total: int
    late: int
    asked_for: tuple[AskedFor, ...]


class SlowAdvice(StrEnum):
    """What to do about stock that does not move; the value is what a file says."""

    KEEP = "keep"
    MOVE = "move"
    SEND_BACK = "return to supplier"
    LOWER_PAR = "lower par"


@dataclass(frozen=True, slots=True)
class SlowLine:
    """An item at one place. ``used`` left it in the window (of a store: what it sent on, too); ``days_on_hand`` None without use;
    ``turns`` a year. ``excess`` of ``on_hand`` is above ``need``, base units of ours, and ties up ``tied_up`` of ``value``.

    ``advice`` concerns ``quantity``: units to move ``to`` a place that uses ``to_daily`` a day, to send back to ``supplier``, or the
    new par.
    """

    item: ItemRef
    place: PlaceRef
    pace: Pace
    on_hand: int
    used: int
    last_used: date | None
    days_on_hand: float | None
    turns: float
    par: int | None
    need: int
    excess: int
    value: Decimal
    tied_up: Decimal
    advice: SlowAdvice = SlowAdvice.KEEP
    quantity: int = 0
    to: PlaceRef | None = None
    to_daily: float = 0.0
    supplier: str = ""


@dataclass(frozen=True, slots=True)
class SlowStockAnswer:
    """``lines`` are those that tie up most cash, the most first; ``total``, ``dead`` and the sums are over all of them, or over those
    of the ``weighed`` costliest lines, where there were more. ``value`` is of all that lies there, ``tied_up`` of what is above need.
    """

    asked: tuple[PlaceRef, ...]
    window: DateWindow
    currency: str
    lines: tuple[SlowLine, ...]
    total: int
    dead: int
    value: Decimal
    tied_up: Decimal
    dead_value: Decimal
    weighed: int | None = None


AskAnswer = (
    FindItemAnswer
    | CheckStockAnswer
    | ExpiringAnswer
    | DescribeItemAnswer
    | TraceAnswer
    | UsageAnswer
    | BelowParAnswer
    | SpendAnswer
    | FollowOrdersAnswer
    | SlowStockAnswer
)
