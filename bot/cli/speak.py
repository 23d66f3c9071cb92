"""``parley speak``: what is said in sound files."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

from bot.bootstrap.house import House, open_house
from bot.bootstrap.language import KeptLanguage, open_language
from bot.bootstrap.voice import Ears
from bot.cli.ask import entities_of
from bot.cli.common import read_settings, said_plainly, tell
from bot.settings import Settings
from domain.errors import InvalidClip, LanguageUnavailable, StoreUnavailable

type Line = dict[str, object]


def speak(paths: list[Path], *, as_json: bool, plain: bool) -> None:
    """A file that can not be heard does not stop the others."""
    with said_plainly():
        settings = read_settings(quiet=True)
        asyncio.run(_speak(settings, paths, as_json=as_json, plain=plain))


async def _speak(settings: Settings, paths: list[Path], *, as_json: bool, plain: bool) -> None:
    house = None if plain else _house(settings)
    ears = Ears(settings, transactions=None if house is None else house.transactions)
    await ears.start()
    try:
        async with open_language(settings, progress=tell) as language:
            await language.ready()
            for path in paths:
                line = await _heard(path, ears=ears, language=language)
                if as_json:
                    print(json.dumps(line, ensure_ascii=False), flush=True)
                else:
                    said = line.get("problem") or f"“{line['transcript']}”  [{line['intent']}]"
                    print(f"{path}: {said}", flush=True)
    finally:
        await ears.stop()


def _house(settings: Settings) -> House | None:
    """Without a database the clips are heard all the same."""
    try:
        return open_house(settings)
    except (StoreUnavailable, OSError) as error:
        tell(f"  no catalogue helps to hear: {error}")
        return None


async def _heard(path: Path, *, ears: Ears, language: KeptLanguage) -> Line:
    begun = time.perf_counter()
    line: Line = {
        "path": str(path),
        "transcript": "",
        "seconds": 0.0,
        "ms": 0.0,
        "intent": None,
        "entities": [],
    }
    try:
        data = await asyncio.to_thread(path.read_bytes)
        spoken = await ears.hear(data)
    except OSError as error:
        return {**line, "problem": f"The file can not be read: {error.strerror}."}
    except InvalidClip as error:
        return {**line, "problem": str(error)}
    said = spoken.understood
    line |= {
        "transcript": said.text,
        "seconds": spoken.transcript.seconds,
        "heard": said.heard,
        "sure": said.sure,
    }
    if said.text:
        try:
            meaning = await language.parse(said.text)
            line |= {"intent": meaning.intent, "entities": entities_of(meaning)}
        except LanguageUnavailable as error:
            line["problem"] = str(error)
    else:
        line["problem"] = "Nobody speaks in this clip."
    return {**line, "ms": round((time.perf_counter() - begun) * 1000, 1)}
