"""How the pool and the process that hears speak: a prompt and a clip go in, JSON comes out."""

from __future__ import annotations

import json
import struct
from typing import Final

from bot.media.speech.transcript import Hypothesis, Transcript

_PROMPT: Final = struct.Struct("<I")


def request(clip: bytes, *, prompt: str) -> bytes:
    said = prompt.encode()
    return _PROMPT.pack(len(said)) + said + clip


def asked(data: bytes) -> tuple[str, bytes]:
    """The prompt and the clip of a request."""
    (length,) = _PROMPT.unpack_from(data)
    begin = _PROMPT.size + length
    return data[_PROMPT.size : begin].decode(), data[begin:]


def packed(heard: Transcript) -> dict[str, object]:
    return {
        "windows": [[[each.text, each.score] for each in window] for window in heard.windows],
        "seconds": heard.seconds,
        "spoken": heard.spoken,
        "ms": heard.ms,
        "language": heard.language,
    }


def unpacked(body: bytes) -> Transcript | str | None:
    """A transcript, the sentence why there is none, or None for a worker that is ready. Raises ValueError for anything else."""
    value = json.loads(body)
    if not isinstance(value, dict):
        raise ValueError("an answer is an object")
    if "ready" in value:
        return None
    if "invalid" in value:
        return str(value["invalid"])
    try:
        told = value["transcript"]
        return Transcript(
            windows=tuple(
                tuple(Hypothesis(str(text), float(score)) for text, score in window)
                for window in told["windows"]
            ),
            seconds=float(told["seconds"]),
            spoken=float(told["spoken"]),
            ms=float(told["ms"]),
            language=str(told["language"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"an answer without its parts: {error}") from None
