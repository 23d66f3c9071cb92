"""Which Slack channel a place is told in, from the setting."""

from __future__ import annotations

import pytest

from bot.bootstrap.channels import SettledChannels
from bot.settings import Settings, channels_of
from domain.errors import InvalidSetting
from domain.store.search.places import PlaceIndex
from tests.unit.acting.house import CENTRAL, CENTRAL_A, ED, ICU, ICU_A, House


def channels(house: House, named: str) -> SettledChannels:
    with house.store.transactions.reading() as uow:
        places = PlaceIndex(uow.places.tree())
    return SettledChannels(channels_of(named), transactions=house.store.transactions, places=places)


def test_a_shelf_is_told_in_the_channel_of_the_nearest_place_around_it(house: House) -> None:
    found = channels(house, "Central supply=C0STORE1, ICU=C0WARD1")
    assert (found.of(CENTRAL), found.of(CENTRAL_A)) == ("C0STORE1", "C0STORE1")
    assert (found.of(ICU_A), found.of(ED)) == ("C0WARD1", "")


def test_a_path_names_one_shelf_and_goes_before_its_unit(house: House) -> None:
    found = channels(house, "ICU=C0WARD1, icu > shelf a=C0SHELF1")
    assert (found.of(ICU_A), found.of(ICU)) == ("C0SHELF1", "C0WARD1")


def test_a_name_that_people_use_is_understood(house: House) -> None:
    assert channels(house, "intensive care=C0WARD1").of(ICU) == "C0WARD1"


def test_what_is_named_is_listed_by_path(house: House) -> None:
    assert channels(house, "icu=C0WARD1").check() == {"ICU": "C0WARD1"}


@pytest.mark.parametrize("name", ["Atlantis"])
def test_a_name_of_no_one_place_is_said_and_left_out(house: House, name: str) -> None:
    found = channels(house, f"{name}=C0NONE1, ICU=C0WARD1")
    with pytest.raises(InvalidSetting, match=f"PARLEY_CHANNELS: .* called “{name}”"):
        found.check()
    assert found.of(ICU) == "C0WARD1"


@pytest.mark.parametrize("value", ["ICU", "ICU=#icu-supply", "=C0WARD1", "ICU=C0WARD1, ICU=C0WARD2"])
def test_a_setting_in_another_form_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"PLACE=CHANNEL|named twice"):
        Settings(channels=value)
