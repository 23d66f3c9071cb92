"""The question that asks for an open piece, with its answers as buttons: ids and figures, read again by ``answers``."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bot.dialogue.acting import cue_words
from bot.dialogue.acting.finding import Scene, areas_with, levels_of
from bot.dialogue.acting.gaps import Gap, Slot, shared
from bot.dialogue.acting.sketch import Sketch, SketchLine, Spotted, Verb
from bot.dialogue.purchasing.delivering import order_answers
from bot.understanding.naming import cut, full_name, telling_names
from bot.views.acting.shown import Answer, Asked
from bot.views.words import day, quantity
from bot.views.words import unit as unit_words
from domain.model.ids import ItemId, LotId, PlaceId
from domain.model.item import Item
from domain.model.subscription import Topic
from domain.usecases.act.requests import WasteReason

MANY = 3
"""So many open pieces are asked for in one form."""


def asked(gaps: Sequence[Gap], sketch: Sketch, *, scene: Scene) -> Asked:
    """The question for the first gap; for many, one form for all of them."""
    gap = gaps[0]
    one = _asked(gap, sketch, scene=scene)
    if len(gaps) >= MANY and gap.slot is not Slot.ITEM:
        return Asked(
            f"{len(gaps)} things are still open: {_listed(gaps)}. {one.text}", one.answers, typed=True
        )
    return one


def _listed(gaps: Sequence[Gap]) -> str:
    names = list(dict.fromkeys(_NAMES[gap.slot] for gap in gaps))
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]


_NAMES = {
    Slot.ITEM: "which item", Slot.LOT: "which lot", Slot.UNIT: "the unit", Slot.QUANTITY: "how many", Slot.LEVEL: "the level",
    Slot.HERE: "the place", Slot.THERE: "where to", Slot.SPLIT: "how it is divided", Slot.NUMBER: "lot numbers",
    Slot.SERIAL: "serial numbers", Slot.EXPIRY: "expiry dates", Slot.TARGET: "whom it is charged to", Slot.REASON: "the reason",
    Slot.SUPPLIER: "the supplier",
    Slot.ORDER: "which order", Slot.RECEIPT: "the receipt", Slot.HOLD: "the hold", Slot.TOPIC: "what to tell you",
}  # fmt: skip


def _asked(gap: Gap, sketch: Sketch, *, scene: Scene) -> Asked:
    index = gap.line or 0
    line = sketch.lines[index] if index < len(sketch.lines) else SketchLine()
    items = scene.uow.catalogue.many([ItemId(i) for i in line.items])
    item = items.get(line.item_id) if line.item_id is not None else None
    name = full_name(item) if item is not None else line.said or "it"
    match gap.slot:
        case Slot.ITEM if not line.items:
            return Asked("Which item? Say its name, size or number.", (), typed=True)
        case Slot.ITEM:
            lead = (
                f"I find no {line.said} just so. Did you mean one of these?"
                if line.near and line.said
                else ""
            )
            lead = lead or (
                "I do not find that just so. Did you mean one of these?"
                if line.near
                else f"Which {line.said or 'one'}?"
            )
            return Asked(
                lead,
                _items(index, [items[ItemId(i)] for i in line.items if ItemId(i) in items], sketch, scene),
                typed=True,
            )
        case Slot.LOT:
            return _lots(gap, sketch, name, scene)
        case Slot.UNIT if item is not None:
            answers = tuple(
                Answer(level, f"unit:{index}:{level}", _holds(item, level)) for level in levels_of(item)
            )
            return Asked(f"{name} does not come by the {line.unit}. Which did you mean?", answers, typed=True)
        case Slot.QUANTITY:
            return Asked(f"How many {name}?", _figures(index, sketch, item, scene), typed=True)
        case Slot.LEVEL:
            return Asked(
                f"Which par level for {name}? Say “par 12, min 4”, or fill in the form.", (), typed=True
            )
        case Slot.HERE:
            return Asked(
                _WHERE.get(sketch.verb, "At which place?"),
                _places("here", sketch.here, sketch, scene),
                typed=True,
            )
        case Slot.THERE:
            return Asked("To which place?", _places("there", sketch.there, sketch, scene), typed=True)
        case Slot.SPLIT:
            answers = (
                Answer("So much to each of them", "split:each"),
                *(
                    Answer(f"Only to {label}", f"place:there:{place}")
                    for place, label in _labels(sketch.split, scene)
                ),
            )
            return Asked("Several places are named. Is that for each of them?", answers, typed=True)
        case Slot.TARGET:
            return _target(gap, sketch, scene)
        case Slot.REASON:
            return Asked("Why?", _reasons(sketch.verb), typed=True)
        case Slot.SUPPLIER:
            known = {offer.supplier_id: offer.supplier_name for one in items.values() for offer in one.offers}
            sells = [s for s in known if int(s) in sketch.suppliers or not sketch.suppliers]
            offered = tuple(Answer(cut(known[s]), f"supplier:{int(s)}") for s in sells)
            return Asked("To which supplier does it go back?", offered, typed=True)
        case Slot.ORDER:
            return Asked("Which order is it from?", order_answers(sketch, scene=scene), typed=True)
        case Slot.RECEIPT:
            return Asked("Which receipt? Say its number, as in “R-12”.", (), typed=True)
        case Slot.HOLD:
            holds = scene.uow.holds.open(scene.person.facility_id)
            return Asked(
                "Which hold?",
                tuple(Answer(hold.number, f"hold:{int(hold.id)}", hold.reason) for hold in holds),
            )
        case Slot.TOPIC:
            return Asked(
                f"When shall I tell you of {name}?",
                tuple(Answer(label, f"topic:{topic}") for topic, label in _TOPICS),
            )
        case _:
            return Asked(gap.sentence or f"I still need {_NAMES[gap.slot]}.", (), typed=True)


_WHERE = {
    Verb.CONSUME: "Where was it taken from?", Verb.TRANSFER: "From which place?", Verb.RECEIVE: "Where was it put?",
    Verb.WASTE: "Where was it taken from?", Verb.COUNT: "Which place did you count?", Verb.RETURN: "Where was it put back?",
    Verb.SET_PAR: "For which place?", Verb.SEND_BACK: "Where does it lie?", Verb.QUARANTINE: "At which place?",
}  # fmt: skip
_TOPICS = (
    (Topic.LOW.value, "When it is low"), (Topic.OUT.value, "When it is out"), (Topic.EXPIRING.value, "When some is about to expire"),
    (Topic.ARRIVED.value, "When some arrives"), (Topic.USED.value, "When some is used"),
)  # fmt: skip


def _items(index: int, items: Sequence[Item], sketch: Sketch, scene: Scene) -> tuple[Answer, ...]:
    place_id = sketch.here.place_id
    inside = () if place_id is None else tuple(scene.uow.places.tree().subtree(place_id))
    stock = scene.uow.stock.of_items([item.id for item in items], places=inside) if inside else []
    answers = []
    for item, label in zip(items, telling_names(items) if items else (), strict=True):
        there = sum(line.available(scene.today) for line in stock if line.item_id == item.id)
        answers.append(
            Answer(
                label,
                f"item:{index}:{int(item.id)}",
                quantity(there, item.base_unit) if inside else item.number,
            )
        )
    return tuple(answers)


def _lots(gap: Gap, sketch: Sketch, name: str, scene: Scene) -> Asked:
    index = gap.line or 0
    line = sketch.lines[index]
    answers = []
    for lot_id in line.lot_choices or _lots_there(line, sketch, scene):
        lot = scene.uow.lots.get(LotId(lot_id))
        label = f"{'Serial ' + lot.serial if lot.serial else 'Lot ' + lot.number}"
        owner = scene.uow.catalogue.get(lot.item_id)
        until = f"expires {day(lot.expires_on, today=scene.today)}" if lot.expires_on else "does not expire"
        detail = until if line.item_id is not None else f"{full_name(owner)}, {until}"
        answers.append(Answer(cut(label), f"lot:{index}:{lot_id}", detail))
    if line.unknown:
        if line.item_id is not None:
            answers.append(Answer("First to expire", f"lot:{index}:any"))
        text = f"I know no lot or serial number {line.number} of {name}."
        return Asked(
            f"{text} Which one is it?" if answers else f"{text} Please check the number.",
            tuple(answers),
            typed=True,
        )
    return Asked(gap.sentence or f"Which lot of {name}?", tuple(answers), typed=True)


def _lots_there(line: SketchLine, sketch: Sketch, scene: Scene) -> tuple[int, ...]:
    """The lots of a settled item that lie at its place, first to expire first."""
    place_id = PlaceId(line.place) if line.place is not None else sketch.here.place_id
    if line.item_id is None or place_id is None:
        return ()
    inside = tuple(scene.uow.places.tree().subtree(place_id))
    lines = [
        one
        for one in scene.uow.stock.of_items([line.item_id], places=inside)
        if one.lot_id and one.on_hand > 0
    ]
    lines.sort(key=lambda one: (one.expires_on is None, one.expires_on or scene.today, one.lot_id))
    return tuple(dict.fromkeys(int(one.lot_id) for one in lines))[:8]


def _figures(index: int, sketch: Sketch, item: Item | None, scene: Scene) -> tuple[Answer, ...]:
    line = sketch.lines[index]
    base = item.base_unit if item is not None else ""
    named = line.unit or base
    if line.share and item is not None:
        share = shared(sketch, index, scene=scene)
        return tuple(
            Answer(quantity(n, base), f"qty:{index}:{n}:")
            for n in (share.__floor__(), share.__ceil__())
            if n > 0
        )
    said = [Fraction(figure) for figure in line.figures] or [Fraction(n) for n in (1, 2, 3, 5, 10)]
    return tuple(
        Answer(f"{n} {unit_words(named, count=int(n))}" if named else str(n), f"qty:{index}:{n}")
        for n in said[:5]
    )


def _holds(item: Item, level: str) -> str:
    size = item.pack(level).quantity
    return "" if size == 1 else quantity(size, item.base_unit)


def _places(which: str, spotted: Spotted, sketch: Sketch, scene: Scene) -> tuple[Answer, ...]:
    """Candidates by name; where none was named, the places that have some to take."""
    tree = scene.uow.places.tree()
    found = [PlaceId(p) for p in spotted.ids if PlaceId(p) in tree]
    if which == "here" and (not found or spotted.assumed):
        items = [line.item_id for line in sketch.lines if line.item_id is not None]
        having = [area for area in areas_with(items, scene=scene) if area != sketch.there.place_id]
        # What is used was used, whatever the books say of one's own unit; what is moved has to be there.
        found = [*having[:4], *(found if sketch.verb is Verb.CONSUME else ())]
    if (
        not found
        and which == "there"
        and scene.person.home_place_id is not None
        and scene.person.home_place_id != sketch.here.place_id
    ):
        found = [scene.person.home_place_id]
    return tuple(Answer(label, f"place:{which}:{place}") for place, label in _labels(found, scene))


def _labels(places: Sequence[int], scene: Scene) -> list[tuple[int, str]]:
    tree = scene.uow.places.tree()
    return [(int(place), cut(tree.path(PlaceId(place)) or tree.get(PlaceId(place)).name)) for place in places]


def _target(gap: Gap, sketch: Sketch, scene: Scene) -> Asked:
    answers = [Answer(cut(name), f"target:{kind}:{name}") for kind, name in sketch.target_near]
    if sketch.here.place_id is not None:
        unit = scene.uow.places.tree().unit_of(sketch.here.place_id)
        answers.append(Answer(cut(f"{unit.name}’s cost centre"), "target:unit:"))
    text = sketch.notes[0] if sketch.target_open and sketch.notes else gap.sentence
    return Asked(
        text or "Whom is it charged to? Say the case, or use the form for a patient.",
        tuple(answers),
        typed=True,
    )


def _reasons(verb: Verb) -> tuple[Answer, ...]:
    match verb:
        case Verb.WASTE:
            return tuple(
                Answer(reason.value.capitalize(), f"reason:{reason.value}") for reason in WasteReason
            )
        case Verb.QUARANTINE:
            return tuple(Answer(reason.capitalize(), f"reason:{reason}") for reason in cue_words.HOLD_REASONS)
        case Verb.SEND_BACK:
            return tuple(Answer(reason.capitalize(), f"reason:{reason}") for reason in cue_words.BACK_REASONS)
        case _:
            return tuple(
                Answer(words, f"reason:{words.casefold()}")
                for words in ("Inspected and good", "Notice withdrawn")
            )
