"""Spoken answers: for whom they are wanted, and the clip that goes with an answer."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Final, Protocol

import structlog

from bot.letters import Letter
from bot.views.aloud import aloud
from bot.views.rendered import Attachment, Notice, Rendered
from domain.errors import Unavailable
from domain.ports import Clock, Transactions

log = structlog.get_logger(__name__)

_ORDER: Final = re.compile(
    r"(?:please )?(?:(?P<stop>stop (?:speaking|talking|reading aloud)|read(?: answers)? aloud off|voice off)|"
    r"(?P<start>speak to me|(?:start )?read(?:ing)?(?: answers)? aloud(?: on)?|voice on))(?P<here> here| in this channel)?[.!]?",
    re.IGNORECASE,
)
NO_VOICE: Final = "Spoken answers are not set up here. Whoever runs Parley can set PARLEY_VOICE."
_SAID: Final = {
    (
        True,
        False,
    ): "From now on I answer your clips aloud too. Say “stop speaking” when you have heard enough.",
    (True, True): "From now on I answer clips in this channel aloud too. Say “stop speaking here” to end it.",
    (False, False): "I answer your clips in writing only.",
    (False, True): "I answer clips in this channel in writing only.",
}


class Clip(Protocol):
    @property
    def data(self) -> bytes: ...

    @property
    def seconds(self) -> float: ...


class Speaking(Protocol):
    async def speak(self, text: str) -> Clip:
        """Raises Unavailable."""
        ...


class Aloud:
    """``voice`` None: nobody set one up."""

    def __init__(self, voice: Speaking | None, *, transactions: Transactions, clock: Clock) -> None:
        self._voice = voice
        self._transactions = transactions
        self._clock = clock

    async def order(self, letter: Letter) -> Notice | None:
        """What is said to "speak to me" and "stop speaking", which it does; None for any other message."""
        found = _ORDER.fullmatch(letter.text("text").strip())
        if found is None:
            return None
        if self._voice is None:
            return Notice(NO_VOICE)
        wanted, here = found["start"] is not None, found["here"] is not None
        reader = letter.text("channel") if here else letter.text("user")

        def write() -> None:
            with self._transactions.begin() as uow:
                uow.read_aloud.put(reader, wanted=wanted, now=self._clock.now())
                uow.commit()

        await asyncio.to_thread(write)
        return Notice(_SAID[wanted, here])

    async def with_voice(self, rendered: Rendered, letter: Letter, *, action: bool) -> Rendered:
        """The answer with its clip, where the asker or the channel wants it. A voice that fails keeps no answer back."""
        if self._voice is None or not await asyncio.to_thread(self._wanted, letter):
            return rendered
        text = aloud(rendered.text, action=action)
        if not text:
            return rendered
        try:
            clip = await self._voice.speak(text)
        except Unavailable as error:
            log.warning("an answer could not be spoken", reason=str(error))
            return rendered
        spoken = Attachment("answer.m4a", "The answer, spoken", clip.data, text)
        return replace(rendered, attachments=(*rendered.attachments, spoken))

    def _wanted(self, letter: Letter) -> bool:
        with self._transactions.reading() as uow:
            return uow.read_aloud.wanted((letter.text("user"), letter.text("channel")))
