"""The weeks of counting over a simulated year: nothing waits longer than its class allows, and no day is much fuller than another."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from statistics import mean, pstdev

import pytest

from domain.model.ids import ItemId, PersonId, PlaceId
from domain.model.item import AbcClass
from domain.planning.cycle_counts import (
    A_VISIT,
    INTERVAL,
    CountLine,
    assigned,
    coverage,
    quota,
    week_plan,
)

MONDAY = date(2026, 11, 23)


def unit(lines: int, *, seed: int, last: Callable[[random.Random, AbcClass], date | None]) -> list[CountLine]:
    """A unit's lines: about eleven a shelf, 3% A, 22% B."""
    rng = random.Random(seed)
    made = []
    for number in range(1, lines + 1):
        abc = rng.choices(list(AbcClass), weights=(3, 22, 75))[0]
        place = PlaceId(1 + rng.randrange(lines // 11 + 1))
        made.append(CountLine(ItemId(number), place, abc, last(rng, abc), rng.random()))
    return made


def lived(lines: list[CountLine], *, weeks: int) -> tuple[dict[ItemId, list[date]], list[int]]:
    """Every planned visit is made on its day: when each line was counted, and how many lines each day had."""
    last = {line.item_id: line.counted_on for line in lines}
    counted: dict[ItemId, list[date]] = {line.item_id: [] for line in lines}
    loads = []
    for week in range(weeks):
        monday = MONDAY + timedelta(weeks=week)
        days = [monday + timedelta(days=n) for n in range(5)]
        now = [replace(line, counted_on=last[line.item_id]) for line in lines]
        done: Counter[date] = Counter()
        for visit in week_plan(now, monday=monday, days=days):
            for line in visit.lines:
                counted[line.item_id].append(visit.day)
                last[line.item_id] = visit.day
                done[visit.day] += 1
        loads += [done[day] for day in days]
    return counted, loads


def fresh(rng: random.Random, abc: AbcClass) -> date | None:
    return MONDAY - timedelta(days=rng.randrange(1, INTERVAL[abc]))


def never(rng: random.Random, abc: AbcClass) -> date | None:
    return None


def all_at_once(rng: random.Random, abc: AbcClass) -> date | None:
    return MONDAY - timedelta(days=3)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("last", [fresh, all_at_once])
def test_over_a_year_nothing_waits_longer_than_its_class_allows(
    seed: int, last: Callable[[random.Random, AbcClass], date | None]
) -> None:
    lines = unit(250, seed=seed, last=last)
    counted, _ = lived(lines, weeks=60)
    for line in lines:
        days = [*([line.counted_on] if line.counted_on else []), *counted[line.item_id]]
        gaps = [(b - a).days for a, b in pairwise(days)]
        gaps.append((MONDAY + timedelta(weeks=60) - days[-1]).days)
        assert max(gaps) <= INTERVAL[line.abc], (line, max(gaps))


def test_a_hospital_that_never_counted_has_counted_all_within_its_first_year_dear_ones_first() -> None:
    lines = unit(250, seed=4, last=never)
    counted, _ = lived(lines, weeks=52)
    assert all(counted.values())
    first = {
        abc: mean((counted[line.item_id][0] - MONDAY).days for line in lines if line.abc is abc)
        for abc in AbcClass
    }
    assert first[AbcClass.A] < first[AbcClass.B] < first[AbcClass.C]


def test_days_are_about_as_full_as_each_other() -> None:
    _, loads = lived(unit(700, seed=5, last=fresh), weeks=40)
    settled = loads[50:]
    assert pstdev(settled) < 0.25 * mean(settled)
    # A shelf is counted in one go: where a day's share is small, one visit alone may be more than it.
    assert max(settled) <= max(A_VISIT, 1.7 * mean(settled))


def test_the_work_is_little_more_than_the_classes_ask() -> None:
    lines = unit(700, seed=6, last=fresh)
    _, loads = lived(lines, weeks=60)
    needed = sum(7 / INTERVAL[line.abc] for line in lines)
    assert mean(loads[50:]) * 5 < 1.4 * needed


def test_a_shelf_is_counted_in_one_go_of_at_most_a_forms_length() -> None:
    lines = [CountLine(ItemId(n), PlaceId(1), AbcClass.A, MONDAY - timedelta(days=40)) for n in range(1, 31)]
    visits = week_plan(lines, monday=MONDAY, days=[MONDAY])
    assert [visit.part for visit in visits] == list(range(1, len(visits) + 1))
    assert all(len(visit.lines) <= A_VISIT for visit in visits)


def test_without_a_working_day_nothing_is_planned() -> None:
    assert week_plan(unit(50, seed=7, last=never), monday=MONDAY, days=[]) == ()


def test_the_plan_is_the_same_whenever_it_is_asked_for() -> None:
    lines = unit(200, seed=8, last=fresh)
    days = [MONDAY + timedelta(days=n) for n in range(5)]
    assert week_plan(lines, monday=MONDAY, days=days) == week_plan(lines[::-1], monday=MONDAY, days=days)


def test_what_is_late_is_made_up_for_over_weeks_and_not_at_once() -> None:
    late = [CountLine(ItemId(n), PlaceId(n), AbcClass.C, MONDAY - timedelta(days=400)) for n in range(1, 81)]
    assert quota(late, monday=MONDAY) == 12


def test_people_have_equal_loads_and_take_turns() -> None:
    lines = unit(600, seed=9, last=never)
    visits = week_plan(lines, monday=MONDAY, days=[MONDAY + timedelta(days=n) for n in range(5)])
    people = [PersonId(1), PersonId(2), PersonId(3)]
    by = assigned(visits, people=people, week=10)
    loads = Counter(dict.fromkeys(people, 0))
    for at, person in by.items():
        loads[person] += len(visits[at].lines)
    assert max(loads.values()) - min(loads.values()) <= A_VISIT
    assert by.values() != assigned(visits, people=people, week=11).values()
    assert assigned(visits, people=[], week=10) == {}


def test_coverage_counts_what_is_within_its_interval() -> None:
    lines = [
        CountLine(ItemId(1), PlaceId(1), AbcClass.A, MONDAY - timedelta(days=31)),
        CountLine(ItemId(2), PlaceId(1), AbcClass.A, MONDAY - timedelta(days=32)),
        CountLine(ItemId(3), PlaceId(1), AbcClass.A),
    ]
    assert coverage(lines, today=MONDAY)[AbcClass.A].in_time == 1
    assert coverage(lines, today=MONDAY)[AbcClass.B].share == 1.0
