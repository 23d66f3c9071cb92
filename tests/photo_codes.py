"""Codes on the packs of the small hospital, as its catalogue knows them."""

from __future__ import annotations

from domain.model.ids import ItemId
from domain.model.item import Identifier, IdentifierKind
from tests.labels import gtin
from tests.unit.acting import house as ward
from tests.unit.acting.house import House

FOLEY, FOLEY_CASE, GLOVE_BOX, STAPLER, SILK = (
    gtin(body)
    for body in ("0036012345001", "2036012345001", "1036012345002", "0036012345003", "0036012345004")
)
UNKNOWN = gtin("0036012399999")
BAG_HIBC = "+H123BAG77125"  # twenty-five to the box
CODES: tuple[tuple[ItemId, Identifier], ...] = (
    (ward.FOLEY16, Identifier(IdentifierKind.GTIN, FOLEY, "each")),
    (ward.FOLEY16, Identifier(IdentifierKind.GTIN, FOLEY_CASE, "case")),
    (ward.GLOVE, Identifier(IdentifierKind.GTIN, GLOVE_BOX, "box")),
    (ward.STAPLER, Identifier(IdentifierKind.GTIN, STAPLER, "each")),
    (ward.SILK2, Identifier(IdentifierKind.GTIN, SILK, "each")),
    (ward.BAG, Identifier(IdentifierKind.HIBC, BAG_HIBC, "box")),
    # Two makers with one reference.
    (ward.TUBE, Identifier(IdentifierKind.CATALOGUE, "AB-1200", "each")),
    (ward.SALINE, Identifier(IdentifierKind.CATALOGUE, "AB-1200", "box")),
)


def teach(house: House) -> None:
    """The codes that are printed on the packs of the small hospital."""
    with house.store.transactions.begin() as uow:
        for item_id, identifier in CODES:
            uow.enrolments.learn(item_id, identifier)
        uow.commit()
