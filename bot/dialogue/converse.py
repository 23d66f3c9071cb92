"""The way of a message: words, meaning, thread, question, use case, view. Nothing here acts on stock."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.dialogue import phrases
from bot.dialogue.memory import Memory, forgotten, recalled, stored
from bot.dialogue.picking import picked
from bot.dialogue.reply import SlackViews, Views, joined
from bot.dialogue.table import EXAMPLES, TABLE, Kind, Row, answer
from bot.dialogue.tokens import decode, encode
from bot.dialogue.turn import Chosen, Heard, Turn
from bot.understanding.confidence import ACTED_ON, BELIEVED, DOUBTED
from bot.understanding.draft import Draft, Verb, request_of
from bot.understanding.evidence import cue, read
from bot.understanding.follow import follows
from bot.understanding.heard import words_of
from bot.understanding.meaning import Language, Meaning
from bot.understanding.naming import full_name
from bot.understanding.outcome import Alternative, Outcome, Ready, Subject, Unclear
from bot.understanding.plain import courtesy, is_foreign, is_no_question
from bot.understanding.rasa import shortened
from bot.understanding.resolve import Resolver
from bot.views.rendered import Choice, Notice, Option, Page
from domain.errors import Invalid, LanguageUnavailable, NotFound, Refused
from domain.model.person import Person
from domain.ports import CatalogueSearch, Clock, PlaceSearch, ThreadState, Transactions, UnitOfWork

_FEW = 4
_BARE = 2
"""Words of which a follow-up may consist without being an order: "28", "3-0?", "just those"."""


_CODE = re.compile(r"(?=.*\d)[\w./-]{5,30}")


class Runner(Protocol):
    """Runs blocking work apart from the event loop: ``asyncio.to_thread``, or a bounded pool's."""

    async def __call__[T](self, work: Callable[[], T], /) -> T: ...


async def _in_thread[T](work: Callable[[], T], /) -> T:
    return await asyncio.to_thread(work)


class Dialogue:
    """Answers messages and buttons. Holds no conversation: that is rows, so any process may answer the next message.

    Errors of the kinds NotFound, Invalid and Refused become a sentence; a language service that does not answer, too.
    Everything else passes to the caller's error door.
    """

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
    ) -> None:
        self._language = language
        self._transactions = transactions
        self._resolver = Resolver(items, places)
        self._items = items
        self._clock = clock
        self._views: Views = views or SlackViews()
        self._run = run

    async def hear(self, heard: Heard) -> Turn:
        """The reply to a message, and what the thread is about from now on."""
        whole = words_of(heard.text)
        text = shortened(whole)
        if not any(character.isalnum() for character in text):
            return self._say(phrases.EMPTY)
        if is_no_question(text):
            return self._say(phrases.OUT_OF_SCOPE, Meaning(text, "out_of_scope", 1.0))
        plain = courtesy(text)
        if plain is not None:
            return await self._run(lambda: self._talk(heard, plain))
        if is_foreign(text):
            return self._say(phrases.FOREIGN, Meaning(text, "out_of_scope", 1.0))
        if _CODE.fullmatch(text.strip(" ?.!")):
            traced = await self._run(lambda: self._lone_code(heard, text.strip(" ?.!")))
            if traced is not None:
                return traced
        if len(text.split()) <= 6:
            finished = await self._run(lambda: self._pick(heard, text))
            if finished is not None:
                return finished
        try:
            meaning = await self._language.parse(text)
        except LanguageUnavailable:
            return await self._run(lambda: self._without_language(heard, text))
        turn = await self._run(lambda: self._understood(heard, meaning))
        if len(text) < len(whole):
            return self._prefixed(turn, phrases.CUT)
        return turn

    async def choose(self, chosen: Chosen) -> Turn:
        """The answer that a button stands for, or another page of it."""

        def work() -> Turn:
            try:
                draft = decode(chosen.token)
            except Invalid as error:
                return self._say(Notice(str(error)))
            with self._transactions.reading() as uow:
                memory = self._recall(uow, chosen.channel, chosen.thread)
                topic = memory.subject.topic if memory is not None else ""
                candidates = memory.subject.candidates if memory is not None else draft.items
                ready = Ready(draft, topic, candidates)
                return self._ask(ready, of=chosen, uow=uow, page=chosen.page, token=chosen.token)

        return await self._run(work)

    # ------------------------------------------------------------------------------------------ talk

    def _talk(self, heard: Heard, meaning: Meaning) -> Turn:
        """Courtesies, and yes, no or cancel to what is open in the thread."""
        match meaning.intent:
            case "greet":
                return self._say(phrases.GREETING, meaning)
            case "thanks":
                return self._say(phrases.THANKS, meaning)
            case "help":
                return self._say(phrases.HELP, meaning)
            case "affirm" | "deny" | "cancel":
                with self._transactions.reading() as uow:
                    return self._yes_or_no(heard, meaning, uow=uow)
            case _:
                return self._say(phrases.OUT_OF_SCOPE, meaning)

    def _yes_or_no(self, heard: Heard, meaning: Meaning, *, uow: UnitOfWork) -> Turn:
        memory = self._recall(uow, heard.channel, heard.thread)
        if meaning.intent == "cancel":
            return self._say(phrases.DROPPED, meaning, state=self._forget(heard))
        if memory is None or not memory.asked:
            return self._say(phrases.NOTHING_OPEN, meaning)
        if meaning.intent == "deny":
            return self._say(phrases.SAY_IT_ANOTHER_WAY, meaning)
        subject = memory.subject
        if len(memory.options) == 1:
            ready = Ready(memory.options[0].draft, subject.topic, subject.candidates)
            return self._ask(ready, of=heard, uow=uow, meaning=meaning)
        if not memory.options:
            return self._say(phrases.NOTHING_OPEN, meaning)
        choice = _choice(phrases.PICK_ONE, memory.options)
        return Turn(self._views.choice(choice), meaning, options=choice.options)

    def _pick(self, heard: Heard, text: str) -> Turn | None:
        """A typed answer to a question's options."""
        with self._transactions.reading() as uow:
            memory = self._recall(uow, heard.channel, heard.thread)
            option = picked(text, options=memory.options) if memory is not None else None
            if memory is None or option is None:
                return None
            ready = Ready(option.draft, memory.subject.topic, memory.subject.candidates)
            return self._ask(ready, of=heard, uow=uow)

    def _lone_code(self, heard: Heard, code: str) -> Turn | None:
        """A lot or serial number that stands alone needs no language model."""
        meaning = Meaning(code, "trace_lot", 1.0)
        with self._transactions.reading() as uow:
            if not uow.lots.named(code):
                return None
            outcome = self._resolve(meaning, verb=Verb.TRACE, heard=heard, uow=uow, before=None)
            return self._conclude(outcome, heard=heard, meaning=meaning, uow=uow)

    # ------------------------------------------------------------------------------------------ questions

    def _understood(self, heard: Heard, meaning: Meaning) -> Turn:
        """From the meaning to the turn, in one reading unit of work."""
        row = TABLE[meaning.intent]
        shown = cue(meaning.text)
        with self._transactions.reading() as uow:
            memory = self._recall(uow, heard.channel, heard.thread)
            before = memory.subject if memory is not None else None
            goes_on = follows(read(meaning), before=before)
            doubtful_deed = row.kind in (Kind.ACTION, Kind.LATER) and (
                meaning.confidence < ACTED_ON or len(meaning.text.split()) <= _BARE
            )
            if (
                goes_on
                and before is not None
                and (row.kind is Kind.QUESTION or row.kind is Kind.TALK or doubtful_deed)
            ):
                outcome = self._resolve(
                    meaning, verb=shown or before.draft.verb, heard=heard, uow=uow, before=before
                )
                # What changes nothing of the thread's question ("order me a pizza") is no part of it.
                idle = isinstance(outcome, Ready) and outcome.draft == before.draft and shown is None
                if idle and row.kind is not Kind.QUESTION and not read(meaning).leans:
                    if row.intent == "out_of_scope" and not self._resolver.names_a_thing(meaning):
                        return self._say(_nothing_for(meaning), meaning)
                elif isinstance(outcome, Ready) or outcome.alternatives or row.kind is Kind.QUESTION:
                    return self._conclude(outcome, heard=heard, meaning=meaning, uow=uow)
            if row.kind is Kind.TALK and row.intent != "out_of_scope" and meaning.confidence >= DOUBTED:
                if row.intent in ("affirm", "deny", "cancel"):
                    return self._yes_or_no(heard, meaning, uow=uow)
                return self._talk(heard, meaning)
            verb = _verb(row, meaning, shown)
            if verb is None and row.intent == "out_of_scope" and self._resolver.names_a_thing(meaning):
                verb = (
                    shown  # "where is the alexis wound protector": the words ask, and the catalogue knows it
                )
            if verb is None:
                if row.kind in (Kind.TALK, Kind.QUESTION):
                    return self._say(_nothing_for(meaning), meaning)
                return self._not_yet(row, meaning, heard=heard, uow=uow, before=before)
            outcome = self._resolve(meaning, verb=verb, heard=heard, uow=uow, before=before)
            if row.kind is not Kind.QUESTION and isinstance(outcome, Unclear) and not outcome.alternatives:
                if row.kind is Kind.TALK:
                    return self._say(_nothing_for(meaning), meaning)
                return self._not_yet(row, meaning, heard=heard, uow=uow, before=before)
            empty = isinstance(outcome, Unclear) and not outcome.alternatives
            if empty and meaning.confidence < DOUBTED and shown is None:
                return self._say(phrases.UNSURE, meaning)
            return self._conclude(outcome, heard=heard, meaning=meaning, uow=uow)

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
        return self._ask_back(outcome, heard=heard, meaning=meaning)

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
        rendered = self._views.render(answered, page=Page(page, token or encode(ready.draft)), today=today)
        choice = _choice(ready.lead, ready.alternatives)
        if choice.options:
            rendered = self._views.with_options(rendered, choice)
        subject = Subject(ready.draft, ready.topic, ready.candidates)
        state = stored(
            Memory(subject, ready.alternatives),
            channel=of.channel,
            thread=of.thread,
            person=of.person,
            now=self._clock.now(),
        )
        return Turn(rendered, meaning, request, answered, state, choice.options)

    def _ask_back(self, unclear: Unclear, *, heard: Heard, meaning: Meaning) -> Turn:
        """The question back, with its buttons where there are any."""
        subject = Subject(unclear.draft, unclear.topic, unclear.candidates)
        state = stored(
            Memory(subject, unclear.alternatives, asked=True),
            channel=heard.channel,
            thread=heard.thread,
            person=heard.person,
            now=self._clock.now(),
        )
        choice = _choice(unclear.text, unclear.alternatives)
        if choice.options:
            return Turn(self._views.choice(choice), meaning, state=state, options=choice.options)
        return self._say(Notice(unclear.text, unclear.hints), meaning, state=state)

    # ------------------------------------------------------------------------------------------ not yet

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
            asked = f"{text} {_meanwhile(row.verb)} {outcome.text}"
            return self._ask_back(replace(outcome, text=asked), heard=heard, meaning=meaning)
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
        return self._ask_back(unclear, heard=heard, meaning=meaning)

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

    def _without_language(self, heard: Heard, text: str) -> Turn:
        """The language service is down: only a name or number that stands alone is looked up, and that is said."""
        words = text.strip(" ?.!")
        if len(words.split()) <= 4:
            with self._transactions.reading() as uow:
                outcome = self._resolve(
                    Meaning(words, "find_item", 0.0),
                    verb=_alone(words, uow=uow),
                    heard=heard,
                    uow=uow,
                    before=None,
                )
                if isinstance(outcome, Ready):
                    return self._prefixed(self._ask(outcome, of=heard, uow=uow), phrases.LANGUAGE_DOWN_BUT)
        return self._say(phrases.LANGUAGE_DOWN)

    # ------------------------------------------------------------------------------------------ small things

    def _say(
        self, notice: Notice, meaning: Meaning | None = None, *, state: ThreadState | None = None
    ) -> Turn:
        return Turn(self._views.notice(notice), meaning, state=state)

    def _prefixed(self, turn: Turn, text: str) -> Turn:
        return replace(turn, rendered=joined(self._views.notice(Notice(text)), turn.rendered))

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


def _verb(row: Row, meaning: Meaning, shown: Verb | None) -> Verb | None:
    """The question to answer, if any. The language model leads; the words decide where it hesitates; a bare product is
    looked for.

    Answering a question that was an order does no harm; the other way round would, and does not happen here.
    """
    if row.kind is Kind.QUESTION:
        if _SIZES.search(meaning.text):
            return Verb.INFO
        if row.verb is Verb.INFO and shown in (Verb.STOCK, Verb.FIND) and not read(meaning).aspects:
            return shown  # nothing of the item itself is asked
        if row.verb in (Verb.LOW, Verb.EXPIRY) and shown is None and not _says_something(meaning):
            return None  # "clock me out" is no question about the whole unit
        if meaning.confidence < DOUBTED:
            return shown or (Verb.FIND if _bare(meaning) else row.verb)
        if meaning.confidence < BELIEVED and row.verb not in _NEAR_EACH_OTHER:
            return shown or row.verb
        return row.verb
    if meaning.confidence < BELIEVED:
        return shown or (Verb.FIND if _bare(meaning) else None)
    if meaning.confidence < ACTED_ON and _bare_place(meaning):
        return Verb.FIND
    return None


def _says_something(meaning: Meaning) -> bool:
    evidence = read(meaning)
    return bool(evidence.things or evidence.places or evidence.windows or evidence.codes)


_SIZES = re.compile(r"\b(?:what|which) sizes?\b", re.IGNORECASE)
_NEAR_EACH_OTHER = (Verb.FIND, Verb.STOCK, Verb.INFO)
"""Each of these answers much of what the others would: the language model's choice stands."""


def _nothing_for(meaning: Meaning) -> Notice:
    return phrases.UNSURE if meaning.confidence < DOUBTED else phrases.OUT_OF_SCOPE


def _bare_place(meaning: Meaning) -> bool:
    evidence = read(meaning)
    return bool(evidence.places) and not (
        evidence.things or evidence.rest or evidence.numbers or evidence.codes
    )


def _bare(meaning: Meaning) -> bool:
    """Nothing but a few words that may name a product."""
    evidence = read(meaning)
    return (
        len(meaning.text.split()) <= _FEW
        and bool(evidence.things or evidence.rest or evidence.places)
        and not evidence.numbers
    )


def _meanwhile(verb: Verb) -> str:
    return {Verb.FIND: "I can tell where it is.", Verb.STOCK: "I can tell how much there is."}.get(verb, "")


def _alone(words: str, *, uow: UnitOfWork) -> Verb:
    return Verb.TRACE if " " not in words and uow.lots.named(words) else Verb.FIND


def _choice(question: str, alternatives: tuple[Alternative, ...]) -> Choice:
    return Choice(question, tuple(Option(a.label, encode(a.draft)) for a in alternatives))
