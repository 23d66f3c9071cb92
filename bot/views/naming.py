"""What items, places and lots are called in every answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.views.words import WARNING, Bold, Phrase, clean, counted, day, metres, quantity, until
from domain.usecases.ask.answers import ItemRef, LotRef, PlaceRef, Spot


def item_name(item: ItemRef) -> str:
    """The name with its size, once."""
    size = clean(item.size)
    name = clean(item.name)
    words = name.lower().replace(",", " ").split()
    if not size or size.lower() in words or f" {size.lower()}" in f" {name.lower()}":
        return name or f"item {item.number}"
    return f"{name}, {size}"


def place_path(place: PlaceRef, *, asked: tuple[PlaceRef, ...] = ()) -> str:
    """The way from the unit down; below the one place asked about, which the headline names already."""
    path = clean(place.path) or clean(place.name)
    if len(asked) == 1:
        return path.removeprefix(f"{clean(asked[0].path)} › ")
    return path


def scope(asked: tuple[PlaceRef, ...], *, otherwise: str = "") -> str:
    """ "ICU", "ICU or PACU", "4 places"; ``otherwise`` where nothing was asked for."""
    if not asked:
        return otherwise
    names = [place_path(place) for place in asked]
    if len(names) <= 3:
        return " or ".join(names)
    return counted(len(names), "place")


def within(asked: tuple[PlaceRef, ...]) -> str:
    """ " in ICU", or nothing."""
    where = scope(asked)
    return f" in {where}" if where else ""


def facility_of(places: Iterable[PlaceRef]) -> str:
    """The facility's name, where all are of one."""
    names = {clean(place.facility) for place in places}
    return names.pop() if len(names) == 1 else ""


def lot_name(lot: LotRef) -> str:
    """ "lot 7K1120", "serial 0042 of lot 7K1120"."""
    number, serial = clean(lot.number), clean(lot.serial)
    if serial and number:
        return f"serial {serial} of lot {number}"
    return f"serial {serial}" if serial else f"lot {number}"


def lot_first(lot: LotRef, *, today: date) -> Phrase:
    """ "take lot 7K1120 first (exp Wed 3 Feb)"."""
    expiry = "" if lot.expires_on is None else f" (exp {day(lot.expires_on, today=today)})"
    return ("take ", Bold(lot_name(lot)), f" first{expiry}")


def expiry(value: date, *, today: date) -> str:
    """ "exp Fri 27 Nov, in 5 days"; "⚠ expired Fri 20 Nov, 2 days ago"."""
    shown = day(value, today=today)
    if value < today:
        return f"{WARNING} expired {shown}, {until(value, today=today)}"
    return f"exp {shown}, {until(value, today=today)}"


def spot_warnings(spots: Iterable[Spot], *, unit: str) -> list[Phrase]:
    """What must not be taken, and books that can not be right, over all the places."""
    spots = tuple(spots)
    expired = sum(spot.expired for spot in spots if spot.expired > 0)
    held = sum(spot.held for spot in spots if spot.held > 0)
    found: list[Phrase] = []
    if expired:
        found.append((f"{WARNING} {quantity(expired, unit)} expired: do not use.",))
    if held:
        found.append((f"{WARNING} {quantity(held, unit)} quarantined or recalled: do not use.",))
    found.extend(
        (f"{WARNING} The books say {quantity(spot.on_hand, unit)} at {place_path(spot.place)}: count due.",)
        for spot in spots
        if spot.on_hand < 0
    )
    return found


def spot_line(
    spot: Spot, *, unit: str, today: date, far: bool = False, asked: tuple[PlaceRef, ...] = ()
) -> Phrase:
    """ "OR Core › Shelf B2 — 34 each, lot 7K1120 first (exp Wed 3 Feb), about 60 m away"."""
    pieces: list[str] = [Bold(place_path(spot.place, asked=asked)), f" — {quantity(spot.available, unit)}"]
    if spot.available != spot.on_hand:
        pieces.append(f" to take, {quantity(spot.on_hand, unit)} on hand")
    if spot.first_lot is not None and spot.available > 0:
        pieces.append(", ")
        pieces.extend(lot_first(spot.first_lot, today=today))
    if far and spot.metres is not None:
        pieces.append(f" · {metres(spot.metres)}")
    return tuple(pieces)
