"""A scan on its way: what is still open about its labels is asked, one thing at a time; then the words' action or question goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.dialogue.acting.drafting import Address, Drafting
from bot.dialogue.acting.finding import Finder, Scene
from bot.dialogue.acting.gaps import Slot, gaps_of
from bot.dialogue.acting.sketch import Sketch, SketchLine, Spotted, Verb, changed, ids, read_body
from bot.dialogue.acting.turns import ActTurn
from bot.dialogue.photo.body import Piece, ScanBody, written
from bot.dialogue.photo.captions import Ask
from bot.dialogue.photo.merging import Merged, added, merged
from bot.dialogue.photo.showing import (
    DEEDS,
    candidates,
    code_of,
    known_places,
    packs,
    readings,
    scan_card,
    several,
)
from bot.dialogue.photo.telling import dates, number_of, recalls
from bot.understanding.draft import Draft
from bot.understanding.draft import Verb as Question
from bot.understanding.meaning import Meaning
from bot.understanding.naming import full_name
from bot.views.acting.shown import Answer
from bot.views.rendered import Notice
from bot.views.scanning import cards
from domain.errors import UnknownRecord
from domain.model.ids import ItemId, PlaceId
from domain.model.receipt import ActionDraft
from domain.model.scanning import EnrolmentId, EnrolmentState, Scan
from domain.ports import UnitOfWork
from domain.usecases.scan.matching import Match, State, match

_ADDS = frozenset(
    {Verb.CONSUME, Verb.TRANSFER, Verb.RECEIVE, Verb.WASTE, Verb.COUNT, Verb.REQUISITION, Verb.RETURN}
)
_QUESTIONS = {Ask.WHERE: Question.FIND, Ask.STOCK: Question.STOCK, Ask.INFO: Question.INFO}
NAMELESS = "This code has a lot or an expiry date, but names no product. Send a photograph of the label's other code too."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question about what was read, for the half of the dialogue that answers."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class Gone:
    """What a scan came to: a card or an action (``turn``), or a question."""

    turn: ActTurn | None = None
    asks: Wanted | None = None
    items: tuple[ItemId, ...] = ()


class Scans:
    """Keeps no state: scans are rows."""

    def __init__(self, drafting: Drafting, finder: Finder) -> None:
        self._drafting = drafting
        self._find = finder

    # -------------------------------------------------------------------------------------------- going on

    def go_on(
        self,
        scan: Scan,
        body: ScanBody,
        *,
        at: Address,
        uow: UnitOfWork,
        meaning: Meaning | None = None,
        replaces: str = "",
        notes: Sequence[str] = (),
        alone: bool = False,
    ) -> Gone:
        """The next question about the scan, or what its words want. ``scan`` is stored; commits what an action stores."""
        scene = self._drafting.scene(at.person, uow=uow)
        matches = self.matches(body, uow=uow)
        items = tuple(dict.fromkeys(one.thing.item_id for _, one in matches if one.thing is not None))
        open_ = self._open(scan, body, matches, scene=scene, replaces=replaces, notes=notes, meaning=meaning)
        if open_ is not None:
            return Gone(replace(open_, alone=alone), items=items)
        settled = [one for _, one in matches if one.thing is not None]
        if body.ask is not None:
            return self._asked(
                scan, body, settled, scene=scene, replaces=replaces, notes=notes, meaning=meaning
            )
        if body.sketch is not None and body.settled:
            made = self.sketched(body, body.sketch, settled, scene=scene)
            turn = self._drafting.new(
                made.sketch,
                at=at,
                uow=uow,
                meaning=meaning,
                notes=(*notes, *made.notes),
                replaces=replaces,
                alone=alone,
            )
            return Gone(turn, items=items)
        return Gone(
            self._bare(
                scan, body, settled, scene=scene, replaces=replaces, notes=notes, meaning=meaning, alone=alone
            ),
            items=items,
        )

    def matches(self, body: ScanBody, *, uow: UnitOfWork) -> list[tuple[int, Match]]:
        """Each label that is gone on with, by its position."""
        return [
            (index, match(piece.label, uow=uow, item_id=None if piece.item is None else ItemId(piece.item)))
            for index, piece in enumerate(body.pieces)
            if not piece.left
        ]

    def sketched(self, body: ScanBody, sketch: Sketch, settled: Sequence[Match], *, scene: Scene) -> Merged:
        """The action with the labels' lines."""
        places = tuple(int(place) for place in known_places(body, scene))
        return merged(sketch, settled, each=body.each, places=places, finder=self._find, scene=scene)

    def _bare(
        self,
        scan: Scan,
        body: ScanBody,
        settled: Sequence[Match],
        *,
        scene: Scene,
        replaces: str,
        notes: Sequence[str],
        meaning: Meaning | None,
        alone: bool = False,
    ) -> ActTurn:
        deeds = tuple(Answer(label, choice) for label, choice in DEEDS) if settled else ()
        said = next((line.figure for line in body.sketch.lines if line.figure), "") if body.sketch else ""
        if said not in ("", "1") and settled:
            notes = (*notes, f"You say {said}. What happened to them?")
        shown = scan_card(
            scan,
            body,
            settled,
            scene=scene,
            answers=deeds,
            notes=notes,
            small_print="press what happened, or say it here: “used 2 for C-991”" if settled else "",
        )
        return ActTurn(cards.scan(shown), meaning, replaces=replaces, alone=alone)

    # -------------------------------------------------------------------------------------------- what is open

    def _open(
        self,
        scan: Scan,
        body: ScanBody,
        matches: Sequence[tuple[int, Match]],
        *,
        scene: Scene,
        replaces: str,
        notes: Sequence[str],
        meaning: Meaning | None,
    ) -> ActTurn | None:
        """The card with the first open question; None where nothing is open."""
        found: tuple[str, tuple[Answer, ...], bool] | None = None
        for index, one in matches:
            piece = body.pieces[index]
            many = len(matches) > 1
            what = f"Code {code_of(one.label)}: " if many and code_of(one.label) else ""
            match one.state:
                case State.AMBIGUOUS if one.thing is not None and not _matters(body):
                    continue
                case State.AMBIGUOUS:
                    text = f"{what}this code can be read in {len(one.label.readings)} ways. Which one stands on the label?"
                    found = (text, readings(index, one, scene), False)
                case State.SEVERAL:
                    found = (
                        f"{what}several items have this code. Which one is it?",
                        several(index, one.fits, scene),
                        False,
                    )
                case State.UNKNOWN:
                    found = self._unknown(index, piece, one, what=what, scene=scene)
                case State.NAMELESS:
                    found = (NAMELESS, (), False)
                case _:
                    continue
            break
        if found is None and self._way_open(body, scene):
            found = (*self._way(body, scene), False)
        if found is None:
            return None
        question, answers, search = found
        question = question[:1].upper() + question[1:]
        shown = scan_card(
            scan,
            body,
            [one for _, one in matches],
            scene=scene,
            question=question,
            answers=answers,
            search=search,
            notes=notes,
            small_print="nothing is recorded before you confirm",
        )
        return ActTurn(cards.scan(shown), meaning, replaces=replaces)

    def _unknown(
        self, index: int, piece: Piece, one: Match, *, what: str, scene: Scene
    ) -> tuple[str, tuple[Answer, ...], bool]:
        if piece.waits is not None:
            enrolment = scene.uow.enrolments.get(EnrolmentId(piece.waits))
            name = full_name(scene.uow.catalogue.get(enrolment.item_id))
            if enrolment.state is EnrolmentState.PROPOSED:
                text = f"{what}you say that it is {name}. Somebody who may teach me codes has to confirm it; then I go on here."
                return text, (), False
            return f"{what}it was not confirmed that this is {name}. Which item is it?", (), True
        if piece.teaches is not None:
            item = scene.uow.catalogue.get(ItemId(piece.teaches))
            return f"{what}{full_name(item)}. What does this code stand on?", packs(index, item), False
        likely = piece.found or tuple(int(item) for item in one.likely)
        if piece.found:
            return f"{what}which of these is it?", candidates(index, likely, scene), True
        if likely:
            text = f"{what}nearly this code is on a pack of these. Which item is it?"
            return text, candidates(index, likely, scene), True
        return f"{what}which item is it? Find it, and I learn the code.", (), True

    @staticmethod
    def _way_open(body: ScanBody, scene: Scene) -> bool:
        """What is moved, and a place's label beside it that may be where it comes from or where it goes."""
        if body.way or body.sketch is None or not body.settled or body.sketch.verb is not Verb.TRANSFER:
            return False
        return bool(known_places(body, scene))

    @staticmethod
    def _way(body: ScanBody, scene: Scene) -> tuple[str, tuple[Answer, ...]]:
        tree = scene.uow.places.tree()
        first, *rest = known_places(body, scene)
        name = tree.path(first) or tree.get(first).name
        if rest:
            other = tree.path(rest[0]) or tree.get(rest[0]).name
            return "Which way does it go?", (
                Answer(f"From {name} to {other}"[:75], f"way:{first}:{rest[0]}"),
                Answer(f"From {other} to {name}"[:75], f"way:{rest[0]}:{first}"),
            )
        return f"Does it come from {name}, or go there?", (
            Answer(f"From {name}"[:75], f"way:{first}:"),
            Answer(f"To {name}"[:75], f"way::{first}"),
        )

    @staticmethod
    def routed(body: ScanBody, scene: Scene) -> ScanBody:
        """A move whose words already say which end the place's label is: what is said is one end, the label the other."""
        sketch = body.sketch
        places = known_places(body, scene)
        if sketch is None or not body.settled or sketch.verb is not Verb.TRANSFER or len(places) != 1:
            return body
        label = Spotted(ids=(int(places[0]),))
        if sketch.there.place_id is not None and sketch.there.place_id != places[0]:
            if sketch.here.assumed or sketch.here.place_id is None:
                return body.with_(sketch=sketch.with_(here=label), way=True)
            return body.with_(way=True)
        if body.here or (sketch.here.place_id is not None and not sketch.here.assumed):
            return body.with_(sketch=sketch.with_(there=label), way=True)
        return body

    # ---------------------------------------------------------------------------------------------- questions

    def _asked(
        self,
        scan: Scan,
        body: ScanBody,
        settled: Sequence[Match],
        *,
        scene: Scene,
        replaces: str,
        notes: Sequence[str],
        meaning: Meaning | None,
    ) -> Gone:
        items = tuple(dict.fromkeys(one.thing.item_id for one in settled if one.thing is not None))
        ask = body.ask
        if not items:
            return Gone(
                self._bare(scan, body, settled, scene=scene, replaces=replaces, notes=notes, meaning=meaning)
            )
        if ask in _QUESTIONS:
            places = known_places(body, scene) if ask is Ask.STOCK else ()
            places = places if body.where is None else (PlaceId(body.where),)
            places = () if ask is Ask.INFO else places
            return Gone(asks=Wanted(Draft(_QUESTIONS[ask], items, places)), items=items)
        if ask is Ask.TRACE:
            number = next((n for one in settled if (n := number_of(one, scene))), "")
            if number:
                return Gone(asks=Wanted(Draft(Question.TRACE, items, number=number[:60])), items=items)
            notes = (*notes, "The code names no lot or serial number, so there is none to trace.")
        if ask is Ask.RECALL:
            notes = (*notes, *recalls(settled, scene))
        if ask is Ask.LABEL:
            notes = (*notes, *dates(settled, scene))
        return Gone(
            self._bare(scan, body, settled, scene=scene, replaces=replaces, notes=notes, meaning=meaning),
            items=items,
        )

    # ------------------------------------------------------------------------------------------- an open card

    def onto(
        self,
        draft: ActionDraft,
        settled: Sequence[Match],
        *,
        at: Address,
        uow: UnitOfWork,
        notes: Sequence[str] = (),
    ) -> ActTurn | None:
        """The labels on the thread's open card: what it asks for, else lines of their own. None where they fit nowhere."""
        scene = self._drafting.scene(at.person, uow=uow)
        sketch = read_body(draft.body)
        filled = self._filled(sketch, settled, scene=scene)
        note = "From the photograph."
        if filled is None:
            if sketch.verb not in _ADDS:
                return None
            filled = added(sketch, settled, finder=self._find, scene=scene)
            note = "Added from the photograph."
        if filled.sketch == sketch:
            return None
        return self._drafting.new(
            filled.sketch, at=at, uow=uow, notes=(note, *filled.notes, *notes), instead_of=draft
        )

    def _filled(self, sketch: Sketch, settled: Sequence[Match], *, scene: Scene) -> Merged | None:
        """The card with its open item or lot taken from the first label that fits."""
        gaps = gaps_of(sketch, scene=scene)
        for gap in gaps:
            if gap.slot not in (Slot.ITEM, Slot.LOT):
                continue
            for one in settled:
                fit = one.fit
                if fit is None:
                    continue
                index = gap.line or 0
                line = sketch.lines[index] if index < len(sketch.lines) else None
                if gap.slot is Slot.LOT and (line is None or line.item_id != fit.item_id or not fit.lots):
                    continue
                if gap.slot is Slot.LOT and line is not None:
                    lotted = changed(line, lots=ids(fit.lots), lot_choices=(), number="", unknown=False)
                    return self._with_rest(sketch, index, lotted, one, settled, scene)
                asked = sketch.with_(lines=(line,) if line is not None and not line.items else ())
                made = merged(
                    asked, [one], each=False, places=(), finder=self._find, scene=scene
                ).sketch.lines
                if line is not None and line.items:
                    # What was said of the thing that was not clear holds of the one in the picture.
                    bare = changed(line, items=(), near=False, said="")
                    made = merged(
                        asked.with_(lines=(bare,)),
                        [one],
                        each=False,
                        places=(),
                        finder=self._find,
                        scene=scene,
                    ).sketch.lines
                return self._with_rest(sketch, index, made[0], one, settled, scene)
        return None

    def _with_rest(
        self,
        sketch: Sketch,
        index: int,
        line: SketchLine,
        used: Match,
        settled: Sequence[Match],
        scene: Scene,
    ) -> Merged:
        lines = list(sketch.lines)
        lines[index : index + 1] = [line]
        rest = [one for one in settled if one is not used]
        return added(sketch.with_(lines=tuple(lines)), rest, finder=self._find, scene=scene)

    # ------------------------------------------------------------------------------------------------ rows

    @staticmethod
    def stored(scan: Scan, body: ScanBody, *, uow: UnitOfWork) -> Scan:
        """The scan with another body. Raises UnknownRecord where somebody was first. Commits nothing."""
        after = replace(scan, body=written(body), version=scan.version + 1)
        if not uow.enrolments.change(after):
            raise UnknownRecord("Somebody else answered this just now; please look at the newest card.")
        return after

    def said(self, text: str, *, hints: Sequence[str] = (), meaning: Meaning | None = None) -> ActTurn:
        return ActTurn(self._drafting.views.notice(Notice(text, tuple(hints))), meaning)


def _matters(body: ScanBody) -> bool:
    """Does it matter now how an ambiguous code is read? Not for where a thing is, nor before anybody says what is to be done."""
    if body.ask is not None:
        return body.ask not in _QUESTIONS
    return body.settled and body.sketch is not None and body.sketch.verb is not Verb.REQUISITION


def way_of(choice: str) -> tuple[PlaceId | None, PlaceId | None]:
    """From and to of the token "12:13". Raises ValueError for anything else."""
    first, _, second = choice.partition(":")
    return PlaceId(int(first)) if first else None, PlaceId(int(second)) if second else None
