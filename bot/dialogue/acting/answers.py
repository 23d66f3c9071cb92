"""What an answer's button changes. Tokens ("item:0:402", "place:there:12") say the same whatever process reads them."""

from __future__ import annotations

import re
from fractions import Fraction

from bot.dialogue.acting import cue_words
from bot.dialogue.acting.finding import Scene
from bot.dialogue.acting.sketch import Alert, Sketch, Spotted, aimed
from bot.dialogue.acting.sketching import with_item
from bot.dialogue.purchasing.delivering import chosen
from domain.errors import NotFound, UnknownRecord
from domain.model.ids import ItemId, LotId, PlaceId, SupplierId
from domain.model.subscription import Topic
from domain.usecases.act.charging import target_of

_CHOICE = re.compile(r"(?P<slot>[a-z]+):(?P<rest>.{0,90})", re.DOTALL)


def answered(sketch: Sketch, choice: str, *, scene: Scene) -> Sketch:
    """``sketch`` with the answer of a button. Raises UnknownRecord for a token that is none of ours, NotFound for what is gone."""
    match = _CHOICE.fullmatch(choice)
    if match is None:
        raise UnknownRecord("I can not read this button any more; please say it again.")
    try:
        return _answered(sketch, match["slot"], match["rest"], scene=scene)
    except (ValueError, IndexError, ArithmeticError):
        raise UnknownRecord("I can not read this button any more; please say it again.") from None


def _answered(sketch: Sketch, slot: str, rest: str, *, scene: Scene) -> Sketch:
    first, _, value = rest.partition(":")
    match slot:
        case "item":
            item = scene.uow.catalogue.get(ItemId(int(value)))
            return sketch.with_(
                lines=tuple(
                    with_item(line, item, scene=scene) if n == int(first) else line
                    for n, line in enumerate(sketch.lines)
                )
            )
        case "lot" if value == "any":
            return sketch.with_line(int(first), lots=(), lot_choices=(), number="", unknown=False)
        case "lot":
            lot = scene.uow.lots.get(LotId(int(value)))
            return sketch.with_line(
                int(first),
                items=(int(lot.item_id),),
                near=False,
                lots=(int(lot.id),),
                lot_choices=(),
                number="",
                unknown=False,
            )
        case "unit":
            item_id = sketch.lines[int(first)].item_id
            base = "" if item_id is None else scene.uow.catalogue.get(item_id).base_unit
            return sketch.with_line(int(first), unit="" if value == base else value[:80])
        case "qty":
            figure, colon, unit = value.partition(":")
            changes: dict[str, object] = {
                "figure": str(Fraction(figure)),
                "figures": (),
                "everything": False,
                "share": "",
            }
            return sketch.with_line(int(first), **changes, **({"unit": unit} if colon else {}))
        case "place" if first in ("here", "there"):
            place = scene.uow.places.tree().get(PlaceId(int(value)))
            return sketch.with_(
                **{first: Spotted(ids=(int(place.id),))}, **({"split": ()} if first == "there" else {})
            )
        case "split" if first == "each":
            parts = [sketch.with_(there=Spotted(ids=(place,)), split=()) for place in sketch.split]
            return parts[0].with_(then=tuple(parts[1:]))
        case "target":
            return _aimed(sketch, first, value, scene)
        case "reason":
            return sketch.with_(reason=rest[:200])
        case "supplier":
            return sketch.with_(supplier=int(scene.uow.catalogue.supplier(SupplierId(int(first))).id))
        case "order":
            return chosen(sketch, first, scene=scene)
        case "hold":
            return sketch.with_(hold=int(first))
        case "topic":
            days = cue_words.EXPIRING_DAYS if first == Topic.EXPIRING.value else None
            return sketch.with_(alert=Alert(topic=Topic(first).value, days=days))
        case _:
            raise ValueError(slot)


def _aimed(sketch: Sketch, kind: str, value: str, scene: Scene) -> Sketch:
    place_id = sketch.here.place_id
    named = {"case": "case_number", "provider": "provider", "centre": "cost_centre"}
    if kind == "unit":
        return sketch.with_(target=None, target_open=False, target_near=(), notes=())
    if kind not in named:
        raise ValueError(kind)
    said = dict.fromkeys(named.values(), "") | {named[kind]: value}
    try:
        target = target_of(
            case_number=said["case_number"],
            provider=said["provider"],
            cost_centre=said["cost_centre"],
            place_id=place_id,
            facility_id=scene.person.facility_id,
            vault=scene.vault,
            uow=scene.uow,
        )
    except NotFound as unknown:
        return sketch.with_(target_open=True, notes=(str(unknown)[:200],))
    return sketch.with_(target=aimed(target), target_open=False, target_near=(), notes=())
