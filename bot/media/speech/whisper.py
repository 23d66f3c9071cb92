"""Speech to text on the hospital's own machine, with the several ways in which each stretch may have been heard.

The engine is faster-whisper (CTranslate2, 8-bit, CPU). Its own ``transcribe`` gives one text; what it nearly heard is worth as much,
for the catalogue knows which of them a supply room would say.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens
from faster_whisper.vad import VadOptions, get_speech_timestamps
from numpy.typing import NDArray

from bot.media.speech.clips import RATE, Clip
from bot.media.speech.transcript import Hypothesis, Transcript
from domain.errors import InvalidSetting

WINDOW: Final = 27.0
"""Seconds that are heard at once; the engine takes 30."""
BEAM: Final = 6
_PAUSE: Final = 0.25
"""Seconds of what surrounds speech that are heard with it: first and last sounds are soft."""
_PROMPT_TOKENS: Final = 200
_HALLUCINATED: Final = 0.8
"""Above this chance that nobody spoke, what is hardly believed either is left out."""
_BELIEVED: Final = -1.0
_REPEATED: Final = 2.4


class Whisper:
    """One loaded model: some 100 to 300 MB, one clip at a time. ``threads`` are the processor's."""

    def __init__(self, path: Path | str, *, threads: int = 2, language: str = "en") -> None:
        try:
            self._model = WhisperModel(str(path), device="cpu", compute_type="int8", cpu_threads=threads)
        except (RuntimeError, ValueError, OSError) as error:
            raise InvalidSetting(
                f"PARLEY_SPEECH_MODEL: no speech model could be loaded from {path}."
            ) from error
        self._language = language
        self._tokenizer = Tokenizer(
            self._model.hf_tokenizer, self._model.model.is_multilingual, task="transcribe", language=language
        )
        self._suppressed = list(get_suppressed_tokens(self._tokenizer, (-1,)) or ())

    @property
    def multilingual(self) -> bool:
        return bool(self._model.model.is_multilingual)

    def hear(self, clip: Clip, *, prompt: str = "", hypotheses: int = BEAM) -> Transcript:
        """``prompt`` are words that are likely, as they are written; it never becomes part of what was heard."""
        begun = time.perf_counter()
        stretches = _stretches(clip)
        language = ""
        windows = []
        for stretch in stretches:
            features = self._model.feature_extractor(stretch)
            features = _filled(features, self._model.feature_extractor.nb_max_frames)
            encoded = self._model.encode(features)
            if self.multilingual and not language:
                language = str(self._model.model.detect_language(encoded)[0][0][0]).strip("<|>")
            heard = self._heard(encoded, prompt=prompt, hypotheses=hypotheses)
            if heard:
                windows.append(heard)
        return Transcript(
            windows=tuple(windows),
            seconds=round(clip.seconds, 3),
            spoken=round(sum(map(len, stretches)) / RATE, 3),
            ms=round((time.perf_counter() - begun) * 1000, 1),
            language=language,
        )

    def _heard(
        self, encoded: ctranslate2.StorageView, *, prompt: str, hypotheses: int
    ) -> tuple[Hypothesis, ...]:
        before = self._tokenizer.encode(f" {prompt.strip()}")[-_PROMPT_TOKENS:] if prompt.strip() else []
        made = self._model.model.generate(
            encoded,
            [self._model.get_prompt(self._tokenizer, before, without_timestamps=True)],
            beam_size=hypotheses,
            num_hypotheses=hypotheses,
            max_length=self._model.max_length,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=self._suppressed,
        )[0]
        found: dict[str, Hypothesis] = {}
        for tokens, score in zip(made.sequences_ids, made.scores, strict=True):
            text = " ".join(self._tokenizer.decode(tokens).split())
            if made.no_speech_prob > _HALLUCINATED and score < _BELIEVED:
                continue
            if any(c.isalnum() for c in text) and not _babbled(text):
                found.setdefault(text, Hypothesis(text, round(float(score), 4)))
        return tuple(found.values())


def _stretches(clip: Clip) -> list[NDArray[np.float32]]:
    """What is speech, in pieces that the engine takes at once; cut where somebody paused."""
    options = VadOptions(min_silence_duration_ms=700, speech_pad_ms=int(_PAUSE * 1000))
    spans = get_speech_timestamps(clip.samples, options, sampling_rate=RATE)
    most = int(WINDOW * RATE)
    stretches: list[NDArray[np.float32]] = []
    begin = end = -1
    for span in spans:
        start, stop = int(span["start"]), int(span["end"])
        if begin >= 0 and stop - begin <= most:
            end = stop
            continue
        if begin >= 0:
            stretches += _pieces(clip.samples[begin:end], most)
        begin, end = start, stop
    if begin >= 0:
        stretches += _pieces(clip.samples[begin:end], most)
    return stretches


def _pieces(samples: NDArray[np.float32], most: int) -> list[NDArray[np.float32]]:
    """Somebody who never pauses is cut where the window ends."""
    return [samples[at : at + most] for at in range(0, len(samples), most)]


def _filled(features: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    features = features[:, :frames]
    return np.pad(features, ((0, 0), (0, frames - features.shape[1])))


def _babbled(text: str) -> bool:
    """The same few words over and over: what the engine says when it hears no words."""
    words = text.casefold().split()
    return len(words) >= 8 and len(words) / len(set(words)) > _REPEATED
