"""Two small hospitals in a store, made by hand: enough places, items and lots to move things about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import uuid_utils.compat as uuid_utils

from domain.model.charge import Case, ChargeTarget, CostCentre, Encounter, Procedure, Provider
from domain.model.ids import (
    OURS,
    CaseId,
    ChargeId,
    CostCentreId,
    EncounterId,
    FacilityId,
    ItemId,
    LotId,
    MovementId,
    PersonId,
    PlaceId,
    ProcedureId,
    ProviderId,
    SupplierId,
)
from domain.model.item import Identifier, IdentifierKind, Item, Offer, Pack, Substitute, Supplier
from domain.model.lot import Lot
from domain.model.movement import Movement, MovementKind, Source
from domain.model.par import Par
from domain.model.person import Person, Role
from domain.model.place import Facility, Place, PlaceKind
from domain.ports import Transactions

NORTH, SOUTH = FacilityId(1), FacilityId(2)
ICU, ICU_ROOM, ICU_SHELF_A, ICU_SHELF_B = PlaceId(10), PlaceId(11), PlaceId(12), PlaceId(13)
ED, ED_CART = PlaceId(20), PlaceId(21)
CLINIC, CLINIC_SHELF = PlaceId(30), PlaceId(31)
GLOVE, FOLEY, STENT = ItemId(1), ItemId(2), ItemId(3)
CONSIGNOR = SupplierId(2)
FOLEY_EARLY, FOLEY_LATE, STENT_LOT = LotId(1), LotId(2), LotId(3)
NURSE = PersonId(1)
ON_ICU, ON_CASE = ChargeId(1), ChargeId(2)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)

PLACES = (
    Place(PlaceId(1), NORTH, None, PlaceKind.FACILITY, "North"),
    Place(ICU, NORTH, PlaceId(1), PlaceKind.UNIT, "ICU", aliases=("intensive care", "unit 4"), floor=4),
    Place(ICU_ROOM, NORTH, ICU, PlaceKind.ROOM, "Supply room", x=3.5, y=2.25, floor=4),
    Place(ICU_SHELF_A, NORTH, ICU_ROOM, PlaceKind.SHELF, "Shelf A", order=1, floor=4),
    Place(ICU_SHELF_B, NORTH, ICU_ROOM, PlaceKind.SHELF, "Shelf B", order=2, floor=4),
    Place(ED, NORTH, PlaceId(1), PlaceKind.UNIT, "ED", cost_centre_id=CostCentreId(1)),
    Place(ED_CART, NORTH, ED, PlaceKind.CART, "Cart 1"),
    Place(PlaceId(2), SOUTH, None, PlaceKind.FACILITY, "South"),
    Place(CLINIC, SOUTH, PlaceId(2), PlaceKind.UNIT, "Clinic"),
    Place(CLINIC_SHELF, SOUTH, CLINIC, PlaceKind.SHELF, "Shelf 1"),
)

ITEMS = (
    Item(
        GLOVE, "1001", "Surgical glove", "Surgical glove", "7.5", "Gloves", "Protexis", "Cardinal", "pair",
        packs=(Pack("box", 50), Pack("case", 200)),
        identifiers=(Identifier(IdentifierKind.GTIN, "00612345678901", "box"),),
        offers=(Offer(SupplierId(1), "Medline", "M-77", "box", Decimal("61.2550"), 3, preferred=True),),
        substitutes=(Substitute(STENT, 1, "not really"),),
        synonyms=("orthos", "sevens and a half"),
    ),
    Item(FOLEY, "1002", "Foley catheter", "Foley catheter", "16 Fr", "Urology", "Bard", "BD", "each"),
    Item(
        STENT, "1003", "Coronary stent", "Coronary stent", "3 x 18 mm", "Cardiology", "Onyx", "Medtronic", "each",
        consigned=True, chargeable=True, sterile=True,
    ),
)  # fmt: skip

LOTS = (
    Lot(FOLEY_EARLY, FOLEY, "8J-2210", expires_on=date(2026, 12, 10), supplier_id=SupplierId(1)),
    Lot(FOLEY_LATE, FOLEY, "9K3001", expires_on=date(2027, 6, 30)),
    Lot(STENT_LOT, STENT, "", serial="SN 4711", expires_on=date(2027, 1, 31)),
)


def fill(transactions: Transactions, *, pars: tuple[Par, ...] = ()) -> None:
    """Everything but stock."""
    with transactions.begin() as unit:
        loading = unit.loading
        loading.facilities(
            [
                Facility(NORTH, PlaceId(1), "North", "America/New_York"),
                Facility(SOUTH, PlaceId(2), "South", "America/Chicago"),
            ],
            PLACES,
        )
        loading.cost_centres([CostCentre(CostCentreId(1), "6010", "Emergency", "Acute care")])
        loading.suppliers(
            [Supplier(SupplierId(1), "Medline"), Supplier(CONSIGNOR, "Medtronic", consigns=True)]
        )
        loading.items(ITEMS)
        loading.people(
            [Person(NURSE, NORTH, "Ana Ruiz", "Charge nurse", Role.CLINICIAN, ICU, "U1", "ana@example.org")]
        )
        loading.providers([Provider(ProviderId(1), "Dr. Chen", "Cardiology")])
        loading.procedures([Procedure(ProcedureId(1), "92928", "PCI", "Cardiology")])
        loading.encounters([Encounter(EncounterId(1), NORTH, b"sealed", b"d" * 32, "…4821")])
        loading.cases(
            [Case(CaseId(1), NORTH, "C-991", TODAY, ICU, ProviderId(1), ProcedureId(1), EncounterId(1))]
        )
        loading.charge_targets(
            [
                (ON_ICU, ChargeTarget(cost_centre_id=CostCentreId(1))),
                (
                    ON_CASE,
                    ChargeTarget(case_id=CaseId(1), encounter_id=EncounterId(1), provider_id=ProviderId(1)),
                ),
            ]
        )
        loading.lots(LOTS)
        loading.pars(pars)
        loading.finished()
        unit.commit()


def new_id() -> MovementId:
    return MovementId(uuid_utils.uuid7())


def receive(
    item_id: ItemId = FOLEY,
    quantity: int = 10,
    *,
    to: PlaceId = ICU_SHELF_A,
    lot_id: LotId = FOLEY_EARLY,
    unit_cost: Decimal = Decimal("2.35"),
    key: str = "",
    facility_id: FacilityId = NORTH,
    owner_id: SupplierId = OURS,
    occurred_at: datetime = NOW,
) -> Movement:
    identity = new_id()
    return Movement(
        id=identity,
        facility_id=facility_id,
        key=key or f"receive-{identity}",
        kind=MovementKind.RECEIVE,
        item_id=item_id,
        quantity=quantity,
        occurred_at=occurred_at,
        recorded_at=occurred_at + timedelta(seconds=1),
        day=occurred_at.date(),
        actor_id=NURSE,
        lot_id=lot_id,
        to_place_id=to,
        unit_cost=unit_cost,
        owner_id=owner_id,
        entered_quantity=Decimal("0.5"),
        entered_unit="box",
        source=Source("C1", "17000.1", "Ev1"),
    )


def consume(
    item_id: ItemId = FOLEY,
    quantity: int = 1,
    *,
    at: PlaceId = ICU_SHELF_A,
    lot_id: LotId = FOLEY_EARLY,
    unit_cost: Decimal = Decimal("2.35"),
    key: str = "",
    charge_id: ChargeId = ON_ICU,
    occurred_at: datetime = NOW,
    facility_id: FacilityId = NORTH,
) -> Movement:
    identity = new_id()
    return Movement(
        id=identity,
        facility_id=facility_id,
        key=key or f"consume-{identity}",
        kind=MovementKind.CONSUME,
        item_id=item_id,
        quantity=quantity,
        occurred_at=occurred_at,
        recorded_at=occurred_at + timedelta(seconds=1),
        day=occurred_at.date(),
        actor_id=NURSE,
        lot_id=lot_id,
        from_place_id=at,
        unit_cost=unit_cost,
        charge_id=charge_id,
    )
