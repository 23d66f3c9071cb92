"""What a correction's words point to on a card: its lines, its places, whom it is charged to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.dialogue.acting.corrections import Correction
from bot.dialogue.acting.finding import Finder, Scene
from bot.dialogue.acting.pieces import Pieces, among, pieces_of
from bot.dialogue.acting.sketch import Sketch, Spotted, Verb, changed
from bot.views.acting.shown import Answer, Asked
from domain.model.ids import ItemId


@dataclass(frozen=True, slots=True)
class Revised:
    """``sketch`` as it is now, and what to say of it; ``asks`` a question that has to be answered before anything changes."""

    sketch: Sketch
    note: str = ""
    asks: Asked | None = None


class Addressing:
    """Stands on a finder; holds no state."""

    def __init__(self, finder: Finder) -> None:
        self.find = finder

    def placed(self, correction: Correction, new: Pieces, sketch: Sketch, scene: Scene) -> Revised | None:
        place_id = new.place_id
        assert place_id is not None  # noqa: S101 - asked by the caller
        old = pieces_of(correction.old, finder=self.find, scene=scene) if correction.old else Pieces()
        two = sketch.verb in (Verb.TRANSFER, Verb.REQUISITION)
        way = new.way or old.way
        if not two:
            way = "here"
        elif not way and old.place_id is not None:
            tree = scene.uow.places.tree()
            inside = [
                name
                for name, spotted in (("here", sketch.here), ("there", sketch.there))
                if spotted.place_id is not None
                and (
                    tree.within(spotted.place_id, outer=old.place_id)
                    or tree.within(old.place_id, outer=spotted.place_id)
                )
            ]
            way = inside[0] if len(inside) == 1 else ""
        elif not way:
            way = "here" if sketch.here.place_id is None and sketch.there.place_id is not None else way
            way = "there" if sketch.there.place_id is None and sketch.here.place_id is not None else way
        spotted = Spotted(ids=(int(place_id),))
        name = scene.uow.places.tree().get(place_id).name
        if not way:
            answers = (
                Answer(f"From {name}", f"place:here:{place_id}"),
                Answer(f"To {name}", f"place:there:{place_id}"),
            )
            return Revised(sketch, asks=Asked(f"From {name}, or to {name}?", answers))
        lines = tuple(changed(line, place=None) for line in sketch.lines) if way == "here" else sketch.lines
        return Revised(
            sketch.with_(**{way: spotted}, lines=lines, **({"split": ()} if way == "there" else {})),
            f"{name} it is.",
        )

    def charged(self, correction: Correction, new: Pieces, sketch: Sketch, scene: Scene) -> Revised | None:
        centre = new.centre
        if new.aims and new.words and not self.lines_named(new.words, sketch, scene, new):
            return None
        if not new.aims and new.place_id is not None:
            return Revised(
                sketch.with_(target=None, target_open=False, target_near=(), notes=()), "Charged to the unit."
            )
        if not new.aims:
            bare = re.fullmatch(
                r"(?P<n>\d{3,8})|(?P<w>[A-Za-z][\w'’.-]{1,30}(?: [A-Za-z][\w'’-]{1,30})?)", correction.new
            )
            if bare is None:
                return None
            if re.search(r"\b(?:unit|department|nobody|no one|us|floor)\b", correction.new, re.IGNORECASE):
                return Revised(
                    sketch.with_(target=None, target_open=False, target_near=(), notes=()),
                    "Charged to the unit.",
                )
            new = pieces_of(
                f"case {bare['n']}" if bare["n"] else f"dr {bare['w']}", finder=self.find, scene=scene
            )
        aim = self.find.aim(new.targets, place_id=sketch.here.place_id, scene=scene, cost_centre=centre)
        if aim.target is None:
            return Revised(
                sketch.with_(target=None, target_open=True, target_near=aim.near, notes=(aim.sentence[:200],))
            )
        return Revised(
            sketch.with_(target=aim.target, target_open=False, target_near=(), notes=()), "Charged anew."
        )

    def lines_named(
        self, text: str, sketch: Sketch, scene: Scene, pieces: Pieces | None = None
    ) -> tuple[int, ...]:
        """The lines whose thing the words name; a size alone names those that have it."""
        pieces = pieces or pieces_of(text, finder=self.find, scene=scene)
        if not pieces.words and not pieces.sizes:
            return ()
        if not pieces.words and pieces.sizes:
            known = scene.uow.catalogue.many(
                [line.item_id for line in sketch.lines if line.item_id is not None]
            )
            return tuple(
                n
                for n, line in enumerate(sketch.lines)
                if line.item_id in known and known[line.item_id].size in pieces.sizes
            )
        found = []
        for index, line in enumerate(sketch.lines):
            items = [ItemId(i) for i in line.items]
            if among(pieces.words, items=items, finder=self.find, sizes=pieces.sizes):
                found.append(index)
        return tuple(found)
