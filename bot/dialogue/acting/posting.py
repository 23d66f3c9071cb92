"""The click that posts: once, by who may; the receipt, and what follows from it for others."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from bot.dialogue.acting import cards
from bot.dialogue.acting.cards import Reading
from bot.dialogue.acting.drafting import FOLLOWING, LAPSED, Address, Channels, Drafting
from bot.dialogue.acting.requesting import par_place, request_of
from bot.dialogue.acting.showing import ActViews
from bot.dialogue.acting.sketch import Sketch, Verb, read_body
from bot.dialogue.acting.told import told_at
from bot.dialogue.acting.turns import ActTurn, Elsewhere
from bot.understanding.naming import full_name
from bot.views.acting.shown import Refusal, Side
from bot.views.rendered import Notice, Rendered
from domain.errors import AlreadyReversed, Invalid, NotFound, NotPermitted, Refused, Stale, UnknownRecord
from domain.model.hold import Hold
from domain.model.ids import PersonId, PlaceId
from domain.model.movement import Source
from domain.model.receipt import ActionDraft, DraftState, Receipt
from domain.model.requisition import RequisitionOrder, RequisitionState
from domain.ports import UnitOfWork
from domain.usecases.act.drafts import SENTENCES
from domain.usecases.act.post import post
from domain.usecases.act.requests import Override

_NEAR = 5
"""So many newest rows are looked through for what a receipt has just made."""


class Ordering(Protocol):
    """What becomes visible of orders that a card asked for."""

    def placed(self, done: Receipt, *, at: Address, message: str, uow: UnitOfWork) -> ActTurn: ...

    def moved(self, number: str, *, at: Address, uow: UnitOfWork) -> list[Elsewhere]:
        """The card of the order that a delivery, or its undo, has moved."""
        ...


class Posting:
    """Keeps no state. ``ordering`` shows what an order came to; it stands on this and is given afterwards."""

    ordering: Ordering | None = None

    def __init__(self, drafting: Drafting, *, channels: Channels) -> None:
        self._drafting = drafting
        self._channels = channels

    @property
    def views(self) -> ActViews:
        return self._drafting.views

    def confirm(
        self,
        draft: ActionDraft,
        *,
        at: Address,
        message: str,
        uow: UnitOfWork,
        override: Override | None = None,
        version: int | None = None,
    ) -> ActTurn:
        """Posts what was read back, or says why not. Commits."""
        if draft.state is DraftState.POSTED:
            return self._posted_before(draft, at=at, message=message, uow=uow)
        if self._drafting.lapsed(draft):
            return self._drafting.closed(draft, LAPSED, message=message, again=True)
        if draft.state is not DraftState.OPEN:
            return self._drafting.closed(draft, SENTENCES[draft.state], message=message)
        if version is not None and version != draft.version:
            note = "This card had changed before you clicked; here it is now."
            return self._drafting.as_it_is(draft, at=at, message=message, uow=uow, notes=(note,))
        sketch = read_body(draft.body)
        scene = self._drafting.scene(at.person, uow=uow)
        if not sketch.shown:
            return self._drafting.as_it_is(draft, at=at, message=message, uow=uow)
        try:
            done = post(
                request_of(sketch, scene=scene),
                draft_id=draft.id,
                shown=sketch.shown,
                actor=at.person,
                now=self._drafting.now(),
                today=scene.today,
                source=Source(draft.channel, draft.thread, at.event_id),
                override=override,
                uow=uow,
            )
        except Stale:
            return self._stale(draft, sketch, at=at, message=message, uow=uow)
        except (NotPermitted, AlreadyReversed) as error:
            return self._refused(str(error), draft)
        except (Refused, Invalid, NotFound) as error:
            current = uow.drafts.get(draft.id)
            turn = self._drafting.as_it_is(current, at=at, message=message, uow=uow, notes=(str(error),))
            return turn if current.state is DraftState.OPEN else self._refused(str(error), draft)
        return self._receipt(done, draft, sketch, at=at, message=message, uow=uow)

    # ------------------------------------------------------------------------------------------ refusals

    def _refused(self, text: str, draft: ActionDraft) -> ActTurn:
        """To who clicked, alone: the card stays for somebody who may."""
        shown = Refusal(text, subject=str(draft.id), version=draft.version)
        return ActTurn(self.views.refusal(shown), alone=True)

    def _stale(
        self, draft: ActionDraft, sketch: Sketch, *, at: Address, message: str, uow: UnitOfWork
    ) -> ActTurn:
        current = uow.drafts.get(draft.id)
        if current.state is DraftState.POSTED:
            return self._posted_before(current, at=at, message=message, uow=uow)
        if current.state is not DraftState.OPEN:
            return self._drafting.as_it_is(current, at=at, message=message, uow=uow)
        self._drafting.changed(current, sketch, at=at, message=message, uow=uow)
        fresh = uow.drafts.get(draft.id)
        said = _difference(sketch.picked, read_body(fresh.body).picked)
        note = f"Nothing was posted yet: {said}"
        return self._drafting.as_it_is(fresh, at=at, message=message, uow=uow, notes=(note,))

    def _posted_before(self, draft: ActionDraft, *, at: Address, message: str, uow: UnitOfWork) -> ActTurn:
        """The same person's second click sees the receipt; somebody else is told who was first.

        The click may be the first one, whose process was lost behind the posting: whoever else is to be told is told now, once.
        """
        done = uow.receipts.by_draft(draft.id)
        if done is None:
            return self._drafting.closed(draft, SENTENCES[DraftState.POSTED], message=message)
        if done.actor_id != at.person.id:
            name = self._name(uow, done.actor_id)
            return ActTurn(
                self.views.notice(
                    Notice(f"{name} has confirmed this already: {done.number}. Nothing was posted twice.")
                ),
                alone=True,
            )
        return self._receipt(done, draft, read_body(draft.body), at=at, message=message, uow=uow)

    # ------------------------------------------------------------------------------------------- receipts

    def _shown(
        self, done: Receipt, draft: ActionDraft, reading: Reading, *, notes: tuple[str, ...] = ()
    ) -> Rendered:
        asker = self._name(reading.scene.uow, draft.person_id)
        return self.views.receipt(cards.receipt(done.id, reading=reading, asked_by=asker, notes=notes))

    def _receipt(
        self, done: Receipt, draft: ActionDraft, sketch: Sketch, *, at: Address, message: str, uow: UnitOfWork
    ) -> ActTurn:
        reading = self._drafting.reading(at.person, private=at.private, uow=uow)
        told: list[Elsewhere] = []
        notes: list[str] = []
        if sketch.verb is Verb.REQUISITION and (found := self._order(done, sketch, uow=uow)) is not None:
            more, note = self._to_store(found, reading)
            own = cards.order(found, side=Side.ASKER, reading=reading, notes=(note,) if note else ())
            return ActTurn(self.views.requisition(own), replaces=message, told=_once(more, draft))
        if sketch.verb is Verb.REORDER and self.ordering is not None:
            turn = self.ordering.placed(done, at=at, message=message, uow=uow)
            return replace(turn, told=_once([*turn.told, *self._next(draft, sketch, at=at, uow=uow)], draft))
        if sketch.verb is Verb.SET_PAR:
            notes.append(_levels(sketch, reading))
        if sketch.verb is Verb.QUARANTINE:
            held = next((h for h in uow.holds.open(done.facility_id) if h.draft_id == draft.id), None)
            if held is not None:
                told += self._checklists(held, draft, reading)
        if sketch.verb is Verb.UNDO and done.undoes is not None:
            told += self._undone(done, reading)
        if self.ordering is not None:
            told += self.ordering.moved(self._order_of(done, sketch, uow=uow), at=at, uow=uow)
        told += self._next(draft, sketch, at=at, uow=uow)
        rendered = self._shown(done, draft, reading, notes=tuple(note for note in notes if note))
        return ActTurn(rendered, replaces=message, told=_once(told, draft))

    @staticmethod
    def _order_of(done: Receipt, sketch: Sketch, *, uow: UnitOfWork) -> str:
        """The number of the order that a delivery was held against, or that of the delivery which was undone; "" where there is none."""
        if sketch.verb is Verb.RECEIVE:
            return sketch.order
        if sketch.verb is not Verb.UNDO or done.undoes is None:
            return ""
        try:
            first = uow.receipts.get(done.facility_id, done.undoes)
            return read_body(uow.drafts.get(first.draft_id).body).order if first.action == "receive" else ""
        except UnknownRecord:
            return ""  # posted so long ago that its card is forgotten

    def _undone(self, done: Receipt, reading: Reading) -> list[Elsewhere]:
        """The undone receipt's own message says so, where it is known."""
        uow = reading.scene.uow
        assert done.undoes is not None  # noqa: S101 - asked by the caller
        first = uow.receipts.get(done.facility_id, done.undoes)
        try:
            origin = uow.drafts.get(first.draft_id)
        except UnknownRecord:
            return []  # posted so long ago that its card is forgotten
        if not origin.message:
            return []
        public = replace(reading, private=origin.channel.startswith("D"))
        return [
            Elsewhere(
                origin.channel,
                self._shown(first, origin, public),
                origin.thread,
                origin.message,
                key="undone",
            )
        ]

    def _next(self, draft: ActionDraft, sketch: Sketch, *, at: Address, uow: UnitOfWork) -> list[Elsewhere]:
        """The card of what is to be done after this one."""
        if not sketch.then:
            return []
        first, *later = sketch.then
        following = first.with_(then=(*first.then, *later))
        note = (
            "Undone; here is the changed one." if sketch.verb is Verb.UNDO else "And this is the rest of it."
        )
        where = replace(at, channel=draft.channel, thread=draft.thread, event_id=str(draft.id))
        turn = self._drafting.new(following, at=where, uow=uow, part=FOLLOWING, notes=(note,))
        return [Elsewhere(draft.channel, turn.rendered, draft.thread, key="then", card_of=turn.card_of)]

    # ---------------------------------------------------------------------------------- the other side

    @staticmethod
    def _order(done: Receipt, sketch: Sketch, *, uow: UnitOfWork) -> RequisitionOrder | None:
        places = [sketch.there.place_id] if sketch.there.place_id is not None else None
        found = uow.requisitions.listed(
            done.facility_id, states=tuple(RequisitionState), places=places, limit=_NEAR
        )
        return next((order for order in found if order.draft_id == done.draft_id), None)

    def _to_store(self, found: RequisitionOrder, reading: Reading) -> tuple[list[Elsewhere], str]:
        shown = self.views.requisition(
            cards.order(found, side=Side.STORE, reading=replace(reading, private=False))
        )
        channel = self.told_at(found.from_place_id, reading)
        if not channel:
            return [], "Nobody could be told at the store: it has no channel yet. Please call them."
        return [Elsewhere(channel, shown, key="store", card_of=f"requisition:{int(found.id)}")], ""

    def _checklists(self, held: Hold, draft: ActionDraft, reading: Reading) -> list[Elsewhere]:
        """The whole list to who opened it; to each place's channel its own rows."""
        told = [
            Elsewhere(
                draft.channel, self.views.hold(cards.hold(held, reading=reading)), draft.thread, key="hold"
            )
        ]
        by_channel: dict[str, set[PlaceId]] = {}
        for check in held.checks:
            channel = self.told_at(check.place_id, reading)
            if channel and channel != draft.channel:
                by_channel.setdefault(channel, set()).add(check.place_id)
        for channel, places in by_channel.items():
            shown = self.views.hold(
                cards.hold(held, reading=replace(reading, private=False), places=frozenset(places))
            )
            told.append(Elsewhere(channel, shown, key=f"hold:{channel}"))
        return told

    def told_at(self, place_id: PlaceId, reading: Reading) -> str:
        """See ``told.told_at``."""
        return told_at(place_id, channels=self._channels, uow=reading.scene.uow)

    @staticmethod
    def _name(uow: UnitOfWork, person_id: PersonId) -> str:
        found = uow.people.many([person_id])
        return next((person.name for person in found.values()), "Somebody")


def _once(told: list[Elsewhere], draft: ActionDraft) -> tuple[Elsewhere, ...]:
    """A draft is posted once: what others are told of it is stored once, whichever click or retry tells it."""
    return tuple(replace(each, once=f"draft:{draft.id}") for each in told)


def _levels(sketch: Sketch, reading: Reading) -> str:
    """The levels as they are now: "Foley catheter 16 Fr, ICU › Shelf A: minimum 4, reorder point 8, par 24, maximum 30"."""
    scene = reading.scene
    line, here = sketch.lines[0], sketch.here.place_id
    if line.item_id is None or here is None:
        return ""
    place_id = par_place(line.item_id, here, scene=scene)
    found = scene.uow.pars.of(places=[place_id], items=[line.item_id])
    name = full_name(scene.uow.catalogue.get(line.item_id))
    return "".join(
        f"{name}, {scene.uow.places.tree().path(place_id)}: minimum {par.minimum}, reorder point {par.reorder_point}, "
        f"par {par.par}, maximum {par.maximum}."
        for par in found
    )


def _difference(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """What the shelf changed: "it was 2 of lot A, now 1 of lot A, 1 of lot B." """
    changed = [
        f"it was {one}, now it is {other}" for one, other in zip(before, after, strict=False) if one != other
    ]
    return (
        f"{'; '.join(changed)}."
        if changed
        else "the shelf has changed since this was read back; please look again."
    )
