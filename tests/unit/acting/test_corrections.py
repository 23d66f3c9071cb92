"""Terse words against an open card: what they change, what they leave alone, and what is asked back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.dialogue.acting.corrections import Correction, Op, correction_of
from bot.dialogue.acting.turns import Press
from domain.model.receipt import DraftState
from tests.unit.acting.house import BEN, FOLEY16, ICU, TOM, House, lines_of, lots_of

F16, F18, BAG = "Foley catheter 16 Fr", "Foley catheter 18 Fr", "Leg bag"
SILK, SILK3, TUBE = "Suture silk 2-0", "Suture silk 3-0", "Chest tube 28 Fr"
ONE = ("used [2](quantity) [16 fr](size) [foleys](item)", "consume")
TWO = (
    "used [2](quantity) [16 fr](size) [foleys](item) and [1](quantity) [2-0](size) [silk](item) for [C-991](case)",
    "consume",
)
MOVE = (
    'move [3](quantity) [16 fr](size) [foleys](item) from [ICU]{"entity":"location","role":"source"} '
    'to [ED]{"entity":"location","role":"destination"}',
    "transfer",
)
WASTE = ("dropped [1](quantity) [leg bag](item)", "waste")


@dataclass(frozen=True)
class Said:
    """What is said against the card of ``base``, and what the new card reads back; empty leaves a part unlooked at."""

    base: tuple[str, str]
    text: str
    lines: tuple[tuple[str, int], ...] = ()
    lots: tuple[tuple[str, int], ...] = ()
    source: str = ""
    destination: str = ""
    target: str = ""


CHANGES = (
    Said(ONE, "make it 3", ((F16, 3),)),
    Said(ONE, "make that 5", ((F16, 5),), (("8J2210", 3), ("9K3001", 2))),
    Said(ONE, "3 not 2", ((F16, 3),)),
    Said(ONE, "not 2, 3", ((F16, 3),)),
    Said(ONE, "no, 5", ((F16, 5),)),
    Said(ONE, "sorry 4", ((F16, 4),)),
    Said(ONE, "actually 1", ((F16, 1),)),
    Said(ONE, "I meant three", ((F16, 3),)),
    Said(ONE, "should be 4", ((F16, 4),)),
    Said(ONE, "it was 1", ((F16, 1),)),
    Said(ONE, "just one", ((F16, 1),)),
    Said(ONE, "only 1", ((F16, 1),)),
    Said(ONE, "3", ((F16, 3),)),
    Said(ONE, "one more", ((F16, 3),)),
    Said(ONE, "add another", ((F16, 3),)),
    Said(ONE, "a dozen", ((F16, 12),)),
    Said(ONE, "make that 1 case", ((F16, 10),)),
    Said(ONE, "all of them", ((F16, 13),)),
    Said(ONE, "lot 9K3001 instead", ((F16, 2),), (("9K3001", 2),)),
    Said(ONE, "use lot 8j2210", ((F16, 2),), (("8J2210", 2),)),
    Said(ONE, "not lot 8J2210, lot 9K3001", ((F16, 2),), (("9K3001", 2),)),
    Said(ONE, "not ICU, PACU", ((F16, 2),), source="PACU"),
    Said(ONE, "PACU not ICU", source="PACU"),
    Said(ONE, "PACU instead", source="PACU"),
    Said(ONE, "no, cart 4", source="Cart 4"),
    Said(ONE, "from central", source="Central supply"),
    Said(ONE, "actually 3 from PACU", ((F16, 3),), source="PACU"),
    Said(ONE, "charge C-1002 instead", target="C-1002, Dr. Patel"),
    Said(ONE, "for C-991", target="C-991, Dr. Chen"),
    Said(ONE, "case C-1002", target="C-1002, Dr. Patel"),
    Said(ONE, "charge it to Dr. Chen", target="Dr. Chen"),
    Said(ONE, "bill case 991", target="C-991, Dr. Chen"),
    Said(ONE, "add 2 leg bags", ((F16, 2), (BAG, 2))),
    Said(ONE, "and a leg bag", ((F16, 2), (BAG, 1))),
    Said(ONE, "also 3 silk", ((F16, 2), (SILK, 3))),
    Said(ONE, "plus 1 leg bag and 2 silk", ((F16, 2), (BAG, 1), (SILK, 2))),
    Said(ONE, "2 leg bags too", ((F16, 2), (BAG, 2))),
    Said(ONE, "not foleys, leg bags", ((BAG, 2),)),
    Said(ONE, "it was leg bags", ((BAG, 2),)),
    Said(TWO, "without the silk", ((F16, 2),), target="C-991, Dr. Chen"),
    Said(TWO, "drop the silk", ((F16, 2),)),
    Said(TWO, "no silk", ((F16, 2),)),
    Said(TWO, "take the silk off", ((F16, 2),)),
    Said(TWO, "only the foleys", ((F16, 2),)),
    Said(TWO, "make the foleys 3", ((F16, 3), (SILK, 1))),
    Said(TWO, "2 silk not 1", ((F16, 2), (SILK, 2))),
    Said(TWO, "the silk was 4", ((F16, 2), (SILK, 4))),
    Said(TWO, "make the silk 4 and the foleys 5", ((F16, 5), (SILK, 4))),
    Said(TWO, "silk was 3-0", ((F16, 2), (SILK3, 1))),
    Said(TWO, "no, C-1002", ((F16, 2), (SILK, 1)), target="C-1002, Dr. Patel"),
    Said(TWO, "charge the unit", target="Critical care (6010)"),
    Said(MOVE, "not ICU, PACU", source="PACU", destination="ED"),
    Said(MOVE, "not ED, PACU", source="ICU", destination="PACU"),
    Said(MOVE, "to PACU instead", source="ICU", destination="PACU"),
    Said(MOVE, "move it to OR 3", source="ICU", destination="OR 3"),
    Said(MOVE, "from central", source="Central supply", destination="ED"),
    Said(MOVE, "OR 4 instead of ED", destination="OR 4"),
    Said(MOVE, "make it 2", ((F16, 2),), destination="ED"),
    Said(MOVE, "and 2 leg bags", ((F16, 3), (BAG, 2))),
)


@pytest.mark.parametrize("said", CHANGES, ids=lambda said: f"{said.base[1]}: {said.text}")
def test_terse_words_change_the_open_card(said: Said, house: House) -> None:
    first = house.act(said.base[0], intent=said.base[1])
    turn = house.reply(said.text)
    assert turn is not None, "not taken for a correction"
    card = house.card
    assert card.subject != first.subject, turn.rendered.text
    assert house.draft(first).state is DraftState.SUPERSEDED
    assert card.question is None, card.question
    assert card.plan is not None
    if said.lines:
        assert tuple(lines_of(card)) == said.lines
    if said.lots:
        assert tuple(lots_of(card)) == said.lots
    if said.source:
        assert card.plan.source is not None
        assert card.plan.source.name == said.source
    if said.destination:
        assert card.plan.destination is not None
        assert card.plan.destination.name == said.destination
    if said.target:
        assert card.plan.target is not None
        assert card.plan.target.label == said.target


ASKED_BACK = (
    (ONE, "boxes, not each", "does not come by the box", ("each", "case")),
    (ONE, "lot 2291 instead", "no lot or serial number 2291", ("Lot 8J2210", "Lot 9K3001")),
    (ONE, "the 18 fr", "Where was it taken from", ("Central supply", "ICU")),
    (ONE, "half of them", "How many", ("6 each", "7 each")),
    (ONE, "charge C-9999 instead", "C-9999", ("ICU’s cost centre",)),
    (TWO, "make it 3", "Which of the lines", ()),
    (MOVE, "PACU instead", "From PACU, or to PACU", ("From PACU", "To PACU")),
)


@pytest.mark.parametrize(("base", "text", "asks", "answers"), ASKED_BACK, ids=[row[1] for row in ASKED_BACK])
def test_a_doubtful_correction_is_asked_about(
    base: tuple[str, str], text: str, asks: str, answers: tuple[str, ...], house: House
) -> None:
    house.act(base[0], intent=base[1])
    assert house.reply(text) is not None
    question = house.card.question
    assert question is not None
    assert asks.casefold() in question.text.casefold()
    assert set(answers) <= {answer.label for answer in question.answers}


LEFT_ALONE = (
    "how many are left?",
    "where are the leg bags?",
    "is that the right lot?",
    "what about PACU?",
    "leg bags",
    "who has the pumps",
    "lunch at noon",
    "perfect thanks",
    "k thanks",
    "put these on enc 88213 - polyp snare, 2 clips, roth net",
    "bill mrn 3310922 for a wound vac canister",
    "total for enc 771-203",
    "please change the wound gel number to eleven",
    "change the par on cart two i v start kits from twelve to eighteen",
    "system says ten bakris there are six",
    "its 9 not 90!! EKG paper cardiology",
    "tell Ben I am late for the meeting on Tuesday",
)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_no_correction_leaves_the_card_alone(text: str, house: House) -> None:
    card = house.act(*ONE[:1], intent=ONE[1])
    assert house.reply(text) is None
    assert house.draft(card).state is DraftState.OPEN
    assert house.draft(card).version == card.version


@pytest.mark.parametrize(
    "text", ["yes", "Yes!", "go ahead", "ok, post it", "looks good", "yes please", "confirm", "yep go ahead"]
)
def test_a_plain_yes_posts_what_was_read_back_once(text: str, house: House) -> None:
    house.act(*ONE[:1], intent=ONE[1])
    before = house.on_hand(FOLEY16, ICU)
    house.reply(text, intent="affirm")
    assert house.views.receipts[-1].number == "R-1"
    assert house.on_hand(FOLEY16, ICU) == before - 2
    house.reply(text, intent="affirm")
    assert house.views.receipts[-1].number == "R-1"
    assert house.on_hand(FOLEY16, ICU) == before - 2


@pytest.mark.parametrize("text", ["no", "cancel", "never mind", "nvm", "forget it", "no thanks", "don't"])
def test_a_plain_no_cancels_and_posts_nothing(text: str, house: House) -> None:
    card = house.act(*ONE[:1], intent=ONE[1])
    before = house.on_hand(FOLEY16, ICU)
    house.reply(text, intent="deny")
    assert house.draft(card).state is DraftState.CANCELLED
    assert house.on_hand(FOLEY16, ICU) == before


def test_yes_to_an_open_question_posts_nothing(house: House) -> None:
    card = house.act("used [foleys](item)")
    house.reply("yes", intent="affirm")
    assert house.draft(card).state is DraftState.OPEN
    assert not house.views.receipts


def test_yes_but_is_a_correction_and_posts_nothing(house: House) -> None:
    house.act(*ONE[:1], intent=ONE[1])
    house.reply("yes but 3")
    assert lines_of(house.card) == [(F16, 3)]
    assert not house.views.receipts


def test_undo_that_reads_back_and_reverses_once(house: House) -> None:
    house.act(*ONE[:1], intent=ONE[1])
    house.confirm()
    before = house.on_hand(FOLEY16, ICU)
    house.reply("undo that", intent="undo")
    assert house.card.action == "undo"
    assert house.on_hand(FOLEY16, ICU) == before
    house.confirm()
    assert house.on_hand(FOLEY16, ICU) == before + 2
    house.reply("undo R-1", intent="undo")
    house.press(Press.CONFIRM)
    assert house.on_hand(FOLEY16, ICU) == before + 2


def test_undo_of_an_open_card_cancels_it(house: House) -> None:
    card = house.act(*ONE[:1], intent=ONE[1])
    house.reply("undo that", intent="undo")
    assert house.draft(card).state is DraftState.CANCELLED


def test_undo_with_nothing_to_undo_says_so(house: House) -> None:
    turn = house.say("undo that", intent="undo")
    assert turn is not None
    assert "nothing of yours to undo" in turn.rendered.text


def test_a_correction_behind_a_receipt_undoes_first_and_then_reads_back_the_changed_one(house: House) -> None:
    house.act(*ONE[:1], intent=ONE[1])
    house.confirm()
    before = house.on_hand(FOLEY16, ICU)
    house.reply("make it 3")
    assert house.card.action == "undo"
    house.confirm()
    assert house.card.action == "consume"
    assert lines_of(house.card) == [(F16, 3)]
    house.confirm()
    assert house.on_hand(FOLEY16, ICU) == before - 1


def test_what_is_added_behind_a_receipt_is_a_card_of_its_own(house: House) -> None:
    house.act(*ONE[:1], intent=ONE[1])
    house.confirm()
    house.reply("add 2 leg bags")
    assert lines_of(house.card) == [(BAG, 2)]


def test_somebody_elses_receipt_is_not_corrected_by_a_figure(house: House) -> None:
    house.in_channel()
    house.act(*ONE[:1], intent=ONE[1])
    house.confirm()
    assert house.reply("make it 3", person=BEN) is None


def test_typed_answers_go_on_with_the_question(house: House) -> None:
    house.act("used [foleys](item)")
    house.reply("4")
    assert lines_of(house.card) == [(F16, 4)]
    house.thread = "another"
    house.act("move [2](quantity) [16 fr](size) [foleys](item)", intent="transfer")
    house.reply("PACU")
    assert house.card.plan is not None
    assert house.card.plan.destination is not None
    assert house.card.plan.destination.name == "PACU"
    house.thread = "a third"
    house.act("dropped one", intent="waste")
    house.reply("a leg bag")
    assert house.card.action == "waste"
    assert lines_of(house.card) == [(BAG, 1)]


def test_a_typed_size_picks_among_the_candidates(house: House) -> None:
    house.act("quarantine the [foleys](item), recall", intent="quarantine", person=TOM)
    house.reply("16 fr", person=TOM)
    assert house.card.plan is not None
    assert house.card.plan.lines[0].item.name == F16


def test_a_lapsed_card_is_made_anew_by_a_yes_and_not_posted(house: House) -> None:
    card = house.act(*ONE[:1], intent=ONE[1])
    house.clock.pass_(minutes=31)
    house.reply("yes", intent="affirm")
    assert not house.views.receipts
    assert house.card.subject != card.subject
    assert "lapsed" in " ".join(house.card.notes)


READ = (
    ("make it 3", Correction(Op.SET, "3")),
    ("not ICU, PACU", Correction(Op.SET, "PACU", "ICU")),
    ("lot 2291 instead", Correction(Op.SET, "lot 2291")),
    ("add 2 foleys", Correction(Op.ADD, "2 foleys")),
    ("without the silk", Correction(Op.REMOVE, old="silk")),
    ("boxes, not each", Correction(Op.SET, "boxes", "each")),
    ("charge C-1002 instead", Correction(Op.CHARGE, "C-1002")),
    ("yes", Correction(Op.CONFIRM)),
    ("go ahead", Correction(Op.CONFIRM)),
    ("no", Correction(Op.CANCEL)),
    ("never mind", Correction(Op.CANCEL)),
    ("undo that", Correction(Op.UNDO)),
    ("undo R-12", Correction(Op.UNDO, receipt=12)),
    ("please undo receipt 12", Correction(Op.UNDO, receipt=12)),
    ("move it to ED", Correction(Op.SET, "to ED")),
    ("change ICU to PACU", Correction(Op.SET, "PACU", "ICU")),
    ("how many are there?", None),
    ("", None),
)


@pytest.mark.parametrize(("text", "read"), READ, ids=[row[0] or "nothing" for row in READ])
def test_words_show_one_operation(text: str, read: Correction | None) -> None:
    assert correction_of(text) == read
