"""What was measured of the language model, as Markdown: `written` from the reports that `commands.evaluate` keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from commands.floors import Floors
from commands.markdown import figure_text, number, percent, picture, quoted, table, verdict
from commands.noise import interval, interval_of_difference
from commands.scores import ACTIONS, OUT_OF_SCOPE, SHORT, SURE
from commands.writers import Folder, Notes

WORST = 10
_AIMS = (
    ("intent", "at_least", 0.95),
    ("intent_in_scope", "at_least", 0.95),
    ("entity_f1", "at_least", 0.93),
    ("whole", "at_least", 0.85),
    ("false_actions", "at_most", 0.005),
    ("false_actions_sure", "at_most", 0.005),
)
_COST_AIMS = (
    ("ready to answer after", "load_seconds", 15, "s"),
    ("memory at its highest", "memory_mb", 900, "MB"),
    ("one answer, p50", "p50_ms", 15, "ms"),
)
_TRAIN_SECONDS = 600
NAMES = {
    "intent": "intent",
    "intent_in_scope": "intent, of messages in scope",
    "entity_precision": "entity precision",
    "entity_recall": "entity recall",
    "entity_f1": "entity F1 (exact span and label)",
    "entity_f1_with_roles": "entity F1, direction too",
    "whole": "whole message (intent and every entity)",
    "whole_with_roles": "whole message, direction too",
    "out_of_scope_precision": "out of scope, precision",
    "out_of_scope_recall": "out of scope, recall",
    "false_actions": "false actions",
    "false_actions_sure": "false actions, sure",
    "sure": f"sure (confidence of at least {SURE})",
    "intent_when_sure": "intent, where sure",
    "calibration_error": "calibration error",
}
"""The figures of `commands.scores` in words."""
_SLICED = ("intent", "intent_in_scope", "entity_f1", "entity_f1_with_roles", "whole", "whole_with_roles", "false_actions_sure")


def written(
    splits: Mapping[str, Mapping[str, Any]],
    *,
    data: Sequence[Folder],
    floors: Mapping[str, Floors],
    notes: Notes,
    ablation: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The measured part as Markdown; ``splits`` as in reports/HASH.json, ``floors`` by split."""
    [report] = splits["kept_apart"].values()
    sections = [
        _opening(report, notes),
        _aims(report),
        _slices(report),
        _others(report),
        *([_floors(splits, floors)] if floors else []),
        _false_actions(report),
        _intents(report),
        _entities(report),
        _calibration(report),
        _confusions(report, notes),
        _cost(report["cost"]),
        *([_ablation(ablation)] if ablation else []),
        _across_writers(splits),
        _data(data, notes),
    ]
    return "\n\n".join(sections)


def worst(report: Mapping[str, Any], most: int = WORST) -> list[tuple[str, str, int]]:
    """The most frequent mistakes: meant, understood, messages; of equally frequent ones those that were surer of themselves."""
    wrong = [(meant, said, times) for meant, row in report["confusion"].items() for said, times in row.items() if said != meant]
    sureness: Counter[tuple[str, str]] = Counter()
    for mistake in report["mistakes"]:
        sureness[mistake["meant"], mistake["understood"]] += mistake["confidence"]
    return sorted(wrong, key=lambda mistake: (-mistake[2], -sureness[mistake[:2]], mistake[:2]))[:most]


def pair(meant: str, said: str) -> str:
    """How a confusion is named in report_notes.toml."""
    return f"{meant} as {said}"


def messages_behind(figure: str, report: Mapping[str, Any]) -> float:
    """How many trials a figure of all messages is a share of.

    For F1 it is the mean number of spans meant and understood: F1 is right / that mean. Spans of one message are not
    independent of each other, so that its interval is somewhat too narrow.
    """
    out = report["intents"].get(OUT_OF_SCOPE, {"meant": 0, "understood": 0})
    total = report["slices"]["all"]["messages"]
    spans = report["entities"].values()
    if figure.startswith("entity_f1"):
        return sum(span["meant"] + span["understood"] for span in spans) / 2
    if figure in ("entity_precision", "entity_recall"):
        return sum(span["understood" if figure == "entity_precision" else "meant"] for span in spans)
    if figure == "intent_when_sure":
        return report["slices"]["all"]["sure"] * total
    return {
        "intent_in_scope": total - out["meant"],
        "out_of_scope_recall": out["meant"],
        "out_of_scope_precision": out["understood"],
    }.get(figure, total)


def _opening(report: Mapping[str, Any], notes: Notes) -> str:
    total = report["slices"]["all"]["messages"]
    who = "; ".join(f"`{name}` {messages:,} ({_speaker(name, notes)})" for name, messages in report["writers"].items())
    return (
        "## How good it is\n\n"
        f"Model `{report['model']}`, asked about {total:,} messages of {len(report['writers'])} writers from whom it has "
        f"learnt nothing: {who}. All figures are of these messages unless they say otherwise. What stands in brackets is the "
        "95% interval that so many messages leave."
    )


def _aims(report: Mapping[str, Any]) -> str:
    every, cost = report["slices"]["all"], report["cost"]
    rows: list[tuple[str, ...]] = []
    for figure, side, aim in _AIMS:
        value = every[figure]
        good = value >= aim if side == "at_least" else value <= aim
        share = figure != "entity_f1"
        bound = "at least" if side == "at_least" else "at most"
        rows.append((NAMES[figure], f"{bound} {figure_text(aim, share)}", _with_interval(figure, report), verdict(good)))
    typed, said = report["slices"]["typed"], report["slices"]["spoken"]
    for figure in ("intent", "whole"):
        low, high = interval_of_difference(said[figure], said["messages"], typed[figure], typed["messages"])
        difference = said[figure] - typed[figure]
        shown = f"{100 * difference:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f})"
        rows.append((f"{figure}, spoken beside typed", "no worse, within noise", shown, verdict(high >= 0)))
    for name, key, most, unit in _COST_AIMS:
        rows.append((name, f"at most {most} {unit}", f"{number(cost[key])} {unit}", verdict(cost[key] <= most)))
    if cost["train_seconds"]:
        # Phases may run at the same time, or be the whole of others: their sum says nothing.
        phase, seconds = max(cost["train_seconds"].items(), key=lambda item: item[1])
        rows.append(
            (f"training, {phase}", f"at most {_TRAIN_SECONDS} s", f"{seconds:.0f} s", verdict(seconds <= _TRAIN_SECONDS))
        )
    return "### Aims\n\n" + table(("", "aim", "reached", ""), rows)


def _slices(report: Mapping[str, Any]) -> str:
    names = {"short": f"short (up to {SHORT} words)", "long": f"long (more than {SHORT})"}
    rows = [
        (
            names.get(name, f"writer `{name[7:]}`" if name.startswith("writer:") else name),
            f"{figures['messages']:,}",
            *(figure_text(figures[key], not key.startswith("entity")) for key in _SLICED),
        )
        for name, figures in report["slices"].items()
        if figures["messages"]
    ]
    head = ("slice", "messages", "intent", "in scope", "entity F1", "F1, direction too", "whole", "whole, direction too")
    shown = picture(
        "slices",
        "Intent, entity F1 and whole message right by slice, with 95% intervals: "
        + "; ".join(
            f"{name.replace('writer:', 'writer ')} {100 * f['intent']:.1f}%, {f['entity_f1']:.3f}, {100 * f['whole']:.1f}%"
            for name, f in report["slices"].items()
        ),
    )
    return f"### By slice\n\n{table((*head, 'false actions, sure'), rows)}\n\n{shown}"


def _others(report: Mapping[str, Any]) -> str:
    figures = report["slices"]["all"]
    keys = (
        *("entity_precision", "entity_recall", "out_of_scope_precision", "out_of_scope_recall"),
        *("sure", "intent_when_sure", "calibration_error"),
    )
    return "The other figures of all messages:\n\n" + table(
        ("", "measured"),
        [(NAMES[key], _with_interval(key, report) if key != "calibration_error" else f"{figures[key]:.3f}") for key in keys],
    )


def _floors(splits: Mapping[str, Mapping[str, Any]], floors: Mapping[str, Floors]) -> str:
    rows: list[tuple[str, ...]] = []
    for split, limits in floors.items():
        # The last report of a split is over all of its messages.
        report = list(splits[split].values())[-1] if split in splits else None
        for side, bounds in (("at least", limits.at_least), ("at most", limits.at_most)):
            for figure, bound in bounds.items():
                share = not figure.startswith("entity")
                name = f"{NAMES.get(figure, figure)}, {split.replace('_', ' ')}"
                shown = f"{side} {figure_text(bound, share)}"
                rows.append((name, shown, *(_room(figure, side, bound, report) if report else ("not measured", "", ""))))
    return "### Floors\n\n" + table(("", "floor", "measured", "95% interval", "room"), rows)


def _room(figure: str, side: str, bound: float, report: Mapping[str, Any]) -> tuple[str, str, str]:
    value, share = report["slices"]["all"][figure], not figure.startswith("entity")
    low, high = interval(value, messages_behind(figure, report))
    room = value - bound if side == "at least" else bound - value
    noise = value - low if side == "at least" else high - value
    state = "**broken**" if room < 0 else "within the noise" if room < noise else "more than the noise"
    shown = f"{100 * room:.1f} points" if share else f"{room:.3f}"
    return figure_text(value, share), f"{figure_text(low, share)} to {figure_text(high, share)}", f"{shown}: {state}"


def _false_actions(report: Mapping[str, Any]) -> str:
    total = report["slices"]["all"]["messages"]
    wrong = [mistake for mistake in report["mistakes"] if mistake["understood"] in ACTIONS]
    sure = [mistake for mistake in wrong if mistake["confidence"] >= SURE]
    rows = [
        (name, f"{len(found)} of {total:,}", _with_interval(figure, report))
        for name, found, figure in (("all", wrong, "false_actions"), ("sure", sure, "false_actions_sure"))
    ]
    listed = "\n".join(
        f"- {quoted(m['text'])}: meant `{m['meant']}`, understood `{m['understood']}` ({m['confidence']:.2f})"
        for m in sure[:WORST]
    )
    shown = f"\n\nThe sure ones{', the surest first' if len(sure) > 1 else ''}:\n\n{listed}" if sure else ""
    return "### False actions\n\n" + table(("", "messages", "share"), rows) + shown


def _intents(report: Mapping[str, Any]) -> str:
    rows = []
    for name, detail in sorted(report["intents"].items(), key=lambda item: (item[1]["f1"], item[0])):
        others = {said: n for said, n in report["confusion"].get(name, {}).items() if said != name}
        taken = ", ".join(f"`{said}` {n}" for said, n in sorted(others.items(), key=lambda item: (-item[1], item[0]))[:2])
        rows.append((f"`{name}`", *_detail(detail), taken))
    head = ("intent", "meant", "understood", "precision", "recall", "F1", "most taken for")
    return "### By intent, the weakest first\n\n" + table(head, rows)


def _entities(report: Mapping[str, Any]) -> str:
    weakest = sorted(report["entities"].items(), key=lambda item: (item[1]["f1"], item[0]))
    rows = [(f"`{name}`", *_detail(detail)) for name, detail in weakest]
    listed = ", ".join(f"{name} {detail['f1']:.2f}" for name, detail in weakest)
    low = min(report["intents"].items(), key=lambda item: (item[1]["f1"], item[0]))
    shown = picture(
        "f1", f"F1 of each entity and of each intent as bars. Entities: {listed}. Weakest intent: {low[0]} {low[1]['f1']:.2f}"
    )
    head = ("entity", "meant", "understood", "precision", "recall", "F1")
    return f"### By entity, the weakest first\n\n{table(head, rows)}\n\n{shown}"


def _calibration(report: Mapping[str, Any]) -> str:
    bins = [part for part in report["calibration"] if part["messages"]]
    rows = []
    for part in bins:
        low, high = interval(part["right"], part["messages"])
        rows.append(
            (
                f"{part['low']:.1f} to {part['high']:.1f}",
                f"{part['messages']:,}",
                percent(part["confidence"]),
                percent(part["right"]),
                f"{percent(low)} to {percent(high)}",
            )
        )
    listed = "; ".join(f"{part['confidence']:.2f} said, {part['right']:.2f} right of {part['messages']}" for part in bins)
    shown = picture("calibration", f"Confidence in the intent beside the share that was right, by bin, with counts: {listed}")
    head = ("confidence", "messages", "mean confidence", "right", "95% interval")
    return f"### Confidence beside what came true\n\n{table(head, rows)}\n\n{shown}"


def _confusions(report: Mapping[str, Any], notes: Notes) -> str:
    rows = []
    for meant, said, times in worst(report):
        examples = [m for m in report["mistakes"] if (m["meant"], m["understood"]) == (meant, said)][:2]
        rows.append(
            (
                f"`{meant}` taken for `{said}`",
                f"{times} of {report['intents'][meant]['meant']}",
                "<br>".join(f"{quoted(m['text'])} ({m['confidence']:.2f})" for m in examples),
                notes.mends.get(pair(meant, said), ""),
            )
        )
    said_ = ", ".join(f"{meant} as {said} {times}" for meant, said, times in worst(report, 5))
    right = sum(row.get(name, 0) for name, row in report["confusion"].items())
    shown = picture(
        "confusion",
        f"Confusion matrix of {len(report['intents'])} intents, each row in shares of what was meant: {right:,} of "
        f"{report['slices']['all']['messages']:,} messages on the diagonal; most frequent beside it: {said_}",
    )
    head = ("confusion", "messages", "such as (confidence)", "what would mend it")
    return f"### The ten worst confusions\n\n{table(head, rows)}\n\n{shown}"


def _cost(cost: Mapping[str, Any]) -> str:
    rows = [
        *((f"training: {phase}", f"{seconds:.1f} s") for phase, seconds in cost["train_seconds"].items()),
        ("from the model file to the first answer possible", f"{cost['load_seconds']:.1f} s"),
        ("memory at its highest", f"{cost['memory_mb']:,.0f} MB"),
        ("model file", f"{cost['model_mb']:.1f} MB"),
        ("one answer, one core, p50 / p95", f"{cost['p50_ms']:.1f} / {cost['p95_ms']:.1f} ms"),
    ]
    elsewhere = "" if cost["train_seconds"] else "\n\nThe model was trained elsewhere: the time it took is not known here."
    return "### Cost\n\n" + table(("", "measured"), rows) + elsewhere


_ABLATION_SAYS = (
    "Measured by hand while the model was chosen, not by this report. Rows compare only where their last column is the same; "
    "of supply's messages a difference below about 1.8 points of intent is chance. Seconds are those of a busy machine.\n\n"
)


def _ablation(parts: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            part["part"],
            *(figure_text(part.get(key), key != "entity_f1") for key in ("intent", "entity_f1", "whole", "false_actions_sure")),
            "" if part.get("seconds") is None else f"{part['seconds']:,.0f}",
            part.get("note") or "",
        )
        for part in parts
    ]
    head = ("part", "intent", "entity F1", "whole", "false actions, sure", "seconds", "")
    return "### What each part is worth\n\n" + _ABLATION_SAYS + table(head, rows)


def _across_writers(splits: Mapping[str, Mapping[str, Any]]) -> str:
    title = "### Across writers\n\n"
    if "writers" not in splits:
        return f"{title}Not measured for this model: `NLU_REPORT=full make nlu-report` does it; it trains two more models."
    rows = [
        (name, f"{all_['messages']:,}", *(figure_text(all_[key], not key.startswith("entity")) for key in _SLICED))
        for name, all_ in ((name, report["slices"]["all"]) for name, report in splits["writers"].items())
    ]
    head = ("", "messages", "intent", "in scope", "entity F1", "F1, direction too", "whole", "whole, direction too")
    return title + table((*head, "false actions, sure"), rows)


def _data(data: Sequence[Folder], notes: Notes) -> str:
    rows: list[tuple[str, ...]] = []
    for learnt, name in ((True, "learnt from"), (False, "kept apart")):
        part = [folder for folder in data if folder.learnt is learnt]
        rows += [(f"`{f.writer}`", _speaker(f.writer, notes), name, *_counts([f])) for f in part]
        if part:
            rows.append((f"all {name}", "", "", *_counts(part)))
    an_intent = sum((Counter(folder.intents) for folder in data if folder.learnt), Counter())
    spread = (
        f"{min(an_intent.values()):,} to {max(an_intent.values()):,} messages an intent to learn from." if an_intent else ""
    )
    head = ("folder", "who speaks", "", "messages", "like speech", "out of scope")
    return f"## Who wrote the messages\n\n{table(head, rows)}\n\n{spread}"


def _counts(part: Sequence[Folder]) -> tuple[str, str, str]:
    messages = sum(f.messages for f in part)
    return (
        f"{messages:,}",
        f"{sum(f.spoken for f in part) / messages:.0%}",
        f"{sum(f.intents.get(OUT_OF_SCOPE, 0) for f in part):,}",
    )


def _speaker(writer: str, notes: Notes) -> str:
    return notes.writers.get(writer) or "not described"


def _detail(detail: Mapping[str, Any]) -> tuple[str, ...]:
    shares = (f"{detail[key]:.3f}" for key in ("precision", "recall", "f1"))
    return f"{detail['meant']:,}", f"{detail['understood']:,}", *shares


def _with_interval(figure: str, report: Mapping[str, Any]) -> str:
    value, share = report["slices"]["all"][figure], not figure.startswith("entity")
    low, high = interval(value, messages_behind(figure, report))
    return f"{figure_text(value, share)} ({figure_text(low, share)} to {figure_text(high, share)})"
