"""Questions of ``asked.tsv`` put to the real path and compared with SQL of its own: ``python -m bench.asked [--row Q1]``.

The path is that of ``./parley ask --json``: language service, dialogue, use case, the typed answer as JSON. What is expected is
read from the tables alone: items by name, places by name, days by the calendar. The database is the one the settings name
and must hold the demo hospital. A question counts as right when every figure agrees, as asked back when Parley offers a choice
among more than ``FEW`` things that fit, else as wrong; each wrong one is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.asked_windows import window
from bench.expected import Expected, Hospital, Question
from bot.bootstrap.house import open_conversation, open_house
from bot.bootstrap.language import open_language
from bot.cli.ask import turn_as_json
from bot.settings import Settings
from domain.errors import SupplyRoomError

FEW = 4
"""So many things that fit are answered at once; of more a choice may be offered."""


@dataclass(frozen=True, slots=True)
class Verdict:
    mark: str  # "right", "asked" or "wrong"
    why: str = ""


def questions(path: Path, *, lots: dict[str, str]) -> Iterator[Question]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        row, who, text, items, places, more = (part.strip() for part in line.split("|", 5))
        for name, value in lots.items():
            text, more = text.replace("{" + name + "}", value), more.replace("{" + name + "}", value)
        notes = [note.strip() for note in more.split(";")] if not more.startswith("says=") else [more]
        yield Question(
            row=row,
            who=who,
            turns=tuple(turn.strip() for turn in text.split(" // ")),
            items=items,
            places=tuple(p.strip() for p in places.split(";") if p.strip()),
            notes=tuple(note for note in notes if note),
        )


async def run(rows: set[str]) -> int:
    settings = Settings.read()
    house = open_house(settings)
    hospital = Hospital(settings.database)
    asked = list(questions(Path(__file__).with_name("asked.tsv"), lots=hospital.lots()))
    tally: Counter[tuple[str, str]] = Counter()
    async with open_language(settings, progress=lambda line: print(line, file=sys.stderr)) as language:
        await language.ready()
        for question in asked:
            if rows and question.row not in rows:
                continue
            conversation = open_conversation(house, language, who=question.who)
            thread = uuid.uuid4().hex
            said: dict[str, object] = {}
            try:
                for turn in question.turns:
                    said = json.loads(
                        json.dumps(turn_as_json(turn, await conversation.say(turn, thread=thread)))
                    )
                verdict = judge(question, said, hospital)
            except SupplyRoomError as error:
                verdict = Verdict("wrong", f"{type(error).__name__}: {error}")
            tally[question.row, verdict.mark] += 1
            if verdict.mark == "wrong":
                reply = " / ".join(str(said.get("reply", "")).splitlines()[:3])
                print(f"{question.row} {question.who}: {' // '.join(question.turns)}")
                print(f"     {verdict.why}\n     [{said.get('intent')}] {reply[:230]}")
    print(f"\n{'row':5}{'asked':>7}{'right':>7}{'choice':>8}{'wrong':>7}")
    for row in dict.fromkeys(row for row, _ in tally):
        marks = [tally[row, mark] for mark in ("right", "asked", "wrong")]
        print(f"{row:5}{sum(marks):7}{marks[0]:7}{marks[1]:8}{marks[2]:7}")
    return sum(count for (_, mark), count in tally.items() if mark == "wrong")


def judge(question: Question, said: dict[str, object], hospital: Hospital) -> Verdict:
    answer = said.get("answer")
    if question.row == "Q13" or any(note.startswith("says=") for note in question.notes):
        return _told(question, said)
    if not isinstance(answer, dict):
        return Verdict("wrong", "no answer")
    fitting = hospital.items(question.items) if question.items else {}
    if question.items and not fitting:
        return Verdict("wrong", f"the question is at fault: no item where {question.items}")
    if answer["kind"] == "Choice":
        if len(fitting) > FEW and question.row != "Q12":
            return Verdict("asked")
        return Verdict("wrong", f"asked back although {len(fitting)} fit: {answer['options']}")
    days = window(question.notes, row=question.kind, today=hospital.today)
    expected = Expected(question, hospital, fitting=fitting, days=days, answer=answer, few=FEW)
    why = expected.trouble()
    return Verdict("wrong", why) if why else Verdict("right")


def _told(question: Question, said: dict[str, object]) -> Verdict:
    """Small talk and what can not be answered: words, never figures of stock."""
    reply = str(said.get("reply", "")).casefold()
    if question.row == "Q13" and (said.get("answer") or said.get("request")):
        return Verdict("wrong", "answered with stock what asked for none")
    if not reply.strip():
        return Verdict("wrong", "said nothing")
    wanted = [
        note.removeprefix("says=").casefold().split(";")
        for note in question.notes
        if note.startswith("says=")
    ]
    for words in wanted:
        if not any(word in reply for word in words):
            return Verdict("wrong", f"none of {words} is said")
    return Verdict("right")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--row", action="append", default=[], help="only this row; may be given several times"
    )
    wrong = asyncio.run(run(set(parser.parse_args().row)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
