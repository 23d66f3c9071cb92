"""Actions of a little hospital, as the dialogue would hand them to the views."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bot.dialogue.acting.showing import ActViews
from bot.views.acting.blocks import BlockViews
from bot.views.acting.shown import (
    Answer,
    Asked,
    Card,
    CheckRow,
    HoldShown,
    KnownLine,
    OrderShown,
    Powers,
    ReceiptShown,
    Side,
    SubscriptionShown,
)
from domain.model.hold import CheckState, Hold, HoldId
from domain.model.ids import (
    NO_LOT,
    FacilityId,
    ItemId,
    LotId,
    MovementId,
    PersonId,
    PlaceId,
    SupplierId,
)
from domain.model.movement import MovementKind
from domain.model.permission import Deed
from domain.model.person import Role
from domain.model.receipt import DraftId
from domain.model.requisition import RequisitionId, RequisitionLine, RequisitionOrder, RequisitionState
from domain.model.subscription import Subscription, SubscriptionId, Topic
from domain.usecases.act.plans import (
    Obstacle,
    Pick,
    Plan,
    PlannedLine,
    Posted,
    Problem,
    TargetRef,
    Weight,
)
from domain.usecases.act.requests import Action, Consume, Wanted
from domain.usecases.ask.answers import ItemRef, PlaceRef
from tests.unit.views.facts import FOLEY, GLOVE, TODAY, place

VIEWS: ActViews = BlockViews()
DRAFT = DraftId(UUID("0199c0de-0000-7000-8000-000000000001"))
SUBJECT = str(DRAFT)
NOON = datetime(2026, 11, 22, 12, 4, tzinfo=UTC)
LEG_BAG = ItemRef(ItemId(3), "20310", "Leg bag, 600 mL", "", "each")
CART = PlaceRef(PlaceId(11), "Core cart", "OR 3 › Core cart", "OR", "Saint Brigid")
PACU = PlaceRef(PlaceId(12), "Shelf A1", "PACU › Supply room › Shelf A1", "PACU", "Saint Brigid")
STORE = PlaceRef(PlaceId(13), "Central store", "Central store", "Central store", "Saint Brigid")
TARGET = TargetRef("case C-991", "…4821")


def pick(**changes: Any) -> Pick:
    values: dict[str, Any] = {
        "place": CART, "lot_id": LotId(1), "lot_number": "7K1120", "serial": "", "expires_on": date(2027, 2, 3),
        "owner_id": SupplierId(0), "on_hand": 34, "quantity": 2, "unit_cost": Decimal("4.20"), **changes,
    }  # fmt: skip
    return Pick(**values)


def line(**changes: Any) -> PlannedLine:
    values: dict[str, Any] = {
        "item": FOLEY, "quantity": 2, "entered": Decimal(2), "entered_unit": "", "picks": (pick(),), **changes,
    }  # fmt: skip
    return PlannedLine(**values)


def leg_bag(**changes: Any) -> PlannedLine:
    picks = (
        pick(
            lot_id=NO_LOT, lot_number="", expires_on=None, on_hand=12, quantity=1, unit_cost=Decimal("2.10")
        ),
    )
    return line(**{"item": LEG_BAG, "quantity": 1, "entered": Decimal(1), "picks": picks, **changes})


def consume(**changes: Any) -> Consume:
    values: dict[str, Any] = {"lines": (Wanted(FOLEY.id, Decimal(2)),), "place_id": CART.id, **changes}
    return Consume(**values)


def plan(request: Action | None = None, **changes: Any) -> Plan:
    values: dict[str, Any] = {
        "request": request or consume(), "lines": (line(), leg_bag()), "source": CART, "target": TARGET, **changes,
    }  # fmt: skip
    return Plan(**values)


def card(read_back: Plan | None = None, **changes: Any) -> Card:
    values: dict[str, Any] = {
        "subject": SUBJECT, "version": 1, "action": "consume", "asker": "Maya Okafor", "today": TODAY,
        "expires_at": NOON.replace(hour=12, minute=34), "plan": read_back or plan(), "powers": Powers(confirm=True), **changes,
    }  # fmt: skip
    return Card(**values)


def asking(answers: int = 3, **changes: Any) -> Card:
    names = (
        "Foley catheter, silicone, 16 Fr",
        "Foley catheter, latex, 16 Fr",
        "Foley catheter, 3-way, 22 Fr",
    )
    given = tuple(Answer(f"{names[n % 3]}", f"item:{n}", f"{10 + n} in OR 3") for n in range(answers))
    values: dict[str, Any] = {
        "plan": None, "lines": (KnownLine(None, said="foleys", amount="2"), KnownLine(LEG_BAG, amount="1 each")),
        "source": CART, "target": TARGET, "question": Asked("Which foley?", given, typed=True), "open": 2,
        "powers": Powers(edit=True), **changes,
    }  # fmt: skip
    return card(**values)


def expired() -> Problem:
    return Problem(
        Obstacle.EXPIRED, Weight.OVERRIDABLE, "Lot 7K1120 expired on Fri 20 Nov.",
        "Lot 8J2210 is on the same shelf: 12 each, exp 3 May.", line=0, override=Deed.OVERRIDE_EXPIRED,
        asks=(Role.PHARMACIST, Role.MANAGER),
    )  # fmt: skip


def short() -> Problem:
    return Problem(
        Obstacle.SHORT, Weight.WARNS, "The books hold 1 leg bag here; it is recorded all the same and a count asked for.",
        line=1,
    )  # fmt: skip


def posted(**changes: Any) -> Posted:
    values: dict[str, Any] = {
        "item": FOLEY, "quantity": 2, "lot_number": "7K1120", "serial": "", "from_place": CART, "to_place": None,
        "cost": Decimal("8.40"), "kind": MovementKind.CONSUME, "movement_id": MovementId(UUID(int=7)), **changes,
    }  # fmt: skip
    return Posted(**values)


def receipt(**changes: Any) -> ReceiptShown:
    lines = (posted(), posted(item=LEG_BAG, quantity=1, lot_number="", cost=Decimal("2.10")))
    values: dict[str, Any] = {
        "subject": "receipt:10482", "number": "R-10482", "action": "consume", "actor": "Maya Okafor", "posted_at": NOON,
        "today": TODAY, "lines": lines, "target": TargetRef("case C-991"), "source": CART, "cost": Decimal("10.50"),
        "may_undo": True, **changes,
    }  # fmt: skip
    return ReceiptShown(**values)


def order(state: RequisitionState = RequisitionState.ASKED, *, lines: int = 3, **changes: Any) -> OrderShown:
    items = (FOLEY, LEG_BAG, GLOVE)
    rows = tuple(
        RequisitionLine(n, items[n % 3].id, asked=20 + n, entered="2 box" if n % 3 == 2 else "")
        for n in range(lines)
    )
    asked = RequisitionOrder(
        id=RequisitionId(1042), facility_id=FacilityId(1), draft_id=DRAFT, asker_id=PersonId(1), from_place_id=STORE.id,
        to_place_id=PACU.id, state=state, lines=rows, asked_at=NOON, changed_at=NOON, needed_by="by 15:00", version=2,
    )  # fmt: skip
    values: dict[str, Any] = {
        "subject": "requisition:1042", "side": Side.STORE, "order": asked, "source": STORE, "destination": PACU,
        "lines": tuple((items[n % 3], row) for n, row in enumerate(rows)), "asker": "Maya Okafor", "today": TODAY,
        "steps": (Answer("All picked", "picked"), Answer("Picked less…", "edit"), Answer("None left", "short")), **changes,
    }  # fmt: skip
    return OrderShown(**values)


CHECKS = (Answer("Pulled", "pulled"), Answer("Not found", "not found"), Answer("Used already", "used"))


def hold(*, answered: int = 4, waiting: int = 3, **changes: Any) -> HoldShown:
    states = (CheckState.PULLED, CheckState.NOT_FOUND, CheckState.USED)
    rows = [CheckRow(place(n), 4 + n, states[n % 3], "Luis Herrera") for n in range(answered)]
    rows += [CheckRow(place(50 + n), 6 + n, CheckState.OPEN, answers=tuple(
        Answer(each.label, f"{50 + n}:{each.choice}") for each in CHECKS)) for n in range(waiting)]  # fmt: skip
    held = Hold(
        id=HoldId(17), facility_id=FacilityId(1), draft_id=DRAFT, reason="seal may leak", recalled=True,
        opened_by=PersonId(1), opened_at=NOON,
    )  # fmt: skip
    values: dict[str, Any] = {
        "subject": "hold:17", "hold": held, "what": "lot 8J2210 of Foley catheter, silicone, 16 Fr", "unit": "each",
        "rows": tuple(rows), "opened_by": "Ingrid Halvorsen", "today": TODAY, "may_lift": True, **changes,
    }  # fmt: skip
    return HoldShown(**values)


def subscription(number: int = 5, label: str = "16 Fr foleys in ICU are low") -> SubscriptionShown:
    row = Subscription(SubscriptionId(number), FacilityId(1), PersonId(1), Topic.LOW, NOON)
    return SubscriptionShown(f"subscription:{number}", row, label)
