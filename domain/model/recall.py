"""Recall notices: what an authority published, the codes it names, and what of ours may be meant."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from domain.model.ids import FacilityId, ItemId, LotId, PersonId

NoticeId = NewType("NoticeId", int)

_IGNORED = re.compile(r"[\W_]+")
_RUNS = re.compile(r"\d+|[A-Z]+")


def code_key(code: str) -> str:
    """A code without case, blanks and dashes: as lots are looked up.

    >>> code_key("8j-2210 ")
    '8J2210'
    """
    return _IGNORED.sub("", code).upper()


class RecallClass(StrEnum):
    """I: death or serious harm is likely; II: harm that passes, or serious harm is remote; III: harm is not likely."""

    I = "Class I"  # noqa: E741 - as the authority writes it
    II = "Class II"
    III = "Class III"
    OPEN = "Not yet classified"


@dataclass(frozen=True, slots=True)
class Notice:
    """An enforcement report as published; ``number`` is the authority's ("Z-1234-2026"), one for each product of a recall event.

    ``codes`` and ``product`` are free text, kept as they are. ``revision`` grows when class, product or codes were changed by a later
    report of the same number.
    """

    source: str
    number: str
    event: str
    classification: RecallClass
    status: str
    firm: str
    product: str
    codes: str
    reason: str
    quantity: str = ""
    distribution: str = ""
    initiated_on: date | None = None
    reported_on: date | None = None
    terminated_on: date | None = None
    id: NoticeId = NoticeId(0)
    revision: int = 1

    @property
    def over(self) -> bool:
        """Has the authority closed it?"""
        return self.terminated_on is not None or self.status.casefold() in ("terminated", "completed")

    def says_the_same(self, other: Notice) -> bool:
        """Nothing in ``other`` that somebody must be told of again."""
        return (self.classification, _flat(self.product), _flat(self.codes)) == (
            other.classification,
            _flat(other.product),
            _flat(other.codes),
        )


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class CodeSpan:
    """From ``low`` to ``high``, both included; keys. ``dashed`` was written "1234-1240" without blanks: it may be one code."""

    low: str
    high: str
    dashed: bool = False

    def holds(self, key: str) -> bool:
        """Is ``key`` of the same shape and between the two?

        >>> span = CodeSpan("A100", "A150")
        >>> [span.holds(key) for key in ("A100", "A123", "A150", "A151", "A1234", "B120", "120")]
        [True, True, True, False, False, False, False]
        """
        low, high, runs = _RUNS.findall(self.low), _RUNS.findall(self.high), _RUNS.findall(key)
        if not len(low) == len(high) == len(runs):
            return False
        if any(a.isdigit() != c.isdigit() for a, c in zip(low, runs, strict=True)):
            return False
        if len(self.low) == len(self.high):
            same_lengths = all(len(a) == len(c) for a, c in zip(low, runs, strict=True))
            return same_lengths and self.low <= key <= self.high
        # 98 to 105: what differs is one number that grows by a digit.
        apart = [index for index, (a, b) in enumerate(zip(low, high, strict=True)) if a != b]
        if len(apart) != 1 or not low[apart[0]].isdigit() or low[apart[0]].startswith("0"):
            return False
        at = apart[0]
        if any(index != at and run != low[index] for index, run in enumerate(runs)) or runs[at].startswith(
            "0"
        ):
            return False
        return int(low[at]) <= int(runs[at]) <= int(high[at])

    @property
    def sound(self) -> bool:
        """Do both ends have one shape, in the right order?"""
        return self.holds(self.low) and self.holds(self.high)


@dataclass(frozen=True, slots=True)
class Concern:
    """Codes that belong together: these lots of these products. Keys, but ``dis``, which are GTINs of 14 digits or HIBC with its "+".

    ``loose`` stand without a word for what they are. ``every`` says all lots, where ``expires_from`` .. ``made_to`` (inclusive) may
    bound it.
    """

    dis: frozenset[str] = frozenset()
    catalogue: frozenset[str] = frozenset()
    lots: frozenset[str] = frozenset()
    serials: frozenset[str] = frozenset()
    loose: frozenset[str] = frozenset()
    lot_spans: tuple[CodeSpan, ...] = ()
    serial_spans: tuple[CodeSpan, ...] = ()
    every: bool = False
    expires_from: date | None = None
    expires_to: date | None = None
    made_from: date | None = None
    made_to: date | None = None

    @property
    def names_pieces(self) -> bool:
        """Does it say which lots or serials?"""
        return bool(
            self.lots or self.serials or self.loose or self.lot_spans or self.serial_spans or self.every
        )

    @property
    def names_products(self) -> bool:
        return bool(self.dis or self.catalogue)


@dataclass(frozen=True, slots=True)
class Codes:
    """What could be read of a notice's codes; ``problems`` are sentences about what can not be right in it."""

    concerns: tuple[Concern, ...] = ()
    problems: tuple[str, ...] = ()


class Strength(StrEnum):
    """How surely a thing of ours is meant, in words. Nothing is ever done by itself, whatever the strength."""

    SURE = "named outright"
    LIKELY = "very likely meant"
    POSSIBLE = "may be meant: look at the label"

    @property
    def rank(self) -> int:
        """The surest has the least."""
        return list(Strength).index(self)

    @property
    def confident(self) -> bool:
        return self is not Strength.POSSIBLE


@dataclass(frozen=True, slots=True)
class Match:
    """A lot of ours (``lot_id`` None: whatever there is of the item, now and later) that a notice may mean, and why."""

    item_id: ItemId
    lot_id: LotId | None
    strength: Strength
    evidence: tuple[str, ...]


class AnswerKind(StrEnum):
    NOT_OURS = "not ours"
    NOTED = "noted"  # nothing of it lies here any more


@dataclass(frozen=True, slots=True)
class RecallAnswer:
    """What a facility's people said of a notice: of these items and lots it holds, whatever is published later."""

    notice_id: NoticeId
    facility_id: FacilityId
    kind: AnswerKind
    reason: str
    person_id: PersonId
    at: datetime
    lots: tuple[tuple[ItemId, LotId | None], ...] = field(default=())

    def covers(self, matches: tuple[Match, ...]) -> bool:
        """Was it said of all of these?"""
        return {(match.item_id, match.lot_id) for match in matches} <= set(self.lots)
