"""When an alert is due: once when something happens, at the place and for the thing that was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.model.ids import FacilityId, LotId, MovementId, PlaceId
from domain.model.movement import Movement, MovementKind, StockStatus
from domain.model.place import PlaceTree
from domain.model.subscription import Subscription, SubscriptionId, Topic
from domain.usecases.act.subscriptions import Lapse, Level, due
from tests.small_hospital import (
    CLINIC_SHELF,
    ED_CART,
    FOLEY,
    FOLEY_EARLY,
    GLOVE,
    ICU,
    ICU_ROOM,
    ICU_SHELF_A,
    ICU_SHELF_B,
    NORTH,
    NOW,
    NURSE,
    PLACES,
    TODAY,
    consume,
    new_id,
    receive,
)

TREE = PlaceTree(PLACES)
MADE = NOW - timedelta(days=1)


def watching(topic: Topic, **more: object) -> Subscription:
    return Subscription(SubscriptionId(1), NORTH, NURSE, topic, MADE, **more)  # type: ignore[arg-type]


def is_due(subscription: Subscription, what: Movement | Level | Lapse) -> bool:
    return due(subscription, what, now=NOW, today=TODAY, tree=TREE)


def moved(start: PlaceId, end: PlaceId, was: StockStatus, now: StockStatus) -> Movement:
    return replace(
        receive(FOLEY, 2), kind=MovementKind.TRANSFER, from_place_id=start, to_place_id=end, from_status=was, to_status=now
    )  # fmt: skip


AVAILABLE, IN_TRANSIT = StockStatus.AVAILABLE, StockStatus.IN_TRANSIT


def test_a_delivery_of_the_item_to_the_place_has_arrived() -> None:
    assert is_due(watching(Topic.ARRIVED, item_id=FOLEY), receive(FOLEY))
    assert is_due(watching(Topic.ARRIVED, item_id=FOLEY, place_id=ICU), receive(FOLEY, to=ICU_SHELF_B))
    assert is_due(watching(Topic.ARRIVED, lot_id=FOLEY_EARLY), receive(FOLEY))
    assert not is_due(watching(Topic.ARRIVED, item_id=GLOVE), receive(FOLEY))
    assert not is_due(watching(Topic.ARRIVED, lot_id=LotId(99)), receive(FOLEY))
    assert not is_due(watching(Topic.ARRIVED, place_id=ICU), receive(FOLEY, to=ED_CART))
    assert not is_due(watching(Topic.USED, item_id=FOLEY), receive(FOLEY))


def test_what_another_place_sent_has_arrived_when_it_lies_on_the_shelf() -> None:
    arrived = watching(Topic.ARRIVED, item_id=FOLEY, place_id=ICU)
    assert not is_due(arrived, moved(ED_CART, ICU, AVAILABLE, IN_TRANSIT))
    assert is_due(arrived, moved(ICU, ICU_SHELF_A, IN_TRANSIT, AVAILABLE))
    assert is_due(arrived, moved(ED_CART, ICU_SHELF_A, AVAILABLE, AVAILABLE))
    assert not is_due(arrived, moved(ICU_SHELF_A, ICU_SHELF_B, AVAILABLE, AVAILABLE))


def test_a_use_is_told_and_its_undoing_is_not() -> None:
    used = watching(Topic.USED, item_id=FOLEY, place_id=ICU)
    movement = consume(FOLEY)
    assert is_due(used, movement)
    assert not is_due(watching(Topic.ARRIVED, item_id=FOLEY), movement)
    undone = replace(
        movement, id=new_id(), from_place_id=None, to_place_id=ICU_SHELF_A, reverses=MovementId(movement.id)
    )
    assert not is_due(used, undone)


def test_what_was_recorded_before_somebody_asked_is_not_told() -> None:
    old = replace(receive(FOLEY), recorded_at=MADE - timedelta(seconds=1))
    assert not is_due(watching(Topic.ARRIVED, item_id=FOLEY), old)


def test_any_place_means_any_of_ones_own_facility() -> None:
    assert not is_due(
        watching(Topic.ARRIVED, item_id=FOLEY), receive(FOLEY, to=CLINIC_SHELF, facility_id=FacilityId(2))
    )


@pytest.mark.parametrize(
    ("before", "now", "point", "threshold", "told"),
    [
        (7, 6, 6, None, True),  # falls to the reorder point
        (6, 5, 6, None, False),  # was low already
        (8, 7, 6, None, False),
        (5, 9, 6, None, False),  # rises
        (9, 0, 6, None, True),
        (9, 8, None, None, False),  # no par, no threshold: nothing to be below of
        (5, 4, 6, 5, True),  # "below 5" was said
        (6, 5, 6, 5, False),
        (4, 3, 6, 5, False),
    ],
)
def test_low_is_told_when_the_level_is_crossed(
    before: int, now: int, point: int | None, threshold: int | None, told: bool
) -> None:
    level = Level(FOLEY, ICU_ROOM, now, before, point)
    assert is_due(watching(Topic.LOW, item_id=FOLEY, place_id=ICU, threshold=threshold), level) is told


@pytest.mark.parametrize(
    ("before", "now", "told"), [(1, 0, True), (2, -1, True), (0, -1, False), (2, 1, False)]
)
def test_out_is_told_when_the_last_one_goes(before: int, now: int, told: bool) -> None:
    assert is_due(watching(Topic.OUT, place_id=ICU), Level(FOLEY, ICU_SHELF_A, now, before)) is told


def test_levels_of_other_things_and_places_are_not_told() -> None:
    level = Level(FOLEY, ED_CART, 0, 5, 3)
    assert not is_due(watching(Topic.OUT, item_id=GLOVE), level)
    assert not is_due(watching(Topic.LOW, item_id=FOLEY, place_id=ICU), level)


@pytest.mark.parametrize(
    ("days", "ahead", "told"),
    [(None, 30, True), (None, 31, False), (7, 7, True), (7, 8, False), (7, -3, True)],
)
def test_what_lapses_is_told_so_many_days_ahead(days: int | None, ahead: int, told: bool) -> None:
    lapse = Lapse(FOLEY, ICU_SHELF_A, FOLEY_EARLY, TODAY + timedelta(days=ahead), 4)
    assert is_due(watching(Topic.EXPIRING, place_id=ICU, days=days), lapse) is told
    assert not is_due(watching(Topic.EXPIRING, place_id=ICU, days=days), replace(lapse, quantity=0))


def test_a_digest_comes_on_its_weekday_or_every_day() -> None:
    assert TODAY.weekday() == 6
    for weekday, told in ((None, True), (6, True), (4, False)):
        assert due(watching(Topic.DIGEST, weekday=weekday), TODAY, now=NOW, today=TODAY, tree=TREE) is told
    assert not due(watching(Topic.LOW, place_id=ICU), TODAY, now=NOW, today=TODAY, tree=TREE)


def test_what_is_paused_or_stopped_is_silent() -> None:
    arrived = watching(Topic.ARRIVED, item_id=FOLEY)
    assert not is_due(replace(arrived, ended_at=NOW), receive(FOLEY))
    assert not is_due(replace(arrived, paused_until=NOW + timedelta(hours=1)), receive(FOLEY))
    assert is_due(replace(arrived, paused_until=NOW), receive(FOLEY))
