"""The process that hears one clip after another for the pool: started by it, killed by it, ended when its input closes.

Run as ``python -m bot.media.speech.worker MODEL THREADS LANGUAGE MEGABYTES``. The model is loaded before it says that it is ready.
"""

from __future__ import annotations

import resource
import sys

from bot.media.serving import own_output, serve
from bot.media.speech.clips import open_clip
from bot.media.speech.whisper import Whisper
from bot.media.speech.wire import asked, packed
from domain.errors import InvalidClip


def main() -> None:
    model, threads, language, megabytes = sys.argv[1:5]
    bound = int(megabytes) * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = own_output()
    engine = Whisper(model, threads=int(threads), language=language)

    def hear(data: bytes, _: float) -> dict[str, object]:
        try:
            prompt, clip = asked(data)
            return {"transcript": packed(engine.hear(open_clip(clip), prompt=prompt))}
        except InvalidClip as error:
            return {"invalid": str(error)}
        except MemoryError:
            return {"invalid": "This clip needs more memory than Parley gives to one. Please say it shorter."}

    serve(sys.stdin.buffer, answers, hear)


if __name__ == "__main__":
    main()
