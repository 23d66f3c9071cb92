"""The labelled messages of nlu/data, read without Rasa: quick to load, and each remembers who wrote it and where it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from components.spans import Example, Span

_LABEL = re.compile(r"\[(?P<value>[^\]]+)\](?:\((?P<entity>[a-z_]+)\)|(?P<json>\{[^}]*\}))")
_INTENT = re.compile(r"  - intent: (?P<name>[a-z_]+)")
_LEFT_OVER = re.compile(r"\]\(|\]\{|\[[^\]]*$|^[^\[]*\]")


@dataclass(frozen=True)
class Labelled:
    """One message of the data; ``writer`` is the name of its folder."""

    example: Example
    writer: str
    file: Path
    line: int
    fault: str | None = None


def read_labelled(folder: Path) -> list[Labelled]:
    """Every message below the folder, in the order of the files' names; a line that cannot be read has a ``fault``."""
    return [message for path in sorted(folder.glob("*/*.yml")) for message in _read_file(path)]


def _read_file(path: Path) -> Iterator[Labelled]:
    intent: str | None = None
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        header = _INTENT.fullmatch(line)
        if header:
            intent = header["name"]
        elif line.startswith("      - "):
            example, fault = read_example(line[8:], intent or "")
            if intent is None:
                fault = "stands under no intent"
            yield Labelled(example, path.parent.name, path, number, fault)
        elif line and line not in ('version: "3.1"', "nlu:", "    examples: |"):
            yield Labelled(Example(line, "", ()), path.parent.name, path, number, "is no part of the format")


def read_example(line: str, intent: str) -> tuple[Example, str | None]:
    """A message in Rasa's notation, ``used [2](quantity) [vicryl](item)``, and what is wrong with the notation if anything."""
    text = ""
    spans: list[Span] = []
    fault: str | None = None
    last = 0
    for match in _LABEL.finditer(line):
        text += line[last : match.start()]
        entity, role = match["entity"], None
        if match["json"] is not None:
            try:
                label = json.loads(match["json"])
                entity, role = label.pop("entity"), label.pop("role", None)
            except (ValueError, KeyError):
                label, fault = {}, f"has a label that cannot be read: {match['json']}"
            if label:
                fault = f"has a label with unknown keys: {sorted(label)}"
        start = len(text)
        text += match["value"]
        spans.append(Span(start, len(text), entity or "", role))
        last = match.end()
    rest = line[last:]
    text += rest
    if fault is None and _LEFT_OVER.search(_LABEL.sub("", line)):
        fault = "has brackets that do not close"
    return Example(text, intent, tuple(spans)), fault
