"""A composition as JSON for ``parley parse --json``: typed values beside their offsets. Patients' numbers stand as they were given."""

from __future__ import annotations

from fractions import Fraction

from bot.cli.common import Plain
from bot.understanding.amounts import Amount
from bot.understanding.composition import Composition, Line
from bot.understanding.values import Code, PatientNumber, SaidSize, Spot, Thing
from bot.understanding.whens import When


def composition_as_json(composition: Composition) -> dict[str, Plain]:
    """``{"lines", "places", "windows", "targets", "doubts"}``; every value has "start" and "end", offsets into the text."""
    targets = composition.targets
    return {
        "lines": [_line(line) for line in composition.lines],
        "places": [_spot(spot) for spot in composition.places],
        "windows": [_when(when) for when in composition.windows],
        "targets": {
            "patients": [_patient(patient) for patient in targets.patients],
            "cases": [_code(case) for case in targets.cases],
            "providers": [_named(one.text, one.normal, one.start, one.end) for one in targets.providers],
            "orders": [_code(order) for order in targets.orders],
            "suppliers": [_named(one.text, one.normal, one.start, one.end) for one in targets.suppliers],
            "group_by": [grouping.value for grouping in targets.group_by],
        },
        "doubts": [
            {"kind": doubt.kind.value, "sentence": doubt.sentence, "start": doubt.start, "end": doubt.end}
            for doubt in composition.doubts
        ],
    }


def _line(line: Line) -> Plain:
    return {
        "item": None if line.item is None else _thing(line.item),
        "sizes": [_size(size) for size in line.sizes],
        "amounts": [_amount(amount) for amount in line.amounts],
        "lots": [_code(lot) for lot in line.lots],
        "serials": [_code(serial) for serial in line.serials],
        "expiry": None if line.expiry is None else _when(line.expiry),
        "sources": [_spot(spot) for spot in line.sources],
        "destinations": [_spot(spot) for spot in line.destinations],
        "at": [_spot(spot) for spot in line.at],
        "start": line.start,
        "end": line.end,
    }


def _thing(thing: Thing) -> Plain:
    named = _named(thing.text, thing.normal, thing.start, thing.end)
    return {**named, "reference": thing.reference} if thing.reference else named


def _size(size: SaidSize) -> Plain:
    return {**_named(size.text, size.normal, size.start, size.end), "sizes": [one.text for one in size.sizes]}


def _amount(amount: Amount) -> Plain:
    """Whole figures as integers, others as a number with the exact fraction beside it."""
    made: dict[str, Plain] = {
        "quantity": _figure(amount.quantity),
        "unit": None if amount.unit is None else amount.unit.value,
        "kind": amount.kind.value,
        "role": amount.role.value,
    }
    if amount.quantity is not None and amount.quantity.denominator > 1:
        made["exact"] = str(amount.quantity)
    if amount.high is not None:
        made["high"] = _figure(amount.high)
    for flag in ("article", "about", "apiece"):
        if getattr(amount, flag):
            made[flag] = True
    return {**made, "start": amount.start, "end": amount.end}


def _figure(quantity: Fraction | None) -> Plain:
    if quantity is None:
        return None
    return int(quantity) if quantity.denominator == 1 else float(quantity)


def _code(code: Code) -> Plain:
    made: dict[str, Plain] = {"text": code.text, "number": code.number, "candidates": list(code.candidates)}
    if code.until:
        made["until"] = code.until
    return {**made, "start": code.start, "end": code.end}


def _patient(patient: PatientNumber) -> Plain:
    return {"number": patient.reveal(), "start": patient.start, "end": patient.end}


def _spot(spot: Spot) -> Plain:
    return {**_named(spot.text, spot.normal, spot.start, spot.end), "direction": spot.direction.value}


def _when(when: When) -> Plain:
    made: dict[str, Plain] = {
        "text": when.text,
        "first": None if when.first is None else when.first.isoformat(),
        "last": None if when.last is None else when.last.isoformat(),
    }
    if when.hour is not None:
        made["hour"] = when.hour.isoformat("minutes")
    if when.every is not None:
        every: dict[str, Plain] = {"unit": when.every.unit}
        if when.every.weekday is not None:
            every["weekday"] = when.every.weekday
        if when.every.part:
            every["part"] = when.every.part
        made["every"] = every
    if when.rough:
        made["rough"] = True
    return {**made, "start": when.start, "end": when.end}


def _named(text: str, normal: str, start: int, end: int) -> dict[str, Plain]:
    return {"text": text, "normal": normal, "start": start, "end": end}
