"""Labels from Slack, end to end: asked for, drawn, uploaded, and read back by Parley."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.listeners.labels import SHORTCUT, Order, ordered
from bot.media.pool import PictureReader
from bot.media.reading import read_picture
from bot.workspace.state import Message
from domain.store import Store, open_store, upgrade
from domain.udi.merge import read_symbols
from domain.usecases.labels.choose import LabelKind
from tests.rendering import pages
from tests.scenario.photo_ward import WARD, Ward, open_ward
from tests.unit.acting.house import ICU_A, ICU_B, House


@pytest.fixture
async def ward(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ward]:
    url = f"sqlite:///{tmp_path_factory.mktemp('ward') / 'parley.db'}"
    upgrade(url)
    store: Store = open_store(url)
    house = House(store)
    async with open_ward(house, PictureReader(size=1)) as found:
        yield found
    store.close()


async def pdf_of(ward: Ward, channel: str) -> tuple[Message, bytes]:
    """The file that was posted there."""

    def there() -> list[Message]:
        return [each for each in ward.workspace.messages(channel) if each.from_bot and each.files]

    message = (await ward.workspace.wait_for(there, timeout=30.0))[0]
    data = ward.workspace.state.files[message.files[0]].data
    assert data is not None
    return message, data


def places_in(pdf: bytes) -> set[int]:
    found: set[int] = set()
    for page in pages(pdf, dots=200):
        out = io.BytesIO()
        page.save(out, "PNG")
        read = read_symbols(read_picture(out.getvalue(), budget=20.0).symbols, today=date(2026, 11, 22))
        found |= {int(code.place_id) for code in read.places}
    return found


async def test_the_command_says_how_many_and_sends_the_file_to_the_person_alone(ward: Ward) -> None:
    await ward.workspace.slash("U1", WARD, "/parley", "labels ICU")
    message, pdf = await pdf_of(ward, ward.direct("U1"))
    assert places_in(pdf) >= {ICU_A, ICU_B}
    name = ward.workspace.state.files[message.files[0]].name
    assert name.startswith("labels-shelf-icu")
    assert not [each for each in ward.workspace.messages(WARD) if each.from_bot and each.files]


async def test_a_message_in_a_channel_is_answered_in_its_thread(ward: Ward) -> None:
    answer = await ward.say("@Parley print bin labels for ICU on avery 5163", channel=WARD)
    assert "bin label" in answer.text
    _, pdf = await pdf_of(ward, WARD)
    assert pdf.startswith(b"%PDF")


async def test_the_form_behind_the_shortcut_leads_to_the_file(ward: Ward) -> None:
    await ward.workspace.shortcut("U1", SHORTCUT)
    view = (await ward.workspace.wait_for(lambda: ward.workspace.views("U1")))[-1]
    assert view.body["title"]["text"] == "Print labels"
    await ward.workspace.submit_view(
        "U1", values={"place": "ICU", "kind": "item", "sheet": "thermal-4x2", "code": "qr"}
    )
    message, _ = await pdf_of(ward, ward.direct("U1"))
    assert ward.workspace.state.files[message.files[0]].name.startswith("labels-item-icu")


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("print labels for Mars", "No place is called"),
        ("print labels", "for which place"),
        ("print shelf labels for ICU on avery 9999", "avery-5160"),
        ("print labels for ICU as isbt 128", "ICCBBA"),
    ],
)
async def test_what_can_not_be_printed_is_said(ward: Ward, said: str, answered: str) -> None:
    answer = await ward.say(said)
    assert answered in answer.text


@pytest.mark.parametrize(
    ("said", "command", "order"),
    [
        ("labels ICU", True, Order("ICU")),
        ("bin labels ICU on thermal 2x1 as qr", True, Order("ICU", LabelKind.BIN, "thermal-2x1", "qr")),
        (
            "Print item labels for the cath lab on 5163.",
            False,
            Order("cath lab", LabelKind.ITEM, "avery-5163"),
        ),
        ("shelf labels for OR 3", False, Order("OR 3")),
        ("labels for specimens", False, None),
        ("where are shelf labels", True, None),
        ("item labels in ICU", False, None),
        ("do we have medication labels in ICU", False, None),
    ],
)
def test_only_an_order_for_labels_is_taken_for_one(said: str, command: bool, order: Order | None) -> None:
    assert ordered(said, command=command) == order
