"""An alert's life on both databases: told once, taken on, put off, handed over, settled by fact or by hand, escalated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.delivery import Parcel
from bot.listeners.digests import Digests
from bot.outbox import opened
from bot.vault import FernetVault
from bot.views.alerts.lines import Lead, Line
from domain.errors import Invalid, NotPermitted, Stale
from domain.model.alert import Alert, AlertKind, AlertState, Finding
from domain.model.ids import FacilityId, PersonId, PlaceId
from domain.model.job import AlertRule
from domain.model.person import Person, Role
from domain.ports import OutboxRow, UnitOfWork
from domain.store import Store
from domain.usecases.alert.life import Until, acknowledge, assign, resolve, snooze, until
from jobs.alerting import Alerting
from jobs.schedule import Due, Unit
from tests.small_hospital import ED, ED_CART, ICU, ICU_SHELF_A, ICU_SHELF_B, NORTH, fill

KEY = "mDmq8XzPZr3Hnq0dJ0a9kq4uX5Zt3b0m0o2yq6m1r1c="
VAULT = FernetVault(KEY)
ZONE = ZoneInfo("America/New_York")
MORNING = datetime(2026, 11, 23, 6, 30, tzinfo=ZONE).astimezone(UTC)
MIA = Person(PersonId(3), NORTH, "Mia Chang", "Supply manager", Role.MANAGER, PlaceId(1), "U3")
TOM = Person(PersonId(2), NORTH, "Tom Webb", "Technician", Role.TECHNICIAN, ICU, "U2")
KIND = AlertKind.EXPIRING


@dataclass
class Found:
    """A watcher that finds what a test says."""

    now: list[Finding] = field(default_factory=list)
    kind: AlertKind = KIND

    def findings(
        self, facility_id: FacilityId, *, today: date, now: datetime, uow: UnitOfWork
    ) -> Sequence[Finding]:
        return self.now


class Plain:
    kind = KIND

    def lead(self, alerts: Sequence[Alert], *, place: str, today: date) -> Lead:
        return Lead(f"{place}: {len(alerts)} found", "Look at them.", ("subject",))

    def line(self, alert: Alert, *, today: date) -> Line:
        subject = alert.finding.subject
        return Line(f"*{subject}*", subject, (subject,))


class PlainRecall(Plain):
    kind = AlertKind.RECALL


@dataclass
class Named:
    channels: dict[PlaceId, str] = field(default_factory=lambda: {ICU: "C0ICU", ED: "C0ED"})

    def at(self, place_id: PlaceId) -> str:
        return self.channels.get(place_id, "")


@dataclass
class Clock:
    moment: datetime = MORNING

    def now(self) -> datetime:
        return self.moment


def finding(subject: str, place: PlaceId = ICU_SHELF_A, *, urgent: bool = False, weight: int = 0) -> Finding:
    return Finding(KIND, subject, place, {"n": 1}, weight=weight, urgent=urgent)


class Ward:
    """The engine over a store, and a Slack that takes what is sent to it when told to."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock, self.watcher, self.named = store, Clock(), Found(), Named()
        fill(store.transactions)
        with store.begin() as uow:
            uow.loading.people([TOM, MIA])
            uow.commit()
        self.alerting = Alerting(
            transactions=store.transactions,
            channels=self.named,
            drawing=Digests([Plain(), PlainRecall()], vault=VAULT, clock=self.clock),
            clock=self.clock,
        )

    def look(self, *findings: Finding) -> None:
        self.watcher.now = list(findings)
        self._do(self.alerting.watch(self.watcher)(self._due()))

    def minute(self, **more: float) -> None:
        self.clock.moment += timedelta(**more)
        self._do(self.alerting.minute(self._due()))

    def _due(self) -> Due:
        return Due("expiring", NORTH, ZONE, self.clock.moment)

    def _do(self, unit: Unit) -> None:
        with self.store.begin() as uow:
            unit.write(uow)
            uow.commit()

    def sent(self) -> list[Parcel]:
        """Slack takes all that waits; what it took, opened."""
        parcels = []
        while rows := self._claimed():
            for row in rows:
                parcel = Parcel.of(opened(row, VAULT))
                parcels.append(parcel)
                with self.store.begin() as uow:
                    uow.outbox.sent(row.key, now=self.clock.moment, ts="1.1")
                    kind, _, rest = parcel.text("_card_of").partition(":")
                    if kind == "digest":
                        number, _, version = rest.partition(":")
                        ts = parcel.text("ts") or f"17.{number}"
                        there = parcel.text("channel")
                        uow.alerts.posted(int(number), version=int(version), posted_in=there, message=ts)  # type: ignore[arg-type]
                    uow.commit()
        return parcels

    def _claimed(self) -> list[OutboxRow]:
        with self.store.begin() as uow:
            now = self.clock.moment
            rows = uow.outbox.claim(worker="w", now=now, lease_until=now + timedelta(minutes=1))
            uow.commit()
            return rows

    def alert(self, subject: str) -> Alert:
        with self.store.reading() as uow:
            return uow.alerts.living(NORTH, KIND)[subject]

    def do(self, verb: object, *given: object, **more: object) -> None:
        with self.store.begin() as uow:
            verb(*given, **more, now=self.clock.moment, uow=uow)  # type: ignore[operator]
            uow.commit()


@pytest.fixture
def ward(store: Store) -> Ward:
    return Ward(store)


def posts(parcels: Sequence[Parcel]) -> list[tuple[str, str]]:
    """Where what was posted anew, by its first line."""
    return [
        (parcel.text("channel"), parcel.text("text").splitlines()[0])
        for parcel in parcels
        if parcel.method == "chat.postMessage"
    ]


def test_what_is_found_again_is_not_told_again(ward: Ward) -> None:
    ward.look(finding("a"), finding("b", ICU_SHELF_B), finding("c", ED_CART))
    assert sorted(posts(ward.sent())) == [("C0ED", "ED: 1 found"), ("C0ICU", "ICU: 2 found")]
    ward.look(finding("a"), finding("b", ICU_SHELF_B), finding("c", ED_CART))
    assert ward.sent() == []
    ward.look(finding("a"), finding("b", ICU_SHELF_B), finding("c", ED_CART), finding("d"))
    assert posts(ward.sent()) == [("C0ICU", "ICU: 1 found")]


def test_what_is_found_no_more_is_settled_quietly_in_its_own_message(ward: Ward) -> None:
    ward.look(finding("a"), finding("b"))
    ward.sent()
    ward.look(finding("b"))
    (update,) = ward.sent()
    assert (update.method, update.text("channel"), update.text("ts")) == ("chat.update", "C0ICU", "17.1")
    assert "no longer so" in json.dumps(update.body)
    ward.look(finding("a"), finding("b"))
    assert posts(ward.sent()) == [("C0ICU", "ICU: 1 found")], "it is back, and news again"


def test_what_somebody_closed_is_quiet_while_it_lasts_and_told_when_it_becomes_urgent(ward: Ward) -> None:
    ward.look(finding("a"))
    ward.sent()
    ward.do(resolve, ward.alert("a").id, reason="counted: empty", person=TOM)
    ward.look(finding("a"))
    assert ward.sent() == []
    ward.look(finding("a", urgent=True))
    assert "ICU: 1 found" in [title for _, title in posts(ward.sent())]
    assert ward.alert("a").state is AlertState.OPEN


def test_a_snooze_ends_in_the_morning_that_was_chosen_and_is_told_once_more(ward: Ward) -> None:
    ward.look(finding("a"), finding("b"))
    ward.sent()
    monday = until(Until.MONDAY, now=ward.clock.moment, zone=ZONE)
    assert monday == datetime(2026, 11, 30, 7, 0, tzinfo=ZONE)
    ward.do(snooze, [ward.alert("a").id], until=monday, person=TOM)
    ward.look(finding("a"), finding("b"))
    ward.minute(days=6)
    assert posts(ward.sent()) == []
    ward.minute(days=1, hours=1)
    assert posts(ward.sent()) == [("C0ICU", "ICU: 1 found")]
    ward.minute(minutes=1)
    assert posts(ward.sent()) == []


def test_in_quiet_hours_only_what_is_urgent_is_told_and_the_rest_in_the_morning(ward: Ward) -> None:
    ward.clock.moment = datetime(2026, 11, 23, 2, 0, tzinfo=ZONE).astimezone(UTC)
    ward.look(finding("a"), finding("b", urgent=True))
    (told,) = ward.sent()
    assert "b" in told.text("text")
    assert "a" not in told.text("text").splitlines()[-1]
    ward.do(acknowledge, [ward.alert("b").id], person=TOM)
    ward.minute(hours=3, minutes=59)
    assert posts(ward.sent()) == []
    ward.minute(minutes=1)
    assert posts(ward.sent()) == [("C0ICU", "ICU: 1 found")]


def test_what_is_urgent_and_unanswered_is_told_to_the_manager_once(ward: Ward) -> None:
    with ward.store.begin() as uow:
        rule = AlertRule(NORTH, time(0), time(0), escalate_hours=2)
        uow.job_book.put_rule(rule, now=ward.clock.moment)
        uow.commit()
    ward.look(finding("a", urgent=True), finding("b", urgent=True), finding("c"))
    ward.sent()
    ward.do(acknowledge, [ward.alert("b").id], person=TOM)
    ward.minute(hours=2)
    (told,) = [parcel for parcel in ward.sent() if parcel.method == "chat.postMessage"]
    assert told.text("channel") == "U3"
    assert told.text("text").splitlines()[0].endswith("1 found")
    ward.minute(hours=5)
    assert posts(ward.sent()) == []


def test_a_place_without_a_channel_is_told_where_people_chose_else_to_its_manager(ward: Ward) -> None:
    ward.named.channels.clear()
    ward.look(finding("a"))
    assert [channel for channel, _ in posts(ward.sent())] == ["U3"]
    with ward.store.begin() as uow:
        uow.job_book.put_channel(PlaceId(1), "", "C0HOUSE")
        uow.job_book.put_channel(ICU, KIND.value, "C0ICULAPSE")
        uow.commit()
    ward.look(finding("a"), finding("b"), finding("c", ED_CART))
    assert sorted(channel for channel, _ in posts(ward.sent())) == ["C0HOUSE", "C0ICULAPSE"]


def test_while_slack_is_down_new_findings_join_the_digest_that_waits(ward: Ward) -> None:
    for day, subjects in enumerate((["a"], ["a", "b"], ["a", "b", "c"], ["b", "c"])):
        ward.clock.moment = MORNING + timedelta(days=day)
        ward.look(*map(finding, subjects))
    told = ward.sent()
    assert posts(told) == [("C0ICU", "ICU: 2 found")]
    ward.minute(minutes=1)
    assert ward.sent() == [], "what Slack has is the newest"


def test_a_post_that_was_under_way_while_it_changed_is_brought_up_to_date(ward: Ward) -> None:
    ward.look(finding("a"))
    (claimed,) = ward._claimed()  # it is being sent just now, as it was
    ward.look(finding("a"), finding("b"))
    with ward.store.begin() as uow:
        uow.outbox.sent(claimed.key, now=ward.clock.moment, ts="17.1")
        uow.alerts.posted(1, version=1, posted_in="C0ICU", message="17.1")  # type: ignore[arg-type]
        uow.commit()
    ward.minute(minutes=1)
    (update,) = ward.sent()
    assert update.method == "chat.update"
    assert update.text("text").startswith("ICU: 2 found")
    ward.minute(minutes=1)
    assert ward.sent() == []


def test_a_digest_that_slack_refuses_is_told_to_a_manager_with_the_reason(ward: Ward) -> None:
    ward.look(finding("a"))
    (claimed,) = ward._claimed()
    with ward.store.begin() as uow:
        uow.outbox.failed(claimed.key, now=ward.clock.moment, error="channel_not_found", retry_at=None)
        uow.commit()
    ward.minute(minutes=1)
    (told,) = ward.sent()
    assert told.text("channel") == "U3"
    assert "can not post in the channel" in told.text("text")
    ward.minute(minutes=1)
    assert ward.sent() == []


def test_of_two_who_take_it_on_the_first_has_it_and_it_can_be_handed_over(ward: Ward) -> None:
    ward.look(finding("a"))
    alert = ward.alert("a").id
    ward.do(acknowledge, [alert], person=TOM)
    with ward.store.begin() as uow:
        done = acknowledge([alert], person=MIA, now=ward.clock.moment, uow=uow)
        assert (done.changed, [other.acknowledged_by for other in done.others]) == ((), [TOM.id])
    ward.do(assign, alert, to=MIA, person=TOM)
    assert (ward.alert("a").assigned_to, ward.alert("a").state) == (MIA.id, AlertState.OPEN)
    ward.do(acknowledge, [alert], person=MIA)
    assert ward.alert("a").acknowledged_by == MIA.id


def test_what_somebody_takes_care_of_is_not_put_off_by_another(ward: Ward) -> None:
    ward.look(finding("a"), finding("b"))
    one, two = ward.alert("a").id, ward.alert("b").id
    ward.do(acknowledge, [one], person=TOM)
    with ward.store.begin() as uow:
        tomorrow = ward.clock.moment + timedelta(days=1)
        done = snooze([one, two], until=tomorrow, person=MIA, now=ward.clock.moment, uow=uow)
        uow.commit()
    assert [alert.id for alert in done.others] == [one]
    assert (ward.alert("a").state, ward.alert("a").acknowledged_by) == (AlertState.ACKNOWLEDGED, TOM.id)
    assert (ward.alert("b").state, ward.alert("b").acknowledged_by) == (AlertState.SNOOZED, MIA.id)


def test_a_recall_is_put_off_and_closed_by_those_alone_who_may_lift_a_hold(ward: Ward) -> None:
    ward.watcher.kind = AlertKind.RECALL
    ward.look(replace(finding("a"), kind=AlertKind.RECALL))
    with ward.store.reading() as uow:
        alert = uow.alerts.living(NORTH, AlertKind.RECALL)["a"]
    later = ward.clock.moment + timedelta(days=1)
    with ward.store.begin() as uow, pytest.raises(NotPermitted, match="Tom Webb may not put a recall off"):
        snooze([alert.id], until=later, person=TOM, now=ward.clock.moment, uow=uow)
    with ward.store.begin() as uow, pytest.raises(NotPermitted, match="Tom Webb may not say"):
        resolve(alert.id, reason="we never had it", person=TOM, now=ward.clock.moment, uow=uow)
    ward.do(resolve, alert.id, reason="we never had it", person=MIA)
    with ward.store.reading() as uow:
        assert uow.alerts.get(alert.id).state is AlertState.RESOLVED


def test_a_press_on_what_is_settled_is_answered_as_stale(ward: Ward) -> None:
    ward.look(finding("a"))
    alert = ward.alert("a").id
    ward.look()
    with ward.store.begin() as uow, pytest.raises(Stale, match="settled"):
        acknowledge([alert], person=TOM, now=ward.clock.moment, uow=uow)
    with ward.store.begin() as uow, pytest.raises(Stale):
        resolve(alert, reason="done", person=TOM, now=ward.clock.moment, uow=uow)


def test_closing_needs_a_reason_and_a_snooze_an_end(ward: Ward) -> None:
    ward.look(finding("a"))
    alert = ward.alert("a").id
    with ward.store.begin() as uow, pytest.raises(Invalid, match="why"):
        resolve(alert, reason="  ", person=TOM, now=ward.clock.moment, uow=uow)
    with ward.store.begin() as uow, pytest.raises(Invalid, match="to come"):
        snooze([alert], until=ward.clock.moment, person=TOM, now=ward.clock.moment, uow=uow)


def test_a_digest_of_hundreds_fits_slack_and_carries_all_of_them_as_a_file(ward: Ward) -> None:
    ward.look(*(finding(f"lot {n:03}", weight=n) for n in range(300)))
    message, file = ward.sent()
    assert message.method == "chat.postMessage"
    assert len(message.body["blocks"]) <= 50  # type: ignore[arg-type]
    assert file.blob.decode("utf-8-sig").count("\n") == 301
    assert "lot 299" in message.text("text"), "the heaviest first"
