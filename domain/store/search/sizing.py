"""Which items of the index have an asked size, which have another one, and which none to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from domain.model.size import Dimension, Size, SizeMatch, Unit
from domain.store.search.documents import SizeSet, measures_of

_BITS = {dimension: 1 << number for number, dimension in enumerate(Dimension)}
_RANKED = _BITS[Dimension.LETTER] | _BITS[Dimension.AGE]
_FACTORS = {SizeMatch.FULL: 1.0, SizeMatch.PART: 0.98, SizeMatch.BARE: 0.96}
SAYS_LESS = 0.7
"""Asked for 25 ga x 5/8 in, the item says 25 ga."""
NAMED_ONLY = 0.97
"""A size found in the name and not in the size field (a balloon's volume, a box of 50) counts a little less."""
SILENT = 0.62
SILENT_AGE = 0.8
"""Factors for items that have nothing to compare: "16 fr foley" may mean the foley tray, but rather not."""


@dataclass(frozen=True, slots=True)
class Fit:
    """By size set: ``factor`` 0..1 for the asked sizes, ``has`` which name all of them, ``differs`` which contradict."""

    factor: NDArray[np.float32]
    has: NDArray[np.bool_]
    differs: NDArray[np.bool_]


class SizeTable:
    def __init__(self, size_sets: Sequence[SizeSet]) -> None:
        self._sets = tuple(size_sets)
        self._by_base: dict[tuple[Dimension, Decimal], list[int]] = {}
        self._by_figure: dict[Decimal, list[int]] = {}
        self._primary = np.zeros(len(self._sets), dtype=np.int32)
        for number, size_set in enumerate(self._sets):
            for measure in dict.fromkeys(measures_of(size_set)):
                self._by_base.setdefault((measure.dimension, measure.base), []).append(number)
                if measure.unit not in (Unit.LETTER, Unit.AGE):
                    self._by_figure.setdefault(measure.value.normalize(), []).append(number)
            bits = 0
            for size in size_set.primary:
                for measure in size.measures:
                    bits |= _BITS[measure.dimension]
            if not bits:
                # A unit in the name makes a size as good as the field's; a bare number there may be anything.
                for size in size_set.named:
                    for measure in size.measures:
                        bits |= _BITS[measure.dimension] & ~_BITS[Dimension.NUMBER]
            self._primary[number] = bits
        order = sorted(range(len(self._sets)), key=lambda number: _order(self._sets[number]))
        self.rank = np.zeros(len(self._sets), dtype=np.int32)
        self.rank[order] = np.arange(len(self._sets), dtype=np.int32)

    def fit(self, asked: Sequence[Size]) -> Fit:
        """Multiplies over all asked sizes."""
        count = len(self._sets)
        factor = np.ones(count, dtype=np.float32)
        has = np.ones(count, dtype=np.bool_)
        differs = np.zeros(count, dtype=np.bool_)
        for size in asked:
            one = np.zeros(count, dtype=np.float32)
            for number in self._candidates(size):
                one[number] = self._level(size, self._sets[number])
            fits = one > 0
            other = ~fits & self._comparable(size)
            ages = size.dimensions == {Dimension.AGE}
            one[~fits & ~other] = SILENT_AGE if ages else SILENT
            factor *= one
            has &= fits
            differs |= other
        return Fit(factor, has, differs)

    def distance(self, number: int, asked: Sequence[Size]) -> float:
        """How far a size set is from the first asked size, as a share of it; a large figure where they do not compare."""
        mine = asked[0].measures[0]
        found = [
            abs(float(other.base - mine.base)) / (abs(float(mine.base)) or 1.0)
            if other.dimension is mine.dimension
            else abs(float(other.value - mine.value)) / (abs(float(mine.value)) or 1.0) + 1.0
            for size in self._sets[number].primary
            for other in size.measures[:1]
        ]
        return min(found, default=1e6)

    def _candidates(self, size: Size) -> set[int]:
        found: set[int] = set()
        for measure in size.measures:
            found.update(self._by_base.get((measure.dimension, measure.base), ()))
            if measure.unit is Unit.NONE:
                found.update(self._by_figure.get(measure.value.normalize(), ()))
            elif measure.unit not in (Unit.LETTER, Unit.AGE):
                found.update(self._by_base.get((Dimension.NUMBER, measure.value.normalize()), ()))
        return found

    @staticmethod
    def _level(size: Size, size_set: SizeSet) -> float:
        best = 0.0
        for own in (*size_set.primary, *size_set.named):
            level = _FACTORS.get(size.matches(own), 0.0)
            if len(own.measures) < len(size.measures):
                level = min(level, SAYS_LESS)
            if size_set.primary and own not in size_set.primary:
                level *= NAMED_ONLY
            best = max(best, level)
        return best

    def _comparable(self, size: Size) -> NDArray[np.bool_]:
        bits = 0
        for measure in size.measures:
            bits |= _BITS[measure.dimension]
        if not bits & _RANKED:
            bits |= _BITS[Dimension.NUMBER]
        if bits & _BITS[Dimension.NUMBER] and all(m.unit is Unit.NONE for m in size.measures):
            bits |= ~_RANKED & ((1 << len(_BITS)) - 1)
        if Dimension.SUTURE in size.dimensions:
            bits |= _BITS[Dimension.NUMBER]
        comparable: NDArray[np.bool_] = (self._primary & bits) != 0
        return comparable


def _order(size_set: SizeSet) -> tuple[tuple[tuple[int, Decimal], ...], ...]:
    return tuple(size.sort_key for size in (*size_set.primary, *size_set.named))
