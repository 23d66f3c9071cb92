"""`python -m commands.measure`: how fast a running service answers, one after another and with four connections at once.

Reads PARLEY_NLU_TOKEN, PARLEY_NLU_PORT and PARLEY_NLU_HOST as `commands.serve` does, and sends the messages of nlu/data.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence

import aiohttp
import numpy as np

from commands.data import read_labelled
from commands.paths import DATA

MESSAGES = 1000
CONNECTIONS = (1, 4)


async def measure(url: str, token: str, texts: Sequence[str], connections: int) -> list[float]:
    """Seconds of each answer, with as many connections at work at any time."""
    waiting = iter(texts)
    times: list[float] = []
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def work() -> None:
            for text in waiting:
                start = time.perf_counter()
                async with session.post(f"{url}/model/parse", json={"text": text}) as answer:
                    answer.raise_for_status()
                    await answer.json()
                times.append(time.perf_counter() - start)

        await asyncio.gather(*(work() for _ in range(connections)))
    return times


def main() -> int:
    url = f"http://{os.environ.get('PARLEY_NLU_HOST', '127.0.0.1')}:{os.environ.get('PARLEY_NLU_PORT', '5005')}"
    texts = [message.example.text for message in read_labelled(DATA)][:MESSAGES]
    for connections in CONNECTIONS:
        start = time.perf_counter()
        times = asyncio.run(measure(url, os.environ["PARLEY_NLU_TOKEN"], texts, connections))
        seconds = time.perf_counter() - start
        p50, p95 = np.percentile(np.array(times) * 1000, [50, 95])
        print(
            f"{connections} at once: {len(times)} answers, p50 {p50:.1f} ms, p95 {p95:.1f} ms, "
            f"{len(times) / seconds:.0f} a second"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
