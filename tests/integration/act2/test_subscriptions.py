"""A12 in the store: added once, listed, paused, stopped; each only by whom it belongs to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.errors import Invalid, UnknownItem, UnknownRecord
from domain.model.ids import ItemId, PersonId
from domain.model.subscription import Subscription, SubscriptionId, Topic
from domain.usecases.act.subscriptions import MOST, mine, pause, stop, stop_like, subscribe
from tests.integration.act.ward import TECH, Ward
from tests.small_hospital import FOLEY, GLOVE, ICU, NORTH, NURSE


def add(ward: Ward, topic: Topic, *, who: PersonId = NURSE, **more: object) -> Subscription:
    wanted = Subscription(SubscriptionId(0), NORTH, who, topic, ward.now, **more)  # type: ignore[arg-type]
    with ward.transactions.begin() as uow:
        return subscribe(wanted, actor=ward.person(who), now=ward.now, uow=uow)


def test_the_same_alert_said_twice_runs_once(ward: Ward) -> None:
    first = add(ward, Topic.LOW, item_id=FOLEY, place_id=ICU)
    assert add(ward, Topic.LOW, item_id=FOLEY, place_id=ICU).id == first.id
    assert add(ward, Topic.LOW, item_id=FOLEY, place_id=ICU, threshold=4).id != first.id
    with ward.transactions.reading() as uow:
        assert len(mine(ward.person(NURSE), uow=uow)) == 2
        assert mine(ward.person(TECH), uow=uow) == []


def test_an_alert_keeps_only_what_its_topic_knows(ward: Ward) -> None:
    made = add(ward, Topic.EXPIRING, place_id=ICU, threshold=4, weekday=2)
    assert (made.days, made.threshold, made.weekday) == (30, None, None)


def test_ones_own_alerts_are_paused_and_stopped_and_nobody_elses(ward: Ward) -> None:
    one, other = add(ward, Topic.LOW, item_id=FOLEY), add(ward, Topic.USED, item_id=GLOVE)
    until = ward.now + timedelta(days=2)
    nurse, tech = ward.person(NURSE), ward.person(TECH)
    with ward.transactions.begin() as uow:
        assert pause([one.id], until=until, actor=nurse, now=ward.now, uow=uow) == 1
    with ward.transactions.begin() as uow, pytest.raises(UnknownRecord):
        stop([one.id], actor=tech, now=ward.now, uow=uow)
    with ward.transactions.begin() as uow, pytest.raises(UnknownRecord):
        pause([one.id], until=until, actor=tech, now=ward.now, uow=uow)
    with ward.transactions.begin() as uow:
        assert stop([other.id], actor=nurse, now=ward.now, uow=uow) == 1
    with ward.transactions.reading() as uow:
        assert [(each.id, each.paused_until) for each in mine(nurse, uow=uow)] == [(one.id, until)]
    with ward.transactions.begin() as uow, pytest.raises(UnknownRecord):
        stop([other.id], actor=nurse, now=ward.now, uow=uow)


@pytest.mark.parametrize("days", [0, -1, 400])
def test_a_pause_ends_in_the_coming_year(ward: Ward, days: int) -> None:
    one = add(ward, Topic.LOW, item_id=FOLEY)
    with ward.transactions.begin() as uow, pytest.raises(Invalid):
        pause(
            [one.id], until=ward.now + timedelta(days=days), actor=ward.person(NURSE), now=ward.now, uow=uow
        )


def test_stop_ends_what_fits_the_words(ward: Ward) -> None:
    foley, glove = add(ward, Topic.LOW, item_id=FOLEY), add(ward, Topic.LOW, item_id=GLOVE)
    add(ward, Topic.LOW, item_id=FOLEY, who=TECH)
    with ward.transactions.begin() as uow:
        ended = stop_like(ward.person(NURSE), item_id=FOLEY, now=ward.now, uow=uow)
    assert [each.id for each in ended] == [foley.id]
    with ward.transactions.begin() as uow, pytest.raises(Invalid):
        stop_like(ward.person(NURSE), now=ward.now, uow=uow)
    with ward.transactions.reading() as uow:
        assert [each.id for each in mine(ward.person(NURSE), uow=uow)] == [glove.id]
        assert len(mine(ward.person(TECH), uow=uow)) == 1


@pytest.mark.parametrize(
    ("topic", "more"),
    [
        (Topic.USED, {"place_id": ICU}),
        (Topic.LOW, {}),
        (Topic.LOW, {"item_id": FOLEY, "threshold": 0}),
        (Topic.EXPIRING, {"days": -1}),
        (Topic.DIGEST, {"weekday": 7}),
    ],
)
def test_an_alert_that_could_never_be_due_or_always_would_be_is_refused(
    ward: Ward, topic: Topic, more: dict[str, object]
) -> None:
    with pytest.raises(Invalid):
        add(ward, topic, **more)  # type: ignore[arg-type]


def test_what_is_watched_exists_and_a_person_has_so_many_alerts_at_most(ward: Ward) -> None:
    with pytest.raises(UnknownItem):
        add(ward, Topic.LOW, item_id=ItemId(404))
    for threshold in range(1, MOST + 1):
        add(ward, Topic.LOW, item_id=FOLEY, threshold=threshold)
    with pytest.raises(Invalid, match="stop one of them first"):
        add(ward, Topic.LOW, item_id=GLOVE)
