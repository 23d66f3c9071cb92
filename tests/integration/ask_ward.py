"""Stock and use for questions, written as one says it: so many of a lot on a shelf, so many used so many days ago."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from domain.model.ids import (
    NO_CHARGE,
    OURS,
    ChargeId,
    FacilityId,
    ItemId,
    LotId,
    PersonId,
    PlaceId,
    SupplierId,
)
from domain.model.lot import Lot
from domain.model.movement import Movement, MovementKind, Source, StockStatus, reversal
from domain.model.par import Par
from domain.model.person import Person, Role
from domain.store import Store
from tests import small_hospital as small
from tests.small_hospital import CLINIC_SHELF, FOLEY, ICU, ICU_SHELF_A, NORTH, NOW, NURSE, SOUTH, TODAY

ANA = Person(NURSE, NORTH, "Ana Ruiz", "Charge nurse", Role.CLINICIAN, ICU)
TECHNICIAN = replace(ANA, id=PersonId(9), role=Role.TECHNICIAN)
NORTH_ROOT, SOUTH_ROOT = PlaceId(1), PlaceId(2)


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


class Ward:
    def __init__(self, store: Store, *, pars: tuple[Par, ...] = ()) -> None:
        self.store = store
        small.fill(store.transactions, pars=pars)

    def ask[Request, Answer](self, verb: Callable[..., Answer], request: Request) -> Answer:
        with self.store.transactions.reading() as uow:
            return verb(request, uow=uow)

    def post(self, *movements: Movement) -> None:
        with self.store.transactions.begin() as unit:
            unit.ledger.post(movements)
            unit.commit()

    def lot(self, number: str, *, days: int | None, item: ItemId = FOLEY, serial: str = "") -> LotId:
        with self.store.transactions.begin() as unit:
            key = unit.lots.add(
                Lot(LotId(0), item, number, serial, expires_on=None if days is None else in_days(days))
            )
            unit.commit()
        return key

    def put(
        self,
        quantity: int,
        *,
        lot: LotId,
        at: PlaceId = ICU_SHELF_A,
        item: ItemId = FOLEY,
        cost: str = "2.50",
        owner: SupplierId = OURS,
    ) -> Movement:
        movement = small.receive(
            item,
            quantity,
            to=at,
            lot_id=lot,
            unit_cost=Decimal(cost),
            owner_id=owner,
            facility_id=facility_of(at),
        )
        self.post(movement)
        return movement

    def use(
        self,
        quantity: int,
        *,
        lot: LotId,
        days_ago: int = 1,
        at: PlaceId = ICU_SHELF_A,
        item: ItemId = FOLEY,
        charge: ChargeId = NO_CHARGE,
        kind: MovementKind = MovementKind.CONSUME,
    ) -> Movement:
        """Used (or wasted, or returned), without a change of what lies there now: the same number is put there again."""
        when = NOW - timedelta(days=days_ago)
        movement = small.consume(
            item,
            quantity,
            at=at,
            lot_id=lot,
            charge_id=charge,
            occurred_at=when,
            facility_id=facility_of(at),
        )
        level = replace(movement, id=small.new_id(), key=f"level-{movement.key}", kind=MovementKind.ADJUST)
        if kind is MovementKind.RETURN:
            movement = replace(movement, kind=kind, from_place_id=None, to_place_id=at)
        else:
            movement = replace(movement, kind=kind)
            level = replace(level, from_place_id=None, to_place_id=at)
        self.post(movement, level)
        return movement

    def restate(
        self,
        quantity: int,
        *,
        lot: LotId,
        status: StockStatus,
        at: PlaceId = ICU_SHELF_A,
        item: ItemId = FOLEY,
    ) -> None:
        """Quarantined or recalled where it lies."""
        base = small.consume(
            item, quantity, at=at, lot_id=lot, charge_id=NO_CHARGE, facility_id=facility_of(at)
        )
        self.post(replace(base, kind=MovementKind.STATUS, to_place_id=at, to_status=status))

    def send(
        self,
        quantity: int,
        *,
        lot: LotId,
        at: PlaceId,
        to: PlaceId,
        arrived: bool = False,
        item: ItemId = FOLEY,
    ) -> None:
        base = small.consume(
            item, quantity, at=at, lot_id=lot, charge_id=NO_CHARGE, facility_id=facility_of(at)
        )
        status = StockStatus.AVAILABLE if arrived else StockStatus.IN_TRANSIT
        self.post(replace(base, kind=MovementKind.TRANSFER, to_place_id=to, to_status=status))

    def reserve(self, quantity: int, *, lot: LotId, at: PlaceId = ICU_SHELF_A, item: ItemId = FOLEY) -> None:
        base = small.consume(
            item, quantity, at=at, lot_id=lot, charge_id=NO_CHARGE, facility_id=facility_of(at)
        )
        self.post(replace(base, kind=MovementKind.RESERVE))

    def undo(self, movement: Movement) -> None:
        identity = small.new_id()
        self.post(
            reversal(
                movement,
                id=identity,
                key=f"undo-{identity}",
                actor_id=NURSE,
                recorded_at=NOW,
                reason="mistake",
                source=Source(),
            )
        )


def facility_of(place_id: PlaceId) -> FacilityId:
    return SOUTH if place_id == CLINIC_SHELF else NORTH
