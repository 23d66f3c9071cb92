"""A house that buys: a central store with a dock that buys for the units, an implant that a unit buys itself, two suppliers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.model.charge import CostCentre
from domain.model.ids import (
    NO_LOT,
    CostCentreId,
    FacilityId,
    ItemId,
    LotId,
    PersonId,
    PlaceId,
    SupplierId,
)
from domain.model.item import Item, Offer, Pack, Supplier, Tracking
from domain.model.lot import Lot
from domain.model.movement import Movement, MovementKind
from domain.model.par import Par
from domain.model.person import Person, Role
from domain.model.place import Facility, Place, PlaceKind
from domain.model.purchase import PurchaseOrder
from domain.ports import Transactions
from domain.usecases.purchase.deciding import Hand
from domain.usecases.purchase.needs import Need, needs
from domain.usecases.purchase.propose import Proposed, propose
from tests.small_hospital import new_id

HOUSE = FacilityId(1)
SITE, CENTRAL, DOCK, STORE, BIN, ICU, ICU_SHELF, CATH, CATH_SHELF = (PlaceId(n) for n in range(1, 10))
GLOVE, GAUZE, STENT, LOANED, PLAIN = (ItemId(n) for n in range(1, 6))
MEDLINE, OWENS, BOSTON = (SupplierId(n) for n in range(1, 4))
NURSE, TECH, BUYER, BOSS, PHARM = (PersonId(n) for n in range(1, 6))
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)

PLACES = (
    Place(SITE, HOUSE, None, PlaceKind.FACILITY, "Alder"),
    Place(CENTRAL, HOUSE, SITE, PlaceKind.UNIT, "Central Supply"),
    Place(DOCK, HOUSE, CENTRAL, PlaceKind.DOCK, "Dock 1"),
    Place(STORE, HOUSE, CENTRAL, PlaceKind.STOREROOM, "Main Store"),
    Place(BIN, HOUSE, STORE, PlaceKind.BIN, "Bin 1"),
    Place(ICU, HOUSE, SITE, PlaceKind.UNIT, "ICU"),
    Place(ICU_SHELF, HOUSE, ICU, PlaceKind.SHELF, "Shelf A"),
    Place(CATH, HOUSE, SITE, PlaceKind.UNIT, "Cath Lab"),
    Place(CATH_SHELF, HOUSE, CATH, PlaceKind.SHELF, "Cabinet"),
)


def _item(item_id: ItemId, name: str, offers: tuple[Offer, ...], **more: object) -> Item:
    made = Item(
        item_id,
        f"10{item_id}",
        name,
        name,
        "",
        "Any",
        "Brand",
        "Maker",
        "each",
        offers=offers,
        tracking=Tracking.NONE,
    )
    return replace(made, **more)  # type: ignore[arg-type]


ITEMS = (
    _item(
        GLOVE,
        "Glove",
        (
            Offer(MEDLINE, "Medline", "M-1", "box", Decimal("50"), 3, preferred=True),
            Offer(OWENS, "Owens & Minor", "OW-1", "case", Decimal("190"), 5),
        ),
        packs=(Pack("box", 50), Pack("case", 200)),
    ),
    _item(
        GAUZE,
        "Gauze",
        (Offer(MEDLINE, "Medline", "M-2", "box", Decimal("12.50"), 3, minimum_packs=4, preferred=True),),
        packs=(Pack("box", 10),),
    ),
    _item(
        STENT,
        "Stent",
        (Offer(BOSTON, "Boston Scientific", "B-9", "each", Decimal("1500"), 9, preferred=True),),
    ),
    _item(
        LOANED,
        "Loaned screw",
        (Offer(BOSTON, "Boston Scientific", "B-7", "each", Decimal("90"), 9),),
        consigned=True,
    ),
    _item(PLAIN, "Plain thing", ()),
)
PARS = (
    Par(GLOVE, BIN, 50, 100, 300, 400),
    Par(GLOVE, ICU_SHELF, 5, 10, 40, 50),
    Par(GAUZE, BIN, 5, 20, 60, 80),
    Par(STENT, CATH_SHELF, 1, 2, 5, 6),
    Par(LOANED, CATH_SHELF, 1, 2, 5, 6),
    Par(PLAIN, BIN, 1, 2, 5, 6),
)
STAFF = {
    NURSE: (Role.CLINICIAN, ICU),
    TECH: (Role.TECHNICIAN, CENTRAL),
    BUYER: (Role.BUYER, CENTRAL),
    BOSS: (Role.MANAGER, CENTRAL),
    PHARM: (Role.PHARMACIST, ICU),
}


@dataclass
class BuyingHouse:
    transactions: Transactions
    now: datetime = NOW
    people: dict[PersonId, Person] = field(default_factory=dict)
    _parts: int = 0

    @property
    def today(self) -> date:
        return TODAY + (self.now - NOW) // timedelta(days=1) * timedelta(days=1)

    def hand(self, who: PersonId = BUYER) -> Hand:
        return Hand(self.people[who], self.now, self.today)

    def puts(self, item_id: ItemId, quantity: int, *, at: PlaceId, lot_id: LotId = NO_LOT) -> None:
        self._post(MovementKind.RECEIVE, item_id, quantity, at, lot_id)

    def uses(self, item_id: ItemId, quantity: int, *, at: PlaceId, days_ago: int = 1) -> None:
        self._post(MovementKind.CONSUME, item_id, quantity, at, NO_LOT, days_ago=days_ago)

    def _post(
        self,
        kind: MovementKind,
        item_id: ItemId,
        quantity: int,
        at: PlaceId,
        lot_id: LotId,
        *,
        days_ago: int = 0,
    ) -> None:
        self._parts += 1
        identity = new_id()
        moment = self.now - timedelta(days=days_ago)
        inward = kind is MovementKind.RECEIVE
        movement = Movement(
            id=identity, facility_id=HOUSE, key=f"set-up:{identity}", kind=kind, item_id=item_id, quantity=quantity,
            occurred_at=moment, recorded_at=moment, day=self.today - timedelta(days=days_ago), actor_id=TECH, lot_id=lot_id,
            to_place_id=at if inward else None, from_place_id=None if inward else at,
        )  # fmt: skip
        with self.transactions.begin() as uow:
            uow.ledger.post([movement])
            uow.commit()

    def needs(self) -> list[Need]:
        with self.transactions.reading() as uow:
            return needs(HOUSE, today=self.today, uow=uow)

    def propose(self) -> Proposed:
        with self.transactions.begin() as uow:
            return propose(HOUSE, now=self.now, today=self.today, uow=uow)

    def order(self, order: PurchaseOrder) -> PurchaseOrder:
        with self.transactions.reading() as uow:
            return uow.orders.get(HOUSE, order.id)


def buying_house(transactions: Transactions) -> BuyingHouse:
    people = {
        key: Person(key, HOUSE, f"{role.value.capitalize()} {key}", "", role, home, f"U{key}")
        for key, (role, home) in STAFF.items()
    }
    with transactions.begin() as uow:
        load = uow.loading
        load.cost_centres([CostCentre(CostCentreId(1), "1", "Any", "Any")])
        load.facilities([Facility(HOUSE, SITE, "Alder", "America/New_York")], PLACES)
        load.suppliers(
            [
                Supplier(MEDLINE, "Medline"),
                Supplier(OWENS, "Owens & Minor"),
                Supplier(BOSTON, "Boston Scientific", True),
            ]
        )
        load.items(ITEMS)
        load.people(list(people.values()))
        load.lots([Lot(LotId(1), STENT, "ST-1", expires_on=date(2028, 1, 1))])
        load.pars(PARS)
        load.finished()
        uow.commit()
    house = BuyingHouse(transactions, people=people)
    house.puts(GLOVE, 120, at=BIN)
    house.puts(GLOVE, 40, at=ICU_SHELF)
    house.puts(GAUZE, 15, at=BIN)
    house.puts(STENT, 2, at=CATH_SHELF, lot_id=LotId(1))
    return house
