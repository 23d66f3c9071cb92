"""``python -m bot.media.speech.kokoro MODEL VOICES [VOICE]``: reads a text, writes a WAV file. A process of its own: the package
kokoro-onnx and what it stands on are the operator's to install.
"""

from __future__ import annotations

import importlib
import sys
import wave

import numpy as np


def main() -> None:
    model, voices, *named = sys.argv[1:]
    voice = named[0] if named else "af_heart"
    kokoro = importlib.import_module("kokoro_onnx").Kokoro(model, voices)
    language = "en-gb" if voice.startswith("b") else "en-us"
    samples, rate = kokoro.create(sys.stdin.read(), voice=voice, speed=1.0, lang=language)
    with wave.open(sys.stdout.buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32_767).astype(np.int16).tobytes())


if __name__ == "__main__":
    main()
