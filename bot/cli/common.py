"""What every command needs: settings or a clear sentence, progress on standard error, typed values as JSON."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import typer

from bot import logs
from bot.settings import LogFormat, Settings
from domain.errors import SupplyRoomError

type Plain = str | int | float | bool | list[Plain] | dict[str, Plain] | None


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turns a named error into its sentence on standard error and exit code 1."""
    try:
        yield
    except SupplyRoomError as error:
        tell(f"parley: {error}")
        raise typer.Exit(1) from None


def tell(line: str) -> None:
    """A line for the person at the keyboard; standard output stays for results."""
    print(line, file=sys.stderr, flush=True)


def read_settings(*, quiet: bool = False) -> Settings:
    """The settings, with logging set up by them; ``quiet`` keeps all but errors out of a command's output."""
    settings = Settings.read()
    logs.configure(
        level="ERROR" if quiet else settings.log_level,
        json_lines=settings.log_format is LogFormat.JSON,
        formats=settings.formats,
    )
    return settings


def plain(value: object) -> Plain:
    """A typed value as JSON's own types: dataclasses as objects, dates in ISO form, Decimals as numbers."""
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return plain(value.value)
        case str():
            return value
        case Decimal():
            return float(value)
        case date() | datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes():
            return None
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _ if dataclasses.is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            return str(value)


def as_json(value: object, *, indent: int | None = None) -> str:
    """The value as JSON text, on one line unless indented."""
    return json.dumps(plain(value), ensure_ascii=False, indent=indent)
