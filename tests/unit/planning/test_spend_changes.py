"""Why spending changed: each cause on its own, and that all of them always add up to the change."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.planning.spend_changes import Cause, Explained, Share, explain


def share(key: int, before: tuple[int, str], now: tuple[int, str]) -> Share:
    return Share(key, before[0], Decimal(before[1]), now[0], Decimal(now[1]))


def parts(found: Explained) -> list[float]:
    return [float(one) for one in (found.volume, found.mix, found.price, found.other)]


def causes(found: Explained) -> list[tuple[Cause, float]]:
    return [(piece.cause, float(piece.amount)) for piece in found.pieces]


def test_a_dearer_item_in_the_same_number_is_all_price() -> None:
    found = explain([share(1, (10, "100"), (10, "130"))])
    assert parts(found) == [0, 0, 30, 0]
    assert causes(found) == [(Cause.DEARER, 30)]


def test_more_of_everything_at_the_same_price_is_all_volume() -> None:
    found = explain([share(1, (10, "100"), (20, "200")), share(2, (5, "5"), (10, "10"))])
    assert parts(found) == [105, 0, 0, 0]
    assert [(piece.share.key, piece.cause) for piece in found.pieces] == [(1, Cause.MORE), (2, Cause.MORE)]


def test_dear_ones_in_the_place_of_cheap_ones_are_mix() -> None:
    found = explain([share(1, (10, "1000"), (15, "1500")), share(2, (10, "10"), (5, "5"))])
    assert parts(found) == [0, 495, 0, 0]


def test_what_is_new_and_what_is_gone_are_pieces_of_their_own() -> None:
    found = explain([share(1, (0, "0"), (3, "90")), share(2, (4, "20"), (0, "0"))])
    assert causes(found) == [(Cause.NEW, 90), (Cause.GONE, -20)]
    assert found.change == 70


def test_use_that_no_case_counts_stands_apart_from_the_cases() -> None:
    found = explain([share(7, (2, "200"), (3, "300")), share(0, (0, "50"), (0, "80"))], activity=(2, 3))
    assert parts(found) == [100, 0, 0, 30]


def test_more_returned_than_used_is_no_price() -> None:
    found = explain([share(1, (-2, "-20"), (3, "45"))])
    assert [piece.cause for piece in found.pieces] == [Cause.OTHER]


money = st.decimals(min_value=-10_000, max_value=1_000_000, places=4, allow_nan=False, allow_infinity=False)
shares = st.builds(
    Share,
    key=st.integers(1, 9),
    units_before=st.integers(-20, 5_000),
    cost_before=money,
    units=st.integers(-20, 5_000),
    cost=money,
)


@given(st.lists(shares, max_size=12, unique_by=lambda one: one.key))
def test_the_causes_and_the_pieces_add_up_to_the_change_to_the_last_digit(given_shares: list[Share]) -> None:
    found = explain(given_shares)
    change = sum((one.cost - one.cost_before for one in given_shares), Decimal(0))
    assert found.change == change
    assert found.volume + found.mix + found.price + found.other == change
    assert sum((piece.amount for piece in found.pieces), Decimal(0)) == change
    assert [abs(piece.amount) for piece in found.pieces] == sorted(
        (abs(piece.amount) for piece in found.pieces), reverse=True
    )
