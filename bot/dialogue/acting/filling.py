"""What was sent in a draft's form -> the sketch, or what is wrong by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from bot.dialogue.acting.finding import Finder, Scene, levels_of
from bot.dialogue.acting.sketch import Sketch, SketchLine, Spotted, Verb, changed, figure, ids
from bot.dialogue.acting.sketching import with_item
from bot.understanding.amounts import amount_of
from bot.understanding.composition import Targets
from bot.understanding.evidence import Mention
from bot.understanding.heard import discreet, marked
from bot.understanding.meaning import Meaning
from bot.understanding.naming import full_name
from bot.understanding.values import code_value, patient_of, person_of
from domain.errors import Invalid, NotFound
from domain.model.ids import ItemId, LotId, PlaceId, SupplierId
from domain.model.patient_text import PLAIN, Formats
from domain.usecases.act.requests import WasteReason

_LEVEL_NAMES = ("minimum", "reorder-point", "par", "maximum")


class FormError(Invalid):
    """What is wrong, by the field's name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def filled(
    sketch: Sketch, values: Mapping[str, str], *, finder: Finder, scene: Scene, formats: Formats = PLAIN
) -> Sketch:
    """``sketch`` as the form says. Raises FormError with what is wrong, by field."""
    errors: dict[str, str] = {}
    made = _places(sketch, values, errors, finder, scene)
    lines: list[SketchLine] = []
    for index, line in enumerate(made.lines or (SketchLine(),)):
        if values.get(f"drop:{index}") == "drop":
            continue
        if not made.lines and f"item:{index}" not in values:
            continue
        lines.append(_line(index, line, made, values, errors, finder, scene))
    if made.lines and not lines:
        errors["drop:0"] = "One line must stay; cancel the card instead."
    made = made.with_(lines=tuple(lines), split=())
    made = _targets(made, values, errors, finder, scene)
    reason = clean_reason(values.get("reason", ""), formats=formats)
    if reason:
        if made.verb is Verb.WASTE and reason not in {one.value for one in WasteReason}:
            errors["reason"] = "Choose one of the reasons."
        else:
            made = made.with_(reason=reason)
    if values.get("supplier", "").isdigit():
        try:
            made = made.with_(
                supplier=int(scene.uow.catalogue.supplier(SupplierId(int(values["supplier"]))).id)
            )
        except NotFound as error:
            errors["supplier"] = str(error)
    if "order" in values:
        made = made.with_(order=re.sub(r"[^\w./ -]", "", values["order"])[:80])
    if values.get("receipt"):
        digits = re.sub(r"\D", "", values["receipt"])
        if digits:
            made = made.with_(receipt=int(digits))
        else:
            errors["receipt"] = "A receipt’s number, as in R-12."
    if errors:
        raise FormError(errors)
    return made


def clean_reason(text: str, *, formats: Formats = PLAIN) -> str:
    """A reason without what may be a patient's number."""
    hidden, _ = discreet(marked(Meaning(" ".join(text.split())[:200], "out_of_scope", 1.0), formats=formats))
    return re.sub(r"\d{5,}", "…", hidden.text).strip()


def _places(
    sketch: Sketch, values: Mapping[str, str], errors: dict[str, str], finder: Finder, scene: Scene
) -> Sketch:
    tree = scene.uow.places.tree()
    for name in ("here", "there"):
        if name not in values:
            continue
        said = values[name].strip()
        spotted: Spotted = getattr(sketch, name)
        if not said:
            if sketch.verb in (Verb.REQUISITION, Verb.QUARANTINE) and name == "here":
                sketch = sketch.with_(here=Spotted())
            continue
        if spotted.place_id is not None and said in (
            tree.path(spotted.place_id),
            tree.get(spotted.place_id).name,
        ):
            continue
        by_path = [
            place.id
            for place in tree
            if tree.path(place.id) == said and place.facility_id == scene.person.facility_id
        ]
        found = Spotted(ids=ids(by_path)) if len(by_path) == 1 else finder.place(said, scene=scene)
        if found.place_id is None:
            near = ", ".join(tree.get(PlaceId(place)).name for place in found.ids[:3])
            errors[name] = f"I know no such place.{f' Do you mean {near}?' if near else ''}"[:150]
            continue
        sketch = sketch.with_(**{name: found})
        if name == "here":
            sketch = sketch.with_(lines=tuple(changed(line, place=None) for line in sketch.lines))
    return sketch


def _line(
    index: int,
    line: SketchLine,
    sketch: Sketch,
    values: Mapping[str, str],
    errors: dict[str, str],
    finder: Finder,
    scene: Scene,
) -> SketchLine:
    line = _item(index, line, sketch, values.get(f"item:{index}", "").strip(), errors, finder, scene)
    item = None if line.item_id is None else scene.uow.catalogue.get(line.item_id)
    unit = values.get(f"unit:{index}")
    if unit and item is not None and unit in levels_of(item):
        line = changed(line, unit="" if unit == item.base_unit else unit)
    if f"quantity:{index}" in values:
        said = values[f"quantity:{index}"].strip()
        amount = amount_of(said)
        if said.casefold() == "all":
            line = changed(line, everything=True, figure="", figures=(), share="")
        elif (
            amount is None
            or amount.quantity is None
            or (amount.quantity == 0 and sketch.verb is not Verb.COUNT)
        ):
            errors[f"quantity:{index}"] = "A figure, as in 3 or 1/2."
        else:
            line = changed(line, figure=figure(amount.quantity), figures=(), everything=False, share="")
    if any(f"{key}:{index}" in values for key in _LEVEL_NAMES):
        levels = tuple(
            (key, values[f"{key}:{index}"].strip())
            for key in _LEVEL_NAMES
            if values.get(f"{key}:{index}", "").strip()
        )
        for key, value in levels:
            if not value.isdigit() or len(value) > 7:
                errors[f"{key}:{index}"] = "A whole number."
        if not errors and not levels:
            errors[f"par:{index}"] = "One level at least."
        line = line if errors else changed(line, levels=levels)
    return _coded(index, line, sketch, values, errors, finder, scene)


def _item(
    index: int,
    line: SketchLine,
    sketch: Sketch,
    said: str,
    errors: dict[str, str],
    finder: Finder,
    scene: Scene,
) -> SketchLine:
    if not said:
        return line
    if said.isdigit() and int(said) in line.items:
        return with_item(line, scene.uow.catalogue.get(ItemId(int(said))), scene=scene)
    if line.item_id is not None and said == full_name(scene.uow.catalogue.get(line.item_id)):
        return line
    fits = finder.things(Mention(said), scene=scene, place_id=sketch.here.place_id)
    if not fits.items or fits.near:
        names = ", ".join(full_name(one) for one in scene.uow.catalogue.many(fits.items[:2]).values())
        errors[f"item:{index}"] = f"I find no such item.{f' Do you mean {names}?' if names else ''}"[:150]
        return line
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
        with_item(bare, scene.uow.catalogue.get(fits.items[0]), scene=scene) if len(fits.items) == 1 else bare
    )


def _coded(
    index: int,
    line: SketchLine,
    sketch: Sketch,
    values: Mapping[str, str],
    errors: dict[str, str],
    finder: Finder,
    scene: Scene,
) -> SketchLine:
    if sketch.verb is Verb.RECEIVE:
        if f"lot:{index}" in values:
            line = changed(line, number=re.sub(r"[^\w./-]", "", values[f"lot:{index}"]).upper()[:80])
        if f"serials:{index}" in values:
            serials = tuple(
                part.upper()[:80] for part in re.split(r"[\s,;]+", values[f"serials:{index}"]) if part
            )
            line = changed(line, serials=serials[:200])
        if values.get(f"expires:{index}"):
            try:
                line = changed(line, expires=date.fromisoformat(values[f"expires:{index}"]))
            except ValueError:
                errors[f"expires:{index}"] = "A date, as in 2027-03-31."
        return line
    if f"lot:{index}" not in values:
        return line
    said = values[f"lot:{index}"].strip()
    if not said:
        return changed(line, lots=(), lot_choices=(), number="", unknown=False)
    among = [ItemId(i) for i in line.items]
    lots, unknown = finder.lots(
        [code_value(part) for part in re.split(r"[\s,;]+", said) if part], among=among, scene=scene
    )
    fitting = [lot for lot in lots if not among or lot.item_id in among]
    if unknown or not fitting:
        errors[f"lot:{index}"] = "No such lot of this item was ever received."
        return line
    return changed(line, lots=ids(LotId(lot.id) for lot in fitting), lot_choices=(), number="", unknown=False)


def _targets(
    sketch: Sketch, values: Mapping[str, str], errors: dict[str, str], finder: Finder, scene: Scene
) -> Sketch:
    said = {name: values.get(name, "").strip() for name in ("case", "patient", "provider", "centre")}
    if not any(said.values()):
        return (
            sketch.with_(target_open=False, target_near=(), notes=())
            if sketch.target_open and "case" in values
            else sketch
        )
    targets = Targets(
        patients=(patient_of(said["patient"]),) if said["patient"] else (),
        cases=(code_value(said["case"], prefix="C"),) if said["case"] else (),
        providers=(person_of(said["provider"]),) if said["provider"] else (),
    )
    aim = finder.aim(targets, place_id=sketch.here.place_id, scene=scene, cost_centre=said["centre"])
    if aim.target is None:
        first = next(name for name, value in said.items() if value)
        errors[first] = aim.sentence[:150]
        return sketch
    return sketch.with_(target=aim.target, target_open=False, target_near=(), notes=())
