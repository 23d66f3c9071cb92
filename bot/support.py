"""What every door for errors needs: codes that a person reads out and an operator finds in the log, what is worth another try."""

from __future__ import annotations

import secrets
from typing import Final

from domain.errors import Conflict, Unavailable

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U: read out over the phone they are mistaken


PASSING: Final = (Unavailable, Conflict)
"""What another try mends: a part that is away, somebody else who was first. Nothing was written then."""


def support_code() -> str:
    """Six characters."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(6))


def where(error: BaseException) -> str:
    """File and line of the innermost frames. The error's own words stay out: they may quote what a person typed."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        file = "/".join(trace.tb_frame.f_code.co_filename.split("/")[-2:])
        frames.append(f"{file}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(frames[-5:])
