"""The action that the words want, with the things that the picture shows: lines of items, packs and lots from the labels, quantities
from the words where they say some, else one for each label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.dialogue.acting.finding import Finder, Scene, level_of
from bot.dialogue.acting.sketch import MOST_LINES, Sketch, SketchLine, Spotted, Verb, changed, figure, ids
from bot.dialogue.acting.sketching import Sketcher
from bot.understanding.amounts import unit_of
from bot.views.words import WARNING
from domain.model.ids import PlaceId
from domain.model.item import Item, Tracking
from domain.usecases.scan.labels import Label
from domain.usecases.scan.matching import Fit, Match, differences, named_lot

_TAKES = frozenset({Verb.CONSUME, Verb.TRANSFER, Verb.WASTE, Verb.RETURN, Verb.SEND_BACK})
_LOTLESS = frozenset({Verb.REQUISITION, Verb.SET_PAR, Verb.SUBSCRIBE})


@dataclass(frozen=True, slots=True)
class Merged:
    """``notes`` are what has to be said beside the card: a lot that the label does not name, a date that differs."""

    sketch: Sketch
    notes: tuple[str, ...] = ()


def merged(
    sketch: Sketch,
    matches: Sequence[Match],
    *,
    each: bool,
    places: Sequence[int],
    finder: Finder,
    scene: Scene,
) -> Merged:
    """``matches`` are settled, each with its one fit."""
    verb = sketch.verb
    if places and sketch.here.assumed and verb is not Verb.TRANSFER:
        sketch = sketch.with_(here=Spotted(ids=(places[0],)))
    here = sketch.here.place_id
    lines = [
        _line(verb, one.label, one.thing, place_id=here, finder=finder, scene=scene)
        for one in matches
        if one.thing is not None
    ]
    lines, besides = _with_words(lines, sketch, each=each, scene=scene)
    made = sketch.with_(lines=(*lines, *besides)[:MOST_LINES])
    if not places:
        made = Sketcher.where_lots_lie(made, scene)
    return Merged(made, _notes(verb, matches, scene=scene))


def added(sketch: Sketch, matches: Sequence[Match], *, finder: Finder, scene: Scene) -> Merged:
    """An open action with the labels of a further picture: more of a line that is there, else lines of their own."""
    lines = list(sketch.lines)
    for one in matches:
        if one.fit is None:
            continue
        new = _line(
            sketch.verb, one.label, one.fit, place_id=sketch.here.place_id, finder=finder, scene=scene
        )
        index = next((n for n, line in enumerate(lines) if _alike(line, new)), None)
        if index is None:
            lines.append(new)
        elif lines[index].quantity is not None and new.quantity is not None and not new.serials:
            total = (lines[index].quantity or Fraction(0)) + new.quantity
            lines[index] = changed(lines[index], figure=figure(total))
    kept = [line for line in lines if line.items or line.said or line.counted]
    return Merged(sketch.with_(lines=tuple(kept)[:MOST_LINES]), _notes(sketch.verb, matches, scene=scene))


def _alike(one: SketchLine, other: SketchLine) -> bool:
    same = (one.items, one.unit, one.lots, one.number, one.serials, one.near)
    return same == (other.items, other.unit, other.lots, other.number, other.serials, other.near)


# -------------------------------------------------------------------------------------------- one label


def _line(
    verb: Verb, label: Label, fit: Fit, *, place_id: PlaceId | None, finder: Finder, scene: Scene
) -> SketchLine:
    item = scene.uow.catalogue.get(fit.item_id)
    quantity, unit = _amount(label, fit)
    line = SketchLine(items=(int(fit.item_id),), figure=figure(quantity), unit=unit)
    if verb is Verb.COUNT:
        # A picture of one box does not say how many lie there.
        line = changed(line, figure="")
    if verb in _LOTLESS:
        return line
    if verb is Verb.RECEIVE:
        return _arriving(line, label, fit, item, scene)
    name = named_lot(label, item)
    if fit.lots:
        return changed(line, lots=ids(fit.lots))
    if not name:
        return line
    near = finder.lots_near(name, among=(fit.item_id,), place_id=place_id, scene=scene)
    return changed(line, number=name, unknown=True, lot_choices=ids(near))


def _amount(label: Label, fit: Fit) -> tuple[int, str]:
    """How many of which pack: a scanned box is a box; what the code itself counts is counted so."""
    if label.quantity is not None:
        return label.quantity * label.copies, "" if label.counts else fit.unit
    return label.copies, fit.unit


def _arriving(line: SketchLine, label: Label, fit: Fit, item: Item, scene: Scene) -> SketchLine:
    expires = label.expires_on
    if expires is None and len(fit.lots) == 1:
        expires = scene.uow.lots.get(fit.lots[0]).expires_on
    serials = (label.serial,) if label.serial and item.tracking is Tracking.SERIAL else ()
    number = "" if item.tracking is Tracking.NONE else label.lot
    return changed(line, number=number, serials=serials, expires=expires)


# ---------------------------------------------------------------------------------------------- the words


def _with_words(
    lines: list[SketchLine], sketch: Sketch, *, each: bool, scene: Scene
) -> tuple[list[SketchLine], list[SketchLine]]:
    """The labels' lines with the quantities that the words say, and the lines of what only the words name."""
    scanned = {item for line in lines for item in line.items}
    besides: list[SketchLine] = []
    bare: list[SketchLine] = []
    for said in sketch.lines:
        meant = scanned & set(said.items)
        if said.items and not meant:
            if not said.near:
                besides.append(said)
        elif meant and len(meant) < len(scanned) and len(lines) > 1:
            lines = [_counted(line, said, scene) if set(line.items) & meant else line for line in lines]
        elif said.counted or said.figures or said.unit:
            bare.append(said)
    if not bare:
        return lines, besides
    if len(bare) == 1 and (len(lines) == 1 or each):
        said = changed(bare[0], unit="") if each and bare[0].unit in ("each", "ea") else bare[0]
        return [_counted(line, said, scene) for line in lines], besides
    asked = bare[0]
    if (
        len(bare) == 1
        and asked.quantity is not None
        and asked.quantity == sum((line.quantity or Fraction(0)) for line in lines)
    ):
        return lines, besides  # "used 3" beside three labels
    figures = [figure for said in bare for figure in (said.figure, *said.figures) if figure]
    if not figures:
        return lines, besides
    # Figures beside several things: how many of which is asked, never guessed.
    choices = tuple(dict.fromkeys(("1", *figures)))[:5]
    return [changed(line, figure="", figures=choices) for line in lines], besides


def _counted(line: SketchLine, said: SketchLine, scene: Scene) -> SketchLine:
    """``line`` with how much is said; a unit that is not said stays the label's."""
    item = None if line.item_id is None else scene.uow.catalogue.get(line.item_id)
    unit = line.unit
    if said.unit and item is not None:
        level = level_of(item, unit_of(said.unit))
        unit = said.unit if level is None else level
    if said.everything or said.share:
        return changed(line, figure="", everything=said.everything, share=said.share, unit="")
    if said.figure:
        return changed(line, figure=said.figure, figures=(), unit=unit)
    if said.figures:
        return changed(line, figure="", figures=said.figures, unit=unit)
    return changed(line, unit=unit)


def _notes(verb: Verb, matches: Sequence[Match], *, scene: Scene) -> tuple[str, ...]:
    notes: list[str] = []
    for one in matches:
        fit = one.fit
        if fit is None:
            continue
        item = scene.uow.catalogue.get(fit.item_id)
        lots = [scene.uow.lots.get(lot) for lot in fit.lots]
        if verb is not Verb.RECEIVE:
            notes += [f"{WARNING} {said}" for said in differences(one.label, lots, today=scene.today)]
        if verb in _TAKES and item.tracking is not Tracking.NONE and not named_lot(one.label, item):
            notes.append("The code names no lot: the first to expire is taken.")
        if (
            verb in _TAKES
            and not lots
            and one.label.expires_on is not None
            and one.label.expires_on < scene.today
        ):
            notes.append(
                f"{WARNING} By its label it expired on {one.label.expires_on.day} {one.label.expires_on:%B %Y}."
            )
        if verb is Verb.RECEIVE and not lots and one.label.lot and item.tracking is Tracking.LOT:
            notes.append(f"Lot {one.label.lot} is new here.")
    return tuple(dict.fromkeys(notes))[:6]
