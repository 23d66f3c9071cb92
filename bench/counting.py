"""A simulated year of cycle counts in units of several sizes: how long lines wait, how even the days are, how much more is counted than
the classes ask.

    .venv/bin/python -m bench.counting
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from statistics import mean, pstdev

from domain.model.ids import ItemId, PlaceId
from domain.model.item import AbcClass
from domain.planning.cycle_counts import INTERVAL, CountLine, week_plan

MONDAY = date(2026, 11, 23)
WEEKS, SETTLED = 60, 8


def main() -> None:
    print(
        "lines  longest wait A / B / C (days)   lines a day: mean, deviation, most   counted / asked by class"
    )
    for size in (120, 500, 1_500):
        rng = random.Random(1)
        lines = []
        for number in range(size):
            abc = rng.choices(list(AbcClass), weights=(3, 22, 75))[0]
            counted = MONDAY - timedelta(days=rng.randrange(1, INTERVAL[abc]))
            place = PlaceId(rng.randrange(size // 11 + 1))
            lines.append(CountLine(ItemId(number), place, abc, counted, rng.random()))
        last = {line.item_id: line.counted_on or MONDAY for line in lines}
        waits: Counter[AbcClass] = Counter()
        loads: list[int] = []
        for week in range(WEEKS):
            monday = MONDAY + timedelta(weeks=week)
            days = [monday + timedelta(days=n) for n in range(5)]
            now = [replace(line, counted_on=last[line.item_id]) for line in lines]
            done: Counter[date] = Counter()
            for visit in week_plan(now, monday=monday, days=days):
                for line in visit.lines:
                    waits[line.abc] = max(waits[line.abc], (visit.day - last[line.item_id]).days)
                    last[line.item_id] = visit.day
                    done[visit.day] += 1
            loads += [done[day] for day in days] if week >= SETTLED else []
        asked = sum(7 / INTERVAL[line.abc] for line in lines) / 5
        longest = " / ".join(str(waits[abc]) for abc in AbcClass)
        print(
            f"{size:5}  {longest:30}  {mean(loads):.1f}, {pstdev(loads):.1f}, {max(loads):<24}  {mean(loads) / asked:.2f}"
        )


if __name__ == "__main__":
    main()
