"""Reading a Web API call: arguments by form, query or JSON, and the table of methods."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.workspace.errors import SlackRefusalError, invalid_arguments
from bot.workspace.state import Json

type Handler = Callable[[Arguments], Json]

_STRUCTURED = frozenset(
    {"attachments", "blocks", "chunks", "files", "loading_messages", "metadata", "prompts", "view"}
)


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the Web API: what answers it and the scope it asks for."""

    handler: Handler
    scope: str | None = None


class Arguments:
    """The arguments of one call."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def need(self, *names: str) -> str:
        """The first of these that is there, as text; Slack names the first one when none is."""
        for name in names:
            if value := self.text(name):
                return value
        raise invalid_arguments(f"missing required field: {names[0]}")

    def text(self, name: str) -> str | None:
        """An optional argument as text."""
        value = self.values.get(name)
        return None if value is None or value == "" else str(value)

    def number(self, name: str, default: int) -> int:
        """An optional whole number."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise invalid_arguments(f"must be a number: {name}") from None

    def flag(self, name: str) -> bool:
        """An optional truth value, by JSON or by form."""
        return self.values.get(name) in (True, "true", "True", "1", 1)

    def objects(self, name: str) -> list[Json]:
        """An optional list of objects."""
        value = self.values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise invalid_arguments(f"must be an array of objects: {name}")
        return value


async def read_call(request: web.Request) -> tuple[str, Arguments]:
    """The token and the arguments of a call."""
    values: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            # auth.test of the SDK comes as JSON with no body at all.
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise SlackRefusalError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackRefusalError("json_not_object")
        values |= body
    elif request.can_read_body:
        values |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for key in _STRUCTURED & values.keys():
        if isinstance(values[key], str) and values[key]:
            try:
                values[key] = json.loads(values[key])
            except ValueError:
                raise invalid_arguments(f"must be valid JSON: {key}") from None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = str(values.pop("token", ""))
    values.pop("token", None)
    return token.strip(), Arguments(values)
