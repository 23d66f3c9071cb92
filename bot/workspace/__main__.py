"""``python -m bot.workspace [--host HOST] [--port PORT]``: a local workspace alone, to develop against."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys

from bot.workspace.demo import demo_config
from bot.workspace.workspace import LocalWorkspace


async def serve(*, host: str, port: int) -> None:
    """Run until interrupted; prints the page's address, then what a bot needs as environment lines."""
    async with LocalWorkspace(demo_config(host=host, port=port)) as workspace:
        lines = (
            f"# open {workspace.page_url}",
            f"SLACK_BOT_TOKEN={workspace.bot_token}",
            f"SLACK_APP_TOKEN={workspace.app_token}",
            f"SLACK_SIGNING_SECRET={workspace.signing_secret}",
            f"SLACK_API_URL={workspace.api_url}",
        )
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m bot.workspace", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8750)
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(host=arguments.host, port=arguments.port))


if __name__ == "__main__":
    main()
