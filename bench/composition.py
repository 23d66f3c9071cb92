"""docs/composition.md from ``composed.txt``: ``python -m bench.composition`` writes it, ``--check`` only compares, ``--measure`` counts.

Each message of ``composed.txt`` carries its labels as in the language data; below it stand the typed values it must give, in the
notation of ``lines_of``. The tests hold composition to that file and the document to both.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.understanding.amounts import Amount, AmountKind, AmountRole, PackUnit
from bot.understanding.atom import ACTIONS
from bot.understanding.composing import compose
from bot.understanding.composition import Composition, Line
from bot.understanding.meaning import Meaning, Span
from bot.understanding.values import Code, Spot
from bot.understanding.whens import When

HERE = Path(__file__).resolve().parent
CASES = HERE / "composed.txt"
DOCUMENT = HERE.parent / "docs" / "composition.md"
LABELLED = HERE.parent / "nlu" / "data"
TODAY = date(2026, 11, 22)
"""A Sunday; the days in ``composed.txt`` are counted from it."""

_LABEL = re.compile(r"\[(?P<value>[^\]]+)\](?:\((?P<entity>\w+)\)|(?P<more>\{[^}]*\}))")


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled message, the notation of what it must give, and its other wordings."""

    title: str
    meaning: Meaning
    expected: tuple[str, ...]
    others: tuple[Meaning, ...] = ()


def labelled(text: str, *, intent: str) -> Meaning:
    """The meaning that ``text`` writes down: ``used [2](quantity) [silk](item)``; roles as ``{"entity": ..., "role": ...}``."""
    plain, spans, last = "", [], 0
    for match in _LABEL.finditer(text):
        plain += text[last : match.start()]
        label = json.loads(match["more"]) if match["more"] else {"entity": match["entity"]}
        spans.append(
            Span(
                label["entity"],
                match["value"],
                len(plain),
                len(plain) + len(match["value"]),
                label.get("role", ""),
            )
        )
        plain += match["value"]
        last = match.end()
    return Meaning(plain + text[last:], intent, 1.0, tuple(spans))


def examples(path: Path = CASES) -> tuple[Example, ...]:
    """The examples of ``path``: an intent and a labelled message, ``~`` other wordings, then indented lines of notation."""
    found: list[Example] = []
    title = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            title = line[3:]
        elif line.startswith("~ "):
            example = found[-1]
            other = labelled(line[2:], intent=example.meaning.intent)
            found[-1] = Example(example.title, example.meaning, example.expected, (*example.others, other))
        elif line.startswith("    "):
            example = found[-1]
            found[-1] = Example(
                example.title, example.meaning, (*example.expected, line.strip()), example.others
            )
        elif line.strip() and not line.startswith("#"):
            intent, text = line.split(" ", 1)
            found.append(Example(title, labelled(text, intent=intent), ()))
    return tuple(found)


def lines_of(composition: Composition) -> tuple[str, ...]:
    """The values in a notation without offsets: a line of stock each, then what is said once, then the doubts."""
    targets = composition.targets
    once = [
        *(f"when {_when(when)}" for when in composition.windows),
        *(f"patient {patient}" for patient in targets.patients),
        *(f"case {_code(case)}" for case in targets.cases),
        *(f"provider {person.normal}" for person in targets.providers),
        *(f"order {_code(order)}" for order in targets.orders),
        *(f"supplier {company.normal}" for company in targets.suppliers),
        *(f"by {grouping.value}" for grouping in targets.group_by),
    ]
    if not composition.lines:
        once = [*(_places("at", [spot]) for spot in composition.places), *once]
    made = [_line(line) for line in composition.lines]
    if once:
        made.append("+ " + "; ".join(once))
    if composition.doubts:
        made.append("? " + ", ".join(doubt.kind.value for doubt in composition.doubts))
    return tuple(made)


def _line(line: Line) -> str:
    thing = "(no thing)" if line.item is None else line.item.normal
    if line.item is not None and line.item.reference:
        thing += f" ref {line.item.reference}"
    parts = [thing]
    if line.sizes:
        parts.append("size " + " and ".join(size.normal for size in line.sizes))
    parts += [_amount(amount) for amount in line.amounts]
    if line.lots:
        parts.append("lot " + " and ".join(_code(lot) for lot in line.lots))
    if line.serials:
        parts.append("serial " + " and ".join(_code(serial) for serial in line.serials))
    if line.expiry is not None:
        parts.append(f"expires {_when(line.expiry)}")
    for word, spots in (("from", line.sources), ("to", line.destinations), ("at", line.at)):
        if spots:
            parts.append(_places(word, spots))
    return "= " + " | ".join(parts)


def _amount(amount: Amount) -> str:
    words = [] if amount.role is AmountRole.MEANT else [f"{amount.role.value}:"]
    words.append(
        str(replace(amount, unit=None) if amount.apiece and amount.unit is PackUnit.EACH else amount)
    )
    words += [word for word, flag in (("(article)", amount.article), ("for each", amount.apiece)) if flag]
    if amount.kind in (AmountKind.RANGE, AmountKind.VAGUE, AmountKind.UNSAID):
        words.append("?")
    return " ".join(words)


def _code(code: Code) -> str:
    return f"{code.key} to {code.until}" if code.until else code.key


def _places(word: str, spots: Sequence[Spot]) -> str:
    return f"{word} " + " and ".join(spot.normal for spot in spots)


def _when(when: When) -> str:
    if when.every is not None:
        every = when.every
        named = (
            every.unit
            if every.weekday is None
            else ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[every.weekday]
        )
        return f"every {named} {every.part}".strip()
    if when.first is None or when.last is None:
        return "not read"
    days = f"{when.first}" if when.first == when.last else f"{when.first} to {when.last}"
    return days if when.hour is None else f"{days} {when.hour:%H:%M}"


# ------------------------------------------------------------------------------------------- document

_HEAD = """# How a message is composed

The language model labels spans; `bot.understanding.composing.compose(meaning, today=...)` makes them one `Composition`: lines of
stock with their sizes, amounts, lots and places, the times, and whom it is for. It looks nothing up, and where two readings are
as likely it says so in `doubts` instead of choosing in silence. `./parley parse --json` prints the same values.

- **Binding.** A line is a stretch of neighbouring labels with at most one thing in it. Every way of cutting the message has a
  cost (a comma or "and" inside a line, two amounts for one thing, a line without a thing); the cheapest wins, and a second cut
  that costs as little is a doubt. A line that names no thing takes its neighbour's ("M 4, L 4").
- **Amounts** are exact fractions with a unit of a closed list. "A" before a thing or a unit is 1 and marked `article`. What was
  taken back, what the books say, the whole of which it is a part, and levels stand beside the amount that is meant, by `role`.
- **Equality** knows no spelling: "two oh silk" equals "2-0 silk", "pack you" equals "PACU", "c nine nine one" equals "C-991".
- **Patients' numbers** are values whose `repr` and `str` show a mask; only `reveal()` gives the number.

The tables are written by `python -m bench.composition` from `bench/composed.txt`, which is written and checked by hand; each
message is also a test. Today is Sunday 22 November 2026. Messages on one row give equal values.
"""


def document() -> str:
    every = examples()
    wordings = sum(1 + len(example.others) for example in every)
    made = [_HEAD, f"{len(every)} messages, {wordings} wordings.\n"]
    title = ""
    for example in every:
        if example.title != title:
            title = example.title
            made.append(f"\n## {title}\n\n| message | intent | values |\n|---|---|---|\n")
        said = "<br>".join(f"“{_cell(m.text)}”" for m in (example.meaning, *example.others))
        given = "<br>".join(f"`{_cell(line)}`" for line in lines_of(compose(example.meaning, today=TODAY)))
        made.append(f"| {said} | {example.meaning.intent} | {given} |\n")
    return "".join(made)


def _cell(text: str) -> str:
    return text.replace("|", "·")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.composition", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail where the document is stale"
    )
    parser.add_argument(
        "--measure", action="store_true", help="compose all language data; print the share without a doubt"
    )
    options = parser.parse_args(arguments)
    if options.measure:
        print(measure())
        return 0
    wrong = list(differences())
    for text in wrong:
        print(text)
    if wrong:
        return 1
    if options.check:
        stale = not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != document()
        print(f"{DOCUMENT.name} is {'stale: run python -m bench.composition' if stale else 'up to date'}")
        return int(stale)
    DOCUMENT.write_text(document(), encoding="utf-8")
    print(f"wrote {DOCUMENT.name}")
    return 0


def measure(folder: Path = LABELLED) -> str:
    """How many of the language data's messages compose without a doubt, by what they are about; with their own labels."""
    count: dict[str, list[int]] = {}
    for path in sorted(folder.glob("*/*.yml")):
        intent = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if named := re.fullmatch(r"\s*- intent: (\w+)", line):
                intent = named[1]
            elif intent and (example := re.fullmatch(r"\s+- (.+)", line)):
                composition = compose(labelled(example[1], intent=intent), today=TODAY)
                several = len(composition.lines) > 1
                for row in (
                    "all",
                    "actions" if intent in ACTIONS else "questions and talk",
                    *["several lines"] * several,
                ):
                    tally = count.setdefault(row, [0, 0])
                    tally[0] += 1
                    tally[1] += composition.sure
    rows = (
        f"| {row} | {every} | {sure} | {sure / every:.1%} |" for row, (every, sure) in sorted(count.items())
    )
    return "\n".join(("| messages | number | without a doubt | share |", "|---|---|---|---|", *rows))


def differences() -> Iterator[str]:
    """Where composition gives other values than ``composed.txt`` says."""
    for example in examples():
        composition = compose(example.meaning, today=TODAY)
        given = lines_of(composition)
        if given != example.expected:
            yield "\n    ".join((example.meaning.text, "expected", *example.expected, "given", *given))
        for other in example.others:
            said = compose(other, today=TODAY)
            if said != composition:
                yield "\n    ".join((example.meaning.text, *given, other.text, *lines_of(said)))


if __name__ == "__main__":
    sys.exit(main())
