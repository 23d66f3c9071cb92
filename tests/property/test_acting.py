"""Actions by anybody in any order, on both databases: nothing is lost, nothing doubled, and what is read back is what is posted."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.errors import Invalid, Refused
from domain.model.charge import ChargeTarget
from domain.model.ids import CaseId, CostCentreId, ItemId, LotId, PersonId, PlaceId, SupplierId
from domain.model.movement import StockStatus
from domain.model.par import Par
from domain.model.receipt import DraftId, Receipt, ReceiptId
from domain.store import Store
from domain.usecases.act.plans import Plan
from domain.usecases.act.requests import (
    Action,
    Arrival,
    Arrive,
    Consume,
    Count,
    Found,
    Receive,
    Return,
    SendBack,
    Transfer,
    Undo,
    Wanted,
    Waste,
    WasteReason,
)
from domain.usecases.admin.check_ledger import check_ledger
from tests import small_hospital as small
from tests.integration.act import ward as wards
from tests.integration.act.ward import Ward, stocked

# PARLEY_THOROUGH multiplies the runs for a night's search.
RUNS = 8 * int(os.environ.get("PARLEY_THOROUGH", "1"))

PEOPLE = (*wards.ROLES, wards.TECH, wards.TECH, wards.BOSS, wards.BOSS)  # who may do more is drawn more often
PLACES = (small.ICU, small.ICU, small.ICU_SHELF_A, small.ICU_SHELF_B, small.ED, small.ED_CART, small.CLINIC)
ITEMS = (
    small.FOLEY,
    small.FOLEY,
    small.FOLEY,
    small.GLOVE,
    small.GLOVE,
    small.STENT,
    wards.SUTURE,
    wards.PACEMAKER,
)
LOTS = {
    small.FOLEY: (small.FOLEY_EARLY, small.FOLEY_LATE, wards.FOLEY_OLD, wards.FOLEY_SOUTH),
    small.STENT: (small.STENT_LOT,),
    wards.SUTURE: (wards.SUTURE_LOT,),
    wards.PACEMAKER: (wards.PACEMAKER_ONE,),
}
TARGETS = (
    None,
    wards.CASE,
    ChargeTarget(case_id=CaseId(1)),
    ChargeTarget(cost_centre_id=CostCentreId(1)),
)
PARS = (Par(small.FOLEY, small.ED_CART, 1, 2, 3, 4), Par(small.GLOVE, small.ICU, 1, 2, 3, 4))

places = st.sampled_from(PLACES)
people = st.sampled_from(PEOPLE)


@st.composite
def wanted(draw: st.DrawFn) -> Wanted:
    item_id = draw(st.sampled_from(ITEMS))
    quantity = None if draw(st.integers(0, 7)) == 0 else Decimal(draw(st.sampled_from((1, 1, 2, 3, 7))))
    lots: tuple[LotId, ...] = ()
    if item_id in LOTS and draw(st.integers(0, 5)) == 0:
        lots = (draw(st.sampled_from(LOTS[item_id])),)
    unit = "box" if item_id == wards.SUTURE and quantity == 1 else ""
    return Wanted(item_id, quantity, unit, lots)


lines = st.one_of(*[st.tuples(wanted())] * 3, st.tuples(wanted(), wanted()))


@st.composite
def arrivals(draw: st.DrawFn) -> Arrival:
    item_id = draw(st.sampled_from(ITEMS))
    if item_id == wards.PACEMAKER:
        serials = tuple(draw(st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=2, unique=True)))
        return Arrival(item_id, Decimal(len(serials)), "", "", serials, date(2028, 1, 31))
    number = draw(st.sampled_from(("8j2210", "NEW-1", "NEW-2", "")))
    return Arrival(item_id, Decimal(draw(st.integers(1, 9))), "", number, (), date(2027, 1, 31))


@st.composite
def founds(draw: st.DrawFn) -> tuple[Found, ...]:
    items = draw(st.lists(st.sampled_from(ITEMS), min_size=1, max_size=2, unique=True))
    return tuple(Found(item_id, Decimal(draw(st.integers(0, 12)))) for item_id in items)


@dataclass(frozen=True)
class Deed:
    """What was posted, by which card, and what it did to the sum of each item in the house."""

    action: Action
    draft_id: DraftId
    shown: str
    receipt: Receipt
    change: dict[ItemId, int]


class ActingMachine(RuleBasedStateMachine):
    """``make_store`` gives a fresh store for each run; set by the test."""

    make_store: Callable[[], Store]

    @initialize()
    def open(self) -> None:
        self.store = type(self).make_store()
        self.ward: Ward = stocked(self.store.transactions)
        with self.store.transactions.begin() as uow:
            for par in PARS:
                uow.pars.put(par)
            uow.commit()
        self.deeds: list[Deed] = []
        self.undone: set[ReceiptId] = set()
        self.total = self.sums()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            assert check_ledger(self.store.transactions).sound
            self.store.close()

    def sums(self) -> dict[ItemId, int]:
        found: dict[ItemId, int] = dict.fromkeys(ITEMS, 0)
        for line in self.ward.lines():
            found[line.item_id] += line.on_hand
        return found

    def plan(self, action: Action, who: PersonId) -> Plan | None:
        try:
            return self.ward.plan(action, who=who)
        except Invalid as error:
            event(f"{type(action).__name__} invalid: {type(error).__name__}")
            return None

    def act(self, action: Action, who: PersonId, *, because: str | None = None) -> Deed | None:
        """Reads it back and clicks at once. What may be posted is posted just so; what may not leaves nothing behind."""
        plan = self.plan(action, who)
        if plan is None:
            return None
        draft_id, before = self.ward.draft(action, who=who), self.ward.lines()
        try:
            receipt = self.ward.post(action, draft_id, plan.fingerprint, who=who, because=because)
        except Refused:
            assert not plan.postable, plan.problems
            assert self.ward.lines() == before
            event(f"{type(action).__name__} refused")
            return None
        assert plan.postable or (because is not None and plan.overridable), plan.problems
        event(f"{type(action).__name__} posted")
        change = self.expected(action, plan)
        moved = {m.item_id for m in self.ward.moved(receipt)}
        assert moved == {line.item.id for line in plan.lines for pick in line.picks if pick.quantity}
        for item_id, difference in change.items():
            self.total[item_id] += difference
        deed = Deed(action, draft_id, plan.fingerprint, receipt, change)
        self.deeds.append(deed)
        return deed

    def expected(self, action: Action, plan: Plan) -> dict[ItemId, int]:
        """What the words of the action say, not what its movements do."""
        change: dict[ItemId, int] = {}
        match action:
            case Undo():
                original = next(deed for deed in self.deeds if deed.receipt.id == action.receipt_id)
                return {item_id: -difference for item_id, difference in original.change.items()}
            case Transfer() | Arrive():
                sign = 0
            case Receive() | Return():
                sign = 1
            case Count():
                for line in plan.lines:
                    assert line.expected is not None
                    assert sum(pick.quantity for pick in line.picks) == line.quantity - line.expected
                    change[line.item.id] = line.quantity - line.expected
                return change
            case _:
                sign = -1
        for line in plan.lines:
            assert sum(pick.quantity for pick in line.picks) == line.quantity
            change[line.item.id] = change.get(line.item.id, 0) + sign * line.quantity
        return change

    @rule(
        things=lines,
        place=places,
        who=people,
        account=st.sampled_from(TARGETS),
        why=st.none() | st.just("seen"),
    )
    def use(
        self,
        things: tuple[Wanted, ...],
        place: PlaceId,
        who: PersonId,
        account: ChargeTarget | None,
        why: str | None,
    ) -> None:
        self.act(Consume(things, place, account), who, because=why)

    @rule(things=lines, one=places, other=places, who=people, way=st.sampled_from((None, True, False)))
    def move(
        self, things: tuple[Wanted, ...], one: PlaceId, other: PlaceId, who: PersonId, way: bool | None
    ) -> None:
        self.act(Transfer(things, one, other, way), who)

    @rule(brought=st.lists(arrivals(), min_size=1, max_size=2).map(tuple), place=places, who=people)
    def receive(self, brought: tuple[Arrival, ...], place: PlaceId, who: PersonId) -> None:
        self.act(Receive(brought, place, SupplierId(1)), who)

    @rule(things=lines, place=places, who=people, reason=st.sampled_from(WasteReason))
    def waste(self, things: tuple[Wanted, ...], place: PlaceId, who: PersonId, reason: WasteReason) -> None:
        self.act(Waste(things, place, reason), who)

    @rule(seen=founds(), place=places, who=people)
    def count(self, seen: tuple[Found, ...], place: PlaceId, who: PersonId) -> None:
        if self.act(Count(seen, place), who) is None:
            return
        inside = self.store.transactions.reading()
        with inside as uow:
            subtree = uow.places.tree().subtree(place)
        for found in seen:
            lying = [
                line
                for line in self.ward.lines()
                if line.item_id == found.item_id
                and line.place_id in subtree
                and line.status is StockStatus.AVAILABLE
            ]
            assert sum(line.on_hand for line in lying) == found.quantity
            assert all(line.on_hand >= 0 for line in lying)

    @rule(things=lines, place=places, who=people, account=st.sampled_from(TARGETS))
    def give_back(
        self, things: tuple[Wanted, ...], place: PlaceId, who: PersonId, account: ChargeTarget | None
    ) -> None:
        self.act(Return(things, place, account), who)

    @rule(things=lines, place=places, back=st.integers(1, 3))
    def use_and_give_back(self, things: tuple[Wanted, ...], place: PlaceId, back: int) -> None:
        used = self.act(Consume(things, place, wards.CASE), wards.BOSS)
        if used is None:
            return
        wanted = tuple(Wanted(line.item_id, Decimal(back)) for line in things[:1])
        self.act(Return(wanted, place, wards.CASE), wards.BOSS)

    @rule(things=lines, one=places, other=places)
    def send_and_receive(self, things: tuple[Wanted, ...], one: PlaceId, other: PlaceId) -> None:
        sent = self.act(Transfer(things, one, other, True), wards.TECH)
        if sent is not None:
            under_way = self.in_transit()
            moved = sum(line.quantity for line in self.ward.moved(sent.receipt))
            if self.act(Arrive(sent.receipt.id), wards.TECH) is not None:
                assert self.in_transit() == under_way - moved

    def in_transit(self) -> int:
        return sum(line.on_hand for line in self.ward.lines() if line.status is StockStatus.IN_TRANSIT)

    @rule(things=lines, place=places, who=people)
    def send_back(self, things: tuple[Wanted, ...], place: PlaceId, who: PersonId) -> None:
        self.act(SendBack(things, place, SupplierId(1), "old"), who)

    @precondition(lambda self: any(isinstance(deed.action, Transfer) for deed in self.deeds))
    @rule(number=st.integers(0, 50), few=st.none() | st.integers(0, 3), who=people)
    def arrive(self, number: int, few: int | None, who: PersonId) -> None:
        sent = [deed.receipt for deed in self.deeds if isinstance(deed.action, Transfer)]
        receipt = sent[number % len(sent)]
        found = () if few is None or not receipt.movement_ids else ((receipt.movement_ids[0], few),)
        self.act(Arrive(receipt.id, found, receipt.facility_id), who)

    @precondition(lambda self: self.deeds)
    @rule(number=st.integers(0, 50), who=people)
    def undo(self, number: int, who: PersonId) -> None:
        deed = self.deeds[number % len(self.deeds)]
        undo = Undo(deed.receipt.id, facility_id=deed.receipt.facility_id)
        if self.act(undo, who) is not None:
            assert deed.receipt.id not in self.undone
            assert not isinstance(deed.action, Undo)
            self.undone.add(deed.receipt.id)

    @rule(things=lines, place=places, other=places, kind=st.integers(0, 2))
    def do_and_undo(self, things: tuple[Wanted, ...], place: PlaceId, other: PlaceId, kind: int) -> None:
        actions: tuple[Action, ...] = (
            Consume(things, place, wards.CASE),
            Transfer(things, place, other),
            Waste(things, place, WasteReason.DROPPED),
        )
        before = self.ward.lines()
        deed = self.act(actions[kind], wards.BOSS)
        if deed is not None and deed.receipt.movement_ids:
            assert self.act(Undo(deed.receipt.id), wards.BOSS) is not None
            self.undone.add(deed.receipt.id)
            assert self.ward.lines() == before

    @precondition(lambda self: self.deeds)
    @rule(number=st.integers(0, 50), who=people)
    def click_again(self, number: int, who: PersonId) -> None:
        deed = self.deeds[number % len(self.deeds)]
        again = self.ward.post(deed.action, deed.draft_id, deed.shown, who=who)
        assert (again.id, again.movement_ids) == (deed.receipt.id, deed.receipt.movement_ids)

    @invariant()
    def nothing_is_lost_and_nothing_doubled(self) -> None:
        if hasattr(self, "store"):
            assert self.sums() == self.total

    @invariant()
    def a_serial_lies_in_one_place_at_most(self) -> None:
        if not hasattr(self, "store"):
            return
        there = [line for line in self.ward.lines() if line.serial and line.on_hand > 0]
        assert all(line.on_hand == 1 for line in there)


def test_nothing_is_lost_or_doubled_whoever_does_what(make_store: Callable[[], Store]) -> None:
    class Machine(ActingMachine):
        pass

    Machine.make_store = staticmethod(make_store)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
