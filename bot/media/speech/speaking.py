"""Text to speech on the hospital's own machine: an engine as a process of its own, its sound as a clip that phones play."""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np

from domain.errors import InvalidSetting, Unavailable

SECONDS: Final = 25.0
_BITS: Final = 48_000
_RATE: Final = 24_000
_ROOT: Final = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Clip:
    """An m4a file and its length in seconds."""

    data: bytes
    seconds: float


class Voice:
    """``command`` reads a text on its standard input and writes a WAV file to its standard output."""

    def __init__(self, command: Sequence[str], *, seconds: float = SECONDS) -> None:
        self._command = tuple(command)
        self._seconds = seconds
        self._turn = asyncio.Semaphore(1)

    async def speak(self, text: str) -> Clip:
        """Raises Unavailable where the engine fails or takes too long."""
        async with self._turn:
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._command,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                    cwd=_ROOT,
                )
            except OSError as error:
                raise Unavailable("The voice that the settings name does not start.") from error
            try:
                async with asyncio.timeout(self._seconds):
                    sound, _ = await process.communicate(text.encode())
            except TimeoutError:
                process.kill()
                await process.wait()
                raise Unavailable("The voice took too long.") from None
        if process.returncode or len(sound) < 100:
            raise Unavailable("The voice said nothing.")
        try:
            return await asyncio.to_thread(_as_m4a, sound)
        except (wave.Error, EOFError, av.error.FFmpegError, ValueError) as error:
            raise Unavailable("What the voice gave is no sound.") from error


def voice_of(setting: str) -> Voice | None:
    """None for "". ``espeak-ng`` is a program of the system, ``piper:MODEL`` too; ``kokoro:MODEL:VOICES[:VOICE]`` needs
    the package kokoro-onnx. Raises InvalidSetting for anything else, and for a program that is not there.
    """
    name, _, rest = setting.partition(":")
    parts = rest.split(":") if rest else []
    match name:
        case "":
            return None
        case "espeak-ng":
            command = ["espeak-ng", "--stdin", "--stdout", "-v", parts[0] if parts else "en-us", "-s", "160"]
        case "piper" if parts:
            command = ["piper", "--model", rest, "--output_file", "-"]
        case "kokoro" if len(parts) in (2, 3):
            command = [sys.executable, "-m", "bot.media.speech.kokoro", *parts]
        case _:
            raise InvalidSetting(
                "PARLEY_VOICE: expected espeak-ng, piper:MODEL or kokoro:MODEL:VOICES, or nothing for no spoken answers."
            )
    if shutil.which(command[0]) is None:
        raise InvalidSetting(f"PARLEY_VOICE: the program {command[0]} is not installed here.")
    return Voice(command)


def _as_m4a(sound: bytes) -> Clip:
    """AAC, which every phone plays; a WAV of a stream may lie about its length, so it is read to its end."""
    with wave.open(io.BytesIO(sound)) as file:
        rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
        frames = file.readframes(len(sound))
    if width != 2:
        raise ValueError("expected samples of 16 bits")
    samples = np.frombuffer(frames[: len(frames) // (2 * channels) * 2 * channels], np.int16)
    mono = samples.reshape(-1, channels).mean(axis=1).astype(np.int16).reshape(1, -1)
    out = io.BytesIO()
    with av.open(out, "w", format="ipod") as container:
        stream = container.add_stream("aac", rate=_RATE, layout="mono")
        stream.bit_rate = _BITS
        frame = av.AudioFrame.from_ndarray(mono, format="s16", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=_RATE, frame_size=1024)
        for made in (*resampler.resample(frame), *resampler.resample(None)):
            made.pts = None
            container.mux(stream.encode(made))
        container.mux(stream.encode(None))
    return Clip(out.getvalue(), mono.shape[1] / rate)
