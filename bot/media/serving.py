"""What every worker of a pool does: files come in, JSON goes out, until the input closes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import BinaryIO

from bot.media.frames import ANSWER, REQUEST

type Read = Callable[[bytes, float], dict[str, object]]
"""From a file and its budget in seconds to what is answered: ``{"picture": ...}``, ``{"invalid": sentence}`` ..."""


def own_output() -> BinaryIO:
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
        _write(answers, read(data, budget))


def _write(answers: BinaryIO, value: dict[str, object]) -> None:
    body = json.dumps(value).encode()
    answers.write(ANSWER.pack(len(body)) + body)
    answers.flush()
