"""What was read back is told apart by what would be posted; a movement's id is made of draft and moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from domain.model.ids import OURS, ItemId, LotId, PlaceId
from domain.model.movement import StockStatus
from domain.model.receipt import DraftId
from domain.usecases.act.obstacles import day
from domain.usecases.act.plans import Obstacle, Pick, Plan, PlannedLine, Problem, TargetRef, Weight
from domain.usecases.act.post import movement_id
from domain.usecases.act.requests import Arrive, Consume, LiftHold, SendBack, SetPar, Undo, Wanted
from domain.usecases.act.trailing import verb
from domain.usecases.ask.answers import ItemRef, PlaceRef

ICU = PlaceRef(PlaceId(1), "ICU", "ICU", "ICU", "North")
ED = PlaceRef(PlaceId(2), "ED", "ED", "ED", "North")
PICK = Pick(ICU, LotId(1), "8J-2210", "", date(2026, 12, 10), OURS, 5, 2, Decimal("2.35"))
LINE = PlannedLine(ItemRef(ItemId(1), "1", "Foley", "", "each"), 2, Decimal(2), "each", (PICK,))
PLAN = Plan(Consume((Wanted(ItemId(1), Decimal(2)),), PlaceId(1)), (LINE,), source=ICU)


def with_pick(**changes: object) -> Plan:
    return replace(PLAN, lines=(replace(LINE, picks=(replace(PICK, **changes),)),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        with_pick(quantity=3),
        with_pick(lot_number="9K3001"),
        with_pick(place=ED),
        with_pick(status=StockStatus.RECALLED),
        with_pick(owner_id=2),
        replace(PLAN, lines=(LINE, LINE)),
        replace(PLAN, lines=(replace(LINE, quantity=3),)),
        replace(PLAN, lines=(replace(LINE, puts=ED),)),
        replace(PLAN, in_transit=True),
        replace(PLAN, request=Consume((), PlaceId(2))),
        replace(PLAN, request=Undo(1)),  # type: ignore[arg-type]
    ],
)
def test_whatever_would_be_posted_otherwise_has_another_fingerprint(other: Plan) -> None:
    assert other.fingerprint != PLAN.fingerprint


@pytest.mark.parametrize(
    "same",
    [
        with_pick(unit_cost=Decimal("9.99")),
        with_pick(on_hand=99),
        replace(PLAN, problems=(Problem(Obstacle.SHORT, Weight.WARNS, "Few."),)),
        replace(PLAN, target=TargetRef("C-991", "…4821")),
        replace(PLAN, request=Consume((Wanted(ItemId(1), Decimal("2.00")),), PlaceId(1))),
    ],
)
def test_costs_warnings_and_what_lies_there_change_no_fingerprint(same: Plan) -> None:
    assert same.fingerprint == PLAN.fingerprint


def test_movement_ids_are_uuids_of_version_7_in_the_order_of_time_and_part() -> None:
    draft = DraftId(UUID(int=7))
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    ids = [movement_id(draft, part=part, now=now) for part in range(3)]
    later = movement_id(draft, part=0, now=now + timedelta(milliseconds=1))
    assert all(one.version == 7 and one.variant == "specified in RFC 4122" for one in ids)
    assert [*ids, later] == sorted({*ids, later})
    assert ids[0] == movement_id(draft, part=0, now=now)
    assert ids[0] != movement_id(DraftId(UUID(int=8)), part=0, now=now)


@pytest.mark.parametrize(
    ("action", "name"),
    [
        (Consume, "consume"),
        (SendBack, "send-back"),
        (SetPar, "set-par"),
        (LiftHold, "lift-hold"),
        (Arrive, "arrive"),
    ],
)
def test_actions_are_named_by_their_verbs(action: type, name: str) -> None:
    assert verb(object.__new__(action)) == name


def test_a_date_is_said_as_labels_say_it() -> None:
    assert (day(date(2027, 6, 30)), day(date(2026, 12, 10))) == ("June 2027", "10 December 2026")
