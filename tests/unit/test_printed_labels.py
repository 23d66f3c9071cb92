"""Printed labels: read back from a photograph, within their cut lines, never ISBT 128."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from bot.media.labels import labels_pdf
from bot.media.labels_sheets import SHEETS, sheet_named
from bot.media.labels_symbols import Code, code_named, modules
from bot.media.reading import read_picture
from domain.errors import InvalidIdentifier, InvalidSetting, Refused
from domain.model.ids import FacilityId, PlaceId
from domain.udi import own
from domain.udi.merge import read_symbols
from domain.udi.reading import Agency, PictureRead, PlaceCode
from domain.usecases.labels.choose import Label, LabelKind
from tests.rendering import pages, photographed

TODAY = date(2026, 11, 22)
PLACE = PlaceCode(FacilityId(1), PlaceId(532))
GTIN = "00614141999996"
LONG = (
    "Surgical glove, sterile, latex-free, powder-free, polyisoprene, beaded cuff, micro-roughened, brown, 7.5"
)
SHELF = Label(LabelKind.SHELF, "Shelf B", "ICU › Supply room › Cabinet 2", (), own.place_text(PLACE))
BIN = Label(
    LabelKind.BIN, LONG, "Operating rooms › Sterile core › Cart 4 › Drawer 3", ("Par 120 · reorder at 40 pair", "Size 7.5", "No. 100234"),
    own.bin_text(PLACE, "100234"),
)  # fmt: skip
ITEM = Label(LabelKind.ITEM, "Foley catheter 16 Fr", "Bardex", ("No. 100877",), f"(01){GTIN}", gs1=True)


def read(picture: bytes) -> PictureRead:
    return read_symbols(read_picture(picture, budget=20.0).symbols, today=TODAY)


@pytest.mark.parametrize("sheet", ["thermal-2x1", "thermal-4x2"])
@pytest.mark.parametrize("code", [Code.DATA_MATRIX, Code.QR])
def test_each_kind_is_read_back_from_a_photograph(sheet: str, code: Code) -> None:
    shelf, shelf_bin, item = (
        read(photographed(page))
        for page in pages(labels_pdf([SHELF, BIN, ITEM], sheet=SHEETS[sheet], code=code))
    )
    assert shelf.places == (PLACE,)
    assert shelf.labels == ()
    assert shelf_bin.places == (PLACE,)
    assert [(one.udi.agency, one.udi.di) for one in shelf_bin.labels] == [(Agency.OWN, "100234")]
    assert [one.udi.gtin for one in item.labels] == [GTIN]


def test_gs1_128_is_read_back_from_a_photograph() -> None:
    pdf = labels_pdf([SHELF, BIN, ITEM], sheet=SHEETS["thermal-4x2"], code=Code.GS1_128)
    shelf, shelf_bin, item = (read(photographed(page)) for page in pages(pdf))
    assert shelf.places == shelf_bin.places == (PLACE,)
    assert [one.udi.di for one in shelf_bin.labels] == ["100234"]
    assert [one.udi.gtin for one in item.labels] == [GTIN]


def test_a_sheet_of_labels_gives_every_one_of_its_places() -> None:
    codes = [PlaceCode(FacilityId(1), PlaceId(number)) for number in range(300, 310)]
    labels = [
        Label(LabelKind.SHELF, f"Shelf {code.place_id}", "ICU", (), own.place_text(code)) for code in codes
    ]
    (page,) = pages(labels_pdf(labels, sheet=SHEETS["avery-5163"], code=Code.DATA_MATRIX), dots=200)
    picture = photographed(page)
    assert set(read(picture).places) == set(codes)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.name)
def test_nothing_is_printed_outside_the_cut_lines(sheet: object) -> None:
    on = sheet_named(getattr(sheet, "name", ""))
    full = labels_pdf([BIN] * on.count, sheet=on, code=Code.DATA_MATRIX)
    (page,) = pages(full, dots=150)
    ink = np.asarray(page) < 200
    for x, y in on.spots():
        left, top, right, bottom = (
            round(edge / 25.4 * 150) for edge in (x, y, x + on.size[0], y + on.size[1])
        )
        assert ink[top:bottom, left:right].any()
        inset = 8  # about 1.3 mm, so that a feed that is a little off cuts nothing
        ink[max(top, 0) + inset : bottom - inset, max(left, 0) + inset : right - inset] = False
    assert not ink.any()


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.name)
def test_all_labels_of_a_sheet_lie_on_its_page_and_apart(sheet: object) -> None:
    on = sheet_named(getattr(sheet, "name", ""))
    spots = list(on.spots())
    assert len(spots) == on.count
    for x, y in spots:
        assert x >= 0
        assert y >= 0
        assert x + on.size[0] <= on.page[0] + 0.01
        assert y + on.size[1] <= on.page[1] + 0.01
    assert on.columns == 1 or on.across >= on.size[0] - 0.01
    assert on.rows == 1 or on.down >= on.size[1] - 0.01


def test_used_places_of_the_first_sheet_are_left_out() -> None:
    (page,) = pages(labels_pdf([ITEM], sheet=SHEETS["avery-5160"], code=Code.QR, skip=29), dots=100)
    ink = np.argwhere(np.asarray(page) < 200)
    assert ink[:, 0].min() > 950
    assert ink[:, 1].min() > 560


def test_isbt_128_is_never_printed() -> None:
    with pytest.raises(Refused, match="ICCBBA"):
        code_named("isbt-128")
    with pytest.raises(Refused, match="ICCBBA"):
        modules("=/A9999XYZ100T0944=,000025", code=Code.DATA_MATRIX, gs1=False)


def test_a_code_that_would_be_too_small_to_read_is_refused() -> None:
    with pytest.raises(Refused, match="does not fit"):
        labels_pdf([BIN], sheet=SHEETS["thermal-2x1"], code=Code.GS1_128)


def test_unknown_sheets_and_codes_name_those_there_are() -> None:
    with pytest.raises(InvalidSetting, match="avery-5160"):
        sheet_named("avery-1")
    with pytest.raises(InvalidIdentifier, match="data-matrix"):
        code_named("aztec")


def test_bars_are_a_whole_number_of_the_printers_dots() -> None:
    finer = 10
    (page,) = pages(labels_pdf([ITEM], sheet=SHEETS["thermal-4x2"], code=Code.GS1_128), dots=203 * finer)
    row = np.asarray(page)[int(page.height * 0.8)] < 128
    edges = np.flatnonzero(np.diff(row.astype(int)))
    off = (edges - edges[0] + finer // 2) % finer - finer // 2
    assert np.diff(edges).min() >= 2 * finer - 2
    assert np.abs(off).max() <= 2  # the renderer's own rounding
