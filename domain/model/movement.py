"""The ledger's one record: a movement of stock, and what it does to the balances.

Balances are projections. ``stock_effects`` and ``usage_effects`` are the only place that says how a movement changes them:
the store applies them inside the movement's own transaction and the ledger check replays them from nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from domain.errors import InvalidMovement, InvalidQuantity
from domain.model.ids import (
    NO_CHARGE,
    NO_LOT,
    OURS,
    ChargeId,
    FacilityId,
    ItemId,
    LotId,
    MovementId,
    PersonId,
    PlaceId,
    SupplierId,
)


class MovementKind(StrEnum):
    RECEIVE = "receive"  # from a supplier to a place
    CONSUME = "consume"  # from a place to a charge target
    RETURN = "return"  # unused, from the charge target back to a place
    TRANSFER = "transfer"  # from place to place
    WASTE = "waste"  # dropped, expired, opened and not used, damaged
    COUNT = "count"  # the difference that a count found: in or out
    ADJUST = "adjust"  # a correction with a reason: in or out
    SEND_BACK = "send-back"  # from a place to the supplier
    STATUS = "status"  # quarantine, recall, release: same place, other status
    RESERVE = "reserve"  # promised to a case or requisition
    RELEASE = "release"  # no longer promised


class StockStatus(StrEnum):
    AVAILABLE = "available"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"
    IN_TRANSIT = "in-transit"


HELD = frozenset({StockStatus.QUARANTINED, StockStatus.RECALLED})
"""What nobody may take."""
INWARD = frozenset({MovementKind.RECEIVE, MovementKind.RETURN})
OUTWARD = frozenset({MovementKind.CONSUME, MovementKind.WASTE, MovementKind.SEND_BACK})
EITHER_WAY = frozenset({MovementKind.COUNT, MovementKind.ADJUST})
IN_PLACE = frozenset({MovementKind.RESERVE, MovementKind.RELEASE})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a movement was asked for: Slack's channel, thread and event, or the name of the program that posted it."""

    channel: str = ""
    thread: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the ledger. Never changed, never deleted; a mistake is reversed by another movement.

    ``key`` is the idempotency key, made from what the person did: the same key is the same movement, whoever retries.
    ``quantity`` is in base units and above zero; ``entered_quantity`` and ``entered_unit`` are as the person said it.
    ``unit_cost`` is for one base unit in the facility's currency. ``day`` is the facility's calendar day of ``occurred_at``.
    ``occurred_at`` and ``recorded_at`` are aware, in UTC. ``owner_id`` is OURS or the consignor. ``facility_id`` is that of the
    place the stock leaves, else of the one it enters.
    A reversal (``reverses`` set) is the original with its places and statuses swapped, the same day and cost: it says that the
    original did not happen.
    """

    id: MovementId
    facility_id: FacilityId
    key: str
    kind: MovementKind
    item_id: ItemId
    quantity: int
    occurred_at: datetime
    recorded_at: datetime
    day: date
    actor_id: PersonId
    lot_id: LotId = NO_LOT
    from_place_id: PlaceId | None = None
    to_place_id: PlaceId | None = None
    from_status: StockStatus = StockStatus.AVAILABLE
    to_status: StockStatus = StockStatus.AVAILABLE
    owner_id: SupplierId = OURS
    unit_cost: Decimal = Decimal(0)
    entered_quantity: Decimal | None = None
    entered_unit: str = ""
    charge_id: ChargeId = NO_CHARGE
    reason: str = ""
    source: Source = Source()
    reverses: MovementId | None = None

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise InvalidQuantity(f"A movement moves at least 1 base unit, not {self.quantity}.")
        if not self.key:
            raise InvalidMovement("A movement needs a key, so that a repeated click posts once.")
        if self.occurred_at.utcoffset() is None or self.recorded_at.utcoffset() is None:
            raise InvalidMovement("The times of a movement carry their zone.")
        if self.unit_cost < 0:
            raise InvalidMovement(f"A unit cost is zero or more, not {self.unit_cost}.")
        self._check_places()

    def _check_places(self) -> None:
        leaves, enters = self.from_place_id is not None, self.to_place_id is not None
        kind = self.kind
        if self.reverses is not None:
            leaves, enters = enters, leaves
        if kind in INWARD:
            fits = enters and not leaves
        elif kind in OUTWARD:
            fits = leaves and not enters
        elif kind in EITHER_WAY:
            fits = leaves != enters
        elif kind in IN_PLACE:
            fits = leaves and not enters
        elif kind is MovementKind.STATUS:
            fits = (
                self.from_place_id == self.to_place_id is not None and self.from_status is not self.to_status
            )
        else:
            fits = (
                leaves
                and enters
                and (self.from_place_id != self.to_place_id or self.from_status is not self.to_status)
            )
        if not fits:
            raise InvalidMovement(
                f"A {kind} can not go from {self._side(self.from_place_id, self.from_status)} "
                f"to {self._side(self.to_place_id, self.to_status)}."
            )

    @staticmethod
    def _side(place_id: PlaceId | None, status: StockStatus) -> str:
        return "nowhere" if place_id is None else f"place {place_id} ({status})"

    @property
    def cost(self) -> Decimal:
        """Quantity times unit cost, in the facility's currency."""
        return self.unit_cost * self.quantity


def reversal(
    original: Movement,
    *,
    id: MovementId,
    key: str,
    actor_id: PersonId,
    recorded_at: datetime,
    reason: str,
    source: Source,
) -> Movement:
    """The movement that undoes ``original``. Refuses to reverse a reversal: do the thing again instead."""
    if original.reverses is not None:
        raise InvalidMovement("An undo can not be undone; record the movement again.")
    return replace(
        original,
        id=id,
        key=key,
        actor_id=actor_id,
        recorded_at=recorded_at,
        reason=reason,
        source=source,
        from_place_id=original.to_place_id,
        to_place_id=original.from_place_id,
        from_status=original.to_status,
        to_status=original.from_status,
        reverses=original.id,
    )


@dataclass(frozen=True, slots=True, order=True)
class StockKey:
    """What a balance is kept by. The order is the one in which rows are locked, so that no two writers wait for each other."""

    item_id: ItemId
    place_id: PlaceId
    lot_id: LotId
    owner_id: SupplierId
    status: StockStatus


@dataclass(frozen=True, slots=True)
class StockEffect:
    """A change of one balance. On hand may go below zero: what was used is recorded, and a count is asked for."""

    key: StockKey
    on_hand: int
    reserved: int


@dataclass(frozen=True, slots=True, order=True)
class UsageKey:
    """What use is summed by. ``kind`` is consume (returns subtract) or waste."""

    item_id: ItemId
    place_id: PlaceId
    day: date
    kind: MovementKind
    charge_id: ChargeId


@dataclass(frozen=True, slots=True)
class UsageEffect:
    key: UsageKey
    quantity: int
    cost: Decimal


def stock_effects(movement: Movement) -> tuple[StockEffect, ...]:
    """What the movement does to the balances; a pure function of the movement."""

    def key(place_id: PlaceId, status: StockStatus) -> StockKey:
        return StockKey(movement.item_id, place_id, movement.lot_id, movement.owner_id, status)

    quantity = movement.quantity
    if movement.kind in IN_PLACE:
        place_id = movement.from_place_id if movement.reverses is None else movement.to_place_id
        status = movement.from_status if movement.reverses is None else movement.to_status
        assert place_id is not None  # noqa: S101 - Movement has checked it
        sign = 1 if (movement.kind is MovementKind.RESERVE) == (movement.reverses is None) else -1
        return (StockEffect(key(place_id, status), 0, sign * quantity),)
    effects = []
    if movement.from_place_id is not None:
        effects.append(StockEffect(key(movement.from_place_id, movement.from_status), -quantity, 0))
    if movement.to_place_id is not None:
        effects.append(StockEffect(key(movement.to_place_id, movement.to_status), quantity, 0))
    return tuple(effects)


def usage_effects(movement: Movement) -> tuple[UsageEffect, ...]:
    """What the movement does to the sums of use; nothing for all kinds but consume, return and waste."""
    if movement.kind not in (MovementKind.CONSUME, MovementKind.RETURN, MovementKind.WASTE):
        return ()
    place_id = movement.from_place_id if movement.from_place_id is not None else movement.to_place_id
    assert place_id is not None  # noqa: S101 - Movement has checked it
    kind = MovementKind.WASTE if movement.kind is MovementKind.WASTE else MovementKind.CONSUME
    sign = 1 if (movement.kind is not MovementKind.RETURN) == (movement.reverses is None) else -1
    key = UsageKey(movement.item_id, place_id, movement.day, kind, movement.charge_id)
    return (UsageEffect(key, sign * movement.quantity, sign * movement.cost),)
