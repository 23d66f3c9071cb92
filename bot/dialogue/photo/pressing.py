"""Buttons and the form of photograph cards: which reading, which item, which way, what was done; and codes that are taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bot.dialogue.acting.drafting import Address, Channels, Drafting
from bot.dialogue.acting.finding import Finder, Scene
from bot.dialogue.acting.sketch import Sketch, Spotted, Verb
from bot.dialogue.acting.told import managers_of, told_at
from bot.dialogue.acting.turns import ActTurn, Elsewhere, Form, Press, Pressed, Submitted
from bot.dialogue.photo.body import ScanBody, read_scan
from bot.dialogue.photo.scans import Gone, Scans, way_of
from bot.dialogue.photo.showing import enrolment_card
from bot.understanding.evidence import Mention
from bot.understanding.naming import full_name
from bot.views.acting.forms import form as drawn_form
from bot.views.acting.shown import Closed, EditForm, Field, FieldKind
from bot.views.rendered import Notice
from bot.views.scanning import cards
from domain.errors import Invalid, NotFound, UnknownRecord
from domain.model.ids import ItemId
from domain.model.scanning import Enrolment, EnrolmentId, EnrolmentState, Scan, ScanId
from domain.ports import UnitOfWork
from domain.usecases.scan import enrolling
from domain.usecases.scan.matching import State

SCAN, ENROL = "scan:", "enrol:"
SEARCHED: Final = 8
JUST: Final = timedelta(hours=1)
"""So long a decision that is pressed again may be one whose answer was lost."""
CHANGED = "This card had changed before you clicked; here it is now."
LEFT = "Left as it is; nothing was recorded."
_UNREADABLE = "I can not read this button any more; please send the photograph again."


class Pressing:
    """Keeps no state."""

    def __init__(self, scans: Scans, drafting: Drafting, finder: Finder, *, channels: Channels) -> None:
        self._scans = scans
        self._drafting = drafting
        self._find = finder
        self._channels = channels

    # ---------------------------------------------------------------------------------------------- a scan

    def pressed(self, pressed: Pressed, *, at: Address, uow: UnitOfWork) -> Gone:
        """A button of a photograph's card. Raises errors of the one tree."""
        scan = uow.enrolments.scan(scan_of(pressed.subject), lock=True)
        body = read_scan(scan.body)
        if pressed.version != scan.version:
            if body.pieces and all(piece.left for piece in body.pieces):
                return Gone(ActTurn(self._drafting.views.closed(Closed(LEFT)), replaces=pressed.message))
            gone = self._scans.go_on(scan, body, at=at, uow=uow, replaces=pressed.message, notes=(CHANGED,))
            return self._asking(gone, body, at=at, uow=uow)
        if pressed.press is Press.CANCEL:
            return self._left(scan, body, at=at, message=pressed.message, uow=uow)
        if pressed.press is not Press.CHOOSE:
            raise UnknownRecord(_UNREADABLE)
        kind, _, rest = pressed.choice.partition(":")
        try:
            return self._chosen(kind, rest, scan, body, at=at, message=pressed.message, uow=uow)
        except (ValueError, IndexError):
            raise UnknownRecord(_UNREADABLE) from None

    def _chosen(
        self, kind: str, rest: str, scan: Scan, body: ScanBody, *, at: Address, message: str, uow: UnitOfWork
    ) -> Gone:
        first, _, value = rest.partition(":")
        match kind:
            case "do":
                # The card stays a card of the scan: who presses next acts for themselves, on what the labels say.
                verb = Verb(first)
                scene = self._drafting.scene(at.person, uow=uow)
                sketch = (body.sketch or Sketch(verb=verb, here=_home(scene))).with_(verb=verb)
                wanted = self._scans.routed(body.with_(sketch=sketch, settled=True, ask=None), scene)
                return self._with(scan, wanted, at=at, message=message, uow=uow)
            case "reading":
                label = body.pieces[int(first)].label
                chosen = replace(label.readings[int(value)], copies=label.copies)
                return self._with(
                    scan, body.with_piece(int(first), label=chosen), at=at, message=message, uow=uow
                )
            case "item":
                found = uow.catalogue.get(ItemId(int(value)))
                return self._with(
                    scan, body.with_piece(int(first), item=int(found.id)), at=at, message=message, uow=uow
                )
            case "way":
                return self._with(scan, _routed(body, rest, uow), at=at, message=message, uow=uow)
            case "teach":
                found = uow.catalogue.get(ItemId(int(value)))
                taught = body.with_piece(int(first), teaches=int(found.id), waits=None)
                if not found.packs:
                    return self._taught(
                        scan, taught, int(first), found.base_unit, at=at, message=message, uow=uow
                    )
                return self._with(scan, taught, at=at, message=message, uow=uow)
            case "pack":
                return self._taught(scan, body, int(first), value, at=at, message=message, uow=uow)
            case _:
                raise UnknownRecord(_UNREADABLE)

    def _with(self, scan: Scan, body: ScanBody, *, at: Address, message: str, uow: UnitOfWork) -> Gone:
        scan = self._scans.stored(scan, body, uow=uow)
        gone = self._scans.go_on(scan, body, at=at, uow=uow, replaces=message)
        uow.commit()
        return gone

    def _left(self, scan: Scan, body: ScanBody, *, at: Address, message: str, uow: UnitOfWork) -> Gone:
        """The label that is asked about is left out; with no other, the card is over."""
        states = self._scans.matches(body, uow=uow)
        asked = next((index for index, one in states if one.state is not State.KNOWN), None)
        if asked is None or len(states) < 2:
            body = body.with_(pieces=tuple(piece.model_copy(update={"left": True}) for piece in body.pieces))
            self._scans.stored(scan, body, uow=uow)
            uow.commit()
            return Gone(ActTurn(self._drafting.views.closed(Closed(LEFT)), replaces=message))
        return self._with(scan, body.with_piece(asked, left=True), at=at, message=message, uow=uow)

    # --------------------------------------------------------------------------------------------- the form

    def form(self, pressed: Pressed, *, uow: UnitOfWork) -> Form:
        """The form that finds the item of an unknown code. Raises Invalid where nothing is asked any more."""
        scan = uow.enrolments.scan(scan_of(pressed.subject))
        if pressed.version != scan.version or self._asked(read_scan(scan.body), uow) is None:
            raise Invalid("This card has changed since; please use the newer one.")
        field = Field(
            "what",
            FieldKind.TEXT,
            "Which item is it?",
            hint="Its name with its size, its item number or the maker's reference: “16 fr foley”, “10442”.",
            longest=120,
        )
        note = "I look it up, you say which one it is, and I learn the code once somebody who may has confirmed it."
        return Form("edit", drawn_form(EditForm("Find the item", "Look it up", (field,), note)))

    def check(self, submitted: Submitted, *, uow: UnitOfWork) -> Mapping[str, str]:
        """What is wrong with the form."""
        scene = self._drafting.scene(submitted.person, uow=uow)
        said = submitted.values.get("what", "").strip()
        if not said:
            return {"what": "Say what it is."}
        return (
            {}
            if self._looked(said, scene)
            else {"what": "I find no such item. Try its size, or its item number."}
        )

    def submitted(self, submitted: Submitted, *, at: Address, uow: UnitOfWork) -> Gone:
        """The items that were found, to choose from."""
        scan = uow.enrolments.scan(scan_of(submitted.subject), lock=True)
        body = read_scan(scan.body)
        index = self._asked(body, uow)
        scene = self._drafting.scene(at.person, uow=uow)
        found = self._looked(submitted.values.get("what", "").strip(), scene)
        if index is None or not found:
            return self._scans.go_on(scan, body, at=at, uow=uow, replaces=submitted.message)
        taught = body.with_piece(index, found=found, teaches=None, waits=None)
        return self._with(scan, taught, at=at, message=submitted.message, uow=uow)

    def _looked(self, said: str, scene: Scene) -> tuple[int, ...]:
        fits = self._find.things(Mention(said), scene=scene, place_id=None)
        found = [int(item) for item in fits.items]
        number = scene.uow.enrolments.numbered(said)
        if number is not None:
            found.insert(0, int(number))
        return tuple(dict.fromkeys(found))[:SEARCHED]

    def _asked(self, body: ScanBody, uow: UnitOfWork) -> int | None:
        return next(
            (index for index, one in self._scans.matches(body, uow=uow) if one.state is State.UNKNOWN), None
        )

    # -------------------------------------------------------------------------------------------- teaching

    def _taught(
        self, scan: Scan, body: ScanBody, index: int, unit: str, *, at: Address, message: str, uow: UnitOfWork
    ) -> Gone:
        """Proposed; and believed at once where who says it may teach codes."""
        piece = body.pieces[index]
        if piece.teaches is None:
            raise UnknownRecord(_UNREADABLE)
        now = self._drafting.now()
        enrolment = enrolling.propose(
            piece.label,
            item_id=ItemId(piece.teaches),
            pack_unit=unit,
            scan_id=scan.id,
            actor=at.person,
            now=now,
            uow=uow,
        )
        name = full_name(uow.catalogue.get(enrolment.item_id))
        body = body.with_piece(index, waits=int(enrolment.id), found=())
        scan = self._scans.stored(scan, body, uow=uow)
        barred = enrolling.barred(actor=at.person, place_id=None, uow=uow)
        if barred is None:
            enrolling.confirm(enrolment.id, actor=at.person, now=now, uow=uow)
            note = f"Learnt: this code is {name}, by the {enrolment.identifier.pack_unit}."
            gone = self._scans.go_on(scan, body, at=at, uow=uow, replaces=message, notes=(note,))
            uow.commit()
            return gone
        gone = self._scans.go_on(scan, body, at=at, uow=uow, replaces=message)
        uow.commit()
        return self._asking(gone, body, at=at, uow=uow)

    def _asking(self, gone: Gone, body: ScanBody, *, at: Address, uow: UnitOfWork) -> Gone:
        """``gone`` with the proposals that wait, to those who decide: once each, also where the first answer was lost on its way."""
        told: list[Elsewhere] = []
        for piece in body.pieces:
            enrolment = None if piece.waits is None else uow.enrolments.get(EnrolmentId(piece.waits))
            if enrolment is None or enrolment.state is not EnrolmentState.PROPOSED:
                continue
            if enrolment.proposed_by != at.person.id:
                continue
            card = cards.enrolment(enrolment_card(enrolment, scene=self._drafting.scene(at.person, uow=uow)))
            once = f"enrol:{int(enrolment.id)}"
            # Where nobody can be reached elsewhere, whoever may decides here.
            told += [Elsewhere(who, card, key=who, once=once) for who in self._deciders(at, uow=uow)] or [
                Elsewhere(at.channel, card, at.thread, key="here", once=once)
            ]
        if gone.turn is None or not told:
            return gone
        return replace(gone, turn=replace(gone.turn, told=(*gone.turn.told, *told)))

    def _deciders(self, at: Address, *, uow: UnitOfWork) -> tuple[str, ...]:
        """The channel of the person's place, else the managers around it."""
        home = at.person.home_place_id or uow.places.facility(at.person.facility_id).place_id
        channel = self._channels.of(home)
        if channel:
            return (channel,)
        managers = tuple(person.slack_user_id or "" for person in managers_of(home, uow=uow))
        first = told_at(home, channels=self._channels, uow=uow)
        own = at.person.slack_user_id or ""
        return tuple(who for who in (managers[:1] or (first,)) if who and who != own)

    def decided(
        self, pressed: Pressed, *, at: Address, uow: UnitOfWork
    ) -> tuple[ActTurn, Gone | None, Scan | None]:
        """A press below a proposal: its card afterwards, and what the scan that waited for it comes to."""
        try:
            number = EnrolmentId(int(pressed.subject.removeprefix(ENROL)))
        except ValueError:
            raise UnknownRecord(_UNREADABLE) from None
        now = self._drafting.now()
        if pressed.press is Press.CONFIRM:
            found = enrolling.confirm(number, actor=at.person, now=now, uow=uow)
        elif pressed.press is Press.CANCEL:
            found = enrolling.refuse(number, actor=at.person, now=now, uow=uow)
        else:
            raise UnknownRecord(_UNREADABLE)
        enrolment = found.enrolment
        scene = self._drafting.scene(at.person, uow=uow)
        by = (
            None
            if enrolment.decided_by is None
            else uow.people.many([enrolment.decided_by]).get(enrolment.decided_by)
        )
        name = by.name if by is not None else "Somebody"
        confirmed = enrolment.state is EnrolmentState.CONFIRMED
        text = (
            f"{name} confirmed it: I know this code now."
            if confirmed
            else f"{name} said that it is not so; nothing was learnt."
        )
        card = ActTurn(
            cards.enrolment(enrolment_card(enrolment, scene=scene, decided=text)), replaces=pressed.message
        )
        gone: Gone | None = None
        waiting: Scan | None = None
        if found.first or _just(enrolment, now):
            gone, waiting = self._resumed(enrolment.scan_id, text, number=number, first=found.first, uow=uow)
        uow.commit()
        return card, gone, waiting

    def _resumed(
        self, scan_id: ScanId, text: str, *, number: EnrolmentId, first: bool, uow: UnitOfWork
    ) -> tuple[Gone | None, Scan | None]:
        """The scan goes on for whoever sent it, where it stands; not ``first``: as it went on then, should that answer be lost."""
        try:
            scan = uow.enrolments.scan(scan_id, lock=True)
            body = read_scan(scan.body)
        except NotFound:
            return None, None
        person = uow.people.many([scan.person_id]).get(scan.person_id)
        if person is None or all(piece.left for piece in body.pieces):
            return None, None
        at = Address(scan.channel, scan.thread, person, f"{ENROL}{int(number)}", scan.private)
        if first:
            scan = self._scans.stored(scan, body, uow=uow)
        return self._scans.go_on(scan, body, at=at, uow=uow, notes=(text,)), scan

    def notice(self, text: str) -> ActTurn:
        return ActTurn(self._drafting.views.notice(Notice(text)), alone=True)


def scan_of(subject: str) -> ScanId:
    """Raises UnknownRecord for what is no scan's id."""
    try:
        return ScanId(UUID(subject.removeprefix(SCAN)))
    except ValueError:
        raise UnknownRecord(_UNREADABLE) from None


def _just(enrolment: Enrolment, now: datetime) -> bool:
    return enrolment.decided_at is not None and now - enrolment.decided_at < JUST


def _home(scene: Scene) -> Spotted:
    home = scene.person.home_place_id
    return Spotted(ids=() if home is None else (int(home),), assumed=True)


def _routed(body: ScanBody, choice: str, uow: UnitOfWork) -> ScanBody:
    """The ends of a move as a button says. Raises ValueError, UnknownPlace."""
    if body.sketch is None:
        raise ValueError(choice)
    start, end = way_of(choice)
    sketch = body.sketch
    if start is not None:
        sketch = sketch.with_(here=Spotted(ids=(int(uow.places.tree().get(start).id),)))
    if end is not None:
        sketch = sketch.with_(there=Spotted(ids=(int(uow.places.tree().get(end).id),)))
    return body.with_(sketch=sketch, way=True)
