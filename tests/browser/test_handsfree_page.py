"""The hands-free page in Chromium with its fake microphone: hold, speak, read the answer, confirm with a large button."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from bot.media.pool import PictureReader
from domain.store import open_store, upgrade
from tests.browser.test_workspace_page import FLAGS, chromium
from tests.scenario.photo_ward import open_ward
from tests.scenario.test_clips import USED, Heard
from tests.unit.acting.house import FOLEY16, ICU, House

pytestmark = pytest.mark.browser
MICROPHONE = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


async def test_a_use_is_spoken_read_and_confirmed_on_a_tablet(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    upgrade(url)
    store = open_store(url)
    house = House(store)
    hearing = Heard(USED)
    async with (
        open_ward(house, PictureReader(size=1), hearing=hearing) as ward,
        async_playwright() as playwright,
    ):
        ward.language.teach("used [2](quantity) [16 fr](size) [foleys](item)", "consume")
        browser = await playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *MICROPHONE])
        try:
            context = await browser.new_context(
                viewport={"width": 1024, "height": 768}, permissions=["microphone"]
            )
            page = await context.new_page()
            page.on("pageerror", lambda error: pytest.fail(f"the page failed: {error}"))
            await page.goto(f"{ward.workspace.page_url}handsfree")
            before = house.on_hand(FOLEY16, ICU)
            await page.locator(".hf-person").first.click()
            talk = page.get_by_role("button", name="Hold to talk")
            await expect(talk).to_be_enabled()
            await talk.hover()
            await page.mouse.down()
            await expect(page.get_by_text("Listening")).to_be_visible()
            await page.wait_for_timeout(900)  # how long is spoken, not a wait for anything
            await page.mouse.up()
            await expect(page.get_by_role("heading", name="Use 2 × Foley catheter 16 Fr")).to_be_visible()
            await page.get_by_role("button", name="Confirm").click()
            await expect(page.get_by_text("Used 2 × Foley catheter 16 Fr").first).to_be_visible()
            assert house.on_hand(FOLEY16, ICU) == before - 2
            assert hearing.sizes[0] > 500, "a clip was recorded and came to the engine"
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 1024, "nothing stands outside the tablet's screen"
        finally:
            await browser.close()
    store.close()
