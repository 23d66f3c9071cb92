"""Events and interactions on their way to the bot: Socket Mode envelopes or signed HTTP requests."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Literal

import aiohttp
from aiohttp import WSMsgType, web

from bot.workspace.config import WorkspaceConfig
from bot.workspace.errors import NotAcknowledgedError
from bot.workspace.faults import Faults
from bot.workspace.state import APP_ID, Json, State

type Kind = Literal["events_api", "interactive", "slash_commands"]

CONNECTIONS_MAX = 10


@dataclass(slots=True, eq=False)
class Connection:
    """One Socket Mode connection of the bot."""

    socket: web.WebSocketResponse
    request: web.BaseRequest
    draining: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """One envelope that was sent: which try it was, and whether its acknowledgement was heard."""

    kind: Kind
    payload: Json
    attempt: int
    acknowledged: bool


@dataclass(slots=True)
class Courier:
    """Delivers to the bot; keeps what was delivered and what was given up."""

    config: WorkspaceConfig
    state: State
    faults: Faults
    signing_secret: str
    connections: list[Connection] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    undelivered: list[tuple[Kind, Json]] = field(default_factory=list)
    tickets: set[str] = field(default_factory=set)
    _pending: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    _turn: int = 0
    _tasks: set[asyncio.Task[object]] = field(default_factory=set)
    _http: aiohttp.ClientSession | None = None
    _http_down: bool = False

    @property
    def online(self) -> bool:
        """Whether a bot is there to answer, as far as one can tell."""
        if self.config.mode == "http":
            return not self._http_down
        return any(not c.draining and not c.socket.closed for c in self.connections)

    async def stop(self) -> None:
        """Close every connection and drop what is under way."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in tuple(self.connections):
            await connection.socket.close()
        if self._http is not None:
            await self._http.close()

    def spawn(self, kind: Kind, payload: Json) -> asyncio.Task[Json]:
        """Deliver in the background; the task gives the bot's answer."""
        task = asyncio.ensure_future(self.deliver(kind, payload))
        self._tasks.add(task)
        # A delivery that nobody waits for is kept in ``undelivered``; its exception must not be reported again.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        task.add_done_callback(self._tasks.discard)
        return task

    async def deliver(self, kind: Kind, payload: Json) -> Json:
        """Deliver once, events again by ``retry_delays`` until acknowledged; gives the bot's answer.

        Raises NotAcknowledgedError when every try failed.
        """
        tries = 1 + len(self.config.retry_delays) if kind == "events_api" else 1
        reason = ""
        for attempt in range(tries):
            if attempt:
                await asyncio.sleep(self.config.retry_delays[attempt - 1])
            send = self._over_socket if self.config.mode == "socket" else self._over_http
            answer, reason = await send(kind, payload, attempt, reason)
            self.deliveries.append(
                Delivery(kind=kind, payload=payload, attempt=attempt, acknowledged=answer is not None)
            )
            self.state.tell("delivery")
            if answer is not None:
                if kind == "events_api" and self.faults.take_duplicate():
                    await send(kind, payload, attempt + 1, "timeout")
                return answer
            if reason == "no_retry":
                break
        self.undelivered.append((kind, payload))
        self.state.tell("delivery")
        raise NotAcknowledgedError(f"{kind} was not acknowledged: {reason or 'nothing is connected'}")

    # Socket Mode

    def _next_connection(self) -> Connection | None:
        live = [c for c in self.connections if not c.draining and not c.socket.closed]
        self._turn += 1
        return live[self._turn % len(live)] if live else None

    async def _over_socket(
        self, kind: Kind, payload: Json, attempt: int, reason: str
    ) -> tuple[Json | None, str]:
        limit = self.config.hold_seconds if kind == "events_api" else self.config.ack_timeout
        try:
            connection = await self.state.wait_for(self._next_connection, limit=limit)
        except TimeoutError:
            return None, "no_connection"
        assert connection is not None  # noqa: S101 - wait_for gives truthy values only
        envelope: Json = {
            "envelope_id": secrets.token_hex(16),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._pending[envelope["envelope_id"]] = answer
        try:
            await connection.socket.send_json(envelope)
            return await asyncio.wait_for(answer, self.config.ack_timeout), ""
        except TimeoutError:
            return None, "timeout"
        except (ConnectionError, RuntimeError):
            return None, "connection_failed"
        finally:
            self._pending.pop(envelope["envelope_id"], None)

    async def serve_socket(self, request: web.Request) -> web.StreamResponse:
        """The other end of the address that ``apps.connections.open`` gave."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=403, text="invalid ticket")
        self.tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=True, max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(socket=socket, request=request)
        self.connections.append(connection)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18060},
                "connection_info": {"app_id": APP_ID},
            }
        )
        self.state.tell("bot", {"online": self.online})
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            self.connections.remove(connection)
            self.state.tell("bot", {"online": self.online})
        return socket

    def _acknowledge(self, text: str) -> None:
        try:
            data = json.loads(text)
        except ValueError:
            return  # the client's own ping text, not an acknowledgement
        answer = self._pending.get(data.get("envelope_id", "")) if isinstance(data, dict) else None
        if answer is not None and not answer.done() and not self.faults.take_lost_ack():
            answer.set_result(data.get("payload") or {})

    async def refresh(self, reason: str) -> None:
        """Ask every connection to move; ``refresh_requested`` closes the old one a little later."""
        for connection in tuple(self.connections):
            if reason != "warning":
                connection.draining = True
            await connection.socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
            )
            if reason != "warning":
                task = asyncio.ensure_future(self._close_later(connection))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        self.state.tell("bot", {"online": self.online})

    async def _close_later(self, connection: Connection) -> None:
        await asyncio.sleep(self.config.drain_seconds)
        await connection.socket.close()

    async def drop(self) -> None:
        """Cut every connection as a broken network does: no goodbye."""
        for connection in tuple(self.connections):
            connection.draining = True
            if connection.request.transport is not None:
                connection.request.transport.abort()
        self.state.tell("bot", {"online": self.online})

    # HTTP

    def sign(self, body: bytes, *, at: float | None = None) -> dict[str, str]:
        """The two headers that prove a request is Slack's."""
        stamp = str(int(time.time() if at is None else at))
        digest = hmac.new(self.signing_secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256)
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=" + digest.hexdigest()}

    async def _over_http(
        self, kind: Kind, payload: Json, attempt: int, reason: str
    ) -> tuple[Json | None, str]:
        if self.config.request_url is None:
            return None, "no request_url"
        if kind == "events_api":
            body, content_type = json.dumps(payload).encode(), "application/json"
        else:
            content_type = "application/x-www-form-urlencoded"
            form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            # A form has no booleans: Slack writes them in lower case.
            body = urllib.parse.urlencode(
                {k: str(v).lower() if isinstance(v, bool) else v for k, v in form.items()}
            ).encode()
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0", **self.sign(body)}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        if self._http is None:
            self._http = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=self.config.ack_timeout)
        answer: Json | None = None
        reason = ""
        try:
            async with self._http.post(
                self.config.request_url, data=body, headers=headers, timeout=timeout
            ) as response:
                text = await response.text()
                if response.status != 200:
                    no_retry = response.headers.get("X-Slack-No-Retry") == "1"
                    reason = "no_retry" if no_retry else "http_error"
                elif not self.faults.take_lost_ack():
                    answer = json.loads(text) if text.startswith("{") else ({"text": text} if text else {})
                else:
                    reason = "http_timeout"
        except TimeoutError:
            reason = "http_timeout"
        except (aiohttp.ClientError, OSError):
            reason = "connection_failed"
        if self._http_down != (reason == "connection_failed"):
            self._http_down = reason == "connection_failed"
            self.state.tell("bot", {"online": self.online})
        return answer, reason
