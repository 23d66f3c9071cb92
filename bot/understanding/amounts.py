"""How much: "2 boxes", "half a dozen", "a case", "2-3", "about 10", "all of it" as exact figures and pack units.

Quantities are exact fractions: a third of a box is 1/3. A dozen multiplies; a pair stays a unit. An article before a unit or a
thing means one and is marked as such, so that a reader may ask where one would be dear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from domain.model.wording import normalise, number_of, singular


class PackUnit(StrEnum):
    """The normal form of a unit as people count stock; singular. ``each`` is the base unit."""

    EACH = "each"
    PAIR = "pair"
    BOX = "box"
    CASE = "case"
    PACK = "pack"
    CARTON = "carton"
    BAG = "bag"
    BOTTLE = "bottle"
    VIAL = "vial"
    AMPULE = "ampule"
    TUBE = "tube"
    TUB = "tub"
    ROLL = "roll"
    SET = "set"
    KIT = "kit"
    TRAY = "tray"
    SLEEVE = "sleeve"
    STACK = "stack"
    STRIP = "strip"
    SHEET = "sheet"
    STICK = "stick"
    CAN = "can"
    JAR = "jar"
    JUG = "jug"
    BUCKET = "bucket"
    CANISTER = "canister"
    CARTRIDGE = "cartridge"
    CYLINDER = "cylinder"
    SYRINGE = "syringe"
    DOSE = "dose"
    SPOOL = "spool"
    BUNDLE = "bundle"
    TOTE = "tote"
    INNER_PACK = "inner pack"
    PALLET = "pallet"


_SYNONYMS: dict[PackUnit, str] = {
    PackUnit.EACH: "each ea eache unit piece pc pce single apiece item",
    PackUnit.PAIR: "pair pr prs",
    PackUnit.BOX: "box bx bxs bxe boxe",
    PackUnit.CASE: "case cs cse",
    PackUnit.PACK: "pack pk pks pkg pkt package packet",
    PackUnit.CARTON: "carton ctn ctns",
    PackUnit.BAG: "bag bg",
    PackUnit.BOTTLE: "bottle btl bt",
    PackUnit.VIAL: "vial vl",
    PackUnit.AMPULE: "ampule ampoule amp ampul",
    PackUnit.TUBE: "tube tb",
    PackUnit.ROLL: "roll rl rll",
    PackUnit.SLEEVE: "sleeve slv",
    PackUnit.CANISTER: "canister cannister",
    PackUnit.CARTRIDGE: "cartridge",
    PackUnit.SYRINGE: "syringe syr",
    PackUnit.DOSE: "dose ds",
    PackUnit.SPOOL: "spool reel",
    PackUnit.CYLINDER: "cylinder tank cyl",
    PackUnit.PALLET: "pallet skid plt",
    PackUnit.BUCKET: "bucket pail",
}
_UNITS: dict[str, PackUnit] = {unit.value: unit for unit in PackUnit} | {
    word: unit for unit, words in _SYNONYMS.items() for word in words.split()
}
_UNITS |= {"inner": PackUnit.INNER_PACK, "innerpack": PackUnit.INNER_PACK}
_MULTIPLES: dict[str, int] = {
    "dozen": 12,
    "doz": 12,
    "dz": 12,
    "gross": 144,
    "hundred": 100,
    "thousand": 1000,
}


def unit_of(text: str) -> PackUnit | None:
    """The pack unit that ``text`` names in any spelling: "bxs" is box, "eaches" each; None where it names none."""
    said = text.casefold().strip(" .,;:")
    found = _UNITS.get(said)
    if found is None:
        words = [singular(word) for word in normalise(said).split() if word not in ("of", "a", "an", "the")]
        found = _UNITS.get(" ".join(words))
    return found


def multiple_of(text: str) -> int:
    """12 for "dozen", 144 for "gross"; 0 where ``text`` multiplies nothing."""
    return _MULTIPLES.get(singular(text.casefold().strip(" .,;:")), 0)


class AmountKind(StrEnum):
    """How an amount was given."""

    EXACT = "exact"
    RANGE = "range"  # quantity to high; has to be asked
    SHARE = "share"  # quantity is the part of what is there: half of the gowns
    ALL = "all"
    REST = "rest"  # what is left after the other lines; quantity where it was said ("the other 2")
    LAST = "last"  # the last one there: quantity is 1, and nothing is left after it
    VAGUE = "vague"  # a few, some; has to be asked
    UNSAID = "unsaid"  # a unit without a figure: "boxes of gloves"


class AmountRole(StrEnum):
    """What an amount stands for in its line."""

    MEANT = "meant"  # what is to be used, moved, counted, ordered
    WITHDRAWN = "withdrawn"  # said and taken back: "2 no make that 3", "not 8"
    BOOKS = "books"  # what the system, a label or a packing slip says
    WHOLE = "whole"  # that of which the amount is a part: "8 of 12 showed up"
    BEFORE = "before"  # the level that a change starts from
    MINIMUM = "minimum"
    REORDER_POINT = "reorder-point"
    PAR = "par"
    MAXIMUM = "maximum"
    INCREASE = "increase"  # "raise it by 20", "10 too low"
    DECREASE = "decrease"  # "lower it by 20", "10 too high"
    DIFFERENCE = "difference"  # "off by one": which way was not said
    THRESHOLD = "threshold"  # "below 5", "at least ten"
    LIMIT = "limit"  # how many rows are wanted: "top ten"


LEVELS = frozenset({AmountRole.MINIMUM, AmountRole.REORDER_POINT, AmountRole.PAR, AmountRole.MAXIMUM})
"""The roles that a par change sets."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity with its unit. ``quantity`` is None for ALL, VAGUE and UNSAID, and for REST without a figure.

    ``unit`` None: not said, so the item's own base unit or a question. ``article``: only "a" or "an" said that it is one.
    ``about``: an approximation. ``apiece``: meant for every item or place named with it. ``start``, ``end`` are offsets into the
    message and take no part in equality.
    """

    quantity: Fraction | None
    unit: PackUnit | None = None
    kind: AmountKind = AmountKind.EXACT
    role: AmountRole = AmountRole.MEANT
    high: Fraction | None = None
    article: bool = False
    about: bool = False
    apiece: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """ "2 box", "1/2 case", "2-3", "about 10", "all": for tables and doubts, not for replies."""
        match self.kind:
            case AmountKind.SHARE:
                figure = f"{self.quantity} of all"
            case AmountKind.EXACT | AmountKind.LAST | AmountKind.RANGE:
                figure = "" if self.quantity is None else str(self.quantity)
            case _:
                figure = self.kind.value if self.quantity is None else f"{self.kind.value} {self.quantity}"
        if self.high is not None:
            figure = f"{figure}-{self.high}"
        words = ["about" if self.about else "", "last" if self.kind is AmountKind.LAST else "", figure]
        words.append(self.unit.value if self.unit is not None else "")
        return " ".join(word for word in words if word)


# --------------------------------------------------------------------------------------------- figures

_FRACTION = re.compile(r"(?:(?P<whole>\d+)[ -])?(?P<upper>\d+)\s?/\s?(?P<lower>\d+)")
_SHARE_WORDS: dict[str, Fraction] = {
    "half": Fraction(1, 2), "third": Fraction(1, 3), "quarter": Fraction(1, 4), "fourth": Fraction(1, 4),
    "fifth": Fraction(1, 5), "sixth": Fraction(1, 6), "eighth": Fraction(1, 8), "tenth": Fraction(1, 10),
}  # fmt: skip
_SHARE = re.compile(
    rf"(?:(?P<count>[a-z]+|\d+)[ -])?(?P<part>{'|'.join(_SHARE_WORDS)}|halve)s?(?: of)?(?: (?:a|an|the))?"
)
_PLUS_SHARE = re.compile(
    rf"(?P<whole>.+?) and (?P<count>an?|one|two|three) ?(?P<part>{'|'.join(_SHARE_WORDS)})s?"
)
_BETWEEN = re.compile(r"(?:between )?(?P<low>.+?)\s*(?:-|–|—|\bto\b|\bor\b|\band\b)\s*(?P<high>.+)")
_DRESSED = re.compile(
    r"^(?:(?:x|qty|quantity|#|times|only|just|exactly|another|total of|a total of|of|the|the other|up to)\.?\s*[:=]?\s*)+(?=\S)"
    r"|(?:\s+(?:x|more|of|total|in total|altogether|only|times)|(?<=\d)x)+$"
)
_ABOUT = re.compile(
    r"^(?:about|around|approximately|approx\.?|roughly|circa|nearly|almost|maybe|like|~|±|some|say)\s*(?=\S)"
    r"|\s*(?:or so|ish|-ish|give or take)$"
)
_WORDS: dict[str, tuple[AmountKind, Fraction | None]] = {
    "all": (AmountKind.ALL, None), "every": (AmountKind.ALL, None), "everything": (AmountKind.ALL, None),
    "all of it": (AmountKind.ALL, None), "all of them": (AmountKind.ALL, None), "all of the": (AmountKind.ALL, None),
    "all of": (AmountKind.ALL, None), "all the": (AmountKind.ALL, None), "all remaining": (AmountKind.ALL, None),
    "entire": (AmountKind.ALL, None), "the entire": (AmountKind.ALL, None), "whole": (AmountKind.ALL, None),
    "each and every": (AmountKind.ALL, None), "the whole lot": (AmountKind.ALL, None),
    "rest": (AmountKind.REST, None), "the rest": (AmountKind.REST, None), "remaining": (AmountKind.REST, None),
    "the remaining": (AmountKind.REST, None), "remainder": (AmountKind.REST, None), "the rest of": (AmountKind.REST, None),
    "the remainder": (AmountKind.REST, None), "the others": (AmountKind.REST, None),
    "last": (AmountKind.LAST, Fraction(1)), "the last": (AmountKind.LAST, Fraction(1)),
    "last one": (AmountKind.LAST, Fraction(1)), "the last one": (AmountKind.LAST, Fraction(1)),
    "a few": (AmountKind.VAGUE, None), "few": (AmountKind.VAGUE, None), "several": (AmountKind.VAGUE, None),
    "some": (AmountKind.VAGUE, None), "a bunch": (AmountKind.VAGUE, None), "a bunch of": (AmountKind.VAGUE, None),
    "a couple of": (AmountKind.EXACT, Fraction(2)), "both": (AmountKind.EXACT, Fraction(2)),
    "none": (AmountKind.EXACT, Fraction(0)), "no": (AmountKind.EXACT, Fraction(0)), "nil": (AmountKind.EXACT, Fraction(0)),
    "zip": (AmountKind.EXACT, Fraction(0)), "oh": (AmountKind.EXACT, Fraction(0)), "o": (AmountKind.EXACT, Fraction(0)),
    "a": (AmountKind.EXACT, Fraction(1)), "an": (AmountKind.EXACT, Fraction(1)), "single": (AmountKind.EXACT, Fraction(1)),
    "a single": (AmountKind.EXACT, Fraction(1)), "once": (AmountKind.EXACT, Fraction(1)), "twice": (AmountKind.EXACT, Fraction(2)),
}  # fmt: skip
_LONGEST = 60
"""Characters of the longest text that can name a quantity."""


def figure_of(text: str) -> Fraction | None:
    """The exact number that the whole text names, zero or more: "1/3", "two and a half", "1,240", "x2"; None for no number."""
    said = _bare(text)
    if not said:
        return None
    if match := _FRACTION.fullmatch(said):
        lower = int(match["lower"])
        return Fraction(int(match["whole"] or 0)) + Fraction(int(match["upper"]), lower) if lower else None
    if match := _PLUS_SHARE.fullmatch(said):
        whole = figure_of(match["whole"])
        count = 1 if match["count"] in ("a", "an") else figure_of(match["count"])
        return None if whole is None or count is None else whole + count * _SHARE_WORDS[match["part"]]
    if (match := _SHARE.fullmatch(said)) and not said.endswith("s of"):
        count = 1 if match["count"] in (None, "a", "an", "one") else figure_of(match["count"])
        return None if count is None else count * _SHARE_WORDS[match["part"].replace("halve", "half")]
    number = number_of(said)
    return None if number is None or number < 0 else Fraction(number)


def amount_of(text: str) -> Amount | None:
    """The amount that the words of a quantity name, without its unit; None where they name none, or one below zero.

    >>> str(amount_of("about ten")), str(amount_of("two or three")), str(amount_of("half"))
    ('about 10', '2-3', '1/2')
    """
    said = " ".join(text.casefold().split())
    if not said or len(said) > _LONGEST:
        return None
    rough = _ABOUT.search(said) is not None and said not in _WORDS
    bare = _ABOUT.sub("", said).strip() if rough else said
    if bare in _WORDS:
        kind, quantity = _WORDS[bare]
        return Amount(quantity, kind=kind, about=rough)
    figure = figure_of(bare)
    if figure is not None:
        return Amount(figure, about=rough)
    if match := _BETWEEN.fullmatch(bare):
        low, high = figure_of(match["low"]), figure_of(match["high"])
        if low is not None and high is not None and low < high:
            return Amount(low, kind=AmountKind.RANGE, high=high, about=rough)
    if match := re.fullmatch(r"all (?P<n>.+)", bare):
        return amount_of(match["n"])
    if match := re.fullmatch(r"(?:the )?last (?P<n>.+)", bare):
        last = figure_of(match["n"])
        return None if last is None else Amount(last, kind=AmountKind.LAST)
    return None


def _bare(text: str) -> str:
    said = " ".join(text.casefold().split()).strip(" .,;:!?()")
    while (bare := _DRESSED.sub("", said).strip()) != said:
        said = bare
    return said
