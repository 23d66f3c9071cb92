"""Which product is kept where, how fast it goes there, and the pars that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.demo.calendar import Floats, Ints, Season, Week
from domain.demo.catalogue import Catalogue, Product
from domain.demo.chance import pick, series
from domain.demo.plan import Plan
from domain.demo.products import Line
from domain.demo.schedule import UNIT_CODES, CaseNeeds, Schedule, case_unit
from domain.model.ids import PlaceId
from domain.model.item import AbcClass

USES_A_DAY: Final = (0.0, 0.004, 0.010, 0.022, 0.046, 0.10)
"""Times a day a product of use 1..5 is taken at one place."""

VARIANT_USES: Final = 0.10
VARIANT_FLOOR: Final = 0.021
"""Variants share the work of the original: each is taken evenly, far less than the best of the originals."""

CODE_UNITS: Final = {
    "ORR": "OR", "AN": "OR", "DA": "OR", "MH": "OR", "BC": "OR", "IM": "OR", "ORF": "OR", "RT": "ICU", "TB": "ED",
    "EP": "CL", "OBT": "LD", "HC": "LD",
}  # fmt: skip
CART_UNITS: Final = ("ICU", "ED", "PAC", "MS")
ELECTIVE: Final = frozenset({"OR", "ORR", "AN", "IM", "ORF", "BC", "CL", "EP", "EN", "IR", "PAC", "SPD"})
OFFICE: Final = frozenset({"CLI", "ORT"})
QUIET: Final = {"CC": 0.06, "DA": 0.15, "TB": 0.5, "ORR": 0.25, "BC": 0.6, "OBT": 0.4, "HC": 0.5}
"""Places kept ready rather than used up: their share of the usual pace."""

READY: Final = frozenset({"CC", "DA", "MH", "BC", "HC", "TB"})
"""Carts for emergencies: made whole after every use, and what lapses on them is replaced the same day."""

DAILY_ROUNDS: Final = frozenset({"OR", "ICU", "ED", "CL", "PAC", "LD", "NIC"})


@dataclass(frozen=True, slots=True)
class Lines:
    """Stock lines, one row a product and place, a product's own rows together and its source first.

    The source is the bin everything arrives in and the others are filled from; ``used`` tells whether stock is also taken
    from the line itself, ``ready`` whether it is a cart that must be whole at all times. ``rate`` is in withdrawals a day,
    ``batch`` in base units a withdrawal, ``mean`` in base units a day.
    """

    product: Ints
    place: Ints
    unit: Ints
    source: NDArray[np.bool_]
    used: NDArray[np.bool_]
    ready: NDArray[np.bool_]
    week: Ints
    season: Ints
    rate: Floats
    batch: Floats
    mean: Floats
    first: Ints
    """By product: its first line; one more entry than products."""
    minimum: Ints
    reorder: Ints
    par: Ints
    maximum: Ints
    order: Ints
    """By product: base units of one purchase order."""
    lead: Ints
    """By product: promised lead time in days."""
    pack: Ints
    """By product: base units of the pack it is ordered by."""


def _places(
    product: Product, plan: Plan, position: dict[tuple[str, int], float]
) -> list[tuple[str, PlaceId]]:
    """The shelves the product lies on: (code, shelf). Similar lines lie side by side."""
    line = product.line
    found: list[tuple[str, PlaceId]] = []
    for code in line.kept:
        if code == "CEN":
            continue
        groups = plan.shelves[code]
        for number in _chosen_groups(code, line, product, len(groups)):
            shelves = groups[number]
            found.append((code, shelves[int(position[code, product.line_index] * len(shelves))]))
    return found[:6] if product.variant else found


def _chosen_groups(code: str, line: Line, product: Product, groups: int) -> list[int]:
    if code == "OR":
        return [0, 1] if line.use >= 3 else [pick("core", product.line_index, below=2)]
    if code == "CL":
        return [0] if line.use <= 1 else [1] if line.has("C") else [0, 1, 2] if line.use >= 4 else [0, 1]
    if code == "EN":
        return [0, 1] if line.use >= 4 else [0]
    if code == "MS":
        wards = [0, 1, 2] if line.use >= 4 else [0, 1] if line.use == 3 else [0]
        shift = pick("ward", product.line_index, below=3)
        return [(n + shift) % 3 for n in wards]
    return list(range(groups))


def stock_lines(plan: Plan, catalogue: Catalogue, booked: Schedule, needs: CaseNeeds, *, seed: int) -> Lines:
    """Rows for every product, the pace at each place from use, size and chance, and pars from the pace."""
    made = catalogue.products
    codes: dict[str, list[int]] = {}
    for index, line in dict.fromkeys((p.line_index, p.line) for p in made):
        for code in line.kept:
            codes.setdefault(code, []).append(index)
    position = {
        (code, index): n / len(indexes) for code, indexes in codes.items() for n, index in enumerate(indexes)
    }
    rows: list[tuple[int, int, int, bool, bool, int, int, float, bool]] = []
    first = np.zeros(len(made) + 1, dtype=np.int64)
    cart_units = {s: u for u, group in zip(CART_UNITS, plan.shelves["CC"], strict=True) for s in group}
    lines_total = max(p.line_index for p in made) + 1
    for product in made:
        line = product.line
        first[product.index] = len(rows)
        direct = line.has("C") or line.has("z") or (line.has("k") and line.price > 1000)
        season = Season.WINTER if line.has("W") else Season.SUMMER if line.has("U") else Season.NONE
        places = _places(product, plan, position)
        if not direct or not places:
            bin_id = plan.central[int(product.line_index / lines_total * len(plan.central))]
            share = 0.3 if not places else 0.0
            rows.append(
                (product.index, bin_id, UNIT_CODES.index("CEN"), True, not places, 0, season, share, False)
            )
        for turn, (code, place_id) in enumerate(places):
            unit = cart_units[place_id] if code == "CC" else CODE_UNITS.get(code, code)
            week = Week.OFFICE if code in OFFICE else Week.ELECTIVE if code in ELECTIVE else Week.STEADY
            rows.append(
                (
                    product.index,
                    place_id,
                    UNIT_CODES.index(unit),
                    direct and turn == 0,
                    True,
                    week,
                    season,
                    QUIET.get(code, 1.0),
                    code in READY,
                )
            )
    first[-1] = len(rows)
    product_of = np.array([row[0] for row in rows], dtype=np.int64)
    unit_of = np.array([row[2] for row in rows], dtype=np.int64)
    source = np.array([row[3] for row in rows])
    used = np.array([row[4] for row in rows])
    readiness = np.array([row[7] for row in rows])
    rng = series(seed, "pace")
    pace = np.array([_pace(p) for p in made])[product_of]
    rate = np.where(used, pace * readiness * rng.lognormal(-0.2, 0.6, len(rows)), 0.0)
    batch = np.array([_batch(p) for p in made])[product_of] * rng.lognormal(0, 0.25, len(rows))
    batch = np.maximum(1.0, batch)
    mean = rate * batch
    place = np.array([row[1] for row in rows], dtype=np.int64)
    np.add.at(mean, *_case_means(first, unit_of, booked, needs))
    levels = _levels(made, catalogue, product_of, source, used, first, mean, batch, rng)
    return Lines(
        product_of, place, unit_of, source, used, np.array([row[8] for row in rows], dtype=np.bool_),
        np.array([row[5] for row in rows], dtype=np.int64),
        np.array([row[6] for row in rows], dtype=np.int64), rate, batch, mean, first, *levels,
    )  # fmt: skip


def _pace(product: Product) -> float:
    """Withdrawals a day at one place: by the line's use, most for the middle sizes."""
    count = len(product.line.sizes)
    centre = (count - 1) * 0.48
    popularity = float(np.exp(-(((product.size_index - centre) / max(1.2, count / 3.2)) ** 2)))
    pace = USES_A_DAY[product.line.use] * popularity
    if product.variant:
        pace = VARIANT_USES * pace + VARIANT_FLOOR
    return pace


def _batch(product: Product) -> float:
    price = float(product.price)
    if product.line.has("C") or price >= 60:
        return 1.0
    return 8.0 if price < 0.3 else 5.0 if price < 1 else 2.6 if price < 6 else 1.5


def line_for_case(first: Ints, unit: Ints, booked: Schedule, needs: CaseNeeds) -> Ints:
    """By row of ``needs``: the stock line it is taken from, -1 where the case's unit keeps none of it.

    In the OR suite rooms 1 to 6 take from core 1 and the others from core 2, where both keep it.
    """
    where = np.array([case_unit(listed.where) for listed in booked.lists])[booked.case_lists[needs.case]]
    late_room = booked.case_rooms[needs.case] >= 6
    found = np.full(len(needs.case), -1, dtype=np.int64)
    width = int((first[1:] - first[:-1]).max())
    central = UNIT_CODES.index("CEN")
    for offset in range(width):
        row = first[needs.product] + offset
        inside = row < first[needs.product + 1]
        row = np.where(inside, row, 0)
        fits = inside & (unit[row] == where) & (unit[row] != central)
        nothing_yet = found < 0
        second_core = fits & late_room & ~nothing_yet & (row == found + 1) & (where == UNIT_CODES.index("OR"))
        found = np.where(fits & (nothing_yet | second_core), row, found)
    return found


def _case_means(first: Ints, unit: Ints, booked: Schedule, needs: CaseNeeds) -> tuple[Ints, Floats]:
    line = line_for_case(first, unit, booked, needs)
    known = line >= 0
    return line[known], needs.quantity[known] / booked.calendar.days


def _levels(
    made: list[Product],
    catalogue: Catalogue,
    product: Ints,
    source: NDArray[np.bool_],
    used: NDArray[np.bool_],
    first: Ints,
    mean: Floats,
    batch: Floats,
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
    """Minimum, reorder point, par and maximum by line; order quantity, lead time and pack by product."""
    price = np.array([float(p.price) for p in made])
    pack = np.array([p.line.packs[min(1, len(p.line.packs) - 1)].quantity for p in made], dtype=np.int64)
    lead = np.array([catalogue.lead_days(p) for p in made], dtype=np.int64)
    variance = 2.2 * mean * batch
    # Units are filled every day or two; they hold some days' need and the spread of it.
    reorder = np.ceil(2.2 * mean + 1.5 * np.sqrt(2.2 * variance))
    par = np.ceil(5.5 * mean + 1.7 * np.sqrt(5.5 * variance))
    total = np.bincount(product, weights=mean, minlength=len(made))
    spread = np.bincount(product, weights=variance, minlength=len(made))
    # What is dear is bought often and little, what is cheap seldom and much.
    cycle = np.interp(np.log10(np.maximum(price, 0.05)), [-1, 0, 1, 2, 3, 4], [75, 60, 45, 28, 14, 7])
    order = np.maximum(1, np.ceil(total * cycle / pack)).astype(np.int64) * pack
    wait = lead + 4.0
    central_reorder = np.ceil(total * wait + 1.9 * np.sqrt(wait * spread))
    reorder = np.where(source, central_reorder[product], reorder)
    dear = price[product] >= 150
    reorder = np.maximum(reorder, np.where(dear & ~source, 0, 1))
    par = np.where(source, reorder + order[product], par)
    least = np.where(dear, reorder + 1, np.maximum(reorder + 1, np.where(price[product] < 1, 10, 4)))
    # A single withdrawal should not empty a shelf.
    reorder = np.where(source | dear, reorder, np.maximum(reorder, np.ceil(batch)))
    least = np.maximum(np.maximum(least, reorder + 1), np.where(dear, 0, np.ceil(3 * batch)))
    par = np.maximum(par, least)
    par = np.where(par > 40, np.ceil(par / 10) * 10, par)
    top = par + np.maximum(1, np.where(source, order[product], np.ceil(par * 0.25)))
    minimum = np.floor(reorder * 0.5)
    levels = [column.astype(np.int64) for column in (minimum, reorder, par, top)]
    return levels[0], levels[1], levels[2], levels[3], order, lead, pack


def abc_classes(made: list[Product], product: Ints, mean: Floats) -> list[AbcClass]:
    """A: the dearest that make four fifths of a year's spend; B: up to 95%; C: the rest."""
    price = np.array([float(p.price) for p in made])
    spend = np.bincount(product, weights=mean, minlength=len(made)) * price
    order = np.argsort(-spend, kind="stable")
    share = np.cumsum(spend[order]) / max(spend.sum(), 1e-9)
    classes = np.empty(len(made), dtype=object)
    classes[order] = np.where(share <= 0.8, "A", np.where(share <= 0.95, "B", "C"))
    return [AbcClass(letter) for letter in classes.tolist()]
