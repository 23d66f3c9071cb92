"""A wrong code is worse than none: which readings are believed, and which need a second opinion."""

from __future__ import annotations

import numpy as np
import pytest

from bot.media.barcode.sighting import Decoder, Sighting, shrunk_upc_a, without_leading_fnc1
from bot.media.barcode.trust import AS_IT_IS, accepted
from domain.udi.symbol import Symbology


def seen(
    symbology: Symbology,
    text: str,
    *,
    at: tuple[int, int] = (100, 100),
    decoder: Decoder = Decoder.ZXING,
    treatment: str = AS_IT_IS,
    averaged: bool = False,
) -> Sighting:
    x, y = at
    quad = np.array([(x, y), (x + 200, y), (x + 200, y + 60), (x, y + 60)], dtype=np.float64)
    return Sighting(symbology, text, text.encode(), "]X0", quad, decoder, treatment, averaged)


def texts(*sightings: Sighting) -> list[str]:
    return [one.text for one in accepted(sightings)]


@pytest.mark.parametrize(
    ("symbology", "text"),
    [
        (Symbology.CODE_128, "AB12"),
        (Symbology.CODE_39, "+A123BJC5D6E71G"),
        (Symbology.DATA_MATRIX, "A"),
        (Symbology.QR, "A"),
        (Symbology.ITF, "09506000134352"),
    ],
)
def test_one_quick_reading_is_enough_for_what_checks_itself(symbology: Symbology, text: str) -> None:
    assert texts(seen(symbology, text)) == [text]


@pytest.mark.parametrize(
    ("symbology", "text"),
    [
        (Symbology.ITF, "0950600013435"),
        (Symbology.ITF, "09506000134353"),
        (Symbology.EAN_13, "6291041500214"),
        (Symbology.CODE_128, "A"),
        (Symbology.CODABAR, "A12B"),
    ],
)
def test_no_agreement_makes_good_what_is_not_well_formed(symbology: Symbology, text: str) -> None:
    assert texts(*(seen(symbology, text, decoder=one, treatment=str(one)) for one in Decoder)) == []


@pytest.mark.parametrize(
    ("symbology", "text"),
    [
        (Symbology.UPC_E, "01234565"),
        (Symbology.DATABAR, "0109506000134352"),
        (Symbology.CODE_39, "AB1"),
        (Symbology.CODE_128, "AB1"),
    ],
)
def test_what_is_easily_invented_needs_a_second_opinion(symbology: Symbology, text: str) -> None:
    first = seen(symbology, text)
    assert texts(first) == []
    assert texts(first, first) == []
    assert texts(first, seen(symbology, text, decoder=Decoder.ZBAR)) == [text]
    if symbology is not Symbology.UPC_E:
        assert texts(first, seen(symbology, text, treatment="upright")) == [text]


def test_an_ean_needs_two_decoders_or_three_readings() -> None:
    late = [seen(Symbology.EAN_13, "6291041500213", treatment=f"late {number}") for number in range(3)]
    assert texts(late[0], late[1]) == []
    assert texts(*late) == ["6291041500213"]
    assert texts(late[0], seen(Symbology.EAN_13, "6291041500213", decoder=Decoder.ZBAR)) == ["6291041500213"]


def test_what_was_read_after_averaging_alone_needs_agreement() -> None:
    once = seen(Symbology.CODE_128, "LOT-4711", treatment="profile all", averaged=True)
    assert texts(once) == []
    assert texts(once, seen(Symbology.CODE_128, "LOT-4711", treatment="profile upper", averaged=True)) == [
        "LOT-4711"
    ]


def test_the_same_code_seen_by_both_decoders_is_one_with_zxings_identifier() -> None:
    zbar = seen(Symbology.CODE_128, "LOT-4711", decoder=Decoder.ZBAR, at=(104, 103))
    (one,) = accepted([zbar, seen(Symbology.CODE_128, "LOT-4711")])
    assert one.decoder is Decoder.ZXING


def test_the_same_code_at_two_places_is_two() -> None:
    one, two = seen(Symbology.CODE_128, "LOT-4711"), seen(Symbology.CODE_128, "LOT-4711", at=(100, 400))
    assert texts(one, two) == ["LOT-4711", "LOT-4711"]


def test_of_two_texts_at_one_place_the_better_attested_stays() -> None:
    wrong = seen(Symbology.CODE_128, "LOT-4717")
    right = [seen(Symbology.CODE_128, "LOT-4711", decoder=one, treatment=str(one)) for one in Decoder]
    assert texts(wrong, *right) == ["LOT-4711"]


def test_a_rival_that_another_decoder_attests_as_well_is_not_overruled_by_repetition() -> None:
    often = [seen(Symbology.EAN_13, "6291041500213", treatment=f"way {number}") for number in range(4)]
    rival = [
        seen(Symbology.EAN_13, "6291041500206", decoder=Decoder.ZBAR, treatment=f"way {number}")
        for number in range(2)
    ]
    assert texts(*often) == ["6291041500213"]
    assert texts(*often, *rival) == []


def test_of_two_texts_at_one_place_that_are_equally_attested_neither_is_told() -> None:
    assert texts(seen(Symbology.CODE_128, "LOT-4717"), seen(Symbology.CODE_128, "LOT-4711")) == []


def test_a_leading_fnc1_is_dropped_and_inner_ones_stay() -> None:
    assert without_leading_fnc1("\x1d10A\x1d21B", b"\x1d10A\x1d21B") == ("10A\x1d21B", b"10A\x1d21B")


@pytest.mark.parametrize(
    ("wide", "printed"),
    [
        ("012345000065", "01234565"),
        ("042100005264", "04252614"),
        ("062910415008", ""),
        ("312345000065", ""),
    ],
)
def test_a_upc_e_has_the_digits_that_are_printed(wide: str, printed: str) -> None:
    assert shrunk_upc_a(wide) == printed
