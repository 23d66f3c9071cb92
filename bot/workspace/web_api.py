"""The Web API: tokens, scopes and faults around the table of methods."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.workspace.calls import Arguments, Method, read_call
from bot.workspace.chat_methods import ChatMethods
from bot.workspace.core import RESPONSE_SECONDS, RESPONSE_USES, Core
from bot.workspace.directory_methods import DirectoryMethods
from bot.workspace.errors import SlackRefusalError
from bot.workspace.faults import ApiFault
from bot.workspace.file_methods import FileMethods
from bot.workspace.state import Call, Json
from bot.workspace.view_methods import ViewMethods

_APP_TOKEN_METHODS = frozenset({"apps.connections.open"})
_SIGN_IN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>"


class WebApi:
    """Serves ``/api/METHOD``, ``/upload/v1/ID``, ``/files-pri/...`` and ``/response/...`` to the bot."""

    def __init__(self, core: Core, *, bot_token: str, app_token: str) -> None:
        self._core = core
        self._bot_token = bot_token
        self._app_token = app_token
        self.chat = ChatMethods(core)
        self._methods: dict[str, Method] = {
            **self.chat.table(),
            **ViewMethods(core).table(),
            **DirectoryMethods(core).table(),
            **FileMethods(core).table(),
        }

    def routes(self) -> list[web.RouteDef]:
        """What the bot may ask for."""
        return [
            web.post("/api/{method}", self._call),
            web.get("/api/{method}", self._call),
            web.post("/upload/v1/{file}", self._upload),
            web.get("/files-pri/{file}/{name}", self._download),
            web.post("/response/{name}", self._respond),
        ]

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        fault = self._core.faults.take_api(method)
        arguments = Arguments({})
        try:
            token, arguments = await read_call(request)
            if fault is not None and fault.kind == "slow":
                await asyncio.sleep(fault.amount)
            elif fault is not None and fault.kind != "answer_lost":
                return self._faulty(method, arguments, fault)
            answer = {"ok": True, **self._answer(method, token, arguments)}
        except SlackRefusalError as refusal:
            answer = {"ok": False, "error": refusal.error, **refusal.detail}
        if fault is not None and fault.kind == "answer_lost":
            return self._faulty(method, arguments, fault)
        self._record(method, arguments, 200, answer)
        headers = {"X-OAuth-Scopes": ",".join(sorted(self._core.config.scopes))}
        return web.json_response(answer, headers=headers)

    def _answer(self, method: str, token: str, arguments: Arguments) -> Json:
        if not token:
            raise SlackRefusalError("not_authed")
        if token not in (self._bot_token, self._app_token):
            raise SlackRefusalError("invalid_auth")
        if (token == self._app_token) != (method in _APP_TOKEN_METHODS):
            raise SlackRefusalError("not_allowed_token_type")
        entry = self._methods.get(method)
        if entry is None:
            raise SlackRefusalError("unknown_method", req_method=method)
        held = self._core.config.scopes
        if entry.scope is not None and entry.scope not in held:
            raise SlackRefusalError("missing_scope", needed=entry.scope, provided=",".join(sorted(held)))
        return entry.handler(arguments)

    def _faulty(self, method: str, arguments: Arguments, fault: ApiFault) -> web.Response:
        match fault.kind:
            case "rate_limited":
                answer: Json = {"ok": False, "error": "ratelimited"}
                self._record(method, arguments, 429, answer)
                return web.json_response(answer, status=429, headers={"Retry-After": str(int(fault.amount))})
            case "api_error":
                answer = {"ok": False, "error": fault.error}
                self._record(method, arguments, 200, answer)
                return web.json_response(answer)
            case _:
                self._record(method, arguments, int(fault.amount), {})
                page = "<!DOCTYPE html><html><body>Something went wrong</body></html>"
                return web.Response(status=int(fault.amount), text=page, content_type="text/html")

    def _record(self, method: str, arguments: Arguments, status: int, answer: Json) -> None:
        self._core.state.calls.append(
            Call(method=method, arguments=arguments.values, status=status, answer=answer)
        )
        self._core.state.tell("call")

    async def _upload(self, request: web.Request) -> web.Response:
        """Step two of an upload: the raw bytes, just as many as were announced."""
        file = self._core.state.files.get(request.match_info["file"])
        if file is None or file.data is not None:
            return web.Response(status=404, text="unknown upload")
        if request.content_type.startswith("multipart/"):
            form = await request.post()
            part = next((p for p in form.values() if isinstance(p, web.FileField)), None)
            data = part.file.read() if part is not None else b""
        else:
            data = await request.read()
        if len(data) != file.size:
            return web.Response(status=400, text=f"expected {file.size} bytes, got {len(data)}")
        file.data = data
        return web.Response(text=f"OK - {len(data)}")

    async def _download(self, request: web.Request) -> web.Response:
        """A private file: without the right token Slack answers 200 with its sign-in page."""
        allowed = (
            request.headers.get("Authorization") == f"Bearer {self._bot_token}"
            and "files:read" in self._core.config.scopes
        )
        if not allowed:
            return web.Response(text=_SIGN_IN, content_type="text/html")
        file = self._core.state.files.get(request.match_info["file"].partition("-")[2])
        if file is None or file.data is None:
            return web.Response(status=404, text="not found")
        if request.match_info["name"] == f"{file.id}.vtt":
            text = f"WEBVTT\n\n00:00:00.000 --> 00:10:00.000\n{file.transcript or ''}\n"
            return web.Response(text=text, content_type="text/vtt")
        return web.Response(body=file.data, content_type=file.mimetype or "application/octet-stream")

    async def _respond(self, request: web.Request) -> web.Response:
        """An answer to an interaction: five times, half an hour."""
        loop = asyncio.get_running_loop()
        place = self._core.responses.get(request.match_info["name"])
        if place is None or loop.time() - place.born > RESPONSE_SECONDS:
            return web.Response(status=404, text="expired_url")
        if place.uses >= RESPONSE_USES:
            return web.Response(status=404, text="used_url")
        try:
            content = await request.json()
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        place.uses += 1
        try:
            self.chat.respond(place, content)
        except SlackRefusalError as refusal:
            return web.Response(status=400, text=refusal.error)
        return web.Response(text="ok")
