"""Labels that the language model draws wrong in known ways, and what is made of them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from bench.composition import labelled
from bot.understanding.amounts import Amount, AmountKind
from bot.understanding.composing import compose
from bot.understanding.composition import Composition, DoubtKind
from bot.understanding.labels import mended

TODAY = date(2026, 11, 22)


def composed(text: str, *, intent: str = "consume") -> Composition:
    return compose(labelled(text, intent=intent), today=TODAY)


def said(composition: Composition) -> list[tuple[str, list[str], list[str]]]:
    return [
        (
            "" if line.item is None else line.item.text,
            [s.normal for s in line.sizes],
            [str(a) for a in line.amounts],
        )
        for line in composition.lines
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("dropped [two five oh](size) [prolene](item)", [("prolene", ["5-0"], ["2"])]),
        ("used [one twenty gauge](size) [catheter](item)", [("catheter", ["20 ga"], ["1"])]),
        (
            "[two](quantity) [ioban two](item) [three oh](size) [vicryl](item)",
            [("ioban", [], ["2"]), ("vicryl", ["3-0"], ["2"])],
        ),
        ("used [2-3](size) [chux](item)", [("chux", [], ["2-3"])]),
        ("got [1,240](size) [gloves](item)", [("gloves", [], ["1240"])]),
        ("we opened two [pressure bags](item)", [("pressure bags", [], ["2"])]),
    ],
)
def test_a_label_that_makes_no_sense_is_mended_and_has_to_be_confirmed(
    text: str, lines: list[tuple[str, list[str], list[str]]]
) -> None:
    composition = composed(text)
    assert said(composition) == lines
    assert composition.doubts_of(DoubtKind.LABELS_MENDED)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("used [a blanket](item)", [("blanket", [], ["1"])]),
        ("used [2](quantity) number [10](quantity) [blades](item)", [("blades", ["10"], ["2"])]),
        ("got 3 [boxes](unit) of [gowns](item)", [("gowns", [], ["3 box"])]),
        ("spilled 1/3 of a [bottle](unit) of [betadine](item)", [("betadine", [], ["1/3 bottle"])]),
        ("opened one and a [half](quantity) [cases](unit) of [gowns](item)", [("gowns", [], ["3/2 case"])]),
        ("[three five by fourteen](size) [screw](item), [1](quantity)", [("screw", ["3.5 x 14"], ["1"])]),
        ("used [4](quantity) [2-0](size) [silk](item)", [("silk", ["2-0"], ["4"])]),
    ],
)
def test_what_can_mean_one_thing_only_is_taken_without_asking(
    text: str, lines: list[tuple[str, list[str], list[str]]]
) -> None:
    composition = composed(text)
    assert said(composition) == lines
    assert composition.sure


def test_a_figure_inside_a_places_label_is_the_amount_behind_it() -> None:
    composition = composed(
        "send [gowns](item) from [central: 2](location) to [OR 3](location)", intent="transfer"
    )
    assert [spot.normal for spot in composition.places] == ["central", "or 3"]
    assert composition.lines[0].amount == Amount(Fraction(2))
    assert not composition.sure


def test_the_letter_before_a_spelled_patients_number_belongs_to_it() -> None:
    composition = composed("[1](quantity) [wound vac](item) for patient e [two oh nine three one](patient)")
    assert [patient.reveal() for patient in composition.targets.patients] == ["E20931"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("used [2](quantity) [silk](item), [2](quantity) inserts", DoubtKind.WORDS_UNREAD),
        ("[half](quantity) the [gowns](item) and [all](quantity) the shields", DoubtKind.WORDS_UNREAD),
        ("hold [pump](item) sn [331-8](serial), bed sn [HR-9912](serial)", DoubtKind.WORDS_UNREAD),
        ("[flushes](item) on [five](quantity) e", DoubtKind.AMOUNT_ELSEWHERE),
        ("used [1](quantity) [silk](item) on patient [one](patient)", DoubtKind.TARGET_UNREAD),
        ("used [1](quantity) [silk](item) on case [nobody](case)", DoubtKind.TARGET_UNREAD),
        ("used [2](quantity) [silk](item) for [bob](order)", DoubtKind.TARGET_UNREAD),
    ],
)
def test_words_that_no_label_explains_beside_a_figure_are_doubted(text: str, kind: DoubtKind) -> None:
    assert kind in {doubt.kind for doubt in composed(text).doubts}


def test_state_words_behind_an_amount_are_no_things() -> None:
    for text in (
        "threw out [3](quantity) expired [swabs](item)",
        "[5](quantity) arrived, the [gowns](item)",
        "[half](quantity) of the [gowns](item)",
    ):
        assert composed(text, intent="waste").sure


def test_a_question_keeps_its_labels() -> None:
    meaning = labelled("do we have [two five oh](size) [prolene](item)", intent="check_stock")
    assert mended(meaning) == (meaning, ())


def test_nothing_is_made_of_vague_words_but_a_question() -> None:
    line = composed("used a few [boxes](unit) of [gloves](item)").lines[0]
    assert line.amounts[0].kind is AmountKind.VAGUE
    assert line.amounts[0].quantity is None
