"""Messages composed into typed values: the examples of bench/composed.txt, and what holds for all messages."""

from __future__ import annotations

from datetime import date, time
from fractions import Fraction

import pytest

from bench.composition import DOCUMENT, TODAY, Example, differences, document, examples, labelled, lines_of
from bot.understanding.amounts import Amount, AmountKind, AmountRole, PackUnit
from bot.understanding.composing import compose, things_of
from bot.understanding.composition import Composition, DoubtKind, Line, Targets
from bot.understanding.heard import HIDDEN
from bot.understanding.meaning import Meaning
from bot.understanding.values import (
    Direction,
    Grouping,
    SaidSize,
    Spot,
    Thing,
    code_value,
    company_of,
    patient_of,
    person_of,
    size_of,
    spot_of,
    thing_of,
)
from bot.understanding.whens import Every, When

EXAMPLES = examples()


def composed(text: str, *, intent: str = "consume") -> Composition:
    return compose(labelled(text, intent=intent), today=TODAY)


def only(composition: Composition) -> Line:
    assert len(composition.lines) == 1, lines_of(composition)
    return composition.lines[0]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.meaning.text[:60])
def test_a_message_gives_the_values_written_down_for_it(example: Example) -> None:
    assert lines_of(compose(example.meaning, today=TODAY)) == example.expected


PAIRS = [(example, other) for example in EXAMPLES for other in example.others]


@pytest.mark.parametrize(("example", "other"), PAIRS, ids=[other.text[:60] for _, other in PAIRS])
def test_another_wording_gives_equal_values(example: Example, other: Meaning) -> None:
    assert compose(other, today=TODAY) == compose(example.meaning, today=TODAY)


def test_there_are_a_hundred_examples_with_several_things() -> None:
    several = [example for example in EXAMPLES if sum(line.startswith("=") for line in example.expected) > 1]
    assert len(several) >= 100


def test_the_document_is_what_the_examples_give() -> None:
    assert list(differences()) == []
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "stale: run python -m bench.composition"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.meaning.text[:60])
def test_offsets_point_at_the_words_of_each_value(example: Example) -> None:
    text = example.meaning.text
    composition = compose(example.meaning, today=TODAY)
    for line in composition.lines:
        assert 0 <= line.start < line.end <= len(text)
        values: list[SaidSize | Spot] = [*line.sizes, *line.sources, *line.destinations, *line.at]
        for value in values:
            assert text[value.start : value.end].strip(" ?,!;:").rstrip(".") == value.text
        for amount in line.amounts:
            assert text[amount.start : amount.end].strip()
        if line.item is not None:
            assert text[line.item.start :].startswith(line.item.text)
    for doubt in composition.doubts:
        assert 0 <= doubt.start < doubt.end <= len(text)
        assert doubt.sentence.strip().endswith((".", "?"))


def test_values_are_typed_and_whole() -> None:
    said = composed(
        'move [2](quantity) [boxes](unit) of [7.5](size) [gloves](item) from [ICU]{"entity":"location","role":"source"} to '
        '[o r three]{"entity":"location","role":"destination"} [by friday](window) for [Dr. Kim](provider), [C-991](case)',
        intent="transfer",
    )
    assert said == Composition(
        "transfer",
        (
            Line(
                Thing("gloves", "glove"),
                (size_of("7.5"),),
                (Amount(Fraction(2), PackUnit.BOX),),
                sources=(spot_of("ICU", direction=Direction.SOURCE),),
                destinations=(spot_of("OR 3", direction=Direction.DESTINATION),),
            ),
        ),
        (spot_of("ICU", direction=Direction.SOURCE), spot_of("OR 3", direction=Direction.DESTINATION)),
        (When("by friday", date(2026, 11, 22), date(2026, 11, 27)),),
        Targets(cases=(code_value("C-991"),), providers=(person_of("doctor kim"),)),
    )
    assert said.sure
    assert said.windows[0].window is not None
    assert said.windows[0].window.days == 6


def test_the_one_amount_meant_is_at_hand_and_two_are_not_added_up_in_silence() -> None:
    assert only(composed("used [2](quantity) [silk](item)")).amount == Amount(Fraction(2))
    line = only(
        composed(
            "[1](quantity) [case](unit) plus [4](quantity) [eaches](unit) of [chux](item)", intent="count"
        )
    )
    assert line.amount is None
    assert line.meant == (Amount(Fraction(1), PackUnit.CASE), Amount(Fraction(4), PackUnit.EACH))


def test_what_was_taken_back_stays_beside_what_is_meant() -> None:
    line = only(composed("used [2](quantity) no make that [3](quantity) [floseal](item)"))
    assert line.amount == Amount(Fraction(3))
    assert line.of_role(AmountRole.WITHDRAWN) == Amount(Fraction(2), role=AmountRole.WITHDRAWN)


def test_levels_of_a_par_change_are_told_apart() -> None:
    line = only(composed("min [5](quantity) max [15](quantity) on [Kerlix](item)", intent="set_par"))
    assert [(level.role, level.quantity) for level in line.levels] == [
        (AmountRole.MINIMUM, Fraction(5)),
        (AmountRole.MAXIMUM, Fraction(15)),
    ]
    assert line.meant == ()


def test_an_article_means_one_in_an_action_and_says_that_it_was_an_article() -> None:
    assert only(composed("used a [case](unit) of [chux](item)")).amount == Amount(
        Fraction(1), PackUnit.CASE, article=True
    )
    assert only(composed("is there a [foley](item) in [ICU](location)", intent="check_stock")).amounts == ()


@pytest.mark.parametrize(
    ("text", "intent", "kind"),
    [
        ("used [2-3](quantity) [chux](item)", "consume", DoubtKind.AMOUNT_OPEN),
        ("used [a few](quantity) [chux](item)", "consume", DoubtKind.AMOUNT_OPEN),
        ("used [umpteen](quantity) [chux](item)", "consume", DoubtKind.AMOUNT_UNREAD),
        ("used [-3](quantity) [chux](item)", "consume", DoubtKind.AMOUNT_UNREAD),
        ("used [2](quantity) [chux](item) [5](quantity)", "consume", DoubtKind.AMOUNT_TWICE),
        ("used [2](quantity) [chux](item) [crates](unit)", "consume", DoubtKind.UNIT_UNREAD),
        ("[foleys](item) [5](quantity) [leg bags](item)", "consume", DoubtKind.AMOUNT_ELSEWHERE),
        ("[foleys](item) [16 fr](size) [catheters](item)", "consume", DoubtKind.SIZE_ELSEWHERE),
        ("used [1](quantity) [18g](size) + [1](quantity) [kit](item)", "consume", DoubtKind.THING_MISSING),
        (
            "[3](quantity) [stems](item) serials [A1](serial), [A2](serial)",
            "receive",
            DoubtKind.SERIALS_UNEQUAL,
        ),
        ("hold lots [A12](lot) through [B7](lot) of [mesh](item)", "quarantine", DoubtKind.RANGE_UNREAD),
        ("hold [mesh](item) lot [E-44901](lot)", "quarantine", DoubtKind.CODE_HIDDEN),
        ("what expired [since go-live](window)", "check_expiry", DoubtKind.TIME_UNREAD),
        ("[gloves](item) used in [flu season](window)", "usage_history", DoubtKind.TIME_ROUGH),
        ("spend by [moon phase](group_by)", "cost_report", DoubtKind.GROUPING_UNREAD),
    ],
)
def test_what_can_not_be_settled_is_a_doubt_with_a_sentence(text: str, intent: str, kind: DoubtKind) -> None:
    composition = composed(text, intent=intent)
    assert kind in {doubt.kind for doubt in composition.doubts}, lines_of(composition)
    assert not composition.sure
    assert composition.doubts_of(kind)[0].sentence


def test_an_amount_for_two_places_is_in_doubt_unless_each_is_said() -> None:
    ed = '[ED]{"entity":"location","role":"destination"}'
    icu = '[ICU]{"entity":"location","role":"destination"}'
    split = composed(f"send [6](quantity) [gowns](item) to {ed} and {icu}", intent="transfer")
    assert [doubt.kind for doubt in split.doubts] == [DoubtKind.PLACES_UNSHARED]
    each = composed(f"send [6](quantity) [gowns](item) each to {ed} and {icu}", intent="transfer")
    assert each.sure
    assert only(each).amount == Amount(Fraction(6), apiece=True)


def test_a_patients_number_shows_in_no_text_of_a_composition() -> None:
    for text in (
        "used [2](quantity) [silk](item) on MRN [6120045](patient)",
        "used [2](quantity) [silk 6120045](item) on MRN [6120045](patient), mrn 6120045",
        "used [2-3](quantity) [mrn 6120045](item)",
    ):
        composition = composed(text)
        assert "6120045" not in repr(composition)
        assert "6120045" not in str(composition)
        assert "6120045" not in " ".join(lines_of(composition))
    patient = composed("for MRN [6120045](patient)").targets.patients[0]
    assert patient.reveal() == "6120045"
    assert f"{patient}" == str(patient) == patient.masked == "…045"
    assert repr([patient]) == "[PatientNumber(…045)]"


def test_a_short_patients_number_shows_no_more_than_half() -> None:
    assert patient_of("5503").masked == "…03"
    assert patient_of("7").masked == "…"


def test_a_lot_that_begins_with_pt_is_a_lot_and_a_patients_number_labelled_lot_is_none() -> None:
    assert [lot.key for lot in only(composed("hold lot [PT-889](lot)", intent="quarantine")).lots] == [
        "PT889"
    ]
    hidden = composed("hold [mesh](item) for pt [4482211](lot)", intent="quarantine")
    assert only(hidden).lots == ()
    assert "4482211" not in repr(hidden)
    assert HIDDEN not in repr(hidden.lines)


def test_a_range_of_lots_covers_those_between_and_no_others() -> None:
    line = only(composed("hold lots [L-220](lot) through [L-231](lot)", intent="quarantine"))
    (lots,) = line.lots
    assert lots.covers("L220")
    assert lots.covers("l-225")
    assert lots.covers("L-231")
    assert not lots.covers("L-232")
    assert not lots.covers("K-225")
    assert not lots.covers("gown")


def test_recurrences_and_hours_are_typed() -> None:
    assert composed("low list [every friday](window)", intent="subscribe_alert").windows[0].every == Every(
        "week", 4
    )
    by_seven = composed("[gowns](item) [by 7am](window)", intent="requisition").windows[0]
    assert (by_seven.last, by_seven.hour) == (TODAY, time(7))


def test_targets_are_typed() -> None:
    targets = composed(
        "bill [J&J](supplier) PO [77121](order) by [vendor](group_by) for [Dr. O'Brien](provider)",
        intent="cost_report",
    ).targets
    assert targets.suppliers == (company_of("j&j"),)
    assert targets.orders[0].candidates[:2] == ("77121", "PO-77121")
    assert targets.group_by == (Grouping.SUPPLIER,)
    assert targets.providers == (person_of("dr obrien"),)


def test_what_is_left_after_a_use_goes_its_own_way() -> None:
    composition = composed(
        "used [2](quantity) [floseal](item) in [OR 3](location), moving the rest to "
        '[ED]{"entity":"location","role":"destination"}'
    )
    used, rest = composition.lines
    assert (used.amount, used.destinations) == (Amount(Fraction(2)), ())
    assert rest.item == used.item
    assert rest.amount == Amount(None, kind=AmountKind.REST)
    assert [spot.normal for spot in rest.destinations] == ["ed"]
    assert [doubt.kind for doubt in composition.doubts] == [DoubtKind.SECOND_ACTION]


def test_a_question_takes_things_with_the_sizes_that_belong_to_them() -> None:
    meaning = labelled(
        "do we have [7.5](size) [gloves](item) and [2-0](size) [silk](item)", intent="check_stock"
    )
    assert [(thing, [size.text for size in sizes]) for thing, sizes in things_of(meaning)] == [
        (thing_of("gloves"), ["7.5"]),
        (thing_of("silk"), ["2-0"]),
    ]


def test_a_message_without_labels_composes_into_nothing() -> None:
    assert composed("thanks", intent="thanks") == Composition("thanks")


def test_a_list_longer_than_is_bound_is_doubted_and_a_long_one_is_not() -> None:
    things = [f"[{n}](quantity) [thing{n}](item)" for n in range(1, 81)]
    whole = composed("used " + ", ".join(things[:50]))
    assert [(line.item.text if line.item else "", str(line.amount)) for line in whole.lines] == [
        (f"thing{n}", str(n)) for n in range(1, 51)
    ]
    assert whole.sure
    cut = composed("used " + ", ".join(things))
    assert [doubt.kind for doubt in cut.doubts] == [DoubtKind.TOO_MUCH]


def test_a_long_list_of_serials_is_one_line() -> None:
    serials = ", ".join(f"[SN{n}](serial)" for n in range(100, 130))
    line = only(composed(f"[30](quantity) [pumps](item) serials {serials}", intent="receive"))
    assert len(line.serials) == 30
    assert line.amount == Amount(Fraction(30))
