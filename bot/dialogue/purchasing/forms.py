"""The forms of an order: each line's fate, why it is declined, why it is cancelled."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.views.acting.shown import EditForm, Field, FieldKind
from bot.views.naming import item_name
from bot.views.purchasing.order import packs
from bot.views.words import clean, counted, cut, money, number, unit
from domain.errors import Invalid
from domain.model.ids import SupplierId
from domain.model.purchase import PurchaseOrder
from domain.usecases.purchase.deciding import QUIET_DAYS, Fate, LineChoice
from domain.usecases.purchase.seeing import LineView, OrderView

LINES, DECLINE, CANCEL = "order-lines", "order-decline", "order-cancel"
MOST_PACKS = 99_999
REASONS = (
    ("We have enough", "we have enough"),
    ("Ordered another way", "ordered another way"),
    ("Not used any more", "not used any more"),
    ("Too dear", "too dear"),
    ("Wrong par level", "wrong par level"),
)


def lines_form(seen: OrderView) -> EditForm:
    """Each line: from whom, how many packs, later, or not at all. Sending it approves what is left."""
    fields: list[Field] = []
    for each in seen.lines:
        fields.append(_fate(each, seen))
        fields.append(_packs(each))
    note = f"{clean(seen.supplier)}, {seen.order.number}. Sending this approves the lines that are left to order."
    return EditForm("Look at each line", "Approve", tuple(fields), note)


def _fate(each: LineView, seen: OrderView) -> Field:
    line = each.line
    mine = f"Order from {clean(seen.supplier)}, {money(line.price, seen.currency)} a {clean(line.pack_unit)}"
    options = [(cut(mine, 75), Fate.ORDER.value)]
    for offer in each.others:
        label = (
            f"{clean(offer.supplier_name)}: {money(offer.price, seen.currency)} a {clean(offer.pack_unit)}, "
            f"{counted(offer.lead_days, 'day')}"
        )
        options.append((cut(label, 75), f"{Fate.ORDER.value}:{int(offer.supplier_id)}"))
    options.append(("Leave for later", Fate.LATER.value))
    if line.why is not None:
        options.append((f"Decline: not again for {QUIET_DAYS} days", Fate.DECLINE.value))
    else:
        options.append(("Leave out", Fate.DECLINE.value))
    return Field(
        f"fate:{line.number}",
        FieldKind.CHOICE,
        cut(item_name(each.item), 150),
        Fate.ORDER.value,
        tuple(options),
    )


def _packs(each: LineView) -> Field:
    line = each.line
    holds = f" of {number(line.pack_size)}" if line.pack_size > 1 else ""
    least = f"At least {packs_least(each)}." if line.minimum_packs > 1 else ""
    why = f"{number(line.why.available)} to take, par {number(line.why.par)}." if line.why is not None else ""
    hint = " ".join(filter(None, (why, f"Proposed: {packs(line)}.", least)))
    label = f"How many {unit(line.pack_unit, count=2)}{holds}"
    return Field(f"packs:{line.number}", FieldKind.NUMBER, label, str(line.packs), hint=hint, longest=5)


def packs_least(each: LineView) -> str:
    line = each.line
    return f"{number(line.minimum_packs)} {unit(line.pack_unit, count=line.minimum_packs)}"


def decline_form(seen: OrderView) -> EditForm:
    """Why nothing of it is ordered."""
    note = (
        f"{seen.order.number} to {clean(seen.supplier)}: nothing is ordered. Its {counted(len(seen.lines), 'line')} "
        f"come back after {QUIET_DAYS} days, or sooner if what is there sinks by half."
    )
    fields = (
        Field("why", FieldKind.CHOICE, "Why?", "", REASONS, optional=True),
        Field(
            "reason",
            FieldKind.TEXT,
            "In your words",
            hint="Kept in the audit trail.",
            optional=True,
            longest=150,
        ),
    )
    return EditForm("Decline", "Decline", fields, note)


def cancel_form(seen: OrderView) -> EditForm:
    """Why what has not come is cancelled."""
    note = f"{seen.order.number} to {clean(seen.supplier)}: what has not come is waited for no more. Tell the supplier, too."
    fields = (Field("reason", FieldKind.TEXT, "Why?", hint="Kept in the audit trail.", longest=150),)
    return EditForm("Cancel the order", "Cancel it", fields, note)


def wrong(form: str, values: Mapping[str, str], *, order: PurchaseOrder) -> dict[str, str]:
    """What is wrong with a sent form, by field."""
    if form == DECLINE:
        return (
            {} if values.get("why") or values.get("reason", "").strip() else {"why": "Choose one, or say it."}
        )
    if form == CANCEL:
        return {} if values.get("reason", "").strip() else {"reason": "Say in a few words why."}
    errors: dict[str, str] = {}
    kept = 0
    for line in order.lines:
        fate = values.get(f"fate:{line.number}", Fate.ORDER.value)
        ordered = fate.partition(":")[0] == Fate.ORDER.value
        kept += ordered
        said = values.get(f"packs:{line.number}", str(line.packs)).strip()
        if not ordered:
            continue
        if not re.fullmatch(r"\d{1,5}", said) or int(said) < 1:
            errors[f"packs:{line.number}"] = "A whole number of packs, 1 or more."
        elif fate == Fate.ORDER.value and int(said) < line.minimum_packs:
            errors[f"packs:{line.number}"] = f"{line.minimum_packs} is the supplier's smallest order."
    if not kept and order.lines:
        errors[f"fate:{order.lines[0].number}"] = (
            "Nothing is left to order; close this and decline it instead."
        )
    return errors


def choices_of(values: Mapping[str, str], *, order: PurchaseOrder) -> tuple[LineChoice, ...]:
    """The lines' fates as they were sent. Another supplier's packs follow from what is needed. Raises Invalid for what is wrong."""
    errors = wrong(LINES, values, order=order)
    if errors:
        raise Invalid(" ".join(dict.fromkeys(errors.values())))
    made = []
    for line in order.lines:
        fate, _, supplier = values.get(f"fate:{line.number}", Fate.ORDER.value).partition(":")
        said = values.get(f"packs:{line.number}", "").strip()
        other = SupplierId(int(supplier)) if supplier.isdigit() else None
        changed = bool(said) and int(said) != line.packs
        made.append(
            LineChoice(
                line.number, Fate(fate), int(said) if changed or (said and other is None) else None, other
            )
        )
    return tuple(made)


def reason_of(values: Mapping[str, str]) -> str:
    """What was chosen and what was written."""
    return ": ".join(part for part in (values.get("why", ""), values.get("reason", "").strip()) if part)
