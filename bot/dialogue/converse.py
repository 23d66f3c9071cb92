"""The way of a message: words, meaning, thread, question or action, use case, view. What changes stock is in ``acting``."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue import phrases
from bot.dialogue.deeds import what_it_does
from bot.dialogue.memory import Memory, Offer, preferring, stored
from bot.dialogue.picking import picked
from bot.dialogue.questions import Questions, choice_of
from bot.dialogue.record import Record, opened, preference, reading_id, record_of, sealed, way_back
from bot.dialogue.suggesting import MOST, examples_near
from bot.dialogue.table import TABLE, Kind
from bot.dialogue.tokens import Choice as WayToRead
from bot.dialogue.tokens import decode, encode, encode_choice
from bot.dialogue.turn import Chosen, Heard, Turn
from bot.dialogue.verbs import alone, says_something, verb
from bot.dialogue.weighing import Close, Stands, Verdict, weigh, worth_ranking
from bot.understanding.confidence import ACTED_ON, DOUBTED, LIKELIER_THAN_NOT, Reading
from bot.understanding.draft import NEEDS_ITEM, Draft, Verb
from bot.understanding.evidence import cue, read
from bot.understanding.follow import follows
from bot.understanding.heard import words_of
from bot.understanding.meaning import Meaning
from bot.understanding.outcome import Outcome, Ready, Subject, Unclear
from bot.understanding.plain import courtesy, is_foreign, is_no_question
from bot.understanding.rasa import shortened
from bot.views.asking import Asking
from bot.views.rendered import Notice, Option
from domain.errors import Invalid, LanguageUnavailable
from domain.ports import UnitOfWork

_BARE = 2
"""Words of which a follow-up may consist without being an order: "28", "3-0?", "just those"."""


_CODE = re.compile(r"(?=.*\d)[\w./-]{5,30}")


class Dialogue(Questions):
    """Answers messages and buttons. Holds no conversation: that is rows, so any process may answer the next message.

    Errors of the kinds NotFound, Invalid and Refused become a sentence; a language service that does not answer, too.
    Everything else passes to the caller's error door.
    """

    async def hear(self, heard: Heard) -> Turn:
        """The reply to a message, and what the thread is about from now on."""
        return await self._noted(await self._heard(heard))

    async def _heard(self, heard: Heard) -> Turn:
        whole = words_of(heard.text)
        text = shortened(whole)
        if not any(character.isalnum() for character in text):
            return self._say(phrases.EMPTY)
        amended = await self._run(lambda: self._amended(heard, text))
        if amended is not None:
            return amended
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
        readings = await self._readings(meaning)
        turn = await self._run(lambda: self._with_way_back(self._understood(heard, meaning, readings), heard))
        if len(text) < len(whole):
            return self._prefixed(turn, phrases.CUT)
        return turn

    def _amended(self, heard: Heard, text: str) -> Turn | None:
        """What changes, answers, confirms or undoes the action that is open in the thread: read by its own words, before all else."""
        if self._acting is None:
            return None
        meaning = Meaning(text, "out_of_scope", 0.0)
        act = self._acting.amend_now(heard, meaning)
        return None if act is None else Turn(act.rendered, meaning, act=act)

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
                turn = self._ask(ready, of=chosen, uow=uow, page=chosen.page, token=chosen.token)
                if chosen.reading:
                    rendered = self._views.with_way_back(turn.rendered, way_back(chosen.reading))
                    return replace(turn, rendered=rendered)
                return turn

        return await self._noted(await self._run(work))

    def read_as(self, record: Record, intent: str, *, heard: Heard, uow: UnitOfWork, reading: str) -> Turn:
        """The answer to a message in the reading that its author chose. ``heard`` is that message, from whoever may see what.

        An action is as sure as a person can be of it, and goes the way of every action.
        """
        row = TABLE[intent]
        meaning = replace(record.meaning, intent=intent, confidence=1.0)
        memory = self._recall(uow, heard.channel, heard.thread)
        before = memory.subject if memory is not None else None
        if row.kind is Kind.TALK:
            turn = self._say(phrases.OUT_OF_SCOPE, meaning)
        elif row.kind is Kind.QUESTION and row.verb is not None:
            outcome = self._resolve_as(row.verb, meaning, heard=heard, uow=uow, before=before)
            turn = self._conclude(outcome, heard=heard, meaning=meaning, uow=uow)
        else:
            turn = self._deed(row, meaning, heard=heard, uow=uow, before=before)
        state = turn.state or stored(
            Memory(before or Subject(Draft(row.verb or Verb.FIND)), preferred=self._preferred(uow, heard)),
            channel=heard.channel, thread=heard.thread, person=heard.person, now=self._clock.now(),
        )  # fmt: skip
        return replace(turn, state=preferring(state, preference(record, intent)), settles=reading)

    def _resolve_as(
        self, wanted: Verb, meaning: Meaning, *, heard: Heard, uow: UnitOfWork, before: Subject | None
    ) -> Outcome:
        """As ``_resolve``, but neither the thread's last question nor the words ask anything else than ``wanted``."""
        if before is not None:
            before = replace(before, draft=replace(before.draft, verb=wanted))
        outcome = self._resolve(meaning, verb=wanted, heard=heard, uow=uow, before=before)
        if isinstance(outcome, Ready) and outcome.draft.verb in NEEDS_ITEM and wanted in NEEDS_ITEM:
            asked = replace(outcome.draft, verb=wanted)
            if asked.complete:
                return (
                    replace(outcome, draft=asked, alternatives=(), lead="")
                    if asked != outcome.draft
                    else outcome
                )
        return outcome

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
        if memory is not None and memory.open_reading and meaning.intent == "affirm":
            return self._say(Notice(phrases.PICK_ONE, tuple(offer.label for offer in memory.offers)), meaning)
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
        choice = choice_of(phrases.PICK_ONE, memory.options)
        return Turn(self._views.choice(choice), meaning, options=choice.options)

    def _pick(self, heard: Heard, text: str) -> Turn | None:
        """A typed answer to a question's options."""
        with self._transactions.reading() as uow:
            memory = self._recall(uow, heard.channel, heard.thread)
            if memory is not None and memory.open_reading:
                return self._pick_reading(heard, text, memory=memory, uow=uow)
            option = picked(text, options=memory.options) if memory is not None else None
            if memory is None or option is None:
                return None
            ready = Ready(option.draft, memory.subject.topic, memory.subject.candidates)
            return self._ask(ready, of=heard, uow=uow)

    def _pick_reading(self, heard: Heard, text: str, *, memory: Memory, uow: UnitOfWork) -> Turn | None:
        """A typed answer to "which do you mean?", from whoever was asked."""
        offer = picked(text, options=memory.offers)
        if offer is None or self._guide is None:
            return None
        if TABLE[offer.intent].kind is Kind.ACTION:
            # "used 2 flushes", said again, is as doubtful as before: an action is chosen by its number, or its button.
            offer = picked(text, options=[Offer("", o.intent) for o in memory.offers])
            if offer is None:
                return None
        row = uow.readings.get(memory.open_reading)
        record = opened(row, vault=self._guide.vault, now=self._clock.now())
        if row is None or record is None or row.settled_at is not None:
            return None
        if not record.owned_by(heard.person.slack_user_id or ""):
            return None
        meant = replace(heard, text=record.text)
        return self.read_as(record, offer.intent, heard=meant, uow=uow, reading=row.id)

    def _lone_code(self, heard: Heard, code: str) -> Turn | None:
        """A lot or serial number that stands alone needs no language model."""
        meaning = Meaning(code, "trace_lot", 1.0)
        with self._transactions.reading() as uow:
            if not uow.lots.named(code):
                return None
            outcome = self._resolve(meaning, verb=Verb.TRACE, heard=heard, uow=uow, before=None)
            return self._conclude(outcome, heard=heard, meaning=meaning, uow=uow)

    # ------------------------------------------------------------------------------------------ questions

    async def _readings(self, meaning: Meaning) -> tuple[Reading, ...]:
        """The message's readings, likeliest first; the one alone where the others can not matter or are not to be had."""
        best = Reading(meaning.intent, meaning.confidence)
        if self._guide is None or not worth_ranking(best):
            return (best,)
        try:
            ranking = await self._guide.rankings.ranking(meaning.text)
        except LanguageUnavailable:
            return (best,)
        return (best, *(reading for reading in ranking if reading.intent != best.intent))

    def _understood(self, heard: Heard, meaning: Meaning, readings: tuple[Reading, ...]) -> Turn:
        """From the meaning to the turn, in one reading unit of work."""
        shown = cue(meaning.text)
        with self._transactions.reading() as uow:
            memory = self._recall(uow, heard.channel, heard.thread)
            before = memory.subject if memory is not None else None
            verdict: Verdict = Stands(readings[0])
            if self._guide is not None:
                verdict = weigh(readings, preferred=memory.preferred if memory is not None else ())
            if isinstance(verdict, Stands) and verdict.recalled:
                meaning = replace(
                    meaning, intent=verdict.reading.intent, confidence=verdict.reading.confidence
                )
                shown = TABLE[meaning.intent].verb
            row = TABLE[meaning.intent]
            in_doubt = (
                isinstance(verdict, Close)
                and len(meaning.text.split()) > _BARE
                and meaning.confidence >= LIKELIER_THAN_NOT
            )
            goes_on = follows(read(meaning), before=before)
            doubtful_deed = row.kind in (Kind.ACTION, Kind.LATER) and (
                meaning.confidence < ACTED_ON or len(meaning.text.split()) <= _BARE
            )
            if (
                goes_on
                and before is not None
                and (row.kind is Kind.QUESTION or row.kind is Kind.TALK or doubtful_deed)
                and not (in_doubt and row.kind is Kind.ACTION)
            ):
                outcome = self._resolve(
                    meaning, verb=shown or before.draft.verb, heard=heard, uow=uow, before=before
                )
                # What changes nothing of the thread's question ("order me a pizza") is no part of it.
                idle = isinstance(outcome, Ready) and outcome.draft == before.draft and shown is None
                if idle and row.kind is not Kind.QUESTION and not read(meaning).leans:
                    if row.intent == "out_of_scope" and not self._resolver.names_a_thing(meaning):
                        return self._nothing_for(meaning, readings, heard=heard, uow=uow)
                elif isinstance(outcome, Ready) or outcome.alternatives or row.kind is Kind.QUESTION:
                    return self._conclude(outcome, heard=heard, meaning=meaning, uow=uow)
            if row.kind is Kind.TALK and row.intent != "out_of_scope" and meaning.confidence >= DOUBTED:
                if row.intent in ("affirm", "deny", "cancel"):
                    return self._yes_or_no(heard, meaning, uow=uow)
                return self._talk(heard, meaning)
            if isinstance(verdict, Close):
                which = self._which(verdict, heard=heard, meaning=meaning, memory=memory, uow=uow)
                if which is not None:
                    return which
            asked = verb(row, meaning, shown)
            if asked is None and row.intent == "out_of_scope" and self._resolver.names_a_thing(meaning):
                asked = (
                    shown  # "where is the alexis wound protector": the words ask, and the catalogue knows it
                )
            if asked is None:
                if row.kind in (Kind.TALK, Kind.QUESTION):
                    return self._nothing_for(meaning, readings, heard=heard, uow=uow)
                return self._deed(row, meaning, heard=heard, uow=uow, before=before)
            outcome = self._resolve(meaning, verb=asked, heard=heard, uow=uow, before=before)
            if row.kind is not Kind.QUESTION and isinstance(outcome, Unclear) and not outcome.alternatives:
                if row.kind is Kind.TALK:
                    return self._nothing_for(meaning, readings, heard=heard, uow=uow)
                return self._deed(row, meaning, heard=heard, uow=uow, before=before)
            empty = isinstance(outcome, Unclear) and not outcome.alternatives
            if empty and meaning.confidence < DOUBTED and shown is None:
                return self._say(phrases.UNSURE, meaning)
            return self._conclude(outcome, heard=heard, meaning=meaning, uow=uow)

    def _which(
        self, close: Close, *, heard: Heard, meaning: Meaning, memory: Memory | None, uow: UnitOfWork
    ) -> Turn | None:
        """The question which of two readings was meant; None where the answer would be the same, or nothing was named to ask about."""
        assert self._guide is not None  # noqa: S101 - without one nothing is close
        before = memory.subject if memory is not None else None
        verbs = [
            TABLE[r.intent].verb for r in (close.first, close.second) if TABLE[r.intent].kind is Kind.QUESTION
        ]
        evidence = read(meaning)
        first, second = TABLE[close.first.intent], TABLE[close.second.intent]
        if first.kind is Kind.QUESTION and second.kind is Kind.ACTION and evidence.verb is first.verb:
            return None  # the words ask it, too: answering a question that was an order does no harm
        subject = before or Subject(Draft(TABLE[close.first.intent].verb or Verb.FIND))
        if len(verbs) == 2 and verbs[0] is not None and verbs[1] is not None:
            if not says_something(meaning) and not evidence.rest:
                return None
            one, other = (
                self._resolve_as(wanted, meaning, heard=heard, uow=uow, before=before)
                for wanted in (verbs[0], verbs[1])
            )
            if (
                isinstance(one, Unclear)
                and isinstance(other, Unclear)
                and not (one.alternatives or other.alternatives)
            ):
                return None
            if isinstance(one, Ready) and isinstance(other, Ready) and one.draft == other.draft:
                return None
            # "count them", said instead of a press, knows what they are.
            ready = next((o for o in (one, other) if isinstance(o, Ready)), None)
            if ready is not None:
                subject = Subject(ready.draft, ready.topic, ready.candidates)
        elif says_something(meaning):
            found = self._resolve(meaning, verb=first.verb or Verb.FIND, heard=heard, uow=uow, before=before)
            subject = Subject(found.draft, found.topic, found.candidates)
        known = self._masker.known(evidence, uow=uow)
        topic = subject.topic if not known.things else ""
        offers = tuple(
            Offer(what_it_does(r.intent, known, topic=topic), r.intent) for r in (close.first, close.second)
        )
        kept_as = reading_id(heard.event_id)
        options = tuple(Option(o.label, encode_choice(WayToRead(kept_as, o.intent))) for o in offers)
        actions = any(TABLE[o.intent].kind is Kind.ACTION for o in offers)
        question = phrases.WHICH_FIRST if actions else phrases.WHICH_WAY
        shown = self._views.asking(Asking(question, options, way_back(kept_as)))
        remembered = Memory(
            subject,
            asked=True,
            open_reading=kept_as,
            offers=offers,
            preferred=memory.preferred if memory else (),
        )
        state = stored(
            remembered, channel=heard.channel, thread=heard.thread, person=heard.person, now=self._clock.now()
        )
        record = record_of(heard, meaning, offered=tuple(o.intent for o in offers))
        kept = sealed(record, event_id=heard.event_id, vault=self._guide.vault, now=self._clock.now())
        return Turn(shown, meaning, state=state, options=options, reading=kept)

    def _with_way_back(self, turn: Turn, heard: Heard) -> Turn:
        """Whatever was made of understood words can be corrected; courtesies, and what already asks, can not."""
        meaning = turn.meaning
        if self._guide is None or meaning is None or turn.reading is not None or turn.settles:
            return turn
        courtesy = (
            TABLE[meaning.intent].kind is Kind.TALK
            and meaning.intent != "out_of_scope"
            and meaning.confidence >= DOUBTED
        )
        if courtesy and turn.answer is None and not turn.options:
            return turn
        record = record_of(heard, meaning, offered=())
        kept = sealed(record, event_id=heard.event_id, vault=self._guide.vault, now=self._clock.now())
        return replace(
            turn, reading=kept, rendered=self._views.with_way_back(turn.rendered, way_back(kept.id))
        )

    def _nothing_for(
        self, meaning: Meaning, readings: tuple[Reading, ...], *, heard: Heard, uow: UnitOfWork
    ) -> Turn:
        """What Parley can do, in one short message, with buttons for the questions nearest to what was written."""
        notice = phrases.UNSURE if meaning.confidence < DOUBTED else phrases.OUT_OF_SCOPE
        asks: list[Option] = []
        if self._resolver.names_a_thing(meaning):
            for intent in ("find_item", "check_stock"):
                wanted = TABLE[intent].verb or Verb.FIND
                outcome = self._resolve(meaning, verb=wanted, heard=heard, uow=uow, before=None)
                if isinstance(outcome, Ready) and outcome.draft.verb is wanted:
                    known = self._masker.known(read(meaning), uow=uow)
                    label = what_it_does(intent, known, topic=outcome.topic)
                    asks.append(Option(label, encode(outcome.draft)))
        tries = examples_near(read(meaning).text, readings, most=MOST - len(asks))
        return self._say(replace(notice, asks=tuple(asks), tries=tries), meaning)

    def _without_language(self, heard: Heard, text: str) -> Turn:
        """The language service is down: only a name or number that stands alone is looked up, and that is said."""
        words = text.strip(" ?.!")
        if len(words.split()) <= 4:
            with self._transactions.reading() as uow:
                outcome = self._resolve(
                    Meaning(words, "find_item", 0.0),
                    verb=alone(words, uow=uow),
                    heard=heard,
                    uow=uow,
                    before=None,
                )
                if isinstance(outcome, Ready):
                    return self._prefixed(self._ask(outcome, of=heard, uow=uow), phrases.LANGUAGE_DOWN_BUT)
        return self._say(phrases.LANGUAGE_DOWN)
