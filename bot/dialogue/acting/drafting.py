"""Drafts and their cards: a sketch looked at, kept as a row, read back; changed, superseded, lapsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Protocol
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from bot.dialogue.acting import cards
from bot.dialogue.acting.cards import Reading
from bot.dialogue.acting.finding import Scene, in_base
from bot.dialogue.acting.gaps import Gap, Slot, gaps_in, gaps_of
from bot.dialogue.acting.questions import asked
from bot.dialogue.acting.requesting import request_of
from bot.dialogue.acting.showing import ActViews
from bot.dialogue.acting.sketch import Sketch, read_body, written
from bot.dialogue.acting.turns import ActTurn, Elsewhere
from bot.understanding.meaning import Meaning
from bot.views.acting.shown import Answer, Asked, Closed
from bot.views.words import quantity
from domain.errors import Invalid, InvalidQuantity, NotFound, Refused
from domain.model.ids import PlaceId
from domain.model.person import Person
from domain.model.receipt import ActionDraft, DraftId, DraftState
from domain.ports import Clock, UnitOfWork, Vault
from domain.usecases.act.drafts import LIFETIME, SENTENCES, supersede
from domain.usecases.act.plan import plan as plan_of
from domain.usecases.act.plans import Plan
from domain.usecases.act.trailing import note_refusal

SUPERSEDED = "Changed: the newer card below counts."
LAPSED = "This card lapsed after 30 minutes; nothing was posted."
FOLLOWING = "then"
IN_PRIVATE = "Please give patient numbers in the form, not in a channel: only you see this card."


class Channels(Protocol):
    """Where a place is told of what concerns it."""

    def of(self, place_id: PlaceId) -> str:
        """The channel of the place, or of the nearest place around it that has one; "" where none has."""
        ...


class NoChannels:
    """Nobody named any."""

    def of(self, place_id: PlaceId) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a card stands, whose it is, and which event made it. ``private``: its person alone reads there."""

    channel: str
    thread: str
    person: Person
    event_id: str
    private: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """A sketch looked at: a plan, or the question that stands before one."""

    plan: Plan | None
    question: Asked | None
    gaps: tuple[Gap, ...] = ()


def draft_id(event_id: str, *, part: str = "") -> DraftId:
    """The same for the same event, so that a message worked on twice makes one draft."""
    return DraftId(uuid5(NAMESPACE_URL, f"parley:draft:{event_id}:{part}"))


def following_id(first: DraftId) -> DraftId:
    """The draft of what is to be done after ``first``."""
    return draft_id(str(first), part=FOLLOWING)


class Drafting:
    """Keeps no state: drafts are rows."""

    def __init__(self, *, clock: Clock, vault: Vault, views: ActViews) -> None:
        self._clock = clock
        self._vault = vault
        self.views = views

    # ------------------------------------------------------------------------------------------- setting

    def now(self) -> datetime:
        return self._clock.now()

    def scene(self, person: Person, *, uow: UnitOfWork) -> Scene:
        return Scene(person, self.today(person, uow=uow), uow, self._vault)

    def today(self, person: Person, *, uow: UnitOfWork) -> date:
        zone = uow.places.facility(person.facility_id).timezone
        return self.now().astimezone(ZoneInfo(zone)).date()

    def reading(self, person: Person, *, private: bool, uow: UnitOfWork) -> Reading:
        return Reading(self.scene(person, uow=uow), self.now(), private)

    def lapsed(self, draft: ActionDraft) -> bool:
        return draft.state is DraftState.EXPIRED or (
            draft.state is DraftState.OPEN and draft.expires_at <= self.now()
        )

    # -------------------------------------------------------------------------------------------- looking

    def look(self, sketch: Sketch, *, scene: Scene) -> Looked:
        """The plan, where nothing is open; else the question. Raises nothing for what a person may have said."""
        gaps = gaps_of(sketch, scene=scene)
        if gaps:
            return Looked(None, asked(gaps, sketch, scene=scene), gaps)
        try:
            plan = plan_of(
                request_of(sketch, scene=scene), actor=scene.person, today=scene.today, uow=scene.uow
            )
        except InvalidQuantity as error:
            gap = self._uneven(sketch, str(error), scene)
            return Looked(None, Asked(str(error), _figures(sketch, gap, scene), typed=True), (gap,))
        except (Invalid, NotFound, Refused) as error:
            return Looked(None, Asked(str(error), typed=True))
        missing = gaps_in(plan)
        if missing:
            return Looked(plan, asked(missing, sketch, scene=scene), missing)
        return Looked(plan, None)

    @staticmethod
    def _uneven(sketch: Sketch, sentence: str, scene: Scene) -> Gap:
        """The first line whose quantity is no whole number of base units."""
        for index, line in enumerate(sketch.lines):
            if line.item_id is not None and line.quantity is not None:
                item = scene.uow.catalogue.get(line.item_id)
                try:
                    whole = in_base(item, line.quantity, line.unit)
                except InvalidQuantity:
                    return Gap(Slot.UNIT, index, sentence)
                if whole.denominator != 1 or whole <= 0:
                    return Gap(Slot.QUANTITY, index, sentence)
        return Gap(Slot.QUANTITY, 0, sentence)

    # ----------------------------------------------------------------------------------------- new cards

    def new(
        self,
        sketch: Sketch,
        *,
        at: Address,
        uow: UnitOfWork,
        meaning: Meaning | None = None,
        notes: Sequence[str] = (),
        instead_of: ActionDraft | None = None,
        alone: bool = False,
        part: str = "",
        replaces: str = "",
    ) -> ActTurn:
        """Keeps a draft of ``sketch`` (once an event) and shows its card; ``instead_of`` is closed by it. Commits."""
        identity = draft_id(at.event_id, part=part)
        reading = self.reading(at.person, private=at.private or alone, uow=uow)
        kept = self._known(identity, uow=uow)
        if kept is not None:
            sketch = read_body(kept.body)
        looked = self.look(sketch, scene=reading.scene)
        sketch = _as_shown(sketch, looked)
        draft = kept or ActionDraft(
            id=identity,
            facility_id=at.person.facility_id,
            person_id=at.person.id,
            channel=at.channel,
            thread=at.thread,
            action=sketch.verb.value.replace(" ", "-"),
            body=written(sketch),
            state=DraftState.OPEN,
            version=1,
            made_at=self.now(),
            expires_at=self.now() + LIFETIME,
        )
        told: tuple[Elsewhere, ...] = ()
        if kept is None:
            if instead_of is not None and instead_of.state is DraftState.OPEN:
                supersede(instead_of.id, by=draft, uow=uow)
                told = self._closing(instead_of, SUPERSEDED)
            else:
                uow.drafts.add(draft)
            uow.commit()
            if looked.plan is not None:
                note_refusal(looked.plan, actor=at.person, now=self.now(), draft_id=draft.id, uow=uow)
        rendered = self.views.card(
            cards.card(
                draft,
                sketch,
                reading=reading,
                plan=looked.plan,
                question=looked.question,
                open_pieces=len(looked.gaps),
                notes=(*sketch.notes, *notes, *((IN_PRIVATE,) if alone else ())),
            )
        )
        return ActTurn(rendered, meaning, replaces=replaces, alone=alone, told=told, card_of=str(draft.id))

    def asks(
        self,
        draft: ActionDraft,
        sketch: Sketch,
        question: Asked,
        *,
        at: Address,
        uow: UnitOfWork,
        meaning: Meaning | None,
    ) -> ActTurn:
        """A question about an open card that changes nothing yet: its buttons answer on the card itself."""
        reading = self.reading(at.person, private=at.private, uow=uow)
        shown = cards.card(draft, sketch, reading=reading, plan=None, question=question, open_pieces=1)
        return ActTurn(self.views.card(shown), meaning)

    def changed(
        self,
        draft: ActionDraft,
        sketch: Sketch,
        *,
        at: Address,
        message: str,
        uow: UnitOfWork,
        notes: Sequence[str] = (),
    ) -> ActTurn:
        """The same draft with another body, its card replaced. Commits. Where somebody was first, theirs is shown."""
        reading = self.reading(at.person, private=at.private, uow=uow)
        looked = self.look(sketch, scene=reading.scene)
        sketch = _as_shown(sketch, looked)
        after = replace(
            draft, body=written(sketch), version=draft.version + 1, expires_at=self.now() + LIFETIME
        )
        if uow.drafts.change(after):
            uow.commit()
        else:
            return self.as_it_is(uow.drafts.get(draft.id), at=at, message=message, uow=uow)
        if looked.plan is not None:
            note_refusal(looked.plan, actor=at.person, now=self.now(), draft_id=draft.id, uow=uow)
        return self._card(after, sketch, looked, reading=reading, message=message, notes=notes)

    def as_it_is(
        self, draft: ActionDraft, *, at: Address, message: str, uow: UnitOfWork, notes: Sequence[str] = ()
    ) -> ActTurn:
        """The card of a draft as it stands now; of one that is over, what became of it."""
        if self.lapsed(draft):
            return self.closed(draft, LAPSED, message=message, again=True)
        if draft.state is not DraftState.OPEN:
            return self.closed(draft, SENTENCES[draft.state], message=message)
        sketch = read_body(draft.body)
        reading = self.reading(at.person, private=at.private, uow=uow)
        looked = self.look(sketch, scene=reading.scene)
        return self._card(draft, sketch, looked, reading=reading, message=message, notes=notes)

    def _card(
        self,
        draft: ActionDraft,
        sketch: Sketch,
        looked: Looked,
        *,
        reading: Reading,
        message: str,
        notes: Sequence[str],
    ) -> ActTurn:
        shown = cards.card(
            draft,
            sketch,
            reading=reading,
            plan=looked.plan,
            question=looked.question,
            open_pieces=len(looked.gaps),
            notes=(*sketch.notes, *notes),
        )
        return ActTurn(self.views.card(shown), replaces=message, card_of=str(draft.id))

    def closed(self, draft: ActionDraft, text: str, *, message: str, again: bool = False) -> ActTurn:
        shown = Closed(text, str(draft.id), draft.version, again)
        return ActTurn(self.views.closed(shown), replaces=message)

    def _closing(self, draft: ActionDraft, text: str) -> tuple[Elsewhere, ...]:
        """The older card's message says so, where it is known which one that is."""
        if not draft.message:
            return ()
        shown = self.views.closed(Closed(text, str(draft.id), draft.version))
        return (Elsewhere(draft.channel, shown, draft.thread, draft.message, key=f"closed:{draft.id}"),)

    def begun(self, event_id: str, *, uow: UnitOfWork) -> ActionDraft | None:
        """The draft that was kept of this event before; None where it is worked on for the first time."""
        return self._known(draft_id(event_id), uow=uow)

    @staticmethod
    def _known(identity: DraftId, *, uow: UnitOfWork) -> ActionDraft | None:
        try:
            return uow.drafts.get(identity)
        except NotFound:
            return None


def _as_shown(sketch: Sketch, looked: Looked) -> Sketch:
    """The sketch with the fingerprint and the lots that are read back, to compare with when it is confirmed; none while it asks."""
    if looked.plan is None or looked.question is not None:
        return sketch.with_(shown="", picked=())
    return sketch.with_(shown=looked.plan.fingerprint, picked=picked_of(looked.plan))


def picked_of(plan: Plan) -> tuple[str, ...]:
    """Each line's lots and figures in few words: "2 of lot 8J2210, 1 of lot 9K3001"."""
    made = []
    for line in plan.lines:
        parts = [
            f"{abs(p.quantity)} of lot {p.lot_number or p.serial}"
            if p.lot_number or p.serial
            else str(p.quantity)
            for p in line.picks
        ]
        made.append(", ".join(parts)[:160])
    return tuple(made[:40])


def _figures(sketch: Sketch, gap: Gap, scene: Scene) -> tuple[Answer, ...]:
    """The two whole figures on both sides of what was said."""
    index = gap.line or 0
    if gap.slot is not Slot.QUANTITY or index >= len(sketch.lines):
        return ()
    line = sketch.lines[index]
    if line.item_id is None or line.quantity is None:
        return ()
    item = scene.uow.catalogue.get(line.item_id)
    exact: Fraction = in_base(item, line.quantity, line.unit)
    both = [n for n in (exact.__floor__(), exact.__ceil__()) if n > 0]
    return tuple(Answer(quantity(n, item.base_unit), f"qty:{index}:{n}:") for n in dict.fromkeys(both))
