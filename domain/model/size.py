"""Sizes in every notation as comparable values: 7.5 = 7 1/2 = "seven and a half", 16 Fr = 16F = "sixteen french".

A size is one measure (``16 Fr``) or several said together (``5 mm x 20 cm``). A measure without a unit (``7.5``, the
``4 x 4`` of a gauze sponge) compares with the figure that others write, not with their millimetres.

>>> [size.text for size in parse_sizes("sixteen french foley, 10cc")]
['16 Fr', '10 mL']
>>> parse_sizes("5 mm x 20 cm")[0].matches(parse_sizes("0.5cm x 200mm")[0])
<SizeMatch.FULL: 3>
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum
from functools import cached_property, lru_cache

from domain.model.wording import Wording, worded


class Dimension(StrEnum):
    """What is measured. Two sizes of different dimensions are not comparable, but for bare numbers."""

    SUTURE = "suture"  # USP: 11-0 is finest; 0, 1, 2 are bare numbers
    NUMBER = "number"
    FRENCH = "french"
    GAUGE = "gauge"
    LENGTH = "length"
    VOLUME = "volume"
    MASS = "mass"
    PERCENT = "percent"
    ACTIVITY = "activity"
    ANGLE = "angle"
    LETTER = "letter"
    AGE = "age"


class Unit(StrEnum):
    """How a measure is written; the value is its canonical spelling."""

    NONE = ""
    SUTURE = "-0"
    FRENCH = "Fr"
    GAUGE = "ga"
    MILLIMETRE = "mm"
    CENTIMETRE = "cm"
    METRE = "m"
    INCH = "in"
    FOOT = "ft"
    YARD = "yd"
    MICROLITRE = "uL"
    MILLILITRE = "mL"
    LITRE = "L"
    OUNCE = "oz"
    QUART = "qt"
    GALLON = "gal"
    MICROGRAM = "mcg"
    MILLIGRAM = "mg"
    GRAM = "gram"
    KILOGRAM = "kg"
    POUND = "lb"
    PERCENT = "%"
    UNITS = "units"
    DEGREE = "degree"
    LETTER = "letter"
    AGE = "age"


_BASE: dict[Unit, tuple[Dimension, Decimal]] = {
    Unit.NONE: (Dimension.NUMBER, Decimal(1)),
    Unit.SUTURE: (Dimension.SUTURE, Decimal(1)),
    Unit.FRENCH: (Dimension.FRENCH, Decimal(1)),
    Unit.GAUGE: (Dimension.GAUGE, Decimal(1)),
    Unit.MILLIMETRE: (Dimension.LENGTH, Decimal(1)),
    Unit.CENTIMETRE: (Dimension.LENGTH, Decimal(10)),
    Unit.METRE: (Dimension.LENGTH, Decimal(1000)),
    Unit.INCH: (Dimension.LENGTH, Decimal("25.4")),
    Unit.FOOT: (Dimension.LENGTH, Decimal("304.8")),
    Unit.YARD: (Dimension.LENGTH, Decimal("914.4")),
    Unit.MICROLITRE: (Dimension.VOLUME, Decimal("0.001")),
    Unit.MILLILITRE: (Dimension.VOLUME, Decimal(1)),
    Unit.LITRE: (Dimension.VOLUME, Decimal(1000)),
    Unit.OUNCE: (Dimension.VOLUME, Decimal("29.5735")),
    Unit.QUART: (Dimension.VOLUME, Decimal("946.353")),
    Unit.GALLON: (Dimension.VOLUME, Decimal("3785.41")),
    Unit.MICROGRAM: (Dimension.MASS, Decimal("0.001")),
    Unit.MILLIGRAM: (Dimension.MASS, Decimal(1)),
    Unit.GRAM: (Dimension.MASS, Decimal(1000)),
    Unit.KILOGRAM: (Dimension.MASS, Decimal(1_000_000)),
    Unit.POUND: (Dimension.MASS, Decimal("453592.37")),
    Unit.PERCENT: (Dimension.PERCENT, Decimal(1)),
    Unit.UNITS: (Dimension.ACTIVITY, Decimal(1)),
    Unit.DEGREE: (Dimension.ANGLE, Decimal(1)),
    Unit.LETTER: (Dimension.LETTER, Decimal(1)),
    Unit.AGE: (Dimension.AGE, Decimal(1)),
}  # fmt: skip
"""Dimension and factor of every unit: millimetres, millilitres, milligrams. Ounces are fluid ounces."""

LETTERS = ("XXXS", "XXS", "XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL", "5XL", "6XL")
AGES = ("neonatal", "infant", "pediatric", "adult")
_DIMENSIONS = tuple(Dimension)


class SizeMatch(IntEnum):
    """How far two sizes say the same. BARE: only a number without its unit agrees. PART: one said more than the other."""

    NONE = 0
    BARE = 1
    PART = 2
    FULL = 3


def _figure(value: Decimal) -> str:
    return format(value.normalize(), "f")


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure as written and its unit. Letters and ages hold their rank in LETTERS and AGES; 3-0 holds 3."""

    value: Decimal
    unit: Unit = Unit.NONE

    @property
    def dimension(self) -> Dimension:
        return _BASE[self.unit][0]

    @property
    def base(self) -> Decimal:
        """The value in the dimension's base unit (mm, mL, mg), free of trailing zeros."""
        return (self.value * _BASE[self.unit][1]).normalize()

    @property
    def text(self) -> str:
        if self.unit is Unit.LETTER:
            return LETTERS[int(self.value)]
        if self.unit is Unit.AGE:
            return AGES[int(self.value)]
        figure = _figure(self.value)
        if self.unit is Unit.SUTURE:
            return f"{figure}-0"
        if self.unit in (Unit.NONE, Unit.PERCENT):
            return f"{figure}{self.unit.value}"
        return f"{figure} {self.unit.value}"

    def same(self, other: Measure) -> bool:
        """Equal in dimension and value, whatever the unit: 0.5 cm and 5 mm."""
        return self.dimension is other.dimension and self.base == other.base

    def looks_like(self, other: Measure) -> bool:
        """Same figure where at least one of them has no unit: 16 and 16 Fr, 3 and 3-0."""
        unitless = Unit.NONE in (self.unit, other.unit)
        ranked = {Unit.LETTER, Unit.AGE}
        return unitless and not ranked & {self.unit, other.unit} and self.value == other.value


@dataclass(frozen=True)
class Size:
    """One or more measures said together; ``start`` and ``end`` are where it stood in the text it was read from."""

    measures: tuple[Measure, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @cached_property
    def text(self) -> str:
        """The canonical form: "7.5", "16 Fr", "18 ga", "3-0", "4 x 4", "5 mm x 20 cm", "XL", "adult"."""
        return " x ".join(measure.text for measure in self.measures)

    @cached_property
    def sort_key(self) -> tuple[tuple[int, Decimal], ...]:
        """Orders a family from small to large; sutures from fine to coarse, before the bare numbers 0, 1, 2."""
        key = []
        for measure in self.measures:
            base = -measure.base if measure.unit is Unit.SUTURE else measure.base
            key.append((_DIMENSIONS.index(measure.dimension), base))
        return tuple(key)

    @property
    def dimensions(self) -> frozenset[Dimension]:
        return frozenset(measure.dimension for measure in self.measures)

    def matches(self, other: Size) -> SizeMatch:
        """How far both name the same size; symmetric.

        FULL: every measure equal. PART: a single measure with a unit found among the other's, or the same measures
        in another order. BARE: only figures agree (16 and 16 Fr, 3.0 x 18 and 3 mm x 18 mm). Else NONE.
        """
        mine, theirs = self.measures, other.measures
        if len(mine) == len(theirs):
            if all(a.same(b) for a, b in zip(mine, theirs, strict=True)):
                return SizeMatch.FULL
            if all(a.same(b) or a.looks_like(b) for a, b in zip(mine, theirs, strict=True)):
                return SizeMatch.BARE
            if len(mine) > 1 and sorted((a.dimension, a.base) for a in mine) == sorted(
                (b.dimension, b.base) for b in theirs
            ):
                return SizeMatch.PART
            return SizeMatch.NONE
        few, many = (mine, theirs) if len(mine) < len(theirs) else (theirs, mine)
        if all(any(a.same(b) for b in many) for a in few):
            return SizeMatch.PART if few[0].unit is not Unit.NONE else SizeMatch.BARE
        if all(any(a.same(b) or a.looks_like(b) for b in many) for a in few):
            return SizeMatch.BARE
        return SizeMatch.NONE


# -------------------------------------------------------------------------------------------- reading

_UNIT_WORDS: dict[str, Unit] = {
    "french": Unit.FRENCH, "frnch": Unit.FRENCH, "fr": Unit.FRENCH, "f": Unit.FRENCH, "ch": Unit.FRENCH,
    "charriere": Unit.FRENCH, "frs": Unit.FRENCH,
    "gauge": Unit.GAUGE, "guage": Unit.GAUGE, "gage": Unit.GAUGE, "gauges": Unit.GAUGE, "ga": Unit.GAUGE,
    "mm": Unit.MILLIMETRE, "millimeter": Unit.MILLIMETRE, "millimetre": Unit.MILLIMETRE,
    "millimeters": Unit.MILLIMETRE, "millimetres": Unit.MILLIMETRE,
    "cm": Unit.CENTIMETRE, "centimeter": Unit.CENTIMETRE, "centimetre": Unit.CENTIMETRE,
    "centimeters": Unit.CENTIMETRE, "centimetres": Unit.CENTIMETRE, "cms": Unit.CENTIMETRE,
    "m": Unit.METRE, "meter": Unit.METRE, "metre": Unit.METRE, "meters": Unit.METRE, "metres": Unit.METRE,
    "in": Unit.INCH, "inch": Unit.INCH, "inches": Unit.INCH, '"': Unit.INCH,
    "ft": Unit.FOOT, "foot": Unit.FOOT, "feet": Unit.FOOT,
    "yd": Unit.YARD, "yds": Unit.YARD, "yard": Unit.YARD, "yards": Unit.YARD,
    "ul": Unit.MICROLITRE, "microliter": Unit.MICROLITRE, "microlitre": Unit.MICROLITRE,
    "ml": Unit.MILLILITRE, "mls": Unit.MILLILITRE, "cc": Unit.MILLILITRE, "ccs": Unit.MILLILITRE,
    "mil": Unit.MILLILITRE, "mils": Unit.MILLILITRE, "milliliter": Unit.MILLILITRE,
    "millilitre": Unit.MILLILITRE, "milliliters": Unit.MILLILITRE, "millilitres": Unit.MILLILITRE,
    "l": Unit.LITRE, "lt": Unit.LITRE, "liter": Unit.LITRE, "litre": Unit.LITRE, "liters": Unit.LITRE,
    "litres": Unit.LITRE,
    "oz": Unit.OUNCE, "ounce": Unit.OUNCE, "ounces": Unit.OUNCE,
    "qt": Unit.QUART, "quart": Unit.QUART, "quarts": Unit.QUART,
    "gal": Unit.GALLON, "gallon": Unit.GALLON, "gallons": Unit.GALLON,
    "mcg": Unit.MICROGRAM, "ug": Unit.MICROGRAM, "microgram": Unit.MICROGRAM, "micrograms": Unit.MICROGRAM,
    "mg": Unit.MILLIGRAM, "milligram": Unit.MILLIGRAM, "milligrams": Unit.MILLIGRAM,
    "gm": Unit.GRAM, "gms": Unit.GRAM, "gram": Unit.GRAM, "grams": Unit.GRAM,
    "kg": Unit.KILOGRAM, "kgs": Unit.KILOGRAM, "kilogram": Unit.KILOGRAM, "kilograms": Unit.KILOGRAM,
    "lb": Unit.POUND, "lbs": Unit.POUND, "pound": Unit.POUND, "pounds": Unit.POUND,
    "%": Unit.PERCENT, "percent": Unit.PERCENT,
    "unit": Unit.UNITS, "units": Unit.UNITS, "iu": Unit.UNITS,
    "degree": Unit.DEGREE, "degrees": Unit.DEGREE, "deg": Unit.DEGREE, "°": Unit.DEGREE,
}  # fmt: skip
_GAUGES = range(10, 35)
"""A lone "g" behind a whole number in this range is a gauge (needles, cannulas); else grams."""

_LETTER_WORDS: dict[str, int] = {
    "xxxs": 0, "xxs": 1, "2xs": 1, "xs": 2, "x small": 2, "extra small": 2, "xsmall": 2,
    "s": 3, "small": 3, "sm": 3, "sml": 3,
    "m": 4, "medium": 4, "med": 4, "md": 4,
    "l": 5, "large": 5, "lg": 5, "lrg": 5, "lge": 5,
    "xl": 6, "x large": 6, "extra large": 6, "xlarge": 6, "xlg": 6, "x lg": 6,
    "xxl": 7, "2xl": 7, "2x": 7, "xx large": 7, "extra extra large": 7, "2x large": 7, "double xl": 7,
    "xxxl": 8, "3xl": 8, "3x": 8, "xxx large": 8, "3x large": 8, "triple xl": 8,
    "4xl": 9, "4x": 9, "xxxxl": 9, "4x large": 9, "5xl": 10, "5x": 10, "5x large": 10, "6xl": 11, "6x": 11,
    "2 xl": 7, "3 xl": 8, "4 xl": 9, "5 xl": 10,
}  # fmt: skip
_AGE_WORDS: dict[str, int] = {
    "neonatal": 0, "neonate": 0, "neonates": 0, "neo": 0, "newborn": 0, "newborns": 0, "preemie": 0,
    "infant": 1, "infants": 1, "baby": 1,
    "pediatric": 2, "paediatric": 2, "pediatrics": 2, "peds": 2, "pedi": 2, "pedia": 2, "ped": 2, "child": 2,
    "children": 2, "kids": 2,
    "adult": 3, "adults": 3,
}  # fmt: skip

_FIGURE = r"(?:\d+ \d{1,2}/\d{1,2}|\d{1,2}/(?!0)\d{1,2}|\d+(?:\.\d+)?|\.\d+)"
_EDGE = r"(?<![\w.#/-])"
_STOP = r"(?![\w/]|\.\d|-\w)"
_UNIT_STOP = r"(?!\w|\.\d|/[a-z])"


def _any_of(words: dict[str, int] | dict[str, Unit] | list[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", "[ -]?") for word in sorted(words, key=len, reverse=True))


_LONG_UNITS = [word for word in _UNIT_WORDS if len(word) > 1 and word not in ("in",)]
_UNIT = rf"(?:{_any_of(_LONG_UNITS)})(?![a-wyz])|[\"%°]|(?:in|f|l|m|g)(?![a-wyz&])"
_MEASURE = rf"(?P<f>{_FIGURE})(?P<z>-0\b)?(?:[ -]?(?P<u>{_UNIT}))?"
_ONE = re.compile(_MEASURE)
_CHAIN = re.compile(
    rf"{_EDGE}#?{_FIGURE}(?:[ -]?(?:{_UNIT}))?(?: ?x ?{_FIGURE}(?:[ -]?(?:{_UNIT}))?)+{_STOP}"
)
_SUTURE = re.compile(rf"{_EDGE}#?(?P<n>1[0-2]|[1-9])(?: ?[-/] ?[0o]|0(?=-0)){_STOP}")
_ZEROS = re.compile(rf"{_EDGE}(?P<zeros>0{{2,6}}){_STOP}")
_WITH_UNIT = re.compile(
    rf"(?<![\w.#-])#?(?P<f>{_FIGURE})[ -]?(?P<u>(?!m\b)(?:{_UNIT})|(?<= )m\b){_UNIT_STOP}"
)
_RANGE = re.compile(
    rf"{_EDGE}(?P<f>\d+(?:\.\d+)?) ?(?:-|to) ?(?P<t>\d+(?:\.\d+)?)[ -]?(?P<u>{_UNIT}){_UNIT_STOP}"
)
_UNIT_FIRST = re.compile(rf"(?<!\w)(?P<u>french|fr|ch|gauge|ga)[ .-]?(?P<f>{_FIGURE}){_STOP}")
_LETTER = re.compile(
    rf"(?<![\w&'/.])(?P<w>{_any_of(_LETTER_WORDS)})"
    r"(?![\w&'/]| (?:bore|bowel|intestine|volume|joint|frag\w*|animal|surg\w*|duty)\b)"
)
_AGE = re.compile(rf"(?<![\w&'])(?P<w>{_any_of(_AGE_WORDS)})(?![\w&'])")
_BARE = re.compile(
    rf"{_EDGE}#?(?P<f>{_FIGURE}){_STOP}"
    r"(?![%\"°]| (?:way|lumen|lead|ply|pack|pk|count|ct|port|channel|strand|layer|panel|part|piece|pc)s?\b)"
)


def _value(text: str) -> Decimal | None:
    whole, _, rest = text.rpartition(" ")
    if "/" not in rest:
        return Decimal(rest)
    upper, lower = rest.split("/")
    if int(lower) == 0:
        return None
    if not whole and int(upper) >= int(lower):
        return None
    share = (Decimal(upper) / Decimal(lower)).quantize(Decimal("0.0001")).normalize()
    return share + Decimal(whole) if whole else share


def _unit(word: str, value: Decimal) -> Unit:
    if word == "g":
        return Unit.GAUGE if value == int(value) and int(value) in _GAUGES else Unit.GRAM
    return _UNIT_WORDS[word.strip()]


def _chained(text: str) -> tuple[Measure, ...] | None:
    """The measures of "4 x 4 in", "18 ga x 1.16 in"; a unit at the end is meant for the figures before it as well."""
    measures: list[Measure] = []
    for piece in re.split(r" ?(?<![a-z])x ?| x ?|(?<=m)x ?|(?<=n)x ?|(?<=[rfagl])x ?", text):
        found = _ONE.fullmatch(piece.strip().lstrip("#"))
        value = _value(found["f"]) if found else None
        if found is None or value is None:
            return None
        measures.append(Measure(value, _unit(found["u"], value) if found["u"] else Unit.NONE))
    last = measures[-1].unit
    if last is not Unit.NONE and all(measure.unit is Unit.NONE for measure in measures[:-1]):
        measures = [Measure(measure.value, last) for measure in measures]
    return tuple(measures)


def _read_chain(found: re.Match[str]) -> tuple[Measure, ...] | None:
    return _chained(found.group().lstrip("#"))


def _read_suture(found: re.Match[str]) -> tuple[Measure, ...] | None:
    number = int(found["n"])
    return (Measure(Decimal(0)),) if number == 1 else (Measure(Decimal(number), Unit.SUTURE),)


def _read_zeros(found: re.Match[str]) -> tuple[Measure, ...] | None:
    return (Measure(Decimal(len(found["zeros"])), Unit.SUTURE),)


def _read_range(found: re.Match[str]) -> tuple[Measure, ...] | None:
    low, high = Decimal(found["f"]), Decimal(found["t"])
    unit = _unit(found["u"], high)
    return (Measure(low, unit), Measure(high, unit)) if 0 < low < high else None


def _read_unit(found: re.Match[str]) -> tuple[Measure, ...] | None:
    value = _value(found["f"])
    return None if value is None else (Measure(value, _unit(found["u"], value)),)


def _read_letter(found: re.Match[str]) -> tuple[Measure, ...] | None:
    word = found["w"].replace("-", " ")
    rank = _LETTER_WORDS.get(word, _LETTER_WORDS.get(word.replace(" ", "")))
    return None if rank is None else (Measure(Decimal(rank), Unit.LETTER),)


def _read_age(found: re.Match[str]) -> tuple[Measure, ...] | None:
    return (Measure(Decimal(_AGE_WORDS[found["w"]]), Unit.AGE),)


def _read_bare(found: re.Match[str]) -> tuple[Measure, ...] | None:
    value = _value(found["f"])
    return None if value is None else (Measure(value),)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[Measure, ...] | None]], ...] = (
    (_CHAIN, _read_chain),
    (_RANGE, _read_range),
    (_SUTURE, _read_suture),
    (_WITH_UNIT, _read_unit),
    (_UNIT_FIRST, _read_unit),
    (_ZEROS, _read_zeros),
    (_LETTER, _read_letter),
    (_AGE, _read_age),
    (_BARE, _read_bare),
)
"""In this order; what one has read the later ones do not see."""

_LONGEST_FIGURE = re.compile(r"\d{10,}")


def _read(wording: Wording) -> tuple[Size, ...]:
    text = _LONGEST_FIGURE.sub(lambda found: "_" * len(found.group()), wording.text)
    sizes: list[tuple[int, Size]] = []
    for pattern, reader in _READERS:
        masked = text
        for found in pattern.finditer(text):
            measures = reader(found)
            if measures is None:
                continue
            start, end = wording.span(found.start(), found.end())
            sizes.append((found.start(), Size(measures, start, end)))
            # An underscore is a word character: nothing may begin or end against what was read.
            masked = masked[: found.start()] + " " * (found.end() - found.start()) + masked[found.end() :]
        text = masked
    sizes.sort(key=lambda pair: pair[0])
    return tuple(size for _, size in sizes)


@lru_cache(maxsize=16_384)
def parse_sizes(text: str) -> tuple[Size, ...]:
    """Every size named in ``text``, in reading order, with spans into it. Never raises; an empty tuple for none."""
    return _read(worded(text))
