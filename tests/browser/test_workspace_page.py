"""The page of the local workspace in Chromium, with an echo bot behind it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.workspace import LocalWorkspace
from bot.workspace.demo import MANAGER, NURSE, TECHNICIAN, demo_config
from tests.scenario.workspace.echo_bot import Seen, over_socket

expect.set_options(timeout=15_000)

# One loop for all of them, because one browser serves all of them: each test has a context of its own.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
ICU = "C0ICUSUPP1"


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser before a workspace with a connected bot."""

    workspace: LocalWorkspace
    app: AsyncApp
    seen: Seen
    browser: Browser

    async def page(
        self, user: str, *, channel: str | None = None, width: int = 1280, height: int = 800
    ) -> Page:
        """The page of one person, opened at a conversation; any error on it fails the test."""
        context = await self.browser.new_context(viewport={"width": width, "height": height})
        page = await context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"the page failed: {error}"))
        hash_ = f"#/c/{channel}" if channel else ""
        await page.goto(f"{self.workspace.page_url}?as={user}{hash_}")
        await expect(page.get_by_label(re.compile("Switch person"))).to_be_attached()
        return page


def chromium() -> str:
    """The browser's path; skips the test where there is none."""
    found = os.environ.get("PARLEY_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium here; PARLEY_CHROMIUM names one")
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    config = replace(
        demo_config(), share_delay=0.0, retry_delays=(0.0,), ack_timeout=15.0, trigger_seconds=30.0
    )
    async with LocalWorkspace(config) as workspace, over_socket(workspace) as (app, seen):
        try:
            yield Visit(workspace=workspace, app=app, seen=seen, browser=browser)
        finally:
            for context in browser.contexts:
                await context.close()


async def _write(page: Page, text: str, *, label: str = "Ask Parley") -> None:
    field = page.get_by_label(label, exact=True)
    await field.fill(text)
    await field.press("Enter")


def _answers(page: Page, text: str) -> Locator:
    return page.locator('article.message[aria-label^="Parley"]', has_text=text)


async def test_a_question_typed_in_direct_messages_is_answered(visit: Visit) -> None:
    page = await visit.page(NURSE.id)
    await _write(page, "where are 7.5 gloves?")
    await expect(_answers(page, "You said where are 7.5 gloves?")).to_be_visible()


async def test_the_bar_says_that_it_is_local(visit: Visit) -> None:
    page = await visit.page(NURSE.id, width=390, height=800)
    await expect(page.get_by_role("note")).to_have_text(
        re.compile("Local workspace — not Slack; data stays on this machine")
    )


async def test_a_mention_in_a_channel_opens_its_thread_with_the_answer(visit: Visit) -> None:
    page = await visit.page(NURSE.id, channel=ICU)
    await _write(page, "@Parley where are 7.5 gloves?", label="Message #icu-supply")
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("You said @Parley where are 7.5 gloves?")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("1 reply"))).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(thread).to_be_hidden()


async def test_a_click_changes_the_message_and_a_private_answer_is_marked(visit: Visit) -> None:
    page = await visit.page(NURSE.id)
    await _write(page, "gloves")
    await page.get_by_role("button", name="Reserve 2").click()
    await expect(_answers(page, "You said reserved")).to_be_visible()
    await expect(page.get_by_text("Only visible to you")).to_be_visible()


async def test_a_form_shows_its_errors_beside_the_field_and_closes_when_right(visit: Visit) -> None:
    page = await visit.page(NURSE.id)
    await _write(page, "count")
    await page.get_by_role("button", name="Count shelf").click()
    form = page.get_by_role("dialog", name="Count a shelf")
    field = form.get_by_label("Boxes on the shelf")
    await expect(field).to_be_focused()

    await form.get_by_role("button", name="Post count").click()
    await expect(form.get_by_text("Please complete this required field.")).to_be_visible()
    await field.fill("many")
    await field.press("Enter")
    await expect(form.get_by_text("A whole number, please.")).to_be_visible()
    await expect(field).to_be_focused()

    await field.fill("12")
    await form.get_by_label("Reason").select_option("Found stock")
    await form.get_by_label("Expired stock").check()
    await form.get_by_role("button", name="Post count").click()
    await expect(_answers(page, "counted 12")).to_be_visible()
    await expect(form).to_be_hidden()
    values = visit.seen.submissions[-1]["view"]["state"]["values"]
    assert values["reason"]["chosen"]["selected_option"]["value"] == "found"
    assert values["flags"]["ticked"]["selected_options"][0]["value"] == "expired"


async def test_escape_cancels_a_form_and_the_bot_hears_of_it(visit: Visit) -> None:
    page = await visit.page(NURSE.id)
    await _write(page, "count")
    await page.get_by_role("button", name="Count shelf").click()
    form = page.get_by_role("dialog", name="Count a shelf")
    await expect(form).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(form).to_be_hidden()
    assert len(visit.seen.closed) == 1


async def test_another_person_sees_neither_direct_messages_nor_private_answers_nor_closed_channels(
    visit: Visit,
) -> None:
    await visit.workspace.dm(NURSE.id, "secret of the nurse")
    await visit.workspace.slash(NURSE.id, ICU, "/parley", "only hers")
    page = await visit.page(NURSE.id)
    await expect(page.get_by_text("You said secret of the nurse")).to_be_visible()
    await expect(page.get_by_role("button", name="supply-managers")).to_be_hidden()

    await page.get_by_label(re.compile("Switch person")).click()
    await page.get_by_role("menuitemradio", name=re.compile(MANAGER.name)).click()
    await expect(page.get_by_label(re.compile(f"You are {MANAGER.name}"))).to_be_visible()
    await expect(page.get_by_role("button", name="supply-managers")).to_be_visible()
    await expect(page.get_by_text("secret of the nurse")).to_have_count(0)
    await page.get_by_role("button", name="icu-supply").click()
    await expect(page.get_by_role("heading", name="# icu-supply").first).to_be_visible()
    await expect(page.get_by_text("answer to only hers")).to_have_count(0)


async def test_what_people_and_the_bot_write_is_never_run_as_markup(visit: Visit) -> None:
    page = await visit.page(TECHNICIAN.id)
    text = "<img src=x onerror=alert(1)> *bold* `code` <script>alert(2)</script>"
    await _write(page, text)
    answer = _answers(page, "You said")
    await expect(answer.locator("strong", has_text="bold")).to_be_visible()
    await expect(answer.get_by_text("<script>alert(2)</script>")).to_be_visible()
    assert await page.locator(".log script, .log img[src=x]").count() == 0


async def test_a_picture_is_uploaded_and_shown(visit: Visit) -> None:
    page = await visit.page(NURSE.id)
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
    )
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Attach a file or photograph").click()
    chooser = await choosing.value
    await chooser.set_files({"name": "label.png", "mimeType": "image/png", "buffer": png})
    await _write(page, "what is this?")
    await expect(page.get_by_role("img", name="label.png").first).to_be_visible()
    await visit.workspace.wait_for(
        lambda: [e for e in visit.seen.of("message") if e.get("subtype") == "file_share"]
    )
    [shared] = [event for event in visit.seen.of("message") if event.get("subtype") == "file_share"]
    assert shared["text"] == "what is this?"
    assert visit.workspace.file(shared["files"][0]["id"]) == png


async def test_a_photograph_is_taken_with_the_camera(visit: Visit) -> None:
    page = await visit.page(NURSE.id)
    await page.get_by_role("button", name="Take a photograph").first.click()
    dialog = page.get_by_role("dialog", name="Take a photograph")
    await dialog.get_by_role("button", name="Take photograph").click()
    await expect(page.get_by_text("photo.jpg")).to_be_visible()
    await page.get_by_role("button", name="Send").click()
    message = await visit.workspace.wait_for(
        lambda: next(m for m in visit.workspace.messages(NURSE.id) if m.files)
    )
    assert visit.workspace.file(message.files[0])[:3] == b"\xff\xd8\xff"


async def test_a_clip_is_recorded_and_sent_as_slack_sends_clips(visit: Visit) -> None:
    page = await visit.page(NURSE.id)
    await page.get_by_role("button", name="Record a clip").click()
    await expect(page.get_by_role("timer")).to_have_text("0:01")
    await page.get_by_role("button", name="Done").click()
    await page.get_by_role("button", name="Send").click()
    await visit.workspace.wait_for(lambda: [e for e in visit.seen.of("message") if e.get("files")])
    [file] = next(e for e in visit.seen.of("message") if e.get("files"))["files"]
    assert file["subtype"] == "slack_audio"
    assert file["duration_ms"] > 0
    assert visit.workspace.file(file["id"])


async def test_a_command_is_completed_by_tab_and_answered(visit: Visit) -> None:
    page = await visit.page(NURSE.id, channel=ICU)
    field = page.get_by_label("Message #icu-supply", exact=True)
    await field.press_sequentially("/par")
    await expect(page.get_by_role("option", name="/parley")).to_be_visible()
    await field.press("Tab")
    await expect(field).to_have_value("/parley ")
    await field.press_sequentially("gloves")
    await field.press("Enter")
    await expect(_answers(page, "answer to gloves")).to_be_visible()


async def test_home_and_suggested_prompts_come_from_the_bot(visit: Visit) -> None:
    page = await visit.page(NURSE.id)
    await page.get_by_role("tab", name="Home").click()
    await expect(page.get_by_role("heading", name="ICU at a glance")).to_be_visible()
    await page.get_by_role("tab", name="Messages").click()
    await page.get_by_role("button", name="Below par").click()
    await expect(_answers(page, "You said what is below par in ICU")).to_be_visible()


async def test_a_global_shortcut_is_in_the_menu_beside_the_message_field(visit: Visit) -> None:
    opened = asyncio.Event()

    @visit.app.global_shortcut("print_labels")
    async def chosen(ack: AsyncAck) -> None:
        await ack()
        opened.set()

    page = await visit.page(NURSE.id, width=390, height=800)
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Print labels").click()
    await asyncio.wait_for(opened.wait(), 15)
    await expect(page.get_by_role("menuitem")).to_have_count(0)


async def test_a_shortcut_is_in_the_menu_of_a_message(visit: Visit) -> None:
    await visit.workspace.say(TECHNICIAN.id, ICU, "shelf B is a mess")
    page = await visit.page(NURSE.id, channel=ICU)
    message = page.locator("article.message", has_text="shelf B is a mess")
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Ask Parley about this").click()
    await expect(page.get_by_role("dialog", name="Count a shelf")).to_be_visible()
    assert visit.seen.shortcuts[0]["message"]["text"] == "shelf B is a mess"


async def test_on_a_phone_the_list_slides_in_and_a_thread_fills_the_width(visit: Visit) -> None:
    ts = await visit.workspace.say(NURSE.id, ICU, "@Parley gloves")
    await visit.workspace.wait_for(lambda: visit.workspace.replies(ICU, thread_ts=ts))
    page = await visit.page(NURSE.id, width=390, height=844)
    entry = page.get_by_role("button", name="icu-supply")
    await expect(entry).to_be_hidden()
    await page.get_by_role("button", name="Show conversations").click()
    await entry.click()
    await page.get_by_role("button", name=re.compile("1 reply")).click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread).to_be_visible()
    box = await thread.bounding_box()
    assert box is not None
    assert box["width"] == 390
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_the_page_says_when_the_bot_is_gone_and_when_it_is_back(visit: Visit) -> None:
    page = await visit.page(NURSE.id)
    banner = page.get_by_text(re.compile("Connecting to Parley"))
    await expect(banner).to_be_hidden()
    await visit.workspace.faults.drop()
    await expect(banner).to_be_visible()
    await expect(banner).to_be_hidden(timeout=30_000)


async def test_a_fault_set_on_the_page_meets_the_bot(visit: Visit) -> None:
    page = await visit.page(NURSE.id)
    await page.get_by_role("button", name="Faults").click()
    await page.get_by_role("button", name="Set: Event twice").click()
    drawer = page.get_by_role("dialog", name="Faults")
    await expect(drawer.get_by_text("event delivered twice, 1 more")).to_be_visible()
    await page.keyboard.press("Escape")
    await _write(page, "hello")
    await visit.workspace.wait_for(
        lambda: len([e for e in visit.seen.of("message") if e["text"] == "hello"]) == 2
    )


async def test_the_keyboard_walks_through_messages_and_opens_a_thread(visit: Visit) -> None:
    await visit.workspace.say(TECHNICIAN.id, ICU, "first")
    await visit.workspace.say(TECHNICIAN.id, ICU, "second")
    page = await visit.page(NURSE.id, channel=ICU)
    await expect(page.locator("article.message")).to_have_count(2)
    await page.locator("#log").focus()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("article.message", has_text="first")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Reply in the thread")).to_be_focused()


async def test_another_site_cannot_act_for_a_person(visit: Visit) -> None:
    page = await visit.page(NURSE.id)
    response = await page.request.post(
        f"{visit.workspace.page_url}do/say?as={NURSE.id}",
        headers={"Origin": "http://elsewhere.example", "Content-Type": "application/json"},
        data='{"channel": "C0ICUSUPP1", "text": "forged"}',
    )
    assert response.status == 403
    assert not visit.workspace.messages(ICU)


async def test_the_menu_of_the_last_message_opens_upwards_and_closes_by_escape(visit: Visit) -> None:
    for n in range(20):
        await visit.workspace.say(TECHNICIAN.id, ICU, f"line {n}")
    page = await visit.page(NURSE.id, channel=ICU, height=600)
    last = page.locator("article.message").last
    await expect(last).to_be_in_viewport()
    await last.hover()
    opener = last.get_by_role("button", name="More actions")
    await opener.click()
    entry = page.get_by_role("menuitem", name="Copy text")
    await expect(entry).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Escape")
    await expect(entry).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_a_choice_that_asks_first_is_sent_only_when_confirmed(visit: Visit) -> None:
    channel = visit.workspace.direct_messages(NURSE.id)
    confirm = {
        "title": {"type": "plain_text", "text": "Block the lot?"},
        "text": {"type": "mrkdwn", "text": "*14 boxes* are blocked at once."},
        "confirm": {"type": "plain_text", "text": "Block"},
        "deny": {"type": "plain_text", "text": "Keep"},
    }
    button = {
        "type": "button",
        "action_id": "unit",
        "style": "danger",
        "text": {"type": "plain_text", "text": "Quarantine"},
        "value": "lot",
        "confirm": confirm,
    }
    page = await visit.page(NURSE.id)
    await visit.app.client.chat_postMessage(
        channel=channel, text="lot", blocks=[{"type": "actions", "elements": [button]}]
    )
    dialog = page.get_by_role("dialog", name="Block the lot?")
    await page.get_by_role("button", name="Quarantine").click()
    await dialog.get_by_role("button", name="Keep").click()
    await expect(dialog).to_be_hidden()
    assert not visit.seen.actions
    await page.get_by_role("button", name="Quarantine").click()
    await dialog.get_by_role("button", name="Block").click()
    await visit.workspace.wait_for(lambda: visit.workspace.courier.deliveries[-1].kind == "interactive")
    assert visit.seen.actions[0]["actions"][0]["value"] == "lot"


async def test_tables_pictures_and_lists_of_the_bot_are_shown(visit: Visit) -> None:
    client = visit.app.client
    rows = [
        [{"type": "raw_text", "text": text} for text in row]
        for row in (("Item", "Bring"), ("Foley 16 Fr", "8"))
    ]
    page = await visit.page(NURSE.id, channel=ICU)
    await client.chat_postMessage(
        channel=ICU,
        text="low",
        blocks=[
            {"type": "header", "text": {"type": "plain_text", "text": "Low in ICU"}},
            {"type": "table", "rows": rows, "column_settings": [{"align": "left"}, {"align": "right"}]},
            {
                "type": "markdown",
                "text": "Two **steps**:\n\n1. count\n2. order\n\n| Lot | Qty |\n|---|--:|\n| 8J2 | 4 |",
            },
            {
                "type": "context",
                "elements": [{"type": "mrkdwn", "text": "by <@U0TECH0001> :white_check_mark:"}],
            },
        ],
    )
    await client.files_upload_v2(channel=ICU, content="a,b\n1,2\n", filename="low.csv", title="Low stock")
    await expect(page.get_by_role("heading", name="Low in ICU")).to_be_visible()
    await expect(page.get_by_role("cell", name="Foley 16 Fr")).to_be_visible()
    await expect(page.get_by_role("columnheader", name="Bring")).to_be_visible()
    await expect(page.get_by_role("listitem").filter(has_text="order")).to_be_visible()
    await expect(page.get_by_role("cell", name="8J2")).to_be_visible()
    await expect(page.get_by_text("by @Luis Herrera ✅")).to_be_visible()
    await page.get_by_text("Preview").click()
    await expect(page.get_by_role("cell", name="2", exact=True)).to_be_visible()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name=re.compile("Low stock")).click()
    download = await downloading.value
    assert download.suggested_filename == "low.csv"


async def test_who_one_is_survives_a_reload_and_differs_by_tab(visit: Visit) -> None:
    page = await visit.page(NURSE.id)
    await page.get_by_label(re.compile("Switch person")).click()
    await page.get_by_role("menuitemradio", name=re.compile(TECHNICIAN.name)).click()
    await expect(page.get_by_label(re.compile(f"You are {TECHNICIAN.name}"))).to_be_visible()
    other = await page.context.new_page()
    await other.goto(f"{visit.workspace.page_url}?as={MANAGER.id}")
    await expect(other.get_by_label(re.compile(f"You are {MANAGER.name}"))).to_be_visible()
    await page.reload()
    await expect(page.get_by_label(re.compile(f"You are {TECHNICIAN.name}"))).to_be_visible()


async def test_a_page_that_lost_the_workspace_comes_back_with_what_it_missed(visit: Visit) -> None:
    page = await visit.page(NURSE.id, channel=ICU)
    await page.context.set_offline(True)
    await visit.workspace.close_pages()
    await expect(page.get_by_text("The workspace is not reachable. Trying again…")).to_be_visible()
    await visit.workspace.say(TECHNICIAN.id, ICU, "written meanwhile")
    await page.context.set_offline(False)
    await expect(page.get_by_text("written meanwhile")).to_be_visible()
