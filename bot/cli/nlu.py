"""``parley nlu candidates``: messages that were misunderstood, for people to label."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from bot.bootstrap.house import open_house
from bot.cli.common import as_json as as_plain_json
from bot.cli.common import read_settings, said_plainly, tell
from domain.errors import Invalid
from domain.ports import Candidate, CandidateRow

nlu = typer.Typer(
    no_args_is_help=True,
    help="How messages are understood: what people corrected, for labelling. Training and scores are `make train` and `make nlu-report`.",
)


@nlu.callback()
def _group() -> None:
    """Keeps ``candidates`` a command of its own while it is the only one."""


@nlu.command("candidates")
def candidates(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of YAML.")] = False,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="The training data's own notation (the default).")
    ] = False,
    since: Annotated[str, typer.Option("--since", help="Only of this day (YYYY-MM-DD) and later.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Those that were exported before, too.")] = False,
    mark_exported: Annotated[
        bool, typer.Option("--mark-exported", help="Do not give these again next time.")
    ] = False,
) -> None:
    """Export what people said was misunderstood, with what they meant instead, for a person to review and label.

    The text holds no patient, case, provider or long number: the names of their labels stand there instead. Spans are as Parley
    understood them, the intent as the person chose it: read both before anything is added to nlu/data.
    """
    with said_plainly():
        if as_json and as_yaml:
            raise Invalid("Choose --json or --yaml, not both.")
        day = _day(since)
        transactions = open_house(read_settings(quiet=True)).transactions
        with transactions.reading() as uow:
            rows = uow.candidates.since(day, exported=everything)
        print(as_plain_json(report(rows), indent=2) if as_json else in_training_notation(rows))
        if mark_exported and rows:
            with transactions.begin() as uow:
                marked = uow.candidates.mark_exported([row.id for row in rows], day=datetime.now(UTC).date())
                uow.commit()
            tell(f"{marked} marked as exported")
        tell(summary(rows))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"--since takes a day such as 2026-11-01, not {text!r}.") from None


def summary(rows: Sequence[CandidateRow]) -> str:
    """What was exported, in one sentence for the person at the keyboard."""
    if not rows:
        return "No candidates: nobody has said “Not what I meant” since the last export."
    without = sum(1 for row in rows if not row.candidate.text)
    counted = "1 candidate" if len(rows) == 1 else f"{len(rows)} candidates"
    if not without:
        return f"{counted} to review."
    return f"{counted} to review; {without} without text, because it may have named somebody: only the two intents are known."


def report(rows: Sequence[CandidateRow]) -> dict[str, object]:
    """``{"count", "without_text", "candidates": [...]}``; entities are as ``parley parse --json`` gives them."""
    return {
        "count": len(rows),
        "without_text": sum(1 for row in rows if not row.candidate.text),
        "candidates": [_as_object(row) for row in rows],
    }


def _as_object(row: CandidateRow) -> dict[str, object]:
    candidate = row.candidate
    entities = []
    for span in candidate.spans:
        entity: dict[str, object] = {
            "entity": span.entity,
            "value": candidate.text[span.start : span.end],
            "start": span.start,
            "end": span.end,
        }
        if span.role:
            entity["role"] = span.role
        entities.append(entity)
    return {
        "text": candidate.text,
        "intent": candidate.chosen,
        "entities": entities,
        "understood": candidate.understood,
        "confidence": candidate.confidence,
        "note": candidate.note,
        "model": candidate.model,
        "day": candidate.day,
        "exported_on": row.exported_on,
    }


def in_training_notation(rows: Sequence[CandidateRow]) -> str:
    """The YAML of nlu/data: a block an intent, what was understood as a comment above each message."""
    lines = [
        "# To be reviewed by a person: the intent is what was chosen, the labels are what was understood.",
        'version: "3.1"',
        "",
    ]
    by_intent: dict[str, list[Candidate]] = {}
    for row in rows:
        by_intent.setdefault(row.candidate.chosen, []).append(row.candidate)
    with_text = {intent: [c for c in found if c.text] for intent, found in by_intent.items()}
    lines.append("nlu:" if any(with_text.values()) else "nlu: []")
    for intent, found in sorted(with_text.items()):
        if not found:
            continue
        for candidate in found:
            note = f"; note: {_on_one_line(candidate.note)}" if candidate.note else ""
            lines.append(
                f"  # {candidate.day}: was read as {candidate.understood} ({candidate.confidence:.2f}, "
                f"model {_on_one_line(candidate.model) or 'unknown'}): {_on_one_line(candidate.text)}{note}"
            )
        lines += [f"  - intent: {intent}", "    examples: |"]
        lines += [f"      - {labelled(candidate)}" for candidate in found]
        lines.append("")
    for intent, found in sorted(by_intent.items()):
        dropped = [c for c in found if not c.text]
        for candidate in dropped:
            lines.append(
                f"# {candidate.day}: text dropped; was read as {candidate.understood}, meant {intent}"
            )
    return "\n".join(lines).rstrip() + "\n"


def labelled(candidate: Candidate) -> str:
    """The message with its labels in place: ``used [2](quantity) [gloves](item) on [PATIENT](patient)``.

    >>> from datetime import date
    >>> from domain.ports import LabelledSpan
    >>> spans = (LabelledSpan("quantity", 5, 6), LabelledSpan("location", 19, 22, "source"))
    >>> labelled(Candidate("used 2 gloves from ICU", spans, "consume", 0.5, "transfer", "", "m", date(2026, 11, 1)))
    'used [2](quantity) gloves from [ICU]{"entity":"location","role":"source"}'
    """
    text, shown, at = candidate.text, "", 0
    for span in sorted(candidate.spans, key=lambda s: s.start):
        value = text[span.start : span.end]
        label = f"({span.entity})"
        if span.role:
            label = json.dumps({"entity": span.entity, "role": span.role}, separators=(",", ":"))
        shown += f"{text[at : span.start]}[{value}]{label}"
        at = span.end
    return _on_one_line(shown + text[at:])


def _on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
