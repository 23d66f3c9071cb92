"""The same bot behind signed HTTP requests."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
from aiohttp import web

from bot.workspace import LocalWorkspace
from bot.workspace.demo import NURSE, demo_config
from tests.scenario.workspace.conftest import CHANNEL
from tests.scenario.workspace.echo_bot import Seen, make_app


async def _serve(workspace: LocalWorkspace) -> tuple[web.AppRunner, Seen]:
    app, seen = make_app(workspace)
    runner = web.AppRunner(app.web_app(path="/slack/events"))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    workspace.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    return runner, seen


async def test_events_commands_and_clicks_arrive_signed() -> None:
    async with LocalWorkspace(replace(demo_config(), retry_delays=(0.0,))) as workspace:
        runner, seen = await _serve(workspace)
        try:
            ts = await workspace.say(NURSE.id, CHANNEL, "@Parley gloves")
            [reply] = await workspace.wait_for(lambda: workspace.replies(CHANNEL, thread_ts=ts))
            await workspace.click(NURSE.id, channel=CHANNEL, ts=reply.ts, action_id="reserve")
            await workspace.wait_for(lambda: reply.text == "reserved")
            assert (await workspace.slash(NURSE.id, CHANNEL, "/parley", "7.5"))["text"] == "answer to 7.5"
            assert seen.commands[0]["is_enterprise_install"] == "false"
        finally:
            await runner.cleanup()


async def test_a_wrong_or_old_signature_is_refused_by_the_bot() -> None:
    async with LocalWorkspace(replace(demo_config(), retry_delays=())) as workspace:
        runner, seen = await _serve(workspace)
        url = workspace.courier.config.request_url
        assert url is not None
        body = b'{"type":"event_callback"}'
        try:
            async with aiohttp.ClientSession() as session:
                for headers in (
                    {},
                    workspace.courier.sign(b"another body"),
                    workspace.courier.sign(body, at=1_000_000_000),
                ):
                    head = {"Content-Type": "application/json", **headers}
                    async with session.post(url, data=body, headers=head) as response:
                        assert response.status == 401
            workspace.courier.signing_secret = "another secret"
            await workspace.say(NURSE.id, CHANNEL, "forged")
            assert len(workspace.courier.undelivered) == 1
            assert not seen.events
        finally:
            await runner.cleanup()
