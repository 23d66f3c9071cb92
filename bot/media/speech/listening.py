"""The pool that hears: clips are decoded and heard in a process of their own, with a deadline."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from bot.media.pool import Pool, Sentences
from bot.media.speech.transcript import Transcript
from bot.media.speech.wire import request, unpacked
from domain.errors import InvalidClip

MEGABYTES: Final = 6_000
"""Address space: the engine maps far more than the 300 MB that it uses."""
BUDGET: Final = 90.0
"""Seconds for two minutes of speech on one busy core."""
_SENTENCES: Final = Sentences(
    closed="Parley is not listening to clips now. Try again in a minute.",
    busy="Parley is listening to many clips right now. Post it again in a minute, or type it.",
    failing="Listening to clips fails again and again; Parley rests a minute. Please type what you need.",
    away="Parley can not listen to clips now. Please type what you need.",
    gave_up="Parley could not get through this clip and gave up. Please record it again, or type what you need.",
)


class ClipListener(Pool[Transcript]):
    """``hear`` raises InvalidClip; Unavailable where trying later helps. One clip at a time: an engine uses all its threads."""

    def __init__(
        self,
        model: Path | str,
        *,
        threads: int,
        language: str = "en",
        waiting: int = 20,
        budget: float = BUDGET,
    ) -> None:
        command = (
            sys.executable, "-m", "bot.media.speech.worker", str(model), str(threads), language, str(MEGABYTES),
        )  # fmt: skip
        super().__init__(
            command, unpack=unpacked, refuse=InvalidClip, sentences=_SENTENCES,
            size=1, waiting=waiting, budget=budget, grace=10.0,
        )  # fmt: skip

    async def hear(self, clip: bytes, *, prompt: str) -> Transcript:
        return await self.read(request(clip, prompt=prompt))
