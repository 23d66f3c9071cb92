"""The dialogue with eyes: photographs and typed codes beside what it hears, and the buttons of their cards beside those of actions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from bot.dialogue.acting.drafting import Address, Channels, Drafting
from bot.dialogue.acting.finding import Finder
from bot.dialogue.acting.showing import ActViews
from bot.dialogue.acting.turns import Acting, ActTurn, Elsewhere, Form, Pressed, Submitted
from bot.dialogue.photo.captions import caption_of, placeless
from bot.dialogue.photo.listening import Came, Listening
from bot.dialogue.photo.pressing import ENROL, SCAN, Pressing
from bot.dialogue.photo.scans import Gone, Scans
from bot.dialogue.photo.seen import HOW, Seen, Sighted, Typed, sighted, typed_codes
from bot.dialogue.reply import joined
from bot.dialogue.tokens import encode
from bot.dialogue.turn import Chosen, Heard, Turn
from bot.understanding.draft import Draft
from bot.understanding.draft import Verb as Question
from bot.understanding.heard import marked, words_of
from bot.understanding.meaning import Language, Meaning
from bot.understanding.rasa import shortened
from bot.views.acting.shown import Refusal
from bot.views.rendered import Notice, Rendered
from domain.errors import Invalid, InvalidIdentifier, LanguageUnavailable, NotFound, Refused
from domain.model.ids import ItemId
from domain.model.item import IdentifierKind
from domain.model.patient_text import PLAIN, Formats
from domain.model.person import GUEST, Person, Role
from domain.model.scanning import Scan
from domain.ports import CatalogueSearch, Clock, PlaceSearch, ThreadState, Transactions, UnitOfWork, Vault
from domain.usecases.scan.labels import Label
from domain.usecases.scan.matching import State, match


class Talking(Protocol):
    """The dialogue that hears words alone."""

    async def hear(self, heard: Heard) -> Turn: ...

    async def choose(self, chosen: Chosen) -> Turn: ...


@dataclass(frozen=True, slots=True)
class Room:
    """What the dialogue of photographs stands on."""

    transactions: Transactions
    items: CatalogueSearch
    places: PlaceSearch
    vault: Vault
    clock: Clock
    views: ActViews
    channels: Channels
    formats: Formats = PLAIN


class SightedDialogue:
    """``hear`` and ``choose`` as the dialogue, and ``see``. Holds no conversation: scans are rows, so any process may go on."""

    def __init__(self, talk: Talking, language: Language, room: Room) -> None:
        self._talk = talk
        self._language = language
        self._room = room
        finder = Finder(room.items, room.places)
        self._drafting = Drafting(clock=room.clock, vault=room.vault, views=room.views)
        self._scans = Scans(self._drafting, finder)
        self._listening = Listening(self._scans, self._drafting, finder, formats=room.formats)
        self._pressing = Pressing(self._scans, self._drafting, finder, channels=room.channels)

    # ------------------------------------------------------------------------------------------- messages

    async def choose(self, chosen: Chosen) -> Turn:
        return await self._talk.choose(chosen)

    async def hear(self, heard: Heard) -> Turn:
        """Words alone: codes typed among them are read as from a photograph, and what follows a photograph is about it."""
        text = shortened(words_of(heard.text))
        try:
            typed = await asyncio.to_thread(lambda: self._typed(heard, text))
        except InvalidIdentifier as error:
            return Turn(self._notice(f"I can not read that code. {error}"))
        if typed is not None:
            return await self._with_labels(replace(heard, text=typed.rest), Sighted(typed.labels))
        if heard.person.id != GUEST and caption_of(text).verb is not None:
            turn = await self._followed(heard, text)
            if turn is not None:
                return turn
        return await self._talk.hear(heard)

    async def see(self, heard: Heard, seen: Seen) -> Turn:
        """A message with photographs. ``heard.text`` are the words beside them, "" for none."""
        sight = sighted(seen)
        if not sight.labels and not sight.places:
            return await self._unseen(heard, seen, sight)
        turn = await self._with_labels(replace(heard, text=shortened(words_of(heard.text))), sight)
        return self._beside(turn, "\n".join(seen.problems)) if seen.problems else turn

    async def _with_labels(self, heard: Heard, sight: Sighted) -> Turn:
        if heard.person.id == GUEST:
            return await self._for_guest(heard, sight)
        heard = replace(heard, text=placeless(heard.text))
        meaning = await self._meaning(heard.text) if any(map(str.isalnum, heard.text)) else None

        def work() -> Came | Turn:
            with self._room.transactions.begin() as uow:
                try:
                    return self._listening.labels(heard, sight, meaning, uow=uow)
                except (Refused, Invalid, NotFound) as error:
                    return Turn(self._room.views.refusal(Refusal(str(error))), meaning)

        came = await asyncio.to_thread(work)
        if isinstance(came, Turn):
            return came
        if came.nothing:
            return await self._unseen(heard, Seen(), replace(sight, labels=(), foreign=len(sight.labels)))
        if came.gone is None:
            # Words that want something else of these things: answered as if the thread had been about them.
            await asyncio.to_thread(lambda: self._remember(came.state))
            return await self._talk.hear(replace(heard, text=came.words or heard.text))
        return await self._turn(came, heard, meaning)

    async def _followed(self, heard: Heard, text: str) -> Turn | None:
        said = replace(heard, text=text)

        def cheap() -> bool:
            with self._room.transactions.reading() as uow:
                return self._listening.follows(said, uow=uow) is not None

        if not await asyncio.to_thread(cheap):
            return None
        meaning = await self._meaning(text)

        def work() -> Came | Turn | None:
            with self._room.transactions.begin() as uow:
                try:
                    return self._listening.follow(said, meaning, uow=uow)
                except (Refused, Invalid, NotFound) as error:
                    return Turn(self._room.views.refusal(Refusal(str(error))), meaning)

        came = await asyncio.to_thread(work)
        if came is None or isinstance(came, Turn):
            return came
        return await self._turn(came, said, meaning)

    async def _turn(self, came: Came, heard: Heard, meaning: Meaning | None) -> Turn:
        gone = came.gone
        if gone is None or (gone.turn is None and gone.asks is None):
            raise ValueError("A scan came to nothing.")
        if gone.asks is not None:
            return await self._talk.choose(
                Chosen(encode(gone.asks.draft), 0, heard.person, heard.channel, heard.thread, heard.event_id)
            )
        assert gone.turn is not None  # noqa: S101 - one of both, as the condition above says
        return Turn(gone.turn.rendered, meaning, state=came.state, act=gone.turn)

    async def _meaning(self, text: str) -> Meaning:
        """The words as the model labels them; bare where it does not answer: tables read them then."""
        try:
            meaning = await self._language.parse(text)
        except LanguageUnavailable:
            meaning = Meaning(text, "out_of_scope", 0.0)
        return marked(meaning, formats=self._room.formats)

    def _typed(self, heard: Heard, text: str) -> Typed | None:
        """Codes in the words. Digits alone are a code where the catalogue has them, or where there is nothing else."""
        with self._room.transactions.reading() as uow:
            today = self._drafting.today(heard.person, uow=uow)
            found = typed_codes(text, today=today)
            if found is None:
                return None
            bare = [label for label in found.labels if _is_bare(label, text)]
            if bare and not all(self._known(label, uow) for label in bare):
                return None
            return found

    @staticmethod
    def _known(label: Label, uow: UnitOfWork) -> bool:
        return match(label, uow=uow).state is not State.UNKNOWN

    def _remember(self, state: ThreadState | None) -> None:
        if state is None:
            return
        with self._room.transactions.begin() as uow:
            uow.threads.put(state)
            uow.commit()

    # ------------------------------------------------------------------------------------------ no labels

    async def _unseen(self, heard: Heard, seen: Seen, sight: Sighted) -> Turn:
        """Nothing could be read: what was seen and how to take a better picture; the words are answered all the same."""
        if seen.problems and not seen.pictures:
            text = "\n".join(seen.problems)
        elif sight.foreign:
            what = "a code" if sight.foreign == 1 else f"{sight.foreign} codes"
            text = f"I see {what}, but none of a product that I know. {HOW}"
        else:
            several = len(seen.pictures) > 1
            text = f"I find no code in {'these photographs' if several else 'this photograph'} that I can read. {HOW}"
        if len(heard.text.split()) < 2:
            return Turn(self._notice(text))
        return self._beside(await self._talk.hear(heard), text)

    def _beside(self, turn: Turn, text: str) -> Turn:
        rendered = joined(self._notice(text), turn.rendered)
        act = (
            None
            if turn.act is None
            else replace(turn.act, rendered=joined(self._notice(text), turn.act.rendered))
        )
        return replace(turn, rendered=rendered, act=act)

    async def _for_guest(self, heard: Heard, sight: Sighted) -> Turn:
        """Who is not on the staff list is told where the things are; nothing is kept."""

        def items() -> tuple[ItemId, ...]:
            with self._room.transactions.reading() as uow:
                found = [match(label, uow=uow).fit for label in sight.labels]
                return tuple(dict.fromkeys(fit.item_id for fit in found if fit is not None))

        known = await asyncio.to_thread(items)
        if not known:
            return Turn(self._notice("I do not know this code."))
        token = encode(_find(known))
        return await self._talk.choose(
            Chosen(token, 0, heard.person, heard.channel, heard.thread, heard.event_id)
        )

    def _notice(self, text: str) -> Rendered:
        return self._room.views.notice(Notice(text))

    # --------------------------------------------------------------------------------------------- presses

    async def press(self, pressed: Pressed) -> ActTurn:
        """A button of a photograph's card, or below a proposal."""
        at = _address(pressed)

        def work() -> tuple[ActTurn | None, Gone | None, Scan | None]:
            with self._room.transactions.begin() as uow:
                try:
                    if pressed.subject.startswith(ENROL):
                        return self._pressing.decided(pressed, at=at, uow=uow)
                    return None, self._pressing.pressed(pressed, at=at, uow=uow), None
                except (Refused, Invalid, NotFound) as error:
                    return ActTurn(self._room.views.refusal(Refusal(str(error))), alone=True), None, None

        turn, gone, scan = await asyncio.to_thread(work)
        if turn is not None:
            told = (
                ()
                if gone is None or scan is None
                else await self._resumed(gone, scan, once=f"{pressed.subject}:resumed")
            )
            return replace(turn, told=(*turn.told, *told))
        assert gone is not None  # noqa: S101 - a scan's press comes to something or raises
        return await self._answered(gone, pressed)

    async def _answered(self, gone: Gone, pressed: Pressed | Submitted) -> ActTurn:
        if gone.turn is not None:
            return gone.turn
        assert gone.asks is not None  # noqa: S101 - one of both
        turn = await self._talk.choose(
            Chosen(
                encode(gone.asks.draft), 0, pressed.person, pressed.channel, pressed.thread, pressed.event_id
            )
        )
        return ActTurn(turn.rendered, replaces=pressed.message)

    async def _resumed(self, gone: Gone, scan: Scan, *, once: str) -> tuple[Elsewhere, ...]:
        """What the scan that waited came to, in its own thread; posted once, however often it is worked on."""
        key = f"resumed:{scan.id}"
        if gone.turn is not None:
            turn = gone.turn
            own = Elsewhere(
                scan.channel, turn.rendered, scan.thread, key=key, card_of=turn.card_of, once=once
            )
            return (own, *turn.told)
        if gone.asks is None:
            return ()
        people = await asyncio.to_thread(lambda: self._person(scan))
        answer = await self._talk.choose(
            Chosen(encode(gone.asks.draft), 0, people, scan.channel, scan.thread, f"{key}:{scan.version}")
        )
        return (Elsewhere(scan.channel, answer.rendered, scan.thread, key=key, once=once),)

    def _person(self, scan: Scan) -> Person:
        """In a channel no more is shown than everybody may see."""
        with self._room.transactions.reading() as uow:
            person = uow.people.get(scan.person_id)
        return person if scan.private else replace(person, role=Role.TECHNICIAN)

    async def form(self, pressed: Pressed) -> Form:
        def work() -> Form:
            with self._room.transactions.reading() as uow:
                return self._pressing.form(pressed, uow=uow)

        return await asyncio.to_thread(work)

    async def check(self, submitted: Submitted) -> Mapping[str, str]:
        def work() -> Mapping[str, str]:
            with self._room.transactions.reading() as uow:
                return self._pressing.check(submitted, uow=uow)

        return await asyncio.to_thread(work)

    async def submit(self, submitted: Submitted) -> ActTurn:
        at = _address(submitted)

        def work() -> Gone | ActTurn:
            with self._room.transactions.begin() as uow:
                try:
                    return self._pressing.submitted(submitted, at=at, uow=uow)
                except (Refused, Invalid, NotFound) as error:
                    return ActTurn(self._room.views.refusal(Refusal(str(error))), alone=True)

        gone = await asyncio.to_thread(work)
        return gone if isinstance(gone, ActTurn) else await self._answered(gone, submitted)


class SightedActing:
    """``turns.Acting`` with the cards of photographs: what is pressed below them goes to ``sight``, all else to ``acts``."""

    def __init__(self, acts: Acting, sight: SightedDialogue) -> None:
        self._acts = acts
        self._sight = sight

    async def hear(self, heard: Heard, meaning: Meaning) -> ActTurn | None:
        return await self._acts.hear(heard, meaning)

    async def press(self, pressed: Pressed) -> ActTurn:
        return await (self._sight if _ours(pressed.subject) else self._acts).press(pressed)

    async def form(self, pressed: Pressed) -> Form:
        return await (self._sight if _ours(pressed.subject) else self._acts).form(pressed)

    async def check(self, submitted: Submitted) -> Mapping[str, str]:
        return await (self._sight if _ours(submitted.subject) else self._acts).check(submitted)

    async def submit(self, submitted: Submitted) -> ActTurn:
        return await (self._sight if _ours(submitted.subject) else self._acts).submit(submitted)


def _ours(subject: str) -> bool:
    return subject.startswith((SCAN, ENROL))


def _is_bare(label: Label, text: str) -> bool:
    """Typed as digits and nothing that marks a code."""
    return label.kind is IdentifierKind.GTIN and "(01)" not in text.replace(" ", "") and "/01/" not in text


def _find(items: tuple[ItemId, ...]) -> Draft:
    return Draft(Question.FIND, items)


def _address(of: Pressed | Submitted) -> Address:
    return Address(of.channel, of.thread, of.person, of.event_id, of.private)
