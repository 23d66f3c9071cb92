"""Patients' numbers are found however they are said, and what only looks like one is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import InvalidIdentifier, InvalidSetting
from domain.model.patient_number import mask_of, normal_form
from domain.model.patient_text import HIDDEN, Formats, masked, patient_numbers

NLU_DATA = Path(__file__).resolve().parents[3] / "nlu" / "data"
_LABEL = re.compile(r"\[([^\]]+)\](?:\((\w+)\)|\{([^}]*)\})")

# Written by hand for these tests, none of them out of the model's data: the message and the number in it.
SAID = [
    ("balloon in, L&D, encounter 70021-B", "70021-B"),
    ("is the ABG result back on 4471902", "4471902"),
    ("used 2 chest tubes on mrn#884512", "884512"),
    ("charge to MRN: 00-44-12", "00-44-12"),
    ("pt #77812 got a foley", "77812"),
    ("patient id 99120 needs a wound vac", "99120"),
    ("encounter no. E203318 2 drains", "E203318"),
    ("Enc# 5512207, 1 stapler", "5512207"),
    ("account number 90077 crutches", "90077"),
    ("acct: 900-771", "900-771"),
    ("FIN 3300127 used 4 lap sponges", "3300127"),
    ("csn 100223344", "100223344"),
    ("used 3 vicryl for patient eight eight one two oh", "eight eight one two oh"),
    ("m r n four four eight one two oh one foley", "four four eight one two oh one"),
    ("encounter e dash two zero three three one eight", "e dash two zero three three one eight"),
    ("patient's mrn is 6120045", "6120045"),
    ("pt's acct 90077", "90077"),
    ("DOB 3/14/1961", "3/14/1961"),
    ("born on 1961-03-14", "1961-03-14"),
    ("ssn 123-45-6789", "123-45-6789"),
    ("her number 123-45-6789", "123-45-6789"),
    ("opened 2 raytec for E-77120", "E-77120"),
    ("gave a boot to 448121", "448121"),
    ("undo the charge on V-20931", "V-20931"),
    ("discharge 5520187", "5520187"),
    ("MRN 6120045 and 6120046 both got foleys", "6120046"),
    ("pt 4421: 2 foleys", "4421"),
    ("the patient in bed 4, mrn 661209, needs bags", "661209"),
    ("medical record number 7710293", "7710293"),
    ("med rec 7710293", "7710293"),
    ("visit 5510-22", "5510-22"),
    ("took 2 off for encounter double four two one nine", "double four two one nine"),
    ("patient forty four twenty one", "forty four twenty one"),
    ("pt: MRN=6120045", "6120045"),
    ("Pt(448120) 1 foley", "448120"),
    ("used one stent on pt 448120, reverse 448120 later", "448120"),
    ("patient number 12345", "12345"),
    ("MRN\n6120045", "6120045"),
    ("put a picc in 5520187", "5520187"),
    ("pts 4421 and 4422", "4422"),
    ("bill 2 foleys against 77120931", "77120931"),
    ("HAR 9001223 cost", "9001223"),
    ("wasted one for 90312", "90312"),
]

OTHER = [
    "for the patient 250ml saline",
    "where is lot 6120045",
    "po 3300127 arrived",
    "REF 88120 how many",
    "receive 10 of 0113710",
    "catalog number 72203378 on hand",
    "count 448120 at 12",
    "lot 77120 put on hold",
    "used 2 of lot 88120 on case C-991",
    "used 3 foleys on case 40551",
    "case 24-1187 total",
    "set par for 1955 to 200",
    "charge it to cost center 6010",
    "spent on gloves for 2025",
    "usage for 2024-2025",
    "move 250 from ICU to ED",
    "for the patient 250 ml saline",
    "patient lift 500 lb sling",
    "put 100 on shelf 3",
    "order 500 for 90 days",
    "serial 4471233 used on case C-12",
    "sn PM-4471 implanted",
    "room 412 needs 10 bags",
    "call ext 4471",
    "patient gowns size 2 how many",
    "pt 2 gauze",
    "encounter rate",
    "used 2 boxes of 309653",
    "need 12 of 408-119 for OR 3",
    "lot PT-889 quarantine",
    "ship to dock 1120",
    "req 4412 picked",
    "used four four by fours on case nine nine one",
    "put two three oh vicryl in or two",
    "received 300 for po 70551",
    "give me the history of 309653",
    "used 350 ml omnipaque",
    "patient 18 fr foley",
    "order 4500098812",
    "gloves expire before 12/31/2026",
    "between 1/1/2026 and 3/1/2026",
    "10 x 10 cm dressing",
    "transfer 120 to 4 West",
    "count: 1200 on hand",
    "budget for 2026",
    "SKU 5520187 opened",
    "item 448120 used yesterday",
    "from 0700 to 1130 used 3 foleys",
]


@pytest.mark.parametrize(("text", "number"), SAID)
def test_a_patients_number_is_found(text: str, number: str) -> None:
    assert number in [text[start:end] for start, end in patient_numbers(text)]


@pytest.mark.parametrize("text", OTHER)
def test_what_is_no_patients_number_stays(text: str) -> None:
    assert masked(text) == text


def labelled() -> Iterator[tuple[str, str, int, int]]:
    """Every labelled piece of the model's data: (text, label, start, end)."""
    for path in sorted(NLU_DATA.glob("*/*.yml")):
        for line in path.read_text().splitlines():
            found = re.match(r"\s+- (.*)$", line)
            if not found:
                continue
            text, spans, at = "", [], 0
            for label in _LABEL.finditer(found[1]):
                text += found[1][at : label.start()]
                entity = label[2] or label[3].split('"entity":"', 1)[1].split('"', 1)[0]
                spans.append((entity, len(text), len(text) + len(label[1])))
                text, at = text + label[1], label.end()
            text += found[1][at:]
            for entity, start, end in spans:
                yield text, entity, start, end


def test_of_the_language_models_data_all_but_two_in_a_hundred_patients_are_found_and_hardly_anything_else() -> (
    None
):
    seen = {True: [0, 0], False: [0, 0]}
    for text, entity, start, end in labelled():
        number = text[start:end]
        if entity != "patient" and (
            entity not in ("lot", "serial", "order", "case", "item")
            or sum(sign.isdigit() for sign in number) < 3
        ):
            continue
        hidden = masked(text)[start:end]
        kind = seen[entity == "patient"]
        kind[0] += 1
        # A patient is found when nothing of the number is left; another number is lost when anything of it is.
        left = any(sign.isalnum() for sign in hidden)
        kind[1] += not left if entity == "patient" else hidden != number
    (patients, found), (others, lost) = seen[True], seen[False]
    assert patients >= 60
    assert others >= 300
    assert found / patients >= 0.98
    assert lost / others <= 0.02


def test_a_number_is_hidden_sign_by_sign_and_everywhere() -> None:
    text = "pt E-4421: 2 foleys. E-4421 is in room 4421"
    assert masked(text) == "pt •-••••: 2 foleys. •-•••• is in room 4421"
    assert len(masked(text)) == len(text)


def test_number_words_are_hidden_too() -> None:
    assert (
        masked("put one shiley on patient four four eight two")
        == "put one shiley on patient •••• •••• ••••• •••"
    )


def test_what_the_language_model_takes_for_a_patient_is_hidden_too() -> None:
    assert masked("walker for Smith 12", [(11, 19)]) == "walker for ••••• ••"
    assert masked("short", [(3, 99), (-5, 1)]) == f"{HIDDEN}ho{HIDDEN * 2}"


def test_the_hospitals_own_forms_are_found_without_a_label() -> None:
    own = Formats(("K@####", "99-######"))
    assert masked("KX1234 two drains, 99-123456 one", formats=own) == "•••••• two drains, ••-•••••• one"
    assert masked("lot KX1234", formats=own) == "lot KX1234"
    assert masked("KX1234 two drains") == "KX1234 two drains"


@pytest.mark.parametrize("form", ["###", "@@@@@", "", "#" * 41])
def test_a_form_that_would_hide_everything_is_refused(form: str) -> None:
    with pytest.raises(InvalidSetting, match="PARLEY_PATIENT_FORMATS"):
        Formats((form,))


@pytest.mark.parametrize(
    ("said", "plain", "mask"),
    [
        ("E-203318", "E203318", "…3318"),
        ("00-44-12", "004412", "…4412"),
        ("61 20 045", "6120045", "…0045"),
        ("four four eight two", "4482", "…82"),
        ("double four two one nine", "44219", "…219"),
        ("forty four twenty one", "4421", "…21"),
        ("e dash two oh three", "E203", "…03"),
    ],
)
def test_one_number_has_one_form_and_a_mask_that_never_shows_it_whole(
    said: str, plain: str, mask: str
) -> None:
    assert (normal_form(said), mask_of(said)) == (plain, mask)
    assert mask.removeprefix("…") != plain


@pytest.mark.parametrize("said", ["", "Smith", "42", "4 2", "x" * 30 + "123"])
def test_what_can_be_no_number_is_refused_and_not_repeated(said: str) -> None:
    with pytest.raises(InvalidIdentifier) as refused:
        normal_form(said)
    assert not said.strip() or said not in str(refused.value)
