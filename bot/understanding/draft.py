"""A question on its way to becoming a request: which verb, about what, where, when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import assert_never

from domain.model.ids import ItemId, PlaceId, SupplierId
from domain.model.person import Person
from domain.model.spending import SpendFilter, SpendGroup
from domain.model.window import DateWindow
from domain.usecases.ask.requests import (
    AskRequest,
    Aspect,
    BelowPar,
    CheckExpiry,
    CheckStock,
    DescribeItem,
    FindItem,
    FollowOrders,
    ReportSpend,
    ReportUsage,
    SlowStock,
    TraceLot,
    UsageGroup,
)


class Verb(StrEnum):
    """The questions that are answered; the value is what tokens carry."""

    FIND = "find"
    STOCK = "stock"
    EXPIRY = "expiry"
    INFO = "info"
    TRACE = "trace"
    USAGE = "usage"
    LOW = "low"
    SPEND = "spend"
    ORDERS = "orders"
    SLOW = "slow"


NEEDS_ITEM = frozenset({Verb.FIND, Verb.STOCK, Verb.INFO, Verb.USAGE})
"""Without an item these ask nothing; the others take items as a filter."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request without asker and day: what a button stands for and a thread remembers."""

    verb: Verb
    items: tuple[ItemId, ...] = ()
    places: tuple[PlaceId, ...] = ()
    window: DateWindow | None = None
    aspects: tuple[Aspect, ...] = ()
    number: str = ""
    group_by: UsageGroup = UsageGroup.NONE
    suppliers: tuple[SupplierId, ...] = ()
    late: bool = False
    spend_by: SpendGroup = SpendGroup.DEPARTMENT
    only: SpendFilter = field(default=SpendFilter())
    waste: bool = False
    file: str = ""
    """ "csv" or "xlsx": the answer as a file alone."""

    @property
    def complete(self) -> bool:
        """Can it be asked as it stands?"""
        of_all = self.verb is Verb.USAGE and self.group_by is not UsageGroup.NONE
        if self.verb in NEEDS_ITEM and not self.items and not of_all:
            return False
        if self.verb is Verb.TRACE and not self.number:
            return False
        return self.window is not None or self.verb not in (Verb.EXPIRY, Verb.USAGE, Verb.SPEND, Verb.SLOW)


def request_of(draft: Draft, *, asker: Person, today: date) -> AskRequest:
    """The typed request of a complete draft; AssertionError for one that is not, which is a programming error."""
    assert draft.complete, f"an incomplete {draft.verb} question was asked"  # noqa: S101 - a contract between rooms
    match draft.verb:
        case Verb.FIND:
            return FindItem(asker, today, draft.items, draft.places)
        case Verb.STOCK:
            return CheckStock(asker, today, draft.items, draft.places)
        case Verb.EXPIRY:
            assert draft.window is not None  # noqa: S101 - narrows the type; complete says so
            return CheckExpiry(asker, today, draft.window, draft.places, draft.items)
        case Verb.INFO:
            return DescribeItem(asker, today, draft.items, draft.aspects or (Aspect.ALL,))
        case Verb.TRACE:
            return TraceLot(asker, today, draft.number, draft.items, draft.places)
        case Verb.USAGE:
            assert draft.window is not None  # noqa: S101 - narrows the type; complete says so
            return ReportUsage(asker, today, draft.items, draft.window, draft.places, draft.group_by)
        case Verb.LOW:
            return BelowPar(asker, today, draft.places, draft.items)
        case Verb.ORDERS:
            return FollowOrders(
                asker, today, draft.items, draft.places, draft.suppliers, draft.number, draft.late
            )
        case Verb.SPEND:
            assert draft.window is not None  # noqa: S101 - narrows the type; complete says so
            return ReportSpend(
                asker, today, draft.window, draft.spend_by, draft.items, draft.places, draft.only, draft.waste
            )
        case Verb.SLOW:
            assert draft.window is not None  # noqa: S101 - narrows the type; complete says so
            return SlowStock(asker, today, draft.window, draft.places, draft.items)
        case _:
            assert_never(draft.verb)


def draft_of(request: AskRequest) -> Draft:
    """The draft that ``request_of`` makes ``request`` from."""
    match request:
        case FindItem():
            return Draft(Verb.FIND, request.items, request.places)
        case CheckStock():
            return Draft(Verb.STOCK, request.items, request.places)
        case CheckExpiry():
            return Draft(Verb.EXPIRY, request.items, request.places, window=request.window)
        case DescribeItem():
            return Draft(Verb.INFO, request.items, aspects=request.aspects)
        case TraceLot():
            return Draft(Verb.TRACE, request.items, request.places, number=request.number)
        case ReportUsage():
            return Draft(
                Verb.USAGE, request.items, request.places, window=request.window, group_by=request.group_by
            )
        case BelowPar():
            return Draft(Verb.LOW, request.items, request.places)
        case FollowOrders():
            return Draft(
                Verb.ORDERS,
                request.items,
                request.places,
                number=request.number,
                suppliers=request.suppliers,
                late=request.late,
            )
        case ReportSpend():
            return Draft(
                Verb.SPEND, request.items, request.places, window=request.window, spend_by=request.group_by,
                only=request.only, waste=request.waste,
            )  # fmt: skip
        case SlowStock():
            return Draft(Verb.SLOW, request.items, request.places, window=request.window)
        case _:
            assert_never(request)
