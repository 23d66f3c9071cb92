"""A ward to act in: the small hospital with staff of every role, tracked items, stock on its shelves; and the way of a card."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.model.charge import ChargeTarget
from domain.model.ids import (
    NO_LOT,
    OURS,
    CaseId,
    EncounterId,
    ItemId,
    LotId,
    PersonId,
    PlaceId,
    ProviderId,
    SupplierId,
)
from domain.model.item import Item, Offer, Pack, Tracking
from domain.model.lot import Lot
from domain.model.movement import Movement, MovementKind, Source, StockStatus
from domain.model.par import Par
from domain.model.person import Person, Role
from domain.model.receipt import ActionDraft, DraftId, DraftState, Receipt, TrailEntry
from domain.model.stock import StockLine
from domain.ports import Transactions
from domain.usecases.act.plan import plan
from domain.usecases.act.plans import Plan
from domain.usecases.act.post import post
from domain.usecases.act.requests import Action, Override, Wanted
from domain.usecases.act.trailing import verb
from tests import small_hospital as small

PACEMAKER, SUTURE = ItemId(4), ItemId(5)
FOLEY_OLD, FOLEY_SOUTH, SUTURE_LOT, PACEMAKER_ONE, FOLEY_LENT = (
    LotId(4),
    LotId(5),
    LotId(6),
    LotId(7),
    LotId(8),
)
TECH, BOSS, BUYER, PHARM, ADMIN, NURSE_ED, NURSE_SOUTH = (PersonId(number) for number in range(2, 9))
ROLES = {
    small.NURSE: (Role.CLINICIAN, small.ICU, small.NORTH),
    TECH: (Role.TECHNICIAN, PlaceId(1), small.NORTH),
    BOSS: (Role.MANAGER, PlaceId(1), small.NORTH),
    BUYER: (Role.BUYER, PlaceId(1), small.NORTH),
    PHARM: (Role.PHARMACIST, small.ICU, small.NORTH),
    ADMIN: (Role.ADMIN, PlaceId(1), small.NORTH),
    NURSE_ED: (Role.CLINICIAN, small.ED, small.NORTH),
    NURSE_SOUTH: (Role.CLINICIAN, small.CLINIC, small.SOUTH),
}
CASE = ChargeTarget(case_id=CaseId(1), encounter_id=EncounterId(1), provider_id=ProviderId(1))
TODAY, NOW = small.TODAY, small.NOW

ITEMS = (
    Item(
        PACEMAKER, "1004", "Pacemaker", "Pacemaker", "", "Cardiology", "Azure", "Medtronic", "each",
        offers=(Offer(SupplierId(1), "Medline", "P-1", "each", Decimal("4200"), 3, preferred=True),),
        tracking=Tracking.SERIAL, chargeable=True, sterile=True,
    ),
    Item(
        SUTURE, "1005", "Suture", "Suture", "4-0", "Sutures", "Monocryl", "Ethicon", "each",
        packs=(Pack("box", 25),),
        offers=(Offer(SupplierId(1), "Medline", "S-1", "box", Decimal("100"), 3, preferred=True),),
        sterile=True,
    ),
)  # fmt: skip

LOTS = (
    Lot(FOLEY_OLD, small.FOLEY, "7A1000", expires_on=date(2026, 11, 1)),
    Lot(FOLEY_SOUTH, small.FOLEY, "6S0001", expires_on=date(2027, 3, 31)),
    Lot(SUTURE_LOT, SUTURE, "SUT77", expires_on=date(2028, 2, 29)),
    Lot(PACEMAKER_ONE, PACEMAKER, "", serial="PM-1", expires_on=date(2028, 5, 31)),
    Lot(FOLEY_LENT, small.FOLEY, "LENT-5", expires_on=date(2026, 12, 1)),
)


@dataclass
class Ward:
    """``do`` plans, keeps a draft and posts, as a card and its click do."""

    transactions: Transactions
    people: dict[PersonId, Person] = field(default_factory=dict)
    now: datetime = NOW
    today: date = TODAY

    def person(self, who: PersonId) -> Person:
        return self.people[who]

    def plan(self, action: Action, *, who: PersonId = small.NURSE) -> Plan:
        with self.transactions.reading() as uow:
            return plan(action, actor=self.people[who], today=self.today, uow=uow)

    def draft(
        self, action: Action, *, who: PersonId = small.NURSE, identity: DraftId | None = None
    ) -> DraftId:
        draft = ActionDraft(
            id=identity or DraftId(uuid.uuid4()),
            facility_id=self.people[who].facility_id,
            person_id=who,
            channel="C1",
            thread="1700.1",
            action=verb(action),
            body="{}",
            state=DraftState.OPEN,
            version=1,
            made_at=self.now,
            expires_at=self.now + timedelta(minutes=30),
        )
        with self.transactions.begin() as uow:
            uow.drafts.add(draft)
            uow.commit()
        return draft.id

    def post(
        self,
        action: Action,
        draft_id: DraftId,
        shown: str,
        *,
        who: PersonId = small.NURSE,
        because: str | None = None,
        now: datetime | None = None,
    ) -> Receipt:
        with self.transactions.begin() as uow:
            return post(
                action,
                draft_id=draft_id,
                shown=shown,
                actor=self.people[who],
                now=now or self.now,
                today=self.today,
                source=Source("C1", "1700.1", f"Ev{draft_id}"),
                override=None if because is None else Override(because),
                uow=uow,
            )

    def do(self, action: Action, *, who: PersonId = small.NURSE, because: str | None = None) -> Receipt:
        shown = self.plan(action, who=who).fingerprint
        return self.post(action, self.draft(action, who=who), shown, who=who, because=because)

    def stock(self, item_id: ItemId, *, at: PlaceId | None = None) -> dict[tuple[LotId, StockStatus], int]:
        """On hand by lot and status, of one place or all of them."""
        with self.transactions.reading() as uow:
            lines = uow.stock.of_items([item_id], places=None if at is None else [at])
        found: dict[tuple[LotId, StockStatus], int] = {}
        for line in lines:
            key = (line.lot_id, line.status)
            found[key] = found.get(key, 0) + line.on_hand
        return found

    def lines(self) -> list[StockLine]:
        with self.transactions.reading() as uow:
            lines = uow.stock.of_items([*(item.id for item in small.ITEMS), PACEMAKER, SUTURE])
        return sorted(
            lines, key=lambda line: (line.item_id, line.place_id, line.lot_id, line.owner_id, line.status)
        )

    def moved(self, receipt: Receipt) -> list[Movement]:
        with self.transactions.reading() as uow:
            return [uow.ledger.get(movement_id) for movement_id in receipt.movement_ids]

    def trail(self) -> list[TrailEntry]:
        """Oldest first."""
        with self.transactions.reading() as uow:
            return list(reversed(uow.trail.read(small.NORTH, limit=1_000)))

    def put(
        self,
        item_id: ItemId,
        quantity: int,
        *,
        at: PlaceId,
        lot_id: LotId = NO_LOT,
        owner_id: SupplierId = OURS,
        status: StockStatus = StockStatus.AVAILABLE,
        unit_cost: str = "2.35",
    ) -> None:
        """Lies there from now on."""
        facility = small.SOUTH if at in (small.CLINIC, small.CLINIC_SHELF) else small.NORTH
        brought = small.receive(
            item_id,
            quantity,
            to=at,
            lot_id=lot_id,
            owner_id=owner_id,
            facility_id=facility,
            unit_cost=Decimal(unit_cost),
        )
        with self.transactions.begin() as uow:
            uow.ledger.post([replace(brought, to_status=status)])
            uow.commit()

    def reserve(self, item_id: ItemId, quantity: int, *, at: PlaceId, lot_id: LotId = NO_LOT) -> None:
        used = small.consume(item_id, quantity, at=at, lot_id=lot_id)
        with self.transactions.begin() as uow:
            uow.ledger.post([replace(used, kind=MovementKind.RESERVE, charge_id=replace(used).charge_id)])
            uow.commit()


def open_ward(transactions: Transactions, *, pars: tuple[Par, ...] = ()) -> Ward:
    """The small hospital, staffed, with empty shelves."""
    small.fill(transactions, pars=pars)
    people = {
        who: Person(who, facility, f"Person {who}", role.value, role, home, f"U{who}")
        for who, (role, home, facility) in ROLES.items()
    }
    with transactions.begin() as uow:
        uow.loading.items(ITEMS)
        uow.loading.lots(LOTS)
        uow.loading.finished()
        for person in people.values():
            uow.people.put(person)
        uow.commit()
    return Ward(transactions, people)


def stocked(transactions: Transactions) -> Ward:
    """Foleys of several lots at ICU and ED, gloves without lots, a consigned stent, sutures, one pacemaker."""
    ward = open_ward(transactions)
    ward.put(small.FOLEY, 5, at=small.ICU_SHELF_A, lot_id=small.FOLEY_EARLY)
    ward.put(small.FOLEY, 4, at=small.ICU_SHELF_B, lot_id=small.FOLEY_LATE, unit_cost="3.10")
    ward.put(small.FOLEY, 6, at=small.ED_CART, lot_id=small.FOLEY_LATE, unit_cost="3.10")
    ward.put(small.GLOVE, 100, at=small.ICU_SHELF_A)
    ward.put(
        small.STENT,
        1,
        at=small.ICU_SHELF_A,
        lot_id=small.STENT_LOT,
        owner_id=small.CONSIGNOR,
        unit_cost="1900",
    )
    ward.put(SUTURE, 50, at=small.ICU_SHELF_B, lot_id=SUTURE_LOT, unit_cost="4")
    ward.put(PACEMAKER, 1, at=small.ED_CART, lot_id=PACEMAKER_ONE, unit_cost="4000")
    return ward


def wanted(item_id: ItemId, quantity: int | str | None, unit: str = "", *lots: LotId) -> Wanted:
    return Wanted(item_id, None if quantity is None else Decimal(quantity), unit, lots)
