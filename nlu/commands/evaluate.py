"""`python -m commands.evaluate`: how well messages are understood that the model has not seen. Writes reports/evaluation.json.

Two splits, because each alone flatters or is unfair. *Across writers*: trained by Rasa on one writer's messages alone,
asked through the loaded model about the other's. *In parts*: five parts with their share of every intent, each asked of a
model trained on the other four; a writer avoided repeating themselves, so what is kept out is often unlike all the rest.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from commands.agent import LoadedModel
from commands.data import Labelled, read_labelled
from commands.paths import DATA, REPORTS, model_hash
from commands.scores import Answer, by_entity, by_intent, confusions, figures, spoken
from commands.train import train
from components.cascade import Cascade, Understood
from components.spans import Example, Span

PARTS = 5
SEED = 3


def across_writers(messages: Sequence[Labelled]) -> Iterator[tuple[str, list[Answer]]]:
    """For each writer: train Rasa on all the others' files, ask about this writer's messages."""
    writers = sorted({message.writer for message in messages})
    for writer in writers:
        with tempfile.TemporaryDirectory(prefix="parley-nlu-") as name:
            folder = Path(name)
            for other in writers:
                if other != writer:
                    (folder / "data" / other).mkdir(parents=True)
                    for file in (DATA / other).glob("*.yml"):
                        (folder / "data" / other / file.name).write_bytes(file.read_bytes())
            train(folder / "model.tar.gz", data=folder / "data")
            model = LoadedModel(folder / "model.tar.gz")
            kept = [message.example for message in messages if message.writer == writer]
            yield writer, _ask(kept, lambda text, model=model: understood(model.parse(text)))


def in_parts(messages: Sequence[Labelled], parts: int) -> Iterator[tuple[str, list[Answer]]]:
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
        kept = [example for i, example in enumerate(examples) if part[i] == number]
        yield f"part {number + 1}", _ask(kept, cascade.understand)


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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("writers", "parts", "both"), default="both")
    chosen = parser.parse_args().split
    messages = read_labelled(DATA)
    reports: dict[str, dict] = {}
    everyone: list[Answer] = []
    if chosen != "parts":
        for writer, answers in across_writers(messages):
            reports[f"{writer}, by a model of the others"] = report(answers)
            everyone += answers
            _show(f"{writer}, by a model of the others", reports)
        reports["across writers"] = report(everyone)
        _show("across writers", reports)
    if chosen != "writers":
        pooled = [answer for _, answers in in_parts(messages, PARTS) for answer in answers]
        reports[f"in {PARTS} parts"] = report(pooled)
        _show(f"in {PARTS} parts", reports)
    REPORTS.mkdir(exist_ok=True)
    path = REPORTS / "evaluation.json"
    path.write_text(json.dumps({"model": model_hash(), "splits": reports}, indent=1) + "\n", "utf-8")
    print(f"Written to {path}")
    return 0


def _show(name: str, reports: dict[str, dict]) -> None:
    print(f"\n{name}")
    for key, value in reports[name]["all"].items():
        print(f"  {key:24} {value:8.3f}" if isinstance(value, float) else f"  {key:24} {value:8}")
    for slice_name in ("typed", "spoken"):
        part = reports[name][slice_name]
        print(
            f"  {slice_name}: {part['messages']} messages, intent {part['intent']:.3f}, entity F1 {part['entity_f1']:.3f}, "
            f"whole {part['whole']:.3f}"
        )
    print("  entity F1: " + ", ".join(f"{entity} {f1:.2f}" for entity, f1 in reports[name]["by_entity"].items()))
    print("  most confused: " + "; ".join(f"{m} as {s} {n}" for m, s, n in reports[name]["confusions"]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
