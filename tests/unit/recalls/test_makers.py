"""When two names are of one house."""

from __future__ import annotations

import pytest

from domain.usecases.alert.makers import same_house, shared_words


@pytest.mark.parametrize(
    ("firm", "maker"),
    [
        ("Ethicon Endo-Surgery, LLC", "Ethicon"),
        ("Becton Dickinson & Company", "BD"),
        ("Medline Industries, LP", "Medline"),
        ("Cardinal Health 200, LLC", "Cardinal Health"),
        ("Molnlycke Health Care US, LLC", "Mölnlycke"),
        ("C.R. Bard, Inc.", "BD"),
        ("Smith & Nephew, Inc.", "Smith+Nephew"),
        ("B. Braun Medical, Inc.", "B. Braun"),
    ],
)
def test_a_maker_is_known_under_its_legal_names(firm: str, maker: str) -> None:
    assert same_house(firm, maker)


@pytest.mark.parametrize(
    ("firm", "maker"),
    [
        ("Cook Incorporated", "BD"),
        ("Medical Action Industries", "Medline"),
        ("Health Products Inc", "Cardinal Health"),
        ("Gorelick Labs", "Gore"),
    ],
)
def test_words_that_all_makers_share_make_no_house(firm: str, maker: str) -> None:
    assert not same_house(firm, maker)


def test_sizes_and_common_words_are_no_evidence() -> None:
    assert not shared_words("Sterile kit, 8 mL, single use", ["Disposable sterile kit 8 mL"])
    assert shared_words("Chest tubes, straight", ["Argyle chest tube"]) == {"chest", "tube"}
