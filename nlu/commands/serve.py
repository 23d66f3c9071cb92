"""`python -m commands.serve`: the language service.

Settings come from the environment, because other users of a machine can read a command line:

    PARLEY_NLU_TOKEN   required, at least 16 characters
    PARLEY_NLU_PORT    default 5005; 0 takes a free port, which the first line of output names
    PARLEY_NLU_HOST    default 127.0.0.1; a name or address that is not of this machine's loopback is refused unless
                       PARLEY_NLU_PRIVATE_NETWORK=yes says that the network around it is a private one (containers)
    PARLEY_NLU_MODEL   default the model of what is checked out (models/HASH.tar.gz)

Routes, in the shape of Rasa's own HTTP API, so that a client works with either:

    GET  /               200, no token: alive and loaded
    GET  /status         {"model_file", "model_id"}
    POST /model/parse    {"text": ...} -> {"text", "intent", "intent_ranking", "entities"}

The token is given as `Authorization: Bearer TOKEN`, or as Rasa does, `?token=TOKEN`. Rasa's other routes (train, load any
file as a model, conversations) do not exist here. Nothing is logged of a message, and nothing of it is kept.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from commands.paths import model_path

LONGEST_TEXT = 20_000
"""Characters; Slack's own limit is 40,000 and nobody asks a supply room for that much."""
_LARGEST_BODY = 200_000


class SettingError(Exception):
    """A setting is missing or not allowed; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    token: str
    host: str
    port: int
    model: Path

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Read and check; raises SettingError."""
        token = environment.get("PARLEY_NLU_TOKEN", "")
        if len(token) < 16:
            raise SettingError("PARLEY_NLU_TOKEN must be set to a secret of at least 16 characters")
        host = environment.get("PARLEY_NLU_HOST", "127.0.0.1")
        if not _is_loopback(host) and environment.get("PARLEY_NLU_PRIVATE_NETWORK") != "yes":
            raise SettingError(
                f"PARLEY_NLU_HOST={host} is not a loopback address; set PARLEY_NLU_PRIVATE_NETWORK=yes if only the "
                "bot can reach it there"
            )
        port = environment.get("PARLEY_NLU_PORT", "5005")
        if not port.isdigit() or int(port) > 65535:
            raise SettingError(f"PARLEY_NLU_PORT={port} is not a port number")
        model = Path(environment.get("PARLEY_NLU_MODEL") or model_path())
        if not model.is_file():
            raise SettingError(f"{model} is not there: run `python -m commands.train` in nlu/ first")
        return cls(token, host, int(port), model)


def application(parse: Callable[[str], Mapping[str, Any]], *, token: str, model: str) -> web.Application:
    """The routes over a parse function; `model` is the name that /status gives."""

    @web.middleware
    async def guard(request: web.Request, handler: Callable[..., Any]) -> web.StreamResponse:
        if request.path == "/":
            return await handler(request)
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        given = given if scheme.lower() == "bearer" else request.query.get("token", "")
        if not hmac.compare_digest(given.encode(), token.encode()):
            return _refusal(401, "NotAuthenticated", "The token is missing or wrong.")
        return await handler(request)

    async def alive(_: web.Request) -> web.Response:
        return web.Response(text="Parley's language service is ready.")

    async def status(_: web.Request) -> web.Response:
        return web.json_response({"model_file": f"{model}.tar.gz", "model_id": model})

    async def understand(request: web.Request) -> web.Response:
        try:
            body = json.loads(await request.read())
        except ValueError:
            return _refusal(400, "BadRequest", "The body is not JSON.")
        text = body.get("text") if isinstance(body, dict) else None
        if not isinstance(text, str):
            return _refusal(400, "BadRequest", 'The body must be {"text": "..."}.')
        if len(text) > LONGEST_TEXT:
            return _refusal(413, "TooLong", f"The text is longer than {LONGEST_TEXT} characters.")
        try:
            text.encode()
        except UnicodeEncodeError:
            return _refusal(400, "BadRequest", "The text holds half a character (a lone surrogate).")
        # A few milliseconds of work on one core: a thread would only add its own.
        return web.json_response(parse(text))

    app = web.Application(middlewares=[guard], client_max_size=_LARGEST_BODY)
    app.router.add_get("/", alive)
    app.router.add_get("/status", status)
    app.router.add_post("/model/parse", understand)
    return app


def _refusal(code: int, reason: str, message: str) -> web.Response:
    return web.json_response({"status": "failure", "code": code, "reason": reason, "message": message}, status=code)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def main() -> int:
    try:
        settings = Settings.read(os.environ)
    except SettingError as error:
        print(f"Language service: {error}.", file=sys.stderr)
        return 2
    # Neither the processes that libraries may start nor a dump of this one's environment need the secret.
    os.environ.pop("PARLEY_NLU_TOKEN", None)

    # The port is taken before the slow part, so that a second service fails at once, but not listened on until the
    # model answers: whoever connects meets either a refusal or a service that works.
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        print(f"Language service: {settings.host}:{settings.port} cannot be used ({error.strerror}).", file=sys.stderr)
        return 2
    port = listener.getsockname()[1]
    print(f"Language service: loading model {settings.model.name} for http://{settings.host}:{port}", flush=True)

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    start = time.monotonic()
    try:
        from commands.agent import LoadedModel

        model = LoadedModel(settings.model)
        model.parse("where are 7.5 gloves?")
        app = application(model.parse, token=settings.token, model=model.name)
        seconds = time.monotonic() - start

        def announce(*_: object) -> None:
            print(f"Language service: ready after {seconds:.1f} s", flush=True)

        # aiohttp calls what it prints with once the port is listened on: not before may anyone be told "ready".
        web.run_app(app, sock=listener, access_log=None, print=announce, handle_signals=True)
    except KeyboardInterrupt:
        print("Language service: stopped before it was ready.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
