"""Decode rates, wrong texts and times on pictures made by seed, beside pyzbar alone and zxing-cpp alone in the same run.

``python -m bench.pictures --each 4``: pictures for each of 13 symbologies and 14 conditions.
``python -m bench.pictures --phones --each 4``: frames of old phones, and pictures in which no code can be read.
``python -m bench.pictures --broken 2000``: files that are broken in every way we know.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np
import zxingcpp
from pyzbar import pyzbar

from bench.picture_broken import broken_report
from bench.picture_labels import KINDS
from bench.picture_phones import FRAMES, phone_scene
from bench.picture_rules import rules_report
from bench.picture_scenes import CONDITIONS, Scene, scene
from bot.media.barcode.cascade import Search, search
from bot.media.barcode.quality import advice
from bot.media.pictures import Gray, open_picture
from bot.media.reading import BUDGET

type Texts = list[str]


def sought(text: str) -> str:
    """EAN, UPC and their leading zeros are one number for everybody."""
    return text.lstrip("0") if text.isdigit() and len(text) in (8, 12, 13) else text.lstrip("\x1d")


def by_zxing(pixels: Gray) -> Texts:
    texts = []
    for one in zxingcpp.read_barcodes(pixels, text_mode=zxingcpp.TextMode.Plain):
        extra = str(one.extra)
        texts.append(extra.split("'")[3] if "UPCE" in extra else str(one.text))
    return texts


def by_zbar(pixels: Gray) -> Texts:
    return [bytes(one.data).decode("utf-8", "replace") for one in pyzbar.decode(pixels)]


@dataclass(slots=True)
class Tally:
    """What one reader did: by (symbology, condition) how many it was shown and read; wrong texts; times in ms."""

    shown: Counter[tuple[str, str]] = field(default_factory=Counter)
    read: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[tuple[str, str, int, str, str]] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, condition: str, seed: int, made: Scene, texts: Iterable[str], ms: float) -> bool:
        got = {sought(text) for text in texts}
        first = made.truth[0][1] if made.truth else ""
        for _, text in made.truth:
            self.shown[kind, condition] += 1
            self.read[kind, condition] += bool(got & {sought(text), sought(wide_upc_e(text))})
        right = bool(made.truth) and bool(got & {sought(first), sought(wide_upc_e(first))})
        self.wrong += [(kind, condition, seed, text, first) for text in sorted(false_texts(texts, made))]
        self.times[condition].append(ms)
        return right

    def rate(self, keys: Iterable[tuple[str, str]]) -> float:
        chosen = list(keys)
        return 100 * sum(self.read[key] for key in chosen) / max(1, sum(self.shown[key] for key in chosen))


def false_texts(texts: Iterable[str], made: Scene) -> set[str]:
    """Those that no code of the picture says. Code 39 Extended rewrites HIBC; that is another alphabet, and not wrong."""
    true = {sought(text) for _, text in made.truth}
    true |= {sought(wide_upc_e(text)) for _, text in made.truth if len(text) == 8}
    bare = {one.lstrip("+") for one in true}
    return {text for text in map(sought, texts) if text not in true and text.upper().lstrip("+") not in bare}


@dataclass(slots=True)
class Rules:
    """What the rules of trust did: texts that were seen, by whether they are true and whether they were believed."""

    true_rejected: list[tuple[str, str, int, str]] = field(default_factory=list)
    false_stopped: int = 0
    lost: list[tuple[str, str, int]] = field(default_factory=list)
    needless_words: int = 0

    def add(self, kind: str, condition: str, seed: int, made: Scene, state: Search) -> None:
        believed = {sought(one.text) for one in state.found}
        seen = {sought(one.text) for one in state.sightings} - believed
        false = false_texts(seen, made)
        self.false_stopped += len(false)
        here = [sought(text) for _, text in made.truth]
        self.true_rejected += [(kind, condition, seed, text) for text in here if text in seen]
        words = advice(state.pixels, state.unread, found=len(state.found), late=state.late)
        self.needless_words += bool(words) and bool(here) and believed >= set(here)


def wide_upc_e(printed: str) -> str:
    """The 12 digits that a UPC-E of 8 stands for."""
    if len(printed) != 8 or not printed.isdigit():
        return printed
    system, body, check = printed[0], printed[1:7], printed[7]
    last = body[5]
    if last in "012":
        wide = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        wide = body[:3] + "00000" + body[3:5]
    elif last == "4":
        wide = body[:4] + "00000" + body[4]
    else:
        wide = body[:5] + "0000" + last
    return system + wide + check


def timed(read: Callable[[Gray], Texts], pixels: Gray) -> tuple[Texts, float]:
    begun = time.process_time()
    texts = read(pixels)
    return texts, 1000 * (time.process_time() - begun)


def run(
    kinds: Sequence[str],
    conditions: Sequence[str],
    each: int,
    *,
    budget: float,
    first: int,
    alone: bool,
    loud: bool,
    minutes: float,
    make: Callable[[str, str, int], Scene],
) -> None:
    ours, zxing, zbar = Tally(), Tally(), Tally()
    rules = Rules()
    stages: Counter[str] = Counter()
    until = time.monotonic() + 60 * minutes
    plan = [
        (seed, condition, kind)
        for seed in range(first, first + each)
        for condition in conditions
        for kind in kinds
    ]
    random.Random(1).shuffle(plan)
    done = 0
    for seed, condition, kind in plan:
        if time.monotonic() > until:
            break
        made = make(kind, condition, seed)
        begun = time.process_time()
        pixels = open_picture(made.data)
        state = search(pixels, budget=budget)
        ms = 1000 * (time.process_time() - begun)
        right = ours.add(kind, condition, seed, made, [one.text for one in state.found], ms)
        rules.add(kind, condition, seed, made, state)
        if made.truth:
            stages[state.stage if right else "unread"] += 1
        done += 1
        if loud and made.truth and not right:
            print("unread", condition, kind, seed, state.stage, round(ms), flush=True)
        if not alone:
            others = [
                zxing.add(kind, condition, seed, made, *timed(by_zxing, pixels)),
                zbar.add(kind, condition, seed, made, *timed(by_zbar, pixels)),
            ]
            if any(others) and not right:
                rules.lost.append((kind, condition, seed))
    print(
        f"{done} of {len(plan)} pictures; slowest {max(sum(ours.times.values(), [0.0])):.0f} ms of processor time\n"
    )
    tables(kinds, conditions, ours, zxing, zbar, alone=alone)
    print(f"True texts seen and not believed: {len(rules.true_rejected)} {rules.true_rejected}")
    print(f"False texts seen and not believed: {rules.false_stopped}")
    print(f"Read by one of the two decoders and not by Parley: {len(rules.lost)} {rules.lost}")
    print(f"Pictures whose codes were all read and that got advice all the same: {rules.needless_words}")
    print("\nStages:", ", ".join(f"{name} {count}" for name, count in stages.most_common()))
    for name, tally in (("Parley", ours), ("zxing-cpp", zxing), ("pyzbar", zbar)):
        print(f"Wrong texts, {name}: {len(tally.wrong)}")
    for wrong in ours.wrong:
        print("  ", wrong)
    print(
        "Of zxing-cpp's:",
        "; ".join(f"{kind} {condition}: {text!r}" for kind, condition, _, text, _ in zxing.wrong[:8]),
    )
    print(
        "Of pyzbar's:",
        "; ".join(f"{kind} {condition}: {text!r}" for kind, condition, _, text, _ in zbar.wrong[:8]),
    )


def tables(
    kinds: Sequence[str], conditions: Sequence[str], ours: Tally, zxing: Tally, zbar: Tally, *, alone: bool
) -> None:
    print("| condition | Parley | zxing-cpp alone | pyzbar alone | p50 / p95 ms | zxing-cpp | pyzbar |")
    print("|---|---|---|---|---|---|---|")
    for condition in [*(one for one in conditions if ours.times[one]), "all"]:
        keys = [(k, c) for k in kinds for c in conditions if condition in (c, "all")]
        rates = " | ".join(f"{tally.rate(keys):.1f}" for tally in (ours, zxing, zbar))
        spans = []
        for tally in (ours, zxing, zbar) if not alone else (ours,):
            times = [ms for c in conditions if condition in (c, "all") for ms in tally.times[c]]
            spans.append(f"{np.percentile(times, 50):.0f} / {np.percentile(times, 95):.0f}")
        print(f"| {condition} | {rates} | {' | '.join(spans)} |")
    print("\n| symbology | " + " | ".join(conditions) + " | all | zxing-cpp | pyzbar |")
    print("|---|" + "---|" * (len(conditions) + 3))
    for kind in kinds:
        cells = [f"{ours.rate([(kind, condition)]):.0f}" for condition in conditions]
        alls = [
            f"{tally.rate([(kind, condition) for condition in conditions]):.1f}"
            for tally in (ours, zxing, zbar)
        ]
        print(f"| {kind} | " + " | ".join(cells + alls) + " |")


def _table(kind: str, condition: str, seed: int) -> Scene:
    return scene(kind, condition, seed=seed)


def _phone(kind: str, condition: str, seed: int) -> Scene:
    return phone_scene(kind, condition, seed=seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=4, help="pictures a symbology and condition")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--kinds", default="", help="symbologies, comma-separated; all without")
    parser.add_argument("--conditions", default="", help="conditions, separated by semicolons; all without")
    parser.add_argument("--budget", type=float, default=BUDGET)
    parser.add_argument("--alone", action="store_true", help="without the two decoders beside it")
    parser.add_argument("--loud", action="store_true", help="name every picture that was not read")
    parser.add_argument("--minutes", type=float, default=1e6, help="stop after so many, in random order")
    parser.add_argument("--broken", type=int, default=0, help="read this many broken files instead")
    parser.add_argument("--broken-budget", type=float, default=0.05, help="seconds of search for each")
    parser.add_argument("--phones", action="store_true", help="frames of old phones, and without a code")
    parser.add_argument("--rules", type=int, default=0, help="first readings of so many frames alone")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    if given.broken:
        broken_report(given.broken, budget=given.broken_budget)
        return
    if given.rules:
        rules_report(given.rules, first=given.first)
        return
    run(
        [one.strip() for one in given.kinds.split(",") if one] or list(KINDS),
        [one.strip() for one in given.conditions.split(";") if one]
        or list(FRAMES if given.phones else CONDITIONS),
        given.each,
        budget=given.budget,
        first=given.first,
        alone=given.alone,
        loud=given.loud,
        minutes=given.minutes,
        make=_phone if given.phones else _table,
    )


if __name__ == "__main__":
    main()
