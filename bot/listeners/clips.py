"""Clips of a message: fetched, heard, forgotten; from then on their words are the message's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.letters import Letter
from bot.listeners.fetching import (
    FETCH_SECONDS,
    MOST_BYTES,
    Fetcher,
    File,
    NotFetchedError,
    files_of,
    kept_files,
    wanted,
)
from bot.views.rendered import Json
from domain.errors import InvalidClip, Unavailable
from domain.model.ids import PlaceId
from domain.model.person import Person

log = structlog.get_logger(__name__)

MOST_CLIPS: Final = 3
NOTHING_SAID: Final = (
    "I heard no words in that clip. Please hold the phone nearer and say it again, or type it."
)
NOT_YET: Final = "Slack is still writing down what you said."
NO_TRANSCRIPT: Final = (
    "I can't listen to clips here, and Slack wrote nothing down for this one. Please type what you need."
)
OTHER_LANGUAGE: Final = (
    "I heard another language than English in that clip. Please say it in English, or type it."
)
_SOUND_TYPES: Final = frozenset({"m4a", "mp3", "wav", "ogg", "webm", "flac", "aac"})
_VTT_TIME: Final = "-->"


def _is_clip(file: File) -> bool:
    """Slack's own clips say so; their content type may be that of a film, or missing."""
    kind = str(file.get("mimetype") or "")
    if file.get("subtype") == "slack_audio" or kind.startswith("audio/"):
        return True
    return not kind and str(file.get("filetype") or "").casefold() in _SOUND_TYPES


CLIP: Final = wanted(
    "clip",
    _is_clip,
    other=("text/html", "image/", "application/json", "application/pdf"),
    kinds="m4a, mp4, webm, ogg, mp3 or wav",
    smaller="Please say it shorter.",
)
_WORDS: Final = wanted(
    "transcript",
    lambda _: True,
    other=("image/", "audio/", "video/"),
    kinds="text",
    smaller="Please say it shorter.",
)


def clips_of(event: File) -> list[Json]:
    """What a letter keeps of a message's clips, with the state of Slack's own transcript."""
    found = files_of({"files": _clips_only(event)}, CLIP)[:MOST_CLIPS]
    for kept, file in zip(found, _clips_only(event), strict=False):
        if isinstance(kept, dict):
            kept.update(_transcription(file))
    return found


def _transcription(file: File) -> dict[str, Json]:
    """What Slack says of its own transcript."""
    told = file.get("transcription")
    told = told if isinstance(told, dict) else {}
    preview = told.get("preview")
    preview = preview if isinstance(preview, dict) else {}
    return {
        "status": str(told.get("status") or ""),
        "preview": str(preview.get("content") or ""),
        "more": preview.get("has_more") is True,
        "vtt": str(file.get("vtt") or ""),
    }


def _clips_only(event: File) -> list[Mapping[str, Any]]:
    return [each for each in event.get("files") or [] if isinstance(each, dict) and _is_clip(each)]


@dataclass(frozen=True, slots=True)
class Words:
    """What a clip says. ``changed`` are stretches that the catalogue set right."""

    text: str
    sure: bool
    language: str = ""


class Hearing(Protocol):
    """What hears; None of it in the process of the bot."""

    async def words(self, data: bytes, *, unit: PlaceId | None, topic: Sequence[str] = ()) -> Words:
        """Raises InvalidClip; Unavailable where trying later helps."""
        ...

    async def learn(self, heard: str, meant: str, *, now: datetime) -> None:
        """A person set these words right: the names that were misheard are remembered."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """The message's own words with those of its clips behind; or ``problem``, the sentence why there are none."""

    text: str = ""
    sure: bool = True
    problem: str = ""


class Clips:
    """Fetches and hears. ``hearing`` None: Slack's own transcript is used where there is one. Logs counts only."""

    def __init__(
        self,
        hearing: Hearing | None,
        client: AsyncWebClient,
        *,
        language: str = "en",
        most_bytes: int = MOST_BYTES,
        seconds: float = FETCH_SECONDS,
    ) -> None:
        self._hearing = hearing
        self._language = language
        self._fetcher = Fetcher(client, CLIP, most_bytes=most_bytes, seconds=seconds)
        self._written = Fetcher(client, _WORDS, most_bytes=1_000_000, seconds=seconds)

    async def listen(self, letter: Letter, *, speaker: Person) -> Said:
        """Raises Unavailable where Slack or the engine do not answer now: the inbox tries again."""
        files = letter.payload.get("clips")
        heard: list[str] = []
        sure = True
        for number, kept in enumerate(kept_files(letter, "clips")):
            told = files[number] if isinstance(files, list) else None
            told = told if isinstance(told, dict) else {}
            try:
                if self._hearing is None:
                    words = Words(await self._transcript(told, kept.id), sure=True)
                else:
                    data = await self._fetcher.fetched(kept)
                    words = await self._hearing.words(data, unit=speaker.home_place_id)
            except (NotFetchedError, InvalidClip) as error:
                return Said(problem=str(error))
            if words.language and words.language != self._language:
                return Said(problem=OTHER_LANGUAGE)
            heard.append(words.text)
            sure = sure and words.sure
        text = " ".join(filter(None, (letter.text("text"), *heard)))
        log.info("clips heard", clips=len(heard), words=len(text.split()), sure=sure)
        if not any(heard):
            return Said(problem=NOTHING_SAID)
        return Said(text, sure)

    async def learn(self, heard: str, meant: str, *, now: datetime) -> None:
        if self._hearing is not None:
            await self._hearing.learn(heard, meant, now=now)

    async def _transcript(self, told: Mapping[str, Json], file_id: str) -> str:
        """What Slack wrote down: the beginning comes with the file, the whole lies at an address of its own."""
        if told.get("status") != "complete":
            # The event was sent before Slack had listened: the file knows better now.
            told = _transcription(await self._fetcher.described(file_id))
        if told.get("status") == "processing":
            raise Unavailable(NOT_YET)
        if told.get("status") != "complete":
            raise NotFetchedError(NO_TRANSCRIPT)
        address = told.get("vtt")
        if told.get("more") is True and isinstance(address, str) and address:
            return said_in(await self._written.at(address))
        return str(told.get("preview") or "")


def said_in(vtt: bytes) -> str:
    """The words of a WebVTT file: without its head, its times, the numbers of its cues, and marks of speakers."""
    lines = vtt.decode("utf-8", "replace").lstrip("\ufeff").splitlines()
    said: list[str] = []
    for index, line in enumerate(lines):
        bare = line.strip()
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if (
            not bare
            or bare.startswith(("WEBVTT", "NOTE", "STYLE"))
            or _VTT_TIME in bare
            or _VTT_TIME in following
        ):
            continue
        said.append(_without_marks(bare).removeprefix("- "))
    return " ".join(said)


def _without_marks(line: str) -> str:
    made, inside = [], False
    for character in line:
        if character == "<":
            inside = True
        elif character == ">" and inside:
            inside = False
        elif not inside:
            made.append(character)
    return "".join(made).strip()
