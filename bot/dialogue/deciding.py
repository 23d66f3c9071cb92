"""What comes of the buttons that say how a message was meant: the answer in that reading, the question what was meant instead.

Whoever asked chooses; a choice counts once; what was chosen against an answer is kept, masked, for labelling.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.dialogue import phrases
from bot.dialogue.converse import Dialogue
from bot.dialogue.deeds import SHORT, offered, what_it_does
from bot.dialogue.masking import Masked, Masker
from bot.dialogue.noting import note_read
from bot.dialogue.questions import Runner, day_of
from bot.dialogue.record import Guide, Record, opened
from bot.dialogue.reply import SlackViews, Views
from bot.dialogue.table import TABLE, Kind
from bot.dialogue.tokens import Choice, decode_choice, encode_choice
from bot.dialogue.turn import Decided, Decision, Heard
from bot.understanding.confidence import Reading
from bot.understanding.evidence import Evidence, read
from bot.understanding.meaning import Language, Meaning
from bot.views.asking import Asking
from bot.views.rendered import Notice, Option
from domain.errors import Invalid, LanguageUnavailable
from domain.ports import Candidate, CatalogueSearch, Clock, PlaceSearch, Transactions, UnitOfWork, Vault

MOST_WAYS = 3
"""Readings offered to somebody who meant something else; the form has them all."""


async def _in_thread[T](work: Callable[[], T], /) -> T:
    return await asyncio.to_thread(work)


SAID_SOMETHING = 0.03
"""Below this a chance is no more than the model's rounding: what people mostly mean instead is the better offer."""

_MOSTLY_INSTEAD: dict[str, tuple[str, ...]] = {
    "find_item": ("check_stock", "item_info", "suggest_substitute"),
    "check_stock": ("find_item", "usage_history", "reorder_status"),
    "check_expiry": ("check_stock", "find_item", "below_par"),
    "item_info": ("find_item", "check_stock", "suggest_substitute"),
    "trace_lot": ("find_item", "check_expiry", "usage_history"),
    "usage_history": ("check_stock", "cost_report", "consume"),
    "cost_report": ("usage_history", "item_info", "slow_moving"),
    "below_par": ("check_stock", "reorder_status", "requisition"),
    "reorder_status": ("check_stock", "reorder", "requisition"),
    "slow_moving": ("usage_history", "check_expiry", "check_stock"),
    "suggest_substitute": ("find_item", "check_stock", "requisition"),
    "consume": ("check_stock", "waste", "transfer"),
    "transfer": ("requisition", "consume", "receive"),
    "receive": ("reorder_status", "transfer", "count"),
    "waste": ("consume", "quarantine", "check_expiry"),
    "count": ("check_stock", "receive", "set_par"),
    "requisition": ("find_item", "reorder", "transfer"),
    "reorder": ("requisition", "reorder_status", "set_par"),
    "set_par": ("below_par", "reorder", "count"),
    "quarantine": ("waste", "trace_lot", "check_stock"),
    "undo": ("consume", "transfer", "waste"),
    "subscribe_alert": ("below_par", "reorder_status", "check_expiry"),
}


def likely_instead(understood: str, ranking: Sequence[Reading]) -> tuple[str, ...]:
    """What was probably meant by a message that was not ``understood`` so: what the model held possible, then its neighbours."""
    possible = [r.intent for r in ranking if r.confidence >= SAID_SOMETHING]
    neighbours = _MOSTLY_INSTEAD.get(understood, ("find_item", "check_stock", "below_par"))
    found = dict.fromkeys((*possible, *neighbours, *(r.intent for r in ranking)))
    return tuple(i for i in found if i != understood and offered(i))[:MOST_WAYS]


@dataclass(frozen=True, slots=True)
class _Open:
    """A reading that whoever presses may still choose."""

    choice: Choice
    record: Record


class Decisions:
    """Stands on the dialogue and its guide. Holds nothing: any process may answer the next press."""

    def __init__(
        self,
        *,
        dialogue: Dialogue,
        guide: Guide,
        language: Language,
        transactions: Transactions,
        items: CatalogueSearch,
        places: PlaceSearch,
        clock: Clock,
        views: Views | None = None,
        run: Runner = _in_thread,
    ) -> None:
        self._dialogue = dialogue
        self._rankings = guide.rankings
        self._vault: Vault = guide.vault
        self._language = language
        self._transactions = transactions
        self._masker = Masker(items, places)
        self._clock = clock
        self._views: Views = views or SlackViews()
        self._run = run

    async def decide(self, decided: Decided) -> Decision:
        """The message answered in the reading chosen."""
        model = await self._model()
        note = await self._note(decided.note)

        def work() -> Decision:
            with self._transactions.reading() as uow:
                found = self._open(decided, uow=uow)
                if isinstance(found, Decision):
                    return found
                choice, record = found.choice, found.record
                person = decided.person if record.alone else decided.in_public
                candidate = None
                if choice.corrects:
                    zone = uow.places.facility(person.facility_id).timezone
                    masked = self._masker.mask(record.meaning, uow=uow)
                    said = self._masker.mask(note, uow=uow) if note is not None else Masked()
                    candidate = Candidate(
                        text=masked.text, spans=masked.spans, understood=record.intent,
                        confidence=round(record.confidence, 4), chosen=choice.intent, note=said.text, model=model,
                        day=day_of(self._clock.now(), timezone=zone),
                    )  # fmt: skip
                decision = Decision(
                    channel=record.channel,
                    thread=record.thread,
                    settles=choice.reading_id,
                    candidate=candidate,
                )
                if TABLE[choice.intent].kind is Kind.TALK:
                    return replace(decision, closing=self._views.closed(phrases.NOTED))
                heard = Heard(record.text, person, record.channel, record.thread, decided.event_id)
                label = what_it_does(choice.intent, self._masker.known(read(record.meaning), uow=uow))
                return replace(
                    decision,
                    closing=self._views.chosen(label),
                    turn=self._dialogue.read_as(
                        record, choice.intent, heard=heard, uow=uow, reading=choice.reading_id
                    ),
                )

        decision = await self._run(work)
        turn = decision.turn
        await self._run(lambda: note_read(turn, transactions=self._transactions, clock=self._clock))
        return decision

    async def unmeant(self, decided: Decided) -> Decision:
        """The question what was meant, with the next likely readings; said to whoever asked, alone."""

        def look() -> tuple[_Open, Evidence] | Decision:
            with self._transactions.reading() as uow:
                found = self._open(decided, uow=uow)
                if isinstance(found, Decision):
                    return found
                return found, self._masker.known(read(found.record.meaning), uow=uow)

        looked = await self._run(look)
        if isinstance(looked, Decision):
            return looked
        found, evidence = looked
        record = found.record
        try:
            ranking = await self._rankings.ranking(record.text)
        except LanguageUnavailable:
            ranking = ()
        likely = likely_instead(record.intent, ranking)
        key = found.choice.reading_id
        ways = tuple(
            Option(what_it_does(intent, evidence), encode_choice(Choice(key, intent, corrects=True)))
            for intent in likely
        )
        asked = Asking(phrases.WHAT_MEANT, ways, encode_choice(Choice(key)), phrases.MEANT_NOTE)
        return Decision(aside=self._views.asking(asked))

    async def may_choose(self, decided: Decided) -> bool:
        """Is there a choice left for this person? A form is opened only then."""

        def look() -> bool:
            with self._transactions.reading() as uow:
                return not isinstance(self._open(decided, uow=uow), Decision)

        return await self._run(look)

    def _open(self, decided: Decided, *, uow: UnitOfWork) -> _Open | Decision:
        """The reading that the token leads to; where it leads nowhere (any more), what is said instead."""
        try:
            choice = decode_choice(decided.token)
        except Invalid as error:
            return Decision(aside=self._views.notice(Notice(str(error))))
        row = uow.readings.get(choice.reading_id)
        record = opened(row, vault=self._vault, now=self._clock.now())
        if row is None or record is None:
            return Decision(closing=self._views.closed(phrases.EXPIRED))
        if not record.owned_by(decided.person.slack_user_id or ""):
            return Decision(aside=self._views.notice(phrases.not_yours(record.name)))
        if row.settled_at is not None:
            return Decision(aside=self._views.notice(phrases.ALREADY))
        return _Open(choice, record)

    async def _model(self) -> str:
        try:
            return await self._rankings.model()
        except LanguageUnavailable:
            return ""

    async def _note(self, text: str) -> Meaning | None:
        """A note with its labels; None where there is none, or it can not be labelled and so not be masked."""
        if not text.strip():
            return None
        try:
            return await self._language.parse(" ".join(text.split()))
        except LanguageUnavailable:
            return None


CHOICES: tuple[tuple[str, str], ...] = tuple(SHORT.items())
"""All that the form offers: intent and words."""
