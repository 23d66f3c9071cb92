"""Steps without a card of their own: a requisition goes on, a place answers a hold, what was sent arrives, a subscription ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue.acting import cards, cue_words
from bot.dialogue.acting.cards import Reading
from bot.dialogue.acting.drafting import Address, Drafting
from bot.dialogue.acting.posting import Posting
from bot.dialogue.acting.sketch import Sketch, Spotted, Verb
from bot.dialogue.acting.turns import ActTurn, Elsewhere, Pressed
from bot.understanding.meaning import Meaning
from bot.views.acting.shown import Answer, EditForm, Field, FieldKind, Side
from bot.views.rendered import Notice
from domain.errors import Invalid, UnknownRecord
from domain.model.hold import CheckState, HoldId, PlaceCheck
from domain.model.ids import PlaceId
from domain.model.movement import Source
from domain.model.receipt import ReceiptId
from domain.model.requisition import RequisitionId, RequisitionOrder, RequisitionState
from domain.model.subscription import Subscription, SubscriptionId, Topic
from domain.ports import UnitOfWork
from domain.usecases.act.holds import answer_check
from domain.usecases.act.requisitions import (
    Hand,
    Picked,
    cancel_requisition,
    deliver,
    pick,
    receive_requisition,
    report_short,
)
from domain.usecases.act.subscriptions import stop, stop_like, subscribe

CAME = "came:"
_CAME = re.compile(rf"{CAME}(?P<line>\d{{1,4}})=(?P<came>\d{{1,7}})")


def subject_of(subject: str) -> tuple[str, int]:
    """ "requisition:7" -> ("requisition", 7). Raises UnknownRecord for anything else."""
    kind, _, number = subject.partition(":")
    if not number.isdigit():
        raise UnknownRecord("I can not read this button any more; please say it again.")
    return kind, int(number)


class Steps:
    """Keeps no state."""

    def __init__(self, drafting: Drafting, posting: Posting) -> None:
        self._drafting = drafting
        self._posting = posting

    # -------------------------------------------------------------------------------------- requisitions

    def step(self, pressed: Pressed, *, at: Address, uow: UnitOfWork) -> ActTurn:
        """A step of a requisition, a hold's end, or the arrival of what a receipt sent."""
        kind, number = subject_of(pressed.subject)
        match kind:
            case "requisition":
                found = self._take(RequisitionId(number), pressed.choice, at=at, uow=uow)
                return self.told(found, at=at, message=pressed.message, uow=uow)
            case "receipt" if pressed.choice == "arrive":
                sketch = Sketch(verb=Verb.ARRIVE, receipt=number)
                return self._drafting.new(sketch, at=at, uow=uow)
            case "hold" if pressed.choice == "lift":
                return self._drafting.new(Sketch(verb=Verb.LIFT, hold=number), at=at, uow=uow)
            case _:
                raise UnknownRecord("I can not read this button any more; please say it again.")

    def spoken(self, identity: RequisitionId, meaning: Meaning, *, at: Address, uow: UnitOfWork) -> ActTurn:
        """What was said of a requisition by its number: its card, with the step that the words mean first. Takes none by itself."""
        found = uow.requisitions.get(at.person.facility_id, identity)
        reading = self._drafting.reading(at.person, private=at.private, uow=uow)
        tree = uow.places.tree()
        home = at.person.home_place_id
        at_store = home is not None and tree.within(found.from_place_id, outer=home)
        shown = cards.order(found, side=Side.STORE if at_store else Side.ASKER, reading=reading)
        sent = [line for line in found.lines if line.picked]
        came = cue_words.came(meaning.text, sent=sent[0].picked) if len(sent) == 1 else None
        if not at_store and came is not None and any(step.choice == "received" for step in shown.steps):
            less = Answer(f"{came} of {sent[0].picked} came", f"{CAME}{sent[0].number}={came}")
            shown = replace(shown, steps=(less, *shown.steps))
        if found.state is RequisitionState.ASKED and not at_store:
            shown = replace(shown, notes=(*shown.notes, "The store has not picked it yet."))
        return ActTurn(self._drafting.views.requisition(shown), meaning)

    def _take(
        self, identity: RequisitionId, choice: str, *, at: Address, uow: UnitOfWork
    ) -> RequisitionOrder:
        hand = self._hand(at, uow=uow)
        match choice:
            case RequisitionState.PICKED.value:
                return pick(identity, None, hand=hand, uow=uow)
            case RequisitionState.DELIVERED.value:
                return deliver(identity, hand=hand, uow=uow)
            case RequisitionState.RECEIVED.value:
                return receive_requisition(identity, hand=hand, uow=uow)
            case RequisitionState.SHORT.value:
                return report_short(identity, hand=hand, uow=uow)
            case RequisitionState.CANCELLED.value:
                return cancel_requisition(identity, hand=hand, uow=uow)
            case _ if (figures := _CAME.fullmatch(choice)) is not None:
                return receive_requisition(
                    identity, {int(figures["line"]): int(figures["came"])}, hand=hand, uow=uow
                )
            case _:
                raise UnknownRecord("I can not read this button any more; please say it again.")

    def _hand(self, at: Address, *, uow: UnitOfWork) -> Hand:
        source = Source(at.channel, at.thread, at.event_id)
        return Hand(at.person, self._drafting.now(), self._drafting.today(at.person, uow=uow), source)

    def told(self, found: RequisitionOrder, *, at: Address, message: str, uow: UnitOfWork) -> ActTurn:
        """Whoever took the step sees their card anew; the other side is told."""
        reading = self._drafting.reading(at.person, private=at.private, uow=uow)
        views = self._drafting.views
        store = views.requisition(cards.order(found, side=Side.STORE, reading=reading))
        asker = views.requisition(cards.order(found, side=Side.ASKER, reading=reading))
        by_store = found.asker_channel != at.channel or (
            bool(found.store_message) and message == found.store_message
        )
        told: list[Elsewhere] = []
        if by_store:
            if found.asker_channel:
                told.append(Elsewhere(found.asker_channel, asker, found.asker_thread, key="asker"))
        else:
            channel = self._posting.told_at(found.from_place_id, reading)
            if channel:
                told.append(Elsewhere(channel, store, message=self._message(channel, found), key="store"))
        return ActTurn(store if by_store else asker, replaces=message, told=tuple(told))

    @staticmethod
    def _message(channel: str, found: RequisitionOrder) -> str:
        """The store's card is changed in place where its channel is one that can be named again."""
        return found.store_message if channel[:1] in ("C", "G", "D") else ""

    def form(self, pressed: Pressed, *, at: Address, uow: UnitOfWork) -> EditForm:
        """The form with the figures of a requisition: what was picked, or what came."""
        kind, number = subject_of(pressed.subject)
        if kind != "requisition":
            raise UnknownRecord("There is no form for this.")
        found = uow.requisitions.get(at.person.facility_id, RequisitionId(number))
        reading = self._drafting.reading(at.person, private=at.private, uow=uow)
        shown = cards.order(found, side=Side.STORE, reading=reading)
        picking = found.state is RequisitionState.ASKED
        fields = tuple(
            Field(
                name=f"line:{line.number}",
                kind=FieldKind.NUMBER,
                label=f"{item.name} {item.size}".strip()[:150],
                value=str(line.asked if picking else line.picked),
                hint=f"{line.asked} {item.base_unit} asked"
                if picking
                else f"{line.picked} {item.base_unit} picked",
            )
            for item, line in shown.lines
            if picking or line.picked
        )
        title = "What was picked" if picking else "What came"
        return EditForm(title, "Save", fields, "Whole base units; 0 where there was none.")

    def submit(
        self, subject: str, values: Mapping[str, str], *, at: Address, message: str, uow: UnitOfWork
    ) -> ActTurn:
        """What was picked or came, from the form."""
        _, number = subject_of(subject)
        identity = RequisitionId(number)
        figures = {
            int(name.removeprefix("line:")): whole(value)
            for name, value in values.items()
            if name.startswith("line:")
        }
        hand = self._hand(at, uow=uow)
        if uow.requisitions.get(at.person.facility_id, identity).state is RequisitionState.ASKED:
            picked = [Picked(line, figure) for line, figure in figures.items()]
            found = pick(identity, picked, hand=hand, uow=uow)
        else:
            found = receive_requisition(identity, figures, hand=hand, uow=uow)
        return self.told(found, at=at, message=message, uow=uow)

    # --------------------------------------------------------------------------------------------- holds

    def check(self, pressed: Pressed, *, at: Address, uow: UnitOfWork) -> ActTurn:
        """A place's answer to a hold."""
        _, number = subject_of(pressed.subject)
        place, _, state = pressed.choice.partition(":")
        if not place.isdigit() or state not in set(CheckState):
            raise UnknownRecord("I can not read this button any more; please say it again.")
        done = answer_check(
            HoldId(number),
            PlaceId(int(place)),
            state=CheckState(state),
            actor=at.person,
            now=self._drafting.now(),
            uow=uow,
        )
        reading = self._drafting.reading(at.person, private=at.private, uow=uow)
        origin = uow.drafts.get(done.hold.draft_id)
        own = self._rows_of(done.hold.checks, at, origin.channel, reading)
        notes = ("Please count it: the books say that it is there.",) if done.count_due else ()
        shown = self._drafting.views.hold(cards.hold(done.hold, reading=reading, places=own, notes=notes))
        told: tuple[Elsewhere, ...] = ()
        if at.channel != origin.channel:
            answered, total = done.hold.answered, len(done.hold.checks)
            path = uow.places.tree().path(PlaceId(int(place)))
            text = f"{done.hold.number}: {path} has answered “{state}”. {answered} of {total} places have answered."
            told = (
                Elsewhere(
                    origin.channel, self._drafting.views.notice(Notice(text)), origin.thread, key="progress"
                ),
            )
        return ActTurn(shown, replaces=pressed.message, told=told)

    def _rows_of(
        self, checks: tuple[PlaceCheck, ...], at: Address, origin: str, reading: Reading
    ) -> frozenset[PlaceId] | None:
        """In a place's own channel its own rows stay; where the hold was opened all are shown."""
        if at.channel == origin:
            return None
        places = [check.place_id for check in checks]
        own = frozenset(
            place
            for place in places
            if self._posting.told_at(place, reading) in (at.channel, at.person.slack_user_id)
        )
        return own or None

    # ------------------------------------------------------------------------------------- subscriptions

    def subscribe(
        self, sketch: Sketch, *, at: Address, uow: UnitOfWork, meaning: Meaning | None, replaces: str = ""
    ) -> ActTurn:
        """Kept at once: it changes no stock, and its button ends it. Commits."""
        alert = sketch.alert
        if alert is None:
            raise Invalid("Say what you want to be told of.")
        scene = self._drafting.scene(at.person, uow=uow)
        wanted = [
            Subscription(
                id=SubscriptionId(0),
                facility_id=at.person.facility_id,
                person_id=at.person.id,
                topic=Topic(alert.topic),
                made_at=self._drafting.now(),
                item_id=None if line is None else line.item_id,
                place_id=sketch.here.place_id or self._own_place(sketch, at),
                lot_id=line.lot_ids[0] if line is not None and len(line.lots) == 1 else None,
                threshold=alert.threshold,
                days=alert.days,
                weekday=alert.weekday,
            )
            for line in sketch.lines or (None,)
        ]
        kept = [subscribe(one, actor=at.person, now=self._drafting.now(), uow=uow) for one in wanted]
        shown = [cards.subscription(one, scene=scene) for one in kept]
        lead = "I will tell you when:" if Topic(alert.topic) is not Topic.DIGEST else "I will tell you:"
        return ActTurn(self._drafting.views.subscriptions(shown, lead=lead), meaning, replaces=replaces)

    @staticmethod
    def _own_place(sketch: Sketch, at: Address) -> PlaceId | None:
        """A digest and what names no thing are about one's own unit."""
        return at.person.home_place_id if not sketch.lines else None

    def listed(
        self, sketch: Sketch | None, *, at: Address, uow: UnitOfWork, meaning: Meaning | None
    ) -> ActTurn:
        """What runs, with a button to end each; only those about what is named, where that is some."""
        scene = self._drafting.scene(at.person, uow=uow)
        ended = self._ended(sketch, at=at, uow=uow)
        if ended:
            lead = (
                "Stopped: " + "; ".join(cards.subscription(one, scene=scene).label for one in ended[:5]) + "."
            )
            return ActTurn(self._drafting.views.notice(Notice(lead)), meaning)
        mine = uow.subscriptions.of(at.person.id)
        items = (
            {line.item_id for line in sketch.lines if line.item_id is not None}
            if sketch is not None
            else set()
        )
        place = (sketch.here if sketch is not None else Spotted()).place_id
        fitting = [
            one
            for one in mine
            if (not items or one.item_id in items) and (place is None or one.place_id == place)
        ]
        shown = [cards.subscription(one, scene=scene) for one in fitting or mine]
        lead = "Which shall I stop?" if shown else "There is nothing that I tell you of."
        return ActTurn(self._drafting.views.subscriptions(shown, lead=lead), meaning)

    def _ended(self, sketch: Sketch | None, *, at: Address, uow: UnitOfWork) -> list[Subscription]:
        """ "Stop telling me about gloves": what is named ends at once, for it is asked for again as easily. Commits where some did."""
        named = (
            [line.item_id for line in sketch.lines if line.item_id is not None] if sketch is not None else []
        )
        place = sketch.here.place_id if sketch is not None else None
        now = self._drafting.now()
        return [
            one
            for item in named
            for one in stop_like(at.person, item_id=item, place_id=place, now=now, uow=uow)
        ]

    def stop(self, pressed: Pressed, *, at: Address, uow: UnitOfWork) -> ActTurn:
        """Ends a subscription of who presses. Commits."""
        _, number = subject_of(pressed.subject)
        mine = uow.subscriptions.of(at.person.id)
        ended = [one for one in mine if int(one.id) == number]
        scene = self._drafting.scene(at.person, uow=uow)
        if not ended:
            return ActTurn(
                self._drafting.views.notice(Notice("That is ended already, or it is not yours.")), alone=True
            )
        stop([one.id for one in ended], actor=at.person, now=self._drafting.now(), uow=uow)
        left = [cards.subscription(one, scene=scene) for one in mine if int(one.id) != number]
        lead = f"Stopped: {cards.subscription(ended[0], scene=scene).label}."
        return ActTurn(self._drafting.views.subscriptions(left, lead=lead), replaces=pressed.message)

    def undo(self, receipt_id: ReceiptId, *, at: Address, uow: UnitOfWork) -> ActTurn:
        """A card that asks once more before a receipt is undone."""
        uow.receipts.get(at.person.facility_id, receipt_id)
        return self._drafting.new(Sketch(verb=Verb.UNDO, receipt=int(receipt_id)), at=at, uow=uow)


def whole(text: str) -> int:
    """A figure of a form. Raises Invalid."""
    said = text.strip().replace(",", "")
    if not said.isdigit() or len(said) > 7:
        raise Invalid("A whole number, 0 or more.")
    return int(said)
