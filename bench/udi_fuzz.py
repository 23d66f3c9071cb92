"""Throws bytes at the parsers of codes: ``python -m bench.udi_fuzz --inputs 100000``.

Random bytes, valid codes with characters changed, cut, doubled and spliced, and text of all scripts, as scanned symbols of every
symbology, as typed text, and as whole pictures of them. Nothing may come out but a reading or InvalidIdentifier; each parse is timed in
processor time. Ends with exit code 1 and the input where anything else came.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from statistics import quantiles

from domain.errors import InvalidIdentifier
from domain.model.ids import FacilityId, PlaceId
from domain.udi import own
from domain.udi.check_digits import gs1_check_digit, hibc_check_character
from domain.udi.merge import read_symbols
from domain.udi.parse import parse_symbol, parse_typed
from domain.udi.reading import PlaceCode, Udi
from domain.udi.symbol import FNC1, Symbol, Symbology

TODAY = date(2026, 11, 22)
IDENTIFIERS = (
    "",
    "]C0",
    "]C1",
    "]d1",
    "]d2",
    "]Q1",
    "]Q3",
    "]e0",
    "]E0",
    "]A0",
    "]I0",
    "]J1",
    "]",
    "]C",
    "]ZZ",
)
ALPHABETS = (
    "0123456789",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%",
    "".join(map(chr, range(32, 127))) + FNC1,
    "".join(map(chr, range(256))),
    "=&+$/()[]]<>%:?#^" + FNC1 + "0123456789",
    "٠١٢٣¹²³①Ⅻäßçéñ漢字🩺\u200b\u2028\ud800\x00\x1d\ufffd０１２（１）",
)


def gtin(chance: random.Random) -> str:
    body = "".join(chance.choices("0123456789", k=13))
    return body + gs1_check_digit(body)


def valid(chance: random.Random) -> str:
    """A code of one of the kinds that are read."""
    day = f"{chance.randint(20, 35)}{chance.randint(1, 12):02}{chance.randint(0, 28):02}"
    lot = "".join(chance.choices("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-", k=chance.randint(1, 20)))
    kind = chance.randrange(9)
    if kind == 0:
        return f"01{gtin(chance)}17{day}10{lot}"
    if kind == 1:
        return f"01{gtin(chance)}10{lot}{FNC1}21{lot[::-1]}{FNC1}30{chance.randint(1, 99)}{FNC1}422840"
    if kind == 2:
        return f"https://id.gs1.org/01/{gtin(chance)}/10/{lot}?17={day}&11={day}"
    if kind == 3:
        body = f"+A12{chance.randint(0, 9)}{lot.replace('-', '')[:18] or 'X'}1/$$3{day}{lot[:18]}/S{lot[:10]}/16D2024{day[2:]}"
        return body + hibc_check_character(body)
    if kind == 4:
        body = f"+$$8{chance.randint(10, 99)}2{day[2:]}{day[:2]}{lot[:18]}{chance.choice('ABC')}"
        return body + hibc_check_character(body)
    if kind == 5:
        return f"=/A9999XYZ100T0944=,00{chance.randint(1000, 9999)}=>0{chance.randint(20, 40)}{chance.randint(1, 365):03}&,1{lot:0>18.18}"
    if kind == 6:
        return gtin(chance)
    if kind == 7:
        return f"(01){gtin(chance)}(17){day}(10){lot}"
    return chance.choice(
        (
            own.place_text(PlaceCode(FacilityId(1), PlaceId(chance.randrange(9999)))),
            own.item_text(lot.strip("-") or "1"),
        )
    )


def noise(chance: random.Random) -> str:
    return "".join(chance.choices(chance.choice(ALPHABETS), k=chance.choice((0, 1, 2, 3, 8, 20, 60, 300))))


def mutated(chance: random.Random) -> str:
    """A valid code with something done to it, several times over at times."""
    text = valid(chance)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at, to = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        match chance.randrange(7):
            case 0:
                text = text[:at] + chance.choice(chance.choice(ALPHABETS)) + text[at + 1 :]
            case 1:
                text = text[:at] + text[to:]
            case 2:
                text = text[:at]
            case 3:
                text = text[:at] + noise(chance)[:10] + text[at:]
            case 4:
                text = text[:at] + valid(chance)[: to - at + 5]
            case 5:
                text = text[:to] + text[at:]
            case _:
                text = chance.choice(
                    (text.lower(), text.upper(), text[::-1], text.replace(FNC1, ""), f" {text} ", f"*{text}*")
                )
    return text


def thrown(chance: random.Random) -> tuple[str, Callable[[], object]]:
    """An input, and the call that gives it to a parser."""
    text = chance.choices((mutated, noise, valid), weights=(6, 3, 1))[0](chance)
    way = chance.randrange(10)
    if way < 5:
        symbol = Symbol(chance.choice(list(Symbology)), text, b"", chance.choice(IDENTIFIERS))
        return repr(symbol), lambda: parse_symbol(symbol, today=TODAY)
    if way < 9:
        return repr(text), lambda: parse_typed(text, today=TODAY)
    symbols = [
        Symbol(
            chance.choice(list(Symbology)),
            chance.choice((valid, mutated))(chance),
            b"",
            chance.choice(IDENTIFIERS),
            tuple(
                (chance.randint(-9, 4000), chance.randint(-9, 3000))
                for _ in range(chance.choice((0, 1, 4, 4)))
            ),
        )
        for _ in range(chance.randint(0, 6))
    ]
    return repr(symbols), lambda: read_symbols(symbols, today=TODAY)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    chance = random.Random(given.seed)
    outcomes: Counter[str] = Counter()
    times: list[float] = []
    slowest = (0.0, "")
    parse_typed(valid(chance), today=TODAY)  # tables are loaded before the clock runs
    for _ in range(given.inputs):
        shown, call = thrown(chance)
        begun = time.thread_time()
        try:
            result = call()
        except InvalidIdentifier:
            outcomes["refused"] += 1
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            print(f"{type(error).__name__}: {error}\n  from {shown}", file=sys.stderr)
            outcomes["broken"] += 1
        else:
            outcomes[
                f"read as {result.agency.value or 'house code'}"
                if isinstance(result, Udi)
                else "picture read"
            ] += 1
        took = time.thread_time() - begun
        times.append(took)
        slowest = max(slowest, (took, shown))
    marks = quantiles(times, n=1000)
    print(f"{given.inputs} inputs: " + ", ".join(f"{count} {name}" for name, count in outcomes.most_common()))
    median, p95, rarely = (1e6 * marks[at] for at in (499, 949, 998))
    print(
        f"a parse takes {median:.0f} us (median), {p95:.0f} (p95), {rarely:.0f} (p99.9), at most {1e3 * slowest[0]:.1f} ms"
    )
    print(f"the slowest: {slowest[1][:200]}")
    sys.exit(1 if outcomes["broken"] else 0)


if __name__ == "__main__":
    main()
