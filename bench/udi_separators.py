"""Counts forgotten separators: ``python -m bench.udi_separators --messages 20000``.

GS1 messages as labels carry them, with lots and serials of digits, of letters and of both, are read once as they should be and once
with every FNC1 left out. Told are: right messages that are doubted for nothing, messages without separators that are read wrongly in
silence (beside biip's own parser), and how often the reading that was meant is among those shown.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from datetime import date

from biip import ParseError
from biip.gs1_messages import GS1Message

from bench.udi_fuzz import gtin
from domain.udi.gs1 import parse_message
from domain.udi.symbol import FNC1

TODAY = date(2026, 11, 22)
ORDERS = tuple(
    tuple(order.split())
    for order in (
        "01 17 10", "01 10 17", "01 17 10 21", "01 11 17 10", "01 17 21", "01 10 17 21", "01 11 17 10 21", "17 10", "10 17",
        "01 17 10 30", "01 17 10 240", "01 10 11 17 21",
    )
)  # fmt: skip
OPEN = frozenset({"10", "21", "30", "240"})
MIXED = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"


def lot(chance: random.Random) -> str:
    match chance.randrange(3):
        case 0:
            return "".join(chance.choices("0123456789", k=chance.randint(5, 10)))
        case 1:
            return "".join(chance.choices(MIXED, k=chance.randint(5, 10)))
        case _:
            return chance.choice("ABCDLMN") + "".join(chance.choices("0123456789", k=chance.randint(4, 8)))


def day(chance: random.Random, first: int, last: int) -> str:
    return f"{chance.randint(first, last):02}{chance.randint(1, 12):02}{chance.randint(0, 28):02}"


def by_biip(text: str) -> tuple[tuple[str, str], ...]:
    """() where it refuses."""
    try:
        return tuple((one.ai.ai, one.value) for one in GS1Message.parse(text).element_strings)
    except ParseError:
        return ()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=3)
    given = options.parse_args()
    chance = random.Random(given.seed)
    found: Counter[str] = Counter()
    for _ in range(given.messages):
        values = {
            "01": gtin(chance), "17": day(chance, 27, 30), "11": day(chance, 22, 26), "10": lot(chance), "21": lot(chance),
            "30": str(chance.randint(1, 20)), "240": lot(chance),
        }  # fmt: skip
        meant = tuple((ai, values[ai]) for ai in chance.choice(ORDERS))
        right = "".join(f"{ai}{value}{FNC1 if ai in OPEN else ''}" for ai, value in meant).rstrip(FNC1)
        udi = parse_message(right, today=TODAY)
        found["messages"] += 1
        found["misread"] += udi.elements != meant
        found["doubted for nothing"] += udi.ambiguous
        without = right.replace(FNC1, "")
        if without == right:
            continue
        udi = parse_message(without, today=TODAY)
        found["without separators"] += 1
        found["wrong in silence"] += not udi.ambiguous and udi.elements != meant
        found["meant one shown"] += meant in [udi.elements, *(other.elements for other in udi.alternatives)]
        found["biip wrong in silence"] += by_biip(without) not in ((), meant)
    print(
        f"{found['messages']} right messages: {found['misread']} misread, "
        f"{found['doubted for nothing'] / found['messages']:.1%} doubted for nothing"
    )
    share = found["without separators"]
    print(
        f"{share} without their separators: {found['wrong in silence']} wrong in silence "
        f"(biip's own parser {found['biip wrong in silence'] / share:.1%}), "
        f"the one that was meant shown in {found['meant one shown'] / share:.1%}"
    )


if __name__ == "__main__":
    main()
