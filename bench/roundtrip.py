"""Question to reply through Socket Mode: ``python -m bench.roundtrip [--questions 200] [--nlu stub|real|both]``.

The bot is the real process on the database that the settings name; the workspace is the local one. The time runs from the
person's message to the moment its reply stands in the channel: event, inbox, acknowledgement, language, search,
query, view, outbox, Web API call. With ``stub`` the language service is one that knows the questions by heart.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles

from aiohttp import web

from bot import keeper
from bot.bootstrap.house import open_house
from bot.settings import ROOT, Settings
from bot.workspace import LocalWorkspace, Person, WorkspaceConfig
from domain.model.person import Person as Staff

type Known = tuple[str, tuple[tuple[str, str], ...]]

QUESTIONS: dict[str, Known] = {
    "where are 7.5 gloves?": ("find_item", (("size", "7.5"), ("item", "gloves"))),
    "do we have any 16 fr foleys in ICU": (
        "check_stock",
        (("size", "16 fr"), ("item", "foleys"), ("location", "ICU")),
    ),
    "what expires this month in cath lab": (
        "check_expiry",
        (("window", "this month"), ("location", "cath lab")),
    ),
    "what's low in PACU": ("below_par", (("location", "PACU"),)),
    "is the tegaderm latex free": ("item_info", (("item", "tegaderm"),)),
    "where is lot 8J2210": ("trace_lot", (("lot", "8J2210"),)),
}


@asynccontextmanager
async def stub_language() -> AsyncIterator[tuple[str, str]]:
    """A language service that answers the bench's own questions from memory; gives its URL and token."""

    async def parse(request: web.Request) -> web.Response:
        text = (await request.json())["text"]
        intent, spans = QUESTIONS[text]
        entities = [
            {
                "entity": kind,
                "value": value,
                "start": text.index(value),
                "end": text.index(value) + len(value),
            }
            for kind, value in spans
        ]
        return web.json_response(
            {"text": text, "intent": {"name": intent, "confidence": 0.99}, "entities": entities}
        )

    app = web.Application()
    app.router.add_post("/model/parse", parse)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", "stub-token-of-the-bench"
    finally:
        await runner.cleanup()


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process, from the kernel's own account; 0 where there is no /proc."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
    return int(found.group(1)) / 1024 if found else 0.0


def row(name: str, times: Sequence[float]) -> str:
    p95 = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    return f"| {name} | {len(times)} | {median(times):.1f} | {p95:.1f} |"


async def ask(workspace: LocalWorkspace, asker: str, text: str) -> float:
    """Milliseconds from a direct message to the reply below it."""
    started = time.perf_counter()
    channel, ts = await workspace.dm(asker, text, wait=False)

    def replied() -> bool:
        return any(m.from_bot and float(m.ts) > float(ts) for m in workspace.messages(channel))

    await workspace.wait_for(replied, timeout=60)
    return (time.perf_counter() - started) * 1000


async def measure(staff: Staff, url: str, token: str, *, count: int) -> None:
    asker = staff.slack_user_id or ""
    config = WorkspaceConfig(people=(Person(asker, staff.name, staff.title),))
    async with LocalWorkspace(config) as workspace:
        environment = {
            **os.environ,
            "PARLEY_SLACK_API_URL": workspace.api_url,
            "PARLEY_SLACK_BOT_TOKEN": workspace.bot_token,
            "PARLEY_SLACK_APP_TOKEN": workspace.app_token,
            "PARLEY_SLACK_MODE": "socket",
            "PARLEY_NLU_URL": url,
            "PARLEY_NLU_TOKEN": token,
            "PARLEY_LOG_LEVEL": "ERROR",
        }
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=ROOT, env=environment
        )
        try:
            await workspace.wait_online(timeout=60)
            for text in QUESTIONS:  # the first of each pays for caches and imports
                await ask(workspace, asker, text)
            # These came faster than the outbox lets a channel have them: it must not make the next ones wait for it.
            await asyncio.sleep(len(QUESTIONS) + 2)
            times: dict[str, list[float]] = {text: [] for text in QUESTIONS}
            for n in range(count):
                text = list(QUESTIONS)[n % len(QUESTIONS)]
                times[text].append(await ask(workspace, asker, text))
                # A person's pace: the outbox lets a channel have about one message a second, and bursts.
                await asyncio.sleep(1.05)
            for text, measured in times.items():
                print(row(text, measured))
            print(row("all", [ms for measured in times.values() for ms in measured]))
            print(f"| bot process, MB | | {resident_megabytes(bot.pid):.0f} | |")
        finally:
            bot.terminate()
            await bot.wait()


async def main(nlu: str, *, count: int) -> None:
    settings = Settings.read()
    with open_house(settings).transactions.reading() as uow:
        staff = next(person for person in uow.people.all() if person.slack_user_id)
    print("| question | n | p50 ms | p95 ms |\n|---|---|---|---|")
    if nlu in ("stub", "both"):
        print("| *without the language service* | | | |")
        async with stub_language() as (url, token):
            await measure(staff, url, token, count=count)
    if nlu in ("real", "both"):
        service = await asyncio.to_thread(
            keeper.ensure,
            settings.data_dir,
            idle_minutes=30,
            progress=lambda line: print(line, file=sys.stderr),
        )
        print("| *with the language service* | | | |")
        await measure(staff, service.url, service.token, count=count)
        print(f"| language service, MB | | {resident_megabytes(service.child):.0f} | |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=120)
    parser.add_argument("--nlu", choices=("stub", "real", "both"), default="both")
    args = parser.parse_args()
    asyncio.run(main(args.nlu, count=args.questions))
