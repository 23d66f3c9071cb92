"""`python -m commands.check_data`: refuses data that would teach the model something wrong. Exit code 1, a line a fault."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from commands.data import Labelled, read_labelled
from commands.paths import DATA, DOMAIN, KEPT_APART, ROOT
from components.words import split_words

ROLES = ("source", "destination")
FEWEST = 20
"""Fewest messages an intent may have over all writers."""
COMMON_WORDS = 4
"""Messages of so few words ("never mind", "show me the commands") two people write alike without having read each other."""


def faults(messages: Sequence[Labelled], *, intents: Sequence[str], entities: Sequence[str]) -> Iterator[str]:
    """What is wrong with the messages, a sentence each; nothing if nothing is."""
    for message in messages:
        yield from (f"{_place(message)}: {fault}" for fault in _own_faults(message, intents, entities))
    yield from _repeats(messages)
    for intent in intents:
        number = sum(message.example.intent == intent for message in messages)
        if number < FEWEST:
            yield f"{intent}: {number} messages, at least {FEWEST} are needed"


def faults_apart(
    apart: Sequence[Labelled], learnt: Sequence[Labelled], *, intents: Sequence[str], entities: Sequence[str]
) -> Iterator[str]:
    """What is wrong with the messages that are kept apart: on their own, and beside those that are learnt from."""
    for message in apart:
        yield from (f"{_place(message)}: {fault}" for fault in _own_faults(message, intents, entities))
    known = {_key(message): message for message in learnt}
    for message in apart:
        same = known.get(_key(message))
        if same and len(_key(message).split()) > COMMON_WORDS:
            yield f"{_place(message)}: {message.example.text!r} is learnt from, in {_place(same)}"
    learnt_faults = set(_repeats(learnt))
    yield from (fault for fault in _repeats([*learnt, *apart]) if fault not in learnt_faults)


def _own_faults(message: Labelled, intents: Sequence[str], entities: Sequence[str]) -> Iterator[str]:
    example = message.example
    if message.fault:
        yield message.fault
        return
    if example.intent not in intents:
        yield f"intent {example.intent!r} is not in the domain"
    if not example.text.strip() or example.text != example.text.strip():
        yield "is empty or has white space at its ends"
    starts = {word.start for word in split_words(example.text)}
    ends = {word.end for word in split_words(example.text)}
    reached = 0
    for span in example.spans:
        value = example.text[span.start : span.end]
        if span.entity not in entities:
            yield f"entity {span.entity!r} is not in the domain"
        if span.role is not None and (span.entity != "location" or span.role not in ROLES):
            yield f"role {span.role!r} of {value!r}: only a location has a role, source or destination"
        if span.start not in starts or span.end not in ends:
            yield f"{value!r} begins or ends inside a word"
        if span.start < reached:
            yield f"{value!r} overlaps the label before it"
        reached = span.end


def _repeats(messages: Sequence[Labelled]) -> Iterator[str]:
    """The same words twice: from one writer a repeat, with two intents or two labellings a contradiction."""
    first: dict[str, Labelled] = {}
    by_writer: dict[tuple[str, str], Labelled] = {}
    for message in messages:
        text = message.example.text
        key = _key(message)
        known = first.setdefault(key, message)
        if known.example.intent != message.example.intent:
            yield (
                f"{_place(message)}: {text!r} is {message.example.intent} here and {known.example.intent} in {_place(known)}"
            )
        elif _labels(known) != _labels(message):
            yield f"{_place(message)}: {text!r} is labelled otherwise in {_place(known)}"
        exact = by_writer.setdefault((message.writer, text), message)
        if exact is not message:
            yield f"{_place(message)}: {text!r} is also in {_place(exact)}"


def _key(message: Labelled) -> str:
    """The message without what does not tell two apart; signs count where there are no words: "y" is "Y", "❌" is not "👍"."""
    text = message.example.text
    return re.sub(r"\W+", " ", text.lower()).strip() or text


def _labels(message: Labelled) -> list[tuple[str, str, str]]:
    text = message.example.text
    return sorted((s.entity, s.role or "", text[s.start : s.end].lower()) for s in message.example.spans)


def _place(message: Labelled) -> str:
    file = message.file
    return f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}:{message.line}"


def domain_names(path: Path = DOMAIN) -> tuple[list[str], list[str]]:
    """Intents and entities of the domain file."""
    domain = yaml.safe_load(path.read_text("utf-8"))
    return list(domain["intents"]), [entity if isinstance(entity, str) else next(iter(entity)) for entity in domain["entities"]]


def main() -> int:
    messages = read_labelled(DATA)
    intents, entities = domain_names()
    apart = read_labelled(KEPT_APART)
    found = list(faults(messages, intents=intents, entities=entities))
    found += faults_apart(apart, messages, intents=intents, entities=entities)
    for fault in found:
        print(fault)
    for kind, listed in (("learnt from", messages), ("kept apart", apart)):
        print(f"{len(listed)} messages {kind}, by {', '.join(sorted({message.writer for message in listed})) or 'nobody'}")
    print(f"{len(found)} faults")
    return 1 if found or not messages else 0


if __name__ == "__main__":
    sys.exit(main())
