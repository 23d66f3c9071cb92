"""Typed keys, so that a place can not be passed where an item is meant.

All but movements are small integers given by the store (or by the generator of a demo hospital);
movements carry a UUIDv7, which any process can make and which sorts by time.
"""

from __future__ import annotations

from typing import NewType
from uuid import UUID

FacilityId = NewType("FacilityId", int)
ItemId = NewType("ItemId", int)
PlaceId = NewType("PlaceId", int)
LotId = NewType("LotId", int)
SupplierId = NewType("SupplierId", int)
PersonId = NewType("PersonId", int)
ProviderId = NewType("ProviderId", int)
ProcedureId = NewType("ProcedureId", int)
CostCentreId = NewType("CostCentreId", int)
CaseId = NewType("CaseId", int)
EncounterId = NewType("EncounterId", int)
ChargeId = NewType("ChargeId", int)
MovementId = NewType("MovementId", UUID)

NO_LOT = LotId(0)
"""The lot of stock that is kept without lots: projections need a key part that is never null."""

OURS = SupplierId(0)
"""The owner of what the hospital has bought; any other owner is the consignor."""

NO_CHARGE = ChargeId(0)
"""The charge target of what was used on nobody's account."""
