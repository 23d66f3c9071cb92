"""Questions as the values of buttons."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.tokens import LONGEST, InvalidToken, decode, encode
from bot.understanding.draft import Draft, Verb, draft_of, request_of
from domain.model.ids import ItemId, PlaceId
from domain.model.window import DateWindow
from domain.usecases.ask.requests import Aspect, UsageGroup
from tests.unit.dialogue.ward import NURSE, TODAY

_IDS = st.integers(min_value=1, max_value=2**40)
_WINDOWS = st.builds(
    lambda start, days, label: DateWindow(start, start + timedelta(days=days), label),
    st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)),
    st.integers(0, 900),
    st.text(max_size=60),
)
_DRAFTS = st.builds(
    Draft,
    st.sampled_from(Verb),
    st.lists(_IDS.map(ItemId), min_size=1, max_size=5).map(tuple),
    st.lists(_IDS.map(PlaceId), max_size=3).map(tuple),
    _WINDOWS,
    st.lists(st.sampled_from(Aspect), unique=True, max_size=3).map(tuple),
    st.from_regex(r"[A-Z0-9./-]{1,30}", fullmatch=True),
    st.sampled_from(UsageGroup),
)


@given(_DRAFTS)
def test_a_token_gives_back_the_question_it_was_made_of(draft: Draft) -> None:
    assert decode(encode(draft)) == draft


@given(_DRAFTS)
def test_a_request_and_its_draft_are_the_same_question(draft: Draft) -> None:
    request = request_of(draft, asker=NURSE, today=TODAY)
    assert request_of(draft_of(request), asker=NURSE, today=TODAY) == request


@given(st.text(max_size=300))
def test_any_other_text_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidToken):
        decode(text)


@pytest.mark.parametrize(
    "token",
    [
        '{"v":2,"q":"find","i":"1"}',
        '{"v":1,"q":"fly","i":"1"}',
        '{"v":1,"q":"find"}',
        '{"v":1,"q":"find","i":"0"}',
        '{"v":1,"q":"find","i":"1","x":1}',
        '{"v":1,"q":"expiry","w":["2026-12-01","2026-11-01",""]}',
        '{"v":1,"q":"expiry","w":["yesterday","2026-11-01",""]}',
        '{"v":1,"q":"trace","n":"<!channel>"}',
        '{"v":1,"q":"find","i":"' + " ".join("1" * 500) + '"}',
        '{"v":1,"q":"find","i":"1+399 5000+999"}',
        '{"v":1,"q":"find","i":[1]}',
        "x" * 5_000,
    ],
)
def test_a_tampered_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        decode(token)


@given(
    st.lists(
        st.integers(min_value=10**9, max_value=10**12).map(ItemId), min_size=100, max_size=400, unique=True
    )
)
def test_too_many_items_are_cut_to_the_first_that_fit(items: list[ItemId]) -> None:
    token = encode(Draft(Verb.FIND, tuple(items)))
    assert len(json.dumps(token)) <= LONGEST
    kept = decode(token).items
    assert kept == tuple(items[: len(kept)])
    assert len(kept) >= 50


def test_neither_the_asker_nor_the_day_is_in_a_token() -> None:
    token = encode(Draft(Verb.FIND, (ItemId(7),)))
    assert json.loads(token) == {"v": 1, "q": "find", "i": "7"}
