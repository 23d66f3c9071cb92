"""What stays in the thread: who did what, where, when, its number, and Undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.views.acting import wording
from bot.views.acting.parts import STEP, UNDO, Panel, PressButton, below, drawn, offering
from bot.views.acting.shown import ReceiptShown
from bot.views.card import Part
from bot.views.naming import item_name, place_path
from bot.views.rendered import Rendered
from bot.views.words import Bold, Phrase, clean, counted, cut, day, number, quantity
from domain.usecases.act.plans import Posted

SHOWN_LINES: Final = 20


def receipt(value: ReceiptShown) -> Rendered:
    """The posted action. An undone one says so first."""
    title = f"Undid {value.undoes}" if value.undoes else wording.posted_title(value.action, value.lines)
    headline: Phrase = (f"{wording.TICK} ", Bold(title))
    if value.undone_by:
        headline = (Bold(f"Undone by {clean(value.undone_by)}"), f" — was: {title}")
    facts = wording.ways(
        value.action,
        source=value.source,
        destination=None if value.destination == value.source else value.destination,
        target=value.target,
        in_transit=value.in_transit and not value.undone_by,
    )
    one = len({line.item.id for line in value.lines}) == 1 and not value.undoes
    several = len(value.lines) > 1
    shown = tuple(_line(line, value, named=not one, much=several) for line in value.lines[:SHOWN_LINES])
    left = len(value.lines) - SHOWN_LINES
    more: tuple[Phrase, ...] = ((f"and {counted(left, 'more line')}",),) if left > 0 else ()
    notes: tuple[Phrase, ...] = tuple((cut(clean(note), 500),) for note in value.notes if clean(note))
    counted_now = _found(value.lines) if not value.undoes else ()
    parts = (Part(counted_now), Part((*shown, *more), listed=len(value.lines) > 1), Part(notes))
    rendered = drawn(headline, facts, parts=parts, small_print=_small_print(value))
    return _with_buttons(rendered, value)


def _found(lines: Sequence[Posted]) -> tuple[Phrase, ...]:
    """What a count found beside what the books had said, an item a line."""
    said: dict[int, str] = {}
    for line in lines:
        if line.found is not None and line.expected is not None:
            found = quantity(line.found, line.item.base_unit)
            word = "more" if line.found > line.expected else "fewer"
            difference = f"{number(abs(line.found - line.expected))} {word}"
            said[line.item.id] = (
                f"{cut(item_name(line.item), 120)}: found {found}, the books said {number(line.expected)}: {difference}"
            )
    one = len(said) == 1
    return tuple((each.partition(": ")[2].capitalize() if one else each,) for each in said.values())


def _line(line: Posted, value: ReceiptShown, *, named: bool, much: bool) -> Phrase:
    """ "Foley catheter, 16 Fr — 2 each, lot 7K1120"; without the name where the title has it; places that the receipt does not name."""
    amount = quantity(line.quantity, line.item.base_unit)
    pieces: list[str] = []
    if named:
        pieces.append(f"{cut(item_name(line.item), 160)} — {amount}")
    elif much:
        pieces.append(amount)
    known = (value.source, value.destination)
    places = [place for place in (line.from_place, line.to_place) if place is not None and place not in known]
    ways = " to ".join(place_path(place) for place in dict.fromkeys(places))
    pieces += [each for each in (wording.lot_of(line.lot_number, line.serial), ways) if each]
    said = ", ".join(pieces)
    return (said[:1].upper() + said[1:] if not named else said,)


def _small_print(value: ReceiptShown) -> tuple[Phrase, ...]:
    who = clean(value.actor)
    if clean(value.asked_by) and clean(value.asked_by) != who:
        who = f"{who} for {clean(value.asked_by)}"
    moment = f"{day(value.posted_at.date(), today=value.today)}, {wording.clock(value.posted_at)}"
    if value.posted_at.date() == value.today:
        moment = wording.clock(value.posted_at)
    why = () if value.may_undo or value.undone_by else (cut(clean(value.why_not), 200),)
    return (
        (Bold(clean(value.number)),),
        (f"{who}, {moment}",),
        wording.cost(value.cost, value.currency),
        why,
    )


def _with_buttons(rendered: Rendered, value: ReceiptShown) -> Rendered:
    buttons = [
        PressButton(step.label, STEP, step.choice, style="primary" if n == 0 else "", aloud=step.detail)
        for n, step in enumerate(value.steps)
    ]
    if value.may_undo and not value.undone_by:
        buttons.append(PressButton("Undo", UNDO, aloud=f"Undo {clean(value.number)}"))
    if not buttons:
        return rendered
    row = Panel(value.subject).row(buttons)
    return below(offering(rendered, [each.label for each in buttons]), row)
