"""The reviewed table of names, and what it does to words."""

from __future__ import annotations

from domain.store.search.synonyms import Synonyms, hospital_synonyms
from domain.store.search.terms import sound_of, terms_of
from domain.store.search.vocabulary import Vocabulary


def test_the_table_has_at_least_150_things_and_no_line_of_one_name() -> None:
    table = hospital_synonyms()
    assert table.count >= 150
    named = {concept for words in table.words for concept in table.named((words,))}
    assert named <= set(range(table.count))


def test_a_phrase_holds_whatever_the_order_of_its_words() -> None:
    table = Synonyms([["ett", "endotracheal tube"]])
    assert table.held_by(["tube", "cuffed", "endotracheal"]) == {0: 1.0}
    assert table.held_by(["tube", "chest"]) == {}


def test_one_word_among_many_is_trusted_less() -> None:
    table = Synonyms([["iv", "iv catheter"]])
    assert table.held_by(["iv", "pole", "leg"])[0] < table.held_by(["iv", "catheter", "insyte"])[0]


def test_the_longer_mention_comes_first() -> None:
    table = Synonyms([["trach"], ["trach tie", "tracheostomy tube holder"]])
    assert [(m.start, m.stop, m.concepts) for m in table.mentioned_in(["trach", "tie"])] == [
        (0, 2, (1,)),
        (0, 1, (0,)),
    ]


def test_terms_leave_out_sizes_and_join_negations() -> None:
    terms = terms_of("Gloves, surgical, latex-free, non-sterile, size 7.5")
    assert terms.words == ("glove", "surgical", "latexfree", "nonsterile")
    assert [size.text for size in terms.sizes] == ["7.5"]


def test_words_that_sound_alike_share_a_skeleton() -> None:
    assert sound_of("bear") == sound_of("bair")
    assert sound_of("clora") == sound_of("chlora")
    assert sound_of("tape") != sound_of("wrap")


def test_a_figure_is_never_a_slip_of_another() -> None:
    assert Vocabulary(["j472h", "n95"]).similar("j473h") == []


def test_slips_are_found_and_far_words_are_not() -> None:
    vocabulary = Vocabulary(["catheter", "xeroform", "glove"])
    assert [vocabulary.words[like.word_id] for like in vocabulary.similar("xerofrom")] == ["xeroform"]
    assert vocabulary.similar("pizza") == []
