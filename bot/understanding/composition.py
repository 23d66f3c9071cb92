"""One message as typed values bound to each other: lines with their amounts, places, times, targets, and what is in doubt.

``bot.understanding.composing.compose`` takes a ``Meaning`` (the labelled spans, not who spoke or what the thread holds)
and says what was said, exactly: it
looks nothing up and guesses nothing. Wherever two bindings were as likely, or a value could not be read, ``doubts`` holds a
sentence about it; an action that stands on a doubted value has to ask.

    composition = compose(meaning, today=today)
    for line in composition.lines:
        line.item          # Thing, or None: the thread or the person has to say
        line.sizes         # ("2-0",) as comparable sizes
        line.amount        # the one Amount meant, or None; line.meant when several are to be summed ("1 case plus 4 eaches")
        line.lots, line.serials, line.expiry
        line.sources, line.destinations, line.at    # the places of this very line; shared places stand on every line

No patient identifier stands in any value but ``targets.patients``, whose repr and str are masked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.understanding.amounts import LEVELS, Amount, AmountRole
from bot.understanding.values import Code, Company, Grouping, PatientNumber, Person, SaidSize, Spot, Thing
from bot.understanding.whens import When


class DoubtKind(StrEnum):
    """What was not certain; each kind is asked about in its own way."""

    LABELS_MENDED = (
        "labels-mended"  # a label made no sense as it stood; what was made of it has to be confirmed
    )
    WORDS_UNREAD = (
        "words-unread"  # words beside an amount or code that no label explains: maybe another thing
    )
    TARGET_UNREAD = "target-unread"  # too short for a patient's, case's or order's number
    AMOUNT_UNREAD = "amount-unread"  # labelled a quantity, but no number
    UNIT_UNREAD = "unit-unread"
    AMOUNT_OPEN = "amount-open"  # a range, "a few": one figure has to be said
    AMOUNT_TWICE = "amount-twice"  # two amounts for one thing and nothing says which
    AMOUNT_ELSEWHERE = "amount-elsewhere"  # it may belong to the neighbouring thing
    TOO_MUCH = "too-much"  # more was said than is taken from one message
    THING_MISSING = "thing-missing"  # a line beside others names no thing
    SIZE_ELSEWHERE = "size-elsewhere"  # it may belong to the neighbouring thing
    SERIALS_UNEQUAL = "serials-unequal"  # as many serials as pieces are expected
    CODE_HIDDEN = "code-hidden"  # labelled a lot or serial, but it looks like a patient's number
    RANGE_UNREAD = "range-unread"  # "lots X through Y" that form no series
    PLACES_UNSHARED = "places-unshared"  # an amount and several places: each, or split?
    PLACE_ELSEWHERE = "place-elsewhere"  # a line may go to either place
    SECOND_ACTION = "second-action"  # a part of the message asks for another action
    TIME_UNREAD = "time-unread"
    TIME_ROUGH = "time-rough"  # days were taken for words that name none exactly
    GROUPING_UNREAD = "grouping-unread"


@dataclass(frozen=True, slots=True)
class Doubt:
    """``sentence`` is for the person; it repeats no patient's identifier. ``start``, ``end`` are the words it is about."""

    kind: DoubtKind
    sentence: str = field(compare=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one thing. ``amounts`` are in reading order, those taken back included.

    ``implied``: the item stood with a neighbouring line ("M 4, L 4"). ``start``, ``end`` span its words.
    """

    item: Thing | None
    sizes: tuple[SaidSize, ...] = ()
    amounts: tuple[Amount, ...] = ()
    lots: tuple[Code, ...] = ()
    serials: tuple[Code, ...] = ()
    expiry: When | None = None
    sources: tuple[Spot, ...] = ()
    destinations: tuple[Spot, ...] = ()
    at: tuple[Spot, ...] = ()
    implied: bool = field(default=False, compare=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def meant(self) -> tuple[Amount, ...]:
        """The amounts to act on; several are to be added up."""
        return tuple(amount for amount in self.amounts if amount.role is AmountRole.MEANT)

    @property
    def amount(self) -> Amount | None:
        """The one amount to act on; None where none or several were said. Its ``kind`` tells a figure from "all", "the rest", a range."""
        meant = self.meant
        return meant[0] if len(meant) == 1 else None

    @property
    def levels(self) -> tuple[Amount, ...]:
        """The levels of a par change: minimum, reorder point, par, maximum."""
        return tuple(amount for amount in self.amounts if amount.role in LEVELS)

    def of_role(self, role: AmountRole) -> Amount | None:
        """The last amount of ``role``."""
        return next((amount for amount in reversed(self.amounts) if amount.role is role), None)


@dataclass(frozen=True, slots=True)
class Targets:
    """Whom or what it is for, in reading order."""

    patients: tuple[PatientNumber, ...] = ()
    cases: tuple[Code, ...] = ()
    providers: tuple[Person, ...] = ()
    orders: tuple[Code, ...] = ()
    suppliers: tuple[Company, ...] = ()
    group_by: tuple[Grouping, ...] = ()


@dataclass(frozen=True, slots=True)
class Composition:
    """A message composed. ``places`` are all that were named; ``windows`` all times that are no line's expiry date."""

    intent: str
    lines: tuple[Line, ...] = ()
    places: tuple[Spot, ...] = ()
    windows: tuple[When, ...] = ()
    targets: Targets = Targets()
    doubts: tuple[Doubt, ...] = ()

    @property
    def sure(self) -> bool:
        """Nothing in it has to be asked."""
        return not self.doubts

    def doubts_of(self, kind: DoubtKind) -> tuple[Doubt, ...]:
        return tuple(doubt for doubt in self.doubts if doubt.kind is kind)
