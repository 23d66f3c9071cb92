"""Catalogue search: recall, time, build and memory, beside two baselines on the same items and questions.

    python -m bench.search [--items 1200,10000,100000] [--calibrate]

Questions are 368 written by hand (queries.tsv, each with a predicate for a right answer) and generated ones: names with
words left out and turned round, one or two slips, other notations of the size, spoken numbers, catalogue numbers with
other dashes. A question counts at 1 when the first hit is an item that satisfies it, any of the equally fitting; questions
for things that are not there count when the verdict is NOT_FOUND. Times are those of the processor, so that a busy
machine does not change them; one question is answered by one thread.
"""

from __future__ import annotations

import argparse
import gc
import math
import random
import re
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from domain.demo.catalogue import BASE_ITEMS, Catalogue, products
from domain.model.item import IdentifierKind, Item
from domain.model.size import Unit, parse_sizes
from domain.model.wording import normalise
from domain.ports import Verdict
from domain.store.search.items import ItemIndex

SEED = 11
GENERATED = 60
"""Questions of each generated kind."""
BASELINE_EVERY = 4
"""Baselines answer every fourth question: one of them needs a tenth of a second each."""
Right = Callable[[Item], bool]


@dataclass(frozen=True, slots=True)
class Question:
    """``right`` says whether an item answers it; None where nothing does."""

    kind: str
    text: str
    size: str
    right: Right | None

    @property
    def whole(self) -> str:
        return f"{self.text} {self.size}".strip()


# ------------------------------------------------------------------------------------------- questions


def _named(item: Item) -> str:
    return f"{item.family} | {item.name} | {item.brand}".lower()


def _condition(text: str) -> Right:
    name, operator, value = text.strip().partition("!~") if "!~" in text else text.strip().partition("~")
    if operator:
        pattern = re.compile(value, re.IGNORECASE)
        negative = operator == "!~"
        if name == "label":
            return lambda item: (pattern.search(item.size) is None) == negative
        return lambda item: (pattern.search(_named(item)) is None) == negative
    name, _, value = text.strip().partition("=")
    wanted = parse_sizes(value)
    if name != "size" or not wanted:
        raise ValueError(f"A condition is field~regex or size=..., not {text!r}.")
    return lambda item: any(
        size.matches(one) for size in wanted for one in (*parse_sizes(item.size), *parse_sizes(item.name))
    )


def _every(conditions: Sequence[Right]) -> Right:
    return lambda item: all(condition(item) for condition in conditions)


def written(path: Path = Path(__file__).parent / "queries.tsv") -> list[Question]:
    """The questions written by hand."""
    questions = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        kind, text, size, expected = line.split("\t")
        right = None if expected == "-" else _every([_condition(part) for part in expected.split(" & ")])
        questions.append(Question(kind, text, size, right))
    return questions


def _words_of(item: Item) -> list[str]:
    return [word for piece in re.split(r"[^\w.,/-]+", item.family) if (word := piece.strip(",."))]


def _fits(words: Iterable[str], item: Item) -> Right:
    """Items that hold the words as asked before they were changed, in the size of ``item``."""
    needed = [normalise(word) for word in words]
    sizes = parse_sizes(item.size)

    def right(other: Item) -> bool:
        held = normalise(f"{_named(other)} {other.manufacturer} {' '.join(other.synonyms)}")
        return all(word in held for word in needed) and (
            other.size == item.size
            or (bool(sizes) and any(sizes[0].matches(s) for s in parse_sizes(other.size)))
        )

    return right


def _exactly(item: Item) -> Right:
    return lambda other: other.id == item.id


def _slip(word: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(word) - 1)
    kind = dice.randrange(4)
    letter = dice.choice("aeiourstln")
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + letter + word[place:]
    if kind == 2:
        return word[:place] + letter + word[place + 1 :]
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


_SPOKEN = {
    "0": "oh", "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven", "8": "eight",
    "9": "nine", "10": "ten", "12": "twelve", "14": "fourteen", "16": "sixteen", "18": "eighteen", "20": "twenty",
    "22": "twenty two", "24": "twenty four", "25": "twenty five", "28": "twenty eight", "30": "thirty",
    "32": "thirty two", "36": "thirty six",
}  # fmt: skip


def _said(size: str) -> str:
    """ "16 Fr" -> "sixteen french", "7.5" -> "seven point five"; empty where this table can not say it."""
    words: list[str] = []
    if "/" in size:
        return ""
    for token in re.findall(r"\d+|[a-zA-Z]+|[.x-]", size):
        if token.isdigit():
            if token not in _SPOKEN:
                return ""
            words.append(_SPOKEN[token])
        else:
            words.append(
                {".": "point", "-": "", "Fr": "french", "ga": "gauge", "x": "by", "in": "inch"}.get(
                    token, token
                )
            )
    return " ".join(" ".join(words).split()).lower()


def _noted(size: str, dice: random.Random) -> str:
    """The size in another notation."""
    parsed = parse_sizes(size)
    if not parsed or {m.unit for m in parsed[0].measures} & {Unit.LETTER, Unit.AGE}:
        return size
    measure = parsed[0].measures[0]
    if len(parsed[0].measures) > 1:
        return size.replace(" x ", dice.choice(["x", " X ", " by "]))
    ways = {
        Unit.FRENCH: ["{}F", "{}fr", "Fr {}", "{} french", "{}Ch"],
        Unit.GAUGE: ["{}g", "{} gauge", "{}GA"],
        Unit.SUTURE: ["{}/0", "{}-0", "{} 0"],
        Unit.MILLILITRE: ["{}cc", "{}ml", "{} mLs"],
        Unit.MILLIMETRE: ["{}mm", "{} millimeter"],
        Unit.INCH: ['{}"', "{} inch", "{}in"],
        Unit.CENTIMETRE: ["{}cm"],
    }.get(measure.unit, ["{}"])
    figure = format(measure.value.normalize(), "f")
    if measure.unit is Unit.NONE and figure.endswith(".5"):
        ways = [figure[:-2] + " 1/2", figure[:-2] + "½"]
        return dice.choice(ways)
    return dice.choice(ways[: 2 if measure.unit is Unit.SUTURE else None]).format(figure)


def generated(catalogue: Catalogue, *, count: int, seed: int) -> list[Question]:
    """Perturbed names of items of the catalogue; the same for the same seed."""
    dice = random.Random(seed)
    questions: list[Question] = []

    def some() -> tuple[Item, list[str]]:
        while True:
            item = catalogue.item(dice.choice(catalogue.products))
            words = [word for word in _words_of(item) if len(word) > 2]
            if len(words) >= 2:
                return item, words

    for kind in ("plain*", "typo*", "size*", "spoken*", "code*"):
        made = 0
        while made < count:
            item, words = some()
            kept = words if len(words) < 4 else sorted(dice.sample(words, 3), key=words.index)
            size = item.size
            text = " ".join(kept)
            right = _fits(kept, item)
            if kind == "plain*":
                dice.shuffle(kept)
                text = " ".join(kept).lower()
            elif kind == "typo*":
                long = [word for word in kept if len(word) >= 6]
                if not long:
                    continue
                chosen = dice.choice(long)
                text = " ".join(_slip(word, dice) if word is chosen else word for word in kept)
            elif kind == "size*":
                size = _noted(item.size, dice)
            elif kind == "spoken*":
                size = _said(item.size)
                text = text.lower()
                if not size:
                    continue
            else:
                codes = [i.value for i in item.identifiers if i.kind is not IdentifierKind.HIBC]
                code = dice.choice([*codes, item.number])
                size = ""
                text = dice.choice([code, code.lower(), code.replace("-", ""), code.replace("-", " ")])
                right = _exactly(item)
            questions.append(Question(kind, text, size, right))
            made += 1
    return questions


# --------------------------------------------------------------------------------------------- engines


class FullText:
    """SQLite FTS5 with trigrams, ranked by bm25: what a database gives for nothing."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.execute("CREATE VIRTUAL TABLE item USING fts5(text, tokenize='trigram')")
        self._database.executemany(
            "INSERT INTO item(rowid, text) VALUES (?, ?)", ((item.id, _searchable(item)) for item in items)
        )

    def find(self, question: str) -> list[int]:
        words = [word for word in re.split(r"[^\w./-]+", question.lower()) if len(word) >= 3]
        if not words:
            return []
        match = " OR ".join('"' + word.replace('"', "") + '"' for word in words)
        rows = self._database.execute(
            "SELECT rowid FROM item WHERE text MATCH ? ORDER BY rank LIMIT 5", (match,)
        )
        return [int(row[0]) for row in rows]


class TokenSet:
    """rapidfuzz token_set_ratio over every text."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._texts = {int(item.id): _searchable(item) for item in items}

    def find(self, question: str) -> list[int]:
        found = process.extract(question.lower(), self._texts, scorer=fuzz.token_set_ratio, limit=5)
        return [int(key) for _, _, key in found]


def _searchable(item: Item) -> str:
    codes = " ".join(identifier.value for identifier in item.identifiers)
    return f"{item.name} {item.brand} {item.manufacturer} {' '.join(item.synonyms)} {item.number} {codes}".lower()


# --------------------------------------------------------------------------------------------- measures


def _resident() -> float:
    """Megabytes of memory this process holds (Linux; 0 elsewhere)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text())
    return int(found[1]) / 1024 if found else 0.0


@dataclass(slots=True)
class Tally:
    asked: int = 0
    first: int = 0
    five: int = 0

    def add(self, *, first: bool, five: bool) -> None:
        self.asked += 1
        self.first += first
        self.five += five

    def __str__(self) -> str:
        if not self.asked:
            return "-"
        return f"{100 * self.first / self.asked:5.1f} /{100 * self.five / self.asked:6.1f}"


def _percentile(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, math.ceil(share * len(times)) - 1)] if times else 0.0


def measure(wanted: int, *, misses: bool) -> None:
    """Builds the three engines over ``wanted`` items and prints their figures."""
    made = products(wanted / BASE_ITEMS)
    catalogue = Catalogue(made)
    started = time.process_time()
    for _ in catalogue:
        pass
    dressing = time.process_time() - started
    gc.collect()
    before = _resident()
    started = time.process_time()
    index = ItemIndex(catalogue)
    seconds = time.process_time() - started - dressing
    gc.collect()
    memory = _resident() - before
    questions = [*written(), *generated(catalogue, count=GENERATED, seed=SEED)]
    print(f"\n{len(made):,} items: index built in {seconds:.1f} s, {memory:.0f} MB")
    ours, times, verdicts = _ask_index(index, catalogue, questions, misses=misses)
    baselines: dict[str, tuple[dict[str, Tally], list[float]]] = {}
    for name, engine in (("FTS5 trigram", FullText(catalogue)), ("token_set_ratio", TokenSet(catalogue))):
        baselines[name] = _ask_baseline(engine, catalogue, questions[::BASELINE_EVERY])
    kinds = list(dict.fromkeys(question.kind for question in questions))
    print(
        f"{'recall @1 / @5 %':<18}{'questions':>10}{'this index':>18}"
        + "".join(f"{n:>18}" for n in baselines)
    )
    for kind in [*kinds, "all"]:
        cells = [ours[kind], *(tallies.get(kind, Tally()) for tallies, _ in baselines.values())]
        print(f"{kind:<18}{ours[kind].asked:>10}" + "".join(f"{cell!s:>18}" for cell in cells))
    spans = [times, *(spent for _, spent in baselines.values())]
    for label, share in (("p50 ms", 0.5), ("p95 ms", 0.95)):
        print(f"{label:<28}" + "".join(f"{1000 * _percentile(span, share):>18.1f}" for span in spans))
    print(verdicts)


def _ask_index(
    index: ItemIndex, catalogue: Catalogue, questions: Sequence[Question], *, misses: bool
) -> tuple[dict[str, Tally], list[float], str]:
    tallies: dict[str, Tally] = {"all": Tally()}
    times: list[float] = []
    verdicts: dict[Verdict, list[bool]] = {verdict: [] for verdict in Verdict}
    for question in questions[:40]:
        index.find(question.text, size=question.size)  # warm
    for question in questions:
        started = time.thread_time()
        result = index.find(question.text, size=question.size)
        times.append(time.thread_time() - started)
        items = [catalogue.item(catalogue.products[hit.item_id - 1]) for hit in result.hits]
        if question.right is None:
            right = [result.verdict is Verdict.NOT_FOUND]
        elif result.verdict is Verdict.NOT_FOUND:
            right = [False]
        else:
            right = [question.right(item) for item in items]
        first, five = bool(right) and right[0], any(right[:5])
        for key in ("all", question.kind):
            tallies.setdefault(key, Tally()).add(first=first, five=five)
        verdicts[result.verdict].append(any(right) if result.verdict is Verdict.ASK else first)
        if misses and not first:
            got = ", ".join(item.name for item in items[:3])
            print(f"  miss {question.kind}: {question.text!r} {question.size!r} -> {result.verdict} {got}")
    lines = (
        f"{verdict:<10} said {len(right):>4} times, right {100 * statistics.fmean(right):5.1f}%"
        for verdict, right in verdicts.items()
        if right
    )
    return tallies, times, "\n".join(lines)


def _ask_baseline(
    engine: FullText | TokenSet, catalogue: Catalogue, questions: Sequence[Question]
) -> tuple[dict[str, Tally], list[float]]:
    tallies: dict[str, Tally] = {"all": Tally()}
    times: list[float] = []
    for question in questions:
        if question.right is None:
            continue  # neither says "not found"
        started = time.thread_time()
        found = engine.find(question.whole)
        times.append(time.thread_time() - started)
        right = [question.right(catalogue.item(catalogue.products[item_id - 1])) for item_id in found]
        for key in ("all", question.kind):
            tallies.setdefault(key, Tally()).add(first=bool(right) and right[0], five=any(right))
    return tallies, times


def calibrate(wanted: int) -> None:
    """Fits the logistic of domain.store.search.calibration to generated questions of another seed, and shows how it holds."""
    made = products(wanted / BASE_ITEMS)
    catalogue = Catalogue(made)
    index = ItemIndex(catalogue)
    points: list[tuple[float, bool]] = []
    for question in [*generated(catalogue, count=400, seed=SEED + 1), *written()]:
        if question.kind == "code*":
            continue
        strength, first = index.strength(question.text, size=question.size)
        if first is None:
            continue
        item = catalogue.item(catalogue.products[first - 1])
        points.append((strength, question.right is not None and question.right(item)))
        # The same question about what is not there: one word replaced by a word of no product.
        words = question.text.split()
        if len(words) > 1:
            words[len(points) % len(words)] = ("zebrafish", "unobtanium", "cappuccino", "windshield")[
                len(points) % 4
            ]
            strength, first = index.strength(" ".join(words), size=question.size)
            if first is not None:
                points.append((strength, False))
    steepness, middle = 10.0, 0.6
    for _ in range(4000):
        slope = shift = 0.0
        for score, right in points:
            error = 1.0 / (1.0 + math.exp(-steepness * (score - middle))) - right
            slope += error * (score - middle)
            shift -= error * steepness
        steepness -= 20.0 * slope / len(points)
        middle -= 0.002 * shift / len(points)
    print(f"\nSTEEPNESS = {steepness:.2f}\nMIDDLE = {middle:.3f}   ({len(points)} questions)")
    for low in (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        high = {0.0: 0.3, 0.3: 0.5, 0.9: 0.95, 0.95: 9.0}.get(low, low + 0.1)
        inside = [(score, right) for score, right in points if low <= score < high]
        if inside:
            said = statistics.fmean(
                1.0 / (1.0 + math.exp(-steepness * (score - middle))) for score, _ in inside
            )
            held = statistics.fmean(right for _, right in inside)
            print(f"score {low:.2f}-{min(high, 1.0):.2f}: {len(inside):>4} said {said:.2f} held {held:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", default="1200,10000,100000", help="numbers of items, parted by commas")
    parser.add_argument("--calibrate", action="store_true", help="fit the score to a chance instead")
    parser.add_argument("--misses", action="store_true", help="show every question that was missed")
    given = parser.parse_args()
    for wanted in (int(text) for text in given.items.split(",")):
        if given.calibrate:
            calibrate(wanted)
        else:
            measure(wanted, misses=given.misses)


if __name__ == "__main__":
    main()
