"""Messages: a new action, or words about the card that is open in the thread, or about what was just posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.dialogue.acting import cue_words
from bot.dialogue.acting.addressing import Revised
from bot.dialogue.acting.corrections import Correction, Op
from bot.dialogue.acting.drafting import LAPSED, Address, Drafting, draft_id, following_id
from bot.dialogue.acting.gaps import gaps_of
from bot.dialogue.acting.posting import Posting
from bot.dialogue.acting.revising import Reviser
from bot.dialogue.acting.showing import ActViews
from bot.dialogue.acting.sketch import Sketch, Verb, read_body
from bot.dialogue.acting.sketching import Before, Sketcher
from bot.dialogue.acting.steps import Steps
from bot.dialogue.acting.turns import ActTurn, Elsewhere
from bot.dialogue.acting.typed import TypedAnswers
from bot.dialogue.memory import recalled
from bot.understanding.composing import compose
from bot.understanding.heard import discreet
from bot.understanding.meaning import Meaning
from bot.views.rendered import Notice
from domain.errors import Invalid
from domain.model.receipt import ActionDraft, DraftState, Receipt, ReceiptId
from domain.model.requisition import RequisitionId
from domain.ports import UnitOfWork
from domain.usecases.act.drafts import cancel

STILL_MEANT = timedelta(minutes=30)
"""So long after a receipt "make it 3" and "one more" are about it."""
JUST_POSTED = timedelta(minutes=10)
"""So long a yes may come again: a process that was lost is replaced sooner."""
UNDONE_WITHIN = timedelta(hours=24)
_NO_UNDO = (
    "I find nothing of yours to undo in the last 24 hours. Say the receipt’s number, as in “undo R-12”."
)


class Hearing:
    """Keeps no state."""

    def __init__(
        self, drafting: Drafting, posting: Posting, steps: Steps, *, sketcher: Sketcher, reviser: Reviser
    ) -> None:
        self._drafting = drafting
        self._posting = posting
        self._steps = steps
        self._sketcher = sketcher
        self._reviser = reviser
        self._typed = TypedAnswers(reviser)

    @property
    def _views(self) -> ActViews:
        return self._drafting.views

    def may_concern(self, at: Address, correction: Correction | None, *, uow: UnitOfWork) -> bool:
        """Cheap: is there a card or a fresh receipt in this thread that the words could be about?"""
        if uow.drafts.open_in(at.channel, at.thread):
            return True
        if correction is None or correction.op is Op.CANCEL:
            return False
        return correction.op is Op.UNDO or self._newest(at, uow=uow) is not None

    def _last(self, at: Address, *, uow: UnitOfWork) -> Receipt | None:
        """The person's fresh receipt of this thread."""
        since = self._drafting.now() - STILL_MEANT
        return uow.receipts.last_of(at.person.id, channel=at.channel, thread=at.thread, since=since)

    def _newest(self, at: Address, *, uow: UnitOfWork) -> Receipt | None:
        """As ``_last``, but an undo and what was undone too."""
        since = self._drafting.now() - STILL_MEANT
        return uow.receipts.last_of(
            at.person.id, channel=at.channel, thread=at.thread, since=since, standing=False
        )

    # --------------------------------------------------------------------------------------- a new action

    def begin(self, meaning: Meaning, *, at: Address, uow: UnitOfWork) -> ActTurn:
        scene = self._drafting.scene(at.person, uow=uow)
        composition = compose(meaning, today=scene.today)
        verb = cue_words.verb_of(meaning.intent, text=meaning.text, composition=composition)
        if verb is None:
            raise Invalid("That is nothing that I can record.")
        before = self._before(at, uow=uow)
        number = cue_words.requisition_in(meaning.text)
        if number is not None and verb is not Verb.UNDO:
            return self._steps.spoken(RequisitionId(number), meaning, at=at, uow=uow)
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

    def amended(
        self, meaning: Meaning, correction: Correction | None, *, at: Address, uow: UnitOfWork
    ) -> ActTurn | None:
        drafts = uow.drafts.open_in(at.channel, at.thread)
        # Before all else: an "undo that" that comes again would cancel the card that it made itself.
        again = self._again(drafts[0], meaning, at=at, uow=uow) if drafts else None
        if again is not None:
            return again
        if correction is not None and correction.op is Op.UNDO:
            return self._undo(correction, meaning, at=at, uow=uow)
        if not drafts:
            return self._after(meaning, correction, at=at, uow=uow)
        draft = drafts[0]
        sketch = read_body(draft.body)
        if correction is not None and correction.op is Op.CONFIRM:
            last = self._newest(at, uow=uow)
            if last is not None and not draft.message and draft.id == following_id(last.draft_id):
                # The card of what comes next was not shown yet: the yes is the one that posted the first.
                return self._is_posted(last, meaning, at=at, uow=uow)
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

    def _again(self, draft: ActionDraft, meaning: Meaning, *, at: Address, uow: UnitOfWork) -> ActTurn | None:
        """The same event once more: the card that it made is shown, and nothing is changed twice."""
        if draft.id != draft_id(at.event_id):
            return None
        shown = self._drafting.as_it_is(draft, at=at, message="", uow=uow)
        return replace(shown, meaning=meaning, alone=self._names_patient(meaning, at))

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
            found = self._typed.answer(meaning.text, sketch, looked.gaps, scene=scene)
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
        return self._confirmed(draft, meaning, at=at, uow=uow)

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
        if correction is not None and correction.op is Op.CONFIRM and correction.cued:
            newest = self._newest(at, uow=uow)
            return None if newest is None else self._is_posted(newest, meaning, at=at, uow=uow)
        last = self._last(at, uow=uow)
        if last is None or correction is None or correction.op is Op.CANCEL or not correction.cued:
            return None
        sketch = read_body(uow.drafts.get(last.draft_id).body)
        if sketch.verb in (Verb.UNDO, Verb.SUBSCRIBE, Verb.REQUISITION, Verb.QUARANTINE):
            return None
        scene = self._drafting.scene(at.person, uow=uow)
        if correction.op is Op.ADD:
            added = self._reviser.revise(correction, sketch, scene=scene)
            only = None if added is None else _besides(added.sketch, sketch)
            if only is None:
                return None
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
        return self._confirmed(draft, meaning, at=at, uow=uow)

    def _confirmed(self, draft: ActionDraft, meaning: Meaning, *, at: Address, uow: UnitOfWork) -> ActTurn:
        """Posts it and answers in the thread; the card says where the receipt is."""
        turn = self._posting.confirm(draft, at=at, message="", uow=uow)
        told = turn.told
        after = uow.drafts.get(draft.id)
        if after.state is DraftState.POSTED and after.message:
            closing = self._drafting.closed(after, "Confirmed: the receipt is below.", message=after.message)
            told = (*told, _elsewhere(after, closing))
        return replace(turn, meaning=meaning, told=told)


def _besides(added: Sketch, before: Sketch) -> Sketch | None:
    """What ``added`` has beside ``before``: further lines, or so much more of the one line; None where that is nothing."""
    if len(added.lines) > len(before.lines):
        return added.with_(lines=added.lines[len(before.lines) :], then=())
    if len(added.lines) != 1 or len(before.lines) != 1:
        return None
    more, had = added.lines[0].quantity, before.lines[0].quantity
    if more is None or had is None or more <= had:
        return None
    return added.with_line(0, figure=str(more - had)).with_(then=())


def _elsewhere(draft: ActionDraft, turn: ActTurn) -> Elsewhere:
    """What stands in an older card's place."""
    return Elsewhere(draft.channel, turn.rendered, draft.thread, draft.message, key=f"closed:{draft.id}")
