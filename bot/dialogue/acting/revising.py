"""A correction's words against the open card: the changed sketch, or why it stays as it is. Never posts, never guesses a line."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.acting import cue_words
from bot.dialogue.acting.addressing import Addressing, Revised
from bot.dialogue.acting.corrections import Correction, Op
from bot.dialogue.acting.finding import Finder, Scene
from bot.dialogue.acting.pieces import Pieces, among, pieces_of
from bot.dialogue.acting.sketch import MOST_LINES, Sketch, SketchLine, Verb, changed, ids
from bot.dialogue.acting.sketching import Sketcher, with_item
from bot.understanding.amounts import Amount
from bot.understanding.composition import Line
from bot.understanding.evidence import Mention
from bot.understanding.naming import full_name
from bot.views.acting.shown import Asked
from domain.model.ids import ItemId
from domain.model.item import Item


class Reviser:
    """Stands on the sketcher and its finder; holds no state."""

    def __init__(self, finder: Finder, sketcher: Sketcher) -> None:
        self.find = finder
        self._card = Addressing(finder)
        self._sketcher = sketcher

    def revise(
        self, correction: Correction, sketch: Sketch, *, scene: Scene, composed: tuple[Line, ...] = ()
    ) -> Revised | None:
        """``correction`` applied; None where its words explain nothing on this card. ``composed`` are the message's lines as labelled."""
        match correction.op:
            case Op.ADD:
                return self._add(correction, sketch, scene=scene, composed=composed)
            case Op.REMOVE:
                return self._remove(correction, sketch, scene=scene)
            case Op.ONLY:
                kept = self._card.lines_named(correction.new, sketch, scene)
                if kept and len(kept) < len(sketch.lines):
                    return Revised(
                        sketch.with_(lines=tuple(sketch.lines[n] for n in kept)),
                        "The other lines are taken off.",
                    )
                return self.set_(correction, sketch, scene=scene)
            case Op.CHARGE | Op.SET:
                return self.set_(correction, sketch, scene=scene) or self._each(
                    correction, sketch, scene=scene
                )
            case _:
                return None

    # ---------------------------------------------------------------------------------------------- set

    def set_(
        self, correction: Correction, sketch: Sketch, *, scene: Scene, line: int | None = None
    ) -> Revised | None:
        new = pieces_of(correction.new, finder=self.find, scene=scene)
        if correction.op is Op.CHARGE:
            return self._card.charged(correction, new, sketch, scene)
        explained = (
            not new.words
            or bool(self._card.lines_named(new.words, sketch, scene, new))
            or (correction.cued and self.find.likely(new.words))
        )
        if not correction.cued and (not explained or (new.aims and new.words)):
            return None
        if new.aims and new.words and not self._card.lines_named(new.words, sketch, scene, new):
            return None  # somebody's number beside things that are not on this card: an action of its own
        if correction.old and not self._known(correction.old, sketch, scene):
            return None  # what is said to have been wrong is nothing of this card
        made, said = sketch, list[str]()
        if new.aims:
            charged = self._card.charged(correction, new, made, scene)
            if charged is None:
                return None
            made, said = charged.sketch, [charged.note]
        if new.place_id is not None:
            placed = self._card.placed(correction, new, made, scene)
            if placed is None or placed.asks is not None:
                return placed
            made, said = placed.sketch, [*said, placed.note]
        if new.codes or new.amount is not None or new.unit is not None or new.words or new.sizes:
            lined = self._lined(correction, new, made, scene, line)
            if lined is not None and lined.asks is not None:
                return lined
            if lined is None and not said:
                return self.reason(correction.new, sketch) if correction.cued else None
            if lined is not None:
                made, said = lined.sketch, [*said, lined.note]
        if made == sketch:
            return self.reason(correction.new, sketch) if correction.cued else None
        return Revised(made, " ".join(note for note in said if note))

    def _each(self, correction: Correction, sketch: Sketch, *, scene: Scene) -> Revised | None:
        """ "make the silk 4 and the foleys 5": every part has to fit, or none is taken."""
        parts = [part for part in re.split(r"\s*(?:,|;|\band\b)\s*", correction.new) if part]
        if len(parts) < 2 or correction.old:
            return None
        made, notes = sketch, list[str]()
        for part in parts:
            one = self.set_(
                Correction(Op.SET, new=re.sub(r"^the ", "", part), cued=correction.cued), made, scene=scene
            )
            if one is None or one.asks is not None:
                return None
            made, notes = one.sketch, [*notes, one.note]
        return Revised(made, " ".join(notes))

    def _lined(
        self, correction: Correction, new: Pieces, sketch: Sketch, scene: Scene, line: int | None
    ) -> Revised | None:
        """What changes one line: which it is has to be certain."""
        named = self._card.lines_named(new.words, sketch, scene, new) if new.words or new.sizes else ()
        by_old = self._card.lines_named(correction.old, sketch, scene) if correction.old else ()
        if not named and new.words and sketch.lines and not correction.cued:
            return None
        found = (line,) if line is not None else named or by_old
        if not found and len(sketch.lines) == 1:
            found = (0,)
        if not found and correction.old:
            found = self._with_figure(correction.old, sketch)
        if not found and new.codes:
            lots, _ = self.find.lots(new.codes, among=(), scene=scene)
            owners = {int(lot.item_id) for lot in lots}
            found = tuple(n for n, one in enumerate(sketch.lines) if one.item_id in owners)
        if len(found) != 1:
            return (
                self._which(correction, sketch, scene)
                if sketch.lines and not (new.words and not named)
                else None
            )
        index = found[0]
        before = sketch.lines[index]
        after, notes = before, list[str]()
        if (new.words or new.sizes) and not named:
            replaced = self._replaced(new, after, sketch, scene)
            if replaced is None:
                return None
            after = replaced
        elif new.sizes and named:
            closer = among(
                new.words, items=[ItemId(i) for i in after.items], finder=self.find, sizes=new.sizes
            )
            if len(closer) == 1 and after.item_id is None:
                after = with_item(after, scene.uow.catalogue.get(closer[0]), scene=scene)
        item = None if after.item_id is None else scene.uow.catalogue.get(after.item_id)
        after = self.counted(after, new, item)
        if new.codes:
            after = self.lotted(after, new, sketch, scene)
            notes.append(f"Lot {new.codes[0].number}." if not after.unknown else "")
        if after == before:
            return None
        lines = list(sketch.lines)
        lines[index] = after
        return Revised(
            sketch.with_(lines=tuple(lines)), " ".join([_said(before, after, scene), *notes]).strip()
        )

    def counted(self, line: SketchLine, new: Pieces, item: Item | None) -> SketchLine:
        if new.amount is not None:
            cleared = changed(line, figure="", figures=(), everything=False, share="", last=False)
            amount = new.amount
            if new.unit is not None:
                amount = Amount(amount.quantity, new.unit, amount.kind, high=amount.high)
            return self._sketcher.with_amounts(cleared, (amount,), item=item)
        if new.unit is not None:
            return self._sketcher.with_unit(line, new.unit, item=item)
        return line

    def lotted(self, line: SketchLine, new: Pieces, sketch: Sketch, scene: Scene) -> SketchLine:
        if sketch.verb is Verb.RECEIVE:
            if new.serial:
                return changed(line, serials=tuple(code.number[:80] for code in new.codes))
            return changed(line, number=new.codes[0].number[:80])
        items = [ItemId(i) for i in line.items]
        lots, unknown = self.find.lots(new.codes, among=items, scene=scene)
        fitting = [lot for lot in lots if lot.item_id in items] if items else lots
        if unknown or not fitting:
            near = self.find.lots_near(
                new.codes[0].number, among=items, place_id=sketch.here.place_id, scene=scene
            )
            return changed(
                line, lots=(), lot_choices=ids(near), number=new.codes[0].number[:80], unknown=True
            )
        owner = scene.uow.catalogue.get(fitting[0].item_id)
        bare = changed(line, lots=ids(lot.id for lot in fitting), lot_choices=(), number="", unknown=False)
        return with_item(bare, owner, scene=scene) if line.item_id is None else bare

    def _replaced(self, new: Pieces, line: SketchLine, sketch: Sketch, scene: Scene) -> SketchLine | None:
        """Another thing, or the same in another size."""
        if not new.words and line.items:
            one = scene.uow.catalogue.get(ItemId(line.items[0]))
            same = {other.id for other in scene.uow.catalogue.family(one.family)} if one.family else set()
            found = self.find.named(one.family or one.name, among=same, size=new.sizes[0])
            return (
                with_item(line, scene.uow.catalogue.get(found[0]), scene=scene) if len(found) == 1 else None
            )
        fits = self.find.things(Mention(new.words, new.sizes), scene=scene, place_id=sketch.here.place_id)
        if not fits.items or fits.near:
            return None
        bare = changed(
            line,
            items=ids(fits.items),
            near=False,
            said=fits.said[:80],
            lots=(),
            lot_choices=(),
            number="",
            unknown=False,
        )
        return (
            with_item(bare, scene.uow.catalogue.get(fits.items[0]), scene=scene)
            if len(fits.items) == 1
            else bare
        )

    # ---------------------------------------------------------------------------------- add and remove

    def _add(
        self, correction: Correction, sketch: Sketch, *, scene: Scene, composed: tuple[Line, ...]
    ) -> Revised | None:
        correction = replace(
            correction, new=re.sub(r"^an?other(?: one)?\b", "1", correction.new, flags=re.IGNORECASE)
        )
        whole = pieces_of(correction.new, finder=self.find, scene=scene)
        if whole.place_id is not None and not whole.words:
            return self.set_(Correction(Op.SET, new=correction.new), sketch, scene=scene)
        if whole.aims and not whole.words:
            return self._card.charged(correction, whole, sketch, scene)
        made: list[SketchLine] = []
        for part in re.split(r"\s*(?:,|;|\band\b|\bplus\b|&)\s*", correction.new):
            new = pieces_of(part, finder=self.find, scene=scene)
            if not new.words and not new.codes:
                if (
                    new.amount is not None
                    and len(sketch.lines) == 1
                    and sketch.lines[0].quantity is not None
                    and new.amount.quantity is not None
                ):
                    line = sketch.lines[0]
                    return Revised(
                        sketch.with_line(0, figure=str((line.quantity or 0) + new.amount.quantity)), "Added."
                    )
                return None
            fits = (
                self.find.things(Mention(new.words, new.sizes), scene=scene, place_id=sketch.here.place_id)
                if new.words
                else None
            )
            if fits is not None and (not fits.items or fits.near):
                return None
            line = (
                SketchLine(items=ids(fits.items), said=fits.said[:80]) if fits is not None else SketchLine()
            )
            if line.item_id is not None:
                line = with_item(line, scene.uow.catalogue.get(line.item_id), scene=scene)
            line = self.counted(
                line, new, None if line.item_id is None else scene.uow.catalogue.get(line.item_id)
            )
            made.append(self.lotted(line, new, sketch, scene) if new.codes else line)
        if not made or len(sketch.lines) + len(made) > MOST_LINES:
            return None
        return Revised(sketch.with_(lines=(*sketch.lines, *made)), "Added.")

    def _remove(self, correction: Correction, sketch: Sketch, *, scene: Scene) -> Revised | None:
        named = self._card.lines_named(correction.old, sketch, scene)
        if len(named) == 1 and len(sketch.lines) > 1:
            return Revised(
                sketch.with_(lines=tuple(line for n, line in enumerate(sketch.lines) if n not in named)),
                "Taken off.",
            )
        if len(named) > 1:
            return self._which(correction, sketch, scene)
        old = pieces_of(correction.old, finder=self.find, scene=scene)
        if re.fullmatch(
            r"(?:charge|case|patient|target|provider|surgeon)", correction.old, re.IGNORECASE
        ) or (old.aims and not old.words):
            return Revised(
                sketch.with_(target=None, target_open=False, target_near=(), notes=()), "Charged to the unit."
            )
        if old.codes and len(sketch.lines) == 1:
            return Revised(
                sketch.with_line(0, lots=(), lot_choices=(), number="", unknown=False),
                "First expired, first out.",
            )
        return None

    # ---------------------------------------------------------------------------------------- small things

    def _known(self, old: str, sketch: Sketch, scene: Scene) -> bool:
        """Are all the words of what was wrong explained: by a line, a place, a figure, a unit, a lot or a target?"""
        pieces = pieces_of(old, finder=self.find, scene=scene)
        return not pieces.words or bool(self._card.lines_named(old, sketch, scene, pieces))

    @staticmethod
    def _with_figure(old: str, sketch: Sketch) -> tuple[int, ...]:
        digits = re.fullmatch(r"(\d+)", old.strip())
        return tuple(n for n, line in enumerate(sketch.lines) if digits and line.figure == digits[1])

    def _which(self, correction: Correction, sketch: Sketch, scene: Scene) -> Revised:
        names = [_name(line, scene) for line in sketch.lines]
        example = f"make the {names[0]} {correction.new}" if correction.new else f"without the {names[0]}"
        return Revised(
            sketch, asks=Asked(f"Which of the lines do you mean? Say for example “{example}”.", typed=True)
        )

    @staticmethod
    def reason(text: str, sketch: Sketch) -> Revised | None:
        """Why: only in words of our own list."""
        reason = ""
        match sketch.verb:
            case Verb.WASTE:
                found = cue_words.waste_reason(text)
                reason = "" if found is None else found.value
            case Verb.QUARANTINE:
                reason = cue_words.hold_reason(text)
            case Verb.SEND_BACK:
                reason = cue_words.back_reason(text)
            case _:
                return None
        return (
            Revised(sketch.with_(reason=reason), f"Reason: {reason}.")
            if reason and reason != sketch.reason
            else None
        )


def _name(line: SketchLine, scene: Scene) -> str:
    if line.item_id is None:
        return line.said or "first"
    item = scene.uow.catalogue.get(line.item_id)
    return (item.family or item.name).casefold()


def _said(before: SketchLine, after: SketchLine, scene: Scene) -> str:
    """What changed, in a few words."""
    notes = []
    if before.items != after.items and after.item_id is not None:
        notes.append(f"{full_name(scene.uow.catalogue.get(after.item_id))} instead.")
    if (before.figure, before.unit, before.everything) != (
        after.figure,
        after.unit,
        after.everything,
    ) and after.counted:
        amount = "all" if after.everything else f"{after.figure or after.share} {after.unit}".strip()
        notes.append(f"Changed to {amount}.")
    return " ".join(notes)
