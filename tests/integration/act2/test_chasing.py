"""The chase of open checklists on both databases: when, to whom, and once whatever runs twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from bot.listeners.chasing import HoldReminders
from bot.outbox import opened
from bot.vault import FernetVault
from bot.views.acting.blocks import BlockViews
from domain.errors import Unavailable
from domain.model.hold import CheckState, HoldId
from domain.model.ids import PlaceId
from domain.ports import OutboxRow
from domain.usecases.act.holds import Chase, answer_check
from domain.usecases.act.requests import LiftHold, Quarantine
from jobs.chasing import Reminded, chase_holds
from tests.integration.act.ward import BOSS, NURSE_ED, PHARM, TECH, Ward
from tests.integration.act2.conftest import CORE
from tests.small_hospital import ED_CART, FOLEY_LATE, ICU, ICU_SHELF_B, NURSE

ICU_CHANNEL = "C0ICU"


@dataclass
class Named:
    """Channels by place, for what lies inside too where it is listed."""

    named: Mapping[PlaceId, str]

    def of(self, place_id: PlaceId) -> str:
        return self.named.get(place_id, "")


@dataclass
class Post:
    channel: str
    text: str
    key: str
    blocks: str


@dataclass
class Chasing:
    """A hold over a lot at three places: one with a channel, one whose unit has a nurse, a core of the whole hospital."""

    ward: Ward
    vault: FernetVault
    directs: Callable[[str], str] = lambda user: f"D{user[1:]}"

    def reminders(self) -> HoldReminders:
        return HoldReminders(
            transactions=self.ward.transactions,
            channels=Named({ICU_SHELF_B: ICU_CHANNEL, ICU: ICU_CHANNEL}),
            directs=self.directs,
            views=BlockViews(),
            vault=self.vault,
            clock=self,
        )

    def now(self) -> datetime:
        return self.ward.now

    def run(self, hours: float) -> Reminded:
        now = self.ward.now + timedelta(hours=hours)
        return chase_holds(self.reminders(), transactions=self.ward.transactions, now=now)

    def posts(self) -> list[Post]:
        """What was stored since the last look."""
        now = self.ward.now
        with self.ward.transactions.begin() as uow:
            rows = uow.outbox.claim(worker="w", now=now, lease_until=now + timedelta(minutes=1))
            for row in rows:
                uow.outbox.sent(row.key, now=now, ts="1.1")
            uow.commit()
        return sorted((self._read(row) for row in rows), key=lambda post: post.channel)

    def _read(self, row: OutboxRow) -> Post:
        assert not row.body.startswith("{")  # sealed while it is stored
        body = json.loads(opened(row, self.vault).body)
        return Post(row.channel, body["text"], row.key, json.dumps(body.get("blocks", [])))

    def answer(self, place_id: PlaceId) -> None:
        with self.ward.transactions.begin() as uow:
            nurse = self.ward.person(NURSE)
            answer_check(HoldId(1), place_id, state=CheckState.PULLED, actor=nurse, now=self.now(), uow=uow)


@pytest.fixture
def chasing(ward: Ward, vault: FernetVault) -> Chasing:
    accounts = {NURSE: "U0NURSE", NURSE_ED: "U0ED", TECH: "U0TECH", BOSS: "U0BOSS"}
    with ward.transactions.begin() as uow:
        for person in uow.people.all():
            uow.people.put(replace(person, slack_user_id=accounts.get(person.id)))
        uow.commit()
    ward.do(Quarantine("cracked packaging", lots=(FOLEY_LATE,)))
    return Chasing(ward, vault)


def told(posts: list[Post]) -> list[str]:
    return [post.channel for post in posts]


def test_places_are_asked_after_two_eight_and_twenty_four_hours_then_daily_and_managers_from_the_second_time(
    chasing: Chasing,
) -> None:
    seen: dict[float, list[str]] = {}
    for hours in (1.9, 2, 3, 7.9, 8, 9, 23.9, 24, 25, 47.9, 48, 49, 72):
        chasing.run(hours)
        if found := told(chasing.posts()):
            seen[hours] = found
    first = [ICU_CHANNEL, "D0ED", "D0TECH"]
    later = [ICU_CHANNEL, "D0BOSS", "D0ED", "D0TECH"]
    assert seen == {2: first, 8: later, 24: later, 48: later, 72: later}


def test_a_reminder_says_which_lot_where_and_why_and_has_the_answers_of_its_own_places(
    chasing: Chasing,
) -> None:
    assert chasing.run(2) == Reminded(holds=1, places=3, posts=3)
    icu, ed, store = chasing.posts()
    for word in ("Foley", "cracked packaging", "Reminder 1", "Shelf B", "4 "):
        assert word in icu.text
    assert "Cart 1" not in icu.text
    assert "Cart 1" in ed.text
    assert "Core" in store.text
    assert "9K3001" in icu.text
    for choice in (CheckState.PULLED, CheckState.NOT_FOUND, CheckState.USED):
        assert f"{int(ICU_SHELF_B)}:{choice.value}" in icu.blocks
        assert f"{int(ED_CART)}:{choice.value}" not in icu.blocks
    assert "managers" not in icu.text


def test_a_place_that_has_answered_is_asked_no_more(chasing: Chasing) -> None:
    chasing.answer(ED_CART)
    chasing.answer(CORE)
    assert chasing.run(8).places == 1
    assert told(chasing.posts()) == [ICU_CHANNEL]
    chasing.run(24)
    icu, boss = chasing.posts()
    assert (icu.channel, boss.channel) == (ICU_CHANNEL, "D0BOSS")
    assert "managers" in boss.text
    chasing.answer(ICU_SHELF_B)
    assert chasing.run(48) == Reminded()


def test_nobody_is_asked_for_a_hold_that_was_lifted(chasing: Chasing) -> None:
    chasing.ward.do(LiftHold(HoldId(1), "tested well"), who=PHARM)
    assert chasing.run(9) == Reminded()


def test_two_processes_and_a_second_run_send_each_reminder_once(chasing: Chasing) -> None:
    together = Barrier(2)

    class Both:
        """Both have written their reminders before either stores them."""

        def __init__(self, inner: HoldReminders) -> None:
            self.inner = inner

        def of(self, chase: Chase) -> list[OutboxRow]:
            rows = self.inner.of(chase)
            together.wait(timeout=60)
            return rows

    def one(_number: int) -> Reminded:
        now = chasing.ward.now + timedelta(hours=8)
        transactions = chasing.ward.transactions
        return chase_holds(Both(chasing.reminders()), transactions=transactions, now=now)

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(one, range(2)), key=lambda each: each.posts)
    assert done == [Reminded(), Reminded(holds=1, places=3, posts=3)]
    assert chasing.run(8) == Reminded()
    assert len(chasing.posts()) == 3
    assert chasing.run(24).places == 3  # counted once: the next one is due and goes to the managers too
    assert "D0BOSS" in told(chasing.posts())


def test_what_slack_does_not_take_now_is_not_counted_and_comes_with_the_next_run(chasing: Chasing) -> None:
    reach = chasing.directs

    def away(_user: str) -> str:
        raise Unavailable("Slack does not open the direct messages just now.")

    chasing.directs = away
    with pytest.raises(Unavailable):
        chasing.run(2)
    assert chasing.posts() == []
    chasing.directs = reach
    assert chasing.run(2.1).places == 3
    assert len(chasing.posts()) == 3


def test_somebody_who_answers_while_the_reminder_is_written_is_not_reminded(chasing: Chasing) -> None:
    class Slow:
        def of(self, chase: Chase) -> list[OutboxRow]:
            rows = chasing.reminders().of(chase)
            chasing.answer(ED_CART)
            return rows

    now = chasing.ward.now + timedelta(hours=2)
    assert chase_holds(Slow(), transactions=chasing.ward.transactions, now=now) == Reminded()
    assert chasing.posts() == []
    assert chasing.run(2).places == 2
    assert told(chasing.posts()) == [ICU_CHANNEL, "D0TECH"]


def test_where_a_place_names_nobody_who_opened_the_hold_hears_of_it(chasing: Chasing) -> None:
    with chasing.ward.transactions.begin() as uow:
        for person in uow.people.all():
            if person.id != NURSE:
                uow.people.put(replace(person, slack_user_id=None))
        uow.commit()
    chasing.run(2)
    icu, opener = chasing.posts()
    assert (icu.channel, opener.channel) == (ICU_CHANNEL, "D0NURSE")
    assert "Cart 1" in opener.text
