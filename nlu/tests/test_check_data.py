"""The check refuses labels that would teach the model something wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.check_data import FEWEST, domain_names, faults, faults_apart
from commands.data import read_labelled
from commands.paths import DATA, KEPT_APART

HEAD = 'version: "3.1"\n\nnlu:\n'


def found(folder: Path, **files: str) -> list[str]:
    """Faults of data with these writers' files, without those about too few messages."""
    for writer, lines in files.items():
        (folder / writer).mkdir()
        (folder / writer / "ask.yml").write_text(HEAD + lines, "utf-8")
    intents, entities = domain_names()
    listed = faults(read_labelled(folder), intents=intents, entities=entities)
    return [fault for fault in listed if "are needed" not in fault]


def block(intent: str, *lines: str) -> str:
    return f"  - intent: {intent}\n    examples: |\n" + "".join(f"      - {line}\n" for line in lines)


def test_the_data_of_the_project_has_no_fault() -> None:
    intents, entities = domain_names()
    messages = read_labelled(DATA)
    assert list(faults(messages, intents=intents, entities=entities)) == []
    assert {message.example.intent for message in messages} == set(intents)
    assert {span.entity for message in messages for span in message.example.spans} == set(entities)
    assert len(intents) == 29
    assert len(entities) == 14


def test_the_messages_kept_apart_have_no_fault_and_are_not_learnt_from() -> None:
    intents, entities = domain_names()
    assert list(faults_apart(read_labelled(KEPT_APART), read_labelled(DATA), intents=intents, entities=entities)) == []


def test_sound_data_passes(tmp_path: Path) -> None:
    assert found(tmp_path, anna=block("greet", "hi"), ben=block("greet", "hi", "hello")) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("find [gloves](item", "brackets that do not close"),
        ("find gloves](item)", "brackets that do not close"),
        ("find [gloves]{item}", "cannot be read"),
        ('find [ED]{"entity":"location","group":"1"}', "unknown keys"),
        ("find [glo](item)ves", "inside a word"),
        ("find [gloves](thing)", "'thing' is not in the domain"),
        ('find [gloves]{"entity":"item","role":"source"}', "only a location has a role"),
        ('find [ED]{"entity":"location","role":"via"}', "only a location has a role"),
    ],
)
def test_a_faulty_label_is_refused(tmp_path: Path, line: str, fault: str) -> None:
    (only,) = found(tmp_path, anna=block("find_item", line))
    assert fault in only
    assert "ask.yml:6" in only


def test_the_same_words_with_two_intents_are_refused(tmp_path: Path) -> None:
    (only,) = found(tmp_path, anna=block("deny", "stop that"), ben=block("cancel", "Stop that!"))
    assert "cancel here and deny in" in only


def test_the_same_words_with_two_labellings_are_refused(tmp_path: Path) -> None:
    (only,) = found(tmp_path, anna=block("find_item", "[foley](item) 16"), ben=block("find_item", "[foley](item) [16](size)"))
    assert "labelled otherwise" in only


def test_a_repeat_of_one_writer_is_refused_and_agreement_of_two_is_not(tmp_path: Path) -> None:
    (only,) = found(tmp_path, anna=block("greet", "hi", "hi"), ben=block("greet", "hi"))
    assert "is also in" in only


def test_an_unknown_intent_and_a_stray_line_are_refused(tmp_path: Path) -> None:
    listed = found(tmp_path, anna=block("dance", "tango") + "    stray: line\n")
    assert any("intent 'dance' is not in the domain" in fault for fault in listed)
    assert any("no part of the format" in fault for fault in listed)


def test_an_intent_with_too_few_messages_is_refused(tmp_path: Path) -> None:
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / "ask.yml").write_text(HEAD + block("greet", "hi"), "utf-8")
    listed = list(faults(read_labelled(tmp_path), intents=["greet"], entities=[]))
    assert listed == [f"greet: 1 messages, at least {FEWEST} are needed"]


def apart(folder: Path, *, learnt: str, kept: str) -> list[str]:
    """Faults of one message that is kept apart beside one that is learnt from."""
    for name, line in (("learnt", learnt), ("kept", kept)):
        (folder / name / "anna").mkdir(parents=True)
        (folder / name / "anna" / "ask.yml").write_text(HEAD + line, "utf-8")
    intents, entities = domain_names()
    listed = faults_apart(read_labelled(folder / "kept"), read_labelled(folder / "learnt"), intents=intents, entities=entities)
    return list(listed)


def test_a_message_kept_apart_may_not_be_learnt_from(tmp_path: Path) -> None:
    learnt, kept = block("find_item", "so where are the [foleys](item)"), block("find_item", "So where are the [foleys](item)?")
    (only,) = apart(tmp_path, learnt=learnt, kept=kept)
    assert "is learnt from, in" in only


def test_a_few_words_may_be_kept_apart_and_learnt_from_if_they_mean_the_same(tmp_path: Path) -> None:
    assert apart(tmp_path, learnt=block("cancel", "never mind"), kept=block("cancel", "Never mind.")) == []


def test_a_few_words_may_not_mean_another_thing_where_they_are_kept_apart(tmp_path: Path) -> None:
    (only,) = apart(tmp_path, learnt=block("cancel", "never mind"), kept=block("deny", "Never mind."))
    assert "is deny here and cancel in" in only
