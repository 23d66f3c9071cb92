"""A message with labels, from photographs or typed: kept as a scan, its words understood, then asked about or acted on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.dialogue.acting import cue_words
from bot.dialogue.acting.drafting import Address, Drafting
from bot.dialogue.acting.finding import Finder, Scene
from bot.dialogue.acting.pieces import Pieces, pieces_of
from bot.dialogue.acting.sketch import Sketch, SketchLine, Spotted, Verb, changed, read_body
from bot.dialogue.acting.sketching import Before, Sketcher
from bot.dialogue.memory import Memory, stored
from bot.dialogue.photo.body import MOST_LABELS, Piece, ScanBody, read_scan, scan_id, written
from bot.dialogue.photo.captions import Caption, caption_of
from bot.dialogue.photo.scans import Gone, Scans
from bot.dialogue.photo.seen import HIDDEN, Sighted
from bot.dialogue.table import TABLE, Kind
from bot.dialogue.turn import Heard
from bot.understanding.composing import compose
from bot.understanding.draft import Draft
from bot.understanding.draft import Verb as Question
from bot.understanding.heard import discreet
from bot.understanding.meaning import Meaning
from bot.understanding.naming import full_name
from bot.understanding.outcome import Subject
from bot.understanding.plain import courtesy
from domain.errors import UnknownRecord
from domain.model.patient_text import PLAIN, Formats
from domain.model.receipt import ActionDraft
from domain.model.scanning import Scan
from domain.ports import ThreadState, UnitOfWork
from domain.usecases.scan.labels import Label, may_be_shown
from domain.usecases.scan.matching import State, match

STILL_MEANT: Final = timedelta(minutes=30)
"""So long after a photograph "used 2 for C-991" is about it."""
JUST_MADE: Final = timedelta(minutes=5)
"""Outside of threads everything stands one below the other: there only so long a card waits for further photographs."""
_INTENTS: Final = {
    Verb.CONSUME: "consume", Verb.TRANSFER: "transfer", Verb.RECEIVE: "receive", Verb.WASTE: "waste", Verb.COUNT: "count",
    Verb.REQUISITION: "requisition", Verb.RETURN: "transfer", Verb.QUARANTINE: "quarantine",
}  # fmt: skip
_THIS: Final = re.compile(r"\b(?:this|that|these|those)(?: ones?| items?)?\b|\b(?:it|them)\b", re.IGNORECASE)
_TS: Final = re.compile(r"\d{9,11}\.\d{6}$")
_OF_THINGS: Final = frozenset({*_INTENTS, Verb.SEND_BACK})
_SURE: Final = 0.7
"""So sure the language model has to be of an action where the words themselves show none."""


@dataclass(frozen=True, slots=True)
class Came:
    """What a message with labels came to: ``gone``; or it is left to the rest of the dialogue, ``state`` being what the thread is
    about.
    """

    gone: Gone | None = None
    state: ThreadState | None = None
    nothing: bool = False
    words: str = ""
    """What was said, "this" being called by its name: for the rest of the dialogue."""


class Listening:
    """Keeps no state."""

    def __init__(self, scans: Scans, drafting: Drafting, finder: Finder, *, formats: Formats = PLAIN) -> None:
        self._scans = scans
        self._drafting = drafting
        self._find = finder
        self._sketcher = Sketcher(finder)
        self._formats = formats

    # ----------------------------------------------------------------------------------------- new labels

    def labels(self, heard: Heard, sight: Sighted, meaning: Meaning | None, *, uow: UnitOfWork) -> Came:
        """``meaning`` are the words beside the labels, None where there are none. Commits the scan with what comes of it."""
        at = _address(heard)
        kept, hidden = self._shown(sight.labels, uow=uow)
        places = tuple(
            int(place.place_id)
            for place in sight.places
            if place.facility_id == at.person.facility_id and place.place_id in uow.places.tree()
        )
        notes = (*sight.notes, *((HIDDEN,) if hidden else ()))
        if not kept and not places:
            return Came(nothing=True)
        scene = self._drafting.scene(at.person, uow=uow)
        caption = caption_of(meaning.text) if meaning is not None else Caption()
        body = ScanBody(
            pieces=tuple(Piece(label=label) for label in kept[:MOST_LABELS]),
            places=places,
            ask=caption.ask,
            each=caption.each,
            here=caption.here,
        )
        alone = False
        if meaning is not None and caption.ask is not None:
            place = pieces_of(caption.rest.rstrip(" ?.!"), finder=self._find, scene=scene).place_id
            body = body.with_(where=None if place is None else int(place))
        if meaning is not None and caption.ask is None:
            body = self._worded(body, caption, meaning, scene=scene)
            alone = not at.private and discreet(meaning)[1]
        body = self._completing(body, at, uow=uow)
        body = self._scans.routed(body, scene)
        if body.sketch is None and body.ask is None and meaning is not None and _wants_more(meaning):
            return Came(state=self._about(body, heard, uow=uow), words=self._named(body, meaning, uow=uow))
        scan = uow.enrolments.keep(
            Scan(
                id=scan_id(heard.event_id),
                facility_id=at.person.facility_id,
                person_id=at.person.id,
                channel=heard.channel,
                thread=heard.thread,
                body=written(body),
                made_at=self._drafting.now(),
                private=heard.private,
            )
        )
        body = read_scan(scan.body)
        gone = (
            self._onto(body, at=at, notes=notes, uow=uow) if not body.settled and body.ask is None else None
        )
        if gone is None:
            gone = self._scans.go_on(scan, body, at=at, uow=uow, meaning=meaning, notes=notes, alone=alone)
        uow.commit()
        return Came(gone, state=self._about(body, heard, uow=uow))

    def _shown(self, labels: tuple[Label, ...], *, uow: UnitOfWork) -> tuple[list[Label], int]:
        """Labels that may be kept and shown: product codes, and bare codes that the catalogue has; how many are left out."""
        kept: list[Label] = []
        for label in labels:
            if label.kind is None and label.value and not label.readings:
                known = match(label, uow=uow).state is not State.UNKNOWN
                if not known and not may_be_shown(label, formats=self._formats):
                    continue
            kept.append(label)
        return kept, len(labels) - len(kept)

    def _completing(self, body: ScanBody, at: Address, *, uow: UnitOfWork) -> ScanBody:
        """A label's other code, photographed after the one with the product."""
        if len(body.pieces) != 1 or body.pieces[0].label.value or body.pieces[0].label.readings:
            return body
        before = self._fresh(at, uow=uow)
        if before is None:
            return body
        old, loose = read_scan(before.body), body.pieces[0].label
        bare = [p for p in old.pieces if p.label.value and not (p.label.lot or p.label.serial)]
        if len(old.pieces) != 1 or len(bare) != 1:
            return body
        whole = replace(
            bare[0].label,
            lot=loose.lot,
            serial=loose.serial,
            expires_on=loose.expires_on or bare[0].label.expires_on,
        )
        joined = body.with_(
            pieces=(bare[0].model_copy(update={"label": whole}),), places=body.places or old.places
        )
        if joined.sketch is None and joined.ask is None:
            joined = joined.with_(sketch=old.sketch, settled=old.settled, ask=old.ask, each=old.each)
        return joined

    def _onto(self, body: ScanBody, *, at: Address, notes: tuple[str, ...], uow: UnitOfWork) -> Gone | None:
        """A photograph without an action of its own, into the card that is open in its thread."""
        begun = self._drafting.begun(at.event_id, uow=uow)
        if begun is not None:
            # Worked on before, and the answer was lost: the card that was made then is the one.
            return Gone(
                self._drafting.new(
                    read_body(begun.body), at=at, uow=uow, notes=("Added from the photograph.", *notes)
                )
            )
        since = self._drafting.now() - (STILL_MEANT if at.thread else JUST_MADE)
        drafts = [
            draft
            for draft in uow.drafts.open_in(at.channel, at.thread)
            if not self._drafting.lapsed(draft) and draft.made_at >= since and _stood(draft, at.event_id)
        ]
        matches = self._scans.matches(body, uow=uow)
        settled = [one for _, one in matches if one.fit is not None]
        if not drafts or not settled or len(settled) < len(matches):
            return None
        turn = self._scans.onto(drafts[0], settled, at=at, uow=uow, notes=notes)
        if turn is None:
            return None
        items = tuple(dict.fromkeys(one.fit.item_id for one in settled if one.fit is not None))
        return Gone(turn, items=items)

    # ------------------------------------------------------------------------------------- words that follow

    def follows(self, heard: Heard, *, uow: UnitOfWork) -> Caption | None:
        """Words that do something with the photograph before them in the thread; None for all others. Cheap where there is none."""
        caption = caption_of(heard.text)
        if caption.verb is None or cue_words.about_requisition(heard.text) is not None:
            return None
        at = _address(heard)
        scan = self._fresh(at, uow=uow)
        if scan is None:
            return None
        drafts = uow.drafts.open_in(at.channel, at.thread)
        if drafts and drafts[0].made_at >= scan.made_at:
            return None  # the words are about that card
        return caption

    def follow(self, heard: Heard, meaning: Meaning, *, uow: UnitOfWork) -> Came | None:
        """What ``follows`` found, done; None where the words name things of their own. Commits as ``labels`` does."""
        at = _address(heard)
        scan = self._fresh(at, uow=uow)
        if scan is None:
            return None
        scene = self._drafting.scene(at.person, uow=uow)
        body = read_scan(scan.body).with_(ask=None)
        caption = caption_of(meaning.text)
        body = self._worded(
            body.with_(each=caption.each, here=caption.here, way=False), caption, meaning, scene=scene
        )
        scanned = {int(fit.item_id) for _, one in self._scans.matches(body, uow=uow) for fit in one.fits}
        named = [line for line in (body.sketch.lines if body.sketch else ()) if line.items and not line.near]
        if body.sketch is None or any(not scanned & set(line.items) for line in named):
            return None
        body = self._scans.routed(body, scene)
        scan = self._scans.stored(scan, body, uow=uow)
        alone = not at.private and discreet(meaning)[1]
        gone = self._scans.go_on(scan, body, at=at, uow=uow, meaning=meaning, alone=alone)
        uow.commit()
        return Came(gone, state=self._about(body, heard, uow=uow))

    def _fresh(self, at: Address, *, uow: UnitOfWork) -> Scan | None:
        scan = uow.enrolments.latest(at.channel, at.thread, since=self._drafting.now() - STILL_MEANT)
        if scan is None:
            return None
        try:
            body = read_scan(scan.body)
        except UnknownRecord:
            return None
        return None if not body.pieces or all(piece.left for piece in body.pieces) else scan

    # ---------------------------------------------------------------------------------------------- the words

    def _worded(self, body: ScanBody, caption: Caption, meaning: Meaning, *, scene: Scene) -> ScanBody:
        """The words as a sketch that names no label: amounts, places, whom it is charged to, other things."""
        verb, settled = caption.verb, True
        if verb is None and meaning.intent in cue_words.ACTS and meaning.confidence >= _SURE:
            verb = cue_words.verb_of(
                meaning.intent, text=meaning.text, composition=compose(meaning, today=scene.today)
            )
            if verb not in _OF_THINGS:
                return (
                    body  # an alert, a par level, an undo: nothing that is done with what is in the picture
                )
        if verb is None:
            verb, settled = Verb.CONSUME, False
        elif caption.verb is not None:
            meaning = replace(meaning, intent=_INTENTS.get(caption.verb, meaning.intent), confidence=1.0)
        pieces = pieces_of(caption.rest or meaning.text, finder=self._find, scene=scene)
        if not settled and pieces.amount is None and pieces.unit is None:
            return body
        sketch = self._sketched(verb, meaning, pieces, scene=scene)
        return body.with_(sketch=sketch, settled=settled)

    def _sketched(self, verb: Verb, meaning: Meaning, pieces: Pieces, *, scene: Scene) -> Sketch:
        """By the model's labels; what it labelled nothing of is read by its own shape."""
        composition = compose(meaning, today=scene.today)
        sketch = self._sketcher.sketch(
            verb, meaning=meaning, composition=composition, scene=scene, before=Before()
        )
        if sketch.target is None and not sketch.target_open and pieces.aims:
            aim = self._find.aim(
                pieces.targets, place_id=sketch.here.place_id, scene=scene, cost_centre=pieces.centre
            )
            sketch = sketch.with_(
                target=aim.target,
                target_open=bool(aim.sentence),
                target_near=aim.near,
                notes=(aim.sentence[:200],) if aim.sentence else (),
            )
        if pieces.place_id is not None and not composition.places:
            name = "there" if verb in (Verb.TRANSFER, Verb.REQUISITION) and pieces.way != "here" else "here"
            sketch = sketch.with_(**{name: Spotted(ids=(int(pieces.place_id),))})
            if name == "there" and sketch.here.assumed and sketch.here.place_id == pieces.place_id:
                sketch = sketch.with_(here=Spotted())
        if pieces.centre and sketch.here.place_id is None:
            sketch = sketch.with_(here=_home(scene))  # "cost center 7010" is no place
        # "these" and "the 7s" name nothing for sure: what the catalogue made of such words is no item that was meant.
        lines = tuple(
            changed(line, items=(), near=False, said="") if line.near and line.items else line
            for line in sketch.lines
        )
        if pieces.amount is not None and not any(line.counted or line.figures for line in lines):
            said = self._sketcher.with_amounts(SketchLine(), (pieces.amount,), item=None)
            said = self._sketcher.with_unit(said, pieces.unit or pieces.amount.unit, item=None)
            lines = (*(line for line in lines if line.items), said)
        return sketch.with_(lines=lines)

    def _named(self, body: ScanBody, meaning: Meaning, *, uow: UnitOfWork) -> str:
        """ "tell me when this is low" with the one item's name in it; several things stay "these"."""
        things = {one.thing.item_id for _, one in self._scans.matches(body, uow=uow) if one.thing is not None}
        if len(things) != 1:
            return meaning.text
        name = full_name(uow.catalogue.get(things.pop()))
        said, found = _THIS.subn(name, meaning.text, count=1)
        return said if found or meaning.intent not in cue_words.ACTS else f"{meaning.text} {name}"

    def _about(self, body: ScanBody, heard: Heard, *, uow: UnitOfWork) -> ThreadState | None:
        """The thread is about the items from now on: "where is it?", "and in ED?"."""
        items = tuple(
            dict.fromkeys(
                fit.item_id for _, one in self._scans.matches(body, uow=uow) if (fit := one.thing) is not None
            )
        )
        if not items:
            return None
        subject = Subject(Draft(Question.FIND, items), candidates=items)
        return stored(
            Memory(subject),
            channel=heard.channel,
            thread=heard.thread,
            person=heard.person,
            now=self._drafting.now(),
        )


def _home(scene: Scene) -> Spotted:
    home = scene.person.home_place_id
    return Spotted(ids=() if home is None else (int(home),), assumed=True)


def _stood(draft: ActionDraft, event_id: str) -> bool:
    """Did the card stand there when the photograph was posted? One that was read late is not meant for a card of later words.

    Both times are Slack's own. What came by no message (a command) has none, and is taken as it comes.
    """
    posted = _TS.search(event_id)
    if posted is None:
        return True
    shown = _TS.search(draft.message)
    return shown is not None and float(shown[0]) < float(posted[0])


def _wants_more(meaning: Meaning) -> bool:
    """Words that the rest of the dialogue answers; courtesies and "here you go" want only to be read."""
    kind = TABLE[meaning.intent].kind if meaning.intent in TABLE else Kind.TALK
    if courtesy(meaning.text) is not None or kind is Kind.TALK:
        return meaning.text.rstrip().endswith("?")
    return meaning.confidence >= _SURE or meaning.text.rstrip().endswith("?")


def _address(heard: Heard) -> Address:
    return Address(heard.channel, heard.thread, heard.actor or heard.person, heard.event_id, heard.private)
