"""A small hospital in a real store, and the acting half of the dialogue on top of it: what tests speak to."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bench.composition import labelled
from bot.dialogue.acting.acts import Acts
from bot.dialogue.acting.sketch import Sketch, read_body
from bot.dialogue.acting.turns import ActTurn, Press, Pressed, Submitted
from bot.dialogue.turn import Heard
from bot.understanding.meaning import Meaning
from bot.vault import FernetVault
from bot.views.acting.blocks import BlockViews
from bot.views.acting.shown import (
    Answer,
    Card,
    Closed,
    EditForm,
    HoldShown,
    OrderShown,
    ReceiptShown,
    Refusal,
    SubscriptionShown,
)
from bot.views.rendered import Json, Notice, Rendered
from domain.model.charge import Case, CostCentre, Encounter, Procedure, Provider
from domain.model.ids import (
    OURS,
    CaseId,
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
from domain.model.item import Item, Offer, Pack, Supplier, Tracking
from domain.model.lot import Lot
from domain.model.movement import Movement, MovementKind, Source
from domain.model.par import Par
from domain.model.person import Person, Role
from domain.model.place import Facility, Place, PlaceKind, PlaceTree
from domain.model.receipt import ActionDraft, DraftId
from domain.store import Store
from domain.store.search.items import ItemIndex
from domain.store.search.places import PlaceIndex

KEY = "c2l4dGVlbiBieXRlcyBvZiBrZXlzaXh0ZWVuIGJ5dGU="
NORTH = FacilityId(1)
NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)

ICU, ICU_A, ICU_B, ED, ED_CART, PACU, PACU_A = map(PlaceId, (10, 11, 12, 20, 21, 30, 31))
ORS, OR3, OR4, CORE, CENTRAL, CENTRAL_A = map(PlaceId, (50, 53, 54, 58, 60, 61))
PLACES = (
    Place(PlaceId(1), NORTH, None, PlaceKind.FACILITY, "North Hospital"),
    Place(
        ICU,
        NORTH,
        PlaceId(1),
        PlaceKind.UNIT,
        "ICU",
        aliases=("intensive care",),
        floor=4,
        cost_centre_id=CostCentreId(1),
    ),
    Place(ICU_A, NORTH, ICU, PlaceKind.SHELF, "Shelf A", floor=4),
    Place(ICU_B, NORTH, ICU, PlaceKind.SHELF, "Shelf B", floor=4),
    Place(
        ED, NORTH, PlaceId(1), PlaceKind.UNIT, "ED", aliases=("emergency",), cost_centre_id=CostCentreId(2)
    ),
    Place(ED_CART, NORTH, ED, PlaceKind.CART, "Cart 4", aliases=("cart 4",)),
    Place(
        PACU,
        NORTH,
        PlaceId(1),
        PlaceKind.UNIT,
        "PACU",
        aliases=("recovery",),
        floor=2,
        cost_centre_id=CostCentreId(1),
    ),
    Place(PACU_A, NORTH, PACU, PlaceKind.SHELF, "Shelf P", floor=2),
    Place(ORS, NORTH, PlaceId(1), PlaceKind.UNIT, "OR suite", floor=3, cost_centre_id=CostCentreId(3)),
    Place(OR3, NORTH, ORS, PlaceKind.ROOM, "OR 3", aliases=("operating room 3",), floor=3),
    Place(OR4, NORTH, ORS, PlaceKind.ROOM, "OR 4", aliases=("operating room 4",), floor=3),
    Place(CORE, NORTH, ORS, PlaceKind.CORE, "Sterile core", aliases=("core",), floor=3),
    Place(
        CENTRAL,
        NORTH,
        PlaceId(1),
        PlaceKind.STOREROOM,
        "Central supply",
        aliases=("central", "supply room"),
        x=150,
        cost_centre_id=CostCentreId(1),
    ),
    Place(CENTRAL_A, NORTH, CENTRAL, PlaceKind.SHELF, "Shelf C", x=150),
)

FOLEY14, FOLEY16, FOLEY18, BAG, SILK2, SILK3, VICRYL, GLOVE, TUBE, STAPLER, GAUZE, SALINE, PUMP = map(
    ItemId, (101, 102, 103, 110, 120, 121, 125, 130, 140, 150, 160, 170, 180)
)
MEDLINE, ETHICON = SupplierId(1), SupplierId(2)


def _item(
    item_id: ItemId, name: str, size: str, category: str, unit: str = "each", *, packs: tuple[Pack, ...] = (),
    synonyms: tuple[str, ...] = (), tracking: Tracking = Tracking.LOT, chargeable: bool = False,
) -> Item:  # fmt: skip
    whole = f"{name} {size}".strip()
    offers = (Offer(MEDLINE, "Medline", f"M-{item_id}", unit, Decimal("2.50"), 3, preferred=True),)
    return Item(
        item_id, str(10_000 + item_id), whole, name, size, category, "", "Maker", unit, packs=packs, offers=offers, synonyms=synonyms,
        tracking=tracking, chargeable=chargeable,
    )  # fmt: skip


ITEMS = (
    _item(FOLEY14, "Foley catheter", "14 Fr", "Urology", packs=(Pack("case", 10),), synonyms=("foley",)),
    _item(FOLEY16, "Foley catheter", "16 Fr", "Urology", packs=(Pack("case", 10),), synonyms=("foley",)),
    _item(FOLEY18, "Foley catheter", "18 Fr", "Urology", packs=(Pack("case", 10),), synonyms=("foley",)),
    _item(BAG, "Leg bag", "", "Urology", packs=(Pack("box", 25),), synonyms=("leg bags", "urine leg bag")),
    _item(SILK2, "Suture silk", "2-0", "Sutures", packs=(Pack("box", 12),), synonyms=("silk",)),
    _item(SILK3, "Suture silk", "3-0", "Sutures", packs=(Pack("box", 12),), synonyms=("silk",)),
    _item(VICRYL, "Suture vicryl", "4-0", "Sutures", packs=(Pack("box", 12),), synonyms=("vicryl",)),
    _item(
        GLOVE,
        "Surgical glove",
        "7.5",
        "Gloves",
        "pair",
        packs=(Pack("box", 50),),
        synonyms=("gloves", "sterile gloves"),
    ),
    _item(TUBE, "Chest tube", "28 Fr", "Thoracic", synonyms=("chest tubes",)),
    _item(
        STAPLER,
        "Linear stapler",
        "60 mm",
        "Staplers",
        tracking=Tracking.SERIAL,
        chargeable=True,
        synonyms=("stapler",),
    ),
    _item(
        GAUZE,
        "Gauze sponge",
        "4 x 4",
        "Dressings",
        packs=(Pack("pack", 10), Pack("box", 100)),
        tracking=Tracking.NONE,
        synonyms=("gauze", "4x4s"),
    ),
    _item(
        SALINE,
        "Saline flush syringe",
        "10 mL",
        "Syringes",
        packs=(Pack("box", 60),),
        synonyms=("flush", "saline flush"),
    ),
    _item(PUMP, "Infusion pump", "", "Equipment", tracking=Tracking.NONE, synonyms=("pump",)),
)

F_EARLY, F_LATE, F_OLD, BAG_LOT, SILK_LOT, GLOVE_LOT, TUBE_LOT, S1, S2, SALINE_LOT, VIC_LOT, F18_LOT = map(
    LotId, range(1, 13)
)
LOTS = (
    Lot(F_EARLY, FOLEY16, "8J2210", expires_on=date(2026, 12, 20)),
    Lot(F_LATE, FOLEY16, "9K3001", expires_on=date(2027, 6, 30)),
    Lot(F_OLD, FOLEY16, "7A1000", expires_on=date(2026, 10, 31)),
    Lot(BAG_LOT, BAG, "LB77", expires_on=date(2028, 1, 1)),
    Lot(SILK_LOT, SILK2, "SK2291", expires_on=date(2028, 5, 1)),
    Lot(GLOVE_LOT, GLOVE, "GL500", expires_on=date(2029, 1, 1)),
    Lot(TUBE_LOT, TUBE, "CT28", expires_on=date(2027, 9, 1)),
    Lot(S1, STAPLER, "", "SN4711", expires_on=date(2027, 9, 1)),
    Lot(S2, STAPLER, "", "SN4712", expires_on=date(2027, 10, 1)),
    Lot(SALINE_LOT, SALINE, "SF90", expires_on=date(2027, 2, 1)),
    Lot(VIC_LOT, VICRYL, "VC40", expires_on=date(2027, 2, 1)),
    Lot(F18_LOT, FOLEY18, "8J1800", expires_on=date(2027, 3, 1)),
)
SHELVES: tuple[tuple[ItemId, LotId, PlaceId, int], ...] = (
    (FOLEY16, F_EARLY, ICU_A, 3),
    (FOLEY16, F_LATE, ICU_A, 10),
    (FOLEY16, F_OLD, ICU_B, 2),
    (BAG, BAG_LOT, ICU_A, 40),
    (SILK2, SILK_LOT, ICU_B, 24),
    (VICRYL, VIC_LOT, ICU_B, 12),
    (GLOVE, GLOVE_LOT, ICU_B, 100),
    (TUBE, TUBE_LOT, CENTRAL_A, 36),
    (STAPLER, S1, CORE, 1),
    (STAPLER, S2, CORE, 1),
    (SALINE, SALINE_LOT, ICU_A, 60),
    (SALINE, SALINE_LOT, CENTRAL_A, 600),
    (FOLEY16, F_LATE, CENTRAL_A, 50),
    (FOLEY18, F18_LOT, CENTRAL_A, 30),
    (FOLEY16, F_LATE, ED_CART, 4),
    (GLOVE, GLOVE_LOT, CENTRAL_A, 500),
    (BAG, BAG_LOT, CENTRAL_A, 100),
    (GAUZE, LotId(0), ICU_B, 200),
    (PUMP, LotId(0), CENTRAL_A, 6),
    (SILK2, SILK_LOT, CORE, 36),
    (FOLEY16, F_LATE, PACU_A, 5),
)
PARS = (
    Par(FOLEY16, ICU_A, 4, 8, 20, 30),
    Par(SALINE, ICU_A, 20, 40, 120, 200),
    Par(FOLEY16, PACU_A, 2, 4, 10, 20),
)

ANA = Person(PersonId(1), NORTH, "Ana Ruiz", "Charge nurse", Role.CLINICIAN, ICU, "U1")
TOM = Person(PersonId(2), NORTH, "Tom Webb", "Supply technician", Role.TECHNICIAN, CENTRAL, "U2")
MIA = Person(PersonId(3), NORTH, "Mia Chang", "Supply manager", Role.MANAGER, CENTRAL, "U3")
BEN = Person(PersonId(4), NORTH, "Ben Ochoa", "Nurse", Role.CLINICIAN, PACU, "U4")
ORLA = Person(PersonId(5), NORTH, "Orla Byrne", "Scrub nurse", Role.CLINICIAN, ORS, "U5")
PEOPLE = (ANA, TOM, MIA, BEN, ORLA)
PATIENT, OTHER_PATIENT = "E-4482913", "E-7751204"


class Recorder(BlockViews):
    """Draws as for Slack, and keeps the values that were drawn, latest last."""

    def __init__(self) -> None:
        self.cards: list[Card] = []
        self.closings: list[Closed] = []
        self.receipts: list[ReceiptShown] = []
        self.refusals: list[Refusal] = []
        self.orders: list[OrderShown] = []
        self.holds: list[HoldShown] = []
        self.alerts: list[tuple[str, tuple[SubscriptionShown, ...]]] = []
        self.forms: list[EditForm] = []
        self.notices: list[Notice] = []

    def card(self, value: Card) -> Rendered:
        self.cards.append(value)
        return super().card(value)

    def closed(self, value: Closed) -> Rendered:
        self.closings.append(value)
        return super().closed(value)

    def receipt(self, value: ReceiptShown) -> Rendered:
        self.receipts.append(value)
        return super().receipt(value)

    def refusal(self, value: Refusal) -> Rendered:
        self.refusals.append(value)
        return super().refusal(value)

    def requisition(self, value: OrderShown) -> Rendered:
        self.orders.append(value)
        return super().requisition(value)

    def hold(self, value: HoldShown) -> Rendered:
        self.holds.append(value)
        return super().hold(value)

    def subscriptions(self, values: Sequence[SubscriptionShown], *, lead: str = "") -> Rendered:
        self.alerts.append((lead, tuple(values)))
        return super().subscriptions(values, lead=lead)

    def form(self, value: EditForm) -> Mapping[str, Json]:
        self.forms.append(value)
        return super().form(value)

    def override_form(self, value: EditForm) -> Mapping[str, Json]:
        self.forms.append(value)
        return super().override_form(value)

    def notice(self, value: Notice) -> Rendered:
        self.notices.append(value)
        return super().notice(value)


@dataclass
class Ticking:
    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def pass_(self, **more: float) -> None:
        self.moment += timedelta(**more)


@dataclass
class StoreChannels:
    """Central has a channel; nobody else."""

    named: dict[PlaceId, str] = field(default_factory=lambda: {CENTRAL: "C-central", CENTRAL_A: "C-central"})

    def of(self, place_id: PlaceId) -> str:
        return self.named.get(place_id, "")


class House:
    """One thread of one conversation, spoken to as Slack would."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Ticking()
        self.views = Recorder()
        self.vault = FernetVault(KEY)
        self.channels = StoreChannels()
        self.person = ANA
        self.channel, self.thread, self.private = "D1", "", True
        _fill(store, self.vault)
        self.acts = self.made()

    def made(self) -> Acts:
        """Another process over the same store."""
        return Acts(
            transactions=self.store.transactions,
            items=ItemIndex(ITEMS),
            places=PlaceIndex(PlaceTree(PLACES)),
            vault=self.vault,
            clock=self.clock,
            views=self.views,
            channels=self.channels,
        )

    # -- speaking

    def heard(self, text: str, *, event: str = "", person: Person | None = None) -> Heard:
        who = person or self.person
        return Heard(
            text,
            who,
            self.channel,
            self.thread,
            event or f"Ev{uuid.uuid4()}",
            actor=who,
            private=self.private,
        )

    def say(
        self, text: str, *, intent: str = "consume", person: Person | None = None, event: str = ""
    ) -> ActTurn | None:
        """A labelled message ("used [2](quantity) [foleys](item)")."""
        meaning = labelled(text, intent=intent)
        return self.acts.hear_now(self.heard(meaning.text, event=event, person=person), meaning)

    def act(self, text: str, *, intent: str = "consume", person: Person | None = None) -> Card:
        """``say`` for what must give a card."""
        before = len(self.views.cards)
        turn = self.say(text, intent=intent, person=person)
        assert turn is not None, f"no action: {text}"
        assert len(self.views.cards) > before, turn.rendered.text
        return self.card

    def reply(
        self, text: str, *, intent: str = "out_of_scope", person: Person | None = None, event: str = ""
    ) -> ActTurn | None:
        """A terse message in the thread, oddly labelled."""
        return self.acts.hear_now(self.heard(text, event=event, person=person), Meaning(text, intent, 0.4))

    @property
    def card(self) -> Card:
        return self.views.cards[-1]

    @property
    def sketch(self) -> Sketch:
        return read_body(self.draft().body)

    def draft(self, card: Card | None = None) -> ActionDraft:
        with self.store.transactions.reading() as uow:
            return uow.drafts.get(DraftId(uuid.UUID((card or self.card).subject)))

    # -- pressing

    def press(
        self, press: Press, choice: str = "", *, card: Card | None = None, subject: str = "", person: Person | None = None, event: str = "",
        version: int | None = None, message: str = "100.1",
    ) -> ActTurn:  # fmt: skip
        shown = card or (self.card if self.views.cards else None)
        return self.acts.press_now(
            self._pressed(press, choice, shown, subject, person or self.person, event, version, message)
        )

    def _pressed(
        self, press: Press, choice: str, shown: Card | None, subject: str, person: Person, event: str, version: int | None, message: str
    ) -> Pressed:  # fmt: skip
        found = subject or (shown.subject if shown is not None else "")
        number = version if version is not None else (shown.version if shown is not None else 1)
        return Pressed(
            press,
            found,
            number,
            choice,
            person,
            self.channel,
            self.thread,
            message,
            self.private,
            event or f"Ev{uuid.uuid4()}",
        )

    def confirm(self, *, person: Person | None = None, card: Card | None = None) -> ReceiptShown:
        before = len(self.views.receipts)
        turn = self.press(Press.CONFIRM, person=person, card=card)
        assert len(self.views.receipts) > before, turn.rendered.text
        return self.views.receipts[-1]

    def choose(self, label: str) -> Card:
        """Presses the answer so labelled on the latest card."""
        self.press(Press.CHOOSE, self.answer(label).choice)
        return self.card

    def answer(self, label: str) -> Answer:
        assert self.card.question is not None, "nothing is asked"
        found = [one for one in self.card.question.answers if one.label == label]
        assert found, [one.label for one in self.card.question.answers]
        return found[0]

    def fill(
        self,
        values: dict[str, str],
        *,
        form: str = "edit",
        person: Person | None = None,
        card: Card | None = None,
    ) -> ActTurn:
        shown = card or self.card
        sent = Submitted(
            form, shown.subject, shown.version, values, person or self.person, self.channel, self.thread, "100.1", self.private,
            f"Ev{uuid.uuid4()}",
        )  # fmt: skip
        errors = self.acts.check_now(sent)
        assert not errors, errors
        return self.acts.submit_now(sent)

    # -- looking

    def on_hand(self, item_id: ItemId, place_id: PlaceId) -> int:
        with self.store.transactions.reading() as uow:
            inside = tuple(uow.places.tree().subtree(place_id))
            return sum(line.on_hand for line in uow.stock.of_items([item_id], places=inside))

    def on_hand_in_transit(self, name: str) -> int:
        """Everything at or under way to the place of this name."""
        with self.store.transactions.reading() as uow:
            place = next(place for place in PLACES if place.name == name)
            return sum(
                line.on_hand for line in uow.stock.of_items([item.id for item in ITEMS], places=[place.id])
            )

    def in_channel(self, channel: str = "C1", thread: str = "50.1") -> None:
        self.channel, self.thread, self.private = channel, thread, False


def lines_of(card: Card) -> list[tuple[str, int]]:
    """Item numbers and base units of a card's plan."""
    assert card.plan is not None, card.question
    return [(line.item.name, line.quantity) for line in card.plan.lines]


def lots_of(card: Card) -> list[tuple[str, int]]:
    assert card.plan is not None, card.question
    return [
        (pick.lot_number or pick.serial, pick.quantity) for line in card.plan.lines for pick in line.picks
    ]


def _fill(store: Store, vault: FernetVault) -> None:
    with store.transactions.begin() as unit:
        loading = unit.loading
        loading.facilities([Facility(NORTH, PlaceId(1), "North Hospital", "America/New_York")], PLACES)
        loading.cost_centres(
            [
                CostCentre(CostCentreId(1), "6010", "Critical care", "Acute care"),
                CostCentre(CostCentreId(2), "6020", "Emergency", "Acute care"),
                CostCentre(CostCentreId(3), "6030", "Surgery", "Surgery"),
            ]
        )
        loading.suppliers([Supplier(MEDLINE, "Medline"), Supplier(ETHICON, "Ethicon")])
        loading.items(ITEMS)
        loading.people(PEOPLE)
        loading.providers(
            [
                Provider(ProviderId(1), "Dr. Chen", "Cardiology"),
                Provider(ProviderId(2), "Dr. Patel", "Surgery"),
            ]
        )
        loading.procedures([Procedure(ProcedureId(1), "92928", "PCI", "Cardiology")])
        stays = ((EncounterId(1), PATIENT), (EncounterId(2), OTHER_PATIENT))
        plain = [(key, number.replace("-", "")) for key, number in stays]
        loading.encounters(
            [
                Encounter(key, NORTH, vault.seal(number), vault.digest(number), f"…{number[-4:]}")
                for key, number in plain
            ]
        )
        loading.cases(
            [
                Case(CaseId(1), NORTH, "C-991", TODAY, OR3, ProviderId(1), ProcedureId(1), EncounterId(1)),
                Case(CaseId(2), NORTH, "C-1002", TODAY, OR4, ProviderId(2), ProcedureId(1), EncounterId(2)),
            ]
        )
        loading.lots(LOTS)
        loading.pars(PARS)
        loading.finished()
        unit.commit()
    movements = []
    for number, (item_id, lot_id, place_id, quantity) in enumerate(SHELVES):
        movements.append(
            Movement(
                id=MovementId(uuid.uuid4()), facility_id=NORTH, key=f"stocked-{number}", kind=MovementKind.RECEIVE, item_id=item_id,
                quantity=quantity, occurred_at=NOW - timedelta(days=9), recorded_at=NOW - timedelta(days=9), day=TODAY - timedelta(days=9),
                actor_id=TOM.id, lot_id=lot_id, to_place_id=place_id, unit_cost=Decimal("2.50"), owner_id=OURS, source=Source("", "", ""),
            )
        )  # fmt: skip
    with store.transactions.begin() as unit:
        unit.ledger.post(movements)
        unit.commit()


def template(folder: Path) -> Path:
    """A database file with all tables and no rows."""
    from domain import store as stores

    path = folder / "parley.db"
    stores.upgrade(f"sqlite:///{path}")
    return path
