from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, pairwise

import numpy as np
import pytest

from domain.demo import Hospital, hospital
from domain.demo.tracing import first_in_first_out
from domain.errors import Invalid
from domain.model.ids import OURS, ItemId, PersonId, PlaceId
from domain.model.item import Tracking
from domain.model.movement import Movement, MovementKind, StockStatus, reversal
from domain.model.person import Role
from domain.model.stock import StockLine
from tests.unit.demo.conftest import NOW, TODAY, Morning, PaperVault


def test_the_same_seed_and_day_give_the_same_rows(made: Hospital, vault: PaperVault) -> None:
    again = hospital(seed=7, today=TODAY, now=NOW + timedelta(hours=3), vault=vault)
    assert list(again.movement_rows()) == list(made.movement_rows())
    assert list(again.lots()) == list(made.lots())
    assert list(again.items()) == list(made.items())
    assert list(again.pars()) == list(made.pars())
    assert list(again.encounters()) == list(made.encounters())
    assert list(again.charge_targets()) == list(made.charge_targets())


def test_another_seed_gives_another_history_of_the_same_products(made: Hospital, vault: PaperVault) -> None:
    other = hospital(seed=8, today=TODAY, now=NOW, vault=vault)
    assert [p.name for p in other.catalogue.products] == [p.name for p in made.catalogue.products]
    assert list(islice(other.movement_rows(), 5000)) != list(islice(made.movement_rows(), 5000))


@pytest.mark.parametrize("today", [date(2026, 3, 9), date(2026, 11, 2), date(2028, 2, 29)])
def test_the_history_ends_the_evening_before_whatever_day_it_is(today: date, vault: PaperVault) -> None:
    moved = hospital(seed=7, today=today, scale=0.01, now=NOW, vault=vault)
    days = [row[8] for row in moved.movement_rows()]
    assert days[-1] == (today - timedelta(days=1)).isoformat()
    assert max(days) == days[-1]
    assert min(days) == (today - timedelta(days=730)).isoformat()


def test_a_scale_of_nothing_is_refused(vault: PaperVault) -> None:
    with pytest.raises(Invalid, match="above zero"):
        hospital(today=TODAY, scale=0, now=NOW, vault=vault)


def test_ids_rise_with_time(morning: Morning) -> None:
    for before, after in pairwise(morning.movements):
        assert before.id < after.id
        assert before.occurred_at <= after.occurred_at
    assert {movement.id.version for movement in morning.movements[:1000]} == {7}
    assert len({movement.key for movement in morning.movements}) == len(morning.movements)


def test_stock_never_falls_below_zero(morning: Morning) -> None:
    assert min(morning.lowest.values()) == 0
    assert min(morning.reserved.values()) > 0
    assert all(held <= morning.on_hand[key] for key, held in morning.reserved.items())


def test_nothing_is_used_after_it_lapsed(morning: Morning) -> None:
    for movement in morning.movements:
        if movement.kind is MovementKind.CONSUME and movement.lot_id:
            expires_on = morning.lots[movement.lot_id].expires_on
            assert expires_on is None or movement.day <= expires_on


def test_lots_go_with_their_items_and_their_tracking(morning: Morning) -> None:
    for movement in morning.movements:
        kind = morning.items[movement.item_id].tracking
        assert bool(movement.lot_id) == (kind is not Tracking.NONE)
        if movement.lot_id:
            assert morning.lots[movement.lot_id].item_id == movement.item_id
            assert kind is not Tracking.SERIAL or movement.quantity == 1
    names = [(lot.item_id, lot.number, lot.serial) for lot in morning.lots.values()]
    assert len(set(names)) == len(names)


def test_consigned_goods_belong_to_the_consignor_until_used(morning: Morning) -> None:
    for movement in morning.movements:
        assert (movement.owner_id != OURS) == morning.items[movement.item_id].consigned


def test_every_kind_of_movement_happens(morning: Morning) -> None:
    kinds = Counter(movement.kind for movement in morning.movements)
    assert set(kinds) >= set(MovementKind) - {MovementKind.ADJUST}
    assert kinds[MovementKind.CONSUME] > 100_000
    assert any(movement.reverses for movement in morning.movements)


def test_an_undone_movement_names_the_one_it_undoes(morning: Morning) -> None:
    by_id = {movement.id: movement for movement in morning.movements}
    undone = [movement for movement in morning.movements if movement.reverses]
    for undo in undone:
        assert undo.reverses is not None
        original = by_id[undo.reverses]
        expected = reversal(
            original, id=undo.id, key=undo.key, actor_id=undo.actor_id, recorded_at=undo.recorded_at,
            reason=undo.reason, source=undo.source,
        )  # fmt: skip
        assert undo == replace(
            expected, entered_quantity=undo.entered_quantity, entered_unit=undo.entered_unit
        )
        assert undo.recorded_at > original.recorded_at


def test_a_twentieth_to_an_eighth_of_all_pars_is_low(morning: Morning) -> None:
    pars = list(morning.hospital.pars())
    available: Counter[tuple[int, int]] = Counter()
    for key, held in morning.on_hand.items():
        lot = morning.lots.get(key.lot_id)
        line = StockLine(
            key.item_id, key.place_id, key.lot_id, key.owner_id, key.status, held, morning.reserved[key],
            expires_on=lot.expires_on if lot else None,
        )  # fmt: skip
        available[key.item_id, key.place_id] += line.available(TODAY)
    low = [par for par in pars if available[par.item_id, par.place_id] <= par.reorder_point]
    empty = [par for par in pars if not available[par.item_id, par.place_id]]
    assert 0.05 <= len(low) / len(pars) <= 0.125
    assert 0.005 <= len(empty) / len(pars) <= 0.06
    assert len({(par.item_id, par.place_id) for par in pars}) == len(pars)
    assert {(key.item_id, key.place_id) for key in morning.on_hand} <= {
        (par.item_id, par.place_id) for par in pars
    }


def test_every_unit_has_lots_that_lapse_within_ninety_days(morning: Morning) -> None:
    found: dict[str, set[int]] = {}
    for key, held in morning.on_hand.items():
        lot = morning.lots.get(key.lot_id)
        if held > 0 and lot and lot.expires_on and TODAY <= lot.expires_on <= TODAY + timedelta(days=90):
            unit = morning.tree.lineage(key.place_id)[1]
            ahead = (lot.expires_on - TODAY).days
            found.setdefault(morning.tree.get(unit).name, set()).add(
                next(n for n in (7, 30, 60, 90) if ahead <= n)
            )
    assert len(found) == 14
    assert sum(windows == {7, 30, 60, 90} for windows in found.values()) >= 10


def test_some_lapsed_lots_still_lie_on_shelves_and_some_stock_is_held(morning: Morning) -> None:
    lapsed = [
        key
        for key, held in morning.on_hand.items()
        if held > 0 and key.lot_id in morning.lots and morning.lots[key.lot_id].expired(TODAY)
    ]
    assert 20 <= len(lapsed) <= 400
    statuses = Counter(key.status for key in morning.on_hand)
    assert statuses[StockStatus.QUARANTINED] >= 5
    assert statuses[StockStatus.IN_TRANSIT] >= 5


def test_the_recalled_lot_is_blocked_at_every_place_and_was_used_on_cases(morning: Morning) -> None:
    (lot,) = [lot for lot in morning.lots.values() if lot.number == "8J2210"]
    held = {key.place_id: key.status for key in morning.on_hand if key.lot_id == lot.id}
    assert len(held) >= 4
    assert set(held.values()) == {StockStatus.RECALLED}
    targets = dict(morning.hospital.charge_targets())
    used = [m for m in morning.movements if m.lot_id == lot.id and m.kind is MovementKind.CONSUME]
    assert sum(1 for movement in used if targets[movement.charge_id].case_id) >= 3


def test_work_follows_the_week_and_the_seasons(morning: Morning) -> None:
    elective = {
        p.id for p in morning.tree if morning.tree.unit_of(p.id).name in ("OR Suite", "Endoscopy", "Cath Lab")
    }
    weekdays: Counter[int] = Counter()
    winter: Counter[bool] = Counter()
    respiratory = {
        i for i, item in morning.items.items() if item.family.startswith(("N95", "BiPAP", "Non-rebreather"))
    }
    for movement in morning.movements:
        if movement.kind is MovementKind.CONSUME and not movement.reverses:
            if movement.from_place_id in elective:
                weekdays[movement.day.weekday()] += 1
            if movement.item_id in respiratory and movement.day.month in (12, 1, 2, 6, 7, 8):
                winter[movement.day.month in (12, 1, 2)] += movement.quantity
    assert min(weekdays[n] for n in range(5)) > 4 * max(weekdays[5], weekdays[6])
    assert winter[True] > 1.4 * winter[False]


def test_dear_items_are_used_now_and_then(morning: Morning) -> None:
    days: dict[int, set[date]] = {}
    for movement in morning.movements:
        if movement.kind is MovementKind.CONSUME:
            days.setdefault(movement.item_id, set()).add(movement.day)
    dear = [i for i, item in morning.items.items() if item.best_offer and item.best_offer.price > 2000]
    assert np.median([len(days.get(item_id, ())) for item_id in dear]) < 100
    assert max(map(len, days.values())) > 600


def test_the_price_of_a_thing_rises_over_the_years(morning: Morning) -> None:
    first: dict[ItemId, Movement] = {}
    last: dict[ItemId, Movement] = {}
    for movement in morning.movements:
        if movement.kind is MovementKind.RECEIVE:
            first.setdefault(movement.item_id, movement)
            last[movement.item_id] = movement
    grown = [
        float(last[i].unit_cost / first[i].unit_cost)
        for i in first
        if (last[i].day - first[i].day).days > 500
    ]
    assert 1.03 < np.median(grown) < 1.10


def test_the_people_who_switch_places_in_the_workspace_are_there(made: Hospital) -> None:
    known = {
        person.slack_user_id: (person.name, person.role) for person in made.people if person.slack_user_id
    }
    assert known["U0MAYA"] == ("Maya Chen", Role.CLINICIAN)
    assert known["U0LUIS"] == ("Luis Ortega", Role.TECHNICIAN)
    assert known["U0PRIYA"] == ("Priya Raman", Role.MANAGER)
    assert known["U0SAM"] == ("Sam Okafor", Role.ADMIN)
    assert {"U0BUYER", "U0PHARM"} <= set(known)
    assert 55 <= len(made.people) <= 75
    assert len({person.name for person in made.people}) == len(made.people)


def test_movements_name_people_targets_and_places_that_exist(morning: Morning) -> None:
    people = {person.id for person in morning.hospital.people}
    targets = dict(morning.hospital.charge_targets())
    assert PersonId(2) in {movement.actor_id for movement in morning.movements}
    for movement in morning.movements:
        assert movement.actor_id in people
        assert not movement.charge_id or movement.charge_id in targets
        place = movement.from_place_id or movement.to_place_id
        assert place is not None
        assert movement.facility_id == morning.tree.get(place).facility_id


def test_coming_cases_have_goods_promised(morning: Morning) -> None:
    targets = dict(morning.hospital.charge_targets())
    coming = {case.id for case in morning.hospital.cases() if case.on >= TODAY}
    promised = [
        m
        for m in morning.movements[-500:]
        if m.kind is MovementKind.RESERVE and targets[m.charge_id].case_id in coming
    ]
    assert len(promised) >= 20


def test_record_numbers_leave_sealed_and_only_their_last_digits_show(
    made: Hospital, vault: PaperVault
) -> None:
    encounters = list(made.encounters())
    numbers = {vault.open(encounter.sealed) for encounter in encounters}
    assert len(numbers) == len(encounters)
    for encounter in encounters[:200]:
        assert encounter.masked == "…" + vault.open(encounter.sealed)[-4:]


def test_a_larger_scale_grows_everything_in_proportion(made: Hospital, vault: PaperVault) -> None:
    larger = hospital(seed=7, today=TODAY, scale=3, now=NOW, vault=vault)
    assert len(larger.catalogue) == 3600
    assert len(larger.stocked.product) > 2 * len(made.stocked.product) * 3600 / (3 * 1541)
    assert len(larger.ledger) > 1.2 * len(made.ledger)


def test_withdrawals_are_cut_where_a_lot_ends() -> None:
    queue = np.array([0, 0, 1])
    pieces = first_in_first_out(
        queue, np.array([5, 3, 4]), np.array([0, 0, 1]), np.array([4, 3, 2]), queues=2
    )
    cut = zip(
        pieces.out.tolist(),
        pieces.chunk.tolist(),
        pieces.quantity.tolist(),
        pieces.left.tolist(),
        strict=True,
    )
    assert list(cut) == [(0, 0, 4, 1), (1, 0, 1, 0), (1, 1, 2, 1), (2, 2, 2, 2)]


def test_a_queue_gives_no_more_than_it_got() -> None:
    with pytest.raises(ValueError, match="more than it got"):
        first_in_first_out(np.array([0]), np.array([2]), np.array([0]), np.array([3]), queues=1)


def test_emergency_carts_are_whole_but_for_a_line_or_two(morning: Morning) -> None:
    carts = {place.id for place in morning.hospital.places if place.name.startswith("Crash Cart")}
    available: Counter[tuple[ItemId, PlaceId]] = Counter()
    for key, quantity in morning.on_hand.items():
        lot = morning.lots.get(key.lot_id)
        if key.status is StockStatus.AVAILABLE and (lot is None or not lot.expired(TODAY)):
            available[key.item_id, key.place_id] += quantity
    for cart in carts:
        inside = morning.tree.subtree(cart)
        pars = [par for par in morning.hospital.pars() if par.place_id in inside]
        assert len(pars) > 50
        empty = [par for par in pars if not available[par.item_id, par.place_id]]
        assert len(empty) <= 3
