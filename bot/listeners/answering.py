"""What is done with a stored letter: who asks, what is answered, where the answer goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.dialogue.reply import joined
from bot.dialogue.tokens import decode_choice
from bot.dialogue.turn import Chosen, Decided, Decision, Heard, Turn
from bot.letters import Letter, Reply
from bot.listeners.aloud import Aloud
from bot.listeners.clips import Clips, Said
from bot.listeners.deeds import Deeds
from bot.listeners.deps import AtAGlance, Corrections, Sight, Talk
from bot.listeners.discretion import advice
from bot.listeners.labels import KIND as LABELS
from bot.listeners.labels import ordered
from bot.listeners.looking import AFTER_SECONDS, Looking
from bot.listeners.people import GUEST_NOTE, STRANGER, Asker, asker_of
from bot.listeners.photos import Photos
from bot.listeners.posts import Address, home_post, posts
from bot.outbox import outbox_row
from bot.understanding.heard import discreet, marked
from bot.understanding.meaning import Meaning
from bot.views import home, notices
from bot.views.card import context
from bot.views.rendered import Json, Notice, Rendered
from bot.views.speech import can_be_confirmed, with_words
from bot.views.words import escape
from domain.errors import Invalid, NotFound, Unavailable
from domain.model.patient_text import PLAIN, Formats
from domain.model.person import Person, Role
from domain.ports import Clock, OutboxRow, ThreadState, Transactions

NOT_READ: Final = {
    "image": "I can't read photographs yet. Type the item's name, or the number on its label.",
    "audio": "I can't listen to clips yet. Please type what you need.",
    "file": "I can't read files yet. Please type what you need.",
}
ALSO_NOT_READ: Final = {
    "image": "I answered your text; I can't read the photograph yet.",
    "audio": "I answered your text; I can't listen to the clip yet.",
    "file": "I answered your text; I can't read the file yet.",
}
STALE: Final = "That button is too old for me to understand. Please ask the question again."
PROMPTS: Final = (
    ("Where is it?", "where are 7.5 gloves?"),
    ("Do we have it?", "do we have any 16 fr foleys in ICU"),
    ("What expires?", "what expires this month in cath lab"),
    ("What is low?", "what's low in PACU"),
)


class Desk:
    """``Work`` of the inbox. It reads and thinks; what it gives is written by the inbox in one unit of work."""

    def __init__(
        self,
        *,
        talk: Talk,
        glance: AtAGlance,
        transactions: Transactions,
        clock: Clock,
        client: AsyncWebClient,
        status_after: float = AFTER_SECONDS,
        corrections: Corrections | None = None,
        deeds: Deeds | None = None,
        apart: Mapping[str, Callable[[Letter], Awaitable[Reply]]] | None = None,
        formats: Formats = PLAIN,
        sight: Sight | None = None,
        photos: Photos | None = None,
        clips: Clips | None = None,
        aloud: Aloud | None = None,
    ) -> None:
        self._talk = talk
        self._sight = sight
        self._photos = photos
        self._clips = clips
        self._aloud = aloud
        self._formats = formats
        self._deeds = deeds
        self._apart = apart or {}
        self._corrections = corrections
        self._glance = glance
        self._transactions = transactions
        self._clock = clock
        self._client = client
        self._looking = Looking(client, after=status_after)

    async def answer(self, letter: Letter) -> Reply:
        match letter.kind:
            case "message" | "command" | "shortcut":
                async with self._looking.at(letter):
                    return await self._hear(letter)
            case "page" | "ask":
                async with self._looking.at(letter):
                    return await self._choose(letter)
            case "say":
                async with self._looking.at(letter):
                    return await self._hear(letter)
            case "reworded":
                async with self._looking.at(letter):
                    return await self._reworded(letter)
            case "read" | "meant" | "unmeant" | "else":
                return await self._correct(letter)
            case "press" | "formed" if self._deeds is not None:
                return await (self._deeds.press if letter.kind == "press" else self._deeds.submit)(letter)
            case kind if kind in self._apart:
                return await self._apart[kind](letter)
            case "aside":
                return Reply(posts=tuple(self.tell(letter, Notice(letter.text("said")), key="said")))
            case "stale":
                return Reply(posts=tuple(self.tell(letter, Notice(STALE), key="stale")))
            case "home":
                return await self._home(letter)
            case "prompts":
                return Reply(posts=(self._prompts(letter),))
            case _:
                return Reply()

    def tell(self, letter: Letter, notice: Notice, *, key: str) -> Sequence[OutboxRow]:
        """To the person alone where Slack gave an address for that, else where the reply would go."""
        if letter.kind in ("home", "prompts"):
            return ()
        url = letter.text("url")
        address = Address(
            letter.text("channel") or letter.text("user"), thread=self._reply_thread(letter), url=url
        )
        return posts(notices.notice(notice), address, key=f"{letter.event_id}:{key}", clock=self._clock)

    # -------------------------------------------------------------------------------------- questions

    async def _hear(self, letter: Letter) -> Reply:
        if letter.flag("foreign"):
            return Reply(posts=tuple(self.tell(letter, Notice(STRANGER), key="said")))
        text, files = letter.text("text"), letter.text("files")
        if not files:
            done = await self._ordered(letter)
            if done is not None:
                return done
        sees = files == "image" and self._sight is not None and self._photos is not None
        listens = bool(letter.payload.get("clips")) and self._clips is not None
        if files and not text and not (sees or listens):
            return Reply(posts=tuple(self.tell(letter, Notice(NOT_READ[files]), key="said")))
        asker = await self._asker(letter)
        said: Said | None = None
        unheard = ""
        if listens and self._clips is not None:
            spoken = await self._clips.listen(letter, speaker=asker.person)
            if spoken.problem and not (text or sees):
                return Reply(posts=tuple(self.tell(letter, Notice(spoken.problem), key="said")))
            if spoken.problem:
                unheard = spoken.problem  # what was typed or photographed beside it is answered all the same
            else:
                said, text = spoken, spoken.text
                letter = Letter(letter.event_id, letter.kind, {**letter.payload, "text": text})
                done = None if sees else await self._ordered(letter)
                if done is not None:
                    return done
        heard = Heard(
            text=text,
            person=self._seen_by(letter, asker.person),
            channel=letter.text("channel"),
            thread=letter.text("talk"),
            event_id=letter.event_id,
            actor=asker.person,
            private=letter.flag("private"),
        )
        if sees and self._sight is not None and self._photos is not None:
            turn = await self._sight.see(heard, await self._photos.look(letter, today=asker.today))
        else:
            turn = await self._talk.hear(heard)
        told = advice(letter, formats=self._formats)
        if said is not None:
            turn = await self._with_words(turn, said, letter, aloud=told is None)
        note = unheard or ("" if sees or listens else ALSO_NOT_READ.get(files, ""))
        if told is None:
            return await self._reply(letter, turn, asker, self._address(letter), note=note)
        # A patient's number stands where others read: what comes of it is for the writer alone.
        alone = self._alone(letter)
        if turn.act is not None and not turn.act.replaces:
            turn = replace(turn, act=replace(turn.act, alone=True))
        reply = await self._reply(letter, turn, asker, alone, note=note)
        key = f"{letter.event_id}:advice"
        rows = posts(notices.notice(told), alone, key=key, clock=self._clock)
        return replace(reply, posts=(*reply.posts, *rows))

    async def _ordered(self, letter: Letter) -> Reply | None:
        """Spoken answers turned on or off, labels printed: fixed forms of words. None for all others."""
        done = None if self._aloud is None else await self._aloud.order(letter)
        if done is not None:
            return Reply(posts=tuple(self.tell(letter, done, key="said")))
        if LABELS in self._apart and ordered(letter.text("text"), command=letter.kind == "command"):
            return await self._apart[LABELS](letter)
        return None

    async def _with_words(self, turn: Turn, said: Said, letter: Letter, *, aloud: bool) -> Turn:
        """The answer below what was heard; a patient's number is hidden in it, and then there is no button to write it out.

        An action is read back in words. ``aloud``: everybody may hear it, so it is spoken to those who want that.
        """
        meaning = marked(Meaning(said.text, "out_of_scope", 0.0), formats=self._formats)
        shown, hidden = discreet(meaning)
        act = turn.act
        rendered = act.rendered if act is not None else turn.rendered
        confirms = act is not None and can_be_confirmed(rendered)
        made = with_words(rendered, shown.text, sure=said.sure, mendable=not hidden, reads_back=confirms)
        if aloud and self._aloud is not None and not (act is not None and act.alone):
            made = await self._aloud.with_voice(made, letter, action=confirms)
        if act is not None:
            return replace(turn, act=replace(act, rendered=made))
        return replace(turn, rendered=made)

    async def _reworded(self, letter: Letter) -> Reply:
        """A clip's words that were set right are the message from here on; the names in them are remembered."""
        if self._clips is not None:
            await self._clips.learn(letter.text("heard"), letter.text("text"), now=self._clock.now())
        return await self._hear(letter)

    async def _choose(self, letter: Letter) -> Reply:
        asker = await self._asker(letter)
        address = self._address(letter)
        if not address.channel:
            channel = await self._direct(letter.text("user"))
            letter = Letter(
                letter.event_id, letter.kind, {**letter.payload, "channel": channel, "private": True}
            )
            address = replace(address, channel=channel)
        turn = await self._talk.choose(
            Chosen(
                token=letter.text("token"),
                page=letter.number("page"),
                person=self._seen_by(letter, asker.person),
                channel=letter.text("channel"),
                thread=letter.text("talk"),
                event_id=letter.event_id,
                reading=self._reading_of(letter),
            )
        )
        return await self._reply(letter, turn, asker, address)

    @staticmethod
    def _reading_of(letter: Letter) -> str:
        """The reading whose answer is paged; "" for none, or for a token that was tampered with."""
        try:
            return decode_choice(letter.text("reading")).reading_id if letter.text("reading") else ""
        except Invalid:
            return ""

    async def _reply(
        self, letter: Letter, turn: Turn, asker: Asker, address: Address, *, note: str = ""
    ) -> Reply:
        rendered = turn.act.rendered if turn.act is not None else turn.rendered
        for line in (note, GUEST_NOTE if asker.is_guest and turn.act is None else ""):
            if line:
                rendered = _with_note(rendered, line)
        if turn.act is not None and self._deeds is not None:
            rows = await self._deeds.posts(turn.act, letter, rendered=rendered)
        else:
            if (address.url or address.alone) and rendered.attachments:
                address = replace(address, files=await self._direct(letter.text("user")))
            rows = posts(rendered, address, key=letter.event_id, clock=self._clock)
        state = _state(turn.state, asker)
        if state is None and letter.flag("mentioned"):
            state = await self._opened(letter)
        return Reply(posts=rows, state=state, reading=turn.reading, settles=turn.settles)

    # -------------------------------------------------------------------------------------- what was meant

    async def may_choose(self, user: str, token: str) -> bool:
        """Is there anything left to choose for this person under this token?"""
        if self._corrections is None:
            return False
        asker = await asker_of(user, transactions=self._transactions, clock=self._clock)
        return await self._corrections.may_choose(_decided(token, asker.person))

    async def _correct(self, letter: Letter) -> Reply:
        """The card that was pressed is closed, the answer goes where the message was; or it is said why not."""
        if self._corrections is None:
            return Reply(posts=tuple(self.tell(letter, Notice(STALE), key="stale")))
        asker = await self._asker(letter)
        decided = _decided(
            letter.text("token"), asker.person, event_id=letter.event_id, note=letter.text("note")
        )
        if letter.kind in ("unmeant", "else"):
            # What was pressed is the answer itself: whatever comes of it, the answer stays as it is.
            decision = await self._corrections.unmeant(decided)
            decision = replace(decision, aside=decision.aside or decision.closing, closing=None)
        else:
            decision = await self._corrections.decide(decided)
        url, channel, key = letter.text("url"), letter.text("channel"), letter.event_id
        alone = Address(channel or letter.text("user"), url=url)
        if decision.aside is not None:
            replaces = letter.kind == "else" and letter.flag("ephemeral")
            alone = replace(alone, replace=replaces)
            return Reply(posts=posts(decision.aside, alone, key=key, clock=self._clock))
        card = (
            replace(alone, replace=True)
            if letter.flag("ephemeral")
            else Address(channel, update=letter.text("ts"))
        )
        rows: tuple[OutboxRow, ...] = ()
        turn, closing = decision.turn, decision.closing
        if turn is not None and closing is not None and decision.thread.startswith("command:"):
            if turn.rendered.attachments:
                card = replace(card, files=await self._direct(letter.text("user")))
            rows = posts(joined(closing, turn.rendered), card, key=key, clock=self._clock)
        else:
            if closing is not None:
                rows = posts(closing, card, key=f"{key}:card", clock=self._clock)
            if turn is not None:
                rows += await self._elsewhere(turn, letter, decision)
        state = _state(turn.state, asker) if turn is not None else None
        return Reply(posts=rows, state=state, settles=decision.settles, candidate=decision.candidate)

    async def _elsewhere(self, turn: Turn, letter: Letter, decision: Decision) -> tuple[OutboxRow, ...]:
        """The answer where the message was that is read anew: not where the button was pressed."""
        channel, thread, key = decision.channel, decision.thread, letter.event_id
        if turn.act is None or self._deeds is None:
            return posts(turn.rendered, Address(channel, thread=thread), key=key, clock=self._clock)
        where = {"user": letter.text("user"), "channel": channel, "thread": thread, "talk": thread}
        return await self._deeds.posts(turn.act, Letter(key, "message", where))

    async def _opened(self, letter: Letter) -> ThreadState | None:
        """Parley speaks in this thread from now on, though it is about nothing yet: a follow-up needs no mention."""
        channel, thread = letter.text("channel"), letter.text("talk")

        def known() -> bool:
            with self._transactions.reading() as uow:
                return uow.threads.get(channel, thread) is not None

        if await asyncio.to_thread(known):
            return None
        return ThreadState(channel, thread, None, "", self._clock.now())

    # -------------------------------------------------------------------------------------- home tab

    async def _home(self, letter: Letter) -> Reply:
        asker = await self._asker(letter)
        user = letter.text("user")
        try:
            glance = await self._glance(asker.person, asker.today)
        except NotFound as error:
            glance = home.Glance(name=asker.person.name, unit="", notice=str(error))
        if asker.is_guest:
            glance = home.Glance(name="Welcome", unit="", notice=GUEST_NOTE)
        view = home.home_view(glance, today=asker.today)
        return Reply(posts=(home_post(view, user=user, key=letter.event_id, clock=self._clock),))

    def _prompts(self, letter: Letter) -> OutboxRow:
        prompts: list[Json] = [{"title": title, "message": message} for title, message in PROMPTS]
        body: dict[str, Json] = {
            "channel_id": letter.text("channel"),
            "title": "Ask about the supply rooms",
            "prompts": prompts,
        }
        return outbox_row(
            key=letter.event_id,
            channel=f"prompts:{letter.text('channel')}",
            method="assistant.threads.setSuggestedPrompts",
            body=body,
            clock=self._clock,
        )

    # -------------------------------------------------------------------------------------- who and where

    async def _asker(self, letter: Letter) -> Asker:
        return await asker_of(letter.text("user"), transactions=self._transactions, clock=self._clock)

    @staticmethod
    def _seen_by(letter: Letter, person: Person) -> Person:
        """In a channel everybody reads the answer: there a question sees no more than a technician's would.

        Patients are shown only where the asker alone reads.
        """
        if letter.flag("private") or (letter.text("url") and letter.kind == "command"):
            return person
        return _in_public(person)

    @staticmethod
    def _reply_thread(letter: Letter) -> str:
        return letter.text("thread")

    def _address(self, letter: Letter) -> Address:
        channel, thread, url = letter.text("channel"), letter.text("thread"), letter.text("url")
        if letter.kind == "command":
            return Address(channel, url=url)
        if letter.flag("ephemeral"):
            return Address(channel, url=url, replace=True)
        if letter.kind == "page":
            return Address(channel, update=letter.text("ts"))
        otherwise = url if letter.kind == "shortcut" else ""
        return Address(channel, thread=thread, otherwise=otherwise)

    def _alone(self, letter: Letter) -> Address:
        """To the writer alone. In a thread that has no answer yet Slack shows nobody a message that is theirs alone."""
        thread = letter.text("thread")
        begun = thread if thread != letter.text("ts") else ""
        return Address(
            letter.text("channel"), thread=begun, alone=letter.text("user"), otherwise=letter.text("url")
        )

    async def _direct(self, user: str) -> str:
        """The direct messages of a person. Raises Unavailable where Slack does not answer."""
        try:
            answer = await self._client.conversations_open(users=user)
        except (TimeoutError, SlackApiError, OSError) as error:
            raise Unavailable("Slack does not open the direct messages just now.") from error
        channel = answer.get("channel")
        return str(channel["id"]) if isinstance(channel, dict) else user


def _in_public(person: Person) -> Person:
    return replace(person, role=Role.TECHNICIAN) if person.sees_patients else person


def _decided(token: str, person: Person, *, event_id: str = "", note: str = "") -> Decided:
    return Decided(token, person, _in_public(person), event_id, note)


def _state(state: ThreadState | None, asker: Asker) -> ThreadState | None:
    """A guest has no row of a person to point at."""
    if state is not None and asker.is_guest:
        return replace(state, person_id=None)
    return state


def _with_note(rendered: Rendered, note: str) -> Rendered:
    blocks = rendered.blocks
    if blocks and len(blocks) < 50:
        blocks = (*blocks, context(escape(note)))
    return replace(rendered, text=f"{rendered.text}\n{note}", blocks=blocks)
