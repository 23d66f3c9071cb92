"""What is heard of ``spoken.tsv``: ``python -m bench.spoken --clips FOLDER [--noise 20 10]``.

FOLDER holds 000.wav, 001.wav ... in the order of the file's lines, as ``python -m bench.voices`` makes them. Each sentence is heard
four times over: typed (the language model alone: what can be had), by faster-whisper as it comes, by it with the hospital's names
as a prompt, and as Parley hears. Ward noise (six voices at once, pink noise, a monitor's beep) is mixed in at the given ratios.

Counted: word error rate after both sides are written alike; item, quantity and place found (the item's product line, the place
itself); intent right; seconds of one core a second of speech; memory. Needs the demo hospital in the database of the settings.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import re
import resource
import time
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.bootstrap.house import House, open_house
from bot.bootstrap.language import KeptLanguage, open_language
from bot.bootstrap.voice import Ears, model_of
from bot.media.speech.clips import RATE, Clip, open_clip
from bot.media.speech.whisper import Whisper
from bot.settings import Settings
from bot.understanding.hearing.choosing import understood
from bot.understanding.hearing.prompting import prompt_of
from bot.understanding.meaning import Meaning
from bot.understanding.spoken import digits_for_words

SENTENCES = Path(__file__).with_name("spoken.tsv")
MODES = ("typed", "plain", "prompted", "parley")


@dataclass(frozen=True, slots=True)
class Sentence:
    said: str
    intent: str
    item: str
    quantity: str
    place: str


@dataclass(slots=True)
class Tally:
    errors: int = 0
    words: int = 0
    intents: int = 0
    sentences: int = 0
    items: list[int] = field(default_factory=lambda: [0, 0])
    quantities: list[int] = field(default_factory=lambda: [0, 0])
    places: list[int] = field(default_factory=lambda: [0, 0])


def sentences() -> list[Sentence]:
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [Sentence(*line.split("|")) for line in lines if line and not line.startswith("#")]


# ------------------------------------------------------------------------------------------------ writing alike


def alike(text: str) -> str:
    """Both sides in one spelling: figures for words, letters that are spelled joined, no marks."""
    text = text.casefold().replace("&", " and ").replace("½", " and a half").replace("labour", "labor")
    text = re.sub(r"\b([a-z])\.(?=[a-z]\b)", r"\1", text)
    text = re.sub(r"[^a-z0-9. ]", " ", text)
    text = re.sub(r"(?<!\d)\.|\.(?!\d)", " ", text)
    text = digits_for_words(" ".join(re.sub(r"\band a half\b", "point five", text).split()))
    text = re.sub(r"(\d) point (\d)", r"\1.\2", text)
    text = re.sub(r"(\d) \.?point 5\b", r"\1.5", text)
    text = re.sub(r"\b(?:[a-z0-9] )+[a-z0-9]\b", lambda found: found[0].replace(" ", ""), text)
    return re.sub(r"\b(\d+)(fr|cc|ml|ga)\b", r"\1 \2", text).strip()


def word_errors(said: str, heard: str) -> tuple[int, int]:
    """Substitutions, insertions and deletions; and the words that were said."""
    first, second = said.split(), heard.split()
    row = list(range(len(second) + 1))
    for i, word in enumerate(first, 1):
        before, row[0] = row[:], i
        for j, other in enumerate(second, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (word != other))
    return row[-1], len(first)


# --------------------------------------------------------------------------------------------------- ward noise


def with_noise(clips: Sequence[NDArray[np.float32]], *, ratio: int) -> list[NDArray[np.float32]]:
    """Each clip in a ward, ``ratio`` decibels above it; the same noise for the same clips."""
    chance = np.random.default_rng(7)
    voices = np.concatenate(clips)
    made = []
    for clip in clips:
        speech = np.concatenate([np.zeros(RATE // 4, np.float32), clip, np.zeros(RATE // 3, np.float32)])
        length = len(speech)
        starts = chance.integers(len(voices) - length, size=6)
        babble = np.sum([voices[s : s + length] * chance.uniform(0.4, 1.0) for s in starts], axis=0)
        spectrum = np.fft.rfft(chance.standard_normal(length))
        pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), length)
        times = np.arange(length) / RATE
        beep = np.sin(2 * np.pi * 960 * times) * (times % 1.1 < 0.12)
        noise = 0.8 * babble / babble.std() + 0.8 * pink / pink.std() + 0.7 * beep
        noise *= clip.std() / noise.std() * 10 ** (-ratio / 20)
        loud = speech + noise
        made.append((loud / np.abs(loud).max() * 0.9).astype(np.float32))
    return made


def as_wav(samples: NDArray[np.float32]) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32_767).astype(np.int16).tobytes())
    return out.getvalue()


# ----------------------------------------------------------------------------------------------------- judging


class Judge:
    """Whether what was heard leads to the item, the quantity and the place that were said."""

    def __init__(self, house: House, language: KeptLanguage) -> None:
        self._house = house
        self._language = language

    async def judge(self, sentence: Sentence, heard: str, tally: Tally) -> None:
        errors, words = word_errors(alike(sentence.said), alike(heard))
        tally.errors, tally.words, tally.sentences = (
            tally.errors + errors,
            tally.words + words,
            tally.sentences + 1,
        )
        meaning = await self._language.parse(heard) if heard else Meaning("", "out_of_scope", 0.0)
        tally.intents += meaning.intent == sentence.intent
        if sentence.item:
            wanted_line = self._families(sentence.item)[:1]
            _count(tally.items, bool(wanted_line) and wanted_line[0] in self._heard_families(meaning))
        if sentence.quantity:
            said = {digits_for_words(each.casefold()) for each in meaning.values("quantity")}
            _count(
                tally.quantities,
                sentence.quantity in said or (sentence.quantity == "1" and said <= {"a", "1"}),
            )
        if sentence.place:
            wanted = self._place(sentence.place)
            _count(tally.places, any(self._place(each) == wanted for each in meaning.values("location")))

    def _families(self, text: str) -> list[str]:
        """Product lines of what is found, best first."""
        hits = self._house.items.find(text).hits
        with self._house.transactions.reading() as uow:
            items = uow.catalogue.many([hit.item_id for hit in hits])
        return [items[hit.item_id].family for hit in hits]

    def _heard_families(self, meaning: Meaning) -> set[str]:
        sizes = " ".join(meaning.values("size"))
        found: list[str] = []
        for each in meaning.values("item"):
            found += self._families(f"{sizes} {each}".strip())
        return set(found)

    def _place(self, text: str) -> int:
        hits = self._house.places.find(text).hits
        return int(hits[0].place_id) if hits else 0


def _count(into: list[int], right: bool) -> None:
    into[0] += right
    into[1] += 1


# --------------------------------------------------------------------------------------------------------- run


async def run(folder: Path, *, noise: Sequence[int]) -> None:
    settings = Settings.read()
    house = open_house(settings)
    listed = sentences()
    files = [folder / f"{number:03d}.wav" for number in range(len(listed))]
    clean = [open_clip(file.read_bytes()).samples for file in files]
    engine = Whisper(model_of(settings), threads=1)
    lexicon, names = Ears(settings, transactions=house.transactions).told(None)
    prompt = prompt_of(names, lexicon.places)
    conditions = {"clean": clean} | {f"{ratio} dB": with_noise(clean, ratio=ratio) for ratio in noise}
    rows: list[str] = []
    async with open_language(settings, progress=print) as language:
        await language.ready()
        judge = Judge(house, language)
        typed = Tally()
        for sentence in listed:
            await judge.judge(sentence, alike(sentence.said), typed)
        rows.append(_row("typed", "", typed, 0.0))
        for condition, clips in conditions.items():
            tallies = {mode: Tally() for mode in MODES[1:]}
            spent = dict.fromkeys(MODES[1:], 0.0)
            for sentence, samples in zip(listed, clips, strict=True):
                clip = Clip(samples)
                begun = time.process_time()
                bare = engine.hear(clip, hypotheses=5).text
                spent["plain"] += time.process_time() - begun
                begun = time.process_time()
                told = engine.hear(clip, prompt=prompt)
                spent["prompted"] += time.process_time() - begun
                windows = [[(each.text, each.score) for each in window] for window in told.windows]
                begun = time.process_time()
                parley = understood(windows, terms=lexicon.terms, learnt=lexicon.learnt).text
                spent["parley"] += time.process_time() - begun
                for mode, heard in (("plain", bare), ("prompted", told.text), ("parley", parley)):
                    await judge.judge(sentence, heard, tallies[mode])
            spent["parley"] += spent["prompted"]
            seconds = sum(map(len, clips)) / RATE
            rows += [_row(mode, condition, tallies[mode], spent[mode] / seconds) for mode in tallies]
    print(f"{len(listed)} sentences, {sum(map(len, clean)) / RATE:.0f} s of speech")
    print("| heard | noise | WER | item | quantity | place | intent | s of a core a s of speech |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _row(mode: str, condition: str, tally: Tally, factor: float) -> str:
    def share(pair: list[int]) -> str:
        return f"{100 * pair[0] / pair[1]:.1f}" if pair[1] else "-"

    return (
        f"| {mode} | {condition} | {100 * tally.errors / tally.words:.1f} | {share(tally.items)} | {share(tally.quantities)} | "
        f"{share(tally.places)} | {100 * tally.intents / tally.sentences:.1f} | {factor:.2f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--noise", type=int, nargs="*", default=[20, 10])
    given = parser.parse_args()
    asyncio.run(run(given.clips, noise=given.noise))


if __name__ == "__main__":
    main()
