"""The process that opens one picture after another for the pool: started by it, killed by it, ended when its input closes.

Run as ``python -m bot.media.worker MEGABYTES``; bot/media/wire.py says what goes in and out.
"""

from __future__ import annotations

import resource
import sys

from bot.media.reading import read_picture
from bot.media.serving import own_output, serve
from bot.media.wire import packed
from domain.errors import InvalidPicture


def main() -> None:
    bound = int(sys.argv[1]) * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(sys.stdin.buffer, own_output(), _answer)


def _answer(data: bytes, budget: float) -> dict[str, object]:
    try:
        return {"picture": packed(read_picture(data, budget=budget))}
    except InvalidPicture as error:
        return {"invalid": str(error)}
    except MemoryError:
        return {"invalid": "This picture needs more memory than Parley gives to one. Post a smaller one."}


if __name__ == "__main__":
    main()
