"""What the words beside a photograph want."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue.acting.sketch import Verb
from bot.dialogue.photo.captions import Ask, caption_of
from bot.dialogue.photo.seen import typed_codes
from domain.errors import InvalidIdentifier
from domain.model.item import IdentifierKind

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("used these for C-991", Verb.CONSUME),
        ("Used 2 for case 991", Verb.CONSUME),
        ("implanted, C-991", Verb.CONSUME),
        ("2 for C-991", Verb.CONSUME),
        ("C-991", Verb.CONSUME),
        ("for dr chen", Verb.CONSUME),
        ("charge this to the ED", Verb.CONSUME),
        ("moving to ED", Verb.TRANSFER),
        ("sending 2 of these to PACU", Verb.TRANSFER),
        ("to ED", Verb.TRANSFER),
        ("taking these to OR 3", Verb.TRANSFER),
        ("received", Verb.RECEIVE),
        ("3 boxes came in", Verb.RECEIVE),
        ("just arrived, putting it away", Verb.RECEIVE),
        ("count: 12", Verb.COUNT),
        ("counted 7 of these", Verb.COUNT),
        ("there are 4 on this shelf", Verb.COUNT),
        ("wasted, dropped it", Verb.WASTE),
        ("opened, not used and contaminated", Verb.WASTE),
        ("dropped on the floor", Verb.WASTE),
        ("expired and damaged", Verb.WASTE),
        ("unused, put it back", Verb.RETURN),
        ("didn't use this one", Verb.RETURN),
        ("need 10 more of these", Verb.REQUISITION),
        ("recalled, pull these", Verb.QUARANTINE),
    ],
)
def test_words_beside_a_photograph_name_the_action(text: str, verb: Verb) -> None:
    caption = caption_of(text)
    assert (caption.verb, caption.ask) == (verb, None)


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("where is this?", Ask.WHERE),
        ("where does this go", Ask.WHERE),
        ("which shelf", Ask.WHERE),
        ("how many of these do we have", Ask.STOCK),
        ("any more of these?", Ask.STOCK),
        ("is it recalled", Ask.RECALL),
        ("recalled?", Ask.RECALL),
        ("who got this lot?", Ask.TRACE),
        ("is this expired?", Ask.LABEL),
        ("still good?", Ask.LABEL),
        ("what is this", Ask.INFO),
        ("is it latex free?", Ask.INFO),
        ("how many are in a box", Ask.INFO),
    ],
)
def test_words_beside_a_photograph_name_the_question(text: str, ask: Ask) -> None:
    caption = caption_of(text)
    assert (caption.verb, caption.ask) == (None, ask)


@pytest.mark.parametrize(
    "text",
    ["", "here you go", "what else can I take instead?", "order more", "undo that", "2", "label for this"],
)
def test_other_words_name_neither(text: str) -> None:
    caption = caption_of(text)
    assert (caption.verb, caption.ask) == (None, None)


def test_each_is_heard() -> None:
    assert caption_of("used 2 each for C-991").each
    assert not caption_of("used 2 for C-991").each


# ------------------------------------------------------------------------------------------- typed codes


@pytest.mark.parametrize(
    ("text", "kind", "value", "lot", "rest"),
    [
        ("(01)00614141999996(17)270101(10)A12B", IdentifierKind.GTIN, "00614141999996", "A12B", ""),
        ("used 1 of (01)00614141999996(10)A12B for C-991", IdentifierKind.GTIN, "00614141999996", "A12B", "used 1 of for C-991"),
        ("(01) 00614141999996 (10) A12B", IdentifierKind.GTIN, "00614141999996", "A12B", ""),
        ("where is 00614141999996?", IdentifierKind.GTIN, "00614141999996", "", "where is ?"),
        ("+A123BJC5D6E71G", IdentifierKind.HIBC, "+A123BJC5D6E71", "", ""),
    ],
)  # fmt: skip
def test_a_typed_code_is_taken_out_of_the_words(
    text: str, kind: IdentifierKind, value: str, lot: str, rest: str
) -> None:
    found = typed_codes(text, today=TODAY)
    assert found is not None
    assert [(one.kind, one.value, one.lot) for one in found.labels] == [(kind, value, lot)]
    assert found.rest == rest


@pytest.mark.parametrize(
    "text",
    ["used 2 16 fr foleys for C-991", "lot 8J2210", "call 555-123-4567", "00614141999991", "MRN 6120045"],
)
def test_ordinary_words_hold_no_code(text: str) -> None:
    assert typed_codes(text, today=TODAY) is None


def test_a_bracketed_code_that_is_mistyped_is_refused_with_the_reason() -> None:
    with pytest.raises(InvalidIdentifier, match="check digit"):
        typed_codes("(01)00614141999991(10)A12B", today=TODAY)


def test_the_same_code_typed_twice_is_two_of_them() -> None:
    found = typed_codes("(01)00614141999996(10)A1 (01)00614141999996(10)A1", today=TODAY)
    assert found is not None
    assert [label.copies for label in found.labels] == [2]
