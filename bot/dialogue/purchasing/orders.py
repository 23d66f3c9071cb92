"""Clicks, forms and words about purchase orders: each a step of its own, told where the order's card stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.dialogue.acting.drafting import Address, Drafting
from bot.dialogue.acting.filling import clean_reason
from bot.dialogue.acting.posting import Posting
from bot.dialogue.acting.sketch import Sketch, Verb
from bot.dialogue.acting.told import managers_of
from bot.dialogue.acting.turns import ActTurn, Elsewhere, Form, Pressed
from bot.dialogue.purchasing import forms
from bot.dialogue.purchasing.delivering import with_order
from bot.dialogue.purchasing.telling import ordering_channel
from bot.understanding.meaning import Meaning
from bot.views.purchasing.order import APPROVE, RECEIVE, SENT, SUBJECT, OrderCard, order_card, order_file
from bot.views.rendered import Notice, Rendered
from domain.errors import Invalid, Stale, UnknownRecord
from domain.model.permission import Deed, allowance, who_may
from domain.model.person import Person, Role
from domain.model.purchase import PLACED, OrderState, Origin, PurchaseOrder, PurchaseOrderId
from domain.model.receipt import Receipt
from domain.ports import UnitOfWork
from domain.usecases.act.permissions import named_role
from domain.usecases.purchase.buying import decided_at
from domain.usecases.purchase.deciding import (
    Decided,
    Hand,
    LineChoice,
    approve,
    cancel_order,
    decline,
    hand_of,
    mark_sent,
)
from domain.usecases.purchase.receiving import order_named
from domain.usecases.purchase.seeing import OrderSheet, OrderView, sheet, view

type OrderWriter = Callable[[OrderSheet], bytes]
"""The file that a supplier is sent."""


def is_order(subject: str) -> bool:
    """Is a button's subject an order ("purchase:12")?"""
    return subject.partition(":")[0] == SUBJECT


class Orders:
    """Keeps no state. Raises errors of the one tree."""

    def __init__(self, drafting: Drafting, posting: Posting, *, writer: OrderWriter | None = None) -> None:
        self._drafting = drafting
        self._posting = posting
        self._writer = writer
        posting.ordering = self

    # ------------------------------------------------------------------------------------------- presses

    def press(self, pressed: Pressed, *, at: Address, uow: UnitOfWork) -> ActTurn:
        """Approve all, mark as sent, receive."""
        order_id = order_of(pressed.subject)
        match pressed.choice:
            case str() as choice if choice == APPROVE:
                return self._approved(
                    order_id, None, at=at, message=pressed.message, uow=uow, version=pressed.version
                )
            case str() as choice if choice == SENT:
                done = mark_sent(order_id, hand=self._hand(at, uow), uow=uow)
                return self._after(done, at=at, message=pressed.message, uow=uow)
            case str() as choice if choice == RECEIVE:
                return self._receive(order_id, at=at, uow=uow)
            case _:
                raise UnknownRecord("I can not read this button any more; please say it again.")

    def _receive(self, order_id: PurchaseOrderId, *, at: Address, uow: UnitOfWork) -> ActTurn:
        """The card of the delivery, with all that is still to come."""
        order = uow.orders.get(at.person.facility_id, order_id)
        if order.state not in PLACED:
            raise Invalid(f"{order.number} is {order.state}; nothing of it is to come.")
        return self._delivery(order, at=at, uow=uow)

    def _delivery(self, order: PurchaseOrder, *, at: Address, uow: UnitOfWork) -> ActTurn:
        scene = self._drafting.scene(at.person, uow=uow)
        sketch = with_order(Sketch(verb=Verb.RECEIVE, order=order.number), scene=scene)
        return self._drafting.new(sketch, at=at, uow=uow)

    # --------------------------------------------------------------------------------------------- forms

    def form(self, pressed: Pressed, *, at: Address, uow: UnitOfWork) -> Form:
        """Raises Invalid for an order that is no more what the button showed."""
        order = uow.orders.get(at.person.facility_id, order_of(pressed.subject))
        seen = self._seen(order, at=at, uow=uow)
        _, _, which = pressed.choice.partition(":")
        if which == "cancel":
            return Form(forms.CANCEL, self._drafting.views.form(forms.cancel_form(seen)))
        if order.state is not OrderState.DRAFT or order.version != pressed.version:
            raise Invalid(f"{order.number} has changed since; please use its newest card.")
        made = forms.decline_form(seen) if which == "decline" else forms.lines_form(seen)
        return Form(forms.DECLINE if which == "decline" else forms.LINES, self._drafting.views.form(made))

    def check(
        self, form: str, subject: str, values: Mapping[str, str], *, person: Person, uow: UnitOfWork
    ) -> Mapping[str, str]:
        order = uow.orders.get(person.facility_id, order_of(subject))
        return forms.wrong(form, values, order=order)

    def submit(
        self,
        form: str,
        subject: str,
        values: Mapping[str, str],
        *,
        at: Address,
        message: str,
        version: int,
        uow: UnitOfWork,
    ) -> ActTurn:
        order_id = order_of(subject)
        hand = self._hand(at, uow)
        if form == forms.LINES:
            order = uow.orders.get(at.person.facility_id, order_id)
            choices = forms.choices_of(values, order=order) if order.version == version else ()
            return self._approved(order_id, choices, at=at, message=message, uow=uow, version=version)
        reason = clean_reason(forms.reason_of(values))
        if form == forms.DECLINE:
            try:
                done = decline(order_id, reason=reason, hand=hand, uow=uow, version=version)
            except Stale as stale:
                return self._as_it_is(order_id, str(stale), at=at, message=message, uow=uow)
        elif form == forms.CANCEL:
            done = cancel_order(order_id, reason=reason, hand=hand, uow=uow)
        else:
            raise UnknownRecord("I can not read this form any more; please open it again.")
        return self._after(done, at=at, message=message, uow=uow)

    # ---------------------------------------------------------------------------------------------- words

    def spoken(
        self, order_id: PurchaseOrderId, step: str, meaning: Meaning, *, at: Address, uow: UnitOfWork
    ) -> ActTurn:
        """What was said of an order by its number: its card. ``step`` ("approve", "cancel", "sent", "") is what the words ask for; the
        card's button does it, so that nobody approves by a word that was heard wrongly."""
        order = uow.orders.get(at.person.facility_id, order_id)
        if step == RECEIVE and order.state in PLACED:
            return replace(self._delivery(order, at=at, uow=uow), meaning=meaning)
        note = ""
        if step == APPROVE and order.state is not OrderState.DRAFT:
            note = f"{order.number} is {order.state} already."
        elif step == RECEIVE:
            note = f"{order.number} is {order.state}; nothing of it is to come."
        elif step:
            note = f"Press the button to {_ASKED[step]} {order.number}."
        shown = self._card(order, at=at, uow=uow, notes=(note,) if note else ())
        return ActTurn(shown, meaning)

    # ------------------------------------------------------------------------------------------- outcomes

    def _approved(
        self,
        order_id: PurchaseOrderId,
        choices: tuple[LineChoice, ...] | None,
        *,
        at: Address,
        message: str,
        version: int,
        uow: UnitOfWork,
    ) -> ActTurn:
        try:
            done = approve(order_id, hand=self._hand(at, uow), uow=uow, version=version, choices=choices)
        except Stale as stale:
            return self._as_it_is(order_id, str(stale), at=at, message=message, uow=uow)
        if done.waits is not None:
            return self._waiting(done, at=at, message=message, uow=uow)
        return self._after(done, at=at, message=message, uow=uow)

    def _after(self, done: Decided, *, at: Address, message: str, uow: UnitOfWork) -> ActTurn:
        """The card as it is now, where it stands; the file where it was approved; the cards of what came of it besides."""
        order = done.order
        notes: tuple[str, ...] = ()
        if not done.done:
            name = self._seen(order, at=at, uow=uow).approved_by if order.state in PLACED else ""
            notes = (
                f"{name} was first; nothing was done twice."
                if name and name != at.person.name
                else "This was done already.",
            )
        told = [*self._elsewhere(order, at=at, message=message, uow=uow)]
        if done.done and order.state is OrderState.APPROVED:
            told += self._files(done, at=at, message=message, uow=uow)
        for other in done.others:
            told.append(
                Elsewhere(
                    at.channel,
                    self._card(other, at=at, uow=uow),
                    key=f"other:{other.number}",
                    card_of=f"{SUBJECT}:{int(other.id)}",
                )
            )
        told += self._to_asker(done, at=at, uow=uow)
        return ActTurn(self._card(order, at=at, uow=uow, notes=notes), replaces=message, told=tuple(told))

    def _waiting(self, done: Decided, *, at: Address, message: str, uow: UnitOfWork) -> ActTurn:
        """Above the limit of who clicked: it goes to managers, once."""
        assert done.waits is not None  # noqa: S101 - asked by the caller
        order = done.order
        managers = [
            one
            for one in managers_of(decided_at(order, uow=uow), uow=uow)
            if one.id != at.person.id and one.slack_user_id
        ]
        names = " and ".join(one.name for one in managers)
        asked = (
            f" {names} {'are' if len(managers) > 1 else 'is'} asked." if managers else f" {done.waits.remedy}"
        )
        waits = f"{done.waits.sentence}{asked}"
        note = f"{at.person.name} wants this approved; it is above what they may approve."
        once = f"{SUBJECT}:{int(order.facility_id)}:{int(order.id)}:{order.version}"
        told = [
            Elsewhere(
                one.slack_user_id or "",
                self._card(order, at=replace(at, person=one), uow=uow, notes=(note,)),
                key=f"limit:{one.slack_user_id}",
                once=once,
            )
            for one in managers
        ]
        told += self._elsewhere(order, at=at, message=message, uow=uow, waits=waits)
        return ActTurn(self._card(order, at=at, uow=uow, waits=waits), replaces=message, told=tuple(told))

    def _as_it_is(
        self, order_id: PurchaseOrderId, note: str, *, at: Address, message: str, uow: UnitOfWork
    ) -> ActTurn:
        order = uow.orders.get(at.person.facility_id, order_id)
        return ActTurn(self._card(order, at=at, uow=uow, notes=(note,)), replaces=message)

    def _elsewhere(
        self, order: PurchaseOrder, *, at: Address, message: str, uow: UnitOfWork, waits: str = ""
    ) -> tuple[Elsewhere, ...]:
        """The card in the channel, where the step was taken on another one."""
        if not order.message or (order.message == message and order.channel == at.channel):
            return ()
        shown = self._card(order, at=at, uow=uow, waits=waits)
        return (Elsewhere(order.channel, shown, message=order.message, key=f"card:{order.version}"),)

    def _files(self, done: Decided, *, at: Address, message: str, uow: UnitOfWork) -> list[Elsewhere]:
        if self._writer is None:
            return []
        told = []
        for order in (done.order, *(one for one in done.others if one.state is OrderState.APPROVED)):
            seen = self._seen(order, at=at, uow=uow)
            today = self._drafting.today(at.person, uow=uow)
            shown = order_file(seen, self._writer(sheet(seen, today=today)))
            once = f"{SUBJECT}:{int(order.facility_id)}:{int(order.id)}"
            # In the thread of its card where that stands; what was asked for in words has no card there yet.
            where = (order.channel, order.message) if order.message else (at.channel, at.thread or message)
            told.append(Elsewhere(where[0], shown, where[1], key="file", once=once))
        return told

    def _to_asker(self, done: Decided, *, at: Address, uow: UnitOfWork) -> list[Elsewhere]:
        """Whoever asked for it is told that it was approved, declined or cancelled, where they asked."""
        order = done.order
        if not done.done or order.asked_by in (None, at.person.id) or order.origin is not Origin.PERSON:
            return []
        if order.state not in (OrderState.APPROVED, OrderState.CANCELLED):
            return []
        drafts = uow.drafts
        try:
            origin = drafts.get(order.draft_id) if order.draft_id is not None else None
        except UnknownRecord:
            origin = None
        if origin is None or (origin.channel == at.channel and order.message == ""):
            return []
        what = "approved" if order.state is OrderState.APPROVED else "declined"
        why = f": {order.reason}" if order.state is OrderState.CANCELLED and order.reason else ""
        text = f"{order.number} to {self._seen(order, at=at, uow=uow).supplier} was {what} by {at.person.name}{why}."
        once = f"{SUBJECT}:{int(order.facility_id)}:{int(order.id)}:{what}"
        return [
            Elsewhere(
                origin.channel,
                self._drafting.views.notice(Notice(text)),
                origin.thread,
                key="asker",
                once=once,
            )
        ]

    def placed(self, done: Receipt, *, at: Address, message: str, uow: UnitOfWork) -> ActTurn:
        """What a confirmed card came to: an order for each supplier, shown to who asked and where orders are decided on."""
        orders = uow.orders.of_draft(done.draft_id)
        told: list[Elsewhere] = []
        notes: list[str] = []
        reading = self._drafting.reading(at.person, private=False, uow=uow)
        for number, order in enumerate(orders):
            channel = ordering_channel(
                order, uow=uow, otherwise=lambda place_id: self._posting.told_at(place_id, reading)
            )
            if channel and channel == at.channel and number == 0 and message:
                uow.orders.shown_as(order.facility_id, order.id, channel=channel, message=message)
                uow.commit()
            elif channel:
                shown = self._card(order, at=at, uow=uow)
                card_of = f"{SUBJECT}:{int(order.id)}"
                told.append(Elsewhere(channel, shown, key=f"order:{order.number}", card_of=card_of))
            if order.state is OrderState.DRAFT:
                who = " or ".join(_named_roles(order))
                where = "" if channel else " Nobody could be told: its place has no channel yet."
                notes.append(f"{order.number} waits for approval by {who}.{where}")
            if order.state is OrderState.APPROVED:
                told += self.files(order, at=at, uow=uow)
        first, *others = orders
        told += [
            Elsewhere(at.channel, self._card(other, at=at, uow=uow), at.thread, key=f"also:{other.number}")
            for other in others
        ]
        shown = self._card(first, at=at, uow=uow, notes=tuple(notes))
        return ActTurn(shown, replaces=message, told=tuple(told))

    def moved(self, number: str, *, at: Address, uow: UnitOfWork) -> list[Elsewhere]:
        """The card of an order that a receipt or its undo has moved, where it stands."""
        order = order_named(number, facility_id=at.person.facility_id, uow=uow) if number else None
        return [] if order is None else list(self._elsewhere(order, at=at, message="", uow=uow))

    # ------------------------------------------------------------------------------------------ small things

    def _card(
        self,
        order: PurchaseOrder,
        *,
        at: Address,
        uow: UnitOfWork,
        notes: tuple[str, ...] = (),
        waits: str = "",
    ) -> Rendered:
        seen = self._seen(order, at=at, uow=uow)
        return order_card(OrderCard(seen, self._drafting.today(at.person, uow=uow), notes, waits))

    def card(
        self, order: PurchaseOrder, *, at: Address, uow: UnitOfWork, notes: tuple[str, ...] = ()
    ) -> Rendered:
        """The order's card for whoever is at ``at``."""
        return self._card(order, at=at, uow=uow, notes=notes)

    def files(self, order: PurchaseOrder, *, at: Address, uow: UnitOfWork) -> list[Elsewhere]:
        """The file of an order that was approved as it was asked for."""
        return self._files(Decided(order, done=True), at=at, message="", uow=uow)

    def _seen(self, order: PurchaseOrder, *, at: Address, uow: UnitOfWork) -> OrderView:
        today = self._drafting.today(at.person, uow=uow)
        return view([order], reader=at.person, today=today, uow=uow)[0]

    def _hand(self, at: Address, uow: UnitOfWork) -> Hand:
        return hand_of(at.person, now=self._drafting.now(), uow=uow)


def _named_roles(order: PurchaseOrder) -> list[str]:
    """ "a buyer", "a manager": who may approve what it is worth; administrators keep the system."""
    found = []
    for role in who_may(Deed.APPROVE_ORDER):
        granted = allowance(role, Deed.APPROVE_ORDER)
        if (
            role is not Role.ADMIN
            and granted is not None
            and (granted.up_to is None or order.cost <= granted.up_to)
        ):
            found.append(named_role(role))
    return found or [named_role(Role.ADMIN)]


_ASKED = {APPROVE: "approve", SENT: "mark as sent", "cancel": "cancel"}


def order_of(subject: str) -> PurchaseOrderId:
    """ "purchase:12" -> 12. Raises UnknownRecord for anything else."""
    kind, _, number = subject.partition(":")
    if kind != SUBJECT or not number.isdigit():
        raise UnknownRecord("I can not read this button any more; please say it again.")
    return PurchaseOrderId(int(number))
