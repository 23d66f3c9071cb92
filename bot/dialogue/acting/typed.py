"""A typed answer to the question that is open on a card."""

from __future__ import annotations

import re

from bot.dialogue.acting.addressing import Revised
from bot.dialogue.acting.answers import answered
from bot.dialogue.acting.corrections import Correction, Op
from bot.dialogue.acting.finding import Scene
from bot.dialogue.acting.gaps import Gap, Slot
from bot.dialogue.acting.pieces import among, pieces_of
from bot.dialogue.acting.questions import asked
from bot.dialogue.acting.revising import Reviser
from bot.dialogue.acting.sketch import Sketch, SketchLine, changed, ids
from bot.dialogue.acting.sketching import with_item
from bot.dialogue.picking import picked
from bot.understanding.evidence import Mention
from bot.understanding.whens import when_of
from bot.understanding.windows import Looking
from domain.model.ids import ItemId

_FIGURE = re.compile(r"(?:make|change|set) (?:it|that|them|this)(?: to)? (?P<new>.+)", re.IGNORECASE)
"""While a thing is asked about, this says how many, not which."""


class TypedAnswers:
    """Stands on the reviser; holds no state."""

    def __init__(self, reviser: Reviser) -> None:
        self._reviser = reviser

    def answer(self, text: str, sketch: Sketch, gaps: tuple[Gap, ...], *, scene: Scene) -> Revised | None:
        """``text`` as the typed answer to the open question; None where it is none."""
        if not gaps:
            return None
        question = asked(gaps, sketch, scene=scene)
        one = picked(text, options=question.answers)
        if one is not None and not (
            gaps[0].slot is Slot.QUANTITY and not re.search(r"\b(?:first|second|last)\b", text)
        ):
            return Revised(answered(sketch, one.choice, scene=scene), f"{one.label}.")
        gap, said = gaps[0], text.strip(" .!")
        if len(said) > 120 or said.endswith("?"):
            return None
        match gap.slot:
            case Slot.QUANTITY | Slot.UNIT if gap.line is not None:
                new = pieces_of(said, finder=self._reviser.find, scene=scene)
                if new.words or new.sizes or new.codes or new.aims or new.place_id is not None:
                    return None
                # The question names the line: a figure alone is the answer to it, however many lines there are.
                return self._reviser.set_(Correction(Op.SET, new=said), sketch, scene=scene, line=gap.line)
            case Slot.ITEM:
                return self._item(said, sketch, gap.line or 0, scene)
            case Slot.NUMBER | Slot.LOT if gap.line is not None and re.fullmatch(
                r"(?:lot\s*#?\s*)?[\w./-]{2,30}", said
            ):
                number = re.sub(r"^lot\s*#?\s*", "", said, flags=re.IGNORECASE).upper()
                if gap.slot is Slot.NUMBER:
                    return Revised(sketch.with_line(gap.line, number=number), f"Lot {number}.")
                return self._reviser.set_(
                    Correction(Op.SET, new=f"lot {number}"), sketch, scene=scene, line=gap.line
                )
            case Slot.SERIAL if gap.line is not None and re.search(r"\d", said):
                serials = tuple(
                    part.upper()[:80] for part in re.split(r"[\s,;]+", said) if re.search(r"\d", part)
                )
                return Revised(sketch.with_line(gap.line, serials=serials), f"{len(serials)} serial numbers.")
            case Slot.EXPIRY if gap.line is not None:
                label = re.sub(
                    r"^(?:exp\w*|it expires|good until|until)[\s:.]+(?:on )?", "", said, flags=re.IGNORECASE
                )
                when = when_of(label, today=scene.today, looking=Looking.AHEAD, expiry=True)
                if when.last is None or when.rough:
                    return None
                return Revised(sketch.with_line(gap.line, expires=when.last))
            case Slot.REASON:
                return self._reviser.reason(said, sketch)
            case Slot.HERE | Slot.THERE:
                place = self._reviser.find.place(
                    re.sub(r"^(?:from|to|in|at|into) (?:the )?", "", said, flags=re.IGNORECASE), scene=scene
                )
                if place.ids and not place.near:
                    name = "here" if gap.slot is Slot.HERE else "there"
                    return Revised(sketch.with_(**{name: place}))
                return None
            case Slot.RECEIPT if re.fullmatch(r"(?:R-?)?\d+", said, re.IGNORECASE):
                return Revised(sketch.with_(receipt=int(re.sub(r"\D", "", said))))
            case Slot.LEVEL:
                return self._levels(said, sketch, gap.line or 0)
            case _:
                return None

    def _item(self, said: str, sketch: Sketch, index: int, scene: Scene) -> Revised | None:
        """Another name for the thing that is asked about."""
        line = sketch.lines[index] if index < len(sketch.lines) else SketchLine()
        figure = _FIGURE.fullmatch(said)
        new = pieces_of(figure["new"] if figure else said, finder=self._reviser.find, scene=scene)
        if figure and new.amount is not None and not (new.words or new.sizes or new.codes):
            after = self._reviser.counted(line, new, None)
            lines = (*sketch.lines[:index], after, *sketch.lines[index + 1 :])
            return None if after == line else Revised(sketch.with_(lines=lines), f"{after.figure} it is.")
        if new.codes and not new.words:
            after = self._reviser.lotted(changed(line, items=()) if line.near else line, new, sketch, scene)
        elif new.words or new.sizes:
            items = tuple(ItemId(i) for i in line.items)
            closer = among(new.words or line.said, items=items, finder=self._reviser.find, sizes=new.sizes)
            if closer and len(closer) < len(items):
                after = changed(line, items=ids(closer), near=False)
            else:
                fits = (
                    self._reviser.find.things(
                        Mention(new.words, new.sizes), scene=scene, place_id=sketch.here.place_id
                    )
                    if new.words
                    else None
                )
                if fits is None or not fits.items:
                    return None
                after = changed(line, items=ids(fits.items), near=fits.near, said=fits.said[:80])
            if after.item_id is not None:
                after = with_item(after, scene.uow.catalogue.get(after.item_id), scene=scene)
            after = self._reviser.counted(
                after, new, None if after.item_id is None else scene.uow.catalogue.get(after.item_id)
            )
        else:
            return None
        if after == line:
            return None
        lines = (*sketch.lines[:index], after, *sketch.lines[index + 1 :])
        return Revised(sketch.with_(lines=lines))

    @staticmethod
    def _levels(said: str, sketch: Sketch, index: int) -> Revised | None:
        names = {
            "par": "par",
            "min": "minimum",
            "minimum": "minimum",
            "max": "maximum",
            "maximum": "maximum",
            "reorder": "reorder-point",
        }
        found = re.findall(
            r"\b(par|min(?:imum)?|max(?:imum)?|reorder)(?: point)?(?: to| at| of|:|=)?\s*(\d{1,6})\b",
            said,
            re.IGNORECASE,
        )
        levels = tuple((names[name.casefold()], value) for name, value in found)
        if not levels and re.fullmatch(r"\d{1,6}", said):
            levels = (("par", said),)
        return Revised(sketch.with_line(index, levels=levels)) if levels and sketch.lines else None
