"""Makes the clips that ``bench.spoken`` listens to: ``python -m bench.voices --model FILE --styles FOLDER --out FOLDER``.

Each sentence of ``spoken.tsv`` is spoken by the next of eleven voices: eight of Kokoro (four American, four British), two of flite,
one of espeak-ng. FILE is Kokoro's ONNX model, the styles are its voices as ``NAME.bin`` (float32, 510 x 256, as kokoro-js ships
them). Needs the package kokoro-onnx and the two programs; they are no part of Parley.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

from bench.spoken import sentences

KOKORO = (
    "af_heart",
    "am_michael",
    "bf_emma",
    "bm_george",
    "af_nicole",
    "am_fenrir",
    "bf_isabella",
    "bm_lewis",
)
ROBOTS = ("flite:slt", "flite:rms", "espeak-ng")
STYLE_WIDTH = 256


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--styles", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        styles = Path(scratch) / "styles.npz"
        np.savez(styles, **{name: _style(given.styles / f"{name}.bin") for name in KOKORO})  # type: ignore[arg-type] # numpy types all keywords as one flag
        kokoro = importlib.import_module("kokoro_onnx").Kokoro(str(given.model), str(styles))
        for number, sentence in enumerate(sentences()):
            file = given.out / f"{number:03d}.wav"
            voice = (*KOKORO, *ROBOTS)[number % (len(KOKORO) + len(ROBOTS))]
            if voice == "espeak-ng":
                command = ["espeak-ng", "-v", "en-us+f3", "-s", "150", "-w", str(file), sentence.said]
                subprocess.run(command, check=True)
            elif voice.startswith("flite"):
                command = ["flite", "-voice", voice.partition(":")[2], "-t", sentence.said, "-o", str(file)]
                subprocess.run(command, check=True)
            else:
                language = "en-gb" if voice.startswith("b") else "en-us"
                samples, rate = kokoro.create(sentence.said, voice=voice, speed=1.0, lang=language)
                with wave.open(str(file), "wb") as out:
                    out.setnchannels(1)
                    out.setsampwidth(2)
                    out.setframerate(rate)
                    out.writeframes((np.clip(samples, -1, 1) * 32_767).astype(np.int16).tobytes())
            print(f"{file} {voice}")


def _style(file: Path) -> np.ndarray[tuple[int, int, int], np.dtype[np.float32]]:
    return np.fromfile(file, dtype=np.float32).reshape(-1, 1, STYLE_WIDTH)


if __name__ == "__main__":
    main()
