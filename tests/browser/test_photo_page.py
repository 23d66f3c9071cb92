"""A photograph in Chromium at a phone's width: attached with its words, shown small, its card confirmed below it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import FilePayload, async_playwright, expect

from bot.media.pool import PictureReader
from domain.store import open_store, upgrade
from tests.browser.test_workspace_page import FLAGS, chromium
from tests.labels import matrix, photograph
from tests.photo_codes import FOLEY, SILK, teach
from tests.scenario.photo_ward import open_ward
from tests.unit.acting.house import FOLEY16, ICU, House

pytestmark = pytest.mark.browser


async def test_two_photographs_in_one_message_are_used_on_a_case_from_a_phone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    upgrade(url)
    store = open_store(url)
    house = House(store)
    teach(house)
    reader = PictureReader(size=1)
    await reader.start()
    async with open_ward(house, reader) as ward, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            context = await browser.new_context(viewport={"width": 390, "height": 844})
            page = await context.new_page()
            page.on("pageerror", lambda error: pytest.fail(f"the page failed: {error}"))
            await page.goto(f"{ward.workspace.page_url}?as=U1#/c/{ward.direct()}")
            async with page.expect_file_chooser() as choosing:
                await page.get_by_role("button", name="Attach a file or photograph").first.click()
            chooser = await choosing.value
            foley = photograph(matrix(f"(01){FOLEY}(17)261220(10)8J2210"))
            silk = photograph(matrix(f"(01){SILK}(17)280501(10)SK2291"))
            await chooser.set_files(
                [
                    FilePayload(name="IMG_1.png", mimeType="image/png", buffer=foley),
                    FilePayload(name="IMG_2.png", mimeType="image/png", buffer=silk),
                ]
            )
            await page.get_by_role("textbox").first.fill("used these for C-991")
            await page.get_by_role("button", name="Send").first.click()
            await expect(page.get_by_role("button", name="Confirm").last).to_be_visible(timeout=30_000)
            await expect(page.get_by_text("C-991").last).to_be_visible()
            await expect(page.locator(".file-image img")).to_have_count(2)
            before = house.on_hand(FOLEY16, ICU)
            await page.get_by_role("button", name="Confirm").last.click()
            await expect(page.get_by_role("button", name="Undo R-1").last).to_be_visible(timeout=30_000)
            assert house.on_hand(FOLEY16, ICU) == before - 1
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 390, "nothing stands outside a phone's screen"
        finally:
            await browser.close()
    await reader.stop()
    store.close()
