"""Q1: where it is, which lot to take first, where the next nearest is."""

from __future__ import annotations

from datetime import date

from bot.views.card import Card, Part, compose, cut_page, page_buttons, shown_of
from bot.views.naming import (
    facility_of,
    item_name,
    lot_first,
    place_path,
    scope,
    spot_line,
    spot_warnings,
    within,
)
from bot.views.rendered import Page, Rendered
from bot.views.words import DOT, Bold, Phrase, day, quantity
from domain.usecases.ask.answers import FindItemAnswer, ItemWhereabouts

ITEMS_A_PAGE = 8
SPOTS_A_PAGE = 8
NEAREST = 3


def find_item(answer: FindItemAnswer, *, page: Page, today: date) -> Rendered:
    """One item with all its places, or several items with the best place of each."""
    if len(answer.items) == 1:
        return _one(answer, answer.items[0], page=page, today=today)
    return _several(answer, page=page, today=today)


def _one(answer: FindItemAnswer, found: ItemWhereabouts, *, page: Page, today: date) -> Rendered:
    unit = found.item.base_unit
    others = found.spots[1:]
    part = cut_page(others, page, size=SPOTS_A_PAGE)
    lines = [spot_line(spot, unit=unit, today=today, asked=answer.asked) for spot in part.rows]
    parts = [Part(tuple(spot_warnings(found.spots, unit=unit)))]
    if lines:
        parts.append(Part(tuple(lines), title=("Also here",), listed=True))
    if found.elsewhere:
        nearest = tuple(
            spot_line(spot, unit=unit, today=today, far=True) for spot in found.elsewhere[:NEAREST]
        )
        parts.append(Part(nearest, title=("Nearest elsewhere",), listed=True))
    return compose(
        Card(
            headline=_headline(answer, found, today=today),
            parts=tuple(parts),
            context=(*_small_print(answer, found, today=today), shown_of(part, "other places")),
            buttons=page_buttons(part, page, size=SPOTS_A_PAGE),
        )
    )


def _headline(answer: FindItemAnswer, found: ItemWhereabouts, *, today: date) -> Phrase:
    name, unit = Bold(item_name(found.item)), found.item.base_unit
    if not found.spots:
        here = within(answer.asked) or " on any shelf"
        if not found.elsewhere:
            return (name, f" — none{here}, and none elsewhere.")
        return (name, f" — none{here}. The nearest is below.")
    best = found.spots[0]
    where = f" — {place_path(best.place)}, {quantity(best.on_hand, unit)} on hand"
    if best.available <= 0:
        return (name, f"{where}, but none to take.")
    if best.first_lot is None:
        return (name, f"{where}.")
    return (name, f"{where}; ", *lot_first(best.first_lot, today=today), ".")


def _brief(answer: FindItemAnswer, found: ItemWhereabouts, *, today: date) -> tuple[Phrase, ...]:
    """Two lines, as in every list: what and how many, then where and which lot."""
    name, unit = Bold(item_name(found.item)), found.item.base_unit
    spots = found.spots or found.elsewhere[:1]
    if not spots:
        return ((name, f" — none{within(answer.asked) or ' on any shelf'}, and none elsewhere"),)
    best = spots[0]
    where: tuple[str, ...] = (place_path(best.place, asked=answer.asked),)
    if best.available > 0 and best.first_lot is not None:
        where = (*where, DOT, *lot_first(best.first_lot, today=today))
    if not found.spots:
        return ((name, f" — none{within(answer.asked)}, nearest elsewhere:"), where)
    if best.available <= 0:
        return ((name, f" — none to take, {quantity(best.on_hand, unit)} on hand"), where)
    return ((name, " — ", Bold(quantity(best.available, unit))), where)


def _small_print(answer: FindItemAnswer, found: ItemWhereabouts, *, today: date) -> tuple[Phrase, ...]:
    total: Phrase = ()
    if len(found.spots) > 1 or found.available != found.on_hand:
        unit = found.item.base_unit
        total = (f"{quantity(found.on_hand, unit)} on hand in all",)
        if found.available != found.on_hand:
            total = (f"{quantity(found.available, unit)} to take of {quantity(found.on_hand, unit)} on hand",)
    places = [spot.place for spot in found.spots]
    return (
        (f"Item {found.item.number}",),
        total,
        (scope(answer.asked, otherwise=facility_of(places)),),
        (f"as of {day(today, today=today)}",),
    )


def _several(answer: FindItemAnswer, *, page: Page, today: date) -> Rendered:
    part = cut_page(answer.items, page, size=ITEMS_A_PAGE)
    lines = [
        (*_brief(answer, found, today=today), *spot_warnings(found.spots, unit=found.item.base_unit))
        for found in part.rows
    ]
    count = len(answer.items)
    headline: Phrase = (
        Bold(f"{count} items fit"),
        f"{within(answer.asked)}, each with the place to go first.",
    )
    if count == 0:
        headline = (Bold("Nothing"), f" like that is kept{within(answer.asked)}.")
    return compose(
        Card(
            headline=headline,
            parts=tuple(Part(each) for each in lines),
            context=((scope(answer.asked),), shown_of(part, "items"), (f"as of {day(today, today=today)}",)),
            buttons=page_buttons(part, page, size=ITEMS_A_PAGE),
        )
    )
