"""The form of a draft: its fields from the sketch, and the sketch from what was sent. One form holds everything that may be missing."""

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
from bot.understanding.heard import discreet
from bot.understanding.meaning import Meaning
from bot.understanding.naming import cut, full_name, telling_names
from bot.understanding.values import code_value, patient_of, person_of
from bot.views.acting.shown import EditForm, Field, FieldKind
from domain.errors import Invalid, NotFound
from domain.model.ids import ItemId, LotId, PlaceId, SupplierId
from domain.model.item import Tracking
from domain.usecases.act.plans import Plan, Problem, Weight
from domain.usecases.act.requests import WasteReason

_TITLES = {
    Verb.CONSUME: "Record a use", Verb.TRANSFER: "Move stock", Verb.RECEIVE: "Receive a delivery", Verb.WASTE: "Record waste",
    Verb.COUNT: "Count", Verb.REQUISITION: "Ask for supplies", Verb.SET_PAR: "Set a par level", Verb.QUARANTINE: "Put on hold",
    Verb.LIFT: "Lift a hold", Verb.RETURN: "Return to the shelf", Verb.SEND_BACK: "Send back", Verb.UNDO: "Undo",
    Verb.ARRIVE: "Arrived", Verb.SUBSCRIBE: "Tell me when",
}  # fmt: skip
_HERE = {
    Verb.CONSUME: "Taken from", Verb.TRANSFER: "From", Verb.RECEIVE: "Put at", Verb.WASTE: "Taken from", Verb.COUNT: "Place",
    Verb.REQUISITION: "From (empty: the store that has it)", Verb.SET_PAR: "For", Verb.RETURN: "Put back at", Verb.SEND_BACK: "From",
    Verb.QUARANTINE: "At (empty: everywhere)",
}  # fmt: skip
_TARGETED = frozenset({Verb.CONSUME, Verb.WASTE, Verb.RETURN})
_QUANTIFIED = frozenset(Verb) - {Verb.SET_PAR, Verb.QUARANTINE, Verb.SUBSCRIBE}
_LEVELS = (("minimum", "Minimum"), ("reorder-point", "Reorder point"), ("par", "Par"), ("maximum", "Maximum"))
_SHORT = 100
_MOST_LINES = 12


def edit_form(sketch: Sketch, *, scene: Scene, private: bool) -> EditForm:
    """Everything of the draft that can be changed or is missing."""
    verb = sketch.verb
    fields: list[Field] = []
    lines = sketch.lines or ((SketchLine(),) if verb not in (Verb.UNDO, Verb.ARRIVE, Verb.LIFT) else ())
    many = len(lines) > 1
    for index, line in enumerate(lines[:_MOST_LINES]):
        fields += _line_fields(index, line, sketch, scene, number=f"{index + 1}. " if many else "")
    tree = scene.uow.places.tree()

    def path(spotted: Spotted) -> str:
        return (
            "" if spotted.place_id is None else tree.path(spotted.place_id) or tree.get(spotted.place_id).name
        )

    if verb in _HERE:
        optional = verb in (Verb.REQUISITION, Verb.QUARANTINE)
        fields.append(
            Field("here", FieldKind.TEXT, _HERE[verb], path(sketch.here), optional=optional, longest=_SHORT)
        )
    if verb in (Verb.TRANSFER, Verb.REQUISITION):
        fields.append(Field("there", FieldKind.TEXT, "To", path(sketch.there), longest=_SHORT))
    if verb in _TARGETED:
        keep = (
            "Leave empty to keep it as it is."
            if sketch.target is not None
            else "Empty: the unit’s cost centre."
        )
        fields += [
            Field("case", FieldKind.TEXT, "Case", "", hint=keep, optional=True, longest=30),
            Field(
                "patient",
                FieldKind.TEXT,
                "Patient or encounter number",
                "",
                optional=True,
                private=True,
                longest=30,
            ),
            Field("provider", FieldKind.TEXT, "Surgeon or provider", "", optional=True, longest=60),
            Field("centre", FieldKind.TEXT, "Cost centre", "", optional=True, longest=60),
        ]
    if verb is Verb.WASTE:
        fields.append(_choice("reason", "Reason", sketch.reason, [reason.value for reason in WasteReason]))
    elif verb in (Verb.QUARANTINE, Verb.SEND_BACK, Verb.LIFT):
        fields.append(
            Field("reason", FieldKind.TEXT, "Reason", sketch.reason, hint="Name no patient.", longest=150)
        )
    if verb is Verb.SEND_BACK:
        known = {
            offer.supplier_id: offer.supplier_name
            for item in scene.uow.catalogue.many([ItemId(i) for line in lines for i in line.items]).values()
            for offer in item.offers
        }
        options = tuple((cut(name), str(int(key))) for key, name in known.items())
        chosen = "" if sketch.supplier is None else str(sketch.supplier)
        if options:
            fields.append(Field("supplier", FieldKind.CHOICE, "Supplier", chosen, options))
    if verb in (Verb.RECEIVE, Verb.SEND_BACK):
        label = "Order number" if verb is Verb.RECEIVE else "Supplier’s return number"
        fields.append(Field("order", FieldKind.TEXT, label, sketch.order, optional=True, longest=40))
    if verb in (Verb.UNDO, Verb.ARRIVE):
        fields.append(
            Field(
                "receipt",
                FieldKind.TEXT,
                "Receipt",
                "" if sketch.receipt is None else f"R-{sketch.receipt}",
                longest=20,
            )
        )
    note = (
        ""
        if private or verb not in _TARGETED
        else "A patient number typed here is sealed; nobody in the channel sees it."
    )
    return EditForm(_TITLES[verb], "Read back", tuple(fields), note)


def _line_fields(index: int, line: SketchLine, sketch: Sketch, scene: Scene, *, number: str) -> list[Field]:
    verb = sketch.verb
    items = list(scene.uow.catalogue.many([ItemId(i) for i in line.items]).values())
    item = items[0] if line.item_id is not None else None
    fields: list[Field] = []
    if item is None and items:
        by_id = {one.id: one for one in items}
        ordered = [by_id[ItemId(i)] for i in line.items if ItemId(i) in by_id]
        options = tuple(
            (label, str(int(one.id))) for one, label in zip(ordered, telling_names(ordered), strict=True)
        )
        fields.append(Field(f"item:{index}", FieldKind.CHOICE, f"{number}Item", "", options))
    else:
        name = "" if item is None else full_name(item)
        fields.append(
            Field(
                f"item:{index}",
                FieldKind.TEXT,
                f"{number}Item",
                name,
                hint="Name and size, or a number.",
                longest=_SHORT,
            )
        )
    if verb in _QUANTIFIED:
        value = "all" if line.everything else line.figure
        fields.append(Field(f"quantity:{index}", FieldKind.NUMBER, f"{number}How many", value, longest=12))
        if item is not None and len(levels_of(item)) > 1:
            chosen = line.unit if line.unit in levels_of(item) else item.base_unit
            fields.append(_choice(f"unit:{index}", f"{number}Unit", chosen, list(levels_of(item))))
    if verb is Verb.SET_PAR:
        levels = dict(line.levels)
        fields += [
            Field(
                f"{key}:{index}",
                FieldKind.NUMBER,
                f"{number}{label}",
                levels.get(key, ""),
                optional=True,
                longest=7,
            )
            for key, label in _LEVELS
        ]
    if verb is Verb.RECEIVE:
        tracked = Tracking.NONE if item is None else item.tracking
        if tracked is not Tracking.SERIAL:
            fields.append(
                Field(
                    f"lot:{index}",
                    FieldKind.TEXT,
                    f"{number}Lot number",
                    line.number,
                    optional=tracked is Tracking.NONE,
                    longest=40,
                )
            )
        else:
            said = " ".join(line.serials)
            fields.append(
                Field(
                    f"serials:{index}",
                    FieldKind.LONG_TEXT,
                    f"{number}Serial numbers",
                    said,
                    hint="One a piece.",
                    longest=1500,
                )
            )
        expires = "" if line.expires is None else line.expires.isoformat()
        fields.append(Field(f"expires:{index}", FieldKind.DATE, f"{number}Expires", expires, optional=True))
    elif verb not in (Verb.REQUISITION, Verb.SET_PAR, Verb.SUBSCRIBE):
        lots = [scene.uow.lots.get(lot) for lot in line.lot_ids]
        said = ", ".join(lot.number or lot.serial for lot in lots) or (line.number if line.unknown else "")
        fields.append(
            Field(
                f"lot:{index}",
                FieldKind.TEXT,
                f"{number}Lot",
                said,
                hint="Empty: first to expire.",
                optional=True,
                longest=80,
            )
        )
    if len(sketch.lines) > 1:
        fields.append(
            Field(
                f"drop:{index}",
                FieldKind.CHOICE,
                f"{number}Keep this line?",
                "keep",
                (("Keep", "keep"), ("Leave out", "drop")),
            )
        )
    return fields


def _choice(name: str, label: str, value: str, options: list[str]) -> Field:
    return Field(
        name, FieldKind.CHOICE, label, value, tuple((option.capitalize(), option) for option in options)
    )


def override_form(plan: Plan) -> EditForm:
    """What is overridden, and the reason for it."""
    barred = [problem for problem in plan.problems if problem.weight is Weight.OVERRIDABLE]
    note = " ".join(_once(barred)) or "This needs a reason."
    fields = (
        Field(
            "reason",
            FieldKind.LONG_TEXT,
            "Why is it done all the same?",
            hint="Kept in the audit trail. Name no patient.",
            longest=300,
        ),
    )
    return EditForm("Override", "Do it", fields, note)


def _once(problems: list[Problem]) -> list[str]:
    return list(dict.fromkeys(problem.sentence for problem in problems))


class FormError(Invalid):
    """What is wrong, by the field's name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def filled(sketch: Sketch, values: Mapping[str, str], *, finder: Finder, scene: Scene) -> Sketch:
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
    reason = clean_reason(values.get("reason", ""))
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


def clean_reason(text: str) -> str:
    """A reason without what may be a patient's number."""
    hidden, _ = discreet(Meaning(" ".join(text.split())[:200], "out_of_scope", 1.0))
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
    if any(f"{key}:{index}" in values for key, _ in _LEVELS):
        levels = tuple(
            (key, values[f"{key}:{index}"].strip())
            for key, _ in _LEVELS
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
