"""Q2: on hand, what may be taken, par, days of supply."""

from __future__ import annotations

from datetime import date

from bot.views.card import Card, Part, compose, cut_page, page_buttons, shown_of
from bot.views.naming import facility_of, item_name, place_path, scope, spot_line, spot_warnings, within
from bot.views.rendered import Page, Rendered
from bot.views.words import DOT, WARNING, Bold, Phrase, day, days_of, number, quantity, rate
from domain.usecases.ask.answers import CheckStockAnswer, ItemStock

ITEMS_A_PAGE = 8
SPOTS_A_PAGE = 8
NEAREST = 3


def check_stock(answer: CheckStockAnswer, *, page: Page, today: date) -> Rendered:
    """One item in full, or several items a line each."""
    if len(answer.items) == 1:
        return _one(answer, answer.items[0], page=page, today=today)
    return _several(answer, page=page, today=today)


def _one(answer: CheckStockAnswer, stock: ItemStock, *, page: Page, today: date) -> Rendered:
    unit = stock.item.base_unit
    facts: list[Phrase] = [_balance(stock), _levels(stock), _supply(stock), *_warnings(stock)]
    parts = [Part(tuple(fact for fact in facts if any(fact)))]
    part = cut_page(stock.spots, page, size=SPOTS_A_PAGE)
    if part.rows:
        lines = tuple(spot_line(spot, unit=unit, today=today, asked=answer.asked) for spot in part.rows)
        parts.append(Part(lines, title=("Where",), listed=True))
    if stock.elsewhere and (stock.available <= 0 or _low(stock)):
        nearest = tuple(
            spot_line(spot, unit=unit, today=today, far=True) for spot in stock.elsewhere[:NEAREST]
        )
        parts.append(Part(nearest, title=("Nearest elsewhere",), listed=True))
    places = [spot.place for spot in stock.spots]
    return compose(
        Card(
            headline=_headline(answer, stock),
            parts=tuple(parts),
            context=(
                (f"Item {stock.item.number}",),
                (scope(answer.asked, otherwise=facility_of(places)),),
                (f"as of {day(today, today=today)}",),
                shown_of(part, "places"),
            ),
            buttons=page_buttons(part, page, size=SPOTS_A_PAGE),
        )
    )


def _headline(answer: CheckStockAnswer, stock: ItemStock) -> Phrase:
    name, unit = Bold(item_name(stock.item)), stock.item.base_unit
    here = within(answer.asked)
    if stock.available <= 0:
        if stock.on_hand > 0:
            return (
                name,
                f" — none to take{here}: all {quantity(stock.on_hand, unit)} are spoken for or held.",
            )
        return (name, f" — none{here or ' on any shelf'}.")
    best = max(stock.spots, key=lambda spot: spot.available, default=None)
    only = ""
    if best is not None and len(stock.spots) == 1 and best.place not in answer.asked:
        only = f", {place_path(best.place, asked=answer.asked)}"
    return (name, " — yes, ", Bold(f"{quantity(stock.available, unit)} to take"), f"{here}{only}.")


def _balance(stock: ItemStock) -> Phrase:
    """Where the books hold more than may be taken, and what is under way."""
    pieces = []
    if stock.on_hand != stock.available:
        pieces.append(f"{number(stock.on_hand)} on hand")
        for count, word in (
            (stock.reserved, "reserved"),
            (stock.held, "held"),
            (stock.expired, "expired"),
        ):
            if count:
                pieces.append(f"{number(count)} {word}")
    if stock.in_transit:
        pieces.append(f"{quantity(stock.in_transit, stock.item.base_unit)} on the way here")
    return (DOT.join(pieces),) if pieces else ()


def _low(stock: ItemStock) -> bool:
    return stock.reorder_point is not None and stock.available <= stock.reorder_point


def _levels(stock: ItemStock) -> Phrase:
    if stock.par is None:
        return ("No par is set here.",)
    point = "" if stock.reorder_point is None else f", reorder at {number(stock.reorder_point)}"
    if _low(stock):
        missing = max(0, stock.par - stock.available)
        return (f"{WARNING} Low: ", f"par {number(stock.par)}{point}. Bring ", Bold(number(missing)), ".")
    return (f"Par {number(stock.par)}{point}: enough.",)


def _supply(stock: ItemStock) -> Phrase:
    if stock.days_of_supply is None:
        return (f"No use in the last {stock.rate_days} days.",)
    using = rate(stock.daily_use, stock.item.base_unit)
    return (f"Lasts {days_of(stock.days_of_supply)} at {using} (last {stock.rate_days} days).",)


def _warnings(stock: ItemStock) -> list[Phrase]:
    unit = stock.item.base_unit
    found: list[Phrase] = []
    if stock.expired > 0:
        found.append((f"{WARNING} {quantity(stock.expired, unit)} expired: do not use.",))
    if stock.held > 0:
        found.append((f"{WARNING} {quantity(stock.held, unit)} quarantined or recalled: do not use.",))
    return found + [line for line in spot_warnings(stock.spots, unit=unit) if "count due" in "".join(line)]


def _several(answer: CheckStockAnswer, *, page: Page, today: date) -> Rendered:
    part = cut_page(answer.items, page, size=ITEMS_A_PAGE)
    parts = []
    for stock in part.rows:
        unit = stock.item.base_unit
        has = f"{quantity(stock.available, unit)} to take" if stock.available > 0 else "none to take"
        facts = [
            "" if stock.par is None else f"par {number(stock.par)}",
            f"{WARNING} low" if _low(stock) else "",
            "" if stock.days_of_supply is None else f"lasts {days_of(stock.days_of_supply)}",
        ]
        detail = (DOT.join(fact for fact in facts if fact),)
        parts.append(Part(((Bold(item_name(stock.item)), " — ", Bold(has)), detail, *_warnings(stock))))
    there = sum(stock.available > 0 for stock in answer.items)
    headline: Phrase = (Bold(f"{there} of {len(answer.items)} items"), f" in stock{within(answer.asked)}.")
    if not answer.items:
        headline = (Bold("Nothing"), f" like that is kept{within(answer.asked)}.")
    return compose(
        Card(
            headline=headline,
            parts=tuple(parts),
            context=((scope(answer.asked),), shown_of(part, "items"), (f"as of {day(today, today=today)}",)),
            buttons=page_buttons(part, page, size=ITEMS_A_PAGE),
        )
    )
