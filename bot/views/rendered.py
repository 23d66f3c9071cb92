"""What a view gives: text that says it all, blocks that show it, files that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

type Json = str | int | float | bool | list[Json] | dict[str, Json] | None
type Block = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to upload: a plot (PNG) or a table (CSV). ``alt_text`` tells its content to those who can not see it."""

    filename: str
    title: str
    data: bytes
    alt_text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """``text`` is complete on its own (notifications, screen readers, ``parley ask``); ``blocks`` show the same."""

    text: str
    blocks: tuple[Block, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One button that finishes a question. ``token`` is the request it stands for, encoded by ``bot.dialogue``."""

    label: str
    token: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A question back: "which gloves?" with buttons that finish it."""

    question: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A short message that is no answer: greeting, help, not found, not yet possible, trouble.

    ``hints`` are example questions; ``support_code`` is shown when an operator can look something up in the log.
    """

    text: str
    hints: tuple[str, ...] = ()
    support_code: str = ""
    asks: tuple[Option, ...] = ()
    """Questions about what was written, as buttons; tokens as in ``Option``."""
    tries: tuple[Option, ...] = ()
    """Example questions as buttons; the token is the intent whose example it is."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a long list to show (0 first) and the token of the request that gives it again."""

    number: int = 0
    token: str = ""
    file: str = ""
    """ "csv" or "xlsx": the table as this file, and nothing else of the answer."""


READ_ACTION = "parley.read"
"""A way to read a message; the value is as below with a ``bot.dialogue.tokens`` choice as its token. So are the next two."""
UNMEANT_ACTION = "parley.unmeant"
ELSE_ACTION = "parley.else"
SAY_ACTION = "parley.say"
"""An example question, asked as if it had been typed; the token is the intent whose example it is."""
MEANT_FORM = "parley.meant"
"""callback_id of the form behind "Something else"."""

PAGE_ACTION = "parley.page"
ASK_ACTION = "parley.ask"
"""action_ids start with these (Slack wants them unique in a message: a suffix ":n" follows); the value is ``{"r": token, "p": page}``."""
