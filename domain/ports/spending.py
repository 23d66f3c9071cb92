"""What was spent, summed in the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from domain.model.charge import CostCentre, Procedure
from domain.model.ids import FacilityId, ItemId, SupplierId
from domain.model.spending import SpendFilter, SpendGroup
from domain.model.window import DateWindow
from domain.ports.questions import Scope


@dataclass(frozen=True, slots=True)
class SpendSum:
    """What was spent on one ``key`` (0: on none), now and in the period before: use net of returns, and waste apart from it.

    Quantities are base units of whatever was used; ``cases`` counts the cases it was used on, waste included.
    """

    key: int
    quantity: int = 0
    cost: Decimal = Decimal(0)
    wasted: Decimal = Decimal(0)
    quantity_before: int = 0
    cost_before: Decimal = Decimal(0)
    wasted_before: Decimal = Decimal(0)
    cases: int = 0
    cases_before: int = 0


def added(one: SpendSum, other: SpendSum) -> SpendSum:
    """Both as one, under the first one's key."""
    return SpendSum(
        one.key,
        one.quantity + other.quantity,
        one.cost + other.cost,
        one.wasted + other.wasted,
        one.quantity_before + other.quantity_before,
        one.cost_before + other.cost_before,
        one.wasted_before + other.wasted_before,
        one.cases + other.cases,
        one.cases_before + other.cases_before,
    )


@dataclass(frozen=True, slots=True)
class SpendSums:
    """``rows`` are the heaviest in either period; ``total`` and ``count`` are over all, listed or not."""

    rows: tuple[SpendSum, ...]
    total: SpendSum
    count: int


class Spending(Protocol):
    """What was spent, at what it had cost to buy; ``items`` empty means all of them."""

    def sums(
        self,
        scope: Scope,
        *,
        by: SpendGroup,
        window: DateWindow,
        before: DateWindow,
        items: Collection[ItemId] = (),
        only: SpendFilter = SpendFilter(),  # noqa: B008 - frozen
        limit: int = 400,
    ) -> SpendSums:
        """By the ids of what ``by`` names (LINE as DEPARTMENT, PATIENT by encounter): the ``limit`` heaviest, and the whole.

        A department is the cost centre of the charge target, else that of the place's unit; a provider, procedure or patient is
        the target's own, else its case's; a supplier is the one the catalogue prefers for the item. ``before`` ends before
        ``window`` begins. Raises Invalid for a ``by`` of the calendar.
        """
        ...

    def by_day(
        self,
        scope: Scope,
        *,
        window: DateWindow,
        items: Collection[ItemId] = (),
        only: SpendFilter = SpendFilter(),  # noqa: B008 - frozen
    ) -> dict[date, tuple[Decimal, Decimal]]:
        """Use and waste of every day with either."""
        ...

    def cost_centres(self) -> list[CostCentre]: ...

    def procedures(self) -> list[Procedure]: ...

    def suppliers_named(self, name: str) -> list[SupplierId]:
        """Those whose name begins with it, or holds it as words."""
        ...

    def has_spending(self, facility_id: FacilityId, *, window: DateWindow) -> bool: ...
