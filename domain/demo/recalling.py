"""The recall notices that the demo hospital wakes up to, in the shape of the authority's public reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from domain.model.item import IdentifierKind, Item
from domain.model.lot import Lot

type Report = dict[str, str]


def enforcement_reports(
    item: Item, *, recalled: Lot, also: Lot | None, near: Item | None, today: date
) -> Mapping[str, object]:
    """A page of three reports: one of Class I that names ``recalled`` and ``also`` outright, one that may mean ``near`` by its words, one
    that looks like ours (the same lot number, another maker) and is not.

    ``item`` is that of both lots. The numbers are made up; none of them was ever given.
    """
    gtins = [one.value for one in item.identifiers if one.kind is IdentifierKind.GTIN]
    catalogue = next((one.value for one in item.identifiers if one.kind is IdentifierKind.CATALOGUE), "")
    codes = f"UDI-DI: {', '.join(gtins)}; " if gtins else ""
    lots = [_with_date(recalled), *([_with_date(also)] if also is not None else [])]
    size = f", {item.size}" if item.size and item.size not in item.name else ""
    reports = [
        _report(
            "Z-0412-2027", "Class I", f"{item.manufacturer}, Inc.", today - timedelta(days=4),
            product=f"{item.name}{size}{f', REF {catalogue}' if catalogue else ''}, sterile, single use, Rx only",
            codes=f"{codes}Lot Numbers: {', '.join(lots)}",
            reason="The seal of a vial in the kit may be damaged. The contents can take up water and then fail to work as intended.",
            quantity="21,480 kits",
        ),
        _report(
            "Z-0415-2027", "Class II", "Harbor Lane Dental GmbH", today - timedelta(days=3),
            product="Prophylaxis angle, disposable, soft cup", codes=f"Lots {recalled.number}, {recalled.number}1, 77-0913",
            reason="The cup may come off.", quantity="3,200 boxes",
        ),
    ]  # fmt: skip
    if near is not None:
        reports.append(
            _report(
                "Z-0421-2027", "Class II", f"{near.manufacturer}, Inc.", today - timedelta(days=2),
                product=f"{near.name}; sold to hospitals and distributors",
                codes=f"All lots with expiration dates prior to {today + timedelta(days=200):%B %d, %Y}",
                reason="Some pouches may not be sealed along the whole edge, so that sterility can not be assured.",
                quantity="118,000 units",
            )
        )  # fmt: skip
    return {
        "meta": {"results": {"skip": 0, "limit": len(reports), "total": len(reports)}},
        "results": reports,
    }


def _with_date(lot: Lot) -> str:
    number = lot.serial or lot.number
    return f"{number} (Exp. {lot.expires_on:%m/%d/%Y})" if lot.expires_on is not None else number


def _report(
    number: str,
    grade: str,
    firm: str,
    reported: date,
    *,
    product: str,
    codes: str,
    reason: str,
    quantity: str,
) -> Report:
    return {
        "recall_number": number,
        "event_id": f"97{number[2:6]}",
        "classification": grade,
        "status": "Ongoing",
        "product_type": "Devices",
        "recalling_firm": firm,
        "product_description": product,
        "product_quantity": quantity,
        "code_info": codes,
        "reason_for_recall": reason,
        "distribution_pattern": "Nationwide in the United States",
        "voluntary_mandated": "Voluntary: Firm initiated",
        "recall_initiation_date": f"{reported - timedelta(days=9):%Y%m%d}",
        "report_date": f"{reported:%Y%m%d}",
    }
