"""The process that opens one picture after another for the pool: started by it, killed by it, ended when its input closes.

Run as ``python -m bot.media.worker MEGABYTES``; bot/media/wire.py says what goes in and out.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from typing import BinaryIO

from bot.media.reading import Picture, read_picture
from bot.media.wire import ANSWER, REQUEST, packed
from domain.errors import InvalidPicture

type Read = Callable[[bytes, float], Picture]


def main() -> None:
    bound = int(sys.argv[1]) * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(sys.stdin.buffer, _own_output(), lambda data, budget: read_picture(data, budget=budget))


def _own_output() -> BinaryIO:
    """The answers' pipe; whatever a native library prints goes to the log instead of between them."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def serve(requests: BinaryIO, answers: BinaryIO, read: Read) -> None:
    """Until the input closes."""
    _write(answers, {"ready": True})
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        length, budget = REQUEST.unpack(head)
        data = requests.read(length)
        if len(data) < length:
            return
        _write(answers, _answer(read, data, budget))


def _answer(read: Read, data: bytes, budget: float) -> dict[str, object]:
    try:
        return {"picture": packed(read(data, budget))}
    except InvalidPicture as error:
        return {"invalid": str(error)}
    except MemoryError:
        return {"invalid": "This picture needs more memory than Parley gives to one. Post a smaller one."}


def _write(answers: BinaryIO, value: dict[str, object]) -> None:
    body = json.dumps(value).encode()
    answers.write(ANSWER.pack(len(body)) + body)
    answers.flush()


if __name__ == "__main__":
    main()
