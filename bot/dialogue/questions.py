"""From a question that is clear to its answer, from one that is not to what is asked back; and what can not be done yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.dialogue import phrases
from bot.dialogue.acting.turns import ActingNow
from bot.dialogue.masking import Masker
from bot.dialogue.memory import Memory, forgotten, recalled, stored
from bot.dialogue.noting import note_read
from bot.dialogue.record import Guide
from bot.dialogue.reply import SlackViews, Views, joined
from bot.dialogue.spending import ways_on
from bot.dialogue.table import EXAMPLES, Kind, Row, answer
from bot.dialogue.tokens import encode
from bot.dialogue.turn import Chosen, Heard, Turn
from bot.dialogue.verbs import meanwhile
from bot.dialogue.weighing import Preference
from bot.understanding.confidence import ACTED_ON
from bot.understanding.draft import Draft, Verb, request_of
from bot.understanding.meaning import Language, Meaning
from bot.understanding.naming import full_name
from bot.understanding.outcome import Alternative, Outcome, Ready, Subject, Unclear
from bot.understanding.resolve import Resolver
from bot.views.rendered import Choice, Notice, Option, Page
from domain.errors import Invalid, NotFound, Refused
from domain.model.person import Person
from domain.ports import CatalogueSearch, Clock, PlaceSearch, ThreadState, Transactions, UnitOfWork
from domain.usecases.ask.answers import SpendAnswer, UsageAnswer


class Runner(Protocol):
    """Runs blocking work apart from the event loop: ``asyncio.to_thread``, or a bounded pool's."""

    async def __call__[T](self, work: Callable[[], T], /) -> T: ...


async def _in_thread[T](work: Callable[[], T], /) -> T:
    return await asyncio.to_thread(work)


class Questions:
    """What every turn ends in. Reads, and says what to remember; writes nothing but who was shown patients."""

    def __init__(
        self,
        *,
        language: Language,
        transactions: Transactions,
        items: CatalogueSearch,
        places: PlaceSearch,
        clock: Clock,
        views: Views | None = None,
        run: Runner = _in_thread,
        guide: Guide | None = None,
        acting: ActingNow | None = None,
    ) -> None:
        self._language = language
        self._transactions = transactions
        self._resolver = Resolver(items, places)
        self._items = items
        self._clock = clock
        self._views: Views = views or SlackViews()
        self._run = run
        self._guide = guide
        self._acting = acting
        self._masker = Masker(items, places)

    async def _noted(self, turn: Turn) -> Turn:
        """The turn, once the trail has that it shows patients."""
        await self._run(lambda: note_read(turn, transactions=self._transactions, clock=self._clock))
        return turn

    def _resolve(
        self, meaning: Meaning, *, verb: Verb, heard: Heard, uow: UnitOfWork, before: Subject | None
    ) -> Outcome:
        today = self._today(heard.person, uow=uow)
        return self._resolver.resolve(
            meaning, verb=verb, asker=heard.person, today=today, uow=uow, before=before
        )

    def _conclude(self, outcome: Outcome, *, heard: Heard, meaning: Meaning, uow: UnitOfWork) -> Turn:
        if isinstance(outcome, Ready):
            return self._ask(outcome, of=heard, uow=uow, meaning=meaning)
        return self._ask_back(outcome, heard=heard, meaning=meaning, uow=uow)

    def _ask(
        self,
        ready: Ready,
        *,
        of: Heard | Chosen,
        uow: UnitOfWork,
        meaning: Meaning | None = None,
        page: int = 0,
        token: str = "",
    ) -> Turn:
        """Puts the question to its use case and shows the answer."""
        today = self._today(of.person, uow=uow)
        request = request_of(ready.draft, asker=of.person, today=today)
        try:
            answered = answer(request, uow=uow)
        except (NotFound, Invalid, Refused) as error:
            return self._say(Notice(str(error)), meaning)
        if isinstance(answered, SpendAnswer):
            ways = ways_on(ready.draft, answered, today=today, uow=uow)
            ready = replace(ready, lead="", alternatives=() if ready.draft.file else ways)
        elif isinstance(answered, UsageAnswer) and answered.total and not ready.draft.file:
            table = Alternative("CSV", replace(ready.draft, file="csv"))
            ready = replace(ready, alternatives=(*ready.alternatives, table))
        shown = Page(page, token or encode(ready.draft), ready.draft.file)
        rendered = self._views.render(answered, page=shown, today=today)
        choice = choice_of(ready.lead, ready.alternatives)
        if choice.options:
            rendered = self._views.with_options(rendered, choice)
        subject = Subject(ready.draft, ready.topic, ready.candidates)
        state = stored(
            Memory(subject, ready.alternatives, preferred=self._preferred(uow, of)),
            channel=of.channel,
            thread=of.thread,
            person=of.person,
            now=self._clock.now(),
        )
        return Turn(rendered, meaning, request, answered, state, choice.options)

    def _ask_back(self, unclear: Unclear, *, heard: Heard, meaning: Meaning, uow: UnitOfWork) -> Turn:
        """The question back, with its buttons where there are any."""
        subject = Subject(unclear.draft, unclear.topic, unclear.candidates)
        state = stored(
            Memory(subject, unclear.alternatives, asked=True, preferred=self._preferred(uow, heard)),
            channel=heard.channel,
            thread=heard.thread,
            person=heard.person,
            now=self._clock.now(),
        )
        choice = choice_of(unclear.text, unclear.alternatives)
        if choice.options:
            return Turn(self._views.choice(choice), meaning, state=state, options=choice.options)
        return self._say(Notice(unclear.text, unclear.hints), meaning, state=state)

    def _deed(
        self, row: Row, meaning: Meaning, *, heard: Heard, uow: UnitOfWork, before: Subject | None
    ) -> Turn:
        """The one door to whatever would change something, for messages and for readings that were chosen.

        Only an action of a chance of ACTED_ON or more passes, which a chosen one has; all others have been asked about, or are no
        reading at all.
        """
        if self._acting is not None and row.kind is Kind.ACTION and meaning.confidence >= ACTED_ON:
            act = self._acting.hear_now(heard, meaning)
            if act is not None:
                return Turn(act.rendered, meaning, act=act)
        return self._not_yet(row, meaning, heard=heard, uow=uow, before=before)

    def _not_yet(
        self, row: Row, meaning: Meaning, *, heard: Heard, uow: UnitOfWork, before: Subject | None
    ) -> Turn:
        """An honest sentence, with the questions about the same thing that can be answered meanwhile."""
        text = phrases.not_yet(row, sure=meaning.confidence >= ACTED_ON)
        if row.verb is None:
            return self._say(Notice(text), meaning)
        outcome = self._resolve(meaning, verb=row.verb, heard=heard, uow=uow, before=before)
        if isinstance(outcome, Unclear):
            if not outcome.alternatives:
                return self._say(Notice(text, EXAMPLES[:2]), meaning)
            asked = f"{text} {meanwhile(row.verb)} {outcome.text}"
            return self._ask_back(replace(outcome, text=asked), heard=heard, meaning=meaning, uow=uow)
        draft = outcome.draft
        if row.intent == "suggest_substitute":
            return self._substitutes(draft, meaning, heard=heard, uow=uow)
        offered = (
            Alternative("Where is it?", Draft(Verb.FIND, draft.items, draft.places)),
            Alternative("How much is there?", Draft(Verb.STOCK, draft.items, draft.places)),
        )
        unclear = Unclear(
            f"{text} I can tell you this meanwhile:", draft, outcome.topic, outcome.candidates, offered
        )
        return self._ask_back(unclear, heard=heard, meaning=meaning, uow=uow)

    def _substitutes(self, draft: Draft, meaning: Meaning, *, heard: Heard, uow: UnitOfWork) -> Turn:
        """What the catalogue lists in the stead of the items that fit, and where that is."""
        items = list(uow.catalogue.many(draft.items).values())
        name = full_name(items[0]) if len(items) == 1 else f"these {len(items)} items"
        ranked = sorted((s.rank, s.item_id) for item in items for s in item.substitutes)
        listed = tuple(dict.fromkeys(i for _, i in ranked if i not in draft.items))[:4]
        if not listed:
            return self._say(Notice(phrases.no_substitutes_of(name)), meaning)
        ready = Ready(Draft(Verb.FIND, listed, draft.places), candidates=listed)
        turn = self._ask(ready, of=heard, uow=uow, meaning=meaning)
        return self._prefixed(turn, phrases.substitutes_of(name, count=len(listed)))

    def _say(
        self, notice: Notice, meaning: Meaning | None = None, *, state: ThreadState | None = None
    ) -> Turn:
        return Turn(self._views.notice(notice), meaning, state=state)

    def _prefixed(self, turn: Turn, text: str) -> Turn:
        return replace(turn, rendered=joined(self._views.notice(Notice(text)), turn.rendered))

    def _preferred(self, uow: UnitOfWork, of: Heard | Chosen) -> tuple[Preference, ...]:
        memory = self._recall(uow, of.channel, of.thread)
        return memory.preferred if memory is not None else ()

    def _recall(self, uow: UnitOfWork, channel: str, thread: str) -> Memory | None:
        return recalled(uow.threads.get(channel, thread), now=self._clock.now())

    def _forget(self, heard: Heard) -> ThreadState:
        return forgotten(
            channel=heard.channel, thread=heard.thread, person=heard.person, now=self._clock.now()
        )

    def _today(self, person: Person, *, uow: UnitOfWork) -> date:
        return day_of(self._clock.now(), timezone=uow.places.facility(person.facility_id).timezone)


def day_of(moment: datetime, *, timezone: str) -> date:
    """The calendar day of an aware ``moment`` in the facility's own zone."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def choice_of(question: str, alternatives: tuple[Alternative, ...]) -> Choice:
    return Choice(question, tuple(Option(a.label, encode(a.draft)) for a in alternatives))
