"""The form of a draft, with everything that can be changed or may be missing."""

from __future__ import annotations

from bot.dialogue.acting.finding import Scene, levels_of
from bot.dialogue.acting.sketch import Sketch, SketchLine, Spotted, Verb
from bot.understanding.naming import cut, full_name, telling_names
from bot.views.acting.shown import EditForm, Field, FieldKind
from domain.model.ids import ItemId
from domain.model.item import Tracking
from domain.usecases.act.plans import Plan, Problem, Weight
from domain.usecases.act.requests import WasteReason

_TITLES = {
    Verb.CONSUME: "Record a use", Verb.TRANSFER: "Move stock", Verb.RECEIVE: "Receive a delivery", Verb.WASTE: "Record waste",
    Verb.COUNT: "Count", Verb.REQUISITION: "Ask for supplies", Verb.SET_PAR: "Set a par level", Verb.QUARANTINE: "Put on hold",
    Verb.LIFT: "Lift a hold", Verb.RETURN: "Return to the shelf", Verb.SEND_BACK: "Send back", Verb.UNDO: "Undo",
    Verb.ARRIVE: "Arrived", Verb.REORDER: "Order from a supplier", Verb.SUBSCRIBE: "Tell me when",
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
    if verb in (Verb.SEND_BACK, Verb.REORDER):
        known = {
            offer.supplier_id: offer.supplier_name
            for item in scene.uow.catalogue.many([ItemId(i) for line in lines for i in line.items]).values()
            for offer in item.offers
        }
        options = tuple((cut(name), str(int(key))) for key, name in known.items())
        chosen = "" if sketch.supplier is None else str(sketch.supplier)
        if options:
            optional = verb is Verb.REORDER
            fields.append(Field("supplier", FieldKind.CHOICE, "Supplier", chosen, options, optional=optional))
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
    elif verb not in (Verb.REQUISITION, Verb.REORDER, Verb.SET_PAR, Verb.SUBSCRIBE):
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
