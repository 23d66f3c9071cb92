"""Finding items by what clinicians call them."""

from __future__ import annotations

import pytest

from domain.model.ids import ItemId
from domain.model.item import Item
from domain.ports import ItemSearchResult, Verdict
from domain.store.search.items import ItemIndex
from tests.unit.search.small_catalogue import gtin, small_catalogue

ITEMS = small_catalogue()
BY_ID: dict[ItemId, Item] = {item.id: item for item in ITEMS}


@pytest.fixture(scope="module")
def index() -> ItemIndex:
    return ItemIndex(ITEMS)


def names(result: ItemSearchResult) -> list[str]:
    return [BY_ID[hit.item_id].name for hit in result.hits]


def item_named(name: str) -> Item:
    return next(item for item in ITEMS if item.name == name)


@pytest.mark.parametrize(
    ("text", "size", "name"),
    [
        ("biogel 7.5", "", "Biogel surgical glove, 7.5"),
        ("biogel", "seven and a half", "Biogel surgical glove, 7.5"),
        ("biogel 7½", "", "Biogel surgical glove, 7.5"),
        ("ETT", "7.5", "Endotracheal tube, cuffed, 7.5 mm"),
        ("e t tube seven point oh", "", "Endotracheal tube, cuffed, 7.0 mm"),
        ("breathing tube 8", "", "Endotracheal tube, cuffed, 8.0 mm"),
        ("trach", "6", "Shiley tracheostomy tube, cuffed, 6"),
        ("peds trach ties", "", "Tracheostomy tube holder, pediatric"),
        ("j p drain ten millimeter", "", "Jackson-Pratt drain, flat, silicone, 10 mm"),
        ("vicryl 3/0", "", "Vicryl suture, SH needle, 27 in, 3-0"),
        ("three oh monocryl", "", "Monocryl suture, PS-2 needle, 27 in, 3-0"),
        ("zero vicryl", "", "Vicryl suture, SH needle, 27 in, 0"),
        ("eighteen gauge i v catheter", "", "BD Insyte IV catheter, 18 ga x 1.16 in"),
        ("angiocath 20g", "", "BD Insyte IV catheter, 20 ga x 1 in"),
        ("10cc saline flush", "", "Saline flush, prefilled syringe, 10 mL"),
        ("xience", "3x18", "Xience drug-eluting coronary stent, 3.0 x 18 mm"),
        ("chux", "", "Chux underpad, disposable, 23 x 36 in"),
        ("bovie", "", "Bovie pencil, rocker switch"),
        ("ekg dots", "", "ECG monitoring electrode"),
        ("peds bvm", "", "Bag valve mask resuscitator, pediatric, pediatric"),
        ("ambu bag", "adult", "Bag valve mask resuscitator, adult, adult"),
        ("yankaur", "", "Yankauer suction tip, rigid"),
        ("kerlex", "", "Kerlix gauze bandage roll, 4.5 in x 4.1 yd"),
        ("n ninety five small", "", "N95 respirator 1860, small"),
    ],
)
def test_one_item_that_is_clearly_meant_is_sure(index: ItemIndex, text: str, size: str, name: str) -> None:
    result = index.find(text, size=size)
    assert (result.verdict, names(result)[:1]) == (Verdict.SURE, [name])
    assert 0.6 < result.hits[0].score <= 1.0


def test_what_was_misheard_beyond_a_slip_is_asked_about(index: ItemIndex) -> None:
    result = index.find("cold ban four inch")
    assert (result.verdict, names(result)) == (Verdict.ASK, ["Coban self-adherent wrap, 4 in"])


def test_all_equally_fitting_items_are_asked_and_no_other_size(index: ItemIndex) -> None:
    result = index.find("7.5 surgical gloves")
    assert result.verdict is Verdict.ASK
    assert sorted(names(result)) == [
        "Biogel surgical glove, 7.5",
        "Gammex non-latex surgical glove, 7.5",
        "Protexis PI surgical glove, 7.5",
    ]
    assert sum(hit.score for hit in result.hits) <= 1.0


def test_a_family_asked_without_a_size_comes_in_size_order(index: ItemIndex) -> None:
    result = index.find("vicryl")
    assert result.verdict is Verdict.ASK
    assert [BY_ID[hit.item_id].size for hit in result.hits] == ["4-0", "3-0", "2-0", "0"]


def test_a_stocked_brand_goes_before_others_of_its_kind_and_the_kind_finds_all(index: ItemIndex) -> None:
    assert names(index.find("kerlix")) == ["Kerlix gauze bandage roll, 4.5 in x 4.1 yd"]
    assert {BY_ID[hit.item_id].brand for hit in index.find("gauze roll").hits} == {"Kerlix", "Kling"}


def test_latex_and_latex_free_are_not_mixed(index: ItemIndex) -> None:
    assert names(index.find("latex free surgical gloves", size="7.5")) == [
        "Gammex non-latex surgical glove, 7.5"
    ]
    assert names(index.find("non latex gloves 7"))[0] == "Gammex non-latex surgical glove, 7"


def test_a_size_that_no_item_of_the_kind_has_is_not_found_and_shows_the_others(index: ItemIndex) -> None:
    result = index.find("foley", size="19 fr")
    assert result.verdict is Verdict.NOT_FOUND
    assert [BY_ID[hit.item_id].size for hit in result.hits][:2] == ["18 Fr", "20 Fr"]
    assert all("Foley" in name for name in names(result))


def test_a_brand_without_the_size_is_not_answered_with_another_brand(index: ItemIndex) -> None:
    result = index.find("biogel", size="9")
    assert result.verdict is Verdict.NOT_FOUND
    assert {BY_ID[hit.item_id].brand for hit in result.hits} == {"Biogel"}


@pytest.mark.parametrize(
    "text", ["unobtanium", "pizza", "moon rocks", "coffee", "1955", "the", "'; DROP TABLE item; --"]
)
def test_what_is_not_kept_is_not_found(index: ItemIndex, text: str) -> None:
    assert index.find(text).verdict is Verdict.NOT_FOUND


@pytest.mark.parametrize("text", ["", "   ", "🙂", "x" * 10_000, "\x00", "* _ ~ <@U1>", "½½½ x x x", "手袋"])
def test_odd_questions_are_not_found_without_an_error(index: ItemIndex, text: str) -> None:
    assert index.find(text) == ItemSearchResult(Verdict.NOT_FOUND, ())


def test_items_kept_at_the_place_break_the_tie_and_come_first(index: ItemIndex) -> None:
    kept = item_named("Protexis PI surgical glove, 7.5").id
    result = index.find("surgical gloves", size="7.5", kept=frozenset({kept}))
    assert (result.verdict, result.hits[0].item_id) == (Verdict.SURE, kept)
    assert len(result.hits) == 3


def test_items_kept_at_the_place_never_hide_a_better_name(index: ItemIndex) -> None:
    kept = frozenset({item_named("Protexis PI surgical glove, 7.5").id})
    assert names(index.find("biogel 7.5", kept=kept))[0] == "Biogel surgical glove, 7.5"


def test_several_kept_items_are_still_asked_with_them_first(index: ItemIndex) -> None:
    kept = frozenset(
        {
            item_named("Protexis PI surgical glove, 7.5").id,
            item_named("Gammex non-latex surgical glove, 7.5").id,
        }
    )
    result = index.find("surgical gloves", size="7.5", kept=kept)
    assert result.verdict is Verdict.ASK
    assert {hit.item_id for hit in result.hits[:2]} == kept


@pytest.mark.parametrize("text", ["DYN-40003", "dyn40003", "DYN 40003", "ref DYN-40003", "100003"])
def test_numbers_are_found_with_and_without_dashes_and_blanks(index: ItemIndex, text: str) -> None:
    result = index.find(text)
    assert (result.verdict, [hit.item_id for hit in result.hits]) == (Verdict.SURE, [3])
    assert result.hits[0].pack_unit == ""


def test_a_gtin_names_its_pack_level(index: ItemIndex) -> None:
    piece, box = gtin("0095200000003"), gtin("1095200000003")
    assert index.find(piece).hits[0].pack_unit == "each"
    assert index.find(box).hits[0].pack_unit == "box"
    assert index.find(piece.lstrip("0").zfill(13)).hits[0].item_id == 3


@pytest.mark.parametrize("text", ["+M123PCN00031", "+M123PCN00031K", "*+M123PCN00031K*"])
def test_a_hibc_is_found_with_and_without_its_check_character(index: ItemIndex, text: str) -> None:
    result = index.find(text)
    assert [(hit.item_id, hit.pack_unit) for hit in result.hits] == [(3, "box")]


def test_a_begun_number_is_only_suggested(index: ItemIndex) -> None:
    result = index.find("DYN-4000")
    assert result.verdict is Verdict.NOT_FOUND
    assert 1 <= len(result.hits) <= 5


def test_the_limit_is_kept(index: ItemIndex) -> None:
    assert len(index.find("catheter", limit=2).hits) <= 2
    assert index.find("catheter", limit=0).hits == ()


def test_an_empty_catalogue_finds_nothing() -> None:
    assert ItemIndex([]).find("foley") == ItemSearchResult(Verdict.NOT_FOUND, ())
