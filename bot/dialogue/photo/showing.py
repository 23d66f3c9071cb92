"""Matches and what is open about them as the values that the views draw."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.acting.finding import Scene
from bot.dialogue.photo.body import ScanBody
from bot.dialogue.tokens import encode
from bot.understanding.draft import Draft
from bot.understanding.draft import Verb as Question
from bot.understanding.naming import full_name
from bot.views.acting.shown import Answer
from bot.views.scanning.shown import EnrolmentShown, LabelShown, ScanShown
from bot.views.words import day, quantity
from domain.model.ids import ItemId, PlaceId
from domain.model.item import IdentifierKind, Item, Tracking
from domain.model.scanning import Enrolment, Scan
from domain.udi.reading import Doubt
from domain.usecases.ask.reach import reach
from domain.usecases.ask.shelves import item_ref
from domain.usecases.scan.labels import Label, with_check
from domain.usecases.scan.matching import Fit, Match, State, differences, lots_of, named_lot

DEEDS = (
    ("Use", "do:consume"),
    ("Move", "do:transfer"),
    ("Receive", "do:receive"),
    ("Count", "do:count"),
)
_REMARKED = {
    Doubt.PLAIN_GTIN: "The code names neither lot nor expiry date.",
    Doubt.DAY_UNKNOWN: "The label gives no day: the last of the month is taken.",
    Doubt.CHECK_DIGIT: "The code's check digit is wrong: compare it with the label.",
    Doubt.TWICE: "The code says something twice, and differently: compare it with the label.",
    Doubt.NOT_A_DATE: "A date in the code is in no calendar.",
    Doubt.TOO_LONG: "A part of the code is longer than it may be: compare lot and serial with the label.",
}


def code_of(label: Label) -> str:
    """The code as it stands on the label; "" where it may not be shown."""
    if label.kind is None:
        return label.value
    return with_check(label.kind, label.value) if label.kind is IdentifierKind.HIBC else label.shown


def scan_card(
    scan: Scan,
    body: ScanBody,
    matches: Sequence[Match],
    *,
    scene: Scene,
    question: str = "",
    answers: tuple[Answer, ...] = (),
    search: bool = False,
    notes: Sequence[str] = (),
    small_print: str = "",
) -> ScanShown:
    """The card of a scan as it stands."""
    items = tuple(dict.fromkeys(one.thing.item_id for one in matches if one.thing is not None))
    look = reach((), asker=scene.person, uow=scene.uow)
    return ScanShown(
        subject=f"scan:{scan.id}",
        version=scan.version,
        labels=tuple(_label(one, scene, asked=bool(question)) for one in matches),
        today=scene.today,
        places=tuple(look.ref(place) for place in known_places(body, scene)),
        question=question,
        answers=answers,
        find=encode(Draft(Question.FIND, items)) if items and not question else "",
        search=search,
        notes=tuple(notes),
        small_print=small_print,
    )


def known_places(body: ScanBody, scene: Scene) -> tuple[PlaceId, ...]:
    """The places whose labels are in the picture, as far as there are such places."""
    tree = scene.uow.places.tree()
    return tuple(PlaceId(place) for place in body.places if PlaceId(place) in tree)


def _label(one: Match, scene: Scene, *, asked: bool) -> LabelShown:
    label, fit = one.label, one.thing
    remarks = [text for doubt in label.doubts if (text := _REMARKED.get(doubt, ""))]
    if fit is None:
        ambiguous = one.state is State.AMBIGUOUS
        return LabelShown(
            None,
            code=code_of(label),
            lot="" if ambiguous else label.lot,
            serial="" if ambiguous else label.serial,
            expires_on=None if ambiguous else label.expires_on,
            copies=label.copies,
            remarks=tuple(remarks),
        )
    item = scene.uow.catalogue.get(fit.item_id)
    if one.state is State.AMBIGUOUS:
        ways = " or ".join(_read(reading, scene) for reading in label.readings)
        said = (
            f"The code can be read in {len(label.readings)} ways: {ways}. I ask before anything is recorded."
        )
        return LabelShown(
            item_ref(item),
            pack=fit.unit,
            holds=holds_of(item, fit.unit),
            copies=label.copies,
            remarks=() if asked else (said,),
        )
    lots = [scene.uow.lots.get(lot) for lot in fit.lots]
    warnings = list(differences(label, lots, today=scene.today))
    number = named_lot(label, item)
    if number and not lots:
        remarks.append(
            f"{'Serial' if item.tracking is Tracking.SERIAL else 'Lot'} {number} was never received here."
        )
    holds = scene.uow.holds.over(scene.person.facility_id, lot_ids=fit.lots, item_ids=[fit.item_id])
    for hold in holds:
        what = "recalled" if hold.recalled else "on hold"
        warnings.append(f"This is {what} ({hold.number}): {hold.reason}. Do not use it.")
    expires = label.expires_on or next((lot.expires_on for lot in lots if lot.expires_on), None)
    return LabelShown(
        item_ref(item),
        pack=fit.unit,
        holds=holds_of(item, fit.unit),
        lot=label.lot,
        serial=label.serial,
        expires_on=expires,
        counted="" if label.quantity is None else f"{label.quantity} inside by its code",
        copies=label.copies,
        warnings=tuple(warnings),
        remarks=tuple(remarks),
    )


def holds_of(item: Item, unit: str) -> str:
    """ "50 pairs"; "" for a base unit."""
    size = item.pack(unit or item.base_unit).quantity
    return "" if size == 1 else quantity(size, item.base_unit)


def readings(index: int, one: Match, scene: Scene) -> tuple[Answer, ...]:
    """All readings of an ambiguous code, none of them chosen; one whose lot the books know says so and stands first."""
    fit = one.thing
    item = None if fit is None else scene.uow.catalogue.get(fit.item_id)
    answers: list[tuple[bool, Answer]] = []
    for number, reading in enumerate(one.label.readings[:4]):
        known = item is not None and bool(lots_of(reading, item, uow=scene.uow))
        said = _read(reading, scene)
        label = f"{said[:1].upper()}{said[1:]}{' (known here)' if known else ''}"
        answers.append((known, Answer(label[:75], f"reading:{index}:{number}")))
    return tuple(answer for _, answer in sorted(answers, key=lambda each: not each[0]))


def _read(label: Label, scene: Scene) -> str:
    said = [
        f"lot {label.lot}" if label.lot else "",
        f"serial {label.serial}" if label.serial else "",
        f"expires {day(label.expires_on, today=scene.today)}" if label.expires_on else "",
        f"{label.quantity} inside" if label.quantity is not None else "",
    ]
    return ", ".join(filter(None, said)) or code_of(label) or "nothing more"


def several(index: int, fits: Sequence[Fit], scene: Scene) -> tuple[Answer, ...]:
    """Which of the makers that use one number."""
    answers = []
    for fit in fits[:10]:
        item = scene.uow.catalogue.get(fit.item_id)
        maker = f"{item.manufacturer}: " if item.manufacturer else ""
        answers.append(
            Answer(
                f"{maker}{full_name(item)}"[:75], f"item:{index}:{int(fit.item_id)}", f"item {item.number}"
            )
        )
    return tuple(answers)


def candidates(index: int, items: Sequence[int], scene: Scene) -> tuple[Answer, ...]:
    """Items that an unknown code may be."""
    found = scene.uow.catalogue.many([ItemId(item) for item in items])
    return tuple(
        Answer(full_name(item)[:75], f"teach:{index}:{int(item.id)}", f"item {item.number}")
        for item in found.values()
    )


def packs(index: int, item: Item) -> tuple[Answer, ...]:
    """By which pack an unknown code is."""
    levels = dict.fromkeys((item.base_unit, *(pack.unit for pack in item.packs)))
    answers = []
    for unit in levels:
        holds = holds_of(item, unit)
        label = f"A {unit} of {holds}" if holds else f"One {unit}"
        answers.append(Answer(label[:75], f"pack:{index}:{unit}"))
    return tuple(answers)


def enrolment_card(enrolment: Enrolment, *, scene: Scene, decided: str = "") -> EnrolmentShown:
    """A proposal as those who decide it see it."""
    item = scene.uow.catalogue.get(enrolment.item_id)
    identifier = enrolment.identifier
    proposer = scene.uow.people.many([enrolment.proposed_by]).get(enrolment.proposed_by)
    shown = (
        f"(01){identifier.value}"
        if identifier.kind is IdentifierKind.GTIN
        else with_check(identifier.kind, identifier.value)
    )
    return EnrolmentShown(
        subject=f"enrol:{int(enrolment.id)}",
        code=shown,
        item=item_ref(item),
        pack=identifier.pack_unit,
        holds=holds_of(item, identifier.pack_unit),
        proposer="" if proposer is None else proposer.name,
        decided=decided,
    )
