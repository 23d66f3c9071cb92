"""A card of an action in Chromium: changed in its form, whose error stands at its field, confirmed, undone; on a phone's width."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from domain.store import open_store, upgrade
from tests.browser.test_workspace_page import FLAGS, chromium
from tests.scenario.acting_ward import WARD, open_day
from tests.unit.acting.house import FOLEY16, ICU, House

pytestmark = pytest.mark.browser


async def test_a_use_is_changed_in_its_form_confirmed_and_undone_on_a_phone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    upgrade(url)
    store = open_store(url)
    async with open_day(House(store)) as day, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            card = await day.say("used [2](quantity) [16 fr](size) [foleys](item)")
            context = await browser.new_context(viewport={"width": 390, "height": 844})
            page = await context.new_page()
            page.on("pageerror", lambda error: pytest.fail(f"the page failed: {error}"))
            await page.goto(f"{day.workspace.page_url}?as=U1#/c/{WARD}/t/{card.thread_ts}")
            await page.get_by_role("button", name="Change…").last.click()
            dialog = page.get_by_role("dialog")
            quantity = dialog.get_by_label("How many")
            await quantity.fill("many")
            await dialog.get_by_role("button", name="Read back").click()
            await expect(dialog.get_by_role("alert").filter(has_text="A figure").first).to_be_visible()
            await quantity.fill("3")
            await dialog.get_by_role("button", name="Read back").click()
            await expect(dialog).to_be_hidden()
            await expect(page.get_by_text("Use 3 × Foley catheter 16 Fr").last).to_be_visible()
            await page.get_by_role("button", name="Confirm").last.click()
            await expect(page.get_by_text("Used 3 × Foley catheter 16 Fr").last).to_be_visible()
            assert day.house.on_hand(FOLEY16, ICU) == 12
            await page.get_by_role("button", name="Undo R-1").last.click()
            await page.get_by_role("button", name="Confirm").last.click()
            await expect(page.get_by_text("Undone by R-2").last).to_be_visible()
            assert day.house.on_hand(FOLEY16, ICU) == 15
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 390, "nothing stands outside a phone's screen"
        finally:
            await browser.close()
    store.close()
