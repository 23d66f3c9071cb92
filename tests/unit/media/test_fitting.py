"""Symbols fitted to profiles: bars drawn by the standard's tables, blurred, and read back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from bot.media.barcode.alphabets import (
    code_39_template,
    code_128_template,
    code_128_text,
    itf_template,
    retail_templates,
    widened_upc_e,
)
from bot.media.barcode.fitting import best_fit
from bot.media.barcode.sighting import shrunk_upc_a
from bot.media.barcode.strips import Profile
from tests.unit.media.drawing import FORMATS, code


def profile(text: str, form: str, *, radius: float, gs1: bool = False, scale: int = 4) -> Profile:
    """A row across the code as a lens out of focus by ``radius`` modules would show it."""
    row = code(text, getattr(FORMATS, form), gs1=gs1, scale=scale, high=3)[41].astype(np.float32)
    row = np.pad(row, 60, constant_values=255.0)
    reach = radius * scale
    x = np.arange(-int(reach), int(reach) + 1)
    mark = np.sqrt(np.maximum(reach**2 - x**2, 0.01))
    blurred = cv2.filter2D(row[None, :], -1, (mark / mark.sum())[None, :], borderType=cv2.BORDER_REPLICATE)[0]
    noise = np.random.default_rng(5).normal(0, 1.0, blurred.shape)
    return np.asarray(40 + 0.7 * blurred + noise, dtype=np.float32)


def length(text: str, form: str, *, gs1: bool = False, scale: int = 4) -> float:
    dark = np.flatnonzero(code(text, getattr(FORMATS, form), gs1=gs1, scale=scale, high=3)[41] < 128)
    return float(dark[-1] - dark[0] + 1)


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.3])
@pytest.mark.parametrize(
    ("form", "written", "read"),
    [
        ("EAN13", "6291041500213", "6291041500213"),
        ("UPCA", "012345678905", "012345678905"),
        ("EAN8", "96385074", "96385074"),
        ("UPCE", "01234565", "01234565"),
    ],
)
def test_retail_codes_are_read_through_blur_that_hides_their_bars(
    form: str, written: str, read: str, radius: float
) -> None:
    line = profile(written, form, radius=radius)
    for way in (line, np.ascontiguousarray(line[::-1])):
        found = best_fit(way, retail_templates(), length=length(written, form))
        assert found is not None
        assert found.text == read


def test_code_128_is_read_with_its_function_characters() -> None:
    line = profile("(01)09506000134352(10)AB12(21)S9", "Code128", radius=1.2, gs1=True)
    templates = [code_128_template(count) for count in (17, 18, 19, 20, 21)]
    found = best_fit(line, templates, length=length("(01)09506000134352(10)AB12(21)S9", "Code128", gs1=True))
    assert found is not None
    assert (found.text, found.identifier) == ("010950600013435210AB12\x1d21S9", "]C1")


def test_code_39_and_itf_are_read_at_the_ratio_of_their_wide_bars() -> None:
    line = profile("+A123BJC5D6E71G", "Code39", radius=1.0)
    templates = [code_39_template(15, wide) for wide in (2, 3)]
    found = best_fit(line, templates, length=length("+A123BJC5D6E71G", "Code39"))
    assert found is not None
    assert found.text == "+A123BJC5D6E71G"
    line = profile("09506000134352", "ITF", radius=1.0)
    found = best_fit(line, [itf_template(2), itf_template(3)], length=length("09506000134352", "ITF"))
    assert found is not None
    assert found.text == "09506000134352"


@pytest.mark.parametrize("seed", range(6))
def test_stripes_that_are_no_code_are_not_read(seed: int) -> None:
    bars = (np.random.default_rng(seed).random(95) > 0.5).astype(np.float32)
    line = np.pad(np.repeat(1 - bars, 4), 80, constant_values=1.0) * 200 + 30
    blurred = cv2.GaussianBlur(line[None, :], (0, 0), 3)[0]
    assert best_fit(np.asarray(blurred, np.float32), retail_templates(), length=380.0) is None


def test_a_code_128_with_a_wrong_check_character_says_nothing() -> None:
    start_b, values = 104, [40, 37, 44, 44, 47]
    check = (start_b + sum(place * value for place, value in enumerate(values, 1))) % 103
    assert code_128_text([start_b, *values, check]) == ("HELLO", "]C0")
    assert code_128_text([start_b, *values, (check + 1) % 103]) == ("", "")


@pytest.mark.parametrize("body", ["123450", "123453", "123454", "123456", "987651", "000002"])
def test_a_upc_e_made_wide_and_narrow_again_is_the_same(body: str) -> None:
    printed = f"0{body}7"
    assert shrunk_upc_a(widened_upc_e(printed)) == printed
