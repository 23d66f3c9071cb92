"""The acting half of the dialogue: messages, presses and forms of actions, each worked on in one unit of work.

Holds no state: drafts are rows, so that any process may answer the next message or click.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from bot.dialogue.acting import cue_words
from bot.dialogue.acting.answers import answered
from bot.dialogue.acting.corrections import Correction, Op, correction_of
from bot.dialogue.acting.drafting import LAPSED, Address, Channels, Drafting, NoChannels, draft_id
from bot.dialogue.acting.finding import Finder, Scene
from bot.dialogue.acting.forms import FormError, clean_reason, edit_form, filled, override_form
from bot.dialogue.acting.gaps import gaps_of
from bot.dialogue.acting.posting import Posting
from bot.dialogue.acting.revising import Revised, Reviser
from bot.dialogue.acting.showing import ActViews
from bot.dialogue.acting.sketch import Sketch, Verb, read_body
from bot.dialogue.acting.sketching import Before, Sketcher
from bot.dialogue.acting.steps import Steps, subject_of, whole
from bot.dialogue.acting.turns import ActTurn, Elsewhere, Form, Press, Pressed, Submitted
from bot.dialogue.memory import recalled
from bot.dialogue.turn import Heard
from bot.understanding.composing import compose
from bot.understanding.heard import discreet
from bot.understanding.meaning import Meaning
from bot.views.acting.shown import Refusal
from bot.views.rendered import Notice
from domain.errors import Invalid, NotFound, Refused, UnknownRecord
from domain.model.receipt import ActionDraft, DraftId, DraftState, Receipt, ReceiptId
from domain.ports import CatalogueSearch, Clock, PlaceSearch, Transactions, UnitOfWork, Vault
from domain.usecases.act.drafts import cancel
from domain.usecases.act.requests import Override

STILL_MEANT = timedelta(minutes=30)
"""So long after a receipt "make it 3" and "one more" are about it."""
JUST_POSTED = timedelta(minutes=2)
UNDONE_WITHIN = timedelta(hours=24)
EDIT, OVERRIDE, FIGURES = "edit", "override", "figures"
_NO_UNDO = (
    "I find nothing of yours to undo in the last 24 hours. Say the receipt’s number, as in “undo R-12”."
)


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
        run: Runner = _in_thread,
    ) -> None:
        self._transactions = transactions
        self._run = run
        self._find = Finder(items, places)
        self._sketcher = Sketcher(self._find)
        self._reviser = Reviser(self._find, self._sketcher)
        self._drafting = Drafting(clock=clock, vault=vault, views=views)
        self._posting = Posting(self._drafting, channels=channels or NoChannels())
        self._steps = Steps(self._drafting, self._posting)
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
        amended = self.amend_now(heard, meaning)
        if amended is not None or meaning.intent not in cue_words.ACTS:
            return amended
        at = _address(heard)
        with self._transactions.begin() as uow:
            try:
                return self._begin(meaning, at=at, uow=uow)
            except (Refused, Invalid, NotFound) as error:
                return ActTurn(self._views.refusal(Refusal(str(error))), meaning)

    def amend_now(self, heard: Heard, meaning: Meaning) -> ActTurn | None:
        """As ``amend``, in this thread of control."""
        correction = correction_of(meaning.text)
        with self._transactions.reading() as uow:
            if not self._may_concern(heard, correction, uow=uow):
                return None
        at = _address(heard)
        with self._transactions.begin() as uow:
            try:
                return self._amended(meaning, correction, at=at, uow=uow)
            except (Refused, Invalid, NotFound) as error:
                return ActTurn(self._views.refusal(Refusal(str(error))), meaning)

    def _may_concern(self, heard: Heard, correction: Correction | None, *, uow: UnitOfWork) -> bool:
        """Cheap: is there a card or a fresh receipt in this thread that the words could be about?"""
        if uow.drafts.open_in(heard.channel, heard.thread):
            return True
        if correction is None or correction.op is Op.CANCEL:
            return False
        return correction.op is Op.UNDO or self._last(_address(heard), uow=uow) is not None

    def _last(self, at: Address, *, uow: UnitOfWork) -> Receipt | None:
        """The person's fresh receipt of this thread."""
        since = self._drafting.now() - STILL_MEANT
        return uow.receipts.last_of(at.person.id, channel=at.channel, thread=at.thread, since=since)

    # --------------------------------------------------------------------------------------- a new action

    def _begin(self, meaning: Meaning, *, at: Address, uow: UnitOfWork) -> ActTurn:
        scene = self._drafting.scene(at.person, uow=uow)
        composition = compose(meaning, today=scene.today)
        verb = cue_words.verb_of(meaning.intent, text=meaning.text, composition=composition)
        if verb is None:
            raise Invalid("That is nothing that I can record.")
        before = self._before(at, uow=uow)
        sketch = self._sketcher.sketch(
            verb, meaning=meaning, composition=composition, scene=scene, before=before
        )
        if verb is Verb.SUBSCRIBE:
            return self._alert(sketch, meaning, at=at, uow=uow)
        if verb is Verb.UNDO and sketch.receipt is None:
            found = self._to_undo(at, uow=uow)
            if found is None:
                return ActTurn(self._views.notice(Notice(_NO_UNDO)), meaning)
            sketch = sketch.with_(receipt=int(found.id))
        notes = [
            doubt.sentence for doubt in composition.doubts if verb not in (Verb.UNDO, Verb.ARRIVE, Verb.LIFT)
        ][:2]
        return self._drafting.new(
            sketch, at=at, uow=uow, meaning=meaning, notes=notes, alone=self._names_patient(meaning, at)
        )

    def _alert(self, sketch: Sketch, meaning: Meaning, *, at: Address, uow: UnitOfWork) -> ActTurn:
        """What is to be told, or ended."""
        if cue_words.STOP.search(meaning.text):
            return self._steps.listed(sketch, at=at, uow=uow, meaning=meaning)
        scene = self._drafting.scene(at.person, uow=uow)
        if gaps_of(sketch, scene=scene):
            return self._drafting.new(sketch, at=at, uow=uow, meaning=meaning)
        return self._steps.subscribe(sketch, at=at, uow=uow, meaning=meaning)

    @staticmethod
    def _names_patient(meaning: Meaning, at: Address) -> bool:
        """A patient typed where others read: only who typed it sees what comes of it."""
        return not at.private and discreet(meaning)[1]

    def _before(self, at: Address, *, uow: UnitOfWork) -> Before:
        """What the thread is about: the open card's one item, the fresh receipt's, else what was asked about."""
        for draft in uow.drafts.open_in(at.channel, at.thread)[:1]:
            items = {line.item_id for line in read_body(draft.body).lines if line.item_id is not None}
            if len(items) == 1:
                return Before(tuple(items))
        last = self._last(at, uow=uow)
        if last is not None and last.movement_ids:
            items = {uow.ledger.get(movement).item_id for movement in last.movement_ids}
            if len(items) == 1:
                return Before(tuple(items))
        memory = recalled(uow.threads.get(at.channel, at.thread), now=self._drafting.now())
        if memory is not None and len(memory.subject.draft.items) == 1:
            return Before(memory.subject.draft.items)
        return Before()

    def _to_undo(self, at: Address, *, uow: UnitOfWork) -> Receipt | None:
        """The latest of this thread, else the person's latest anywhere within a day."""
        since = self._drafting.now() - UNDONE_WITHIN
        here = uow.receipts.last_of(at.person.id, channel=at.channel, thread=at.thread, since=since)
        return here or uow.receipts.last_of(at.person.id, since=since)

    # -------------------------------------------------------------------------------------- amendments

    def _amended(
        self, meaning: Meaning, correction: Correction | None, *, at: Address, uow: UnitOfWork
    ) -> ActTurn | None:
        drafts = uow.drafts.open_in(at.channel, at.thread)
        if correction is not None and correction.op is Op.UNDO:
            return self._undo(correction, meaning, at=at, uow=uow)
        if not drafts:
            return self._after(meaning, correction, at=at, uow=uow)
        draft = drafts[0]
        again = self._again(draft, at=at, uow=uow)
        if again:
            return again
        sketch = read_body(draft.body)
        if correction is not None and correction.op is Op.CONFIRM:
            return self._said_yes(draft, meaning, at=at, uow=uow)
        if correction is not None and correction.op is Op.CANCEL:
            return self._said_no(draft, meaning, at=at, uow=uow)
        revised = self._revised(sketch, meaning, correction, draft=draft, at=at, uow=uow)
        if revised is None:
            return None
        if revised.asks is not None:
            return self._drafting.asks(draft, sketch, revised.asks, at=at, uow=uow, meaning=meaning)
        if revised.sketch == sketch:
            return None
        return self._shown(revised, draft, meaning, at=at, uow=uow)

    def _again(self, draft: ActionDraft, *, at: Address, uow: UnitOfWork) -> ActTurn | None:
        """The same event once more: the card that it made is shown, and nothing is changed twice."""
        if draft.id != draft_id(at.event_id):
            return None
        return self._drafting.as_it_is(draft, at=at, message="", uow=uow)

    def _shown(
        self, revised: Revised, draft: ActionDraft, meaning: Meaning, *, at: Address, uow: UnitOfWork
    ) -> ActTurn:
        """A changed sketch as a new card that takes the older one's place."""
        sketch = revised.sketch
        scene = self._drafting.scene(at.person, uow=uow)
        if sketch.verb is Verb.SUBSCRIBE and not gaps_of(sketch, scene=scene):
            cancel(draft.id, uow=uow)
            return self._steps.subscribe(sketch, at=at, uow=uow, meaning=meaning)
        notes = (LAPSED + " Here it is anew.",) if self._drafting.lapsed(draft) else ()
        return self._drafting.new(
            sketch,
            at=at,
            uow=uow,
            meaning=meaning,
            notes=(*notes, revised.note),
            instead_of=draft,
            alone=self._names_patient(meaning, at),
        )

    def _revised(
        self,
        sketch: Sketch,
        meaning: Meaning,
        correction: Correction | None,
        *,
        draft: ActionDraft,
        at: Address,
        uow: UnitOfWork,
    ) -> Revised | None:
        scene = self._drafting.scene(at.person, uow=uow)
        looked = self._drafting.look(sketch, scene=scene)
        if looked.gaps and correction is not None and correction.op in (Op.ONLY, Op.SET):
            found = self._reviser.answer(meaning.text, sketch, looked.gaps, scene=scene)
            if found is not None:
                return found
        return None if correction is None else self._reviser.revise(correction, sketch, scene=scene)

    def _said_yes(self, draft: ActionDraft, meaning: Meaning, *, at: Address, uow: UnitOfWork) -> ActTurn:
        """Posts only a card that could be clicked."""
        sketch = read_body(draft.body)
        if self._drafting.lapsed(draft):
            return self._drafting.new(
                sketch,
                at=at,
                uow=uow,
                meaning=meaning,
                notes=(LAPSED + " Here it is anew.",),
                instead_of=draft,
            )
        scene = self._drafting.scene(at.person, uow=uow)
        looked = self._drafting.look(sketch, scene=scene)
        if looked.question is not None or looked.plan is None or not looked.plan.postable:
            shown = self._drafting.as_it_is(
                draft, at=at, message="", uow=uow, notes=("It can not be posted as it stands.",)
            )
            return replace(shown, meaning=meaning)
        turn = self._posting.confirm(draft, at=at, message="", uow=uow)
        told = turn.told
        if uow.drafts.get(draft.id).state is DraftState.POSTED and draft.message:
            closing = self._drafting.closed(draft, "Confirmed: the receipt is below.", message=draft.message)
            told = (*told, _elsewhere(draft, closing))
        return replace(turn, meaning=meaning, told=told)

    def _said_no(self, draft: ActionDraft, meaning: Meaning, *, at: Address, uow: UnitOfWork) -> ActTurn:
        after = cancel(draft.id, uow=uow)
        text = (
            "Cancelled; nothing was posted." if after.state is DraftState.CANCELLED else "It is over already."
        )
        told: tuple[Elsewhere, ...] = ()
        if draft.message and after.state is DraftState.CANCELLED:
            told = (_elsewhere(draft, self._drafting.closed(draft, text, message=draft.message)),)
        return ActTurn(self._views.notice(Notice(text)), meaning, told=told)

    def _undo(
        self, correction: Correction, meaning: Meaning, *, at: Address, uow: UnitOfWork
    ) -> ActTurn | None:
        """ "undo that": of an open card that nothing came of, the card itself; else the latest receipt."""
        if correction.receipt is None:
            found = self._to_undo(at, uow=uow)
            drafts = uow.drafts.open_in(at.channel, at.thread)
            if drafts and (found is None or drafts[0].made_at > found.posted_at):
                return self._said_no(drafts[0], meaning, at=at, uow=uow)
            if found is None:
                return ActTurn(self._views.notice(Notice(_NO_UNDO)), meaning)
            number = found.id
        else:
            number = ReceiptId(correction.receipt)
            uow.receipts.get(at.person.facility_id, number)
        return self._drafting.new(
            Sketch(verb=Verb.UNDO, receipt=int(number)), at=at, uow=uow, meaning=meaning
        )

    def _after(
        self, meaning: Meaning, correction: Correction | None, *, at: Address, uow: UnitOfWork
    ) -> ActTurn | None:
        """A correction of what is posted already: it is undone first, then comes the changed card."""
        last = self._last(at, uow=uow)
        if last is None or correction is None or correction.op is Op.CANCEL or not correction.cued:
            return None
        if correction.op is Op.CONFIRM:
            return self._is_posted(last, meaning, at=at, uow=uow)
        sketch = read_body(uow.drafts.get(last.draft_id).body)
        if sketch.verb in (Verb.UNDO, Verb.SUBSCRIBE, Verb.REQUISITION, Verb.QUARANTINE):
            return None
        scene = self._drafting.scene(at.person, uow=uow)
        if correction.op is Op.ADD:
            added = self._reviser.revise(correction, sketch, scene=scene)
            if added is None or len(added.sketch.lines) <= len(sketch.lines):
                return None
            only = added.sketch.with_(lines=added.sketch.lines[len(sketch.lines) :], then=())
            return self._drafting.new(
                only, at=at, uow=uow, meaning=meaning, notes=(f"In addition to {last.number}.",)
            )
        revised = self._reviser.revise(correction, sketch, scene=scene)
        if revised is None or revised.asks is not None or revised.sketch == sketch:
            return None
        undo = Sketch(verb=Verb.UNDO, receipt=int(last.id), then=(revised.sketch.with_(then=()),))
        note = f"{last.number} is posted already. Undo it, and I read the changed one back to you."
        return self._drafting.new(undo, at=at, uow=uow, meaning=meaning, notes=(note,))

    def _is_posted(self, last: Receipt, meaning: Meaning, *, at: Address, uow: UnitOfWork) -> ActTurn | None:
        """A yes that comes again, from who is in doubt or from a process that was lost behind the posting."""
        if self._drafting.now() - last.posted_at > JUST_POSTED:
            return None
        draft = uow.drafts.get(last.draft_id)
        return replace(self._posting.confirm(draft, at=at, message="", uow=uow), meaning=meaning)

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
            case Press.STEP:
                return self._steps.step(pressed, at=at, uow=uow)
            case Press.CHECK:
                return self._steps.check(pressed, at=at, uow=uow)
            case Press.STOP:
                return self._steps.stop(pressed, at=at, uow=uow)
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
                return Form(OVERRIDE, self._views.override_form(override_form(looked.plan)))
            return Form(EDIT, self._views.form(edit_form(sketch, scene=scene, private=pressed.private)))

    async def check(self, submitted: Submitted) -> Mapping[str, str]:
        return await self._run(lambda: self.check_now(submitted))

    def check_now(self, submitted: Submitted) -> Mapping[str, str]:
        """As ``check``, in this thread of control. Writes nothing: what it had to store to look is left behind."""
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
                filled(read_body(draft.body), submitted.values, finder=self._find, scene=scene)
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
                if submitted.form == FIGURES:
                    return self._steps.submit(
                        submitted.subject, submitted.values, at=at, message=message, uow=uow
                    )
                draft = uow.drafts.get(draft_of(submitted.subject))
                if submitted.form == OVERRIDE:
                    why = Override(clean_reason(submitted.values.get("reason", "")))
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
                sketch = filled(read_body(draft.body), submitted.values, finder=self._find, scene=scene)
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


def _elsewhere(draft: ActionDraft, turn: ActTurn) -> Elsewhere:
    """What stands in an older card's place."""
    return Elsewhere(draft.channel, turn.rendered, draft.thread, draft.message, key=f"closed:{draft.id}")


def _wrong_figure(value: str) -> str:
    try:
        whole(value)
    except Invalid as error:
        return str(error)
    return ""
