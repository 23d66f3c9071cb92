"""What spending is split by, and what a report of it is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.model.ids import CaseId, CostCentreId, ProcedureId, ProviderId, SupplierId


class SpendGroup(StrEnum):
    """DEPARTMENT is a cost centre, LINE a business line of several, PATIENT a stay. DAY, WEEK and MONTH go by the calendar."""

    DEPARTMENT = "department"
    LINE = "line"
    PROVIDER = "provider"
    PROCEDURE = "procedure"
    CASE = "case"
    PATIENT = "patient"
    SUPPLIER = "supplier"
    ITEM = "item"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class SpendFilter:
    """Only what was spent by these; an empty tuple bounds nothing."""

    departments: tuple[CostCentreId, ...] = ()
    providers: tuple[ProviderId, ...] = ()
    procedures: tuple[ProcedureId, ...] = ()
    suppliers: tuple[SupplierId, ...] = ()
    cases: tuple[CaseId, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.departments or self.providers or self.procedures or self.suppliers or self.cases)
