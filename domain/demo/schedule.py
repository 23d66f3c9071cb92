"""Cases with their surgeons, rooms and preference lists, and the stays of patients they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from domain.demo.calendar import AHEAD_DAYS, Calendar, Ints, Season, Week
from domain.demo.catalogue import Product
from domain.demo.chance import series
from domain.demo.plan import Plan
from domain.demo.staff import surgeon_of
from domain.demo.units import MAIN, UNITS
from domain.model.charge import Case, ChargeTarget, Encounter, Procedure
from domain.model.ids import CaseId, ChargeId, CostCentreId, EncounterId, ProcedureId
from domain.ports import Vault

CASES_A_DAY: Final = 12.0
"""On the mean day at scale 1, all procedural units together; a hospital of this size does more, but records less of it."""

STAYS_A_DAY: Final = {"ED": 5.0, "ICU": 1.2, "MS": 3.0, "LD": 1.0, "NIC": 0.5, "PAC": 0.5, "CLI": 2.0}
ROOMS: Final = {
    "OR": tuple(f"OR {n}" for n in range(1, 13)),
    "CL": ("Cath Lab 1", "Cath Lab 2", "Cath Lab 3"),
    "EP": ("EP",),
    "EN": tuple(f"Endo Room {n}" for n in range(1, 5)),
    "IR": ("IR 1", "IR 2"),
    "LD": ("LD",),
}
UNIT_OF: Final = {"OR": "OR", "CL": "CL", "EP": "CL", "EN": "EN", "IR": "IR", "LD": "LD"}
UNIT_CODES: Final = tuple(unit.code for unit in UNITS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of a preference list: a family by its beginning, a size where the surgeons agree on one, how many."""

    family: str
    size: str
    quantity: int


@dataclass(frozen=True, slots=True)
class CaseList:
    procedure: Procedure
    where: str
    share: int
    wanted: tuple[Wanted, ...]


@cache
def case_lists() -> tuple[CaseList, ...]:
    text = (Path(__file__).parent / "caselists.txt").read_text(encoding="utf-8")
    made: list[CaseList] = []
    for row in (row for row in text.splitlines() if row and not row.startswith("#")):
        code, name, specialty, where, share, wanted = row.split("|")
        procedure = Procedure(ProcedureId(len(made) + 1), code, name, specialty)
        made.append(CaseList(procedure, where, int(share), tuple(map(_wanted, wanted.split(";")))))
    return tuple(made)


def _wanted(text: str) -> Wanted:
    named, _, quantity = text.partition("*")
    family, _, size = named.partition("@")
    return Wanted(family.strip(), size.strip(), int(quantity or 1))


@dataclass(frozen=True, slots=True)
class Schedule:
    """Cases in order of their days, those of the coming week included, and stays without a case after them.

    ``case_days`` are days of the calendar. Charge ids: cost centres first, then cases, then stays.
    """

    lists: tuple[CaseList, ...]
    plan: Plan
    calendar: Calendar
    case_days: Ints
    case_lists: Ints
    case_rooms: Ints
    stay_days: Ints
    stay_units: Ints
    seed: int

    @property
    def centres(self) -> int:
        return len(UNITS)

    def case_charge(self, cases: Ints) -> Ints:
        return cases + 1 + self.centres

    def stay_charge(self, stays: Ints) -> Ints:
        return stays + 1 + self.centres + len(self.case_days)

    def cases(self) -> Iterator[Case]:
        for n, (day, which, room) in enumerate(
            zip(self.case_days.tolist(), self.case_lists.tolist(), self.case_rooms.tolist(), strict=True)
        ):
            made = self.lists[which]
            yield Case(
                id=CaseId(n + 1),
                facility_id=MAIN,
                number=f"C-{1001 + n}",
                on=self.calendar.day(day),
                place_id=self.plan.rooms[ROOMS[made.where][room]],
                provider_id=surgeon_of(made.procedure.specialty, turn=n),
                procedure_id=made.procedure.id,
                encounter_id=EncounterId(n + 1),
            )

    def encounters(self, vault: Vault) -> Iterator[Encounter]:
        """One a case, then the stays. The record numbers are made up; they leave here sealed."""
        facilities = [MAIN] * len(self.case_days)
        facilities += [UNITS[unit].facility_id for unit in self.stay_units.tolist()]
        for n, facility_id in enumerate(facilities, start=1):
            record = f"{(n * 48_271 + self.seed * 7) % 8_999_993 + 1_000_000}"
            yield Encounter(
                EncounterId(n), facility_id, vault.seal(record), vault.digest(record), f"…{record[-4:]}"
            )

    def charge_targets(self) -> Iterator[tuple[ChargeId, ChargeTarget]]:
        for n in range(1, self.centres + 1):
            yield ChargeId(n), ChargeTarget(cost_centre_id=CostCentreId(n))
        for case in self.cases():
            made = self.lists[case.procedure_id - 1]
            centre = CostCentreId(UNIT_CODES.index(UNIT_OF[made.where]) + 1)
            yield (
                ChargeId(case.id + self.centres),
                ChargeTarget(centre, case.id, case.encounter_id, case.provider_id, case.procedure_id),
            )
        first = len(self.case_days)
        for n, unit in enumerate(self.stay_units.tolist(), start=1):
            target = ChargeTarget(CostCentreId(unit + 1), encounter_id=EncounterId(first + n))
            yield ChargeId(self.centres + first + n), target


def schedule(plan: Plan, calendar: Calendar, *, seed: int, scale: float) -> Schedule:
    rng = series(seed, "schedule")
    lists = case_lists()
    total = calendar.days + AHEAD_DAYS
    volume = CASES_A_DAY * max(min(scale, 6.0), 0.05)
    shares = np.array([made.share for made in lists], dtype=np.float64)
    days, which = [], []
    for n, made in enumerate(lists):
        week = Week.STEADY if made.where == "LD" else Week.ELECTIVE
        season = Season.SUMMER if made.procedure.specialty == "Orthopedics" else Season.NONE
        mean = calendar.busyness[week, season] * volume * shares[n] / shares.sum()
        drawn = np.repeat(np.arange(total), rng.poisson(mean))
        days.append(drawn)
        which.append(np.full(len(drawn), n))
    day, kind = np.concatenate(days), np.concatenate(which)
    order = np.lexsort((rng.permutation(len(day)), day))
    day, kind = day[order], kind[order]
    sizes = np.array([len(ROOMS[made.where]) for made in lists])
    rooms = rng.integers(0, 1 << 30, len(day)) % sizes[kind]
    stays, units = [], []
    for code, mean_stays in STAYS_A_DAY.items():
        season = Season.WINTER if code in ("ED", "ICU", "MS") else Season.NONE
        level = (
            calendar.busyness[Week.STEADY, season][: calendar.days] * mean_stays * max(min(scale, 6.0), 0.05)
        )
        drawn = np.repeat(np.arange(calendar.days), rng.poisson(level))
        stays.append(drawn)
        units.append(np.full(len(drawn), UNIT_CODES.index(code)))
    stay, unit = np.concatenate(stays), np.concatenate(units)
    order = np.lexsort((stay, unit))
    return Schedule(lists, plan, calendar, day, kind, rooms, stay[order], unit[order], seed)


@dataclass(frozen=True, slots=True)
class CaseNeeds:
    """What the cases open, one row a product and case: parallel columns, in order of cases."""

    case: Ints
    product: Ints
    quantity: Ints


def case_needs(booked: Schedule, made: list[Product]) -> CaseNeeds:
    """Preference lists over the schedule: each line is opened in nine cases of ten; a size nobody agreed on varies by case."""
    by_family: dict[tuple[str, str], list[int]] = {}
    for product in made:
        if not product.variant:
            for entry in (product.size, ""):
                by_family.setdefault((product.family, entry), []).append(product.index)
    rng = series(booked.seed, "needs")
    columns: list[tuple[Ints, Ints, Ints]] = []
    for n, listed in enumerate(booked.lists):
        cases = np.flatnonzero(booked.case_lists == n)
        for wanted in listed.wanted:
            able = _able(by_family, wanted)
            opened = cases[rng.random(len(cases)) < 0.9]
            picked = np.array(able)[rng.integers(0, len(able), len(opened))]
            amount = np.full(len(opened), wanted.quantity)
            if wanted.quantity > 2:
                amount = amount + rng.integers(-1, 2, len(opened))
            columns.append((opened, picked, amount))
    case, chosen, quantity = (np.concatenate(parts).astype(np.int64) for parts in zip(*columns, strict=True))
    order = np.lexsort((chosen, case))
    return CaseNeeds(case[order], chosen[order], quantity[order])


def _able(by_family: dict[tuple[str, str], list[int]], wanted: Wanted) -> list[int]:
    found = sorted(
        {i for (family, size), members in by_family.items() if family.startswith(wanted.family) and size == wanted.size
         for i in members}
    )  # fmt: skip
    if not found:
        raise LookupError(f"No product line begins with {wanted.family!r} in size {wanted.size!r}.")
    return found


def case_unit(where: str) -> int:
    return UNIT_CODES.index(UNIT_OF[where])
