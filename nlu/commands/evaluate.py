"""`python -m commands.evaluate`: how well messages are understood that the model has not seen.

Two splits. *Kept apart*: the shipped model is asked about the messages of the writers in nlu/kept_apart, from whom no model
ever learns; it takes seconds, and every change is held to it (`--floors FILE`: the exit code is 1, and every figure is named
that is worse than the file allows). *Writers*: the messages of each of the two writers who wrote before there was a model,
asked of a model that Rasa trained on everyone else's; it trains two models and is for the report.

The figures are kept in reports/HASH.json, HASH as of the model: what has not changed is not measured again. Their shape is
that of `commands.scores.Report`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from commands.agent import LoadedModel
from commands.data import Labelled, read_labelled
from commands.floors import Floors
from commands.paths import DATA, KEPT_APART, REPORTS, model_hash, model_path
from commands.scores import Answer, Cost, report_of
from commands.train import train, train_seconds
from components.reading import Understood
from components.spans import Span

WRITERS = ("clinical", "supply")
"""Whose messages measure in the split of that name: they wrote from the brief alone, before there was a model."""
SPLITS = ("kept_apart", "writers")
KEPT_APART_NAME = "kept apart"
ACROSS_WRITERS = "across writers"
_CODE = ("evaluate.py", "scores.py", "agent.py", "train.py", "data.py")

Figures = dict[str, Any]
"""A `commands.scores.Report` as JSON."""


def kept_apart(model: Path, folder: Path = KEPT_APART) -> Iterator[tuple[str, Figures]]:
    """One report: what the shipped model makes of everyone who is kept apart."""
    if not model.is_file():
        raise SystemExit(f"There is no {model.name}: train it with python -m commands.train")
    messages = read_labelled(folder)
    if not messages:
        raise SystemExit(f"No message is kept apart in {folder}: nothing can be measured.")
    answers, cost = asked(model, messages)
    yield KEPT_APART_NAME, report_of(answers, model=model.name.partition(".")[0], cost=cost).as_json()


def across_writers() -> Iterator[tuple[str, Figures]]:
    """For each of `WRITERS` a report by a model that Rasa trained on all the others, and one over both."""
    pooled: list[Answer] = []
    costs: list[Cost] = []
    for writer in WRITERS:
        # A process each, one after another: training uses all cores, and leaves much in memory.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            answers, cost = process.submit(_of_the_others, writer).result()
        pooled += answers
        costs.append(cost)
        yield f"{writer}, by a model of the others", report_of(answers, model=model_hash(), cost=cost).as_json()
    yield ACROSS_WRITERS, report_of(pooled, model=model_hash(), cost=_dearest(costs)).as_json()


def _of_the_others(writer: str) -> tuple[list[Answer], Cost]:
    with tempfile.TemporaryDirectory(prefix="parley-nlu-") as name:
        folder = Path(name)
        for file in DATA.glob("*/*.yml"):
            if file.parent.name != writer:
                copy = folder / "data" / file.parent.name / file.name
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(file.read_bytes())
        train(folder / "model.tar.gz", data=folder / "data")
        return asked(folder / "model.tar.gz", [message for message in read_labelled(DATA) if message.writer == writer])


def asked(path: Path, messages: Sequence[Labelled]) -> tuple[list[Answer], Cost]:
    """What a model file makes of the messages, and what that cost in this process."""
    start = time.perf_counter()
    model = LoadedModel(path)
    loaded = time.perf_counter() - start
    answers = list(_answers(messages, model.parse))
    p50, p95 = (float(np.percentile([answer.seconds for answer in answers], share) * 1000) for share in (50, 95))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return answers, Cost(
        load_seconds=loaded,
        # Linux counts in kilobytes, macOS in bytes.
        memory_mb=most / (1e6 if sys.platform == "darwin" else 1e3),
        model_mb=path.stat().st_size / 1e6,
        p50_ms=p50,
        p95_ms=p95,
        train_seconds=train_seconds(path),
    )


def _answers(messages: Sequence[Labelled], parse: Callable[[str], dict[str, Any]]) -> Iterator[Answer]:
    for message in messages:
        start = time.perf_counter()
        parsed = parse(message.example.text)
        seconds = time.perf_counter() - start
        yield Answer(message.example, understood(parsed), seconds, message.writer)


def understood(parsed: dict[str, Any]) -> Understood:
    """Rasa's parse result as ours."""
    return Understood(
        tuple((intent["name"], intent["confidence"]) for intent in parsed["intent_ranking"]),
        tuple(Span(e["start"], e["end"], e["entity"], e.get("role")) for e in parsed["entities"]),
    )


def _dearest(costs: Sequence[Cost]) -> Cost:
    """The highest of each cost."""
    return Cost(
        load_seconds=max(cost.load_seconds for cost in costs),
        memory_mb=max(cost.memory_mb for cost in costs),
        model_mb=max(cost.model_mb for cost in costs),
        p50_ms=max(cost.p50_ms for cost in costs),
        p95_ms=max(cost.p95_ms for cost in costs),
        train_seconds={phase: max(cost.train_seconds.get(phase, 0.0) for cost in costs) for phase in costs[0].train_seconds},
    )


def measure(split: str) -> dict[str, Figures]:
    """The reports of one split, by name."""
    return dict(kept_apart(model_path()) if split == "kept_apart" else across_writers())


def kept_reports(folder: Path = REPORTS) -> tuple[Path, dict[str, dict[str, Figures]]]:
    """Where the figures of what is checked out are kept, and those that are there, by split."""
    digest = hashlib.sha256(b"".join((Path(__file__).parent / name).read_bytes() for name in _CODE))
    for file in sorted(KEPT_APART.glob("*/*.yml")):
        digest.update(file.read_bytes())
    code = digest.hexdigest()[:16]
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
    parser.add_argument("--split", choices=(*SPLITS, "all"), default="kept_apart")
    parser.add_argument("--floors", type=Path, help="a file of the worst figures allowed of the writers who are kept apart")
    parser.add_argument("--force", action="store_true", help="measure again even if nothing has changed")
    chosen = parser.parse_args()
    splits = SPLITS if chosen.split == "all" else (chosen.split,)
    floors = Floors.read(chosen.floors) if chosen.floors else None
    if floors and "kept_apart" not in splits:
        parser.error("--floors are of the writers who are kept apart: it needs --split kept_apart or all")
    path, kept = kept_reports()
    for split in splits:
        known = split in kept and not chosen.force
        if not known:
            start = time.monotonic()
            kept[split] = measure(split)
            path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "splits": kept}, indent=1) + "\n", "utf-8")
        for name, report in kept[split].items():
            _show(name, report)
        where = f"{path.parent.name}/{path.name}"
        print(f"\nFrom {where}: no input has changed." if known else f"\n{time.monotonic() - start:.0f} s, kept in {where}")
    below = floors.broken(kept["kept_apart"][KEPT_APART_NAME]["slices"]["all"]) if floors else []
    for line in below:
        print(f"Kept apart, {line}")
    return 1 if below else 0


def _show(name: str, report: Figures) -> None:
    print(f"\n{name}")
    for key, value in report["slices"]["all"].items():
        print(f"  {key:24} {value:8.3f}" if isinstance(value, float) else f"  {key:24} {value:8}")
    for slice_name, part in report["slices"].items():
        if slice_name != "all":
            print(
                f"  {slice_name}: {part['messages']} messages, intent {part['intent']:.3f}, "
                f"entity F1 {part['entity_f1']:.3f}, whole {part['whole']:.3f}"
            )
    print("  intent F1: " + ", ".join(f"{intent} {detail['f1']:.2f}" for intent, detail in report["intents"].items()))
    print("  entity F1: " + ", ".join(f"{entity} {detail['f1']:.2f}" for entity, detail in report["entities"].items()))
    wrong = [(n, meant, said) for meant, row in report["confusion"].items() for said, n in row.items() if said != meant]
    print("  most confused: " + "; ".join(f"{meant} as {said} {n}" for n, meant, said in sorted(wrong, reverse=True)[:10]))
    print("  cost: " + ", ".join(f"{key} {value:.1f}" for key, value in report["cost"].items() if key != "train_seconds"))
    seconds = report["cost"]["train_seconds"]
    print("  training: " + ", ".join(f"{phase} {value:.0f} s" for phase, value in seconds.items()), flush=True)


if __name__ == "__main__":
    sys.exit(main())
