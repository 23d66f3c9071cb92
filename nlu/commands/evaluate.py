"""`python -m commands.evaluate`: how well messages are understood that the model has not seen.

Three splits, because each alone flatters or is unfair. *Across writers*: the messages of each of the two writers who were
given the brief alone, asked of a model that Rasa trained on everyone else's. *Across personas*: the same for every folder of
data. *In parts*: five parts with their share of every intent, each asked of a model trained on the other four; a writer
avoided repeating themselves, so what is kept out is often unlike all the rest.

The figures are kept in reports/HASH.json, HASH as of the model: what has not changed is not measured again. With `--floors
FILE` the exit code is 1 and every figure is named that is worse than the file allows.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from commands.agent import LoadedModel
from commands.data import Labelled, read_labelled
from commands.floors import Floors
from commands.paths import DATA, REPORTS, model_hash
from commands.scores import Answer, by_entity, by_intent, confusions, figures, spoken
from commands.train import train
from components.cascade import Cascade, Understood
from components.spans import Example, Span

WRITERS = ("clinical", "supply")
"""Whose messages measure: they wrote from the brief alone, before there was a model or a word list."""
ACROSS_WRITERS = "across writers"
ACROSS_PERSONAS = "across personas"
PARTS = 5
SEED = 3
_CODE = ("evaluate.py", "scores.py", "agent.py", "train.py", "data.py")


def across(writers: Sequence[str]) -> Iterator[tuple[str, list[Answer]]]:
    """For each writer: their messages, asked of a model that Rasa trained on all the others'; as many at once as cores."""
    # Not forked: Rasa and its libraries start threads, which a fork would leave in the middle of their work.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(len(writers), os.cpu_count() or 1), mp_context=context) as processes:
        yield from zip(writers, processes.map(_of_the_others, writers), strict=True)


def _of_the_others(writer: str) -> list[Answer]:
    with tempfile.TemporaryDirectory(prefix="parley-nlu-") as name:
        folder = Path(name)
        for file in DATA.glob("*/*.yml"):
            if file.parent.name != writer:
                copy = folder / "data" / file.parent.name / file.name
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(file.read_bytes())
        train(folder / "model.tar.gz", data=folder / "data")
        model = LoadedModel(folder / "model.tar.gz")
        kept = [message.example for message in read_labelled(DATA) if message.writer == writer]
        return _ask(kept, lambda text: understood(model.parse(text)))


def in_parts(messages: Sequence[Labelled], parts: int) -> Iterator[list[Answer]]:
    """Cross-validation over all writers, the same parts every time; the component is trained without Rasa around it."""
    examples = [message.example for message in messages]
    part = np.zeros(len(examples), dtype=int)
    seen: dict[str, int] = {}
    for index in np.random.RandomState(SEED).permutation(len(examples)):
        intent = examples[index].intent
        seen[intent] = seen.get(intent, -1) + 1
        part[index] = seen[intent] % parts
    for number in range(parts):
        cascade = Cascade.train([example for i, example in enumerate(examples) if part[i] != number])
        yield _ask([example for i, example in enumerate(examples) if part[i] == number], cascade.understand)


def understood(parsed: dict) -> Understood:
    """Rasa's parse result as ours."""
    return Understood(
        tuple((intent["name"], intent["confidence"]) for intent in parsed["intent_ranking"]),
        tuple(Span(e["start"], e["end"], e["entity"], e.get("role")) for e in parsed["entities"]),
    )


def _ask(examples: Sequence[Example], understand: Callable[[str], Understood]) -> list[Answer]:
    answers = []
    for example in examples:
        start = time.perf_counter()
        result = understand(example.text)
        answers.append(Answer(example, result, time.perf_counter() - start))
    return answers


def report(answers: Sequence[Answer]) -> dict:
    """Figures of all answers and of their slices."""
    return {
        "all": figures(answers),
        "typed": figures([a for a in answers if not spoken(a.example.text)]),
        "spoken": figures([a for a in answers if spoken(a.example.text)]),
        "by_intent": by_intent(answers),
        "by_entity": by_entity(answers),
        "confusions": confusions(answers),
    }


def measure(split: str, messages: Sequence[Labelled]) -> dict[str, dict]:
    """The reports of one split, by name; the last is over all of its answers."""
    if split == "parts":
        return {f"in {PARTS} parts": report([answer for answers in in_parts(messages, PARTS) for answer in answers])}
    everyone = sorted({message.writer for message in messages})
    reports: dict[str, dict] = {}
    pooled: list[Answer] = []
    for writer, answers in across(WRITERS if split == "writers" else everyone):
        reports[f"{writer}, by a model of the others"] = report(answers)
        pooled += answers
    return reports | {ACROSS_WRITERS if split == "writers" else ACROSS_PERSONAS: report(pooled)}


def kept_reports(folder: Path = REPORTS) -> tuple[Path, dict[str, dict[str, dict]]]:
    """Where the figures of what is checked out are kept, and those that are there, by split."""
    code = hashlib.sha256(b"".join((Path(__file__).parent / name).read_bytes() for name in _CODE)).hexdigest()[:16]
    path = folder / f"{model_hash()}.json"
    if path.is_file():
        kept = json.loads(path.read_text("utf-8"))
        if kept["code"] == code:
            return path, kept["splits"]
    folder.mkdir(exist_ok=True)
    path.write_text(json.dumps({"code": code, "splits": {}}), "utf-8")
    return path, {}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("writers", "personas", "parts", "all"), default="all")
    parser.add_argument("--floors", type=Path, help="a file of the worst figures allowed across writers")
    parser.add_argument("--force", action="store_true", help="measure again even if nothing has changed")
    chosen = parser.parse_args()
    splits = ("writers", "personas", "parts") if chosen.split == "all" else (chosen.split,)
    floors = Floors.read(chosen.floors) if chosen.floors else None
    if floors and "writers" not in splits:
        parser.error("--floors are of the figures across writers: it needs --split writers or all")
    path, kept = kept_reports()
    messages = read_labelled(DATA)
    for split in splits:
        start = time.monotonic()
        known = split in kept and not chosen.force
        if not known:
            print(f"Measuring ({split}): each part trains a model, about two minutes on a core of its own ...", flush=True)
            kept[split] = measure(split, messages)
            path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "splits": kept}, indent=1) + "\n", "utf-8")
        for name, figures_of in kept[split].items():
            _show(name, figures_of)
        where = f"{path.parent.name}/{path.name}"
        print(f"\nFrom {where}: no input has changed." if known else f"\n{time.monotonic() - start:.0f} s, kept in {where}")
    below = floors.broken(kept["writers"][ACROSS_WRITERS]["all"]) if floors else []
    for line in below:
        print(f"Across writers, {line}")
    return 1 if below else 0


def _show(name: str, shown: dict) -> None:
    print(f"\n{name}")
    for key, value in shown["all"].items():
        print(f"  {key:24} {value:8.3f}" if isinstance(value, float) else f"  {key:24} {value:8}")
    for slice_name in ("typed", "spoken"):
        part = shown[slice_name]
        print(
            f"  {slice_name}: {part['messages']} messages, intent {part['intent']:.3f}, entity F1 {part['entity_f1']:.3f}, "
            f"whole {part['whole']:.3f}"
        )
    print("  intents: " + ", ".join(f"{intent} {share:.2f}" for intent, share in shown["by_intent"].items()))
    print("  entity F1: " + ", ".join(f"{entity} {f1:.2f}" for entity, f1 in shown["by_entity"].items()))
    print("  most confused: " + "; ".join(f"{m} as {s} {n}" for m, s, n in shown["confusions"]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
