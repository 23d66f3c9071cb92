"""Opening a clip safely: whatever the bytes are, sound of bounded length or a named error comes of them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from domain.errors import InvalidClip

RATE: Final = 16_000
"""Samples a second, as speech engines want them."""
LONGEST: Final = 120.0
LARGEST: Final = 50_000_000
_SHORTEST: Final = 0.1
_LEADING: Final = 512


@dataclass(frozen=True, slots=True)
class Clip:
    """Mono, ``RATE`` samples a second, -1 to 1."""

    samples: NDArray[np.float32]

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def open_clip(data: bytes, *, longest: float = LONGEST) -> Clip:
    """The sound of an m4a, mp4, webm, ogg, mp3, flac or wav file. ``longest`` is in seconds.

    Raises InvalidClip: no sound in it, broken, longer or larger than Parley listens to, a web page in place of a file.
    """
    if not data:
        raise InvalidClip("The clip is empty. Please record it again.")
    if len(data) > LARGEST:
        raise InvalidClip(
            f"The clip has {len(data) // 1_000_000} MB; I listen to {LARGEST // 1_000_000} MB at most."
        )
    if data[:_LEADING].lstrip().lower().startswith((b"<!doctype", b"<html", b"{")):
        raise InvalidClip("Slack gave a web page in place of the clip: the app needs the scope files:read.")
    try:
        samples = _decoded(data, longest=longest)
    except (av.error.FFmpegError, OSError, ValueError, EOFError) as error:
        raise InvalidClip(
            "I can't open this clip: it is damaged, or no sound that I know. Please record it again."
        ) from error
    clip = Clip(samples)
    if clip.seconds < _SHORTEST:
        raise InvalidClip("There is no sound in this clip. Please record it again.")
    return clip


def _decoded(data: bytes, *, longest: float) -> NDArray[np.float32]:
    """Stops at the first sample that is too much: a small file may hold days of silence."""
    most = int(longest * RATE)
    parts: list[NDArray[np.int16]] = []
    length = 0
    with av.open(io.BytesIO(data), mode="r", metadata_errors="ignore") as container:
        if not container.streams.audio:
            raise InvalidClip("There is no sound in this file. Please post an audio clip.")
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        broken = 0
        frames = container.decode(container.streams.audio[0])
        while True:
            try:
                frame = next(frames, None)
            except av.error.InvalidDataError:
                broken += 1
                if broken > 50:
                    raise
                continue
            for made in resampler.resample(frame):
                part = made.to_ndarray().reshape(-1)
                parts.append(part.astype(np.int16, copy=False))
                length += len(part)
            if length > most:
                raise InvalidClip(
                    f"The clip is longer than {longest:.0f} seconds. Please say it shorter, or in two clips."
                )
            if frame is None:
                break
    if not parts:
        return np.zeros(0, np.float32)
    return np.concatenate(parts).astype(np.float32) / 32_768.0
