"""From a composed message to a sketch: everything that was said, resolved as far as it can be, and nothing guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.dialogue.acting import cue_words
from bot.dialogue.acting.alerts import alert_of, needed_by
from bot.dialogue.acting.finding import Finder, Fits, Scene, areas_with, in_base, level_of
from bot.dialogue.acting.sketch import (
    MOST_LINES,
    Sketch,
    SketchLine,
    Spotted,
    Verb,
    changed,
    figure,
    ids,
)
from bot.dialogue.purchasing.delivering import with_order
from bot.understanding.amounts import Amount, AmountKind, AmountRole, PackUnit, unit_of
from bot.understanding.composition import Composition, DoubtKind, Line
from bot.understanding.evidence import Mention, read
from bot.understanding.meaning import Meaning
from bot.understanding.values import Spot
from domain.model.ids import ItemId, LotId, PlaceId
from domain.model.item import Item, Tracking

_WIDE = frozenset({Verb.QUARANTINE, Verb.SUBSCRIBE, Verb.LIFT, Verb.UNDO, Verb.ARRIVE, Verb.REORDER})
"""What is not done at one place unless one is named."""
_RANGE_MOST = 5


@dataclass(frozen=True, slots=True)
class Before:
    """What the thread is about, for a message that names no thing: one item, where there is one, and the place."""

    items: tuple[ItemId, ...] = ()
    place_id: PlaceId | None = None


class Sketcher:
    """Stands on a finder; holds no state."""

    def __init__(self, finder: Finder) -> None:
        self._find = finder

    def sketch(
        self, verb: Verb, *, meaning: Meaning, composition: Composition, scene: Scene, before: Before
    ) -> Sketch:
        """What ``meaning`` asks to be done. Stores a patient's encounter where it is new (sealed); writes nothing else."""
        text = meaning.text
        here, there, split = self._places(verb, composition, scene)
        aim = self._find.aim(composition.targets, place_id=here.place_id, scene=scene)
        notes = [aim.sentence] if aim.sentence else []
        rest = cue_words.without_deeds(read(meaning).rest)
        kept_at = there.place_id if verb is Verb.REQUISITION and here.place_id is None else here.place_id
        if verb is Verb.REORDER and kept_at is None:
            kept_at = scene.person.home_place_id  # of several, what the own unit keeps
        lines = tuple(
            self._line(line, verb, place_id=kept_at, scene=scene, before=before, rest=rest)
            for line in self._lines(composition, verb)
        )
        sketch = Sketch(
            verb=verb,
            lines=lines[:MOST_LINES],
            here=here,
            there=there,
            split=ids(split),
            target=aim.target,
            target_open=bool(aim.sentence),
            target_near=aim.near,
            reason=_reason(verb, text),
            recalled=verb is Verb.QUARANTINE and cue_words.is_recall(text),
            blind=verb is Verb.COUNT and cue_words.BLIND.search(text) is not None,
            order=composition.targets.orders[0].number[:80] if composition.targets.orders else "",
            needed_by=needed_by(composition) if verb is Verb.REQUISITION else "",
            receipt=cue_words.receipt_in(text) if verb in (Verb.UNDO, Verb.ARRIVE) else None,
            hold=cue_words.hold_in(text) if verb is Verb.LIFT else None,
            alert=alert_of(text, composition) if verb is Verb.SUBSCRIBE else None,
            notes=tuple(note[:200] for note in notes),
        )
        sketch = self.where_lots_lie(self._supplied(sketch, composition, scene), scene)
        if verb is Verb.RECEIVE:
            sketch = with_order(sketch, scene=scene)
        return self._by_destination(sketch, composition, scene)

    @staticmethod
    def where_lots_lie(sketch: Sketch, scene: Scene) -> Sketch:
        """With no place said, the one unit that holds the lots or serials that were named."""
        if not sketch.here.assumed or sketch.verb in (Verb.RECEIVE, Verb.RETURN, Verb.SET_PAR, Verb.COUNT):
            return sketch
        lots = {lot for line in sketch.lines for lot in line.lot_ids}
        items = {line.item_id for line in sketch.lines if line.item_id is not None and line.lots}
        if not lots or not all(line.lots for line in sketch.lines):
            return sketch
        areas = areas_with(items, lots=lots, scene=scene)
        if len(areas) != 1 or sketch.here.place_id in areas or areas[0] == sketch.there.place_id:
            return sketch
        return sketch.with_(here=Spotted(ids=(int(areas[0]),), assumed=True))

    # ------------------------------------------------------------------------------------------- lines

    def _lines(self, composition: Composition, verb: Verb) -> Sequence[Line]:
        if verb in (Verb.UNDO, Verb.ARRIVE, Verb.LIFT):
            return ()
        if verb is Verb.SUBSCRIBE:
            return tuple(
                line for line in composition.lines if line.item is not None or line.lots or line.serials
            )
        if composition.lines or verb in (Verb.QUARANTINE,):
            return composition.lines
        return (Line(None),)

    def _line(
        self,
        line: Line,
        verb: Verb,
        *,
        place_id: PlaceId | None,
        scene: Scene,
        before: Before,
        rest: str = "",
    ) -> SketchLine:
        """One line. ``place_id`` is where it is taken from; the line's own place goes before."""
        own = self._own_place(line, verb, scene)
        fits = self._fits(line, place_id=own or place_id, scene=scene, before=before, rest=rest)
        made = SketchLine(
            items=ids(fits.items), near=fits.near, said=fits.said[:80], place=None if own == place_id else own
        )
        codes = (*line.lots, *line.serials)
        if codes:
            made = self._with_lots(made, line, verb, place_id=own or place_id, scene=scene)
        if line.expiry is not None and line.expiry.last is not None and not line.expiry.rough:
            made = changed(made, expires=line.expiry.last)
        item = None if made.item_id is None else scene.uow.catalogue.get(made.item_id)
        made = self.with_amounts(made, line.meant, item=item)
        if (
            not made.counted
            and item is not None
            and item.tracking is Tracking.SERIAL
            and (made.lots or made.serials)
        ):
            made = changed(made, figure=str(max(len(made.lots), len(made.serials))))
        if verb is Verb.SET_PAR:
            levels = tuple(
                (a.role.value, figure(_level(a, item))) for a in line.levels if a.quantity is not None
            )
            made = changed(made, levels=levels, figure="", unit="")
        return made

    def _own_place(self, line: Line, verb: Verb, scene: Scene) -> PlaceId | None:
        """Where this very line is taken from."""
        spots = line.sources or (line.at if verb in (Verb.CONSUME, Verb.WASTE) else ())
        if len(spots) != 1:
            return None
        return self._find.place(spots[0].text, scene=scene).place_id

    def _fits(self, line: Line, *, place_id: PlaceId | None, scene: Scene, before: Before, rest: str) -> Fits:
        if line.item is None:
            if line.lots or line.serials:
                lots, _ = self._find.lots((*line.lots, *line.serials), among=(), scene=scene)
                return Fits(tuple(dict.fromkeys(lot.item_id for lot in lots)))
            if line.sizes and before.items:
                words = " ".join(size.text for size in line.sizes)
                same = scene.uow.catalogue.many(before.items)
                named = {
                    one.id
                    for item in same.values()
                    for one in scene.uow.catalogue.family(item.family)
                    if item.family
                }
                found = (
                    self._find.named(next(iter(same.values())).family, among=named, size=words)
                    if same
                    else ()
                )
                return Fits(found or before.items)
            return Fits(before.items)
        name = f"{line.item.text} {line.item.reference}".strip()
        mention = Mention(name, tuple(dict.fromkeys(size.text for size in line.sizes)))
        return self._find.things(mention, scene=scene, place_id=place_id, also=rest)

    def _with_lots(
        self, made: SketchLine, line: Line, verb: Verb, *, place_id: PlaceId | None, scene: Scene
    ) -> SketchLine:
        codes = (*line.lots, *line.serials)
        if verb is Verb.RECEIVE:
            number = line.lots[0].number[:80] if line.lots else ""
            return changed(made, number=number, serials=tuple(code.number[:80] for code in line.serials))
        among = tuple(ItemId(item) for item in made.items)
        lots, unknown = self._find.lots(codes, among=among, scene=scene)
        owners = tuple(dict.fromkeys(lot.item_id for lot in lots))
        if among and not made.near and owners and not set(owners) & set(among):
            # The number is another thing's: never act on either.
            near = self._find.lots_near(codes[0].number, among=among, place_id=place_id, scene=scene)
            return changed(made, number=codes[0].number[:80], unknown=True, lot_choices=ids(near))
        if unknown or not lots:
            near = self._find.lots_near(codes[0].number, among=among, place_id=place_id, scene=scene)
            return changed(
                made,
                number=codes[0].number[:80],
                unknown=True,
                lot_choices=ids(near),
                lots=ids(lot.id for lot in lots),
            )
        items = tuple(item for item in owners if item in among) or owners
        made = changed(
            made, items=ids(items), near=False, lots=ids(lot.id for lot in lots if lot.item_id in items)
        )
        if len(items) > 1:
            made = changed(made, lots=(), lot_choices=made.lots)
        return made

    def with_amounts(self, line: SketchLine, meant: Sequence[Amount], *, item: Item | None) -> SketchLine:
        """``line`` with how much is meant; what names no one figure stays open."""
        amounts = [amount for amount in meant if amount.role is AmountRole.MEANT]
        if not amounts:
            return line
        if len(amounts) > 1:
            units = {amount.unit for amount in amounts}
            levels = [None if item is None else level_of(item, amount.unit) for amount in amounts]
            if (
                item is None
                or len(units) < len(amounts)
                or None in levels
                or any(a.quantity is None for a in amounts)
            ):
                figures = tuple(figure(a.quantity) for a in amounts if a.quantity is not None)
                return changed(line, figures=figures[:_RANGE_MOST])
            total = sum(
                (
                    in_base(item, a.quantity or Fraction(0), level or "")
                    for a, level in zip(amounts, levels, strict=True)
                ),
                Fraction(0),
            )
            return changed(line, figure=figure(total), unit="")
        amount = amounts[0]
        line = self.with_unit(line, amount.unit, item=item)
        match amount.kind:
            case AmountKind.ALL | AmountKind.REST:
                return changed(line, everything=True, figure="", unit="")
            case AmountKind.SHARE if amount.quantity is not None:
                return changed(line, share=figure(amount.quantity), figure="")
            case AmountKind.RANGE if amount.quantity is not None and amount.high is not None:
                return changed(line, figures=_range(amount.quantity, amount.high))
            case AmountKind.EXACT | AmountKind.LAST if amount.quantity is not None and not amount.about:
                return changed(line, figure=figure(amount.quantity), last=amount.kind is AmountKind.LAST)
            case _ if amount.quantity is not None:
                return changed(line, figures=(figure(amount.quantity),))
            case _:
                return line

    def with_unit(self, line: SketchLine, unit: PackUnit | None, *, item: Item | None) -> SketchLine:
        """``line`` counted in ``unit``: the item's own level, or as it was said where the item has no such level."""
        if unit is None:
            return line
        level = None if item is None else level_of(item, unit)
        return changed(line, unit=unit.value if level is None else level)

    # ------------------------------------------------------------------------------------------ places

    def _places(
        self, verb: Verb, composition: Composition, scene: Scene
    ) -> tuple[Spotted, Spotted, tuple[int, ...]]:
        sources = _spots(composition, "sources")
        ends = _spots(composition, "destinations")
        at = _spots(composition, "at")
        home = Spotted(
            ids=() if scene.person.home_place_id is None else (scene.person.home_place_id,), assumed=True
        )
        nowhere = Spotted()

        def look(spots: Sequence[Spot]) -> Spotted:
            return self._find.place(spots[0].text, scene=scene)

        match verb:
            case Verb.TRANSFER:
                if len(at) > 1 and not sources and not ends:
                    sources, ends = at[:1], at[1:2]
                elif at and not ends:
                    ends = at
                here = look(sources) if sources else home
                there = look(ends) if ends else nowhere
                if not sources and there.place_id == here.place_id:
                    here = nowhere  # "bring 2 pumps to ICU", said in ICU: from where has to be asked
                if sources and not ends and here.place_id != home.place_id and _to_here(composition):
                    there = home
                each = tuple(look((spot,)).place_id or 0 for spot in ends) if len(ends) > 1 else ()
                return here, there if not each else nowhere, tuple(place for place in each if place)
            case Verb.REQUISITION:
                ends = ends or at
                here = look(sources) if sources else nowhere
                return here, look(ends) if ends else home, ()
            case Verb.RECEIVE | Verb.RETURN | Verb.SET_PAR:
                spots = ends or at or (sources if verb is not Verb.RECEIVE else ())
                return look(spots) if spots else home, nowhere, ()
            case _ if verb in _WIDE:
                spots = at or sources or ends
                return look(spots) if spots else nowhere, nowhere, ()
            case _:
                spots = sources or at or ends
                return look(spots) if spots else home, nowhere, ()

    def _by_destination(self, sketch: Sketch, composition: Composition, scene: Scene) -> Sketch:
        """Lines that go to different places are cards of their own, one after the other."""
        if (
            sketch.verb is not Verb.TRANSFER
            or len(sketch.split) < 2
            or len(sketch.lines) != len(composition.lines)
        ):
            return sketch
        shares: dict[int, list[SketchLine]] = {}
        starts = [*(line.start for line in composition.lines[1:]), 10_000]
        for line, composed, stop in zip(sketch.lines, composition.lines, starts, strict=True):
            own = [spot for spot in composed.destinations if composed.start <= spot.start < stop]
            apiece = any(amount.apiece for amount in composed.meant) or not composed.meant
            spots = composed.destinations if apiece or len(own) != 1 else own
            ends = [self._find.place(spot.text, scene=scene).place_id for spot in spots]
            if None in ends or (len(ends) != 1 and not apiece):
                return sketch
            for end in ends:
                shares.setdefault(int(end or 0), []).append(line)
        parts = [
            sketch.with_(lines=tuple(lines), there=Spotted(ids=(end,)), split=())
            for end, lines in shares.items()
        ]
        return parts[0].with_(then=tuple(parts[1:]))

    def _supplied(self, sketch: Sketch, composition: Composition, scene: Scene) -> Sketch:
        """The supplier that is named, or the one who sells all of it."""
        if sketch.verb not in (Verb.SEND_BACK, Verb.RECEIVE, Verb.REORDER):
            return sketch
        items = [line.item_id for line in sketch.lines if line.item_id is not None]
        name = composition.targets.suppliers[0].text if composition.targets.suppliers else ""
        if sketch.verb is not Verb.SEND_BACK and not name:
            return sketch
        found = self._find.suppliers(name, item_ids=items, scene=scene)
        if len(found) == 1:
            return sketch.with_(supplier=int(found[0]))
        return sketch.with_(suppliers=ids(found[:8])) if sketch.verb is Verb.SEND_BACK else sketch


# -------------------------------------------------------------------------------------------- small things


def _spots(composition: Composition, attribute: str) -> tuple[Spot, ...]:
    """The places of one direction in reading order, those of lines and, where there is no line, of the message."""
    direction = {"sources": "source", "destinations": "destination", "at": "at"}[attribute]
    return tuple(dict.fromkeys(spot for spot in composition.places if spot.direction.value == direction))


def _to_here(composition: Composition) -> bool:
    """Nothing says where it goes: "grab 2 pumps from central" ends with whoever says it."""
    return not composition.doubts_of(DoubtKind.PLACE_ELSEWHERE)


def _range(low: Fraction, high: Fraction) -> tuple[str, ...]:
    if high - low < _RANGE_MOST and low.denominator == 1:
        return tuple(figure(low + step) for step in range(int(high - low) + 1))
    return (figure(low), figure(high))


def _level(amount: Amount, item: Item | None) -> Fraction:
    """A par level in base units."""
    quantity = amount.quantity or Fraction(0)
    level = None if item is None or amount.unit is None else level_of(item, amount.unit)
    return quantity if item is None or level is None else in_base(item, quantity, level)


def _reason(verb: Verb, text: str) -> str:
    match verb:
        case Verb.WASTE:
            reason = cue_words.waste_reason(text)
            return "" if reason is None else reason.value
        case Verb.QUARANTINE:
            return cue_words.hold_reason(text)
        case Verb.SEND_BACK:
            return cue_words.back_reason(text)
        case _:
            return ""


def with_item(line: SketchLine, item: Item, *, scene: Scene) -> SketchLine:
    """``line`` settled on ``item``; a unit that was said becomes the item's own level, lots of other items fall away."""
    unit = unit_of(line.unit) if line.unit else None
    level = "" if unit is None else level_of(item, unit)
    known = [
        lot for lot in (*line.lots, *line.lot_choices) if scene.uow.lots.get(LotId(lot)).item_id == item.id
    ]
    lots = tuple(dict.fromkeys(known)) if not line.unknown else line.lots
    return changed(
        line,
        items=(int(item.id),),
        near=False,
        unit=line.unit if level is None else level,
        lots=lots,
        lot_choices=line.lot_choices if line.unknown else (),
    )
