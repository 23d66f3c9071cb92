"""What stands against an action, in plain sentences: what is wrong, and what may be done instead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from domain.model.item import Item
from domain.model.movement import StockStatus
from domain.model.permission import Deed, who_may
from domain.model.stock import StockLine
from domain.usecases.act.plans import Obstacle, Problem, Weight
from domain.usecases.act.quantities import named
from domain.usecases.ask.answers import ItemRef, PlaceRef, Spot


def day(on: date) -> str:
    """ "June 2027" for the last day of a month, as labels say it; else "10 December 2026"."""
    if (on + timedelta(days=1)).day == 1:
        return f"{on:%B %Y}"
    return f"{on.day} {on:%B %Y}"


def at(place: PlaceRef) -> str:
    """ "ICU Shelf B": the unit and the last step of the way, which is what people say."""
    return place.name if place.unit in ("", place.name) else f"{place.unit} {place.name}"


def lot_words(line: StockLine) -> str:
    """ "lot 8J2210", "serial SN 4711", "stock without a lot"."""
    if line.serial:
        return f"serial {line.serial}"
    return f"lot {line.lot_number}" if line.lot_number else "stock without a lot"


def elsewhere(spots: Sequence[Spot]) -> str:
    """ "ED Cart 1 holds 4 of lot 9K3001, good until June 2027." for the nearest one or two; "" where there is none."""
    told = []
    for spot in spots[:2]:
        lot = spot.first_lot
        text = f"{at(spot.place)} holds {spot.available:,}"
        if lot is not None and (lot.number or lot.serial):
            name = f"lot {lot.number}" if lot.number else f"serial {lot.serial}"
            text += (
                f" of {name}" if lot.quantity >= spot.available else f", {lot.quantity:,} of them of {name}"
            )
            if lot.expires_on is not None:
                text += f", good until {day(lot.expires_on)}"
        told.append(text)
    return "; ".join(told) + "." if told else ""


def expired(line: StockLine, *, index: int, remedy: str) -> Problem:
    assert line.expires_on is not None  # noqa: S101 - only what has a date expires
    return Problem(
        Obstacle.EXPIRED,
        Weight.OVERRIDABLE,
        capital(f"{lot_words(line)} expired on {line.expires_on.day} {line.expires_on:%B %Y}."),
        remedy,
        line=index,
        override=Deed.OVERRIDE_EXPIRED,
        asks=who_may(Deed.OVERRIDE_EXPIRED),
    )


def held(line: StockLine, *, index: int, remedy: str) -> Problem:
    return Problem(
        Obstacle.HELD,
        Weight.OVERRIDABLE,
        capital(f"{lot_words(line)} is {line.status}; nothing of it may be used or moved."),
        remedy,
        line=index,
        override=Deed.OVERRIDE_HELD,
        asks=who_may(Deed.OVERRIDE_HELD),
    )


def consigned(line: StockLine, *, owner: str, index: int, weight: Weight = Weight.WARNS) -> Problem:
    remedy = "" if weight is Weight.WARNS else f"It can go back to {owner} only."
    return Problem(
        Obstacle.NOT_OURS, weight, capital(f"{lot_words(line)} belongs to {owner}."), remedy, line=index
    )


def over_issue(item: Item, *, place: PlaceRef, there: int, wanted: int, index: int, remedy: str) -> Problem:
    """More was used than the books hold: it is recorded all the same, and counted later."""
    held = f"only {there:,}" if there else "none"
    return Problem(
        Obstacle.SHORT if there else Obstacle.NOT_HERE,
        Weight.WARNS,
        f"The books hold {held} of {named(item)} at {at(place)}; {wanted:,} are recorded all the same. Please count it.",
        remedy,
        line=index,
    )


def too_few(item: Item, *, place: PlaceRef, there: int, wanted: int, index: int, remedy: str) -> Problem:
    """Not so much is there: what is only moved has to be there."""
    if not there:
        return none_there(item, place=place, index=index, remedy=remedy)
    return Problem(
        Obstacle.SHORT,
        Weight.BLOCKS,
        f"{at(place)} holds {there:,} of {named(item)}, not {wanted:,}.",
        f"Say {there:,}, or count it first. {remedy}".strip(),
        line=index,
    )


def none_there(item: Item, *, place: PlaceRef, index: int, remedy: str) -> Problem:
    return Problem(
        Obstacle.NOT_HERE,
        Weight.BLOCKS,
        f"The books hold none of {named(item)} at {at(place)} that could be taken.",
        remedy or "Count it first, if there is some.",
        line=index,
    )


def unusable(
    item: Item, *, place: PlaceRef, lines: Sequence[StockLine], today: date, index: int, remedy: str
) -> Problem:
    """Too little that may be used, and some that may not: which was it? A lot is never guessed for that."""
    told = "; ".join(
        f"{line.on_hand:,} of {lot_words(line)}, "
        + (f"expired {day(line.expires_on)}" if line.expires_on and line.expired(today) else str(line.status))
        for line in lines[:3]
    )
    return Problem(
        Obstacle.NEEDS_LOT,
        Weight.MISSING,
        f"What else lies at {at(place)} of {named(item)} may not be used: {told}.",
        f"{remedy} If one of these was used already, name its lot.".strip(),
        line=index,
    )


def promised(item: Item, *, place: PlaceRef, quantity: int, index: int) -> Problem:
    return Problem(
        Obstacle.SHORT,
        Weight.WARNS,
        f"{quantity:,} of {named(item)} at {at(place)} were promised to somebody else.",
        line=index,
    )


def no_target() -> Problem:
    return Problem(
        Obstacle.NEEDS_TARGET,
        Weight.MISSING,
        "Whom is it charged to? Name a patient, a case or a cost centre.",
    )


def patient_item(item: Item, *, index: int) -> Problem:
    """An item that patients are charged for, charged to a cost centre: J6 will ask, so it is said at once."""
    return Problem(
        Obstacle.NEEDS_TARGET,
        Weight.WARNS,
        f"{named(item)} is charged to patients as a rule, and none is named.",
        "Name the case or the patient, if there is one.",
        line=index,
    )


def not_done(sentence: str, remedy: str = "", *, obstacle: Obstacle = Obstacle.ALREADY_DONE) -> Problem:
    """The whole action can not be done as it is."""
    return Problem(obstacle, Weight.BLOCKS, sentence, remedy)


def needs(obstacle: Obstacle, item: Item | ItemRef, what: str, *, index: int) -> Problem:
    """A piece that the item demands and that is not there yet."""
    return Problem(obstacle, Weight.MISSING, f"{named(item)} needs {what}.", line=index)


def capital(sentence: str) -> str:
    """Its first letter large; the rest, which may be a lot's number, as it is."""
    return sentence[0].upper() + sentence[1:]


def put_on_hold(item: Item, *, status: StockStatus, index: int) -> Problem:
    """A hold reaches what comes later too."""
    return Problem(
        Obstacle.HELD,
        Weight.WARNS,
        f"{named(item)} is under a hold: it is put away as {status} and may not be used.",
        line=index,
    )
