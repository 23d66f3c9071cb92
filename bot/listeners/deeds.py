"""What becomes of a pressed button and a sent form: the acting half of the dialogue is asked, its answer made into posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.dialogue.acting.turns import NOT_STAFF, Acting, ActTurn, Elsewhere, Form, Press, Pressed, Submitted
from bot.letters import Letter, Reply
from bot.listeners.people import asker_of
from bot.listeners.posts import Address, posts
from bot.views.rendered import Rendered
from domain.errors import NotPermitted, Unavailable
from domain.model.person import Person
from domain.ports import Clock, OutboxRow, Transactions


class Deeds:
    """Between the letters and ``Acting``. It keeps nothing."""

    def __init__(
        self, *, acting: Acting, transactions: Transactions, clock: Clock, client: AsyncWebClient
    ) -> None:
        self._acting = acting
        self._transactions = transactions
        self._clock = clock
        self._client = client

    async def form(self, letter: Letter) -> Form:
        """The form that a press opens. Raises errors of the one tree."""
        return await self._acting.form(_pressed(letter, await self._person(letter)))

    async def check(self, letter: Letter) -> Mapping[str, str]:
        """What is wrong with a sent form, by block id."""
        return await self._acting.check(_submitted(letter, await self._person(letter)))

    async def press(self, letter: Letter) -> Reply:
        """A pressed button of a card. Raises errors of the one tree: their sentence is the answer."""
        turn = await self._acting.press(_pressed(letter, await self._person(letter)))
        return Reply(posts=await self.posts(turn, letter))

    async def submit(self, letter: Letter) -> Reply:
        """A sent form."""
        turn = await self._acting.submit(_submitted(letter, await self._person(letter)))
        return Reply(posts=await self.posts(turn, letter))

    async def _person(self, letter: Letter) -> Person:
        asker = await asker_of(letter.text("user"), transactions=self._transactions, clock=self._clock)
        if asker.is_guest:
            raise NotPermitted(NOT_STAFF)
        return asker.person

    # -------------------------------------------------------------------------------------- where it goes

    async def posts(
        self, turn: ActTurn, letter: Letter, *, rendered: Rendered | None = None
    ) -> tuple[OutboxRow, ...]:
        """The rows of a turn: its own message first, then what is told elsewhere. ``rendered`` stands in for the turn's own."""
        key = letter.event_id
        facility = ""
        if any(told.card_of.startswith(("requisition:", "purchase:")) for told in turn.told):
            facility = str((await self._person(letter)).facility_id)
        address = _address(turn, letter)
        shown = turn.rendered if rendered is None else rendered
        if address.url and shown.attachments:
            address = replace(address, files=await self._direct(letter.text("user")))
        rows = posts(shown, address, key=key, clock=self._clock)
        for number, told in enumerate(turn.told):
            there = await self._there(told, facility)
            name = f"{told.once or key}:told:{told.key or number}"
            rows += posts(told.rendered, there, key=name, clock=self._clock)
        return rows

    async def _there(self, told: Elsewhere, facility: str) -> Address:
        channel = told.channel
        if channel[:1] in ("U", "W"):
            channel = await self._direct(channel)
        kind, _, number = told.card_of.partition(":")
        card = f"{kind}:{facility}:{number}" if number else told.card_of
        return Address(
            channel, thread=told.thread, update=told.message, anew=bool(told.message), card_of=card
        )

    async def _direct(self, user: str) -> str:
        """The direct messages of a person. Raises Unavailable where Slack does not answer."""
        try:
            answer = await self._client.conversations_open(users=user)
        except (TimeoutError, SlackClientError, OSError) as error:
            raise Unavailable("Slack does not open the direct messages just now.") from error
        channel = answer.get("channel")
        return str(channel["id"]) if isinstance(channel, dict) else user


def _address(turn: ActTurn, letter: Letter) -> Address:
    """In place of a card, to the person alone, or into the thread.

    What stands on a message that only its reader sees is reached by the address that Slack gave with the press, nothing else.
    """
    channel, thread, url = letter.text("channel"), letter.text("thread"), letter.text("url")
    unseen = letter.flag("ephemeral") or (letter.kind == "command" and bool(url))
    if turn.replaces and not (unseen and turn.replaces == letter.text("ts")):
        return Address(channel, thread=thread, update=turn.replaces, anew=True)
    if unseen:
        return Address(channel, url=url, replace=bool(turn.replaces))
    if turn.alone and not channel.startswith("D"):
        # In a thread that has no answer yet Slack shows nobody a message that is theirs alone.
        begun = thread if thread != letter.text("ts") or letter.kind in ("press", "formed") else ""
        return Address(channel, thread=begun, alone=letter.text("user"), otherwise=url)
    otherwise = url if letter.kind == "shortcut" else ""
    return Address(channel, thread=thread, otherwise=otherwise, card_of=turn.card_of)


def _pressed(letter: Letter, person: Person) -> Pressed:
    return Pressed(
        press=Press(letter.text("press")),
        subject=letter.text("subject"),
        version=letter.number("version"),
        choice=letter.text("choice"),
        person=person,
        channel=letter.text("channel"),
        thread=letter.text("talk"),
        message=letter.text("ts"),
        private=letter.flag("private"),
        event_id=letter.event_id,
    )


def _submitted(letter: Letter, person: Person) -> Submitted:
    values = letter.payload.get("values")
    return Submitted(
        form=letter.text("form"),
        subject=letter.text("subject"),
        version=letter.number("version"),
        values={name: value for name, value in values.items() if isinstance(value, str)}
        if isinstance(values, dict)
        else {},
        person=person,
        channel=letter.text("channel"),
        thread=letter.text("talk"),
        message=letter.text("ts"),
        private=letter.flag("private"),
        event_id=letter.event_id,
    )
