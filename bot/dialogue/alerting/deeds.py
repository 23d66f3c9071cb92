"""What the buttons of a digest come to: its alerts change and are drawn anew, a card is proposed, or a question is answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.dialogue.acting.acts import Acts
from bot.dialogue.acting.drafting import Address
from bot.dialogue.acting.filling import clean_reason
from bot.dialogue.acting.turns import ActTurn, Elsewhere
from bot.dialogue.alerting.proposing import Answerer, Proposer
from bot.views.alerts.frame import AlertPress, Menu
from bot.views.alerts.lines import Lines
from bot.views.alerts.subscribed import PAUSE
from bot.views.notices import notice
from bot.views.rendered import Notice, Rendered
from bot.views.words import counted, day
from domain.errors import Conflict, Invalid, NotFound, Refused, UnknownRecord
from domain.model.alert import Alert, AlertId, AlertKind, AlertState, DigestId
from domain.model.patient_text import PLAIN, Formats
from domain.model.person import Person
from domain.model.subscription import SubscriptionId
from domain.ports import Clock, Transactions, UnitOfWork
from domain.usecases.act.subscriptions import pause, stop
from domain.usecases.alert.life import Done, Until, acknowledge, assign, resolve, snooze, until
from domain.usecases.alert.telling import redrawn
from jobs.alerting import Drawing

GONE: Final = "This alert is not kept any more."


@dataclass(frozen=True, slots=True)
class AlertPressed:
    """``choice`` is the button's or the menu's. ``alert_id`` 0 is for all of the digest. The address is where the digest stands."""

    press: AlertPress
    digest_id: DigestId
    alert_id: AlertId
    choice: str
    person: Person
    channel: str
    message: str
    private: bool
    event_id: str


@dataclass(frozen=True, slots=True)
class AlertForm:
    """What came back from "Assign or close": ``to`` is whom it is given to, ``reason`` why it is closed; one of them at least."""

    digest_id: DigestId
    alert_id: AlertId
    to: str
    reason: str
    person: Person
    event_id: str


@dataclass(frozen=True, slots=True)
class AlertTurn:
    """``act`` goes into the digest's thread; ``rendered`` too, or (``alone``) to whoever pressed; ``told`` to others."""

    act: ActTurn | None = None
    rendered: Rendered | None = None
    alone: bool = True
    told: tuple[Elsewhere, ...] = ()


class AlertDeeds:
    """Holds no state. What a press changes and the digests that show it are one unit of work."""

    def __init__(
        self,
        *,
        transactions: Transactions,
        clock: Clock,
        acts: Acts,
        drawing: Drawing,
        lines: Sequence[Lines],
        proposers: Sequence[Proposer],
        answerers: Sequence[Answerer],
        formats: Formats = PLAIN,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._acts = acts
        self._drawing = drawing
        self._lines: Mapping[AlertKind, Lines] = {each.kind: each for each in lines}
        self._proposers = {each.kind: each for each in proposers}
        self._answerers = {each.kind: each for each in answerers}
        self._formats = formats

    # ------------------------------------------------------------------------------------------- presses

    def press_now(self, pressed: AlertPressed) -> AlertTurn:
        """Blocking: for a worker thread. What a person can mend, or what others did first, is said to them alone."""
        try:
            match pressed.press:
                case AlertPress.DO:
                    return self._do(pressed)
                case AlertPress.STOP:
                    return self._quieted(pressed)
                case AlertPress.PAGE:
                    return self._page(pressed)
                case _:
                    return self._live(pressed)
        except (Refused, Invalid, NotFound, Conflict) as error:
            return _said(str(error))

    def _live(self, pressed: AlertPressed) -> AlertTurn:
        """Taken on, or put off: one alert, or all of the digest that nobody has."""
        with self._transactions.begin() as uow:
            now, zone = self._moment(pressed.person, uow=uow)
            ids = self._meant(pressed, uow=uow)
            if pressed.choice == Menu.KNOWN.value:
                done = acknowledge(ids, person=pressed.person, now=now, uow=uow)
                said = self._taken(done, uow=uow)
            else:
                moment = until(Until(pressed.choice), now=now, zone=zone)
                done = snooze(ids, until=moment, person=pressed.person, now=now, uow=uow)
                said = self._taken(done, uow=uow)
            self._draw(done, now=now, uow=uow)
            uow.commit()
        return _said(said) if said else AlertTurn()

    @staticmethod
    def _meant(pressed: AlertPressed, *, uow: UnitOfWork) -> list[AlertId]:
        if pressed.alert_id:
            return [pressed.alert_id]
        found = [
            alert.id for alert in uow.alerts.in_digest(pressed.digest_id) if alert.state is AlertState.OPEN
        ]
        if not found:
            raise UnknownRecord("Nothing of this is open any more.")
        return found

    def _taken(self, done: Done, *, uow: UnitOfWork) -> str:
        """What is said of those that somebody else has; "" where there are none."""
        if not done.others:
            return ""
        first = done.others[0]
        person = uow.people.get(first.acknowledged_by) if first.acknowledged_by is not None else None
        name = person.name if person is not None else "Somebody"
        if len(done.others) == 1 and not done.changed:
            return f"{name} has this already. To take it over, assign it to yourself."
        return f"{counted(len(done.others), 'line')} were taken by others before you ({name} among them); they keep them."

    def _page(self, pressed: AlertPressed) -> AlertTurn:
        with self._transactions.begin() as uow:
            digest = uow.alerts.digest(pressed.digest_id)
            page = int(pressed.choice) if pressed.choice.isdecimal() else 0
            changed = replace(digest, page=page, version=digest.version + 1)
            uow.alerts.change_digest(changed)
            for row in self._drawing.rows(changed, now=self._clock.now(), uow=uow):
                uow.outbox.put(row)
            uow.commit()
        return AlertTurn()

    # -------------------------------------------------------------------------------------- the kind's own

    def _do(self, pressed: AlertPressed) -> AlertTurn:
        with self._transactions.reading() as uow:
            alert = uow.alerts.get(pressed.alert_id)
            today = self._today(pressed.person, uow=uow)
        if alert.state is AlertState.RESOLVED:
            return _said("This is settled already.")
        if alert.finding.kind is AlertKind.SUBSCRIBED:
            return self._quieted(pressed)
        answerer = self._answerers.get(alert.finding.kind)
        if answerer is not None and pressed.choice.partition(":")[0] in answerer.choices:
            return self._answered(answerer, alert, pressed, today=today)
        proposer = self._proposers.get(alert.finding.kind)
        if proposer is None:
            return _said("I can not read this button any more.")
        with self._transactions.reading() as uow:
            sketch = proposer.sketch(
                alert, choice=pressed.choice, person=pressed.person, today=today, uow=uow
            )
        at = Address(pressed.channel, pressed.message, pressed.person, pressed.event_id, pressed.private)
        turn = self._acts.propose_now(sketch, at=at)
        if not turn.alone:
            self._mine(alert, pressed)
        return AlertTurn(act=turn)

    def _quieted(self, pressed: AlertPressed) -> AlertTurn:
        """Stops or pauses a subscription of who presses."""
        choice, _, number = pressed.choice.partition(":")
        if not number.isdecimal():
            return _said("I can not read this button any more.")
        ids = [SubscriptionId(int(number))]
        with self._transactions.begin() as uow:
            now, zone = self._moment(pressed.person, uow=uow)
            if choice == PAUSE:
                end = until(Until.WEEK, now=now, zone=zone)
                pause(ids, until=end, actor=pressed.person, now=now, uow=uow)
                today = now.astimezone(zone).date()
                return _said(f"Quiet until {day(end.date(), today=today)}; then I tell you again.")
            stop(ids, actor=pressed.person, now=now, uow=uow)
        return _said("Stopped. Ask me again whenever you want to know.")

    def _answered(self, answerer: Answerer, alert: Alert, pressed: AlertPressed, *, today: date) -> AlertTurn:
        with self._transactions.begin() as uow:
            now = self._clock.now()
            answered = answerer.answer(
                uow.alerts.get(alert.id), choice=pressed.choice, person=pressed.person, today=today, now=now, uow=uow
            )  # fmt: skip
            if answered.resolution:
                done = resolve(alert.id, reason=answered.resolution, person=pressed.person, now=now, uow=uow)
                self._draw(done, now=now, uow=uow)
            uow.commit()
        return AlertTurn(rendered=answered.rendered, alone=answered.alone)

    def _mine(self, alert: Alert, pressed: AlertPressed) -> None:
        """Whoever opens a card from a line takes care of it, for all to see; what somebody else has stays theirs."""
        if alert.state is AlertState.ACKNOWLEDGED:
            return
        with self._transactions.begin() as uow:
            now = self._clock.now()
            done = acknowledge([alert.id], person=pressed.person, now=now, uow=uow)
            self._draw(done, now=now, uow=uow)
            uow.commit()

    # --------------------------------------------------------------------------------------------- forms

    def submit_now(self, form: AlertForm) -> AlertTurn:
        """Assigned, or closed, or both: closed wins."""
        try:
            with self._transactions.begin() as uow:
                now = self._clock.now()
                told: tuple[Elsewhere, ...] = ()
                if form.reason:
                    reason = clean_reason(form.reason, formats=self._formats)
                    done = resolve(form.alert_id, reason=reason, person=form.person, now=now, uow=uow)
                else:
                    to = uow.people.by_slack(form.to)
                    done = assign(form.alert_id, to=to, person=form.person, now=now, uow=uow)
                    if done.changed and to.id != form.person.id:
                        told = self._given(done.changed[0], to, form, today=self._today(form.person, uow=uow))
                self._draw(done, now=now, uow=uow)
                uow.commit()
                return AlertTurn(told=told)
        except (Refused, Invalid, NotFound, Conflict) as error:
            return _said(str(error))

    def _given(self, alert: Alert, to: Person, form: AlertForm, *, today: date) -> tuple[Elsewhere, ...]:
        lines = self._lines.get(alert.finding.kind)
        if lines is None or not to.slack_user_id:
            return ()
        line = lines.line(alert, today=today)
        said = notice(Notice(f"{form.person.name} asks you to take care of this: {line.plain}"))
        return (Elsewhere(to.slack_user_id, said, key=f"given:{int(alert.id)}"),)

    # ------------------------------------------------------------------------------------------- drawing

    def _draw(self, done: Done, *, now: datetime, uow: UnitOfWork) -> None:
        """Every digest that tells of what changed."""
        changed: Collection[Alert] = done.changed
        for each in redrawn(changed, uow=uow):
            for row in self._drawing.rows(each, now=now, uow=uow):
                if not uow.outbox.put(row):
                    uow.outbox.replace(row)

    def _moment(self, person: Person, *, uow: UnitOfWork) -> tuple[datetime, ZoneInfo]:
        return self._clock.now(), ZoneInfo(uow.places.facility(person.facility_id).timezone)

    def _today(self, person: Person, *, uow: UnitOfWork) -> date:
        now, zone = self._moment(person, uow=uow)
        return now.astimezone(zone).date()


def _said(text: str) -> AlertTurn:
    return AlertTurn(rendered=notice(Notice(text)))
