"""Structured logs: one line an event, JSON for machines or columns for people; never what a person typed.

Nothing of Parley logs what it was told. What slips in all the same, an error's text of a library perhaps, loses the numbers of
patients here: each finished line is looked through before it is written.
"""

from __future__ import annotations

import logging
import sys

import structlog

from domain.model.patient_text import PLAIN, Formats, masked

QUIET = ("slack_bolt", "slack_sdk", "aiohttp", "matplotlib", "alembic", "apscheduler", "asyncio", "PIL")


def configure(*, level: str, json_lines: bool, formats: Formats = PLAIN) -> None:
    """Sets up structlog and routes the libraries' own loggers (warnings and above) through it, to standard error.

    ``formats`` are the hospital's own forms of patients' numbers.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if json_lines
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    final: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if json_lines:
        final.append(structlog.processors.format_exc_info)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[*final, renderer, _without_patients(formats)]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        # Bolt and the SDK log whole payloads at DEBUG: what people typed must not reach a log at any level.
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_patients(formats: Formats) -> structlog.typing.Processor:
    def hide(_: object, __: str, line: structlog.typing.EventDict) -> str:
        # The renderer has made one text of the event by now.
        return masked(str(line), formats=formats)

    return hide
