"""What is to be done, fully resolved: items, places and targets are ids, quantities exact, nothing left to guess.

A request says what a person wants; ``plan`` says what that would do (lots, base units, cost, what stands against it); ``post``
does it. None of them holds a patient's identifier: a patient is an encounter's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.model.charge import ChargeTarget
from domain.model.hold import HoldId
from domain.model.ids import FacilityId, ItemId, LotId, MovementId, PlaceId, SupplierId
from domain.model.receipt import DraftId, ReceiptId


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line as a person said it: ``quantity`` of ``unit`` (a pack level of the item, "" its base unit) of an item.

    ``quantity`` may be a fraction of a pack ("half a box" = 0.5 of "box") and must come to whole base units. None means all
    that is there.
    ``lots`` empty takes first expired first; else exactly these, in order. ``place_id`` overrides the request's own place.
    """

    item_id: ItemId
    quantity: Decimal | None
    unit: str = ""
    lots: tuple[LotId, ...] = ()
    place_id: PlaceId | None = None


@dataclass(frozen=True, slots=True)
class Consume:
    """A1: used. ``place_id`` is where it was taken from; no ``target`` charges the place's cost centre."""

    lines: tuple[Wanted, ...]
    place_id: PlaceId
    target: ChargeTarget | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A2: from place to place; in transit until received where the places are far apart (``in_transit`` None lets the distance say)."""

    lines: tuple[Wanted, ...]
    from_place_id: PlaceId
    to_place_id: PlaceId
    in_transit: bool | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One line of a delivery, as the label says. A serialised item has one serial a piece."""

    item_id: ItemId
    quantity: Decimal
    unit: str = ""
    lot_number: str = ""
    serials: tuple[str, ...] = ()
    expires_on: date | None = None
    unit_cost: Decimal | None = None
    expected: int | None = (
        None  # base units that were due, where that is known: over- and under-delivery is shown
    )


@dataclass(frozen=True, slots=True)
class Receive:
    """A3: a delivery put on a shelf. What another place sent is received by ``Arrive``."""

    lines: tuple[Arrival, ...]
    place_id: PlaceId
    supplier_id: SupplierId | None = None
    order_number: str = ""


@dataclass(frozen=True, slots=True)
class Arrive:
    """A2's second half: what was sent by a transfer's receipt has come; ``found`` by movement where less came than was sent.

    ``facility_id`` is the one that counts the receipt, None the actor's own.
    """

    receipt_id: ReceiptId
    found: tuple[tuple[MovementId, int], ...] = ()
    facility_id: FacilityId | None = None


class WasteReason(StrEnum):
    DROPPED = "dropped"
    CONTAMINATED = "contaminated"
    EXPIRED = "expired"
    OPENED = "opened, not used"
    DAMAGED = "damaged"
    FAILED = "failed in use"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Waste:
    """A4. Expired and held lots may be wasted by anybody who may waste: that is what one does with them."""

    lines: tuple[Wanted, ...]
    place_id: PlaceId
    reason: WasteReason
    target: ChargeTarget | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a counter saw of one item (of one lot where ``lot_id`` is given): ``quantity`` of ``unit``."""

    item_id: ItemId
    quantity: Decimal
    unit: str = ""
    lot_id: LotId | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A5: what lies at a place, by sight. ``blind`` says that the counter was not shown what was expected."""

    lines: tuple[Found, ...]
    place_id: PlaceId
    blind: bool = False
    reason: str = "count"


@dataclass(frozen=True, slots=True)
class Requisition:
    """A6: a unit asks. ``from_place_id`` None lets Parley name the store that should pick it."""

    lines: tuple[Wanted, ...]
    to_place_id: PlaceId
    from_place_id: PlaceId | None = None
    needed_by: str = ""


@dataclass(frozen=True, slots=True)
class Reorder:
    """A7: an order to suppliers. ``supplier_id`` None takes each item's preferred offer; a line without a quantity goes up to par.

    ``place_id`` is where it is wanted, None the place that buys the item.
    """

    lines: tuple[Wanted, ...]
    supplier_id: SupplierId | None = None
    place_id: PlaceId | None = None


@dataclass(frozen=True, slots=True)
class SetPar:
    """A8: levels in base units; None leaves a level as it is, and the others move only as far as they must to stay in order."""

    item_id: ItemId
    place_id: PlaceId
    minimum: int | None = None
    reorder_point: int | None = None
    par: int | None = None
    maximum: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A9: blocked at once wherever it lies, one checklist row a place. ``places`` empty means everywhere of the facility.

    Exactly one of ``lots`` and ``item_id`` says what: the lots or serials, or all stock of an item.
    """

    reason: str
    lots: tuple[LotId, ...] = ()
    item_id: ItemId | None = None
    places: tuple[PlaceId, ...] = ()
    recalled: bool = False


@dataclass(frozen=True, slots=True)
class LiftHold:
    """The end of a hold: its stock is available again."""

    hold_id: HoldId
    reason: str


@dataclass(frozen=True, slots=True)
class Return:
    """A10: unused, back to the shelf; credits ``target`` where it was charged to one."""

    lines: tuple[Wanted, ...]
    place_id: PlaceId
    target: ChargeTarget | None = None


@dataclass(frozen=True, slots=True)
class SendBack:
    """A10: from us to the supplier. ``reference`` is the supplier's return number."""

    lines: tuple[Wanted, ...]
    place_id: PlaceId
    supplier_id: SupplierId
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """A11: everything that a receipt posted, reversed; once. ``facility_id`` is the one that counts it, None the actor's own."""

    receipt_id: ReceiptId
    reason: str = "undone"
    facility_id: FacilityId | None = None


StockAction = (
    Consume | Transfer | Receive | Arrive | Waste | Count | Quarantine | LiftHold | Return | SendBack | Undo
)
"""What posts movements."""

Action = StockAction | Requisition | Reorder | SetPar


@dataclass(frozen=True, slots=True)
class Override:
    """A permitted person's word that it is to be done all the same, and why. Kept in the audit trail."""

    reason: str


@dataclass(frozen=True, slots=True)
class ActionKey:
    """What makes a repeated click the same deed: the draft it finishes. Movements' keys start with it."""

    draft_id: DraftId

    def of(self, part: int) -> str:
        """The key of the part-th movement."""
        return f"draft:{self.draft_id}:{part}"
