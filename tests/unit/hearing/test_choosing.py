"""Of the ways to hear a clip the one that a supply room would say is taken, and its words are set right."""

from __future__ import annotations

import pytest

from bot.understanding.hearing.choosing import Change, corrected, understood
from bot.understanding.hearing.identifiers import set_right
from bot.understanding.hearing.terms import Terms, sound_of

TERMS = Terms(
    (
        "Floseal hemostatic matrix",
        "Tegaderm transparent dressing",
        "Yankauer suction handle",
        "chest tubes",
        "exam gloves",
        "saline flush",
        "cath lab",
        "PACU",
        "Vicryl suture",
        "Prolene suture",
        "bougie",
    ),
    suture_words=("vicryl", "prolene"),
)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("Where is the floss eel?", "Where is the floseal?"),
        ("We used one flow cell.", "We used one floseal."),
        ("How many techa derm do we have", "How many tegaderm do we have"),
        ("Where are the chess tubes?", "Where are the chest tubes?"),
        ("sailing flushes in the cath lab", "saline flushes in the cath lab"),
        ("bring it to the cast labs", "bring it to the cath labs"),
        ("discard them in Paku", "discard them in pacu"),
    ],
)
def test_what_sounds_like_a_term_becomes_it(heard: str, meant: str) -> None:
    assert corrected(heard, terms=TERMS)[0].casefold() == meant.casefold()


@pytest.mark.parametrize(
    "said",
    [
        "Where are the chest tubes?",
        "What is the weather tomorrow?",
        "Used 3 Tegaderm in the OR.",
        "thank you",
        "what did we spend on wednesday",
        "16 French, 4 inch",
    ],
)
def test_known_and_everyday_words_are_left_as_they_were_heard(said: str) -> None:
    assert corrected(said, terms=TERMS) == (said, ())


@pytest.mark.parametrize(
    "said",
    [
        "Moved 5 to PICU",
        "tell Maya we need more guide wires",
        "order 2 cases of cups from Medline",
        "it came with a smudged label",
        "how should I word a transfer",
        "is it worn out or just smudged",
        "screen says 30, actual is nine, nurse server twelve",
    ],
)
def test_names_initials_and_little_words_are_no_misheard_things(said: str) -> None:
    house = Terms(
        ("mask with ear loops", "PACU", "Mayo stand", "Pro midline kit", "air transfer mat", "cell saver"),
        names=("Maya Chen", "Medline"),
    )
    assert corrected(said, terms=house) == (said, ())


def test_what_stands_around_a_change_stays_as_it_was_written() -> None:
    heard = "an Angio-Seal, lot CS-22 and PV20931, at 5%, beside the floss eel"
    assert corrected(heard, terms=TERMS)[0] == heard.replace("floss eel", "floseal")


def test_a_dash_between_words_joins_no_numbers() -> None:
    said = "partial on PO 90340 - 6 of 10 cartons"
    assert set_right(said, terms=TERMS) == said


def test_what_sounds_like_nothing_here_stays() -> None:
    assert corrected("where is the zamboni", terms=TERMS)[0] == "where is the zamboni"


def test_a_change_is_told() -> None:
    _, changes = corrected("the chess tubes", terms=TERMS)
    assert changes == (Change("chess tubes", "chest tubes"),)


def test_a_hypothesis_of_known_words_wins_over_one_that_the_engine_liked_a_little_better() -> None:
    windows = [
        [
            ("When is our order of exam clubs arriving?", -0.21),
            ("When is our order of exam gloves arriving?", -0.24),
        ]
    ]
    assert understood(windows, terms=TERMS).heard == "When is our order of exam gloves arriving?"


def test_the_engine_is_believed_where_it_is_much_surer() -> None:
    windows = [[("where is the zamboni", -0.05), ("where is the bougie", -1.4)]]
    assert understood(windows, terms=TERMS).heard == "where is the zamboni"


def test_what_the_engine_hardly_believes_is_not_sure() -> None:
    assert not understood([[("where are the chest tubes", -1.1)]], terms=TERMS).sure
    assert understood([[("where are the chest tubes", -0.3)]], terms=TERMS).sure


def test_silence_says_nothing() -> None:
    nothing = understood([], terms=TERMS)
    assert (nothing.text, nothing.sure) == ("", False)


def test_stretches_are_joined_in_their_order() -> None:
    windows = [[("Where are the chest tubes?", -0.1)], [("And the exam gloves?", -0.1)]]
    assert understood(windows, terms=TERMS).text == "Where are the chest tubes? And the exam gloves?"


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("do we still have Vicryl 4.0?", "do we still have Vicryl 4-0?"),
        ("3 O Prolene in the OR", "3-0 Prolene in the OR"),
        ("a 3.0 stent", "a 3.0 stent"),
        ("where is lot 8 J 22 10", "where is lot 8J2210"),
        ("pull lot 8 J2210, it has been recalled", "pull lot 8J2210, it has been recalled"),
        ("lot 8J2210 2 boxes", "lot 8J2210 2 boxes"),
        ("case C 1001", "case C1001"),
        ("took 216 French Foleys", "took 2 16 French Foleys"),
        ("a 16 French Foley", "a 16 French Foley"),
        ("a case of gloves", "a case of gloves"),
    ],
)
def test_figures_and_codes_are_written_as_they_are_meant(heard: str, meant: str) -> None:
    assert set_right(heard, terms=TERMS) == meant


def test_sounds_that_are_taken_for_each_other_are_one() -> None:
    assert sound_of("floseal") == sound_of("flow cell")
    assert sound_of("vicryl") != sound_of("prolene")
