"""What was spent, on both databases: worked by hand, and against sums over the very movements that were posted and undone."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.errors import Invalid, InvalidWindow, NotPermitted
from domain.model.charge import ChargeTarget
from domain.model.ids import (
    NO_CHARGE,
    NO_LOT,
    ChargeId,
    CostCentreId,
    ItemId,
    PlaceId,
    ProviderId,
    SupplierId,
)
from domain.model.movement import Movement, MovementKind, Source, reversal
from domain.model.person import Role
from domain.model.spending import SpendFilter, SpendGroup
from domain.model.window import DateWindow
from domain.ports import Scope
from domain.store import Store
from domain.usecases.admin.check_ledger import check_ledger
from domain.usecases.ask.answers import SpendAnswer
from domain.usecases.ask.report_spend import report_spend
from domain.usecases.ask.requests import ReportSpend
from tests.integration.ask_ward import ANA, TECHNICIAN, Ward
from tests.small_hospital import (
    CLINIC_SHELF,
    ED,
    ED_CART,
    FOLEY,
    FOLEY_EARLY,
    GLOVE,
    ICU,
    ICU_SHELF_A,
    ICU_SHELF_B,
    NORTH,
    NOW,
    NURSE,
    ON_CASE,
    ON_ICU,
    SOUTH,
    TODAY,
    consume,
    new_id,
)

MANAGER = replace(ANA, role=Role.MANAGER)
SINCE = DateWindow(TODAY - timedelta(days=6), TODAY)


@pytest.fixture
def ward(store: Store) -> Ward:
    return Ward(store)


def ask(
    ward: Ward,
    by: SpendGroup,
    *places: PlaceId,
    window: DateWindow = SINCE,
    items: tuple[ItemId, ...] = (),
    **more: object,
) -> SpendAnswer:
    asker = more.pop("asker", MANAGER)
    return ward.ask(report_spend, ReportSpend(asker, TODAY, window, by, items, places, **more))  # type: ignore[arg-type]


def used(
    quantity: int, cost: str, *, at: PlaceId = ICU_SHELF_A, item: ItemId = FOLEY, charge: ChargeId = ON_ICU, ago: int = 0,
    kind: MovementKind = MovementKind.CONSUME,
) -> Movement:  # fmt: skip
    moved = consume(
        item, quantity, at=at, lot_id=FOLEY_EARLY if item == FOLEY else NO_LOT, unit_cost=Decimal(cost),
        charge_id=charge, occurred_at=NOW - timedelta(days=ago), facility_id=SOUTH if at == CLINIC_SHELF else NORTH,
    )  # fmt: skip
    if kind is MovementKind.RETURN:
        return replace(moved, kind=kind, from_place_id=None, to_place_id=at)
    return replace(moved, kind=kind)


def figures(answer: SpendAnswer) -> dict[str, tuple[Decimal, Decimal]]:
    return {row.label: (row.cost, row.wasted) for row in answer.rows}


def test_use_is_credited_for_returns_and_stands_apart_from_waste(ward: Ward) -> None:
    ward.post(
        used(10, "2.50"),
        used(3, "2.50", kind=MovementKind.RETURN),
        used(2, "4.00", kind=MovementKind.WASTE, charge=NO_CHARGE),
    )
    found = ask(ward, SpendGroup.ITEM)
    assert (found.cost, found.wasted, found.total) == (Decimal("17.50"), Decimal("8.00"), Decimal("25.50"))
    assert figures(found) == {"Foley catheter, 16 Fr": (Decimal("17.50"), Decimal("8.00"))}
    wasted = ask(ward, SpendGroup.ITEM, waste=True)
    assert (wasted.total, wasted.rows[0].change, wasted.reasons) == (Decimal("8.00"), Decimal("8.00"), ())


def test_a_department_is_who_was_charged_else_whose_unit_it_was(ward: Ward) -> None:
    ward.post(
        used(1, "10"),  # in the ICU, charged to Emergency
        used(1, "20", at=ED_CART, charge=NO_CHARGE),  # in Emergency's own unit
        used(1, "40", charge=NO_CHARGE),  # in the ICU, which has no cost centre
    )
    assert figures(ask(ward, SpendGroup.DEPARTMENT)) == {
        "No department": (Decimal(40), Decimal(0)),
        "Emergency": (Decimal(30), Decimal(0)),
    }
    assert figures(ask(ward, SpendGroup.LINE)) == {
        "No business line": (Decimal(40), Decimal(0)),
        "Acute care": (Decimal(30), Decimal(0)),
    }
    only = SpendFilter(departments=(CostCentreId(1),))
    assert figures(ask(ward, SpendGroup.ITEM, only=only)) == {
        "Foley catheter, 16 Fr": (Decimal(30), Decimal(0))
    }


def test_a_provider_and_a_procedure_come_from_the_target_or_from_its_case(ward: Ward) -> None:
    ward.post(used(2, "50", charge=ON_CASE), used(1, "7"))
    assert figures(ask(ward, SpendGroup.PROVIDER)) == {
        "Dr. Chen": (Decimal(100), Decimal(0)),
        "No provider": (Decimal(7), Decimal(0)),
    }
    by_procedure = ask(ward, SpendGroup.PROCEDURE)
    assert figures(by_procedure) == {
        "PCI": (Decimal(100), Decimal(0)),
        "Outside procedures": (Decimal(7), Decimal(0)),
    }
    assert (by_procedure.cases, by_procedure.rows[0].per_case) == (1, Decimal(100))
    assert figures(ask(ward, SpendGroup.CASE, only=SpendFilter(providers=(ProviderId(1),)))) == {
        "C-991": (Decimal(100), Decimal(0))
    }


def test_names_of_providers_are_for_managers_and_patients_for_who_may_see_them(ward: Ward) -> None:
    ward.post(used(2, "50", charge=ON_CASE))
    hidden = ask(ward, SpendGroup.PROVIDER, asker=TECHNICIAN)
    assert (list(figures(hidden)), hidden.names_hidden) == (["Provider A"], True)
    assert list(figures(ask(ward, SpendGroup.PATIENT))) == ["…4821"]
    with pytest.raises(NotPermitted):
        ask(ward, SpendGroup.PATIENT, asker=TECHNICIAN)


def test_a_supplier_is_the_one_the_catalogue_prefers(ward: Ward) -> None:
    ward.post(used(4, "1.25", item=GLOVE), used(1, "9"))
    assert figures(ask(ward, SpendGroup.SUPPLIER)) == {
        "No supplier": (Decimal(9), Decimal(0)),
        "Medline": (Decimal("5.00"), Decimal(0)),
    }
    only = SpendFilter(suppliers=(SupplierId(1),))
    assert figures(ask(ward, SpendGroup.DEPARTMENT, only=only)) == {
        "Emergency": (Decimal("5.00"), Decimal(0))
    }


def test_a_shelf_alone_and_a_window_of_the_future(ward: Ward) -> None:
    ward.post(used(1, "10"), used(1, "3", at=ICU_SHELF_B))
    assert ask(ward, SpendGroup.DEPARTMENT, ICU_SHELF_B).cost == 3
    assert ask(ward, SpendGroup.DEPARTMENT, ICU).cost == 13
    assert ask(ward, SpendGroup.DEPARTMENT, ED).rows == ()
    with pytest.raises(InvalidWindow):
        ask(ward, SpendGroup.ITEM, window=DateWindow(TODAY + timedelta(days=1), TODAY + timedelta(days=9)))


def test_the_change_is_told_by_causes_that_add_up(ward: Ward) -> None:
    ward.post(
        used(10, "2.00", ago=8), used(15, "3.00", ago=1), used(4, "1.00", item=GLOVE, ago=2),
        used(1, "5.00", kind=MovementKind.WASTE, ago=9),
    )  # fmt: skip
    found = ask(ward, SpendGroup.ITEM)
    assert (found.total, found.total_before) == (Decimal(49), Decimal(25))
    parts = found.volume + found.mix + found.price + found.other + found.waste
    assert parts == found.total - found.total_before
    assert found.price == 15
    assert [(one.label, one.cause, one.amount) for one in found.reasons] == [
        ("Foley catheter, 16 Fr", "dearer", Decimal(15)),
        ("Foley catheter, 16 Fr", "more", Decimal(10)),
        ("Surgical glove, 7.5", "new", Decimal(4)),
    ]
    assert sum(one.amount for one in found.reasons) + found.other_reasons == Decimal(24)


def test_spending_is_not_split_by_days_in_the_store(ward: Ward) -> None:
    with ward.store.transactions.reading() as uow, pytest.raises(Invalid):
        uow.spending.sums(Scope(NORTH), by=SpendGroup.DAY, window=SINCE, before=SINCE.before())
    series = ask(ward, SpendGroup.DAY).series
    assert [point.start for point in series] == [SINCE.start + timedelta(days=n) for n in range(7)]


# ---------------------------------------------------------------------------------------------- against the movements

PLACES = (ICU_SHELF_A, ICU_SHELF_B, ED_CART, CLINIC_SHELF)
UNIT = {ICU_SHELF_A: ICU, ICU_SHELF_B: ICU, ED_CART: ED}
KINDS = (MovementKind.CONSUME, MovementKind.CONSUME, MovementKind.WASTE, MovementKind.RETURN)


def random_movements(rng: random.Random, *, targets: list[ChargeId]) -> list[Movement]:
    made: list[Movement] = []
    for _ in range(260):
        moved = used(
            rng.randrange(1, 9), f"{rng.randrange(1, 90_000) / 10_000:.4f}", at=rng.choice(PLACES),
            item=rng.choice((FOLEY, GLOVE)), charge=rng.choice(targets), ago=rng.randrange(400), kind=rng.choice(KINDS),
        )  # fmt: skip
        made.append(moved)
        if rng.random() < 0.15:
            made.append(
                reversal(
                    moved,
                    id=new_id(),
                    key=f"undo-{moved.id}",
                    actor_id=NURSE,
                    recorded_at=NOW,
                    reason="mistake",
                    source=Source(),
                )
            )
    return made


def amounts(
    movements: list[Movement], window: DateWindow, key: object
) -> dict[object, tuple[Decimal, Decimal]]:
    """Use and waste by ``key`` of a movement, summed from the movements themselves."""
    found: defaultdict[object, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for moved in movements:
        if moved.day in window and moved.facility_id == NORTH:
            sign = -1 if (moved.kind is MovementKind.RETURN) == (moved.reverses is None) else 1
            found[key(moved)][moved.kind is MovementKind.WASTE] += sign * moved.cost  # type: ignore[operator]
    return {name: (one, other) for name, (one, other) in found.items() if one or other}


def place_of(moved: Movement) -> PlaceId:
    place = moved.from_place_id or moved.to_place_id
    assert place is not None
    return place


def test_every_report_equals_the_sum_of_its_movements_after_random_days_and_undos(store: Store) -> None:
    ward = Ward(store)
    with store.transactions.begin() as uow:
        other = uow.charges.target_id(ChargeTarget(provider_id=ProviderId(1), cost_centre_id=CostCentreId(1)))
        uow.commit()
    rng = random.Random(2026)
    movements = random_movements(rng, targets=[ON_ICU, ON_CASE, other, NO_CHARGE])
    for start in range(0, len(movements), 40):
        ward.post(*movements[start : start + 40])
    assert check_ledger(store.transactions).sound

    def department(moved: Movement) -> int:
        return (
            1
            if moved.charge_id in (ON_ICU, other)
            or (moved.charge_id != ON_ICU and UNIT.get(place_of(moved)) == ED)
            else 0
        )

    def provider(moved: Movement) -> int:
        return 1 if moved.charge_id in (ON_CASE, other) else 0

    keys = {
        SpendGroup.DEPARTMENT: department,
        SpendGroup.PROVIDER: provider,
        SpendGroup.PROCEDURE: lambda moved: 1 if moved.charge_id == ON_CASE else 0,
        SpendGroup.ITEM: lambda moved: moved.item_id,
        SpendGroup.SUPPLIER: lambda moved: 1 if moved.item_id == GLOVE else 0,
    }
    windows = [
        DateWindow(TODAY - timedelta(days=6), TODAY),
        DateWindow(date(2026, 10, 1), date(2026, 10, 31)),
        DateWindow(date(2026, 3, 12), date(2026, 10, 9)),
        DateWindow(TODAY - timedelta(days=399), TODAY),
    ]
    with store.transactions.reading() as uow:
        for window in windows:
            before = window.before()
            for by, key in keys.items():
                for roots in ((), (ICU,), (ED,), (ICU_SHELF_A,)):
                    inside = [
                        one
                        for one in movements
                        if not roots or roots[0] in (place_of(one), UNIT.get(place_of(one)))
                    ]
                    got = uow.spending.sums(Scope(NORTH, roots), by=by, window=window, before=before)
                    now, then = amounts(inside, window, key), amounts(inside, before, key)
                    assert {
                        row.key: (row.cost, row.wasted) for row in got.rows if row.cost or row.wasted
                    } == now
                    earlier = {row.key: (row.cost_before, row.wasted_before) for row in got.rows}
                    assert {name: sums for name, sums in earlier.items() if any(sums)} == then
                    assert got.total.cost == sum((one for one, _ in now.values()), Decimal(0))
            days = uow.spending.by_day(Scope(NORTH), window=window)
            expected = amounts(movements, window, lambda moved: moved.day)
            assert {day: sums for day, sums in days.items() if any(sums)} == expected
