"""The page in the browser: its files, its live connection, and what people do on it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from bot.workspace.core import Core
from bot.workspace.errors import FormIncompleteError, NotAcknowledgedError, SlackRefusalError, WorkspaceError
from bot.workspace.humans import Humans
from bot.workspace.state import BOT_USER_ID, Change, Json

_FOLDER = Path(__file__).parent / "page"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# Types that a browser shows without running anything; all else is a download.
_INLINE = ("image/png", "image/jpeg", "image/webp", "image/gif", "audio/", "video/", "application/pdf")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_log = logging.getLogger(__name__)

type Doing = Callable[[str, Json], Awaitable[Json]]


class PageApi:
    """Serves people, as WebApi serves the bot."""

    def __init__(self, core: Core, humans: Humans) -> None:
        self._core = core
        self._state = core.state
        self._humans = humans
        self._sockets: set[web.WebSocketResponse] = set()
        self._doings: dict[str, Doing] = {
            "say": self._say,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "click": self._click,
            "submit": self._submit,
            "close": self._close,
            "slash": self._slash,
            "shortcut": self._shortcut,
            "open": self._open,
            "fault": self._fault,
        }

    def routes(self) -> list[web.RouteDef]:
        """What a browser may ask for."""
        return [
            web.get("/", self._index),
            web.get("/archives/{channel}/{message}", self._index),
            web.get("/handsfree", self._handsfree),
            web.get("/page/{name}", self._asset),
            web.get("/page/file/{file}/{name}", self._file),
            web.get("/people", self._people),
            web.get("/live", self._live),
            web.post("/do/share", self._share),
            web.post("/do/{what}", self._do),
        ]

    async def stop(self) -> None:
        """Let the pages go."""
        for socket in tuple(self._sockets):
            await socket.close()

    # Files of the page

    def _check_origin(self, request: web.Request) -> None:
        """Keep other sites, and names that were bent to this address, away from a person's hands."""
        host = urlsplit(f"//{request.host}").hostname or ""
        if self._core.config.host in _LOOPBACK and host not in _LOOPBACK:
            raise web.HTTPForbidden(text="this workspace answers on the loopback address only")
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text="another site asked")

    async def _index(self, request: web.Request) -> web.Response:
        return self._send(request, "index.html")

    async def _handsfree(self, request: web.Request) -> web.Response:
        return self._send(request, "handsfree.html")

    async def _asset(self, request: web.Request) -> web.Response:
        return self._send(request, request.match_info["name"])

    def _send(self, request: web.Request, name: str) -> web.Response:
        self._check_origin(request)
        path = _FOLDER / Path(name).name
        if path.suffix not in _TYPES or not path.is_file():
            raise web.HTTPNotFound
        policy = (
            f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws://{request.host}; "
            "img-src 'self' data: blob:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'self'"
        )
        headers = {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        return web.Response(
            body=path.read_bytes(), content_type=_TYPES[path.suffix], charset="utf-8", headers=headers
        )

    def _who(self, request: web.Request) -> str:
        user = request.query.get("as", "")
        if user not in self._state.users or user == BOT_USER_ID:
            raise web.HTTPNotFound(text="no such person")
        return user

    async def _file(self, request: web.Request) -> web.Response:
        self._check_origin(request)
        user = self._who(request)
        file = self._state.files.get(request.match_info["file"])
        if file is None or file.data is None:
            raise web.HTTPNotFound
        if file.user != user and not any(user in self._state.channels[c].members for c, _, _ in file.shares):
            raise web.HTTPForbidden
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        if not file.mimetype.startswith(_INLINE) or "download" in request.query:
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=file.data, content_type=file.mimetype, headers=headers)

    async def _people(self, request: web.Request) -> web.Response:
        """Whom the page may be: asked once, before anybody is chosen."""
        self._check_origin(request)
        people = [
            {"id": u.id, "name": u.name, "title": u.title} for u in self._state.users.values() if not u.is_bot
        ]
        return web.json_response(people)

    # Live

    def snapshot(self, user: str) -> Json:
        """All that one person may see."""
        state, core = self._state, self._core
        channels = [
            {
                "id": c.id,
                "name": c.name,
                "purpose": c.purpose,
                "is_im": c.is_im,
                "is_private": c.is_private,
                "has_bot": BOT_USER_ID in c.members,
                "members": c.members,
            }
            for c in state.channels_of(user)
        ]
        seen = [c.id for c in state.channels_of(user)]
        messages = [core.page_message(m) for c in seen for m in state.messages.get(c, [])]
        messages += [core.page_message(m) for m in state.ephemerals if m.ephemeral_to == user]
        home = state.homes.get(user)
        config = core.config
        return {
            "kind": "snapshot",
            "title": config.title,
            "me": user,
            "bot": {"id": BOT_USER_ID, "name": config.bot_name, "about": config.bot_description},
            "online": core.courier.online,
            "users": [
                {"id": u.id, "name": u.name, "title": u.title, "is_bot": u.is_bot}
                for u in state.users.values()
            ],
            "channels": channels,
            "messages": sorted(messages, key=lambda m: str(m["ts"])),
            "stack": [core.shapes.view(view) for view in state.stack(user)],
            "home": core.shapes.view(home) if home else None,
            "prompts": [p for c, p in state.prompts.items() if c in seen],
            "statuses": [
                {"channel": c, "thread_ts": t, "status": s}
                for (c, t), s in state.statuses.items()
                if c in seen
            ],
            "titles": [
                {"channel": c, "thread_ts": t, "title": title}
                for (c, t), title in state.titles.items()
                if c in seen
            ],
            "commands": [
                {"command": c.command, "description": c.description, "hint": c.usage_hint}
                for c in config.slash_commands
            ],
            "shortcuts": [{"callback_id": s.callback_id, "label": s.label} for s in config.message_shortcuts],
            "global_shortcuts": [
                {"callback_id": s.callback_id, "label": s.label} for s in config.global_shortcuts
            ],
            "faults": core.faults.pending(),
        }

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        self._check_origin(request)
        user = self._who(request)
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        queue: asyncio.Queue[Json] = asyncio.Queue()

        def listen(change: Change) -> None:
            if change.audience is not None and user not in change.audience:
                return
            if change.kind in ("call", "delivery"):
                return
            if change.kind in ("channels", "reset"):
                queue.put_nowait(self.snapshot(user))
            else:
                queue.put_nowait({"kind": change.kind, **change.body})

        async def pump() -> None:
            while True:
                await socket.send_json(await queue.get())

        queue.put_nowait(self.snapshot(user))
        self._state.listeners.add(listen)
        self._sockets.add(socket)
        pumping = asyncio.ensure_future(pump())
        try:
            async for message in socket:
                if message.type == WSMsgType.ERROR:
                    break
        finally:
            self._state.listeners.discard(listen)
            self._sockets.discard(socket)
            pumping.cancel()
            await asyncio.gather(pumping, return_exceptions=True)
        return socket

    # Doing

    async def _do(self, request: web.Request) -> web.Response:
        self._check_origin(request)
        doing = self._doings.get(request.match_info["what"])
        if doing is None or request.content_type != "application/json":
            raise web.HTTPNotFound
        user = self._who(request)
        try:
            body = await request.json()
        except ValueError:
            raise web.HTTPBadRequest(text="not JSON") from None
        return await self._guarded(doing(user, body))

    async def _guarded(self, doing: Awaitable[Json]) -> web.Response:
        """People get a sentence for every refusal; the page shows it."""
        bot = self._core.config.bot_name
        try:
            return web.json_response({"ok": True, **(await doing)})
        except FormIncompleteError as incomplete:
            return web.json_response({"ok": True, "response_action": "errors", "errors": incomplete.errors})
        except NotAcknowledgedError:
            offline = f"{bot} is not connected. Nothing was done."
            silent = f"{bot} did not answer in time. Please try again."
            return web.json_response(
                {"ok": False, "sentence": silent if self._core.courier.online else offline}
            )
        except SlackRefusalError as refusal:
            sentence = f"{bot} answered with something that Slack does not accept: {refusal.error}."
            return web.json_response({"ok": False, "sentence": sentence})
        except WorkspaceError as error:
            return web.json_response({"ok": False, "sentence": f"{error}."})
        except (KeyError, TypeError, ValueError):
            # The page sends what the page's own code builds; this is another client, or a fault of ours.
            _log.warning("a request of the page could not be read")
            return web.json_response(
                {"ok": False, "sentence": "The workspace could not read that."}, status=400
            )

    async def _say(self, user: str, body: Json) -> Json:
        ts = await self._humans.say(
            user, body["channel"], body["text"], thread_ts=body.get("thread_ts"), wait=False
        )
        return {"ts": ts}

    async def _edit(self, user: str, body: Json) -> Json:
        await self._humans.edit(user, body["channel"], ts=body["ts"], text=body["text"])
        return {}

    async def _delete(self, user: str, body: Json) -> Json:
        await self._humans.delete(user, body["channel"], ts=body["ts"])
        return {}

    async def _react(self, user: str, body: Json) -> Json:
        await self._humans.react(user, body["channel"], ts=body["ts"], name=body["name"])
        return {}

    async def _click(self, user: str, body: Json) -> Json:
        await self._humans.click(
            user,
            action_id=body["action_id"],
            block_id=body.get("block_id"),
            channel=body.get("channel"),
            ts=body.get("ts"),
            view_id=body.get("view_id"),
            value=body.get("value"),
        )
        return {}

    async def _submit(self, user: str, body: Json) -> Json:
        answer = await self._humans.submit_view(user, values=body["values"], view_id=body["view_id"])
        if answer.get("response_action") == "errors":
            return {"response_action": "errors", "errors": answer.get("errors") or {}}
        return {}

    async def _close(self, user: str, body: Json) -> Json:
        await self._humans.close_view(user, all_of_them=bool(body.get("all")))
        return {}

    async def _slash(self, user: str, body: Json) -> Json:
        if body["command"] == "/invite":
            await self._humans.invite_bot(user, body["channel"])
        else:
            await self._humans.slash(user, body["channel"], body["command"], body.get("text") or "")
        return {}

    async def _shortcut(self, user: str, body: Json) -> Json:
        await self._humans.shortcut(user, body["callback_id"], channel=body.get("channel"), ts=body.get("ts"))
        return {}

    async def _open(self, user: str, body: Json) -> Json:
        await self._humans.open_home(user, tab=body["tab"], wait=False)
        return {}

    async def _fault(self, user: str, body: Json) -> Json:
        faults = self._core.faults
        match body["name"]:
            case "rate_limit":
                faults.rate_limit("chat.postMessage", retry_after=3)
            case "api_error":
                faults.api_error("chat.postMessage")
            case "http_error":
                faults.http_error("chat.postMessage")
            case "lose_answer":
                faults.lose_answer("chat.postMessage")
            case "slow":
                faults.slow("chat.postMessage", seconds=3)
            case "lose_ack":
                faults.lose_acks()
            case "duplicate":
                faults.duplicate_events()
            case "expire_trigger":
                faults.expire_triggers()
            case "refresh":
                await faults.refresh()
            case "drop":
                await faults.drop()
            case "clear":
                faults.clear()
            case other:
                raise WorkspaceError(f"no fault is called {json.dumps(other)}")
        return {}

    async def _share(self, request: web.Request) -> web.Response:
        self._check_origin(request)
        user = self._who(request)
        form = await request.post()
        parts = [part for part in form.getall("file", []) if isinstance(part, web.FileField)]
        if not parts:
            raise web.HTTPBadRequest(text="no file")
        read = [
            (p.filename, await asyncio.to_thread(p.file.read), p.content_type.split(";")[0]) for p in parts
        ]
        channel, text = str(form.get("channel") or ""), str(form.get("text") or "")
        thread_ts = str(form.get("thread_ts") or "") or None

        async def share() -> Json:
            if form.get("clip"):
                name, data, mimetype = read[0]
                _, ts = await self._humans.share_clip(
                    user,
                    channel,
                    data=data,
                    name=name,
                    mimetype=mimetype,
                    duration_ms=int(str(form.get("duration_ms") or 0)),
                    text=text,
                    thread_ts=thread_ts,
                    wait=False,
                )
            else:
                ts = await self._humans.share_files(
                    user, channel, files=read, text=text, thread_ts=thread_ts, wait=False
                )
            return {"ts": ts}

        return await self._guarded(share())
