"""The acting half of the dialogue: messages, presses and forms of actions, each worked on in one unit of work.

Holds no state: drafts are rows, so that any process may answer the next message or click.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from bot.dialogue.acting import cue_words
from bot.dialogue.acting.answers import answered
from bot.dialogue.acting.corrections import correction_of
from bot.dialogue.acting.drafting import Address, Channels, Drafting, NoChannels
from bot.dialogue.acting.filling import FormError, clean_reason, filled
from bot.dialogue.acting.finding import Finder, Scene
from bot.dialogue.acting.forms import edit_form, override_form
from bot.dialogue.acting.gaps import gaps_of
from bot.dialogue.acting.hearing import Hearing
from bot.dialogue.acting.moving import move_of
from bot.dialogue.acting.posting import Posting
from bot.dialogue.acting.revising import Reviser
from bot.dialogue.acting.showing import ActViews
from bot.dialogue.acting.sketch import Sketch, Verb, read_body
from bot.dialogue.acting.sketching import Sketcher
from bot.dialogue.acting.steps import Steps, subject_of, whole
from bot.dialogue.acting.turns import NOT_STAFF, ActTurn, Form, Press, Pressed, Submitted
from bot.dialogue.purchasing.orders import Orders, OrderWriter, is_order
from bot.dialogue.turn import Heard
from bot.understanding.heard import marked
from bot.understanding.meaning import Meaning
from bot.views.acting.shown import Refusal
from domain.errors import Invalid, NotFound, NotPermitted, Refused, UnknownRecord
from domain.model.patient_text import PLAIN, Formats
from domain.model.person import GUEST
from domain.model.purchase import PurchaseOrderId
from domain.model.receipt import ActionDraft, DraftId, DraftState, ReceiptId
from domain.model.requisition import RequisitionId
from domain.ports import CatalogueSearch, Clock, PlaceSearch, Transactions, UnitOfWork, Vault
from domain.usecases.act.drafts import cancel
from domain.usecases.act.post import may_not_override
from domain.usecases.act.requests import Override
from domain.usecases.act.trailing import sentence

EDIT, OVERRIDE, FIGURES = "edit", "override", "figures"


class Runner(Protocol):
    """Runs blocking work apart from the event loop."""

    async def __call__[T](self, work: Callable[[], T], /) -> T: ...


async def _in_thread[T](work: Callable[[], T], /) -> T:
    return await asyncio.to_thread(work)


class Acts:
    """Implements ``turns.Acting``. Raises errors of the one tree for what is gone or refused outright; what a person can mend is a
    question, a card or a notice.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        items: CatalogueSearch,
        places: PlaceSearch,
        vault: Vault,
        clock: Clock,
        views: ActViews,
        channels: Channels | None = None,
        formats: Formats = PLAIN,
        order_writer: OrderWriter | None = None,
        run: Runner = _in_thread,
    ) -> None:
        self._formats = formats
        self._transactions = transactions
        self._run = run
        self._find = Finder(items, places)
        sketcher = Sketcher(self._find)
        self._drafting = Drafting(clock=clock, vault=vault, views=views)
        self._posting = Posting(self._drafting, channels=channels or NoChannels())
        self._steps = Steps(self._drafting, self._posting)
        self._orders = Orders(self._drafting, self._posting, writer=order_writer)
        self._hearing = Hearing(
            self._drafting,
            self._posting,
            self._steps,
            sketcher=sketcher,
            reviser=Reviser(self._find, sketcher),
        )
        self._views = views

    # ------------------------------------------------------------------------------------------ messages

    async def hear(self, heard: Heard, meaning: Meaning) -> ActTurn | None:
        """A message that is an action, or that changes the thread's open card; None for neither."""
        return await self._run(lambda: self.hear_now(heard, meaning))

    async def amend(self, heard: Heard, meaning: Meaning) -> ActTurn | None:
        """Only what changes, answers, confirms or undoes in this thread; None where the words are none of that."""
        return await self._run(lambda: self.amend_now(heard, meaning))

    def hear_now(self, heard: Heard, meaning: Meaning) -> ActTurn | None:
        """As ``hear``, in this thread of control."""
        meaning = marked(meaning, formats=self._formats)
        amended = self.amend_now(heard, meaning)
        if amended is not None or meaning.intent not in cue_words.ACTS:
            return amended
        at = _address(heard)
        if at.person.id == GUEST:
            return ActTurn(self._views.refusal(Refusal(NOT_STAFF)), meaning)
        with self._transactions.begin() as uow:
            try:
                return self._hearing.begin(meaning, at=at, uow=uow)
            except (Refused, Invalid, NotFound) as error:
                return ActTurn(self._views.refusal(Refusal(str(error))), meaning)

    def amend_now(self, heard: Heard, meaning: Meaning) -> ActTurn | None:
        """As ``amend``, in this thread of control."""
        meaning = marked(meaning, formats=self._formats)
        number = cue_words.about_requisition(meaning.text)
        if number is not None and _address(heard).person.id != GUEST:
            with self._transactions.begin() as uow:
                try:
                    return self._steps.spoken(RequisitionId(number), meaning, at=_address(heard), uow=uow)
                except NotFound as error:
                    return ActTurn(self._views.refusal(Refusal(str(error))), meaning)
        purchase = cue_words.about_purchase(meaning.text)
        if purchase is not None and _address(heard).person.id != GUEST:
            with self._transactions.begin() as uow:
                try:
                    order_id, step = PurchaseOrderId(purchase[0]), purchase[1]
                    return self._orders.spoken(order_id, step, meaning, at=_address(heard), uow=uow)
                except (Refused, Invalid, NotFound) as error:
                    return ActTurn(self._views.refusal(Refusal(str(error))), meaning)
        correction = correction_of(meaning.text)
        with self._transactions.reading() as uow:
            if not self._hearing.may_concern(_address(heard), correction, uow=uow):
                return None
        at = _address(heard)
        if at.person.id == GUEST:
            return None if correction is None else ActTurn(self._views.refusal(Refusal(NOT_STAFF)), meaning)
        with self._transactions.begin() as uow:
            try:
                return self._hearing.amended(meaning, correction, at=at, uow=uow)
            except (Refused, Invalid, NotFound) as error:
                return ActTurn(self._views.refusal(Refusal(str(error))), meaning)

    # ----------------------------------------------------------------------------------------- proposals

    async def propose(self, sketch: Sketch, *, at: Address, notes: Sequence[str] = ()) -> ActTurn:
        """The card of an action that no words asked for: a photograph, or a button of an alert."""
        return await self._run(lambda: self.propose_now(sketch, at=at, notes=notes))

    def propose_now(self, sketch: Sketch, *, at: Address, notes: Sequence[str] = ()) -> ActTurn:
        """As ``propose``, in this thread of control. The same event makes one card."""
        if at.person.id == GUEST:
            return ActTurn(self._views.refusal(Refusal(NOT_STAFF)), alone=True)
        with self._transactions.begin() as uow:
            try:
                return self._drafting.new(sketch, at=at, uow=uow, notes=notes)
            except (Refused, Invalid, NotFound) as error:
                return ActTurn(self._views.refusal(Refusal(str(error))), alone=True)

    # ------------------------------------------------------------------------------------------- presses

    async def press(self, pressed: Pressed) -> ActTurn:
        return await self._run(lambda: self.press_now(pressed))

    def press_now(self, pressed: Pressed) -> ActTurn:
        """As ``press``, in this thread of control."""
        at = Address(pressed.channel, pressed.thread, pressed.person, pressed.event_id, pressed.private)
        with self._transactions.begin() as uow:
            try:
                return self._pressed(pressed, at=at, uow=uow)
            except (Refused, Invalid, NotFound) as error:
                return ActTurn(self._views.refusal(Refusal(str(error))), alone=True)

    def _pressed(self, pressed: Pressed, *, at: Address, uow: UnitOfWork) -> ActTurn:
        match pressed.press:
            case Press.STEP if is_order(pressed.subject):
                return self._orders.press(pressed, at=at, uow=uow)
            case Press.STEP:
                return self._steps.step(pressed, at=at, uow=uow)
            case Press.CHECK:
                return self._steps.check(pressed, at=at, uow=uow)
            case Press.STOP:
                return self._steps.stop(pressed, at=at, uow=uow)
            case Press.MOVE:
                today = self._drafting.scene(at.person, uow=uow).today
                if at.person.id == GUEST:
                    return ActTurn(self._views.refusal(Refusal(NOT_STAFF)), alone=True)
                sketch = move_of(pressed.subject, pressed.choice, today=today, uow=uow)
                return self._drafting.new(sketch, at=at, uow=uow)
            case Press.UNDO:
                _, number = subject_of(pressed.subject)
                return self._steps.undo(ReceiptId(number), at=at, uow=uow)
            case Press.EDIT | Press.OVERRIDE:
                raise UnknownRecord("That button opens a form; please press it again.")
            case _:
                return self._on_card(pressed, at=at, uow=uow)

    def _on_card(self, pressed: Pressed, *, at: Address, uow: UnitOfWork) -> ActTurn:
        draft = uow.drafts.get(draft_of(pressed.subject))
        message = pressed.message
        match pressed.press:
            case Press.CONFIRM:
                return self._posting.confirm(draft, at=at, message=message, uow=uow, version=pressed.version)
            case Press.CANCEL:
                after = cancel(draft.id, uow=uow)
                if after.state is DraftState.CANCELLED:
                    return self._drafting.closed(
                        after, f"Cancelled by {at.person.name}; nothing was posted.", message=message
                    )
                return self._drafting.as_it_is(after, at=at, message=message, uow=uow)
            case _ if pressed.choice == "again":
                sketch = read_body(draft.body)
                return self._drafting.new(sketch, at=at, uow=uow, replaces=message, notes=("Made anew.",))
            case _:
                return self._choose(draft, pressed, at=at, uow=uow)

    def _choose(self, draft: ActionDraft, pressed: Pressed, *, at: Address, uow: UnitOfWork) -> ActTurn:
        """An answer by button goes on with the same draft."""
        message = pressed.message
        if draft.state is not DraftState.OPEN or self._drafting.lapsed(draft):
            return self._drafting.as_it_is(draft, at=at, message=message, uow=uow)
        if pressed.version != draft.version:
            note = "This card had changed before you clicked; here it is now."
            return self._drafting.as_it_is(draft, at=at, message=message, uow=uow, notes=(note,))
        scene = self._drafting.scene(at.person, uow=uow)
        sketch = answered(read_body(draft.body), pressed.choice, scene=scene)
        return self._continued(draft, sketch, at=at, message=message, uow=uow, scene=scene)

    def _continued(
        self, draft: ActionDraft, sketch: Sketch, *, at: Address, message: str, uow: UnitOfWork, scene: Scene
    ) -> ActTurn:
        if sketch.verb is Verb.SUBSCRIBE and not gaps_of(sketch, scene=scene):
            cancel(draft.id, uow=uow)
            return self._steps.subscribe(sketch, at=at, uow=uow, meaning=None, replaces=message)
        return self._drafting.changed(draft, sketch, at=at, message=message, uow=uow)

    # --------------------------------------------------------------------------------------------- forms

    async def form(self, pressed: Pressed) -> Form:
        return await self._run(lambda: self.form_now(pressed))

    def form_now(self, pressed: Pressed) -> Form:
        """As ``form``, in this thread of control. Raises Invalid for a card that is over or has changed."""
        at = Address(pressed.channel, pressed.thread, pressed.person, pressed.event_id, pressed.private)
        with self._transactions.reading() as uow:
            if is_order(pressed.subject):
                return self._orders.form(pressed, at=at, uow=uow)
            if pressed.press is Press.STEP:
                return Form(FIGURES, self._views.form(self._steps.form(pressed, at=at, uow=uow)))
            draft = uow.drafts.get(draft_of(pressed.subject))
            if draft.state is not DraftState.OPEN or self._drafting.lapsed(draft):
                raise Invalid("This card is over; please say it again.")
            if pressed.version != draft.version:
                raise Invalid("This card has changed since; please use the newer one.")
            scene = self._drafting.scene(pressed.person, uow=uow)
            sketch = read_body(draft.body)
            if pressed.press is Press.OVERRIDE:
                looked = self._drafting.look(sketch, scene=scene)
                if looked.plan is None or not looked.plan.overridable:
                    raise Invalid("There is nothing to override on this card.")
                barred = may_not_override(looked.plan, actor=pressed.person, uow=uow)
                if barred is not None:
                    raise NotPermitted(sentence(barred))
                return Form(OVERRIDE, self._views.override_form(override_form(looked.plan)))
            return Form(EDIT, self._views.form(edit_form(sketch, scene=scene, private=pressed.private)))

    async def check(self, submitted: Submitted) -> Mapping[str, str]:
        return await self._run(lambda: self.check_now(submitted))

    def check_now(self, submitted: Submitted) -> Mapping[str, str]:
        """As ``check``, in this thread of control. Writes nothing: what it had to store to look is left behind."""
        if is_order(submitted.subject):
            with self._transactions.reading() as uow:
                return self._orders.check(
                    submitted.form, submitted.subject, submitted.values, person=submitted.person, uow=uow
                )
        if submitted.form == FIGURES:
            return {
                name: error for name, value in submitted.values.items() if (error := _wrong_figure(value))
            }
        if submitted.form == OVERRIDE:
            return {} if submitted.values.get("reason", "").strip() else {"reason": "Say in a few words why."}
        with self._transactions.begin() as uow:
            draft = uow.drafts.get(draft_of(submitted.subject))
            scene = self._drafting.scene(submitted.person, uow=uow)
            try:
                filled(
                    read_body(draft.body),
                    submitted.values,
                    finder=self._find,
                    scene=scene,
                    formats=self._formats,
                )
            except FormError as wrong:
                return wrong.errors
            return {}

    async def submit(self, submitted: Submitted) -> ActTurn:
        return await self._run(lambda: self.submit_now(submitted))

    def submit_now(self, submitted: Submitted) -> ActTurn:
        """As ``submit``, in this thread of control."""
        at = Address(
            submitted.channel, submitted.thread, submitted.person, submitted.event_id, submitted.private
        )
        message = submitted.message
        with self._transactions.begin() as uow:
            try:
                if is_order(submitted.subject):
                    return self._orders.submit(
                        submitted.form,
                        submitted.subject,
                        submitted.values,
                        at=at,
                        message=message,
                        version=submitted.version,
                        uow=uow,
                    )
                if submitted.form == FIGURES:
                    return self._steps.submit(
                        submitted.subject, submitted.values, at=at, message=message, uow=uow
                    )
                draft = uow.drafts.get(draft_of(submitted.subject))
                if submitted.form == OVERRIDE:
                    why = Override(clean_reason(submitted.values.get("reason", ""), formats=self._formats))
                    return self._posting.confirm(
                        draft, at=at, message=message, uow=uow, override=why, version=submitted.version
                    )
                if (
                    draft.state is not DraftState.OPEN
                    or self._drafting.lapsed(draft)
                    or submitted.version != draft.version
                ):
                    return self._drafting.as_it_is(draft, at=at, message=message, uow=uow)
                scene = self._drafting.scene(at.person, uow=uow)
                sketch = filled(
                    read_body(draft.body),
                    submitted.values,
                    finder=self._find,
                    scene=scene,
                    formats=self._formats,
                )
                return self._continued(draft, sketch, at=at, message=message, uow=uow, scene=scene)
            except (Refused, Invalid, NotFound) as error:
                return ActTurn(self._views.refusal(Refusal(str(error))), alone=True)


def draft_of(subject: str) -> DraftId:
    """Raises UnknownRecord for what is no draft's id."""
    try:
        return DraftId(UUID(subject))
    except ValueError:
        raise UnknownRecord("I can not read this button any more; please say it again.") from None


def _address(heard: Heard) -> Address:
    return Address(heard.channel, heard.thread, heard.actor or heard.person, heard.event_id, heard.private)


def _wrong_figure(value: str) -> str:
    try:
        whole(value)
    except Invalid as error:
        return str(error)
    return ""
