"""Who wrote the messages: counted by folder, and described by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# In Python 3.10 it is not part of the standard library yet; it comes with pytest.
import tomli

from commands.data import Labelled
from commands.scores import spoken


@dataclass(frozen=True)
class Notes:
    """What people keep by hand: ``writers`` by folder, ``mends`` by "meant as understood"."""

    writers: Mapping[str, str]
    mends: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> Notes:
        """Read a TOML file with the tables [writers] and [mends]; raises OSError, ValueError or TypeError."""
        return cls(**tomli.loads(path.read_text("utf-8")))


@dataclass(frozen=True)
class Folder:
    """The messages of one writer, ``intents`` by intent; ``learnt`` says whether the model has seen them."""

    writer: str
    messages: int
    spoken: int
    intents: Mapping[str, int]
    learnt: bool


def folders(messages: Sequence[Labelled], *, learnt: bool) -> list[Folder]:
    """A row for each writer, by name."""
    by_writer: dict[str, list[Labelled]] = {}
    for message in messages:
        by_writer.setdefault(message.writer, []).append(message)
    return [
        Folder(
            writer,
            len(written),
            sum(spoken(m.example.text) for m in written),
            Counter(m.example.intent for m in written),
            learnt,
        )
        for writer, written in sorted(by_writer.items())
    ]
