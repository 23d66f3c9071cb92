"""The plots of docs/nlu.md, from what the language room measured: ``python -m bench.nlu_report nlu/reports/HASH.json``.

The same report gives the same files, byte for byte. Blue is right, orange is wrong: told apart by people who do not see all colours, and
by brightness too.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import PercentFormatter
from scipy.stats import binomtest

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
INTENTS = (
    (
        *(
            "find_item",
            "check_stock",
            "check_expiry",
            "item_info",
            "trace_lot",
            "usage_history",
            "cost_report",
        ),
        *("below_par", "reorder_status", "slow_moving", "suggest_substitute"),
    ),
    (
        *("consume", "transfer", "receive", "waste", "count", "requisition", "reorder", "set_par"),
        *("quarantine", "undo", "subscribe_alert"),
    ),
    ("greet", "thanks", "help", "affirm", "deny", "cancel"),
    ("out_of_scope",),
)
"""Questions, actions, talk, and what is none of Parley's business: confusions between groups are the costly ones."""
AIMS = {"intent": 0.95, "entity_f1": 0.93, "whole": 0.85}
SURE = 0.8
_BLUE, _ORANGE, _INK, _GREY, _PALE = "#0072B2", "#D55E00", "#1D1C1D", "#5F6368", "#E3E5E8"
_RIGHT = LinearSegmentedColormap.from_list("right", ["#EAF3F9", _BLUE])
_WRONG = LinearSegmentedColormap.from_list("wrong", ["#FDEBDD", _ORANGE, "#7A2E00"])
_CLIPPED = 0.15
"""A share of an intent's messages from which a mistake has the darkest orange."""


class Detail(TypedDict):
    """One intent or entity, as in reports/HASH.json."""

    meant: int
    understood: int
    precision: float
    recall: float
    f1: float


class Bin(TypedDict):
    """Answers of one range of confidence; the shares are None where there are none."""

    low: float
    high: float
    messages: int
    confidence: float | None
    right: float | None


class Report(TypedDict):
    """What the plots need of one report of reports/HASH.json."""

    slices: dict[str, dict[str, float]]
    intents: dict[str, Detail]
    entities: dict[str, Detail]
    confusion: dict[str, dict[str, int]]
    calibration: list[Bin]


def read(path: Path) -> Report:
    """The report on the messages kept apart; raises OSError, or KeyError where that was not measured."""
    [report] = json.loads(path.read_text("utf-8"))["splits"]["kept_apart"].values()
    return Report(
        slices=report["slices"],
        intents=report["intents"],
        entities=report["entities"],
        confusion=report["confusion"],
        calibration=report["calibration"],
    )


def interval(share: float, trials: float) -> tuple[float, float]:
    """Wilson's 95% interval of a share of so many trials."""
    found = binomtest(round(share * trials), round(trials)).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def confusion(report: Report) -> Figure:
    """Meant by understood; the diagonal has the share understood, each mistake its number of messages."""
    groups = [[name for name in group if name in report["intents"]] for group in INTENTS]
    others = sorted(set(report["intents"]).difference(*groups))
    groups = [group for group in (*groups, others) if group]
    names = [name for group in groups for name in group]
    size = len(names)
    figure = _figure(12.5, 12.4)
    axes = figure.add_subplot()
    image = np.ones((size, size, 4))
    for row, meant in enumerate(names):
        counts = report["confusion"].get(meant, {})
        total = max(sum(counts.values()), 1)
        for column, said in enumerate(names):
            share = counts.get(said, 0) / total
            if row == column:
                image[row, column] = _RIGHT(Normalize(0.5, 1, clip=True)(share))
                colour = "white" if share > 0.72 else _INK
                axes.text(
                    column, row, f"{100 * share:.0f}", ha="center", va="center", fontsize=9, color=colour
                )
            elif share:
                image[row, column] = _WRONG(Normalize(0, _CLIPPED, clip=True)(share))
                colour = "white" if share > 0.055 else _INK
                axes.text(
                    column, row, str(counts[said]), ha="center", va="center", fontsize=9.5, color=colour
                )
    axes.imshow(image, interpolation="nearest")
    axes.set_xticks(range(size), names, rotation=90, fontsize=11)
    axes.set_yticks(range(size), [f"{name}  {_meant(report, name):>3}" for name in names], fontsize=11)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xticks(np.arange(size + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(size + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=_PALE, linewidth=0.6)
    axes.tick_params(which="both", length=0, colors=_INK)
    for edge in np.cumsum([len(group) for group in groups])[:-1]:
        axes.axhline(edge - 0.5, color=_GREY, linewidth=1.3)
        axes.axvline(edge - 0.5, color=_GREY, linewidth=1.3)
    axes.set_xlabel("understood", fontsize=13, color=_GREY, labelpad=10)
    axes.set_ylabel("meant, and how many messages", fontsize=13, color=_GREY, labelpad=10)
    _title(figure, "What was meant, and what was understood")
    figure.supxlabel(
        "Blue: percent of the row that was understood. Orange: messages taken for something else, the darker the larger a share "
        "of the row.\nLines part questions, actions, talk and out of scope.",
        x=0.012, ha="left", fontsize=11, color=_GREY,
    )  # fmt: skip
    return figure


def calibration(report: Report) -> Figure:
    """Above: confidence beside the share that is right. Below: how many messages have that confidence."""
    bins = [part for part in report["calibration"] if part["messages"]]
    said = [part["confidence"] or 0.0 for part in bins]
    right = [part["right"] or 0.0 for part in bins]
    spans = [interval(share, part["messages"]) for share, part in zip(right, bins, strict=True)]
    figure = _figure(8, 7.4)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1.15])
    above.plot([0, 1], [0, 1], color=_GREY, linestyle=(0, (5, 3)), linewidth=1.5, zorder=2)
    above.text(
        *(0.03, 0.045),
        "as often as it says",
        rotation=45,
        rotation_mode="anchor",
        transform_rotates_text=True,
        fontsize=11,
        color=_GREY,
    )
    above.vlines(said, *zip(*spans, strict=True), color=_BLUE, linewidth=2, alpha=0.45, zorder=3)
    above.plot(said, right, "o-", color=_BLUE, markersize=8, linewidth=2, zorder=4)
    above.set_ylabel("intent right, with 95% interval", fontsize=12, color=_GREY)
    above.set_ylim(0, 1.03)
    middles = [(part["low"] + part["high"]) / 2 for part in report["calibration"]]
    counts = [part["messages"] for part in report["calibration"]]
    bars = below.bar(middles, [max(count, 0.0) for count in counts], width=0.088, color=_BLUE, zorder=3)
    below.bar_label(bars, [f"{count:,}" for count in counts], padding=3, fontsize=11, color=_INK)
    below.set_yscale("symlog", linthresh=10)
    below.set_ylim(0, max([*counts, 10]) * 4)
    below.set_yticks([])
    below.set_yticks([], minor=True)
    below.set_ylabel("messages (log)", fontsize=12, color=_GREY)
    below.set_xlabel("confidence in the intent", fontsize=12, color=_GREY)
    for axes in (above, below):
        _bare(axes)
        axes.set_axisbelow(True)
        axes.axvline(SURE, color=_ORANGE, linewidth=1.5, zorder=1)
        axes.set_xlim(0, 1.015)
        axes.set_xticks(np.arange(0, 1.01, 0.2))
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    above.set_yticks(np.arange(0, 1.01, 0.2))
    above.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    above.grid(axis="y", color=_PALE, linewidth=1, zorder=0)
    above.text(SURE - 0.012, 0.04, "sure from here", ha="right", fontsize=11, color=_ORANGE)
    _title(figure, "Is it right as often as it says?")
    return figure


def f1(report: Report) -> Figure:
    """F1 of each entity and of each intent, the weakest at the bottom, with how many were meant."""
    figure = _figure(12, 9.4)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.08])
    parts: Sequence[tuple[Axes, str, Mapping[str, Detail], float | None]] = (
        (left, "Entities", report["entities"], AIMS["entity_f1"]),
        (right, "Intents", report["intents"], None),
    )
    for axes, title, details, aim in parts:
        ordered = sorted(details.items(), key=lambda item: (item[1]["f1"], item[0]))
        values = [detail["f1"] for _, detail in ordered]
        axes.barh(range(len(ordered)), values, height=0.7, color=_BLUE, zorder=2)
        for row, value in enumerate(values):
            inside = value > 0.1
            axes.text(
                *(value - 0.012 if inside else value + 0.012, row),
                f"{value:.2f}",
                ha="right" if inside else "left",
                va="center_baseline",
                fontsize=10.5,
                color="white" if inside else _INK,
                zorder=3,
            )
        axes.set_yticks(
            range(len(ordered)),
            [f"{name}  {detail['meant']:>3}" for name, detail in ordered],
            fontsize=11,
            color=_INK,
        )
        axes.set_ylim(-0.6, len(ordered) - 0.4)
        axes.set_xlim(0, 1.01)
        axes.set_xticks(np.arange(0, 1.01, 0.2))
        axes.grid(axis="x", color=_PALE, linewidth=1, zorder=0)
        _bare(axes)
        axes.set_title(title, loc="left", fontsize=14, color=_INK, pad=8)
        axes.set_xlabel("F1", fontsize=12, color=_GREY)
        if aim is not None:
            # Behind the bars: it shows where one falls short.
            axes.axvline(aim, color=_ORANGE, linewidth=1.8, zorder=1)
            label = f"aim for all together: {aim}"
            axes.text(aim, len(ordered) - 0.38, label, ha="right", va="bottom", fontsize=10.5, color=_ORANGE)
    _title(figure, "How well each is found (F1, and how many were meant)")
    return figure


def slices(report: Report) -> Figure:
    """Intent, entity F1 and whole message for each slice, with 95% intervals where messages are counted."""
    shown = [(name, figures) for name, figures in report["slices"].items() if figures["messages"]][::-1]
    figure = _figure(12, 1.6 + 0.52 * len(shown))
    panels = figure.subplots(1, 3, sharey=True)
    titles = {"intent": "intent", "entity_f1": "entity F1", "whole": "whole message"}
    # Room at the left of the lowest aim for its label, and for what falls short of it.
    least = min(AIMS.values()) - 0.05
    for axes, (key, title) in zip(panels, titles.items(), strict=True):
        for row, (_, figures) in enumerate(shown):
            value = figures[key]
            low = value
            if key != "entity_f1":
                low, high = interval(value, figures["messages"])
                axes.hlines(row, low, high, color=_BLUE, linewidth=5, alpha=0.28, zorder=2)
            least = min(least, low)
            axes.plot(value, row, "o", color=_BLUE, markersize=8, zorder=3)
            label = f"{value:.3f}" if key == "entity_f1" else f"{100 * value:.1f}"
            # White behind the figure: the line of the aim runs through some of them.
            clear = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
            axes.text(
                *(value, row + 0.21),
                label,
                ha="center",
                va="bottom",
                fontsize=10.5,
                color=_INK,
                bbox=clear,
                zorder=4,
            )
        aim = AIMS[key]
        axes.axvline(aim, color=_ORANGE, linewidth=1.5, zorder=1)
        axes.set_title(title, loc="left", fontsize=13, color=_INK, pad=20)
        shown_aim = f"{aim:.2f}" if key == "entity_f1" else f"{aim:.0%}"
        axes.text(
            aim, len(shown) - 0.22, f"aim {shown_aim}", ha="center", va="bottom", fontsize=10.5, color=_ORANGE
        )
        axes.grid(axis="y", color=_PALE, linewidth=1, zorder=0)
        _bare(axes)
    floor = np.floor(round(least * 20, 6)) / 20
    for axes in panels:
        axes.set_xlim(floor, 1.005)
        axes.set_ylim(-0.5, len(shown) - 0.25)
        if axes is not panels[1]:
            axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    names = [
        f"{name.replace('writer:', 'writer ')}  {int(figures['messages']):>5,}" for name, figures in shown
    ]
    panels[0].set_yticks(range(len(shown)), names, fontsize=11.5, color=_INK)
    _title(figure, "By slice, with how many messages; bands are 95% intervals")
    return figure


DRAWN = {"slices": slices, "f1": f1, "calibration": calibration, "confusion": confusion}


def save(figure: Figure, path: Path) -> None:
    """Write a PNG that says neither when nor by which version it was made."""
    figure.savefig(path, format="png", metadata={"Software": None}, pil_kwargs={"optimize": True})


def _figure(width: float, height: float) -> Figure:
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12, wspace=0.04, hspace=0.02)
    figure = Figure(figsize=(width, height), dpi=120, facecolor="white", layout=layout)
    FigureCanvasAgg(figure)
    return figure


def _meant(report: Report, name: str) -> int:
    return report["intents"][name]["meant"]


def _title(figure: Figure, text: str) -> None:
    figure.suptitle(text, x=0.012, ha="left", fontsize=17, fontweight="bold", color=_INK)


def _bare(axes: Axes) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_PALE)
    axes.tick_params(length=0, labelcolor=_GREY, labelsize=11)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path)
    parser.add_argument("--images", type=Path, default=IMAGES, help="the folder to write to")
    chosen = parser.parse_args()
    report = read(chosen.report)
    with rc_context({"font.family": "DejaVu Sans"}):
        for name, draw in DRAWN.items():
            save(draw(report), chosen.images / f"nlu_{name}.png")
            print(f"Drawn: nlu_{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
