"""Whatever is logged, by Parley or a library, no patient's number reaches the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from domain.model.patient_text import Formats


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("json_lines", [True, False])
def test_a_number_is_hidden_in_events_values_library_lines_and_tracebacks(
    json_lines: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(level="INFO", json_lines=json_lines, formats=Formats(("K@####",)))
    structlog.get_logger("parley").info("worked on MRN 6120045", about="pt E-4421", raw="KX1234")
    logging.getLogger("library").warning("bad value %s", "encounter V-20931")
    try:
        raise ValueError("no such patient 778120")
    except ValueError:
        structlog.get_logger("parley").exception("failed")
    written = capsys.readouterr().err
    for number in ("6120045", "4421", "1234", "20931", "778120"):
        assert number not in written
    assert "worked on MRN •••••••" in written
    assert "ValueError" in written
